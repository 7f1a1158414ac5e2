"""One dyad and run, from its simultaneous windows to synchrony with chance levels, and what it rests on.

Only joins the rooms phase, rhythms, metrics and chance; the formulas stand there.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from interbrain.chance import circular_shift_null, phase_randomisation_null
from interbrain.clocks import ClockFit
from interbrain.epochs import Signal, on_therapist_clock, read_signal, without_known_events
from interbrain.metrics import METRICS, arranged
from interbrain.metrics.directed import Granger, granger
from interbrain.reproducibility.seeds import seed_of_content
from interbrain.rhythms import power as rhythms
from interbrain.rhythms.phase import band_signals, unit_phasors, windowed

Bands = Mapping[str, Sequence[float]]
# No matrix product gives them: a shift costs 10 to 20 times as much as one of PLV.
SLOW = ("pli", "wpli", "dwpli", "aec_orthogonalised")


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


@dataclass(frozen=True)
class Rhythms:
    """How strong one member's rhythms are in the kept windows.

    Attributes
    ----------
    bands : mapping name -> (low, high)
        Hz; the study's, or this person's own.
    power, snr : array, shape (n_bands, n_channels)
        In uV^2; power over the 1/f background minus 1.
    peak : rhythms.AlphaPeak
    """

    bands: dict[str, tuple[float, float]]
    power: np.ndarray
    snr: np.ndarray
    peak: rhythms.AlphaPeak


def read_members(
    therapist: Path,
    therapist_account: Path,
    client: Path,
    client_account: Path,
    fit: ClockFit,
    events: Mapping | None = None,
) -> tuple[Signal, Signal]:
    """Both members' cleaned recordings without known `events`, the client's at the therapist's instants."""
    reference = read_signal(therapist, therapist_account)
    other = replace(read_signal(client, client_account), role="client")
    if events:
        reference, other = without_known_events(reference, other, fit, **events)
    return reference, on_therapist_clock(other, fit, reference.data.shape[1])


def member_rhythms(
    signal: Signal, starts_s: Sequence[float], bands: Bands, length_s: float, individual_band: str | None
) -> Rhythms:
    """Band power, SNR and alpha peak of one member, and the bands in which the phases are taken.

    Parameters
    ----------
    individual_band : str or None
        The band that lies around each person's own alpha peak (peak -2 to +2 Hz), where there is a clear one.
    """
    spans = [(start, start + length_s) for start in starts_s]
    own = np.full(signal.data.shape, np.nan)
    own[signal.own] = signal.data[signal.own] * 1e6
    spectrum = rhythms.spectrum(own, signal.sfreq, spans)
    peak = rhythms.alpha_peak(spectrum)
    if individual_band:
        bands = rhythms.bands_around(bands, peak, individual_band)
    edges = {name: (float(low), float(high)) for name, (low, high) in bands.items()}
    return Rhythms(edges, rhythms.band_power(spectrum, edges), rhythms.band_snr(spectrum, edges), peak)


def kept_signals(
    signal: Signal, starts_s: Sequence[float], bands: Bands, length_s: float, out_sfreq: float
) -> np.ndarray:
    """A member's analytic signals in the kept windows, (n_bands, n_windows, n_channels, n_times) complex64.

    NaN for a channel without a signal of its own.
    """
    n = round(length_s * out_sfreq)
    if not len(starts_s):
        return np.empty((len(bands), 0, len(signal.channels), n), np.complex64)
    signals = band_signals(signal.data, signal.sfreq, bands, out_sfreq)
    signals[:, [c in signal.interpolated for c in signal.channels]] = np.nan
    return windowed(signals, np.round(np.asarray(starts_s) * out_sfreq).astype(int), n)


def synchrony(
    therapist: np.ndarray,
    client: np.ndarray,
    *,
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
    estimators : sequence of str
        Names in metrics.METRICS.
    over : str
        What they average over, one of metrics.OVER.
    n_shifts, min_shift_s
        Of the circular shifts of the client.
    n_surrogates : int
        Phase-randomised surrogates of the client; 0: none.
    slow_null_at : (sequence of int, sequence of int), optional
        Channels of therapist and client between which slow nulls are computed: shifts of the estimators in
        SLOW, and surrogates of every estimator. Elsewhere these are NaN. All channels by default.
    overwrite : bool
        Whether the signals may become unit phasors where nothing needs their amplitudes; saves memory.
    seed : sequence of int
        All estimators see the same shifts and surrogates.
    """
    n_bands, n_windows, _, n_times = therapist.shape
    shape = (n_bands, therapist.shape[2], client.shape[2])
    min_shift = round(min_shift_s * out_sfreq)
    members = {"signal": (therapist, client)}
    needed = {METRICS[name].needs for name in estimators}
    if "phase" in needed:
        in_place = overwrite and "signal" not in needed and not n_surrogates
        members["phase"] = tuple(unit_phasors(x, out=x if in_place else None) for x in members["signal"])
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
        at = slow_null_at if name in SLOW else None
        if n_windows * n_times > 2 * min_shift:
            rng = np.random.default_rng([*seed, 0])
            some, _ = circular_shift_null(*_at(at, a, b), n_shifts, min_shift, rng, metric, over)
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
    **settings,
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
    found = tuple(member_rhythms(m, starts_s, bands, length_s, individual_band) for m in members)
    signals = tuple(
        kept_signals(m, starts_s, rhythm.bands, length_s, out_sfreq)
        for m, rhythm in zip(members, found, strict=True)
    )
    at = None
    if slow_null_channels is not None:
        at = tuple([m.channels.index(channel) for channel in slow_null_channels] for m in members)
    settings["seed"] = seed_of_content(seed, *(m.content for m in members))
    compared = synchrony(*signals, out_sfreq=out_sfreq, slow_null_at=at, overwrite=True, **settings)
    return compared, found, signals


def at_channels(signal: Signal, channels: Sequence[str]) -> Signal:
    """A member's signal at some channels only, in the order given."""
    rows = [signal.channels.index(channel) for channel in channels]
    return replace(signal, data=signal.data[rows], channels=list(channels))


def window_synchrony(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    individual_band: str | None,
    estimator: str,
    channels: Sequence[str],
) -> np.ndarray:
    """One estimator in each window, at the recordings' full rate: here single windows are the result.

    Parameters
    ----------
    therapist, client, starts_s, bands, length_s, individual_band
        As of `dyad_synchrony`.
    estimator : str
        Name in metrics.METRICS.
    channels : sequence of str
        The channels that are wanted of both.

    Returns
    -------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Therapist by client; NaN where a channel holds no signal of its own.
    """
    signals = []
    for member in (therapist, client):
        own = member_rhythms(member, starts_s, bands, length_s, individual_band).bands
        signals.append(kept_signals(at_channels(member, channels), starts_s, own, length_s, member.sfreq))
    if METRICS[estimator].needs == "phase":
        signals = [unit_phasors(signal) for signal in signals]
    return METRICS[estimator](*signals)


def within_brain_synchrony(
    member: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    out_sfreq: float,
    individual_band: str | None,
    channels: Sequence[str],
    seed: Sequence[int],
    **settings,
) -> dict[str, Synchrony]:
    """Every estimator between the channels of one brain, with circular shifts of its channels as chance.

    Parameters
    ----------
    member, starts_s, bands, length_s, out_sfreq, individual_band
        As of `dyad_synchrony`.
    channels : sequence of str
        The channels that are wanted.
    **settings
        Of `synchrony`.

    Returns
    -------
    found : dict of estimator to Synchrony
        NaN for a channel with itself.
    """
    own = member_rhythms(member, starts_s, bands, length_s, individual_band).bands
    signals = kept_signals(at_channels(member, channels), starts_s, own, length_s, out_sfreq)
    seed = seed_of_content(seed, member.content)
    found = synchrony(signals, signals, out_sfreq=out_sfreq, seed=seed, **settings)
    itself = np.eye(len(channels), dtype=bool)
    for one in found.values():
        one.value[:, itself] = np.nan
        one.null[:, :, itself] = np.nan
    return found


def directed_coupling(
    therapist: Signal,
    client: Signal,
    starts_s: Sequence[float],
    *,
    bands: Bands,
    length_s: float,
    rois: Mapping[str, Sequence[str]],
    sfreq: float,
) -> dict[tuple[str, str], Granger]:
    """Spectral Granger causality between the mean signals of each pair of ROIs.

    Parameters
    ----------
    therapist, client, starts_s, bands, length_s
        As of `dyad_synchrony`; the signals are the cleaned ones, in no band of their own.
    sfreq : float
        Rate of the model, Hz: twice the lowpass of cleaning, so that the signals fill its spectrum.

    Returns
    -------
    found : dict of (therapist's ROI, client's ROI) to Granger
        a is the therapist, b the client. The model's lags span one cycle of the slowest band.
    """
    order = int(np.ceil(sfreq / min(low for low, _ in bands.values())))
    at_rois = [_roi_windows(member, starts_s, length_s, rois, sfreq) for member in (therapist, client)]
    found = {
        (one, other): granger(at_rois[0][one], at_rois[1][other], sfreq, bands, order)
        for one in rois
        for other in rois
    }
    for note in dict.fromkeys(one.note for one in found.values() if one.note):
        logging.getLogger(__name__).warning("Granger causality: %s", note)
    return found


def _roi_windows(
    member: Signal, starts_s: Sequence[float], length_s: float, rois: Mapping, sfreq: float
) -> dict[str, np.ndarray]:
    """Mean over each ROI's own channels, resampled and cut into windows (n_windows, n_times)."""
    from scipy.signal import resample_poly

    ratio = Fraction(sfreq / member.sfreq).limit_denominator(1000)
    first = np.round(np.asarray(starts_s, float) * sfreq).astype(int)
    at = first[:, None] + np.arange(round(length_s * sfreq))
    windows = {}
    for name, channels in rois.items():
        own = [i for i in member.own if member.channels[i] in channels]
        if own:
            mean = resample_poly(member.data[own].mean(axis=0), ratio.numerator, ratio.denominator)
            windows[name] = mean[np.minimum(at, len(mean) - 1)]
        else:
            windows[name] = np.full(at.shape, np.nan)
    return windows
