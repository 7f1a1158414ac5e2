"""Artefacts at known times, channels and amplitudes: what cleaning should find, take away, or leave out.

Plants what `Artifacts` asks for and nothing else. Each kind draws from a stream of random numbers of its own,
so that one more or less changes no other. Times are s of the amplifier's own clock.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from interbrain.problems import InterbrainError

from .heads import BLINK, CHANNELS, SACCADE, eye_field, focal_field, heart_field

# The electrodes that a muscle lies between. Muscles lie at the rim, and each is one source with one field.
MUSCLES = {
    "left temporalis": ("T7",),
    "right temporalis": ("T8",),
    "left anterior temporalis": ("F7", "FC5"),
    "right anterior temporalis": ("F8", "FC6"),
    "left neck": ("O1",),
    "right neck": ("O2",),
}
MUSCLE_WIDTH_M = 0.022
MUSCLE_BAND_HZ = (20.0, 150.0)
# Q, R, S and T: height, time after the R peak (s), width (s).
HEART_WAVES = ((-0.15, -0.025, 0.01), (1, 0, 0.012), (-0.25, 0.03, 0.012), (0.3, 0.25, 0.05))
DRIFT_BELOW_HZ = 0.3
AMPLIFIER_NOISE_V = 0.3e-6
# What a cell of the planted truth may name, and the field of `Artifacts` that holds it.
FAULTS = {"flat": "flat", "noisy": "noisy", "loose": "loose", "bridge": "bridged", "steps": "steps"}


class ArtifactsError(InterbrainError):
    """Something that cannot be planted, or not there."""


@dataclass(frozen=True)
class Artifacts:
    """What is planted into one recording; by default nothing.

    Attributes
    ----------
    blinks_per_minute, saccades_per_minute, muscle_bursts_per_minute : float
        Mean rates; the number in a recording is Poisson. 12 to 15 blinks a minute are normal.
    blink_uv, saccade_uv : float
        Median peak at the strongest electrode.
    muscle_uv, noisy_uv, loose_uv : (float, float)
        Smallest and largest RMS of a burst at its strongest electrode, and of a noisy or a loose channel's
        own noise.
    muscles : sequence of str
        Which of `MUSCLES` have bursts; empty: two of them, drawn for this recording.
    heart_uv : float
        R peak at the strongest electrode; 0: none.
    drift_uv : float
        RMS of slow drift (below .3 Hz), of each channel's own; 0: none.
    steps : sequence of str
        Channels with an electrode pop of 0.5 to 5 mV each, at a random time; twice named, two of them.
    flat, noisy, loose : sequence of str
        Channels without any signal, with broadband noise, with slow noise instead of the head's signal.
    bridged : sequence of (str, str)
        Pairs that gel joins: both hold the mean of the two.
    """

    blinks_per_minute: float = 0.0
    saccades_per_minute: float = 0.0
    muscle_bursts_per_minute: float = 0.0
    blink_uv: float = 150.0
    saccade_uv: float = 60.0
    muscle_uv: tuple[float, float] = (20.0, 80.0)
    noisy_uv: tuple[float, float] = (40.0, 150.0)
    loose_uv: tuple[float, float] = (20.0, 60.0)
    muscles: Sequence[str] = ()
    heart_uv: float = 0.0
    drift_uv: float = 0.0
    steps: Sequence[str] = ()
    flat: Sequence[str] = ()
    noisy: Sequence[str] = ()
    loose: Sequence[str] = ()
    bridged: Sequence[Sequence[str]] = ()

    def __post_init__(self) -> None:
        pairs = [channel for pair in self.bridged for channel in pair]
        faulty = [*self.flat, *self.noisy, *self.loose, *pairs]
        strange = sorted({*faulty, *self.steps} - set(CHANNELS))
        twice = sorted({c for c in faulty if faulty.count(c) > 1})
        lost = sorted(set(self.steps) & {*self.flat, *self.loose, *pairs})
        if any(len(pair) != 2 for pair in self.bridged):
            raise ArtifactsError("a bridge joins two channels")
        if strange:
            raise ArtifactsError(f"no channel is called {', '.join(strange)}")
        if twice:
            raise ArtifactsError(f"{', '.join(twice)} can have only one fault")
        if lost:
            raise ArtifactsError(f"a step at {', '.join(lost)} would not be seen as it is planted")
        if unknown := sorted(set(self.muscles) - set(MUSCLES)):
            raise ArtifactsError(f"no muscle is called {', '.join(unknown)}")


def faults_of(text: str) -> dict[str, list]:
    """Read a cell such as ``noisy T8; flat O1; bridge P3-P7; steps C4 PO3``.

    Returns
    -------
    faults : dict
        Fields of `Artifacts`; empty for an empty cell.

    Raises
    ------
    ArtifactsError
        What is wrong, for the person who wrote the cell.
    """
    faults: dict[str, Any] = {}
    for entry in filter(None, (part.strip() for part in text.split(";"))):
        kind, *channels = entry.split()
        if kind not in FAULTS:
            raise ArtifactsError(f'"{kind}" cannot be planted')
        if not channels:
            raise ArtifactsError(f"{kind} names no channel")
        named = [pair.split("-") for pair in channels] if kind == "bridge" else channels
        faults.setdefault(FAULTS[kind], []).extend(named)
    Artifacts(**faults)
    return faults


def in_words(planted: Sequence[dict]) -> str:
    """A recording's planted artefacts in one line: counts of what is short, channels of what lasts."""
    counted = {"blink": "blinks", "saccade": "saccades", "muscle": "muscle bursts"}
    words = []
    for kind, plural in counted.items():
        if n := sum(p["kind"] == kind for p in planted):
            words.append(f"1 {kind}{' burst' * (kind == 'muscle')}" if n == 1 else f"{n} {plural}")
    for p in planted:
        if p["kind"] == "step":
            words.append(f"step at {p['channels'][0]} {p['onset_s']:.1f} s")
        elif p["kind"] in ("heart", "drift"):
            words.append(p["kind"])
        elif p["kind"] not in counted:
            words.append(f"{p['kind']} {'-'.join(p['channels'])}")
    return "; ".join(words) or "none"


def additive(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[dict[str, np.ndarray], list[dict]]:
    """What adds to the head's signal.

    Parameters
    ----------
    positions : array, shape (n_channels, 3)
        Of `CHANNELS`.
    rng : numpy.random.Generator
        Its own stream is left as it was: each kind gets a child.

    Returns
    -------
    parts : dict of str to array, shape (n_channels, n_times)
        Volts; kinds that were not asked for are absent.
    planted : list of dict
        One for each event: kind, onset_s, duration_s, channels (where it is strongest), amplitude_uv; of a
        burst also its muscle. Plain values.
    """
    parts, planted = {}, []
    streams = rng.spawn(len(PLANTERS))
    for (part, (asked, plant)), stream in zip(PLANTERS.items(), streams, strict=True):
        if getattr(artifacts, asked):
            parts[part], found = plant(artifacts, positions, n_times, sfreq, stream)
            planted += found
    return parts, planted


def put_faults(artifacts: Artifacts, parts: dict[str, np.ndarray], duration_s: float) -> list[dict]:
    """Bridge, loosen and flatten channels in every part of a recording, in place.

    A loose channel keeps the mains and its own noise, of the head nothing. A bridge joins everything but the
    amplifier's noise. A flat channel keeps its constant potential only (`electrodes`, at its first sample).

    Returns
    -------
    planted : list of dict
        As `additive` gives them, of flat channels and bridges.
    """
    own = {"mains", "electrodes", "amplifier", "loose"}
    loose, flat = ([CHANNELS.index(c) for c in names] for names in (artifacts.loose, artifacts.flat))
    for name, part in parts.items():
        if name not in own:
            part[loose] = 0
        for pair in artifacts.bridged:
            rows = [CHANNELS.index(c) for c in pair]
            if name != "amplifier":
                part[rows] = part[rows].mean(axis=0)
        part[flat] = part[flat, :1] if name == "electrodes" else 0
    return [
        *(_event("flat", 0, duration_s, [channel], 0.0) for channel in artifacts.flat),
        *(_event("bridge", 0, duration_s, pair, 0.0) for pair in artifacts.bridged),
    ]


def _event(
    kind: str,
    onset_s: float,
    duration_s: float,
    where: np.ndarray | Sequence[str],
    amplitude_uv: float,
    **more: Any,
) -> dict:
    """One planted artefact as plain values; `where`: names of channels, or a field over all of them."""
    if isinstance(where, np.ndarray):
        where = [c for c, share in zip(CHANNELS, where, strict=True) if abs(share) > 0.5]
    return {
        "kind": kind,
        "onset_s": round(float(onset_s), 6),
        "duration_s": round(float(duration_s), 6),
        "channels": list(where),
        "amplitude_uv": round(float(amplitude_uv), 3),
        **more,
    }


def _onsets(
    per_minute: float, n_times: int, sfreq: float, apart_s: float, rng: np.random.Generator
) -> np.ndarray:
    """First samples of a Poisson number of events that begin and end at least `apart_s` from each other."""
    duration = n_times / sfreq
    n = min(rng.poisson(per_minute * duration / 60), int(duration / apart_s))
    free = np.sort(rng.uniform(0, duration - n * apart_s, n))
    return np.floor((free + apart_s * np.arange(n)) * sfreq).astype(int)


def _blinks(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """The lid closes within 80 to 120 ms and opens within 150 to 280 ms."""
    field, train, planted = eye_field(positions, BLINK), np.zeros(n_times), []
    for first in _onsets(artifacts.blinks_per_minute, n_times, sfreq, 0.45, rng):
        closing, opening = (round(rng.uniform(*limits) * sfreq) for limits in ((0.08, 0.12), (0.15, 0.28)))
        level = artifacts.blink_uv * rng.lognormal(0, 0.25)
        shape = np.concatenate([np.arange(closing) / closing, 1 - np.arange(opening + 1) / opening])
        train[first : first + len(shape)] += level * 1e-6 * np.sin(np.pi / 2 * shape) ** 2
        planted.append(_event("blink", first / sfreq, len(shape) / sfreq, field, level))
    return np.outer(field, train), planted


def _saccades(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """A look to one side and back: 40 ms there, held for 0.2 to 1 s, 40 ms back; left is negative."""
    field, train, planted = eye_field(positions, SACCADE), np.zeros(n_times), []
    for first in _onsets(artifacts.saccades_per_minute, n_times, sfreq, 1.1, rng):
        level = artifacts.saccade_uv * rng.lognormal(0, 0.3) * rng.choice([-1, 1])
        move, hold = max(round(0.04 * sfreq), 2), round(rng.uniform(0.2, 1.0) * sfreq)
        going = np.sin(np.pi / 2 * np.arange(move) / move) ** 2
        shape = np.concatenate([going, np.ones(hold), going[::-1]])
        train[first : first + len(shape)] += level * 1e-6 * shape
        planted.append(_event("saccade", first / sfreq, len(shape) / sfreq, field, level))
    return np.outer(field, train), planted


def _muscle_bursts(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """Bursts of 0.5 to 3 s of one muscle each, 20 to 150 Hz or to 0.45 of the sampling rate."""
    habitual = [str(m) for m in rng.choice(list(MUSCLES), 2, replace=False)]
    muscles = list(artifacts.muscles) or habitual
    fields = {m: _muscle_field(positions, m) for m in muscles}
    signal, planted = np.zeros((len(positions), n_times)), []
    band = (MUSCLE_BAND_HZ[0], min(MUSCLE_BAND_HZ[1], 0.45 * sfreq))
    for first in _onsets(artifacts.muscle_bursts_per_minute, n_times, sfreq, 3.1, rng):
        n = round(rng.uniform(0.5, 3.0) * sfreq)
        muscle = muscles[int(rng.integers(len(muscles)))]
        level = rng.uniform(*artifacts.muscle_uv)
        burst = _coloured(1, n, sfreq, band, 0, rng)[0] * _faded(n, 0.1 * sfreq)
        burst *= level * 1e-6 / np.sqrt(np.mean(burst**2))
        signal[:, first : first + n] += np.outer(fields[muscle], burst)
        about = _event("muscle", first / sfreq, n / sfreq, fields[muscle], level, muscle=muscle)
        planted.append(about)
    return signal, planted


def _muscle_field(positions: np.ndarray, muscle: str) -> np.ndarray:
    centre = positions[[CHANNELS.index(c) for c in MUSCLES[muscle]]].mean(axis=0)
    field = focal_field(positions, centre, MUSCLE_WIDTH_M)
    return field / field.max()


def _steps(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """0.5 to 5 mV up or down at once, back with a time constant of 1 to 4 s; none in the last 5 s."""
    signal, planted = np.zeros((len(positions), n_times)), []
    for channel in artifacts.steps:
        first = int(rng.uniform(0.05, 1) * max(n_times - 5 * sfreq, n_times / 2))
        level = rng.uniform(500, 5000) * rng.choice([-1, 1])
        decay_s = rng.uniform(1, 4)
        t = np.arange(n_times - first) / sfreq
        signal[CHANNELS.index(channel), first:] += level * 1e-6 * np.exp(-t / decay_s)
        planted.append(_event("step", first / sfreq, decay_s, [channel], level))
    return signal, planted


def _heart(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """Beats at 55 to 75 a minute that vary by 4 %."""
    interval, field = 60 / rng.uniform(55, 75), heart_field(positions)
    times, train = np.arange(n_times) / sfreq, np.zeros(n_times)
    intervals = interval * (1 + 0.04 * rng.standard_normal(int(1.5 * times[-1] / interval) + 5))
    beats = np.cumsum(intervals)
    for beat in beats[beats < times[-1]]:
        near = slice(max(int((beat - 0.1) * sfreq), 0), int((beat + 0.5) * sfreq))
        for height, after_s, width_s in HEART_WAVES:
            train[near] += height * np.exp(-((times[near] - beat - after_s) ** 2) / (2 * width_s**2))
    about = _event("heart", 0, n_times / sfreq, field, artifacts.heart_uv)
    return artifacts.heart_uv * 1e-6 * np.outer(field, train), [about]


def _drift(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    signal = _coloured(len(positions), n_times, sfreq, (0.0, DRIFT_BELOW_HZ), 1, rng)
    about = _event("drift", 0, n_times / sfreq, CHANNELS, artifacts.drift_uv)
    return artifacts.drift_uv * 1e-6 * signal, [about]


def _noisy(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """White noise on top of what the channel sees."""
    signal, planted = np.zeros((len(positions), n_times)), []
    for channel in artifacts.noisy:
        level = rng.uniform(*artifacts.noisy_uv)
        signal[CHANNELS.index(channel)] = level * 1e-6 * rng.standard_normal(n_times)
        planted.append(_event("noisy", 0, n_times / sfreq, [channel], level))
    return signal, planted


def _loose(
    artifacts: Artifacts, positions: np.ndarray, n_times: int, sfreq: float, rng: np.random.Generator
) -> tuple[np.ndarray, list[dict]]:
    """Noise with power 1/f^2 above .5 Hz; `put_faults` takes the head's signal away."""
    signal, planted = np.zeros((len(positions), n_times)), []
    for channel in artifacts.loose:
        level = rng.uniform(*artifacts.loose_uv)
        own = _coloured(1, n_times, sfreq, (0.5, sfreq / 2), 2, rng)[0]
        signal[CHANNELS.index(channel)] = level * 1e-6 * own
        planted.append(_event("loose", 0, n_times / sfreq, [channel], level))
    return signal, planted


def _coloured(
    n_signals: int,
    n_times: int,
    sfreq: float,
    band: tuple[float, float],
    slope: float,
    rng: np.random.Generator,
) -> np.ndarray:
    """Noise with power 1/f^slope inside a band (Hz), RMS 1; shape (n_signals, n_times)."""
    spectrum = np.fft.rfft(rng.standard_normal((n_signals, n_times)))
    frequency = np.fft.rfftfreq(n_times, 1 / sfreq)
    inside = (frequency >= band[0]) & (frequency <= band[1]) & (frequency > 0)
    spectrum *= np.where(inside, np.maximum(frequency, 1 / n_times) ** (-slope / 2), 0)
    noise = np.fft.irfft(spectrum, n_times)
    return noise / noise.std(axis=1, keepdims=True)


def _faded(n: int, n_edge: float) -> np.ndarray:
    """1 with a rising and a falling half cosine of `n_edge` samples."""
    from scipy.signal.windows import tukey

    return tukey(n, min(2 * n_edge / n, 1.0))


# Part -> the field of `Artifacts` that asks for it, and what plants it. Each draws from a stream of random
# numbers of its own, in this order for good: a new one goes to the end.
PLANTERS = {
    "blinks": ("blinks_per_minute", _blinks),
    "saccades": ("saccades_per_minute", _saccades),
    "muscle": ("muscle_bursts_per_minute", _muscle_bursts),
    "heart": ("heart_uv", _heart),
    "drift": ("drift_uv", _drift),
    "steps": ("steps", _steps),
    "noisy": ("noisy", _noisy),
    "loose": ("loose", _loose),
}
