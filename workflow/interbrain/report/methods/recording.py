"""Methods: who was recorded, the software, the dataset."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain import apa
from interbrain.report import words
from interbrain.tasks import REST

from .run import Run


def sample(run: Run) -> Iterator[str]:
    if run.provenance.get("simulated"):
        yield (
            "The recordings were simulated with known coupling; no person was recorded, and this text shows "
            "only how a methods section would read."
        )
    times = [words.spoken(time) for time in run.get("times", default=[])]
    repeated = f" at {words.counted(len(times), 'time')} ({words.listed(times)})" if times else ""
    yield (
        f"The analysis included {words.counted(run.sizes['dyads'], 'dyad')} "
        f"({words.counted(run.sizes['therapists'], 'therapist')}, "
        f"{words.counted(run.sizes['clients'], 'client')}); the EEG of both members was recorded "
        f"simultaneously{_doing(run)}{repeated}."
    )
    version = run.provenance.get("version", apa.NOT_AVAILABLE)
    commit = run.provenance.get("commit")
    code = f", commit {str(commit)[:10]}" if not apa.is_missing(commit) else ""
    code += ", with local changes" if run.provenance.get("dirty") else ""
    begun = "recordings" if run.get("input") == "bids" else "raw files"
    yield (
        f"All steps from {begun} to statistics were run with Interbrain {version}{code}, Python "
        f"{run.provenance.get('python', apa.NOT_AVAILABLE)} and "
        f"{run.package('snakemake', 'Snakemake', 'Molder2021')}."
    )
    bids = f"{run.cite('Gorgolewski2016')}; {run.cite('Pernet2019')}"
    tool = run.package("mne-bids", "MNE-BIDS", "Appelhoff2019")
    if run.get("input") == "bids":
        yield f"Recordings were read from a BIDS dataset ({bids}) with {tool}."
    else:
        yield f"Recordings were written as a BIDS dataset ({bids}) with {tool}."


def _doing(run: Run) -> str:
    """`` at rest``, or what was done at which time."""
    tasks = run.sizes.get("tasks") or {}
    said = run.get("tasks", default={})
    if set(tasks.values()) <= {REST} and not said.get(REST):
        return " at rest"
    at: dict[str, list[str]] = {}
    for time, task in tasks.items():
        at.setdefault(task, []).append(words.spoken(time))
    if len(at) == 1:
        [task] = at
        return f" in the task {task}" + (f" ({said[task]})" if said.get(task) else "")
    known = [
        f"{task} ({words.listed(times)}" + (f": {said[task]})" if said.get(task) else ")")
        for task, times in at.items()
    ]
    return f" in the tasks {words.listed(known)}"


def software(run: Run) -> Iterator[str]:
    """What everything else rests on."""
    used = {
        "numpy": run.package("numpy", "NumPy", "Harris2020"),
        "scipy": run.package("scipy", "SciPy", "Virtanen2020"),
        "pandas": run.package("pandas", "pandas", "McKinney2010"),
        "statsmodels": run.package("statsmodels", "statsmodels", "SeaboldPerktold2010"),
        "matplotlib": run.package("matplotlib", "Matplotlib", "Hunter2007"),
    }
    yield f"Computations and figures were made with {words.listed(used.values())}."
