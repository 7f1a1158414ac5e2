"""The study's tables of statistics, made from the one aggregated table: a table for each family of tests.

What cannot be tested becomes a row that says why. A table that is itself broken (a column missing, a row
twice, a dyad with two therapists) is an error, because any number made from it would be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from functools import partial

import pandas as pd

from interbrain.tables.factors import SPREAD
from interbrain.tables.presence import PRESENCE

from . import groups, presence, score_lines, scores, spread, strength, therapists
from . import signal_to_noise as snr
from .cells import CELLS, PEOPLE, TIMES, VALUES, study_cells
from .design import DesignError, refuse_text, refuse_unknown_columns
from .notes import whole_counts
from .over_times import as_scores
from .tasks import OF_A_TASK, changes_of_tasks, means_of_tasks, means_of_times
from .unmeasured import measured_cells, with_note


def analyse(
    aggregated: pd.DataFrame,
    between: Sequence[str],
    within: Sequence[str],
    measures: Sequence[str],
    questionnaires: Sequence[str],
    *,
    time: str = "mean",
    compare_tasks: bool = False,
    by_time: Sequence[str] = (),
    phases: Mapping[str, str] | None = None,
    covariates: Sequence[str] = (),
    interactions: bool = False,
    sums_of_squares: int = 3,
    relabelings: int = 10_000,
    bootstraps: int = 10_000,
    equivalence: Mapping[str, float] | None = None,
    seed: Sequence[int] = (0,),
    levels: Mapping[str, Sequence] | None = None,
    only: Collection[str] | None = None,
) -> dict[str, pd.DataFrame]:
    """Make every table of statistics, or some of them.

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
    time : str
        How the times enter, one of `cells.TIMES`. A dyad without a recording at one of them (no row) enters a
        mean with those that it has, and the mixed model with the rows that it has; it is left out of what
        needs the time. The notes name it. A value that is missing in a recording is a missing cell.
    compare_tasks : bool
        The column ``task`` is a factor within dyads: each dyad's mean over the times of a task enters it, and
        what has no factors within dyads is computed of the mean over tasks. `time` is then ``mean``; or
        ``change`` with `phases`: the last time minus the first takes the place of the mean over times.
    by_time : sequence of str
        Those of `questionnaires` that vary over times, such as coordination: they enter as the measures do
        (`over_times.as_scores`).
    phases : mapping occasion -> time, optional
        Tasks are crossed with times, and every dyad has all. Without `compare_tasks`, each dyad's mean over
        the tasks of a time takes the place of its recordings, and `time` says how the times enter.
    covariates : sequence of str
        Numeric columns; each dyad's mean enters every model. ``log_snr_*`` and ``log_power_*`` are there
        wherever SNR and power are.
    interactions : bool
        Also test the products of the between factors.
    sums_of_squares : {2, 3}
        Their type.
    relabelings, bootstraps : int
        Permutations at most, and resamples of each correlation.
    equivalence : mapping
        ``d`` and ``r``: the smallest difference and correlation that would matter.
    seed : sequence of int
        Of permutations and resamples.
    levels : mapping factor -> levels, optional
        Their order: the first minus the second is the direction of a difference.
    only : collection of str, optional
        Names of the tables to make beside ``dyadmeans``; all if None. No table depends on another.

    Returns
    -------
    dict of DataFrame
        ``dyadmeans``, ``descriptives``; of groups ``anova``, ``means``, ``contrasts``, ``permutation``,
        ``equivalence``, ``mixed``, ``power``, ``spread``; ``presence`` of what is zero without synchrony;
        ``correlations`` and their ``correlationlines``; once more ``snr``, with signal-to-noise held
        constant, and ``therapists``.
        Dyads, ROIs, bands and levels that `levels` does not order stand in the order of their first row in
        `aggregated`; measures,
        factors and questionnaires as they were asked for; the row ``all`` after the single cells, before
        them in ``presence``. Missing numbers are NaN.
        A dyad without a complete set of cells is left out of that measure's effects and descriptives, and
        the note of every row names it; a correlation leaves out only who lacks that very cell. A band or
        ROI in which no dyad has any of the measures is not tested, and the note of every row says so.
        A person in several dyads is named in every row that compares dyads.

    Raises
    ------
    DesignError
        Unknown column, repeated row, a person, level or questionnaire value that varies within a dyad.
    """
    _refuse_unknown_design(within, time, compare_tasks, crossed=bool(phases))
    bounds = {"d": 0.5, "r": 0.3, **(equivalence or {})}
    powers, ratios = ([n for n in of if n in aggregated] for of in (strength.POWER, strength.SNR))
    shown = list(dict.fromkeys([*(name for name in VALUES if name in aggregated), *measures]))
    values = list(dict.fromkeys([*shown, *powers, *ratios]))
    refuse_unknown_columns(aggregated, ["dyad", *PEOPLE, "time", *CELLS, *values, *between, *questionnaires])
    refuse_text(aggregated, [] if aggregated.empty else [*powers, *ratios])
    aggregated = strength.with_logs(aggregated)
    refuse_unknown_columns(aggregated, covariates)  # which may be scores, powers or logarithms of these
    columns = ["dyad", *PEOPLE, *between, *CELLS, *shown, *questionnaires, "times_used"]
    if aggregated.empty:
        return _nothing(columns, measures)
    refuse_text(aggregated, [*values, *questionnaires, *covariates])
    values += [name for name in strength.LOG_SNR if name in aggregated]
    there = presence.measures_against_zero(aggregated.columns, measures)
    how = [*values, *there, *by_time], covariates, time, compare_tasks
    aggregated, of_means, time = _by_task(aggregated, *how, phases or {})
    aggregated = as_scores(aggregated, by_time, time)
    aggregated, within, unmeasured = measured_cells(aggregated, measures, within)
    cells = study_cells(aggregated, values, [*PEOPLE, *between, *questionnaires], covariates, time)
    cells = replace(cells, repeated=OF_A_TASK) if compare_tasks else cells
    model = groups.Model(
        tuple(between), tuple(within), tuple(covariates), interactions, sums_of_squares, relabelings,
        bounds["d"], tuple(seed), levels or {},
    )  # fmt: skip
    entering = groups.entering(cells, measures, model)
    refuse_text(of_means, known := [name for name in there if name in of_means])
    tests: dict[str, Callable[[], pd.DataFrame]] = {
        name: partial(family, entering) for name, family in groups.FAMILIES.items()
    }
    tests["spread"] = partial(spread.unequal_spread, entering)
    tests["presence"] = partial(_against_zero, of_means, known, there, relabelings, seed)
    scored = cells, measures, questionnaires
    tests["correlations"] = partial(scores.correlations, *scored, powers, bootstraps, bounds["r"], seed)
    tests["correlationlines"] = partial(score_lines.correlation_lines, *scored)
    tests["snr"] = partial(snr.signal_to_noise, entering, *scored)
    tests["therapists"] = partial(therapists.therapist_level, entering, *scored)
    tables = {name: whole_counts(of()) for name, of in tests.items() if only is None or name in only}
    return {"dyadmeans": cells.means[columns]} | with_note(tables, unmeasured)


def _against_zero(
    of_means: pd.DataFrame,
    known: Sequence[str],
    measures: Sequence[str],
    relabelings: int,
    seed: Sequence[int],
) -> pd.DataFrame:
    """Whether there is synchrony is asked of the mean over times, however the times enter the other tests."""
    present = study_cells(measured_cells(of_means, known, [])[0], known, PEOPLE) if known else None
    return presence.presence(present, measures, relabelings, seed)


def _by_task(
    aggregated: pd.DataFrame,
    of_a_cell: Sequence[str],
    covariates: Sequence[str],
    time: str,
    compare_tasks: bool,
    phases: Mapping[str, str],
) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """What enters the tests where tasks do, what the tests against chance are of, and how its times enter."""
    if not (compare_tasks or phases):
        return aggregated, aggregated, time
    averaged = [*of_a_cell, *covariates]
    if not compare_tasks:
        by_time = means_of_times(aggregated, phases, averaged)
        return by_time, by_time, time
    by_task = means_of_tasks(aggregated, averaged)
    if time != "change":
        return by_task, by_task, "factor"
    return changes_of_tasks(aggregated, phases, of_a_cell, covariates), by_task, "factor"


def _refuse_unknown_design(within: Sequence[str], time: str, compare_tasks: bool, crossed: bool) -> None:
    if time not in TIMES:
        raise ValueError(f"time is {time!r}; the choices are {', '.join(TIMES)}.")
    if compare_tasks and time not in (("mean", "change") if crossed else ("mean",)):
        raise ValueError(f"time is {time!r}: where tasks are compared, it can only be mean.")
    if unknown := [name for name in within if name not in CELLS]:
        raise DesignError(f"The within factor {unknown[0]} is neither roi nor band.")


def _nothing(columns: list[str], measures: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of a study in which no dyad could be used: they say so, and hold no number."""
    note = "every dyad is excluded; the table of exclusions says why"
    rows = [{"measure": measure, "apa": "not tested", "note": note} for measure in measures]
    empty = {name: groups.table(rows if name == "anova" else [], name) for name in groups.FAMILIES}
    empty["spread"] = pd.DataFrame(columns=SPREAD.names)
    empty["presence"] = pd.DataFrame(columns=PRESENCE.names)
    empty["correlations"] = scores.table([])
    empty["correlationlines"] = score_lines.table([])
    empty["snr"] = snr.table([])
    empty["therapists"] = therapists.table([])
    empty = {name: whole_counts(one) for name, one in empty.items()}
    return {"dyadmeans": pd.DataFrame(columns=columns)} | empty
