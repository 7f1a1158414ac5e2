"""Trigger pulses: their first samples, whatever the idle value, the bits, and the bounces."""

from datetime import UTC, datetime

import mne
import numpy as np
import pytest

from interbrain.formats import FormatError
from interbrain.formats.triggers import read_triggers


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
