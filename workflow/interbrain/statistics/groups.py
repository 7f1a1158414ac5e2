"""Groups of dyads against one another: one table for each family of tests, a note in every row.

The arithmetic stands in `anova`, `contrasts`, `permutation`, `equivalence`, `mixed` and `power`; here stands
who enters, and what is said where something cannot be tested.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import combinations

import numpy as np
import pandas as pd

from interbrain.apa import lines
from interbrain.tables import factors
from interbrain.tables.declaration import by_family

from .anova import partial_eta2_interval, rm_anova
from .cells import Cells
from .contrasts import PAIRS, emmeans, pairwise
from .design import DesignError, in_order
from .equivalence import equivalence_of_contrasts
from .mixed import mixed_model
from .notes import fewer_cells, fewer_times, note, shared_people, without
from .permutation import permutation_tests
from .power import power_of_contrast
from .therapists import WITHIN_UNIT, pair_errors, therapists_decide, within_therapists

OF_FACTORS = by_family(factors)
NOT_INDEPENDENT = (
    "Not computed: several therapists have several dyads, and power depends on how alike the dyads of a "
    "therapist are."
)


@dataclass(frozen=True)
class Model:
    """What is asked of every measure.

    Attributes
    ----------
    between, within, covariates : tuple of str
    interactions : bool
    sums_of_squares : int
        2 or 3.
    relabelings : int
        Permutations at most.
    bound_d : float
        The smallest difference that would matter, Cohen's d.
    seed : tuple of int
        Of the permutations.
    levels : mapping factor -> levels
        Their order: the first minus the second is the direction of a difference. Where it is not given, that
        in which they occur.
    """

    between: tuple[str, ...]
    within: tuple[str, ...]
    covariates: tuple[str, ...] = ()
    interactions: bool = False
    sums_of_squares: int = 3
    relabelings: int = 10_000
    bound_d: float = 0.5
    seed: tuple[int, ...] = (0,)
    levels: Mapping[str, Sequence] = field(default_factory=dict)

    def in_order(self, factor: str, found: Iterable) -> list:
        """The levels of a factor that occur."""
        return in_order(found, self.levels.get(factor, ()))


@dataclass(frozen=True)
class Entering:
    """One measure, who enters its tests, and what they are asked.

    Attributes
    ----------
    measure : str
    long : DataFrame
        One row a dyad and level of the within factors.
    within, covariates : list of str
        With what the handling of time adds.
    left_out : dict of dyad to what it lacks
    cells : Cells
    model : Model
    """

    measure: str
    long: pd.DataFrame
    within: list[str]
    covariates: list[str]
    left_out: dict
    cells: Cells
    model: Model

    @property
    def asked(self) -> tuple[pd.DataFrame, str, str, list[str], list[str], list[str], bool]:
        """data, dv, subject, between, within, covariates, interactions: what the model's functions take."""
        between, interactions = list(self.model.between), self.model.interactions
        return self.long, self.measure, "dyad", between, self.within, self.covariates, interactions

    @cached_property
    def dyads(self) -> list:
        return list(self.long["dyad"].unique())

    @property
    def n_dyads(self) -> int:
        return len(self.dyads)

    def of(self, means: pd.DataFrame) -> pd.DataFrame:
        """The rows of those dyads that enter."""
        return means[means["dyad"].isin(self.dyads)]

    def groups(self, factor: str) -> list[tuple[str, pd.Series]]:
        """The levels of a factor between dyads, and the dyads' means of all cells at each."""
        groups = self.of(self.cells.whole).groupby(factor, sort=False, observed=True)[self.measure]
        found = dict(iter(groups))
        return [(level, found[level]) for level in self.model.in_order(factor, found)]

    def notes(self, compares_dyads: bool = True) -> list[str]:
        return [*self.who, *(self.shared if compares_dyads else [])]

    @cached_property
    def shared(self) -> list[str]:
        """Who is in several of the dyads that enter."""
        return shared_people(self.cells.dyads.loc[self.dyads])

    @cached_property
    def who(self) -> list[str]:
        """Who is left out, and who enters with some of the times only."""
        few = fewer_times(self.cells.absent, self.cells.times, self.dyads)
        return [*without(self.left_out), *(few if self.cells.time == "mean" else [])]

    def untested(self, reason: Exception) -> dict:
        said = note([str(reason), *self.who])
        return {"measure": self.measure, "n_dyads": self.n_dyads, "apa": lines.NOT_TESTED, "note": said}


def entering(cells: Cells, measures: Sequence[str], model: Model) -> list[Entering]:
    """What each measure's tests start from: the same dyads for every family."""
    return [
        Entering(
            measure, *cells.entering(measure, model.within, model.between, model.covariates), cells, model
        )
        for measure in measures
    ]


def anova(measures: Sequence[Entering]) -> pd.DataFrame:
    """Every effect of the model, with effect sizes and their intervals."""
    rows = []
    for one in measures:
        try:
            effects = rm_anova(*one.asked, ss_type=one.model.sums_of_squares)
        except DesignError as reason:
            rows.append(one.untested(reason))
            continue
        for row in effects.to_dict("records"):
            for confidence, end in ((0.95, ""), (0.90, "90")):
                low, high = partial_eta2_interval(row["F"], row["df1"], row["df2"], confidence)
                row |= {f"partial_eta2_low{end}": low, f"partial_eta2_high{end}": high}
            flat = ["the dyads do not vary in this effect"] if np.isnan(row["F"]) else []
            said = note([*flat, *one.notes(_compares_dyads(row["effect"], one.model))])
            about = {"measure": one.measure, "n_dyads": one.n_dyads}
            rows.append(about | row | {"apa": lines.apa_anova(row), "note": said})
    return table(rows, "anova")


def descriptives(measures: Sequence[Entering]) -> pd.DataFrame:
    """Mean and SD over dyads: of each dyad's mean of all cells, and of its mean at each within level.

    Where tasks or times are compared, these are a factor within dyads like any other.
    """
    rows = []
    for one in measures:
        groups = [("all", "all", one.of(one.cells.whole)[one.measure])]
        groups += [(factor, *group) for factor in one.model.between for group in one.groups(factor)]
        groups += [
            (factor, level, group.groupby("dyad", sort=False)[one.measure].mean())
            for factor in one.model.within
            for level, group in one.of(one.cells.single).groupby(factor, sort=False, observed=True)
        ]
        groups += [
            (factor, level, group.groupby("dyad", sort=False)[one.measure].mean())
            for factor in one.within
            if factor not in one.model.within
            for level, group in one.long.groupby(factor, sort=False, observed=True)
        ]
        for factor, level, values in groups:
            summary = {"n": len(values), "mean": values.mean(), "sd": values.std(ddof=1)}
            about = {"measure": one.measure, "factor": factor, "level": level}
            rows.append(about | summary | {"note": note(one.who)})
    return table(rows, "descriptives")


def means(measures: Sequence[Entering]) -> pd.DataFrame:
    """Estimated marginal means of every factor and of every two together."""
    rows = []
    for one in measures:
        try:
            found = emmeans(*one.asked, order=one.model.levels).assign(
                measure=one.measure, note=note(one.who)
            )
            rows += found.to_dict("records")
        except DesignError:
            continue  # the row of the effects says why
    return table(rows, "means")


def contrasts(measures: Sequence[Entering]) -> pd.DataFrame:
    """Each two levels of every factor against one another."""
    rows = []
    for one in measures:
        try:
            pairs = pairwise(*one.asked, order=one.model.levels)
        except DesignError:
            continue
        for row in pairs.to_dict("records"):
            said = note(one.notes(_compares_dyads(row["effect"], one.model)))
            rows.append({"measure": one.measure, **row, "apa": lines.apa_pairwise(row), "note": said})
    return table(rows, "contrasts")


def permutations(measures: Sequence[Entering]) -> pd.DataFrame:
    """Each factor between dyads with its labels permuted: over dyads, and over or within shared therapists.

    A therapist in several dyads makes dyads dependent. Relabelling therapists instead of dyads respects that
    where the factor is the therapist's own; else relabelling each therapist's dyads among themselves does.
    """
    rows = []
    for one in measures:
        therapists = one.cells.dyads.loc[one.dyads, "therapist"]
        shared = therapists.duplicated().any()
        data, dv, subject, between, within, covariates, _ = one.asked
        # Random relabelings must depend neither on the order of rows nor on labels.
        size = data.groupby("dyad")[one.measure].transform("mean").rename("size")
        data = data.loc[pd.concat([size, data["dyad"]], axis=1).sort_values(["size", "dyad"]).index]
        tests = []
        for factor in one.model.between:
            tests.append((factor, "dyad"))
            if shared:
                tests.append((factor, WITHIN_UNIT if within_therapists(one, factor) else "therapist"))
        for factor, unit in tests:
            try:
                found = permutation_tests(
                    data,
                    dv,
                    subject,
                    between,
                    within,
                    covariates,
                    factor=factor,
                    units="therapist" if unit == "therapist" else None,
                    strata="therapist" if unit == WITHIN_UNIT else None,
                    n_max=one.model.relabelings,
                    seed=one.model.seed,
                )
            except DesignError as reason:
                rows.append(one.untested(reason) | {"effect": factor, "unit": unit})
                continue
            for row in found.to_dict("records"):
                said = note(one.notes(compares_dyads=unit == "dyad"))
                about = {
                    "measure": one.measure,
                    "unit": unit,
                    "note": said,
                    "apa": lines.apa_permutation(row),
                }
                rows.append(row | about)
    return table(rows, "permutation")


def equivalences(measures: Sequence[Entering]) -> pd.DataFrame:
    """Each two levels of a factor between dyads: different, equivalent, or inconclusive.

    Of the adjusted contrasts, and corrected over the pairs of a factor: the same d as in `contrasts`.
    """
    rows = []
    for one in measures:
        adjusted, reason = _between_pairs(one)
        for factor in one.model.between:
            sizes = {level: len(dyads) for level, dyads in one.groups(factor)}
            bound = one.model.bound_d
            about = {"measure": one.measure, "factor": factor, "bound_d": bound}
            own = adjusted[adjusted["effect"] == factor]
            known = own.dropna(subset=["d"])
            try:
                found = equivalence_of_contrasts(_sizes(_over_therapists(one, factor, known)), bound)
            except DesignError as why:
                known, reason = known.iloc[:0], why
                found = []
            for row, judged in zip(known.to_dict("records"), found, strict=True):
                pair = {f"n_{end}": sizes[row[f"level_{end}"]] for end in "ab"} | {
                    f"level_{end}": row[f"level_{end}"] for end in "ab"
                }
                judged["bound"] = bound * row["sd"]
                rows.append(about | pair | judged | {"note": note(one.notes())})
            if known.empty:
                untested = reason or DesignError("The dyads do not vary within the groups: no d.")
                said = {"verdict": "cannot tell", "note": one.untested(untested)["note"]}
                for a, b in combinations(sizes, 2):
                    pair = {"level_a": a, "level_b": b, "n_a": sizes[a], "n_b": sizes[b]}
                    rows.append(about | pair | said)
    return table(rows, "equivalence")


def _between_pairs(one: Entering) -> tuple[pd.DataFrame, DesignError | None]:
    """The adjusted contrasts of the factors between dyads; or none, and why."""
    try:
        return pairwise(*one.asked, order=one.model.levels), None
    except DesignError as reason:
        return pd.DataFrame(columns=PAIRS), reason


def _over_therapists(one: Entering, factor: str, pairs: pd.DataFrame) -> pd.DataFrame:
    """The contrasts with the errors over therapists, where these decide."""
    errors = pair_errors(one, factor)
    if errors is None or pairs.empty:
        return pairs
    found = [errors[a, b] for a, b in zip(pairs["level_a"], pairs["level_b"], strict=True)]
    return pairs.assign(se=[se for se, _ in found], df=[df for _, df in found])


def _sizes(pairs: pd.DataFrame) -> list[tuple[float, float, int]]:
    """d, its standard error in residual SDs, and the degrees of freedom of each contrast."""
    return list(zip(pairs["d"], pairs["se"] / pairs["sd"], pairs["df"], strict=True))


def mixed(measures: Sequence[Entering]) -> pd.DataFrame:
    """The same model with the therapist as a random effect, where that can be fitted."""
    rows = []
    for one in measures:
        _, dv, subject, between, within, covariates, _ = one.asked
        data, *_, left_out = one.cells.entering(
            one.measure, one.model.within, one.model.between, one.model.covariates, every_cell=False
        )
        who = data["dyad"].unique()
        few = fewer_times(one.cells.absent, one.cells.times, who)
        few = few if one.cells.time in ("mean", "factor") else []
        few += fewer_cells(one.cells.lacking(one.cells.dyads[[]], one.measure, partial=True), who)
        found = mixed_model(data, dv, subject, "therapist", between, within, covariates)
        for row in found.to_dict("records"):
            said = note([row.pop("note", None), *without(left_out), *few])
            rows.append({"measure": one.measure, **row, "apa": lines.apa_mixed(row), "note": said})
    return table(rows, "mixed")


def power(measures: Sequence[Entering]) -> pd.DataFrame:
    """What this study could detect of each factor of two levels, and what a cautious guess would need."""
    rows = []
    for one in measures:
        adjusted, reason = _between_pairs(one)
        for factor in one.model.between:
            row = {"measure": one.measure, "effect": factor, "n_dyads": one.n_dyads}
            pairs = adjusted[adjusted["effect"] == factor]
            if therapists_decide(one.cells.dyads.loc[one.dyads, "therapist"]):
                rows.append(row | {"sentence": NOT_INDEPENDENT})
            elif reason is not None and len(one.groups(factor)) == 2:
                rows.append(row | {"sentence": str(reason)})
            elif len(pairs) == 1 and pairs["d"].notna().all():
                found = power_of_contrast(*_sizes(pairs)[0], one.n_dyads)
                rows.append(row | found | {"note": note(one.who)})
            elif len(pairs) == 1:
                rows.append(row | {"sentence": "The dyads do not vary within the groups: no d."})
    return table(rows, "power")


def _compares_dyads(effect: str, model: Model) -> bool:
    return bool(set(effect.split(":")) & set(model.between))


def table(rows: list[dict], family: str) -> pd.DataFrame:
    """Make the table of these rows, with every column of the family."""
    return pd.DataFrame(rows).reindex(columns=OF_FACTORS[family].names)


FAMILIES = {
    "descriptives": descriptives,
    "anova": anova,
    "means": means,
    "contrasts": contrasts,
    "permutation": permutations,
    "equivalence": equivalences,
    "mixed": mixed,
    "power": power,
}
