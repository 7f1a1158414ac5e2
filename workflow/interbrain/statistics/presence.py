"""Is there synchrony at all? Values above chance against zero, over dyads and over therapists.

The t-test with its interval and Bayes factor, and sign flips, which assume symmetry alone. For one group.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import exp, sqrt

import numpy as np
import pandas as pd

from interbrain.apa.lines import NOT_TESTED, apa_presence
from interbrain.tables.presence import PRESENCE

from .anova import ROUNDING as ARITHMETIC
from .cells import CELLS, WORDS, Cells
from .distributions import t_isf, t_sf
from .equivalence import log_bf10
from .notes import fewer_times, note, shared_people, without
from .permutation import ROUNDING
from .power import d_interval_of_contrast

TESTED = ("above_chance", "above_pseudo")
# Whether it is more than simultaneous: PLV at lag 0 against other lags, and whether amplitudes go together.
TESTED_IF_THERE = ("zero_lag", "aec_above_chance")
AGAINST_ZERO = (
    "above_chance",
    "above_pseudo",
    "z_chance",
    "zero_lag",
)  # how the names of measures end that can be tested
EXACT_UP_TO = 16  # units; of more, 2^n sign flips would be 131,072 and more
BATCH = 4_096  # sign flips at a time


@dataclass(frozen=True)
class Flips:
    """Ways to turn the signs of units.

    Attributes
    ----------
    signs : array of int, shape (n, n_units)
        1 or -1; the first row turns none. Of two rows that are opposite, one is enough for a two-sided test.
    n_flips : int
        How many they stand for: of an exact test 2^n_units.
    exact : bool
    """

    signs: np.ndarray
    n_flips: int
    exact: bool


def sign_flips(
    n_units: int, n_max: int = 10_000, seed: Sequence[int] = (0,), exact_up_to: int = EXACT_UP_TO
) -> Flips:
    """All sign flips of up to 16 units; of more, `n_max` random ones, the observed signs among them."""
    if n_units <= exact_up_to:
        half = 2 ** max(n_units - 1, 0)
        turned = (np.arange(half)[:, None] >> np.arange(n_units)) & 1  # the last unit keeps its sign
        return Flips((1 - 2 * turned).astype(np.int8), 2**n_units, True)
    rng = np.random.default_rng(list(seed))
    signs = 1 - 2 * rng.integers(0, 2, (n_max, n_units), dtype=np.int8)
    signs[0] = 1
    return Flips(signs, n_max, False)


def flip_scale(values: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """What no sign flip changes: values (0 where missing), their number, the root of n times their squares.

    Parameters
    ----------
    values : array, shape (n_units, n_columns)

    Returns
    -------
    filled : array, shape (n_units, n_columns)
    n, scale : array, shape (n_columns,)
        The scale is NaN for a column with fewer than two values, or whose values do not vary.
    """
    known = np.isfinite(values)
    n = known.sum(axis=0)
    filled = np.where(known, values, 0.0)
    squares = np.sum(filled**2, axis=0)
    with np.errstate(divide="ignore", invalid="ignore"):
        varies = (n > 1) & (1 - filled.sum(axis=0) ** 2 / (n * squares) > ARITHMETIC)
        return filled, n, np.where(varies, np.sqrt(n * squares), np.nan)


def flipped_t(values: np.ndarray, signs: np.ndarray) -> np.ndarray:
    """|t| of each column's mean against zero under every sign flip.

    Parameters
    ----------
    values : array, shape (n_units, n_columns)
        A missing value is no part of its column.
    signs : array, shape (n_flips, n_units)

    Returns
    -------
    t : array, shape (n_flips, n_columns)
        NaN for a column with fewer than two values, or whose values do not vary.

    Notes
    -----
    The sum of squares stays, so that t^2 = (n - 1) u^2 / (1 - u^2) with u the mean over the root mean square.
    """
    filled, n, scale = flip_scale(values)
    found = np.empty((len(signs), values.shape[1]))
    for first in range(0, len(signs), BATCH):
        u2 = np.minimum((signs[first : first + BATCH] @ filled / scale) ** 2, 1)
        found[first : first + BATCH] = np.sqrt((n - 1) * u2 / np.maximum(1 - u2, ARITHMETIC))
    return found


def against_zero(values: np.ndarray, n_max: int = 10_000, seed: Sequence[int] = (0,)) -> list[dict]:
    """Test the mean of each column against zero, two-sided; the first column is no part of the family.

    Parameters
    ----------
    values : array, shape (n_units, 1 + n_cells)
        The mean over cells, then each cell; NaN where a unit has no value.
    n_max : int
        Random sign flips where not all are taken.
    seed : sequence of int
        Of random sign flips. The result does not depend on the order of units.

    Returns
    -------
    list of dict, one a column
        n, mean, sd, t, df, p, ci_low, ci_high (95 %), d_z (mean / SD, with its interval by the noncentral t),
        bf10 (JZS, Cauchy width .707), p_flips, p_family (by the largest |t| over the cells), n_flips, exact,
        smallest_p (no data could give a smaller p_flips). NaN where nothing can be tested.

    Examples
    --------
    >>> import numpy as np
    >>> (found,) = against_zero(np.array([[0.02], [0.01], [0.03], [0.02], [0.04], [0.01]]))
    >>> round(float(found["t"]), 2), found["n_flips"], found["p_flips"]
    (4.54, 64, 0.03125)
    """
    order = np.lexsort((*np.nan_to_num(values).T[::-1], np.nan_to_num(values).mean(axis=1)))
    values = values[order]
    flips = sign_flips(len(values), n_max, seed)
    t = flipped_t(values, flips.signs)
    family = t[:, 1:]
    family = family[:, np.isfinite(family[0])] if family.shape[1] > 1 else family[:, :0]
    largest = family.max(axis=1) if family.shape[1] else None
    rows = []
    for number, column in enumerate(values.T):
        own = column[np.isfinite(column)]
        row = {"n": len(own), "mean": own.mean() if len(own) else np.nan}
        row["sd"] = own.std(ddof=1) if len(own) > 1 else np.nan
        if np.isfinite(t[0, number]):
            # Flips of units that a column lacks change nothing: all are those of its own units.
            row["n_flips"] = 2 ** len(own) if flips.exact else flips.n_flips
            row |= _student(row["mean"], row["sd"], len(own)) | {"exact": "yes" if flips.exact else "no"}
            row["p_flips"] = _share(t[:, number], t[0, number])
            row["smallest_p"] = _smallest(flips, np.isfinite(column))
            if number and largest is not None:
                row["p_family"] = _share(largest, t[0, number])
        rows.append(row)
    return rows


def presence(
    cells: Cells | None, measures: Sequence[str], n_max: int = 10_000, seed: Sequence[int] = (0,)
) -> pd.DataFrame:
    """Test each measure against zero over all cells and in each, over dyads and over therapists.

    Parameters
    ----------
    cells : Cells or None
        With the mean over times, whatever the other tests ask: a change says nothing of presence. None where
        the study has none of the measures.
    measures : sequence of str
        What is zero without synchrony; one that `cells` does not have becomes a row that says so.
    n_max, seed
        As `against_zero`.

    Returns
    -------
    table : DataFrame
        With unit therapist where one has several dyads: each therapist's mean of their dyads.
    """
    rows = []
    for measure in measures:
        if cells is None or measure not in cells.means:
            said = f"no dyad has a value of {WORDS.get(measure, measure)}"
            rows.append(_about(measure, ("all", "all"), "dyad") | {"apa": NOT_TESTED, "note": said})
            continue
        places = list(dict.fromkeys(zip(cells.single["roi"], cells.single["band"], strict=True)))
        wide = cells.single.pivot(index="dyad", columns=CELLS, values=measure).reindex(columns=places)
        wide = wide.reindex(cells.dyads.index)
        wide.insert(0, ("all", "all"), wide.mean(axis=1, skipna=False), allow_duplicates=True)
        therapists = cells.dyads["therapist"]
        used = therapists[wide.notna().any(axis=1)]
        units = {"dyad": wide} | (
            {"therapist": wide.groupby(therapists).mean()} if used.duplicated().any() else {}
        )
        for unit, every in units.items():
            table = every[every.notna().any(axis=1)]  # others would make all flips too many to be computed
            shown = [("all", "all"), *places] if len(places) > 1 else [("all", "all")]
            found = against_zero(table.to_numpy()[:, : len(shown)], n_max, seed)
            for number, (place, row) in enumerate(zip(shown, found, strict=True)):
                entering = wide.index[wide.iloc[:, number].notna()]
                row |= _about(measure, place, unit)
                notes = [] if "t" in row else [_why(row, unit)]
                notes += _who(cells, measure, [place] if number else None, entering, unit)
                rows.append(row | {"apa": apa_presence(row), "note": note(notes)})
    return pd.DataFrame(rows).reindex(columns=PRESENCE.names)


def measures_against_zero(columns: Sequence[str], measures: Sequence[str]) -> list[str]:
    """PLV above chance and above strangers, `TESTED_IF_THERE`, and what else was asked for."""
    further = [name for name in measures if name in columns and name.endswith(AGAINST_ZERO)]
    there = [name for name in TESTED_IF_THERE if name in columns]
    return list(dict.fromkeys([*TESTED, *there, *further]))


def _about(measure: str, place: tuple[str, str], unit: str) -> dict:
    return {"measure": measure, "roi": place[0], "band": place[1], "unit": unit}


def _student(mean: float, sd: float, n: int) -> dict:
    se, df = sd / sqrt(n), n - 1
    t, reach = mean / se, t_isf(0.025, df) * se
    low, high = d_interval_of_contrast(mean / sd, 1 / sqrt(n), df)
    return {
        **{"t": t, "df": df, "p": 2 * t_sf(abs(t), df)},
        **{"ci_low": mean - reach, "ci_high": mean + reach},
        **{"d_z": mean / sd, "d_z_low": low, "d_z_high": high},
        "bf10": exp(min(log_bf10(t, 1 / sqrt(n), df), 700)),
    }


def _share(found: np.ndarray, observed: float) -> float:
    return float(np.mean(found >= observed * (1 - ROUNDING)))


def _smallest(flips: Flips, known: np.ndarray) -> float:
    """The share of sign flips that turn all of these units or none: their |t| is the observed one."""
    return float(np.mean(np.abs(flips.signs[:, known].sum(axis=1, dtype=int)) == known.sum()))


def _why(row: dict, unit: str) -> str:
    if row["n"] < 2:
        return f"{row['n']} {unit}{'' if row['n'] == 1 else 's'} with a value: at least 2 are needed"
    return f"the {unit}s do not vary: there is nothing to test against"


def _who(cells: Cells, measure: str, place: list | None, dyads: pd.Index, unit: str) -> list[str]:
    lacking = cells.lacking(cells.dyads[[]], measure, place, partial=True)
    shared = shared_people(cells.dyads.loc[dyads]) if unit == "dyad" else []
    return [*without(lacking), *fewer_times(cells.absent, cells.times, dyads), *shared]
