"""Reads the written tables that the report shows, and says in plain words what is wrong with one.

Text stays as the file spells it (a dyad called 007, a level called NA); only the columns that hold numbers
are read as numbers, with n/a as missing.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.findings.form import SYNCHRONY, Finding
from interbrain.findings.written import read_findings
from interbrain.problems import InterbrainError
from interbrain.report import words
from interbrain.report.stated import found, stated
from interbrain.tables import event_statistics
from interbrain.tables.catalogue import OF_COORDINATION, OF_STUDY
from interbrain.tables.declaration import by_family
from interbrain.tables.signal_multiverse import OF_SIGNAL_MULTIVERSE
from interbrain.tables.truth import FOUND_IN_SESSIONS, TRUTH, TRUTH_OF_SESSIONS
from interbrain.tasks import FACTOR, MEAN, analysed_task


class ReportError(InterbrainError):
    """A table that cannot be shown."""


# The tables of the study that the page shows, as they are declared; those of single runs are not among them.
OF_SIMULATION = {table.name: table for table in (TRUTH, TRUTH_OF_SESSIONS, FOUND_IN_SESSIONS)}
OF_TIMES = ("pseudodyads", "signalstrangers")
TABLES = {name: table for name, table in OF_STUDY.items() if name not in OF_TIMES} | OF_SIMULATION
DOCUMENTS = ("provenance", "validation")
# Only where the study has them: simulated data, item answers, a grid of choices, estimators, coded events,
# other signals.
OPTIONAL = (
    *OF_SIMULATION,
    "reliability",
    "correlationlines",
    "specifications",
    "multiverse",
    "pairtests",
    "pairclusters",
    "dictionary",
    "lagcurves",
    "lags",
    "mediation",
    *by_family(event_statistics),
    *OF_COORDINATION,
    *OF_SIGNAL_MULTIVERSE,
)

# What the page needs and every study states itself.
STATED = ("factors", "times", "line_frequency")


@dataclass(frozen=True)
class Results:
    """Everything that the page shows, as it was written.

    Attributes
    ----------
    tables : dict of str to pandas.DataFrame
        One frame a table of `TABLES`; those of `OPTIONAL` only where the study has them.
    provenance, validation : dict
        The two JSON documents.
    paths : dict of str to Path
        Where each came from: the page offers the very same bytes for download.
    pictures : dict of (dyad, role, time) to Path
        Of recordings: what cleaning did to each.
    dictionary : dict
        The data dictionary of the aggregated table, {} if it was not given.
    """

    tables: dict
    provenance: dict
    validation: dict
    paths: dict
    pictures: dict = field(default_factory=dict)
    dictionary: dict = field(default_factory=dict)

    def __getitem__(self, name: str) -> pd.DataFrame:
        """The table; one that this study does not have has no rows."""
        if name in self.tables:
            return self.tables[name]
        return pd.DataFrame(columns=TABLES[name].needed)

    @property
    def simulated(self) -> bool:
        return bool(self.provenance.get("simulated"))

    @property
    def config(self) -> dict:
        return self.provenance.get("config") or {}

    def setting(self, *keys: str, default: Any = None) -> Any:
        """One setting of the resolved config, for example ``setting("windows", "length_s")``."""
        value = found(self.config, *keys)
        return default if value is None else value

    def stated(self, *keys: str) -> Any:
        """One setting that every study has, by itself or by its declaration."""
        return stated(self.config, *keys)

    @cached_property
    def factors(self) -> dict:
        """The between-dyad factors and their levels: the config's first, then any the tables add."""
        return {
            str(name): [str(level) for level in levels or []]
            for name, levels in (self.config.get("factors") or {}).items()
        }

    @cached_property
    def between(self) -> list:
        return [str(name) for name in self.setting("statistics", "between", default=list(self.factors))]

    @cached_property
    def measures(self) -> list:
        """Raw before corrected, as the config lists them; those of the tables where it lists none."""
        named = [str(name) for name in self.setting("statistics", "measures", default=[])]
        frames = (self["anova"], self["correlations"], self["descriptives"])
        found = [m for frame in frames for m in frame["measure"] if not apa.is_missing(m)]
        return list(dict.fromkeys(named + found)) or ["plv", "above_chance"]

    @cached_property
    def questionnaires(self) -> list:
        named = [str(name) for name in self.setting("statistics", "correlate", default=[]) or []]
        found = [q for q in self["correlations"]["questionnaire"] if not apa.is_missing(q)]
        return list(dict.fromkeys(named + found))

    @property
    def differences(self) -> dict:
        """The signed differences that the config defines: name -> (questionnaire, questionnaire)."""
        return self.config.get("differences") or {}

    def questionnaire_label(self, name: str) -> str:
        return words.score(name, self.config.get("questionnaires") or {}, self.differences)

    def scale_label(self, questionnaire: str, subscale: str) -> str:
        return words.scale(questionnaire, subscale, self.config.get("questionnaires") or {})

    def difference_in_words(self, name: str) -> str:
        """What a score of `differences` is, in the config's order; empty for any other."""
        return words.difference_of(name, self.config.get("questionnaires") or {}, self.differences)

    def term(self, name: str) -> str:
        """A factor's or a questionnaire's name on the page."""
        return words.heading(name) if name in self.between else self.questionnaire_label(name)

    @cached_property
    def times(self) -> list:
        listed = self.config.get("times") or []
        if not self.phases:
            return self._ordered("time", listed)
        tasks = list(dict.fromkeys(self.tasks.values()))
        return sorted(
            self.phases, key=lambda time: (tasks.index(self.tasks[time]), listed.index(self.phases[time]))
        )

    @property
    def far_lags(self) -> str:
        """``1 to 2.5 s``, as the config sets them."""
        far, largest = (self.setting("lags", key) for key in ("far_from_s", "max_s"))
        return f"{far:g} to {largest:g} s" if far and largest else "1 s and more"

    @property
    def entering(self) -> words.Entering:
        """How the times enter the tests."""
        tasks = tuple(dict.fromkeys(self.tasks.values()))
        time, used = str(self.stated("statistics", "time")), tuple(self.tested_times)
        if self.crossed_tests:
            fewer, times = self._fewer("time", used), tuple(dict.fromkeys(self.phases.values()))
            if self.compares_tasks:
                return words.Entering("factor", tasks, fewer, "task", times, time == "change")
            return words.Entering(time, times, fewer, across=tasks)
        if self.compares_tasks:
            return words.Entering("factor", tasks, self._fewer("task", tasks), "task")
        return words.Entering(time, used, self._fewer("time", used))

    @cached_property
    def phases(self) -> dict:
        """Time -> the time without the task, in studies with several tasks at a time; else empty."""
        rows = self["aggregated"]
        return dict(zip(rows["time"], rows["phase"], strict=True)) if "phase" in rows else {}

    @property
    def crossed_tests(self) -> bool:
        """Whether the tests are of all tasks at all times."""
        return bool(self.phases) and self.setting("statistics", "task") in (None, FACTOR, MEAN)

    @cached_property
    def tasks(self) -> dict:
        """Time -> what was done then; empty where the tables do not have it."""
        rows = self["aggregated"]
        return dict(zip(rows["time"], rows["task"], strict=True)) if "task" in rows else {}

    @property
    def compares_tasks(self) -> bool:
        """Whether the tests have the tasks as a factor within dyads."""
        return analysed_task(self.setting("statistics", "task"), self.tasks.values()) == FACTOR

    @property
    def repeated(self) -> str:
        """``time`` or ``task`` where the tests compare them within dyads; else empty."""
        return self.entering.repeated if self.entering.time == "factor" else ""

    @property
    def tested_times(self) -> list:
        """The times whose recordings enter the tests."""
        asked = self.setting("statistics", "task")
        return [t for t in self.times if asked in (None, FACTOR, MEAN, self.tasks.get(t))]

    @cached_property
    def fewer_times(self) -> tuple:
        """The analysed dyads that have some of the times only: (dyad, its times)."""
        return self._fewer("time", tuple(self.times))

    def _fewer(self, of: str, every: tuple) -> tuple:
        """The analysed dyads that have some of the times, or tasks, only: (dyad, those that it has)."""
        own = self["aggregated"].groupby("dyad", sort=False)[of].agg(set)
        lacking = own[own.map(lambda there: not there.issuperset(every))]
        return tuple((dyad, tuple(t for t in every if t in there)) for dyad, there in lacking.items())

    @cached_property
    def estimators(self) -> list[tuple[str, str]]:
        """The further estimators that the config asks for, with what the data dictionary says of each."""
        names = [str(name) for name in self.setting("synchrony", "estimators", default=[])]
        told = [(name, (self.dictionary.get(name) or {}).get("Description")) for name in names]
        return [(name, str(text)) for name, text in told if text]

    @cached_property
    def bands(self) -> list:
        return self._ordered("band", self.config.get("bands") or [])

    @cached_property
    def rois(self) -> list:
        return self._ordered("roi", self.config.get("rois") or [])

    @cached_property
    def findings(self) -> list[Finding]:
        """What was found on each hypothesis, in the order of the table."""
        return read_findings(self["findings"], self["evidence"])

    @property
    def synchrony(self) -> Finding | None:
        """What was found on synchrony itself; None where there is no such row."""
        return next((one for one in self.findings if one.hypothesis == SYNCHRONY), None)

    @cached_property
    def dyads(self) -> list:
        """The dyads that were analysed."""
        return list(dict.fromkeys(self["aggregated"]["dyad"]))

    @cached_property
    def excluded_dyads(self) -> pd.DataFrame:
        return self["exclusions"].query("what == 'dyad'")

    @cached_property
    def unused_recordings(self) -> pd.DataFrame:
        """Recordings of the other dyads that are missing or not used, with the reason."""
        frame = self["exclusions"]
        return frame[(frame["what"] == "recording") & frame["dyad"].isin(self.dyads)]

    @cached_property
    def by_hand(self) -> pd.DataFrame:
        """What a person decided, in the place of the automatic rules."""
        frame = self["decisions"]
        return frame[frame["by"] != "automatic"]

    @cached_property
    def recorded_dyads(self) -> list:
        """Every dyad that the study's tables named, used or not."""
        named = [*self.dyads, *self["quality"]["dyad"], *self.excluded_dyads["dyad"]]
        return sorted({name for name in named if not apa.is_missing(name)})

    @cached_property
    def grouped_by(self) -> list:
        """The factors by which the page's tables can be filtered."""
        return [factor for factor in self.between if factor in self["aggregated"]]

    @cached_property
    def levels_of(self) -> dict[str, list[str]]:
        """The levels of each analysed dyad, in the order of `grouped_by`."""
        frame = self["aggregated"].drop_duplicates("dyad").set_index("dyad")
        rows = frame[self.grouped_by].astype(str).itertuples(name=None)
        return {str(dyad): list(levels) for dyad, *levels in rows}

    def _ordered(self, column: str, first: Iterable[str]) -> list:
        return list(dict.fromkeys([*map(str, first), *self["aggregated"][column]]))


def read_results(inputs: dict, pictures: Iterable[Sequence] = ()) -> Results:
    """Read every input of the report.

    Parameters
    ----------
    inputs : dict of str to Path
        One path each for the tables of `TABLES` and for ``provenance`` and ``validation``; those of
        `OPTIONAL` may be absent or None.
    pictures : iterable of (dyad, role, time, path)
        Of as many recordings as have one.

    Raises
    ------
    ReportError
        Where an input is not given, or a table lacks a column or holds a text where a number belongs.
    FileNotFoundError
        Where a file is not there.
    """
    paths = {name: Path(path) for name, path in inputs.items() if path is not None}
    needed = [name for name in (*TABLES, *DOCUMENTS) if name not in OPTIONAL]
    absent = [name for name in needed if name not in paths]
    if absent:
        raise ReportError(
            f"The report was not given its input {words.listed(absent)}", "Name a file for each."
        )
    documents = {name: _read_json(paths[name]) for name in DOCUMENTS}
    for setting in STATED:
        stated(documents["provenance"].get("config") or {}, setting)
    factors = {str(name) for name in (documents["provenance"].get("config") or {}).get("factors") or {}}
    tables = {name: read_table(paths[name], name, factors) for name in TABLES if name in paths}
    shown = {(str(dyad), role, str(time)): Path(path) for dyad, role, time, path in pictures}
    for path in shown.values():
        _there(path)
    dictionary = _read_json(paths["dictionary"]) if "dictionary" in paths else {}
    return Results(tables, documents["provenance"], documents["validation"], paths, shown, dictionary)


def _read_json(path: Path) -> dict:
    try:
        document = json.loads(_text(path))
    except json.JSONDecodeError as problem:
        where = f"{path.name}, line {problem.lineno}"
        raise ReportError(f"not valid JSON ({problem.msg})", where=where) from problem
    if not isinstance(document, dict):
        raise ReportError(f"{path.name} should hold one JSON object with named values")
    return document


def _text(path: Path) -> str:
    _there(path)
    return path.read_text(encoding="utf-8")


def _there(path: Path) -> None:
    if not path.is_file():
        raise FileNotFoundError(
            f"The report needs {path}, which is not there: run the step that writes it first."
        )


def read_table(path: Path, name: str, factors: set) -> pd.DataFrame:
    """One table of the study by its name in `TABLES`; text stays text, numbers are numbers or NaN."""
    _text(path)
    try:
        frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, encoding="utf-8")
    except pd.errors.EmptyDataError:
        raise ReportError(f"{path.name} is empty: it needs at least its row of column names") from None
    table = TABLES[name]
    missing = [column for column in table.needed if column not in frame.columns]
    if missing:
        raise ReportError(f"{path.name} lacks the column {words.listed(missing)}")
    kinds = dict.fromkeys([*factors, *table.of_kind("label", "text")], "text")
    kinds |= dict.fromkeys(table.of_kind("number", "count"), "number")
    columns = {name: _column(frame[name], kinds.get(name), path) for name in frame.columns}
    return pd.DataFrame(columns, index=frame.index)


def _column(written: pd.Series, kind: str | None, path: Path) -> pd.Series | np.ndarray:
    """A column as the page takes it: text with n/a where a cell is empty, or numbers."""
    cells = written.to_numpy(dtype=object)  # of many short columns, pandas itself would take most of the time
    empty = cells == ""
    if empty.any():
        cells = np.where(empty, apa.NOT_AVAILABLE, cells)
        written = pd.Series(cells, written.index, written.dtype, written.name)
    if kind == "text":
        return written
    values, wrong = _numbers(cells)
    if kind == "number" and wrong.any():
        row = int(wrong.argmax())
        place = f"{path.name}, row {row + 2}, column {written.name}"
        raise ReportError(f"'{cells[row]}' is not a number", "Write a number, or n/a.", where=place)
    # Questionnaire scores, whose names only the config knows, become numbers; other text stays.
    return written if wrong.any() else values


def _numbers(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The numbers of a column, n/a as NaN, and which cells hold neither."""
    known = cells != apa.NOT_AVAILABLE
    values = np.full(len(cells), np.nan)
    values[known] = pd.to_numeric(cells[known], errors="coerce")
    return values, known & np.isnan(values)
