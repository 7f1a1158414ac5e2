"""Four people who never met, as two pseudo-dyads with closed eyes: EDF without triggers, to the report."""

import json

import pandas as pd
import pytest
import yaml

from .conftest import run

PAIRS = [("P01", "S001", "S002"), ("P02", "S005", "S006")]


def make_null_study(folder, recordings):
    (folder / "config").mkdir(parents=True)
    pd.DataFrame(PAIRS, columns=["dyad", "therapist", "client"]).to_csv(
        folder / "config/dyads.tsv", sep="\t", index=False
    )
    rows = [
        (dyad, "closed", f"{one}R02.edf", f"{other}R02.edf", "shared_start", 60) for dyad, one, other in PAIRS
    ]
    columns = ["dyad", "time", "therapist_file", "client_file", "sync", "stop_s"]
    pd.DataFrame(rows, columns=columns).to_csv(folder / "config/recordings.tsv", sep="\t", index=False)
    config = {
        "title": "People who never met",
        "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
        "raw_folder": str(recordings),
        "times": ["closed"],
        "factors": {},
        "line_frequency": 60,
        # Blinks and alpha are in twenty components; of 64 channels all of them take half of the time.
        "cleaning": {"ica": {"max_components": 20}},
        # What is asked here is in the tables of recordings and dyads.
        "statistics": {"measures": ["above_chance"], "channel_pairs": False},
    }
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))
    return folder


@pytest.mark.long
def test_people_who_never_met_are_at_chance_and_the_run_ends_with_a_report(shared, tmp_path):
    folder = make_null_study(tmp_path / "null", shared / "data/eegmmidb")
    done = run(folder)
    assert done.returncode == 0, done.stdout[-3000:]
    table = pd.read_csv(
        folder / "results/derivatives/interbrain/group/task-rest_desc-aggregated_plv.tsv", sep="\t"
    )
    above = table.groupby("dyad")["above_chance"].mean()
    assert set(above.index) == {"P01", "P02"}
    # Four values a dyad, each with a null SD of about .013; .03 is four standard errors and more.
    assert (above.abs() < 0.03).all(), above.to_dict()
    assert (table["p_chance"] < 0.05).sum() <= 2
    validation = json.loads((folder / "results/validation.json").read_text())
    assert (validation["errors"], validation["warnings"]) == (0, 0)
    assert "People who never met" in (folder / "results/report.html").read_text(encoding="utf-8")
    cleaned_as_a_sceptic_would(folder / "results/derivatives/interbrain/group/task-rest_desc")


def cleaned_as_a_sceptic_would(group):
    """What is known of these four: strong mains in S005, gel bridges all over S006, alpha."""
    quality = pd.read_csv(f"{group}-quality.tsv", sep="\t").set_index(["participant", "time"])
    assert (quality["ica"] == "converged").all()
    assert (quality.loc["S005", "line_noise_db"] > 35).all()
    assert (quality.loc["S006", "n_bad"] > 20).all() and (quality.loc["S006", "verdict"] == "look").all()
    assert quality.loc["S001", "removed"].str.contains("eye blink", na=False).all()
    spectra = pd.read_csv(f"{group}-spectra.tsv", sep="\t")
    near = {f: (spectra["frequency_hz"] - f).abs() < 1 for f in (57, 60)}
    after = {f: spectra[at].groupby(["participant", "time"])["after_db"].max() for f, at in near.items()}
    assert ((after[60] - after[57]).abs() < 2).all() and (after[60] < -30).all()  # no trace of the mains
    alpha = spectra[(spectra["frequency_hz"] >= 8) & (spectra["frequency_hz"] <= 13)]
    peaks = alpha.groupby(["participant", "time"])[["before_db", "after_db"]].max()
    closed = peaks.xs("closed", level="time").loc[["S001", "S002"]]
    assert ((closed["before_db"] - closed["after_db"]).abs() < 1).all()
    excluded = pd.read_csv(f"{group}-exclusions.tsv", sep="\t")
    assert "frontal" in set(excluded[(excluded["what"] == "site") & (excluded["dyad"] == "P02")]["item"])
