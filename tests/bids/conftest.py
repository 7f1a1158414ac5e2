"""A small dataset of two dyads, made from raw files as the workflow makes it."""

import json
import shutil
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from zlib import crc32

import numpy as np
import pandas as pd
import pytest

from interbrain.bids.dataset import write_dataset
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session
from interbrain.formats.poly5_writing import write_poly5

DYADS = pd.DataFrame(
    {
        "dyad": ["D01", "D02"],
        "therapist": ["T01", "T01"],
        "client": ["C01", "C02"],
        "mindfulness": ["yes", "yes"],
        "modality": ["face-to-face", "online"],
    }
)
PEOPLE = pd.DataFrame(
    {
        "participant": ["T01", "C01", "C02"],
        "role": ["therapist", "client", "client"],
        "age": ["92", "34.5", "unknown"],
        "sex": ["F", "", "M"],
        "handedness": ["right", "left", ""],
    }
)
SCORES = {
    "wai_t": pd.DataFrame({"dyad": ["D01", "D02"], "total": [200, 210]}),
    "wai_c": pd.DataFrame({"dyad": ["D01", "D02"], "total": [190, 180]}),
}
TEXTS = {
    "title": "A small study",
    "authors": ["A", "B"],
    "data_licence": "CC0",
    "times": ["pre", "post"],
    "factors": {"mindfulness": ["yes", "no"], "modality": ["face-to-face", "online"]},
    "questionnaires": {
        "wai_t": {"name": "WAI, therapist", "role": "therapist"},
        "wai_c": {"name": "WAI, client", "role": "client"},
    },
    "dataset_version": "1.2.0",
    "version": "0.1.0",
}
PULSES = np.array([2.2, 8.7, 12.1, 18.4, 25.9, 31.3, 36.6])


@dataclass
class SmallStudy:
    """Where the dataset is, and everything that its tables were written from."""

    root: Path
    conversions: list[dict]
    dyads: pd.DataFrame = field(default_factory=DYADS.copy)
    people: pd.DataFrame = field(default_factory=PEOPLE.copy)
    scores: dict = field(default_factory=lambda: dict(SCORES))
    texts: dict = field(default_factory=lambda: dict(TEXTS))

    def write(self) -> int | None:
        conversions = json.loads(json.dumps(self.conversions))
        return write_dataset(self.root, conversions, self.dyads, self.people, self.scores, **self.texts)


def write_raw(path, offset, began):
    times = np.arange(250 * 40) / 250
    digital = np.full(len(times), 8.0)
    for pulse in PULSES + offset:
        digital[(times >= pulse) & (times < pulse + 0.04)] = 0
    eeg = np.random.default_rng(crc32(path.name.encode())).standard_normal((2, len(times))) * 20
    write_poly5(path, np.vstack([eeg, digital]), 250, ["Fz", "Cz", "Digi"], ["µVolt"] * 2 + [""], start=began)
    return str(path)


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> SmallStudy:
    """Two dyads with one therapist, pre and post a day apart; the second client's clock is 1.5 s ahead."""
    root, raw = tmp_path_factory.mktemp("bids"), tmp_path_factory.mktemp("raw")
    conversions = []
    for dyad, client, day, offset in (("D01", "C01", 5, 0.0), ("D02", "C02", 9, 1.5)):
        session = []
        for run, time in ((1, "pre"), (2, "post")):
            began = datetime(2018, 11, day + run - 1, 10, 30)
            therapist = Source("T01", write_raw(raw / f"{dyad}{run}t.Poly5", 0, began))
            other = Source(client, write_raw(raw / f"{dyad}{run}c.Poly5", offset, began))
            session.append(RunSources(run, time, "markers", therapist, other))
        limits = {"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 200}
        timing = time_session(
            dyad,
            session,
            cap_map={},
            triggers={"channel": "Digi", "idle": 8, "dead_time_s": 0.5, "annotation": None},
            clock_limits=limits | {"accept_header_time": False},
        )
        for sources in session:
            members = [
                Member("T01", "therapist", Path(sources.therapist.path)),
                Member(client, "client", Path(sources.client.path), 55.0),
            ]
            for member, partner in (members, members[::-1]):
                meeting = Meeting(
                    dyad, sources.run, sources.time, partner.participant, {"modality": "online"}
                )
                conversions.append(
                    convert(
                        member,
                        meeting,
                        timing[str(sources.run)],
                        root,
                        cap_map={},
                        line_frequency=50,
                    )
                )
    study = SmallStudy(root, conversions)
    study.write()
    return study


@pytest.fixture
def broken(made, tmp_path) -> SmallStudy:
    """A copy to break."""
    return SmallStudy(Path(shutil.copytree(made.root, tmp_path / "bids")), list(made.conversions))
