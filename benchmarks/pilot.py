"""A study of the pilot's size, raw files to report: time, computing and memory of each stage.

Run by hand: make pilot, or python benchmarks/pilot.py FOLDER [--cores 2] [--minutes 5]
The design is the Cambridge pilot's: 14 dyads, one therapist in two of them, ten with a therapist who
practises mindfulness and four without, seven face-to-face and seven online, a rest of five minutes before
and after the session, two amplifiers of 32 channels at 1000 Hz with a clock each. Planted are an effect
of mindfulness and none of modality. Raw files are simulated first, and not again; the run from them to the
report is what is measured.
"""

import argparse
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
import yaml

from interbrain.reproducibility.run_account import stages

REPOSITORY = Path(__file__).resolve().parents[1]
SEED = 2018
DYADS = [f"D{k:02d}" for k in range(1, 15)]
MADE_ANEW = ("bids", "results", ".snakemake")


def write_study(folder: Path, minutes: float) -> None:
    """Settings and tables of the study, from those of the demo."""
    shutil.copytree(REPOSITORY / "config", folder / "config", dirs_exist_ok=True)
    rng = np.random.default_rng(SEED)
    therapists = ["T01", *(f"T{k:02d}" for k in range(1, 14))]
    clients = [f"C{k:02d}" for k in range(1, 15)]
    mindful = np.array(["yes"] * 10 + ["no"] * 4)
    modality = np.array(["face-to-face", "online"] * 7)
    dyads = {"dyad": DYADS, "therapist": therapists, "client": clients, "mindfulness": mindful}
    write(folder, "dyads", dyads | {"modality": modality, "exclude": ""})
    people = [*dict.fromkeys(therapists), *clients]
    ages = rng.integers(25, 65, len(people))
    sexes = rng.choice(["F", "M"], len(people))
    about = {"participant": people, "age": ages, "sex": sexes, "handedness": "right"}
    write(folder, "participants", about | {"head_circumference_cm": rng.integers(54, 60, len(people))})
    runs = [(dyad, when) for dyad in DYADS for when in ("pre", "post")]
    files = {f"{role}_file": [f"{d}_{t}_{role}.Poly5" for d, t in runs] for role in ("therapist", "client")}
    recorded = {"dyad": [d for d, _ in runs], "time": [t for _, t in runs], **files, "sync": "markers"}
    write(folder, "recordings", recorded | {"start_s": "", "stop_s": ""})
    coupling = np.where(mindful == "yes", 0.6, 0.3)
    planted = {
        name: np.clip(coupling + rng.normal(0, 0.1, 14), 0, 0.9).round(2) for name in ("theta", "alpha")
    }
    clocks = {"client_offset_s": rng.normal(0, 2, 14).round(3), "client_drift_ppm": rng.integers(-30, 30, 14)}
    nothing = dict.fromkeys(
        ("lost_time", "lost_at_s", "lost_s", "therapist_artifacts", "client_artifacts"), ""
    )
    write(folder, "simulation", {"dyad": DYADS, **planted, "snr": 4, **clocks, **nothing})
    for role in ("therapist", "client"):
        answers = {f"item_{k}": rng.integers(1, 8, 14) for k in range(1, 37)}
        write(folder, f"wai_{role}", {"dyad": DYADS, **answers})
    path = folder / "config/config.yaml"
    config = yaml.safe_load(path.read_text(encoding="utf-8"))
    config["title"] = "A simulated study of the pilot's size"
    config["simulation"] |= {"duration_s": 60 * minutes, "sfreq": 1000}
    config["multiverse"] = None
    path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")


def write(folder: Path, name: str, columns: dict) -> None:
    pd.DataFrame(columns).to_csv(folder / f"config/{name}.tsv", sep="\t", index=False)


def snakemake(folder: Path, cores: int, *arguments: str) -> None:
    command = [sys.executable, "-m", "snakemake", "--snakefile", str(REPOSITORY / "Snakefile")]
    subprocess.run([*command, "--directory", str(folder), "--cores", str(cores), *arguments], check=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--cores", type=int, default=2)
    parser.add_argument("--minutes", type=float, default=5)
    asked = parser.parse_args()
    folder, raw = asked.folder.resolve(), asked.folder.resolve() / "raw"
    if not raw.is_dir():
        write_study(folder, asked.minutes)
        snakemake(folder, asked.cores, "--until", "simulate")
        (folder / "bids/sourcedata").rename(raw)
        path = folder / "config/config.yaml"
        config = yaml.safe_load(path.read_text(encoding="utf-8"))
        del config["simulation"]
        config["raw_folder"] = "raw"
        path.write_text(yaml.safe_dump(config, sort_keys=False, allow_unicode=True), encoding="utf-8")
    for made in MADE_ANEW:
        shutil.rmtree(folder / made, ignore_errors=True)
    begun = time.monotonic()
    snakemake(folder, asked.cores)
    took = time.monotonic() - begun
    table = stages(folder / "results/logs")
    table.insert(3, "share", table["cpu_seconds"] / table["cpu_seconds"].sum())
    print(table.to_string(float_format=lambda x: f"{x:.2f}"))
    within = table["cpu_seconds"].sum() / (took * asked.cores)
    print(
        f"\nRaw files to report on {asked.cores} cores: {took / 60:.1f} min; {within:.0%} of it within jobs"
    )


if __name__ == "__main__":
    main()
