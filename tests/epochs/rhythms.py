"""Recordings of plain rhythms on two clocks, to be spoiled; no tests."""

import numpy as np

from interbrain.clocks import ClockFit
from interbrain.epochs import Signal, choose_windows, on_therapist_clock

SFREQ, DURATION = 250.0, 40.0
CHANNELS = ["F3", "Fz", "Cz", "O1"]
ROIS = {"frontal": ["F3", "Fz"], "central": ["Cz"]}
FIT = ClockFit(offset=1.3371, drift_ppm=250.0, residual_ms=0.4, n_matched=9)
LIMITS = {
    **{"length_s": 5, "edge_s": 2, "max_peak_to_peak_uv": 200, "max_peak_to_peak_elsewhere_uv": 500},
    **{"min_peak_to_peak_uv": 1, "rois": ROIS},
}


def rhythm(seed=0, duration=DURATION, spans=(), interpolated=(), role="therapist"):
    """20 uV of a slow rhythm, another phase in each channel."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(duration * SFREQ)) / SFREQ
    phases = rng.uniform(0, 2 * np.pi, (len(CHANNELS), 1))
    data = 20e-6 * np.sin(2 * np.pi * 10 * times + phases) + 1e-7 * rng.standard_normal(
        (len(CHANNELS), len(times))
    )
    return Signal(data, list(CHANNELS), SFREQ, list(spans), list(interpolated), role)


def ledger_of(therapist, client, fit=FIT, **changed):
    return choose_windows(therapist, client, fit, **{**LIMITS, **changed})


def same_clock(therapist, client, **changed):
    return ledger_of(therapist, client, ClockFit.identity(), **changed)


def client_here(client, therapist, fit=FIT):
    return on_therapist_clock(client, fit, therapist.data.shape[1])
