"""Clocks that jump, simulated: is a wrong tie accepted, and is a sound session refused?

Run by hand: python benchmarks/clock_jumps.py [--sessions 150] [--cores 2]. Irregular pulses over 40 min
reach both amplifiers; each misses some, records spurious ones, and is off by up to a sample. A rest block
begins and one ends the session. Accepted wrongly: the tie of a block is off by more than 10 ms somewhere.
Tests hold a small version of it (tests/clocks/test_jumps.py).
"""

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow" / "scripts"))

from interbrain.clocks import ClockError
from interbrain.clocks.session import SessionRun, tie_session
from interbrain.formats.survey import Survey

LIMITS = {
    "max_residual_ms": 10,
    "max_uncorrected_ppm": 100,
    "max_drift_ppm": 1500,
    "accept_header_time": False,
}
SPAN_S, SFREQ = 2400.0, 500
BLOCKS = {"pre": (10.0, 310.0), "post": (2080.0, 2380.0)}
PULSES = (20, 60, 200)
JUMPS_S = (0.015, 0.03, 0.06, 0.1, 0.5, 1.5, 5.0, 15.0, 40.0)
# Where the clock jumps, s: inside either block, soon after the first, between them, before the second.
PLACES_S = (160.0, 600.0, 1200.0, 1900.0, 2230.0)
WRONG_S = 0.010
# Shares of pulses that are lost and spurious, in sessions without a jump.
DAMAGE = ({}, {"missing": 0.3, "spurious": 0.1}, {"missing": 0.2, "spurious": 0.2})


@dataclass(frozen=True)
class Clocks:
    """The other clock: offset + (1 + drift) x true time, and a jump behind each place."""

    offset: float
    drift: float
    jumps: tuple = ()  # of (place, size), s

    def show(self, true):
        true = np.asarray(true, float)
        moved = sum(size * (true >= place) for place, size in self.jumps)
        return self.offset + (1 + self.drift) * true + moved


def session(rng, n, jumps=(), missing=0.15, spurious=0.15, pulses=None, in_therapist=False):
    """Both members' surveys of one session, and their clocks: (therapist's, client's)."""
    true = np.sort(rng.uniform(0, SPAN_S, n)) if pulses is None else pulses
    clocks = [Clocks(0.0, 0.0), Clocks(rng.uniform(-20, 20), rng.uniform(-500, 500) * 1e-6)]
    at = 0 if in_therapist else 1
    clocks[at] = Clocks(clocks[at].offset, clocks[at].drift, tuple(jumps))
    surveys = []
    for name, clock in zip("tc", clocks, strict=True):
        kept = true[rng.random(len(true)) >= missing]
        seen = np.append(kept, rng.uniform(0, SPAN_S, rng.binomial(n, spurious)))
        shown = clock.show(seen) + rng.integers(-1, 2, len(seen)) / SFREQ
        shown = np.sort(np.round(shown * SFREQ) / SFREQ)
        surveys.append(
            Survey(f"{name}.x", "x", SFREQ, float(clock.show(SPAN_S)), ("Fz",), pulses=tuple(shown))
        )
    return surveys, clocks


def judge(surveys, clocks):
    """What became of each block: right, wrong (with or without a note of doubt), or refused."""
    runs = [SessionRun(name, *surveys, "markers", *block) for name, block in BLOCKS.items()]
    found = []
    for (start, stop), tie in zip(BLOCKS.values(), tie_session(runs, limits=LIMITS), strict=True):
        if isinstance(tie, ClockError):
            found.append(("refused", str(tie)))
            continue
        true = np.linspace(0, SPAN_S, 24001)
        here, there = (clock.show(true) for clock in clocks)
        inside = (here >= start) & (here <= stop)
        wrong = np.abs(tie.fit.to_other(here[inside]) - there[inside]).max()
        verdict = "right" if wrong <= WRONG_S else "wrong, with a note" if tie.notes else "wrong"
        found.append((verdict, f"{1e3 * wrong:.1f} ms"))
    return found


def cell(job):
    """Counts of blocks of one cell, by what became of them."""
    seed, sessions, n, size, place, how = job
    counts = dict.fromkeys(("right", "wrong", "wrong, with a note", "refused"), 0)
    for number in range(sessions):
        rng = np.random.default_rng([seed, number, n])
        sign = rng.choice([-1, 1])
        jumps = () if size == 0 else ((place, sign * size),)
        for verdict, _ in judge(*session(rng, n, jumps, **how)):
            counts[verdict] += 1
    return {"pulses": n, "jump_s": size, "place_s": place, **how, **counts}


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--sessions", type=int, default=150)
    ask.add_argument("--cores", type=int, default=2)
    ask.add_argument("--pulses", type=int, nargs="*", default=PULSES)
    asked = ask.parse_args()
    cells = [(n, 0.0, np.nan, how) for n, how in product(asked.pulses, DAMAGE)]
    cells += [(n, size, place, {}) for n, size, place in product(asked.pulses, JUMPS_S, PLACES_S)]
    cells += [(n, 1.5, 1200.0, {"in_therapist": True}) for n in asked.pulses]
    jobs = [(seed, asked.sessions, *cell) for seed, cell in enumerate(cells, 1)]
    with ProcessPoolExecutor(asked.cores) as pool:
        table = pd.DataFrame(pool.map(cell, jobs))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
