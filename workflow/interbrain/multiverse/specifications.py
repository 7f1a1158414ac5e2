"""All dyads under the whole grid become the specification table, and what it says jointly.

Takes the dyads' variants and factors. `outcome` lets the times enter, `terms` tests.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from interbrain.statistics.unmeasured import measured_cells
from interbrain.tables.multiverse import JOINT, SPECIFICATIONS

from .branch import KEYS, NO_WINDOW, TOO_SHORT, WITHOUT_DECISIONS
from .choices import CORRECTIONS
from .outcome import Outcome, outcome_of
from .terms import as_table, term

PLACE = ["dyad", "time", "band", "roi"]


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
        As `tables.multiverse` declares it. The outcome is a dyad's mean over all sites and bands but those
        that nobody has under these choices, which the note names. effect_rank
        orders the effects of a term; null_low to null_high is what relabelings give at that rank.
    joint : DataFrame
        As declared there: a row for each term and summary of `joint.joint_statistics`. The same
        relabelings run through all specifications, so that their dependence is kept.

    Notes
    -----
    A factor is relabelled within the combinations of the other factors' levels, a questionnaire over all
    dyads that have it; the other columns stay with their dyads. Two-sided. Relabelings are compared by the
    studentised statistic (HC3), so that neither unequal spread nor covariates that differ between groups
    count as an effect. Where several therapists have several dyads, therapists are exchanged (`terms`).
    """
    dyads = dyads.reset_index(drop=True)
    outcomes = _outcomes(variants, list(dyads["dyad"]), specifications, list(times))
    rows, joint = [], []
    for tested in [*between, *questionnaires]:
        found, together = term(
            tested, dyads, specifications, outcomes, between, covariates, n_relabelings, seed
        )
        rows += found
        joint += together
    return as_table(rows, SPECIFICATIONS.names), as_table(joint, JOINT.names)


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
    nothing: tuple[np.ndarray, dict, set, list] = (
        np.full((len(dyads), len(times), len(CORRECTIONS)), np.nan),
        {},
        set(),
        [],
    )
    outcomes = []
    for row in specifications.itertuples(index=False):
        means, notes, there, remarks = by_branch.get(tuple(getattr(row, key) for key in KEYS), nothing)
        values = means[:, :, list(CORRECTIONS).index(row.correction)]
        outcome = outcome_of(values, notes, there, row.times, dyads, times)
        outcomes.append(replace(outcome, remarks=[*outcome.remarks, *remarks]))
    return outcomes


def _means(rows: pd.DataFrame, dyads: list[str], times: list[str]) -> tuple[np.ndarray, dict, set, list[str]]:
    """Mean over sites and bands, (n_dyads, n_times, n_corrections), the notes by dyad and time, who has a
    recording at which time that this branch can use, and which bands or sites nobody has.

    These are left out, as in the study's own tests.
    """
    every, (rows, _, left_out) = rows, measured_cells(rows, list(CORRECTIONS.values()), [])
    kept = every["band"].isin(rows["band"]) & every["roi"].isin(rows["roi"])
    said = every.loc[~kept, "note"].dropna()
    why = list(dict.fromkeys(one for one in said if one and one != WITHOUT_DECISIONS))
    remarks = [f"{left_out}{f' ({why[0]})' if len(why) == 1 else ''}"] if left_out else []
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
    return table.mean(axis=2), notes, there, remarks
