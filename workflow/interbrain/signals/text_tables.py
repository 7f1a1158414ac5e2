"""A series in a text table, as programs write it: with or without a heading, any separator, decimal comma.

Not here: how a file is divided into cells (`text_layout`), recordings of amplifiers (`recorded`), and what
the numbers mean (`kinds`).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.formats.notes import note
from interbrain.signals import SignalError
from interbrain.signals.series import Series, evenly
from interbrain.signals.text_layout import Cells, cells_of, is_missing, is_number
from interbrain.thousands import may_be_two_numbers

TIME_NAME = re.compile(
    r"(time|times|timestamp|timestamps|time ?stamp|t|zeit|temps|tiempo|sec|secs|seconds?|sekunden|ms|msec|"
    r"milliseconds|unix|onset|lsl)([ _\[(].*)?",
    re.IGNORECASE,
)
UNIT_OF_TIME = (
    (re.compile(r"(?<![a-z])(ms|msec|milli\w*)(?![a-z])", re.IGNORECASE), 1e-3),
    (re.compile(r"(?<![a-z])(us|µs|micro\w*)(?![a-z])", re.IGNORECASE), 1e-6),
    (re.compile(r"(?<![a-z])(ns|nano\w*)(?![a-z])", re.IGNORECASE), 1e-9),
    (re.compile(r"(?<![a-z])(s|secs?|seconds?|sekunden)(?![a-z])", re.IGNORECASE), 1.0),
)
# By how much the rate that the table of signals gives may differ from that of the file, which is used; and
# beyond what difference this is said: .15 s in 5 minutes.
RATES_AGREE, RATES_ARE_ONE = 0.02, 5e-4
SINCE_1970 = (3e8, 4e9)  # s: of what is a date, and not a time of day or of a session
# Intervals between beats in ms (below are beats a minute), and by how much their times may differ from them.
LEAST_MS, AGREEING = 250.0, 0.01
EMPATICA_BEGINS = 1e9  # the first line of an Empatica E4's file: when it began, s since 1970


def read_text(path: Path, columns: Sequence[str], rate_hz: float | None = None) -> Series:
    """Columns of a text table as one series.

    Parameters
    ----------
    path : path-like
        CSV, TSV or other text (also .tsv.gz, as BIDS has it, with its JSON), UTF-8, UTF-16 or cp1252.
        Separated by tabs, semicolons, commas or spaces; with or without a heading, a line of units below it,
        and lines that begin with #.
    columns : sequence of str
        Names as in the heading (any case), or numbers from 1.
    rate_hz : float, optional
        Samples a second; without it the file must have a column of times (or be an Empatica E4's).

    Returns
    -------
    series : Series
        `start_s` is 0 (of a BIDS file: its StartTime), whatever the times in the file count from. Uneven
        times are brought to an even grid (`series.evenly`).

    Raises
    ------
    SignalError
        The file or a column is not there, a cell is no number, times do not rise, or no rate is known.
    """
    path = Path(path)
    cells, about = cells_of(path)
    if len(cells.rows) < 2:
        raise SignalError("holds no samples", "Export the signal again.", where=path)
    began = _empatica(cells)
    if began is not None:
        cells = Cells(cells.names, cells.rows.iloc[began.n_lines :], cells.first_line + began.n_lines)
        rate_hz = _stated_rate(rate_hz, began.rate_hz, "its second line gives", path)
    rate_hz = _stated_rate(rate_hz, about.get("SamplingFrequency"), "its JSON gives", path)
    chosen = [_column(cells, column, path) for column in columns]
    values = np.stack([_numbers(cells, place, path) for place in chosen])
    unit = _unit(cells, chosen[0], about)
    start = about.get("StartTime", 0.0)
    time = _time_column(cells, chosen)
    if time is not None:
        times = _times(cells, time, rate_hz, path)
        values, found = evenly(times, values)
        if rate_hz:
            hint = "Correct rate_hz, or empty the cell: the times are then used."
            _compare_rates(rate_hz, _rate_of(times), "its times are", hint, path)
        return Series(values, found, start, unit, _begun(cells, time, rate_hz, path))
    if not rate_hz:
        raise SignalError(
            "has no column of times, so its sampling rate is not known",
            "Write it into rate_hz, e.g. 25.",
            where=path,
        )
    return Series(values, rate_hz, start, unit, began.begun if began else None)


def read_intervals(path: Path, columns: Sequence[str]) -> tuple[np.ndarray, np.ndarray]:
    """A list of inter-beat intervals.

    Returns
    -------
    beats : array, shape (n,)
        When each interval ended, s: by the file's times, or else one interval after the other from 0.
    intervals_s : array, shape (n,)
        Given in s or in ms, which the numbers tell; NaN where one is missing.

    Raises
    ------
    SignalError
        As `read_text`; or an interval is missing, and no times say how long it was.
    """
    path = Path(path)
    cells, _ = cells_of(path)
    if len(cells.rows) and not is_number(cells.rows.iat[0, -1]):  # an Empatica's heading: when it began, IBI
        cells = Cells(cells.names or list(cells.rows.iloc[0]), cells.rows.iloc[1:], cells.first_line + 1)
    if not columns:
        raise SignalError("the column of the intervals is not named", "Name it in channel.", where=path)
    place = _column(cells, columns[0], path)
    intervals = _numbers(cells, place, path)
    if (intervals > 0).sum() < 2:
        raise SignalError("holds no intervals between beats", "Export the signal again.", where=path)
    usual = float(np.nanmedian(intervals))
    if 10 < usual < LEAST_MS:  # nobody's heart takes 10 s, or a quarter of one
        raise SignalError(
            f"its values are about {usual:.3g}, as of heart rates in beats a minute, and not of intervals",
            "Export the intervals between beats (RR, in s or ms), or name their column in channel.",
            where=path,
        )
    intervals = intervals * (1e-3 if usual > 10 else 1.0)
    time = _time_column(cells, [place])
    if time is None and place > 0 and cells.rows.shape[1] == 2:
        time = 0  # an Empatica's: times and intervals, and no names
    if time is not None:
        times = _times(cells, time, None, path, from_first=False, as_written=True)
        lasting = np.nanmedian(np.diff(times) / intervals[1:])  # a beat, in units of the times
        times = times * 10.0 ** -(3 * np.round(np.log10(lasting) / 3))
        _fitting(np.diff(times), intervals[1:], path)
        return times, intervals
    if np.isnan(intervals).any():
        raise SignalError(
            "an interval is missing, and there is no column of times: what follows it has no time",
            "Export the times of the beats as well.",
            where=path,
        )
    return np.cumsum(intervals), intervals


def _fitting(steps_s: np.ndarray, intervals_s: np.ndarray, path: Path) -> None:
    """Whether the times from beat to beat are the intervals, but for those after a beat that was lost."""
    ratios = steps_s / intervals_s
    near = ratios[np.abs(ratios - 1) < 0.1]  # of the others, beats were lost between
    even = np.ptp(steps_s) < 0.01 * np.median(steps_s)
    if even and np.nanstd(intervals_s) > 0.01 * np.nanmean(intervals_s):
        raise SignalError(
            f"has a row every {np.median(steps_s):.3g} s, whatever the intervals between beats are",
            "It is a heart rate that was sampled evenly: export the intervals with a row for each beat.",
            where=path,
        )
    if len(near) > len(ratios) / 10 and abs(np.median(near) - 1) > AGREEING:
        raise SignalError(
            f"the times from beat to beat are {np.median(near):.4g} times its intervals",
            "One of the two columns has another unit (such as 1/1024 s), or is of another recording. Export "
            "both in s or ms.",
            where=path,
        )


# --- its columns -------------------------------------------------------------------------------------------


def _column(cells: Cells, wanted: str, path: Path) -> int:
    """The place of a column, by its name (in any case, without its unit) or its number from 1."""
    bare = [_bare(name) for name in cells.names]
    for same in (lambda n: n, _without_unit):
        meant = [i for i, name in enumerate(bare) if same(name) == same(_bare(wanted))]
        if len(meant) == 1:
            return meant[0]
    width = cells.rows.shape[1]
    if re.fullmatch(r"\d+", wanted) and 1 <= int(wanted) <= width:
        return int(wanted) - 1
    if not cells.names and not wanted.isdigit():
        hint = f"It has no heading: write the column's number, 1 to {width}."
        raise SignalError(f'has no column "{wanted}"', hint, where=path)
    there = ", ".join(cells.names[:20]) or f"1 to {width}"
    raise SignalError(f'has no column "{wanted}"', f"It has: {there}.", where=path)


def _bare(name: str) -> str:
    return re.sub(r"\s+", " ", name).strip().casefold()


def _without_unit(name: str) -> str:
    return re.sub(r"\s*[\[(].*[\])]\s*$", "", name)


def _unit(cells: Cells, place: int, about: dict) -> str:
    """The unit in the column's heading (in brackets) or in the JSON."""
    name = cells.names[place] if place < len(cells.names) else ""
    told = about.get(name, {})
    if isinstance(told, dict) and told.get("Units"):
        return str(told["Units"])
    found = re.search(r"[\[(]([^\])]+)[\])]\s*$", name)
    return found[1].strip() if found else ""


def _numbers(cells: Cells, place: int, path: Path) -> np.ndarray:
    """A column as numbers, with NaN for what is missing."""
    text = cells.rows[place].str.strip().str.strip('"')
    _no_thousands(text, cells.first_line, path)
    plain = text.str.replace(",", ".", regex=False)
    numbers = pd.to_numeric(plain, errors="coerce").to_numpy(float, copy=True)
    unclear = np.flatnonzero(~np.isfinite(numbers))
    odd = next((i for i in unclear if not is_missing(text.iat[i])), None)
    if odd is not None:
        raise SignalError(
            f'line {cells.first_line + odd}: "{text.iat[odd]}" is not a number',
            "Leave the cell of a missing value empty, or write NaN.",
            where=path,
        )
    numbers[unclear] = np.nan
    return numbers


def _no_thousands(text: pd.Series, first_line: int, path: Path) -> None:
    """Refuse commas that divide thousands: 1,250 below 998 would be one and a quarter."""
    commas = text.str.contains(",", regex=False)
    if not commas.any() or not text[commas].map(may_be_two_numbers).all():
        return
    rest = text[~commas & text.map(is_number)]
    whole = rest.str.fullmatch(r"[+-]?\d{1,3}").all() and rest.str.len().max() >= 3
    if whole or text[commas].str.count(",").max() > 1:
        place = int(np.flatnonzero(commas)[0])
        raise SignalError(
            f'line {first_line + place}: the comma in "{text.iat[place]}" divides thousands, as it seems',
            "Export the numbers without signs between thousands.",
            where=path,
        )


def _time_column(cells: Cells, chosen: Sequence[int]) -> int | None:
    named = [i for i, name in enumerate(cells.names) if TIME_NAME.fullmatch(name.strip()) and i not in chosen]
    return named[0] if named else None


def _times(
    cells: Cells,
    place: int,
    rate_hz: float | None,
    path: Path,
    from_first: bool = True,
    as_written: bool = False,
) -> np.ndarray:
    """The instants in a column, s (from the first one), or in the unit in which numbers are written."""
    text = cells.rows[place].str.strip().str.strip('"')
    if is_number(text.iat[0]):
        numbers = _numbers(cells, place, path)
        numbers = numbers if as_written else numbers * _seconds(cells, place, numbers, rate_hz, path)
    else:
        clock = text.str.replace(",", ".", regex=False)
        as_length = clock.str.fullmatch(r"\d+:\d\d(:\d\d)?([.]\d+)?").all()
        if as_length:
            clock = clock.where(clock.str.count(":") == 2, "00:" + clock)
            numbers = pd.to_timedelta(clock, errors="coerce").dt.total_seconds().to_numpy(float)
        else:
            stamps = pd.to_datetime(clock, errors="coerce", format="ISO8601", utc=True)
            numbers = (stamps - stamps.iloc[0]).dt.total_seconds().to_numpy(float)
    wrong = np.flatnonzero(np.isnan(numbers) | np.r_[False, ~(np.diff(numbers) > 0)])
    if len(wrong):
        raise SignalError(
            f'line {cells.first_line + wrong[0]}: the time "{text.iat[wrong[0]]}" is not later than the one '
            "before it",
            "Sort the rows by time, and keep each instant once.",
            where=path,
        )
    return numbers - numbers[0] if from_first else numbers


def _begun(cells: Cells, place: int, rate_hz: float | None, path: Path) -> float | None:
    """When the first row was recorded, s since 1970; None where its time counts from something else."""
    first = cells.rows[place].str.strip().str.strip('"').iat[0]
    if is_number(first):
        numbers = _numbers(cells, place, path)
        since = float(numbers[0]) * _seconds(cells, place, numbers, rate_hz, path)
        return since if SINCE_1970[0] < since < SINCE_1970[1] else None
    stamp = pd.to_datetime(first.replace(",", "."), errors="coerce", format="ISO8601", utc=True)
    return None if pd.isna(stamp) or not re.match(r"\d{4}-?\d\d-?\d\d", first) else float(stamp.timestamp())


def _seconds(cells: Cells, place: int, numbers: np.ndarray, rate_hz: float | None, path: Path) -> float:
    """One unit of a column of times in s: by its heading, or by the rate that is known."""
    name = cells.names[place] if place < len(cells.names) else ""
    for unit, seconds in UNIT_OF_TIME:
        if unit.search(name.replace("_", " ")):
            return seconds
    step, size = float(np.median(np.diff(numbers))), abs(float(numbers[0]))
    if rate_hz:
        fitting = [s for s in (1.0, 1e-3, 1e-6, 1e-9) if abs(step * s * rate_hz - 1) <= 0.2]
        if fitting:
            return fitting[0]
    for beyond, seconds in ((1e17, 1e-9), (1e14, 1e-6), (1e11, 1e-3)):  # since 1970
        if size > beyond:
            return seconds
    if step < 2:
        return 1.0
    raise SignalError(
        f"its times have no unit, and a step of {step:g} is too long for seconds",
        'Write the unit into the heading of that column, e.g. "time [ms]", or the rate into rate_hz.',
        where=path,
    )


@dataclass(frozen=True)
class _Empatica:
    rate_hz: float
    n_lines: int
    begun: float


def _empatica(cells: Cells) -> _Empatica | None:
    """The two lines with which an Empatica E4's file begins: when, and at which rate."""
    if cells.names or len(cells.rows) < 3:
        return None
    first, second = (pd.to_numeric(cells.rows.iat[i, 0].replace(",", "."), errors="coerce") for i in (0, 1))
    if first > EMPATICA_BEGINS and 1 <= second <= 1024:
        return _Empatica(float(second), 2, float(first))
    return None


def _stated_rate(given: float | None, stated: object, says: str, path: Path) -> float | None:
    """The rate that the file states, with which the table of signals must agree; or else the latter."""
    if not isinstance(stated, int | float):
        return given
    if given:
        _compare_rates(given, stated, says, "Correct rate_hz, or empty the cell.", path)
    return float(stated)


def _compare_rates(given: float, used: float, says: str, hint: str, path: Path) -> None:
    """Refuse another rate than the file's in the table of signals; of two near ones say which is used."""
    apart = abs(used / given - 1)
    if apart > RATES_AGREE:
        raise SignalError(
            f"{says} {used:.4g} Hz, but the table of signals gives {given:g} Hz", hint, where=path
        )
    if apart > RATES_ARE_ONE:
        note(
            f"{says} {used:.6g} Hz, and the table of signals gives {given:g} Hz, which would be "
            f"{apart * 300:.1f} s in 5 minutes. The file's was used: correct rate_hz, or empty the cell"
        )


def _rate_of(times: np.ndarray) -> float:
    """Samples a second by their times, without what is missing between two of them."""
    steps = np.diff(times)
    return float(1 / steps[steps < 1.5 * np.median(steps)].mean())
