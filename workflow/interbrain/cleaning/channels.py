"""Which electrodes measured no brain: flat, missing, noisy, loose, or bridged with a neighbour.

Judges whole channels of one recording. Artefacts that pass are for the components and the windows.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from interbrain.formats.invalid import bad_spans
from interbrain.formats.marked import NO_SIGNAL

from .decisions import CleaningError, decided

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Fewer channels cannot be compared with each other, and splines through them would invent a field.
FEWEST_CHANNELS = 4
FLAT_V = 1e-12  # rounding errors of a filtered constant lie below, any amplifier's noise above
# These hold nothing that a person could decide to trust.
WITHOUT_SIGNAL = ("missing values", "flat", NO_SIGNAL)
FLAT_FOR_S = 0.25  # no electrode on a head repeats its value so long
FLAT_SHARE = 0.1  # a channel that is flat longer is bad throughout; shorter stretches are left out as time
ALPHA_HZ = (7.0, 14.0)
# Share of seconds in which a channel may be unlike all others. PREP's own 1 % is half a second of a minute:
# one burst of a jaw muscle would cost the electrode.
UNCORRELATED_SHARE = 0.1
# Two electrodes joined by gel differ by the amplifier's noise, at every frequency: on 12 recordings of 64
# channels by at most 2.1 % of the weaker one's power in beta and .7 % in theta. Other pairs are as alike in
# one of the two bands at most: two frontal sites 10 cm apart differ by 2.6 % in beta, and by 14 % in theta.
# Neither band holds alpha, which with closed eyes is strong enough to hide any difference.
BRIDGED_SHARE = 0.025
BRIDGE_BANDS_HZ = ((4.0, 7.0), (14.0, 40.0))
BRIDGE_EPOCH_S = 2.0
# pyprep compares the amplitudes above and below 50 Hz with the other channels' and has no floor: in a quiet
# recording half a microvolt would be noise. Twice a relaxed head's level is the least that harms anything:
# 3 uV RMS from 55 to 95 Hz.
NOISE_FROM_HZ, NARROWEST_HZ = 50.0, 5.0
LEAST_NOISE_V = 3e-6 / 40**0.5  # per square root of Hz


def highest_noise(sfreq: float, recorded_sfreq: float, highest_hz: float | None) -> float | None:
    """Up to which frequency (Hz) high-frequency noise can be judged; None: nothing lies above 50 Hz."""
    highest = min(sfreq / 2, 0.45 * recorded_sfreq, 0.9 * (highest_hz or np.inf))
    return highest if highest >= NOISE_FROM_HZ + NARROWEST_HZ else None


def bad_channels(
    raw: BaseRaw, marked: Collection[str] = (), noise_to_hz: float | None = np.inf
) -> dict[str, str]:
    """Channel -> reason, in the order of the recording.

    Parameters
    ----------
    raw : mne.io.Raw
        Volts, without mains, high frequencies still there; gaps annotated. Channels without signal in the
        raw file are its `info["bads"]`, except for those that are `marked`.
    marked : collection of str
        Channels that a person marked bad: judged like any other, but not held against their neighbours.
    noise_to_hz : float or None
        As `highest_noise` gives it.

    Notes
    -----
    PREP's criteria (Bigdely-Shamlo et al. 2015) by pyprep without RANSAC: flat, missing, amplitude,
    correlation, high-frequency noise (of 3 uV RMS from 55 to 95 Hz at least); amplitude without the alpha
    band, because a strong occipital rhythm is no fault of its electrodes. pyprep's own spectrum criterion is
    left out for the same reason. Bridged: see `bridges`.
    """
    import mne

    known = {c: NO_SIGNAL for c in raw.info["bads"] if c not in marked}
    judged = raw.copy()
    judged.info["bads"] = []
    # Lost or missing spans would look like a fault of every channel: leave them out.
    data = judged.get_data(reject_by_annotation="omit", verbose="error")
    flat = data.std(axis=1) < FLAT_V
    if (~flat).sum() < FEWEST_CHANNELS:  # pyprep compares channels, and fails where there are none
        return {c: known.get(c, "flat") for c, f in zip(raw.ch_names, flat, strict=True) if f or c in known}
    judged = mne.io.RawArray(data, judged.info, verbose="error")
    found = _prep(judged, noise_to_hz)
    for channel, others in bridges(judged, leave_out=[*known, *marked, *found]).items():
        found.setdefault(channel, []).append(f"bridged with {', '.join(others)}")
    return {c: known.get(c) or ", ".join(found[c]) for c in raw.ch_names if c in known or c in found}


def _prep(judged: BaseRaw, noise_to_hz: float | None) -> dict[str, list[str]]:
    import mne
    from pyprep import NoisyChannels

    words = {
        "bad_by_nan": "missing values",
        "bad_by_flat": "flat",
        "bad_by_deviation": "amplitude unlike the others",
        "bad_by_hf_noise": "high-frequency noise",
        "bad_by_correlation": "not correlated with the others",
        "bad_by_SNR": "low signal-to-noise ratio",
        "bad_by_dropout": "signal drops out",
    }
    without_alpha = judged.copy().filter(ALPHA_HZ[1], ALPHA_HZ[0], verbose="error")
    with mne.utils.use_log_level("error"):
        finder = NoisyChannels(judged, ransac=False, random_state=0)
        finder.find_bad_by_hfnoise()
        finder.bad_by_hf_noise = _noisy(judged, finder.bad_by_hf_noise, noise_to_hz)
        finder.find_bad_by_correlation(frac_bad=UNCORRELATED_SHARE)
        finder.find_bad_by_SNR()
        amplitude = NoisyChannels(without_alpha, ransac=False, random_state=0)
        amplitude.find_bad_by_deviation()
    finder.bad_by_deviation = amplitude.bad_by_deviation
    found: dict[str, list[str]] = {}
    for attribute, reason in words.items():
        for channel in getattr(finder, attribute, []) or []:
            found.setdefault(str(channel), []).append(reason)
    return found


def _noisy(judged: BaseRaw, suspects: list[str], noise_to_hz: float | None) -> list[str]:
    """Those of the suspects whose amplitude above 50 Hz would be noise in any recording."""
    if noise_to_hz is None or not suspects:
        return []
    above = judged.copy().pick(suspects).filter(NOISE_FROM_HZ, None, verbose="error").get_data()
    amplitude = 1.4826 * np.median(np.abs(above), axis=1)  # an SD that bursts do not raise
    band = min(noise_to_hz, judged.info["sfreq"] / 2) - NOISE_FROM_HZ
    return [c for c, a in zip(suspects, amplitude, strict=True) if a > LEAST_NOISE_V * band**0.5]


def bridges(raw: BaseRaw, leave_out: Iterable[str] = ()) -> dict[str, list[str]]:
    """Channel -> the channels that it is bridged with.

    Parameters
    ----------
    leave_out : iterable of str
        Channels without a signal of their own, which would resemble each other.

    Notes
    -----
    The difference of two bridged channels has less than 2.5 % of the weaker one's power in the median 2-s
    epoch (electrical distance, Tenke & Kayser 2001), in theta (4-7 Hz) and in beta (14-40 Hz) and the average
    reference.
    """
    names = [c for c in raw.ch_names if c not in set(leave_out)]
    if len(names) < 2:
        return {}
    own = raw.copy().pick(names)
    joined = ~np.eye(len(names), dtype=bool)
    for band in BRIDGE_BANDS_HZ:
        joined &= _differing_share(own, *band) < BRIDGED_SHARE
    return {names[i]: [names[j] for j in np.flatnonzero(row)] for i, row in enumerate(joined) if row.any()}


def _differing_share(raw: BaseRaw, low: float, high: float) -> np.ndarray:
    """How much of the weaker one's power two channels do not share, shape (channels, channels).

    In the median epoch; 1 where the recording is shorter than one. Average reference.
    """
    sfreq, n_channels = raw.info["sfreq"], len(raw.ch_names)
    n = round(BRIDGE_EPOCH_S * sfreq)
    n_epochs = raw.n_times // n
    if not n_epochs:
        return np.ones((n_channels, n_channels))
    data = raw.copy().filter(low, min(high, sfreq / 2 - 1), verbose="error").get_data()
    data -= data.mean(axis=0)
    epochs = data[:, : n_epochs * n].reshape(n_channels, n_epochs, n).swapaxes(0, 1)
    covariance = epochs @ epochs.swapaxes(-1, -2) / n  # (epochs, channels, channels)
    power = np.einsum("ecc->ec", covariance)
    distance = power[:, :, None] + power[:, None, :] - 2 * covariance
    weaker = np.minimum(power[:, :, None], power[:, None, :])
    return np.median(distance / np.maximum(weaker, FLAT_V**2), axis=0)


def flat_stretches(raw: BaseRaw) -> dict[str, list[tuple[float, float]]]:
    """Channel -> (start, stop) in s of the stretches in which it does not change, for channels that have any.

    Parameters
    ----------
    raw : mne.io.Raw
        As it was recorded: a filter or a reference puts other channels' signal into a flat stretch. Spans
        that are annotated as bad do not count; what is left of a stretch beside them does.
    """
    n = round(FLAT_FOR_S * raw.info["sfreq"])
    known = sorted(bad_spans(raw))
    found = {}
    for channel, values in zip(raw.ch_names, raw._data, strict=True):
        changes = np.flatnonzero(np.diff(values))
        first = np.concatenate([[0], changes + 1])
        last = np.concatenate([changes, [len(values) - 1]])
        long = last - first >= n
        times = np.column_stack([first[long], last[long]]) / raw.info["sfreq"]
        least = n / raw.info["sfreq"]
        if own := [(a, b) for one in times.tolist() for a, b in _beside(known, *one) if b - a > least - 1e-9]:
            found[channel] = own
    return found


def _beside(known: Sequence[tuple[float, float]], begin: float, end: float) -> Iterator[tuple[float, float]]:
    """What is left of a stretch beside known spans, which are in order of time."""
    for start, stop in known:
        yield begin, min(start, end)
        begin = max(begin, stop)
    yield begin, end


def judged_channels(
    raw: BaseRaw,
    stretches: Mapping[str, list[tuple[float, float]]],
    decisions: Iterable[Mapping] = (),
    marked: Mapping[str, str] | None = None,
    noise_to_hz: float | None = np.inf,
) -> list[dict]:
    """Every channel with its decision, the reason, and who decided: the automatic rules or a person.

    Parameters
    ----------
    stretches : mapping channel -> list of (start, stop)
        As `flat_stretches` found them in the recording.
    marked : mapping channel -> reason, optional
        Channels that were marked bad when the recording was made or shared (`formats.marked`).
    noise_to_hz : float or None
        As `highest_noise` gives it.

    Raises
    ------
    CleaningError
        If a person's decision names no channel, or calls a channel good that holds no signal.
    """
    marked = marked or {}
    automatic = bad_channels(raw, marked, noise_to_hz)
    for channel, spans in stretches.items():
        share = sum(stop - start for start, stop in spans) / raw.times[-1]
        if share > FLAT_SHARE and automatic.get(channel) not in WITHOUT_SIGNAL:
            others = automatic.get(channel)
            automatic[channel] = f"flat for {share:.0%} of the time" + (f", {others}" if others else "")
    overruled = decided(decisions, "channel", raw.ch_names, f"It has {', '.join(raw.ch_names)}.")
    rows = []
    for channel in raw.ch_names:
        measured = automatic.get(channel, "")
        reason = ", ".join(filter(None, [marked.get(channel), measured]))
        row = {
            "channel": channel,
            "decision": "bad" if reason else "good",
            "reason": reason,
            "by": "automatic",
        }
        if hand := overruled.get(channel):
            empty = [word for word in WITHOUT_SIGNAL if word in measured.split(", ")]
            if hand["decision"] == "good" and empty:
                raise CleaningError(
                    f"the table of decisions calls the channel {channel} good (by {hand['by']}), but "
                    f"it holds no signal ({empty[0]})",
                    "Remove the row.",
                )
            before = "before" if channel in marked else "automatic"
            said = f"{hand['reason']} ({before}: {reason or 'good'})"
            row |= {"decision": hand["decision"], "reason": said, "by": hand["by"]}
        rows.append(row)
    return rows
