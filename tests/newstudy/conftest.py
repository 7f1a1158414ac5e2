"""Small recordings and datasets: files that a header can be read of, a second long."""

import json
from pathlib import Path

import numpy as np
import pybv
import pytest

SITES = ["F3", "Fz", "F4", "C3", "Cz", "C4"]


@pytest.fixture
def record():
    """Write a BrainVision recording of noise."""

    def write(path, names=SITES, pulses=0, comments=()):
        path = Path(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        data = 2e-5 * np.random.default_rng(1).standard_normal((len(names), 250))
        pybv.write_brainvision(
            **{"data": data, "sfreq": 250, "ch_names": list(names), "unit": "µV"},
            **{"fname_base": path.stem, "folder_out": str(path.parent)},
            events=[
                {"onset": 10 * n, "duration": 1, "type": "Stimulus", "description": 1} for n in range(pulses)
            ]
            + [
                {"onset": onset, "duration": 1, "type": "Comment", "description": text}
                for text, onset in comments
            ],
        )
        return path

    return write


@pytest.fixture
def dataset(tmp_path):
    """A BIDS dataset of somebody: `dataset(subs_and_stems, participants)`; its recordings are not read."""

    def make(stems, participants="", sidecar=None):
        root = tmp_path / "their data"
        root.mkdir()
        (root / "dataset_description.json").write_text(json.dumps({"Name": "Their study"}))
        if participants:
            (root / "participants.tsv").write_text(participants)
        for stem in stems:
            entities = dict(part.split("-") for part in stem.split("_"))
            session = f"ses-{entities['ses']}" if "ses" in entities else ""
            folder = root / f"sub-{entities['sub']}" / session / "eeg"
            folder.mkdir(parents=True, exist_ok=True)
            (folder / f"{stem}_eeg.edf").write_bytes(b"not read")
            about = {"PowerLineFrequency": 60, **(sidecar(entities["sub"]) if sidecar else {})}
            (folder / f"{stem}_eeg.json").write_text(json.dumps(about))
        return root

    return make
