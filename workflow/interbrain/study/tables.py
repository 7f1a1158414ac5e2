"""A table of the study, read by its kind: which columns it has, which it lacks, and which nobody reads."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.ages import BIRTH, unit_of
from interbrain.study.columns import columns_of, meant_column, numbers_with_points, row_schema
from interbrain.study.problems import StudyError, nearest, on_disk
from interbrain.study.reading import EmptyTable, read_table
from interbrain.study.sheets import file_and_sheet, sheets_of
from interbrain.study.understood import is_sum
from interbrain.words import listed

ROW_OF_DYAD = (
    "A table of answers has a row for each dyad: what a therapist answered once is repeated in the rows of "
    "all of the therapist's dyads."
)


@dataclass
class Found:
    """What is wrong with a study, and what does not stop it but must be known."""

    problems: list[Problem] = field(default_factory=list)
    warnings: list[Problem] = field(default_factory=list)

    def take(self, problems: Sequence[Problem], warnings: Sequence[Problem] = ()) -> None:
        self.problems += problems
        self.warnings += warnings


def has_columns(path: Path, required: Sequence[str]) -> bool:
    """Whether a table has these columns, or names that seem to mean them."""
    try:
        columns = list(read_table(path))
    except StudyError:
        return False
    return all(column in columns or any(meant_column(c, [column]) for c in columns) for column in required)


@dataclass(frozen=True)
class Tables:
    """The study's tables, by their paths relative to `folder`; what is wrong with one goes into `found`."""

    folder: Path
    found: Found

    def read(
        self,
        path: str,
        kind: str,
        further: Sequence[str] = (),
        *,
        others: bool = False,
        needs_rows: bool = True,
        also: Sequence[str] = (),
    ) -> tuple[pd.DataFrame | None, str]:
        """A table and its name; None if it cannot be used, so that nothing follows from that twice.

        Parameters
        ----------
        kind : str
            As its schema is called.
        further, also : sequence of str
            Columns that it must have, and that it may have, besides those of its kind.
        others : bool
            Any other column may stand there as well.
        """
        name, (required, optional) = Path(path).name, columns_of(kind)
        required += further
        try:
            table = read_table(self.folder / path)
        except StudyError as error:
            if isinstance(error, EmptyTable) and not needs_rows:
                return pd.DataFrame(columns=[*required, *optional], dtype=str), name
            self.found.take(self._on_another_sheet(path, required) or error.problems)
            return None, name
        lacking = any(column not in table for column in required)
        if elsewhere := self._on_another_sheet(path, required) if lacking else []:
            self.found.take(elsewhere)
            return None, name
        self.found.take([], table.attrs["notes"])
        optional += [column for column in also if column in table]
        missing = self._check_heading(table, required, optional, name, others)
        lacks_rows = table.empty and needs_rows
        if not missing and lacks_rows:
            hint = f"Add {row_schema(kind)['title'].lower()}."
            self.found.take([Problem(name, "the table has no rows below its heading", hint)])
        if missing or lacks_rows:
            return None, name
        columns = list(dict.fromkeys([*table, *required, *optional]))
        if columns != list(table):
            table = table.reindex(columns=columns, fill_value="")
        return numbers_with_points(self._without_sums(table, kind, name), kind), name

    def _without_sums(self, table: pd.DataFrame, kind: str, name: str) -> pd.DataFrame:
        """The table without rows that are called Total or Mean, which is said."""
        label = "participant" if kind == "participants" else "dyad"
        if kind not in ("dyads", "participants", "answers"):
            return table
        sums = pd.Series([is_sum(cell) for cell in table[label].tolist()], table.index, dtype=bool)
        if not sums.any():
            return table
        if kind == "dyads":
            sums &= (table["therapist"] == "") & (table["client"] == "")
        for row, called in table.loc[sums, label].items():
            what = f"the row is called {called} and is left out, as a row of sums or means"
            hint = f"If it is a {'person' if label == 'participant' else 'dyad'}, give it another label."
            self.found.take([], [Problem(f"{name}, row {row}", what, hint)])
        return table[~sums]

    def _on_another_sheet(self, path: str, required: Sequence[str]) -> list[Problem]:
        """What to write where a workbook has its table on another sheet than the first; else nothing."""
        file, named = file_and_sheet(self.folder / path)
        titles = [] if named is not None else sheets_of(on_disk(file))
        if found := [title for title in titles[1:] if has_columns(Path(f"{file}#{title}"), required)]:
            sheets = f"{'sheets' if len(found) > 1 else 'sheet'} {listed(found)}"
            what = f"the first sheet, {titles[0]}, is read, and its table is on the {sheets}"
            hint = f"Write {path}#{found[0]} in place of {path} wherever it is named."
            return [Problem(file.name, what, hint)]
        return []

    def _check_heading(
        self, table: pd.DataFrame, required: Sequence[str], optional: Sequence[str], name: str, others: bool
    ) -> list[str]:
        """The columns that a table lacks and must have, each a problem."""
        heading = f"{name}, row {table.attrs['heading']}"
        known = [c for c in (*required, *optional) if c not in table]
        unknown = [c for c in table if c not in (*required, *optional)]
        missing = [c for c in required if c not in table]
        for column in missing:
            near = nearest(column, unknown) or next((u for u in unknown if meant_column(u, [column])), None)
            hint = f'Is it "{near}"?' if near else f"It has: {', '.join(table)}."
            if column == "dyad" and others and not near:
                hint += f" {ROW_OF_DYAD}"
            self.found.take([Problem(heading, f'the column "{column}" is missing', hint)])
            unknown = [c for c in unknown if c != near]
        meant = {} if others else {column: meant_column(column, known) for column in unknown}
        if doubtful := [column for column, other in meant.items() if other]:
            named = listed(f'"{column}"' for column in doubtful)
            what = f"unknown column{'s' * (len(doubtful) > 1)} {named}"
            hint = f"Did you mean {listed(str(meant[column]) for column in doubtful)}?"
            if any(other == "age" and unit_of(column) not in (None, 1.0) for column, other in meant.items()):
                hint += " Ages are in years there: write 4.5, or the unit into each cell (54 months)."
            self.found.take([Problem(heading, what, hint)])
        ignored = [f'"{column}"' for column, other in meant.items() if not other]
        if ignored:
            several = len(ignored) > 1
            what = f"the column{'s' * several} {listed(ignored)} {'are' if several else 'is'} ignored"
            hint = f"Known: {', '.join([*required, *optional])}."
            if "age" in known and any(BIRTH.search(column) for column in unknown):
                hint += " A date of birth is not read: write the age at the recording, in years, into age."
            self.found.take([], [Problem(heading, what, hint)])
        return missing
