"""What all estimators share: two members that belong together, in blocks of windows, and missing channels.

No formula stands here. An estimator is written for one block, (n_windows, n_channels, n_times) of either
member, and `of_phases` or `of_signals` makes it a function of all bands and windows.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import wraps
from itertools import product
from typing import Protocol, cast

import numpy as np

CACHE = 2**19  # bytes of one member that are worked on at once: what a processor keeps close

Formula = Callable[[np.ndarray, np.ndarray], np.ndarray]


class Estimate(Protocol):
    """A formula over all bands and windows, with what it needs of the members and its bounds."""

    __name__: str
    needs: str
    low: float
    high: float

    def __call__(self, a: np.ndarray, b: np.ndarray, /) -> np.ndarray: ...


def check_phasors(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both members as complex arrays of shapes that belong together, or a plain error."""
    a, b = np.asarray(a), np.asarray(b)
    if a.ndim != 4 or b.ndim != 4:
        raise ValueError(
            "Phasors and analytic signals need shape (n_bands, n_epochs, n_channels, n_times); "
            f"these have {a.shape} and {b.shape}."
        )
    if not (np.iscomplexobj(a) and np.iscomplexobj(b)):
        raise ValueError(f"Phasors and analytic signals are complex; these are {a.dtype} and {b.dtype}.")
    for axis, what in ((0, "bands"), (1, "windows"), (3, "samples in a window")):
        if a.shape[axis] != b.shape[axis]:
            raise ValueError(
                f"The two members differ in the number of {what}: {a.shape[axis]} and {b.shape[axis]}."
            )
    if a.shape[-1] == 0:
        raise ValueError("The windows are empty: they hold no samples.")
    return a, b


def arranged(x: np.ndarray, over: str = "time") -> np.ndarray:
    """Windows with what an estimator averages over as their last axis.

    Parameters
    ----------
    x : array, shape (n_bands, n_epochs, n_channels, n_times)
    over : "time", "windows" or "recording"
        What to average over: the samples of each window; the windows, at each instant; or all samples of
        all windows.

    Returns
    -------
    arranged : array
        "time": as it is. "windows": (n_bands, n_times, n_channels, n_epochs), a view. "recording":
        (n_bands, 1, n_channels, n_epochs * n_times).
    """
    if over == "time":
        return x
    if over == "windows":
        return x.transpose(0, 3, 2, 1)
    if over == "recording":
        n_bands, n_epochs, n_channels, n_times = x.shape
        return x.swapaxes(1, 2).reshape(n_bands, 1, n_channels, n_epochs * n_times)
    raise ValueError(f"Synchrony is averaged over time, windows or recording, not over {over!r}.")


def of_phases(low: float, high: float) -> Callable[[Formula], Estimate]:
    """Make a formula an estimator of unit phasors, from `low` to `high`."""
    return lambda formula: _over_blocks(formula, "phase", low, high)


def of_signals(low: float, high: float) -> Callable[[Formula], Estimate]:
    """Make a formula an estimator of analytic signals with their amplitude, from `low` to `high`."""
    return lambda formula: _over_blocks(formula, "signal", low, high)


def _over_blocks(formula: Formula, needs: str, low: float, high: float) -> Estimate:
    @wraps(formula)
    def estimate(a: np.ndarray, b: np.ndarray) -> np.ndarray:
        a, b = check_phasors(a, b)
        if needs == "phase":
            _check_length(a)
            _check_length(b)
        n_bands, n_epochs, n_channels, n_times = a.shape
        kind = np.result_type(a, b)
        values = np.empty((n_bands, n_epochs, n_channels, b.shape[2]), dtype=kind.type(0).real.dtype)
        largest = max(n_channels, b.shape[2], 1)
        n_windows = max(1, CACHE // (largest * n_times * kind.itemsize))
        with np.errstate(divide="ignore", invalid="ignore", over="ignore"):
            for band, first in product(range(n_bands), range(0, n_epochs, n_windows)):
                block = band, slice(first, first + n_windows)
                x, y = _rows(a[block]), _rows(b[block])
                values[block] = formula(x, y)
                _drop(values[block], _constant(x))
                _drop(values[block].swapaxes(-1, -2), _constant(y))
        return np.clip(values, low, high, out=values)  # rounding may pass the bounds

    made = cast("Estimate", estimate)
    made.needs, made.low, made.high = needs, low, high
    return made


def cross_mean(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """Mean over time of a conj(b), for all pairs of channels: one matrix product a window."""
    product = a @ b.conj().swapaxes(-1, -2)  # (..., channels a, times) @ (..., times, channels b)
    product *= 1 / a.shape[-1]  # NumPy divides complex numbers ten times slower
    return product


def imaginary_products(a: np.ndarray, b: np.ndarray) -> Iterator[tuple[int, slice, np.ndarray]]:
    """Im(a conj(b)) = |a| |b| sin(phase a - phase b) at each instant, a few pairs of channels at a time.

    Yields
    ------
    i : int
        Channel of a.
    k : slice
        Channels of b.
    products : array, shape (n_windows, channels in k, n_times)
        Overwritten by the next ones.
    """
    a_real, a_imag, b_real, b_imag = (np.ascontiguousarray(x) for x in (a.real, a.imag, b.real, b.imag))
    n_windows, n_channels, n_times = b.shape
    n_block = max(1, min(n_channels, CACHE // (n_windows * n_times * b.itemsize)))
    for first in range(0, n_channels, n_block):
        k = slice(first, first + n_block)
        products, other = np.empty_like(b_real[:, k]), np.empty_like(b_real[:, k])
        for i in range(a.shape[1]):
            np.multiply(a_imag[:, i, None], b_real[:, k], out=products)
            np.multiply(a_real[:, i, None], b_imag[:, k], out=other)
            products -= other  # exactly 0 for equal phases: both products are rounded alike
            yield i, k, products


def unit_power(z: np.ndarray) -> np.ndarray:
    """Each channel divided by the root of its mean power in the window."""
    power = (z.real**2 + z.imag**2).mean(axis=-1, keepdims=True)
    return z / np.sqrt(power)


def beyond_rounding(x: np.ndarray) -> np.ndarray:
    """The denominators x, NaN where they are nothing but rounding error of numbers near 1."""
    return np.where(x > 32 * np.finfo(x.dtype).eps, x, np.nan)


def correlation(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    """Correlation over time of real courses with mean 0, for all pairs; NaN for one that does not vary."""
    return _normalised(x) @ _normalised(y).swapaxes(-1, -2) / x.shape[-1]


def _normalised(x: np.ndarray) -> np.ndarray:
    return x / beyond_rounding(np.sqrt(np.mean(x**2, axis=-1, keepdims=True)))


def _check_length(phasors: np.ndarray) -> None:
    length = np.abs(phasors[:, :1, :, 0])  # one sample of a channel tells signals from phasors
    wrong = length[(np.abs(length - 1) > 1e-3) & (length != 0)]  # 0 is missing, as is NaN
    if wrong.size:
        raise ValueError(
            f"Phasors have length 1; these have {wrong[0]:.3g}. Divide analytic signals by their amplitude."
        )


def _constant(x: np.ndarray) -> np.ndarray:
    """Channels of one and the same value throughout a window, (n_windows, n_channels): they tell nothing."""
    same = x[..., 0] == x[..., -1]
    if same.any():  # rarely
        same[same] = (x[same] == x[same][:, :1]).all(axis=-1)
    return same


def _drop(values: np.ndarray, missing: np.ndarray) -> None:
    if missing.any():
        values[missing] = np.nan


def _rows(x: np.ndarray) -> np.ndarray:
    """x with neighbouring samples side by side in memory, as a matrix product wants them."""
    return x if x.strides[-1] == x.itemsize else np.ascontiguousarray(x)
