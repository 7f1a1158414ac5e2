"""Coordination of signals over dyads: against zero, between groups, and with scores; a family a measure.

The tests are those of synchrony (`presence`, `groups`, `scores`), on a table of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from interbrain.tables.signal_statistics import OF_SIGNALS

from . import groups, presence, scores
from .cells import PEOPLE, study_cells
from .notes import whole_counts

PLACE = "all"  # coordination has no band and no site
AGAINST_ZERO = "_above_chance"


def signal_statistics(
    table: pd.DataFrame,
    measures: Sequence[str],
    between: Sequence[str],
    questionnaires: Sequence[str],
    *,
    time: str = "mean",
    covariates: Sequence[str] = (),
    interactions: bool = False,
    sums_of_squares: int = 3,
    relabelings: int = 10_000,
    bootstraps: int = 10_000,
    equivalence: Mapping[str, float] | None = None,
    seed: Sequence[int] = (0,),
) -> dict[str, pd.DataFrame]:
    """Make the tables of tests of coordination.

    Parameters
    ----------
    table : DataFrame
        A row a dyad and time: dyad, therapist, client, time, the factors, the scores and one column a
        measure of coordination.
    measures : sequence of str
        Columns to test: of each measure what is 0 without coordination.
    between, questionnaires, time and further
        As `study.analyse` takes them.

    Returns
    -------
    dict of DataFrame
        signalpresence, signalanova, signalcontrasts, signalcorrelations.
    """
    bounds = {"d": 0.5, "r": 0.3, **(equivalence or {})}
    data = table.assign(roi=PLACE, band=PLACE)
    known = [measure for measure in measures if data[measure].notna().any()]
    found = {name: pd.DataFrame(columns=one.names) for name, one in OF_SIGNALS.items()}
    of_means = study_cells(data, known, PEOPLE) if known else None
    found["signalpresence"] = presence.presence(of_means, measures, relabelings, seed)
    if not known:
        return found
    cells = study_cells(data, known, [*PEOPLE, *between, *questionnaires], covariates, time)
    model = groups.Model(
        tuple(between), (), tuple(covariates), interactions, sums_of_squares, relabelings,
        bounds["d"], tuple(seed),
    )  # fmt: skip
    entering = groups.entering(cells, known, model)
    if between:
        found["signalanova"] = groups.anova(entering)
        found["signalcontrasts"] = groups.contrasts(entering)
    if questionnaires:
        found["signalcorrelations"] = scores.correlations(
            cells, known, questionnaires, [], bootstraps, bounds["r"], seed
        )
    return {name: whole_counts(one) for name, one in found.items()}
