"""A dyad's signals become synchrony between all pairs of channels, with its chance levels."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interbrain.chance import circular_shift_null, phase_randomisation_null
from interbrain.epochs import Signal
from interbrain.metrics import METRICS, arranged
from interbrain.reproducibility.seeds import seed_of_content
from interbrain.rhythms.phase import unit_phasors
from interbrain.synchrony.members import Bands, Rhythms, kept_signals, member_rhythms


@dataclass(frozen=True)
class Synchrony:
    """One estimator for every pair of channels between two brains.

    Attributes
    ----------
    value : array, shape (n_bands, n_channels_therapist, n_channels_client)
        Mean over windows; NaN where a channel holds no signal of its own.
    null : array, shape (n_shifts, n_bands, n_channels_therapist, n_channels_client)
        The same after circular shifts; no shift if the windows are too few. NaN also at channels for which
        a slow estimator's null was not asked.
    n_windows : int
    random : array or None, shape (n_surrogates, n_bands, n_channels_therapist, n_channels_client)
        The same with phase-randomised surrogates of the client; None unless asked for. NaN also at channels
        for which slow nulls were not asked.
    """

    value: np.ndarray
    null: np.ndarray
    n_windows: int
    random: np.ndarray | None = None


def synchrony(
    therapist: np.ndarray,
    client: np.ndarray,
    *,
    starts_s: Sequence[float],
    out_sfreq: float,
    n_shifts: int,
    min_shift_s: float,
    seed: Sequence[int],
    estimators: Sequence[str] = ("plv",),
    over: str = "time",
    n_surrogates: int = 0,
    slow_null_at: tuple[Sequence[int], Sequence[int]] | None = None,
    overwrite: bool = False,
) -> dict[str, Synchrony]:
    """Every estimator between two members, mean over windows, with its chance levels.

    Parameters
    ----------
    therapist, client : array of complex, shape (n_bands, n_windows, n_channels, n_times)
        `kept_signals` of both, simultaneous.
    starts_s : sequence of float
        Start of each window, s: which windows follow each other.
    estimators : sequence of str
        Names in metrics.METRICS.
    over : str
        What they average over, one of metrics.OVER.
    n_shifts, min_shift_s
        Of the circular shifts of the client; where windows were dropped, there may be fewer.
    n_surrogates : int
        Phase-randomised surrogates of the client; 0: none.
    slow_null_at : (sequence of int, sequence of int), optional
        Channels of therapist and client between which slow nulls are computed: shifts of the estimators that
        are slow, and surrogates of every estimator. Elsewhere these are NaN. All channels by default.
    overwrite : bool
        Whether the signals may become unit phasors where nothing needs their amplitudes; saves memory.
    seed : sequence of int
        All estimators see the same shifts and surrogates.
    """
    n_bands, n_windows, _, n_times = therapist.shape
    shape = (n_bands, therapist.shape[2], client.shape[2])
    min_shift = round(min_shift_s * out_sfreq)
    starts = np.round(np.asarray(starts_s, dtype=float) * out_sfreq).astype(int)
    members = {"signal": (therapist, client)}
    needed = {METRICS[name].needs for name in estimators}
    if "phase" in needed:
        in_place = overwrite and "signal" not in needed and not n_surrogates
        a, b = (unit_phasors(x, out=x if in_place else None) for x in members["signal"])
        members["phase"] = a, b
    found = {}
    for name in estimators:
        metric = METRICS[name]
        a, b = members[metric.needs]
        none = np.empty((0, *shape))
        if not n_windows:
            random = none if n_surrogates else None
            found[name] = Synchrony(np.full(shape, np.nan), none, 0, random)
            continue
        value = metric(arranged(a, over), arranged(b, over)).mean(axis=1, dtype=float)
        null, random = none, None
        at = slow_null_at if metric.slow else None
        if n_windows * n_times > 2 * min_shift:
            rng = np.random.default_rng([*seed, 0])
            some, _ = circular_shift_null(*_at(at, a, b), n_shifts, min_shift, rng, metric, over, starts)
            null = _among_all(some, at, shape)
        if n_surrogates:
            rng = np.random.default_rng([*seed, 1])
            pair = _at(slow_null_at, therapist, client)
            some = phase_randomisation_null(*pair, n_surrogates, rng, metric, over)
            random = _among_all(some, slow_null_at, shape)
        found[name] = Synchrony(value, null, n_windows, random)
    return found


def _at(at: Sequence | None, a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Both members at some channels, or as they are."""
    return (a, b) if at is None else (a[:, :, at[0]], b[:, :, at[1]])


def _among_all(null: np.ndarray, at: Sequence | None, shape: tuple[int, int, int]) -> np.ndarray:
    """A null of some channels among all of them, NaN elsewhere."""
    if at is None:
        return null
    whole = np.full((len(null), *shape), np.nan)
    whole[:, :, np.asarray(at[0])[:, None], at[1]] = null
    return whole


def dyad_synchrony(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    out_sfreq: float,
    individual_band: str | None = None,
    slow_null_channels: Sequence[str] | None = None,
    seed: Sequence[int],
    **settings: Any,
) -> tuple[dict[str, Synchrony], tuple[Rhythms, Rhythms], tuple[np.ndarray, np.ndarray]]:
    """From two members' recordings and their windows to synchrony, and what it rests on.

    Parameters
    ----------
    therapist, client : Signal
        Continuous and both on the therapist's clock.
    starts_s : sequence of float
        Start of each kept window, s.
    slow_null_channels : sequence of str, optional
        Channels between which slow nulls are computed (`synchrony`), such as those of the ROIs; all by
        default.
    seed : sequence of int
        Of the stage; the random numbers of this pair depend on its samples besides (`Signal.content`), and
        neither on its labels nor on the order of jobs.
    **settings
        Of `synchrony`.

    Returns
    -------
    found : dict of estimator to Synchrony
    rhythms : (Rhythms, Rhythms)
    signals : (array, array)
        `kept_signals` of both; their unit phasors where nothing needed the amplitudes.
    """
    members = (therapist, client)
    one, other = (member_rhythms(m, starts_s, bands, length_s, individual_band) for m in members)
    signals = (
        kept_signals(therapist, starts_s, one.bands, length_s, out_sfreq),
        kept_signals(client, starts_s, other.bands, length_s, out_sfreq),
    )
    at = None
    if slow_null_channels is not None:
        of_therapist, of_client = ([m.channels.index(name) for name in slow_null_channels] for m in members)
        at = of_therapist, of_client
    settings["seed"] = seed_of_content(seed, *(m.content for m in members))
    settings |= {"starts_s": starts_s, "out_sfreq": out_sfreq, "slow_null_at": at}
    compared = synchrony(*signals, overwrite=True, **settings)
    return compared, (one, other), signals
