"""What a recording's own signal says against its file: a rate that its mains contradict.

Notes it, and changes nothing.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from interbrain.formats.lines import CLOSE, other_rate, usual_rate
from interbrain.formats.notes import note
from interbrain.formats.spectrum import Spectrum, recorded_spectrum

if TYPE_CHECKING:
    from mne.io import BaseRaw


def note_contradictions(raw: BaseRaw, spectrum: Spectrum | None = None) -> Spectrum:
    """Note what the EEG of a recording contradicts; returns its spectrum.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels named and typed, and its gaps marked.
    spectrum : Spectrum, optional
        `recorded_spectrum` of it, if it was measured already.
    """
    spectrum = recorded_spectrum(raw) if spectrum is None else spectrum
    _note_rate(raw, spectrum)
    return spectrum


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
