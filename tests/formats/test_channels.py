"""What a channel is called in the 10-20 system, and whose it is."""

import unicodedata

import mne
import numpy as np
import pytest

from interbrain.formats import FormatError, check_pattern, read_recording
from interbrain.formats.channels import name_channels, numbered_labels, site_name
from interbrain.formats.members import suggest_patterns, take_label
from interbrain.formats.notes import noted


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
    assert check_pattern("sub1_")[0].startswith("needs exactly one *")
    assert check_pattern("*_S1_*")[0].startswith("needs exactly one *")
    assert check_pattern(" * ")[0].startswith("takes every channel")


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


BOXES = [f"{box}{number}" for box in "ABCD" for number in range(1, 33)]
SITES = ["Fp1", "Fp2", "F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4", "O1", "O2"]


def kinds(folder, labels, **how):
    raw = read_recording(raw_file(folder, labels), **how).raw
    return dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(BOXES, id="BioSemi, 128"),
        pytest.param(BOXES[:32], id="BioSemi, 32 of one box"),
        pytest.param([*BOXES[:64], "EXG1", "EXG2", "M1", "M2"], id="BioSemi with named externals"),
        pytest.param(["A1", "A17", "B5", "C3", "D4", "F2"], id="BioSemi, some of them"),
        pytest.param([f"EEG {label}" for label in BOXES], id="BioSemi as EDF writes it"),
        pytest.param([f"{label}-REF" for label in BOXES], id="BioSemi with a reference"),
        pytest.param([f"C{n}" for n in range(1, 9)], id="C for channel, 8"),
        pytest.param([f"P{n}" for n in range(1, 9)], id="P for port, 8"),
        pytest.param([f"F{n}" for n in range(1, 5)], id="the four inputs of an amplifier"),
        pytest.param([f"M{n}" for n in range(1, 65)], id="an equidistant cap"),
        pytest.param([f"T{n}" for n in range(1, 9)], id="T for Trode, 8"),
        pytest.param([f"EEG {n:03}" for n in range(1, 65)], id="EEG 001"),
        pytest.param([f"E{n}" for n in range(1, 129)], id="EGI"),
        pytest.param([f"Ch{n}" for n in range(1, 33)], id="Ch1"),
        pytest.param(["0Z", "1Z", "1L", "1R", "2LB", "3RC", "10L"], id="an equidistant cap of ANT"),
    ],
)
def test_numbers_of_a_cap_never_become_sites(labels, tmp_path):
    externals = {"M1", "M2"} if "EXG1" in labels else set()
    found = kinds(tmp_path, labels)
    assert {name for name, kind in found.items() if kind == "eeg"} == externals
    assert list(found) == [label.strip() for label in labels]


def test_one_site_of_a_numbered_cap_in_the_map_makes_no_site_of_the_others(tmp_path):
    cap = {"A1": "Cz", "D32": "Oz"}
    with noted() as notes:
        found = kinds(tmp_path, BOXES, channel_names=cap)
    assert [name for name, kind in found.items() if kind == "eeg"] == ["Cz", "Oz"]
    assert found["C3"] == found["A2"] == "misc"
    assert len(notes) == 1 and notes[0].startswith("labels such as A2, A3, A4 are numbers of a cap")
    assert "the 126 of them that the cap map does not name are not used as EEG" in notes[0]


def test_a_whole_map_of_a_numbered_cap_needs_no_word(tmp_path):
    with noted() as notes:
        found = kinds(tmp_path, BOXES[:4], channel_names=dict(zip(BOXES[:4], SITES[:4], strict=True)))
    assert list(found) == SITES[:4] and set(found.values()) == {"eeg"} and notes == []


@pytest.mark.parametrize(
    "labels",
    [
        pytest.param(SITES, id="10-20"),
        pytest.param(["C3", "C4", "A1", "A2"], id="four electrodes of a sleep laboratory"),
        pytest.param(["F3", "F4", "C3", "C4", "O1", "O2", "M1", "M2", "E1", "E2"], id="with eyes E1, E2"),
        pytest.param([*(f"C{n}" for n in range(1, 7)), "Cz"], id="a dense row over the motor cortex"),
        pytest.param(["F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2", "T1", "T2", "T3", "T4"], id="old"),
        pytest.param([*SITES, "CB1", "CB2", "F11", "F12", "FT11", "FT12"], id="Neuroscan"),
    ],
)
def test_sites_stay_sites(labels, tmp_path):
    with noted() as notes:
        found = kinds(tmp_path, labels)
    beside = {"E1", "E2", "T1", "T2", "CB1", "CB2", "F11", "F12", "FT11", "FT12"} & set(labels)
    assert {name for name, kind in found.items() if kind != "eeg"} == beside
    assert notes == []


def test_auxiliary_inputs_beside_sites_are_no_ear_lobes(tmp_path):
    found = kinds(tmp_path, [*SITES, *(f"A{n}" for n in range(1, 9))])
    assert [name for name, kind in found.items() if kind == "eeg"] == SITES


def test_chest_leads_are_no_sites(tmp_path):
    leads = ["I", "II", "III", "aVR", "aVL", "aVF", *(f"C{n}" for n in range(1, 7))]
    assert "eeg" not in kinds(tmp_path, leads).values()


def test_two_electrodes_are_no_site_among_plain_ones(tmp_path):
    labels = [
        *(f"EEG {site}" for site in SITES),
        "EEG A2-A1",
        "EEG T3-A1",
        "M1-M2",
        "T3-T4",
        "Pz-Oz",
        "A1-A2",
    ]
    found = kinds(tmp_path, labels)
    assert [name for name, kind in found.items() if kind == "eeg"] == SITES
    assert [name for name, kind in found.items() if kind == "misc"] == labels[len(SITES) :]


def test_a_habit_of_references_is_none_of_two_electrodes(tmp_path):
    sides = {site: "A2" if site[-1] in "13" else "A1" for site in SITES}
    found = kinds(tmp_path, [*(f"{site}-{ear}" for site, ear in sides.items()), "A2-A1"])
    assert [name for name, kind in found.items() if kind == "eeg"] == SITES
    assert found["A2-A1"] == "misc"


@pytest.mark.parametrize("word", ["ignore", "Ignore", "-"])
def test_the_cap_map_can_leave_channels_out(word, tmp_path):
    labels = ["F3", "F4", "A1", "EXG1 ", "Status"]
    cap = {"EXG1": "Cz", "F4": word, "A1": word}
    recording = read_recording(raw_file(tmp_path, labels), channel_names=cap)
    assert recording.raw.ch_names == ["F3", "Cz", "Status"]
    assert recording.raw.get_channel_types() == ["eeg", "eeg", "stim"]
    assert (recording.mapped, recording.ignored) == (("EXG1 ",), ("F4", "A1"))


def test_a_cap_map_that_ignores_everything_is_an_error(tmp_path):
    with pytest.raises(FormatError, match=r"the cap map ignores all its channels"):
        read_recording(raw_file(tmp_path, ["F3"]), channel_names={"F3": "ignore"})


def test_labels_are_compared_in_one_form_of_unicode():
    label = "Ohr übrig"
    names = ["F3", unicodedata.normalize("NFD", label)]
    raw = mne.io.RawArray(np.ones((2, 10)), mne.create_info(names, 250, "eeg"), verbose="error")
    name_channels(raw, "a.vhdr", {label: "A1"}, {name: name for name in names})
    assert raw.ch_names == ["F3", "A1"]


@pytest.mark.parametrize(
    ("montage", "are_sites"),
    [
        *((name, True) for name in ("biosemi16", "biosemi32", "biosemi64", "easycap-M1", "colin27_1020")),
        *((name, True) for name in ("colin27_1005", "brainproducts-RNP-BA-128")),
        *((name, False) for name in ("biosemi128", "biosemi160", "biosemi256", "easycap-M10", "mgh60")),
    ],
)
def test_the_caps_that_mne_knows_are_told_apart(montage, are_sites):
    labels = mne.channels.make_standard_montage(montage).ch_names
    numbers = numbered_labels(labels)
    sites = [label for label in labels if site_name(label) and label not in numbers]
    assert numbers == set() if are_sites else sites == []
    assert len(sites) > 0.9 * len(labels) or not are_sites
