"""What a channel is called in the 10-20 system, and whose it is."""

import mne
import numpy as np
import pytest

from interbrain.formats import FormatError, check_pattern, read_recording
from interbrain.formats.channels import site_name, suggest_patterns, take_label


@pytest.mark.parametrize(
    ("label", "site"),
    [
        ("F3", "F3"),
        ("fp1", "Fp1"),
        ("FPZ", "Fpz"),
        ("poz", "POz"),
        (" fz ", "Fz"),
        ("C 3", "C3"),
        ("F3..", "F3"),
        ("Fc5.", "FC5"),
        ("EEG F3", "F3"),
        ("EEG F3..", "F3"),
        ("EEG-F3", "F3"),
        ("eeg_f3", "F3"),
        ("EEG:F3", "F3"),
        ("POL F3", "F3"),
        ("E-F3", "F3"),
        ("EEG F3-REF", "F3"),
        ("EEG F3-Ref", "F3"),
        ("EEG F3-LE", "F3"),
        ("F3-A1", "F3"),
        ("F4-M1", "F4"),
        ("F3 - A1+A2", "F3"),
        ("Fz-Avg", "Fz"),
        ("Pz-CPz", "Pz"),
        ("T3", "T7"),
        ("EEG T4-Ref", "T8"),
        ("t5", "P7"),
        ("T6-A2", "P8"),
        ("M1", "M1"),
        ("A2", "A2"),
        ("F3-F4", None),
        ("EEG F3-F4", None),
        ("Fp1-F3", None),
        ("F3-Cz", None),
        ("EEG 001", None),
        ("EXG1", None),
        ("ExG01", None),
        ("E3", None),
        ("Digi", None),
        ("", None),
        ("-", None),
    ],
)
def test_labels_stand_for_sites(label, site):
    assert site_name(label) == site


def raw_file(folder, labels, kind="eeg"):
    info = mne.create_info(labels, 250, kind)
    data = np.random.default_rng(2).normal(0, 1e-5, (len(labels), 500))
    file = folder / "rest_raw.fif"
    mne.io.RawArray(data, info, verbose="error").save(file, overwrite=True, verbose="error")
    return file


def test_one_site_behind_every_dash_is_the_reference(tmp_path):
    raw = read_recording(raw_file(tmp_path, ["F3-Cz", "F4-Cz", "Pz-Cz", "O1-Cz"])).raw
    assert raw.ch_names == ["F3", "F4", "Pz", "O1"]


def test_a_chain_of_bipolar_channels_is_no_site(tmp_path):
    labels = ["Fp1-F3", "F3-C3", "C3-P3", "Fz-Cz", "C3-Cz", "C4-Cz", "Cz-Pz"]
    raw = read_recording(raw_file(tmp_path, labels)).raw
    assert raw.ch_names == labels
    assert set(raw.get_channel_types()) == {"misc"}


def test_channels_off_the_head_get_their_type_by_name(tmp_path):
    labels = ["Cz", "VEOG", "EEG EOG-L", "HEOR", "EKG", "ECG1", "EMG chin", "Status", "TRIG", "GSR", "M1"]
    types = ["eeg", "eog", "eog", "eog", "ecg", "ecg", "emg", "stim", "stim", "misc", "eeg"]
    assert read_recording(raw_file(tmp_path, labels)).raw.get_channel_types() == types


@pytest.mark.parametrize(
    ("pattern", "name", "label"),
    [
        ("sub1_*", "sub1_F3", "F3"),
        ("sub1_*", "SUB1_F3", "F3"),
        ("sub1_*", "sub2_F3", None),
        ("sub1_*", "sub1_", None),
        ("*_S2", "Fz_S2", "Fz"),
        ("EEG_ch_*", "EEG_ch_Fz", "Fz"),
        ("EEG_ch_*", "EEG_cg_Fz", None),
        ("*-0", "F3-0", "F3"),
        ("EEG (1).*", "EEG (1).F3", "F3"),
    ],
)
def test_a_star_stands_for_the_label(pattern, name, label):
    assert take_label(name, pattern) == label


def test_a_pattern_has_one_star_and_something_else():
    assert check_pattern("sub1_*") is check_pattern("*_S2") is None
    assert check_pattern("sub1_").startswith("needs exactly one *")
    assert check_pattern("*_S1_*").startswith("needs exactly one *")
    assert check_pattern(" * ").startswith("takes every channel")


def test_patterns_are_suggested_from_the_names():
    names = [f"{site}_S{i}" for i in (1, 2) for site in ("F3", "Fz", "Cz", "T3")] + ["Trigger"]
    assert suggest_patterns(names) == ["*_S1", "*_S2"]
    assert suggest_patterns([f"EEG_c{i}_{s}" for i in "gh" for s in ("F3", "Fz", "Cz")]) == [
        "EEG_cg_*",
        "EEG_ch_*",
    ]
    assert suggest_patterns(["F3", "Fz", "Cz"]) == []


def test_a_pattern_that_fits_nothing_says_what_there_is(tmp_path):
    file = raw_file(tmp_path, [f"s{i}_{s}" for i in (1, 2) for s in ("F3", "Fz", "Cz")])
    with pytest.raises(
        FormatError,
        match=r"rest_raw\.fif: no channel is named like 'sub1_\*'; there are s1_F3, s1_Fz, .* "
        r"Perhaps s1_\* or s2_\*\?",
    ):
        read_recording(file, pattern="sub1_*", partner_pattern="sub2_*")


def test_a_channel_of_both_members_is_an_error(tmp_path):
    file = raw_file(tmp_path, ["s1_F3", "s2_F3"])
    with pytest.raises(FormatError, match=r"s2_F3 would be both persons' by the patterns 's\*' and 's2_\*'"):
        read_recording(file, pattern="s*", partner_pattern="s2_*")


def test_a_pattern_without_a_star_is_an_error(tmp_path):
    file = raw_file(tmp_path, ["s1_F3"])
    with pytest.raises(FormatError, match=r"the channel pattern 's1_' needs exactly one \*"):
        read_recording(file, pattern="s1_")


def test_the_cap_map_may_name_labels_with_or_without_the_members_part(tmp_path):
    file = raw_file(tmp_path, ["s1_E1", "s1_E2", "s2_E1", "s2_E2"])
    for cap in ({"E1": "F3", "E2": "Cz"}, {"s1_E1": "F3", "s1_E2": "Cz", "s2_E1": "O1"}):
        raw = read_recording(file, channel_names=cap, pattern="s1_*", partner_pattern="s2_*").raw
        assert raw.ch_names == ["F3", "Cz"]
        assert set(raw.get_channel_types()) == {"eeg"}


def test_what_is_neither_members_is_kept_but_never_as_eeg(tmp_path):
    file = raw_file(tmp_path, ["s1_F3", "s2_F3", "Oz", "Trigger", "Counter"])
    raw = read_recording(file, pattern="s1_*", partner_pattern="s2_*").raw
    assert dict(zip(raw.ch_names, raw.get_channel_types(), strict=True)) == {
        "F3": "eeg",
        "Oz": "misc",
        "Trigger": "stim",
        "Counter": "misc",
    }
