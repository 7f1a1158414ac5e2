"""Simultaneous without coupling: what shared envelopes, events and lines do to each test, and what is left.

Run by hand: python benchmarks/simultaneous.py [--studies 1000] [--cache FOLDER] [WORLD ...]
Prints the tables of docs/chance-calibration.md;
100 studies of all worlds take 15 minutes. Studies of 14 dyads, three
electrodes each, 60 windows of 5 s; seeds are fixed. The cache keeps what was simulated, world by world.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from scipy.signal import lfilter
from simulated_people import _SHARED as SHARED

from interbrain.chance import CHANCE_SHIFTS, circular_shift_null, summary
from interbrain.epochs.events import evoked
from interbrain.findings.form import SIMULTANEOUS
from interbrain.findings.presence import judge_presence
from interbrain.findings.simultaneous import MANY_LINES, OF_COUPLING
from interbrain.metrics.estimators.envelopes import aec
from interbrain.metrics.estimators.locking import plv
from interbrain.metrics.lags import lag_curves
from interbrain.rhythms import phase
from interbrain.rhythms.lines import shared_lines
from interbrain.rhythms.phase import band_signals, unit_phasors, windowed
from interbrain.simulate import coupled_phases
from interbrain.statistics.cells import study_cells
from interbrain.statistics.presence import flipped_t, presence, sign_flips
from interbrain.synchrony.lags import windows_with_neighbours

phase._band_filter = cache(phase._band_filter)  # designed once and not for every member
SFREQ, OUT = 50, 25  # Hz
LENGTH_S, N_WINDOWS, EDGE_S, N_DYADS, N_SHIFTS = 5, 60, 5, 14, 20
N_TIMES = (N_WINDOWS * LENGTH_S + 2 * EDGE_S) * SFREQ
BANDS = {"theta": (4, 7), "alpha": (8, 12)}
PEAKS = {"theta": (5.5, 0.5), "alpha": (10.0, 0.8)}  # Hz, mean and SD over people
RESPONSE_S = (-0.2, 1.0)
FAR_S, MAX_S = 1.0, 2.5
LAGS = np.unique(np.r_[0, np.round(np.arange(-MAX_S, MAX_S + 0.01, 0.1) * OUT).astype(int)])
FEWEST = 6  # windows, 30 s: less is no value
MEASURES = ("single", "single strangers", "above chance", "above strangers", "zero lag", "AEC", "line")


@dataclass(frozen=True)
class World:
    """Dyads of one kind.

    Attributes
    ----------
    coupling : float
        PLV of the two oscillators.
    snr : float
        Power of the rhythm over the background's, in each band.
    envelope, time_constant_s : float
        SD of the logarithm of the rhythms' common strength, and how slowly it varies.
    response : float
        RMS of the common evoked response over that of the background in theta, while it lasts.
    common_times : bool
        Whether events come at the same times in every dyad of a study.
    line : float
        Power of the common 10-Hz line over the background's in alpha.
    wander : float
        Diffusion of that line's phase, rad^2/s; 0: steady.
    after : str
        What is done about the events: nothing, mask or regress.
    """

    title: str
    coupling: float = 0.0
    snr: float = 1.0
    envelope: float = 0.0
    time_constant_s: float = 3.0
    response: float = 0.0
    common_times: bool = False
    line: float = 0.0
    wander: float = 0.0
    after: str = ""


WORLDS = {
    "none": World("uncoupled, SNR 1"),
    "envelope": World("shared 3-s envelope", envelope=0.7),
    "envelope-strong": World("shared 3-s envelope, deep (SD of the log 1.2)", envelope=1.2),
    "envelope-snr4": World("shared 3-s envelope, SNR 4", snr=4.0, envelope=0.7),
    "own": World("common response, the dyad's own times", response=16.0),
    "own-mask": World("the same, masked", response=16.0, after="mask"),
    "own-regress": World("the same, regressed", response=16.0, after="regress"),
    "common": World("common response, common times", response=16.0, common_times=True),
    "line": World("shared steady line at 10 Hz", line=0.5),
    "line-wander": World("shared line at 10 Hz that wanders slowly", line=0.5, wander=0.05),
    "coupled-1": World("PLV .1", coupling=0.1),
    "coupled-2": World("PLV .2", coupling=0.2),
    "coupled-2-envelope": World("PLV .2 and a shared 3-s envelope", coupling=0.2, envelope=0.7),
    "coupled-2-regress": World(
        "PLV .2, common response regressed", coupling=0.2, response=16.0, after="regress"
    ),
}


def study(world, rng):
    """One value a measure, band and dyad: (n_measures, n_bands, n_dyads)."""
    events = event_times(rng)
    found = np.full((len(MEASURES), len(BANDS), N_DYADS), np.nan)
    signals, windows = [], []
    for number in range(N_DYADS):
        events = events if world.common_times else event_times(rng)
        pair, kept = dyad(world, events, rng)
        signals.append(pair)
        windows.append(kept)
        found[[0, 2, 4, 5], :, number] = alone(*pair, kept, rng)
        # The real part of a band signal is the band's signal.
        lines = shared_lines(*(x[1].real for x in pair), OUT, {"alpha": BANDS["alpha"]})
        found[6, :, number] = [False, np.isfinite(lines["alpha"])]
    found[[1, 3]] = among_strangers(signals, windows)
    return found


def dyad(world, events, rng):
    """Both members' band signals, (n_bands, 3, n_times), and the numbers of the kept windows."""
    strength = np.exp(world.envelope * wandering(world.time_constant_s, rng)) if world.envelope else 1.0
    phases = [[], []]
    for peak, sd in PEAKS.values():
        own = np.clip(rng.normal(peak, sd, 2), peak - 1.2, peak + 1.2)
        if world.coupling:
            pair = coupled_phases(N_TIMES, SFREQ, own[0], world.coupling, rng)
        else:
            pair = [coupled_phases(N_TIMES, SFREQ, hz, 0, rng)[0] for hz in own]
        for own_phases, one in zip(phases, pair, strict=True):
            own_phases.append(one)
    common = responses(events)
    turning = 2 * np.pi * 10 * np.arange(N_TIMES) / SFREQ
    turning += np.cumsum(rng.standard_normal(N_TIMES)) * np.sqrt(2 * world.wander / SFREQ)
    line = np.cos(turning + rng.uniform(0, 2 * np.pi))
    found = [member(world, own, strength, common, line, events, rng) for own in phases]
    kept = range(N_WINDOWS)
    if world.after == "mask":
        begin = EDGE_S + LENGTH_S * np.arange(N_WINDOWS)
        low, high = events[:, None] + RESPONSE_S[0], events[:, None] + RESPONSE_S[1]
        kept = np.flatnonzero(~((low < begin + LENGTH_S) & (high > begin)).any(axis=0)).tolist()
    return found, list(kept)


def member(world, phases, strength, common, line, events, rng):
    """Band signals of three electrodes: 1/f background, both rhythms and what is common."""
    spectrum = np.fft.rfft(rng.standard_normal((3, N_TIMES)))
    spectrum /= np.sqrt(np.maximum(np.fft.rfftfreq(N_TIMES, 1 / SFREQ), 0.3))
    noise = SHARED @ np.fft.irfft(spectrum, N_TIMES)
    rhythms = np.cos(np.stack(phases)) * strength
    shared = np.stack([*rhythms, line, common])
    # On noise, because a flat stretch has no phase; filters are linear.
    under = noise[0] / noise[0].std()
    parts = band_signals(np.concatenate([noise, shared[:-1], [common + under, under]]), SFREQ, BANDS, OUT)
    parts[:, -2] -= parts[:, -1]
    parts = parts[:, :-1]
    power = (np.abs(parts) ** 2).mean(axis=-1)  # (bands, channels)
    gains = [np.sqrt(world.snr * power[k, :3].mean() / power[k, 3 + k]) for k in range(len(BANDS))]
    gains += [np.sqrt(world.line * power[1, :3].mean() / power[1, 5])]
    gains += [world.response * np.sqrt(power[0, :3].mean())]
    if world.after != "regress":
        return parts[:, :3] + np.einsum("k,bkt->bt", gains, parts[:, 3:])[:, None].astype(np.complex64)
    data = noise + gains @ shared
    return band_signals(data - evoked(data, SFREQ, {"event": events}, RESPONSE_S), SFREQ, BANDS, OUT)


def event_times(rng):
    """On average every 6 s, at least 2 s apart."""
    gaps = 2 + rng.exponential(4, 200)
    times = np.cumsum(gaps)
    return np.round(times[times < N_TIMES / SFREQ - 2] * SFREQ) / SFREQ


def responses(events):
    """A response of some 0.6 s, of 5.5 and 10 Hz, whose RMS is 1 while it lasts."""
    t = np.arange(0, 0.8, 1 / SFREQ)
    shape = np.sin(2 * np.pi * 5.5 * t) * np.exp(-((t - 0.25) ** 2) / (2 * 0.12**2))
    shape += 0.5 * np.sin(2 * np.pi * 10 * t) * np.exp(-((t - 0.18) ** 2) / (2 * 0.08**2))
    shape /= np.sqrt(np.mean(shape[t < 0.6] ** 2))
    course = np.zeros(N_TIMES)
    for first in np.round(np.asarray(events) * SFREQ).astype(int):
        course[first : first + len(shape)] += shape[: N_TIMES - first]
    return course


def wandering(time_constant_s, rng):
    keep = np.exp(-1 / (time_constant_s * SFREQ))
    steps = rng.standard_normal(N_TIMES) * np.sqrt(1 - keep**2)
    steps[0] = rng.standard_normal()
    return lfilter([1], [1, -keep], steps)


def starts_of(windows):
    return (EDGE_S + LENGTH_S * np.asarray(windows, int)) * OUT


def alone(a, b, kept, rng):
    """p by circular shifts, PLV and AEC above chance, zero lag: (4, n_bands)."""
    n = LENGTH_S * OUT
    if len(kept) < FEWEST:
        return np.full((4, len(BANDS)), np.nan)
    cut = [windowed(x, starts_of(kept), n) for x in (a, b)]
    seed = rng.integers(2**32)
    against = []
    for estimator, pair in ((plv, [unit_phasors(x) for x in cut]), (aec, cut)):
        shifts = np.random.default_rng(seed)
        null, _ = circular_shift_null(*pair, N_SHIFTS, n, shifts, estimator, starts=starts_of(kept))
        value = estimator(*pair).mean(axis=1, dtype=float)
        against.append(summary(value.mean(axis=(1, 2)), null.mean(axis=(2, 3))))
    inner = windows_with_neighbours(kept, MAX_S, LENGTH_S)
    zero = np.full(len(BANDS), np.nan)
    if len(inner) >= FEWEST:
        curve = lag_curves(a, b, starts_of(inner), n, LAGS, ["plv"])["plv"].mean(axis=(2, 3))
        zero = (curve[LAGS == 0] - curve[np.abs(LAGS) >= FAR_S * OUT].mean(axis=0))[0]
    return np.stack([against[0].p, against[0].above, zero, against[1].above])


def among_strangers(signals, windows):
    """p and PLV above that of strangers, both above shifts by whole windows: (2, n_bands, n_dyads)."""
    n = LENGTH_S * OUT
    every = starts_of(range(N_WINDOWS))
    members = []
    for who in (0, 1):  # (bands, windows, dyads * 3, times), 0 where a window is not kept
        phases = np.stack([unit_phasors(windowed(pair[who], every, n)) for pair in signals], axis=2)
        there = np.zeros((N_WINDOWS, N_DYADS), bool)
        for number, kept in enumerate(windows):
            there[kept, number] = True
        phases *= there[None, :, :, None, None]
        members.append((phases.reshape(len(BANDS), N_WINDOWS, 3 * N_DYADS, n), there))

    def mean(shift):
        (a, here), (b, other) = members[0], members[1]
        b, other = np.roll(b, shift, axis=1), np.roll(other, shift, axis=0)
        values = np.abs(a @ b.conj().swapaxes(-1, -2)) / n  # (bands, windows, 42, 42)
        values = values.reshape(len(BANDS), N_WINDOWS, N_DYADS, 3, N_DYADS, 3).mean(axis=(3, 5))
        used = (here[:, :, None] & other[:, None, :]).sum(axis=0)  # windows that both kept, (dyads, dyads)
        return np.where(used, values.sum(axis=1) / np.maximum(used, 1), np.nan), used

    together, n_windows = mean(0)
    above = together - np.nanmean([mean(shift)[0] for shift in CHANCE_SHIFTS], axis=0)
    above[:, n_windows < FEWEST] = np.nan
    own = np.diagonal(above, axis1=1, axis2=2)
    off = ~np.eye(N_DYADS, dtype=bool)
    found = np.full((2, len(BANDS), N_DYADS), np.nan)
    for k in range(N_DYADS):
        strangers = np.concatenate([above[:, k, off[k]], above[:, off[k], k]], axis=1)
        strangers = strangers[:, np.isfinite(strangers[0])]
        if strangers.shape[1] and np.isfinite(own[0, k]):
            found[0, :, k] = (1 + (strangers >= own[:, [k]]).sum(axis=1)) / (1 + strangers.shape[1])
            found[1, :, k] = own[:, k] - strangers.mean(axis=1)
    return found


def share(hits):
    """The share of what could be tested, with its 95 % interval."""
    hits = hits[np.isfinite(hits)]
    if not len(hits):
        return "n/a"
    low, high = stats.binomtest(int(hits.sum()), len(hits)).proportion_ci(method="wilson")
    return f"{hits.mean():.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")


def found_above(values):
    """Whether a study's mean is above zero, p <= .05 by sign flips; NaN where most dyads have no value."""
    flips = sign_flips(N_DYADS)
    t = flipped_t(values.T, flips.signs)
    p = np.mean(t >= t[0] * (1 - 1e-9), axis=0)
    with np.errstate(invalid="ignore"):
        hits = (p <= 0.05) & (np.nansum(values, axis=1) > 0)
    return np.where(np.isfinite(values).sum(axis=1) > N_DYADS / 2, hits, np.nan)


def report(world, found):
    """A row a band; `found` is (n_studies, n_measures, n_bands, n_dyads)."""
    for number, band in enumerate(BANDS):
        single, strangers, *measures, lines = found[:, :, number].swapaxes(0, 1)
        singles = [np.where(np.isfinite(p), p <= 0.05, np.nan).ravel() for p in (single, strangers)]
        above, pseudo, zero, together = (found_above(values) for values in measures)
        line = lines.mean(axis=1) >= MANY_LINES
        enough = measures[3].mean(axis=1) >= OF_COUPLING * measures[0].mean(axis=1)
        plain = (above == 1) & (pseudo == 1) & (zero == 1) & ~((together == 1) & enough) & ~line
        cells = [share(hits) for hits in (*singles, above, pseudo, zero, together, line, plain)]
        means = [f"{np.nanmean(values):.4f}" for values in measures]
        print(f"| {world.title} | {band} | {' | '.join([*cells, *means])} |", flush=True)


def verdict(values):
    """What the report's first card says of one study, (n_measures, n_bands, n_dyads)."""
    names = ("above_chance", "above_pseudo", "zero_lag", "aec_above_chance")
    rows = [
        {
            "dyad": f"D{d}",
            "therapist": f"T{d}",
            "client": f"C{d}",
            "time": "rest",
            "roi": "site",
            "band": band,
        }
        | {name: values[2 + number, k, d] for number, name in enumerate(names)}
        for d in range(N_DYADS)
        for k, band in enumerate(BANDS)
    ]
    cells = study_cells(pd.DataFrame(rows), list(names), ["therapist", "client"])
    line = {
        "estimator": "plv",
        "roi": "all",
        "band": "alpha",
        "n": N_DYADS,
        "line_hz": 10.0,
        "width_s": np.nan,
    }
    lags = pd.DataFrame([line | {"n_lines": values[6, 1].sum(), "far_from_s": FAR_S}])
    found = judge_presence({"presence": presence(cells, names), "lags": lags})
    if any(one.kind in SIMULTANEOUS for one in found.reservations) and found.claims:
        return "simultaneous"
    return found.verdict if found.claims else "none"


def simulated(name, n_studies, folder):
    """All studies of a world, from the cache as far as it goes."""
    file = folder / f"{name}.npy" if folder else None
    done = list(np.load(file)) if file and file.is_file() else []
    for number in range(len(done), n_studies):
        done.append(study(WORLDS[name], np.random.default_rng([61, list(WORLDS).index(name), number])))
        if file and (number % 20 == 19 or number == n_studies - 1):
            np.save(file, np.array(done))
    return np.array(done[:n_studies])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("worlds", nargs="*", metavar="WORLD", help=", ".join(WORLDS))
    options = parser.parse_args()
    if options.cache:
        options.cache.mkdir(parents=True, exist_ok=True)
    columns = ["world", "band", "single dyads, shifts", "single dyads, strangers", "above chance"]
    columns += ["above strangers", "zero lag", "amplitudes", "line", "found, without reservation"]
    columns += ["mean above chance", "mean above strangers", "mean zero lag", "mean AEC above chance"]
    print(f"| {' | '.join(columns)} |")
    print(f"|{'---|' * len(columns)}")
    worlds = {name: simulated(name, options.studies, options.cache) for name in options.worlds or WORLDS}
    for name, found in worlds.items():
        report(WORLDS[name], found)
    verdicts = ["world, both bands", "found", "simultaneous, not shown to be coupling"]
    print(f"\n| {' | '.join([*verdicts, 'other reservations', 'no claim'])} |")
    print("|---|---|---|---|---|")
    for name, found in worlds.items():
        said = np.array([verdict(values) for values in found])
        other = np.isin(said, ["found", "simultaneous", "none"], invert=True)
        shares = [said == "found", said == "simultaneous", other, said == "none"]
        print(f"| {WORLDS[name].title} | {' | '.join(share(hits) for hits in shares)} |", flush=True)


if __name__ == "__main__":
    main()
