"""One BIDS recording becomes a cleaned continuous recording, with an account of what was done and why.

Never looks at the partner, the group or a questionnaire. Windows are chosen later, for both members at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

GAP = "BAD_acq_skip"
MONTAGE = "colin27_1005"
# Fewer channels cannot be compared with each other, and splines through them would invent a field.
FEWEST_CHANNELS = 4
FLAT_V = 1e-12  # rounding errors of a filtered constant lie below, any amplifier's noise above


class CleaningError(Exception):
    """A recording that cannot be cleaned, said for the person who recorded it."""


@dataclass(frozen=True)
class Cleaned:
    """A cleaned recording.

    Attributes
    ----------
    raw : mne.io.Raw
        EEG channels only, volts, average reference; `info["bads"]` is empty, interpolated channels stand in
        `account["interpolated"]`.
    account : dict
        What was done: settings, bad channels with reasons, line noise, gaps.
    spectra : dict
        frequency_hz, before_db, after_db: mean over the ROI channels, dB re 1 uV^2/Hz.
    """

    raw: object
    account: dict
    spectra: dict


def clean(raw, *, sfreq, highpass, lowpass, line_frequency, rois, max_bad_share) -> Cleaned:
    """Clean one continuous recording.

    Parameters
    ----------
    raw : mne.io.Raw
        Preloaded, volts, 10-20 names; gaps annotated as `BAD_acq_skip`, other bad spans as `BAD_...`.
    sfreq, highpass, lowpass, line_frequency : float
        Hz.
    rois : mapping name -> channels
        Whose spectra and line noise are reported.
    max_bad_share : float
        More bad channels than this share: the verdict is "look".

    Returns
    -------
    cleaned : Cleaned

    Raises
    ------
    CleaningError
        If a channel has no position on the head, a ROI channel is not there, or hardly any signal is left
        outside the gaps.

    Notes
    -----
    1 polyphase resampling; 2 notch; 3 bad channels by pyprep without RANSAC (deviation, correlation,
    high-frequency noise, flat, missing), judged without the gaps; 4 zero-phase FIR band-pass; 5 average
    reference over the good channels; 6 spherical spline interpolation of the bad ones. The filters treat the
    parts before and after a gap separately.
    """
    roi_channels = list(dict.fromkeys(c for names in rois.values() for c in names))
    raw = raw.copy().pick("eeg", exclude=[])
    _check(raw, roi_channels, shortest_s=3.3 / highpass)  # the length of the high-pass filter
    raw.set_montage(MONTAGE, verbose="error")
    # Order matters: resampling first makes every later step cheap; the mains go before the bad channels are
    # judged, and the low-pass after, because high-frequency noise is one of the signs of a bad channel.
    if raw.info["sfreq"] != sfreq:
        raw.resample(sfreq, method="polyphase", verbose="error")
    before = _spectrum(raw, roi_channels)
    line_db = _line_noise(before, line_frequency)
    # What lies far above the low-pass needs no notch, and a notch at the Nyquist frequency cannot be made.
    harmonics = np.arange(line_frequency, min(sfreq / 2 - 1, 2.5 * lowpass + line_frequency), line_frequency)
    if len(harmonics):
        raw.notch_filter(harmonics, verbose="error")
    reasons = _bad_channels(raw)
    raw.filter(highpass, lowpass, verbose="error")
    _flatten_gaps(raw)
    # The place of ICA: on a 1 Hz high-passed copy of the good channels, before interpolation.
    raw.info["bads"] = list(reasons)
    n_good = len(raw.ch_names) - len(reasons)
    if n_good:
        raw.set_eeg_reference("average", projection=False, verbose="error")
    if reasons and n_good >= FEWEST_CHANNELS:
        raw.interpolate_bads(reset_bads=True, verbose="error")
    raw.info["bads"] = []
    after = _spectrum(raw, [c for c in roi_channels if c not in reasons] or roi_channels)
    share = len(reasons) / len(raw.ch_names)
    look = []
    if share > max_bad_share:
        look.append(f"{len(reasons)} of {len(raw.ch_names)} channels are bad")
    if set(roi_channels) & set(reasons):
        look.append(f"bad ROI channels: {', '.join(c for c in roi_channels if c in reasons)}")
    account = {
        "SamplingFrequency": sfreq,
        "HighpassHz": highpass,
        "LowpassHz": lowpass,
        "NotchHz": [float(h) for h in harmonics],
        "Reference": "average over good channels" if n_good else "none: no channel is good",
        "ChannelCount": len(raw.ch_names),
        "BadChannels": reasons,
        "LineNoiseDb": line_db,
        "GapSeconds": float(sum(a["duration"] for a in raw.annotations if a["description"] == GAP)),
        "IndependentComponents": "not part of this version",
        "Look": look,
    }
    spectra = {"frequency_hz": before[0], "before_db": before[1], "after_db": after[1]}
    return Cleaned(raw, account, spectra)


def _check(raw, roi_channels: list[str], shortest_s: float) -> None:
    import mne

    known = set(mne.channels.make_standard_montage(MONTAGE).ch_names)
    strange = [c for c in raw.ch_names if c not in known]
    if strange:
        raise CleaningError(
            f"{', '.join(strange)}: no 10-20 name (nor 10-10, 10-5), so its place on the head is not known. "
            "Name the channels in the cap map, or leave out of it what is no EEG."
        )
    absent = [c for c in roi_channels if c not in raw.ch_names]
    if absent:
        raise CleaningError(
            f"the ROI channel(s) {', '.join(absent)} are not in the recording, which has "
            f"{', '.join(raw.ch_names)}. Correct the cap map or the rois in the config."
        )
    left = raw.get_data(picks=[0], reject_by_annotation="omit", verbose="error").shape[1] / raw.info["sfreq"]
    if left < shortest_s:
        raise CleaningError(
            f"only {left:.1f} s of the recording are neither lost nor marked bad; the high-pass filter alone "
            f"needs {shortest_s:.1f} s. Exclude the dyad with a reason in the dyads table."
        )


def _bad_channels(raw) -> dict[str, str]:
    """Channel -> reason, in the order of the recording.

    PREP's own criteria. pyprep's addition, the spectrum criterion, is left out: on eyes-closed recordings
    it calls occipital channels bad for their alpha rhythm, and frontal ones for blinks.
    """
    import mne
    from pyprep import NoisyChannels

    known = {c: "no signal in the raw file" for c in raw.info["bads"]}
    judged = raw.copy()
    judged.info["bads"] = []
    # Lost or missing spans would look like a fault of every channel: leave them out.
    data = judged.get_data(reject_by_annotation="omit", verbose="error")
    flat = data.std(axis=1) < FLAT_V
    if (~flat).sum() < FEWEST_CHANNELS:  # pyprep compares channels, and fails where there are none
        return {c: known.get(c, "flat") for c, f in zip(raw.ch_names, flat, strict=True) if f or c in known}
    judged = mne.io.RawArray(data, judged.info, verbose="error")
    with mne.utils.use_log_level("error"):
        finder = NoisyChannels(judged, ransac=False, random_state=0)
        finder.find_bad_by_deviation()
        finder.find_bad_by_hfnoise()
        finder.find_bad_by_correlation()
        finder.find_bad_by_SNR()
    words = {
        "bad_by_nan": "missing values",
        "bad_by_flat": "flat",
        "bad_by_deviation": "amplitude unlike the others",
        "bad_by_hf_noise": "high-frequency noise",
        "bad_by_correlation": "not correlated with the others",
        "bad_by_SNR": "low signal-to-noise ratio",
        "bad_by_dropout": "signal drops out",
    }
    found: dict[str, list[str]] = {}
    for attribute, reason in words.items():
        for channel in getattr(finder, attribute, []) or []:
            found.setdefault(str(channel), []).append(reason)
    return {c: known.get(c) or ", ".join(found[c]) for c in raw.ch_names if c in known or c in found}


def _flatten_gaps(raw) -> None:
    """Fill the gaps, which the filters left alone, by a line between the filtered sides."""
    for note in raw.annotations:
        if note["description"] != GAP:
            continue
        onset = note["onset"] - raw.first_time
        start = max(int(np.floor(onset * raw.info["sfreq"])) - 1, 0)
        stop = min(int(np.ceil((onset + note["duration"]) * raw.info["sfreq"])) + 1, raw.n_times - 1)
        left, right = raw._data[:, [start]], raw._data[:, [stop]]
        raw._data[:, start : stop + 1] = left + (right - left) * np.linspace(0, 1, stop - start + 1)


def _spectrum(raw, channels: list[str]) -> tuple[np.ndarray, np.ndarray]:
    """Frequencies (Hz) and power (dB re 1 uV^2/Hz), mean over channels, in 0.5 Hz steps without the gaps."""
    import mne

    data = raw.get_data(picks=channels, reject_by_annotation="omit", verbose="error")
    n = int(2 * raw.info["sfreq"])
    power, frequency = mne.time_frequency.psd_array_welch(
        data,
        raw.info["sfreq"],
        fmin=1,
        fmax=min(raw.info["sfreq"] / 2, 100),
        n_fft=n,
        n_overlap=n // 2,
        verbose="error",
    )
    mean = np.maximum(power.mean(axis=0) * 1e12, 1e-12)
    return frequency, 10 * np.log10(mean)


def _line_noise(spectrum: tuple[np.ndarray, np.ndarray], line_frequency: float) -> float | None:
    """How far the mains stand above their neighbours 2 to 5 Hz away, dB; None above Nyquist."""
    frequency, db = spectrum
    distance = np.abs(frequency - line_frequency)
    if not (distance < 0.6).any():
        return None
    around = (distance >= 2) & (distance <= 5)
    return float(db[distance < 0.6].max() - db[around].mean())
