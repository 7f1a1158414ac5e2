"""Kinds of signals, each declared once: what is recorded, what it becomes, at which rate, in which limits.

Imports nothing slow: the study's tables are checked by it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

CARDIAC = "ibi"  # what an ECG, a pulse wave and a list of intervals become
MOST_HZ = 25.0  # a ready series is brought to this rate if both members' are faster


@dataclass(frozen=True)
class Kind:
    """A kind of signal.

    Attributes
    ----------
    name : str
    about : str
        What is recorded.
    series : str
        What it becomes, and what it is called unless the table gives it a name: ECG and pulse wave become
        inter-beat intervals.
    becomes : str
        The series that is compared between the members, in words.
    unit : str
        Of that series; empty: that of the file.
    rate_hz : float or None
        At which the series is compared; None: the lower rate of the two members', at most `MOST_HZ`.
    limits : (float, float) or None
        Of the recorded values (of an ECG or a pulse wave: of the intervals); what is outside is missing.
    axes : tuple of int
        How many channels one signal has.
    rests_at_least : bool
        Whether it may stay at its least value: no movement. Then that is neither flat nor clipped.
    least_hz : float
        The lowest sampling rate from which it can be taken.
    """

    name: str
    about: str
    series: str
    becomes: str
    unit: str = ""
    rate_hz: float | None = None
    limits: tuple[float, float] | None = None
    axes: tuple[int, ...] = (1,)
    rests_at_least: bool = False
    least_hz: float = 0.0


# Skin conductance below .05 uS is taken for no contact, as in Kleckner et al. (2018). Their range is .05 to
# 60 uS, of which 60 is the most that their device records.
SKIN_US = (0.05, 100.0)
# 30 to 220 beats a minute.
INTERVALS_S = (60 / 220, 2.0)

KINDS: Mapping[str, Kind] = {
    kind.name: kind
    for kind in (
        Kind(
            "eda",
            "skin conductance",
            "eda",
            "skin conductance (tonic and phasic together), low-passed at 3 Hz",
            "uS",
            4.0,
            limits=SKIN_US,
            least_hz=2.0,
        ),
        Kind(
            "ecg",
            "electrocardiogram",
            CARDIAC,
            "inter-beat intervals of the ECG, artefacts corrected, evenly resampled",
            "s",
            4.0,
            limits=INTERVALS_S,
            least_hz=100.0,
        ),
        Kind(
            "ppg",
            "pulse wave (photoplethysmogram)",
            CARDIAC,
            "intervals between pulse waves, artefacts corrected, evenly resampled",
            "s",
            4.0,
            limits=INTERVALS_S,
            least_hz=20.0,
        ),
        Kind(
            "ibi",
            "inter-beat intervals",
            CARDIAC,
            "inter-beat intervals, artefacts corrected, evenly resampled",
            "s",
            4.0,
            limits=INTERVALS_S,
        ),
        Kind(
            "respiration",
            "respiration belt or flow",
            "respiration",
            "respiration, band-passed 0.05 to 3 Hz, in standard deviations",
            "SD",
            10.0,
            least_hz=10.0,
        ),
        Kind(
            "motion",
            "movement: three axes of an accelerometer, or motion energy of a video",
            "motion",
            "movement: length of the change of acceleration a second, or motion energy as given",
            axes=(1, 3),
            rests_at_least=True,
        ),
        Kind(
            "pitch",
            "pitch of the voice",
            "pitch",
            "pitch of the voice, mean over running windows of 20 s with at least 1 s of voice",
            "semitones",
            1.0,
        ),
        Kind("gaze", "gaze", "gaze", "gaze as given", rests_at_least=True),
        Kind("affect", "facial or rated affect", "affect", "affect as given", rests_at_least=True),
        Kind("other", "another series", "other", "the series as given", rests_at_least=True),
    )
}


def default_name(kind: str) -> str:
    """What a signal of this kind is called unless its row says otherwise."""
    return KINDS[kind].series
