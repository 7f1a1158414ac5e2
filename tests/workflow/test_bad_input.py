"""What a lab gets wrong: one clear message, a non-zero exit, and nothing half-written."""

import pandas as pd
import pytest

from .conftest import change_config, few_statistics, files_below, jobs_to_run, keep_dyads, own_data, run


def edit_table(folder, name, change):
    path = folder / "config" / f"{name}.tsv"
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    change(table).to_csv(path, sep="\t", index=False)


@pytest.mark.parametrize(
    ("table", "change", "expected"),
    [
        pytest.param(
            "dyads", lambda t: t.rename(columns={"modality": "modalty"}), "modalty", id="misspelt column"
        ),
        pytest.param("dyads", lambda t: t.assign(client=["", *t["client"][1:]]), "row 2", id="no partner"),
        pytest.param("recordings", lambda t: t.iloc[2:], "no recording of D01 is used", id="no recording"),
        pytest.param(
            "recordings",
            lambda t: t.assign(client_file=["D01_pre_clint.Poly5", *t["client_file"][1:]]),
            "D01_pre_client.Poly5 – is that it?",
            id="missing file",
        ),
    ],
)
def test_a_mistake_in_a_table_is_said_before_anything_runs(study_copy, table, change, expected):
    edit_table(own_data(study_copy), table, change)
    before = files_below(study_copy)
    done = run(study_copy)
    assert done.returncode != 0
    assert expected in done.stdout and "Nothing has been run" in done.stdout
    assert f"{table}.tsv" in done.stdout
    assert "Traceback" not in done.stdout
    assert files_below(study_copy) == before


def test_a_setting_that_cannot_be_read_is_said_with_its_line(study_copy):
    path = study_copy / "config/config.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace("  dyads:", "\tdyads:", 1), encoding="utf-8")
    done = run(study_copy)
    assert done.returncode != 0 and "Traceback" not in done.stdout
    assert "a tab stands where only spaces may stand" in done.stdout


@pytest.mark.long
def test_answers_that_are_missing_are_said_and_leave_who_lacks_them_out_of_the_correlation(study_copy):
    change_config(own_data(study_copy), few_statistics)
    items = ["item_1", "item_5", "item_8"]
    edit_table(study_copy, "wai_client", lambda t: t.assign(**{i: ["", *t[i][1:]] for i in items}))
    done = run(study_copy)
    assert done.returncode == 0, done.stdout[-3000:]
    said = "bond has 3 of 12 items without an answer, so bond and the total are missing"
    assert done.stdout.count(f"wai_client.tsv, row 2 (D01): {said}") == 1
    page = (study_copy / "results/report.html").read_text(encoding="utf-8")
    assert said in page and "without D01: no wai_difference" in page
    phenotype = pd.read_csv(study_copy / "bids/phenotype/wai_c.tsv", sep="\t", na_values="n/a")
    first = phenotype.set_index("dyad_id").loc["D01"]
    assert first["missing_items"] == 3 and first[["bond", "total"]].isna().all() and first["goal"] > 0


def test_a_study_of_one_dyad_with_everything_on_request_runs_to_the_report(study_copy):
    """Its recordings are cleaned already: what is asked for here comes after that. A second band, too."""
    folder = own_data(study_copy)
    keep_dyads(folder, ["D01"])

    def everything(config):
        config["bands"] = {"theta": [4, 7], **config["bands"]}
        config["statistics"].update(between=[], measures=["above_chance", "accorr"])
        further = {"time_resolved": "plv", "within_brain": True, "directed": "granger"}
        config["synchrony"].update(estimators=["accorr", "wpli"], **further)
        config["chance"]["n_shifts"] = 20
        config["multiverse"] = {"length_s": [2], "correction": ["raw"], "time": ["post"]}

    change_config(folder, everything)
    done = run(folder)
    assert done.returncode == 0, done.stdout[-3000:]
    page = (folder / "results/report.html").read_text(encoding="utf-8")
    assert "1 dyad is too few" in page
    derivatives = folder / "results/derivatives/interbrain"
    for table in ("timeresolved_plv", "withinbrain_plv", "directed_stats", "variants_synchrony"):
        assert len(list((derivatives / "dyads/dyad-D01").glob(f"*_desc-{table}.tsv"))) == 2, table
    aggregated = pd.read_csv(derivatives / "group/task-rest_desc-aggregated_plv.tsv", sep="\t")
    assert aggregated[["accorr", "wpli_above_chance", "granger_net"]].notna().all(axis=None)
    assert set(aggregated["band"]) == {"theta", "alpha"}
    specifications = pd.read_csv(derivatives / "group/task-rest_desc-specifications_stats.tsv", sep="\t")
    assert len(specifications) > 0


def test_all_mistakes_are_said_at_once(study_copy):
    own_data(study_copy)
    edit_table(study_copy, "dyads", lambda t: t.assign(mindfulness=["perhaps", *t["mindfulness"][1:]]))
    edit_table(study_copy, "recordings", lambda t: t.assign(sync=["marker", *t["sync"][1:]]))
    done = run(study_copy)
    assert "2 problems in 2 places" in done.stdout
    assert 'mindfulness is "perhaps"' in done.stdout and 'sync is "marker"' in done.stdout


def test_a_truncated_recording_stops_with_one_line_and_leaves_nothing_behind(study_copy):
    own_data(study_copy)
    # Without the dyad's other time, which would be cleaned and compared again.
    edit_table(study_copy, "recordings", lambda t: t[(t["dyad"] != "D02") | (t["time"] == "post")])
    raw = study_copy / "bids/sourcedata/D02_post_client.Poly5"
    raw.write_bytes(raw.read_bytes()[: raw.stat().st_size // 2])
    for file in (study_copy / "bids/sub-C02/ses-D02/eeg").glob("*run-2*"):
        file.unlink()  # of the run before, when the recording was whole
    done = run(study_copy)
    assert done.returncode != 0
    last = [line for line in done.stdout.splitlines() if line.startswith("Stopped:")]
    assert last and "D02 post" in last[-1] and "D02_post_client.Poly5" in last[-1]
    assert "Traceback" not in done.stdout
    said = "The report results/report.html is from an earlier run and does not include this."
    assert done.stdout.count(said) == 1
    # The broken recording has no file, nor has anything that would have rested on it.
    assert not list((study_copy / "bids/sub-C02/ses-D02/eeg").glob("*run-2*"))


def test_a_recording_that_was_copied_over_another_dyads_stops_the_run_and_is_named(study_copy):
    raw = own_data(study_copy) / "bids/sourcedata"
    (raw / "D04_pre_client.Poly5").write_bytes((raw / "D01_pre_client.Poly5").read_bytes()[:-1000])
    done = run(study_copy, "results/clocks/copies.json")
    assert done.returncode != 0 and "Traceback" not in done.stdout
    said = "D04 pre, client (D04_pre_client.Poly5): it holds the same signals as D01 pre, client"
    assert said in done.stdout
    assert not (study_copy / "results/clocks/copies.json").exists()


def test_one_bad_recording_does_not_keep_the_others_from_being_converted(study_copy):
    own_data(study_copy)
    raw = study_copy / "bids/sourcedata/D02_post_client.Poly5"
    raw.write_bytes(raw.read_bytes()[:1000])
    eeg = study_copy / "bids"
    for vhdr in [
        *eeg.glob("sub-C0*/ses-*/eeg/*_run-1_eeg.vhdr"),
        *eeg.glob("sub-C02/*/eeg/*_run-2_eeg.vhdr"),
    ]:
        vhdr.unlink()
    done = run(study_copy, "--keep-going", "results/validation.json")
    assert done.returncode != 0
    assert not list(eeg.glob("sub-C02/*/eeg/*_run-2_eeg.vhdr"))
    converted = {p.name.split("_task")[0] for p in eeg.glob("sub-C0*/ses-*/eeg/*_run-1_eeg.vhdr")}
    assert converted == {"sub-C01_ses-D01", "sub-C02_ses-D02", "sub-C04_ses-D04", "sub-C05_ses-D05"}
    assert not (study_copy / "results/report.html").exists() or "Stopped" in done.stdout


@pytest.mark.long
def test_a_dyad_excluded_after_a_finished_run_is_set_aside_and_comes_back_as_it_was(study_copy):
    change_config(own_data(study_copy), few_statistics)
    change_config(study_copy, lambda c: c["statistics"].update(between=["mindfulness"]))
    edit_table(study_copy, "dyads", lambda t: t.assign(exclude=["", "client withdrew consent", "", ""]))
    raw, elsewhere = study_copy / "bids/sourcedata", study_copy / "elsewhere"
    elsewhere.mkdir()
    for file in raw.glob("D02_*"):
        file.rename(elsewhere / file.name)
    done = run(study_copy)
    assert done.returncode == 0, done.stdout[-3000:]
    assert done.stdout.count("Set aside: ") == 1 and "(D02)" in done.stdout and "rm -r" not in done.stdout
    kept = ("results/simulation", "results/set_aside")
    left = [n for n in files_below(study_copy) if "D02" in n or "C02" in n]
    assert [n for n in left if not n.startswith(kept)] == []
    assert "client withdrew consent" in (study_copy / "results/report.html").read_text(encoding="utf-8")
    exclusions = study_copy / "results/derivatives/interbrain/group/task-rest_desc-exclusions.tsv"
    assert "D02" in exclusions.read_text() and "client withdrew consent" in exclusions.read_text()
    people = pd.read_csv(study_copy / "bids/participants.tsv", sep="\t")["participant_id"]
    assert "sub-C02" not in set(people)
    # Included again, it is there again, and nothing of it has to be computed anew.
    edit_table(study_copy, "dyads", lambda t: t.assign(exclude=""))
    for file in elsewhere.iterdir():
        file.rename(raw / file.name)
    planned = run(study_copy, "--dry-run")
    assert "Brought back" in planned.stdout
    again = jobs_to_run(planned.stdout)
    assert {"dataset", "aggregate", "report"} <= again
    assert not {"clock", "convert", "clean", "synchrony", "picture"} & again


def test_a_persons_own_file_in_the_folder_of_an_excluded_dyad_is_named_and_left_alone(study_copy):
    own_data(study_copy)
    change_config(study_copy, lambda c: c["statistics"].update(between=["mindfulness"]))
    notes = study_copy / "bids/sub-C05/ses-D05/notes.txt"
    notes.write_text("seen by AB")
    edit_table(study_copy, "dyads", lambda t: t.assign(exclude=["", "", "", "withdrew"]))
    done = run(study_copy, "results/validation.json")
    assert done.returncode != 0
    assert "notes.txt: no table of the study accounts for this file" in done.stdout
    assert notes.read_text() == "seen by AB"


@pytest.mark.long
def test_a_study_without_its_own_simulation_or_questionnaires_still_runs(study_copy):
    folder = study_copy
    keep_dyads(folder, ["D01", "D04", "D05"])

    def plain(config):
        for key in ("simulation", "questionnaires", "differences"):
            config.pop(key)
        config["statistics"].pop("correlate")
        config["statistics"]["between"] = ["mindfulness"]  # of three dyads

    (folder / "results/report.html").unlink()
    change_config(folder, plain)
    change_config(folder, few_statistics)
    done = run(folder)
    assert done.returncode == 0, done.stdout[-3000:]
    assert (folder / "results/report.html").is_file()


@pytest.mark.long
def test_a_study_that_knows_nothing_of_its_people_becomes_a_valid_dataset(study_copy):
    folder = own_data(study_copy)
    keep_dyads(folder, ["D01"])
    change_config(folder, lambda c: c["statistics"].update(between=[]))
    change_config(folder, lambda c: c["tables"].pop("participants"))
    done = run(folder, "results/validation.json")
    assert done.returncode == 0, done.stdout[-3000:]
    assert {"convert", "dataset", "validate"} <= jobs_to_run(done.stdout)
    people = pd.read_csv(folder / "bids/participants.tsv", sep="\t", keep_default_na=False)
    assert set(people["participant_id"]) == {"sub-T01", "sub-C01"} and set(people["age"]) == {"n/a"}


def test_a_study_in_which_no_dyad_can_be_used_ends_with_a_report_that_says_so(study_copy):
    keep_dyads(own_data(study_copy), ["D01"])
    change_config(study_copy, lambda c: c["statistics"].update(between=[]))
    change_config(study_copy, lambda c: c["windows"].update(max_peak_to_peak_uv=2))
    done = run(study_copy)
    assert done.returncode == 0, done.stdout[-3000:]
    page = (study_copy / "results/report.html").read_text(encoding="utf-8")
    assert "every dyad is excluded" in page
    assert page.count("too little shared clean data") >= 4
