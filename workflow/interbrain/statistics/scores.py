"""Questionnaire scores against synchrony, at each ROI and band: one table of correlations.

Pearson's correlation with everything that a reviewer asks beside it. The arithmetic stands in `correlations`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from interbrain.apa.lines import apa_correlation
from interbrain.tables.scores import CORRELATIONS

from .cells import BEFORE, CELLS, WORDS, Cells
from .correlations import correlation, holm, robust_correlations
from .design import DesignError
from .equivalence import correlation_equivalence
from .notes import fewer_times, note, shared_people, without
from .power import power_of_correlation


def correlations(
    cells: Cells,
    measures: Sequence[str],
    questionnaires: Sequence[str],
    powers: Sequence[str],
    bootstraps: int,
    bound_r: float,
    seed: Sequence[int],
) -> pd.DataFrame:
    """Correlate each measure with each questionnaire score at each ROI and band.

    Parameters
    ----------
    powers : sequence of str
        Band power columns; the partial correlation is given their logarithms, the mean over times, and
        with ancova the measure at the first time as well.
    bound_r : float
        The smallest correlation that would matter.
    seed : sequence of int
        Of the resamples; the same for every row, so that a further row changes no other.

    Returns
    -------
    table : DataFrame
        p is corrected after Holm over the ROIs and bands of one measure and questionnaire (``p_holm``), and
        over all questionnaires as well (``p_holm_scores``).
    """
    rows = []
    for measure, questionnaire in product(measures, questionnaires):
        family = []
        for (roi, band), cell in cells.single.groupby(CELLS, sort=False, observed=True):
            row = {"measure": measure, "questionnaire": questionnaire, "roi": roi, "band": band}
            # Resamples must depend neither on the order of rows nor on labels.
            cell = cell.sort_values([questionnaire, measure, "dyad"])
            x, y = cell[questionnaire].rename("the score"), cell[measure].rename(WORDS.get(measure, measure))
            complete = (x.notna() & y.notna()).to_numpy()
            partial = cells.time in ("mean", "factor")
            lacking = cells.lacking(cells.dyads[[questionnaire]], measure, [(roi, band)], partial)
            notes = without(lacking)
            if partial:
                notes += fewer_times(cells.absent, cells.times, cell["dyad"][complete])
            given = _given(cells, cell["dyad"], roi, band, powers, measure)
            try:
                row |= correlation(x, y)
                row |= robust_correlations(x, y, covariates=given.to_numpy(), n_boot=bootstraps, seed=seed)
                row |= correlation_equivalence(row["r"], row["n"], bound_r)
                row |= power_of_correlation(row["r"], row["n"])
                row |= {
                    f"loo_{end}_dyad": cell["dyad"].iloc[row[f"loo_{end}_at"]]
                    for end in ("low", "high")
                    if np.isfinite(row[f"loo_{end}"])
                }
                row["given"] = ", ".join(given) if row["partial_n"] else None
                notes += shared_people(cells.dyads.loc[sorted(cell["dyad"][complete])])
            except DesignError as reason:
                row |= {"n": int(complete.sum()), "p": np.nan}
                notes.insert(0, str(reason))
            family.append(row | {"apa": apa_correlation(row), "note": note(notes)})
        for row, corrected in zip(family, holm([row["p"] for row in family]), strict=True):
            rows.append(row | {"p_holm": corrected})
    found = table(rows)
    for _, of_measure in found.groupby("measure", sort=False):
        found.loc[of_measure.index, "p_holm_scores"] = holm(of_measure["p"])
    return found


def _given(
    cells: Cells, dyads: pd.Series, roi: str, band: str, powers: Sequence[str], measure: str
) -> pd.DataFrame:
    """What the partial correlation of one cell is given: a row a dyad, named columns."""
    here = cells.by_time[(cells.by_time["roi"] == roi) & (cells.by_time["band"] == band)]
    power = here.groupby("dyad")[list(powers)].mean()
    with np.errstate(divide="ignore", invalid="ignore"):
        given = np.log10(power).add_prefix("log_")
    if cells.time == "ancova":
        given[BEFORE] = cells.before[measure]
    return given.reindex(dyads)


def table(rows: list[dict]) -> pd.DataFrame:
    """Make the table of these rows, with every column."""
    return pd.DataFrame(rows).reindex(columns=CORRELATIONS.names)
