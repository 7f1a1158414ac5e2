"""The dataset without signals that shows others the layout."""

import shutil

import pytest

from interbrain.bids.example import KEPT_BYTES, write_example
from interbrain.bids.validator import official_validator
from interbrain.problems import InterbrainError


def test_the_example_is_small_valid_and_but_for_its_signals_the_dataset(made, tmp_path):
    root = shutil.copytree(made.root, tmp_path / "bids")
    (root / "sourcedata").mkdir()
    (root / "sourcedata/raw.Poly5").write_bytes(b"raw")
    target = tmp_path / "eeg_hyperscanning"
    files = write_example(root, target)
    assert sum(file.stat().st_size for file in files) < 200_000
    assert {f.relative_to(target) for f in files} == {
        f.relative_to(made.root) for f in made.root.rglob("*") if f.is_file()
    }
    for file in files:
        whole = (made.root / file.relative_to(target)).read_bytes()
        if file.suffix == ".eeg":
            assert file.read_bytes() == whole[:KEPT_BYTES]
        elif file.name == "README.md":
            assert file.read_bytes().startswith(whole)
        else:
            assert file.read_bytes() == whole
    said = official_validator(target, tmp_path / "full.json")
    assert (said["errors"], said["warnings"]) == (0, 0), said["messages"]


def test_the_example_is_written_of_a_dataset_and_over_nothing(made, tmp_path):
    with pytest.raises(InterbrainError, match=r"there is no BIDS dataset. `make demo` or"):
        write_example(tmp_path, tmp_path / "example")
    with pytest.raises(InterbrainError, match="exists already"):
        write_example(made.root, tmp_path)
