"""How fast the kernels are, as ratios within one run on one thread; absolute times belong to the machine.

Run by hand: python benchmarks/kernels.py. Process CPU time, variants interleaved, best of several rounds.
Peers that are not installed are said to be absent. Not a test: nothing here passes or fails.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "NUMBA_NUM_THREADS"):
    os.environ[name] = "1"

import contextlib
import importlib.util
import io
import sys
import time
import warnings
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "workflow" / "scripts"))

from interbrain.chance import circular_shift_null
from interbrain.metrics import plv
from interbrain.phase import band_phasors, windowed

BANDS = {"theta": (4, 7), "alpha": (8, 12)}
N_CHANNELS = 32


def best_times(variants, rounds):
    """Best process CPU seconds of each variant; one call of each in every round."""
    best = dict.fromkeys(variants, np.inf)
    for _ in range(rounds):
        for name, call in variants.items():
            start = time.process_time()
            call()
            best[name] = min(best[name], time.process_time() - start)
    return best


def show(title, best, flop=None, peak=None):
    print(f"\n{title}")
    ours = next(iter(best.values()))
    for name, seconds in best.items():
        share = f"   {flop / seconds / peak:4.0%} of the GEMM peak" if flop and seconds == ours else ""
        print(f"  {name:<52}{seconds * 1e3:10.1f} ms{seconds / ours:9.1f} x{share}")


def gemm_peak():
    """complex64 operations a second of one large matrix product."""
    n = 2048
    rng = np.random.default_rng(0)
    a = (rng.standard_normal((n, n)) + 1j * rng.standard_normal((n, n))).astype(np.complex64)
    return 8 * n**3 / best_times({"peak": lambda: a @ a}, 3)["peak"]


def random_phasors(rng, *shape):
    return np.exp(2j * np.pi * rng.random(shape)).astype(np.complex64)


def hypyp_variants(a, b):
    """HyPyP computes the pairs within each brain too: 64 x 64 instead of 32 x 32, four times the pairs."""
    if importlib.util.find_spec("hypyp") is None:
        print("HyPyP is not installed: its rows are absent.")
        return {}
    from hypyp import analyses

    signal = np.stack([a.swapaxes(0, 1), b.swapaxes(0, 1)])  # (2, epochs, bands, channels, times)
    signal = signal.transpose(0, 1, 3, 2, 4)  # (2, epochs, channels, bands, times)

    def run(optimization):
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options = {} if optimization is None else {"optimization": optimization}
            return analyses.compute_sync(signal, "plv", epochs_average=False, **options)

    variants = {}
    for optimization in (None, "numba"):
        try:
            run(optimization)
        except Exception as error:  # a peer's version may lack the option
            print(f"HyPyP with optimization={optimization} does not run here ({error}).")
        else:
            variants[f"HyPyP, optimization={optimization} (4 x the pairs, normalises)"] = (
                lambda o=optimization: run(o)
            )
    return variants


def numba_variant(a, b):
    if importlib.util.find_spec("numba") is None:
        print("Numba is not installed: its row is absent.")
        return {}
    import numba

    @numba.njit(fastmath=True)
    def loop(a, b, out):
        n_bands, n_epochs, n_a, n_times = a.shape
        for band in range(n_bands):
            for epoch in range(n_epochs):
                for i in range(n_a):
                    for k in range(b.shape[2]):
                        total = np.complex64(0)
                        for t in range(n_times):
                            total += a[band, epoch, i, t] * np.conj(b[band, epoch, k, t])
                        out[band, epoch, i, k] = abs(total) / n_times

    out = np.empty((*a.shape[:3], b.shape[2]), np.float32)
    loop(a, b, out)
    return {"numba loop": lambda: loop(a, b, out)}


def plv_pair_loop(a, b):
    out = np.empty((*a.shape[:3], b.shape[2]), np.float32)
    for band, epoch, i, k in np.ndindex(out.shape):
        out[band, epoch, i, k] = np.abs(np.mean(a[band, epoch, i] * b[band, epoch, k].conj()))
    return out


def benchmark_plv(rng, peak):
    n_epochs, n_times = 300, 500
    a, b = (random_phasors(rng, 2, n_epochs, N_CHANNELS, n_times) for _ in range(2))
    variants = {
        "plv": lambda: plv(a, b),
        "einsum": lambda: np.abs(np.einsum("...it,...kt->...ik", a, b.conj())) / n_times,
        **numba_variant(a, b),
        **hypyp_variants(a, b),
    }
    best = best_times(variants, 3)
    few = best_times({"loop": lambda: plv_pair_loop(a[:, :10], b[:, :10])}, 1)["loop"]
    best["Python loop over pairs (10 windows, scaled up)"] = few * n_epochs / 10
    flop = 8 * 2 * n_epochs * N_CHANNELS**2 * n_times
    show("PLV from phasors: 2 bands x 300 windows x 32 x 32 pairs x 500 samples", best, flop, peak)


def benchmark_phase(rng):
    from mne.filter import filter_data
    from scipy.signal import hilbert

    for sfreq in (500, 1000):
        data = rng.standard_normal((N_CHANNELS, 300 * sfreq))

        def filter_and_hilbert(data=data, sfreq=sfreq):
            for low, high in BANDS.values():
                z = hilbert(filter_data(data, sfreq, low, high, verbose="error"), axis=-1)
                z /= np.abs(z)

        variants = {
            "band_phasors at 100 Hz": lambda data=data, sfreq=sfreq: band_phasors(data, sfreq, BANDS, 100),
            "band_phasors at the full rate": lambda d=data, s=sfreq: band_phasors(d, s, BANDS, s),
            "mne filter_data + scipy hilbert per band": filter_and_hilbert,
        }
        show(f"Phases: 32 channels x 300 s at {sfreq} Hz, 2 bands", best_times(variants, 4))


def null_by_rolling(a, b, lags):
    n_bands, n_epochs, n_channels, n_times = b.shape
    train = b.swapaxes(1, 2).reshape(n_bands, n_channels, -1)
    for lag in lags:
        rolled = np.roll(train, lag, axis=-1).reshape(n_bands, n_channels, n_epochs, n_times)
        products = a[:, :, :, None] * rolled.swapaxes(1, 2)[:, :, None].conj()
        np.abs(products.mean(axis=-1)).mean(axis=1)


def benchmark_null(rng, peak):
    n_epochs, n_times, n_shifts = 60, 500, 200
    a, b = (random_phasors(rng, 2, n_epochs, N_CHANNELS, n_times) for _ in range(2))

    def null(n_channels=N_CHANNELS):
        roi = np.s_[:, :, :n_channels]
        return circular_shift_null(a[roi], b[roi], n_shifts, n_times, np.random.default_rng(0))

    best = best_times({"circular_shift_null": null, "the same, 6 x 6 channels only": lambda: null(6)}, 2)
    _, lags = null(1)
    few = best_times({"loop": lambda: null_by_rolling(a, b, lags[:2])}, 1)["loop"]
    best["np.roll and multiply (2 shifts, scaled up)"] = few * n_shifts / 2
    flop = 8 * 2 * n_shifts * n_epochs * N_CHANNELS**2 * n_times
    show("Null: 200 shifts x 2 bands x 60 windows x 32 x 32 pairs x 500 samples", best, flop, peak)


def benchmark_dyad(rng):
    """What one job of the demo does from cleaned data to values above chance."""
    people = [rng.standard_normal((N_CHANNELS, 300 * 250)) for _ in range(2)]

    def dyad():
        starts = 200 + 500 * np.arange(58)
        a, b = (windowed(band_phasors(x, 250, BANDS, 100), starts, 500) for x in people)
        plv(a, b)
        circular_shift_null(a, b, 200, 500, np.random.default_rng(0))

    show("One dyad and run, cleaned data at 250 Hz to PLV and 200 shifts", best_times({"dyad": dyad}, 2))


def main():
    rng = np.random.default_rng(0)
    peak = gemm_peak()
    print(f"complex64 GEMM peak in this run: {peak / 1e9:.0f} GFLOP/s on one thread")
    benchmark_plv(rng, peak)
    benchmark_phase(rng)
    benchmark_null(rng, peak)
    benchmark_dyad(rng)


if __name__ == "__main__":
    main()
