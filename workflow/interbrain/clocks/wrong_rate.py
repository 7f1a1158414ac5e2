"""Pulses that match as soon as one of the two files is read at another sampling rate than it gives."""

from __future__ import annotations

import numpy as np

from interbrain.clocks.matching import ClockError, align
from interbrain.clocks.runs import SessionRun
from interbrain.formats.lines import RATES_HZ

# Of the pulses of the recording with fewer: equally spaced or few ones match at some rate by chance.
FEWEST_MATCHED, SHARE_MATCHED = 5, 0.7
# What remains between two clocks whose rates are right; the nearest two rates are 1.6 % apart.
MAX_DRIFT_PPM = 1500.0
MOST_PULSES = 60
LEAST, OF_THE_CLOCKS = 0.4, 0.003


def wrong_rate(run: SessionRun) -> ClockError | None:
    """That the triggers of two recordings match if the rate of one is not the one that its file gives.

    Parameters
    ----------
    run : SessionRun
        Whose triggers do not match otherwise.

    Returns
    -------
    error : ClockError or None
        None if there is no other usual rate at which they match.
    """
    reference, other = (np.array(s.pulses)[:MOST_PULSES] for s in (run.therapist, run.client))
    if min(len(reference), len(other)) < FEWEST_MATCHED:
        return None
    found = {}
    for faster in _ratios(run):
        try:
            fit = align(reference, other * faster, max_drift_ppm=MAX_DRIFT_PPM)
        except ClockError:
            continue
        found[faster] = fit.n_matched
    faster = max(found, key=lambda ratio: found[ratio], default=1.0)
    matched = found.get(faster, 0)
    if matched < max(FEWEST_MATCHED, SHARE_MATCHED * min(len(reference), len(other))):
        return None
    client, therapist = run.client.sfreq / faster, run.therapist.sfreq * faster
    return ClockError(
        f"{matched} of {len(reference)} and {len(other)} pulses match only if one of the two sampling "
        f"rates is wrong: if the client's is {client:.6g} Hz and not {run.client.sfreq:.6g}, or the "
        f"therapist's {therapist:.6g} Hz and not {run.therapist.sfreq:.6g}",
        "Look up both rates in the recording programs, and export the recording with the wrong one again; "
        "otherwise exclude the recording with a reason.",
    )


def _ratios(run: SessionRun) -> list[float]:
    """Factors on the times of the client's pulses that another usual rate of one file would explain."""
    client = [run.client.sfreq / rate for rate in RATES_HZ]
    therapist = [rate / run.therapist.sfreq for rate in RATES_HZ]
    found = {round(ratio, 6) for ratio in (*client, *therapist)}
    return sorted(ratio for ratio in found if LEAST <= ratio <= 1 / LEAST and abs(ratio - 1) > OF_THE_CLOCKS)
