"""The release of a finished study, as a user makes it and as a reader opens it."""

import shutil
import zipfile

import pytest
from rocrate.rocrate import ROCrate

from interbrain.bids.validator import official_validator

from .conftest import WITHOUT_LOCKS, change_config, own_data, run


@pytest.fixture(scope="module")
def own_study(finished_study, tmp_path_factory):
    """The finished study as a lab's own, which runs once more as it is no longer called simulated."""
    folder = tmp_path_factory.mktemp("own") / "study"
    shutil.copytree(finished_study, folder, ignore=WITHOUT_LOCKS)
    done = run(own_data(folder))
    assert done.returncode == 0, done.stdout[-3000:]
    return folder


@pytest.fixture
def own_copy(own_study, tmp_path):
    folder = tmp_path / "study"
    shutil.copytree(own_study, folder, ignore=WITHOUT_LOCKS)
    return folder


def archives(study):
    return sorted(f.name for f in (study / "results/release").glob("*"))


def test_one_command_packs_a_valid_dataset_and_nothing_of_the_laboratory(own_copy, tmp_path):
    done = run(own_copy, "release")
    assert done.returncode == 0, done.stdout[-3000:]
    name = "therapist-client-neural-synchrony-demo-study_v1.0.0.zip"
    assert archives(own_copy) == [name, f"{name}.sha256"]
    with zipfile.ZipFile(own_copy / "results/release" / name) as packed:
        names = packed.namelist()
        packed.extractall(tmp_path / "reader")
    said = official_validator(tmp_path / "reader", tmp_path / "full.json")
    assert (said["errors"], said["warnings"], said["messages"]) == (0, 0, [])
    crate = ROCrate(tmp_path / "reader")
    assert crate.get("report.html") is not None and crate.mainEntity.id == "code/workflow/Snakefile"
    assert {"report.html", "SHA256SUMS", "participants.tsv", "dyads.tsv"} < set(names)
    assert "derivatives/interbrain/group/task-rest_desc-aggregated_plv.tsv" in names
    assert "derivatives/interbrain/group/task-rest_desc-findings_stats.tsv" in names
    assert not [n for n in names if n.endswith((".fif", ".Poly5", ".log")) or "sourcedata" in n]
    page = (tmp_path / "reader/report.html").read_text(encoding="utf-8")
    assert "_client.Poly5" not in page


@pytest.mark.long
def test_item_answers_are_shared_only_if_the_config_says_so(own_copy):
    for shared in (True, False):
        change_config(own_copy, lambda c, shared=shared: c.update(share_items=shared))
        assert run(own_copy, "results/validation.json").returncode == 0
        texts = [f.read_text(encoding="utf-8") for f in (own_copy / "bids/phenotype").glob("wai_*")]
        assert len(texts) == 6 and all(("item_1" in text) == shared for text in texts)


@pytest.mark.long_but("sub-C01/ses-D01/eeg/Anna.txt")
@pytest.mark.parametrize("file", ["phenotype/wai_2017.tsv", "sub-C01/ses-D01/eeg/Anna.txt"])
def test_a_file_that_no_table_lists_stops_the_release(own_copy, file):
    (own_copy / "bids" / file).write_text("participant_id\tdyad_id\nsub-C01\tD01\n")
    done = run(own_copy, "release")
    assert done.returncode != 0 and archives(own_copy) == []
    assert f"bids/{file}: no table of the study accounts for this file" in done.stdout
    assert "Remove it, or move it to bids/sourcedata" in done.stdout
    assert "Traceback" not in done.stdout


def named_after_a_client(folder):
    """A study whose title has a word of a raw file's name."""
    old, new = "D05_post_client.Poly5", "D05_post_Geheim.Poly5"
    (folder / "bids/sourcedata" / old).rename(folder / "bids/sourcedata" / new)
    table = folder / "config/recordings.tsv"
    table.write_text(table.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")
    assert run(folder, "--touch").returncode == 0  # the name alone makes nothing anew here
    change_config(folder, lambda c: c.update(title="Alliance of Geheim"))


@pytest.mark.long
def test_a_name_from_a_raw_file_in_a_text_of_the_study_stops_the_release(own_copy):
    named_after_a_client(own_copy)
    done = run(own_copy, "release")
    assert done.returncode != 0 and archives(own_copy) == []
    assert 'hold "Geheim", a word of the raw file name D05_post_Geheim.Poly5' in done.stdout.replace(
        "holds", "hold"
    )


@pytest.mark.long
def test_a_word_that_the_study_allows_stops_no_release(own_copy):
    named_after_a_client(own_copy)
    change_config(own_copy, lambda c: c.update(release_allows=["Geheim"]))
    assert run(own_copy, "release").returncode == 0
