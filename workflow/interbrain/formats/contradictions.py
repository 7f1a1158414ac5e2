"""What a recording's own signal says against its file: strength, rate, bands, labels, lags, numbers.

Judges what `measurements` measured, notes it, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from interbrain.formats.alterations import note_alterations
from interbrain.formats.amplitudes import MOST_POSSIBLE, volts
from interbrain.formats.channels import LEAST_OF_ONE_KIND, listed_names
from interbrain.formats.delays import note_delays
from interbrain.formats.holds import note_held
from interbrain.formats.lines import CLOSE, other_rate, usual_rate
from interbrain.formats.measurements import Measured, measured_of
from interbrain.formats.notes import note, noted
from interbrain.formats.sites import fit, fits_nowhere, shift, swapped
from interbrain.formats.slopes import note_slope
from interbrain.formats.spectrum import MAINS_HZ, Spectrum, filter_facts
from interbrain.words import listed

if TYPE_CHECKING:
    from mne.io import BaseRaw

    from interbrain.formats.channel_likeness import Likeness

# At rest the EEG of all channels together has 3 to 50 µV; amplifiers have .1 to .5 by themselves.
LEAST_USUAL_UV, MOST_USUAL_UV = 0.7, 200.0
# Filters of headers that reach into the bands of interest, and what a spectrum shows at least that went
# through one of second order: 13 real recordings rise by -.3 and 1.9 dB and fall by 7.3 at most.
LOWEST_HZ, HIGHEST_HZ = 2.5, 28.0
MILD_RISE_DB, MILD_FALL_DB = (1.0, 3.0), 9.0
# Holes: what is left at a frequency, below the lower of what is so far (Hz) on either side. 39 simulated
# recordings and 12 real ones have 3.4, 6.2 and 8.8 dB at most.
HOLES_DB, HOLES_HZ = {1.0: 7.0, 2.0: 12.0, 3.0: 17.0}, (4.0, 45.0)
COMPARE = "Compare the cap map, and the plugs at the amplifier, with the cap"
SWAPPED = "{0} resembles the neighbours of {1}, and {1} those of {0}, so the two may be swapped"
WITHOUT_FILTER = (
    "A band of which too little is left has no synchrony (n/a): export the recording without this filter, "
    "or use bands that it leaves alone"
)


def note_contradictions(measured: Measured) -> None:
    """Note what the EEG of a recording contradicts.

    Parameters
    ----------
    measured : Measured
        `measurements.measured_of` the recording.
    """
    _note_strength(measured)
    _note_rate(measured)
    _note_filters(measured)
    note_slope(measured.spectrum)
    note_held(measured.raster, measured.sfreq, len(measured.eeg))
    note_delays(measured.lags)
    if measured.likeness:
        _note_sites(measured.likeness)
    note_alterations(measured.numbers)


def contradictions(measured: Measured) -> list[str]:
    """What `note_contradictions` notes."""
    with noted() as notes:
        note_contradictions(measured)
    return notes


def judged(raw: BaseRaw) -> dict[str, Any]:
    """Fields of a `survey.Survey` that advise a person; what the recording contradicts is noted."""
    measured = measured_of(raw)
    note_contradictions(measured)
    lowest, highest = filters_of(measured)
    return {
        "mains_hz": measured.spectrum.mains_hz,
        "highest_hz": highest,
        "lowest_hz": lowest,
        "filtered": filter_facts(measured.spectrum),
        "likeness": measured.likeness,
    }


def filters_of(measured: Measured) -> tuple[float | None, float | None]:
    """Below and above what frequencies (Hz) filters took the EEG; None where they took nothing.

    The frequencies of the header are given if the spectrum does not contradict them: of EDF files it may be
    that of another channel.
    """
    spectrum = measured.spectrum
    slow, fast = spectrum.rise_db
    low, high = spectrum.lowest_hz, spectrum.highest_hz
    if measured.highpass >= LOWEST_HZ and (low or slow > MILD_RISE_DB[0] or fast > MILD_RISE_DB[1]):
        low = measured.highpass
    if measured.lowpass < HIGHEST_HZ and (spectrum.fall_db > MILD_FALL_DB or (high or 99) < HIGHEST_HZ):
        high = measured.lowpass
    return low, high


def holes_hz(spectrum: Spectrum) -> tuple[float, ...]:
    """Frequencies of 4 to 45 Hz that a notch or a moving average took out: the deepest of each hole."""
    from scipy.ndimage import maximum_filter1d

    hz = spectrum.frequency_hz
    if not len(spectrum.power) or hz[1] > min(HOLES_DB) / 4:
        return ()
    level = 10 * np.log10(np.maximum(np.median(spectrum.power, axis=0), 1e-30))
    # Beyond a filter's edge, its ripple has holes of its own.
    last = min(HOLES_HZ[1], 0.9 * hz[-1] - 2 * max(HOLES_DB), 0.95 * (spectrum.highest_hz or np.inf))
    places = np.flatnonzero((hz >= max(HOLES_HZ[0], spectrum.lowest_hz or 0.0)) & (hz <= last))
    taken, found = [line for line in MAINS_HZ if line < HOLES_HZ[1] + 10], list[float]()
    for apart, least in HOLES_DB.items():
        near, far = round(apart / 2 / hz[1]), round(2 * apart / hz[1])
        # Medians take long, and no median is above all of its values.
        low = places[maximum_filter1d(level, 2 * far + 1)[places] - level[places] >= least]
        below = [np.median(level[max(k - far, round(1 / hz[1])) : k - near]) for k in low]
        above = [np.median(level[k + near + 1 : k + far + 1]) for k in low]
        depth = np.minimum(below, above) - level[low]
        for k in np.argsort(-depth)[: int((depth >= least).sum())]:
            at = float(hz[low[k]])
            if all(abs(at - other) > 2 * apart for other in [*taken, *found]):
                found.append(at)
    return tuple(sorted(found))


def _note_strength(measured: Measured) -> None:
    rms = measured.rms_uv
    if np.isnan(rms).all():
        return
    strength = float(np.nanmedian(rms))
    if not LEAST_USUAL_UV <= strength <= MOST_USUAL_UV:
        much = "weak" if strength < LEAST_USUAL_UV else "strong"
        note(
            f"the EEG is unusually {much}: {volts(strength)} at 1-30 Hz (RMS, median of all channels; 3 "
            "to 50 µV are usual); compare it with what the recording program shows"
        )
    other = [name for name, value in zip(measured.eeg, rms, strict=True) if value > MOST_POSSIBLE]
    if len(other) >= LEAST_OF_ONE_KIND:
        note(
            f"{len(other)} of {len(rms)} EEG channels ({listed_names(other, 4)}) are "
            f"{volts(np.median(rms[rms > MOST_POSSIBLE]))} strong, more than a head can give, and the "
            f"others {volts(np.median(rms[rms <= MOST_POSSIBLE]))}: these electrodes were off, or their "
            "unit is wrong"
        )


def _note_filters(measured: Measured) -> None:
    low, high = filters_of(measured)
    if low:
        note(f"a high-pass filter left little of its EEG below about {low:.2g} Hz. {WITHOUT_FILTER}")
    if high and high < HIGHEST_HZ:
        note(f"a low-pass filter left little of its EEG above about {high:.2g} Hz. {WITHOUT_FILTER}")
    if holes := [f"{hz:.3g}" for hz in holes_hz(measured.spectrum)]:
        note(
            f"its EEG lacks what is at about {listed(holes)} Hz, as after a notch filter or a moving "
            "average. What a band holds there is not its rhythm: export the recording without this filter, "
            "or leave the band out"
        )


def _note_rate(measured: Measured) -> None:
    sfreq = measured.sfreq
    found = other_rate(measured.spectrum, sfreq)
    if found is None:
        return
    off = sfreq / found.rate_hz - 1
    late = abs(measured.n_times / found.rate_hz - measured.n_times / sfreq)
    near = abs(off) <= CLOSE
    why_else = "if its power came from a generator" if near else "if this is the line of a screen"
    rate = f"{found.rate_hz:.6g}" if usual_rate(found.rate_hz) else f"{found.rate_hz:.1f}"
    note(
        f"its sampling rate is probably {rate} Hz and not {sfreq:.6g} Hz, as the file says: there "
        f"is a line at {found.line_hz:.1f} Hz, where mains of {found.mains_hz:g} Hz would then appear, and "
        f"none at 50 or 60 Hz. All times and frequencies are then wrong by {100 * abs(off):.1f}% "
        f"({late:.1f} s at the end). Compare the length of the recording with that in the recording "
        f"program, and export it again with the right rate; {why_else}, nothing needs to be done"
    )


def _note_sites(found: Likeness) -> None:
    if places := shift(found):
        one, other = found.names[0], found.names[-places % len(found.names)]
        how_far = "one place" if abs(places) == 1 else f"{abs(places)} places"
        note(
            f"its EEG channels fit the head better with all labels moved by {how_far} in the order of the "
            f"file (what is called {one} would be {other}). {COMPARE}"
        )
    elif fits_nowhere(found):
        note(
            f"its EEG channels do not resemble their neighbours on the head (correlation {fit(found):.2f}; "
            "with right labels .5 to .9): the labels are those of another cap, or the channels are bipolar "
            f"derivations. {COMPARE}"
        )
    elif pair := swapped([found]):
        note(SWAPPED.format(*pair) + f". {COMPARE}")
