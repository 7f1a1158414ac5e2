"""Whether the dyads that a study keeps can answer what its config asks: known from the tables, before a run.

Computes no statistic; what attrition takes later, the statistics say themselves.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from interbrain.problems import Problem
from interbrain.study.problems import counted
from interbrain.study.settings import Statistics
from interbrain.words import listed

# A number that is so many times further from the others than these are from each other decides every r. Of
# samples of 8 normal numbers fewer than 1 in 1,000 have one, of log-normal ones (sigma 1) 4 in 100.
FAR, FEWEST_FOR_FAR = 5.0, 8
# At most one dyad of so many, if several are far away.
FAR_OF_SEVERAL, MOST_FAR = 3.0, 4
TAKE_OUT = "Remove one of them from statistics: between in config.yaml; these dyads cannot separate them."


def check_separable(
    dyads: pd.DataFrame, between: Sequence[str], interactions: bool, name: str
) -> list[Problem]:
    """Factors that go together, and interactions for which a cell is empty.

    Parameters
    ----------
    dyads : DataFrame
        Included dyads only, each with a level of every factor.
    between : sequence of str
        Factors of two levels or more.
    """
    if interactions and (empty := _empty_cells(dyads, between)):
        return [Problem(name, *empty)]
    for factor, other in combinations(between, 2):
        together = dict.fromkeys(zip(dyads[factor].tolist(), dyads[other].tolist(), strict=True))
        levels_of_each = [len(set(levels)) for levels in zip(*together, strict=True)]
        if levels_of_each == [len(together)] * 2:
            pairs = listed(f"{a} is always {b}" for a, b in together)
            what = f"{factor} and {other} divide the dyads in the same way ({pairs})"
            return [Problem(name, what, TAKE_OUT)]
    design = np.ones((len(dyads), 1))
    for i, factor in enumerate(between):
        levels = pd.get_dummies(dyads[factor]).to_numpy(float)[:, 1:]
        design = np.hstack([design, levels])
        if np.linalg.matrix_rank(design) < design.shape[1]:
            what = (
                f"{factor} cannot be separated from {listed(between[:i])}: in these dyads they vary together"
            )
            return [Problem(name, what, TAKE_OUT)]
    return []


def _empty_cells(dyads: pd.DataFrame, between: Sequence[str]) -> tuple[str, str] | None:
    """What is said of combinations of levels without a dyad, and what to do."""
    hint = "Write interactions: false (statistics), or take a factor out of between, in config.yaml."
    for factors in (f for size in range(2, len(between) + 1) for f in combinations(between, size)):
        seen = set(dyads[list(factors)].itertuples(index=False, name=None))
        cells = product(*(dict.fromkeys(dyads[factor]) for factor in factors))
        empty = [
            " and ".join(f"{f} {v}" for f, v in zip(factors, c, strict=True)) for c in cells if c not in seen
        ]
        if empty:
            return f"no dyad has {listed(empty)}: the interaction of {listed(factors)} cannot be tested", hint
    return None


def lonely_levels(dyads: pd.DataFrame, levels: Mapping[str, Sequence[str]], name: str) -> list[Problem]:
    """A warning for each level of the config that one dyad has, or none."""
    warnings = []
    for factor, known in levels.items():
        for level in known:
            own = list(dyads.loc[dyads[factor] == level, "dyad"])
            if len(own) == 1:
                what = f"only {own[0]} has {factor} {level}: one dyad is no group"
                warnings.append(Problem(name, what, "Do not interpret a difference that rests on one dyad."))
            elif not own:
                what = f"no dyad that is kept has {factor} {level}"
                hint = f"If that is right, remove the level from factors: {factor} in config.yaml."
                warnings.append(Problem(name, what, hint))
    return warnings


def n_parameters(dyads: pd.DataFrame, between: Sequence[str], interactions: bool) -> int:
    """Parameters of the model of the factors, the intercept included."""
    counts = [dyads[factor].nunique() for factor in between]
    return math.prod(counts) if interactions else 1 + sum(n - 1 for n in counts)


def scores_of_dyads(
    scores: Mapping[str, pd.DataFrame],
    differences: Mapping[str, Sequence[str]],
    dyads: Sequence[str],
    numbers: pd.DataFrame | None = None,
) -> dict[str, pd.Series]:
    """Every score, difference and number of the dyads table that the aggregated dataset will have."""
    values: dict[str, pd.Series] = {}
    for questionnaire, table in scores.items():
        own = table.set_index("dyad").reindex(dyads)
        values |= {f"{questionnaire}_{c}": own[c].astype(float) for c in own if c != "missing_items"}
    for name, (first, second) in differences.items():
        values[name] = values[f"{first}_total"] - values[f"{second}_total"]
        values[f"{name}_absolute"] = values[name].abs()
    if numbers is not None:
        values |= dict(numbers.set_index("dyad").reindex(dyads).items())
    return values


def check_numbers(
    values: Mapping[str, pd.Series],
    statistics: Statistics,
    between_parameters: int,
) -> tuple[list[Problem], list[Problem]]:
    """Covariates and correlates that are the same in every dyad, or known of too few.

    Parameters
    ----------
    values : mapping column -> Series
        One value a dyad that is kept, NaN where it is not known.
    between_parameters : int
        Of the model without covariates.

    Returns
    -------
    problems, warnings : list of Problem
    """
    problems, warnings = [], []
    asked = [c for c in statistics.covariates if c in values]
    named = [*asked, *(c for c in statistics.correlate if c in values)]
    for name in asked:
        known = values[name].dropna()
        if known.nunique() < 2:
            same = f"is {known.iloc[0]:g} in every dyad" if len(known) else "is missing in every dyad"
            hint = f"Remove {name} from statistics: covariates in config.yaml."
            problems.append(Problem("config.yaml, statistics: covariates", f"{name} {same}", hint))
    complete = len(pd.DataFrame({name: values[name] for name in asked}).dropna()) if asked else 0
    parameters = between_parameters + len(statistics.covariates)
    if asked and not problems and complete <= parameters:
        what = (
            f"{counted(complete, 'dyad')} with every covariate {'is' if complete == 1 else 'are'} too few: "
        )
        what += f"at least {parameters + 1} are needed"
        hint = "Remove covariates or factors from statistics in config.yaml."
        problems.append(Problem("config.yaml, statistics: covariates", what, hint))
    for name in (c for c in statistics.correlate if c in values):
        known = values[name].dropna()
        if known.nunique() < 2:
            same = f"is {known.iloc[0]:g} in every dyad" if len(known) else "is missing in every dyad"
            hint = "If this is correct, nothing needs to be done; it is not tested."
            warnings.append(
                Problem(
                    "config.yaml, statistics: correlate",
                    f"{name} {same}: nothing can be correlated with it",
                    hint,
                )
            )
    warnings += [problem for name in dict.fromkeys(named) for problem in _far_away(name, values[name])]
    return problems, [*warnings, *_twice_the_same([c for c in statistics.correlate if c in values], values)]


def _far_away(name: str, values: pd.Series) -> list[Problem]:
    """Numbers of one dyad, or of a few, that are several times further from the others than these are apart.

    One may be true; several together are rather in another unit: months, or years of birth.
    """
    known = values.dropna().sort_values()
    if len(known) < FEWEST_FOR_FAR:
        return []
    names, size = known.index.to_list(), known.to_list()
    for n in range(1, len(size) // MOST_FAR + 1):
        for rest, first, last in ((size[:-n], len(size) - n, len(size) - 1), (size[n:], 0, n - 1)):
            low, high, nearest, furthest, far = (
                rest[0],
                rest[-1],
                size[first],
                size[last],
                names[first : last + 1],
            )
            least = (FAR if n == 1 else FAR_OF_SEVERAL) * (high - low)
            if not (nearest - high > least > 0 or low - furthest > least > 0):
                continue
            others = f"{low:g} to {high:g} in the {len(rest)} other dyads"
            if n == 1:
                what = f"{name} of {far[0]} is {nearest:g}, and {others}"
                hint = "Compare it with its source: what is tested with it would rest on this dyad alone."
                shared = f"{name} of {far[0]} is far from that of all other dyads"
            else:
                what = f"{name} is {nearest:g} to {furthest:g} in {n} dyads ({listed(far)}), and {others}"
                hint = "Compare it with its source: is it in another unit there, such as months or years?"
                shared = f"{name} of {n} dyads is far from that of all others"
            return [Problem("config.yaml, statistics", what, hint, shared=shared)]
    return []


def _twice_the_same(names: Sequence[str], values: Mapping[str, pd.Series]) -> list[Problem]:
    """Correlates that are the same numbers, or the same with the other sign: two tests would be one."""
    warnings = []
    for one, other in combinations(names, 2):
        both = pd.DataFrame({"one": values[one], "other": values[other]}).dropna()
        if both["one"].nunique() < 2:
            continue
        if (both["one"] == both["other"]).all():
            same = f"{other} is {one} in every dyad"
        elif (both["one"] == -both["other"]).all():
            same = f"{other} is {one} with the other sign in every dyad"
        else:
            continue
        hint = "Their correlations are one result, not two: leave one of them out, or report them as one."
        warnings.append(Problem("config.yaml, statistics: correlate", same, hint))
    return warnings
