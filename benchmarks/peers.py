"""How fast other people's packages are beside ours, within one process.

Called by kernels.py with an interpreter that has them: HyPyP, mne-connectivity and numba are not in our
environment. Prints a table; a package that is absent is said to be.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import contextlib
import importlib.metadata
import importlib.util
import io
import warnings

from timing import best_times, random_phasors  # before NumPy: it sets the threads

import numpy as np  # isort: skip

from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import band_phasors, unit_phasors, windowed

N_CHANNELS, N_EPOCHS, N_TIMES = 32, 300, 500


def has(package):
    if importlib.util.find_spec(package) is None:
        print(f"  {package} is not installed there: its rows are left out.")
        return False
    return True


def hypyp_variants(a, b):
    """HyPyP also computes the pairs within each brain: 64 x 64 instead of 32 x 32."""
    from hypyp import analyses

    signal = np.stack([a.swapaxes(0, 1), b.swapaxes(0, 1)])  # (2, epochs, bands, channels, times)
    signal = signal.transpose(0, 1, 3, 2, 4)  # (2, epochs, channels, bands, times)

    def run(optimization):
        with contextlib.redirect_stdout(io.StringIO()), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            options = {} if optimization is None else {"optimization": optimization}
            return analyses.compute_sync(signal, "plv", epochs_average=False, **options)

    variants = {}
    for optimization, title in ((None, "default"), ("numba", "numba")):
        try:
            found = run(optimization)  # compiles, too
        except Exception as error:  # a version may lack the option
            print(f"  HyPyP's {title} back end does not run here ({error}).")
            continue
        theirs = np.asarray(found)[:, :, :N_CHANNELS, N_CHANNELS:]  # (bands, epochs, channels, channels)
        difference = np.abs(theirs - plv(unit_phasors(a), unit_phasors(b))).max()
        print(f"  HyPyP {title}: values differ from ours by at most {difference:.1e}")
        variants[f"HyPyP, {title} back end (4 x the pairs)"] = lambda o=optimization: run(o)
    return variants


def numba_loop(a, b):
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
    return lambda: loop(a, b, out)


def pair_loop(a, b):
    out = np.empty((*a.shape[:3], b.shape[2]), np.float32)
    for band, epoch, i, k in np.ndindex(out.shape):
        out[band, epoch, i, k] = np.abs(np.mean(a[band, epoch, i] * b[band, epoch, k].conj()))
    return out


def show(title, best):
    print(f"\n  {title}")
    ours = next(iter(best.values()))
    for name, seconds in best.items():
        print(f"    {name:<58}{seconds * 1e3:10.1f} ms{seconds / ours:9.1f} x")


def from_phasors(rng):
    a, b = (random_phasors(rng, 2, N_EPOCHS, N_CHANNELS, N_TIMES) for _ in range(2))
    variants = {
        "ours, unit phasors": lambda: plv(a, b),
        "numpy einsum": lambda: np.abs(np.einsum("...it,...kt->...ik", a, b.conj())) / N_TIMES,
    }
    if has("numba"):
        variants["numba loop over pairs and samples"] = numba_loop(a, b)
    best, _ = best_times(variants, 3)
    few, _ = best_times({"loop": lambda: pair_loop(a[:, :10], b[:, :10])}, 1)
    best["Python loop over pairs (10 windows, scaled up)"] = few["loop"] * N_EPOCHS / 10
    show(f"PLV of unit phasors, 2 bands x {N_EPOCHS} windows x 32 x 32 pairs x {N_TIMES} samples", best)


def from_analytic_signals(rng):
    a, b = (
        random_phasors(rng, 2, N_EPOCHS, N_CHANNELS, N_TIMES)
        * rng.rayleigh(size=(2, N_EPOCHS, N_CHANNELS, N_TIMES)).astype(np.float32)
        for _ in range(2)
    )
    variants = {"ours, analytic signals": lambda: plv(unit_phasors(a), unit_phasors(b))}
    if has("hypyp"):
        variants |= hypyp_variants(a, b)
    best, _ = best_times(variants, 3)
    show("PLV of analytic signals, normalising included; the same shape", best)
    print("    HyPyP computes all 64 x 64 pairs, those within each brain and both ways round, where 32 x 32")
    print("    are asked for: 4 x the pairs. The ratios contain that; a quarter compares like with like.")


def from_raw(rng):
    if not has("mne_connectivity"):
        return
    import mne_connectivity

    data = rng.standard_normal((2 * N_CHANNELS, N_EPOCHS * N_TIMES))
    few = 20
    epochs = data[:, : few * N_TIMES].reshape(-1, few, N_TIMES).swapaxes(0, 1)
    between = tuple(x.ravel() for x in np.meshgrid(range(32), range(32, 64), indexing="ij"))

    def ours():
        starts = N_TIMES * np.arange(N_EPOCHS)
        bands = {"theta": (4, 7), "alpha": (8, 12)}
        a, b = (windowed(band_phasors(x, 500, bands, 500), starts, N_TIMES) for x in (data[:32], data[32:]))
        plv(a, b)

    def theirs():
        mne_connectivity.spectral_connectivity_time(
            epochs, [5.5, 10.0], method="plv", indices=between, sfreq=500, n_cycles=2, verbose="error"
        )

    theirs()  # compiles and warms up
    best, _ = best_times({"ours, filter and phase of the whole recording included": ours, "few": theirs}, 2)
    best["mne-connectivity, spectral_connectivity_time (20, scaled up)"] = best.pop("few") * N_EPOCHS / few
    show(f"PLV of {N_EPOCHS} windows of 1 s at 500 Hz from real signals, 2 bands, 32 x 32 pairs", best)
    print("    mne-connectivity takes one wavelet a band within each window instead of a band-pass filter on")
    print("    the continuous recording: the same pairs, not the same numbers.")


def main():
    found = []
    for package in ("hypyp", "mne-connectivity", "numba", "numpy"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            found.append(f"{package} {importlib.metadata.version(package)}")
    print(f"  {', '.join(found)}")
    rng = np.random.default_rng(0)
    from_phasors(rng)
    from_analytic_signals(rng)
    from_raw(rng)


if __name__ == "__main__":
    main()
