"""The table of coded events: events in its rows or in files that these name, checked, on the run's clock."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path

import pandas as pd

from interbrain.bids.coded_events import shared_codes
from interbrain.coding.annotations import Annotation, CodingError, Export
from interbrain.coding.exports import read_export
from interbrain.problems import Problem
from interbrain.study.by_role import ROLES
from interbrain.study.coded_doubts import doubts_of, offsets_left_out
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.dyads_table import no_such_dyad
from interbrain.study.occasions import Occasions, resolve
from interbrain.study.problems import counted, did_you_mean, nearest_file, on_disk
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import Settings
from interbrain.study.tables import Tables
from interbrain.study.understood import understand_levels, understand_words
from interbrain.words import listed

MAY_BE_EMPTY = ("onset_s", "duration_s", "code", "who", "coder", "file", "tier", "clock", "offset_s")
CODE = re.compile(r"[^\W_][\w .:/+()-]{0,39}")
# Codes that a recording's events already have in the dataset, or that later stages would take for bad time.
TAKEN = re.compile(r"bad|edge|boundary|sync_trigger|rest\b", re.IGNORECASE)
TEXTS = (
    "Codes are short: up to 40 letters, digits and signs. If the tier holds texts, name another one (tier)."
)
BOTH = "both"
WHO = {
    "therapist": ("t", "th", "ther", "therapeut", "therapeutin", "thérapeute", "terapeuta", "counselor"),
    "client": ("c", "cl", "p", "pat", "patient", "patientin", "klient", "klientin", "cliente", "paciente"),
    BOTH: ("b", "dyad", "beide", "les deux", "ambos", "t+c", "mutual"),
}
# What names nobody: a role with a number, a single letter, a number.
CODER_CODE = re.compile(r"((coder|rater|judge|r|c)[ _-]?)?([0-9]{0,3}|[A-Za-z][0-9]{0,2})", re.IGNORECASE)


@dataclass(frozen=True)
class CodedEvents:
    """What was coded in the recordings that are used.

    Attributes
    ----------
    of_runs : mapping (dyad, run) -> list of dict
        onset_s (s from the beginning of the run), duration_s, code, who, coder; by coder in the order of the
        table, then by time.
    codes : list of str
        Every code, in alphabetical order.
    """

    of_runs: dict[tuple[str, int], list[dict]] = field(default_factory=dict)
    codes: list[str] = field(default_factory=list)


def coded_events(
    settings: Settings,
    tables: Tables,
    known: Sequence[str],
    people: Mapping[tuple[str, str], str],
    recordings: pd.DataFrame,
    occasions: Occasions,
) -> CodedEvents:
    """Read the table of coded events, and the files that it names; what is wrong goes into `tables.found`.

    Parameters
    ----------
    known : sequence of str
        Every dyad; rows of dyads and recordings that are not used are ignored.
    people : mapping (dyad, role) -> person
    recordings : DataFrame
        Rows of the recordings table that are used, as text: dyad, time (the occasion), task, start_s, stop_s.
    """
    if not settings.tables.coding:
        return CodedEvents()
    table, name = tables.read(settings.tables.coding, "coding", needs_rows=False)
    if table is None:
        return CodedEvents()
    table, spelt = understand_levels(table, {"time": [*occasions.phases, *occasions.of_label]}, name)
    table, bare = understand_words(table, MAY_BE_EMPTY, name)
    table, unclear = resolve(table, occasions, name, [d for d in known if (d, "therapist") not in people])
    folders = [tables.folder, on_disk(tables.folder / settings.raw_folder)]
    check = _Check(known, people, occasions.labels, recordings, folders, name, settings.input == "bids")
    for row, cells in numbered_rows(table) if not unclear else ():
        check.take(row, cells)
    check.compare()
    check.warnings += [*offsets_left_out(check.of_files, name), *check.other_persons()]
    check.warnings += doubts_of(check.events, occasions.labels, name)
    tables.found.take([*unclear, *check.problems], [*spelt, *bare, *check.warnings])
    return _finished(check.events, settings, name, tables)


@dataclass
class _Check:
    known: Sequence[str]
    people: Mapping[tuple[str, str], str]
    times: Sequence[str]
    recordings: pd.DataFrame
    folders: Sequence[Path]
    name: str
    adopted: bool
    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)
    events: list[dict] = field(default_factory=list)
    of_files: list[tuple[str, str]] = field(default_factory=list)
    _others: dict[tuple[str, ...], int] = field(default_factory=dict)
    _files: dict[Path, Export] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._checker = cell_checker("coding", levels={"time": self.times})
        rows = self.recordings.to_dict("records")
        self._tasks = {task.casefold(): task for task in self.recordings["task"]}
        self._stretches = {(r["dyad"], r["time"]): (r["start_s"], r["stop_s"]) for r in rows}

    def take(self, row: int, r: Mapping[str, str]) -> None:
        """One row of the table."""
        where = f"{self.name}, row {row}" + (f" ({r['dyad']})" if r["dyad"] else "")
        if r["dyad"] not in self.known:
            self.problems.append(no_such_dyad(r["dyad"], self.known, where))
            return
        wrong = cell_problems(r, self._checker, where) + self._ways(r, where)
        self.problems += wrong
        if wrong or (r["dyad"], r["time"]) not in self._stretches:
            if not wrong:
                what = f"no {r['time']} recording of {r['dyad']} is used, so its events are not either"
                self.warnings.append(Problem(where, what, kind="events of a recording that is not used"))
            return
        annotations = self._annotations(r, where)
        self.of_files += [(where, r["offset_s"])] if r["file"] else []
        begin, stop = self._stretch(r)
        outside, texts = 0, []
        for one in annotations:
            place = f"{where}, {one.where}" if one.where else where
            code = re.sub(r"\s+", " ", r["code"] or one.label or one.tier).strip()
            if not CODE.fullmatch(code):
                texts.append((code if len(code) <= 40 else f"{code[:37]}...", place))
                continue
            event = self._event(one, code, r, place)
            if event is None:
                continue
            event["onset_s"] = round(event["onset_s"] - begin, 6)
            event["ends"] = not r["file"] and one.duration_s >= one.onset_s > 0
            if event["onset_s"] < 0 or (stop is not None and event["onset_s"] >= stop - begin):
                outside += 1
                continue
            self.events.append(event)
        if texts:
            first, place = texts[0]
            what = f'"{first}" is not a code' + f", nor are {len(texts) - 1} others" * (len(texts) > 1)
            self.problems.append(Problem(place, what, TEXTS))
        if outside:
            of = f"{outside} of {counted(len(annotations), 'event')}" if len(annotations) > 1 else "the event"
            span = f"from {begin:g} s on" if stop is None else f"{begin:g} to {stop:g} s"
            what = f"{of} begin{'s' * (outside == 1)} outside the recording ({span} of the therapist's file)"
            hint = "They are not used. If the clocks differ, write in offset_s what to add to all onsets."
            self.warnings.append(Problem(where, what, hint))

    def _ways(self, r: Mapping[str, str], where: str) -> list[Problem]:
        """Whether the row is one event or one file."""
        if r["file"] and (r["onset_s"] or r["duration_s"]):
            what = "both a file and an event are named"
            return [Problem(where, what, "Leave file empty, or leave onset_s and duration_s empty.")]
        if not r["file"] and not r["onset_s"]:
            return [Problem(where, "neither onset_s nor file is filled in", "Fill in one of them.")]
        if not r["file"] and not r["code"]:
            return [Problem(where, "code is empty", "Write what was coded, e.g. rupture.")]
        if not r["file"] and r["tier"]:
            return [Problem(where, "tier is filled in, but no file", "Name the file, or empty tier.")]
        return []

    def _stretch(self, r: Mapping[str, str]) -> tuple[float, float | None]:
        """Where the run begins and ends on the therapist's file's clock."""
        start, stop = (pd.to_numeric(cell, errors="coerce") for cell in self._stretches[r["dyad"], r["time"]])
        return (0.0 if pd.isna(start) else float(start)), (None if pd.isna(stop) else float(stop))

    def _annotations(self, r: Mapping[str, str], where: str) -> list[Annotation]:
        if not r["file"]:
            return [Annotation(float(r["onset_s"]), float(r["duration_s"] or 0), r["code"], "", r["who"])]
        paths = [on_disk(folder / r["file"]) for folder in self.folders]
        path = next((path for path in paths if path.is_file()), None)
        if path is None:
            folders = listed(dict.fromkeys(str(path.parent) for path in paths))
            hint = next(filter(None, map(nearest_file, paths)), f"It was looked for in {folders}.")
            self.problems.append(Problem(where, f"file not found: {r['file']}", hint))
            return []
        try:
            export = (
                self._files.setdefault(path, read_export(path))
                if path not in self._files
                else self._files[path]
            )
        except CodingError as error:
            self.problems.append(Problem(where, error.text, error.hint))
            return []
        return self._of_tier(export, r, path.name, where)

    def _of_tier(self, export: Export, r: Mapping[str, str], file: str, where: str) -> list[Annotation]:
        tiers = list(export.tiers)
        if r["tier"]:
            meant = [tier for tier in tiers if tier.casefold() == r["tier"].casefold()]
            if not meant:
                what = f'{file} has no tier "{r["tier"]}"'
                self.problems.append(Problem(where, what, did_you_mean(r["tier"], tiers)))
            tiers = meant
        elif r["code"] and len(tiers) > 1:
            what = f"code is filled in, and {file} has {len(tiers)} tiers: {listed(tiers)}"
            hint = "Name the tier whose annotations all have this code, or empty code."
            self.problems.append(Problem(where, what, hint))
            return []
        elif export.program == "BORIS" and len(tiers) > 1:
            what = f"{file} holds {len(tiers)} observations: {listed(tiers)}"
            self.problems.append(Problem(where, what, "Name the one of this recording in tier."))
            return []
        found = [one for one in export.annotations if one.tier in tiers]
        of_file = "check has a note on the file of coded events"
        self.warnings += [Problem(where, f"{file}: {note}", shared=of_file) for note in export.notes]
        if not found and tiers:
            for_others = "the file has no event on the tiers that are read"
            what = f"{file} has no event on {listed(tiers)}"
            self.warnings.append(Problem(where, what, shared=for_others))
        return found

    def _event(self, one: Annotation, code: str, r: Mapping[str, str], place: str) -> dict | None:
        if TAKEN.match(code):
            hint = "Give the code another name: the dataset uses this one for the recording itself."
            self.problems.append(Problem(place, f'"{code}" cannot be a code', hint))
            return None
        if task := self._tasks.get(code.casefold()):
            what = f'"{code}" is the name of a task, which is the type of the event of the whole recording'
            hint = f"Give the code another name, such as {task}_moment: events.tsv would mix the two."
            self.problems.append(Problem(place, what, hint))
            return None
        if one.duration_s < 0:
            what = f"the event {code} at {one.onset_s:g} s lasts {one.duration_s:g} s"
            self.problems.append(Problem(place, what, "An event cannot end before it begins: correct it."))
            return None
        onset = one.onset_s + float(r["offset_s"] or 0)
        if r["clock"] == "stretch" or self.adopted:
            onset += self._stretch(r)[0]
        who = self._who(r["who"] or one.who, r, place)
        words = (one.who, *re.split(r"[\W_]+", one.tier))
        told = {role for word in words if len(word) > 3 and (role := self._role(word))}
        if r["who"] and len(told) == 1 and told != {who}:
            key = (place.partition(", annotation")[0], one.tier or "the file", *told, who)
            self._others[key] = self._others.get(key, 0) + 1
        coder = r["coder"] or one.coder
        about = {"dyad": r["dyad"], "run": self.times.index(r["time"]) + 1, "place": place}
        return {
            **about,
            "onset_s": onset,
            "duration_s": one.duration_s,
            "code": code,
            "who": who,
            "coder": coder,
        }

    def _who(self, word: str, r: Mapping[str, str], place: str) -> str:
        """therapist, client, both, or empty where that is not known."""
        for role in ROLES:
            if word and word == self.people.get((r["dyad"], role)):
                return role
        if known := self._role(word):
            return known
        if not word:
            return ""
        what = f'who is "{word}"'
        if r["who"]:
            hint = "Write therapist, client or both, or leave it empty."
            self.problems.append(Problem(place, what, hint))
        else:
            hint = "It is treated as unknown: it is neither therapist nor client nor a member of the dyad."
            kind = "who is not known"
            self.warnings.append(Problem(place.partition(", ")[0], what, hint, kind=kind, shared=kind))
        return ""

    @staticmethod
    def _role(word: str) -> str:
        """The role that a word names, in any of the languages that are known; empty if none."""
        bare = word.casefold().strip(" .")
        return next((who for who, others in WHO.items() if bare == who or bare in others), "")

    def other_persons(self) -> list[Problem]:
        """Rows whose `who` is another than the file itself names."""
        kind = "who of a row is another person than its file names"
        hint = "The row decides. Correct who, or leave it empty: the file's own word is then used."
        return [
            Problem(
                where,
                f"who is {who}, and {tier} is of the {told} ({counted(n, 'event')})",
                hint,
                kind=kind,
                shared=kind,
            )
            for (where, tier, told, who), n in self._others.items()
        ]

    def compare(self) -> None:
        """Events of one code, coder and person must not overlap: one moment would count twice."""
        groups: dict[tuple, list[dict]] = {}
        for event in self.events:
            key = tuple(event[name] for name in ("dyad", "run", "code", "coder", "who"))
            groups.setdefault(key, []).append(event)
        for own in groups.values():
            own.sort(key=lambda event: event["onset_s"])
            over = [
                (one, other)
                for one, other in pairwise(own)
                if other["onset_s"] < one["onset_s"] + one["duration_s"] - 1e-6
                or other["onset_s"] == one["onset_s"]
            ]
            if over:
                one, other = over[0]
                what = (
                    f"the event {one['code']} overlaps that of {one['place'].removeprefix(f'{self.name}, ')}"
                )
                what += f", the first of {len(over)} that overlap" * (len(over) > 1)
                hint = "Make one event of the two, correct the times, or say in coder who coded which."
                self.problems.append(Problem(other["place"], what, hint))


def _finished(events: list[dict], settings: Settings, name: str, tables: Tables) -> CodedEvents:
    """The events of each run, with coders under labels that name nobody."""
    coders = list(dict.fromkeys(event["coder"] for event in events))
    labels = {coder: coder for coder in coders}
    if not settings.share_annotations:
        naming = [coder for coder in sorted(coders) if not CODER_CODE.fullmatch(coder)]
        free = (f"coder{k}" for k in range(1, len(coders) + len(naming) + 1) if f"coder{k}" not in coders)
        new = {coder: next(free) for coder in naming}
        labels |= new
        if new:
            new_names = listed(f"{coder} is {label}" for coder, label in new.items())
            hint = "share_annotations: true keeps the names, also in the dataset."
            what = f"in everything that is written, {new_names}"
            for_others = f"{counted(len(new), 'name')} of coders: labels are written in their place"
            tables.found.take([], [Problem(name, what, hint, shared=for_others)])
    codes = sorted({event["code"] for event in events})
    alike: dict[str, list[str]] = {}
    for code in codes:
        alike.setdefault(re.sub(r"[\W_]+", "", code).casefold(), []).append(code)
    for spelt in (own for own in alike.values() if len(own) > 1):
        what = f"the codes {listed(spelt)} are spelt almost alike"
        hint = "If they are one code, spell them alike: each is now counted by itself."
        tables.found.take([], [Problem(name, what, hint)])
    shared = shared_codes(codes, settings.release_allows, settings.share_annotations)
    if withheld := [code for code in codes if shared[code] != code]:
        new_names = listed(f"{code} is {shared[code]}" for code in withheld)
        what = f"in the dataset, {new_names}: the code{'s' * (len(withheld) > 1)} could name somebody"
        hint = "If not, add the words to release_allows (config.yaml); a release is not packed before."
        n = counted(len(withheld), "code")
        for_others = f"{n} that could name somebody: in the dataset, labels are written in their place"
        tables.found.take([], [Problem(name, what, hint, shared=for_others)])
    order = {coder: number for number, coder in enumerate(coders)}
    events = sorted(events, key=lambda e: (order[e["coder"]], e["onset_s"], e["code"], e["who"]))
    of_runs: dict[tuple[str, int], list[dict]] = {}
    for event in events:
        plain = {key: event[key] for key in ("onset_s", "duration_s", "code", "who")}
        of_runs.setdefault((event["dyad"], event["run"]), []).append(
            {**plain, "coder": labels[event["coder"]]}
        )
    return CodedEvents(of_runs, codes)
