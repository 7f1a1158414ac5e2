"""All measures that are asked for of one pair of series: a row a measure, and a row a measure and window.

This is what a job calls. Rows have the columns of `tables/coordination.py` without dyad, time and run, which
only the caller knows; a number that could not be computed is NaN, and `note` says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import get_close_matches
from typing import Any

import numpy as np

from interbrain.chance.comparison import summary
from interbrain.coordination.families import categories, lagged, segments, slopes
from interbrain.coordination.pairing import Paired
from interbrain.coordination.settings import Settings
from interbrain.problems import InterbrainError

Family = Callable[[np.ndarray, np.ndarray, float, Settings, np.random.Generator], Paired]
Series = Sequence[float] | np.ndarray
Row = dict[str, Any]

FAMILIES: Mapping[str, tuple[Family, tuple[str, ...]]] = {
    "lagged": (lagged.lagged, lagged.MEASURES),
    "segments": (segments.segments, segments.MEASURES),
    "concordance": (slopes.concordance, slopes.CONCORDANCE),
    "matching": (slopes.matching, slopes.MATCHING),
    "categories": (categories.agreement, categories.MEASURES),
}
FAMILY_OF = {measure: family for family, (_, measures) in FAMILIES.items() for measure in measures}
FEWEST_WINDOWS = 2
TOO_SHORT = "the series is shorter than one window"
NO_STRANGERS = "no pair of strangers has a value above chance"
AT_THE_LIMIT = "the {} correlations sum to less than .5, which was used in their place"


@dataclass(frozen=True)
class Coordinated:
    """Of one pair of series: `rows` has a row a measure, `windows` a row a measure and window."""

    rows: list[Row]
    paired: Mapping[str, Paired]
    rate_hz: float
    start_s: float

    @property
    def windows(self) -> list[Row]:
        """By measure, for those that have values in windows, and in order of time."""
        return [
            {"kind": row["kind"], "measure": row["measure"]} | one
            for row in self.rows
            for one in _by_window(
                self.paired[FAMILY_OF[row["measure"]]], row["measure"], self.rate_hz, self.start_s
            )
        ]


def coordination(
    x: Series,
    y: Series,
    rate_hz: float,
    measures: Sequence[str],
    settings: Settings = Settings(),  # noqa: B008  frozen
    seed: int | Sequence[int] = 0,
    *,
    kind: str = "other",
    strangers: Sequence[tuple[Series, Series]] = (),
    start_s: float = 0.0,
) -> Coordinated:
    """Coordination of a therapist and a client in one kind of signal.

    Parameters
    ----------
    x, y : array, shape (n_samples,)
        Therapist and client, simultaneous, at one rate; NaN where nothing was recorded. Categories are
        numbers.
    rate_hz : float
    measures : sequence of str
        Names in `registry.MEASURES`, or `defaults.by_default(kind)`.
    settings : Settings
    seed : int or sequence of int
        Of the shifts. A measure's numbers do not depend on which others are asked for.
    kind : str
        Of the signal, for the rows alone.
    strangers : sequence of (array, array)
        Pairs of a therapist and a client who never met, of which one is of this dyad; in seconds since the
        start, at the same rate. The longer of two is cut to the length of the shorter.
    start_s : float
        Time of the first sample, for the rows of windows.

    Returns
    -------
    found : Coordinated
        `rows` has a row for each measure in the order asked for, `windows` a row for each measure that has
        values in windows and each window.

    Raises
    ------
    InterbrainError
        For a measure that nobody knows, series that are no two rows of numbers of one length, or a rate that
        is not above 0.

    Examples
    --------
    The client does what the therapist does, two seconds later:

    >>> import numpy as np
    >>> moves = np.convolve(np.random.default_rng(0).standard_normal(6000), np.ones(8), "same")
    >>> found = coordination(moves[8:], moves[:-8], 4, ["wcc_absolute", "wcc_lead"])
    >>> [(row["measure"], row["z_chance"] > 5, row["p_chance"] < 0.01) for row in found.rows]
    [('wcc_absolute', True, True), ('wcc_lead', True, True)]
    """
    _check_measures(measures)
    a, b = _checked(x, y, rate_hz)
    pairs = [_cut(*pair) for pair in strangers]
    families = dict.fromkeys(FAMILY_OF[name] for name in measures)
    found = {family: _paired(family, a, b, rate_hz, settings, seed) for family in families}
    few = replace(settings, n_shifts=settings.stranger_shifts)
    own = {family: _paired(family, a, b, rate_hz, few, seed) for family in families if pairs}
    others = {
        family: [_paired(family, *pair, rate_hz, few, seed) for pair in pairs] for family in families if pairs
    }
    rows: list[Row] = []
    for name in measures:
        family = FAMILY_OF[name]
        row, note = _against_shifts(found[family], name, a, b)
        if pairs:
            row |= _against_strangers(own[family], others[family], name)
            note = note if row["n_pseudo"] else f"{note}; {NO_STRANGERS}".removeprefix("; ")
        rows.append({"kind": kind, "measure": name, **row, "note": note})
    return Coordinated(rows, found, rate_hz, start_s)


def coordinate(
    x: Series, y: Series, rate_hz: float, measures: Sequence[str], *more: Any, **named: Any
) -> list[Row]:
    """A row a measure; parameters as of `coordination`."""
    return coordination(x, y, rate_hz, measures, *more, **named).rows


def coordinate_windows(
    x: Series, y: Series, rate_hz: float, measures: Sequence[str], *more: Any, **named: Any
) -> list[Row]:
    """A row a measure and window, each with its own chance level; parameters as of `coordination`."""
    return coordination(x, y, rate_hz, measures, *more, **named).windows


def _check_measures(measures: Sequence[str]) -> None:
    for name in measures:
        if name not in FAMILY_OF:
            close = get_close_matches(name, FAMILY_OF, 1)
            hint = f"Did you mean {close[0]}?" if close else f"There are {', '.join(FAMILY_OF)}."
            raise InterbrainError(f"no measure of coordination is called {name!r}", hint)


def _checked(x: Series, y: Series, rate_hz: float) -> tuple[np.ndarray, np.ndarray]:
    """Both series around 0, where sums lose least; categories stay apart all the same."""
    a, b = np.asarray(x, dtype=float), np.asarray(y, dtype=float)
    if a.ndim != 1 or a.shape != b.shape:
        raise InterbrainError(
            f"the series of therapist and client have the shapes {a.shape} and {b.shape}",
            "Give two series of one length, on one clock and at one rate.",
        )
    if not rate_hz > 0:
        raise InterbrainError(f"a rate of {rate_hz} Hz is not above 0", "Give the samples per second.")
    return np.where(np.isfinite(a), a, np.nan), np.where(np.isfinite(b), b, np.nan)


def _cut(x: Series, y: Series) -> tuple[np.ndarray, np.ndarray]:
    n = min(len(x), len(y))
    return _checked(x[:n], y[:n], 1)


def _paired(
    family: str, x: np.ndarray, y: np.ndarray, rate_hz: float, settings: Settings, seed: int | Sequence[int]
) -> Paired:
    seeds = [int(part) for part in np.ravel(seed)]
    rng = np.random.default_rng([*seeds, list(FAMILIES).index(family)])
    return FAMILIES[family][0](x, y, rate_hz, settings, rng)


def _windows_used(paired: Paired) -> np.ndarray:
    """Whether each of the windows, as recorded, has a value."""
    return ~np.isnan(next(iter(paired.windows.values()))[0])


def _against_shifts(paired: Paired, name: str, x: np.ndarray, y: np.ndarray) -> tuple[Row, str]:
    value, null = paired.sessions[name][0], paired.sessions[name][1:]
    used = _windows_used(paired)
    notes = []
    if not np.isfinite(value):
        notes.append(_why_no_value(paired, used, x, y))
        value, null = np.nan, null[:0]
    else:
        null = null[np.isfinite(null)]
        if used.sum() < FEWEST_WINDOWS:
            notes.append("one window alone")
        elif name == "concordance_index":
            notes += _at_the_limit(paired.windows[name][0])
        if not len(null):
            notes.append("too short for circular shifts as large as asked for: no chance level")
    chance = summary(np.array(value), null)
    if len(null) > 1 and not chance.sd > 0:
        notes.append("the value is the same after every shift")
    return {
        "value": float(value),
        "chance": float(chance.mean),
        "chance_sd": float(chance.sd),
        "above_chance": float(chance.above),
        "z_chance": float(chance.z),
        "p_chance": float(chance.p) if len(null) else np.nan,
        "n_windows": int(used.sum()),
        "n_left_out": int((~used).sum()),
        "n_shifts": len(null),
    }, "; ".join(notes)


def _at_the_limit(r: np.ndarray) -> list[str]:
    """Which of the two sums of the concordance index is too small to be taken as it is."""
    sums = {"negative": -r[r < 0].sum(), "positive": r[r > 0].sum()}
    return [AT_THE_LIMIT.format(sign) for sign, one in sums.items() if one < slopes.LEAST_SUM]


def _why_no_value(paired: Paired, used: np.ndarray, x: np.ndarray, y: np.ndarray) -> str:
    for whose, series in (("therapist", x), ("client", y)):
        there = series[~np.isnan(series)]
        if not len(there):
            return f"the {whose}'s series has no samples"
        if there.min() == there.max():
            return f"the {whose}'s series does not vary"
    if not paired.grid.n:
        return TOO_SHORT
    if not used.any():
        return "every window has missing samples or a series that does not vary in it"
    return "too few windows for this measure"


def _against_strangers(own: Paired, others: Sequence[Paired], name: str) -> Row:
    """The pair among pairs of strangers, each above its own chance level."""
    value, *null = (_above_chance(paired, name) for paired in (own, *others))
    known = np.array([one for one in null if np.isfinite(one)])
    against = summary(np.array(value), known)
    return {
        "own_above_chance": float(value),
        "pseudo": float(against.mean),
        "pseudo_sd": float(against.sd),
        "above_pseudo": float(against.above),
        "z_pseudo": float(against.z),
        "p_pseudo": float(against.p) if len(known) else np.nan,
        "n_pseudo": len(known),
    }


def _above_chance(paired: Paired, name: str) -> float:
    value, null = paired.sessions[name][0], paired.sessions[name][1:]
    null = null[np.isfinite(null)]
    return float(value - null.mean()) if np.isfinite(value) and len(null) else np.nan


def _by_window(paired: Paired, name: str, rate_hz: float, start_s: float) -> list[Row]:
    if name not in paired.windows:
        return []
    values, null = paired.windows[name][0], paired.beside(name)
    there = ~np.isnan(null)
    count = there.sum(axis=0)
    with np.errstate(invalid="ignore"):
        chance = np.where(there, null, 0).sum(axis=0) / count
    at_least = (there & (null >= values)).sum(axis=0)
    p = np.where(np.isnan(values) | (count == 0), np.nan, (at_least + 1) / (count + 1))
    starts = paired.grid.starts / rate_hz + start_s
    length = paired.grid.length / rate_hz
    return [
        {
            "window": i,
            "start_s": float(starts[i]),
            "stop_s": float(starts[i] + length),
            "value": float(values[i]),
            "chance": float(chance[i]),
            "above_chance": float(values[i] - chance[i]),
            "p_chance": float(p[i]),
            "n_others": int(count[i]),
        }
        for i in range(paired.grid.n)
    ]
