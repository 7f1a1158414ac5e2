"""The way of one recording through cleaning, in its order, and the account of it.

Joins the other modules of this room. Never looks at the partner.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from interbrain.files.spectra import ChannelSpectra
from interbrain.formats.invalid import FILLED
from interbrain.formats.spectrum import filter_facts, mains_of, recorded_spectrum
from interbrain.head import MONTAGE, electrode_places
from interbrain.reproducibility.seeds import content_of

from .channels import FEWEST_CHANNELS, flat_stretches, highest_noise, judged_channels
from .components import HIGHEST_HZ, LOWEST_HZ, Decomposition, decompose
from .decisions import CleaningError, decided
from .levels import GAP, level
from .muscle import muscle_band, muscle_spans
from .resampling import resample
from .spectra import slow_channels, spectrum
from .steps import steps

if TYPE_CHECKING:
    from mne.io import BaseRaw

MUSCLE, FLAT, STEP = "BAD_muscle", "BAD_flat", "BAD_step"


@dataclass(frozen=True)
class Cleaned:
    """A cleaned recording.

    Attributes
    ----------
    raw : mne.io.Raw
        EEG channels only, volts, average reference; annotated are muscle bursts (`BAD_muscle`), time in
        which a good channel was flat (`BAD_flat`) and time beside an electrode pop (`BAD_step`);
        `info["bads"]` is empty, bad channels are interpolated and stand in `account["BadChannels"]`.
    ica : mne.preprocessing.ICA or None
        Of the good channels; `exclude` holds what was removed. None where there was too little to fit.
    account : dict
        What was done: settings, every channel and component with its decision, line noise, gaps.
    spectra : ChannelSpectra
        Of every channel, before and after.
    """

    raw: BaseRaw
    ica: object
    account: dict
    spectra: ChannelSpectra


def clean(
    raw: BaseRaw,
    *,
    sfreq: float,
    highpass: float,
    lowpass: float,
    line_frequency: float,
    ica: Mapping,
    muscle_db: float,
    seed: Sequence[int],
    decisions: Iterable[Mapping] = (),
    marked: Mapping[str, str] | None = None,
) -> Cleaned:
    """Clean one continuous recording.

    Parameters
    ----------
    raw : mne.io.Raw
        Preloaded, volts, 10-20 names; gaps annotated as `BAD_acq_skip`, other bad spans as `BAD_...`, places
        where two pieces meet as `BAD_join`.
    sfreq, highpass, lowpass, line_frequency : float
        Hz. Where the recording shows the other mains (50 or 60 Hz) and not these, its own are taken.
    ica : mapping
        do (bool), max_components (int), remove (mapping label -> probability): see `components.decompose`.
    muscle_db : float
        Limit of high-frequency power for a muscle burst: see `muscle.muscle_spans`.
    seed : sequence of int
        Of the components' fit, the same for every recording: neither labels nor the order of jobs matter, nor
        does what a filter takes out, such as an electrode's potential.
    decisions : iterable of mapping
        What a person decided about this recording's channels and components: what, item, decision, by,
        reason.
    marked : mapping channel -> reason, optional
        Channels that were marked bad when the recording was made or shared. Others in `raw.info["bads"]`
        have no signal in the raw file.

    Returns
    -------
    cleaned : Cleaned

    Raises
    ------
    CleaningError
        If a channel has no position on the head, hardly any signal is left outside the gaps, or a decision
        names what is not there.

    Notes
    -----
    1 polyphase resampling; 2 notch; 3 bad channels, judged without the gaps; 4 average reference over the
    good channels; 5 independent components of the good channels on a 1 to 100 Hz copy; 6 zero-phase FIR
    band-pass; 7 the components removed from that band; 8 spherical spline interpolation of the bad channels;
    9 muscle bursts marked on the copy without the components. The filters treat the parts before and after
    a gap separately. First of all, what was not measured is bridged and steps of the electrodes' potentials
    across it are taken out (`levels.level`).
    """
    shortest_s = 3.3 / highpass  # the length of the high-pass filter
    start = _judged(
        raw.copy().pick("eeg", exclude=[]), sfreq, lowpass, line_frequency, shortest_s, decisions, marked
    )
    raw, as_recorded, good, facts = start.raw, start.as_recorded, start.good, start.facts
    broadband = raw.copy().pick(good) if good else None
    frequency_hz, power_recorded = spectrum(as_recorded)
    if broadband is not None:
        as_recorded.set_eeg_reference(good, verbose="error")  # so that both spectra have one reference
        raw.set_eeg_reference("average", projection=False, verbose="error")
        broadband.filter(LOWEST_HZ, _within(HIGHEST_HZ, sfreq), verbose="error")
        broadband.set_eeg_reference("average", projection=False, verbose="error")
    _, power_before = spectrum(as_recorded)
    not_done = "the config says so" if good else "no channel is good"
    if good and ica["do"]:
        limits = {name: ica[name] for name in ("max_components", "remove")}
        found = decompose(broadband, **limits, seed=seed, content=facts["Content"], decisions=decisions)
    else:
        found = Decomposition(None, about={"Count": 0, "NotDone": not_done})
        decided(decisions, "component", [], f"It has no components: {not_done}.")
    raw.filter(highpass, lowpass, verbose="error")
    found.apply(raw)
    _flatten_gaps(raw)
    if facts["BadChannels"] and len(good) >= FEWEST_CHANNELS:
        raw.interpolate_bads(reset_bads=True, verbose="error")
    raw.info["bads"] = []
    reach = ("MainsHz", "SamplingFrequency", "RecordedSamplingFrequency", "RecordedHighestHz")
    band = muscle_band(*(facts[name] for name in reach)) if good else None
    if band:
        found.apply(broadband)
        _mark(raw, muscle_spans(broadband, band, muscle_db), MUSCLE)
    _, power_after = spectrum(raw)
    account = {
        **facts,
        "HighpassHz": highpass,
        "LowpassHz": lowpass,
        "ComponentsAsked": bool(ica["do"]),
        "IndependentComponents": found.about,
        "Components": found.components,
        "MuscleBandHz": list(band) if band else None,
        "MuscleSeconds": _seconds_of(MUSCLE, raw) if band else None,
        "SlowChannelsDb": {channel: float(db) for channel, db in slow_channels(raw, good).items()},
    }
    names = np.array(raw.ch_names)
    spectra = ChannelSpectra(frequency_hz, names, power_recorded, power_before, power_after)
    return Cleaned(raw, found.ica, account, spectra)


@dataclass(frozen=True)
class _Judged:
    """A recording whose channels are judged, before anything is filtered but the mains.

    Attributes
    ----------
    raw : mne.io.Raw
        Resampled, without the mains; bad channels in `info["bads"]`; flat time and pops annotated.
    as_recorded : mne.io.Raw
        Resampled only.
    good : list of str
    facts : dict
        The account so far.
    """

    raw: BaseRaw
    as_recorded: BaseRaw
    good: list[str]
    facts: dict


def _judged(
    raw: BaseRaw,
    sfreq: float,
    lowpass: float,
    line_frequency: float,
    shortest_s: float,
    decisions: Iterable[Mapping],
    marked: Mapping[str, str] | None,
) -> _Judged:
    """Resample, take out the mains and judge the channels of `raw`, which is changed."""
    _check(raw, shortest_s)
    raw.set_montage(MONTAGE, verbose="error")
    recorded_sfreq = raw.info["sfreq"]
    recorded = recorded_spectrum(raw)
    line, highest_hz = mains_of(recorded.mains_hz, line_frequency), recorded.highest_hz
    filtered = filter_facts(recorded)
    content = content_of(raw._data)
    stretches = flat_stretches(raw)
    level(raw)
    # Order matters: resampling first makes every later step cheap; the mains go before the bad channels are
    # judged, and the low-pass after, because high-frequency noise is one of the signs of a bad channel.
    if recorded_sfreq != sfreq:
        resample(raw, sfreq)
    as_recorded = raw.copy()
    harmonics = _harmonics(line, sfreq, lowpass)
    if len(harmonics):
        raw.notch_filter(harmonics, verbose="error")
    noise_to_hz = highest_noise(sfreq, recorded_sfreq, highest_hz)
    channels = judged_channels(raw, stretches, decisions, marked, noise_to_hz)
    reasons = {c["channel"]: c["reason"] for c in channels if c["decision"] == "bad"}
    raw.info["bads"] = list(reasons)
    good = [c for c in raw.ch_names if c not in reasons]
    _mark(raw, sorted({span for c in good for span in stretches.get(c, [])}), FLAT)
    pops = steps(as_recorded, good)
    reach = shortest_s / 2  # the high-pass filter rings so far to either side
    _mark(raw, _joined([(at - reach, at + reach) for at, _, _ in pops], raw.times[-1]), STEP)
    facts = {
        "Content": content,
        "SamplingFrequency": sfreq,
        "RecordedSamplingFrequency": float(recorded_sfreq),
        "RecordedHighestHz": highest_hz,
        "RecordedFilter": filtered,
        "RecordedMainsHz": list(recorded.mains_hz),
        "ConfiguredMainsHz": float(line_frequency),
        "MainsHz": float(line),
        "NotchHz": [float(h) for h in harmonics],
        "Reference": "average over good channels" if good else "none: no channel is good",
        "ChannelCount": len(raw.ch_names),
        "BadChannels": reasons,
        "Channels": channels,
        "FlatSeconds": _seconds_of(FLAT, raw),
        "Steps": [{"onset_s": at, "channel": c, "uv": round(v * 1e6, 1)} for at, c, v in pops],
        "NoiseJudgedToHz": noise_to_hz,
        "GapSeconds": _seconds_of(GAP, raw) + _seconds_of(FILLED, raw),
    }
    return _Judged(raw, as_recorded, good, facts)


def _harmonics(line: float, sfreq: float, lowpass: float) -> np.ndarray:
    """The mains and their harmonics, Hz, as far as anything is looked at.

    What lies above needs no notch, and one at the Nyquist frequency cannot be made.
    """
    return np.arange(line, min(sfreq / 2 - 1, max(lowpass, HIGHEST_HZ) + line / 2), line)


def _mark(raw: BaseRaw, spans: Iterable[tuple[float, float]], description: str) -> None:
    """Annotate spans, in s from the recording's first sample."""
    for start, stop in spans:
        raw.annotations.append(start + raw.first_time, stop - start, description)


def _joined(spans: Iterable[tuple[float, float]], end_s: float) -> list[tuple[float, float]]:
    """Spans in order, clipped to the recording, those that overlap as one."""
    joined: list[tuple[float, float]] = []
    for start, stop in sorted((max(a, 0.0), min(b, end_s)) for a, b in spans):
        if joined and start <= joined[-1][1]:
            start, stop = joined[-1][0], max(joined.pop()[1], stop)
        joined.append((start, stop))
    return joined


def _seconds_of(description: str, raw: BaseRaw) -> float:
    return float(sum(a["duration"] for a in raw.annotations if a["description"] == description))


def _within(frequency: float, sfreq: float) -> float | None:
    """An upper edge of a filter that leaves room for its transition below Nyquist; None: no low-pass."""
    return frequency if frequency < 0.45 * sfreq else None


def _check(raw: BaseRaw, shortest_s: float) -> None:
    strange = [c for c in raw.ch_names if c not in electrode_places()]
    if strange:
        raise CleaningError(
            f"{', '.join(strange)}: no 10-20 name (nor 10-10, 10-5), so its place on the head is not known",
            "Name the channels in the cap map, or leave out of it what is not EEG.",
        )
    left = raw.get_data(picks=[0], reject_by_annotation="omit", verbose="error").shape[1] / raw.info["sfreq"]
    if left < shortest_s:
        raise CleaningError(
            f"only {left:.1f} s of the recording are neither lost nor marked bad; the high-pass "
            f"filter alone needs {shortest_s:.1f} s",
            "Exclude the dyad with a reason in the dyads table.",
        )


def _flatten_gaps(raw: BaseRaw) -> None:
    """Fill the gaps, which the filters left alone, by a line between the filtered sides."""
    for note in raw.annotations:
        if note["description"] != GAP:
            continue
        onset = note["onset"] - raw.first_time
        start = max(int(np.floor(onset * raw.info["sfreq"])) - 1, 0)
        stop = min(int(np.ceil((onset + note["duration"]) * raw.info["sfreq"])) + 1, raw.n_times - 1)
        left, right = raw._data[:, [start]], raw._data[:, [stop]]
        raw._data[:, start : stop + 1] = left + (right - left) * np.linspace(0, 1, stop - start + 1)
