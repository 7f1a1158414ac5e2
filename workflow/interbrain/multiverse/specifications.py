"""All dyads under the whole grid become the specification table, and what it says jointly.

Takes the dyads' variants and factors. The tests' arithmetic stands in `joint`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from zlib import crc32

import numpy as np
import pandas as pd

from interbrain.statistics.anova import partial_eta2_interval
from interbrain.statistics.cells import mean_of_recorded
from interbrain.statistics.notes import fewer_times, shared_people
from interbrain.statistics.permutation import relabelings
from interbrain.statistics.therapists import therapists_decide
from interbrain.tables.multiverse import JOINT, SPECIFICATIONS

from .branch import KEYS, NO_WINDOW, TOO_SHORT, WITHOUT_DECISIONS
from .choices import CORRECTIONS
from .joint import Tests, joint_statistics, relabelled_tests, share_at_least

PLACE = ["dyad", "time", "band", "roi"]
COUNTS = ["df1", "df2", "n_dyads", "effect_rank", "n_specifications", "n_relabelings", "exact"]
RANGE = (2.5, 50, 97.5)  # percentiles of what relabelings give


@dataclass(frozen=True)
class Outcome:
    """What enters one specification's tests.

    Attributes
    ----------
    values : array, shape (n_dyads,)
        NaN for a dyad without one.
    before : array, shape (n_dyads,) or None
        The covariate: the first time's value.
    lacking : dict of dyad to reason
    remarks : list of str
    absent : dict of dyad to list
        Times without a recording that this branch can use, of dyads that enter with the others.
    times : list of str
        All that are used.
    """

    values: np.ndarray
    before: np.ndarray | None
    lacking: dict[str, str]
    remarks: list[str]
    absent: dict[str, list[str]] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)


def specification_tables(
    variants: pd.DataFrame,
    dyads: pd.DataFrame,
    specifications: pd.DataFrame,
    *,
    times: Sequence[str],
    between: Mapping[str, Sequence[str]],
    questionnaires: Sequence[str],
    covariates: Sequence[str] = (),
    n_relabelings: int = 10_000,
    seed: Sequence[int] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One test a specification and term (factor or questionnaire), and the joint tests of each term.

    Parameters
    ----------
    variants : DataFrame
        `branch.variants` of all dyads and runs, in any order.
    dyads : DataFrame
        One row a dyad that enters: dyad, therapist, client, factors, questionnaires, covariates.
    specifications : DataFrame
        Of `choices.combinations`.
    times : sequence of str
        The study's, in their order.
    between : mapping factor -> levels
        Each is tested beside the others as main effects. Of two levels the effect is d, the first level
        minus the second; of more it is partial eta squared.
    questionnaires : sequence of str
        Correlated each by itself: the effect is r.
    covariates : sequence of str
        Stand beside the factors, with one value a dyad.
    n_relabelings : int
        At most so many; all of them where there are no more.
    seed : sequence of int

    Returns
    -------
    table : DataFrame
        As `tables.multiverse` declares it. The outcome is a dyad's mean over all sites and bands. effect_rank
        orders the effects of a term; null_low to null_high is what relabelings give at that rank.
    joint : DataFrame
        As declared there: a row for each term and summary of `joint.joint_statistics`. The same
        relabelings run through all specifications, so that their dependence is kept.

    Notes
    -----
    A factor is relabelled within the combinations of the other factors' levels, a questionnaire over all
    dyads that have it; the other columns stay with their dyads. Two-sided. Relabelings are compared by the
    studentised statistic (HC3), so that neither unequal spread nor covariates that differ between groups
    count as an effect. Where several therapists have several dyads, therapists are exchanged (`_exchanged`).
    """
    dyads = dyads.reset_index(drop=True)
    outcomes = _outcomes(variants, list(dyads["dyad"]), specifications, list(times))
    rows, joint = [], []
    for term in [*between, *questionnaires]:
        found, together = _term(
            term, dyads, specifications, outcomes, between, covariates, n_relabelings, seed
        )
        rows += found
        joint += together
    return _table(rows, SPECIFICATIONS.names), _table(joint, JOINT.names)


def dyad_table(aggregated: pd.DataFrame, columns: Sequence[str]) -> pd.DataFrame:
    """One row a dyad of the aggregated dataset: dyad, therapist, client, and `columns`.

    What varies within a dyad, as a covariate may, is averaged over its rows.
    """
    people = aggregated.drop_duplicates("dyad")[["dyad", "therapist", "client", *columns]].set_index("dyad")
    for name in columns:
        if pd.api.types.is_numeric_dtype(aggregated[name]):
            own = aggregated.groupby("dyad", sort=False)[name]
            people[name] = people[name].where(own.nunique() == 1, own.mean())
    return people.reset_index()


def _outcomes(
    variants: pd.DataFrame, dyads: list[str], specifications: pd.DataFrame, times: list[str]
) -> list[Outcome]:
    """The outcome of each specification, from the mean over sites and bands at each time."""
    by_branch = {
        key: _means(rows, dyads, times)
        for key, rows in variants[variants["dyad"].isin(dyads)].groupby(KEYS, sort=False)
    }
    nothing: tuple[np.ndarray, dict, set] = (
        np.full((len(dyads), len(times), len(CORRECTIONS)), np.nan),
        {},
        set(),
    )
    outcomes = []
    for row in specifications.itertuples(index=False):
        means, notes, there = by_branch.get(tuple(getattr(row, key) for key in KEYS), nothing)
        values = means[:, :, list(CORRECTIONS).index(row.correction)]
        outcomes.append(_outcome(values, notes, there, row.times, dyads, times))
    return outcomes


def _means(rows: pd.DataFrame, dyads: list[str], times: list[str]) -> tuple[np.ndarray, dict, set]:
    """Mean over sites and bands, (n_dyads, n_times, n_corrections), the notes by dyad and time, and who has
    a recording at which time that this branch can use."""
    cells = rows[["band", "roi"]].drop_duplicates().sort_values(["band", "roi"])
    full = pd.MultiIndex.from_tuples(
        [(d, t, *cell) for d in dyads for t in times for cell in cells.itertuples(index=False)], names=PLACE
    )
    table = rows.set_index(PLACE)[[*CORRECTIONS.values()]].astype(float).reindex(full).to_numpy()
    table = table.reshape(len(dyads), len(times), len(cells), len(CORRECTIONS))
    said = rows[rows["note"].notna() & (rows["note"] != "")].sort_values(["band", "roi"])
    notes = {
        key: list(dict.fromkeys(part for note in own["note"] for part in note.split("; ")))
        for key, own in said.groupby(["dyad", "time"])
    }
    there = {
        key
        for key in zip(rows["dyad"], rows["time"], strict=True)
        if not any(note == NO_WINDOW or TOO_SHORT in note for note in notes.get(key, []))
    }
    return table.mean(axis=2), notes, there


def _outcome(
    values: np.ndarray, notes: Mapping, there: set, enter: str, dyads: list[str], times: list[str]
) -> Outcome:
    """Let the times enter as `enter` says: mean, change, ancova, or one of them by its name."""
    used, before, absent = times, None, {}
    if enter == "mean":
        recorded = np.array([[(dyad, t) in there for t in times] for dyad in dyads])
        outcome = mean_of_recorded(values, recorded)
        absent = {
            dyad: [t for t in times if (dyad, t) not in there]
            for dyad, row in zip(dyads, recorded, strict=True)
            if row.any() and not row.all()
        }
    elif enter == "change":
        outcome, used = values[:, -1] - values[:, 0], [times[0], times[-1]]
    elif enter == "ancova":
        outcome, used, before = values[:, -1].copy(), [times[0], times[-1]], values[:, 0]
        outcome[np.isnan(before)] = np.nan
    else:
        outcome, used = values[:, times.index(enter)], [enter]
    lacking, remarks = {}, {}
    for place, dyad in enumerate(dyads):
        reasons: dict[str, list[str]] = {}
        for t in used:
            said = notes.get((dyad, t), [])
            if WITHOUT_DECISIONS in said:
                remarks[dyad] = f"{dyad}: {WITHOUT_DECISIONS}"
            if np.isnan(values[place, times.index(t)]) and t not in absent.get(dyad, ()):
                without = "no value" if (dyad, t) in there else "no recording"
                why = [note for note in said if note != WITHOUT_DECISIONS] or [without]
                reasons.setdefault(", ".join(why), []).append(t)
        if reasons:
            lacking[dyad] = ", ".join(f"{why} ({', '.join(at)})" for why, at in reasons.items())
    said = [text for dyad, text in remarks.items() if dyad not in lacking]
    return Outcome(outcome, before, lacking, said, absent, used)


def _term(
    term: str,
    dyads: pd.DataFrame,
    specifications: pd.DataFrame,
    outcomes: Sequence[Outcome],
    between: Mapping[str, Sequence[str]],
    covariates: Sequence[str],
    n_relabelings: int,
    seed: Sequence[int],
) -> tuple[list[dict], list[dict]]:
    """The rows of one factor or questionnaire in both tables."""
    levels = between.get(term)
    others = [name for name in between if name != term] if levels else []
    has = dyads[term].notna().to_numpy()
    comparison, unit, signed = _about(term, dyads, levels)
    fixed = np.hstack(
        [np.ones((len(dyads), 1)), *(_indicators(dyads[name], between[name]) for name in others)]
        + [dyads[[name]].to_numpy(float) for name in (covariates if levels else [])]
    )
    about = {"tested": term, "comparison": comparison}
    orders, exact = np.arange(has.sum())[None], True
    if dyads[term].nunique() > 1:
        units, strata = _exchanged(dyads[has], term, others, levels is not None)
        relabelled = relabelings(
            dyads.loc[has, term].to_numpy(),
            strata,
            units,
            n_max=n_relabelings,
            seed=[*seed, crc32(term.encode())],
        )
        orders, exact = relabelled.orders, relabelled.exact
    columns = _indicators(dyads.loc[has, term], levels) if levels else _centred(dyads.loc[has, [term]])
    columns = columns[orders].swapaxes(1, 2)  # (n_relabelings, n_columns, n_dyads)

    rows, tested = [], {}
    for number, (choices, outcome) in enumerate(
        zip(specifications.to_dict("records"), outcomes, strict=True)
    ):
        model = fixed if outcome.before is None else np.column_stack([fixed, outcome.before])
        there = has & np.isfinite(outcome.values) & np.isfinite(model).all(axis=1)
        tests = None
        if there.any():
            tests = relabelled_tests(outcome.values[there], columns[:, :, there[has]], model[there])
        row = about | {"specification": number + 1, **choices, "effect_unit": unit}
        row["n_dyads"] = int(there.sum())
        notes = _notes(dyads, term, there, outcome, covariates if levels else [])
        if tests is None:
            notes.insert(0, _why_not_tested(term, dyads.loc[there, term], levels))
        else:
            row |= _numbers(tests, unit)
            if np.isnan(tests.wald[0]):
                notes.insert(0, "not relabelled: a dyad is alone in its group, whose spread is not known")
            else:
                tested[number] = tests
        rows.append(row | {"note": ". ".join(notes) or None})
    return rows, _jointly(about, rows, tested, unit, signed, exact)


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


def _notes(
    dyads: pd.DataFrame, term: str, there: np.ndarray, outcome: Outcome, covariates: Sequence[str]
) -> list[str]:
    """Who is left out and why, what else a reader must know, and who is in several of the dyads."""
    left_out = []
    for row in dyads.loc[~there].to_dict("records"):
        lacks = [f"no {name}" for name in (term, *covariates) if pd.isna(row[name])]
        reasons = [outcome.lacking[row["dyad"]]] if row["dyad"] in outcome.lacking else []
        left_out.append(f"{row['dyad']}: {', '.join(lacks + reasons)}")
    notes = [f"without {'; '.join(left_out)}"] if left_out else []
    few = fewer_times(outcome.absent, outcome.times, dyads.loc[there, "dyad"])
    return [*notes, *few, *outcome.remarks, *shared_people(dyads[there].set_index("dyad"))]


def _why_not_tested(term: str, labels: pd.Series, levels: Sequence[str] | None) -> str:
    if not len(labels):
        return "not tested: no dyad has a value"
    if labels.nunique() < 2:
        return f"not tested: {term} is the same in every dyad that has a value"
    return f"not tested: {len(labels)} dyads are too few, or {term} cannot be separated from the other terms"


def _jointly(
    about: dict, rows: list[dict], tested: Mapping[int, Tests], unit: str, signed: bool, exact: bool
) -> list[dict]:
    """The joint tests; and, into `rows`, the rank of each effect and what relabelings give at that rank."""
    from scipy.stats import rankdata

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
                "exact": int(exact),
                "note": None,
            }
        )
    return joint


def _summaries(tests: Sequence[Tests], unit: str, signed: bool) -> dict[str, np.ndarray]:
    effect, p, z = (np.stack([getattr(one, name) for one in tests]) for name in (unit, "p", "z"))
    return joint_statistics(effect, p, z, signed)


def _table(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=columns)
    return table.astype({name: "Int64" for name in COUNTS if name in columns})
