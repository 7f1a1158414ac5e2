"""The whole way as a user runs it: one command, the same bytes each time, only what changed runs again."""

import json
import re
import shutil
from pathlib import Path

import pandas as pd
import pytest

from .conftest import (
    WITHOUT_LOCKS,
    assert_that_it_spoke_to_nobody,
    change_config,
    files_below,
    jobs_to_run,
    keep_dyads,
    own_data,
    run,
    watched,
)

GROUP = "results/derivatives/interbrain/group/task-rest_desc"
FOR_ALL_DYADS = {"dataset", "validate", "derivative", "pseudodyads", "aggregate", "analyse", "provenance"}
FOR_ALL_DYADS |= {"channel_pairs", "findings", "report"}
OF_A_DYAD = {"clock", "convert", "clean", "synchrony"}
ELSEWHERE = {"TZ": "Pacific/Auckland", "OMP_NUM_THREADS": "2"}


def test_one_command_ends_with_the_report_and_a_valid_dataset(finished_study):
    assert (finished_study / "results/report.html").stat().st_size > 100_000
    validation = json.loads((finished_study / "results/validation.json").read_text())
    assert (validation["errors"], validation["warnings"], validation["messages"]) == (0, 0, [])
    said = (finished_study.parent / "finished.txt").read_text().splitlines()
    assert said[-1] == f"The report: {finished_study}/results/report.html"


def test_every_group_table_has_a_complete_data_dictionary(finished_study):
    tables = sorted((finished_study / "results/derivatives/interbrain/group").glob("*.tsv"))
    assert len(tables) >= 20
    for table in tables:
        columns = pd.read_csv(table, sep="\t", nrows=0).columns
        dictionary = json.loads(table.with_suffix(".json").read_text())
        assert all(dictionary[column]["Description"] for column in columns), table.name


def test_the_aggregated_dataset_has_a_row_for_each_dyad_time_band_and_roi(finished_study):
    table = pd.read_csv(finished_study / f"{GROUP}-aggregated_plv.tsv", sep="\t")
    assert len(table) == 4 * 2 * 1 * 2
    assert not table.duplicated(["dyad", "time", "band", "roi"]).any()
    assert not table[["plv", "chance", "above_chance", "wai_t_total", "wai_difference"]].isna().any().any()
    assert ((table["plv"] - table["chance"] - table["above_chance"]).abs() < 1e-8).all()


def test_a_therapist_in_two_dyads_is_one_person_with_two_sessions(finished_study):
    people = pd.read_csv(finished_study / "bids/participants.tsv", sep="\t")["participant_id"]
    assert people.is_unique and (people == "sub-T01").sum() == 1
    sessions = sorted(p.name for p in (finished_study / "bids/sub-T01").glob("ses-*"))
    assert sessions == ["ses-D01", "ses-D02"]
    means = pd.read_csv(finished_study / f"{GROUP}-dyadmeans_plv.tsv", sep="\t")
    assert (means[(means["roi"] == "all")]["dyad"].value_counts() == 1).all()
    anova = pd.read_csv(finished_study / f"{GROUP}-anova_stats.tsv", sep="\t")
    between = anova[anova["effect"] == "mindfulness"]
    assert (between[["df1", "df2"]] == [1, 4 - 3]).all().all()
    assert between["note"].str.contains("T01", na=False).all()


def test_coupled_dyads_are_told_from_uncoupled_ones(finished_study):
    table = pd.read_csv(finished_study / f"{GROUP}-aggregated_plv.tsv", sep="\t")
    above = table[table["band"] == "alpha"].groupby("dyad")["above_chance"].mean()
    assert above["D01"] > above["D02"] > 0.15
    assert above[["D04", "D05"]].abs().max() < 0.1


def test_a_second_run_does_nothing(finished_study):
    again = run(finished_study)
    assert again.returncode == 0
    assert "Nothing to be done" in again.stdout


def test_a_shared_table_of_the_dataset_that_somebody_deleted_is_made_again(study_copy):
    # One of many that the same job makes, and none that another job reads.
    next(study_copy.glob("bids/sub-*/ses-*/*_scans.tsv")).unlink()
    assert {"dataset", "validate"} <= jobs_to_run(run(study_copy, "-n").stdout)


def test_a_study_that_was_copied_without_its_times_is_still_done(finished_study, tmp_path):
    copy = shutil.copytree(
        finished_study, tmp_path / "copy", ignore=WITHOUT_LOCKS, copy_function=shutil.copyfile
    )
    for raw in (copy / "bids/sourcedata").iterdir():  # the newest of all
        raw.touch()
    assert "Nothing to be done" in run(copy, "--dry-run").stdout


@pytest.mark.long
def test_one_core_and_another_time_zone_give_the_same_bytes(finished_study, study_copy, tmp_path):
    """All that was made of all dyads together is made again; a dyad of its own is, too, in the next test."""
    whole, of_one = files_below(finished_study), re.compile(r"(D0|C0|T0)\d")
    again = {name for name in whole if not of_one.search(Path(name).name)}
    assert len(again) > 50
    for name in again:
        (study_copy / name).unlink()
    # Jobs load their libraries themselves, too.
    done = run(study_copy, cores=1, under=watched(tmp_path), INTERBRAIN_WARM="off", **ELSEWHERE)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_that_it_spoke_to_nobody(tmp_path)
    assert jobs_to_run(done.stdout) >= FOR_ALL_DYADS
    assert files_below(study_copy) == whole
    # bids-validator.json and provenance.json are compared too: nothing in them tells the time or the machine.
    different = [
        name
        for name in sorted(whole)
        if (study_copy / name).read_bytes() != (finished_study / name).read_bytes()
    ]
    assert different == []


@pytest.mark.long
def test_other_names_one_core_and_another_time_zone_change_no_byte_but_the_names(finished_study, tmp_path):
    """A dyad's people change their places in the alphabet."""
    renamed = {"D05": "A9", "T04": "ZOE", "C05": "B1"}
    study = tmp_path / "study"
    shutil.copytree(finished_study / "config", study / "config")
    keep_dyads(own_data(study), ["D05"])
    change_config(study, lambda c: c["statistics"].update(between=[]))

    def in_new_names(text):
        for old, new in renamed.items():
            text = text.replace(old, new)
        return text

    for table in (study / "config").glob("*.tsv"):
        table.write_text(in_new_names(table.read_text(encoding="utf-8")), encoding="utf-8")
    raw_files = study / "bids/sourcedata"
    raw_files.mkdir(parents=True)
    for file in (finished_study / "bids/sourcedata").glob("*D05*"):
        (raw_files / in_new_names(file.name)).symlink_to(file)
    first_run = "results/derivatives/interbrain/dyads/dyad-A9/dyad-A9_task-rest_run-1_desc-roi_plv.tsv"
    done = run(study, first_run, cores=1, under=watched(tmp_path), **ELSEWHERE)
    assert done.returncode == 0, done.stdout[-3000:]
    assert_that_it_spoke_to_nobody(tmp_path)
    assert jobs_to_run(done.stdout) >= OF_A_DYAD
    compared = set()
    for name in sorted(f for f in files_below(finished_study) if "D05" in f):
        ours = study / in_new_names(name)
        if not ours.exists() or name.startswith("bids/sourcedata"):
            continue
        one, other = (finished_study / name).read_bytes(), ours.read_bytes()
        # A component's name may hold the letters of a label by chance.
        if one != other and ours.suffix in (".json", ".tsv", ".vhdr", ".vmrk"):
            one = in_new_names(one.decode()).encode()
        assert one == other, name
        compared.add(name.rpartition("_")[2])
    assert compared >= {"eeg.eeg", "channels.tsv", "eeg.fif", "ica.fif", "epo.fif", "phases.npy", "plv.tsv"}


def test_tests_of_channel_pairs_are_a_job_of_their_own(study_copy):
    change_config(own_data(study_copy), lambda c: c["statistics"].update(channel_pairs=False))
    assert jobs_to_run(run(study_copy, "--dry-run").stdout) == {"provenance", "report", "crate", "everything"}


def test_a_new_statistical_design_runs_the_statistics_again_and_nothing_before(study_copy):
    change_config(own_data(study_copy), lambda c: c["statistics"].update(measures=["above_chance"]))
    plan = run(study_copy, "--dry-run")
    assert jobs_to_run(plan.stdout) == {"analyse", "findings", "provenance", "report", "crate", "everything"}
