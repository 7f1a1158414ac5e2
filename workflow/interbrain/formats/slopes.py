"""Whether a recording was differentiated or integrated: its whole spectrum rises, or falls far too steeply.

Notes it, and changes nothing. Not here: filters, which change a part of the spectrum (`spectrum`).
"""

from __future__ import annotations

import numpy as np

from interbrain.formats.notes import note
from interbrain.formats.spectrum import Spectrum

# Power in dB an octave from the first of these bands to the second, and to the last: -4.5 to .8, and -5.1 to
# -2.0, in 14 real recordings and 40 simulated heads. A derivative adds 6, a sum takes 6 away. Muscle and
# noise raise the last band alone; between 7 and 22 Hz are rhythms, which do not count.
BANDS_HZ = ((1.5, 3.0), (4.0, 7.0), (22.0, 32.0))
RISES_DB, FALLS_DB = (1.5, 0.5), (-5.5, -7.5)


def note_slope(spectrum: Spectrum) -> None:
    """Note that the EEG was differentiated or integrated, if its spectrum shows it.

    Parameters
    ----------
    spectrum : Spectrum
        Of `recorded_spectrum`. One that a filter has changed in these bands is not judged.
    """
    found = slopes_db(spectrum)
    if found is None:
        return
    low, whole = found
    rises = low > RISES_DB[0] and whole > RISES_DB[1]
    falls = low < FALLS_DB[0] and whole < FALLS_DB[1]
    if not (rises or falls) or spectrum.lowest_hz or (spectrum.highest_hz or np.inf) < BANDS_HZ[-1][1]:
        return
    if rises:
        note(
            f"the power of its EEG rises with frequency (by {whole:.1f} dB an octave; that of EEG falls by 2 "
            "to 5), so the signal was probably differentiated (steps from sample to sample). Band power and "
            "limits in µV mean nothing then. Export the EEG itself"
        )
    else:
        note(
            f"the power of its EEG falls by {-whole:.1f} dB an octave (that of EEG by 2 to 5), so the signal "
            "was probably integrated (a running sum). Band power and limits in µV mean nothing then. Export "
            "the EEG itself"
        )


def slopes_db(spectrum: Spectrum) -> tuple[float, float] | None:
    """How much the median channel's power rises per octave, dB: at low frequencies, and over all bands."""
    hz = spectrum.frequency_hz
    inside = [(hz >= low) & (hz <= high) for low, high in BANDS_HZ]
    if not len(spectrum.power) or hz[-1] < BANDS_HZ[-1][1] or not all(band.any() for band in inside):
        return None
    level = 10 * np.log10(np.maximum(np.median(spectrum.power, axis=0), 1e-30))
    first, second, last = (float(np.median(level[band])) for band in inside)
    octaves = [np.log2(np.sqrt(low * high)) for low, high in BANDS_HZ]
    return (second - first) / (octaves[1] - octaves[0]), (last - first) / (octaves[2] - octaves[0])
