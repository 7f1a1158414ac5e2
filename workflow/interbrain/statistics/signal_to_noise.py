"""Coupling, or signal-to-noise? Effects between dyads again, with both members' log SNR held constant.

Phases are read through noise: with the same coupling, PLV above chance rises with the signal-to-noise ratio
(SNR) of either member's rhythm. Here each band is adjusted for that band's own SNR. Who enters, the times and
the other terms are those of `groups` and `scores`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, product

import numpy as np
import pandas as pd

from interbrain.apa import lines
from interbrain.tables.factors import SNR_TESTS

from .bandwise import fit_bandwise
from .cells import BEFORE, CELLS, WORDS, Cells
from .clusters import cluster_test
from .correlations import correlation, holm, partial_correlation
from .design import DesignError, between_columns, in_order
from .groups import Entering
from .notes import fewer_times, note, without
from .strength import LOG_SNR
from .therapists import therapists_decide

NAMES = {f"log_snr_{role}": f"the {role}'s log SNR" for role in ("therapist", "client")}
NOT_MEASURED = "the aggregated table has no signal-to-noise ratio of both members"


def signal_to_noise(
    entering: Sequence[Entering], cells: Cells, measures: Sequence[str], questionnaires: Sequence[str]
) -> pd.DataFrame:
    """Each factor between dyads and each score, given both members' log SNR; and whether these go with SNR.

    Parameters
    ----------
    entering : sequence of Entering
        Of `groups`: each measure, who enters, and the model.
    cells : Cells
        With `LOG_SNR` among its values.
    measures, questionnaires : sequence of str

    Returns
    -------
    table : DataFrame
        Of each measure and factor, each band and ``all`` (adjusted band by band, then averaged), over all
        ROIs; of each measure and score, each ROI and band (r is partial). Then the same of `LOG_SNR` itself,
        beside the factors and covariates only. A factor of more than two levels has a row of all levels and
        one of each two. A row that could not be computed says why. Where several therapists have several
        dyads, ``p_cr2_holm`` is the p with errors that these share (`clusters`), corrected as ``p_holm`` is.
    """
    rows = [row for one in entering for factor in one.model.between for row in _factor(one, factor)]
    if entering:
        rows += [row for factor in entering[0].model.between for row in _snr_by_factor(entering[0], factor)]
    for questionnaire in questionnaires:
        rows += [row for measure in measures for row in _score(cells, measure, questionnaire)]
        rows += _snr_by_score(cells, questionnaire)
    return table(rows)


def table(rows: list[dict]) -> pd.DataFrame:
    """Make the table of these rows, with every column."""
    return pd.DataFrame(rows).reindex(columns=SNR_TESTS.names)


# --- factors ---------------------------------------------------------------------------------------------


def _by_band(cells: Cells, name: str, dyads: Sequence) -> np.ndarray:
    """A value as it enters, mean over ROIs, shape (n_dyads, n_bands)."""
    n_bands = cells.single["band"].nunique()
    values = cells.single[name].to_numpy(float).reshape(len(cells.dyads), -1, n_bands).mean(axis=1)
    return values[cells.dyads.index.get_indexer(dyads)]


def _about_dyads(one: Entering, dyads: Sequence) -> tuple[pd.DataFrame, list[str]]:
    """What the model has beside SNR: a row a dyad, and which columns are covariates."""
    names = list(one.model.covariates)
    about = one.cells.dyads.loc[dyads, [*one.model.between, *names]]
    if one.cells.time == "ancova":
        about = about.assign(**{BEFORE: one.cells.before.loc[dyads, one.measure]})
        names.append(BEFORE)
    return about, names


def _given(cells: Cells) -> str:
    """What the rows are given, beside the model's own covariates."""
    return ", ".join([*LOG_SNR, *([BEFORE] if cells.time == "ancova" else [])])


def _bands(cells: Cells) -> list[str]:
    return list(cells.single["band"].unique())


def _factor(one: Entering, factor: str) -> list[dict]:
    """A measure by a factor given SNR: in each band, and over all."""
    cells = one.cells
    rows = []
    for at, band in enumerate([*_bands(cells), "all"]):
        chosen = list(range(len(_bands(cells)))) if band == "all" else [at]
        row = {"measure": one.measure, "tested": factor, "roi": "all", "band": band}
        row["given"] = _given(cells)
        said = one.notes()
        dyads = one.dyads
        try:
            if not set(LOG_SNR) <= set(cells.single):
                raise DesignError(NOT_MEASURED)
            logs = {name: _by_band(cells, name, dyads)[:, chosen] for name in LOG_SNR}
            known = np.all([np.isfinite(values).all(axis=1) for values in logs.values()], axis=0)
            said = [*said, *without({d: ["SNR"] for d in np.array(dyads, dtype=object)[~known]})]
            dyads = [dyad for dyad, has in zip(dyads, known, strict=True) if has]
            about, names = _about_dyads(one, dyads)
            if about.empty:
                raise DesignError("no dyad has a signal-to-noise ratio of both members")
            values = _by_band(cells, one.measure, dyads)[:, chosen]
            terms = [
                between_columns(
                    about.assign(**{name: logs[name][known, k] for name in LOG_SNR}),
                    one.model.between,
                    [*names, *LOG_SNR],
                    one.model.interactions,
                )
                for k in range(len(chosen))
            ]
            order = one.model.levels.get(factor, ())
            levels, therapists = list(pd.unique(about[factor])), _sharing(cells, dyads)
            rows += [
                row | found | {"note": note([found.pop("note", None), *said])}
                for found in _tested(values, terms, factor, levels, len(LOG_SNR), therapists, order)
            ]
        except DesignError as reason:
            nothing = {
                "n_dyads": len(dyads),
                "apa": lines.NOT_TESTED,
                "note": note([_in_words(reason), *said]),
            }
            rows.append(row | nothing)
    return rows


def _sharing(cells: Cells, dyads: Sequence) -> np.ndarray | None:
    """The therapists of these dyads where several of them have several, else None."""
    therapists = cells.dyads.loc[dyads, "therapist"]
    return therapists.to_numpy() if therapists_decide(therapists) else None


def _tested(
    values: np.ndarray,
    terms: list,
    factor: str,
    levels: list,
    n_given: int = 0,
    therapists: np.ndarray | None = None,
    order: Sequence = (),
) -> list[dict]:
    """All levels of a factor, and each two of more; SNR is the last `n_given` columns.

    `levels` are as the design codes them, and are compared in the `order` that is given.
    """
    from scipy.stats import t as student

    designs = [np.hstack(list(one.values())) for one in terms]
    first = sum(columns.shape[1] for name, columns in _before(terms[0], factor))
    fit = fit_bandwise(values, designs)
    size = len(levels) - 1
    own = np.eye(designs[0].shape[1])[first : first + size]  # picks the factor's coefficients
    coded = np.vstack([np.eye(size), -np.ones(size)])
    n = len(values)
    flat = "the dyads do not vary in this effect" if np.isnan(fit.sd) else None

    def row(hypothesis: np.ndarray) -> dict:
        F, p = fit.test(hypothesis)
        return {
            "n_dyads": n,
            "df1": len(hypothesis),
            "df2": fit.df,
            "F": F,
            "p": p,
            "p_holm": p,
            "note": flat,
            "p_cr2_holm": p_over_bands(values, designs, hypothesis, therapists),
        }

    pairs = []
    for a, b in combinations(map(levels.index, in_order(levels, order)), 2):
        hypothesis = (coded[a] - coded[b])[None] @ own
        difference = float((hypothesis @ fit.coefficients).item())
        se = float(np.sqrt((hypothesis @ fit.covariance @ hypothesis.T).item()))
        reach = student.isf(0.025, fit.df) * se
        ends = (difference - reach, difference + reach) if flat is None else (np.nan, np.nan)
        pair = {"level_a": levels[a], "level_b": levels[b], "difference": difference}
        pair |= {"ci_low": ends[0], "ci_high": ends[1], "d": difference / fit.sd}
        if n_given:
            pair["shared"] = max(_shared(x, hypothesis[0], n_given) for x in designs)
        pairs.append(row(hypothesis) | pair)
    for name, first_p in (("p_holm", "p"), ("p_cr2_holm", "p_cr2_holm")):
        for pair, corrected in zip(pairs, holm([pair[first_p] for pair in pairs]), strict=True):
            pair[name] = float(corrected)
    found = pairs
    if len(pairs) > 1:
        every = {"shared": max(pair["shared"] for pair in pairs)} if n_given else {}
        found = [row(own) | every, *pairs]
    return [one | {"apa": lines.apa_given(one)} for one in found]


def p_over_bands(
    values: np.ndarray, designs: Sequence[np.ndarray], hypothesis: np.ndarray, therapists: np.ndarray | None
) -> float:
    """The p of the mean over bands with errors that a therapist's dyads, and their bands, share (CR2).

    NaN without `therapists`, or where one of them alone shows the effect. Bands of one dyad are no further
    dyads: the degrees of freedom of one coefficient are those of the band that has the fewest.
    """
    from scipy.linalg import block_diag
    from scipy.stats import f

    if therapists is None:
        return np.nan
    n_bands = len(designs)
    each = np.hstack([hypothesis / n_bands] * n_bands)
    try:
        found = cluster_test(values.T.ravel(), block_diag(*designs), np.tile(therapists, n_bands), each)
        if len(hypothesis) > 1 or np.isnan(found.p):
            return found.p
        single = [cluster_test(y, x, therapists, hypothesis) for y, x in zip(values.T, designs, strict=True)]
        return float(f.sf(found.F, 1, min(one.df_error for one in single)))
    except DesignError:
        return np.nan  # the row of the table `therapists` says why


def _shared(design: np.ndarray, hypothesis: np.ndarray, n_given: int) -> float:
    """Share of a contrast that the last columns explain: 1 - 1 / its variance inflation."""
    fewer, kept = design[:, :-n_given], hypothesis[:-n_given]
    without = kept @ np.linalg.solve(fewer.T @ fewer, kept)
    return float(1 - without / (hypothesis @ np.linalg.solve(design.T @ design, hypothesis)))


def _before(terms: Mapping[str, np.ndarray], factor: str) -> Iterator[tuple[str, np.ndarray]]:
    """The terms that stand before a factor's columns."""
    for name, columns in terms.items():
        if name == factor:
            return
        yield name, columns


def _snr_by_factor(one: Entering, factor: str) -> list[dict]:
    """Each member's log SNR by a factor, in each band; Holm over members and bands."""
    cells = one.cells
    rows, about = [], cells.dyads.loc[one.dyads, [*one.model.between, *one.model.covariates]]
    if not set(LOG_SNR) <= set(cells.single):
        return []  # the measures' rows say so
    for name, (at, band) in product(LOG_SNR, enumerate(_bands(cells))):
        row = {"measure": name, "tested": factor, "roi": "all", "band": band}
        values = _by_band(cells, name, one.dyads)[:, [at]]
        known = np.isfinite(values[:, 0])
        said = [*one.notes(), *without({d: ["SNR"] for d in about.index[~known]})]
        try:
            if not known.any():
                raise DesignError("no dyad has a signal-to-noise ratio of both members")
            here = about[known]
            terms = between_columns(here, one.model.between, one.model.covariates, one.model.interactions)
            order = one.model.levels.get(factor, ())
            found = _tested(values[known], [terms], factor, list(pd.unique(here[factor])), order=order)[0]
            rows.append(row | found | {"note": note([found["note"], *said])})
        except DesignError as reason:
            n = int(known.sum())
            why = note([_in_words(reason), *said])
            rows.append(row | {"n_dyads": n, "apa": lines.NOT_TESTED, "note": why})
    return _corrected(rows)


def _corrected(rows: list[dict]) -> list[dict]:
    """Holm's p over all of these rows."""
    p = holm([row.get("p", np.nan) for row in rows])
    rows = [row | {"p_holm": float(one)} for row, one in zip(rows, p, strict=True)]
    return [row | {"apa": lines.apa_given(row)} for row in rows]


def _in_words(reason: Exception) -> str:
    """A refusal of a design, with the covariates under their names."""
    text = str(reason)
    for column, name in NAMES.items():
        text = text.replace(f"The covariate {column}", f"{name[0].upper()}{name[1:]}").replace(column, name)
    return text


# --- scores ----------------------------------------------------------------------------------------------


def _score(cells: Cells, measure: str, questionnaire: str) -> list[dict]:
    """A measure with a score, given SNR at the very ROI and band; Holm over these."""
    rows = []
    for (roi, band), cell in cells.single.groupby(CELLS, sort=False, observed=True):
        row = {"measure": measure, "tested": questionnaire, "roi": roi, "band": band}
        row["given"] = _given(cells)
        said, n = _of_correlation(cells, cell, [questionnaire, measure])
        try:
            if not set(LOG_SNR) <= set(cell):
                raise DesignError(NOT_MEASURED)
            columns = [cell[name].rename(NAMES[name]) for name in LOG_SNR]
            if cells.time == "ancova":
                columns.append(cells.before[measure].reindex(cell["dyad"]).set_axis(cell.index))
            x, y = cell[questionnaire].rename("the score"), cell[measure].rename(WORDS.get(measure, measure))
            said, n = _of_correlation(cells, cell, [questionnaire, measure, *LOG_SNR])
            found = partial_correlation(x, y, pd.concat(columns, axis=1))
            row |= found | {"note": note(said)}
            row["p_cr2_holm"] = _p_of_slope(cells, cell["dyad"], y, [x, *columns])
        except DesignError as reason:
            row |= {"n_dyads": n, "note": note([str(reason), *said])}
        rows.append(row)
    for row, corrected in zip(rows, holm([row.get("p_cr2_holm", np.nan) for row in rows]), strict=True):
        row["p_cr2_holm"] = float(corrected)
    return _corrected(rows)


def _p_of_slope(cells: Cells, dyads: pd.Series, y: pd.Series, columns: Sequence[pd.Series]) -> float:
    """The p of the first column's slope beside the others with CR2 errors; NaN as `p_over_bands`."""
    known = pd.concat([y, *columns], axis=1).notna().all(axis=1)
    therapists = _sharing(cells, dyads[known])
    beside = [(one[known] - one[known].mean()) / one[known].std(ddof=0) for one in columns]
    design = np.column_stack([np.ones(known.sum()), *beside])
    slope = np.eye(design.shape[1])[[1]]
    return p_over_bands(y[known].to_numpy(float)[:, None], [design], slope, therapists)


def _snr_by_score(cells: Cells, questionnaire: str) -> list[dict]:
    """Each member's log SNR with a score, at each ROI and band; Holm over members, ROIs and bands."""
    rows = []
    if not set(LOG_SNR) <= set(cells.single):
        return []
    for name in LOG_SNR:
        for (roi, band), cell in cells.single.groupby(CELLS, sort=False, observed=True):
            row = {"measure": name, "tested": questionnaire, "roi": roi, "band": band}
            said, n = _of_correlation(cells, cell, [questionnaire, name])
            try:
                found = correlation(cell[questionnaire].rename("the score"), cell[name].rename(NAMES[name]))
                kept = {key: found[key] for key in ("r", "ci_low", "ci_high", "p")}
                row |= kept | {"n_dyads": found["n"], "df2": found["n"] - 2, "note": note(said)}
            except DesignError as reason:
                row |= {"n_dyads": n, "note": note([str(reason), *said])}
            rows.append(row)
    return _corrected(rows)


def _of_correlation(cells: Cells, cell: pd.DataFrame, columns: list[str]) -> tuple[list[str], int]:
    """Notes on who is in one correlation and who is not, and how many are."""
    words = {**{name: "SNR" for name in LOG_SNR}, **WORDS}
    empty = cell[columns].isna()
    lacking = {
        dyad: list(dict.fromkeys(words.get(name, name) for name in columns if gaps[name]))
        for dyad, gaps in zip(cell["dyad"], empty.to_dict("records"), strict=True)
        if any(gaps.values())
    }
    complete = ~empty.any(axis=1)
    few = fewer_times(cells.absent, cells.times, cell["dyad"][complete])
    return [*without(lacking), *(few if cells.time in ("mean", "factor") else [])], int(complete.sum())
