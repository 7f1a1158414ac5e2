"""Are the chance levels right? False positives in dyads that share nothing, and the trap of power.

Run by hand, about 50 minutes: python benchmarks/chance_calibration.py [--studies 36] [--figure FILE]
[--kinds NUMBER ...] [--nulls NAME ...]
Prints the tables of docs/chance-calibration.md and draws its figure; with some kinds of dyads or nulls only,
the same rows and columns of them. Simulated studies of 14 dyads, 5 minutes each; seeds are fixed.
A null is right if p-values are uniform and p <= .05 comes in 5 % of the dyads.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

import numpy as np
from scipy import stats
from simulated_people import BANDS, SFREQ, SITE, n_samples, steady_person, wandering_person, window_starts

from interbrain.chance import (
    CHANCE_SHIFTS,
    are_strangers,
    circular_shift_null,
    permutation_null,
    phase_randomisation_null,
    pseudo_dyads,
    repairing_table,
    summary,
    window_shift_null,
)
from interbrain.metrics import arranged, roi_mean
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms import phase
from interbrain.rhythms.phase import unit_phasors, windowed

phase._band_filter = cache(phase._band_filter)  # designed once and not for every person
DURATION_S, LENGTH_S, N_DYADS = 300, 5, 14
N_WINDOWS = DURATION_S // LENGTH_S
OVER_RECORDING = "circular shift, PLV over the recording"
NULLS = {
    "circular shift": "199 lags spread over the recording, at least 5 s from either end; fewer with seams",
    OVER_RECORDING: "the same for PLV over all samples instead of its mean over windows",
    "whole-window shift": "all shifts by whole windows",
    "permutation": "199 random orders of the client's windows",
    "phase randomisation": "19 surrogates of the client's analytic signal",
    "strangers": "the dyad's therapist with the 13 other clients, its client with the 13 other therapists",
    "strangers above chance": "the same, of PLV above each pair's own shifts by whole windows",
}
WEAK, STRONG = 0.5, 2.0


@dataclass(frozen=True)
class Population:
    """Simulated dyads of one kind: their rhythms' SNR, what a person is like, and which windows are kept."""

    title: str
    snr: tuple[float, ...]  # of both members of the dyads, in turn
    person: str = "steady"
    kept: str = "all"


POPULATIONS = (
    Population("SNR .5", (WEAK,)),
    Population("SNR 2", (STRONG,)),
    Population("SNR .5, 25 % dropped at random", (WEAK,), kept="at random"),
    Population("SNR 2, 25 % dropped at random", (STRONG,), kept="at random"),
    Population("SNR .5, 25 % dropped in runs", (WEAK,), kept="in runs"),
    Population("SNR 2, 25 % dropped in runs", (STRONG,), kept="in runs"),
    Population("SNR 2, 1 minute", (STRONG,), kept="12"),
    Population("SNR 2, 30 s", (STRONG,), kept="6"),
    Population("SNR 4, narrow and wandering slowly", (4.0,), person="wandering"),
    Population("SNR 2, growing in everybody", (STRONG,), person="growing"),
    Population("SNR .5, every second dropped", (WEAK,), kept="every second"),
    Population("SNR 2, every second dropped", (STRONG,), kept="every second"),
    Population("SNR 2, 1 minute, seams at half of the borders", (STRONG,), kept="with seams"),
)
ONE_MINUTE_WITH_SEAMS = np.array([0, 1, 2, 4, 6, 7, 8, 10, 12, 14, 15, 17])
TRAP, TRAP_SEED = Population("SNR .5 against 2", (WEAK, STRONG)), 10
site = partial(roi_mean, rows=SITE, cols=SITE)


def kept_windows(rng, how):
    if how == "at random":
        return np.sort(rng.choice(N_WINDOWS, N_WINDOWS * 3 // 4, replace=False))
    if how == "in runs":  # three runs of 25 s
        starts = np.sort(rng.choice(N_WINDOWS - 14, 3, replace=False)) + np.array([0, 5, 10])
        return np.setdiff1d(np.arange(N_WINDOWS), np.add.outer(starts, np.arange(5)))
    if how == "every second":  # no two windows follow each other
        return np.arange(0, N_WINDOWS, 2)
    if how == "with seams":
        return ONE_MINUTE_WITH_SEAMS
    return np.arange(N_WINDOWS if how == "all" else int(how))


def person(rng, snr, how):
    if how == "wandering":
        return wandering_person(rng, snr, DURATION_S)
    strength = np.exp(np.linspace(-0.7, 0.7, n_samples(DURATION_S))) if how == "growing" else 1.0
    return steady_person(rng, snr, DURATION_S, strength)


def study(population, rng, wanted):
    """What each null is a null of, at the site, and each dyad's nulls.

    Returns
    -------
    observed : dict null -> array, shape (n_dyads, n_bands)
    nulls : dict null -> list of array, shape (n_members, n_bands)
    """
    starts, n_times = window_starts(DURATION_S, LENGTH_S), LENGTH_S * SFREQ
    signals, kept = [], []
    for dyad in range(N_DYADS):
        snr = population.snr[dyad % len(population.snr)]
        windows = kept_windows(rng, population.kept)
        pair = [person(rng, snr, population.person) for _ in range(2)]
        signals.append([windowed(member, starts[windows], n_times) for member in pair])
        kept.append(windows.tolist())
    phasors = [[unit_phasors(member) for member in pair] for pair in signals]
    raw = np.array([site(plv(*pair).mean(axis=1))[0] for pair in phasors])
    whole = np.array([site(plv(*(arranged(x, "recording") for x in pair))[:, 0])[0] for pair in phasors])
    # A stream for each null: the others are the same, whichever are wanted.
    streams = dict(zip(NULLS, rng.spawn(len(NULLS)), strict=True))
    nulls = {null: [] for null in wanted}
    for pair, analytic, windows in zip(phasors, signals, kept, strict=True):
        for null in NULLS_OF_A_DYAD:
            if null in wanted:
                nulls[null].append(null_of_a_dyad(null, pair, analytic, starts[windows], streams[null]))
    observed = dict.fromkeys(wanted, raw) | {OVER_RECORDING: whole}
    if not {"strangers", "strangers above chance"} <= set(wanted):
        return observed, nulls
    ids = range(N_DYADS)
    strangers = are_strangers([f"t{i}" for i in ids], [f"c{i}" for i in ids])
    people = [[pair[who] for pair in phasors] for who in range(2)]
    meet = partial(pseudo_dyads, *people, kept, kept, reduce=lambda values: site(values)[0])
    found = meet(strangers)
    beyond = meet(np.ones_like(strangers), chance_shifts=CHANCE_SHIFTS)
    alone = beyond.therapist == beyond.client
    nulls["strangers"] = [found.of(i, i) for i in ids]
    nulls["strangers above chance"] = [
        beyond.values[~alone & ((beyond.therapist == i) | (beyond.client == i))] for i in ids
    ]
    return observed | {"strangers above chance": beyond.values[alone]}, nulls


NULLS_OF_A_DYAD = tuple(NULLS)[:5]


def null_of_a_dyad(null, pair, analytic, starts, rng):
    """One of NULLS_OF_A_DYAD of a dyad at the site, shape (n_members, n_bands)."""
    n_times = LENGTH_S * SFREQ
    if null == "circular shift":
        return site(circular_shift_null(*pair, 199, n_times, rng, starts=starts)[0])[0]
    if null == OVER_RECORDING:
        return site(circular_shift_null(*pair, 199, n_times, rng, over="recording", starts=starts)[0])[0]
    if null == "phase randomisation":
        return site(phase_randomisation_null(*analytic, 19, rng))[0]
    table, _ = site(repairing_table(*pair))
    return window_shift_null(table) if null == "whole-window shift" else permutation_null(table, 199, rng)


@dataclass(frozen=True)
class Calibration:
    """What a null says of many dyads; arrays of shape (n_dyads, n_bands)."""

    observed: np.ndarray
    above: np.ndarray
    p: np.ndarray
    between: np.ndarray  # p with a random share of its own step: uniform in theory, and not in steps


def calibrated(population, n_studies, seed, wanted):
    """Every null's `Calibration` over so many simulated studies."""
    dyads = {null: [] for null in wanted}
    for number in range(n_studies):
        rng = np.random.default_rng([seed, number])
        observed, nulls = study(population, rng, wanted)
        for null, members in nulls.items():
            for values, of_dyad in zip(observed[null], members, strict=True):
                chance = summary(values, of_dyad)
                between = chance.p - rng.random(values.shape) / (len(of_dyad) + 1)
                dyads[null].append((values, chance.above, chance.p, between))
        print(".", end="", file=sys.stderr, flush=True)
    print(f" {population.title}", file=sys.stderr)
    return {
        null: Calibration(*(np.array(x) for x in zip(*rows, strict=True))) for null, rows in dyads.items()
    }


def interval(hits, n):
    """95 % Clopper-Pearson interval."""
    return stats.beta.ppf(0.025, hits, n - hits + 1) if hits else 0.0, stats.beta.ppf(
        0.975, hits + 1, n - hits
    )


def cell(result, band):
    """False positives at .05 with their interval, and the KS test of uniform p-values."""
    hits, n = int((result.p[:, band] <= 0.05).sum()), len(result.p)
    low, high = interval(hits, n)
    ks = stats.kstest(result.between[:, band], "uniform").pvalue
    text = f"{hits / n:.3f} [{low:.3f}, {high:.3f}], {ks:.2g}"
    return f"**{text}**" if (low > 0.05 or ks < 0.001) else text


def cohens_d(values, group):
    one, other = values[~group], values[group]
    pooled = np.sqrt((one.var(axis=0, ddof=1) + other.var(axis=0, ddof=1)) / 2)
    return (other.mean(axis=0) - one.mean(axis=0)) / pooled


def print_table(head, rows):
    print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")


def draw_trap(raw, above, group, path):
    """Two groups that differ in alpha power only: raw PLV, and PLV above chance."""
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "interbrain", "font.family": "sans-serif"})
    figure, axes = plt.subplots(1, 2, figsize=(7.2, 2.6), layout="constrained")
    for axis, values, label in ((axes[0], raw, "PLV"), (axes[1], above, "PLV above chance")):
        edges = np.linspace(values.min(), values.max(), 31)
        for members, colour, name in ((~group, "#4477aa", "alpha SNR .5"), (group, "#cc6677", "alpha SNR 2")):
            axis.hist(values[members], edges, color=colour, alpha=0.55, label=name, histtype="stepfilled")
            axis.axvline(values[members].mean(), color=colour)
        axis.set(xlabel=label, yticks=[], title=f"d = {cohens_d(values, group):.2f}")
        axis.spines[["left", "top", "right"]].set_visible(False)
    axes[0].set_ylabel("dyads")
    axes[0].legend(frameon=False)
    figure.savefig(path, metadata={"Date": None})


def print_calibration(n_studies, kinds, wanted):
    rows, seams = [], []
    for seed in kinds:
        population = POPULATIONS[seed]
        results = calibrated(population, n_studies, seed, wanted)
        for band, name in enumerate(BANDS):
            rows.append([population.title, name, *(cell(results[null], band) for null in wanted)])
        if population.kept != "all":
            seams.append([population.title, *lowered_by_seams(results)])
    print(
        f"{n_studies * N_DYADS} uncoupled dyads of each kind: share with p <= .05 [95 % interval], p of a KS"
    )
    print("test of uniform p-values. Bold: the interval lies above .05, or KS p < .001.")
    print_table(["dyads", "band", *wanted], rows)
    print("\nHow much lower the null of shifts by any lag is than that of shifts by whole windows")
    print_table(["dyads", *BANDS], seams)


def lowered_by_seams(results):
    """Mean over dyads and its standard error, by band."""
    difference = results["circular shift"].above - results["whole-window shift"].above
    error = stats.sem(difference)
    return [f"{mean:.5f} ({se:.5f})" for mean, se in zip(difference.mean(axis=0), error, strict=True)]


def print_trap(results, group):
    raw = results["circular shift"].observed
    rows = [["raw PLV", *numbers(cohens_d(raw, group), 2), *numbers(raw.std(axis=0, ddof=1), 4), "", ""]]
    for null, result in results.items():
        if null != OVER_RECORDING:
            false = [
                " and ".join(numbers(((p[~group] <= 0.05).mean(), (p[group] <= 0.05).mean()), 3))
                for p in result.p.T
            ]
            d, sd = cohens_d(result.above, group), result.above.std(axis=0, ddof=1)
            rows.append([f"above {null}", *numbers(d, 2), *numbers(sd, 4), *false])
    print(
        f"\nTwo groups of {len(group) // 2} uncoupled dyads, SNR .5 and 2: effect size between them, SD over"
    )
    print("all dyads, and the share with p <= .05 in either group.")
    head = ["measure", *(f"{what}, {band}" for what in ("d", "SD", "p <= .05") for band in BANDS)]
    print_table(head, rows)


def numbers(values, digits):
    return [f"{value:.{digits}f}" for value in values]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=36, help="of 14 dyads each, of every kind")
    parser.add_argument("--figure", type=Path, help="where to draw the trap of power, as SVG")
    kinds = range(len(POPULATIONS) + 1)
    parser.add_argument("--kinds", type=int, nargs="+", choices=kinds, default=kinds, metavar="NUMBER",
                        help=f"of dyads; {kinds[-1]}: the trap of power")  # fmt: skip
    parser.add_argument("--nulls", nargs="+", choices=NULLS, default=list(NULLS), metavar="NAME")
    options = parser.parse_args()
    for null in options.nulls:
        print(f"- {null}: {NULLS[null]}")
    print_calibration(options.studies, [kind for kind in options.kinds if kind < kinds[-1]], options.nulls)
    if kinds[-1] not in options.kinds:
        return
    results = calibrated(TRAP, options.studies, TRAP_SEED, options.nulls)
    group = np.tile(np.arange(N_DYADS) % 2 == 1, options.studies)
    print_trap(results, group)
    if options.figure:
        result = results["circular shift"]
        draw_trap(result.observed[:, 1], result.above[:, 1], group, options.figure)


if __name__ == "__main__":
    main()
