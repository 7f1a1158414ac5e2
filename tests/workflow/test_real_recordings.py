"""Six people who never met, as three pseudo-dyads: EDF without triggers, all the way to a report."""

import json

import pandas as pd
import yaml

from .conftest import run

PAIRS = [("P01", "S001", "S002", "yes"), ("P02", "S003", "S004", "no"), ("P03", "S005", "S006", "no")]


def make_null_study(folder, recordings):
    (folder / "config").mkdir(parents=True)
    pd.DataFrame(PAIRS, columns=["dyad", "therapist", "client", "mindfulness"]).to_csv(
        folder / "config/dyads.tsv", sep="\t", index=False
    )
    rows = [
        (dyad, time, f"{one}{run}.edf", f"{other}{run}.edf", "shared_start", 60)
        for dyad, one, other, _ in PAIRS
        for time, run in (("pre", "R01"), ("post", "R02"))
    ]
    columns = ["dyad", "time", "therapist_file", "client_file", "sync", "stop_s"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "config/recordings.tsv", sep="\t", index=False)
    config = {
        "title": "People who never met",
        "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
        "raw_folder": str(recordings),
        "times": ["pre", "post"],
        "factors": {"mindfulness": ["yes", "no"]},
        "line_frequency": 60,
        # One of them blinks in every window of the first run, and ICA is not part of this version.
        "windows": {"max_peak_to_peak_uv": 500},
    }
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))
    return folder


def test_people_who_never_met_are_at_chance_and_the_run_ends_with_a_report(shared, tmp_path):
    folder = make_null_study(tmp_path / "null", shared / "data/eegmmidb")
    done = run(folder)
    assert done.returncode == 0, done.stdout[-3000:]
    table = pd.read_csv(
        folder / "results/derivatives/interbrain/group/task-rest_desc-aggregated_plv.tsv", sep="\t"
    )
    above = table.groupby("dyad")["above_chance"].mean()
    assert set(above.index) == {"P01", "P02", "P03"}
    # Eight values a dyad, each with a null SD of about .013; .03 is three standard errors and more.
    assert (above.abs() < 0.03).all(), above.to_dict()
    assert (table["p_chance"] < 0.05).sum() <= 4
    validation = json.loads((folder / "results/validation.json").read_text())
    assert (validation["errors"], validation["warnings"]) == (0, 0)
    assert "People who never met" in (folder / "results/report.html").read_text(encoding="utf-8")
