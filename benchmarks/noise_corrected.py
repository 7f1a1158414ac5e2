"""Is there an estimate of coupling that does not follow signal-to-noise? Candidates against a known truth.

Run by hand, about ten minutes: python benchmarks/noise_corrected.py [--dyads 80] [--people 800]
Prints the figures of docs/chance-calibration.md: bias over PLV and SNR,
then false positives and power between groups.
Candidates: PPC above chance over the squared attenuation that both members' SNR predicts, SNR measured
through the band filter's response; PLV above chance in windows of high amplitude. Chance is the mean over all
pairings of different windows. Seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse

import equal_coupling as groups
import mne
import numpy as np
from scipy import stats
from scipy.signal import freqz
from simulated_people import BANDS, EDGE_S, SFREQ, n_samples, own_peaks, window_starts

from interbrain.rhythms import power as rhythms
from interbrain.rhythms.phase import unit_phasors, windowed
from interbrain.simulate import attenuation, coupled_phases
from interbrain.statistics.bandwise import fit_bandwise

PLVS, SNRS = (0.2, 0.3, 0.5), (0.5, 1, 2, 4, 1000)
LENGTH = groups.WINDOW_S * SFREQ
LEAST_SNR = 0.05  # below it nothing is left to divide by
RESPONSE = np.stack(  # of the power, at the spectrum's frequencies
    [
        np.abs(freqz(mne.filter.create_filter(None, SFREQ, *band, verbose="error"), worN=at, fs=SFREQ)[1])
        ** 2
        for at in [np.arange(2 * SFREQ + 1) / 4]
        for band in BANDS.values()
    ]
)
OBSERVED, CHANCE, OBSERVED_PPC, CHANCE_PPC, STRONG, STRONG_CHANCE, *_ = range(10)


def filtered_snr(signal):
    """SNR as the band's filter lets it through, mean over the site's electrodes, shape (n_bands,)."""
    spectrum = rhythms.spectrum(signal, SFREQ, [(EDGE_S, EDGE_S + groups.DURATION_S)])
    through = [(spectrum.power @ own) / (spectrum.background @ own) - 1 for own in RESPONSE]
    return np.mean(through, axis=1)


def dyad(rng, coupling, snr):
    """What is estimated from, shape (n_bands, 10): the last four are SNR as tabled and as filtered."""
    pairs = {
        band: coupled_phases(n_samples(groups.DURATION_S), SFREQ, peak, coupling, rng)
        for band, peak in own_peaks(rng).items()
    }
    members = [groups.person(rng, snr[who], {b: pair[who] for b, pair in pairs.items()}) for who in range(2)]
    starts = window_starts(groups.DURATION_S, groups.WINDOW_S)
    analytic = [windowed(total, starts, LENGTH) for total, _ in members]
    phasors = [windowed(unit_phasors(total), starts, LENGTH) for total, _ in members]
    tabled = [groups.measured_snr(signal) for _, signal in members]
    filtered = [filtered_snr(signal) for _, signal in members]
    rows = []
    for band in range(len(BANDS)):
        n = len(starts)
        a, b = (member[band].reshape(-1, LENGTH) for member in phasors)
        plv = np.abs(a @ b.conj().T / LENGTH).reshape(n, 3, n, 3)  # every window with every other
        strength = sum(np.log(np.abs(member[band]).mean(axis=(1, 2))) for member in analytic)
        strong = np.sort(np.argsort(strength)[n // 2 :])
        every = np.arange(n)
        own = [*_above(plv, every), *_above(plv**2, every), *_above(plv, strong)]
        rows.append([*own, *(one[band] for one in (*tabled, *filtered))])
    return np.array(rows)


def _above(values, windows):
    """Mean over these windows, and over all pairings of different ones."""
    chosen = values[windows][:, :, windows]
    n = len(windows)
    observed = chosen[np.arange(n), :, np.arange(n)].mean()
    return observed, (chosen.mean() * n * n - observed * n) / (n * n - n)


def estimates(found):
    """Each candidate of dyads of shape (n_dyads, n_bands, 10): shape (n_dyads, n_bands)."""
    kept = attenuation(np.maximum(found[..., 8:], LEAST_SNR)).prod(axis=-1) ** 2
    ppc = (found[..., OBSERVED_PPC] - found[..., CHANCE_PPC]) / (1 - found[..., CHANCE_PPC])
    return {
        "PLV above chance": found[..., OBSERVED] - found[..., CHANCE],
        "the same in windows of high amplitude": found[..., STRONG] - found[..., STRONG_CHANCE],
        "the same over the attenuation": (found[..., OBSERVED] - found[..., CHANCE]) / np.sqrt(kept),
        "PPC above chance over the squared attenuation": ppc / kept,
        "its signed root": np.sign(ppc) * np.sqrt(np.abs(ppc) / kept),
    }


def print_bias(n_dyads):
    for coupling in PLVS:
        of = {snr: np.random.default_rng([41, round(100 * coupling), int(10 * snr)]) for snr in SNRS}
        found = {
            snr: estimates(np.stack([dyad(rng, coupling, np.full((2, 2), snr)) for _ in range(n_dyads)]))
            for snr, rng in of.items()
        }
        for at, band in enumerate(BANDS):
            print(f"\nPLV {coupling}, {band}\n\n| | {' | '.join(f'SNR {snr:g}' for snr in SNRS)} |")
            print(f"|---|{'---|' * len(SNRS)}")
            for name in found[SNRS[0]]:
                means = [found[snr][name][:, at].mean() for snr in SNRS]
                if name.startswith("PPC"):
                    means = np.sqrt(np.maximum(means, 0))  # as a PLV
                print(f"| {name} | {' | '.join(f'{mean:.3f}' for mean in means)} |")


def compared(one, other):
    """Of two groups, by name, whether p <= .05: t-tests of the mean over bands, and SNR as covariates."""
    pairs = [estimates(group) for group in (one, other)]
    found = {
        name: stats.ttest_ind(*(group[name].mean(axis=1) for group in pairs)).pvalue <= groups.ALPHA
        for name in pairs[0]
    }
    both = np.concatenate([one, other])
    group = np.repeat([1.0, -1.0], [len(one), len(other)])
    logs = np.log1p(both[..., 6:8])
    designs = [np.column_stack([np.ones_like(group), group, own]) for own in np.moveaxis(logs, 1, 0)]
    fit = fit_bandwise(both[..., OBSERVED] - both[..., CHANCE], designs)
    return found | {"PLV above chance, SNR held constant": fit.test(np.eye(4)[1:2])[1] <= groups.ALPHA}


def population(name, n_dyads):
    shift, more = groups.GROUPS[name]
    rng = np.random.default_rng([42, list(groups.GROUPS).index(name)])

    def snr():
        return np.exp(groups.LOG_SNR + groups.LOG_SNR_SD * (shift + rng.standard_normal((2, len(BANDS)))))

    return np.stack([dyad(rng, rng.uniform(*groups.PLVS) + more, snr()) for _ in range(n_dyads)])


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, default=80, help="of each PLV and SNR")
    parser.add_argument("--people", type=int, default=800, help="dyads of each group")
    parser.add_argument("--studies", type=int, default=2000, help="of each kind and size")
    options = parser.parse_args()
    print_bias(options.dyads)
    of = {name: population(name, options.people) for name in list(groups.GROUPS)[:3]}
    for title in ("equal coupling, unequal SNR", "more coupling, equal SNR"):
        pair = groups.COMPARED[title]
        columns = {}
        for n in groups.SIZES:
            rng = np.random.default_rng([43, n])
            studies = [
                compared(*(groups.drawn(of[one], n, rng) for one in pair)) for _ in range(options.studies)
            ]
            columns[f"{n} + {n} dyads"] = groups.shares(studies)
        groups.print_table(title, columns)


if __name__ == "__main__":
    main()
