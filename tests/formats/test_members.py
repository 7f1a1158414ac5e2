"""Whose a channel is, where several people are in one file."""

import mne
import numpy as np
import pytest

from interbrain.formats import FormatError, check_pattern, read_recording
from interbrain.formats.members import of_member
from interbrain.formats.notes import noted

SITES = ["Fp1", "Fp2", "F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1"]


def raw_file(folder, labels):
    """Each channel holds noise of its own, the n-th of n + 1 times 10 µV."""
    rng = np.random.default_rng(2)
    data = rng.normal(0, 1e-5, (len(labels), 2000)) * (1 + np.arange(len(labels)))[:, None]
    file = folder / "both_raw.fif"
    raw = mne.io.RawArray(data, mne.create_info(labels, 250, "eeg"), verbose="error")
    raw.save(file, overwrite=True, fmt="double", verbose="error")
    return file, data


def both(folder, labels, therapist, client, cap=None):
    """Names of each member's EEG channels, and which of the file's channels their samples are."""
    file, data = raw_file(folder, labels)
    found = []
    for mine, theirs in ((therapist, client), (client, therapist)):
        raw = read_recording(file, channel_names=cap, pattern=mine, partner_pattern=theirs).raw
        eeg = raw.get_data(picks="eeg")
        found.append((raw.copy().pick("eeg").ch_names, [int(np.abs(data - x).sum(1).argmin()) for x in eeg]))
    return found


NUMBERED = [f"EEG {n:03}" for n in range(1, 25)]
CASES = {
    "plain names and names with _2": ([*SITES, *(f"{s}_2" for s in SITES)], "*", "*_2"),
    "the same, by place": ([*SITES, *(f"{s}_2" for s in SITES)], "1-12", "13-24"),
    "first and last": ([*SITES, *(f"{s}_2" for s in SITES)], "first 12", "last 12"),
    "labels that occur twice": ([f"{s}-{i}" for i in (0, 1) for s in SITES], "1-12", "13-24"),
    "the same, the rest": ([f"{s}-{i}" for i in (0, 1) for s in SITES], "*", "*-1"),
    "written for a spreadsheet": ([*SITES, *(f"{s}_2" for s in SITES)], "1..12", "13 to 24"),
    "two boxes": ([f"{i}-{s}" for i in (1, 2) for s in SITES], "1-*", "2-*"),
    "ranges of sites": ([*SITES, *(f"{s}_2" for s in SITES)], "Fp1-O1", "Fp1_2 - O1_2"),
    "lists": ([*SITES, *(f"{s}_2" for s in SITES)], "; ".join(SITES), ", ".join(f"{s}_2" for s in SITES)),
    "lists of ranges": ([*SITES, *(f"{s}_2" for s in SITES)], "1-4, 5-12", "13-20, 21, 22-24"),
}


@pytest.mark.parametrize("labels, therapist, client", CASES.values(), ids=list(CASES))
def test_two_people_are_told_apart(labels, therapist, client, tmp_path):
    found = both(tmp_path, labels, therapist, client)
    assert found == [(SITES, list(range(12))), (SITES, list(range(12, 24)))]


@pytest.mark.parametrize(
    ("labels", "therapist", "client"),
    [
        (NUMBERED, "EEG 001-012", "EEG 013-024"),
        (NUMBERED, "EEG 001 - EEG 012", "EEG 13-EEG 24"),
        (NUMBERED, "1-12", "13-24"),
        (NUMBERED, "*", "13-24"),
        (sorted(f"Ch{n}" for n in range(1, 25)), "Ch1-Ch12", "Ch13-24"),  # Ch1, Ch10, Ch11, ...
        ([str(n) for n in range(1, 25)], "1-12", "13-24"),
        ([f"A{n}" for n in range(1, 25)], "A1-A12", "A13-A24"),
    ],
)
def test_numbered_channels_of_one_amplifier_are_two_heads_by_the_cap_map(labels, therapist, client, tmp_path):
    order = sorted(labels, key=lambda label: int("".join(filter(str.isdigit, label))))
    cap = dict(zip(order, SITES * 2, strict=True))
    found = both(tmp_path, labels, therapist, client, cap)
    for (names, places), own in zip(found, (order[:12], order[12:]), strict=True):
        assert sorted(labels[place] for place in places) == sorted(own)
        assert names == [cap[labels[place]] for place in places]


def test_a_trigger_and_a_counter_belong_to_both_however_the_rest_is_shared_out(tmp_path):
    file, _ = raw_file(tmp_path, [*SITES, *(f"{s}_2" for s in SITES), "Status", "Saw"])
    for mine, theirs in (
        ("*", "*_2"),
        ("*_2", "*"),
        ("1-12", "13-24"),
        ("*", "13-24"),
        ("last 12", "first 12"),
    ):
        raw = read_recording(file, pattern=mine, partner_pattern=theirs).raw
        assert raw.ch_names == [*SITES, "Status", "Saw"]
        assert raw.get_channel_types() == ["eeg"] * 12 + ["stim", "misc"]


def test_a_third_persons_channels_are_no_ones_and_left_out(tmp_path):
    three = [f"s{i}_{s}" for i in (1, 2, 3) for s in SITES]
    file, _ = raw_file(tmp_path, [*three, "Digi"])
    with noted() as notes:
        raw = read_recording(file, pattern="s1_*", partner_pattern="s2_*, s3_*").raw
    assert raw.ch_names == [*SITES, "Digi"] and notes == []
    for mine, theirs in (("s1_*", "s2_*"), ("1-12", "13-24"), ("first 12", "13-24")):
        with noted() as notes:
            raw = read_recording(file, pattern=mine, partner_pattern=theirs).raw
        assert raw.ch_names == [*SITES, "Digi"]
        assert len(notes) == 1 and notes[0].startswith("12 channels (s3_Fp1, s3_Fp2, s3_F3, s3_Fz, ...) are")


def test_a_third_person_with_numbered_or_plain_channels_is_left_out_too(tmp_path):
    file, _ = raw_file(tmp_path, [*NUMBERED, "EOG"])
    cap = dict(zip(NUMBERED, SITES * 2, strict=True))
    raw = read_recording(file, channel_names=cap, pattern="1-8", partner_pattern="9-16").raw
    assert raw.ch_names == [*SITES[:8], "EOG"]
    file, _ = raw_file(tmp_path, [*SITES, *(f"{s}_{i}" for i in (2, 3) for s in SITES)])
    raw = read_recording(file, pattern="*_2", partner_pattern="*_3").raw
    assert raw.ch_names == SITES


def test_overlaps_and_what_is_not_there_are_said(tmp_path):
    file, _ = raw_file(tmp_path, NUMBERED)
    for mine, theirs, message in (
        ("1-12", "12-24", "EEG 012 would be both persons' by the patterns '1-12' and '12-24'"),
        ("13-25", "1-12", "channels '13-25': there is no channel number 25. The file's 24 channels are"),
        ("EEG 013-040", "1-12", "there is no channel EEG 40"),
        ("last 30", "1-12", "it has no 30 channels besides triggers and counters"),
        ("Fz, Cz", "1-12", "there is no channel 'Fz'"),
        ("*", "1-24", r"no channel is named like '\*'"),
    ):
        with pytest.raises(FormatError, match=rf"both_raw\.fif: .*{message}"):
            read_recording(file, pattern=mine, partner_pattern=theirs)


def test_what_could_be_a_place_or_a_label_is_asked():
    names = [str(n) for n in range(24, 0, -1)]
    with pytest.raises(FormatError, match="1-12 could be places or labels"):
        of_member(names, "a.edf", "1-12", "13-24")
    with pytest.raises(FormatError, match="between the ends of F3-F4 there are other channels"):
        of_member(["F3", "Fz", "F4", "F3_2", "F4_2"], "a.edf", "F3-F4", "*_2")


@pytest.mark.parametrize(
    ("pattern", "wrong"),
    [
        ("1-12", None),
        ("Ch1-Ch12", None),
        ("F3, F4, Cz", None),
        ("first 72", None),
        ("7", None),
        ("12-1", "has the range 12-1"),
        ("0-12", "has the range 0-12"),
        ("*, F3", "takes every channel. Write * alone"),
        (",", "names no channel"),
        ("12-Jan", "is a date, which a spreadsheet makes of 1-12"),
        ("Jan-12", "is a date"),
        ("2026-01-12 00:00:00", "is a date"),
        ("12.01.2026", "is a date"),
    ],
)
def test_what_a_cell_may_hold(pattern, wrong):
    said = check_pattern(pattern)
    assert said is None if wrong is None else ". ".join(said).startswith(wrong)


def test_everything_else_can_be_ones_if_the_partner_is_named():
    assert check_pattern("*", "*_2") is None
    assert check_pattern("*", "*")[0].startswith("takes every channel")
    assert check_pattern("*", None)[0].startswith("takes every channel")


def test_a_name_may_hold_a_comma():
    labels, shared = of_member(["A, left/F3", "A, left/Fz", "B/F3"], "a.xdf", "A, left/*", "B/*")
    assert labels == {"A, left/F3": "F3", "A, left/Fz": "Fz"} and shared == set()
