"""What produced the results, without a word about the machine."""

import hashlib
import json
import subprocess

import pytest

from interbrain.quality import provenance as room
from interbrain.quality.provenance import PACKAGES, code_state, provenance

CODE = {"commit": "abc", "dirty": False}
CONFIG = {
    "title": "A study – of ours",
    "raw_folder": "/home/anna/secret/raw",
    "tables": {"dyads": r"C:\Users\anna\dyads.tsv", "cap_map": "config/cap.tsv"},
    "authors": ["A / B", "C"],
    "bands": {"alpha": [8, 12]},
}


def conversion(dyad, run, role, *files):
    return {
        "dyad": dyad,
        "run": run,
        "time": {1: "pre", 2: "post"}[run],
        "role": role,
        "source_files": [{"path": name, "sha256": f"sum of {name}"} for name in files],
    }


CONVERSIONS = [
    conversion("D02", 1, "client", "d.vhdr", "d.eeg"),
    conversion("D01", 2, "therapist", "c.edf"),
    conversion("D01", 1, "therapist", "b.edf"),
    conversion("D01", 1, "client", "a.edf"),
]


def told(**changed):
    return provenance(CONVERSIONS, **{"config": CONFIG, "code": CODE, "simulated": False, **changed})


def test_no_folder_of_the_machine_is_told():
    text = json.dumps(told())
    assert "anna" not in text and "/home" not in text and "Users" not in text
    assert told()["config"]["tables"] == {"dyads": "dyads.tsv", "cap_map": "config/cap.tsv"}
    assert told()["config"]["raw_folder"] == "raw"


def test_other_settings_are_told_as_they_are():
    config = told()["config"]
    assert (config["title"], config["bands"], config["authors"]) == (
        CONFIG["title"],
        CONFIG["bands"],
        CONFIG["authors"],
    )


def test_every_raw_file_is_listed_with_its_checksum_whatever_the_order_of_the_jobs():
    files = [file["sha256"].removeprefix("sum of ") for file in told()["inputs"]]
    assert files == ["a.edf", "b.edf", "c.edf", "d.vhdr", "d.eeg"]
    again = provenance(CONVERSIONS[::-1], config=CONFIG, code=CODE, simulated=False)
    assert json.dumps(again) == json.dumps(told())


def test_raw_files_are_told_by_whom_they_are_of_and_never_by_their_names():
    files = told()["inputs"]
    assert files[0] == {
        "dyad": "D01",
        "time": "pre",
        "role": "client",
        "kind": "edf",
        "sha256": "sum of a.edf",
    }
    assert all("path" not in file for file in files)


def test_a_simulated_study_says_so():
    assert told(simulated=True)["simulation_note"]
    assert not told(simulated=False)["simulation_note"]


def test_every_package_has_a_version_and_an_absent_one_is_named_as_such(monkeypatch):
    assert set(told()["packages"]) == set(PACKAGES)
    monkeypatch.setattr(room, "PACKAGES", ("numpy", "no-such-package"))
    assert told()["packages"]["no-such-package"] == "not installed"


@pytest.fixture
def checkout(tmp_path):
    def git(*words):
        who = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
        subprocess.run(["git", "-C", str(tmp_path), *who, *words], check=True, capture_output=True)

    git("init")
    for name in ("Snakefile", "config/config.yaml"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("one\n")
    git("add", ".")
    git("commit", "-m", "first")
    return tmp_path


def test_changed_code_is_dirty_and_changed_settings_are_not(checkout):
    clean = code_state(checkout)
    assert len(clean["commit"]) == 40 and clean["dirty"] is False
    (checkout / "config/config.yaml").write_text("two\n")
    (checkout / "results.tsv").write_text("not tracked\n")
    assert code_state(checkout) == clean
    (checkout / "Snakefile").write_text("two\n")
    assert code_state(checkout) == {**clean, "dirty": True}


def test_the_day_of_the_code_is_that_of_the_commit_in_utc(checkout, monkeypatch):
    monkeypatch.setenv("GIT_COMMITTER_DATE", "2026-03-01T23:30:00-05:00")
    who = ["-c", "user.name=n", "-c", "user.email=e@x", "-c", "commit.gpgsign=false"]
    subprocess.run(["git", "-C", str(checkout), *who, "commit", "-q", "--allow-empty", "-m", "x"], check=True)
    monkeypatch.setenv("TZ", "America/New_York")
    assert code_state(checkout)["code_date"] == "2026-03-02"


def test_the_file_of_pinned_versions_is_known_by_its_digest(checkout):
    (checkout / "requirements.lock").write_bytes(b"numpy==2.4.6\n")
    digest = hashlib.sha256(b"numpy==2.4.6\n").hexdigest()
    assert code_state(checkout)["lock_sha256"] == digest


def test_outside_a_checkout_of_its_own_the_commit_is_unknown(checkout, tmp_path_factory):
    unknown = {"commit": "unknown", "code_date": None, "dirty": None, "lock_sha256": "unknown"}
    assert code_state(tmp_path_factory.mktemp("no_checkout")) == unknown
    inside = checkout / "unpacked-archive"
    inside.mkdir()
    assert code_state(inside) == unknown


def test_what_the_tables_gave_reason_to_say_is_kept_for_the_report():
    warning = {"where": "dyads.tsv, rows 2 and 3", "what": "T01 is the therapist of both", "hint": ""}
    assert told(warnings=[warning])["warnings"] == [warning]
    assert told()["warnings"] == []


def cleaned_with(*mne):
    return [{"Software": {"python": "3.11.9", "mne": version}} for version in mne]


def test_recordings_that_were_cleaned_under_different_versions_are_said_with_their_counts():
    accounts = cleaned_with("1.13.2", "1.12.0", "1.13.2", "1.13.2")
    (caution,) = provenance(CONVERSIONS, accounts, config=CONFIG, code=CODE, simulated=False)["cautions"]
    assert "different versions: mne 1.12.0 in 1 and 1.13.2 in 3" in caution["what"]
    assert (caution["dyads"], caution["recordings"]) == (["D01", "D02"], 4)
    assert "--forcerun clean" in caution["hint"]


def test_recordings_that_were_cleaned_under_the_same_versions_need_no_word():
    alike = provenance(CONVERSIONS, cleaned_with(*["1.13.2"] * 4), config=CONFIG, code=CODE, simulated=False)
    assert alike["cautions"] == told()["cautions"] == []
    older = [{}] * 4  # accounts that were written before versions were kept
    assert provenance(CONVERSIONS, older, config=CONFIG, code=CODE, simulated=False)["cautions"] == []
