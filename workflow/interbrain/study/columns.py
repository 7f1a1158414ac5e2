"""Which columns a table has and what its cells may hold, by the JSON Schema of its rows.

What one row says of another is not here (`checks`).
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.plain_letters import plain_letters
from interbrain.problems import Problem
from interbrain.study.problems import holds
from interbrain.study.understood import (
    made_a_date,
    made_of_the_clock,
    one_of_two,
    with_point,
)
from interbrain.thousands import may_be_two_numbers

if TYPE_CHECKING:
    import pandas as pd
    from jsonschema.exceptions import ValidationError

# Names of columns are alike from this share of common letters on: "notes" is not "note_by".
ALIKE = 0.8
SCHEMAS = Path(__file__).resolve().parents[1] / "schemas"


def row_schema(table: str) -> dict:
    """The schema of a table's rows, by the name of its file in schemas/."""
    return _schema(table)


@cache
def _schema(name: str) -> dict:
    import yaml

    return yaml.safe_load((SCHEMAS / f"{name}.schema.yaml").read_text(encoding="utf-8"))


def columns_of(table: str) -> tuple[list[str], list[str]]:
    """The table's columns: those that it must have, and those that it may have."""
    schema = row_schema(table)
    needed = schema["required"]
    return list(needed), [column for column in schema["properties"] if column not in needed]


# Names under which people keep a column that Interbrain knows: to ignore one of these would harm.
OTHER_NAMES = {
    "dyad": r"(dyad|dyade|d[ií]ade|d[ií]ada|pair|paar|couple|coppia|pareja|par|casal|dupla|bin[oô]me|para|"
    r"koppel)(?![a-zß-ÿ])",
    "participant": r"(code|kürzel|id|person|proband|teilnehmer|versuchsperson|vpn?|subject|sub)(?![a-zß-ÿ])",
    "exclude": r"excl|drop|omit|aussch|exkl|reason|grund|outlier|raison|motivo",
    "start_s": r"start|begin|onset|anfang|debut|début|inicio",
    "stop_s": r"stop|end|offset|ende|fin",
    "sex": r"gender|geschlecht|sexe|sexo",
    "age": r"alter|years?$|edad|age\W*_*(in|month|week|day|year)",
    "handedness": r"hand|händig",
    "head_circumference_cm": r"head|kopf",
    "channel": r"columns?$|spalte|kanal|colonne|columna",
    "onset_s": r"start|begin|onset|anfang|debut|début|inicio",
    "duration_s": r"dauer|durée|duración",
    "rate_hz": r"sampling|sfreq|fs$|abtastrate",
}


def meant_column(name: str, missing: Iterable[str]) -> str | None:
    """The column of those that a table lacks which a name seems to mean; None if none."""
    bare = re.sub(r"[\W_]+", "", name.casefold())
    for column in missing:
        known = re.sub(r"[\W_]+", "", column)
        alike = difflib.SequenceMatcher(None, bare, known).ratio() >= ALIKE
        if alike or re.match(OTHER_NAMES.get(column, r"(?!)"), name.casefold().strip()):
            return column
    return None


def text_rule(about: Mapping) -> tuple[int, re.Pattern[str]] | None:
    """The least length and the pattern that the schema of a cell asks for; None if it asks anything else."""
    said = {key for key in about if key not in ("title", "description") and not key.startswith("x-")}
    if not said <= {"type", "minLength", "pattern"} or about.get("type") != "string":
        return None
    return about.get("minLength", 0), re.compile(about.get("pattern", ""))


def numbers_with_points(table: pd.DataFrame, kind: str) -> pd.DataFrame:
    """The table with points for decimal commas, in the columns that may hold numbers with a point alone."""
    known, written = row_schema(kind)["properties"], {}
    for column in (c for c in table if c in known):
        about = _referred(known[column], kind)
        pattern = re.compile(about.get("pattern", ""))
        cells = table[column].tolist()
        better = [cell if pattern.search(cell) else with_point(cell) for cell in cells]
        better = [b if pattern.search(b) else cell for cell, b in zip(cells, better, strict=True)]
        if better != cells:
            written[column] = better
    return table.assign(**written) if written else table


def _referred(about: Mapping, kind: str) -> Mapping:
    """What the schema says of a column, be it in its definitions."""
    name = about.get("$ref", "").removeprefix("#/$defs/")
    return row_schema(kind)["$defs"][name] if name else about


# What a table's schema may say without tying the cells of a row to each other.
OF_CELLS_ALONE = {"$schema", "$defs", "title", "type", "properties", "required"}


class CellChecker:
    """What the cells of a table's rows may hold.

    Nothing in most schemas ties one cell to another: each thing that a column may hold is looked at once,
    however many rows hold it.
    """

    def __init__(self, schema: Mapping) -> None:
        from jsonschema import Draft202012Validator

        self._validator = Draft202012Validator(schema)
        self._tied = not set(schema) <= OF_CELLS_ALONE
        # Most cells of a large study are labels and names of files, each another: what is asked of these is
        # asked here, and the validator only called for what is wrong.
        rules = {name: text_rule(about) for name, about in schema["properties"].items()}
        self._rules = {name: rule for name, rule in rules.items() if rule}
        self._known: dict[tuple[str, str], list[tuple[str, str]]] = {}

    def wrong(self, row: Mapping[str, str]) -> list[tuple[str, str]]:
        """What is wrong with the cells of a row, each with a hint, in the order of its columns."""
        if self._tied:
            columns = list(row)
            errors = self._validator.iter_errors(dict(row))
            return [_plain(e) for e in sorted(errors, key=lambda e: columns.index(e.absolute_path[0]))]
        return [wrong for column, cell in row.items() for wrong in self._wrong_cell(column, cell)]

    def _wrong_cell(self, column: str, cell: str) -> list[tuple[str, str]]:
        if column in self._rules:
            least, pattern = self._rules[column]
            if len(cell) >= least and pattern.search(cell):
                return []
        if (column, cell) not in self._known:
            errors = self._validator.iter_errors({column: cell})
            self._known[column, cell] = [_plain(error) for error in errors]
        return self._known[column, cell]


def cell_checker(
    table: str,
    columns: Iterable[str] = (),
    levels: Mapping[str, Sequence[str]] | None = None,
    alike: Mapping[str, str] | None = None,
) -> CellChecker:
    """A checker of the cells of the table's rows.

    Parameters
    ----------
    columns : iterable of str
        Only these; by default all.
    levels : mapping column -> list
        What a cell of these columns may hold, as config.yaml says.
    alike : mapping column -> column
        Columns of this study, each under the rules of one that the schema knows.
    """
    schema = {key: value for key, value in row_schema(table).items() if key != "additionalProperties"}
    known = {name: about for name, about in schema["properties"].items() if not columns or name in columns}
    known |= {name: known.get(name, {}) | {"enum": list(allowed)} for name, allowed in (levels or {}).items()}
    known |= {name: known[other] for name, other in (alike or {}).items()}
    return CellChecker(schema | {"properties": known, "required": []})


def cell_problems(row: Mapping[str, str], checker: CellChecker, where: str) -> list[Problem]:
    """What is wrong with the cells of one row, in the order of its columns."""
    return [Problem(where, what, hint) for what, hint in checker.wrong(row)]


def _plain(error: ValidationError) -> tuple[str, str]:
    """What a schema error says of a cell, and its hint, in plain words."""
    column, cell, about = error.absolute_path[0], error.instance, error.schema
    what, hint = holds(column, cell), about.get("x-hint", "")
    dated = made_a_date(cell)
    if error.validator == "enum":
        words = f"Use: {', '.join(filter(None, error.validator_value))}"
        return what, f"{dated} {words}" if dated else words
    if not cell:
        return about.get("x-empty", what), hint
    if may_be_two_numbers(cell):
        return f"{what}, which may be two numbers", one_of_two(cell)
    if re.fullmatch(r"-?\d+,\d+", cell):
        return what, f"Write a decimal point: {cell.replace(',', '.')}"
    if "x-wrong" in about:
        return f'{column} "{cell}" {about["x-wrong"]}', dated or _other_label(cell)
    of_seconds = hint.startswith(("Write seconds", "Write a number with"))
    return what, dated or (made_of_the_clock(cell) if of_seconds else "") or hint


def _other_label(cell: str) -> str:
    """A label that would do in place of one that does not."""
    if re.fullmatch(r"\d+[.]0+", cell):
        return f"Write {cell.partition('.')[0]}, here and in the other tables."
    bare = re.sub("[^A-Za-z0-9]", "", plain_letters(cell))
    return f"Write {bare}, here and in the other tables." if bare else "Give a label of letters and digits."
