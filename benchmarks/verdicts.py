"""How often is each verdict given, where the truth is known? Whole studies, from table to findings.

Run by hand: python benchmarks/verdicts.py [--studies 1000] [--only null] [--processes 2] [--keep FILE]
With FILE, what was judged is kept there, and an interrupted run goes on from it. About half a second a study.
Prints the table of docs/statistics/verdicts.md; seeds are fixed. Each study is an aggregated dataset of two
sites and two bands, which the statistics and findings of the library take as they take a real one. Dyads
differ in coupling; what is measured of it depends on the signal-to-noise ratio (SNR) of both members,
as the PLV of a noisy phase does; raw PLV has the chance level besides.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import time
import warnings
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.stats import beta

from interbrain.findings.form import VERDICTS
from interbrain.findings.study import judge_study
from interbrain.statistics import analyse

SITES, BANDS = ("frontal", "central"), ("theta", "alpha")
CELLS = np.kron([[1, 0.6], [0.6, 1]], [[1, 0.4], [0.4, 1]])  # how the four cells of a dyad go together
SD_OF_MEAN = np.sqrt(CELLS.mean())  # of a dyad's mean over cells: what d is counted in
SPREAD, NOISE = 0.03, 0.3  # SD of PLV between dyads; share of it that raw PLV adds of its own
CHANCE = 0.25
MEASURES = ["plv", "above_chance"]
# What the verdicts rest on is the same with these as with the defaults, within their own error.
RELABELINGS, BOOTSTRAPS = 500, 20


@dataclass(frozen=True)
class Population:
    """What is true of the simulated studies; effects are of the factor `group`, in SDs of the dyads' means.

    Attributes
    ----------
    groups : dict of level to number of dyads
    d : dict of level to shift of the coupling
    other : list of (level, second factor's level, dyads), where there is a second factor; its effect is 1.2
    therapists : list of dyads a therapist, in their order; empty: each dyad has its own
    of_therapists : share of the variance that is the therapist's
    sd : dict of level to SD, where they differ
    coupling : mean coupling of every dyad, at full SNR; 0: none at all
    snr : shift of log SNR of the first level, in SDs
    chance : shift of the chance level of the first level, in SDs of the dyads
    rho : correlation of the score with coupling
    asked : the hypothesis whose verdicts are counted
    """

    groups: dict = field(default_factory=lambda: {"a": 7, "b": 7})
    d: dict = field(default_factory=dict)
    other: tuple = ()
    therapists: tuple = ()
    of_therapists: float = 0.0
    sd: dict = field(default_factory=dict)
    coupling: float = 0.0
    snr: float = 0.0
    chance: float = 0.0
    rho: float = 0.0
    skewed: bool = False
    asked: str = "group"


# Most dyads of "a" have the second factor's level that raises PLV: group means go the other way.
SIMPSON = (("a", "x", 5), ("a", "y", 2), ("b", "x", 1), ("b", "y", 6))
NULLS = {
    "no effect": Population(),
    "no effect, two dyads with one therapist, 30 % of the variance": Population(
        therapists=(2, *[1] * 12), of_therapists=0.3
    ),
    "no effect, chance level 1 SD higher in one group": Population(chance=1.0),
    "equal coupling, log SNR 0.8 SD apart": Population(coupling=0.3, snr=0.8),
    "no effect, 10 + 4 dyads, SDs 1 and 3": Population(groups={"a": 10, "b": 4}, sd={"a": 1, "b": 3}),
    "no effect, 6 therapists, 30 % of the variance": Population(
        therapists=(2, 2, 3, 2, 2, 3), of_therapists=0.3
    ),
    "no effect, skewed": Population(skewed=True),
    "no effect, unbalanced beside another factor's d = 1.2": Population(
        groups={"a": 7, "b": 7}, other=SIMPSON
    ),
    "no effect, three groups of 5": Population(groups={"a": 5, "b": 5, "c": 5}),
    "no correlation": Population(asked="score"),
}
TRUE = {
    "d = 0.5": Population(d={"a": 0.5}),
    "d = 1.2": Population(d={"a": 1.2}),
    "d = 1.2, 20 + 20 dyads": Population(groups={"a": 20, "b": 20}, d={"a": 1.2}),
    "d = 1.2, unbalanced beside another factor's d = 1.2": Population(d={"a": -1.2}, other=SIMPSON),
    "d = 1.2 of one of three groups of 5": Population(groups={"a": 5, "b": 5, "c": 5}, d={"a": 1.2}),
    "r = -.67": Population(rho=-0.67, asked="score"),
    "r = .67, 40 dyads": Population(groups={"a": 20, "b": 20}, rho=0.67, asked="score"),
}


def study(population: Population, rng: np.random.Generator) -> pd.DataFrame:
    """The aggregated dataset of one study, one time."""
    levels = [level for level, n in population.groups.items() for _ in range(n)]
    second = [b for _, b, n in population.other for _ in range(n)]
    n = len(levels)
    who = np.repeat(range(len(population.therapists)), population.therapists).astype(int)
    who = who if population.therapists else np.arange(n)
    own, shared = (rng.multivariate_normal(np.zeros(4), CELLS, size=n) for _ in range(2))
    share = population.of_therapists
    z = np.sqrt(1 - share) * own + np.sqrt(share) * shared[who]
    if population.skewed:
        z = (np.exp(z) - np.exp(0.5)) / np.sqrt(np.exp(2) - np.exp(1))
    score = population.rho * z.mean(axis=1) / SD_OF_MEAN + np.sqrt(1 - population.rho**2) * rng.normal(size=n)
    z *= np.array([population.sd.get(level, 1.0) for level in levels])[:, None]
    z += SD_OF_MEAN * np.array([population.d.get(level, 0.0) for level in levels])[:, None]
    if second:
        z += SD_OF_MEAN * 1.2 * (np.array(second) == "x")[:, None]
    of_first = (np.array(levels) == levels[0]) - 0.5
    log_snr = np.log(2) + 0.6 * (rng.normal(size=(2, n, 2)) + population.snr * of_first[:, None])
    locked = np.sqrt(np.exp(log_snr) / (1 + np.exp(log_snr))).prod(axis=0)[:, [0, 1, 0, 1]]
    above = locked * population.coupling + SPREAD * z
    raised = population.chance * SPREAD * SD_OF_MEAN * of_first[:, None]
    plv = CHANCE + above + raised + NOISE * SPREAD * rng.normal(size=(n, 4))
    rows = pd.DataFrame(
        {
            "dyad": np.repeat([f"D{i:02d}" for i in range(1, n + 1)], 4),
            "therapist": np.repeat([f"T{i:02d}" for i in who + 1], 4),
            "client": np.repeat([f"C{i:02d}" for i in range(1, n + 1)], 4),
            "group": np.repeat(levels, 4),
            "time": "pre",
            "roi": np.tile(np.repeat(SITES, 2), n),
            "band": np.tile(BANDS, 2 * n),
            "plv": plv.ravel(),
            "above_chance": above.ravel(),
            "score": np.repeat(score, 4),
        }
    )
    if second:
        rows["other"] = np.repeat(second, 4)
    for role, values in zip(("therapist", "client"), log_snr, strict=True):
        rows[f"snr_{role}"] = np.exp(values[:, [0, 1, 0, 1]]).ravel()
        rows[f"power_{role}"] = 10.0 * (1 + rows[f"snr_{role}"])
    return rows


def judged(population: Population, seed: list[int]) -> tuple[str, bool]:
    """The verdict on the population's hypothesis, and whether a direction is stated that is wrong."""
    rng = np.random.default_rng(seed)
    of_score = population.asked == "score"
    between = [] if of_score else ["group", *(["other"] if population.other else [])]
    scores = ["score"] if of_score else []
    tables = analyse(
        study(population, rng),
        between=between,
        within=["roi", "band"],
        measures=MEASURES,
        questionnaires=scores,
        relabelings=RELABELINGS,
        bootstraps=BOOTSTRAPS,
        seed=seed,
    )
    found = {one.hypothesis: one for one in judge_study(tables, between, scores, MEASURES)}
    one = found[population.asked]
    return one.verdict, any(is_wrong(population, claim) for claim in one.claims)


def is_wrong(population: Population, claim) -> bool:
    """Whether a claim states a direction that is not the true one, of what has one."""
    if population.asked == "score":
        return bool(population.rho) and (claim.higher == "higher") != (population.rho > 0)
    if not claim.higher:
        return False
    return population.d.get(claim.higher, 0.0) < population.d.get(claim.lower, 0.0)


PORTION = 20  # studies a process takes at a time


def some(name: str, numbers: Sequence[int]) -> pd.DataFrame:
    """The verdicts on these studies of a population; a study is the same whoever computes it, and when."""
    warnings.simplefilter("ignore")
    populations = NULLS | TRUE
    seed = list(populations).index(name) + 1
    rows = [(name, number, *judged(populations[name], [seed, number])) for number in numbers]
    return pd.DataFrame(rows, columns=KEPT)


KEPT = ["truth", "study", "verdict", "wrong"]


def with_kept(name: str, studies: int, keep: Path | None, pool: ProcessPoolExecutor) -> pd.DataFrame:
    """The verdicts on all studies of a population, of which only those that are not kept are computed."""
    there = pd.read_csv(keep, sep="\t") if keep and keep.exists() else pd.DataFrame(columns=KEPT)
    there = there[(there["truth"] == name) & (there["study"] < studies)]
    lacking = sorted(set(range(studies)) - set(there["study"]))
    portions = [lacking[k : k + PORTION] for k in range(0, len(lacking), PORTION)]
    for rows in pool.map(some, [name] * len(portions), portions):
        if keep:
            rows.to_csv(keep, sep="\t", index=False, mode="a", header=not keep.exists())
        there = pd.concat([there, rows]) if len(there) else rows
    return there


def share(count: int, n: int) -> str:
    """A share with its exact 95 % interval."""
    low = beta.ppf(0.025, count, n - count + 1) if count else 0.0
    high = beta.ppf(0.975, count + 1, n - count) if count < n else 1.0
    return f"{count / n:.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--studies", type=int, default=1000)
    parser.add_argument("--only", default="", help="a part of the name of the populations")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--keep", type=Path, help="a table of studies that were judged, which grows")
    asked = parser.parse_args()
    begun = time.process_time()
    print(f"{asked.studies} studies each; share of each verdict [95 % interval of the share of found]")
    print("| truth | found | " + " | ".join(v for v in VERDICTS if v != "found") + " | wrong direction |")
    with ProcessPoolExecutor(asked.processes) as pool:
        for name in (name for name in NULLS | TRUE if asked.only in name):
            found = with_kept(name, asked.studies, asked.keep, pool)
            counts = Counter(found["verdict"])
            cells = [share(counts["found"], len(found))]
            cells += [f"{counts[v] / len(found):.3f}".lstrip("0") for v in VERDICTS if v != "found"]
            print(f"| {name} | " + " | ".join(cells) + f" | {found['wrong'].sum()} |", flush=True)
    print(f"{time.process_time() - begun:.0f} CPU s of this process")


if __name__ == "__main__":
    main()
