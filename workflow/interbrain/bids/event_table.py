"""What events.tsv says happened in a recording, as annotations: codes, bad stretches, and missing time.

Not here: which file that is (`inheritance`), and what missing time does to a recording (`formats.breaks`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from interbrain.bids.coded_events import is_coded
from interbrain.bids.tsv import ending, is_missing, read_tsv
from interbrain.formats import FormatError
from interbrain.formats.breaks import JOINED, SKIP, STATED_LOSS, Break
from interbrain.formats.gaps import marks_from_first_sample
from interbrain.formats.invalid import JOIN
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne import Annotations
    from mne.io import BaseRaw

# What an event is called, the first that a row has.
NAMES = ("trial_type", "value", "event_type", "event_name", "stim_type", "type")
UNNAMED = "event"
LATE_S = 1.5  # a mark may outlast its recording by so much
# onset and sample may count from 0 or 1, and be rounded.
SAMPLES_APART, SAME_RATIO = 2.5, 0.01
NEAR = 1.5  # samples within which two marks are at one time
NUMBER = re.compile(r"[+-]?(\d+[.,]?\d*|[.,]\d+)(e[+-]?\d+)?", re.IGNORECASE)


def describe_events(raw: BaseRaw, breaks: Sequence[Break], path: Path) -> list[Break]:
    """Give a recording the events of its table, in place.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        As its file holds it, without the time that is missing in it. Its own marks are replaced, except for
        those of bad or missing time that the table lacks.
    breaks : sequence of Break
        Where its reader found that time is missing.
    path : Path
        The table.

    Returns
    -------
    breaks : list of Break
        Further ones, of the table alone.

    Raises
    ------
    FormatError
        A cell cannot be read, with its row; or all events begin behind the recording's end.

    Notes
    -----
    Rows without an onset are left out, and so are those that begin behind the recording's end: a note has
    their number. An onset may be in the column ``sample`` alone, and decimal commas are read. An event's name
    is its ``trial_type``, or where that is missing its ``value``. A ``boundary`` is where EEGLAB cut or
    joined a recording; EEGLAB writes as its duration how long the part is that was cut out.
    """
    import mne

    sfreq, length = raw.info["sfreq"], raw.n_times / raw.info["sfreq"]
    table = _read(path, sfreq)
    inside = (table["onset"] < length) & (table["onset"] + table["duration"] >= 0)
    if len(table) and not inside.any():
        raise FormatError(
            f"row {table.index[0]} is at {table['onset'].iloc[0]:g} s, and all events are outside the "
            f"recording of {length:.1f} s",
            "Onsets must be in seconds from its first sample.",
            where=path,
        )
    if not inside.all():
        first = table[~inside].iloc[0]
        n = int((~inside).sum())
        note(
            f"{ending(path)}: {n} of {len(table)} events {'are' if n > 1 else 'is'} outside the recording of "
            f"{length:.1f} s (first in row {first.name}, at {first['onset']:g} s) and left out"
        )
    table = table[inside]
    begin = table["onset"].clip(lower=0)
    table = table.assign(onset=begin, duration=(table["onset"] + table["duration"] - begin).clip(lower=0))
    _note_endless(table, path)
    _note_too_long(table, length, path)
    is_join = table["name"].map(_is_join).astype(bool)
    own = _marks_to_keep(raw, table)
    events = table[~is_join]
    marks = mne.Annotations(events["onset"], events["duration"], events["name"])
    raw.set_annotations(marks + own if len(own) else marks, verbose="error")
    return [
        _break(row, sfreq)
        for row in table[is_join].itertuples()
        if all(abs(row.onset - known.at_s) * sfreq > NEAR for known in breaks)
    ]


def _break(row: Any, sfreq: float) -> Break:
    """Of a boundary; one sample is what some programs give to each, and no length."""
    seconds = float(row.duration)
    return Break(row.onset, seconds if seconds * sfreq > 1.001 else None, "was cut or joined (boundary)")


def _read(path: Path, sfreq: float) -> pd.DataFrame:
    """onset, duration (s), name; one row an event, in the order of time."""
    cells = read_tsv(path)
    cells = cells[~is_coded(cells)]  # a person's codes are no marks of the recording
    if cells.empty and not len(cells.columns):
        note(f"{ending(path)} is empty, so the recording has no events")
        cells = pd.DataFrame({"onset": pd.Series(dtype=str)})
    if "onset" not in cells and "sample" not in cells:
        read_tsv(path, ["onset"])  # which says what there is
    times = {
        column: _numbers(cells, column, path) for column in ("onset", "sample", "duration") if column in cells
    }
    onset = times.get("onset", pd.Series(np.nan, index=cells.index))
    from_sample = times.get("sample", pd.Series(np.nan, index=cells.index)) / sfreq
    by_sample = onset.isna() & from_sample.notna()
    onset = onset.where(~by_sample, from_sample)
    _compare_samples(onset, from_sample, sfreq, path)
    if by_sample.any():
        n = int(by_sample.sum())
        note(f"{ending(path)}: {n} of {len(cells)} onsets were taken from the column 'sample'")
    table = pd.DataFrame(
        {
            "onset": onset,
            "duration": times.get("duration", pd.Series(0.0, index=cells.index)).fillna(0).clip(lower=0),
            "name": pd.Series([_name(row) for _, row in cells.iterrows()], index=cells.index, dtype=str),
        }
    )
    without = table["onset"].isna()
    if without.any():
        note(
            f"{ending(path)}: {int(without.sum())} of {len(table)} events have no onset (first in row "
            f"{table.index[without][0]}) and were left out"
        )
    table = table[~without].sort_values("onset", kind="stable")
    return table


def _compare_samples(onset: pd.Series, from_sample: pd.Series, sfreq: float, path: Path) -> None:
    """Note where the columns onset and sample disagree by more than how either is rounded."""
    both = onset.notna() & from_sample.notna()
    apart = (from_sample - onset)[both]
    far = apart[apart.abs() > SAMPLES_APART / sfreq]
    if far.empty:
        return
    what = f"differ by up to {far.abs().max():.3f} s (first in row {far.index[0]})"
    rates = (from_sample[both] * sfreq / onset[both])[onset[both] > 0]
    if len(rates) > 1 and np.ptp(rates) < SAME_RATIO * rates.median():
        what = f"agree at {rates.median():.6g} Hz alone, and the recording has {sfreq:g} Hz"
    note(f"{ending(path)}: its columns 'onset' and 'sample' {what}; 'onset' was used")


def _numbers(cells: pd.DataFrame, column: str, path: Path) -> pd.Series:
    """A column of numbers, NaN where there is none."""

    def number(row: int, cell: str) -> float:
        if is_missing(cell) or re.fullmatch(r"[+-]?inf(inity)?", cell, re.IGNORECASE):
            return np.nan
        if not NUMBER.fullmatch(cell):
            raise FormatError(
                f"row {row}: its {column} is '{cell}', which is not a number",
                "Correct it, or write n/a.",
                where=path,
            )
        return float(cell.replace(",", "."))

    return pd.Series({row: number(row, cell) for row, cell in cells[column].items()}, dtype=float)


def _name(row: pd.Series) -> str:
    name = next((row[c] for c in NAMES if c in row and not is_missing(row[c])), UNNAMED)
    return re.sub(r"^([+-]?\d+)\.0+$", r"\1", name)  # a column with n/a in it makes 7.0 of a code 7


def _note_endless(table: pd.DataFrame, path: Path) -> None:
    bad = table[table["name"].str.lower().str.startswith("bad") & (table["duration"] == 0)]
    bad = bad[~bad["name"].map(_is_join).astype(bool) & (bad["name"] != JOIN)]  # an instant is no stretch
    if len(bad):
        note(
            f"{ending(path)}: {len(bad)} of its marks of bad time (first in row {bad.index[0]}, "
            f"'{bad['name'].iloc[0]}') have no duration, so no time is left out for them"
        )


def _note_too_long(table: pd.DataFrame, length: float, path: Path) -> None:
    is_bad = table["name"].map(lambda name: _last(name).lower().startswith("bad") and not _is_join(name))
    long = table[is_bad.astype(bool) & (table["onset"] + table["duration"] > length + LATE_S)]
    if len(long):
        note(
            f"{ending(path)}: {len(long)} of its marks of bad time (first in row {long.index[0]}) "
            f"outlast{'s' * (len(long) == 1)} the recording of {length:.1f} s. Durations must be in seconds"
        )


def _marks_to_keep(raw: BaseRaw, table: pd.DataFrame) -> Annotations:
    """The recording's own marks of bad or missing time, where the table has none at that time."""
    marks = marks_from_first_sample(raw)
    sfreq = raw.info["sfreq"]
    kept = marks[[]]
    for i, (onset, text) in enumerate(zip(marks.onset, marks.description, strict=True)):
        text = _last(str(text))
        matters = text.lower().startswith("bad") or JOINED.fullmatch(text) or STATED_LOSS.search(text)
        near = table[(table["onset"] - onset).abs() * sfreq <= NEAR]
        if matters and not any(_same_kind(text, _last(name)) for name in near["name"]):
            kept.append(onset, marks.duration[i], text)  # without "Comment/", which hides that it is bad
    return kept


def _same_kind(text: str, name: str) -> bool:
    kinds = (JOINED.fullmatch, STATED_LOSS.search, re.compile(SKIP, re.IGNORECASE).fullmatch)
    return text.lower() == name.lower() or any(kind(text) and kind(name) for kind in kinds)


def _is_join(name: str) -> bool:
    return JOINED.fullmatch(_last(name)) is not None


def _last(name: str) -> str:
    return name.rsplit("/", 1)[-1].strip()
