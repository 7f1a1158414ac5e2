"""A table of a new study as TSV: what each column means, the heading, and the rows that are known."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from interbrain.study.columns import columns_of, row_schema

KINDS = {
    "dyads": "dyads",
    "recordings": "recordings",
    "participants": "participants",
    "cap_map": "cap_map",
    "decisions": "decisions",
    "coding": "coding",
    "signals": "signals",
    "wai_therapist": "answers",
    "wai_client": "answers",
    "wai_key": "key",
}
# What a row may look like, of tables whose cells depend on each other.
EXAMPLES = {
    "decisions": ["D01 | post | C01 | channel | F3 | bad | AB | electrode came loose"],
    "coding": [
        "dyad D01, time pre, onset_s 92.5, duration_s 12, code rupture, who client, coder A",
        "dyad D01, time pre, coder A, file D01.eaf, tier Ruptures, code rupture, offset_s -12.4 (the video "
        "began 12.4 s before the recording)",
    ],
    "signals": [
        "role therapist, kind eda, channel GSR 1, dyad D01 (of the EEG file: file and sync are empty)",
        "role client, kind motion, channel 2, file D01_motion.txt, dyad D01, rate_hz 25, start_s -12.4 (the "
        "video began 12.4 s before the therapist's EEG file)",
    ],
}
GUIDES = {"coding": "docs/events.md", "signals": "docs/signals.md"}  # tables that no new study names yet


@dataclass(frozen=True)
class Table:
    """A table that is about to be written.

    Attributes
    ----------
    name : str
        The file's, without its ending.
    columns : list of str
    meanings : mapping column -> text
    rare : list of str
        Columns that the table does not have, and may have; each with its meaning.
    about : list of str
        What must be known of the table as a whole.
    rows : DataFrame of str
    notes : mapping place of a row -> list of str
        What a row leaves open.
    bottom : list of str
        Comments below the rows.
    """

    name: str
    columns: Sequence[str]
    meanings: Mapping[str, str]
    rare: Sequence[str]
    about: Sequence[str]
    rows: pd.DataFrame
    notes: Mapping[int, Sequence[str]] = field(default_factory=dict)
    bottom: Sequence[str] = ()


def table_of(
    name: str,
    own: Sequence[str] = (),
    rows: pd.DataFrame | None = None,
    notes: Mapping[int, Sequence[str]] | None = None,
    bottom: Sequence[str] = (),
    file_format: str = "tsv",
    covariates: Sequence[str] = (),
) -> Table:
    """A table of a new study.

    Parameters
    ----------
    name : str
        One of `KINDS`, or a table of scores.
    own : sequence of str
        The study's own columns: its factors, or the items of a questionnaire.
    rows : DataFrame, optional
        What is known; its columns, too, are the table's.
    file_format : str
        Of the study's tables, whose names have it as their ending.
    covariates : sequence of str
        Which of its own columns are numbers, and no factors.
    """
    kind = KINDS[name]
    schema = row_schema(kind)
    needed, optional = columns_of(kind)
    there = [] if rows is None else list(rows)
    rare = [c for c in optional if schema["properties"][c].get("x-rare") and c not in there]
    columns = [*needed, *own, *(c for c in optional if c not in rare)]
    columns = list(dict.fromkeys([*columns, *there]))
    about = [schema["title"]]
    if name not in EXAMPLES:
        about.append("An empty cell means: not known")
    if kind == "dyads":
        factors = [column for column in own if column not in covariates]
        if factors:
            about.append(f"{', '.join(factors)}: the factors, as config.yaml names them and their levels")
        if covariates:
            about.append(f"{', '.join(covariates)}: numbers, as config.yaml names them under covariates")
        about.append("You may add columns of factors, and of numbers, such as years, that config.yaml names")
    about += [f"For example: {example}" for example in EXAMPLES.get(name, [])]
    if name in GUIDES:
        about.append(
            f"It is read once config.yaml names it: tables: {name}: config/{name}.{file_format} "
            f"({GUIDES[name]})"
        )
    if kind == "key":
        about.append("Of the Working Alliance Inventory: check it against your own licensed form.")
    told = {c: schema["properties"][c]["description"] for c in (*needed, *optional)}
    meanings = {c: re.sub(r"(config/\w+)\.tsv", rf"\1.{file_format}", text) for c, text in told.items()}
    table = (
        pd.DataFrame(columns=columns, dtype=str)
        if rows is None
        else rows.reindex(columns=columns, fill_value="")
    )
    return Table(name, columns, meanings, rare, about, table.fillna(""), notes or {}, bottom)


def as_tsv(table: Table) -> str:
    """The table's text: comments, heading, and each row with what it leaves open above it."""
    if not table.about:
        return table.rows.to_csv(sep="\t", index=False, lineterminator="\n")
    first, *rest = table.about
    empty = "; an empty cell means: not known" if rest and rest[0].startswith("An empty cell") else ""
    rest = [line for line in rest if not line.startswith("An empty cell")]
    lines = [f"{first}. Lines that begin with # are comments{empty}."]
    lines += [f"{c}: {table.meanings[c]}" for c in table.meanings if c not in table.rare]
    if table.rare:
        lines.append("Columns to add only if a recording needs them:")
        lines += [f"{c}: {table.meanings[c]}" for c in table.rare]
    text = "".join(_comment(line) for line in [*lines, *rest]) + "\t".join(table.columns) + "\n"
    for place, row in enumerate(table.rows.itertuples(index=False, name=None)):
        text += "".join(f"# {' '.join(row[:2])}: {note}\n" for note in table.notes.get(place, ()))
        text += "\t".join(_cell(cell) for cell in row) + "\n"
    return text + "".join(_comment(line) for line in table.bottom)


def _comment(line: str) -> str:
    return textwrap.fill(line, 110, initial_indent="# ", subsequent_indent="#   ") + "\n"


def _cell(cell: str) -> str:
    """A cell that does not break its row: with quotes if a name of a file holds one, or a tab."""
    return '"' + cell.replace('"', '""') + '"' if any(sign in cell for sign in '"\t\n') else cell
