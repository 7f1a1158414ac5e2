"""Marks that a file has after its own end are said to be left out."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import PLANTED, SECRETS, write_edf

from interbrain.formats import read_recording
from interbrain.formats.notes import noted


def said(file):
    with noted() as notes:
        read_recording(file)
    return [note for note in notes if "outside the recording" in note]


@pytest.mark.parametrize("name", ["eeglab", "eeglab_fdt", "gdf"])
def test_marks_after_the_end_are_said_as_where_a_rate_was_changed_and_its_marks_were_not(tmp_path, name):
    [note] = said(PLANTED[name](tmp_path / "x", SECRETS, [3, 7, 25, 31], 12, 250))
    assert note.startswith("2 of its marks are outside the recording, and left out")
    assert said(PLANTED[name](tmp_path / "y", SECRETS, [3, 7, 11], 12, 250)) == []


def test_marks_of_an_edf_are_those_of_its_records_and_a_single_one_may_be_that_of_its_end(tmp_path):
    late = [(11.0, b"a\x14\x14\x00+40\x14late"), (11.5, b"a\x14\x14\x00+41\x14late")]
    assert len(said(write_edf(tmp_path / "x", SECRETS, [3], 12, 250, events=late))) == 1
    assert said(write_edf(tmp_path / "y", SECRETS, [3], 12, 250, events=late[:1])) == []
