"""What a person at the screen sees of a run: a line for each job, whose it was, and the time left."""

import logging
import time
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from interbrain.reproducibility.forecast import after_this_run

# What a finished job did; whose it was comes from its wildcards.
DONE = {
    "simulate": "simulated",
    "clock": "clocks aligned",
    "copies": "recordings of different dyads compared",
    "notes": "recordings judged by what was measured",
    "convert": "converted to BIDS",
    "adopt": "taken from the dataset",
    "clean": "cleaned",
    "synchrony": "synchrony computed",
    "lags": "synchrony at other lags computed",
    "picture": "pictures drawn",
    "time_resolved": "synchrony of single windows computed",
    "within_brain": "synchrony within each brain computed",
    "directed": "Granger causality computed",
    "physio": "a signal beside the EEG read",
    "signals": "signals beside the EEG processed",
    "coordination": "coordination of signals computed",
    "signal_variants": "coordination computed under other choices",
    "coordination_at_events": "coordination in short windows computed",
    "coded_events": "coded events put into the dataset",
    "event_locked": "coded events compared with their surroundings",
    "brain_body": "synchrony of brains beside coordination of bodies computed",
    "variants": "computed under other choices",
    "pseudodyads": "pseudo-dyads compared",
    "pseudodyads_of_part": "a part of the pseudo-dyads compared",
    "join_pseudodyads": "all parts of the pseudo-dyads joined",
    "coordination_strangers": "strangers compared in their signals",
    "coordination_of_study": "coordination of all dyads in one table",
    "aggregate": "all dyads in one table",
    "analyse": "statistics computed",
    "lag_statistics": "statistics of lags computed",
    "mediation": "mediations tested",
    "channel_pairs": "pairs of channels tested",
    "signal_statistics": "statistics of coordination computed",
    "signal_lags": "lags between signals computed",
    "signal_multiverse": "all choices of coordination tested together",
    "event_statistics": "statistics of coded events computed",
    "brain_body_statistics": "statistics of brains beside bodies computed",
    "agreement": "agreement of coders computed",
    "multiverse": "all choices tested together",
    "findings": "findings judged",
    "planted_found": "planted compared with found",
    "report": "report written",
    "crate": "results described for machines",
    "dyad_pages": "a page for each dyad written",
    "dataset": "tables of the dataset written",
    "validate": "dataset validated",
}
# Seconds of computing of each job, measured on recordings of five minutes; of all others, one.
SECONDS = {
    "simulate": 7,
    "clock": 4,
    "convert": 2,
    "clean": 10,
    "synchrony": 4,
    "lags": 2,
    "picture": 5,
    "time_resolved": 4,
    "within_brain": 8,
    "directed": 8,
    "signals": 3,
    "variants": 20,
    "pseudodyads": 2,
    "analyse": 3,
    "multiverse": 10,
    "report": 5,
}
INTERRUPTED = "Interrupted. What is finished is kept, and the same command goes on from there."
WITHOUT_A_WORD = (
    "Stopped: a job ended without giving a reason, as one does that is killed, for instance when the memory "
    "of the machine was full. The same command goes on from there."
)
UNSAID = ("Select jobs to execute", "Execute ", "Assuming unrestricted shared")


class Progress(logging.Filter):
    """Puts a line of its own in the place of what Snakemake logs of a finished job.

    Parameters
    ----------
    jobs : mapping of job's number to (rule, wildcards)
        All that this run has to do.
    report : Path
        The last line of a run that wrote it, or has it still, is where it is.
    written : callable, optional
        The bytes on disk at the end; they and the time are said in the line before.
    """

    def __init__(
        self,
        jobs: Mapping[int, tuple[str, Mapping[str, str]]],
        report: Path,
        written: Callable[[], int] | None = None,
    ) -> None:
        super().__init__()
        self.jobs, self.report, self.written = dict(jobs), report, written
        self.begun, self.n_done = time.monotonic(), 0
        self.total = sum(SECONDS.get(rule, 1) for rule, _ in self.jobs.values())
        self.spent, self.interrupted = 0.0, False

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether Snakemake's handler prints the record, whose text may have been changed."""
        event = getattr(record, "event", None)
        name = getattr(event, "name", "")
        text = record.getMessage() if record.msg else ""
        if self.interrupted:  # every job that ran then is an error to Snakemake, and none to a person
            return False
        if text.startswith("Terminating processes on user request"):
            self.interrupted, record.msg, record.args = True, INTERRUPTED, ()
            return True
        if name == "JOB_FINISHED":
            line = self.finished(int(record.__dict__["job_id"]))
            record.event = None
            record.msg, record.args = line, ()
            return bool(line)
        if text.startswith("Elapsed time") and self.n_done == len(self.jobs) and self.report.is_file():
            record.msg, record.args = f"{self.took()}The report: {self.report.resolve()}", ()
        return name not in ("PROGRESS", "JOB_STARTED") and not text.startswith(UNSAID)

    def finished(self, number: int) -> str:
        """The line on a job; nothing of one that only gathers files."""
        rule, wildcards = self.jobs.get(number, ("", {}))
        self.spent += SECONDS.get(rule, 1)
        self.n_done += 1
        if rule not in DONE:
            return ""
        return f"{self.n_done} of {len(self.jobs)}: {_whose(wildcards)}{DONE[rule]}{self.left()}"

    def took(self) -> str:
        """The line on time and disk, with its end."""
        if self.written is None:
            return ""
        return f"{after_this_run(time.monotonic() - self.begun, self.written())}\n"

    def left(self) -> str:
        """How long the rest may take, if all goes on as it has; nothing where that cannot be known yet."""
        rest = self.total - self.spent
        if self.n_done < 5 or rest <= 0:
            return ""
        seconds = (time.monotonic() - self.begun) * rest / self.spent
        return f" (about {seconds / 60:.0f} min left)" if seconds > 90 else ""


def _whose(wildcards: Mapping[str, str]) -> str:
    """The dyad and when it was recorded, and the member, where the job is of one: "D01 run 2, C01: "."""
    run = f"run {wildcards['run']}" if "run" in wildcards else ""
    when = " ".join(word for word in (wildcards.get("dyad"), run, wildcards.get("time")) if word)
    parts = ", ".join(word for word in (when, wildcards.get("participant")) if word)
    return f"{parts}: " if parts else ""


def jobs_of(jobs: Iterable[Any]) -> dict[int, tuple[str, dict[str, str]]]:
    """The number, the rule and the wildcards of each of Snakemake's jobs."""
    return {job.jobid: (job.rule.name, dict(job.wildcards.items())) for job in jobs}


def watch(
    logger: logging.Logger, jobs: Iterable[Any], report: Path, written: Callable[[], int] | None = None
) -> Progress:
    """Have Snakemake's handlers that write to a screen print a line for each job."""
    progress = Progress(jobs_of(jobs), report, written)
    for handler in logger.handlers:
        if isinstance(handler, logging.StreamHandler) and not isinstance(handler, logging.FileHandler):
            handler.addFilter(progress)
    return progress
