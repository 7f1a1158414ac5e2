"""Several clients a therapist, and the joint test: how often each test finds what is not there.

Run by hand, about 15 minutes of CPU time: python benchmarks/several_clients.py [--studies 2000]
Prints the tables of docs/statistics/therapists.md. Normal values; a share of the variance (ICC) is the
therapists'. The mixed model is fitted to half of the studies, the whole way to the verdict to a tenth. Seeds
are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse

import numpy as np
import pandas as pd
from scipy import stats
from unequal_groups import said, table

from interbrain.findings.factors import judge_factor
from interbrain.multiverse.joint import relabelled_tests, share_at_least
from interbrain.statistics import analyse
from interbrain.statistics.clusters import cluster_test
from interbrain.statistics.mixed import mixed_model
from interbrain.statistics.permutation import _f_of_relabelings, relabelings
from interbrain.statistics.spread import adjusted_welch

# Dyads of each therapist. The last is the Cambridge study's: one therapist in two of 14 dyads.
LAYOUTS = {
    "4 x 5": (5,) * 4,
    "6 x 4": (4,) * 6,
    "8 x 3": (3,) * 8,
    "6 + 4 + 3 + 3 + 2 + 2 + 1 + 1": (6, 4, 3, 3, 2, 2, 1, 1),
    "2 + 12 x 1": (2, *[1] * 12),
}
ALPHA = 0.05
SLOPE = np.array([[0.0, 1.0]])
# Covariate's difference in SDs, SD of the second group in those of the first, dyads of each.
JOINT = ((0, 1, (7, 7)), (2, 1, (7, 7)), (0, 3, (10, 4)), (0, 1 / 3, (10, 4)), (2, 3, (7, 7)))


def study(rng, layout, icc, of_score):
    """Values and a score of dyads, each with its share of the variance between therapists."""
    therapist = np.repeat(np.arange(len(layout)), layout)
    own = rng.standard_normal((2, len(layout)))[:, therapist]
    each = rng.standard_normal((2, len(therapist)))
    share = np.array([[icc], [of_score]])
    return therapist, *(np.sqrt(share) * own + np.sqrt(1 - share) * each)


def of_factor(y, therapist, group, dealt, mixed):
    design = np.column_stack([np.ones(len(y)), group])
    own = all(len(set(group[therapist == one])) == 1 for one in np.unique(therapist))
    found = {"ANOVA over dyads": stats.ttest_ind(y[group > 0], y[group < 0]).pvalue}
    found["CR2"] = cluster_test(y, design, therapist, SLOPE).p
    if own:
        means = pd.DataFrame({"t": therapist, "y": y, "g": group}).groupby("t").mean()
        levels = (means["g"].to_numpy() > 0).astype(int)
        ones = np.ones((len(means), 1))
        welch = adjusted_welch(means["y"].to_numpy(), means[["g"]].to_numpy(), ones, levels)["p"]
        found["Welch over therapists' means"] = welch
        found["both: decides"] = max(found["CR2"], welch)
    if dealt is not None:
        F = _f_of_relabelings(y[:, None], group[:, None], np.ones((len(y), 1)), dealt.orders, 0.0)
        found["permutation of therapists, or within them"] = np.mean(F[0] * (1 - 1e-9) <= F)
    if mixed:
        data = pd.DataFrame({"y": y, "dyad": np.arange(len(y)), "therapist": therapist, "g": group})
        fitted = mixed_model(data, "y", "dyad", "therapist", ["g"], []).set_index("term")
        found["mixed model, Kenward-Roger"] = fitted["p"].get("g", np.nan)
    return found


def factors(n_studies, within):
    worlds = {}
    for number, (name, layout) in enumerate(LAYOUTS.items()):
        therapist = np.repeat(np.arange(len(layout)), layout)
        each = np.concatenate([np.arange(n) for n in layout])
        group = np.where((each if within else therapist) % 2, 1.0, -1.0)
        if within and min((group > 0).sum(), (group < 0).sum()) < 3:
            continue
        strata = list(therapist) if within else None
        dealt = relabelings(group, strata, None if within else list(therapist), n_max=500)
        for icc in (0.15, 0.3):
            rng = np.random.default_rng([41, number, round(100 * icc), within])
            worlds[f"{name}, ICC {icc:g}"] = [
                of_factor(study(rng, layout, icc, 0)[1], therapist, group, dealt, k < n_studies // 2)
                for k in range(n_studies)
            ]
    print_by_test(worlds, "factor within therapists" if within else "factor of the therapist")


def scores(n_studies):
    worlds = {}
    for number, (name, layout) in enumerate(LAYOUTS.items()):
        for of_score in (0, 0.3, 1):
            rng = np.random.default_rng([42, number, round(100 * of_score)])
            found = []
            for _ in range(n_studies):
                therapist, y, x = study(rng, layout, 0.3, of_score)
                design = np.column_stack([np.ones(len(x)), x - x.mean()])
                means = pd.DataFrame({"t": therapist, "x": x, "y": y}).groupby("t").mean()
                found.append(
                    {
                        "Pearson over dyads": stats.pearsonr(x, y).pvalue,
                        "Pearson over therapists' means": stats.pearsonr(means["x"], means["y"]).pvalue,
                        "CR2: decides": cluster_test(y, design, therapist, SLOPE).p,
                    }
                )
            worlds[f"{name}, ICC of the score {of_score:g}"] = found
    print_by_test(worlds, "score, ICC of the measure .3")


def print_by_test(worlds, title):
    """A row a world, a column a test: there are more worlds than tests."""
    names = list(dict.fromkeys(name for found in worlds.values() for name in found[0]))
    print(f"\n| {title} | {' | '.join(names)} |\n|---|{'---|' * len(names)}")
    for world, found in worlds.items():
        cells = []
        for name in names:
            known = [one[name] for one in found if name in one]
            cells.append(said(sum(p <= ALPHA for p in known), len(known)) if known else "")
        print(f"| {world} | {' | '.join(cells)} |", flush=True)


def verdicts(n_studies):
    """From the aggregated table to the finding: how often a factor of the therapist is claimed."""
    print(
        "\n| claimed: a factor of the therapist, ICC .3 | over dyads alone | as it is judged |\n|---|---|---|"
    )
    for number, name in enumerate(("4 x 5", "6 x 4", "8 x 3")):
        rng = np.random.default_rng([43, number])
        claimed = np.zeros(2, dtype=int)
        for _ in range(n_studies):
            therapist, y, _ = study(rng, LAYOUTS[name], 0.3, 0)
            rows = pd.DataFrame(
                {
                    "dyad": [f"D{k}" for k in range(len(y))],
                    "therapist": [f"T{t}" for t in therapist],
                    "client": [f"C{k}" for k in range(len(y))],
                    "practice": np.where(therapist % 2, "yes", "no"),
                    "plv": 0.3 + 0.01 * y,
                    "above_chance": 0.1 + 0.01 * (y + 0.1 * rng.standard_normal(len(y))),
                }
            )
            full = pd.concat(
                [rows.assign(time="pre", roi=roi, band="alpha") for roi in ("frontal", "central")],
                ignore_index=True,
            )
            full["plv"] += 0.001 * rng.standard_normal(len(full))
            full["above_chance"] += 0.001 * rng.standard_normal(len(full))
            made = analyse(
                full, ["practice"], ["roi"], ["plv", "above_chance"], [], relabelings=50, bootstraps=20
            )
            for place, tables in enumerate(({k: v for k, v in made.items() if k != "therapists"}, made)):
                claimed[place] += bool(judge_factor(tables, "practice", ["plv", "above_chance"]).claims)
        print(f"| {name} | {said(claimed[0], n_studies)} | {said(claimed[1], n_studies)} |", flush=True)


def joint(n_studies):
    """Eight analyses of the same dyads (r = .64 between them): the medians of all, under relabelings."""
    worlds = {}
    for number, (shift, ratio, sizes) in enumerate(JOINT):
        rng = np.random.default_rng([44, number])
        group = np.repeat([1.0, 0.0], sizes)
        spread = np.where(group == 1, 1, ratio)
        found = []
        for k in range(n_studies):
            columns = group[relabelings(group, n_max=500, seed=(k,)).orders][:, None]
            covariate, common = rng.standard_normal((2, len(group)))
            fixed = np.column_stack([np.ones(len(group)), covariate + shift * group])
            tests = [
                relabelled_tests(
                    spread * (0.8 * common + 0.6 * rng.standard_normal(len(group))), columns, fixed
                )
                for _ in range(8)
            ]
            by = {
                "median of d": [one.d for one in tests],
                "median of t": [one.t for one in tests],
                "median of the studentised d: the joint test": [one.studentised.d for one in tests],
            }
            found.append(
                {name: share_at_least(np.abs(np.nanmedian(one, axis=0))) for name, one in by.items()}
            )
        differ = f", covariate {shift} SD apart" if shift else ""
        worlds[f"{sizes[0]} + {sizes[1]} dyads, SDs 1 and {ratio:.2g}{differ}"] = found
    table(worlds)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=2000)
    n_studies = parser.parse_args().studies
    factors(n_studies, within=False)
    factors(n_studies, within=True)
    scores(n_studies)
    joint(n_studies)
    verdicts(n_studies // 10)


if __name__ == "__main__":
    main()
