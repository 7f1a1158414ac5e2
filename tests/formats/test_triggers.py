"""Trigger pulses: their first samples, whatever the idle value, the bits, and the bounces."""

import sys
from datetime import UTC, datetime
from pathlib import Path

import mne
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording
from interbrain.formats.notes import noted
from interbrain.formats.poly5_writing import write_poly5
from interbrain.formats.survey import survey, survey_raw
from interbrain.formats.trigger_codes import whole_codes
from interbrain.formats.triggers import find_pulses, read_triggers


def recording(pulses=((1000, 50), (2500, 50)), *, idle=8, active=0, n=5000, when=None):
    trigger = np.full(n, idle, float)
    for first, length in pulses:
        trigger[first : first + length] = active
    info = mne.create_info(["Cz", "Digi", "X"], 500, ["eeg", "stim", "misc"])
    raw = mne.io.RawArray(np.array([np.zeros(n), trigger, np.zeros(n)]), info, verbose="error")
    return raw.set_meas_date(when)


def test_the_onset_is_the_first_sample_that_leaves_idle():
    assert read_triggers(recording(), channel="Digi").tolist() == [2.0, 5.0]


def test_idle_and_polarity_are_settings():
    assert read_triggers(recording(idle=0, active=255), channel="Digi", idle=0).tolist() == [2.0, 5.0]


def test_a_mask_hides_other_bits():
    raw = recording(idle=8, active=0)
    raw._data[1] += 16 * (np.arange(5000) // 700 % 2)  # another device on bit 4
    assert read_triggers(raw, channel="Digi", mask=8).tolist() == [2.0, 5.0]


def test_bounces_within_the_dead_time_are_one_pulse():
    raw = recording([(1000, 2), (1004, 1), (1010, 40), (1300, 10)])
    assert read_triggers(raw, channel="Digi").tolist() == [2.0, 2.6]
    assert read_triggers(raw, channel="Digi", dead_time_s=1.0).tolist() == [2.0]
    assert read_triggers(raw, channel="Digi", dead_time_s=0).tolist() == [2.0, 2.008, 2.02, 2.6]


def test_a_pulse_under_way_at_the_start_has_no_onset():
    assert read_triggers(recording([(0, 50), (2500, 50)]), channel="Digi").tolist() == [5.0]


def test_values_that_change_within_a_pulse_are_one_pulse():
    raw = recording([(1000, 600)])
    raw._data[1, 1300:] = np.where(raw._data[1, 1300:] == 0, 3, 8)
    assert read_triggers(raw, channel="Digi").tolist() == [2.0]


def test_missing_values_are_no_pulse():
    raw = recording([(1000, 50)])
    raw._data[1, 3000:3050] = np.nan
    assert read_triggers(raw, channel="Digi").tolist() == [2.0]


def test_no_pulse_gives_an_empty_array():
    assert read_triggers(recording([]), channel="Digi").shape == (0,)


def test_times_count_from_the_first_sample_of_a_cropped_recording():
    assert read_triggers(recording().crop(1.5), channel="Digi").tolist() == pytest.approx([0.5, 3.5])


def test_a_missing_channel_lists_the_candidates():
    with pytest.raises(FormatError, match=r"no trigger channel 'Status'; candidates are: Digi, X\."):
        read_triggers(recording(), channel="Status")


def test_a_channel_that_is_never_idle_is_an_error():
    with pytest.raises(FormatError, match=r"'Digi' is never idle at 255; its values are 0, 8\."):
        read_triggers(recording(), channel="Digi", idle=255)


@pytest.mark.parametrize("when", [None, datetime(2018, 5, 4, tzinfo=UTC)])
@pytest.mark.parametrize("wanted", ["Stimulus/S  1", r"Stimulus/S\s+\d"])
def test_annotations_serve_as_triggers_exactly_or_by_pattern(when, wanted):
    raw = recording(when=when)
    raw.set_annotations(mne.Annotations([6.0, 3.0, 3.1, 4.0], 0, ["Stimulus/S  1"] * 3 + ["New Segment/"]))
    assert read_triggers(raw, annotation=wanted).tolist() == pytest.approx([3.0, 6.0])
    assert read_triggers(raw.crop(2.0), annotation=wanted).tolist() == pytest.approx([1.0, 4.0])


def test_a_missing_annotation_lists_those_there_are():
    raw = recording().set_annotations(mne.Annotations([1.0], 0, ["start (a)"]))
    assert read_triggers(raw, annotation="start (a)").tolist() == [1.0]
    for wanted in ("stop", "start ("):
        with pytest.raises(FormatError, match=r"there are: 'start \(a\)'\. Name one"):
            read_triggers(raw, annotation=wanted)


def of_values(values, *, name="Digi", kind="stim", sfreq=500):
    info = mne.create_info([name], sfreq, [kind])
    return mne.io.RawArray(np.asarray(values, float)[None], info, verbose="error")


def at(onsets, *, idle, active, n=5000, length=50):
    values = np.full(n, float(idle))
    for onset in onsets:
        values[onset : onset + length] = active
    return values


@pytest.mark.parametrize(("idle", "active"), [(8, 0), (0, 8), (255, 254), (-32768, 4), (65535, 0)])
def test_the_value_held_most_of_the_time_is_the_idle_one(idle, active):
    found = find_pulses(of_values(at([1000, 2500, 4000], idle=idle, active=active)), channel="Digi")
    assert found.onsets.tolist() == [2.0, 5.0, 8.0]
    assert found.idle == idle


def test_a_pair_with_opposite_levels_has_the_same_onsets():
    both = [of_values(at([700, 2000], idle=a, active=b)) for a, b in ((8, 0), (0, 8))]
    mine, theirs = (read_triggers(raw, channel="Digi") for raw in both)
    assert mine.tolist() == theirs.tolist() == [1.4, 4.0]


def test_the_return_to_idle_is_no_onset_even_after_the_dead_time():
    long_pulses = of_values(at([500, 3000], idle=8, active=0, length=700))  # 1.4 s
    for idle in (None, 8):
        assert read_triggers(long_pulses, channel="Digi", idle=idle).tolist() == [1.0, 6.0]


def test_a_contact_that_bounces_at_the_end_of_a_long_pulse_gives_no_second_pulse():
    values = at([500, 3000], idle=0, active=1, length=700)
    values[[1202, 1203, 1207, 3702, 3706]] = 1  # 4 to 14 ms after the release
    assert read_triggers(of_values(values), channel="Digi").tolist() == [1.0, 6.0]


def test_a_given_idle_value_counts_whatever_is_held_most_of_the_time():
    values = at([1000], idle=0, active=5, length=3500)
    with noted() as notes:
        assert read_triggers(of_values(values), channel="Digi", idle=0).tolist() == [2.0]
    assert notes == [
        "trigger channel 'Digi' is at the configured idle value 0 for only 30.0% of the time, and at 5 for "
        "70.0%: if 5 is its value between pulses, write idle: null or idle: 5 into the config (triggers)"
    ]


def test_a_doubtful_idle_value_is_the_same_in_both_recordings_and_is_noted():
    square = np.arange(5000) // 500 % 2 * 8
    for values in (square[100:], square[600:-300]):  # begun at another phase: now 0, now 8 is held longer
        with noted() as notes:
            assert find_pulses(of_values(values), channel="Digi").idle == 0
        assert "holds no value for most of the time" in notes[0]
        assert "0 was taken to be its value between pulses" in notes[0]
    with noted() as notes:
        find_pulses(of_values(at([1000, 2500], idle=8, active=0)), channel="Digi")
    assert notes == []


def test_a_mask_also_hides_bits_from_the_idle_value_that_is_learnt():
    values = at([1000, 2500], idle=8, active=0) + 16 * (np.arange(5000) // 700 % 2)
    assert read_triggers(of_values(values), channel="Digi", mask=8).tolist() == [2.0, 5.0]
    found = find_pulses(of_values(values), channel="Digi", mask=8)
    assert found.idle == 8


@pytest.mark.parametrize("scale", [1, 1e-3, 1e-6, 1e-9], ids=["codes", "mV", "uV", "nV"])
@pytest.mark.parametrize(("idle", "active"), [(0, 1), (8, 0), (0, 255), (0, 100_000), (100_000, 100_001)])
def test_codes_are_read_whatever_unit_the_recorder_gave_them(scale, idle, active):
    values = at([1000, 2500], idle=idle, active=active) * scale
    found = find_pulses(of_values(values, name="Marker", kind="misc"), channel="Marker")
    assert found.onsets.tolist() == [2.0, 5.0]
    assert read_triggers(of_values(values), channel="Digi", idle=idle).tolist() == [2.0, 5.0]


def test_codes_that_quantisation_moved_a_little_are_whole():
    assert whole_codes(np.array([0.04, 7.96, 254.97])).tolist() == [0, 8, 255]
    assert whole_codes(np.array([0.41, 8.63])).tolist() == [0.41, 8.63]  # no codes


def test_the_state_bits_of_a_biosemi_status_channel_are_no_triggers():
    state = np.full(5000, 1 << 20)  # CM in range
    state[3000:3200] = 0  # an electrode loosened
    status = at([1000, 2500], idle=0, active=200).astype(int) | state
    status[0] |= 1 << 16
    for idle in (None, 0):
        assert read_triggers(of_values(status, name="Status"), channel="Status", idle=idle).tolist() == [2, 5]
    high = at([1000, 2500], idle=0, active=1 << 17)  # no amplifier's state: nothing is in the port
    assert read_triggers(of_values(high, name="Status"), channel="Status").tolist() == [2, 5]


def test_an_analogue_channel_has_pulses_half_way_to_its_level_and_says_so():
    rng = np.random.default_rng(4)
    values = at([1000, 2500, 4000], idle=0.2, active=3.1) + rng.normal(0, 0.02, 5000)
    with noted() as notes:
        found = find_pulses(of_values(values, name="Photo", kind="misc"), channel="Photo")
    assert found.onsets.tolist() == [2.0, 5.0, 8.0] and found.idle is None
    assert "'Photo' is analogue" in notes[0]
    with noted() as notes:
        millivolts = of_values(values * 1e-3, name="Photo", kind="misc")
        assert read_triggers(millivolts, channel="Photo").tolist() == [2.0, 5.0, 8.0]
    assert "'Photo' is analogue" in notes[0]


def test_levels_that_are_no_whole_numbers_are_levels():
    for idle, active in ((0, 5.02), (3.3, 0), (0.2, 1.7)):
        values = at([1000, 2500], idle=idle, active=active)
        values[3000:3300:40] += 0.004  # the last digit of a converter
        found = find_pulses(of_values(values, name="TTL", kind="misc"), channel="TTL")
        assert found.onsets.tolist() == [2.0, 5.0] and found.idle == pytest.approx(idle)


def test_a_signal_is_no_trigger_channel():
    rng = np.random.default_rng(4)
    blinks = rng.normal(0, 8e-6, 20_000)
    for onset in range(500, 20_000, 1500):
        blinks[onset : onset + 150] += 2e-4 * np.hanning(150)
    for signal in (blinks, np.arange(5000) % 64, rng.normal(0, 50, 5000)):
        with pytest.raises(FormatError, match="holds a signal that changes all the time, and no pulses"):
            read_triggers(of_values(signal, name="Fz", kind="misc"), channel="Fz")


def test_why_there_is_no_pulse_is_true():
    def why(values, **settings):
        return survey_raw(of_values(values), "rest.edf", {"channel": "Digi", **settings}).no_pulses

    assert why(np.full(5000, 3)) == "Trigger channel 'Digi' never leaves 3."
    assert why(at([4000], idle=8, active=0, length=1000)[::-1], idle=8) == (
        "Trigger channel 'Digi' is never seen to leave its idle value 8."
    )
    assert "is never idle at 255" in why(at([1000], idle=8, active=0), idle=255)
    assert survey_raw(of_values(np.zeros(5000)), "rest.edf", {}).no_pulses == (
        "The config names no trigger of this recording (triggers)."
    )


@pytest.mark.parametrize("wanted", ["Digi", "digi", " DIGI ", "Di gi"])
def test_a_channel_is_found_whatever_its_case_and_spaces(wanted):
    assert read_triggers(recording(), channel=wanted).tolist() == [2.0, 5.0]


def test_a_channel_that_is_misspelt_is_suggested():
    with pytest.raises(FormatError, match=r"Did you mean 'Digi'\?"):
        read_triggers(recording(), channel="Digy")


@pytest.mark.parametrize(
    "wanted", ["S1", "S  1", "s 1", "Stimulus/S 1", "Stimulus/S1", "1", 1, r"S\s+1", "1.0"]
)
def test_an_annotation_is_found_whatever_its_spaces_and_kind(wanted):
    texts = ["Stimulus/S  1", "Stimulus/S 11", "New Segment/", "Stimulus/S  1", "Response/R  1"]
    raw = recording().set_annotations(mne.Annotations([1, 2, 3, 4, 5], 0, texts))
    assert read_triggers(raw, annotation=wanted).tolist() == [1.0, 4.0]


@pytest.mark.parametrize("wanted", [255, "255", "255.0", " 255"])
@pytest.mark.parametrize("text", ["255", "255.0", "S255", "Stimulus/S255"])
def test_an_annotation_may_be_a_number_however_it_is_written(wanted, text):
    raw = recording().set_annotations(mne.Annotations([1, 2, 3], 0, [text, "25", text]))
    assert read_triggers(raw, annotation=wanted).tolist() == [1.0, 3.0]


def test_an_exact_annotation_comes_before_one_that_is_alike():
    raw = recording().set_annotations(mne.Annotations([1, 2, 3], 0, ["s1", "S1", "Stimulus/S1"]))
    assert read_triggers(raw, annotation="S1").tolist() == [2.0]


def poly5(tmp_path, labels, rows, units, sfreq=500):
    write_poly5(tmp_path / "rest.poly5", np.array(rows), sfreq, labels, units)
    return tmp_path / "rest.poly5"


def test_the_channel_that_is_named_is_the_trigger_whatever_its_name_and_unit(tmp_path):
    n = 5000
    rows = [np.sin(np.arange(n)), at([1000, 2500], idle=0, active=5, n=n), np.cos(np.arange(n))]
    file = poly5(tmp_path, ["Fz", "Aux 1", "Cz"], rows, ["uV", "V", "uV"])
    found = read_recording(file, trigger_channel="aux 1")
    assert found.trigger == "Aux 1"
    assert dict(zip(found.raw.ch_names, found.raw.get_channel_types(), strict=True)) == {
        **{"Fz": "eeg", "Cz": "eeg"},
        "Aux 1": "stim",
    }
    told = survey(file, triggers={"channel": "aux 1"})
    assert told.pulses == (2.0, 5.0) and told.idle == 0 and told.trigger == "trigger channel 'Aux 1'"


def test_a_trigger_on_an_electrodes_input_is_no_eeg(tmp_path):
    rows = [np.sin(np.arange(5000)), at([1000, 2500], idle=0, active=900), np.cos(np.arange(5000))]
    file = poly5(tmp_path, ["Fz", "EEG T3", "Cz"], rows, ["uV"] * 3)
    told = survey(file, triggers={"channel": "EEG T3"})
    assert told.eeg == ("Fz", "Cz") and told.pulses == (2.0, 5.0)


def test_a_trigger_of_any_name_is_held_across_lost_samples(tmp_path):
    n, lost = 5000, 300
    counter = np.arange(n + lost) % 4096.0
    kept = np.r_[0:2000, 2000 + lost : n + lost]
    trigger = at([1000, 1980, 4000], idle=8, active=0, n=n + lost, length=200)  # 1980 to 2180: in the loss
    rows = [np.sin(kept), trigger[kept], counter[kept]]
    file = poly5(tmp_path, ["Fz", "Puls", "Saw"], rows, ["uV", "", ""])
    told = survey(file, triggers={"channel": "Puls"})
    assert told.lost_s == pytest.approx(lost / 500)
    assert told.pulses == (2.0, 3.96, 8.0)


def test_a_stimulus_channel_of_many_bits_has_the_pulses_of_the_bit_that_is_asked_for(tmp_path):
    codes = at([1000, 2500], idle=0, active=4) + at([1800, 3600], idle=0, active=256)
    info = mne.create_info(["Fz", "Cz", "STI 014"], 500, ["eeg", "eeg", "stim"])
    eeg = 1e-5 * np.random.default_rng(1).standard_normal((2, 5000))
    raw = mne.io.RawArray(np.vstack([eeg, codes]), info, verbose="error")
    raw.save(tmp_path / "rest_raw.fif", verbose="error")
    for wanted in ("STI014", "sti 014"):
        assert survey(tmp_path / "rest_raw.fif", triggers={"channel": wanted}).pulses == (2.0, 3.6, 5.0, 7.2)
        assert survey(tmp_path / "rest_raw.fif", triggers={"channel": wanted, "mask": 4}).pulses == (2.0, 5.0)


@pytest.mark.parametrize(
    ("kind", "wanted"), [("brainvision", 1), ("gdf", 769), ("cnt", 1), ("eeglab", "Pulse ")]
)
def test_events_of_each_format_are_found_as_a_person_writes_them(tmp_path, kind, wanted):
    file = PLANTED[kind](tmp_path / "rest", SECRETS, [3.2, 9.7, 15.0], 20, 250)
    told = survey(file, triggers={"annotation": wanted})
    np.testing.assert_allclose(told.pulses, [3.2, 9.7, 15.0], atol=1 / 250)


# --- codes that stay, lines that ripple, states of an amplifier -------------------------------------------


HELD = [700, 1450, 2600, 3100, 4300]


def test_codes_that_are_held_until_the_next_one_begin_at_each_change_and_that_is_said():
    values = np.zeros(5000)
    for code, onset in enumerate(HELD, start=1):
        values[onset:] = code
    # Begun within the second code: which value is held longest is another one in each recording.
    for first in (0, 1500):
        with noted() as notes:
            found = find_pulses(of_values(values[first:]), channel="Digi")
        assert found.onsets.tolist() == [(onset - first) / 500 for onset in HELD if onset > first]
        assert found.idle is None
        assert "holds each value until the next one" in notes[0]
    assert read_triggers(of_values(values), channel="Digi", idle=0).tolist() == [1.4]  # the config counts


def test_a_line_that_toggles_is_noted_and_long_pulses_are_not():
    changes = np.array([700, 1900, 3100, 4400, 6000, 7300, 8900])  # 2.4 s and more apart, 500 Hz
    toggling, pulses = np.zeros(10_000), np.zeros(10_000)
    for at in changes:
        toggling[at:] = 1 - toggling[at]
        pulses[at : at + 500] = 1
    for values, is_said in ((toggling, True), (1 - toggling, True), (pulses, False)):
        with noted() as notes:
            find_pulses(of_values(values), channel="Digi")
        assert any("every second event is missing" in text for text in notes) == is_said


def test_pulses_of_many_codes_are_no_codes_that_are_held():
    values = np.zeros(5000)
    for code, onset in enumerate(HELD, start=1):
        values[onset : onset + 300] = code  # longer than the dead time
    with noted() as notes:
        assert read_triggers(of_values(values), channel="Digi").tolist() == [onset / 500 for onset in HELD]
    assert notes == []


@pytest.mark.parametrize("idle", [0, 5000])
def test_a_line_in_millivolts_that_ripples_by_a_few_has_the_pulses_of_the_line(idle):
    ripple = np.random.default_rng(2).choice([-1, 0, 1], 5000, p=[0.02, 0.96, 0.02])
    values = at([1000, 2500, 4000], idle=idle, active=5000 - idle) + ripple
    with noted() as notes:
        assert read_triggers(of_values(values), channel="Digi").tolist() == [2.0, 5.0, 8.0]
    assert "is analogue" in notes[0]


def test_small_codes_beside_a_large_one_are_no_ripple():
    values = at([500, 900, 1300, 1700, 2100, 2500], idle=0, active=1) + at([4000], idle=0, active=40000)
    assert len(read_triggers(of_values(values), channel="Digi")) == 7


def test_the_state_of_an_amplifier_in_a_channel_of_any_name_is_no_trigger_and_that_is_said():
    values = at([1000, 2500, 4000], idle=0, active=4) + (1 << 20) * (np.arange(5000) > 2000)
    with noted() as notes:
        assert read_triggers(of_values(values), channel="Digi").tolist() == [2.0, 5.0, 8.0]
    assert "state of an amplifier" in notes[0]
    # Codes of many bits are codes.
    assert read_triggers(of_values(at([1000, 2500], idle=0, active=100001)), channel="Digi").tolist() == [
        2,
        5,
    ]
