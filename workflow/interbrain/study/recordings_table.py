"""The table of recordings: a row a dyad, time and task, which files, which stretch, how clocks are tied."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.formats.members import check_pattern
from interbrain.problems import Problem
from interbrain.study.by_role import ROLES, names_pulses, triggers_of
from interbrain.study.columns import CellChecker, cell_checker, cell_problems, row_schema
from interbrain.study.dyads_table import EXCLUDE, EXCLUDE_ALL, no_such_dyad
from interbrain.study.problems import holds, nearest
from interbrain.study.raw_files import Use, check_file, outside, row_that_uses
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import config_schema
from interbrain.study.understood import is_no_reason
from interbrain.words import listed

BY_PULSES = ("markers", "start_marker")  # ways to tie clocks that need pulses; auto may take one of them
BIDS_SUFFIXES = (".vhdr", ".edf", ".bdf", ".set")


@dataclass
class RecordingsCheck:
    """Every row of the table held against the study, its files, and the rows above it.

    Attributes
    ----------
    known, used : collection of str
        All dyads, and those that are not excluded; `used` in their order.
    times : sequence of str
        The occasions: a time, or a time and one of its tasks.
    raw_folder : Path
    simulated : bool
        The raw files are the demo's, and the simulation will write them.
    look_for_files : bool
        Whether to see that each file is there and may be a recording.
    accept_header_time : bool
    name : str
        The table's.
    people : mapping (dyad, role) -> person
        Who is who in each dyad.
    phases : sequence of str
        The times as config.yaml has them; by default `times`.
    """

    known: Collection[str]
    used: Sequence[str]
    times: Sequence[str]
    raw_folder: Path
    simulated: bool
    look_for_files: bool
    accept_header_time: bool
    name: str
    people: Mapping[tuple[str, str], str] = field(default_factory=dict)
    phases: Sequence[str] = ()
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    rows: dict[tuple[str, str], int] = field(default_factory=dict)  # of each dyad and time
    uses: dict[str, list[Use]] = field(default_factory=lambda: defaultdict(list))  # of each file
    misspelt: set = field(default_factory=set)  # dyads whose rows may be there under another name

    def __post_init__(self) -> None:
        self.known, self._used = dict.fromkeys(self.known), frozenset(self.used)

    def check(self, recordings: pd.DataFrame) -> tuple[list[Problem], list[Problem]]:
        """One row for each included dyad and time, with files that exist (or that the simulation will write).

        Of a recording that is excluded with a reason only the dyad, the time and the reason matter. A dyad
        may lack a time if it has another. Returns the problems and the warnings.
        """
        unused = cell_checker("recordings", ["exclude"], levels={"time": self.phases or self.times})
        whole = cell_checker("recordings", levels={"time": self.phases or self.times})
        named = {Path(file).name for role in ROLES for file in recordings[f"{role}_file"]}
        for row, r in numbered_rows(recordings):
            where = f"{self.name}, row {row}" + (f" ({r['dyad']})" if r["dyad"] else "")
            if not self._is_of_the_study(r, where):
                continue
            self._check_cells(row, r, unused if r["exclude"] else whole, where)
            if not r["exclude"]:
                self._check_use(row, r, named, where)
        there = recordings[recordings["exclude"] == ""]
        used = [dyad for dyad in self.used if dyad not in self.misspelt]
        lacking, said = check_times(there, used, self.rows, self.times, self.name)
        if self.look_for_files:
            said = outside(self.uses, self.raw_folder, self.name) + said
        return self.problems + lacking, self.warnings + said

    def _wrong(self, where: str, what: str, hint: str = "") -> None:
        self.problems.append(Problem(where, what, hint))

    def _is_of_the_study(self, r: Mapping, where: str) -> bool:
        """Whether the row is to be looked at: rows of excluded dyads are not."""
        if r["dyad"] not in self.known:
            self.problems.append(no_such_dyad(r["dyad"], self.known, where))
            self.misspelt.add(nearest(r["dyad"], self.known))
        elif r["dyad"] not in self._used:
            return False
        if r["time"] not in self.times:
            self.misspelt.add(r["dyad"])
        return True

    def _check_cells(self, row: int, r: Mapping, checker: CellChecker, where: str) -> None:
        """What the cells hold, whether there is a reason, and whether the recording has a row already."""
        cells = {name: cell for name, cell in r.items() if name != "phase"}
        wrong = cell_problems(cells | {"time": r.get("phase", r["time"])}, checker, where)
        if is_no_reason(r["exclude"]) and not any(p.what.startswith("exclude") for p in wrong):
            hint = row_schema("recordings")["properties"]["exclude"]["x-hint"]
            wrong.append(Problem(where, holds("exclude", r["exclude"]), hint))
        self.problems += wrong
        first = self.rows.setdefault((r["dyad"], r["time"]), row)
        if first != row:
            self._wrong(where, f"{r['dyad']} {r['time']} is already in row {first}")

    def _check_use(self, row: int, r: Mapping, named: set[str], where: str) -> None:
        """The stretch, the channels, how the clocks are tied, and the files."""
        start, stop = (_seconds(r[column]) for column in ("start_s", "stop_s"))
        if stop is not None and stop <= (start or 0):
            what = f"stop_s ({r['stop_s']}) must exceed start_s ({r['start_s'] or 0})"
            self._wrong(where, what, "Both are seconds from the start of the therapist's file.")
        block = (start or 0, math.inf if stop is None else stop)
        together, unclear = _check_channels(r, where)
        self.problems += unclear
        self._check_sync(r, together, where)
        for role in ROLES:
            file, pattern = r[f"{role}_file"], r[f"{role}_channels"].lower()
            if not file or (unclear and role == "client"):
                continue
            person = self.people.get((r["dyad"], role)) or f"the {role} of {r['dyad']}"
            use = Use(row, r["dyad"], person, block, pattern, r[f"{ROLES[role == ROLES[0]]}_file"])
            self._check_file(r, role, use, together, named, where)
            self._check_elsewhere(file, role, use, where)
            self.uses[file].append(use)

    def _check_sync(self, r: Mapping, together: bool, where: str) -> None:
        if r["sync"] == "header_time":
            what = (
                "sync is header_time, accurate to a second at best: PLV in the alpha band is then meaningless"
            )
            if self.accept_header_time:
                hint = "Use it to look at the data, not to publish them."
                self.warnings.append(Problem(where, what, hint))
            else:
                hint = "Write auto; to use it anyway, set accept_header_time (clock) to true."
                self._wrong(where, what, hint)
        if r["sync"] == "same_file" and not together and r["therapist_file"] and r["client_file"]:
            hint = "Name one file for both, or write sync: auto."
            self._wrong(where, "sync is same_file, but the files are two", hint)

    def _check_file(
        self, r: Mapping, role: str, use: Use, together: bool, named: set[str], where: str
    ) -> None:
        """Whether a member's file is there and nobody else's."""
        file, expected = r[f"{role}_file"], f"{r['dyad']}_{r['time']}_{role}.Poly5"
        if other := row_that_uses(self.uses[file], use):
            hint = "A file belongs to one person; its blocks, start_s to stop_s, must not overlap."
            self._wrong(where, f"{role}_file: {file} is already in row {other}", hint)
        elif self.simulated and r["dyad"] in self.known and r["time"] in self.times and file != expected:
            what = f'{role}_file is "{file}", but the simulation will write {expected}'
            self._wrong(
                where, what, f"Write {expected}; for your own data delete simulation from the config."
            )
        elif self.look_for_files and not (together and role == "client"):
            self.problems += check_file(self.raw_folder / file, file, role, named, where)

    def _check_elsewhere(self, file: str, role: str, use: Use, where: str) -> None:
        """What other dyads of the person say of the same file."""
        elsewhere = [u for u in self.uses[file] if u.person == use.person and u.dyad != use.dyad]
        if others := [u for u in elsewhere if u.pattern != use.pattern]:
            what = (
                f'{role}_channels is "{use.pattern}", but {use.person}\'s channels in {file} are '
                f'"{others[0].pattern}" in row {others[0].row}'
            )
            self._wrong(where, what, "One person's channels are the same in every dyad.")
        if elsewhere and elsewhere[0].partner_file != use.partner_file:
            first = elsewhere[0]
            what = f"{role}_file: {file} is {use.person}'s in {first.dyad} (row {first.row}) too"
            hint = "This is right if all were recorded at the same time; if not, name this dyad's own file."
            for_others = f"{role}_file is {use.person}'s in {first.dyad} (row {first.row}) too"
            self.warnings.append(Problem(where, what, hint, shared=for_others))


def check_times(
    there: pd.DataFrame, used: Sequence[str], rows: Iterable[tuple], times: Sequence[str], name: str
) -> tuple[list[Problem], list[Problem]]:
    """Dyads that lack a time: a problem if they have no other, or if nobody has it; else a warning.

    `there` are the recordings that are used, `rows` the dyads and times that have a row.
    """
    problems, warnings, nothing = [], [], []
    used_times = there[there["dyad"].isin(used)].groupby("dyad")["time"].agg(set)
    nowhere = [t for t in times if used and not (there["dyad"].isin(used) & (there["time"] == t)).any()]
    for time in nowhere:
        what = f"no dyad has a {time} recording"
        problems.append(Problem(name, what, f"Add the rows, or remove {time} from times in config.yaml."))
    for dyad in used:
        own = used_times.get(dyad, set())
        if not own & set(times):
            nothing.append(dyad)
            continue
        absent = [t for t in times if t not in (*own, *nowhere) and (dyad, t) not in rows]
        if absent:
            others = listed(t for t in times if t in own)
            what = f"no {listed(absent)} recording of {dyad}, which has {others} alone"
            hint = "Add the row, or write a row with the reason in its column exclude."
            if len(absent) > 1:
                hint = "Add the rows, or write rows with the reason in their column exclude."
            kind = f"no {listed(absent)} recording of a dyad that has others"
            warnings.append(Problem(name, what, hint, kind=kind))
    if nothing:
        several = len(nothing) > 1
        hint = f"Add {'their' if several else 'its'} rows, or {EXCLUDE_ALL if several else EXCLUDE}"
        problems.append(Problem(name, f"no recording of {listed(nothing)} is used", hint))
    return problems, warnings


def check_adopted(recordings: pd.DataFrame, used: Sequence[str], name: str) -> list[Problem]:
    """What only a raw file may be asked for: recordings of a BIDS dataset are taken as they are."""
    problems = []
    for row, r in numbered_rows(recordings[recordings["dyad"].isin(used)]):
        where = f"{name}, row {row} ({r['dyad']})"
        cut = [
            c
            for c in (
                "start_s",
                "stop_s",
                *(f"{role}_{what}" for what in ("channels", "scale") for role in ROLES),
            )
            if r[c]
        ]
        if cut:
            what = f"{listed(cut)} cannot be used with input: bids, which takes recordings as they are"
            hint = "Empty the cell, or write input: raw, so that the recording is converted."
            problems.append(Problem(where, what, hint))
        for role in ROLES:
            file = Path(r[f"{role}_file"])
            if file.name and not (file.stem.endswith("_eeg") and file.suffix.lower() in BIDS_SUFFIXES):
                what = f"{role}_file is not an EEG recording of a BIDS dataset: {file}"
                hint = f"Name one that ends in {', '.join(f'_eeg{suffix}' for suffix in BIDS_SUFFIXES)}."
                problems.append(Problem(where, what, hint))
    return problems


def check_triggers(
    recordings: pd.DataFrame,
    used: Sequence[str],
    triggers: Mapping | None,
    unsaid: bool,
    name: str,
) -> list[Problem]:
    """Whether it is known where the pulses are of every recording whose clock may be tied by them.

    `unsaid`: the config does not name triggers at all.
    """
    for row in recordings[recordings["dyad"].isin(used)].to_dict("records"):
        if row["sync"] not in (*BY_PULSES, "auto"):
            continue
        known = all(names_pulses(triggers_of(triggers, role, row[f"{role}_trigger"])) for role in ROLES)
        if not known and unsaid:
            about = config_schema()["properties"]["triggers"]
            hint = f"{about['description']}. {about['x-hint']}"
            return [Problem("config.yaml", 'the setting "triggers" is missing', hint)]
        if not known and row["sync"] in BY_PULSES:
            what = f"neither a channel nor an annotation is named, although {name} ties clocks by triggers"
            hint = (
                "Name the channel or the annotation, or write sync: shared_start if the files begin together."
            )
            return [Problem("config.yaml, triggers", what, hint)]
    return []


def as_jobs_need_them(
    table: pd.DataFrame, times: Sequence[str], triggers: Mapping | None, raw_folder: Path
) -> pd.DataFrame:
    """The recordings as jobs need them; what cannot be read as a number or a known time is missing."""
    recordings = table.assign(row=table.index).reset_index(drop=True)
    recordings["run"] = recordings["time"].map({time: run for run, time in enumerate(times, 1)})
    for column in ("therapist_file", "client_file"):
        recordings[column] = [str(raw_folder / file) if file else "" for file in recordings[column]]
    for role in ROLES:
        column = f"{role}_trigger"
        recordings[column] = [triggers_of(triggers, role, cell) for cell in recordings[column]]
    for column in ("start_s", "stop_s", *(f"{role}_scale" for role in ROLES)):
        recordings[column] = pd.to_numeric(recordings[column], errors="coerce")
    return recordings


def _seconds(cell: str) -> float | None:
    if not cell:
        return None
    seconds = pd.to_numeric(cell, errors="coerce")
    return None if pd.isna(seconds) else float(seconds)


def _check_channels(r: Mapping, where: str) -> tuple[bool, list[Problem]]:
    """Whether both members are in one file, and what is wrong with the patterns that tell them apart."""
    patterns = {role: r[f"{role}_channels"] for role in ROLES}
    problems = []
    together = bool(r["therapist_file"]) and r["therapist_file"] == r["client_file"]
    for role, pattern in patterns.items():
        partner = patterns[ROLES[role == ROLES[0]]] if together else None
        if pattern and (wrong := check_pattern(pattern, partner)):
            what, hint = wrong
            problems.append(Problem(where, f'{role}_channels "{pattern}" {what}', hint))
    if together and not all(patterns.values()):
        what = f"both members' file is {r['client_file']}; whose channels are whose?"
        hint = (
            "Write it into therapist_channels and client_channels, e.g. sub1_* and sub2_*, or 1-32 and "
            "33-64; or name two files."
        )
        problems.append(Problem(where, what, hint))
    elif together and patterns["therapist"].lower() == patterns["client"].lower():
        what = f'therapist_channels and client_channels are both "{patterns["client"]}"'
        problems.append(
            Problem(where, what, "Each member needs a pattern that fits no channel of the other.")
        )
    return together, problems
