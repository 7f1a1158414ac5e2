"""What is printed of a new study: what was understood of how many files, what is open, what to type next."""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from interbrain.newstudy.draft import Draft
from interbrain.newstudy.writing import Interbrain
from interbrain.words import listed

MOST_ROWS = 12  # of a table that is printed
MOST_FILES = 8


def summary(folder: Path, draft: Draft, interbrain: Interbrain) -> str:
    """What a person reads when the folder has been written."""
    todo = (
        "Put the recordings into raw/, and fill in config/: each file says what belongs into it. (With "
        "RAW=path/to/recordings,\nmake new-study reads the rows of the tables from the names of the files.)"
    )
    if draft.is_complete:
        todo = "Look at config/: the tables are the dataset's."
    elif draft.tables:
        todo = f"Compare config/dyads and config/recordings with your own notes.\n{settings_left(draft)}"
    told = understood(draft)
    return (
        f"{told}Your study begins in {folder}\n{todo}\n\n"
        f"Then go there, once in each terminal:\n  cd {shlex.quote(str(folder))}\n  {interbrain.activation}\n"
        "see whether all is well:\n  snakemake --cores 4 check\nand run it:\n  snakemake --cores 4\n\n"
        "README.md in that folder says the same, and what each file is."
    )


def settings_left(draft: Draft) -> str:
    """Which settings a person has to set, and which were proposed and are to be checked."""
    known = {
        "title": draft.title,
        "authors": draft.authors,
        "line_frequency": draft.line_frequency,
        "triggers": draft.triggers or draft.triggers_said.startswith("not needed"),
    }
    unset = [key for key, value in known.items() if not value]
    proposed = [key for key, value in known.items() if value and value is not True]
    sentences = [f"Set {listed(unset)} in config/config.yaml."] if unset else []
    if proposed:
        sentences.append(f"Check {listed(proposed)} in config/config.yaml, proposed from your files.")
    return " ".join(sentences)


def understood(draft: Draft) -> str:
    """What was understood of recordings, with what is open below it; empty if nothing was read."""
    if not draft.n_files:
        return ""
    dyads, recordings = draft.tables["dyads"], draft.tables["recordings"]
    times = listed(draft.times or []) or "none"
    lines = [
        f"{_count(draft.n_files, 'recording')}: {draft.n_used} used, {draft.n_files - draft.n_used} not.",
        f"{_count(len(dyads), 'dyad')}; times: {times}; nothing was moved or changed.",
        "",
    ]
    if len(recordings):
        lines += [*_shown(recordings), ""]
    if draft.triggers or "name it" in draft.triggers_said:
        pulse = f"{_shown_triggers(draft.triggers)}, " if draft.triggers else ""
        lines.append(f"- Triggers (config.yaml): {pulse}{draft.triggers_said}.")
    lines += [f"- {_as_sentence(said)}." for said in draft.said]
    for name, table in (("dyads", dyads), ("recordings", recordings)):
        lines += _open(f"config/{name}", table, draft.notes.get(name, {}))
    if draft.others:
        lines += ["", "Files in no row:"]
        lines += [f"- {path}: {why}" for path, why in draft.others[:MOST_FILES]]
        more = len(draft.others) - MOST_FILES
        lines += [f"- and {more} more, which are listed at the end of config/recordings"] * (more > 0)
    return "\n".join([*lines, "", ""])


def _as_sentence(said: str) -> str:
    """With a capital, unless it begins with the name of a file or a label, which has its own letters."""
    first = said.partition(" ")[0]
    return said if re.search(r"[\d._/]", first) else f"{said[0].upper()}{said[1:]}"


def _shown_triggers(triggers: Mapping) -> str:
    """As config.yaml has them: channel: Digi."""
    parts = ((k, f"{{{_shown_triggers(v)}}}" if isinstance(v, Mapping) else v) for k, v in triggers.items())
    return ", ".join(f"{key}: {value}" for key, value in parts)


def _open(where: str, table: pd.DataFrame, notes: Mapping[int, Sequence[str]]) -> list[str]:
    """What rows leave open: each thing once, with its rows."""
    rows: dict[str, list[str]] = {}
    for place, own in notes.items():
        for note in own:
            rows.setdefault(note, []).append(_row(table, place))
    lines = []
    for note, of in list(rows.items())[:MOST_FILES]:
        more = [f"{len(of) - 3} more"] if len(of) > 4 else []
        lines.append(f"- {listed([*of[:3], *more] if more else of)}: {note}")
    lines += [f"- and {len(rows) - MOST_FILES} more notes, above their rows"] * (len(rows) > MOST_FILES)
    return ["", f"To be filled in, in {where}:", *lines] if lines else []


def _row(table: pd.DataFrame, place: int) -> str:
    row = table.iloc[place]
    return " ".join(filter(None, (row["dyad"], row.get("time", ""), row.get("task", ""))))


def _count(n: int, what: str) -> str:
    return f"{n} {what}{'' if n == 1 else 's'}"


def _shown(recordings: pd.DataFrame) -> list[str]:
    """The first rows of the recordings table, in columns."""
    columns = [c for c in ("dyad", "time", "task", "therapist_file", "client_file") if c in recordings]
    rows = [columns, *recordings[columns].head(MOST_ROWS).replace("", "?").to_numpy().tolist()]
    if "task" in columns:
        at = columns.index("task")
        rows = [[*row[:at], "" if row[at] == "?" else row[at], *row[at + 1 :]] for row in rows]
    widths = [max(len(row[i]) for row in rows) for i in range(len(columns))]
    lines = [
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip() for row in rows
    ]
    more = len(recordings) - MOST_ROWS
    return [*lines, *([f"... and {_count(more, 'more row')}"] if more > 0 else [])]
