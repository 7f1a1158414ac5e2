"""Do spatial filters that raise signal-to-noise make PLV above chance free of it? SSD against electrodes.

Run by hand, about five minutes: python benchmarks/spatial_filters.py [--dyads 40]
Prints the figures of docs/chance-calibration.md.
Whole heads with 1/f background and one alpha rhythm each, focal at Cz;
the two rhythms have the PLV that is named. SSD (Nikulin, Nolte & Curio 2011; mne.decoding.SSD) is fitted to
each member's own recording, 8 to 12 Hz against 6 to 14 Hz, and its first component is used. SNR is of Cz.
Chance is the mean over all pairings of different windows. Seeds are fixed.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse

import mne
import numpy as np

from interbrain.rhythms.phase import band_signals, unit_phasors, windowed
from interbrain.simulate import coupled_phases
from interbrain.simulate.heads import CHANNELS, background, electrode_positions, focal_field

SFREQ, DURATION_S, EDGE_S, WINDOW_S = 100, 300, 5, 5
BAND = {"alpha": (8, 12)}
PLVS, SNRS = (0.2, 0.5), (0.5, 1, 2, 4)
SITE = list(CHANNELS).index("Cz")
WIDTH_M = 0.07  # as the simulator's


def member(rng, phase, snr):
    """Cz and the first SSD component, band-passed: shape (2, n_times), and the component's SNR."""
    positions = electrode_positions(CHANNELS)
    field = focal_field(positions, positions[SITE], WIDTH_M)
    noise, rhythm = background(positions, len(phase), SFREQ, rng), np.cos(phase)
    narrow = band_signals(np.stack([noise[SITE], rhythm]), SFREQ, BAND, SFREQ)[0]
    power = (np.abs(narrow) ** 2).mean(axis=-1)
    scale = np.sqrt(snr * power[0] / power[1])
    signals = noise + field[:, None] * scale * rhythm
    info = mne.create_info(list(CHANNELS), SFREQ, "eeg", verbose="error")
    ssd = mne.decoding.SSD(
        info, {"l_freq": 8, "h_freq": 12, "l_trans_bandwidth": 1, "h_trans_bandwidth": 1},
        {"l_freq": 6, "h_freq": 14, "l_trans_bandwidth": 1, "h_trans_bandwidth": 1},
        n_components=1, return_filtered=False, sort_by_spectral_ratio=True,
    )  # fmt: skip
    with mne.utils.use_log_level("error"):
        ssd.fit(signals)
    weights = ssd.filters_[0]
    kept = [np.mean(np.abs(band_signals(weights[None] @ part, SFREQ, BAND, SFREQ)) ** 2)
            for part in (field[:, None] * scale * rhythm, noise)]  # fmt: skip
    both = np.stack([signals[SITE], weights @ signals])
    return band_signals(both, SFREQ, BAND, SFREQ)[0], kept[0] / kept[1]


def above_chance(a, b):
    """Of two courses of phase: mean over windows less that over pairings of different windows."""
    starts = SFREQ * EDGE_S + SFREQ * WINDOW_S * np.arange(DURATION_S // WINDOW_S)
    x, y = (windowed(unit_phasors(s[None, None]), starts, WINDOW_S * SFREQ)[0, :, 0] for s in (a, b))
    plv = np.abs(x @ y.conj().T) / x.shape[1]
    n = len(plv)
    return np.trace(plv) / n - (plv.sum() - np.trace(plv)) / (n * n - n)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--dyads", type=int, default=40, help="of each PLV and SNR")
    n_dyads = parser.parse_args().dyads
    print(
        "| oscillators' PLV | SNR at Cz | above chance, Cz | above chance, SSD | SNR of SSD |\n|" + "---|" * 5
    )
    for coupling in PLVS:
        for snr in SNRS:
            rng = np.random.default_rng([45, round(100 * coupling), int(10 * snr)])
            found = []
            for _ in range(n_dyads):
                peak = float(np.clip(rng.normal(10, 0.8), 8.2, 11.8))
                phases = coupled_phases((DURATION_S + 2 * EDGE_S) * SFREQ, SFREQ, peak, coupling, rng)
                (one, first), (other, second) = (member(rng, phase, snr) for phase in phases)
                both = [above_chance(one[k], other[k]) for k in (0, 1)]
                found.append([*both, np.sqrt(first * second)])
            site, component, ratio = np.mean(found, axis=0)
            print(f"| {coupling} | {snr} | {site:.3f} | {component:.3f} | {ratio:.1f} |", flush=True)


if __name__ == "__main__":
    main()
