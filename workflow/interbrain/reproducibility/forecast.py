"""About how long a run takes and how much disk it needs, from how long and how wide the recordings are.

Calibrated on a study of the pilot's size and on recordings of 25 minutes (docs/scale.md). A forecast and no
promise: other machines are faster or slower, and faults in recordings cost time.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

# CPU seconds of one recording, all of its jobs and its half of the dyad's: whatever its length, and per
# minute of 32 channels. Reading and writing follow the sampling rate; what comes after resampling does not.
A_RECORDING, A_MINUTE, A_MINUTE_OF_1000_HZ = 5.0, 1.5, 0.5
# CPU seconds of what all dyads share: of any study, and per dyad.
ALL_DYADS, A_DYAD = 40.0, 0.25
# CPU seconds per minute of one member of what is computed on request, by the name of its rule.
ON_REQUEST = {"time_resolved": 0.4, "within_brain": 0.8, "directed": 0.8, "variants": 2.0}
BUSY = 0.87  # share of the cores' time that jobs fill
# Bytes: a sample of a channel in the dataset (float32), and a minute of 32 channels in the results.
A_SAMPLE, A_MINUTE_OF_RESULTS, ALL_RESULTS = 4, 4.0e6, 6.0e6
# What is not EEG in a raw file (triggers, counters, auxiliary channels), as a share of what is.
BESIDE_THE_EEG = 0.15


@dataclass(frozen=True)
class Recording:
    """What a forecast needs to know of one person's recording."""

    seconds: float
    channels: int
    sfreq: float

    @classmethod
    def of_file(cls, n_bytes: float) -> Recording:
        """A recording of 32 channels at 1000 Hz whose raw file has this size: the same number of samples."""
        return cls(n_bytes / ((1 + BESIDE_THE_EEG) * 32 * 1000 * A_SAMPLE), 32, 1000)


@dataclass(frozen=True)
class Forecast:
    """Seconds of a run on so many cores, and the bytes that it writes beside the raw files."""

    seconds: float
    n_bytes: float
    cores: int

    def __str__(self) -> str:
        cores = f"{self.cores} core{'s' * (self.cores != 1)}"
        free = "that nothing else uses"
        return f"about {duration(self.seconds)} on {cores} {free} and {size(self.n_bytes)} of disk space"


def forecast(
    recordings: Sequence[Recording],
    n_dyads: int,
    cores: int,
    *,
    on_request: Collection[str] = (),
    writes_dataset: bool = True,
) -> Forecast:
    """What the whole way takes, from raw files to the report.

    Parameters
    ----------
    recordings : sequence of Recording
        One for each person, dyad and time.
    on_request : collection of str
        What is computed beyond the default, by the names of `ON_REQUEST`.
    writes_dataset : bool
        False where the recordings are those of a BIDS dataset, of which no copy is made.
    """
    further = sum(ON_REQUEST[name] for name in on_request)
    seconds, n_bytes = 0.0, ALL_RESULTS
    for one in recordings:
        width = one.seconds / 60 * one.channels / 32
        seconds += A_RECORDING + width * (A_MINUTE + A_MINUTE_OF_1000_HZ * one.sfreq / 1000 + further)
        n_bytes += width * A_MINUTE_OF_RESULTS
        if writes_dataset:
            n_bytes += (1 + BESIDE_THE_EEG) * one.seconds * one.sfreq * one.channels * A_SAMPLE
    shared = ALL_DYADS + A_DYAD * n_dyads
    return Forecast(seconds / min(cores, max(1, len(recordings))) / BUSY + shared, n_bytes, cores)


def asked_for(config: Mapping) -> list[str]:
    """Which of `ON_REQUEST` the settings, with their defaults, ask for."""
    synchrony = config["synchrony"]
    asked = [name for name in ("time_resolved", "within_brain", "directed") if synchrony[name]]
    return [*asked, *(["variants"] if config["multiverse"] else [])]


def before_any_run(recordings: Sequence[Recording], n_dyads: int, config: Mapping, folder: Path) -> str:
    """The doctor's sentence: a whole run of what the recordings hold; empty where none could be read."""
    if not recordings:
        return ""
    how = {"on_request": asked_for(config), "writes_dataset": config["input"] == "raw"}
    one, four = (forecast(recordings, n_dyads, cores, **how) for cores in (1, 4))
    length = duration(sum(recording.seconds for recording in recordings))
    said = (
        f"The recordings hold {length}, those of both members together. A whole run takes about "
        f"{duration(one.seconds)} on 1 core or {duration(four.seconds)} on 4, "
        f"and {size(one.n_bytes)} of disk space."
    )
    free = shutil.disk_usage(folder).free
    if free < one.n_bytes:
        said += f" Only {size(free)} are free on this disk: make room first."
    return said


def as_kept(recordings: Iterable[tuple[str, Recording]]) -> list[dict[str, str | float]]:
    """What the doctor keeps of (dyad, recording) for the forecast of a run (`kept_of`)."""
    return [{"dyad": dyad, **asdict(recording)} for dyad, recording in recordings]


def kept_of(found: Path, files_of: Mapping[str, Sequence[Path]]) -> dict[str, list[Recording]]:
    """The recordings of dyads as the doctor found them; empty if it has not seen all files as they are now.

    Parameters
    ----------
    found : Path
        Where the doctor keeps what it found.
    files_of : mapping of dyad to files
        The raw files of the dyads that are asked for.
    """
    try:
        kept, seen = json.loads(found.read_text(encoding="utf-8"))["forecast"], found.stat().st_mtime
        if any(file.stat().st_mtime > seen for files in files_of.values() for file in files):
            return {}
        recordings: dict[str, list[Recording]] = {dyad: [] for dyad in files_of}
        for one in kept:
            if one["dyad"] in recordings:
                recordings[one["dyad"]].append(Recording(one["seconds"], one["channels"], one["sfreq"]))
    except (OSError, ValueError, KeyError, TypeError):  # no check yet, or one of another version
        return {}
    return recordings if all(recordings.values()) else {}


def before_this_run(
    jobs: Iterable[tuple[str, Mapping[str, str]]],
    n_recordings: int,
    files_of: Callable[[str], Iterable[str]],
    config: Mapping,
    cores: int,
    found: Path = Path(os.devnull),
) -> str:
    """The first line of a run: what its recordings take, as `check` found them, else by their files' size.

    Parameters
    ----------
    jobs : iterable of (rule, wildcards)
        All that this run has to do.
    n_recordings : int
        Of the whole study.
    files_of : callable
        The raw files of a dyad.
    found : Path
        What the doctor found, if it has examined the recordings.

    Returns
    -------
    said : str
        Empty where no recording is cleaned: the rest takes minutes, and the run says how many are left.
    """
    jobs = list(jobs)
    dyads = [wildcards["dyad"] for rule, wildcards in jobs if rule == "clean"]
    if not dyads:
        return ""
    files = {dyad: [Path(file) for file in files_of(dyad)] for dyad in dict.fromkeys(dyads)}
    if not all(file.is_file() for of_dyad in files.values() for file in of_dyad):
        return "How long this run takes is not known: the recordings are yet to be made."
    raw = sum(file.stat().st_size for file in {file for of_dyad in files.values() for file in of_dyad})
    known = kept_of(found, files)
    recordings = [Recording.of_file(raw / len(dyads))] * len(dyads)
    if known:
        recordings = [one for dyad in known for one in (known[dyad] * dyads.count(dyad))[: dyads.count(dyad)]]
    seen = forecast(
        recordings,
        len(files),
        cores,
        on_request=asked_for(config),
        writes_dataset=any(rule == "convert" for rule, _ in jobs),
    )
    return f"{len(dyads)} of {n_recordings} recordings to clean ({size(raw)} of raw files): {seen}."


def after_this_run(seconds: float, n_bytes: int) -> str:
    """What a run took."""
    took = f"{seconds:.0f} s" if seconds < 99.5 else duration(seconds)
    return (
        f"The run took {took}; bids/ and results/ take {size(n_bytes)} of disk space without the raw files."
    )


def duration(seconds: float) -> str:
    """In words with no more digits than a forecast can have: ``a minute``, ``9 min``, ``3.5 h``."""
    minutes = seconds / 60
    if minutes < 1:
        return "a minute"
    return f"{minutes:.0f} min" if minutes < 99.5 else f"{minutes / 60:.1f} h"


def size(n_bytes: float) -> str:
    """``40 MB``, ``3.1 GB`` or ``1.6 TB``; thousands, as disks are sold."""
    for unit, of in (("TB", 1e12), ("GB", 1e9)):
        if n_bytes >= 0.9995 * of:
            return f"{n_bytes / of:.1f} {unit}"
    return f"{max(1, n_bytes / 1e6):.0f} MB"


def written(folders: Sequence[Path], without: Path | None = None) -> int:
    """Bytes of all files below the folders; not of those below `without`, where raw files are."""
    total = 0
    for folder in folders:
        for place, inner, names in os.walk(folder):
            inner[:] = [name for name in inner if Path(place, name) != without]
            for name in names:
                try:
                    total += os.lstat(os.path.join(place, name)).st_size
                except OSError:  # of a file that is being replaced
                    continue
    return total
