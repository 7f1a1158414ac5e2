"""Directed coupling: does the one member's past help to predict the other's present, beyond its own past?

Spectral Granger causality of two signals from a vector autoregressive model (VAR) that is fitted within
windows. Not in the registry: it has a direction, takes real broadband signals, and a run has one model.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

# Fewer windows, or fewer samples for each coefficient of an equation, and a value says little.
MIN_WINDOWS = 10
MIN_SAMPLES_A_COEFFICIENT = 10


@dataclass(frozen=True)
class Granger:
    """Spectral Granger causality between signals a and b, mean over each band; arrays of shape (n_bands,).

    Attributes
    ----------
    to_b, to_a : array
        From a to b and from b to a; 0 without influence, without upper limit.
    to_b_reversed, to_a_reversed : array
        The same with time running backwards.
    order, n_windows, n_samples : int
        Lags of the model; windows; instants that it predicts.
    taken : str
        Which bands have no numbers, and why.
    """

    to_b: np.ndarray
    to_a: np.ndarray
    to_b_reversed: np.ndarray
    to_a_reversed: np.ndarray
    order: int
    n_windows: int
    n_samples: int
    taken: str = ""

    @property
    def n_parameters(self) -> int:
        """Of the model: four coefficients a lag and the noise's three (co)variances."""
        return 4 * self.order + 3

    @property
    def without_coupling(self) -> float:
        """What independent signals give on average, over all frequencies: order / n_samples (Geweke 1982)."""
        return self.order / self.n_samples if self.n_samples else np.nan

    @property
    def note(self) -> str:
        """What a reader must know of bands without numbers and of the sample's size; empty if all will do."""
        a_coefficient = self.n_samples / (2 * self.order)
        if self.n_windows >= MIN_WINDOWS and a_coefficient >= MIN_SAMPLES_A_COEFFICIENT:
            return self.taken
        few = (
            f"few data: {self.n_windows} windows, {a_coefficient:.0f} samples a coefficient "
            f"(at least {MIN_WINDOWS} and {MIN_SAMPLES_A_COEFFICIENT}); the value says little"
        )
        return f"{self.taken}; {few}" if self.taken else few


def granger(
    a: np.ndarray, b: np.ndarray, sfreq: float, bands: Mapping[str, Sequence[float]], order: int
) -> Granger:
    """Spectral Granger causality in both directions, and with time reversed.

    Parameters
    ----------
    a, b : array of float, shape (n_windows, n_times)
        One signal of each member in simultaneous windows. Their band should fill most of 0 to sfreq / 2: a
        VAR of signals that are sampled far above their highest frequency is ill conditioned.
    bands : mapping name -> (low, high)
        Hz.
    order : int
        Lags of the model, in samples.

    Returns
    -------
    found : Granger
        NaN for signals with a value that is not finite, of too few samples for the model, or of which one
        is (nearly) a copy of the other.

    Notes
    -----
    Least squares over the windows' instants, each with its own window's past: no lag reaches across a border.
    With the model's transfer function H, noise covariance C and spectrum S = H C H*, influence of a on b at a
    frequency is ln(S_bb / (S_bb - (C_aa - C_ab^2 / C_bb) |H_ba|^2)) (Geweke 1982, Journal of the American
    Statistical Association 77, 304-313, formula of Ding, Chen and Bressler 2006). Where a mere difference in
    signal-to-noise ratio seems to be an influence, it stays when time is reversed, whereas a true direction
    turns: hence the difference of net influence and reversed net influence (Haufe et al. 2013, NeuroImage 64,
    120-133; Winkler et al. 2016, IEEE Transactions on Signal Processing 64, 2746-2760).
    """
    a, b = np.asarray(a, float), np.asarray(b, float)
    if a.ndim != 2 or a.shape != b.shape:
        raise ValueError(
            f"Granger causality needs two signals (n_windows, n_times), not {a.shape}, {b.shape}."
        )
    if order < 1:
        raise ValueError(f"A model needs at least 1 lag, not {order}.")
    n_windows, n_times = a.shape
    n_samples = n_windows * max(n_times - order, 0)
    forward = _spectral(np.stack([a, b]), sfreq, bands, order)
    reverse = _spectral(np.stack([a, b])[..., ::-1], sfreq, bands, order)
    return Granger(*forward, *reverse, order, n_windows, n_samples)


def fitted(x: np.ndarray, order: int) -> tuple[np.ndarray, np.ndarray] | None:
    """A VAR without intercept by least squares, of windows that know nothing of one another.

    Parameters
    ----------
    x : array, shape (n_signals, n_windows, n_times)

    Returns
    -------
    coefficients : array, shape (order, n_signals, n_signals)
        [lag - 1, of which signal, from which signal].
    noise : array, shape (n_signals, n_signals)
        Covariance of the residuals. None in place of both if the data cannot tell the coefficients.
    """
    n_signals, n_windows, n_times = x.shape
    n_samples, n_coefficients = n_windows * max(n_times - order, 0), n_signals * order
    if n_samples <= n_coefficients or not np.isfinite(x).all():
        return None
    # (samples, lags * signals): the past of each instant
    past = np.concatenate([x[..., order - lag : n_times - lag] for lag in range(1, order + 1)])
    past = past.reshape(n_coefficients, n_samples).T
    present = x[..., order:].reshape(n_signals, n_samples).T
    products = past.T @ past
    if np.linalg.cond(products) > 1e12:
        return None
    coefficients = np.linalg.solve(products, past.T @ present)
    left = present - past @ coefficients
    noise = left.T @ left / (n_samples - n_coefficients)
    return coefficients.reshape(order, n_signals, n_signals).swapaxes(1, 2), noise


def _spectral(
    x: np.ndarray, sfreq: float, bands: Mapping[str, Sequence[float]], order: int
) -> tuple[np.ndarray, np.ndarray]:
    """From the first of two signals to the second, and back, mean over each band."""
    centred = x - x.mean(axis=(1, 2), keepdims=True) if x.size else x
    size = centred.std(axis=(1, 2), keepdims=True) if x.size else 1.0
    missing = np.full(len(bands), np.nan)
    with np.errstate(invalid="ignore", divide="ignore"):
        model = fitted(centred / size, order)
    if model is None:
        return missing, missing.copy()
    coefficients, noise = model
    means = []
    for low, high in bands.values():
        frequency = np.linspace(low, high, int(np.ceil((high - low) / 0.1)) + 1)
        turns = np.exp(-2j * np.pi * np.outer(frequency, np.arange(1, order + 1)) / sfreq)
        transfer = np.linalg.inv(np.eye(2) - np.einsum("fk,kij->fij", turns, coefficients))
        spectrum = np.einsum("fij,jk,fik->fi", transfer, noise, transfer.conj()).real  # diagonal only
        means.append([_influence(spectrum, transfer, noise, i, k).mean() for i, k in ((0, 1), (1, 0))])
    to_second, to_first = np.array(means).T
    return to_second, to_first


def _influence(spectrum: np.ndarray, transfer: np.ndarray, noise: np.ndarray, i: int, k: int) -> np.ndarray:
    """Of signal i on signal k at each frequency."""
    own_noise = noise[i, i] - noise[i, k] ** 2 / noise[k, k]
    return -np.log1p(-own_noise * np.abs(transfer[:, k, i]) ** 2 / spectrum[:, k])
