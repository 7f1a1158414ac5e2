"""EEG that was measured at a lower rate than its file has: values held, or joined by straight lines.

Judges the raster that `rasters` measured, notes it, and changes nothing. Not here: single losses that were
filled (`fillings`), EEG that does not move (`stillness`), a rate that is wrong (`lines`).
"""

from __future__ import annotations

import numpy as np

from interbrain.formats.channels import listed_names
from interbrain.formats.notes import note
from interbrain.formats.rasters import Raster

# A raster counts if it is the same in most excerpts, and so many times as wide as that of the samples.
SAME_RATE, MOST_OF_EXCERPTS, LEAST_RATIO = 0.01, 0.75, 1.15


def note_held(found: Raster | None, stored: float, n_eeg: int) -> None:
    """Note EEG channels that were measured at a lower rate than their file has.

    Parameters
    ----------
    found : Raster or None
        `rasters.raster_of` the recording.
    stored : float
        The rate of the file, Hz.
    n_eeg : int
        How many EEG channels it has.
    """
    rate = measured_at(found, stored)
    if found is None or rate is None:
        return
    names = found.names
    if found.straight:
        note(
            f"{len(names)} of {n_eeg} EEG channels ({listed_names(names, 4)}) were measured at about "
            f"{rate:.4g} Hz and stored at {stored:.6g} Hz, with straight lines between the values. What they "
            f"hold above {rate / 2:.3g} Hz mirrors lower frequencies and is no EEG. Export the recording at "
            "the rate at which it was measured"
        )
    else:
        note(
            f"{len(names)} of {n_eeg} EEG channels ({listed_names(names, 4)}) were measured at about "
            f"{rate:.4g} Hz and stored at {stored:.6g} Hz, with each value repeated until the next, which "
            f"makes them late by {500 * (1 / rate - 1 / stored):.1f} ms on average. What they hold above "
            f"{rate / 2:.3g} Hz mirrors lower frequencies and is no EEG. Export the recording at the rate at "
            "which it was measured"
        )


def measured_at(found: Raster | None, stored: float) -> float | None:
    """At which rate, Hz, the channels of a raster were measured; None: at that of the file, `stored`."""
    if found is None or not np.isfinite(found.every).any():
        return None
    usual = float(np.nanmedian(found.every))
    same = np.abs(found.every - usual) < SAME_RATE * usual
    return stored / usual if usual > LEAST_RATIO and same.mean() >= MOST_OF_EXCERPTS else None
