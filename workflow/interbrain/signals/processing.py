"""What is done to a member's signal before it is compared: filters, heart beats, change of acceleration.

neurokit2 does what it has; it takes two seconds to import and is so only where it is needed. Each function
gives the series on the clock of the member's EEG recording, and the quality with what it found.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from interbrain.signals.kinds import INTERVALS_S, KINDS, MOST_HZ
from interbrain.signals.quality import Quality, judge, judge_beats
from interbrain.signals.series import Series, at_instants

BRIDGED_S = 1.0  # gaps of at most this are bridged linearly
HIGHEST_HZ = 1000.0


def process(
    series: Series, kind: str, duration_s: float, max_missing: float
) -> tuple[Series | None, Quality]:
    """A member's signal as it is compared.

    Parameters
    ----------
    series : Series
        As recorded, on the clock of the member's EEG recording.
    kind : str
    duration_s : float
        Of that recording.
    max_missing : float
        A signal that misses a larger share of it is not used.

    Returns
    -------
    processed : Series or None
        One channel; None if it cannot be used, of which the quality says why.
    quality : Quality
    """
    held, quality = judge(series, kind, duration_s, max_missing)
    if not quality.usable:
        return None, quality
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # neurokit2's, on signals that are short or noisy
        try:
            done, quality = PROCESSING.get(KINDS[kind].series, _ready)(held, kind, quality)
        except (ValueError, IndexError, ZeroDivisionError) as error:  # neurokit2, of what is no such signal
            why = (str(error).strip() or type(error).__name__).splitlines()[0]
            return None, quality.refused(f"no {KINDS[kind].about} can be found in it ({why})")
    return (done, quality) if quality.usable else (None, quality)


def _filled(series: Series) -> tuple[np.ndarray, np.ndarray]:
    """The first channel without gaps, run through linearly, and which samples were missing for longer."""
    row = series.values[0]
    there = np.isfinite(row)
    at = np.arange(len(row))
    whole = np.interp(at, at[there], row[there])
    return whole, ~there & ~_short(there, series.rate_hz)


def _short(there: np.ndarray, rate_hz: float) -> np.ndarray:
    """Missing samples in gaps of at most `BRIDGED_S` with samples on either side."""
    edges = np.flatnonzero(np.diff(np.r_[1, there.astype(int), 1]))
    short = np.zeros(len(there), bool)
    for begin, end in zip(edges[::2], edges[1::2], strict=True):
        if begin > 0 and end < len(there) and end - begin <= BRIDGED_S * rate_hz:
            short[begin:end] = True
    return short


def _electrodermal(series: Series, kind: str, quality: Quality) -> tuple[Series, Quality]:
    """Skin conductance, low-passed; its tonic level and the responses in it are told, not compared."""
    import neurokit2 as nk

    whole, missing = _filled(series)
    clean = np.asarray(nk.eda_clean(whole, sampling_rate=series.rate_hz), float)
    parts = nk.eda_phasic(clean, sampling_rate=series.rate_hz)
    quality = quality.noting(level_us=float(np.mean(parts["EDA_Tonic"])))
    try:
        _, found = nk.eda_peaks(parts["EDA_Phasic"].to_numpy(), sampling_rate=series.rate_hz)
        n = int(np.isfinite(np.asarray(found["SCR_Height"], float)).sum())
    except (ValueError, IndexError):  # none of them
        n = 0
    minutes = (~missing).sum() / series.rate_hz / 60
    quality = quality.noting(responses_per_min=n / minutes if minutes else np.nan)
    return replace(series, values=np.where(missing, np.nan, clean)[None]), quality


def _heart(series: Series, kind: str, quality: Quality) -> tuple[Series, Quality]:
    """Inter-beat intervals in s, evenly at 4 Hz: beats found, artefacts corrected (Kubios' method)."""
    import neurokit2 as nk

    rate = KINDS[kind].rate_hz or 4.0
    if kind == "ibi":
        beats, missing = np.flatnonzero(series.values[0] == 1), ~np.isfinite(series.values[0])
    else:
        whole, missing = _filled(series)
        if series.rate_hz > HIGHEST_HZ:
            step = int(series.rate_hz // HIGHEST_HZ)
            whole, missing = whole[::step], missing[::step]
            series = replace(series, rate_hz=series.rate_hz / step)
        if kind == "ecg":
            clean = nk.ecg_clean(whole, sampling_rate=series.rate_hz)
            beats = np.asarray(nk.ecg_peaks(clean, sampling_rate=series.rate_hz)[1]["ECG_R_Peaks"], int)
        else:
            clean = nk.ppg_clean(whole, sampling_rate=series.rate_hz)
            beats = np.asarray(nk.ppg_findpeaks(clean, sampling_rate=series.rate_hz)["PPG_Peaks"], int)
    beats = beats[~missing[beats]]
    if len(beats) < 10:
        return series, judge_beats(quality, len(beats), 0, 0)
    how = {"sampling_rate": series.rate_hz, "method": "Kubios"}
    artefacts, _ = nk.signal_fixpeaks(beats, iterative=False, **how)  # the last pass of several tells of none
    _, corrected = nk.signal_fixpeaks(beats, iterative=True, **how)
    corrected = np.unique(np.asarray(corrected, int).clip(0, series.values.shape[1] - 1))
    counts = {name: int(np.size(artefacts[name])) for name in ("ectopic", "missed", "extra", "longshort")}
    times, intervals = corrected[1:] / series.rate_hz, np.diff(corrected) / series.rate_hz
    before = np.concatenate([[0], np.cumsum(missing)])
    across = before[corrected[1:]] > before[corrected[:-1]]  # what lies within was not recorded
    low, high = INTERVALS_S
    good = ~across & (intervals >= low) & (intervals <= high)
    lost = int((~good & ~across).sum())
    quality = judge_beats(quality, len(beats), sum(counts.values()), lost).noting(
        **{f"n_{name}": n for name, n in counts.items()},
        heart_rate_per_min=float(60 / np.mean(intervals[good])) if good.any() else np.nan,
    )
    if good.sum() < 2:
        return series, quality.refused("no two heart beats follow one another")
    longest = 2 * high
    grid = np.arange(int(np.floor(times[-1] * rate)) + 1) / rate
    even = at_instants(times[good], intervals[good], grid, longest)
    return Series(even[None], rate, series.start_s, "s"), quality


def _respiration(series: Series, kind: str, quality: Quality) -> tuple[Series, Quality]:
    """Respiration, band-passed and in standard deviations, with its rate."""
    import neurokit2 as nk

    whole, missing = _filled(series)
    clean = np.asarray(nk.rsp_clean(whole, sampling_rate=series.rate_hz), float)
    spread = float(np.std(clean[~missing]))
    if not spread > 0:
        return series, quality.refused("it does not vary")
    _, found = nk.rsp_peaks(clean, sampling_rate=series.rate_hz)
    n, minutes = len(found["RSP_Peaks"]), (~missing).sum() / series.rate_hz / 60
    quality = quality.noting(breaths_per_min=n / minutes if minutes else np.nan)
    if n < 2:
        return series, quality.refused("no two breaths were found")
    return replace(series, values=np.where(missing, np.nan, clean / spread)[None], unit="SD"), quality


def _ready(series: Series, kind: str, quality: Quality) -> tuple[Series, Quality]:
    """A series as it is; of three axes of an accelerometer, the length of the change a second."""
    if len(series.values) == 1:
        whole, missing = _filled(series)
        return replace(series, values=np.where(missing, np.nan, whole)[None]), quality
    change = np.linalg.norm(np.diff(series.values, axis=1), axis=0) * series.rate_hz
    return replace(series, values=change[None], start_s=series.start_s + 0.5 / series.rate_hz), quality


Processing = Callable[[Series, str, Quality], tuple[Series, Quality]]
PROCESSING: Mapping[str, Processing] = {
    "eda": _electrodermal,
    "ibi": _heart,
    "respiration": _respiration,
}


def common_rate(kind: str, rates_hz: tuple[float, float]) -> float:
    """At which rate two members' series are compared, Hz."""
    return KINDS[kind].rate_hz or min(*rates_hz, MOST_HZ)
