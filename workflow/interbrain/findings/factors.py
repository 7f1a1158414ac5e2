"""One factor between dyads: from the effects, contrasts, permutations and joint tests to a finding.

Direction and size come from the adjusted contrast, which belongs to the same model as the p; means of groups
decide nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from interbrain.statistics.correlations import holm

from .confirmation import confirmed, joint_test
from .form import (
    ALPHA,
    BOTH,
    CORRECTED,
    RAW,
    SMALL_STUDY,
    Claim,
    Finding,
    Reservation,
    missing,
    reason_of,
    rows_of,
)
from .sample import of_levels, of_therapists
from .signal_to_noise import factor_given_snr
from .spread import given_unequal_spread
from .therapists import deciding, p_over_therapists, pairs_over_therapists, untested_over_therapists

LARGE_ETA, LARGE_D = 0.14, 0.8  # Cohen's large effect, as partial eta squared and as d
UNTESTED = "the table of effects has no row for it"
NOT_WITHIN = "this is not computed for differences within dyads"


@dataclass(frozen=True)
class _Tested:
    """One measure's effect, and the pairs of levels that its contrasts support."""

    measure: str
    effect: pd.Series
    p: float  # over therapists, where these decide
    pairs: dict[tuple[str, str], pd.Series]  # (higher, lower) -> the contrast

    @property
    def significant(self) -> bool:
        return self.p < ALPHA


def judge_factor(
    tables: Mapping[str, pd.DataFrame],
    factor: str,
    measures: Sequence[str],
    of_brains: bool = True,
    within: bool = False,
) -> Finding:
    """What the tables of statistics say of one factor between dyads, or of the times or tasks within them.

    Parameters
    ----------
    tables : mapping of str to DataFrame
        ``anova``, ``contrasts``, ``permutation``, ``equivalence``, ``snr``, ``spread``, ``multiverse``;
        missing values are NaN or ``n/a``; a table that the study does not have may be left out. Without
        ``snr`` a claim has the reservation that signal-to-noise was not held constant. Where ``therapists``
        decide, their p, pairs and permutations are in the place of the dyads'.
    factor : str
    measures : sequence of str
        In the config's order.
    of_brains : bool
        Whether signal-to-noise of the EEG could explain a difference.
    within : bool
        The factor is the times or tasks: signal-to-noise was not held constant, and nothing was permuted.
    """
    tested, why = {}, []
    for measure in measures:
        row = effect_of(tables, measure, factor)
        if row is None or missing(row["F"]):
            why.append(why_untested(tables, measure, factor))
        else:
            p = p_over_therapists(tables, measure, factor)
            p = p_of(row) if p is None else p
            tested[measure] = _Tested(measure, row, p, _supported(tables, measure, factor))
    if not tested:
        return Finding(factor, "untested", reason=reason_of(why) or UNTESTED)
    decisive = CORRECTED if CORRECTED in tested else next(iter(tested))
    about = {
        "decisive": decisive,
        "n_dyads": min(one.effect["n_dyads"] for one in tested.values()),
        "reach": max(one.effect["partial_eta2_high"] for one in tested.values()),
    }
    kind, claims = _claims(tested, decisive)
    if not claims:
        depends = _interactions(tables, factor, decisive, corrected=True)
        verdict = _without_a_claim(tables, factor, tested)
        if verdict != "unclear":  # what a study does not tell, it tells of no therapist
            depends += tuple(_for_whom(tables, factor, decisive))
        return Finding(factor, verdict, reservations=depends, **about)
    basis = claims[0].measure  # what speaks against a claim on raw PLV alone is raw PLV's own
    snr = (Reservation("snr untested", {"reason": NOT_WITHIN}),) if within else ()
    against = (
        *(factor_given_snr(tables, factor, claims, decisive) if of_brains and not within else snr),
        *_given_the_dyads(tables, factor, basis, within),
        *_permutations(tables, basis, factor),
        *joint_test(tables, factor),
        *_for_whom(tables, factor, basis, claims),
        *_interactions(tables, factor, basis),
    )
    return Finding(factor, confirmed(against) if kind == "found" else kind, claims, against, **about)


def p_of(row: Mapping) -> float:
    """The p of an effect to judge by: Greenhouse and Geisser's where there is one."""
    return row["p"] if missing(row["p_gg"]) else row["p_gg"]


def effect_of(tables: Mapping[str, pd.DataFrame], measure: str, effect: str) -> pd.Series | None:
    table = tables["anova"]
    rows = table[(table["measure"] == measure) & (table["effect"] == effect)]
    return rows.iloc[0] if len(rows) else None


def why_untested(tables: Mapping[str, pd.DataFrame], measure: str, effect: str) -> str:
    """The reason that the effect's own row gives; else that of the measure's row without an effect."""
    row = effect_of(tables, measure, effect)
    if row is not None and not missing(row["note"]):
        return row["note"]
    table = tables["anova"]
    return reason_of(table[(table["measure"] == measure) & table["effect"].map(missing)]["note"]) or UNTESTED


def _supported(
    tables: Mapping[str, pd.DataFrame], measure: str, factor: str
) -> dict[tuple[str, str], pd.Series]:
    """Pairs of levels that differ after Holm's correction, by (higher, lower)."""
    rows = pairs_over_therapists(tables, measure, factor)
    if rows is None:
        rows = rows_of(tables, "contrasts", measure=measure, effect=factor)
    pairs = {}
    for _, row in rows.iterrows():
        if row["p_holm"] < ALPHA:
            levels = (row["level_a"], row["level_b"])
            pairs[levels if row["difference"] > 0 else levels[::-1]] = row
    return pairs


def _claims(tested: dict[str, _Tested], decisive: str) -> tuple[str, tuple[Claim, ...]]:
    """The kind of the strongest claim (``found`` where both measures support it), and all claims."""
    raw, corrected = tested.get(RAW), tested.get(CORRECTED)
    if raw is None and corrected is None:
        only = tested[decisive]  # further measures are shown beside these two, and decide alone only
        return ("found", _of(only, only.measure)) if only.significant else ("", ())
    if raw is None or corrected is None:
        alone = raw or corrected
        if alone is None or not alone.significant:
            return "", ()
        return ("unchecked" if corrected is None else "found"), _of(alone, alone.measure)
    if raw.significant and corrected.significant:
        turned = [pair for pair in corrected.pairs if pair[::-1] in raw.pairs]
        common = [pair for pair in corrected.pairs if pair in raw.pairs]
        if turned and not common:
            return "opposite", (*_of(corrected, CORRECTED), *_of(raw, RAW))
        shared = [_claim(BOTH, pair, corrected) for pair in common] or [Claim(BOTH, measure=CORRECTED)]
        rest = [
            _claim(one.measure, pair, one)
            for one in (corrected, raw)
            for pair in one.pairs
            if pair not in common
        ]
        return "found", (*shared, *rest)
    if corrected.significant:
        return "corrected-only", _of(corrected, CORRECTED)
    if raw.significant:
        return "raw-only", _of(raw, RAW)
    return "", ()


def _of(one: _Tested, on: str) -> tuple[Claim, ...]:
    return tuple(_claim(on, pair, one) for pair in one.pairs) or (Claim(on, measure=one.measure),)


def _claim(on: str, pair: tuple[str, str], one: _Tested) -> Claim:
    row = one.pairs[pair]
    sign = 1 if row["difference"] > 0 else -1
    ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
    return Claim(
        on, *pair, size=sign * row["difference"], low=ends[0], high=ends[1], d=sign * row["d"],
        p=row["p_holm"], measure=one.measure,
    )  # fmt: skip


def _without_a_claim(tables: Mapping[str, pd.DataFrame], factor: str, tested: dict[str, _Tested]) -> str:
    pairs = [rows_of(tables, "equivalence", measure=measure, factor=factor) for measure in tested]
    if all(len(one) and (one["verdict"] == "equivalent").all() for one in pairs):
        return "equivalent"
    can_tell = all(
        _units(tables, one, factor) >= SMALL_STUDY
        and one.effect["partial_eta2_high"] < LARGE_ETA
        and _bounded(tables, one.measure, factor)
        for one in tested.values()
    )
    return "none" if can_tell else "unclear"


def _bounded(tables: Mapping[str, pd.DataFrame], measure: str, factor: str) -> bool:
    """Whether no 95% interval of a difference of two levels reaches a large one.

    The interval of partial eta squared ends at zero where F is far below 1, however few the dyads are.
    """
    rows = pairs_over_therapists(tables, measure, factor)
    if rows is None:
        rows = rows_of(tables, "contrasts", measure=measure, effect=factor)
    for row in rows.to_dict("records"):
        sd = row["difference"] / row["d"] if missing(row.get("sd")) and row["d"] else row.get("sd")
        if missing(sd) or not max(abs(row["ci_low"]), abs(row["ci_high"])) < LARGE_D * abs(sd):
            return False
    return True


def _units(tables: Mapping[str, pd.DataFrame], one: _Tested, factor: str) -> int:
    """How many dyads, or therapists where these decide, a measure's test has."""
    over = deciding(tables, one.measure, factor)
    return int(over["n_therapists"].iloc[0] if len(over) else one.effect["n_dyads"])


def _given_the_dyads(
    tables: Mapping[str, pd.DataFrame], factor: str, measure: str, within: bool
) -> Iterator[Reservation]:
    """Unequal spread of the dyads; over therapists, the tests that decide allow for it themselves."""
    if len(deciding(tables, measure, factor)):
        return untested_over_therapists(tables, measure, factor)
    return iter(()) if within else given_unequal_spread(tables, factor, measure)


def _for_whom(
    tables: Mapping[str, pd.DataFrame], factor: str, measure: str, claims: Sequence[Claim] = ()
) -> Iterator[Reservation]:
    """Whose dyads these are: one therapist's, or few at a level."""
    yield from of_therapists(tables, measure, factor)
    yield from of_levels(tables, measure, factor, claims)


def _permutations(tables: Mapping[str, pd.DataFrame], measure: str, factor: str) -> Iterator[Reservation]:
    """What the permutations of dyads, and of therapists, do not confirm; whether they could have.

    Where therapists decide, theirs have the place of the dyads', which are no exchange of equals then.
    """
    rows = rows_of(tables, "permutation", measure=measure, effect=factor, roi="all", band="all")
    therapists = len(deciding(tables, measure, factor)) > 0
    for _, row in rows.iterrows():
        if therapists and row["unit"] == "dyad":
            continue
        if not row["p"] >= ALPHA:
            continue
        smallest = row.get("smallest_p")
        cannot = not missing(smallest) and smallest >= ALPHA
        kind = "floor" if cannot else "permutation"
        if row["unit"] != "dyad" and not therapists:
            kind = "therapists"
        yield Reservation(
            kind,
            {
                **({} if row["unit"] == "dyad" else {"unit": str(row["unit"])}),
                "p": float(row["p"]),
                "n_relabelings": int(row["n_relabelings"]),
                "smallest_p": None if missing(smallest) else float(smallest),
                **({"reachable": "no"} if cannot and kind == "therapists" else {}),
            },
        )


def _interactions(
    tables: Mapping[str, pd.DataFrame], factor: str, measure: str, corrected: bool = False
) -> tuple[Reservation, ...]:
    """The factor's interactions below alpha, in the measure that decides.

    Beside a claim each counts by itself; without one they would be claims, and are corrected.
    """
    table = rows_of(tables, "anova", measure=measure)
    own = table[[":" in effect and factor in effect.split(":") for effect in map(str, table["effect"])]]
    own = own[own["F"].notna()]
    records = own.to_dict("records")
    over_therapists = [p_over_therapists(tables, measure, row["effect"]) for row in records]
    p = [p_of(row) if p is None else p for row, p in zip(records, over_therapists, strict=True)]
    lines = [
        row["apa"] if p is None else deciding(tables, measure, row["effect"])["apa"].iloc[0]
        for row, p in zip(records, over_therapists, strict=True)
    ]
    units = [{} if p is None else {"unit": "therapist"} for p in over_therapists]
    if corrected and p:
        p = list(holm(p))
    return tuple(
        Reservation("interaction", {"effect": row["effect"], "apa": line, **unit})
        for row, line, unit, one in zip(records, lines, units, p, strict=True)
        if one < ALPHA
    )
