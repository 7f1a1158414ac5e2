"""Phases of two brains become synchrony: one function for each estimator, all behind METRICS.

An estimator gives one value for each band, window and channel pair between the brains. Chance level,
averaging over windows and statistics are other rooms' work.
"""

from collections.abc import Callable, Sequence

import numpy as np


def check_phasors(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both members as complex arrays of shapes that belong together, or a plain error."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 4 or b.ndim != 4:
        raise ValueError(
            "Phasors need shape (n_bands, n_epochs, n_channels, n_times); "
            f"these have {a.shape} and {b.shape}."
        )
    if not (np.iscomplexobj(a) and np.iscomplexobj(b)):
        raise ValueError(f"Phasors are complex unit numbers; these are {a.dtype} and {b.dtype}.")
    for axis, what in ((0, "bands"), (1, "windows"), (3, "samples in a window")):
        if a.shape[axis] != b.shape[axis]:
            raise ValueError(
                f"The two members differ in the number of {what}: {a.shape[axis]} and {b.shape[axis]}."
            )
    if a.shape[-1] == 0:
        raise ValueError("The windows are empty: they hold no samples.")
    return a, b


def plv(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Phase-locking value over time, |mean of exp(i (phase a - phase b))|, for all pairs between brains.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Unit phasors of the two members, simultaneous; the numbers of channels may differ.

    Returns
    -------
    plv : array, shape (n_bands, n_epochs, n_channels_a, n_channels_b)
        From 0 to 1; float32 for complex64 phasors (rounding about 1e-7), float64 for complex128. NaN for
        the pairs of a channel that has NaN, and for no other pair.

    References
    ----------
    Lachaux et al. (1999), Human Brain Mapping 8, 194-208.
    """
    a, b = check_phasors(a, b)
    n_times = a.shape[-1]
    # (..., channels a, times) @ (..., times, channels b): one matrix product a band and window
    return np.minimum(np.abs(a @ b.conj().swapaxes(-1, -2)) / n_times, 1)  # rounding may pass 1


METRICS: dict[str, Callable[[np.ndarray, np.ndarray], np.ndarray]] = {"plv": plv}


def roi_mean(values: np.ndarray, rows: Sequence[int], cols: Sequence[int]) -> tuple[np.ndarray, np.ndarray]:
    """Mean over the channel pairs between two groups of channels; pairs that are NaN are left out.

    Parameters
    ----------
    values : array, shape (..., n_channels_a, n_channels_b)
    rows, cols : sequence of int
        The channels of the one and the other member.

    Returns
    -------
    mean : array of float64, shape (...)
        NaN where no pair is left.
    n_pairs : array of int, shape (...)
        How many pairs the mean rests on.
    """
    values = np.asarray(values)
    if values.ndim < 2:
        raise ValueError(f"Channel pairs need shape (..., n_channels_a, n_channels_b), not {values.shape}.")
    rows, cols = np.asarray(rows, dtype=int), np.asarray(cols, dtype=int)
    for chosen, n_channels in zip((rows, cols), values.shape[-2:], strict=True):
        if chosen.ndim != 1 or np.any((chosen < 0) | (chosen >= n_channels)):
            raise ValueError(f"Channels {chosen.tolist()} are not all among the {n_channels} channels.")
    pairs = values[..., rows[:, None], cols]  # (..., n_rows, n_cols)
    used = ~np.isnan(pairs)
    n_pairs = used.sum(axis=(-2, -1))
    with np.errstate(invalid="ignore"):
        return np.where(used, pairs, 0).sum(axis=(-2, -1), dtype=float) / n_pairs, n_pairs
