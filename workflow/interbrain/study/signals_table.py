"""The table of other signals: which rows hold for which recording, and whether each can be meant.

What is in the files, only a job and the doctor can tell.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.formats.opening import KNOWN_SUFFIXES
from interbrain.problems import Problem
from interbrain.signals.kinds import KINDS, default_name
from interbrain.signals.text_suffixes import TEXT_SUFFIXES
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems, row_schema
from interbrain.study.dyads_table import no_such_dyad
from interbrain.study.occasions import Occasions
from interbrain.study.problems import did_you_mean, nearest_file, on_disk
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import Settings
from interbrain.study.tables import Tables
from interbrain.study.understood import understand_levels, understand_words

EVERY = ("", "*")
PLACES = re.compile(r"\{(\w+)\}")
KNOWN_PLACES = ("dyad", "time", "task", "role", "participant")
MAY_BE_EMPTY = ("dyad", "time", "task", "file", "sync", "rate_hz", "start_s", "name", "unit", "scale")


@dataclass
class SignalsCheck:
    """The table of signals held against the study.

    Attributes
    ----------
    known : sequence of str
        Every dyad; rows of those that are not in `recordings` are ignored.
    recordings : list of dict
        dyad, time, phase, task, run, therapist_file, client_file of those that are used.
    people : mapping (dyad, role) -> person
    times : sequence of str
        As config.yaml has them, and the occasions that are called as time and task.
    raw_folder : Path
    look_for_files : bool
    name : str
        The table's.
    """

    known: Sequence[str]
    recordings: Sequence[Mapping]
    people: Mapping[tuple[str, str], str]
    times: Sequence[str]
    raw_folder: Path
    look_for_files: bool
    name: str
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def check(self, table: pd.DataFrame) -> dict[tuple[str, int, str], list[dict]]:
        """The signals of each member's recording.

        Returns
        -------
        signals : dict (dyad, run, role) -> list of dict
            label (of its files), name, kind, channels, file (full path; empty: the EEG file), sync, rate_hz,
            start_s, unit, scale, exclude, row; in the order of the table.
        """
        sound: list[tuple[Hashable, dict[str, str]]] = []
        checker = cell_checker("signals")
        for row, r in numbered_rows(self._understood(table)):
            where = self._where(row, r)
            wrong = self._named(r, where) + cell_problems(r, checker, where)
            wrong = wrong or self._wrong(r, where)
            self.problems += wrong
            if not wrong:
                sound.append((row, r))
        self._check_names(sound)
        signals: dict[tuple[str, int, str], list[dict]] = {}
        for recording in self.recordings:
            for role in ROLES:
                if found := self._of(recording, role, sound):
                    signals[recording["dyad"], recording["run"], role] = found
        self._check_pairs(signals, bool(sound))
        return signals

    def _understood(self, table: pd.DataFrame) -> pd.DataFrame:
        """The table with the words that were meant."""
        properties = row_schema("signals")["properties"]
        words = {name: properties[name]["enum"] for name in ("role", "kind", "sync")}
        table, spelt = understand_levels(table, {**words, "time": self.times}, self.name)
        table, bare = understand_words(table, MAY_BE_EMPTY, self.name)
        self.warnings += spelt + bare
        return table

    def _where(self, row: Hashable, r: Mapping) -> str:
        return f"{self.name}, row {row}" + (f" ({r['dyad']})" if r["dyad"] not in EVERY else "")

    def _named(self, r: Mapping, where: str) -> list[Problem]:
        """Whether the dyad and the time are the study's."""
        problems = []
        if r["dyad"] not in (*EVERY, *self.known):
            problems.append(no_such_dyad(r["dyad"], self.known, where))
        if r["time"] not in (*EVERY, *self.times):
            hint = did_you_mean(r["time"], self.times)
            problems.append(Problem(where, f'no time of measurement is called "{r["time"]}"', hint))
        tasks = list(dict.fromkeys(one["task"] for one in self.recordings))
        if r["task"] not in (*EVERY, *tasks):
            hint = did_you_mean(r["task"], tasks)
            problems.append(Problem(where, f'no recording has the task "{r["task"]}"', hint))
        return problems

    def _wrong(self, r: Mapping, where: str) -> list[Problem]:
        """What the cells of a row say against one another."""
        problems, kind = [], KINDS[r["kind"]]
        channels, sync = channels_of(r["channel"]), sync_of(r)

        def wrong(what: str, hint: str) -> None:
            problems.append(Problem(where, what, hint))

        if len(channels) not in kind.axes:
            needed = " or ".join(map(str, kind.axes))
            wrong(
                f"channel names {len(channels)} channels, and {r['kind']} has {needed}", "Correct the cell."
            )
        if not r["file"] and sync not in ("same_file", "lsl_clock"):  # a stream of the EEG's own file
            wrong(f"sync is {r['sync']}, but no file is named", "Name the file, or write sync: same_file.")
        if r["file"] and not sync and not self._in_eeg_file(r):
            hint = (
                "Write sync: shared_start if it begins with the therapist's EEG file; or write into start_s "
                "when it begins, s from the start of that file (below 0 if it began before)."
            )
            wrong("how the clock of its file is tied to the EEG's is not said", hint)
        if sync == "start_s" and not r["start_s"]:
            wrong("sync is start_s, but start_s is empty", "Write when the file begins, such as 12.5.")
        if r["start_s"] and sync in ("same_file", "shared_start", "lsl_clock"):
            wrong(f"start_s is given, but sync is {sync}", "Write sync: start_s, or empty start_s.")
        suffix = Path(r["file"]).suffix.lower()
        if sync == "lsl_clock" and r["file"] and suffix != ".xdf":
            wrong("sync is lsl_clock, but the file is no XDF recording", "Write shared_start or start_s.")
        if r["file"] and not (suffix in KNOWN_SUFFIXES or r["file"].lower().endswith(TEXT_SUFFIXES)):
            known = ", ".join([*TEXT_SUFFIXES, *KNOWN_SUFFIXES])
            wrong(f"file: no known format: {r['file']}", f"Export it as CSV. Known: {known}.")
        if name_of(r) in KINDS and default_name(name_of(r)) != kind.series:
            wrong(f'name is "{r["name"]}", which is another kind of signal', "Choose another name.")
        if r["kind"] == "ibi" and (not r["file"] or suffix in KNOWN_SUFFIXES):
            wrong(
                "a list of inter-beat intervals is a table of its own",
                "Name it in file, or write ecg or ppg.",
            )
        odd = [place for place in PLACES.findall(r["file"]) if place not in KNOWN_PLACES]
        if odd:
            hint = f"Known: {', '.join(f'{{{place}}}' for place in KNOWN_PLACES)}."
            wrong(f"file holds {{{odd[0]}}}, which stands for nothing", hint)
        return problems

    def _in_eeg_file(self, r: Mapping) -> bool:
        """Whether the file of a row is the member's EEG file in each recording that it holds for."""
        held = [(one, role) for one in self.recordings for role in ROLES if _holds_for(r, one, role)]
        return all(self._path(r, one, role) == Path(one[f"{role}_file"]) for one, role in held)

    def _path(self, r: Mapping, recording: Mapping, role: str) -> Path:
        """The file that a row names for a member's recording."""
        places = {
            "dyad": recording["dyad"],
            "time": recording["phase"],
            "task": recording["task"],
            "role": role,
            "participant": self.people[recording["dyad"], role],
        }
        return self.raw_folder / PLACES.sub(lambda found: places.get(found[1], found[0]), r["file"])

    def _check_names(self, rows: Sequence[tuple[Hashable, Mapping]]) -> None:
        """One name is one sort of signal throughout the study."""
        first: dict[str, tuple[Hashable, str]] = {}
        for row, r in rows:
            name, series = name_of(r), default_name(r["kind"])
            above, other = first.setdefault(name, (row, series))
            if other != series:
                what = f'"{name}" is {series} here and {other} in row {above}'
                self.problems.append(Problem(self._where(row, r), what, "Give one of them another name."))

    def _of(self, recording: Mapping, role: str, rows: Sequence[tuple[Hashable, Mapping]]) -> list[dict]:
        """The signals of one member's recording; of two rows for one, that which names it more closely."""
        chosen: dict[str, tuple[int, Hashable, Mapping]] = {}
        for row, r in rows:
            if not _holds_for(r, recording, role):
                continue
            closeness = (r["dyad"] not in EVERY) + (r["time"] not in EVERY) + (r["task"] not in EVERY)
            name = name_of(r)
            before = chosen.get(name)
            if before and before[0] == closeness:
                what = (
                    f"{name} of the {role} of {recording['dyad']}, {recording['time']}, is in row {before[1]}"
                )
                hint = "Keep one of the two rows, or give one another name in the column name."
                self.problems.append(Problem(self._where(row, r), f"{what} already", hint))
            elif not before or before[0] < closeness:
                chosen[name] = (closeness, row, r)
        return [self._plain(recording, role, row, r) for _, row, r in chosen.values()]

    def _plain(self, recording: Mapping, role: str, row: Hashable, r: Mapping) -> dict:
        """A signal as its job needs it."""
        path = str(self._path(r, recording, role)) if r["file"] else ""
        sync = sync_of(r) or "same_file"  # else `_wrong` has refused the row
        own = recording[f"{role}_file"]
        if path and sync == "same_file":
            if Path(path) != Path(own):
                named, eeg = Path(path).name, Path(own).name
                what = f"sync is same_file, but {named} is not the {role}'s EEG file ({eeg})"
                hint = "Leave file empty, or write shared_start or start_s."
                self.problems.append(Problem(self._where(row, r), what, hint))
            path = ""
        elif path and self.look_for_files and not r["exclude"] and not Path(path).is_file():
            what = f"the file of {name_of(r)} is not there: {path}"
            hint = nearest_file(Path(path)) or "Correct the name, or write into exclude why there is none."
            self.problems.append(Problem(self._where(row, r), what, hint))
        return {
            "label": r["name"].lower() or r["kind"],
            "name": name_of(r),
            "kind": r["kind"],
            "channels": channels_of(r["channel"]),
            "file": path,
            "sync": sync,
            **{c: float(r[c]) if r[c] else None for c in ("rate_hz", "start_s", "scale")},
            "unit": r["unit"],
            "exclude": r["exclude"],
            "row": row,
        }

    def _check_pairs(self, signals: Mapping[tuple, Iterable[Mapping]], any_rows: bool) -> None:
        """Whether the study has a signal of both members: one member's alone has no coordination."""
        has: dict[str, set[str]] = {}
        for (_, _, role), found in signals.items():
            for signal in found:
                has.setdefault(signal["name"], set()).add(role)
        for name, roles in has.items():
            if len(roles) < len(ROLES):
                (role,) = roles
                what = f"{name} is recorded of the {role}s only, so it has no coordination"
                hint = "Add a row for the other member, or give both the same name."
                self.warnings.append(Problem(self.name, what, hint))
        if any_rows and not signals and not self.problems:
            what = "no row is about a recording that is used"
            self.warnings.append(Problem(self.name, what, "Compare its dyads and times with the recordings."))


def channels_of(cell: str) -> list[str]:
    """The channels that a cell names."""
    return [channel.strip() for channel in re.split("[,;]", cell) if channel.strip()]


def sync_of(row: Mapping) -> str:
    """How a signal's clock is tied, where the cell leaves it to the others; empty if nothing says it."""
    if row["sync"]:
        return row["sync"]
    return "same_file" if not row["file"] else "start_s" if row["start_s"] else ""


def _holds_for(row: Mapping, recording: Mapping, role: str) -> bool:
    """Whether a row is about a member's recording."""
    return (
        row["dyad"] in (*EVERY, recording["dyad"])
        and row["time"] in (*EVERY, recording["time"], recording["phase"])
        and row["task"] in (*EVERY, recording["task"])
        and row["role"] in (role, "both")
    )


def name_of(row: Mapping) -> str:
    """What a signal is called in the results."""
    return row["name"].lower() or default_name(row["kind"])


def signals_of(
    settings: Settings,
    tables: Tables,
    known: Sequence[str],
    people: Mapping[tuple[str, str], str],
    recordings: pd.DataFrame,
    occasions: Occasions,
    look_for_files: bool,
) -> dict[tuple[str, int, str], list[dict]]:
    """The other signals of every member's recording that is used; what is wrong goes to the tables' findings.

    Parameters
    ----------
    known : sequence of str
        Every dyad.
    people : mapping (dyad, role) -> person
    recordings : DataFrame
        Those that are used, as the recordings table has them.
    """
    if not settings.tables.signals:
        return {}
    table, name = tables.read(settings.tables.signals, "signals")
    if table is None or not len(recordings):
        return {}
    runs = {time: run for run, time in enumerate(occasions.labels, 1)}
    raw_folder = on_disk(tables.folder / settings.raw_folder)
    used = [
        {
            **{column: r[column] for column in ("dyad", "time", "phase", "task")},
            **{f"{role}_file": str(raw_folder / r[f"{role}_file"]) for role in ROLES},
            "run": runs[r["time"]],
        }
        for r in recordings.to_dict("records")
        if r["time"] in runs and all((r["dyad"], role) in people for role in ROLES)
    ]
    look = look_for_files and not settings.simulation
    check = SignalsCheck(
        known, used, people, [*occasions.phases, *occasions.of_label], raw_folder, look, name
    )
    signals = check.check(table)
    tables.found.take(check.problems, check.warnings)
    return signals
