"""The RO-Crate beside the report: what another program reads from it, and that it is the same each time."""

import hashlib
import json
from pathlib import Path

import pytest
from rocrate.rocrate import ROCrate

from interbrain.reproducibility.crate import content, copy_workflow, describe

PROVENANCE = {
    "version": "0.1.0",
    "commit": "c0ffee",
    "code_date": "2026-01-31",
    "dirty": True,
    "python": "3.11.7",
    "packages": {"snakemake": "9.27.1", "mne": "1.13.2", "pyprep": "not installed"},
    "config": {
        "title": "Neural synchrony – Zürich",
        "authors": ["Ada Lovelace", "Mary Somerville"],
        "data_licence": "CC-BY-4.0",
        "dataset_version": "1.2.0",
    },
    "date_published": None,
    "inputs": [
        {"dyad": "D01", "time": "pre", "role": role, "kind": "Poly5", "sha256": f"sum of {role}"}
        for role in ("client", "therapist")
    ],
    "simulation_note": "",
}


@pytest.fixture
def folder(tmp_path):
    """A folder of results, the rules copied into it."""
    rules = tmp_path / "checkout/rules"
    rules.mkdir(parents=True)
    for name in ("../Snakefile", "report.smk", "study.smk"):
        (rules / name).write_text(f"# {name}\n")
    results = tmp_path / "results"
    (results / "group").mkdir(parents=True)
    (results / "report.html").write_text("<p>Grüße</p>", encoding="utf-8")
    (results / "group/a table.tsv").write_text("dyad\n")
    (results / "pages").mkdir()
    (results / "run.json").write_text("{}")
    copy_workflow(rules.parent / "Snakefile", sorted(rules.glob("*.smk")), results / "workflow")
    return results


def described(folder: Path, **changed) -> ROCrate:
    """Write the description of all files there, and read the folder as anybody's program does."""
    files = sorted(f for f in folder.rglob("*") if f.is_file() and f.suffix != ".jsonld")
    names = {file.relative_to(folder).as_posix(): content(file) for file in files}
    names |= {"run.json": None, "pages/": None}
    names.pop("ro-crate-metadata.json", None)
    workflow = ["workflow/Snakefile", "workflow/rules/report.smk", "workflow/rules/study.smk"]
    text = describe(names, PROVENANCE | changed, workflow=workflow)
    (folder / "ro-crate-metadata.json").write_text(text, encoding="utf-8")
    return ROCrate(folder)


def test_it_is_a_workflow_ro_crate_with_all_that_such_a_crate_must_have(folder):
    crate = described(folder)
    profiles = {profile["@id"] for profile in crate.metadata.properties()["conformsTo"]}
    assert profiles == {
        "https://w3id.org/ro/crate/1.1",
        "https://w3id.org/workflowhub/workflow-ro-crate/1.0",
    }
    root = crate.root_dataset
    assert (root["name"], root["version"], root["license"]["name"]) == (
        "Neural synchrony – Zürich",
        "1.2.0",
        "CC-BY-4.0",
    )
    assert [author["name"] for author in root["author"]] == ["Ada Lovelace", "Mary Somerville"]
    assert crate.root_dataset.properties()["datePublished"] == "2026-01-31"
    assert crate.mainEntity.type == ["File", "SoftwareSourceCode", "ComputationalWorkflow"]
    assert crate.mainEntity.lang["name"] == "Snakemake" and crate.mainEntity.lang["version"] == "9.27.1"
    assert [part.id for part in crate.mainEntity["hasPart"]] == [
        "workflow/rules/report.smk",
        "workflow/rules/study.smk",
    ]
    assert "c0ffee with changes that were not committed" in crate.mainEntity["description"]


def test_every_file_is_there_with_its_checksum_and_every_reference_leads_somewhere(folder):
    crate = described(folder)
    files = {entity.id: entity for entity in crate.data_entities}
    assert set(files) == {
        *("report.html", "group/a%20table.tsv", "run.json", "pages/", "workflow/Snakefile"),
        *("workflow/rules/report.smk", "workflow/rules/study.smk"),
    }
    for name, file in files.items():
        there = folder / name.replace("%20", " ")
        assert there.exists()
        if name not in ("run.json", "pages/"):
            assert file["sha256"] == hashlib.sha256(there.read_bytes()).hexdigest()
            assert file["contentSize"] == str(there.stat().st_size)
    text = (folder / "ro-crate-metadata.json").read_text(encoding="utf-8")
    graph = json.loads(text)["@graph"]
    ids = [entity["@id"] for entity in graph]
    assert len(ids) == len(set(ids))

    def references(value):
        if isinstance(value, list):
            return {found for part in value for found in references(part)}
        return {value["@id"]} if isinstance(value, dict) else set()

    referred = {found for entity in graph for value in entity.values() for found in references(value)}
    outside = {reference for reference in referred if reference not in ids}
    assert all(reference.startswith("https://") for reference in outside)


def test_the_run_names_its_recordings_by_checksum_and_its_software_by_version(folder):
    crate = described(folder)
    run = crate.get("#run")
    assert run["instrument"] is crate.mainEntity and run["result"] is crate.get("report.html")
    assert [raw["sha256"] for raw in run["object"]] == ["sum of client", "sum of therapist"]
    software = {app["name"]: app["softwareVersion"] for app in crate.mainEntity["softwareRequirements"]}
    assert software == {"python": "3.11.7", "snakemake": "9.27.1", "mne": "1.13.2"}


def test_the_same_files_give_the_same_bytes_without_a_place_on_the_machine(folder, tmp_path):
    text = [described(folder) and (folder / "ro-crate-metadata.json").read_bytes() for _ in range(2)]
    assert text[0] == text[1] and str(tmp_path).encode() not in text[0]


def test_a_day_that_the_study_gives_is_the_day_of_publication(folder):
    crate = described(folder, date_published="2027-02-03")
    assert crate.root_dataset.properties()["datePublished"] == "2027-02-03"


def test_without_a_day_it_is_never_that_of_today(folder):
    assert described(folder, code_date=None).root_dataset.properties()["datePublished"] == "0001-01-01"


@pytest.mark.parametrize("licence", ["n/a", "", "N/A"])
def test_without_a_licence_it_says_that_there_is_none(folder, licence):
    crate = described(folder, config=PROVENANCE["config"] | {"data_licence": licence})
    assert crate.root_dataset["license"]["name"].startswith("No licence was given")
