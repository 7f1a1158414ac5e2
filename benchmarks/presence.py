"""Is there synchrony at all? How often studies of uncoupled dyads say so, and of weakly coupled ones.

Run by hand, about 5 minutes of CPU time: python benchmarks/presence.py [--studies 1000]
Prints the table of docs/statistics/presence.md. Three electrodes each, alpha, 60 windows of 5 s unless said;
seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse

import numpy as np
from scipy import stats
from simulated_chance import dyads

from interbrain.statistics.presence import flipped_t, sign_flips

# name, dyads a study, what its dyads are (number, settings), share of the studies that are simulated
WORLDS = (
    ("uncoupled, SNR 1, 14 dyads", ((14, {}),), 1.0),
    ("uncoupled, 7 of SNR .5 and 7 of SNR 6", ((7, {"snr": 0.5}), (7, {"snr": 6})), 1.0),
    ("uncoupled, 7 of 20 windows and 7 of 60", ((7, {"windows": 20}), (7, {})), 1.0),
    ("PLV .1, SNR 1, 14 dyads", ((14, {"coupling": 0.1}),), 0.2),
    ("PLV .1, SNR 1, 14 dyads, 120 windows", ((14, {"coupling": 0.1, "windows": 120}),), 0.1),
    ("PLV .1, SNR 4, 14 dyads", ((14, {"coupling": 0.1, "snr": 4}),), 0.2),
    ("PLV .2, SNR 1, 14 dyads", ((14, {"coupling": 0.2}),), 0.2),
    ("PLV .1, SNR 1, 14 dyads, PLV over the recording", ((14, {"coupling": 0.1, "over": "recording"}),), 0.2),
)
ALPHA = 0.05


def said(hits, n):
    low, high = stats.binomtest(int(hits), n).proportion_ci(method="wilson")
    text = f"{hits / n:.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")
    return text


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--studies", type=int, default=1000)
    options = parser.parse_args()
    print("| dyads | sign flips | t-test | single dyads, p <= .05 by shifts | mean above chance |")
    print("|---|---|---|---|---|")
    for number, (world, kinds, share) in enumerate(WORLDS):
        n_studies = round(options.studies * share)
        rng = np.random.default_rng([31, number])
        parts = [dyads(n * n_studies, rng, **settings) for n, settings in kinds]
        values = np.concatenate([above.reshape(n_studies, -1) for above, _ in parts], axis=1)
        single = np.concatenate([p for _, p in parts])
        for name, own in ((world, values), (world.replace("14 dyads", "8 of these dyads"), values[:, :8])):
            if name == world and own is not values:
                continue  # of two kinds of dyads
            flips = sign_flips(own.shape[1])
            t = flipped_t(own.T, flips.signs)  # a column a study: all have the same sign flips
            p_flips = np.mean(t >= t[0] * (1 - 1e-9), axis=0)
            p_t = stats.ttest_1samp(own, 0, axis=1).pvalue
            found = [said((p <= ALPHA).sum(), len(p)) for p in (p_flips, p_t, single)]
            print(f"| {name} | {' | '.join(found)} | {own.mean():.4f} |", flush=True)


if __name__ == "__main__":
    main()
