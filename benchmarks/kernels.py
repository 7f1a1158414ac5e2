"""How fast the kernels are: as a share of the machine's own matrix product, and against plain formulations.

Run by hand, about 5 minutes: python benchmarks/kernels.py [--peers PYTHON] [--dyads 14 28 56 112]
Process CPU seconds on one thread, variants in turn, best of several rounds; absolute times belong to the
machine. Not a test: nothing here passes or fails, but each target is printed beside what was measured.
"""

import argparse
import json
import os
import runpy
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path
from types import SimpleNamespace

from timing import best_times, peak_memory_mb, random_phasors  # before NumPy: it sets the threads

import numpy as np  # isort: skip
import yaml

from interbrain.chance import (
    CHANCE_SHIFTS,
    circular_shift_null,
    permutation_null,
    phase_randomisation_null,
    pseudo_dyads,
    repairing_table,
    window_shift_null,
)
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import band_phasors

BANDS = {"theta": (4, 7), "alpha": (8, 12)}
N_BANDS, N_CHANNELS = 2, 32
N_EPOCHS, N_TIMES = 60, 500  # 5 minutes in windows of 5 s at 100 Hz
ONE_PAIRING = 8 * N_BANDS * N_EPOCHS * N_CHANNELS**2 * N_TIMES  # operations of one dyad's PLV
SITE = range(3)
CHANNELS = """
Fp1 Fp2 F7 F3 Fz F4 F8 FC5 FC1 FC2 FC6 T7 C3 Cz C4 T8 CP5 CP1 CP2 CP6 P7 P3 Pz P4 P8 POz O1 Oz O2 AF3 AF4 PO3
"""
ROOT = Path(__file__).resolve().parents[1]
PEOPLE_ON_DISK = 28  # files of either side; larger studies read them again

results = []
SLOW = [name for name, metric in METRICS.items() if metric.slow]


def show(title, best):
    print(f"\n{title}")
    ours = next(iter(best.values()))
    for name, seconds in best.items():
        print(f"  {name:<62}{seconds * 1e3:10.1f} ms{seconds / ours:9.1f} x")


def noted(what, measured, target):
    """A line of the summary."""
    results.append((what, measured, target))


def seconds(taken):
    return f"{taken:.3f} s" if taken < 1 else f"{taken:.2f} s"


def share(operations, taken, peak):
    return f"{operations / taken / peak:.0%} of the GEMM peak"


def one_dyad(rng):
    for n_epochs in (N_EPOCHS, 5 * N_EPOCHS):
        a, b = (random_phasors(rng, N_BANDS, n_epochs, N_CHANNELS, N_TIMES) for _ in range(2))
        best, peak = best_times({"plv": lambda a=a, b=b: plv(a, b)}, 8)
        what = f"PLV of one dyad, {n_epochs} windows of {N_TIMES} samples"
        show(f"{what}, 2 bands, 32 x 32 pairs", best)
        found = share(ONE_PAIRING * n_epochs / N_EPOCHS, best["plv"], peak)
        print(f"  {found}, which is {peak / 1e9:.0f} GFLOP/s")
        noted(what, found, "at least 40%")


def phases(rng):
    from mne.filter import filter_data
    from scipy.signal import hilbert

    for sfreq in (250, 1000):
        data = rng.standard_normal((N_CHANNELS, 300 * sfreq))

        def filter_and_hilbert(data=data, sfreq=sfreq):
            for low, high in BANDS.values():
                z = hilbert(filter_data(data, sfreq, low, high, verbose="error"), axis=-1)
                z /= np.abs(z)

        variants = {
            "band_phasors at 100 Hz": partial(band_phasors, data, sfreq, BANDS, 100),
            "band_phasors at the full rate": partial(band_phasors, data, sfreq, BANDS, sfreq),
            "mne filter_data + scipy hilbert per band": filter_and_hilbert,
        }
        best, _ = best_times(variants, 3)
        show(f"Phases, 32 channels x 300 s at {sfreq} Hz, 2 bands", best)


def by_rolling(a, b, lags, over_recording=False):
    """The plain formulation of a circular-shift null: roll, one matrix product a window, average."""
    n_bands, n_epochs, n_channels, n_times = b.shape
    train = b.swapaxes(1, 2).reshape(n_bands, n_channels, -1)
    for lag in lags:
        rolled = np.roll(train, lag, axis=-1).reshape(n_bands, n_channels, n_epochs, n_times)
        mean = a @ rolled.transpose(0, 2, 3, 1).conj() / n_times
        np.abs(mean.mean(axis=1)) if over_recording else np.abs(mean).mean(axis=1)


def nulls(rng):
    a, b = (random_phasors(rng, N_BANDS, N_EPOCHS, N_CHANNELS, N_TIMES) for _ in range(2))
    site_a, site_b = a[:, :, :6], b[:, :, :6]

    def shifts(n, over="time", members=(a, b)):
        return circular_shift_null(*members, n, N_TIMES, np.random.default_rng(0), over=over)

    def permutations():
        return permutation_null(repairing_table(a, b), 1000, np.random.default_rng(0))

    best, peak = best_times(
        {
            "200 circular shifts": lambda: shifts(200),
            "200 circular shifts, 6 x 6 channels": lambda: shifts(200, members=(site_a, site_b)),
            "table of all 60 x 60 pairings": lambda: repairing_table(a, b),
            "the table and all 59 shifts by whole windows": lambda: window_shift_null(repairing_table(a, b)),
            "the table and 1,000 permutations": permutations,
        },
        2,
    )
    lags = shifts(2)[1]
    few, _ = best_times({"loop": lambda: by_rolling(a, b, lags)}, 3)
    best["200 shifts by rolling one at a time (2, scaled up)"] = few["loop"] * 100
    show("Nulls of the mean PLV over 60 windows of 5 s, 2 bands, 32 x 32 pairs", best)
    table = share(ONE_PAIRING * N_EPOCHS, best["table of all 60 x 60 pairings"], peak)
    print(f"  table: {table}")
    noted("table of all pairings of windows", table, "at least 70%")
    noted(
        "1,000 permutations of a dyad and run", seconds(best["the table and 1,000 permutations"]), "under 4 s"
    )
    noted("200 circular shifts of window-mean PLV", seconds(best["200 circular shifts"]), "")

    best, _ = best_times({"1,000 circular shifts": lambda: shifts(1000, "recording")}, 3)
    few, _ = best_times({"loop": lambda: by_rolling(a, b, lags, over_recording=True)}, 3)
    found = seconds(best["1,000 circular shifts"])
    noted("1,000 circular shifts of PLV over the recording", found, "under 0.2 s")
    best["1,000 shifts by rolling one at a time (2, scaled up)"] = few["loop"] * 500
    show("Null of PLV over the whole recording, 2 bands, 32 x 32 pairs", best)

    slow_nulls(a, b)

    surrogates = partial(phase_randomisation_null, n_surrogates=20)
    best, _ = best_times(
        {
            "6 x 6 channels": lambda: surrogates(site_a, site_b, rng=np.random.default_rng(0)),
            "32 x 32 channels": lambda: surrogates(a, b, rng=np.random.default_rng(0)),
        },
        1,
    )
    show("200 surrogates of random phase (20, scaled up)", {name: 10 * s for name, s in best.items()})


def slow_nulls(a, b):
    """Estimators that no matrix product gives: between all channels, and between those of the ROIs."""
    variants = {}
    for name in SLOW:
        null = partial(circular_shift_null, min_shift=N_TIMES, metric=METRICS[name])
        for what, n_channels, n_shifts in ((" between ROI channels", 6, 200), ("", N_CHANNELS, 50)):
            some = a[:, :, :n_channels], b[:, :, :n_channels]
            variants[name + what] = partial(null, *some, n_shifts, rng=np.random.default_rng(0))
    best, _ = best_times(variants, 1)
    print("\n200 circular shifts of slow estimators, 2 bands; 6 x 6 ROI channels, 32 x 32 (50, scaled up)")
    for name in SLOW:
        print(f"  {name:<62}{best[name + ' between ROI channels']:10.2f} s{4 * best[name]:10.1f} s")
    slowest = max(best[name + " between ROI channels"] for name in SLOW)
    noted("200 circular shifts of the slowest estimator, ROIs", seconds(slowest), "")


def dyad_on_disk(folder):
    """Two cleaned recordings of 304 s at 250 Hz, as the stage before leaves them."""
    import mne

    rng, names = np.random.default_rng(0), CHANNELS.split()
    timing = {"offset": 0.2, "drift_ppm": 30, "residual_ms": 0.1, "drift_error_ppm": 1, "n_matched": 20}
    (folder / "facts.json").write_text(json.dumps({"clock": timing}))
    (folder / "account.json").write_text(json.dumps({"BadChannels": {}}))
    for role in ("therapist", "client"):
        data = mne.filter.filter_data(
            2e-5 * rng.standard_normal((32, 304 * 250)), 250, 1, 40, verbose="error"
        )
        raw = mne.io.RawArray(data, mne.create_info(names, 250, "eeg"), verbose="error")
        raw.save(folder / f"{role}_eeg.fif", fmt="single", verbose="error")


def dyad_alone(folder):
    """The job of a dyad and run, the script of rule synchrony with the default config, in its own process."""
    config = yaml.safe_load((ROOT / "config" / "config.yaml").read_text())
    chance = {key: config["chance"][key] for key in ("n_shifts", "min_shift_s", "n_surrogates")}
    few = ("min_clean_s", "look_below_percent")
    windows = {key: value for key, value in config["windows"].items() if key not in few}
    job = SimpleNamespace(
        input=SimpleNamespace(
            **{role: f"{folder}/{role}_eeg.fif" for role in ("therapist", "client")},
            **dict.fromkeys(("therapist_account", "client_account"), f"{folder}/account.json"),
            client_facts=f"{folder}/facts.json",
        ),
        output=SimpleNamespace(
            **{role: f"{folder}/{role}_epo.fif" for role in ("therapist", "client")},
            **{f"{role}_phases": f"{folder}/{role}_phases.npy" for role in ("therapist", "client")},
            **{table: f"{folder}/{table}.tsv" for table in ("roi", "pairs", "ledger")},
        ),
        params=SimpleNamespace(
            about={"dyad": "D01", "time": "pre", "run": 1},
            rois=config["rois"],
            bands=config["bands"],
            windows={**windows, "seed": [0]},
            decisions=[],
            events=None,
            synchrony={**chance, "seed": [0], "out_sfreq": config["phase"]["sfreq"]},
        ),
        log=[f"{folder}/log.txt"],
        wildcards={"dyad": "D01", "run": "1"},
        rule="synchrony",
    )
    start = time.process_time()
    runpy.run_path(ROOT / "workflow" / "scripts" / "synchrony.py", {"snakemake": job})
    return {"seconds": time.process_time() - start}


def people_on_disk(folder):
    rng = np.random.default_rng(0)
    for number in range(PEOPLE_ON_DISK):
        codes = rng.integers(-32767, 32768, (N_BANDS, N_EPOCHS, N_CHANNELS, N_TIMES), dtype=np.int16)
        np.save(Path(folder) / f"{number}.npy", codes)


def strangers_alone(folder, n_dyads, estimator=None):
    """All pseudo-dyads of a study from phases on disk, in a process of its own."""
    folder = Path(folder)
    people = [partial(np.load, folder / f"{i % PEOPLE_ON_DISK}.npy", mmap_mode="r") for i in range(n_dyads)]
    channels = slice(0, 6) if estimator else slice(None)
    some = [lambda opened=opened: opened()[:, :, channels] for opened in people]
    kept = [range(N_EPOCHS)] * n_dyads
    found = []

    def all_pairs():
        found[:] = [
            pseudo_dyads(
                some,
                some,
                kept,
                kept,
                ~np.eye(n_dyads, dtype=bool),
                metric=METRICS[estimator] if estimator else plv,
                reduce=lambda values: roi_mean(values, SITE, SITE)[0],
                chance_shifts=CHANCE_SHIFTS if estimator else (),
            )
        ]

    best, peak = best_times({"all": all_pairs}, 1)
    return {"seconds": best["all"], "peak": peak, "pairs": len(found[0].values)}


def alone(*arguments):
    """Run one of the functions above in a fresh process; its result and the most memory it had."""
    command = [sys.executable, __file__, "--alone", *map(str, arguments)]
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True).stdout)


def memory():
    with tempfile.TemporaryDirectory() as folder:
        dyad_on_disk(Path(folder))
        job = alone("dyad", folder)
    print("\nThe job of a dyad and run in a process of its own: cleaned recordings to windows and tables")
    print(f"  {job['seconds']:.2f} s, {job['mb']:.0f} MB at most, imports included")
    noted("memory of a dyad's job", f"{job['mb']:.0f} MB", "under 300 MB")


def pseudo(sizes):
    print(
        "\nPseudo-dyads, all therapists with all clients of other dyads, 2 bands x 60 windows x 32 x 32 pairs"
    )
    print(f"  from int16 phases in {PEOPLE_ON_DISK} files, each size of study in a process of its own")
    with tempfile.TemporaryDirectory() as folder:
        people_on_disk(folder)
        for n_dyads in sizes:
            job = alone("strangers", folder, n_dyads)
            each = 1e3 * job["seconds"] / job["pairs"]
            found = share(ONE_PAIRING * job["pairs"], job["seconds"], job["peak"])
            line = f"{each:.2f} ms a pairing, {found}, {job['mb']:.0f} MB"
            print(f"  {n_dyads:4d} dyads, {job['pairs']:6d} pairings: {line}")
            noted(f"pseudo-dyads, {n_dyads} dyads", line, "at most 8 ms, at least 70%, under 700 MB")
        print("  above the pairs' own chance, 6 x 6 channels, as the workflow does")
        for estimator in [name for name, one in METRICS.items() if one.needs == "phase"]:
            job = alone("strangers", folder, sizes[0], estimator)
            each = 1e3 * job["seconds"] / job["pairs"]
            print(
                f"  {sizes[0]:4d} dyads, {estimator}: {each:.1f} ms a pairing, {job['seconds']:.1f} s in all"
            )


def peers(python):
    print("\nOther packages, in one process with ours")
    if not python:
        print(
            "  Skipped: HyPyP, mne-connectivity and numba are not in this project's environment. To see them"
        )
        print("  beside ours, make another one and name its interpreter:")
        print("    python -m venv ENV; ENV/bin/pip install hypyp mne-connectivity numba")
        print("    make bench PEERS=ENV/bin/python")
        return
    subprocess.run([python, Path(__file__).with_name("peers.py")], check=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument(
        "--peers", default=os.environ.get("PEERS"), help="an interpreter that has HyPyP and others"
    )
    parser.add_argument("--dyads", type=int, nargs="+", default=[14, 28, 56, 112], help="sizes of studies")
    parser.add_argument("--alone", nargs="+", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.alone:
        what, *arguments = options.alone
        if what == "dyad":
            job = dyad_alone(*arguments)
        else:
            folder, n_dyads, *estimator = arguments
            job = strangers_alone(folder, int(n_dyads), *estimator)
        print(json.dumps(job | {"mb": peak_memory_mb()}))
        return
    rng = np.random.default_rng(0)
    _, peak = best_times({}, 5)
    print(f"complex64 GEMM peak in this run: {peak / 1e9:.0f} GFLOP/s on one thread; shares are of the peak")
    print("that was measured in turn with each kernel")
    one_dyad(rng)
    phases(rng)
    nulls(rng)
    memory()
    pseudo(options.dyads)
    peers(options.peers)
    print(f"\n{'':<55}{'measured':<58}target")
    for what, measured, target in results:
        print(f"{what:<55}{measured:<58}{target}")


if __name__ == "__main__":
    main()
