"""Values of other people's software for signals that we simulate; writes data/estimator_references.npz.

Run by hand in an environment of its own, with NumPy, SciPy, MNE, mne-connectivity and HyPyP (pip install
--no-deps hypyp, and what its import asks for; no torch): python tests/metrics/make_references.py.
The tests need none of them. Both packages are given the analytic signals themselves, so that
filters and wavelets, in which they differ from us, stay out of the comparison.

What is not compared, because the definition differs:
- HyPyP's ccorr is the absolute value of the circular correlation: the test takes ours without its sign.
- HyPyP's envcorr correlates amplitudes, ours their logarithms, as mne-connectivity's does with log=True.
- HyPyP's documentation of coh prints the squared coherence; what it computes is not squared, as ours.
- mne-connectivity's imcoh is signed.
- mne-connectivity has ppc and wpli2_debiased over epochs only: it is given our samples as its epochs.
"""

import contextlib
import io
from importlib.metadata import version
from pathlib import Path

import mne
import numpy as np
from hypyp.analyses import compute_sync
from mne.time_frequency import EpochsSpectrumArray, EpochsTFRArray
from mne_connectivity import envelope_correlation, spectral_connectivity_epochs, spectral_connectivity_time
from scipy.signal import butter, hilbert, sosfiltfilt

SFREQ, N_EPOCHS, N_CHANNELS, N_TIMES = 100, 3, 3, 250
BANDS = {"theta": (4, 7), "alpha": (8, 12)}
FREQUENCIES = np.array([5.5, 10.0])  # names for the bands where software wants frequencies


def signals(rng):
    """Two people's analytic signals (bands, epochs, channels, times): lagged, swelling together, or not."""
    n = SFREQ * 20
    shared, own = rng.standard_normal(n), rng.standard_normal((2, N_CHANNELS, n))
    strength = np.array([[0.0, 0.7, 1.2], [0.0, 1.0, 0.4]])[:, :, None]
    members = own + strength * np.stack([np.broadcast_to(np.roll(shared, lag), (3, n)) for lag in (0, 3)])
    swell = 1 + 0.7 * np.sin(2 * np.pi * 0.4 * np.arange(n) / SFREQ)
    members[:, 1] *= swell
    z = np.empty((2, len(BANDS), N_EPOCHS, N_CHANNELS, N_TIMES), dtype=complex)
    for band, edges in enumerate(BANDS.values()):
        sos = butter(3, edges, "bandpass", fs=SFREQ, output="sos")
        continuous = hilbert(sosfiltfilt(sos, members, axis=-1), axis=-1)
        inside = continuous[..., 500 : 500 + N_EPOCHS * N_TIMES]
        z[:, band] = inside.reshape(2, N_CHANNELS, N_EPOCHS, N_TIMES).swapaxes(1, 2)
    return z


def by_hypyp(z):
    values = {}
    for mode in ("plv", "ccorr", "accorr", "coh", "imcoh", "pli", "wpli"):
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            every = compute_sync(z.transpose(0, 2, 3, 1, 4), mode, epochs_average=False)
        values[f"hypyp_{mode}"] = every[:, :, :N_CHANNELS, N_CHANNELS:].real  # between the members
    return values


def pairs():
    i, k = np.divmod(np.arange(N_CHANNELS**2), N_CHANNELS)
    return i, k + N_CHANNELS


def info():
    return mne.create_info(2 * N_CHANNELS, SFREQ, "eeg")


def by_mne_connectivity(z):
    both = np.concatenate(z, axis=2)  # (bands, epochs, channels of both, times)
    values = {}
    times = np.arange(N_TIMES) / SFREQ
    tfr = EpochsTFRArray(info(), both.transpose(1, 2, 0, 3), times, FREQUENCIES)
    for method in ("plv", "ciplv", "pli", "wpli", "coh", "imcoh"):
        result = spectral_connectivity_time(tfr, method=method, indices=pairs(), verbose="error")
        by_epoch = result.get_data().reshape(N_EPOCHS, N_CHANNELS, N_CHANNELS, len(BANDS))
        values[f"mne_{method}"] = by_epoch.transpose(3, 0, 1, 2)
    for method in ("ppc", "wpli2_debiased"):
        by_epoch = [
            # each sample of a window as an epoch's Fourier coefficient
            spectral_connectivity_epochs(
                EpochsSpectrumArray(both[:, epoch].transpose(2, 1, 0), info(), FREQUENCIES),
                method=method,
                indices=pairs(),
                verbose="error",
            )
            .get_data()
            .reshape(N_CHANNELS, N_CHANNELS, len(BANDS))
            for epoch in range(N_EPOCHS)
        ]
        values[f"mne_{method}"] = np.stack(by_epoch, axis=1).transpose(3, 1, 0, 2)
    for name, orthogonalise in (("aec", False), ("aec_orthogonalised", "pairwise")):
        by_band = [
            envelope_correlation(band, orthogonalize=orthogonalise, log=True, absolute=False).get_data(
                "dense"
            )
            for band in both
        ]
        values[f"mne_{name}"] = np.stack(by_band)[:, :, :N_CHANNELS, N_CHANNELS:, 0]
    return values


def main():
    z = signals(np.random.default_rng(20))
    values = by_hypyp(z) | by_mne_connectivity(z)
    for name, value in values.items():
        assert value.shape == (len(BANDS), N_EPOCHS, N_CHANNELS, N_CHANNELS), (name, value.shape)
    versions = [f"{name} {version(name)}" for name in ("hypyp", "mne", "mne-connectivity", "numpy", "scipy")]
    target = Path(__file__).parent / "data" / "estimator_references.npz"
    np.savez_compressed(target, z=z, versions=np.array(versions), **values)
    print(f"{target.name}: {target.stat().st_size / 1000:.0f} kB, {', '.join(versions)}")


if __name__ == "__main__":
    main()
