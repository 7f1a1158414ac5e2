"""A therapist with two clients in one session: one file for all, or three; from the tables to the dataset."""

import json
from datetime import datetime

import numpy as np
import pytest

from interbrain import doctor
from interbrain.bids.checks import own_checks
from interbrain.bids.dataset import write_dataset
from interbrain.bids.reading import read_recording_files
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.release import private_texts
from interbrain.bids.timing import RunSources, Source, time_session
from interbrain.bids.validator import official_validator
from interbrain.chance.strangers import are_strangers
from interbrain.formats.poly5_writing import write_poly5
from interbrain.study.config import with_defaults
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.settings import config_schema

SITES = ["F3", "Fz", "F4", "Cz"]
RATE, SECONDS = 250, 40
PULSES = np.array([2.2, 8.7, 12.1, 18.4, 25.9, 31.3, 36.6])
PEOPLE = ("T1", "C1", "C2")
COLUMNS = ["dyad", "time", "therapist_file", "client_file", "sync", "therapist_channels", "client_channels"]
ONE_FILE = {
    "patterns": [("s1_*", "s2_*"), ("s1_*", "s3_*")],
    "numbers": [("1-4", "5-8"), ("1-4", "9-12")],
}


def signals():
    """µV, of three people: shape (3, 4, n_times)."""
    return 10 * np.random.default_rng(3).standard_normal((3, len(SITES), SECONDS * RATE))


def record(path, eeg, labels):
    times = np.arange(SECONDS * RATE) / RATE
    digital = np.full(len(times), 8.0)
    for pulse in PULSES:
        digital[(times >= pulse) & (times < pulse + 0.04)] = 0
    write_poly5(
        path,
        np.vstack([eeg, digital]),
        RATE,
        [*labels, "Digi"],
        ["µVolt"] * len(eeg) + [""],
        start=datetime(2018, 11, 5, 10, 30),
    )


class Session:
    """The tables of dyads D1 (T1, C1) and D2 (T1, C2), and what follows from them."""

    def __init__(self, folder, schema, rows):
        self.folder = folder
        (folder / "config").mkdir()
        (folder / "raw").mkdir()
        eeg = signals()
        record(
            folder / "raw/group.Poly5",
            eeg.reshape(-1, eeg.shape[-1]),
            [f"s{i}_{site}" for i in (1, 2, 3) for site in SITES],
        )
        for person, own in zip(PEOPLE, eeg, strict=True):
            record(folder / f"raw/{person}.Poly5", own, SITES)
        self.write("dyads", ["dyad", "therapist", "client"], [["D1", "T1", "C1"], ["D2", "T1", "C2"]])
        self.write("recordings", COLUMNS, rows)
        self.settings = {
            "title": "A group",
            "tables": {"dyads": "config/dyads.tsv", "recordings": "config/recordings.tsv"},
            "raw_folder": "raw",
            "times": ["rest"],
            "factors": {},
            "line_frequency": 50,
            "rois": {"frontal": SITES},
            "triggers": {"channel": "Digi"},
        }
        self.schema = schema

    def write(self, table, columns, rows):
        text = "\n".join("\t".join(row) for row in (columns, *rows))
        (self.folder / f"config/{table}.tsv").write_text(text + "\n", encoding="utf-8")

    def load(self):
        return load_study(self.settings, self.schema, self.folder)

    def convert(self, root):
        """What the workflow's jobs do, one after the other."""
        study, config = self.load(), with_defaults(self.settings, self.schema)
        conversions = []
        for dyad in ("D1", "D2"):
            session = [
                RunSources(**{**run, **{r: Source(**run[r]) for r in ("therapist", "client")}})
                for run in study.session(dyad)
            ]
            timing = time_session(dyad, session, clock_limits=config["clock"])
            for role in ("therapist", "client"):
                encounter = study.encounter(study.member(dyad, role), dyad, 1)
                conversions.append(
                    convert(
                        Member(**encounter["member"], path=root.parent / encounter["raw"][0]),
                        Meeting(**encounter["meeting"]),
                        timing["1"],
                        root,
                        cap_map={},
                        line_frequency=50,
                    )
                )
        return study, json.loads(json.dumps(conversions))


@pytest.fixture
def schema(repository):
    return config_schema()


def shared_file(kind):
    return [
        [dyad, "rest", "group.Poly5", "group.Poly5", "auto", *patterns]
        for dyad, patterns in zip(("D1", "D2"), ONE_FILE[kind], strict=True)
    ]


THREE_FILES = [[f"D{i}", "rest", "T1.Poly5", f"C{i}.Poly5", "markers", "", ""] for i in (1, 2)]


@pytest.mark.long_but("rows0")
@pytest.mark.parametrize("rows", [shared_file("patterns"), shared_file("numbers"), THREE_FILES])
def test_a_group_session_becomes_a_valid_dataset_of_two_dyads(rows, tmp_path, schema):
    session = Session(tmp_path, schema, rows)
    root = tmp_path / "bids"
    study, conversions = session.convert(root)
    people = study.participants.assign(role=["therapist", "client", "client"])
    days = write_dataset(
        root,
        conversions,
        study.dyads,
        people,
        {},
        title="A group",
        authors=["A", "B"],
        data_licence="CC0",
        times=["rest"],
        factors={},
        questionnaires={},
        dataset_version="1.0.0",
        version="0.1.0",
    )
    assert days > 0
    assert own_checks(root, PEOPLE) == []
    said = official_validator(root, tmp_path / "validator.json")
    assert said["errors"] == 0, said["messages"]
    found = {path.relative_to(root).parts[:2] for path in root.glob("sub-*/ses-*")}
    assert found == {
        ("sub-T1", "ses-D1"),
        ("sub-T1", "ses-D2"),
        ("sub-C1", "ses-D1"),
        ("sub-C2", "ses-D2"),
    }
    for dyad, person in (("D1", "T1"), ("D2", "T1"), ("D1", "C1"), ("D2", "C2")):
        stem = f"sub-{person}/ses-{dyad}/eeg/sub-{person}_ses-{dyad}_task-rest_run-1"
        raw = read_recording_files(next(root.glob(f"{stem}_eeg.vhdr")))
        assert raw.ch_names == [*SITES, "Digi"]  # and nothing of the other two
        expected = signals()[PEOPLE.index(person)]
        np.testing.assert_allclose(raw.get_data(SITES) * 1e6, expected, atol=0.01)


def test_the_doctor_takes_a_group_in_one_file_and_warns_of_one_in_three(tmp_path, schema):
    for name, rows, warned in (("one", shared_file("patterns"), 0), ("three", THREE_FILES, 1)):
        folder = tmp_path / name
        folder.mkdir()
        session = Session(folder, schema, rows)
        said, sound = doctor.check(session.settings, session.schema, folder)
        assert sound, said
        assert said.count("T1.Poly5 is T1's in D1 (row 2) too") == warned
        assert "T1 is the therapist of D1 and D2, which are therefore not independent" in said


def test_members_of_one_group_are_no_strangers_to_one_another():
    allowed = are_strangers(["T1", "T1", "T3"], ["C1", "C2", "C3"])
    assert allowed.tolist() == [[False, False, True], [False, False, True], [True, True, False]]


def test_a_persons_channels_are_the_same_in_every_dyad(tmp_path, schema):
    rows = shared_file("patterns")
    rows[1][5] = "s2_*"
    session = Session(tmp_path, schema, rows)
    with pytest.raises(StudyError) as error:
        session.load()
    said = [p.what for p in error.value.problems]
    assert 'therapist_channels is "s2_*", but T1\'s channels in group.Poly5 are "s1_*" in row 2' in said


def test_a_strangers_file_is_still_taken(tmp_path, schema):
    rows = [list(row) for row in THREE_FILES]
    rows[1][3] = "C1.Poly5"
    session = Session(tmp_path, schema, rows)
    with pytest.raises(StudyError) as error:
        session.load()
    assert [p.what for p in error.value.problems] == ["client_file: C1.Poly5 is already in row 2"]


def test_a_name_in_the_file_of_a_group_stays_private():
    raw = [
        (dyad, person, "Annagret_group.Poly5")
        for dyad, person in zip(["D1", "D1", "D2", "D2"], ["T1", "C1", "T1", "C2"], strict=True)
    ]
    raw += [("D3", person, f"{person}_group.Poly5") for person in ("T3", "C3")]
    texts = private_texts(raw, [], [*PEOPLE, "T3", "C3", "D1", "D2", "D3"])
    assert texts["Annagret"] == "a word of the raw file name Annagret_group.Poly5"
    assert "group" not in texts
