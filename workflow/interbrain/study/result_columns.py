"""Columns of the results: names that are taken, and names that a study may ask for."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from interbrain.metrics.registry import METRICS
from interbrain.problems import Problem
from interbrain.study.problems import did_you_mean
from interbrain.study.settings import Statistics
from interbrain.tables.catalogue import OF_STUDY
from interbrain.tables.truth import TRUTH

if TYPE_CHECKING:
    import pandas as pd


def estimator_columns(name: str) -> list[str]:
    """Columns of the aggregated dataset that an estimator besides PLV has."""
    strangers = ["_above_pseudo"] if METRICS[name].needs == "phase" else []  # compared in phases only
    return [f"{name}{end}" for end in ("", "_above_chance", *strangers, "_z_chance")]


# The tables in which factors and scores get columns of their own. Beside their columns are taken those of the
# statistics and of BIDS.
EXTENDED = [table for table in (*OF_STUDY.values(), TRUTH) if table.extended]
TAKEN_COLUMNS = frozenset(
    """
    participant role run exclude
    measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high
    n_dyads apa note questionnaire n r ci_low ci_high p_holm bf10 slope intercept factor level mean sd
    participant_id species age sex handedness dyad_id session_id therapist_id client_id partner_id
    n_runs acq_time partner phase simultaneous_with sync_offset filename duration
    """.split()  # noqa: SIM905
).union(
    (column for table in EXTENDED for column in table.names),
    (column for name in METRICS if name != "plv" for column in estimator_columns(name)),
)
# Those of them with one value a dyad and time can be correlated or be covariates, as scores can; those with
# one at each site and band can be covariates.
OF_TIMES = ("alpha_peak_therapist", "alpha_peak_client", "n_windows")
COVARIATES = (
    *("power_therapist", "power_client", "snr_therapist", "snr_client"),
    *("log_power_therapist", "log_power_client", "log_snr_therapist", "log_snr_client"),
    *OF_TIMES,
)


def check_column_names(
    factors: Iterable[str],
    differences: Collection[str],
    scores: Mapping[str, pd.DataFrame | None],
    numbers: Sequence[str] = (),
) -> list[Problem]:
    """Factors, numbers, differences and scores become columns beside others: each needs its own name."""
    columns = [("factors", factor) for factor in factors]
    columns += [("statistics", number) for number in numbers]
    columns += [("differences", f"{name}{end}") for name in differences for end in ("", "_absolute")]
    for questionnaire, scored in scores.items():
        if scored is not None:
            columns += [
                (f"questionnaires: {questionnaire}", f"{questionnaire}_{c}") for c in scored if c != "dyad"
            ]
    problems = []
    owners: dict[str, str] = {}
    for key, column in columns:
        if column in TAKEN_COLUMNS:
            what = f'"{column}" is already the name of a column of the results'
            problems.append(Problem(f"config.yaml, {key}", what, "Choose another name."))
        elif owners.setdefault(column, key) != key:
            what = f'"{column}" is a column of {owners[column]} already'
            problems.append(Problem(f"config.yaml, {key}", what, "Choose another name."))
    return problems


def check_asked_columns(
    statistics: Statistics,
    differences: Collection[str],
    scores: Mapping[str, pd.DataFrame | None],
    numbers: Sequence[str] = (),
    coordination: Sequence[str] = (),
    measures: Sequence[str] = (),
    factors: Mapping[str, Sequence[str]] | None = None,
) -> list[Problem]:
    """What the statistics correlate, and their covariates, must be columns of the aggregated dataset.

    `numbers` are columns of the dyads table, `coordination` those that other signals give. A
    mediation may have `measures` of synchrony as well, and as x a factor of two levels.
    """
    of_dyads = [*numbers, *differences, *(f"{name}_absolute" for name in differences)]
    for questionnaire, scored in scores.items():
        if scored is not None:
            of_dyads += [f"{questionnaire}_{c}" for c in scored if c not in ("dyad", "missing_items")]
    known = {
        "correlate": [*of_dyads, *coordination, *OF_TIMES],
        "covariates": [*COVARIATES, *of_dyads, *coordination],
    }
    problems = _check_mediations(statistics, [*known["covariates"], *measures], factors)
    for key, columns in known.items():
        for name in getattr(statistics, key):
            if name not in columns:
                what = f'no score, difference or column of the dyads table is called "{name}"'
                problems.append(Problem(f"config.yaml, statistics: {key}", what, did_you_mean(name, columns)))
    return problems


def unused_scores(
    statistics: Statistics,
    differences: Mapping[str, Sequence[str]],
    scores: Mapping[str, pd.DataFrame | None],
) -> list[Problem]:
    """A warning for each questionnaire of which no analysis uses a score."""
    asked = {*statistics.correlate, *statistics.covariates}
    asked |= {part for m in statistics.mediation for part in (m.x, m.mediator, m.y)}
    compared = {questionnaire for two in differences.values() for questionnaire in two}
    warnings = []
    for questionnaire, scored in scores.items():
        own = [f"{questionnaire}_{c}" for c in scored if c != "dyad"] if scored is not None else []
        if own and questionnaire not in compared and not asked.intersection(own):
            name = f"{questionnaire}_total"
            hint = f"If it is to be correlated with synchrony, write correlate: [{name}] below statistics."
            where = f"config.yaml, questionnaires: {questionnaire}"
            warnings.append(Problem(where, "no analysis uses its scores", hint))
    return warnings


def _check_mediations(
    statistics: Statistics, columns: Sequence[str], factors: Mapping[str, Sequence[str]] | None
) -> list[Problem]:
    """Each part of a mediation is a column of numbers of its own, x perhaps a factor of two levels."""
    problems = []
    two = [name for name, levels in (factors or {}).items() if len(levels) == 2]
    for number, asked in enumerate(statistics.mediation, 1):
        where = f"config.yaml, statistics: mediation {number}"
        parts = {"x": asked.x, "mediator": asked.mediator, "y": asked.y}
        for part, name in parts.items():
            known = [*columns, *(two if part == "x" else ())]
            if name not in known:
                what = f'{part}: no column of numbers is called "{name}"'
                problems.append(Problem(where, what, did_you_mean(name, known)))
        if len(set(parts.values())) < len(parts):
            problems.append(Problem(where, "two of x, mediator and y are the same column", "Name three."))
    return problems
