"""A recording that is also another dyad's: two people's stops the run, one person's is said."""

from dataclasses import replace

import numpy as np
import pytest

from interbrain.bids import ConversionError
from interbrain.bids.partners import Recorded, same_in_another_dyad
from interbrain.formats.copies import read_signatures, write_signatures

NAMES = ("Cz", "Fz", "EEG Fp1/A2: left", "Pz")


def phases(seed):
    rng = np.random.default_rng(seed)
    return {name: rng.integers(-127, 128, 16_200).astype(np.int8) for name in NAMES}


def recorded(dyad, role, participant, seed, path=None):
    path = path or f"raw/{dyad}_{role}.edf"
    return Recorded(dyad, "pre", role, participant, path, phases(seed) if seed else {})


def test_signatures_come_back_as_they_were_written_and_have_the_same_bytes(tmp_path):
    given = {"1_therapist": phases(1), "1_client": {}, "2_client": phases(2)}
    for name in ("one.npz", "other.npz"):
        write_signatures(tmp_path / name, given)
    found = read_signatures(tmp_path / "one.npz")
    assert list(found) == list(given) and found["1_client"] == {}
    for name in ("1_therapist", "2_client"):
        assert list(found[name]) == list(NAMES)
        for channel in NAMES:
            np.testing.assert_array_equal(found[name][channel], given[name][channel])
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "other.npz").read_bytes()


def test_the_same_signals_under_the_names_of_two_people_are_refused_with_both_recordings():
    study = [
        recorded("D01", "therapist", "T01", 1),
        recorded("D01", "client", "C01", 2),
        recorded("D02", "therapist", "T01", 3),
        recorded("D02", "client", "C02", 2),
        recorded("D03", "therapist", "T03", 1),
    ]
    with pytest.raises(ConversionError) as error:
        same_in_another_dyad(study)
    first, second = str(error.value).splitlines()
    assert first.startswith("D03 pre, therapist (D03_therapist.edf): it holds the same signals as D01 pre, ")
    assert "D02 pre, client (D02_client.edf): it holds the same signals as D01 pre, client" in second
    assert "exclude a dyad with a reason" in first and "exclude a dyad with a reason" in second


def test_one_person_with_two_partners_at_once_is_said_in_both_dyads_and_one_file_is_not():
    study = [
        recorded("D01", "therapist", "T01", 1),
        recorded("D02", "therapist", "T01", 1),
        recorded("D03", "therapist", "T02", 4, "raw/both.edf"),
        recorded("D04", "therapist", "T02", 4, "raw/both.edf"),
    ]
    found = same_in_another_dyad(study)
    assert [(one.dyad, one.role) for one, _ in found] == [("D01", "therapist"), ("D02", "therapist")]
    assert "the recording of D02 pre" in found[0][1] and "the recording of D01 pre" in found[1][1]
    assert "right only if T01 was recorded with both partners at once" in found[0][1]


@pytest.mark.parametrize(("start_s", "said"), [(600.0, 0), (599.0, 2), (None, 2)])
def test_copies_of_a_long_recording_of_which_each_dyad_takes_another_part_are_right(start_s, said):
    one, other = (recorded(dyad, "therapist", "T01", 1) for dyad in ("D01", "D02"))
    study = [replace(one, start_s=0.0, stop_s=600.0), replace(other, start_s=start_s)]
    assert len(same_in_another_dyad(study)) == len(same_in_another_dyad(study[::-1])) == said


def test_of_different_recordings_and_of_those_without_a_signature_nothing_is_said():
    study = [recorded(f"D{n:02d}", "client", f"C{n:02d}", n) for n in range(1, 8)]
    assert same_in_another_dyad([*study, recorded("D08", "client", "C08", 0)]) == []
    assert same_in_another_dyad([]) == []
