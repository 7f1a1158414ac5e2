"""What a person decides by hand, and what never reaches the cleaning: only what depends on it runs again."""

import re

import pandas as pd
import pytest

from .conftest import change_config, few_statistics, jobs_to_run, own_data, run

DERIVATIVES = "results/derivatives/interbrain"
COLUMNS = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]


def decide(folder, *row):
    pd.DataFrame([row], columns=COLUMNS).to_csv(folder / "config/decisions.tsv", sep="\t", index=False)


def how_often(output: str, rule: str) -> int:
    found = re.search(rf"^{rule} +(\d+)$", output, re.M)
    return int(found[1]) if found else 0


@pytest.mark.long
def test_a_window_dropped_by_hand_runs_one_dyad_and_time_again_and_no_cleaning(study_copy):
    ledger = pd.read_csv(
        next((study_copy / DERIVATIVES / "dyads/dyad-D01").glob("*run-1*windows_ledger.tsv")), sep="\t"
    )
    start = ledger.loc[ledger["kept"] == 1, "start_s"].iloc[0]
    change_config(own_data(study_copy), few_statistics)
    decide(study_copy, "D01", "pre", "", "window", f"{start:g}", "drop", "AB", "client coughs")
    plan = run(study_copy, "--dry-run").stdout
    assert "clean" not in jobs_to_run(plan) and how_often(plan, "synchrony") == 1
    done = run(study_copy)
    assert done.returncode == 0, done.stdout[-3000:]
    after = pd.read_csv(
        next((study_copy / DERIVATIVES / "dyads/dyad-D01").glob("*run-1*windows_ledger.tsv")), sep="\t"
    )
    changed = after[after["kept"] != ledger["kept"]]
    assert list(changed["start_s"]) == [start] and list(changed["by"]) == ["AB"]
    assert "client coughs" in changed["reason"].iloc[0]
    assert "client coughs" in (study_copy / "results/report.html").read_text(encoding="utf-8")


def test_a_channel_decided_by_hand_cleans_one_recording_again(study_copy):
    decide(own_data(study_copy), "D01", "pre", "T01", "channel", "Fz", "bad", "AB", "loose")
    plan = run(study_copy, "--dry-run").stdout
    assert how_often(plan, "clean") == 1 and how_often(plan, "synchrony") == 1
    assert not jobs_to_run(plan) & {"convert", "clock", "dataset"}


@pytest.mark.long
def test_a_component_that_is_not_there_stops_with_one_line_and_leaves_the_results(study_copy):
    table = study_copy / DERIVATIVES / "group/task-rest_desc-aggregated_plv.tsv"
    before = table.read_bytes()
    decide(own_data(study_copy), "D01", "pre", "T01", "component", "IC00-0000", "keep", "AB", "alpha")
    done = run(study_copy)
    assert done.returncode != 0
    assert "component IC00-0000 (by AB), which this recording does not have" in done.stdout
    assert table.read_bytes() == before


def test_cleaning_knows_neither_the_partner_nor_the_answers(study_copy):
    folder = own_data(study_copy)
    path = folder / "config/wai_client.tsv"
    rows = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, comment="#")
    rows["item_1"] = rows["item_1"].map({str(k): str(8 - k) for k in range(1, 8)})
    rows.to_csv(path, sep="\t", index=False)
    assert not jobs_to_run(run(folder, "--dry-run").stdout) & {"clean", "synchrony"}
    partner = next(folder.glob("bids/sub-C01/ses-D01/eeg/*run-1_eeg.eeg"))
    partner.write_bytes(partner.read_bytes()[::-1])
    plan = run(folder, "--dry-run", "--rerun-triggers", "mtime").stdout
    assert how_often(plan, "clean") == 1  # the partner's own
