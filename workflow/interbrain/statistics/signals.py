"""Coordination of signals over dyads: against zero, between groups, and with scores; a family a measure.

The tests are those of synchrony (`presence`, `groups`, `scores`), on a table of the same shape.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from interbrain.apa.lines import NOT_TESTED
from interbrain.signals.measures import COLUMN_ENDS
from interbrain.tables.signal_statistics import OF_SIGNALS
from interbrain.words import listed

from . import groups, presence, scores, spread, therapists
from .cells import PEOPLE, Cells, study_cells
from .notes import note, whole_counts
from .over_times import as_scores, of_each_time
from .strength import with_logs

PLACE = "all"  # coordination has no band and no site
AGAINST_ZERO = "_above_chance"
SAME = "the score is the same measure of the same signal"


def signal_statistics(
    aggregated: pd.DataFrame,
    measures: Sequence[str],
    between: Sequence[str],
    questionnaires: Sequence[str],
    *,
    strangers: Sequence[str] = (),
    by_time: Sequence[str] = (),
    time: str = "mean",
    covariates: Sequence[str] = (),
    interactions: bool = False,
    sums_of_squares: int = 3,
    relabelings: int = 10_000,
    bootstraps: int = 10_000,
    equivalence: Mapping[str, float] | None = None,
    seed: Sequence[int] = (0,),
    levels: Mapping[str, Sequence] | None = None,
    alone: Sequence[str] = (),
) -> dict[str, pd.DataFrame]:
    """Make the tables of tests of coordination.

    Parameters
    ----------
    aggregated : DataFrame
        A row a dyad, time, band and ROI: dyad, therapist, client, time, the factors, the scores and one
        column a measure of coordination, the same at each band and ROI.
    measures : sequence of str
        Columns to test: of each measure what is 0 without coordination.
    strangers : sequence of str
        The like columns of values above strangers, which are tested against zero alone.
    between, questionnaires, by_time, time and further
        As `study.analyse` takes them.
    alone : sequence of str
        Dyads with a recording whose EEG cannot be used: the notes name those that enter.

    Returns
    -------
    dict of DataFrame
        As `tables.signal_statistics` declares them.
    """
    bounds = {"d": 0.5, "r": 0.3, **(equivalence or {})}
    aggregated = as_scores(with_logs(aggregated), by_time, time)
    data = of_each_time(aggregated, covariates).assign(roi=PLACE, band=PLACE)
    against_zero = [*measures, *(name for name in strangers if name in data)]
    known = [measure for measure in measures if data[measure].notna().any()]
    found = {name: pd.DataFrame(columns=one.names) for name, one in OF_SIGNALS.items()}
    there = [name for name in against_zero if data[name].notna().any()]
    of_means = study_cells(data, there, PEOPLE) if there else None
    found["signalpresence"] = _naming(
        presence.presence(of_means, against_zero, relabelings, seed), data, alone
    )
    if not known:
        return found
    cells = study_cells(data, known, [*PEOPLE, *between, *questionnaires], covariates, time)
    model = groups.Model(
        tuple(between), (), tuple(covariates), interactions, sums_of_squares, relabelings,
        bounds["d"], tuple(seed), levels or {},
    )  # fmt: skip
    entering = groups.entering(cells, known, model)
    if between:
        for family in ("anova", "contrasts", "permutation", "equivalence"):
            found[f"signal{family}"] = groups.FAMILIES[family](entering)
        found["signalspread"] = spread.unequal_spread(entering)
    if questionnaires:
        found["signalcorrelations"] = _correlations(
            cells, known, questionnaires, bootstraps, bounds["r"], seed
        )
    found["signaltherapists"] = therapists.therapist_level(entering, cells, known, questionnaires)
    return {name: whole_counts(one) for name, one in found.items()}


def _correlations(
    cells: Cells,
    measures: Sequence[str],
    questionnaires: Sequence[str],
    bootstraps: int,
    bound_r: float,
    seed: Sequence[int],
) -> pd.DataFrame:
    """Correlations of each measure with each score; none with a column of the same measure and signal."""
    tables = []
    for measure in measures:
        own = {f"{measure.removesuffix(AGAINST_ZERO)}{end}" for end in COLUMN_ENDS}
        others = [name for name in questionnaires if name not in own]
        tables.append(scores.correlations(cells, [measure], others, [], bootstraps, bound_r, seed))
        tables.append(
            scores.table(
                [
                    {"measure": measure, "questionnaire": name, "roi": PLACE, "band": PLACE}
                    | {"apa": NOT_TESTED, "note": SAME}
                    for name in questionnaires
                    if name in own
                ]
            )
        )
    return pd.concat([one for one in tables if len(one)], ignore_index=True)


def _naming(table: pd.DataFrame, data: pd.DataFrame, alone: Sequence[str]) -> pd.DataFrame:
    """The rows, with a note on those who enter without an EEG that can be used."""
    if not alone or table.empty:
        return table
    notes = []
    for row in table.to_dict("records"):
        there = set(data.loc[data[row["measure"]].notna(), "dyad"]) if row["measure"] in data else set()
        own = [dyad for dyad in alone if dyad in there]
        said = f"{listed(own)} {'enter' if len(own) > 1 else 'enters'} without usable EEG at one time or more"
        notes.append(note([*([said] if own else []), *([row["note"]] if row["note"] else [])]))
    return table.assign(note=notes)
