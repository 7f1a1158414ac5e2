"""What is taken of either member of a dyad: one clock, kept windows, narrow-band signals, their strength."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from interbrain.clocks import ClockFit
from interbrain.epochs import Signal, on_therapist_clock, read_signal, without_known_events
from interbrain.rhythms import power as rhythms
from interbrain.rhythms.phase import band_signals, windowed

Bands = Mapping[str, Sequence[float]]


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

    NaN for a channel without a signal of its own, and in a band that a filter took (`narrow_signals`).
    """
    n = round(length_s * out_sfreq)
    if not len(starts_s):
        return np.empty((len(bands), 0, len(signal.channels), n), np.complex64)
    signals = narrow_signals(signal, list(bands.values()), out_sfreq)
    return windowed(signals, np.round(np.asarray(starts_s) * out_sfreq).astype(int), n)


def narrow_signals(signal: Signal, edges: Sequence[Sequence[float]], out_sfreq: float) -> np.ndarray:
    """A member's continuous analytic signals (`phase.band_signals`), NaN where there is no signal of its own.

    That is so in interpolated channels, and throughout a band that a filter took before the recording came
    to us (`Filtered.takes`): what is left there is of other bands, or noise.
    """
    signals = band_signals(signal.data, signal.sfreq, edges, out_sfreq)
    signals[:, [c in signal.interpolated for c in signal.channels]] = np.nan
    signals[[band_taken(signal, band) for band in edges]] = np.nan
    return signals


def band_taken(signal: Signal, band: Sequence[float]) -> bool:
    """Whether a filter took this band of a member's recording, so that its synchrony is n/a."""
    return signal.filtered is not None and signal.filtered.takes(band)


def why_band_taken(members: Sequence[Signal], bands: Sequence[Sequence[float]]) -> str:
    """Which filters took a band, of whose recording; each member with a band of their own. Empty: none."""
    taken = [(m, band) for m, band in zip(members, bands, strict=True) if band_taken(m, band)]
    return " and ".join(
        f"{m.filtered.reason(band)} took the band ({m.role})" for m, band in taken if m.filtered
    )


def at_channels(signal: Signal, channels: Sequence[str]) -> Signal:
    """A member's signal at some channels only, in the order given."""
    rows = [signal.channels.index(channel) for channel in channels]
    return replace(signal, data=signal.data[rows], channels=list(channels))
