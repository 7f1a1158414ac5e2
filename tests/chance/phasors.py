"""Phasors without any rhythm, and the plain way to shift them; no tests."""

import numpy as np


def random_phasors(n_bands, n_epochs, n_channels, n_times, seed=0, dtype=np.complex128):
    phase = np.random.default_rng(seed).random((n_bands, n_epochs, n_channels, n_times))
    return np.exp(2j * np.pi * phase).astype(dtype)


def random_signals(*shape, seed=0):
    rng = np.random.default_rng(seed)
    return rng.standard_normal(shape) + 1j * rng.standard_normal(shape)


def rolled(b, lag):
    """The joined windows rolled by a lag and cut again."""
    n_bands, n_epochs, n_channels, n_times = b.shape
    train = np.roll(b.swapaxes(1, 2).reshape(n_bands, n_channels, -1), lag, axis=-1)
    return train.reshape(n_bands, n_channels, n_epochs, n_times).swapaxes(1, 2)


def shifted(b, lag, seams=(0,)):
    """As `rolled`, but a window over one of the seams (in front of these windows) is the nearer whole one."""
    n_epochs, n_times = b.shape[1], b.shape[-1]
    windows = rolled(b, lag).copy()
    for window in range(n_epochs):
        source, begin = divmod((window * n_times - lag) % (n_epochs * n_times), n_times)
        following = (source + 1) % n_epochs
        if begin and following in seams:
            windows[:, window] = b[:, source if begin <= n_times / 2 else following]
    return windows
