"""What a person at the screen sees of a run."""

import io
import logging
from types import SimpleNamespace

import pytest
from snakemake_interface_logger_plugins.common import LogEvent

from interbrain.reproducibility import progress

JOBS = [
    ("clock", {"dyad": "D01"}),
    ("convert", {"participant": "C01", "dyad": "D01", "run": "1"}),
    ("simulate", {"dyad": "D01", "time": "pre"}),
    ("pseudodyads", {"run": "2"}),
    ("derivative", {}),
    ("clean", {"participant": "C01", "dyad": "D01", "run": "1"}),
    ("report", {}),
]


@pytest.fixture
def screen(tmp_path):
    """A logger as Snakemake's, what it shows, and the report's path."""
    logger, shown = logging.Logger("run"), io.StringIO()
    logger.addHandler(logging.StreamHandler(shown))
    jobs = [
        SimpleNamespace(jobid=n, rule=SimpleNamespace(name=rule), wildcards=whose)
        for n, (rule, whose) in enumerate(JOBS)
    ]
    watched = progress.watch(logger, jobs, tmp_path / "report.html")
    return SimpleNamespace(
        logger=logger,
        lines=lambda: shown.getvalue().splitlines(),
        report=tmp_path / "report.html",
        watched=watched,
    )


def finish(screen, *numbers):
    for n in numbers:
        screen.logger.info("Select jobs to execute...")
        screen.logger.info("Execute 1 jobs...", extra={"event": LogEvent.JOB_STARTED})
        screen.logger.info(f"Finished jobid: {n}", extra={"event": LogEvent.JOB_FINISHED, "job_id": n})
        screen.logger.info(None, extra={"event": LogEvent.PROGRESS, "done": n, "total": 7})


def test_each_job_is_one_line_with_whose_it_was_and_what_was_done(screen):
    finish(screen, 0, 1, 2, 3, 4)
    assert screen.lines() == [
        "1 of 7: D01: clocks aligned",
        "2 of 7: D01 run 1, C01: converted to BIDS",
        "3 of 7: D01 pre: simulated",
        "4 of 7: run 2: pseudo-dyads compared",
    ]


def test_the_time_that_is_left_follows_the_computing_that_is_left(screen, monkeypatch):
    now = [progress.time.monotonic()]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    finish(screen, 0, 1, 2, 3, 4)  # 4 + 2 + 7 + 2 + 1 seconds of computing, of 31 in all
    now[0] += 16 * 60
    finish(screen, 5)  # ten more
    assert screen.lines()[-1] == "6 of 7: D01 run 1, C01: cleaned (about 3 min left)"


def test_the_last_line_of_a_run_that_ends_is_where_the_report_is(screen):
    screen.report.touch()
    finish(screen, *range(7))
    screen.logger.info("Elapsed time: 0:02:03")
    assert screen.lines()[-1] == f"The report: {screen.report}"


def test_the_line_before_it_is_what_the_run_took(screen, monkeypatch):
    screen.report.touch()
    now = [progress.time.monotonic()]
    monkeypatch.setattr(progress.time, "monotonic", lambda: now[0])
    screen.watched.begun, screen.watched.written = now[0], lambda: 3_100_000_000
    finish(screen, *range(7))
    now[0] += 540
    screen.logger.info("Elapsed time: 0:09:00")
    took = "The run took 9 min; bids/ and results/ take 3.1 GB of disk space without the raw files."
    assert screen.lines()[-2:] == [took, f"The report: {screen.report}"]


def test_a_run_that_stops_names_no_report_as_its_result(screen):
    screen.report.touch()  # of an earlier run
    finish(screen, 0)
    screen.logger.error("Exiting because a job failed")
    screen.logger.info("Elapsed time: 0:02:03")
    assert screen.lines()[-2:] == ["Exiting because a job failed", "Elapsed time: 0:02:03"]


def test_an_interruption_is_one_line_and_the_last(screen):
    screen.report.touch()
    finish(screen, 0)
    screen.logger.warning("Terminating processes on user request, this might take some time.")
    screen.logger.error("RuleException: Command '...' returned non-zero exit status 130.")
    screen.logger.info("Elapsed time: 0:02:03")
    assert screen.lines()[1:] == [progress.INTERRUPTED]


def test_every_rule_but_those_that_only_gather_says_what_it_did(repository):
    rules = {
        line.partition(" as ")[2].split()[0] if " as " in line else line.split()[1].rstrip(":")
        for file in (repository / "workflow/rules").glob("*.smk")
        for line in file.read_text().splitlines()
        if line.lstrip().startswith(("rule ", "use rule "))
    }
    assert set(progress.DONE) <= rules
    assert rules - set(progress.DONE) <= {"derivative", "truth", "truth_session", "provenance", "release"}
