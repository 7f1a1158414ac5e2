"""One question under every specification: a factor, a score, or the mean against zero; a row a specification.

The same relabelings, or flips of signs, run through all of them. The arithmetic is in `joint`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pandas as pd

from interbrain.statistics.anova import partial_eta2_interval
from interbrain.statistics.notes import fewer_times, note, shared_people, without_for
from interbrain.statistics.permutation import relabelings
from interbrain.statistics.presence import sign_flips
from interbrain.statistics.therapists import therapists_decide

from .joint import Tests, joint_statistics, relabelled_tests, share_at_least
from .outcome import Outcome

COUNTS = ["df1", "df2", "n_dyads", "effect_rank", "n_specifications", "n_relabelings", "exact"]
FEW = {0: "no dyad has a value", 1: "one dyad alone has a value"}
RANGE = (2.5, 50, 97.5)  # percentiles of what relabelings give


@dataclass(frozen=True)
class Question:
    """What is tested under every specification.

    Attributes
    ----------
    about : dict
        Leading columns of its rows.
    has : array of bool, shape (n_dyads,)
        Dyads that have what is tested.
    columns : array, shape (n_relabelings, n_columns, n_has)
        The first as the dyads are.
    fixed : array, shape (n_dyads, n_fixed)
    unit : str
        Of the effect: d, r or partial_eta2.
    signed : bool
    exact : bool
        Whether these are all relabelings that there are.
    why : function of the labels of the dyads with a value
        Why there is no test.
    needed : sequence of str
        Columns of the dyads without which one does not enter.
    """

    about: dict
    has: np.ndarray
    columns: np.ndarray
    fixed: np.ndarray
    unit: str
    signed: bool
    exact: bool
    why: Callable[[pd.DataFrame], str]
    needed: Sequence[str] = field(default=())


def term(
    tested: str,
    dyads: pd.DataFrame,
    specifications: pd.DataFrame,
    outcomes: Sequence[Outcome],
    between: Mapping[str, Sequence[str]],
    covariates: Sequence[str],
    n_relabelings: int,
    seed: Sequence[int],
) -> tuple[list[dict], list[dict]]:
    """The rows of one factor or questionnaire in both tables."""
    levels = between.get(tested)
    others = [name for name in between if name != tested] if levels else []
    has = dyads[tested].notna().to_numpy()
    comparison, unit, signed = _about(tested, dyads, levels)
    fixed = np.hstack(
        [np.ones((len(dyads), 1)), *(_indicators(dyads[name], between[name]) for name in others)]
        + [dyads[[name]].to_numpy(float) for name in (covariates if levels else [])]
    )
    orders, exact = np.arange(has.sum())[None], True
    if dyads[tested].nunique() > 1:
        units, strata = _exchanged(dyads[has], tested, others, levels is not None)
        relabelled = relabelings(
            dyads.loc[has, tested].to_numpy(),
            strata,
            units,
            n_max=n_relabelings,
            seed=[*seed, crc32(tested.encode())],
        )
        orders, exact = relabelled.orders, relabelled.exact
    columns = _indicators(dyads.loc[has, tested], levels) if levels else _centred(dyads.loc[has, [tested]])
    question = Question(
        about={"tested": tested, "comparison": comparison},
        has=has,
        columns=columns[orders].swapaxes(1, 2),  # (n_relabelings, n_columns, n_dyads)
        fixed=fixed,
        unit=unit,
        signed=signed,
        exact=exact,
        why=lambda there: _why_not_tested(tested, there[tested], levels),
        needed=[tested, *(covariates if levels else [])],
    )
    return under_all(question, dyads, specifications, outcomes)


def against_zero(
    name: str,
    dyads: pd.DataFrame,
    specifications: pd.DataFrame,
    outcomes: Sequence[Outcome],
    n_flips: int,
    seed: Sequence[int],
) -> tuple[list[dict], list[dict]]:
    """The rows of the mean over dyads against zero, by flips of signs, in both tables.

    A column of signs without an intercept has the mean of the flipped values as its slope, and the t of one
    sample: the effect is the mean in standard deviations. Where several therapists have several dyads, the
    dyads of one change their signs together.
    """
    units = np.arange(len(dyads))
    if therapists_decide(dyads["therapist"]):
        units = pd.factorize(dyads["therapist"])[0]
    flips = sign_flips(int(units.max()) + 1, n_flips, seed)
    # Of an exact test, one of two opposite flips is enough for its p, but not for the range of effects.
    signs = np.concatenate([flips.signs, -flips.signs]) if flips.exact else flips.signs
    question = Question(
        about={"tested": name, "comparison": None},
        has=np.ones(len(dyads), dtype=bool),
        columns=signs[:, None, units].astype(float),
        fixed=np.empty((len(dyads), 0)),
        unit="d",
        signed=True,
        exact=flips.exact,
        why=lambda there: f"not tested: {FEW.get(len(there), 'the dyads do not differ')}",
    )
    return under_all(question, dyads, specifications, outcomes)


def under_all(
    question: Question, dyads: pd.DataFrame, specifications: pd.DataFrame, outcomes: Sequence[Outcome]
) -> tuple[list[dict], list[dict]]:
    """Ask a question under every specification: a row each, and the joint tests."""
    rows, tested = [], {}
    has, fixed = question.has, question.fixed
    for number, (choices, outcome) in enumerate(
        zip(specifications.to_dict("records"), outcomes, strict=True)
    ):
        model = fixed if outcome.before is None else np.column_stack([fixed, outcome.before])
        there = has & np.isfinite(outcome.values) & np.isfinite(model).all(axis=1)
        tests = None
        if there.any():
            tests = relabelled_tests(outcome.values[there], question.columns[:, :, there[has]], model[there])
        row = question.about | {"specification": number + 1, **choices, "effect_unit": question.unit}
        row["n_dyads"] = int(there.sum())
        notes = _notes(dyads, question.needed, there, outcome)
        if tests is None:
            why = question.why(dyads.loc[there])
            reasons = set(outcome.lacking.values())
            if not there.any() and len(reasons) == 1 and set(dyads["dyad"]) <= set(outcome.lacking):
                notes = [f"{why}: {reasons.pop()}"]  # said once and not of every dyad
            else:
                notes.insert(0, why)
        else:
            row |= _numbers(tests, question.unit)
            if np.isnan(tests.wald[0]):
                notes.insert(0, "not relabelled: a dyad is alone in its group, whose spread is not known")
            else:
                tested[number] = tests
        rows.append(row | {"note": note(notes)})
    return rows, _jointly(question, rows, tested)


def _about(term: str, dyads: pd.DataFrame, levels: Sequence[str] | None) -> tuple[str | None, str, bool]:
    """What is compared, the unit of the effect, and whether it has a direction."""
    if levels is None:
        return None, "r", True
    used = [level for level in levels if (dyads[term] == level).any()]
    return (f"{used[0]} - {used[1]}", "d", True) if len(used) == 2 else (None, "partial_eta2", False)


def _indicators(labels: pd.Series, levels: Sequence[str]) -> np.ndarray:
    """(n_dyads, n_levels - 1): 1 where a dyad has the level; of all levels in use but the last."""
    used = [level for level in levels if (labels == level).any()]
    columns = [labels == level for level in used[:-1]]
    return np.array(columns, float).reshape(len(columns), len(labels)).T


def _centred(values: pd.DataFrame) -> np.ndarray:
    numbers = values.to_numpy(float)
    return numbers - numbers.mean(axis=0) if len(numbers) else numbers


def _exchanged(
    dyads: pd.DataFrame, term: str, others: Sequence[str], is_factor: bool
) -> tuple[list | None, np.ndarray]:
    """Whose labels are exchanged (None: the dyads'), and within which strata.

    Where several therapists have several dyads: the therapists', if the factor or score is their own; else,
    of a factor, those of each therapist's dyads among themselves.
    """
    several = therapists_decide(dyads["therapist"])
    own = dyads.groupby("therapist")[term].nunique().max() == 1
    if several and own:
        return list(dyads["therapist"]), _strata(dyads[others])
    if several and is_factor:
        return None, _strata(dyads[[*others, "therapist"]])
    return None, _strata(dyads[others])


def _strata(others: pd.DataFrame) -> np.ndarray:
    """One number for each combination of the other factors' levels, (n_dyads,)."""
    if not others.shape[1]:
        return np.zeros(len(others), dtype=int)
    return others.groupby(list(others), sort=False).ngroup().to_numpy()


def _numbers(tests: Tests, unit: str) -> dict:
    low, high = {
        "d": tests.interval_d,
        "r": tests.interval_r,
        "partial_eta2": lambda: partial_eta2_interval(tests.F[0], tests.df1, tests.df2),
    }[unit]()
    size = getattr(tests, unit)[0]
    numbers = {"effect_size": size, "effect_size_low": low, "effect_size_high": high}
    numbers |= {"df1": tests.df1, "df2": tests.df2, "F": tests.F[0], "p": tests.p[0]}
    return numbers | {"p_permutation": share_at_least(tests.wald)}


def _notes(dyads: pd.DataFrame, needed: Sequence[str], there: np.ndarray, outcome: Outcome) -> list[str]:
    """Who is left out and why, what else a reader must know, and who is in several of the dyads."""
    left_out: dict[str, list[str]] = {}
    for row in dyads.loc[~there].to_dict("records"):
        lacks = [f"no {name}" for name in needed if pd.isna(row[name])]
        lacks += [outcome.lacking[row["dyad"]]] if row["dyad"] in outcome.lacking else []
        left_out[row["dyad"]] = lacks
    notes = without_for(left_out)
    few = fewer_times(outcome.absent, outcome.times, dyads.loc[there, "dyad"])
    return [*notes, *few, *outcome.remarks, *shared_people(dyads[there].set_index("dyad"))]


def _why_not_tested(term: str, labels: pd.Series, levels: Sequence[str] | None) -> str:
    if not len(labels):
        return "not tested: no dyad has a value"
    if labels.nunique() < 2:
        return f"not tested: {term} is the same in every dyad that has a value"
    return f"not tested: {len(labels)} dyads are too few, or {term} cannot be separated from the other terms"


def _jointly(question: Question, rows: list[dict], tested: Mapping[int, Tests]) -> list[dict]:
    """The joint tests; and, into `rows`, the rank of each effect and what relabelings give at that rank."""
    from scipy.stats import rankdata

    about, unit, signed = question.about, question.unit, question.signed
    if not tested:
        note = "no specification could be tested; its rows say why"
        names = ["median_effect", "significant_share", "stouffer_z"]
        return [about | {"summary": name, "n_specifications": 0, "note": note} for name in names]
    found = _summaries(list(tested.values()), unit, signed)
    relabelled = [one.studentised for one in tested.values()]
    effect = np.stack([getattr(one, unit) for one in relabelled])
    ranks = rankdata([getattr(one, unit)[0] for one in tested.values()], method="ordinal")
    ordered = np.sort(effect, axis=0)  # NaN last
    null = np.nanpercentile(ordered, RANGE, axis=1)  # (3, n_specifications)
    for number, rank in zip(tested, ranks, strict=True):
        low, median, high = null[:, rank - 1]
        rows[number] |= {"effect_rank": int(rank), "null_low": low, "null_median": median, "null_high": high}
    joint = []
    for name, values in _summaries(relabelled, unit, signed).items():
        size = np.abs(values) if signed else values
        low, median, high = np.nanpercentile(values, RANGE)
        joint.append(
            {
                **about,
                "summary": name,
                "observed": found[name][0],
                **{"null_low": low, "null_median": median, "null_high": high},
                "p_permutation": share_at_least(size),
                "n_specifications": len(tested),
                "n_relabelings": len(values),
                "exact": int(question.exact),
                "note": None,
            }
        )
    return joint


def _summaries(tests: Sequence[Tests], unit: str, signed: bool) -> dict[str, np.ndarray]:
    effect, p, z = (np.stack([getattr(one, name) for one in tests]) for name in (unit, "p", "z"))
    return joint_statistics(effect, p, z, signed)


def as_table(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=columns)
    return table.astype({name: "Int64" for name in COUNTS if name in columns})
