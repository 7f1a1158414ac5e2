"""What is asked of every pair: who enters, in which groups, beside what, over dyads or over therapists.

As soon as two therapists have several dyads, therapists are the units: each the mean of their dyads. Of a
factor that differs within a therapist, dyads are then exchanged within therapists, and signs turned by
therapist.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import pandas as pd

from .design import DesignError, between_columns, refuse_unknown_columns, subject_table
from .notes import note
from .pair_values import PairValues
from .strength import with_logs
from .therapists import therapists_decide


@dataclass(frozen=True)
class Design:
    """One test of all pairs.

    Attributes
    ----------
    kind : str
        ``synchrony``, ``factor`` or ``score``.
    about : dict
        tested, level_a, level_b, unit: columns of every row.
    values : array, shape (n_units, n_pairs)
    note : str or None
    reason : str
        Why it cannot be done; empty if it can.
    first : array of bool, shape (n_units,)
        Of a factor: who has level_a.
    fixed : array, shape (n_units, k)
        Of a factor: the model's other columns.
    strata : list of str
        Of a factor: units are exchanged only where these agree.
    whose : array of int, shape (n_units,), optional
        Units with the same number have their signs turned together.
    score : array, shape (n_units,)
    n_comparisons : int
        Of a factor: pairs of its levels.
    """

    kind: str
    about: dict
    values: np.ndarray
    note: str | None = None
    reason: str = ""
    first: np.ndarray = field(default_factory=lambda: np.empty(0, bool))
    fixed: np.ndarray = field(default_factory=lambda: np.empty((0, 0)))
    strata: list | None = None
    whose: np.ndarray | None = None
    score: np.ndarray = field(default_factory=lambda: np.empty(0))
    n_comparisons: int = 1

    @property
    def unit(self) -> str:
        return self.about["unit"]

    def counted(self) -> list[tuple[str, np.ndarray]]:
        """Whose values are counted before a pair is tested: all units, or those at each level."""
        if self.kind != "factor":
            return [("", np.ones(len(self.values), dtype=bool))]
        return [(self.about["level_a"], self.first), (self.about["level_b"], ~self.first)]

    def of_levels(self) -> dict[str, np.ndarray]:
        """Of a factor: n_a and n_b, the units at each level that have a pair; mean_a and mean_b, their means.

        Each of shape (n_pairs,). The means are not adjusted, and NaN where no unit has the pair.
        """
        if self.kind != "factor":
            return {}
        found = {}
        for end, (_, own) in zip("ab", self.counted(), strict=True):
            values = self.values[own]
            known = np.isfinite(values)
            n, total = known.sum(axis=0), np.where(known, values, 0.0).sum(axis=0)
            found[f"n_{end}"] = n
            found[f"mean_{end}"] = np.divide(total, n, out=np.full(len(n), np.nan), where=n > 0)
        return found

    def sizes(self, values: np.ndarray) -> np.ndarray:
        """Mean, adjusted difference of level_a minus level_b, or r, of each pair; shape (n_pairs,)."""
        known = np.isfinite(values)
        found = np.full(values.shape[1], np.nan)
        for number, column in enumerate(values.T):
            own = known[:, number]
            if self.kind == "synchrony":
                found[number] = column[own].mean()
            elif self.kind == "score":
                x, y = self.score[own], column[own]
                if np.ptp(x) > 0 and np.ptp(y) > 0:
                    found[number] = np.corrcoef(x, y)[0, 1]
            else:
                model = np.column_stack([self.first[own], self.fixed[own]]).astype(float)
                found[number] = np.linalg.lstsq(model, column[own], rcond=None)[0][0]
        return found


def dyads_of_pairs(
    aggregated: pd.DataFrame, between: Sequence[str], covariates: Sequence[str], scores: Sequence[str]
) -> pd.DataFrame:
    """What a dyad is asked for, from the aggregated dataset: one row a dyad (index).

    Raises
    ------
    DesignError
        Unknown column; a level, score or therapist that varies within a dyad.
    """
    aggregated = with_logs(aggregated)
    refuse_unknown_columns(aggregated, ["dyad", "therapist", *between, *scores])
    refuse_unknown_columns(aggregated, covariates)  # which may be scores
    table = pd.DataFrame(index=pd.Index(pd.unique(aggregated["dyad"]), name="dyad"))
    for name in ("therapist", *between, *scores):
        known = aggregated[["dyad", name]].dropna()
        table[name] = subject_table(known, "dyad", [name])[name].reindex(table.index)
    for name in covariates:
        table[name] = aggregated.groupby("dyad")[name].mean().reindex(table.index)
    return table


def designs(
    values: PairValues,
    dyads: pd.DataFrame,
    between: Mapping[str, Sequence],
    covariates: Sequence[str] = (),
    scores: Sequence[str] = (),
) -> Iterator[Design]:
    """Presence, then each factor (of three or more levels each two), then each score.

    Raises
    ------
    DesignError
        If a dyad has pairs and no row in `dyads`.
    """
    lacking = [dyad for dyad in values.dyads if dyad not in dyads.index]
    if lacking:
        raise DesignError(f"{lacking[0]} has pairs, but no row in the table of dyads.")
    table, array = dyads.loc[values.dyads], values.values
    there = np.isfinite(array).any(axis=1)
    table, array = table[there], array[there]
    # Random draws must depend neither on the order of dyads nor on their labels.
    order = np.lexsort((table.index.astype(str), np.array([one[np.isfinite(one)].mean() for one in array])))
    table, array = table.iloc[order], array[order]
    nested = therapists_decide(table["therapist"])
    yield _presence(table, array, nested)
    for factor, levels in between.items():
        known = table[factor].notna().to_numpy()
        own = table[factor].astype(str)
        present = [str(level) for level in levels if (own[known] == str(level)).any()]
        pairs = list(combinations(present, 2))
        if not pairs:
            why = f"no dyad with a pair has a level of the factor {factor}"
            if present:
                why = f"the factor {factor} has one level only ({present[0]}): there is nothing to compare"
            yield Design("factor", {"tested": factor, "unit": "dyad"}, array, note([why]), why)
        for one, other in pairs:
            rows = known & own.isin([one, other]).to_numpy()
            left_out = _without(table.index[~known], factor)
            design = _factor(factor, one, other, table[rows], array[rows], between, covariates, nested)
            said = [f"p is multiplied by {len(pairs)}, the pairs of levels"] if len(pairs) > 1 else []
            yield replace(design, n_comparisons=len(pairs), note=note([design.note, *said, *left_out]))
    for score in scores:
        yield _score(score, table, array, nested)


def _presence(table: pd.DataFrame, array: np.ndarray, nested: bool) -> Design:
    units, values = _units(table[["therapist"]], array, nested)
    about = {"tested": "synchrony", "unit": "therapist" if nested else "dyad"}
    if len(units) < 2:
        why = f"{len(units)} {about['unit']}{'' if len(units) == 1 else 's'} with a pair: too few to test"
        return Design("synchrony", about, values, note([why]), why)
    return Design("synchrony", about, values)


def _factor(
    factor: str,
    one: str,
    other: str,
    table: pd.DataFrame,
    array: np.ndarray,
    between: Mapping[str, Sequence],
    covariates: Sequence[str],
    nested: bool,
) -> Design:
    """Two levels of a factor against each other, beside the other factors and the covariates."""
    others = [name for name in between if name != factor]
    beside = [*others, *covariates]
    lacks = table[beside].isna().any(axis=1).to_numpy()
    said = _without(table.index[lacks], " or ".join(beside))
    table, array = table[~lacks], array[~lacks]
    first = (table[factor].astype(str) == one).to_numpy()
    varies = table[factor].astype(str).groupby(table["therapist"]).nunique() > 1
    if nested and varies.any():
        said.append(
            f"{factor} differs within {varies.index[varies][0]}: dyads are exchanged within therapists"
        )
    by_therapist = nested and not varies.any()
    about = {"tested": factor, "level_a": one, "level_b": other}
    about["unit"] = "therapist" if by_therapist else "dyad"
    # A factor of which only one level is left beside these two has nothing to be held constant.
    others = [name for name in others if table[name].nunique() > 1]
    try:
        terms = between_columns(table, [factor, *others], list(covariates), False)
    except DesignError as reason:
        return Design("factor", about, array, note([str(reason), *said]), str(reason))
    fixed = np.hstack([block for name, block in terms.items() if name != factor])
    within = ["therapist"] if nested and not by_therapist else []
    levels = [" ".join(map(str, row)) for row in table[[*within, *others]].itertuples(index=False)]
    columns = table[["therapist"]].assign(first=first, level=levels)
    columns[[f"fixed {k}" for k in range(fixed.shape[1])]] = fixed
    units, values = _units(columns, array, by_therapist)
    return Design(
        "factor", about, values, note(said), "", units["first"].to_numpy() > 0,
        units.filter(like="fixed ").to_numpy(float), list(units["level"]),
        pd.factorize(table["therapist"])[0] if within else None,
    )  # fmt: skip


def _score(score: str, table: pd.DataFrame, array: np.ndarray, nested: bool) -> Design:
    known = table[score].notna().to_numpy()
    said = _without(table.index[~known], score)
    units, values = _units(table.loc[known, ["therapist", score]], array[known], nested)
    about = {"tested": score, "unit": "therapist" if nested else "dyad"}
    numbers = units[score].to_numpy(float)
    why = ""
    if len(units) < 3:
        why = f"{len(units)} {about['unit']}s have the score: too few to test"
    elif not np.ptp(numbers) > 0:
        why = f"the score {score} does not vary"
    return Design("score", about, values, note([why, *said]), why, score=numbers)


def _units(table: pd.DataFrame, array: np.ndarray, by_therapist: bool) -> tuple[pd.DataFrame, np.ndarray]:
    """One row a dyad, or a therapist: the means of numbers; levels, and how many dyads, joined to a text."""
    if not by_therapist:
        return table, array
    whose = table["therapist"]
    numbers = table.drop(columns=["therapist", "level"], errors="ignore").astype(float)
    units = numbers.groupby(whose, sort=False).mean()
    if "level" in table:
        units["level"] = (
            table["level"].groupby(whose, sort=False).agg(lambda own: f"{len(own)}: {'; '.join(sorted(own))}")
        )
    means = (
        pd.DataFrame(array).groupby(whose.to_numpy(), sort=False).mean()
    )  # of the dyads that have the pair
    return units, means.reindex(pd.unique(whose)).to_numpy()


def _without(dyads: pd.Index, what: str) -> list[str]:
    return [f"without {', '.join(map(str, dyads))}: no {what}"] if len(dyads) else []
