"""What cleaning cannot judge in a recording, and mains that the config does not name, in words.

One set of sentences for the doctor, the quality table and the report. Measures nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from interbrain.cleaning.channels import NOISE_FROM_HZ, highest_noise
from interbrain.cleaning.muscle import ABOVE_LINE_HZ, muscle_band
from interbrain.formats.spectrum import mains_of
from interbrain.words import listed


def beyond_reach(
    line: float, sfreq: float, recorded_sfreq: float, highest_hz: float | None
) -> tuple[list[str], str]:
    """What cannot be judged at high frequencies, and why; nothing and "" if all can.

    Parameters
    ----------
    line, sfreq, recorded_sfreq : float
        Hz: the mains, the rate of cleaning, the amplifier's.
    highest_hz : float or None
        See `formats.spectrum.Spectrum.highest_hz`.
    """
    what, from_hz = [], NOISE_FROM_HZ
    if muscle_band(line, sfreq, recorded_sfreq, highest_hz) is None:
        what, from_hz = ["bursts of muscle activity"], line + ABOVE_LINE_HZ
    if highest_noise(sfreq, recorded_sfreq, highest_hz) is None:
        what.append("high-frequency noise of channels")
    if not what:
        return [], ""
    limits = {
        f"it was recorded at {recorded_sfreq:g} Hz": 0.45 * recorded_sfreq,
        f"cleaning resamples it to {sfreq:g} Hz": 0.45 * sfreq,
    }
    if highest_hz:
        # To 5 Hz, because no filter ends sharply, and recordings by one filter should have one reason.
        limits[f"a low-pass filter left nothing above about {5 * round(highest_hz / 5):g} Hz"] = highest_hz
    return what, f"{min(limits, key=limits.__getitem__)}, and this is judged from {from_hz:g} Hz on"


def other_mains(found: Sequence[float], configured: float) -> str:
    """A sentence if the recording shows other mains than the config names, and not these; else empty."""
    own = mains_of(found, configured)
    if own == configured:
        return ""
    return f"the mains are at {own:g} Hz, not at {configured:g} Hz as the config says"


def not_judged(account: Mapping) -> str:
    """What could not be judged in one cleaned recording, a colon, and why; empty if all could.

    Parameters
    ----------
    account : mapping
        `cleaning.clean` of the recording.
    """
    reach = ("MainsHz", "SamplingFrequency", "RecordedSamplingFrequency", "RecordedHighestHz")
    what, why = beyond_reach(*(account[name] for name in reach))
    return f"{listed(what)}: {why}" if what else ""


def reservations(account: Mapping) -> list[str]:
    """What a person should know of one cleaned recording: unexpected mains, and what could not be judged."""
    said = []
    if mains := other_mains(account["RecordedMainsHz"], account["ConfiguredMainsHz"]):
        said.append(f"{mains}; they were removed at {account['MainsHz']:g} Hz")
    if lacking := not_judged(account):
        said.append(f"not judged: {lacking}")
    return said
