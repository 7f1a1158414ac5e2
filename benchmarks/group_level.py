"""What the group level costs at several numbers of dyads: CPU seconds, memory and bytes of each script.

Run by hand: python benchmarks/group_level.py [--like RESULTS] [--keep FOLDER] [numbers of dyads]. RESULTS is
the results folder of a finished run, by default the demo's here. Each study is written in a temporary folder:
its settings and tables as benchmarks/plan.py writes them, with a grid of choices, and of each dyad the files
that the rules write before the group level. These are a dyad's of RESULTS under other names, with its numbers
moved at random; every dyad of RESULTS serves in turn. Snakemake then runs the rules of the group level, one
after the other, each in a process of its own that loads its libraries itself, as a job on a cluster does.

The table's last column says how what is added grows: x in dyads ** x, from the three largest numbers of dyads
(1: as the dyads do; 2: as their pairs do). What a script costs before it begins is not in it.
Not a test: nothing here passes or fails; tests/report/test_growth.py and tests/group/test_growth.py hold that
nothing grows faster than the study.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
from plan import ROLES, ROOT, TIMES, write_study

from interbrain.files.tables import read_table, write_table
from interbrain.tables.lags import LAGS
from interbrain.tables.pseudodyads import PSEUDODYADS
from interbrain.tables.synchrony import CHANNELS, SITES
from interbrain.tables.variants import VARIANTS
from interbrain.tables.windows import LEDGER

RULES = (
    *("aggregate", "analyse", "lag_statistics", "channel_pairs", "multiverse", "findings"),
    *("provenance", "join_pseudodyads", "report"),
)
MULTIVERSE = (
    "multiverse:\n  length_s: [2, 10]\n  rois: {midline: {frontal: [Fz], central: [Cz]}}\n"
    "  correction: [z_chance]\n"
)
DERIVATIVES = Path("derivatives/interbrain")
DYADS_A_PART = 200  # as in workflow/rules/study.smk
# The tables of a dyad and run that the group level reads, and which of their numbers differ between dyads.
OF_A_RUN = {
    "roi_plv": (SITES, ("value", "above_chance")),
    "channels_plv": (CHANNELS, ("value", "above_chance")),
    "lags_plv": (LAGS, ("value",)),
    "variants_synchrony": (VARIANTS, ("value", "above_chance")),
    "windows_ledger": (LEDGER, ()),
}
BETWEEN_DYADS, WITHIN_DYADS = 0.03, 0.02  # standard deviations of PLV that are added
BETWEEN_RHYTHMS = 0.2  # of the logarithm of power and signal-to-noise


class Like:
    """The files of one dyad and run of a finished run, read once, to be written again under other names."""

    def __init__(self, results, dyad, run, members):
        stem = results / DERIVATIVES / f"dyads/dyad-{dyad}/dyad-{dyad}_task-rest_run-{run}_desc"
        self.tables = {name: read_table(f"{stem}-{name}.tsv", table) for name, (table, _) in OF_A_RUN.items()}
        self.pictures = {role: f"{stem}-{role}_summary.webp" for role in ROLES}
        self.files = {}
        for role, person in members.items():
            clean = results / DERIVATIVES / _recording(person, dyad, run)
            self.files[role] = (
                json.loads((results / _facts(person, dyad, run)).read_text(encoding="utf-8")),
                Path(f"{clean}_desc-clean_eeg.json").read_bytes(),
                Path(f"{clean}_desc-clean_spectra.npz").read_bytes(),
            )
        strangers = read_table(
            results / DERIVATIVES / f"group/task-rest_run-{run}_desc-pseudodyads_plv.tsv", PSEUDODYADS
        )
        self.strangers = strangers[strangers["dyad"] == dyad]

    def write(self, results, dyad, run, members, rng):
        """The files of one dyad and run; returns its rows of the comparison with strangers."""
        stem = results / DERIVATIVES / f"dyads/dyad-{dyad}/dyad-{dyad}_task-rest_run-{run}_desc"
        stem.parent.mkdir(parents=True, exist_ok=True)
        own = BETWEEN_DYADS * rng.standard_normal()
        for name, (table, moved) in OF_A_RUN.items():
            frame = self.tables[name].copy()
            by = own + WITHIN_DYADS * rng.standard_normal(len(frame))
            for column in moved:
                frame[column] = frame[column] + by
            for column in frame.columns[frame.columns.str.startswith(("power_", "snr_"))]:
                frame[column] = frame[column] * np.exp(BETWEEN_RHYTHMS * rng.standard_normal())
            if "dyad" in frame:
                frame["dyad"] = dyad
            write_table(Path(f"{stem}-{name}.tsv"), frame, table)
        for role, picture in self.pictures.items():
            os.symlink(picture, f"{stem}-{role}_summary.webp")
        for role, (facts, account, spectra) in self.files.items():
            person = members[role]
            clean = results / DERIVATIVES / _recording(person, dyad, run)
            clean.parent.mkdir(parents=True, exist_ok=True)
            Path(f"{clean}_desc-clean_eeg.json").write_bytes(account)
            Path(f"{clean}_desc-clean_spectra.npz").write_bytes(spectra)
            path = results / _facts(person, dyad, run)
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(facts | {"dyad": dyad, "participant": person}, indent=1))
        moved = {name: self.strangers[name] + own for name in ("own_above_chance", "above_pseudo")}
        return self.strangers.assign(dyad=dyad, **moved)


def _recording(person, dyad, run):
    return f"sub-{person}/ses-{dyad}/eeg/sub-{person}_ses-{dyad}_task-rest_run-{run}"


def _facts(person, dyad, run):
    return f"conversion/sub-{person}_ses-{dyad}_run-{run}.json"


def finished(results):
    """What a finished run has of each of its dyads: by dyad and run."""
    found = {}
    for file in sorted((results / "conversion").glob("*.json")):
        facts = json.loads(file.read_text(encoding="utf-8"))
        found.setdefault((facts["dyad"], facts["run"]), {})[facts["role"]] = facts["participant"]
    if not found:
        sys.exit(f"{results} is not the results folder of a finished run: make demo first, or name another.")
    return {key: Like(results, *key, members) for key, members in found.items()}


def write_group_study(folder, n_dyads, like):
    """A study of which everything before the group level is there; `like` is what `finished` returns."""
    write_study(folder, n_dyads)
    config = folder / "config/config.yaml"
    text = config.read_text(encoding="utf-8")
    assert text.count("multiverse: null\n") == 1
    config.write_text(text.replace("multiverse: null\n", MULTIVERSE), encoding="utf-8")
    results, rng = folder / "results", np.random.default_rng(n_dyads)
    templates = sorted({dyad for dyad, _ in like})
    rows = pd.read_csv(folder / "config/dyads.tsv", sep="\t", dtype=str).to_dict("records")
    strangers = {run: [] for run, _ in enumerate(TIMES, 1)}
    for number, row in enumerate(rows):
        for run in strangers:
            one = like[templates[number % len(templates)], run]
            strangers[run].append(one.write(results, row["dyad"], run, row, rng))
    for run, tables in strangers.items():
        _write_strangers(results, run, tables)
    (results / "validation.json").write_text(
        json.dumps({"errors": 0, "warnings": 0, "messages": [], "validator_version": "3.0.2"})
    )


def _write_strangers(results, run, tables):
    """The comparison with strangers: one table, or its parts where the workflow divides it."""
    if len(tables) <= DYADS_A_PART:
        path = results / DERIVATIVES / f"group/task-rest_run-{run}_desc-pseudodyads_plv.tsv"
        path.parent.mkdir(parents=True, exist_ok=True)
        write_table(path, pd.concat(tables), PSEUDODYADS)
        return
    folder = results / "pseudodyads"
    folder.mkdir(exist_ok=True)
    n_parts = -(-len(tables) // DYADS_A_PART)
    for part in range(n_parts):
        own = pd.concat(tables[part::n_parts])
        write_table(folder / f"run-{run}_part-{part + 1}.tsv", own, PSEUDODYADS)


def run_group_level(folder):
    """Run the rules of the group level; of each, CPU seconds, MB of memory, and bytes read and written."""
    command = [
        sys.executable,
        "-m",
        "snakemake",
        "--snakefile",
        ROOT / "Snakefile",
        "--cores",
        "1",
        "--quiet",
    ]
    command += ["all", "--forceall", "--allowed-rules", *RULES, "--", "results/report.html"]
    done = subprocess.run(
        command, cwd=folder, env=os.environ | {"INTERBRAIN_WARM": "off"}, capture_output=True, text=True
    )
    if done.returncode:
        sys.exit(done.stderr[-3000:])
    logs = sorted((folder / "results/logs").rglob("*.cost.tsv"), key=lambda path: path.stat().st_mtime)
    written = [
        (path.stat().st_mtime, path.stat().st_size)
        for path in [folder / "results/report.html", folder / "results/provenance.json",
                     *(folder / "results" / DERIVATIVES / "group").iterdir()]
    ]  # fmt: skip
    ended = [log.stat().st_mtime for log in logs]
    costs = {}
    for number, log in enumerate(logs):
        # Snakemake touches what a job has written when the job is over, and before the next begins.
        until = ended[number + 1] if number + 1 < len(logs) else np.inf
        row = pd.read_csv(log, sep="\t").iloc[0]
        old = costs.get(row["rule"], {"cpu_s": 0, "memory_mb": 0, "written_mb": 0})
        costs[row["rule"]] = {
            "cpu_s": old["cpu_s"] + float(row["cpu_seconds"]),
            "memory_mb": max(old["memory_mb"], float(row["max_memory_mb"])),
            "written_mb": old["written_mb"]
            + sum(size for at, size in written if ended[number] <= at < until) / 1e6,
        }
    return costs


def exponent(sizes, values):
    """How what is added grows, from three sizes: x in a + b n ** x; n/a where nothing is added."""
    if len(sizes) < 3 or values[-1] - values[-2] <= 0 or values[-2] - values[-3] <= 0:
        return None
    small, middle, large = sizes[-3:]
    target = (values[-1] - values[-2]) / (values[-2] - values[-3])
    low, high = 0.01, 4.0
    for _ in range(60):
        x = (low + high) / 2
        if (large**x - middle**x) / (middle**x - small**x) < target:
            low = x
        else:
            high = x
    return x


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("dyads", nargs="*", type=int, default=[14, 100, 1000])
    parser.add_argument("--like", type=Path, default=ROOT / "results", help="results of a finished run")
    parser.add_argument("--keep", type=Path, help="write the studies here, and keep them")
    given = parser.parse_args()
    like, found = None, []
    with tempfile.TemporaryDirectory() as temporary:
        for n_dyads in given.dyads:
            folder = (given.keep or Path(temporary)).resolve() / f"{n_dyads}"
            if not folder.exists():
                like = like or finished(given.like.resolve())
                write_group_study(folder, n_dyads, like)
            found.append(run_group_level(folder))
            print(f"{n_dyads} dyads:", json.dumps(found[-1]), file=sys.stderr, flush=True)
    sizes = given.dyads
    print(f"| script | {' | '.join(f'{n:,}' for n in sizes)} | x |")
    print(f"|---|{'---:|' * (len(sizes) + 1)}")
    for kind, unit in (("cpu_s", "CPU s"), ("memory_mb", "MB in memory"), ("written_mb", "MB written")):
        for rule in RULES:
            if not (values := [costs[rule][kind] for costs in found if rule in costs]):
                continue
            cells = [f"{costs[rule][kind]:,.1f}" if rule in costs else "" for costs in found]
            x = exponent(sizes, values) if len(values) == len(sizes) else None
            shown = "n/a" if x is None else f"{x:.2f}"
            print(f"| {rule}, {unit} | {' | '.join(cells)} | {shown} |")


if __name__ == "__main__":
    main()
