"""Nothing that a raw file says of people, devices and days comes into the dataset, whatever the format."""

import json
import os
import re
import sys
import zipfile
from itertools import zip_longest
from pathlib import Path

import pandas as pd
import pytest
import yaml

from interbrain.bids.checks import own_checks
from interbrain.bids.dataset import write_dataset
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session, usable
from interbrain.bids.validator import official_validator
from interbrain.study.config import with_defaults
from interbrain.study.loading import load_study
from interbrain.study.settings import config_schema

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from planted import PLANTED, SECRETS, traces

import fork_of_snakemake

PULSES, SECONDS, SFREQ = [3.1, 9.4, 14.2, 21.7, 27.3], 30, 250
ROLES = ("therapist", "client")
# Each format once, and the first again where their number is odd.
PAIRS = list(zip_longest(list(PLANTED)[::2], list(PLANTED)[1::2], fillvalue=next(iter(PLANTED))))


def begun(folder: Path, formats: list[tuple[str, str]]) -> dict:
    """Raw files and tables of a study, and its config: a dyad for each pair of formats, therapist's first.

    Every file is named after a person.
    """
    (folder / "config").mkdir()
    (folder / "raw").mkdir()
    dyads, rows = [], []
    for number, pair in enumerate(formats):
        dyad, secrets = f"D{number:02d}", (SECRETS, PULSES, SECONDS, SFREQ)
        dyads.append((dyad, f"T{number:02d}", f"C{number:02d}", "ab"[number % 2]))
        files = [
            PLANTED[name](folder / f"raw/Annagret_{name}_{role}", *secrets).name
            for name, role in zip(pair, ROLES, strict=True)
        ]
        rows.append((dyad, "pre", *files, "shared_start"))
    for table, content, columns in (
        ("dyads", dyads, ["dyad", "therapist", "client", "group"]),
        ("recordings", rows, ["dyad", "time", "therapist_file", "client_file", "sync"]),
    ):
        path = folder / f"config/{table}.tsv"
        pd.DataFrame(content, columns=columns).to_csv(path, sep="\t", index=False)
    return {
        "title": "Planted",
        "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
        "raw_folder": "raw",
        "line_frequency": 50,
        "authors": ["Interbrain"],
        "times": ["pre"],
        "factors": {"group": ["a", "b"]},
        "statistics": {"between": []},
    }


@pytest.fixture(scope="module")
def study(tmp_path_factory, repository) -> Path:
    """Every format, as far as the validated dataset, by what the rules from clock to validate call."""
    folder = tmp_path_factory.mktemp("planted")
    schema = config_schema()
    given = begun(folder, PAIRS)
    read, config = load_study(given, schema, folder), with_defaults(given, schema)
    dataset, facts = folder / "bids", []
    for row in read.dyads.to_dict("records"):
        runs = [
            RunSources(**{**run, **{role: Source(**run[role]) for role in ROLES}})
            for run in read.session(row["dyad"])
        ]
        timing = time_session(row["dyad"], runs, clock_limits=config["clock"])
        for participant in (row[role] for role in ROLES):
            encounter = read.encounter(participant, row["dyad"], 1)
            facts.append(
                convert(
                    Member(**encounter["member"], path=Path(encounter["raw"][0])),
                    Meeting(**encounter["meeting"]),
                    usable(timing, "1"),
                    dataset,
                    cap_map=read.cap_map(participant, row["dyad"], 1),
                    line_frequency=config["line_frequency"],
                    share_annotations=config["share_annotations"],
                )
            )
    texts = ("title", "authors", "data_licence", "dataset_version", "times", "factors", "questionnaires")
    days = write_dataset(
        dataset,
        json.loads(json.dumps(facts)),
        read.included.drop(columns="exclude"),
        read.participants,
        read.shared_scores(config["share_items"]),
        **{key: config[key] for key in texts},
        version="0.1.0",
    )
    assert own_checks(dataset, read.participants["participant"].tolist()) == []
    results = folder / "results"
    results.mkdir()
    said = official_validator(dataset, results / "bids-validator.json")
    (results / "validation.json").write_text(json.dumps(said), encoding="utf-8")
    (results / "date_shift.json").write_text(
        json.dumps({"days_taken_off_every_date": days}), encoding="utf-8"
    )
    return folder


@pytest.fixture(scope="module")
def released(tmp_path_factory, repository) -> Path:
    """Two formats all the way to the release, run as a user does."""
    folder = tmp_path_factory.mktemp("released")
    config = begun(folder, [("edf", "fif")])
    (folder / "config/config.yaml").write_text(yaml.safe_dump(config))
    words = ["--snakefile", repository / "Snakefile", "--directory", folder, "--cores", "2", "release"]
    done = fork_of_snakemake.snakemake(folder, words, dict(os.environ))
    assert done.returncode == 0, done.stdout[-4000:]
    return folder


def spellings(texts=None):
    """Every secret as it may stand in a file, lower case: any text encoding that a header is written in."""
    for text in traces() if texts is None else texts:
        for coded in {text.lower(), text.lower().replace(" ", "_"), text.lower().replace(" ", "")}:
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                yield text, coded.encode(encoding)


# Years stand in no table of numbers: four figures turn up there by chance.
NO_YEARS = [text for text in traces() if not (text.isdigit() and len(text) == 4)]


def found_in(folder: Path, texts=None) -> list[tuple[str, str]]:
    """Files below a folder that hold a secret, in their bytes or in their names."""
    found = []
    for file in sorted(folder.rglob("*")):
        name = file.relative_to(folder).as_posix()
        content = file.read_bytes().lower() if file.is_file() else b""
        sought = spellings(NO_YEARS if file.suffix == ".eeg" else texts)
        found += [
            (name, text) for text, coded in sought if coded in content or coded in name.lower().encode()
        ]
    return found


def test_every_secret_stands_in_the_raw_files_so_that_the_search_can_find_it(study):
    found = found_in(study / "raw")
    per_format = {
        name: {text for file, text in found if re.search(f"_{name}_({'|'.join(ROLES)})", file)}
        for name in PLANTED
    }
    # "Annagret" stands in each file's name.
    assert all(len(texts - {"Annagret"}) > 1 or name == "eeglab" for name, texts in per_format.items())
    assert set().union(*per_format.values()) >= {text for text in SECRETS.values() if isinstance(text, str)}


def test_no_file_of_the_dataset_holds_a_secret(study):
    assert len(list((study / "bids").glob("sub-*/ses-*/eeg/*_eeg.vhdr"))) == 2 * len(PAIRS)
    assert found_in(study / "bids") == []


@pytest.mark.long
def test_nothing_that_is_made_of_the_dataset_holds_a_secret(released):
    """The cleaned recordings, the tables, the report, the release; the facts alone name raw files."""
    results = released / "results"
    for part in ("derivatives", "release"):
        assert list((results / part).rglob("*.*")) and found_in(results / part, NO_YEARS) == []
    for name in ("report.html", "provenance.json", "validation.json"):
        assert not any(coded in (results / name).read_bytes().lower() for _, coded in spellings(NO_YEARS))


@pytest.mark.long
def test_the_release_holds_the_dataset_and_nothing_that_leads_back_to_the_raw_files(released):
    with zipfile.ZipFile(next((released / "results/release").glob("*.zip"))) as packed:
        names = packed.namelist()
    dataset = {f.relative_to(released / "bids").as_posix() for f in (released / "bids").rglob("*.*")}
    assert dataset < set(names)
    # The rules that ran are of no laboratory; one of them is called clocks.
    own = [name for name in names if not name.startswith("code/workflow/rules/")]
    assert not [name for name in own if re.search("conversion|clocks|date_shift|logs|snakemake|raw", name)]


def test_the_dataset_is_valid_and_says_where_a_text_was_withheld(study):
    said = json.loads((study / "results/validation.json").read_text(encoding="utf-8"))
    assert (said["errors"], said["warnings"]) == (0, 0)
    events = {
        name: pd.read_csv(next((study / f"bids/sub-{who}{number:02d}").rglob("*_events.tsv")), sep="\t")
        for number, pair in enumerate(PAIRS)
        for who, name in zip("TC", pair, strict=True)
    }
    commented = {name for name, table in events.items() if (table["trial_type"] == "comment").any()}
    # Poly5 has no place for texts; GDF and CNT hold codes only.
    assert commented == set(PLANTED) - {"poly5", "gdf", "cnt"}


def test_the_dates_lead_back_to_the_day_only_with_what_stays_outside(study):
    days = json.loads((study / "results/date_shift.json").read_text(encoding="utf-8"))
    shifted = pd.read_csv(study / "bids/sub-T00/sub-T00_sessions.tsv", sep="\t")["acq_time"][0]
    back = pd.Timestamp(shifted) + pd.Timedelta(days=days["days_taken_off_every_date"])
    assert back.date() == SECRETS["begun"].date()
