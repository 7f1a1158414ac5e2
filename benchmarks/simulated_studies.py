"""Are the tests right at the size of the pilot study? False positives, coverage, power by simulation.

Run by hand, a few minutes: python benchmarks/simulated_studies.py [--studies 1000]
Prints the table of docs/statistics/power.md; seeds are fixed. Each study has 14 dyads (7 + 7 by mindfulness,
each 5 face-to-face and 2 online), two sites and two bands that go together, and a questionnaire score.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
import time
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pingouin
from scipy import stats

from interbrain.statistics import correlation, holm, rm_anova
from interbrain.statistics.contrasts import pairwise
from interbrain.statistics.correlations import robust_correlations
from interbrain.statistics.equivalence import equivalence
from interbrain.statistics.mixed import mixed_model
from interbrain.statistics.permutation import permutation_tests
from interbrain.statistics.power import d_interval, power_of_d, standardised_difference

SITES, BANDS = ("frontal", "central"), ("theta", "alpha")
TOGETHER = np.kron([[1, 0.6], [0.6, 1]], [[1, 0.4], [0.4, 1]])  # covariance of the four cells
SD_OF_MEAN = np.sqrt(TOGETHER.mean())  # of a dyad's mean over cells: what d is counted in
FACTORS = ["mindfulness", "modality"]
ALPHA, N_BOOT = 0.05, 2_000
CELL = 3  # central alpha


@dataclass(frozen=True)
class Population:
    """What is true of the simulated studies.

    Attributes
    ----------
    d : float
        Of mindfulness, in SDs of the dyads' means.
    rho : float
        Correlation of the questionnaire score with central alpha.
    therapist : float
        Share of the variance that is the therapist's.
    skewed : bool
        Values and scores are exponentials of normal ones.
    """

    title: str
    d: float = 0.0
    rho: float = 0.0
    therapist: float = 0.0
    skewed: bool = False


POPULATIONS = (
    Population("no effect"),
    Population("no effect, therapists 30 % of the variance", therapist=0.3),
    Population("no effect, skewed", skewed=True),
    Population("mindfulness d = 1.2", d=1.2),
    Population("agreement r = -.67", rho=-0.67),
)
EQUIVALENCE = ((0.5, 7), (1.5, 7), (0.5, 40))  # bound (= the true d), dyads a group


def dyads():
    """14 dyads; one therapist is in the first two."""
    return pd.DataFrame(
        {
            "dyad": [f"D{i:02d}" for i in range(1, 15)],
            "therapist": ["T01", "T01", *(f"T{i:02d}" for i in range(2, 14))],
            "mindfulness": ["yes"] * 7 + ["no"] * 7,
            "modality": (["face-to-face"] * 5 + ["online"] * 2) * 2,
        }
    )


def study(population, rng):
    """Values of shape (n_dyads, n_cells) and a score of each dyad."""
    who = pd.factorize(dyads()["therapist"])[0]
    draw = rng.multivariate_normal(np.zeros(4), TOGETHER, size=2 * 14)
    own, therapists = draw[:14], draw[14:][who]
    values = np.sqrt(1 - population.therapist) * own + np.sqrt(population.therapist) * therapists
    rho = population.rho
    score = rho * values[:, CELL] + np.sqrt(1 - rho**2) * rng.normal(size=14)
    values[:7] += population.d * SD_OF_MEAN
    return (np.exp(values), np.exp(score)) if population.skewed else (values, score)


def tested(population, rng, seed):
    """What each test says of one study: by name, whether it finds an effect or holds the truth."""
    values, score = study(population, rng)
    about = dyads()
    cells = pd.MultiIndex.from_product([SITES, BANDS], names=["roi", "band"])
    long = pd.DataFrame(values, index=about["dyad"], columns=cells).stack(["roi", "band"], future_stack=True)
    long = long.rename("plv").reset_index().merge(about, on="dyad")
    asked = (long, "plv", "dyad", FACTORS, ["roi", "band"])

    p = rm_anova(*asked).set_index("effect")["p"]
    found = {f"ANOVA, {factor}": p[factor] <= ALPHA for factor in FACTORS}
    products = [f"{factor}:{effect}" for factor in FACTORS for effect in ("roi", "band", "roi:band")]
    found["ANOVA, a factor with site or band"] = p[products] <= ALPHA
    relabelled = permutation_tests(*asked, factor="mindfulness")
    found["permutation, mindfulness"] = relabelled["p"].iloc[0] <= ALPHA
    found["permutation, any cell, family-wise"] = relabelled["p_family"].min() <= ALPHA
    if population.therapist:
        of_therapists = permutation_tests(*asked, factor="mindfulness", units="therapist")
        found["permutation of therapists, mindfulness"] = of_therapists["p"].iloc[0] <= ALPHA

        mixed = mixed_model(*asked[:3], "therapist", *asked[3:]).set_index("term")
        found["mixed model, mindfulness"] = mixed["p"].get("mindfulness", np.nan) <= ALPHA

    found |= related(population, values, score, seed)
    if not population.skewed:
        mean = values.mean(axis=1)
        d, _, _ = standardised_difference(mean[:7], mean[7:])
        low, high = d_interval(d, 7, 7)
        found["95 % interval includes d"] = low <= population.d <= high
        pair = pairwise(*asked).set_index("effect").loc["mindfulness"]
        difference = population.d * SD_OF_MEAN * (1 if pair["level_a"] == "yes" else -1)
        holds = pair["ci_low"] <= difference <= pair["ci_high"]
        found["95 % interval includes the difference"] = holds
    return found


def related(population, values, score, seed):
    """The tests of the correlation at central alpha, and of the four cells together."""
    found = correlation(score, values[:, CELL])
    found |= robust_correlations(score, values[:, CELL], n_boot=N_BOOT, seed=seed)
    four = holm([stats.pearsonr(score, cell).pvalue for cell in values.T])
    said = {
        "Pearson": found["p"] <= ALPHA,
        "Spearman": found["p_spearman"] <= ALPHA,
        "percentage bend": found["p_percbend"] <= ALPHA,
        "Pearson, any cell, Holm": four.min() <= ALPHA,
        "Fisher's 95 % interval includes r": found["ci_low"] <= population.rho <= found["ci_high"],
        "BCa 95 % interval includes r": found["bca_low"] <= population.rho <= found["bca_high"],
    }
    return said


def should_be(name, population):
    """The right share, or what theory predicts; None where neither is known."""
    if "includes" in name:
        return 0.95
    if population.d and name == "ANOVA, mindfulness":
        return power_of_d(population.d, 7, 7)
    if population.rho and name == "Pearson":
        return float(pingouin.power_corr(r=population.rho, n=14, alpha=ALPHA))
    if population.d and name.startswith("permutation"):
        return None
    of_score = name.split(",")[0] in ("Pearson", "Spearman", "percentage bend")
    return None if population.rho and of_score else ALPHA


def interval(hits, n):
    """95 % Clopper-Pearson interval."""
    low = stats.beta.ppf(0.025, hits, n - hits + 1) if hits else 0.0
    return low, stats.beta.ppf(0.975, hits + 1, n - hits) if hits < n else 1.0


def cell(name, population, found):
    """Share of studies with its interval; bold if that leaves out what it should be; a power's prediction."""
    if found is None:
        return ""
    low, high = interval(found.sum(), found.size)
    right = should_be(name, population)
    text = f"{without_zero(found.mean())} [{without_zero(low)}, {without_zero(high)}]"
    at_most = name.startswith("equivalence")  # two one-sided tests of few dyads claim less than they may
    if right is not None and (right < low or (right > high and not at_most)):
        text = f"**{text}**"
    return text if right in (None, 0.05, 0.95) else f"{text}, predicted {without_zero(right)}"


def without_zero(share):
    return f"{share:.3f}".removeprefix("0")


def equivalent_at_the_bound(bound, n, n_studies, rng):
    """Whether studies whose true d is the bound itself are said to show that there is no difference."""
    return np.array(
        [
            equivalence(rng.normal(bound, 1, n), rng.normal(0, 1, n), bound)["p_tost"] <= ALPHA
            for _ in range(n_studies)
        ]
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000, help="of each kind")
    n_studies = parser.parse_args().studies
    started = time.perf_counter()
    results = []
    for number, population in enumerate(POPULATIONS):
        rng = np.random.default_rng([number, 14])
        said = [tested(population, rng, (number, k)) for k in range(n_studies)]
        results.append({name: np.array([one[name] for one in said]) for name in said[0]})
        print(f"{population.title}: {time.perf_counter() - started:.0f} s", file=sys.stderr, flush=True)

    print(
        f"Share of {n_studies} simulated studies of each kind [95 % interval]. Bold: the interval leaves out"
    )
    print(".05 (.95 of intervals; at most .05 of equivalence), or the power that is predicted.\n")
    print(f"| | {' | '.join(p.title for p in POPULATIONS)} |")
    print(f"|{'---|' * (len(POPULATIONS) + 1)}")
    names = list(dict.fromkeys(name for result in results for name in result))
    for name in sorted(names, key=lambda name: "includes" in name):
        row = [cell(name, p, result.get(name)) for p, result in zip(POPULATIONS, results, strict=True)]
        print(f"| {name} | {' | '.join(row)} |")
    for bound, n in EQUIVALENCE:
        found = equivalent_at_the_bound(bound, n, n_studies, np.random.default_rng([len(POPULATIONS), n]))
        name = f"equivalence claimed, true d = bound = {bound:g}, {n} + {n} dyads"
        print(f"| {name} | {cell(name, POPULATIONS[0], found)} |{'  |' * (len(POPULATIONS) - 1)}")
    print(f"\n{time.perf_counter() - started:.0f} s")


if __name__ == "__main__":
    main()
