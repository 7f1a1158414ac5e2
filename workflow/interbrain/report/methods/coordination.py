"""Methods: coordination of other signals than the EEG, in the measures that the study asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from interbrain.coordination.defaults import by_default
from interbrain.coordination.settings import Settings

from .run import Run

Sentence = Callable[[Run], str]


def coordination(run: Run) -> Iterator[str]:
    """Nothing unless the study has a table of signals."""
    if not run.get("tables", "signals"):
        return
    asked = set(run.sizes.get("coordination_measures", ()))
    asked |= {name for names in run.get("signals", "measures", default={}).values() for name in names}
    asked = asked or set(by_default("other"))
    said = [sentence for measures, sentence in SENTENCES if asked & measures]
    yield (
        "Coordination of the other signals was computed between both members' series, aligned sample by "
        "sample on the therapist's clock. Windows with missing samples, or in which a signal did not vary, "
        "were left out."
    )
    yield from (sentence(run) for sentence in said)
    shifts, least = _setting(run, "n_shifts"), _setting(run, "min_shift_s")
    yield (
        f"Each value was compared with {shifts} circular shifts of the client's series against the "
        f"therapist's by at least {least} s: the mean over shifts was the chance level, and p was "
        "(b + 1)/(m + 1), where b of the m shifts gave at least the observed value."
    )
    if asked & LAGGED:
        yield (
            "The lag in seconds was where the curve over lags (mean over windows of the absolute Fisher's z) "
            "was furthest above its circular shifts, in their standard deviations, if fewer than 5% of the "
            "shifts were as far above at any lag; over dyads, the mean curve was tested by sign flips with "
            "the largest |t| over lags."
        )
    if _setting(run, "stranger_shifts"):
        yield (
            "Each value was also compared with those of pairs of a therapist and a client of different "
            "dyads, each above its own circular shifts, because circular shifts do not preserve changes "
            "that every session has at the same time."
        )
    yield _over_dyads(run)


def _over_dyads(run: Run) -> str:
    return (
        "Over dyads, coordination above chance was tested against zero by sign flips and, like PLV, between "
        "groups and with scores. p was corrected by Holm's method over all measures of coordination in "
        "one question; measures whose chance level was not right in every simulated situation were "
        "not interpreted."
    )


def _setting(run: Run, name: str) -> float | str:
    value: float | str = run.get("signals", name, default=getattr(Settings, name))
    return f"{value:g}" if isinstance(value, float) else value


def _lagged(run: Run) -> str:
    straight = " after removal of each window's linear trend" if _setting(run, "detrend") == "linear" else ""
    return (
        "The windowed cross-lagged correlation was computed as in the R package rMEA "
        f"({run.cite('KleinbubRamseyer2021')}): Pearson correlations in windows of "
        f"{_setting(run, 'window_s')} s every {_setting(run, 'step_s')} s, at all lags up to "
        f"±{_setting(run, 'lag_s')} s{straight}, Fisher's z, and the mean over windows and lags of its "
        "absolute values (wcc_absolute), of its signed values (wcc_signed), or the difference of the "
        "absolute values' means between lags at which the client is later and earlier (wcc_lead)."
    )


def _segments(run: Run) -> str:
    return (
        f"Surrogate synchrony (SUSY; {run.cite('TschacherMeier2020')}) was computed from the "
        f"cross-correlations of segments of {_setting(run, 'segment_s')} s at lags up to "
        f"±{_setting(run, 'lag_s')} s. Its effect size was not interpreted, because its variance in "
        "sessions without coordination depends on their length."
    )


def _concordance(run: Run) -> str:
    return (
        f"The concordance index ({run.cite('Marci2007')}) was the natural logarithm of the sum of positive "
        "over the absolute sum of negative correlations of both members' slopes (least squares, windows of "
        f"{_setting(run, 'slope_s')} s every {_setting(run, 'slope_step_s')} s), correlated in running "
        f"windows of {_setting(run, 'concordance_s')} s. A sum below .5, half a window of r = 1, was set to "
        ".5, so that sessions without negative (or positive) correlations have an index."
    )


def _matching(run: Run) -> str:
    return (
        "Matching and complementary coordination were the shares of windows of "
        f"{_setting(run, 'slope_s')} s in which both members' slopes had the same or opposite signs, "
        "summarised as the log odds ratio of the four combinations of signs."
    )


def _agreement(run: Run) -> str:
    return (
        "Agreement of categorical series was the share of samples in which both members were in the same "
        f"category, in windows of {_setting(run, 'window_s')} s and averaged over lags up to "
        f"±{_setting(run, 'lag_s')} s."
    )


LAGGED = frozenset({"wcc_absolute", "wcc_signed", "wcc_lead"})
SENTENCES: tuple[tuple[frozenset[str], Sentence], ...] = (
    (LAGGED, _lagged),
    (frozenset({"susy_absolute", "susy_signed", "susy_above_pseudo", "susy_es"}), _segments),
    (frozenset({"concordance_index"}), _concordance),
    (
        frozenset({"both_rise", "both_fall", "client_falls", "client_rises"})
        | {"matching", "complementary", "matching_lambda"},
        _matching,
    ),
    (frozenset({"agreement", "agreement_above_marginals"}), _agreement),
)
