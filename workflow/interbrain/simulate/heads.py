"""A simulated head: its electrodes, and how the fields of brain, eyes, muscles and heart reach them.

Simple geometry, not a volume conductor. Nothing here knows of time, except the background noise.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from interbrain.head import electrode_places

CHANNELS = [
    *("Fp1", "Fp2", "AF3", "AF4", "F7", "F3", "Fz", "F4", "F8", "FC5", "FC1", "FC2", "FC6", "T7", "C3", "Cz"),
    *("C4", "T8", "CP5", "CP1", "CP2", "CP6", "P7", "P3", "Pz", "P4", "P8", "PO3", "PO4", "O1", "Oz", "O2"),
]
EYES_M = ((-0.033, 0.06, -0.038), (0.033, 0.06, -0.038))  # in the montage's space
BLINK, SACCADE = (0.0, 0.3, 1.0), (1.0, 0.0, 0.0)  # directions of the eyes' dipoles: up, and to the right


def electrode_positions(channels: Sequence[str] = CHANNELS) -> np.ndarray:
    """Metres, shape (n_channels, 3): x to the right, y to the front, z up."""
    where = electrode_places()
    return np.array([where[name] for name in channels])


def focal_field(positions: np.ndarray, centre: np.ndarray, width_m: float) -> np.ndarray:
    """A source's share at each electrode, shape (n_channels,): 1 at its centre, Gaussian around it."""
    return np.exp(-((positions - centre) ** 2).sum(axis=1) / (2 * width_m**2))


def eye_field(positions: np.ndarray, direction: Sequence[float]) -> np.ndarray:
    """Two equal dipoles in the eyes, shape (n_channels,): their field without a head, 1 where strongest.

    A blink (upwards) is strongest at Fp1 and Fp2, a quarter of it at F3 and F7; a look to the right is
    positive at F8 and negative at F7.
    """
    field = np.zeros(len(positions))
    for eye in EYES_M:
        away = positions - np.array(eye)
        field += away @ np.array(direction) / np.linalg.norm(away, axis=1) ** 3
    return field / np.abs(field).max()


def heart_field(positions: np.ndarray) -> np.ndarray:
    """A far dipole, left below the head: a gradient over it, mean 0, 1 where strongest."""
    field = (positions - positions.mean(axis=0)) @ np.array([-0.8, 0.2, -0.55])
    return field / np.abs(field).max()


def background(positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator) -> np.ndarray:
    """1/f noise, volts, correlated between near electrodes, about 10 uV RMS."""
    distance = np.linalg.norm(positions[:, None] - positions[None], axis=2)
    volume_conduction = np.exp(-(distance**2) / (2 * 0.05**2)) + 0.05 * np.eye(len(positions))
    spectrum = np.fft.rfft(rng.standard_normal((len(positions), n_times)))
    frequency = np.fft.rfftfreq(n_times, 1 / sfreq)
    spectrum *= 1 / np.sqrt(np.maximum(frequency, 0.3))
    noise = np.fft.irfft(spectrum, n_times)
    return np.linalg.cholesky(volume_conduction) @ noise * (10e-6 / noise.std())
