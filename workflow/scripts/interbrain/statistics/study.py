"""The study's four group tables, made from the one aggregated table.

What cannot be tested becomes a row that says why. A table that is itself broken (a column missing, a row
twice, a dyad with two therapists) is an error, because any number made from it would be wrong.
"""

from collections.abc import Sequence
from itertools import product

import numpy as np
import pandas as pd

from .anova import partial_eta2_interval, rm_anova
from .apa import NOT_TESTED, apa_anova, apa_correlation
from .correlations import correlation, holm
from .design import DesignError, refuse_text, refuse_unknown_columns, subject_table

CELLS = ["roi", "band"]
PEOPLE = ["therapist", "client"]
VALUES = ["plv", "chance", "above_chance"]
WORDS = {"plv": "PLV", "above_chance": "PLV above chance", "chance": "chance level"}

ANOVA = ["measure", "effect", "df1", "df2", "F", "p", "gg_epsilon", "p_gg"]
ANOVA += ["partial_eta2", "partial_eta2_low", "partial_eta2_high", "n_dyads", "apa", "note"]
CORRELATIONS = ["measure", "questionnaire", *CELLS, "n", "r", "ci_low", "ci_high", "p", "p_holm"]
CORRELATIONS += ["bf10", "slope", "intercept", "apa", "note"]
DESCRIPTIVES = ["measure", "factor", "level", "n", "mean", "sd"]
COUNTS = ["df1", "df2", "n", "n_dyads"]


def analyse(
    aggregated: pd.DataFrame,
    between: Sequence[str],
    within: Sequence[str],
    measures: Sequence[str],
    questionnaires: Sequence[str],
    time: str = "mean",
    interactions: bool = False,
) -> dict[str, pd.DataFrame]:
    """Make the tables of dyad means, effects, correlations and descriptives.

    Parameters
    ----------
    aggregated : DataFrame
        One row a dyad, time, band and ROI, with therapist, client, the between factors, the measures and
        the questionnaires.
    between : sequence of str
        Factor columns with one level a dyad.
    within : sequence of str
        Of ``roi`` and ``band``; what is left out is averaged over.
    measures : sequence of str
        Columns to test, e.g. ``plv``, ``above_chance``.
    questionnaires : sequence of str
        Columns with one value a dyad, each correlated with each measure at each ROI and band.
    time : {"mean"}
        The mean over times enters. A cell that lacks one of the study's times has no mean.
    interactions : bool
        Also test the products of the between factors.

    Returns
    -------
    dict of DataFrame
        ``dyadmeans``, ``anova``, ``correlations``, ``descriptives``. Dyads, ROIs, bands and levels stand in
        the order of their first row in `aggregated`; measures, factors and questionnaires as they were
        asked for; the row ``all`` after the single cells. Missing numbers are NaN.
        A dyad without a complete set of cells is left out of that measure's effects and descriptives, and
        the note of every row names it; a correlation leaves out only who lacks that very cell.
        p is corrected after Holm over the ROIs and bands of one measure and questionnaire.
        A person in several dyads is named in every row that compares dyads.

    Raises
    ------
    DesignError
        Unknown column, repeated row, a person, level or questionnaire value that varies within a dyad.
    """
    between, within, measures, questionnaires = map(list, (between, within, measures, questionnaires))
    if time != "mean":
        raise ValueError(f"time is {time!r}; the only choice is 'mean' (of all times).")
    if unknown := [name for name in within if name not in CELLS]:
        raise DesignError(f"The within factor {unknown[0]} is neither roi nor band.")
    values = list(dict.fromkeys([*(name for name in VALUES if name in aggregated), *measures]))
    refuse_unknown_columns(aggregated, ["dyad", *PEOPLE, "time", *CELLS, *between, *values, *questionnaires])
    if aggregated.empty:
        return _nothing(between, values, measures, questionnaires)
    refuse_text(aggregated, [*values, *questionnaires])

    dyads = _dyads(aggregated, between, questionnaires)
    means, missing = _means_over_time(aggregated, dyads, values)
    left_out = {name: _lacking(dyads[between], name, missing[name]) for name in measures}
    is_whole = (means[CELLS] == "all").all(axis=1)  # the means over every cell, which have rows of their own
    cells, whole = means[~is_whole], means[is_whole]
    return {
        "dyadmeans": means[["dyad", *PEOPLE, *between, *CELLS, *values, *questionnaires]],
        "anova": _anova(cells, dyads, between, within, left_out, interactions),
        "correlations": _correlations(cells, dyads, measures, questionnaires, missing),
        "descriptives": _descriptives(cells, whole, between, within, left_out),
    }


def _nothing(between: list[str], values: list[str], measures: list[str], questionnaires: list[str]) -> dict:
    """The tables of a study in which no dyad could be used: they say so, and hold no number."""
    note = "every dyad is excluded; the table of exclusions says why"
    rows = [{"measure": measure, "apa": "not tested", "note": note} for measure in measures]
    return {
        "dyadmeans": pd.DataFrame(columns=["dyad", *PEOPLE, *between, *CELLS, *values, *questionnaires]),
        "anova": _table(rows, ANOVA),
        "correlations": _table([], CORRELATIONS),
        "descriptives": _table([], DESCRIPTIVES),
    }


def _dyads(aggregated: pd.DataFrame, between: list[str], questionnaires: list[str]) -> pd.DataFrame:
    """One row a dyad. A level or questionnaire that is missing stays missing; one that varies is refused."""
    columns = [*PEOPLE, *between, *questionnaires]
    dyads = pd.DataFrame(index=pd.Index(aggregated["dyad"].unique(), name="dyad"))
    for name in columns:
        known = aggregated[["dyad", name]].dropna()
        dyads[name] = subject_table(known, "dyad", [name])[name].reindex(dyads.index)
    return dyads


def _means_over_time(aggregated: pd.DataFrame, dyads: pd.DataFrame, values: list[str]) -> tuple:
    """Average over times, and keep for each measure what was missing.

    Returns the dyad means (one row a dyad and cell, then ``all``) and a dict of boolean frames: one row a
    dyad and time, one column a cell.
    """
    keys = ["dyad", "time", *CELLS]
    for name in keys:
        if aggregated[name].isna().any():
            raise DesignError(f"The column {name} has an empty value.")
    twice = aggregated.duplicated(keys)
    if twice.any():
        where = ", ".join(str(value) for value in aggregated.loc[twice, keys].iloc[0])
        raise DesignError(f"The aggregated table has two rows for {where}.")
    times, rois, bands = (list(aggregated[name].unique()) for name in ("time", *CELLS))
    cells = list(product(rois, bands))
    full = pd.MultiIndex.from_product([dyads.index, times, rois, bands], names=keys)
    table = aggregated.set_index(keys)[values].astype(float).reindex(full).to_numpy()
    table = table.reshape(len(dyads), len(times), len(cells), len(values))

    over_time = table.mean(axis=1)  # (n_dyads, n_cells, n_values); a missing time makes a missing mean
    every = np.concatenate([over_time, over_time.mean(axis=1, keepdims=True)], axis=1)
    index = pd.MultiIndex.from_tuples(
        [(dyad, *cell) for dyad in dyads.index for cell in [*cells, ("all", "all")]], names=["dyad", *CELLS]
    )
    means = pd.DataFrame(every.reshape(-1, len(values)), index=index, columns=values).reset_index()
    means = means.join(dyads, on="dyad")

    rows = pd.MultiIndex.from_product([dyads.index, times])
    columns = pd.MultiIndex.from_tuples(cells)
    empty = np.isnan(table).reshape(-1, len(cells), len(values))
    missing = {
        name: pd.DataFrame(empty[:, :, place], index=rows, columns=columns)
        for place, name in enumerate(values)
    }
    return means, missing


def _lacking(columns: pd.DataFrame, measure: str, missing: pd.DataFrame) -> dict[str, list]:
    """Say for each dyad what it lacks: empty columns, then cells of the measure; {} if nothing.

    `columns` has a row a dyad; `missing` a row a dyad and time, and a column a cell.
    """
    gaps = missing[missing.groupby(level=0, sort=False).transform("any").any(axis=1)]
    gappy = set(gaps.index.get_level_values(0))
    empty = columns.isna()
    lacking = {}
    for dyad in columns.index[empty.to_numpy(bool).any(axis=1) | columns.index.isin(gappy)]:
        lacking[dyad] = [name for name in columns if empty.at[dyad, name]]
        if dyad in gappy:
            lacking[dyad].append(_in_words(measure, gaps.loc[dyad]))
    return lacking


def _in_words(measure: str, gap: pd.DataFrame) -> str:
    """Name what is missing, from booleans of shape (n_times, n_cells).

    "PLV", "PLV at post", "PLV at central alpha" or "PLV at central alpha (post)".
    """
    word = WORDS.get(measure, measure)
    several = gap.shape[1] > 1
    if several and gap.to_numpy().all():
        return word
    whole_times = gap.index[gap.all(axis=1)] if several else gap.index[:0]
    places = list(map(str, whole_times))
    for (roi, band), column in gap.drop(index=whole_times).items():
        if column.any():
            always = column.all() and not len(whole_times)
            times = "" if always else f" ({', '.join(map(str, column.index[column]))})"
            places.append(f"{roi} {band}{times}")
    return f"{word} at {', '.join(places)}"


def _without(left_out: dict[str, list]) -> list[str]:
    """One sentence on the dyads that are left out, or none."""
    if not left_out:
        return []
    return ["without " + "; ".join(f"{dyad}: no {', no '.join(what)}" for dyad, what in left_out.items())]


def _shared_people(dyads: pd.DataFrame) -> list[str]:
    """Name who is in several of the dyads that are compared: those dyads are not independent."""
    sentences = []
    for role in PEOPLE:
        for person, own in dyads.groupby(role, sort=False, observed=True):
            if len(own) > 1:
                names = ", ".join(map(str, own.index))
                sentences.append(
                    f"{person} is in {len(own)} dyads ({names}); dyads are treated as independent"
                )
    return sentences


def _anova(cells, dyads, between, within, left_out, interactions) -> pd.DataFrame:
    rows = []
    for measure, lacking in left_out.items():
        entered = cells[~cells["dyad"].isin(list(lacking))]
        n_dyads = entered["dyad"].nunique()
        dropped = _without(lacking)
        shared = _shared_people(dyads.drop(index=list(lacking)))
        long = entered.groupby(["dyad", *within], sort=False, observed=True)[measure].mean().reset_index()
        long = long.join(dyads[between], on="dyad")
        try:
            effects = rm_anova(long, measure, "dyad", between, within, interactions=interactions)
        except DesignError as reason:
            note = _note([str(reason), *dropped])
            rows.append({"measure": measure, "n_dyads": n_dyads, "apa": NOT_TESTED, "note": note})
            continue
        for row in effects.to_dict("records"):
            low, high = partial_eta2_interval(row["F"], row["df1"], row["df2"])
            row |= {"partial_eta2_low": low, "partial_eta2_high": high}
            compares_dyads = set(row["effect"].split(":")) & set(between)
            flat = ["the dyads do not vary in this effect"] if np.isnan(row["F"]) else []
            note = _note([*flat, *dropped, *(shared if compares_dyads else [])])
            rows.append({"measure": measure, **row, "n_dyads": n_dyads, "apa": apa_anova(row), "note": note})
    return _table(rows, ANOVA)


def _correlations(cells, dyads, measures, questionnaires, missing) -> pd.DataFrame:
    rows = []
    for measure, questionnaire in product(measures, questionnaires):
        family = []
        for (roi, band), cell in cells.groupby(CELLS, sort=False, observed=True):
            row = {"measure": measure, "questionnaire": questionnaire, "roi": roi, "band": band}
            x, y = cell[questionnaire], cell[measure]
            complete = x.notna() & y.notna()
            notes = _without(_lacking(dyads[[questionnaire]], measure, missing[measure][[(roi, band)]]))
            try:
                row |= correlation(x, y)
                notes += _shared_people(dyads.loc[cell["dyad"][complete]])
            except DesignError as reason:
                row |= {"n": int(complete.sum()), "p": np.nan}
                notes.insert(0, str(reason))
            family.append(row | {"apa": apa_correlation(row), "note": _note(notes)})
        for row, corrected in zip(family, holm([row["p"] for row in family]), strict=True):
            rows.append(row | {"p_holm": corrected})
    return _table(rows, CORRELATIONS)


def _descriptives(cells, whole, between, within, left_out) -> pd.DataFrame:
    """Mean and SD over dyads: of each dyad's mean of all cells, and of its mean at each within level."""
    rows = []
    for measure, lacking in left_out.items():
        mean, single = (table[~table["dyad"].isin(list(lacking))] for table in (whole, cells))
        groups = [("all", "all", mean[measure])]
        groups += [
            (factor, level, one[measure])
            for factor in between
            for level, one in mean.groupby(factor, sort=False, observed=True)
        ]
        groups += [
            (factor, level, one.groupby("dyad", sort=False)[measure].mean())
            for factor in within
            for level, one in single.groupby(factor, sort=False, observed=True)
        ]
        for factor, level, values in groups:
            summary = {"n": len(values), "mean": values.mean(), "sd": values.std(ddof=1)}
            rows.append({"measure": measure, "factor": factor, "level": level, **summary})
    return _table(rows, DESCRIPTIVES)


def _note(sentences: list[str]) -> str | None:
    """Join sentences; None where there is nothing to say."""
    return ". ".join(sentence.removesuffix(".") for sentence in sentences) or None


def _table(rows: list[dict], columns: list[str]) -> pd.DataFrame:
    table = pd.DataFrame(rows).reindex(columns=columns)
    counts = {name: "Int64" for name in COUNTS if name in columns}  # whole numbers beside missing ones
    return table.astype(counts)
