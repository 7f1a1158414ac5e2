"""How many minutes, how long a window: what a coupled dyad needs to be told from chance.

Run by hand, about 15 minutes: python benchmarks/chance_power.py [--dyads 200] [--figure FILE]
Prints the table of docs/chance.md and draws its figure. Oscillators of known PLV at in-band SNR 1 on 1/f
background, circular-shift chance level; seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
from scipy import stats
from simulated_people import BANDS, SFREQ, SITE, coupled_people, window_starts

from interbrain.chance import circular_shift_null, summary
from interbrain.metrics import arranged, roi_mean
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import unit_phasors, windowed
from interbrain.simulate import attenuation

MINUTES = (1, 2, 5, 10)
LENGTHS_S = (1, 2, 5, 10)
PLVS = (0.0, 0.2, 0.3, 0.5)
SNR = 1.0
MIN_SHIFT_S = 5
WHOLE = "whole recording"
CELLS = [*product(MINUTES, (*LENGTHS_S, WHOLE))]


def dyad(coupling, rng):
    """(above, p) of one dyad for all minutes and windows, shape (2, n_cells, n_bands)."""
    phasors = [unit_phasors(member) for member in coupled_people(rng, SNR, coupling, 60 * MINUTES[-1])]
    found = []
    for minutes, length_s in CELLS:
        over = "recording" if length_s == WHOLE else "time"
        window_s = 10 if length_s == WHOLE else length_s
        starts = window_starts(60 * minutes, window_s)
        a, b = (windowed(member, starts, window_s * SFREQ) for member in phasors)
        null, _ = circular_shift_null(a, b, 199, MIN_SHIFT_S * SFREQ, rng, over=over)
        observed = plv(arranged(a, over), arranged(b, over)).mean(axis=1, dtype=float)
        chance = summary(*(roi_mean(values, SITE, SITE)[0] for values in (observed, null)))
        found.append((chance.above, chance.p))
    return np.array(found).swapaxes(0, 1)


def dyads_per_group(d, power=0.8):
    """Smallest equal groups in which a two-sided t-test at .05 finds an effect of size d."""
    for n in range(2, 2000):
        df, shift = 2 * n - 2, d * np.sqrt(n / 2)
        limit = stats.t.ppf(0.975, df)
        if stats.nct.sf(limit, df, shift) + stats.nct.cdf(-limit, df, shift) >= power:
            return n
    return None


def tell_apart(results, band):
    """For each PLV and cell: share found in single dyads, and dyads per group against uncoupled ones."""
    found = {c: (p[:, :, band] <= 0.05).mean(axis=0) for c, (_, p) in results.items()}
    none = results[0.0][0][:, :, band]
    groups = {}
    for coupling in PLVS[1:]:
        some = results[coupling][0][:, :, band]
        pooled = np.sqrt((none.var(axis=0, ddof=1) + some.var(axis=0, ddof=1)) / 2)
        groups[coupling] = [dyads_per_group(d) for d in (some.mean(axis=0) - none.mean(axis=0)) / pooled]
    return found, groups


def print_tables(results):
    for band, name in enumerate(BANDS):
        found, groups = tell_apart(results, band)
        print(f"\n{name}: share of single dyads with p <= .05, and dyads per group that tell them from")
        print("uncoupled ones (t-test of PLV above chance, power .8, alpha .05 two-sided)")
        head = ["minutes", "window", "PLV 0", *(f"PLV {c}" for c in PLVS[1:])]
        print(f"\n| {' | '.join(head)} |\n|{'---|' * len(head)}")
        for at, (minutes, length_s) in enumerate(CELLS):
            window = length_s if length_s == WHOLE else f"{length_s} s"
            cells = [f"{found[c][at]:.2f}; {groups[c][at] or 'over 2000'}" for c in PLVS[1:]]
            print(f"| {' | '.join([str(minutes), window, f'{found[0.0][at]:.2f}', *cells])} |")


def draw(results, path):
    import matplotlib

    matplotlib.use("svg")
    from matplotlib import pyplot as plt

    plt.rcParams.update({"svg.fonttype": "none", "svg.hashsalt": "interbrain", "font.family": "sans-serif"})
    found, groups = tell_apart(results, list(BANDS).index("alpha"))
    figure, axes = plt.subplots(2, 3, figsize=(7.8, 4.6), sharex=True, sharey="row", layout="constrained")
    colours = dict(
        zip((*LENGTHS_S, WHOLE), ("#88ccee", "#44aa99", "#4477aa", "#332288", "#cc6677"), strict=True)
    )
    for column, coupling in enumerate(PLVS[1:]):
        for length_s, colour in colours.items():
            at = [CELLS.index((minutes, length_s)) for minutes in MINUTES]
            label = length_s if length_s == WHOLE else f"{length_s}-s windows"
            line = {"color": colour, "marker": "o", "markersize": 3, "label": label}
            axes[0, column].plot(MINUTES, found[coupling][at], **line)
            needed = [groups[coupling][i] or np.nan for i in at]
            axes[1, column].plot(MINUTES, needed, **line)
        axes[0, column].set_title(f"oscillators' PLV {coupling}")
        axes[1, column].set(xlabel="minutes of clean data", xscale="log", yscale="log")
        axes[1, column].set_xticks(MINUTES, [str(m) for m in MINUTES])
        axes[1, column].minorticks_off()
    axes[0, 0].set(ylabel="dyads found, p ≤ .05", ylim=(0, 1.03))
    axes[1, 0].set_ylabel("dyads per group")
    axes[1, 0].set_yticks([3, 10, 30, 100, 300], ["3", "10", "30", "100", "300"])
    axes[0, 2].legend(frameon=False, fontsize="small", loc="lower right")
    for axis in axes.flat:
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, default=200, help="of each PLV")
    parser.add_argument("--figure", type=Path, help="where to draw the figure, as SVG")
    options = parser.parse_args()
    results = {}
    for coupling in PLVS:
        rng = np.random.default_rng([20, round(100 * coupling)])
        rows = np.array([dyad(coupling, rng) for _ in range(options.dyads)])
        results[coupling] = rows[:, 0], rows[:, 1]
        print(f"PLV {coupling} done", file=sys.stderr)
    kept = float(attenuation(SNR)) ** 2
    print(f"{options.dyads} dyads of each PLV; SNR {SNR:g} at the sensors keeps {kept:.2f} of it.")
    print_tables(results)
    if options.figure:
        draw(results, options.figure)


if __name__ == "__main__":
    main()
