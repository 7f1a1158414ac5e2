"""Settings of what is done to the recordings: clocks, cleaning, windows, synchrony and its chance levels."""

from __future__ import annotations

from typing import Annotated, Literal

from annotated_types import Ge, Le, Len, MinLen

from interbrain.study.declaring import Section, Unique, optional, required, setting
from interbrain.study.kinds import FurtherEstimator, Names, NotNegative, Positive, Removed, Share


class Clock(Section):
    """Limits of the two clocks' alignment; the jobs of a dyad beyond one of them stop"""

    max_residual_ms: Positive = setting(10, "Of the shared triggers after the fit of offset and slope, ms")
    max_drift_error_ppm: Positive = setting(100, "Standard error of the fitted drift, ppm")
    max_drift_ppm: Positive = setting(1500, "A faster drift means that pulses were matched wrongly, ppm")
    accept_header_time: bool = setting(False, "Whether recordings may be tied by their files' start times")


class Remove(Section):
    """Labels of components that are removed, each from this probability on; other components are kept"""

    eye_blink: Removed = optional("Probability", alias="eye blink")
    muscle_artifact: Removed = optional("Probability", alias="muscle artifact")
    heart_beat: Removed = optional("Probability", alias="heart beat")
    line_noise: Removed = optional("Probability", alias="line noise")
    channel_noise: Removed = optional("Probability", alias="channel noise")
    other: Removed = optional("Probability")


REMOVED = ("eye blink", "muscle artifact", "heart beat", "line noise", "channel noise")


class Ica(Section):
    """Independent components that are not brain activity"""

    do: bool = setting(True, "Whether components are removed")
    max_components: Annotated[int, Ge(8)] = setting(30, "Largest number of components")
    remove: Remove = setting(dict.fromkeys(REMOVED, 0.8), Remove.__doc__)


class Cleaning(Section):
    """Filters of the continuous recording"""

    sfreq: Annotated[float, Ge(100)] = setting(250, "Sampling rate after cleaning, Hz")
    highpass: Positive = setting(1, "Lower edge of the pass band, Hz")
    lowpass: Positive = setting(40, "Upper edge of the pass band, Hz")
    max_bad_share: Share = setting(
        0.25, "A recording with more bad channels is flagged for inspection (look)"
    )
    ica: Ica = setting({}, Ica.__doc__)
    muscle_db: Positive = setting(
        6, "High-frequency power above the usual level that marks a muscle burst, dB"
    )


class Windows(Section):
    """Windows that must be good in both members at once"""

    length_s: Positive = setting(5, "Length, not overlapping, s")
    edge_s: NotNegative = setting(2, "Left out at both ends and around gaps, s")
    max_peak_to_peak_uv: Positive = setting(200, "At any ROI channel of either member, uV")
    max_peak_to_peak_elsewhere_uv: Positive = setting(
        500, "At any other good channel, uV: the average reference spreads it"
    )
    min_peak_to_peak_uv: NotNegative = setting(1, "Less is a flat electrode, uV")
    autoreject: Literal["global", "local"] | None = setting(
        None, "Limits that autoreject also learns from each recording: one, or one for each channel"
    )
    min_clean_s: NotNegative = setting(30, "A recording with less clean time in common is not used, s")
    look_below_percent: Annotated[float, Ge(0), Le(100)] = setting(
        50, "A recording of which fewer windows are kept is flagged, %"
    )


class Phase(Section):
    """Phases of the bands"""

    sfreq: Annotated[float, Ge(20)] = setting(100, "Rate at which phases are kept, Hz")


class Synchrony(Section):
    """Estimators of synchrony"""

    estimators: Annotated[list[FurtherEstimator], Unique()] = setting(
        ["aec"], "Besides PLV, which is always computed"
    )
    over: Literal["time", "windows", "recording"] = setting("time", "What they average over")
    individual_alpha: str | None = setting(None, "The band that is centred on each person's own alpha peak")
    time_resolved: str | None = setting(None, "An estimator whose value in every window is written as well")
    within_brain: bool = setting(False, "The same estimators within each brain, for comparison")
    directed: Literal["granger"] | None = setting(None, "Directed coupling: spectral Granger causality")


class Events(Section):
    """Events that reach both members: their time is left out, or the response to them is subtracted"""

    names: Annotated[list[Annotated[str, MinLen(1)]], MinLen(1), Unique()] = required(
        "Spelt as in events.tsv of the BIDS dataset"
    )
    do: Literal["mask", "regress"] = setting(
        "mask", "mask: no window overlaps an event; regress: the mean response is subtracted"
    )
    window_s: Annotated[list[float], Len(2, 2)] = setting(
        [-0.2, 1.0], "Beginning and end of the response, s from the event"
    )
    may_be_absent: bool = setting(False, "Whether a recording may lack them")


class Lags(Section):
    """PLV and amplitude correlation with the client delayed by every lag"""

    max_s: Positive = setting(2.5, "Largest lag, in both directions, s")
    far_from_s: Positive = setting(1, "PLV at lag 0 is compared with lags from here on, s")


class Chance(Section):
    """Chance levels by circular shifts of the client, pseudo-dyads, phase-randomised clients"""

    n_shifts: Annotated[int, Ge(20)] = setting(200, "Number of shifts")
    min_shift_s: Positive = setting(5, "Smallest shift, from both ends, s")
    alike: Names = setting(
        [], "Factors in which dyads must agree before their members are paired as pseudo-dyads"
    )
    max_pseudo_dyads: Annotated[int, Ge(20)] = setting(
        200, "Pseudo-dyads of each dyad: where more are possible, this number is drawn at random"
    )
    n_surrogates: Annotated[int, Ge(0)] = setting(0, "Phase-randomised clients")
