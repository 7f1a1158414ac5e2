"""A recording that was copied over another is known by its signals, whatever its header is like."""

import numpy as np
import pybv
import pytest

from interbrain.doctor.opening import answer_of, with_signals


@pytest.fixture
def checksum(tmp_path):
    """The checksum of a BrainVision recording of noise that is written there."""

    def of(place, seed):
        path = tmp_path / place
        path.parent.mkdir(parents=True, exist_ok=True)
        data = 2e-5 * np.random.default_rng(seed).standard_normal((2, 500))
        pybv.write_brainvision(
            **{"data": data, "sfreq": 250, "ch_names": ["F3", "F4"], "unit": "µV"},
            **{"fname_base": path.stem, "folder_out": str(path.parent)},
        )
        return answer_of(lambda job: None, (str(path),), "log")["checksum"]

    return of


def test_two_recordings_of_one_name_in_two_folders_have_like_headers_and_are_no_copies(checksum, tmp_path):
    first, second = (checksum(f"Sitzung_{n}/Therapeut_04.vhdr", seed=n) for n in (1, 2))
    headers = {path.read_bytes() for path in tmp_path.rglob("*.vhdr")}
    assert len(headers) == 1 and first != second


def test_a_copy_under_another_name_is_found_though_its_header_names_another_file(checksum):
    assert checksum("D01_T.vhdr", seed=1) == checksum("D02_T.vhdr", seed=1)


def test_a_header_whose_signals_have_another_name_counts_itself(tmp_path):
    (tmp_path / "a.vhdr").write_text("DataFile=b.eeg")
    assert with_signals(tmp_path / "a.vhdr") == tmp_path / "a.vhdr"
    assert with_signals(tmp_path / "c.edf") == tmp_path / "c.edf"
