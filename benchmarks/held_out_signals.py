"""How often faults of signals beside the EEG are named, and how often sound ones are, on held-out sessions.

Run by hand, about 6 minutes: python benchmarks/held_out_signals.py [--sessions 15] [--beats 50]
Prints the table of docs/signals.md. The limits were chosen on simulated sessions with other seeds. Half of
the sessions here are those of the library's simulator (as in examples/session), the other half of a family on
which no limit was chosen: responses of different shapes to common events, and motion energy with still
stretches. All have 10 minutes. The correlation of a coupled pair is that of what drives both; crosstalk of .3
is .7 of the person's own signal and .3 of the partner's, to which the recorder adds its noise.
"""
# ruff: noqa: I001  the other benchmark limits the threads, and must come before NumPy

from held_out_faults import Shares

import argparse
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from scipy.signal import fftconvolve
from scipy.stats import beta

from interbrain.clocks import ClockFit
from interbrain.doctor.signal_doubts import Placed, course_of, doubts_of_all, note_doubts
from interbrain.formats.notes import noted
from interbrain.signals.dyad import Given, pair
from interbrain.signals.processing import process
from interbrain.signals.quality import judge
from interbrain.signals.series import Series
from interbrain.simulate.bodies import Bodies, Coupling, two_bodies

SECONDS, MARGIN_S, MAX_MISSING = 600, 10, 0.25
FINE_HZ = 50.0
FAMILIES, RATES_HZ = ("session", "events"), (4.0, 25.0)
LOW_US = (0.05, 0.5)
SHOWN = {"eda": "skin conductance", "motion": "movement"}
DECIMAL = {0.3: ".3", 0.5: ".5", 0.8: ".8", 0.95: ".95"}


@dataclass(frozen=True)
class Together:
    """How two people go together: correlation, lag, and by how much the lag itself varies."""

    name: str
    r: float = 0.0
    lag_s: float = 0.0
    jitter_s: float = 0.0


PAIRS = (
    Together("not coupled"),
    Together("r = .5, lag 0", 0.5),
    Together("r = .8, lag 0", 0.8),
    Together("r = .8, lag 1.5 s", 0.8, 1.5),
    Together("r = .8, lag 0 with jitter of .3 s", 0.8, 0.0, 0.3),
    Together("r = .95, lag 0", 0.95),
)


def session(kind: str, rate: float, how: Together, rng: np.random.Generator) -> list[np.ndarray]:
    """Two people of the library's simulator, (1 or 3, n) each."""
    couplings = {kind: Coupling(how.r, how.lag_s)}
    both = two_bodies(Bodies(couplings, settling=True), -MARGIN_S, SECONDS + MARGIN_S, rng)
    at = np.arange(SECONDS * rate) / rate
    made = []
    for number, body in enumerate(both):
        moved = at + number * _wander(len(at), rate, how.jitter_s, rng)
        made.append(
            body.channels(moved, rng)[:1] if kind == "eda" else body.acceleration(moved, rng).astype(float)
        )
    return made


def events(kind: str, rate: float, how: Together, rng: np.random.Generator) -> list[np.ndarray]:
    """Two people of the family in which no limit was chosen, (1, n) each."""
    times = np.arange(-MARGIN_S, SECONDS + MARGIN_S, 1 / FINE_HZ)
    at = np.arange(SECONDS * rate) / rate
    common = _drive(kind, len(times), rng)
    made = []
    for number in range(2):
        seen = times - number * how.lag_s + number * _wander(len(times), FINE_HZ, how.jitter_s, rng)
        shared = np.interp(seen, times, common)
        drive = np.sqrt(how.r) * shared + np.sqrt(1 - how.r) * _drive(kind, len(times), rng)
        values = _skin(drive, rng) if kind == "eda" else _energy(drive, rng)
        row = np.interp(at, times, values)
        if kind == "eda":
            row = row + rng.uniform(0.0005, 0.003) * rng.standard_normal(len(at))
        else:
            row = row * rng.gamma(8, 1 / 8, len(at)) + 0.02 * np.abs(rng.standard_normal(len(at)))
        made.append(np.round(row, 3)[None])
    return made


def _wander(n: int, rate: float, size_s: float, rng: np.random.Generator) -> np.ndarray:
    """A lag that varies over about 10 s."""
    if not size_s:
        return np.zeros(n)
    return size_s * _slow(n, 5 * rate, rng)


def _slow(n: int, width: float, rng: np.random.Generator) -> np.ndarray:
    """Noise of variance 1, smoothed over so many samples."""
    spectrum = np.fft.rfft(rng.standard_normal(n)) * np.exp(-2 * (np.pi * width * np.fft.rfftfreq(n)) ** 2)
    smooth = np.fft.irfft(spectrum, n)
    return np.asarray((smooth - smooth.mean()) / smooth.std())


def _drive(kind: str, n: int, rng: np.random.Generator) -> np.ndarray:
    """What makes the sweat glands respond, or the limbs move."""
    if kind == "eda":
        return np.where(rng.random(n) < rng.uniform(2, 8) / 60 / FINE_HZ, rng.gamma(2, 0.2, n), 0.0)
    widths = {0.25: 0.6, 2.0: 0.7, 25.0: 0.4}
    return np.sum([share * _slow(n, s * FINE_HZ, rng) for s, share in widths.items()], axis=0)


def _skin(drive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """A hand's skin conductance, uS: responses with an own rise and fall, on a level that drifts."""
    rise, fall = rng.uniform(0.4, 1.0), rng.uniform(2.5, 7.0)
    t = np.arange(0, 40, 1 / FINE_HZ)
    one = np.exp(-t / fall) - np.exp(-t / rise)
    level = rng.uniform(1.5, 15) * np.exp(0.15 * _slow(len(drive), 60 * FINE_HZ, rng))
    return level + rng.uniform(0.3, 1.2) * fftconvolve(drive, one / one.max())[: len(drive)]


def _energy(drive: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Motion energy of a video: bursts, and stretches in which hardly anything moves."""
    return np.exp(rng.uniform(0.8, 1.3) * drive) * (drive > rng.uniform(-0.9, -0.2))


MADE: dict[str, Callable[..., list[np.ndarray]]] = {"session": session, "events": events}


def said_of(values: np.ndarray, kind: str, rate: float) -> tuple[str, str, float]:
    """Notes on one signal; why it is n/a; share of its samples that are missing."""
    cleaned, quality = judge(Series(values, rate), kind, values.shape[1] / rate, MAX_MISSING)
    with noted() as notes:
        if quality.usable:
            note_doubts(cleaned, kind)
    return " ".join(notes), quality.reason, quality.missing


def said_of_both(both: list[np.ndarray], kind: str, rate: float) -> tuple[str, str]:
    """What `check` says of a pair, and why it is n/a."""
    placed, given = [], {}
    for role, values in zip(("therapist", "client"), both, strict=True):
        series = Series(values, rate)
        where = (role, role, "D01", "one", role, role, kind, kind, "", "", role, None, role)
        placed.append(Placed(*where, course_of(series, kind)))
        given[role] = Given(kind, series)
    _, warnings = doubts_of_all(placed, {})
    lengths = {role: float(SECONDS) for role in given}
    _, account = pair(kind, given, lengths, ClockFit.identity(), MAX_MISSING)
    return " ".join(w.what for w in warnings), account[0]["reason"]


def sound_pairs(shares: Shares, rng: np.random.Generator) -> None:
    """One session of each way of going together."""
    for kind in ("eda", "motion"):
        for rate in RATES_HZ:
            for family in FAMILIES:
                for how in PAIRS:
                    both = MADE[family](kind, rate, how, rng)
                    warned, refused = said_of_both(both, kind, rate)
                    group = "r = .95 at lag 0" if how.r > 0.9 else "r of 0 to .8"
                    shares.add(f"false warning: pairs, {SHOWN[kind]}, {group}", bool(warned))
                    shares.add(f"false n/a: pairs, {SHOWN[kind]}, {group}", bool(refused))
    for kind in ("eda", "motion"):  # as examples/session has them: channels of the EEG file, 250 Hz
        for r in (0.8, 0.95):
            warned, refused = said_of_both(session(kind, 250.0, Together("", r), rng), kind, 250.0)
            what = f"pairs of examples/session, {SHOWN[kind]}, r = {DECIMAL[r]} at lag 0"
            shares.add(f"false warning: {what}", bool(warned))
            shares.add(f"false n/a: {what}", bool(refused))


def skin(shares: Shares, rng: np.random.Generator) -> None:
    """Skin conductance of one person: sound, low as at a wrist, and with each fault."""
    for family in FAMILIES:
        for rate in RATES_HZ:
            row = MADE[family]("eda", rate, PAIRS[0], rng)[0][0]
            level = np.exp(rng.uniform(*np.log(LOW_US)))
            low = np.round(row * level / np.median(row), 3)
            for name, values in (("1 to 20 µS", row), (".05 to .5 µS", low)):
                notes, reason, missing = said_of(values[None], "eda", rate)
                shares.add(f"false warning: skin conductance, {name}", bool(notes))
                shares.add(f"false n/a: skin conductance, {name}", bool(reason))
                shares.add(f"false: more than 5% missing: skin conductance, {name}", missing > 0.05)
            for name, values in (
                ("upside down", row.max() + 1 - row),
                ("as resistance", 100 / row),
            ):
                shares.add(
                    f"skin conductance {name}", "falls faster" in said_of(values[None], "eda", rate)[0]
                )
            _steps(shares, row, rate, rng)


def _steps(shares: Shares, row: np.ndarray, rate: float, rng: np.random.Generator) -> None:
    """An electrode that is off for 30 to 90 s, and another range of the amplifier from a moment on."""
    begin, length = (int(rate * s) for s in (rng.uniform(100, 400), rng.uniform(30, 90)))
    off = row.copy()
    off[begin : begin + length] = np.abs(0.005 * rng.standard_normal(length))
    cleaned, _ = judge(Series(off[None], rate), "eda", float(SECONDS), MAX_MISSING)
    shares.add(
        "electrode off for 30 to 90 s (missing)", np.isnan(cleaned.values[0, begin : begin + length]).all()
    )
    for factor in (1.5, 2.5, 5.0):
        jump = row.copy()
        jump[begin:] *= factor
        cleaned, _ = judge(Series(jump[None], rate), "eda", float(SECONDS), MAX_MISSING)
        shares.add(
            f"gain {factor:g} times from a moment on (missing there)", np.isnan(cleaned.values[0, begin])
        )


def faults_of_pairs(shares: Shares, rng: np.random.Generator) -> None:
    """A copy, a copy of another scale, and crosstalk, where the two are coupled with r = .5 otherwise."""
    for kind in ("eda", "motion"):
        for rate in RATES_HZ:
            one, other = (row[:1] for row in events(kind, rate, PAIRS[1], rng))
            shares.add(
                f"{SHOWN[kind]}, {rate:g} Hz: a copy (n/a)", bool(said_of_both([one, one], kind, rate)[1])
            )
            later = round(rng.uniform(0, 20) * rate)
            scaled = np.round(rng.uniform(0.5, 2) * np.roll(one, later, axis=1) + rng.uniform(0, 1), 3)
            warned, refused = said_of_both([one, scaled], kind, rate)
            shares.add(
                f"{SHOWN[kind]}, {rate:g} Hz: a copy, scaled and up to 20 s later (n/a)",
                "one recording" in refused,
            )
            shares.add(f"{SHOWN[kind]}, {rate:g} Hz: the same (warning)", bool(warned))
            for part in (0.3, 0.5):
                mixed = (1 - part) * other + part * one  # and then the recorder's own noise
                size = rng.uniform(0.0005, 0.003) if kind == "eda" else 0.02
                mixed = np.round(mixed + size * rng.standard_normal(mixed.shape), 3)
                warned = said_of_both([one, mixed], kind, rate)[0]
                shares.add(
                    f"{SHOWN[kind]}, {rate:g} Hz: crosstalk of {DECIMAL[part]} (warning)", bool(warned)
                )


def intervals_of(rng: np.random.Generator) -> np.ndarray:
    """700 intervals, s, with respiration, slow changes and ectopic beats."""
    n = np.arange(700)
    mean = rng.uniform(0.55, 1.35)
    found = mean * (
        1
        + rng.uniform(0.01, 0.06) * np.sin(2 * np.pi * n / rng.uniform(3, 7))
        + rng.uniform(0.02, 0.05) * _slow(len(n), 20, rng)
        + 0.01 * rng.standard_normal(len(n))
    )
    early = np.flatnonzero(rng.random(len(n) - 1) < rng.uniform(0, 0.01))
    found[early] *= 0.7  # an ectopic beat and its pause
    found[early + 1] *= 1.3
    return found


def beats(shares: Shares, rng: np.random.Generator) -> None:
    """Lists of beats: sound, with beats missed here and there, and with every second one missed."""
    times = np.cumsum(intervals_of(rng))

    def train(kept: np.ndarray) -> np.ndarray:
        values = np.zeros(int(times[-1] * 1000) + 2)
        values[np.round(kept * 1000).astype(int)] = 1
        return values[None]

    whole = train(times)
    shares.add("false warning: lists of beats, 44 to 109 a minute", bool(said_of(whole, "ibi", 1000.0)[0]))
    used = process(Series(whole, 1000.0), "ibi", whole.shape[1] / 1000, MAX_MISSING)[0]
    shares.add("false n/a: lists of beats, 44 to 109 a minute", used is None)
    missed = train(times[rng.random(len(times)) > 0.08])
    shares.add("8% of the beats missed", "twice as long" in said_of(missed, "ibi", 1000.0)[0])
    slower = said_of(train(times[::2]), "ibi", 1000.0)[0]
    shares.add("every second beat missed", "beats a minute" in slower)


def table(shares: Shares) -> None:
    """The table of docs/signals.md, with exact intervals of 95%."""
    print("| on held-out sessions | share | 95% interval, % |\n|---|---|---|")
    for what, n in shares.all.items():
        k = shares.named[what]
        low = beta.ppf(0.025, k, n - k + 1) if k else 0.0
        high = beta.ppf(0.975, k + 1, n - k) if k < n else 1.0
        print(f"| {what} | {k} of {n} | {100 * low:.1f} to {100 * high:.1f} |")


def rngs(seed: int, n: int) -> Iterator[np.random.Generator]:
    return (np.random.default_rng([seed, number]) for number in range(n))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sessions", type=int, default=15)
    parser.add_argument("--beats", type=int, default=50)
    parser.add_argument("--seed", type=int, default=74000)
    args = parser.parse_args()
    shares = Shares()
    for number, rng in enumerate(rngs(args.seed, args.sessions)):
        for measured in (sound_pairs, skin, faults_of_pairs):
            measured(shares, rng)
        if not number:
            print(f"about {time.process_time() * args.sessions:.0f} s of CPU for the sessions", flush=True)
    for rng in rngs(args.seed + 1, args.beats):
        beats(shares, rng)
    spent = time.process_time()
    print(f"{args.sessions} sessions of each kind, {args.beats} lists of beats, {spent:.0f} s of CPU")
    table(shares)


if __name__ == "__main__":
    main()
