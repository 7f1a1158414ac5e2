"""Several clients a therapist: effects between dyads and correlations, with errors that their dyads share.

Where more than one therapist has several dyads, these tests decide (`findings`); with one, they are shown.
The arithmetic: `clusters`.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations, product
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain.apa import lines
from interbrain.tables.factors import THERAPISTS

from .anova import within_contrasts
from .cells import CELLS, WORDS, Cells
from .clusters import cluster_test
from .correlations import MINIMUM_PAIRS, correlation, holm
from .design import DesignError, model_matrices
from .notes import fewer_times, note, without
from .spread import adjusted_welch

if TYPE_CHECKING:
    from .clusters import ClusterTest
    from .groups import Entering

BETWEEN, WITHIN = "between therapists", "within therapists"
LEVELS_APART = "; "
WITHIN_UNIT = "within therapist"  # what is relabelled of a factor that varies within them


def several_clients(therapists: pd.Series) -> int:
    """How many therapists have several of these dyads."""
    return int((therapists.value_counts() > 1).sum())


def therapists_decide(therapists: pd.Series) -> bool:
    """Whether more than one therapist has several of these dyads."""
    return several_clients(therapists) > 1


def within_therapists(one: Entering, factor: str) -> bool:
    """Whether any therapist's dyads differ in a factor."""
    dyads = one.cells.dyads.loc[one.dyads, ["therapist", factor]]
    return bool((dyads.groupby("therapist")[factor].nunique() > 1).any())


def therapist_level(
    measures: Sequence[Entering], cells: Cells, names: Sequence[str], questionnaires: Sequence[str]
) -> pd.DataFrame:
    """Test every factor between dyads, its products with factors within, times or tasks that are compared,
    and every score.

    Parameters
    ----------
    measures : sequence of Entering
        Who enters, and the model.
    cells : Cells
    names : sequence of str
        The measures that are correlated with scores.
    questionnaires : sequence of str

    Returns
    -------
    table : DataFrame
        No row where each therapist has one dyad. ``p`` is that of CR2 (``p_cr2``); of a factor that is the
        therapist's own, the larger of it and of Welch's test over the therapists' means (``p_means``), which
        allows groups of unequal spread. ``p_holm`` is over the pairs of levels of a factor, and over the ROIs
        and bands of a score.
    """
    rows = []
    for one in measures:
        for factor in one.model.between:
            rows += _factor(one, factor)
        if one.cells.time == "factor":
            rows += _repeated(one)
    for name, questionnaire in product(names, questionnaires):
        rows += _score(cells, name, questionnaire)
    return table(rows)


def table(rows: list[dict]) -> pd.DataFrame:
    """Make the table of these rows, with every column."""
    return pd.DataFrame(rows).reindex(columns=THERAPISTS.names)


def pair_errors(one: Entering, factor: str) -> dict[tuple, tuple[float, float]] | None:
    """Standard error and degrees of freedom of each two levels where the therapists decide, else None.

    Raises
    ------
    DesignError
        Where they decide and cannot be computed.
    """
    therapists = one.cells.dyads.loc[one.dyads, "therapist"]
    if not therapists_decide(therapists):
        return None
    rows = [row for row in _factor(one, factor) if row["tested"] == factor]
    refused = [row["note"] for row in rows if "F" not in row]
    if refused:
        raise DesignError(refused[0])
    return {
        (row["level_a"], row["level_b"]): (row["se"], row["df_error"]) for row in rows if row.get("level_a")
    }


# --- factors ----------------------------------------------------------------------------------------------


def _factor(one: Entering, factor: str) -> list[dict]:
    therapists = one.cells.dyads.loc[one.dyads, "therapist"]
    if not several_clients(therapists):
        return []
    about: dict[str, object] = {"measure": one.measure, "tested": factor, "roi": "all", "band": "all"}
    about |= _who(therapists, one.cells.dyads.loc[one.dyads, factor])
    try:
        values, sizes, dyads, terms = _matrices(one)
    except DesignError as reason:
        return [about | {"apa": lines.NOT_TESTED, "note": note([str(reason), *one.who])}]
    about["varies"] = WITHIN if within_therapists(one, factor) else BETWEEN
    rows = []
    for effect, contrast in within_contrasts(one.within, sizes):
        name = f"{factor}:{effect}" if effect else factor
        try:
            rows += _effect(about | {"tested": name}, values @ contrast, dyads, terms, factor, one)
        except DesignError as reason:
            said = note([f"not tested: {reason}", *one.who])
            rows.append(about | {"tested": name, "apa": lines.NOT_TESTED, "note": said})
    return rows


def _effect(
    about: dict, scores: np.ndarray, dyads: pd.DataFrame, terms: dict, factor: str, one: Entering
) -> list[dict]:
    """One effect over all levels of its factor and, of the factor itself, each two levels."""
    design = np.hstack(list(terms.values()))
    first = sum(block.shape[1] for block in list(terms.values())[: list(terms).index(factor)])
    levels = list(pd.unique(dyads[factor]))  # as the design codes them
    own = np.eye(design.shape[1])[first : first + len(levels) - 1]
    therapists = dyads["therapist"].to_numpy()
    whole = cluster_test(scores, design, therapists, own)
    row = about | _numbers(whole) | {"note": note(one.who)}
    if about["tested"] != factor:
        row["p"] = row["p_holm"] = row["p_cr2"]
        return [row | {"apa": lines.apa_therapists(row)}]
    scores = scores[:, 0] / np.sqrt(_n_cells(one))  # the mean over cells in the measure's own unit
    said = list(one.who)
    if about["varies"] == BETWEEN:
        row |= _of_means(scores, design, own, therapists, dyads[factor], said)
    row["p"] = np.nanmax([row["p_cr2"], row.get("p_means", np.nan)]) if np.isfinite(row["p_cr2"]) else np.nan
    row["note"] = note(said)
    coded = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])
    pairs = []
    for a, b in combinations(map(levels.index, one.model.in_order(factor, levels)), 2):
        hypothesis = (coded[a] - coded[b])[None] @ own
        pair = about | {"level_a": levels[a], "level_b": levels[b], "note": row["note"]}
        pair |= _difference(scores, design, therapists, hypothesis)
        pair["p"] = row["p"] if len(levels) == 2 else pair["p_cr2"]
        if len(levels) == 2:
            pair |= {"p_means": row.get("p_means", np.nan)}
        pairs.append(pair)
    return _corrected(row, pairs)


def _corrected(row: dict, pairs: list[dict]) -> list[dict]:
    """The row of all levels and those of each two, with Holm's p; of two levels the one row of these."""
    for pair, corrected in zip(pairs, holm([pair["p"] for pair in pairs]), strict=True):
        pair["p_holm"] = float(corrected)
    rows = pairs if len(pairs) == 1 else [row | {"p_holm": row["p"]}, *pairs]
    return [one_row | {"apa": lines.apa_therapists(one_row)} for one_row in rows]


def _difference(
    scores: np.ndarray, design: np.ndarray, therapists: np.ndarray, hypothesis: np.ndarray
) -> dict:
    """A difference with its CR2 error and interval, and d by the residual SD of the scores, shape (n,)."""
    from scipy.stats import t as student

    found = cluster_test(scores, design, therapists, hypothesis)
    difference = float(found.estimate[0])
    numbers = _numbers(found) | {"difference": difference, "se": found.se}
    if np.isfinite(found.df_error):
        residuals = scores - design @ np.linalg.lstsq(design, scores, rcond=None)[0]
        sd = float(np.sqrt(residuals @ residuals / (len(design) - design.shape[1])))
        reach = student.isf(0.025, found.df_error) * found.se
        numbers |= {"ci_low": difference - reach, "ci_high": difference + reach, "d": difference / sd}
    return numbers


def _who(therapists: pd.Series, levels: pd.Series | None = None) -> dict:
    """How many dyads and therapists, how many dyads the one has who has most, and who decides.

    With the dyads' `levels`, also those of which all dyads, two or more, have one therapist.
    """
    counts = therapists.value_counts()
    who: dict[str, object] = {
        "decides": "yes" if therapists_decide(therapists) else "no",
        "n_dyads": len(therapists),
    }
    who |= {"n_therapists": len(counts), "most_dyads": int(counts.max())}
    if levels is not None:
        own = therapists.groupby(levels.to_numpy(), sort=False)
        alone = own.nunique()[(own.nunique() == 1) & (own.size() > 1)].index
        who["levels_of_one"] = LEVELS_APART.join(map(str, alone)) or None
    return who


def _repeated(one: Entering) -> list[dict]:
    """The times or tasks that are compared within dyads: all of them, and each two."""
    therapists = one.cells.dyads.loc[one.dyads, "therapist"]
    if not several_clients(therapists):
        return []
    name = one.cells.repeated
    about: dict[str, object] = {"measure": one.measure, "tested": name, "roi": "all", "band": "all"}
    about |= _who(therapists) | {"varies": WITHIN, "note": note(one.who)}
    try:
        values, sizes, dyads, terms = _matrices(one)
        design, own = np.hstack(list(terms.values())), dyads["therapist"].to_numpy()
        mean = np.eye(design.shape[1])[:1]  # of all groups, whatever their size
        whole = cluster_test(values @ dict(within_contrasts(one.within, sizes))[name], design, own, mean)
        row = about | _numbers(whole) | {"p": whole.p}
        levels, of_others = list(pd.unique(one.long[name])), np.prod(sizes[1:], dtype=int)
        by_level = values.reshape(len(values), sizes[0], of_others).mean(axis=2)  # times come first
        pairs = []
        for a, b in combinations(range(len(levels)), 2):
            pair = about | {"level_a": levels[a], "level_b": levels[b]}
            pair |= _difference(by_level[:, a] - by_level[:, b], design, own, mean)
            pairs.append(pair | {"p": pair["p_cr2"]})
        return _corrected(row, pairs)
    except DesignError as reason:
        said = note([f"not tested: {str(reason).removeprefix('not tested: ')}", *one.who])
        return [about | {"apa": lines.NOT_TESTED, "note": said}]


def _matrices(one: Entering) -> tuple[np.ndarray, list[int], pd.DataFrame, dict[str, np.ndarray]]:
    """The model of one measure, with each dyad's therapist: as `model_matrices` gives it."""
    return model_matrices(
        one.long,
        one.measure,
        "dyad",
        list(one.model.between),
        one.within,
        one.covariates,
        one.model.interactions,
        also=["therapist"] if "therapist" not in one.model.between else [],
    )


def _n_cells(one: Entering) -> int:
    return len(one.long) // one.n_dyads


def _numbers(found: ClusterTest) -> dict:
    return {"F": found.F, "df1": found.df1, "df_error": found.df_error, "p_cr2": found.p}


def _of_means(
    scores: np.ndarray,
    design: np.ndarray,
    own: np.ndarray,
    therapists: np.ndarray,
    factor: pd.Series,
    said: list[str],
) -> dict:
    """Welch's test of a factor of the therapist, over the therapists' means beside the other terms' means."""
    people, where = np.unique(therapists.astype(str), return_inverse=True)
    average = (where == np.arange(len(people))[:, None]) / np.bincount(where)[:, None]
    columns = own.any(axis=0)
    levels = pd.Series(pd.factorize(factor)[0]).groupby(where).first().to_numpy()
    means, fixed = average @ scores, average @ design[:, ~columns]
    varies = np.linalg.matrix_rank(np.hstack([fixed, average @ design[:, columns]])) == design.shape[1]
    if not varies or len(people) <= design.shape[1]:
        said.append("the therapists' means are too few for a test of their own beside the other terms")
        return {}
    found = adjusted_welch(means, average @ design[:, columns], fixed, levels)
    if np.isnan(found["p"]):
        said.append("the spread of the therapists' means cannot be estimated at each level")
    return {"p_means": found["p"]}


# --- scores -----------------------------------------------------------------------------------------------


def _score(cells: Cells, measure: str, questionnaire: str) -> list[dict]:
    """A score at each ROI and band: the slope of the measure on it with CR2 errors, Holm over these."""
    from scipy.stats import t as student

    rows = []
    for (roi, band), cell in cells.single.groupby(CELLS, sort=False, observed=True):
        known = cell[[questionnaire, measure]].notna().all(axis=1)
        cell = cell[known]
        therapists = cells.dyads.loc[cell["dyad"], "therapist"]
        if not several_clients(therapists):
            continue
        row = {"measure": measure, "tested": questionnaire, "roi": roi, "band": band}
        row |= _who(therapists)
        own = cell.groupby(therapists.to_numpy())[questionnaire].nunique()
        row["varies"] = WITHIN if (own > 1).any() else BETWEEN
        partial = cells.time in ("mean", "factor")
        said = without(cells.lacking(cells.dyads[[questionnaire]], measure, [(roi, band)], partial))
        said += fewer_times(cells.absent, cells.times, cell["dyad"]) if partial else []
        try:
            x, y = cell[questionnaire].rename("the score"), cell[measure].rename(WORDS.get(measure, measure))
            row["r"] = correlation(x, y)["r"]
            design = np.column_stack([np.ones(len(x)), (x - x.mean()) / x.std(ddof=0)])
            y = y.to_numpy() / y.std(ddof=0)
            found = cluster_test(y, design, therapists.to_numpy(), np.array([[0.0, 1.0]]))
            row |= _numbers(found) | {"p": found.p, "note": note(said), "se": found.se}
            if np.isfinite(found.df_error):  # of standardised variables the slope is r
                reach = student.isf(0.025, found.df_error) * found.se
                ends = np.clip([found.estimate[0] - reach, found.estimate[0] + reach], -1, 1)  # as every r
                row |= {"ci_low": float(ends[0]), "ci_high": float(ends[1])}
            means = cell.groupby(therapists.to_numpy())[[questionnaire, measure]].mean()
            if len(means) >= MINIMUM_PAIRS and (means.std() > 0).all():
                over = correlation(means[questionnaire], means[measure])
                row |= {"r_therapists": over["r"], "p_therapists": over["p"]}
        except DesignError as reason:
            row |= {"note": note([f"not tested: {str(reason).removesuffix('.')}", *said])}
        rows.append(row)
    p = holm([row.get("p", np.nan) for row in rows]) if rows else np.empty(0)
    rows = [row | {"p_holm": float(corrected)} for row, corrected in zip(rows, p, strict=True)]
    return [row | {"apa": lines.apa_therapists(row)} for row in rows]
