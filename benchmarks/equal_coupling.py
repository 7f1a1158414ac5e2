"""Two groups of equal coupling and unequal signal-to-noise: what is taken for a difference in synchrony?

Run by hand, about 18 minutes: python benchmarks/equal_coupling.py [--dyads 1000] [--studies 2000]
Prints tables of docs/chance-calibration.md. Dyads are simulated once (5 minutes, three
electrodes, two bands, PLV and SNR by the library's own estimators); studies are drawn from them without
replacement. Seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import sys
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import stats
from simulated_people import BANDS, EDGE_S, SFREQ, SITE, background, n_samples, own_peaks, window_starts

from interbrain.chance import circular_shift_null
from interbrain.findings.confirmation import confirmed
from interbrain.findings.factors import judge_factor
from interbrain.metrics import roi_mean
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms import power as rhythms
from interbrain.rhythms.phase import band_signals, unit_phasors, windowed
from interbrain.simulate import coupled_phases
from interbrain.statistics import correlation, groups, signal_to_noise
from interbrain.statistics.bandwise import fit_bandwise
from interbrain.statistics.cells import study_cells
from interbrain.statistics.correlations import partial_correlation

DURATION_S, WINDOW_S = 300, 5
SHIFTS, MIN_SHIFT_S = 50, 5
LOG_SNR, LOG_SNR_SD = np.log(1.2), 0.6  # of a member in a band, natural logarithms
D_OF_LOG_SNR = 0.8
PLVS = (0.1, 0.3)  # a dyad's coupling is uniform between these
STRONG = 0.3  # further coupling where the PLV is .4 to .6
MORE = 0.1  # coupling of the group that is really coupled more
GROUPS = {  # shift of log SNR in SDs, further coupling
    "weak rhythms": (-D_OF_LOG_SNR / 2, 0.0),
    "strong rhythms": (D_OF_LOG_SNR / 2, 0.0),
    "weak rhythms, more coupling": (-D_OF_LOG_SNR / 2, MORE),
    "weak rhythms, strong coupling": (-D_OF_LOG_SNR / 2, STRONG),
    "strong rhythms, strong coupling": (D_OF_LOG_SNR / 2, STRONG),
}
ALPHA_BAND = list(BANDS).index("alpha")


def person(rng, snr, phases):
    """Analytic band signals (n_bands, 3, n_times) and the electrodes' signal (3, n_times), at these SNRs."""
    n_times = len(next(iter(phases.values())))
    noise = background(rng, n_times)
    tones = np.cos(np.stack(list(phases.values())))
    filtered = band_signals(np.concatenate([noise, tones]), SFREQ, BANDS, SFREQ)
    total, signal = filtered[:, :3].copy(), noise.copy()
    for band in range(len(BANDS)):
        power = (np.abs(filtered[band]) ** 2).mean(axis=-1)
        scale = np.sqrt(snr[band] * power[:3].mean() / power[3 + band])
        total += scale * filtered[:, 3 + band, None]
        signal += scale * tones[band]
    return total, signal


def measured_snr(signal):
    """As the workflow measures it: mean over the site's electrodes, shape (n_bands,)."""
    spans = [(EDGE_S, EDGE_S + DURATION_S)]
    return rhythms.band_snr(rhythms.spectrum(signal, SFREQ, spans), BANDS).mean(axis=1)


def dyad(rng, shift, more):
    """(plv, chance, SNR of the therapist, of the client), shape (4, n_bands)."""
    coupling = rng.uniform(*PLVS) + more
    pairs = {
        band: coupled_phases(n_samples(DURATION_S), SFREQ, peak, coupling, rng)
        for band, peak in own_peaks(rng).items()
    }
    snr = np.exp(LOG_SNR + LOG_SNR_SD * (shift + rng.standard_normal((2, len(BANDS)))))
    members = [person(rng, snr[who], {band: pair[who] for band, pair in pairs.items()}) for who in range(2)]
    starts = window_starts(DURATION_S, WINDOW_S)
    a, b = (windowed(unit_phasors(total), starts, WINDOW_S * SFREQ) for total, _ in members)
    null, _ = circular_shift_null(a, b, SHIFTS, MIN_SHIFT_S * SFREQ, rng)
    observed = plv(a, b).mean(axis=1, dtype=float)
    observed, null = (roi_mean(values, SITE, SITE)[0] for values in (observed, null))
    return np.stack([observed, null.mean(axis=0), *(measured_snr(signal) for _, signal in members)])


def population(name, n_dyads):
    """Many dyads of one group, shape (n_dyads, 4, n_bands)."""
    rng = np.random.default_rng([31, list(GROUPS).index(name)])
    return np.stack([dyad(rng, *GROUPS[name]) for _ in range(n_dyads)])


ALPHA = 0.05
SIZES = (7, 20, 40)  # dyads a group
COMPARED = {
    "equal coupling, unequal SNR": ("weak rhythms", "strong rhythms"),
    "equal strong coupling, unequal SNR": (
        "weak rhythms, strong coupling",
        "strong rhythms, strong coupling",
    ),
    "more coupling, equal SNR": ("weak rhythms, more coupling", "weak rhythms"),
    "more coupling, weaker SNR": ("weak rhythms, more coupling", "strong rhythms"),
}
MEASURES = ["plv", "above_chance"]


def aggregated(one, other):
    """The table of a study of these dyads, each of shape (n_dyads, 4, n_bands)."""
    values = np.concatenate([one, other])
    rows = []
    for number, dyad in enumerate(values):
        about = {"dyad": f"D{number:03d}", "therapist": f"T{number:03d}", "client": f"C{number:03d}"}
        about |= {"group": "one" if number < len(one) else "other", "time": "rest", "roi": "site"}
        for band, (observed, chance, therapist, client) in zip(BANDS, dyad.T, strict=True):
            own = {"plv": observed, "above_chance": observed - chance}
            own |= {"snr_therapist": therapist, "snr_client": client}
            rows.append(about | {"band": band} | own)
    return signal_to_noise.with_logs(pd.DataFrame(rows))


def tested(one, other):
    """What each test says of one study: by name, whether p <= .05."""
    values = np.concatenate([one, other])
    group = np.repeat([1.0, -1.0], [len(one), len(other)])
    plain = np.column_stack([np.ones_like(group), group])
    logs = np.log1p(values[:, 2:])  # (n_dyads, 2 members, n_bands)
    given = [np.column_stack([plain, own - own.mean(axis=0)]) for own in np.moveaxis(logs, -1, 0)]
    above = values[:, 0] - values[:, 1]
    fits = {
        "raw PLV": fit_bandwise(values[:, 0], [plain] * len(BANDS)),
        "above chance": fit_bandwise(above, [plain] * len(BANDS)),
        "above chance, SNR held constant": fit_bandwise(above, given),
        "the same in alpha alone": fit_bandwise(above[:, [ALPHA_BAND]], [given[ALPHA_BAND]]),
    }
    found = {name: fit.test(np.eye(len(fit.coefficients))[1:2])[1] <= ALPHA for name, fit in fits.items()}
    turned = np.ptp(np.sign([fit.coefficients[1] for fit in list(fits.values())[:3]])) > 0
    return found | {"the first three, one direction": all(list(found.values())[:3]) and not turned}


def verdicts(one, other):
    """The verdict of one study, through the library's tables (equal groups: none on spread)."""
    table = aggregated(one, other)
    cells = study_cells(table, [*MEASURES, *signal_to_noise.LOG_SNR], ["therapist", "client", "group"])
    entering = groups.entering(cells, MEASURES, groups.Model(("group",), ("band",), relabelings=400))
    tables = {name: groups.FAMILIES[name](entering) for name in ("anova", "contrasts", "permutation")}
    tables["snr"] = signal_to_noise.signal_to_noise(entering, cells, MEASURES, ())
    judged = judge_factor(tables, "group", MEASURES)
    others = [one for one in judged.reservations if "snr" not in one.kind.split()]
    found = ("found", "qualified")
    return {
        "verdict found, were SNR not asked": bool(judged.on_both) and confirmed(others) in found,
        "verdict found": judged.verdict in found,
        "verdict not apart from signal-to-noise": judged.verdict == "not-apart",
    }


def with_score(dyads, rng):
    """A score that goes with the therapist's alpha SNR (r = .5) and with nothing else, in alpha."""
    logs = np.log1p(dyads[:, 2:, ALPHA_BAND])
    own = (logs[:, 0] - logs[:, 0].mean()) / logs[:, 0].std()
    score = pd.Series(0.5 * own + np.sqrt(0.75) * rng.standard_normal(len(own)))
    above = pd.Series(dyads[:, 0, ALPHA_BAND] - dyads[:, 1, ALPHA_BAND])
    raw = pd.Series(dyads[:, 0, ALPHA_BAND])
    return {
        "r, raw PLV": correlation(score, raw)["p"] <= ALPHA,
        "r, above chance": correlation(score, above)["p"] <= ALPHA,
        "r, above chance, given both members' log SNR": partial_correlation(score, above, pd.DataFrame(logs))[
            "p"
        ]
        <= ALPHA,
    }


def shares(found):
    """Each name's share of studies with its binomial interval, ``.048 [.040, .058]``."""
    n = len(found)
    cells = {}
    for name in found[0]:
        k = int(sum(one[name] for one in found))
        low, high = stats.binomtest(k, n).proportion_ci(method="exact")
        cells[name] = f"{k / n:.3f} [{low:.3f}, {high:.3f}]".replace("0.", ".")
    return cells


def print_table(title, columns):
    """One row a test, one column a size."""
    print(f"\n{title}\n\n| | {' | '.join(columns)} |\n|---|{'---|' * len(columns)}")
    for name in next(iter(columns.values())):
        print(f"| {name} | {' | '.join(column[name] for column in columns.values())} |")


def drawn(bank, n, rng):
    return bank[rng.permutation(len(bank))[:n]]


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, default=1000, help="of each group, to draw studies from")
    parser.add_argument("--studies", type=int, default=2000, help="of each kind and size")
    parser.add_argument("--verdicts", type=int, default=200, help="studies of them that the library judges")
    parser.add_argument("--dyads-from", type=Path, help="folder in which simulated dyads are kept")
    options = parser.parse_args()
    banks = {name: kept_population(name, options.dyads, options.dyads_from) for name in GROUPS}
    for name, bank in banks.items():
        print(f"{name}: PLV above chance {(bank[:, 0] - bank[:, 1]).mean():.3f}", file=sys.stderr)
    for title, pair in COMPARED.items():
        columns = {}
        for n in SIZES:
            cells = {}
            for test, count in ((tested, options.studies), (verdicts, options.verdicts)):
                rng = np.random.default_rng([32, n])
                cells |= shares([test(*(drawn(banks[one], n, rng) for one in pair)) for _ in range(count)])
            columns[f"{n} + {n} dyads"] = cells
        print_table(title, columns)
    columns = {}
    for n in (14, 40, 80):
        rng = np.random.default_rng([33, n])
        scored = [with_score(drawn(banks["strong rhythms"], n, rng), rng) for _ in range(options.studies)]
        columns[f"{n} dyads"] = shares(scored)
    print_table("a score that goes with one member's SNR", columns)


def kept_population(name, n_dyads, folder):
    """`population`, from the folder if it is there."""
    path = folder / f"{name.replace(' ', '_')}_{n_dyads}.npy" if folder else None
    if path and path.exists():
        return np.load(path)
    found = population(name, n_dyads)
    if path:
        np.save(path, found)
    return found


if __name__ == "__main__":
    main()
