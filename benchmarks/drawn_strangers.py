"""What is lost when a dyad is compared with some of its strangers and not with all, and what it costs.

Run by hand, about 20 minutes: python benchmarks/drawn_strangers.py [--dyads 112] [--cost 100 200 400]
Prints the tables of docs/chance-calibration.md and docs/scale.md.
Simulated people of one site (simulated_people.py), 5 minutes, theta and
alpha; their signal-to-noise ratios differ, a third of the dyads is coupled at PLV .1 and a third at .2. All
pairs are computed once, and each draw (20 seeds) takes its own out of them. The cost is that of random phases
on disk, which cost what others do, of 100 s; each part in a process of its own, as the workflow runs them.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from dataclasses import asdict
from functools import partial
from pathlib import Path

import numpy as np
from scipy import stats
from simulated_people import BANDS, SFREQ, SITE, coupled_people, window_starts

from interbrain.chance import CHANCE_SHIFTS, pseudo_dyads, stored_phases, summary
from interbrain.chance.draw import Part, in_parts
from interbrain.chance.pseudodyads import part_table
from interbrain.metrics import roi_mean
from interbrain.rhythms.phase import unit_phasors, windowed

DURATION_S, LENGTH_S = 300, 5
COUPLING = (0, 0.1, 0.2)  # PLV of the oscillators, of the dyads in turn
DRAWS = 20
SITES = {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}  # of the cost
DYADS_A_PART = 200
COST_WINDOWS = 20


def labels(n_dyads):
    return [{"dyad": f"D{i}", "therapist": f"T{i}", "client": f"C{i}"} for i in range(n_dyads)]


def all_pairs(n_dyads, rng):
    """PLV above chance of every therapist with every client, (n_dyads, n_dyads, n_bands)."""
    starts, n_times = window_starts(DURATION_S, LENGTH_S), LENGTH_S * SFREQ
    people = [[], []]
    for dyad in range(n_dyads):
        snr = np.exp(rng.normal(0, 0.7))
        pair = coupled_people(rng, snr, COUPLING[dyad % len(COUPLING)], DURATION_S)
        for side, member in zip(people, pair, strict=True):
            side.append(stored_phases(unit_phasors(windowed(member, starts, n_times))))
    kept = [list(range(len(starts)))] * n_dyads
    found = pseudo_dyads(
        *(*people, kept, kept, np.ones((n_dyads, n_dyads), bool)),
        reduce=lambda values: roi_mean(values, SITE, SITE)[0],
        chance_shifts=CHANCE_SHIFTS,
    )
    return found.values.reshape(n_dyads, n_dyads, len(BANDS))


def against(values, most, seed):
    """Each dyad's strangers' mean, (n_dyads, n_bands), and its own value above it and p."""
    (part,) = in_parts(labels(len(values)), [], most, [seed])
    members, pairs = part.members(0), part.pairs(0)
    levels = np.empty((3, len(values), values.shape[-1]))
    for at, dyad in enumerate(members):
        own = np.flatnonzero(pairs.owner == at)[:most]
        i, k = (np.array(members)[side[own]] for side in (pairs.therapist, pairs.client))
        compared = summary(values[dyad, dyad], values[i, k])
        levels[:, dyad] = compared.mean, compared.above, compared.p
    return levels


def lost(n_dyads, caps, seed=1):
    """Print what each cap changes."""
    values = all_pairs(n_dyads, np.random.default_rng(seed))
    level, above, p = against(values, None, 0)
    print(f"\n{n_dyads} dyads, {2 * (n_dyads - 1)} possible pseudo-dyads each; {DRAWS} draws")
    print("| pseudo-dyads | band | all: SD between dyads | level, draw - all: mean | SD | largest | ", end="")
    print(
        "p <= .05: all | draw | other verdict | mean above strangers: all | draw: mean | SD | t: all | draw |"
    )
    for most in caps:
        draws = np.array([against(values, most, draw) for draw in range(DRAWS)])
        for b, band in enumerate(BANDS):
            error = draws[:, 0, :, b] - level[:, b]
            uncoupled = np.arange(n_dyads) % len(COUPLING) == 0
            means = draws[:, 1, :, b].mean(axis=1)
            t = stats.ttest_1samp(draws[:, 1, :, b], 0, axis=1).statistic
            found, drawn = p[:, b] <= 0.05, draws[:, 2, :, b] <= 0.05
            print(
                f"| {most} | {band} | {above[:, b].std(ddof=1):.5f} | "
                f"{error.mean():+.6f} | {error.std():.5f} | "
                f"{np.abs(error).max():.5f} | {found.mean():.3f} ({found[uncoupled].mean():.3f}) | "
                f"{drawn.mean():.3f} ({drawn[:, uncoupled].mean():.3f}) | {(drawn != found).mean():.4f} | "
                f"{above[:, b].mean():.5f} | {means.mean():.5f} | {means.std(ddof=1):.6f} | "
                f"{stats.ttest_1samp(above[:, b], 0).statistic:.2f} | {t.min():.2f} to {t.max():.2f} |",
                flush=True,
            )


def one_part(folder, file):
    """Compute one part, as its job does, and print CPU time, memory, and files."""
    part = Part(**json.loads(Path(file).read_text()))
    opened = [
        [partial(np.load, folder / f"{row['dyad']}_{side}.npy", mmap_mode="r") for row in part.rows]
        for side in ("therapist", "client")
    ]
    kept = [list(range(COST_WINDOWS))] * len(part.rows)
    begun = time.process_time()
    part_table(part, *opened, kept, rois=SITES, bands=list(BANDS), length_s=LENGTH_S)
    seconds = time.process_time() - begun
    print(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000)


def cost(sizes, most):
    """Print what each size of a study costs, with all pseudo-dyads and with a draw."""
    rng = np.random.default_rng(1)
    shape = (len(BANDS), COST_WINDOWS, sum(map(len, SITES.values())), LENGTH_S * SFREQ)
    print("\n| dyads | pseudo-dyads of each | parts | dyads all parts load | CPU s | most of a part | MB |")
    with tempfile.TemporaryDirectory() as root:
        folder = Path(root)
        for row in labels(max(sizes)):
            for side in ("therapist", "client"):
                phases = rng.integers(-(2**15) + 1, 2**15, shape, dtype=np.int16)
                np.save(folder / f"{row['dyad']}_{side}.npy", phases)
        for n_dyads in sizes:
            for cap, n_parts in ((None, 1), (most, max(1, -(-n_dyads // DYADS_A_PART)))):
                parts = in_parts(labels(n_dyads), [], cap, [1], n_parts)
                spent = []
                for part in parts:
                    file = folder / "part.json"
                    file.write_text(json.dumps(asdict(part)))
                    command = [sys.executable, __file__, "--part", folder, file]
                    done = subprocess.run(list(map(str, command)), capture_output=True, text=True, check=True)
                    spent.append([float(number) for number in done.stdout.split()])
                seconds, megabytes = zip(*spent, strict=True)
                each = 2 * (n_dyads - 1)
                each = each if cap is None else min(cap, each)
                loaded = sum(len(part.rows) for part in parts)
                print(
                    f"| {n_dyads} | {each} | {len(parts)} | {loaded} | {sum(seconds):.0f} | "
                    f"{max(seconds):.0f} | {max(megabytes):.0f} |",
                    flush=True,
                )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, nargs="*", default=[112])
    parser.add_argument("--most", type=int, nargs="*", default=[25, 50, 100, 200])
    parser.add_argument("--cost", type=int, nargs="*", default=[100, 200, 400])
    parser.add_argument("--part", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        return one_part(Path(options.part[0]), options.part[1])
    for n_dyads in options.dyads:
        lost(n_dyads, options.most)
    if options.cost:
        cost(options.cost, 200)


if __name__ == "__main__":
    main()
