"""Groups of unequal size and spread: how often each test finds a difference between uncoupled dyads.

Run by hand, about 8 minutes of CPU time: python benchmarks/unequal_groups.py [--studies 1000]
Prints the tables of docs/statistics/groups.md: PLV above chance of simulated dyads, then normal values with
two factors (of these four times as many studies). Seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse

import numpy as np
from scipy import stats
from simulated_chance import dyads

from interbrain.statistics.permutation import _f_of_relabelings, relabelings
from interbrain.statistics.spread import adjusted_welch, hc3, spreads, wald, welch

ALPHA = 0.05
# name, dyads of the first group and of the second, settings of either
WORLDS = (
    ("alike, 10 against 4", (10, 4), ({}, {})),
    ("SNR .5 against 6, 10 against 4", (10, 4), ({"snr": 0.5}, {"snr": 6})),
    ("60 against 20 windows, 10 against 4", (10, 4), ({}, {"windows": 20})),
    ("both, 10 against 4", (10, 4), ({"snr": 0.5}, {"snr": 6, "windows": 20})),
    ("both, 7 against 7", (7, 7), ({"snr": 0.5}, {"snr": 6, "windows": 20})),
    ("both the other way, 10 against 4", (10, 4), ({"snr": 6, "windows": 20}, {"snr": 0.5})),
)
# Two factors: SD of the second group of the first factor, effect in SDs of the first group.
MODELS = ((1, 0.0), (2, 0.0), (3, 0.0), (1, 1.5))


def tested(scores, factor, fixed, dealt, levels):
    """p of each test of one study."""
    n, q = len(scores), factor.shape[1]
    floor = 1e-26 * np.sum(scores**2)
    F = _f_of_relabelings(scores[:, None], factor, fixed, dealt.orders, floor)
    Q = wald(scores, factor[dealt.orders], fixed)
    found = {
        "pooled F": stats.f.sf(F[0], q, n - fixed.shape[1] - q),
        "permutation": np.mean(F[0] * (1 - 1e-9) <= F),
        "studentised permutation": np.mean(Q[0] * (1 - 1e-9) <= Q),
        "HC3, n - p df": stats.f.sf(Q[0] / q, q, n - fixed.shape[1] - q),
        "HC3, Satterthwaite df": hc3(scores, factor, fixed)["p"],
    }
    if fixed.shape[1] == 1:
        found["Welch"] = welch([scores[levels == level] for level in (0, 1)])["p"]
    else:
        found["Welch, adjusted"] = adjusted_welch(scores, factor, fixed, levels)["p"]
    return found


def said(hits, n):
    low, high = stats.binomtest(int(hits), n).proportion_ci(method="wilson")
    return f"{hits / n:.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")


def table(worlds):
    rows = {}
    for world, found in worlds.items():
        for name in found[0]:
            hits = sum(one[name] <= ALPHA for one in found)
            rows.setdefault(name, {})[world] = said(hits, len(found))
    print(f"\n| | {' | '.join(worlds)} |\n|---|{'---|' * len(worlds)}")
    for name, cells in rows.items():
        print(f"| {name} | {' | '.join(cells.get(world, '') for world in worlds)} |", flush=True)


def main():
    import pandas as pd

    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000)
    n_studies = parser.parse_args().studies
    worlds = {}
    for number, (world, sizes, settings) in enumerate(WORLDS):
        rng = np.random.default_rng([32, number])
        groups = [
            dyads(n * n_studies, rng, **own)[0].reshape(n_studies, n)
            for n, own in zip(sizes, settings, strict=True)
        ]
        levels = np.repeat([0, 1], sizes)
        factor, fixed = (1.0 - 2 * levels)[:, None], np.ones((14, 1))
        dealt = relabelings(levels)
        values = np.concatenate(groups, axis=1)
        worlds[world] = [tested(one, factor, fixed, dealt, levels) for one in values]
        design = np.hstack([fixed, factor])
        warned = [spreads(one, design, pd.Series(levels)) for one in values]
        ratios = np.array([one["sd_ratio"] for one in warned])
        forsythe = np.array([one["p_brown_forsythe"] for one in warned])
        print(
            f"{world}: SDs {groups[0].std():.4f} and {groups[1].std():.4f}; ratio of SDs 2 or more in "
            f"{np.mean(ratios >= 2):.2f}, Brown-Forsythe p <= .05 in {np.mean(forsythe <= ALPHA):.2f}",
            flush=True,
        )
    table(worlds)
    worlds = {}
    second = np.resize([1.0, 1.0, -1.0], 14)
    for number, (sd, effect) in enumerate(MODELS):
        rng = np.random.default_rng([33, number])
        levels = np.repeat([0, 1], [10, 4])
        factor, fixed = (1.0 - 2 * levels)[:, None], np.column_stack([np.ones(14), second])
        dealt = relabelings(levels, second)
        values = rng.standard_normal((4 * n_studies, 14)) * np.where(levels == 1, sd, 1) + effect * levels
        world = f"SDs 1 and {sd}" + (f", difference {effect:g}" if effect else "")
        worlds[world] = [tested(one, factor, fixed, dealt, levels) for one in values]
    table(worlds)


if __name__ == "__main__":
    main()
