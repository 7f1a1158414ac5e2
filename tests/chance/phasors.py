"""Phasors without any rhythm, for the tests of the chance levels; no tests."""

import numpy as np


def random_phasors(n_bands, n_epochs, n_channels, n_times, seed=0, dtype=np.complex128):
    phase = np.random.default_rng(seed).random((n_bands, n_epochs, n_channels, n_times))
    return np.exp(2j * np.pi * phase).astype(dtype)


def random_signals(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)
