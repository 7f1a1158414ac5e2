"""What lies beside a report, for machines: `ro-crate-metadata.json`, a Workflow RO-Crate.

Files with their checksums, authors, licence, the workflow, its software and the recordings that it was given.
Says nothing of the machine and of the day: the same files give the same bytes.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rocrate.model.computationalworkflow import ComputationalWorkflow
    from rocrate.model.contextentity import ContextEntity
    from rocrate.rocrate import ROCrate

REPORT = "report.html"
METADATA = "ro-crate-metadata.json"
VERSION = "1.1"  # of RO-Crate: what repositories and readers of today take
UNKNOWN_DAY = "0001-01-01"  # RO-Crate must have one; of code without a commit there is none
LICENCE_OF_CODE = "https://spdx.org/licenses/BSD-3-Clause"
SHA256 = "https://w3id.org/ro/terms/workflow-run#sha256"  # no term of RO-Crate 1.1 itself

FORMATS = {
    ".tsv": "text/tab-separated-values",
    ".json": "application/json",
    ".html": "text/html",
    ".md": "text/markdown",
    ".webp": "image/webp",
    ".eeg": "application/octet-stream",
}
# What has more to be said of it than its name.
NAMES = {
    REPORT: "Report: quality, results, chance levels, methods and warnings",
    "provenance.json": "Versions, settings, checksums of the raw files, warnings",
    "run.json": "When the latest run was made, and what each stage took",
    "validation.json": "What the BIDS validator found",
    "pages/": "A page for each dyad: pictures of cleaning, windows, decisions",
    "derivatives/interbrain/": "Cleaned recordings, epochs and tables, a BIDS derivative",
    "derivatives/interbrain/dyads/": "Tables and epochs of each dyad",
    "dataset_description.json": "Description of the BIDS dataset",
    "SHA256SUMS": "Checksums of all files, for sha256sum --check",
}


@dataclass(frozen=True)
class Content:
    """Size in bytes and SHA-256 of a file."""

    size: int
    sha256: str


def content(file: Path) -> Content:
    """Size and checksum of what is in a file."""
    with file.open("rb") as stream:
        return Content(file.stat().st_size, hashlib.file_digest(stream, "sha256").hexdigest())


def copy_workflow(snakefile: Path, rules: Iterable[Path], folder: Path) -> list[Path]:
    """Copy the main Snakefile and, into rules/, what it includes; returns the copies, the main one first."""
    (folder / "rules").mkdir(parents=True, exist_ok=True)
    copies = [(snakefile, folder / "Snakefile"), *((rule, folder / "rules" / rule.name) for rule in rules)]
    for source, copy in copies:
        copy.write_bytes(source.read_bytes())
    return [copy for _, copy in copies]


def describe(files: Mapping[str, Content | None], provenance: Mapping, *, workflow: Sequence[str]) -> str:
    """The text of `ro-crate-metadata.json` for a folder.

    Parameters
    ----------
    files : mapping of str to Content
        What is in the folder, by its path there; None for what has no checksum: folders (their names end in a
        slash) and files that change with every run.
    provenance : mapping
        `quality.provenance.provenance`, and the config's `date_published`.
    workflow : sequence of str
        The main Snakefile and what it includes, all of which are among `files`.
    """
    from rocrate.rocrate import ROCrate  # every run reads this module, for its names; few jobs describe

    crate = ROCrate(version=VERSION)
    config = provenance["config"]
    crate.metadata.extra_terms["sha256"] = SHA256
    root = crate.root_dataset
    root["name"] = config["title"]
    root["description"] = _description(provenance)
    day = provenance["date_published"] or provenance["code_date"]
    root["datePublished"] = day or UNKNOWN_DAY
    root["version"] = config["dataset_version"]
    root["license"] = _licence(crate, config["data_licence"])
    root["author"] = [
        _entity(crate, f"#author-{i}", {"@type": "Person", "name": name})
        for i, name in enumerate(config["authors"], 1)
    ]
    snakefile, *rules = workflow
    for name, of in sorted(files.items()):
        if name != snakefile:
            _add(crate, name, of)
    main = _workflow(crate, snakefile, files[snakefile], provenance)
    main["hasPart"] = [crate.get(name) for name in sorted(rules)]
    _action(crate, provenance)
    text = json.dumps(crate.metadata.generate(), indent=1, ensure_ascii=False, sort_keys=True)
    return f"{text}\n"


def _description(provenance: Mapping) -> str:
    made = f"Made by Interbrain {provenance['version']} from {len(provenance['inputs'])} raw files."
    return " ".join(part for part in (made, provenance["simulation_note"]) if part)


def _entity(crate: ROCrate, name: str, about: Mapping) -> ContextEntity:
    from rocrate.model.contextentity import ContextEntity

    return crate.add(ContextEntity(crate, name, about))


def _licence(crate: ROCrate, licence: str) -> ContextEntity:
    known = licence.strip().lower() not in ("", "n/a")
    text = licence if known else "No licence was given: ask the authors before you use these data."
    about = {"@type": "CreativeWork", "name": text, "description": f"Licence of the data: {text}"}
    return _entity(crate, "#licence", about)


def _add(crate: ROCrate, name: str, of: Content | None) -> None:
    about = {"name": NAMES.get(name, PurePosixPath(name).name)} | _facts(name, of)
    add = crate.add_dataset if name.endswith("/") else crate.add_file
    add(dest_path=name, properties=about)


def _facts(name: str, of: Content | None) -> dict[str, str]:
    kind = (
        {}
        if name.endswith("/")
        else {"encodingFormat": FORMATS.get(PurePosixPath(name).suffix, "text/plain")}
    )
    return kind | ({} if of is None else {"contentSize": str(of.size), "sha256": of.sha256})


def _workflow(crate: ROCrate, name: str, of: Content | None, provenance: Mapping) -> ComputationalWorkflow:
    """The main Snakefile, in the versions with which it ran."""
    dirty = {True: " with changes that were not committed", False: "", None: ""}[provenance["dirty"]]
    packages = {"python": provenance["python"], **provenance["packages"]}
    packages = {name: version for name, version in packages.items() if version != "not installed"}
    main = crate.add_workflow(
        dest_path=name,
        main=True,
        lang="snakemake",
        lang_version=packages.get("snakemake"),
        properties={
            "name": f"Interbrain {provenance['version']}",
            "description": "From raw dual-EEG recordings of dyads to a statistics report. These are the "
            f"rules of commit {provenance['commit']}{dirty}; to run, they need the library of that commit.",
            "version": provenance["version"],
            "identifier": provenance["commit"],
            "license": {"@id": LICENCE_OF_CODE},
            **_facts(name, of),
        },
    )
    software = {"@type": "CreativeWork", "name": "BSD 3-Clause license", "identifier": "BSD-3-Clause"}
    _entity(crate, LICENCE_OF_CODE, software)
    main["softwareRequirements"] = [
        _entity(crate, _address(package, version), _software(package, version))
        for package, version in packages.items()
    ]
    return main


def _address(package: str, version: str) -> str:
    if package == "python":
        return f"https://www.python.org/downloads/release/python-{version.replace('.', '')}/"
    return f"https://pypi.org/project/{package}/{version}/"


def _software(package: str, version: str) -> dict[str, str]:
    return {"@type": "SoftwareApplication", "name": package, "softwareVersion": version}


def _action(crate: ROCrate, provenance: Mapping) -> None:
    """The run: from which recordings, by which workflow, to which files. Its times are in run.json."""
    recordings = [
        _entity(crate, f"#raw-{i}", _recording(raw)) for i, raw in enumerate(provenance["inputs"], 1)
    ]
    about = {
        "@type": "CreateAction",
        "name": f"Run of Interbrain {provenance['version']}",
        "instrument": {"@id": crate.mainEntity.id},
        "object": [{"@id": recording.id} for recording in recordings],
        "result": {"@id": REPORT},
    }
    crate.root_dataset["mentions"] = [_entity(crate, "#run", about)]


def _recording(raw: Mapping) -> dict[str, str]:
    """A raw file, which is not in the crate and whose name may name a person: its checksum finds it."""
    return {
        "@type": "CreativeWork",
        "name": f"Recording: dyad {raw['dyad']}, {raw['time']}, {raw['role']}",
        "encodingFormat": raw["kind"],
        "sha256": raw["sha256"],
    }
