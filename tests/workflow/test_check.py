"""`snakemake check` as a person sees it: what the files hold, all that is wrong in one list, nothing run."""

from . import conftest
from .conftest import change_config, make_study, own_data, run
from .test_bad_input import edit_table


def surveys(folder):
    """What a check leaves to later ones."""
    return {name for name in conftest.files_below(folder) if name.startswith("results/surveys/")}


def files_below(folder):
    return conftest.files_below(folder) - surveys(folder)


def test_a_sound_study_gets_its_table_and_a_clear_word(study_copy):
    own_data(study_copy)
    before = files_below(study_copy)
    done = run(study_copy, "check")
    assert done.returncode == 0
    assert done.stdout.count("specific profile") <= 1
    rows = [line for line in done.stdout.splitlines() if line.startswith("D0")]
    assert len(rows) == 16 and all("markers" in row and " 500 " in row for row in rows)
    assert "1 warning\n1  dyads.tsv, rows 2 and 3: T01 is the therapist of D01 and D02" in done.stdout
    assert "No problems found: 4 dyads, 8 recordings." in done.stdout
    assert files_below(study_copy) == before | {"results/doctor.json"}
    assert len(surveys(study_copy)) == 16


def test_problems_of_tables_and_files_end_the_screen_as_one_list(study_copy):
    own_data(study_copy)
    edit_table(study_copy, "dyads", lambda t: t.assign(mindfulness=["often", *t["mindfulness"][1:]]))
    raw = study_copy / "bids/sourcedata/D02_post_client.Poly5"
    raw.chmod(0o644)
    raw.write_bytes(raw.read_bytes()[: raw.stat().st_size // 2])
    change_config(study_copy, lambda c: c["tables"].pop("cap_map"))
    before = files_below(study_copy)
    done = run(study_copy, "check")
    assert done.returncode != 0
    listed = done.stdout.partition("3 problems in 3 places. Nothing has been run.\n")[2]
    numbered = [line for line in listed.splitlines() if line[:1].isdigit()]
    assert [line.split(": ")[0] for line in numbered] == [
        "1  dyads.tsv, row 2 (D01)",
        "2  recordings.tsv, row 5 (D02)",
        "3  config.yaml, rois",
    ]
    assert "client, D02_post_client.Poly5: is cut off" in numbered[1]
    assert "Traceback" not in done.stdout and "Error" not in done.stdout
    assert files_below(study_copy) == before | {"results/doctor.json"}


def test_before_the_simulation_has_run_only_the_tables_are_checked(tmp_path):
    done = run(make_study(tmp_path / "simulated"), "check")
    assert done.returncode == 0
    assert "The recordings of this study are simulated and not yet made" in done.stdout
    assert not (tmp_path / "simulated/bids").exists()


def test_a_folder_called_check_is_not_the_doctor(tmp_path):
    done = run(make_study(tmp_path / "check"), "--dry-run", "--quiet")
    assert "No problems found" not in done.stdout and done.returncode == 0
