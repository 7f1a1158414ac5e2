"""What a recording's own signal says against its file: its rate, its bands, its labels, its numbers.

Notes it, and changes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from interbrain.formats.alterations import note_alterations
from interbrain.formats.lines import CLOSE, other_rate, usual_rate
from interbrain.formats.notes import note
from interbrain.formats.sites import Likeness, fit, fits_nowhere, likeness, shift, swapped
from interbrain.formats.spectrum import Spectrum, recorded_spectrum
from interbrain.words import listed

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Filters of headers that reach into the bands of interest, and what a spectrum shows at least that went
# through one of second order: 13 real recordings rise by -.3 and 1.9 dB and fall by 7.3 at most.
LOWEST_HZ, HIGHEST_HZ = 2.5, 28.0
MILD_RISE_DB, MILD_FALL_DB = (1.0, 3.0), 9.0
COMPARE = "Compare the cap map, and the plugs at the amplifier, with the cap"
SWAPPED = "{0} resembles the neighbours of {1}, and {1} those of {0}, so the two may be swapped"
WITHOUT_FILTER = (
    "A band of which too little is left has no synchrony (n/a): export the recording without this filter, "
    "or use bands that it leaves alone"
)


@dataclass(frozen=True)
class Measured:
    """What a recording is judged by: its spectrum, and how alike its channels are."""

    spectrum: Spectrum
    likeness: Likeness | None


def note_contradictions(raw: BaseRaw) -> Measured:
    """Note what the EEG of a recording contradicts, and return what was measured.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed, and its gaps marked.
    """
    measured = Measured(recorded_spectrum(raw), likeness(raw))
    _note_rate(raw, measured.spectrum)
    _note_filters(raw, measured.spectrum)
    if measured.likeness:
        _note_sites(measured.likeness)
    note_alterations(raw)
    return measured


def filters_of(raw: BaseRaw, spectrum: Spectrum) -> tuple[float | None, float | None]:
    """Below and above what frequencies (Hz) filters took the EEG; None where they took nothing.

    The frequencies of the header are given if the spectrum does not contradict them: of EDF files it may be
    that of another channel.
    """
    slow, fast = spectrum.rise_db
    low, high = spectrum.lowest_hz, spectrum.highest_hz
    if raw.info["highpass"] >= LOWEST_HZ and (low or slow > MILD_RISE_DB[0] or fast > MILD_RISE_DB[1]):
        low = float(raw.info["highpass"])
    if raw.info["lowpass"] < HIGHEST_HZ and (spectrum.fall_db > MILD_FALL_DB or (high or 99) < HIGHEST_HZ):
        high = float(raw.info["lowpass"])
    return low, high


def _note_filters(raw: BaseRaw, spectrum: Spectrum) -> None:
    low, high = filters_of(raw, spectrum)
    if low:
        note(f"a high-pass filter left little of its EEG below about {low:.2g} Hz. {WITHOUT_FILTER}")
    if high and high < HIGHEST_HZ:
        note(f"a low-pass filter left little of its EEG above about {high:.2g} Hz. {WITHOUT_FILTER}")
    if holes := [f"{hz:.3g}" for hz in spectrum.holes_hz]:
        note(
            f"its EEG lacks what is at about {listed(holes)} Hz, as after a notch filter or a moving "
            "average. What a band holds there is not its rhythm: export the recording without this filter, "
            "or leave the band out"
        )


def _note_rate(raw: BaseRaw, spectrum: Spectrum) -> None:
    sfreq = raw.info["sfreq"]
    found = other_rate(spectrum, sfreq)
    if found is None:
        return
    off = sfreq / found.rate_hz - 1
    late = abs(raw.n_times / found.rate_hz - raw.n_times / sfreq)
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
