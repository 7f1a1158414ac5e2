"""Eyes, muscles, heart and mains as independent components: found, labelled, and removed above a probability.

One recording at a time, on its good channels. Does not choose windows, and touches no bad channel.
"""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from zlib import crc32

import numpy as np

from .decisions import decided
from .names import named_now, names_of
from .topographies import interpolated_at_once

if TYPE_CHECKING:
    from mne.io import BaseRaw
    from mne.preprocessing import ICA

# ICLabel's classes, in the order of its output.
LABELS = ("brain", "muscle artifact", "eye blink", "heart beat", "line noise", "channel noise", "other")
LOWEST_HZ, HIGHEST_HZ = 1.0, 100.0  # ICLabel was trained on this band, and slow drift spoils the fit
FEWEST_GOOD_CHANNELS, FEWEST_COMPONENTS = 8, 7
SAMPLES_PER_WEIGHT = 25  # k components have k^2 weights; rule of thumb: 20 to 30 samples for each
NO_BRAIN_V = 1e-3  # a second that swings further at any channel teaches the fit nothing of eyes or muscles
MAX_ITERATIONS, TOLERANCE = 500, 1e-5


class Tanh:
    """Picard's density for sources with heavy tails, to the last digit, in two thirds of its time.

    Picard's own computes an exponential that it does not use, or everything with numexpr where that is
    installed, whose last digits are others.
    """

    def log_lik(self, sources: np.ndarray) -> np.ndarray:
        """Minus the log-likelihood of each value, log(cosh) but for a constant."""
        size = np.abs(sources)
        tail = np.exp(-2.0 * size)
        np.log1p(tail, out=tail)
        tail += size
        return tail

    def score_and_der(self, sources: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Its first and second derivative."""
        score = np.tanh(sources)
        derivative = score**2
        np.subtract(1.0, derivative, out=derivative)
        return score, derivative


OWN_DENSITY = {"fun": Tanh(), "check_fun": False}


@dataclass(frozen=True)
class Decomposition:
    """Independent components of one recording and what is to become of them.

    Attributes
    ----------
    ica : mne.preprocessing.ICA or None
        `exclude` holds those that are removed; None where no decomposition was possible.
    components : list of dict
        component (its name), label, probability, probabilities, variance_percent, decision, reason, by.
    about : dict
        Method, rank, convergence, or why there is none: for the account.
    """

    ica: ICA | None
    components: list[dict] = field(default_factory=list)
    about: dict = field(default_factory=dict)

    def apply(self, raw: BaseRaw) -> None:
        """Remove the components from the fitted channels of `raw`, in place."""
        if self.ica is None or not self.ica.exclude:
            return
        fitted = raw.copy().pick(self.ica.ch_names)
        self.ica.apply(fitted, verbose="error")
        raw._data[[raw.ch_names.index(c) for c in self.ica.ch_names]] = fitted.get_data()


def decompose(
    broadband: BaseRaw,
    *,
    max_components: int,
    remove: Mapping[str, float],
    seed: Sequence[int],
    content: str = "",
    decisions: Iterable[Mapping] = (),
) -> Decomposition:
    """Fit and label the components of a recording's good channels.

    Parameters
    ----------
    broadband : mne.io.Raw
        Good channels only, 1 to 100 Hz (or to Nyquist), without mains, average reference, gaps annotated.
    max_components : int
        At most so many; fewer where the rank, or the length of the recording, allows no more.
    remove : mapping label -> probability
        A component is removed if ICLabel gives its label at least this probability.
    seed : sequence of int
        Of the fit's starting point.
    content : str
        Identifies the samples that the recording was read with (`seeds.content_of`): the components of
        another recording have other names.
    decisions : iterable of mapping
        A person's, about components: see `names.named_now`.

    Notes
    -----
    Picard (Ablin et al. 2018) with the extended-infomax density, ICLabel (Pion-Tonachini et al. 2019) by
    mne-icalabel on onnxruntime. The number of components k is such that k^2 weights have 25 samples each:
    more would be fitted to noise. Of a long recording every second or third sample is fitted: the weights are
    as well determined, in a third of the time. Probabilities are rounded to four digits before they are
    compared, so that no machine's last digit decides.
    """
    import mne

    data = broadband.get_data(reject_by_annotation="omit", verbose="error")
    about: dict = {"Method": "picard, extended", "RemoveAbove": dict(remove)}
    usable = _seconds_of_eeg(data, broadband.info["sfreq"])
    rank = _rank(data[:, usable]) if usable.any() and len(data) >= FEWEST_GOOD_CHANNELS else 0
    n_components = min(max_components, rank, int(np.sqrt(usable.sum() / SAMPLES_PER_WEIGHT)))
    if n_components < FEWEST_COMPONENTS:
        seconds = usable.sum() / broadband.info["sfreq"]
        why = f"{len(data)} good channels of rank {rank} and {seconds:.0f} s are too little"
        decided(decisions, "component", [], f"It has no components: {why}.")
        return Decomposition(None, [], about | {"Count": 0, "NotDone": why})
    judged = mne.io.RawArray(data[:, usable], broadband.info, verbose="error")
    start = int(np.random.default_rng(seed).integers(2**31))
    ica, probabilities = _fitted(judged, n_components, start)
    converged = ica.n_iter_ < MAX_ITERATIONS
    shares = _Shares(ica, judged)
    names = names_of(shares.mixing, ica.ch_names, content)
    components = _decide(probabilities, [shares.of([k]) for k in range(n_components)], remove, names)
    hint = "Channels or settings may have changed since: take its name from the new table of components."
    hands = decided(named_now(decisions, names), "component", names, hint)
    for component in components:
        if hand := hands.get(component["component"]):
            automatic = component["reason"] or "keep"
            said = f"{hand['reason']} (automatic: {automatic})"
            component |= {"decision": hand["decision"], "reason": said, "by": hand["by"]}
    ica.exclude = [k for k, c in enumerate(components) if c["decision"] == "remove"]
    about |= {
        "Count": n_components,
        "Rank": rank,
        "Converged": bool(converged),
        "Iterations": int(ica.n_iter_),
        "Decomposition": f"{crc32(repr((ica.ch_names, n_components, content)).encode()):08x}",
        "NotDone": None,
        "VarianceRemovedPercent": shares.of(ica.exclude),
    }
    return Decomposition(ica, components, about)


def _seconds_of_eeg(data: np.ndarray, sfreq: float) -> np.ndarray:
    """Which samples lie in a whole second that swings less than NO_BRAIN_V everywhere; shape (n_times,)."""
    n = round(sfreq)
    n_seconds = data.shape[1] // n
    seconds = data[:, : n_seconds * n].reshape(len(data), n_seconds, n)
    calm = (np.ptp(seconds, axis=-1) < NO_BRAIN_V).all(axis=0)
    return np.concatenate([np.repeat(calm, n), np.zeros(data.shape[1] - n_seconds * n, bool)])


def _rank(data: np.ndarray) -> int:
    """Dimensions of the signal: the average reference takes one, channels that repeat others take more."""
    scaled = data / np.maximum(data.std(axis=1, keepdims=True), np.finfo(float).tiny)
    eigenvalues = np.linalg.eigvalsh(np.cov(scaled))
    return int((eigenvalues > 1e-7 * eigenvalues.max()).sum())


def _fitted(judged: BaseRaw, n_components: int, start: int) -> tuple[ICA, np.ndarray]:
    """The components, and ICLabel's probabilities, shape (n_components, 7), rounded to four digits."""
    from mne.preprocessing import ICA
    from mne_icalabel.iclabel import iclabel_label_components

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # convergence is checked by who asks, and said in the account
        ica = ICA(
            n_components,
            method="picard",
            fit_params={"extended": True, "ortho": False, "tol": TOLERANCE, **OWN_DENSITY},
            max_iter=MAX_ITERATIONS,
            random_state=start,
            verbose="error",
        ).fit(judged, decim=max(judged.n_times // (SAMPLES_PER_WEIGHT * n_components**2), 1), verbose="error")
        for name in OWN_DENSITY:  # what is written of the fit is what it would be with Picard's own
            del ica.fit_params[name]
        with interpolated_at_once():
            labels = iclabel_label_components(judged, ica, inplace=False, backend="onnx")
    return ica, np.round(labels.astype(float), 4)


def _decide(
    probabilities: np.ndarray, shares: Sequence[float], remove: Mapping[str, float], names: Sequence[str]
) -> list[dict]:
    components = []
    for k, (row, share) in enumerate(zip(probabilities, shares, strict=True)):
        label, probability = LABELS[int(row.argmax())], float(row.max())
        limit = remove.get(label)
        out = limit is not None and probability >= limit
        components.append(
            {
                "component": names[k],
                "label": label,
                "probability": probability,
                "probabilities": dict(zip(LABELS, map(float, row), strict=True)),
                "variance_percent": share,
                "decision": "remove" if out else "keep",
                "reason": f"{label} at {probability:.2f}, limit {limit:g}" if out else "",
                "by": "automatic",
            }
        )
    return components


class _Shares:
    """How much of the channels' variance components hold, from one covariance of the recording."""

    def __init__(self, ica: ICA, judged: BaseRaw) -> None:
        n = ica.n_components_
        self.mixing = ica.pca_components_[:n].T @ ica.mixing_matrix_  # (channels, components)
        self.unmixing = ica.unmixing_matrix_ @ ica.pca_components_[:n]
        self.covariance = np.cov(judged.get_data())

    def of(self, components: Sequence[int]) -> float:
        """Percent of the variance that is gone once these components are removed."""
        kept = np.eye(len(self.covariance)) - self.mixing[:, components] @ self.unmixing[components]
        left = np.trace(kept @ self.covariance @ kept.T) / np.trace(self.covariance)
        return round(100 * float(1 - left), 2)
