"""Windows of the one member against windows of the other that were not simultaneous.

Every window meets every window once; each null is then a way to look up that table. Which of them is
right is in docs/chance-calibration.md.
"""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice, permutations
from math import factorial

import numpy as np

from interbrain.metrics import check_phasors
from interbrain.metrics.estimators.locking import plv

Metric = Callable[[np.ndarray, np.ndarray], np.ndarray]
PAIRS_AT_ONCE = 2**20  # 8 MB of complex64: a matrix product of full speed in little memory


def pairings(a: np.ndarray, b: np.ndarray, metric: Metric = plv) -> Iterator[tuple[int, np.ndarray]]:
    """Each window of a with all windows of b, in order.

    Windows stand in for channels: one call of the estimator, and so one matrix product of PLV, gives all
    pairings of many windows.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        As the estimator wants them; the numbers of windows may differ.
    metric : callable
        An estimator from metrics.METRICS that averages over time.

    Yields
    ------
    window : int
        Of a.
    values : array, shape (n_bands, n_channels_a, n_epochs_b, n_channels_b)
    """
    n_bands, n_windows, n_channels, n_times = a.shape
    columns = b.reshape(n_bands, 1, -1, n_times)  # (bands, 1, windows b * channels b, times)
    n_block = max(1, PAIRS_AT_ONCE // max(1, n_channels * columns.shape[2]))
    for first in range(0, n_windows, n_block):
        rows = a[:, first : first + n_block].reshape(n_bands, 1, -1, n_times)
        values = metric(rows, columns).reshape(n_bands, -1, n_channels, *b.shape[1:3])
        for window in range(values.shape[1]):
            yield first + window, values[:, window]


def repairing_table(a: np.ndarray, b: np.ndarray, metric: Metric = plv) -> np.ndarray:
    """Synchrony of every window of the one member with every window of the other.

    Parameters
    ----------
    a, b : array of complex, shape (n_bands, n_epochs, n_channels, n_times)
        Both members in the kept windows, in order of time.
    metric : callable
        An estimator from metrics.METRICS that averages over time.

    Returns
    -------
    table : array, shape (n_epochs, n_epochs, n_bands, n_channels_a, n_channels_b)
        Window of a, window of b; the diagonal holds the simultaneous ones. 29 MB for 60 windows, 2 bands and
        32 channels each, and 25 times that for 300: cut out the channels of interest before.
    """
    a, b = check_phasors(a, b)
    n_bands, n_windows, n_channels, _ = a.shape
    table = None
    for window, values in pairings(a, b, metric):
        if table is None:
            table = np.empty((n_windows, n_windows, n_bands, n_channels, b.shape[2]), dtype=values.dtype)
        table[window] = values.transpose(2, 0, 1, 3)
    return np.empty((0, 0, n_bands, n_channels, b.shape[2])) if table is None else table


def permutation_null(table: np.ndarray, n_permutations: int, rng: np.random.Generator) -> np.ndarray:
    """Window-mean synchrony when the client's windows are put into a random order.

    Takes windows for exchangeable: where rhythms wax and wane over several windows they are not, and a null
    of permutations is then too narrow. `window_shift_null` keeps their order.

    Parameters
    ----------
    table : array, shape (n_epochs, n_epochs, ...)
        From `repairing_table`; also the ROI mean of it.
    n_permutations : int
        How many to draw, with replacement, from all n_epochs! orders; where there are no more than these
        besides the one in time, each of them once.
    rng : numpy.random.Generator

    Returns
    -------
    null : array of float64, shape (n_members, ...)
        n_members = min(n_permutations, n_epochs! - 1).
    """
    n_windows = _n_windows(table)
    if n_permutations < 1:
        raise ValueError(f"At least 1 permutation is needed, not {n_permutations}.")
    everyone = np.arange(n_windows)
    orders: Iterable[np.ndarray]
    if n_windows < 21 and factorial(n_windows) - 1 <= n_permutations:
        orders = [np.array(order) for order in islice(permutations(everyone), 1, None)]
    else:
        orders = (rng.permutation(n_windows) for _ in range(n_permutations))
    null = [table[everyone, order].mean(axis=0, dtype=float) for order in orders]
    return np.array(null).reshape(-1, *table.shape[2:])


def window_shift_null(table: np.ndarray, min_windows: int = 1) -> np.ndarray:
    """Window-mean synchrony after circular shifts by whole windows: every one that there is.

    Windows stay whole and in their order, so that neither a seam nor a slow change is lost; but n_epochs
    windows have only n_epochs - 1 shifts, and p can be no smaller than 1 / n_epochs.

    Parameters
    ----------
    table : array, shape (n_epochs, n_epochs, ...)
        From `repairing_table`; also the ROI mean of it.
    min_windows : int
        Smallest shift from either end.

    Returns
    -------
    null : array of float64, shape (n_epochs + 1 - 2 * min_windows, ...)
        By shift, ascending; empty if there is none.
    """
    n_windows = _n_windows(table)
    if min_windows < 1:
        raise ValueError(f"The smallest shift must be at least 1 window, not {min_windows}.")
    everyone = np.arange(n_windows)
    shifts = range(min_windows, n_windows + 1 - min_windows)
    null = [table[everyone, (everyone - shift) % n_windows].mean(axis=0, dtype=float) for shift in shifts]
    return np.array(null, dtype=float).reshape(-1, *table.shape[2:])


def repairing_moments(table: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Mean and SD of the window mean over all n_epochs! orders of the windows, in closed form.

    Parameters
    ----------
    table : array, shape (n_epochs, n_epochs, ...)

    Returns
    -------
    mean, sd : array of float64, shape (...)
        mean of the table; sd^2 = sum d^2 / (n - 1) / n^2 with d the table without its row and column means.
        sd is NaN for a single window.

    References
    ----------
    Hoeffding (1951), Annals of Mathematical Statistics 22, 558-566.
    """
    n = _n_windows(table)
    d = np.asarray(table, dtype=float)
    mean = d.mean(axis=(0, 1))
    d = d - d.mean(axis=0, keepdims=True) - d.mean(axis=1, keepdims=True) + mean
    sd = np.sqrt((d**2).sum(axis=(0, 1)) / (n - 1)) / n if n > 1 else np.full_like(mean, np.nan)
    return mean, sd


def _n_windows(table: np.ndarray) -> int:
    if np.ndim(table) < 2 or table.shape[0] != table.shape[1]:
        raise ValueError(f"A table of pairings has as many rows as columns, not {np.shape(table)}.")
    return table.shape[0]
