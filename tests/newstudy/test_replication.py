"""The recipes of docs/replication, on synthetic datasets of the layout of the public ones."""

import importlib.util
import json

import numpy as np
import pybv
import pytest
import yaml
from scipy.io import savemat

from interbrain import doctor
from interbrain.newstudy.from_dataset import from_dataset
from interbrain.newstudy.options import role_words
from interbrain.newstudy.writing import Interbrain, write_study
from interbrain.study.settings import config_schema

SECONDS = 20
# The joint agency study used 32 electrodes a person; these are the usual ones of a cap of 32.
ROWS = (
    "Fp1 Fz F3 F7 FT9 FC5 FC1 C3 T7 TP9 CP5 CP1 Pz P3 P7 O1",
    "Oz O2 P4 P8 TP10 CP6 CP2 Cz C4 T8 FT10 FC6 FC2 F4 F8 Fp2",
)
CAP = [site for row in ROWS for site in row.split()]


def eeg(seed, sfreq):
    """Two people's 32 channels in V, of 10 uV; each has a noise of its own."""
    return 1e-5 * np.random.default_rng(seed).standard_normal((64, SECONDS * sfreq))


def joint_agency(root, pairs=(1, 20)):
    """OpenNeuro ds007471: `sub-` is a pair of *_R and *_L, with headers that keep older names."""
    for pair in pairs:
        stem = f"sub-{pair:02d}_task-jointaction_eeg"
        folder = root / f"sub-{pair:02d}/eeg"
        folder.mkdir(parents=True)
        pybv.write_brainvision(
            **{"data": eeg(pair, 1000), "sfreq": 1000, "unit": "µV", "resolution": 0.1},
            ch_names=[f"{site}_{side}" for side in "RL" for site in CAP],
            **{"fname_base": stem, "folder_out": str(folder), "fmt": "binary_int16"},
            events=[
                {"onset": 1000 * n, "duration": 1, "type": "Stimulus", "description": code}
                for n, code in enumerate((1, 10, 105, 128, 106, 107), 1)
            ],
        )
        for end in ("vhdr", "vmrk"):
            file = folder / f"{stem}.{end}"
            text = file.read_text(encoding="utf-8").replace(stem, f"IBS_{pair:04d}")
            file.write_text(text, encoding="utf-8")
    about = {"Name": "Joint agency EEG dataset", "BIDSVersion": "1.8.0", "License": "CC0"}
    (root / "dataset_description.json").write_text(json.dumps(about))


def brain_invaders(mat, repository, root, groups=(1, 2)):
    """Zenodo 3267307: a MAT file a group and condition; columns time, 2 x 32 channels in uV, codes."""
    mat.mkdir()
    for group in groups:
        for condition in range(1, 5):
            data = np.zeros((66, 512 * SECONDS))
            data[0] = np.arange(data.shape[1]) / 512
            data[1:65] = eeg(10 * group + condition, 512) * 1e6
            data[-1, 1000:1005], data[-1, 3000:3005] = 20, 61
            savemat(mat / f"group_{group:02d}_s{condition}.mat", {"mat_data": data.T})
    script = repository / "examples/replication/bi2015b/convert.py"
    spec = importlib.util.spec_from_file_location("convert_bi2015b", script)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    module.main(mat, root)


@pytest.fixture
def checked(tmp_path, repository):
    """What `new-study BIDS=` and `check` make of a dataset: the draft, the report and the findings."""

    def make(root, therapist, client, **settings):
        folder = tmp_path / "study"
        draft = from_dataset(root, role_words(therapist, client))
        write_study(folder, draft, Interbrain(repository))
        config = yaml.safe_load((folder / "config/config.yaml").read_text(encoding="utf-8"))
        config |= {"factors": {}, "questionnaires": {}, "differences": {}, **settings}
        config["windows"] |= {"min_clean_s": 10}
        report, sound = doctor.check(config, config_schema(), folder)
        assert sound, report
        return draft, report, json.loads((folder / "results/doctor.json").read_text(encoding="utf-8"))

    return make


@pytest.mark.long
def test_a_pair_in_one_file_whose_headers_keep_old_names_becomes_a_study(tmp_path, checked):
    joint_agency(tmp_path / "ds007471")
    draft, report, kept = checked(tmp_path / "ds007471", "L", "R", line_frequency=60)
    assert list(draft.tables["dyads"]["dyad"]) == ["D01", "D20"]
    found = kept["recordings"]
    assert len(found) == 4 and {(r["Hz"], str(r["EEG"])) for r in found} == {("1000", "32")}
    assert {r["clock"] for r in found} == {"same_file"}
    assert "its files were renamed" in report and report.count("renamed") == 1
    rows = draft.tables["recordings"]
    assert set(rows["therapist_channels"]) == {"*_L"} and set(rows["client_channels"]) == {"*_R"}


@pytest.mark.long
def test_mat_files_of_two_players_become_a_study_of_four_conditions(tmp_path, repository, checked):
    brain_invaders(tmp_path / "mat", repository, tmp_path / "bi2015b")
    draft, report, kept = checked(
        tmp_path / "bi2015b", "1", "2", rois={"frontal": ["F3", "AFz", "F4"], "central": ["C3", "Cz", "C4"]}
    )
    assert list(draft.tables["dyads"]["dyad"]) == ["D01", "D02"] and len(draft.times) == 4
    found = kept["recordings"]
    assert len(found) == 16 and {(r["Hz"], str(r["EEG"])) for r in found} == {("512", "32")}
    assert "No problems found: 2 dyads, 8 recordings" in report


def test_the_first_players_channels_come_first_in_a_mat_file(tmp_path, repository):
    import mne

    brain_invaders(tmp_path / "mat", repository, tmp_path / "bi2015b", groups=(1,))
    file = tmp_path / "bi2015b/sub-01/ses-s2/eeg/sub-01_ses-s2_task-game_eeg.vhdr"
    raw = mne.io.read_raw_brainvision(file, verbose="error")
    written = eeg(12, 512)
    for name, row in (("Fp1_1", 0), ("PO10_1", 31), ("Fp1_2", 32), ("PO10_2", 63)):
        np.testing.assert_allclose(raw.get_data(picks=name)[0], written[row], atol=1e-7)
    assert [a["description"] for a in raw.annotations if "Stimulus" in a["description"]] == [
        "Stimulus/S 20",
        "Stimulus/S 61",
    ]
