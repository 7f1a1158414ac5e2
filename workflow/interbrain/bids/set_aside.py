"""What earlier runs wrote of dyads, people and runs that the study has no longer: found, moved, brought back.

Touches only what the workflow itself wrote, and deletes nothing. A file that a person put there stays where
it is: the checks of the dataset name it (`checks.unlisted`).
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

LABEL = "[A-Za-z0-9]+"
RECORDING = re.compile(rf"sub-({LABEL})_ses-({LABEL})_task-({LABEL})_run-(\d+)_.+")
OF_SESSION = re.compile(rf"sub-({LABEL})_ses-({LABEL})_scans\.tsv")
OF_PERSON = re.compile(rf"sub-({LABEL})_sessions\.tsv")
OF_DYAD = re.compile(rf"dyad-({LABEL})_task-({LABEL})_run-(\d+)_desc-.+")
PHYSIO = re.compile(rf"sub-({LABEL})_ses-({LABEL})_task-({LABEL})_run-(\d+)_recording-({LABEL})_physio\..+")
FACTS = re.compile(rf"sub-({LABEL})_ses-({LABEL})(?:_task-({LABEL}))?_run-(\d+)\.json")
CLOCK = re.compile(rf"dyad-({LABEL})(?:\.json|_signatures\.npz)")
STRANGERS = re.compile(rf"task-({LABEL})_run-(\d+)_desc-pseudodyads_plv\.(?:tsv|json)")
PART = re.compile(rf"(?:task-({LABEL})_)?run-(\d+)_part-(\d+)\.(?:tsv|json)")
PHENOTYPE = re.compile(r"(.+?)(_visit-\d+)?\.(tsv|json)")
# What our tables have and no other program's: the column of a scans table, and of a sessions table.
OUR_COLUMN = {"scans.tsv": "simultaneous_with", "sessions.tsv": "partner_id"}
OUR_KEY = {"eeg": "Hyperscanning", "phenotype": "dyad_id"}
FOLDERS = ("conversion", "clocks", "pseudodyads")
LEFT_BY_PROGRAMS = re.compile(r"\.DS_Store|\._.*|Thumbs\.db|desktop\.ini")


@dataclass(frozen=True)
class Current:
    """What the study has now.

    Attributes
    ----------
    recordings : set of (participant, dyad, task, run)
        Every recording that is used; the run as text.
    questionnaires : set of str
    signals : set of (participant, dyad, task, run, label), or None
        Other signals of these recordings; None: whatever there is.
    parts : mapping run -> number of parts
        In which the pseudo-dyads of a large study are computed.
    """

    recordings: Collection[tuple[str, str, str, str]]
    questionnaires: Collection[str] = ()
    parts: Mapping[int, int] = field(default_factory=dict)
    signals: Collection[tuple[str, str, str, str, str]] | None = None
    people: frozenset = field(init=False)
    sessions: frozenset = field(init=False)
    dyads: frozenset = field(init=False)
    dyad_runs: frozenset = field(init=False)
    runs: frozenset = field(init=False)

    def __post_init__(self) -> None:
        recordings = frozenset((person, dyad, task, str(run)) for person, dyad, task, run in self.recordings)
        derived = {
            "recordings": recordings,
            "people": frozenset(person for person, *_ in recordings),
            "sessions": frozenset((person, dyad) for person, dyad, *_ in recordings),
            "dyads": frozenset(dyad for _, dyad, *_ in recordings),
            "dyad_runs": frozenset((dyad, task, run) for _, dyad, task, run in recordings),
            "runs": frozenset((task, run) for *_, task, run in recordings),
        }
        for name, value in derived.items():
            object.__setattr__(self, name, value)

    def holds(self, name: str) -> bool | None:
        """Whether the study has what a file is about, by the file's name; None if that says nothing."""
        if self.signals is not None and (found := PHYSIO.fullmatch(name)):
            return found.groups() in self.signals
        for pattern, known in (
            (RECORDING, self.recordings),
            (OF_SESSION, self.sessions),
            (OF_DYAD, self.dyad_runs),
            (FACTS, self.recordings),
            (STRANGERS, self.runs),
        ):
            if found := pattern.fullmatch(name):
                return found.groups() in known
        for pattern, known in ((OF_PERSON, self.people), (CLOCK, self.dyads)):
            if found := pattern.fullmatch(name):
                return found[1] in known
        if found := PART.fullmatch(name):
            task, run, part = found.groups()
            return (task, run) in self.runs and int(part) <= self.parts.get(int(run), 0)
        return None


def leftovers(bids_root: Path | None, results: Path, current: Current) -> list[Path]:
    """Files that earlier runs wrote of what the study has no longer.

    Parameters
    ----------
    bids_root : Path or None
        The dataset that the workflow writes; None if it only reads one, which is nobody's to touch.
    results : Path
        Folder of the derivatives, of the clocks, of the facts that conversions noted and of parts of tables.

    Returns
    -------
    files : list of Path
        Sorted within each folder. Of the dataset those that carry our own marks only.
    """
    derivatives = results / "derivatives/interbrain"
    found = []
    if bids_root is not None:
        stale = [f for f in _files(bids_root, "sub-*") if current.holds(f.name) is False and _is_ours(f)]
        # The sidecar, which shows that a recording is ours, goes last: a run may be killed half-way.
        found += sorted(stale, key=lambda f: f.name.endswith("_eeg.json"))
        found += [f for f in _files(bids_root, "phenotype") if _asks_no_longer(f, current)]
    folders = [(derivatives, "sub-*"), (derivatives, "dyads"), (derivatives, "group")]
    folders += [(results, name) for name in FOLDERS]
    found += [f for root, name in folders for f in _files(root, name) if current.holds(f.name) is False]
    return found


def move_away(files: Iterable[Path], folder: Path, home: Path = Path()) -> list[Path]:
    """Move files below `folder`, at the same place as below `home`; folders that become empty go.

    Returns
    -------
    moved : list of Path
        Where they are now. What an earlier run had moved there under the same name is replaced.
    """
    moved = []
    for file in files:
        target = folder / file.relative_to(home)
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(file, target)
        moved.append(target)
        _remove_empty(file.parent, home)
    return moved


def bring_back(folder: Path, current: Current, home: Path = Path()) -> list[Path]:
    """Move back what the study has again, so that it need not be computed anew; nothing is overwritten.

    Returns
    -------
    back : list of Path
    """
    back = []
    for file in sorted(f for f in folder.rglob("*") if f.is_file()):
        target = home / file.relative_to(folder)
        there = current.holds(file.name)
        if target.parent.name == "phenotype" and there is None:
            named = PHENOTYPE.fullmatch(file.name)
            there = named is not None and named[1] in current.questionnaires
        if there and not target.exists():
            target.parent.mkdir(parents=True, exist_ok=True)
            os.replace(file, target)
            back.append(target)
            _remove_empty(file.parent, home)
    return back


def what_was_moved(files: Sequence[Path], folder: Path) -> str:
    """One sentence for a person, and what to do if the files must not be kept; empty if there are none."""
    if not files:
        return ""
    dyads: list[str] = []
    others: list[str] = []
    for file in files:
        found = re.search(rf"(?:ses|dyad)-({LABEL})", file.name)
        (dyads if found else others).append(found[1] if found else file.name)
    named = sorted(set(dyads)) or sorted(set(others))
    shown = ", ".join(named[:6]) + (" and others" if len(named) > 6 else "")
    count = "1 file" if len(files) == 1 else f"{len(files)} files"
    return (
        f"Set aside: {count} that an earlier run wrote and the study no longer uses ({shown}) are now in "
        f"{folder.as_posix()}/. They enter nothing and are not shared. Delete that folder if they must not "
        "be kept."
    )


def _files(root: Path, pattern: str) -> list[Path]:
    return sorted(f for top in root.glob(pattern) for f in top.rglob("*") if f.is_file())


def _is_ours(file: Path) -> bool:
    """Whether a file of the dataset carries a mark that only this workflow writes."""
    for end, column in OUR_COLUMN.items():
        if file.name.endswith(f"_{end}"):
            with file.open(encoding="utf-8", errors="replace") as text:
                return column in text.readline().rstrip("\n").split("\t")
    stem = re.match(r".+_run-\d+_", file.name)
    return stem is not None and _has_key(file.with_name(f"{stem[0]}eeg.json"), OUR_KEY["eeg"])


def _asks_no_longer(file: Path, current: Current) -> bool:
    """Whether it is our table of a questionnaire that the study has no longer."""
    found = PHENOTYPE.fullmatch(file.name)
    if not found or found[1] in current.questionnaires:
        return False
    return _has_key(file.with_suffix(".json"), OUR_KEY["phenotype"])


def _has_key(sidecar: Path, key: str) -> bool:
    try:
        content = json.loads(sidecar.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    return isinstance(content, dict) and key in content


def _remove_empty(folder: Path, home: Path) -> None:
    """Remove a folder that holds nothing but what file managers leave, and those around it, up to `home`."""
    while folder not in (home, folder.parent):
        rest = list(folder.iterdir())
        if not all(LEFT_BY_PROGRAMS.fullmatch(file.name) for file in rest):
            return
        for file in rest:
            file.unlink()
        folder.rmdir()
        folder = folder.parent
