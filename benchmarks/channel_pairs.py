"""Which pairs of channels: time beside MNE's tests, how often studies without an effect find one, and power.

Run by hand, about 30 minutes of CPU time: python benchmarks/channel_pairs.py [--studies 1000] [--part time]
Prints the tables of docs/statistics/channel-pairs.md. The studies have 12 channels a head in two bands
(288 pairs), correlated as neighbouring channels are, and 499 sign flips or relabelings; seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import time

import mne
import numpy as np
import pandas as pd
from scipy import stats
from scipy.sparse import coo_array

from interbrain.statistics import pair_statistics
from interbrain.statistics.channel_pairs import channel_pairs, family
from interbrain.statistics.pair_clusters import FORMING_P, head_neighbours, pair_edges
from interbrain.statistics.pair_values import PairValues
from interbrain.statistics.permutation import relabelings
from interbrain.statistics.presence import sign_flips

SMALL = ["F7", "F3", "Fz", "F4", "F8", "C3", "Cz", "C4", "P3", "Pz", "P4", "Oz"]
LARGE = [
    *("Fp1", "Fp2", "AF3", "AF4", "F7", "F3", "Fz", "F4", "F8", "FC5", "FC1", "FC2", "FC6", "T7", "C3", "Cz"),
    *("C4", "T8", "CP5", "CP1", "CP2", "CP6", "P7", "P3", "Pz", "P4", "P8", "PO3", "PO4", "O1", "Oz", "O2"),
]
BANDS, ALPHA, DRAWS = ["theta", "alpha"], 0.05, 499
# What a study is: dyads in the first group and in the second, their SDs, and what else.
WORLDS = (
    ("7 against 7", 7, 7, 1, 1, {}),
    ("7 against 7, SDs 1 and 3", 7, 7, 1, 3, {}),
    ("10 against 4", 10, 4, 1, 1, {}),
    ("10 against 4, SDs 1 and 2", 10, 4, 1, 2, {}),
    ("10 against 4, SDs 1 and 3", 10, 4, 1, 3, {}),
    ("10 against 4, SDs 3 and 1", 10, 4, 3, 1, {}),
    ("7 against 7, spread that goes with the score", 7, 7, 1, 1, {"by_score": True}),
    ("7 against 7, a tenth of the channels missing", 7, 7, 1, 1, {"missing": 0.1}),
    ("10 against 4, SDs 1 and 3, a tenth of the channels missing", 10, 4, 1, 3, {"missing": 0.1}),
    ("7 against 7, beside a second factor and a covariate", 7, 7, 1, 1, {"beside": True}),
    ("10 against 4, SDs 1 and 3, beside a second factor and a covariate", 10, 4, 1, 3, {"beside": True}),
    ("7 against 7, skewed (exponential)", 7, 7, 1, 1, {"skewed": True}),
    ("20 against 20, SDs 1 and 3", 20, 20, 1, 3, {}),
    ("7 against 7, PLV above chance of uncoupled dyads", 7, 7, 1, 1, {"plv": True}),
)


def mixing(channels):
    """What makes neighbouring channels go together: values at the channels from independent ones."""
    montage = mne.channels.make_standard_montage("colin27_1005").get_positions()["ch_pos"]
    where = np.array([montage[name] for name in channels])
    apart = np.linalg.norm(where[:, None] - where[None], axis=2)
    return np.linalg.cholesky(np.exp(-((apart / 0.06) ** 2)) + 1e-6 * np.eye(len(channels)))


def without_effect(rng, n, mix, skewed=False, plv=False):
    """Values of n dyads, (n, bands, channels, channels), of mean 0 and SD 1."""
    n_channels = len(mix)
    if plv:  # 40 windows of 20 independent phases each
        found = np.empty((n, len(BANDS), n_channels, n_channels))
        for dyad in range(n):
            for band in range(len(BANDS)):
                parts = rng.standard_normal((2, 2, 40, 20, n_channels)) @ mix.T
                one, other = parts[0] + 1j * parts[1]
                one, other = one / np.abs(one), other / np.abs(other)
                plv_of = np.abs(np.einsum("wtc,wtd->wcd", one, other.conj(), optimize=True)) / 20
                found[dyad, band] = plv_of.mean(axis=0)
        return found
    shape = (n, len(BANDS), n_channels, n_channels)
    values = rng.standard_exponential(shape) - 1 if skewed else rng.standard_normal(shape)
    return mix @ values @ mix.T


def chance_of_plv(rng, mix):
    """Mean PLV of uncoupled dyads, the same of all pairs."""
    return without_effect(rng, 300, mix, plv=True).mean()


def said(hits, n):
    low, high = stats.binomtest(int(hits), n).proportion_ci(method="wilson")
    text = f"{hits / n:.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")
    return f"**{text}**" if not low <= ALPHA <= high else text


def calibration(n_studies):
    mix = mixing(SMALL)
    edges = pair_edges(*[head_neighbours(SMALL)] * 2, len(BANDS))
    columns = ["against zero", "factor, relabelings alone", "factor", "score, permutations alone", "score"]
    print("| studies without an effect | " + " | ".join(f"{c}: pair | cluster" for c in columns) + " |")
    print("|---" * (2 * len(columns) + 1) + "|")
    for number, (world, n_a, n_b, sd_a, sd_b, more) in enumerate(WORLDS):
        rng = np.random.default_rng([72, number])
        n = n_a + n_b
        first = np.arange(n) < n_a
        second = np.arange(n) % 2 == 0
        strata = second.tolist() if more.get("beside") else None
        by_group = relabelings(first, strata, n_max=DRAWS, seed=(1,)).orders
        signs = sign_flips(n, DRAWS, (2,), exact_up_to=8).signs
        chance = chance_of_plv(rng, mix) if more.get("plv") else 0
        hits = np.zeros((len(columns), 2), dtype=int)
        for study in range(n_studies):
            values = without_effect(rng, n, mix, more.get("skewed", False), more.get("plv", False)) - chance
            values *= np.where(first, sd_a, sd_b)[:, None, None, None]
            score = rng.standard_normal(n)
            if more.get("by_score"):
                values *= np.exp(score / 2)[:, None, None, None]
            if "missing" in more:
                lost = rng.random((2, n, len(SMALL))) < more["missing"]
                values[np.broadcast_to(lost[0][:, None, :, None], values.shape)] = np.nan
                values[np.broadcast_to(lost[1][:, None, None, :], values.shape)] = np.nan
            values = values.reshape(n, -1)
            known = np.isfinite(values)
            enough = np.ones(values.shape[1], dtype=bool)
            for group in (first, ~first):
                enough &= known[group].sum(axis=0) >= max(3, group.sum() / 2)
            kept = np.cumsum(enough) - 1
            own = kept[edges[:, enough[edges].all(axis=0)]]
            values = values[:, enough]
            fixed = np.ones((n, 1))
            if more.get("beside"):
                fixed = np.column_stack([fixed, second, rng.standard_normal(n)]).astype(float)
            by_score = relabelings(score, n_max=DRAWS, seed=(3, study)).orders
            one = family([pair_statistics.relabelled(values, first, fixed, by_group)], own)
            other = family([pair_statistics.flipped_residuals(values, first, fixed, signs)], own)
            permuted = family([pair_statistics.correlated(values, score, by_score)], own)
            flipped = family([pair_statistics.flipped_correlated(values, score, signs)], own)
            found = [family([pair_statistics.against_zero(values, signs)], own)]
            for alone, beside in ((one, other), (permuted, flipped)):
                p = np.fmax(alone.p_family, beside.p_family)
                found += [alone, (p, np.fmax(alone.p_clusters, beside.p_clusters))]
            for place, each in enumerate(found):
                p, clusters = each if isinstance(each, tuple) else (each.p_family, each.p_clusters)
                hits[place] += np.nanmin(p) <= ALPHA, len(clusters) > 0 and np.min(clusters) <= ALPHA
        cells = " | ".join(said(hit, n_studies) for hit in hits.ravel())
        print(f"| {world} | {cells} |", flush=True)


def power(n_studies):
    """Of studies with something at one pair, or at 4 x 4 neighbouring pairs: how many find one of them."""
    mix = mixing(SMALL)
    edges = pair_edges(*[head_neighbours(SMALL)] * 2, len(BANDS))
    n = 14
    first = np.arange(n) < 7
    centre = [SMALL.index(name) for name in ("F3", "Fz", "C3", "Cz")]
    signs = sign_flips(n, DRAWS, (2,), exact_up_to=8).signs
    dealt = relabelings(first, n_max=DRAWS, seed=(1,)).orders
    print("\n| planted, 14 dyads | a planted pair, family-wise | Bonferroni | a cluster with planted pairs |")
    print("|---|---|---|---|")
    for number, (what, sizes) in enumerate((("one pair", (1.6, 2.8)), ("16 pairs", (0.8, 1.4)))):
        for test, size in zip(("against zero", "factor, 7 against 7"), sizes, strict=True):
            rng = np.random.default_rng([73, number, len(test)])
            planted = np.zeros((len(BANDS), len(SMALL), len(SMALL)), dtype=bool)
            planted[(1, centre[0], centre[1]) if number == 0 else (1, *np.ix_(centre, centre))] = True
            hits = np.zeros(3, dtype=int)
            for _ in range(n_studies):
                values = without_effect(rng, n, mix)
                own = np.full(n, size) if test == "against zero" else np.where(first, size / 2, -size / 2)
                values[:, planted] += own[:, None]
                values = values.reshape(n, -1)
                if test == "against zero":
                    judged = family([pair_statistics.against_zero(values, signs)], edges)
                    p = stats.ttest_1samp(values, 0).pvalue
                else:
                    draws = [
                        pair_statistics.relabelled(values, first, np.ones((n, 1)), dealt),
                        pair_statistics.flipped_residuals(values, first, np.ones((n, 1)), signs),
                    ]
                    judged = family(draws, edges)
                    p = stats.ttest_ind(values[first], values[~first], equal_var=False).pvalue
                there = planted.ravel()
                clusters = zip(judged.found, judged.p_clusters, strict=True)
                hits += (
                    judged.p_family[there].min() <= ALPHA,
                    p[there].min() * len(p) <= ALPHA,
                    any(q <= ALPHA and there[one.pairs].any() for one, q in clusters),
                )
            cells = " | ".join(said(hit, n_studies).strip("*") for hit in hits)
            print(f"| {what}, d = {size:g}, {test} | {cells} |", flush=True)


def therapists(n_studies):
    """Several clients a therapist, ICC .3, no effect: what dyads as units find, and therapists."""
    mix = mixing(SMALL)
    print(
        "\n| no effect, ICC .3 | factor of the therapist over dyads | factor of the therapist | score of the "
        "therapist over dyads | score of the therapist | factor within therapists |"
    )
    print("|---|---|---|---|---|---|")
    for number, (n_therapists, n_clients) in enumerate(((8, 3), (12, 3), (20, 2))):
        rng = np.random.default_rng([74, number])
        hits = np.zeros(5, dtype=int)
        whose = np.repeat(np.arange(n_therapists), n_clients)
        by_therapist = sign_flips(n_therapists, DRAWS, (2,), exact_up_to=8).signs[:, whose]
        for study in range(n_studies):
            own = np.sqrt(0.3) * without_effect(rng, n_therapists, mix)
            rest = np.sqrt(0.7) * without_effect(rng, n_therapists * n_clients, mix)
            values = (np.repeat(own, n_clients, axis=0) + rest).reshape(n_therapists * n_clients, -1)
            score = rng.standard_normal(n_therapists)
            found = []
            for times in (n_clients, 1):
                first = np.repeat(np.arange(n_therapists) < n_therapists // 2, times)
                here = values if times > 1 else values.reshape(n_therapists, n_clients, -1).mean(axis=1)
                n = len(here)
                signs = sign_flips(n, DRAWS, (2,), exact_up_to=8).signs
                dealt = relabelings(first, n_max=DRAWS, seed=(1,)).orders
                asked = here, first, np.ones((n, 1))
                draws = [
                    pair_statistics.relabelled(*asked, dealt),
                    pair_statistics.flipped_residuals(*asked, signs),
                ]
                found.append(family(draws).p_family.min())
                scores = np.repeat(score, times)
                by_score = relabelings(scores, n_max=DRAWS, seed=(3, study)).orders
                draws = [
                    pair_statistics.correlated(here, scores, by_score),
                    pair_statistics.flipped_correlated(here, scores, signs),
                ]
                found.append(family(draws).p_family.min())
            within = rng.permuted(np.arange(len(values)) % 2 == 0)
            asked = values, within, np.ones((len(values), 1))
            dealt = relabelings(within, whose.tolist(), n_max=DRAWS, seed=(4, study)).orders
            draws = [
                pair_statistics.relabelled(*asked, dealt),
                pair_statistics.flipped_residuals(*asked, by_therapist),
            ]
            found.append(family(draws).p_family.min())
            hits += np.array([found[0], found[2], found[1], found[3], found[4]]) <= ALPHA
        cells = " | ".join(said(hit, n_studies) for hit in hits)
        print(f"| {n_therapists} therapists with {n_clients} clients | {cells} |", flush=True)


def timing():
    rng = np.random.default_rng(0)
    n = 14
    values = without_effect(rng, n, mixing(LARGE)).reshape(n, -1)
    dyads = pd.DataFrame({"therapist": range(n), "group": ["yes", "no"] * 7, "score": rng.random(n)})
    dyads.index = [f"D{k}" for k in range(n)]
    known = PairValues(values, list(dyads.index), BANDS, LARGE, LARGE)

    def seconds(call):
        begun = time.perf_counter()
        call()
        return time.perf_counter() - begun

    edges = pair_edges(*[head_neighbours(LARGE)] * 2, len(BANDS))
    signs = sign_flips(n).signs
    adjacency = coo_array((np.ones(edges.size), np.concatenate([edges, edges[::-1]], axis=1)), (2048, 2048))
    threshold = stats.t.isf(FORMING_P / 2, n - 1)
    few = 250
    ours = seconds(lambda: family([pair_statistics.against_zero(values, signs)])) / len(signs)
    with_clusters = seconds(lambda: family([pair_statistics.against_zero(values, signs)], edges)) / len(signs)
    t_test = seconds(lambda: mne.stats.permutation_t_test(values, 2**n, verbose="error")) / len(signs)
    cluster_test = (
        seconds(
            lambda: mne.stats.permutation_cluster_1samp_test(
                values, threshold, few, adjacency=adjacency, seed=1, out_type="indices", verbose="error"
            )
        )
        / few
    )
    whole = {
        test: seconds(lambda asked=asked: channel_pairs({"above_chance": known}, {}, dyads, **asked))
        for test, asked in {
            "against zero": {"between": {}},
            "and a factor": {"between": {"group": ["yes", "no"]}},
            "and a score": {"between": {"group": ["yes", "no"]}, "scores": ["score"]},
        }.items()
    }
    print("| 32 x 32 channels, 2 bands, 14 dyads | time of a sign flip, ms | of MNE's |")
    print("|---|---|---|")
    print(f"| largest t | {1e3 * ours:.3f} | {ours / t_test:.2f} (permutation_t_test) |")
    ratio = with_clusters / cluster_test
    print(f"| and clusters | {1e3 * with_clusters:.3f} | {ratio:.3f} (permutation_cluster_1samp_test) |")
    for test, spent in whole.items():
        print(f"whole table, {test}: {spent:.1f} s")
    print(flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--part", choices=["time", "calibration", "therapists", "power"])
    options = parser.parse_args()
    if options.part in (None, "time"):
        timing()
    if options.part in (None, "calibration"):
        calibration(options.studies)
    if options.part in (None, "therapists"):
        therapists(options.studies)
    if options.part in (None, "power"):
        power(options.studies)


if __name__ == "__main__":
    main()
