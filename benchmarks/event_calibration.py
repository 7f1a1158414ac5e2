"""How often tests of coded events find something where nothing happens: ours beside what is usual.

python benchmarks/event_calibration.py [sessions]; the tables of docs/events.md. Two minutes of one core
for 600 sessions. Sessions of 25 minutes, a value every 5 s, 8 events of 20 s; at events nothing happens.
"""

import sys

import numpy as np
import pandas as pd
from scipy.signal import lfilter
from scipy.stats import ttest_1samp, ttest_ind

from interbrain.coding.brain_body import relation
from interbrain.coding.event_locked import Local, event_locked
from interbrain.coding.series import Series, body_series
from interbrain.coordination.session import coordinate_windows
from interbrain.coordination.settings import Settings
from interbrain.statistics.presence import against_zero

LENGTH_S, STEP_S, N_EVENTS, EVENT_S, DYADS = 1500.0, 5.0, 8, 20.0, 14
STARTS = np.arange(0, LENGTH_S, STEP_S)
CENTRES = STARTS + STEP_S / 2
SHIFTS = 199
SLOW_S, SLOW_SD, TREND = 60.0, 0.6, 2.0  # beside white noise of SD 1; from the beginning to the end
KINDS = ("slow drift", "trend, events late", "trend, late, in bursts")
PLANTED = 0.8  # SD of the white noise, in the events


def drift(rng, n, step_s=STEP_S, slow_s=SLOW_S):
    """A slow process of SD 1."""
    keep = np.exp(-step_s / slow_s)
    kicks = rng.standard_normal(n) * np.sqrt(1 - keep**2)
    kicks[0] /= np.sqrt(1 - keep**2)
    return lfilter([1], [1, -keep], kicks)


def series(rng, kind):
    trend = 0 if kind == KINDS[0] else TREND * STARTS / LENGTH_S
    return rng.standard_normal(len(STARTS)) + SLOW_SD * drift(rng, len(STARTS)) + trend


def onsets(rng, kind):
    """Onsets that leave 5 s between events."""
    last = LENGTH_S - EVENT_S
    while True:
        if kind == KINDS[0]:
            found = rng.uniform(0, last, N_EVENTS)
        elif kind == KINDS[1]:
            found = last * rng.beta(3, 1, N_EVENTS)
        else:
            bursts = 150 + (last - 300) * rng.beta(3, 1, 2)
            found = rng.choice(bursts, N_EVENTS) + rng.uniform(-150, 150, N_EVENTS)
        found = np.sort(found)
        if np.diff(found).min() > EVENT_S + STEP_S:
            return found


def inside(starts):
    """Which windows are in an event, for trains of shape (..., n_events)."""
    starts = starts[..., None]
    since = CENTRES - starts
    return ((since >= 0) & (since < EVENT_S)).any(axis=-2)


def raw_difference(values, held):
    """Mean in events minus mean of all other windows, for each train."""
    n = held.sum(axis=-1)
    return (held @ values) / n - (~held @ values) / (held.shape[-1] - n)


def p_of(observed, null):
    return (np.sum(np.abs(null) >= abs(observed)) + 1) / (len(null) + 1)


def differences(rng, kind, planted):
    """The raw and the local difference of a session."""
    values, train = series(rng, kind), onsets(rng, kind)
    held = inside(train)
    values = values + planted * held
    return raw_difference(values, held), against_surroundings(values, train, 2).delta


def against_surroundings(values, train, n_shifts):
    how = Local(n_shifts=n_shifts)
    return event_locked(Series(STARTS, STARTS + STEP_S, values), train, np.full(N_EVENTS, EVENT_S), how=how)


def session(rng, kind, planted=0.0):
    """p of each test."""
    values, train = series(rng, kind), onsets(rng, kind)
    held = inside(train)
    values = values + planted * held
    observed = raw_difference(values, held)
    placed = np.stack([onsets(rng, KINDS[0]) for _ in range(SHIFTS)])
    turned = (train + LENGTH_S * np.arange(1, SHIFTS + 1)[:, None] / (SHIFTS + 1)) % LENGTH_S
    return {
        "Welch over windows": ttest_ind(values[held], values[~held], equal_var=False).pvalue,
        "random placement": p_of(observed, raw_difference(values, inside(placed))),
        "circular shift": p_of(observed, raw_difference(values, inside(turned))),
        "local controls, circular shift": against_surroundings(values, train, SHIFTS).p,
    }


def events(n_sessions, rng, planted=0.0):
    """A row a kind of session: shares of p <= .05."""
    for kind in KINDS:
        found = [session(rng, kind, planted) for _ in range(n_sessions)]
        names = list(found[0])
        shares = {name: share([p[name] for p in found]) for name in names}
        groups = np.array(
            [[differences(rng, kind, planted) for _ in range(DYADS)] for _ in range(n_sessions)]
        )
        raw = [ttest_1samp(group[:, 0], 0).pvalue for group in groups]
        flips = [against_zero(group[np.isfinite(group[:, 1]), 1:])[0]["p_flips"] for group in groups]
        shares |= {"14 dyads, t of raw": share(raw), "14 dyads, flips of local": share(flips)}
        untested = np.mean([not np.isfinite(p[names[-1]]) for p in found])
        row = "  ".join(f"{shares[name]:>10.3f}" for name in shares)
        print(f"{kind:<24}{row}  not tested {untested:.3f}")
    print(" " * 24 + "  ".join(shares))


def ours_alone(n_sessions, rng):
    """The same share of ours from many more sessions: 600 leave it uncertain by .02."""
    for kind in KINDS:
        found = [
            against_surroundings(series(rng, kind), onsets(rng, kind), SHIFTS).p for _ in range(n_sessions)
        ]
        print(f"{kind:<24}{share(found):>10.4f}")


def long_windows(n_sessions, rng):
    """Windows of 65 s every 30 s, as coordination of bodies has them, in an hour with 10 events of 20 s."""
    starts = np.arange(0, 3535, 30.0)
    for name, trend in (("slow drift", 0), ("trend, events late", 3)):
        found = []
        for _ in range(n_sessions):
            values = drift(rng, len(starts), 30.0) + trend * starts / 3600
            train = np.sort(3580 * (rng.beta(3, 1, 10) if trend else rng.random(10)))
            one = Series(starts, starts + 65, values)
            found.append(event_locked(one, train, np.full(10, EVENT_S), how=Local(n_shifts=SHIFTS)).p)
        print(f"{name:<24}{share(found):>10.3f}  not tested {np.mean(~np.isfinite(found)):.3f}")


def bodies_in_short_windows(n_sessions, rng):
    """Two uncoordinated signals like skin conductance in windows of 15 s every 5 s, with lags up to 3 s."""
    rate = 4
    settings = Settings(window_s=15, step_s=5, lag_s=3, n_shifts=99)
    for name, kind, slow in (("slow drift", KINDS[0], 1), ("events late, in bursts", KINDS[2], 1)):
        found = []
        for seed in range(n_sessions):
            one, other = (
                drift(rng, round(LENGTH_S) * rate, 1 / rate, 8)
                + slow * drift(rng, round(LENGTH_S) * rate, 1 / rate, 300)
                for _ in range(2)
            )
            rows = pd.DataFrame(
                coordinate_windows(one, other, rate, ["wcc_absolute"], settings, seed, kind="eda")
            )
            ((_, series_),) = body_series(rows)
            train, durations = onsets(rng, kind), np.full(N_EVENTS, EVENT_S)
            found.append(event_locked(series_, train, durations, how=Local(n_shifts=SHIFTS)).p)
        print(f"{name:<24}{share(found):>10.3f}  not tested {np.mean(~np.isfinite(found)):.3f}")


def brain_and_body(n_sessions, rng):
    """Correlations of two series that share nothing, or a slow course of the session."""
    courses = {
        "nothing shared": lambda at: 0 * at,
        "a line": lambda at: 2 * at / LENGTH_S,
        "settling in": lambda at: 2 * np.exp(-at / 200),
        "an arch": lambda at: 2 * np.sin(np.pi * at / LENGTH_S),
    }
    windows = np.arange(0, LENGTH_S - 60 + 1, 30.0)
    for name, course in courses.items():
        p, above = [], []
        for _ in range(round(3.5 * n_sessions)):
            brain = drift(rng, len(STARTS)) + course(CENTRES)
            body = drift(rng, len(windows), 30.0, 120.0) + course(windows + 30)
            found = relation(Series(STARTS, STARTS + STEP_S, brain), Series(windows, windows + 60, body))
            p.append(found.p)
            above.append(found.above_chance)
        groups = np.array(above)[: len(above) // DYADS * DYADS].reshape(-1, DYADS)
        flips = [against_zero(group[:, None])[0]["p_flips"] for group in groups]
        print(f"{name:<24}{share(p):>10.3f}{share(flips):>10.3f}  ({len(groups)} groups)")


def share(p):
    known = np.array(p)[np.isfinite(p)]
    return np.mean(known <= 0.05)


if __name__ == "__main__":
    n = int(sys.argv[1]) if len(sys.argv) > 1 else 600
    print(f"Nothing happens at events: share of {n} sessions with p <= .05")
    events(n, np.random.default_rng(1))
    print(f"\nA planted difference of {PLANTED} SD")
    events(n // 3, np.random.default_rng(2), PLANTED)
    print(f"\nLocal controls and circular shift alone, {7 * n} sessions")
    ours_alone(7 * n, np.random.default_rng(11))
    print(f"\nThe same with windows of 65 s in an hour, {7 * n} sessions")
    long_windows(7 * n, np.random.default_rng(5))
    bodies_in_short_windows(n, np.random.default_rng(6))
    print("\nBrain and body: one dyad, 14 dyads")
    brain_and_body(n, np.random.default_rng(3))
