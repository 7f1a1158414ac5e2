"""Two bodies with known coordination: skin conductance, heart beats and movement of two people on true time.

Not a model of physiology: each kind is a slow random series of known correlation and lag, in the form in
which an amplifier records it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from interbrain.problems import InterbrainError

GRID_HZ = 20.0  # of the series on true time
FORGET_S: Mapping[str, float] = {"eda": 8.0, "ibi": 4.0, "motion": 2.0}  # their time constants
KINDS = tuple(FORGET_S)
CHANNELS: Mapping[str, str] = {"EDA": "uS", "ECG": "µVolt"}  # auxiliary channels and their units

TONIC_US, RESPONSES_US, RESPONSES_PER_MIN = 0.4, 0.15, 4.0
INTERVAL_S, INTERVAL_SD_S = (0.80, 0.88), 0.04  # of therapist and client
MOVEMENT_G, MOVEMENT_SPREAD, MOVEMENT_HZ = 0.05, 0.7, 1.5
SETTLING_S = 200.0
# What settling in does to both alike, at the beginning: uS, s, and units of the movement's logarithm.
SETTLING: Mapping[str, float] = {"eda": 2.5, "ibi": -0.12, "motion": 1.0}
# An ECG's waves: centre and width (s) around the R peak, and amplitude (uV).
WAVES = ((-0.18, 0.025, 120), (-0.035, 0.01, -120), (0, 0.012, 1000), (0.035, 0.01, -250), (0.28, 0.05, 300))


@dataclass(frozen=True)
class Coupling:
    """How two people's series of one kind go together.

    Attributes
    ----------
    r : float
        Correlation of the series with the client's shifted back by the lag; below 0: complementary.
    lag_s : float
        By how much the client is later: above 0 the therapist leads, below 0 the client.
    """

    r: float = 0.0
    lag_s: float = 0.0

    def __post_init__(self) -> None:
        if not -1 < self.r < 1:
            raise InterbrainError(f"a simulated correlation must be between -1 and 1, not {self.r}")

    @property
    def leader(self) -> str:
        """therapist, client, nobody (coupled at once), or empty without coupling."""
        if not self.r:
            return ""
        return "nobody" if not self.lag_s else "therapist" if self.lag_s > 0 else "client"


@dataclass(frozen=True)
class Bodies:
    """What two bodies do in a session; kinds that are not named go each their own way.

    Attributes
    ----------
    couplings : mapping kind -> Coupling
    settling : bool
        Whether both settle in alike over the first minutes, which is a common course and no coordination.
    """

    couplings: Mapping[str, Coupling] = field(default_factory=dict)
    settling: bool = False

    def of(self, kind: str) -> Coupling:
        return self.couplings.get(kind, Coupling())


def coupled_series(
    n_times: int, rate_hz: float, coupling: Coupling, forget_s: float, rng: np.random.Generator
) -> np.ndarray:
    """Two smooth random series, mean 0 and SD 1, of known correlation at a known lag.

    Each is a second-order autoregression with the time constants `forget_s` and a tenth of it. At another lag
    their correlation is `coupling.r` times the series' own autocorrelation at the distance to that lag.

    Returns
    -------
    series : array, shape (2, n_times)
    """
    shift = round(coupling.lag_s * rate_hz)
    common, *own = (_smooth(n_times + abs(shift), rate_hz, forget_s, rng) for _ in range(3))
    late, early = common[:n_times], common[abs(shift) :]
    parts = (early, late) if shift >= 0 else (late, early)
    signs = (1.0, np.sign(coupling.r))
    kept, rest = np.sqrt(abs(coupling.r)), np.sqrt(1 - abs(coupling.r))
    return np.stack(
        [s * kept * part + rest * o[:n_times] for s, part, o in zip(signs, parts, own, strict=True)]
    )


def _smooth(n_times: int, rate_hz: float, forget_s: float, rng: np.random.Generator) -> np.ndarray:
    from scipy.signal import lfilter

    p, q = (np.exp(-1 / (tau * rate_hz)) for tau in (forget_s, forget_s / 10))
    a, b = p + q, -p * q
    spread = np.sqrt((1 - b) / ((1 + b) * ((1 - b) ** 2 - a**2)))
    before = int(10 * forget_s * rate_hz)
    noise = rng.standard_normal(before + n_times)
    return np.asarray(lfilter([1 / spread], [1, -a, -b], noise)[before:])


@dataclass(frozen=True)
class Body:
    """One person's body on true time.

    Attributes
    ----------
    times : array, shape (n_times,)
        s, at `GRID_HZ`.
    eda, envelope : array, shape (n_times,)
        Skin conductance, uS; amplitude of the movement, g.
    beats : array, shape (n_beats,)
        True times of the R peaks, s.
    phase : float
        Of the movement, rad.
    """

    times: np.ndarray
    eda: np.ndarray
    envelope: np.ndarray
    beats: np.ndarray
    phase: float

    def channels(self, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """What an amplifier records at the true times `at`: EDA (uS) and ECG (uV), shape (2, n)."""
        eda = np.interp(at, self.times, self.eda) + 0.002 * rng.standard_normal(len(at))
        after = np.searchsorted(self.beats, at).clip(1, len(self.beats) - 1)
        ecg = 10 * rng.standard_normal(len(at))
        for beat in (self.beats[after - 1], self.beats[after]):
            for centre, width, uv in WAVES:
                ecg += uv * np.exp(-(((at - beat - centre) / width) ** 2) / 2)
        return np.stack([eda, ecg])

    def acceleration(self, at: np.ndarray, rng: np.random.Generator) -> np.ndarray:
        """X, Y and Z of the amplifier's accelerometer at the true times `at`, g, shape (3, n).

        A movement around a circle, whose radius is the envelope: the length of the change of acceleration is
        then 2 pi `MOVEMENT_HZ` times the envelope.
        """
        turn = 2 * np.pi * MOVEMENT_HZ * at + self.phase
        envelope = np.interp(at, self.times, self.envelope)
        moved = envelope * np.stack([np.cos(turn), np.sin(turn), np.zeros(len(at))])
        return np.array([[0.0], [0.1], [1.0]]) + moved + 0.0005 * rng.standard_normal((3, len(at)))


def two_bodies(bodies: Bodies, begin_s: float, end_s: float, rng: np.random.Generator) -> tuple[Body, Body]:
    """Therapist's and client's body from `begin_s` to `end_s` on true time."""
    times = np.arange(begin_s, end_s, 1 / GRID_HZ)
    settled = np.exp(-np.maximum(times, 0) / SETTLING_S) * bodies.settling
    slow = {
        kind: coupled_series(len(times), GRID_HZ, bodies.of(kind), forget_s, rng)
        for kind, forget_s in FORGET_S.items()
    }
    responses = _responses(times, bodies.of("eda"), rng)
    made = []
    for member in range(2):
        tonic = (6.0, 5.0)[member] + TONIC_US * slow["eda"][member]
        log = MOVEMENT_SPREAD * slow["motion"][member] + SETTLING["motion"] * settled
        intervals = INTERVAL_S[member] + INTERVAL_SD_S * slow["ibi"][member] + SETTLING["ibi"] * settled
        made.append(
            Body(
                times,
                tonic + responses[member] + SETTLING["eda"] * settled,
                MOVEMENT_G * np.exp(log),
                _beats(times, intervals),
                float(rng.uniform(0, 2 * np.pi)),
            )
        )
    return made[0], made[1]


def _responses(times: np.ndarray, coupling: Coupling, rng: np.random.Generator) -> np.ndarray:
    """Skin conductance responses of both, uS, SD `RESPONSES_US`: a share r > 0 of them is common."""
    from scipy.signal import fftconvolve

    share, shift = max(coupling.r, 0.0), round(coupling.lag_s * GRID_HZ)
    n = len(times) + abs(shift)

    def impulses(share: float) -> np.ndarray:
        there = rng.random(n) < share * RESPONSES_PER_MIN / 60 / GRID_HZ
        return np.where(there, rng.exponential(1.0, n), 0.0)

    t = np.arange(0, 20, 1 / GRID_HZ)
    one = np.exp(-t / 2.0) - np.exp(-t / 0.75)
    # Campbell's theorem: the variance of shot noise is rate x mean squared size x energy of one response.
    one *= RESPONSES_US / np.sqrt(RESPONSES_PER_MIN / 60 / GRID_HZ * 2 * (one**2).sum())
    common = impulses(share)
    late, early = common[: len(times)], common[abs(shift) :]
    parts = (early, late) if shift >= 0 else (late, early)
    return np.stack([fftconvolve(p + impulses(1 - share)[: len(times)], one)[: len(times)] for p in parts])


def _beats(times: np.ndarray, intervals: np.ndarray) -> np.ndarray:
    """True times of the heart beats whose intervals follow a series."""
    beats = [float(times[0])]
    while beats[-1] < times[-1]:
        at = min(int((beats[-1] - times[0]) * GRID_HZ), len(times) - 1)
        beats.append(beats[-1] + max(float(intervals[at]), 0.35))
    return np.array(beats)


def expected_correlation(kind: str, coupling: Coupling) -> float:
    """Correlation of the series that is analysed, at the planted lag and in a long session, in closed form.

    Skin conductance is the sum of a level and of responses; the movement's envelope is the exponential of a
    normal series; inter-beat intervals are the series itself.
    """
    r = coupling.r
    if kind == "eda":
        level, responses = TONIC_US**2, RESPONSES_US**2
        return (level * r + responses * max(r, 0.0)) / (level + responses)
    if kind == "motion":
        spread = MOVEMENT_SPREAD**2
        return float(np.expm1(spread * r) / np.expm1(spread))
    return r


def truth_of(bodies: Bodies, kinds: Sequence[str] = KINDS) -> list[dict]:
    """What is planted in each kind, and what there is to be found; plain values."""
    return [
        {
            "signal": kind,
            "planted_r": bodies.of(kind).r,
            "expected_r": expected_correlation(kind, bodies.of(kind)),
            "planted_lag_s": bodies.of(kind).lag_s if bodies.of(kind).r else None,
            "leader": bodies.of(kind).leader or None,
            "shared_course": "settling in" if bodies.settling else None,
        }
        for kind in kinds
    ]
