"""Fifty-six recordings converted by parallel jobs, over and over from nothing: complete, and always the same?

Run by hand: python benchmarks/conversion_stress.py [repetitions] [jobs]; by default 20 times with 8 jobs.
Each repetition runs the workflow from raw files to the validated dataset in a temporary folder. Ends with
exit status 1 if a table ever lacks a row, a byte ever differs, or the official validator ever finds anything.
"""
# ruff: noqa: E402  the library is found by its path

import hashlib
import json
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

REPOSITORY = Path(__file__).resolve().parents[1]

from interbrain.formats.poly5_writing import write_poly5

N_DYADS, TIMES, ROLES = 14, ("pre", "post"), ("therapist", "client")
CHANNELS = ["F3", "Fz", "F4", "C3", "Cz", "C4"]
SECONDS, SFREQ = 20, 250
PULSES = np.array([1.7, 4.1, 6.2, 9.9, 11.3, 14.8, 18.2])


def write_study(folder: Path) -> None:
    """Raw files, tables and config; every second therapist sees two dyads."""
    rng = np.random.default_rng(1)
    (folder / "raw").mkdir()
    (folder / "config").mkdir()
    dyads, recordings = [], []
    for n in range(N_DYADS):
        dyad = f"D{n + 1:02d}"
        dyads.append((dyad, f"T{n // 4 * 2 + min(n % 4, 1) + 1:02d}", f"C{n + 1:02d}", ("a", "b")[n % 2]))
        for time_ in TIMES:
            names = {role: f"{dyad}_{time_}_{role}.Poly5" for role in ROLES}
            recordings.append((dyad, time_, *names.values(), "markers"))
            for name, offset in zip(names.values(), (0.0, 0.3), strict=True):
                at = np.arange(SECONDS * SFREQ) / SFREQ
                trigger = np.full(len(at), 8.0)
                for pulse in PULSES + offset:
                    trigger[(at >= pulse) & (at < pulse + 0.04)] = 0
                eeg = rng.standard_normal((len(CHANNELS), len(at))) * 20
                units = ["µVolt"] * len(CHANNELS) + [""]
                write_poly5(
                    folder / "raw" / name, np.vstack([eeg, trigger]), SFREQ, [*CHANNELS, "Digi"], units
                )
    for name, rows, columns in (
        ("dyads", dyads, ["dyad", "therapist", "client", "group"]),
        ("recordings", recordings, ["dyad", "time", "therapist_file", "client_file", "sync"]),
    ):
        table = pd.DataFrame(rows, columns=columns)
        table.to_csv(folder / f"config/{name}.tsv", sep="\t", index=False)
    config = {
        "title": "Conversion stress",
        "authors": ["A", "B"],
        "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
        "raw_folder": "raw",
        "times": list(TIMES),
        "factors": {"group": ["a", "b"]},
        "clock": {"max_drift_error_ppm": 1000},  # seven pulses within 20 s say little of the drift
    }
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))


def convert(folder: Path, jobs: int) -> None:
    for written in ("bids", "results", ".snakemake"):
        shutil.rmtree(folder / written, ignore_errors=True)
    snakemake = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile")]
    done = subprocess.run(
        [*snakemake, "--directory", str(folder), "--cores", str(jobs), "results/validation.json"],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        sys.exit(f"the workflow stopped:\n{done.stderr[-3000:]}")


def incomplete(folder: Path) -> list[str]:
    """Tables that do not have as many rows as the study."""
    dyads = pd.read_csv(folder / "config/dyads.tsv", sep="\t")
    bids, n_people = folder / "bids", len(set(dyads["therapist"]) | set(dyads["client"]))

    def rows(pattern):
        return sum(len(pd.read_csv(table, sep="\t")) for table in bids.glob(pattern))

    expected = {
        "participants.tsv": n_people,
        "dyads.tsv": N_DYADS,
        "sub-*/sub-*_sessions.tsv": 2 * N_DYADS,
        "sub-*/ses-*/*_scans.tsv": 2 * N_DYADS * len(TIMES),
    }
    return [f"{table}: {rows(table)} rows, not {n}" for table, n in expected.items() if rows(table) != n]


def content(folder: Path) -> dict[str, str]:
    files = [f for part in ("bids", "results") for f in (folder / part).rglob("*") if f.is_file()]
    return {
        f.relative_to(folder).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in files
        if "logs" not in f.parts
    }


def main(repetitions: int = 20, jobs: int = 8) -> None:
    faulty, first = 0, None
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        write_study(folder)
        for number in range(1, repetitions + 1):
            begun = time.perf_counter()
            convert(folder, jobs)
            took = time.perf_counter() - begun
            now = content(folder)
            first = first or now
            said = json.loads((folder / "results/validation.json").read_text(encoding="utf-8"))
            faults = incomplete(folder)
            faults += [f"{f}: other bytes" for f in sorted(now.keys() | first) if now.get(f) != first.get(f)]
            faults += said["messages"]
            faulty += bool(faults)
            verdict = f"{said['errors']} errors, {said['warnings']} warnings, {len(now)} files the same"
            print(f"{number:3d}  {took:6.1f} s  {'; '.join(faults[:5]) or verdict}", flush=True)
    recordings = 2 * N_DYADS * len(TIMES)
    print(
        f"{repetitions} times {recordings} recordings with {jobs} jobs: {repetitions - faulty} without fault"
    )
    sys.exit(bool(faulty))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
