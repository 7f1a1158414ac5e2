"""One EDF file with skin conductance and nothing else: from the tables to coordination, as a user runs it."""

import sys
from pathlib import Path

import pandas as pd
import yaml

from .conftest import run

sys.path.insert(0, str(Path(__file__).parents[1] / "signals"))
from two_in_one_file import make_lab

TABLE = "results/derivatives/interbrain/group/task-rest_desc-coordination_values.tsv"


def test_a_lab_with_one_file_gets_its_table_of_coordination(tmp_path):
    config = make_lab(tmp_path / "lab", 60)
    short = {"window_s": 15, "step_s": 5, "lag_s": 2, "min_shift_s": 10, "n_shifts": 20}
    (tmp_path / "lab/config/config.yaml").write_text(yaml.safe_dump(config | {"signals": short}))
    done = run(tmp_path / "lab", TABLE)
    assert done.returncode == 0, done.stdout[-3000:]
    table = pd.read_csv(tmp_path / "lab" / TABLE, sep="\t", na_values=["n/a"]).set_index("measure")
    assert table.loc["wcc_absolute", ["dyad", "kind"]].tolist() == ["D01", "eda"]
    assert table.loc["wcc_absolute", "above_chance"] > 0
    again = run(tmp_path / "lab", TABLE, "--dry-run")
    assert "Nothing to be done" in again.stdout


def test_a_study_without_signals_plans_none_of_their_jobs(tmp_path):
    config = make_lab(tmp_path / "lab", 8)
    config = config | {"tables": {name: path for name, path in config["tables"].items() if name != "signals"}}
    (tmp_path / "lab/config/config.yaml").write_text(yaml.safe_dump(config))
    done = run(tmp_path / "lab", "--dry-run")
    assert done.returncode == 0, done.stdout[-3000:]
    assert "synchrony" in done.stdout
    for rule in ("physio", "rule signals", "rule coordination", "signal_statistics", "brain_body"):
        assert rule not in done.stdout
