"""Clocks that jump, simulated: is a window used that is not simultaneous, and is a sound session refused?

Run by hand: python benchmarks/clock_jumps.py [--sessions 150] [--pulses 20 60 200] [--cores 2]. Irregular
pulses over 40 min reach both amplifiers; each misses some, records spurious ones, and is off by up to a
sample. A rest block begins and one ends the session. Tests hold a small version of it
(tests/clocks/test_jumps.py).
"""

import argparse
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import product

import numpy as np
import pandas as pd

from interbrain.clocks import ClockError
from interbrain.clocks.runs import SessionRun
from interbrain.clocks.session import tie_session
from interbrain.formats.survey import Survey

LIMITS = {
    "max_residual_ms": 10,
    "max_drift_error_ppm": 100,
    "max_drift_ppm": 1500,
    "accept_header_time": False,
}
SPAN_S, SFREQ = 2400.0, 500
BLOCKS = {"pre": (10.0, 310.0), "post": (2080.0, 2380.0)}
PULSES = (20, 60, 200)
JUMPS_S = (0.1, 0.5, 1.5, 5.0, 15.0, 40.0)
# Where the clock jumps, s: inside either block, soon after the first, between them, before the second.
PLACES_S = (160.0, 600.0, 1200.0, 1900.0, 2230.0)
# A window that is kept is wrong if its clock is off by more than this anywhere.
WRONG_S = 0.005
WINDOW_S = 5.0
# Shares of pulses that are lost and spurious, in sessions without a jump.
DAMAGE = ({}, {"missing": 0.3, "spurious": 0.1}, {"missing": 0.2, "spurious": 0.2})


@dataclass(frozen=True)
class Clocks:
    """The other clock: offset + (1 + drift) x true time, and a jump behind each place.

    A clock that jumps back lost so many seconds of samples, with the pulses in them: nothing is shown there.
    """

    offset: float
    drift: float
    jumps: tuple = ()  # of (place, size), s

    def show(self, true):
        true = np.asarray(true, float)
        shown = self.offset + (1 + self.drift) * true
        for place, size in self.jumps:
            shown = shown + size * (true >= place)
            shown = np.where((true >= place) & (true < place - size), np.nan, shown)
        return shown


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
        shown = np.sort(np.round(shown[np.isfinite(shown)] * SFREQ) / SFREQ)
        surveys.append(
            Survey(f"{name}.x", "x", SFREQ, float(clock.show(SPAN_S)), ("Fz",), pulses=tuple(shown))
        )
    return surveys, clocks


VERDICTS = ("right", "wrong", "not shown, with a note", "not shown, without", "refused")


def judge(surveys, clocks, wrong_s=WRONG_S):
    """What became of each block: (one of VERDICTS, how far off or why, share of its windows left out).

    Right or wrong: the windows that are kept. Not shown: wrong, but a member has no pulse at all on that side
    of the jump.
    """
    runs = [SessionRun(name, *surveys, "markers", *block) for name, block in BLOCKS.items()]
    found = []
    true = np.linspace(-100, SPAN_S + 100, int(10 * (SPAN_S + 200)) + 1)
    here, there = (clock.show(true) for clock in clocks)
    for (start, stop), tie in zip(BLOCKS.values(), tie_session(runs, limits=LIMITS), strict=True):
        if isinstance(tie, ClockError):
            found.append(("refused", str(tie), np.nan))
            continue
        windows = np.arange(start, stop, WINDOW_S)
        kept = np.array([all(b <= w or a >= w + WINDOW_S for a, b in tie.fit.unconfirmed) for w in windows])
        inside = (here >= start) & (here < stop)
        inside[inside] = kept[((here[inside] - start) // WINDOW_S).astype(int)]
        off = np.where(inside & np.isfinite(there), np.abs(tie.fit.to_other(here) - there), 0.0)
        verdict = "right"
        if off.max() > wrong_s:
            verdict = "wrong"
            if min(_pulses_beyond(surveys, clocks, true[off.argmax()]), default=1) == 0:
                verdict = f"not shown, with{' a note' if tie.notes else 'out'}"
        found.append((verdict, f"{1e3 * off.max():.1f} ms", float(1 - kept.mean())))
    return found


def _pulses_beyond(surveys, clocks, when):
    """How many pulses either member has on that side of the jump on which this true time is."""
    for place, _ in (jump for clock in clocks for jump in clock.jumps):
        after = when >= place
        for survey, clock in zip(surveys, clocks, strict=True):
            pulses = np.array(survey.pulses) >= clock.show(place - 1e-6)
            yield int((pulses == after).sum())


def cell(job):
    """Counts of blocks of one cell, by what became of them; the jumps' sizes take turns."""
    seed, sessions, n, sizes, place, how = job
    counts, left_out, worst = dict.fromkeys(VERDICTS, 0), [], 0.0
    for number in range(sessions):
        rng = np.random.default_rng([seed, number, n])
        size = sizes[number % len(sizes)] * rng.choice([-1, 1])
        for verdict, how_far, share in judge(*session(rng, n, ((place, size),) if size else (), **how)):
            counts[verdict] += 1
            left_out.append(share)
            worst = max(worst, float(how_far.split()[0]) if verdict == "wrong" else 0.0)
    used = [share for share in left_out if np.isfinite(share)]
    place = place if any(sizes) else np.nan
    return {
        **{"pulses": n, "place_s": place, **how, **counts},
        "worst_of_wrong_ms": worst,
        "left_out": round(float(np.mean(used or [0])), 3),
    }


def main():
    ask = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    ask.add_argument("--sessions", type=int, default=150)
    ask.add_argument("--cores", type=int, default=2)
    ask.add_argument("--pulses", type=int, nargs="*", default=PULSES)
    ask.add_argument("--sizes", type=float, nargs="*", default=JUMPS_S)
    asked = ask.parse_args()
    cells = [(n, (0.0,), 0.0, how) for n, how in product(asked.pulses, DAMAGE)]
    cells += [(n, tuple(asked.sizes), place, {}) for n, place in product(asked.pulses, PLACES_S)]
    cells += [(n, tuple(asked.sizes), 1200.0, {"in_therapist": True}) for n in asked.pulses]
    jobs = [(seed, asked.sessions, *cell) for seed, cell in enumerate(cells, 1)]
    with ProcessPoolExecutor(asked.cores) as pool:
        table = pd.DataFrame(pool.map(cell, jobs))
    print(table.to_string(index=False))


if __name__ == "__main__":
    main()
