"""What leaves the laboratory: all that a reader needs, the same bytes each time, and nothing private."""

import base64
import gzip
import hashlib
import json
import shutil
import stat
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote

import pytest
from rocrate.rocrate import ROCrate

from interbrain.bids.derivative import write_derivative_description
from interbrain.bids.release import (
    ReleaseError,
    check_identities,
    private_texts,
    release_name,
    write_release,
)
from interbrain.bids.validator import official_validator

GROUP = "group/task-rest_desc-exclusions.tsv"
ACCOUNT = "sub-C01/ses-D01/eeg/sub-C01_ses-D01_task-rest_run-1_desc-clean_eeg.json"
PROVENANCE = {
    "version": "0.1.0",
    "commit": "c0ffee",
    "code_date": "2026-01-31",
    "date_published": None,
    "dirty": False,
    "python": "3.11.7",
    "packages": {"snakemake": "9.27.1"},
    "config": {"title": "Ours", "authors": ["A"], "data_licence": "CC0", "dataset_version": "1.0.0"},
    "inputs": [],
    "simulation_note": "",
}


@dataclass
class Finished:
    """A study that ran to its report, to be packed."""

    folder: Path
    listed: list[str]
    tables: list[str]
    workflow: list[Path] = field(default_factory=list)
    private: dict = field(default_factory=lambda: {"Geheim": "a word of the raw file name Geheim.edf"})

    @property
    def archive(self) -> Path:
        return self.folder / "results/release/study_v1.zip"

    def pack(self) -> Path:
        write_release(
            self.archive,
            dataset=self.folder / "bids",
            listed=self.listed,
            derivatives=self.folder / "derivatives",
            tables=self.tables,
            report=self.folder / "report.html",
            private=self.private,
            workflow=self.workflow,
            provenance=PROVENANCE if self.workflow else None,
        )
        return self.archive


@pytest.fixture
def finished(made, tmp_path) -> Finished:
    shutil.copytree(made.root, tmp_path / "bids")
    listed = [f.relative_to(made.root).as_posix() for f in made.root.rglob("*") if f.is_file()]
    derivatives = tmp_path / "derivatives"
    write_derivative_description(derivatives, "A small study", ["A", "B"], "0.1.0")
    for name, text in ((GROUP, "what\tdyad\treason\ndyad\tD02\tfell asleep\n"), (ACCOUNT, "{}")):
        (derivatives / name).parent.mkdir(parents=True, exist_ok=True)
        (derivatives / name).write_text(text)
    (derivatives / "sub-C01/ses-D01/eeg/x_desc-clean_eeg.fif").write_text("large")
    (tmp_path / "report.html").write_text("<html>All is well.</html>")
    tables = ["dataset_description.json", "README.md", ".bidsignore", GROUP, ACCOUNT]
    return Finished(tmp_path, listed, tables)


def unpacked(archive, folder):
    with zipfile.ZipFile(archive) as packed:
        packed.extractall(folder)
    return folder


@pytest.mark.long
def test_unpacked_it_is_a_valid_dataset_with_its_tables_and_report(finished, tmp_path):
    there = unpacked(finished.pack(), tmp_path / "reader")
    names = {f.relative_to(there).as_posix() for f in there.rglob("*") if f.is_file()}
    assert names == {
        *finished.listed,
        *(f"derivatives/interbrain/{name}" for name in finished.tables),
        *("report.html", "SHA256SUMS"),
    }
    for dataset in (there, there / "derivatives/interbrain"):
        said = official_validator(dataset, tmp_path / "full.json")
        assert (said["errors"], said["warnings"], said["messages"]) == (0, 0, [])
    about = json.loads(
        (there / "derivatives/interbrain/dataset_description.json").read_text(encoding="utf-8")
    )
    link = there / "derivatives/interbrain" / about["DatasetLinks"]["raw"]
    assert (link.resolve() / "participants.tsv").is_file()
    assert "leaves out the cleaned recordings" in (there / "derivatives/interbrain/README.md").read_text()


def test_a_reader_can_check_every_file_and_the_whole(finished, tmp_path):
    archive = finished.pack()
    there = unpacked(archive, tmp_path / "reader")
    lines = (there / "SHA256SUMS").read_text(encoding="utf-8").splitlines()
    sums = {name: digest for digest, name in (line.split("  ") for line in lines)}
    found = {
        f.relative_to(there).as_posix(): hashlib.sha256(f.read_bytes()).hexdigest()
        for f in there.rglob("*")
        if f.is_file() and f.name != "SHA256SUMS"
    }
    assert sums == found
    beside = archive.with_name(archive.name + ".sha256").read_text(encoding="utf-8")
    assert beside == f"{hashlib.sha256(archive.read_bytes()).hexdigest()}  {archive.name}\n"


def test_the_same_files_give_the_same_bytes_whenever_and_whoever(finished):
    first = finished.pack().read_bytes()
    for file in (finished.folder / "bids").rglob("*"):
        if file.is_file():
            file.chmod(0o600)
            file.touch()
    finished.listed.reverse()
    assert finished.pack().read_bytes() == first
    with zipfile.ZipFile(finished.archive) as packed:
        entries = packed.infolist()
    assert {e.date_time for e in entries} == {(1980, 1, 1, 0, 0, 0)}
    assert {stat.filemode(e.external_attr >> 16) for e in entries} == {"-rw-r--r--"}


def refused(finished, *said):
    with pytest.raises(ReleaseError) as error:
        finished.pack()
    for words in said:
        assert words in str(error.value)
    assert not finished.archive.parent.exists() or not list(finished.archive.parent.iterdir())


@pytest.mark.parametrize("place", [f"derivatives/{GROUP}", "bids/participants.json", "report.html"])
def test_a_private_text_anywhere_stops_it_with_the_file_and_what_to_do(finished, place):
    file = finished.folder / place
    file.write_text(file.read_text(encoding="utf-8") + "_GEHEIM.\n", encoding="utf-8")
    refused(
        finished,
        f'{file}: holds "Geheim", a word of the raw file name Geheim.edf',
        "Take it out where it comes from",
        "release_allows",
    )


def test_a_name_and_its_word_in_several_files_are_one_reason(finished):
    finished.private = {
        "Geheim_pre": "the name of the raw file Geheim_pre.edf",
        "Geheim": "a word of the raw file name Geheim_pre.edf",
    }
    (finished.folder / "report.html").write_text("Geheim_pre")
    (finished.folder / "bids/README.md").write_text("Geheim and GEHEIM")
    refused(
        finished,
        "for 1 reason:",
        'README.md and 1 other file: hold "Geheim_pre", the name of the raw file',
        'Geheim_pre.edf and "Geheim", a word of the raw file name',
    )


@pytest.mark.parametrize("packed", [lambda b: b, gzip.compress])
def test_a_private_text_in_a_table_that_the_report_carries_stops_it(finished, packed):
    kind = "application/gzip" if packed is gzip.compress else "text/tab-separated-values"
    coded = base64.b64encode(packed(b"what\treason\ndyad\tFrau Geheim fell asleep\n")).decode()
    (finished.folder / "report.html").write_text(f'<a href="data:{kind};base64,{coded}">table</a>')
    refused(finished, 'report.html: holds "Geheim"')


def test_a_word_that_only_contains_a_private_one_is_no_alarm(finished):
    finished.private = {"Eva": "a word of the raw file name Eva.edf"}
    (finished.folder / "report.html").write_text("evaluation, Nineva")
    (finished.folder / "bids/README.md").write_text("evaluation")
    finished.pack()


def test_a_link_that_leads_out_of_the_study_is_not_followed(finished, tmp_path):
    outside = tmp_path / "elsewhere.json"
    outside.write_text("{}")
    (finished.folder / "bids/scans.json").unlink()
    (finished.folder / "bids/scans.json").symlink_to(outside)
    refused(finished, "scans.json: leads out of", "Put the file itself there")


def test_a_missing_file_stops_it(finished):
    (finished.folder / "bids/scans.json").unlink()
    refused(finished, "scans.json: missing. Run again")


def test_a_release_is_an_ro_crate_of_every_file_with_the_rules_that_made_it(finished, tmp_path):
    rules = [tmp_path / "checkout/workflow" / name for name in ("Snakefile", "rules/report.smk")]
    for rule in rules:
        rule.parent.mkdir(parents=True, exist_ok=True)
        rule.write_text("# of Geheim, a word of the program\n")
    finished.workflow = rules
    once = finished.pack().read_bytes()
    assert finished.pack().read_bytes() == once
    there = unpacked(finished.archive, tmp_path / "reader")
    crate = ROCrate(there)
    assert crate.mainEntity.id == "code/workflow/Snakefile"
    described = {unquote(file.id): file for file in crate.data_entities}
    files = {file.relative_to(there).as_posix(): file for file in there.rglob("*") if file.is_file()}
    assert set(described) == set(files) - {"ro-crate-metadata.json"}
    for name in set(described) - {"SHA256SUMS"}:
        assert described[name]["sha256"] == hashlib.sha256(files[name].read_bytes()).hexdigest()
    sums = (there / "SHA256SUMS").read_text()
    assert hashlib.sha256(files["ro-crate-metadata.json"].read_bytes()).hexdigest() in sums


def test_what_is_not_listed_stays_behind(finished):
    for name in ("bids/sourcedata/Geheim.edf", "bids/notes about Frau Geheim.txt", "derivatives/Geheim.tsv"):
        (finished.folder / name).parent.mkdir(exist_ok=True)
        (finished.folder / name).write_text("Geheim")
    with zipfile.ZipFile(finished.pack()) as packed:
        assert not [name for name in packed.namelist() if "Geheim" in name or "sourcedata" in name]


# --- what the study knows to be private ---

LABELS = ["D01", "D02", "T01", "C01", "C02", "pre", "post", "1", "2"]


def conversion(measured=None, withheld=()):
    return {"measured": measured, "withheld": list(withheld)}


def private(*raw_files, conversions=(), **more):
    return set(private_texts(raw_files, conversions, LABELS, **more))


def test_names_made_of_labels_and_of_the_fields_words_are_not_private():
    assert (
        private(
            ("D01", "T01", "D01_pre_therapist.Poly5"),
            ("D01", "C01", "D01_pre_client.Poly5"),
            ("D02", "C02", "sub-C02/ses-D02/eeg/sub-C02_task-rest_run-1_eeg.vhdr"),
        )
        == set()
    )


def test_words_for_a_member_in_other_languages_name_nobody():
    rows = ("D06", "C06", "Paar 06/Klient.edf"), ("D07", "C07", "Paar 07/Klientin.edf")
    found = private(*rows, ("D07", "T07", "Paar 07/Thérapeute.edf"))
    assert not {"klient", "klientin", "thérapeute"} & {text.lower() for text in found}
    assert "Huber" in private(("D07", "C07", "Klientin_Huber.edf"))


def test_a_persons_name_in_a_file_or_folder_name_is_private_as_a_whole_and_in_parts():
    assert private(("D01", "C01", "Frau AnnaGeheim/D01_Anna_Geheim_pre.Poly5"), ("D02", "C02", "x.edf")) == {
        *("Frau AnnaGeheim", "D01_Anna_Geheim_pre", "Frau", "Anna", "Geheim")
    }


def test_a_therapists_name_is_private_though_it_is_in_two_dyads_and_a_words_of_all_files_are_not():
    found = private(
        ("D01", "T01", "Mobita_Sommer_1.edf"),
        ("D02", "T01", "Mobita_Sommer_2.edf"),
        ("D01", "C01", "Mobita_Winter_1.edf"),
    )
    assert {"Sommer", "Winter"} < found and "Mobita" not in found
    assert "Mobita_Sommer_1" in found


def test_the_folders_of_a_raw_file_outside_the_raw_folder_are_private():
    assert {"Clinic Sommer", "Archive"} <= private(("D01", "C01", "../../Archive/Clinic Sommer/D01_pre.edf"))


def test_numbers_of_patients_are_private():
    assert private(("D01", "C01", "P0723-11.edf")) == {"P0723-11"}


def test_what_a_person_found_harmless_is_no_longer_private():
    raw = ("D01", "C01", "D01_pre_repeated.edf")
    assert private(raw) == {"D01_pre_repeated", "repeated"}
    assert private(raw, allowed=["Repeated"]) == set()


def test_withheld_texts_and_dates_of_measurement_are_private():
    found = private(conversions=[conversion("2018-11-05T10:30:00+00:00", ["comment Anna weint", "ja"])])
    assert {"comment Anna weint", "2018-11-05", "05.11.2018", "05-Nov-2018"} <= found
    assert "ja" not in found


@pytest.mark.parametrize(
    ("title", "name"),
    [
        ("Therapist–client synchrony (demo)", "therapist-client-synchrony-demo_v1.0.0"),
        ("Über Nähe", "uber-nahe_v1.0.0"),
        ("研究", "dataset_v1.0.0"),
    ],
)
def test_a_release_is_named_after_the_study_and_its_version(title, name):
    assert release_name(title, "1.0.0") == name


def test_sha256sum_itself_agrees(finished, tmp_path):
    if not shutil.which("sha256sum"):
        pytest.skip("the program sha256sum is not installed")
    there = unpacked(finished.pack(), tmp_path / "reader")
    done = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=there, check=False)
    assert done.returncode == 0, sys.platform


def test_labels_that_name_people_and_placeholder_authors_stop_a_release():
    files = [("D01", "Mueller", "Mueller_pre.edf"), ("D01", "C01", "C01_pre.edf")]
    with pytest.raises(ReleaseError, match="2 reason") as stopped:
        check_identities(files, ["First author", "Ada Lovelace"], ["pre"])
    said = str(stopped.value)
    assert 'the label "Mueller" is a word of the raw file name Mueller_pre.edf' in said
    assert 'the author "First author" is a placeholder' in said and "C01" not in said
    check_identities(files, ["Ada Lovelace"], ["pre"], allowed=["mueller"])


def test_labels_of_a_dyad_and_its_person_from_one_file_name_are_one_reason():
    files = [("Muellers", "Mueller", "Muellers_Mueller_pre.edf")]
    with pytest.raises(ReleaseError, match="for 1 reason") as stopped:
        check_identities(files, ["Ada Lovelace"], ["pre"])
    assert 'the labels "Mueller" and "Muellers" are each a word of the raw file name' in str(stopped.value)
