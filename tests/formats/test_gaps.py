"""Lost samples come back as marked gaps, missing values are bridged, and the time axis holds."""

import tracemalloc
from datetime import UTC, datetime

import mne
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbrain.formats import FormatError
from interbrain.formats.gaps import bridge_missing, mark_gaps
from interbrain.formats.poly5 import read_poly5
from interbrain.formats.poly5_writing import write_poly5

SFREQ = 500


def whole_recording(n=5000, modulus=1000, step=1, start=37):
    """A ramp (so that a linear bridge is exact), a trigger with a pulse, and a counter."""
    t = np.arange(n)
    trigger = np.where((t >= 3000) & (t < 3050), 0, 8)
    saw = (start + t) % modulus * step
    return np.array([t * 1e-8, trigger, saw], float)


def as_raw(data, when=None):
    info = mne.create_info(["Cz", "Digi", "Saw"], SFREQ, ["eeg", "stim", "misc"])
    raw = mne.io.RawArray(data, info, verbose="error")
    return raw.set_meas_date(when)


def onsets(raw, description="BAD_acq_skip"):
    """(onset in seconds from the first sample, duration) of annotations."""
    marks = raw.annotations
    return [
        (pytest.approx(onset - raw.first_time), pytest.approx(duration))
        for onset, duration, name in zip(marks.onset, marks.duration, marks.description, strict=True)
        if name == description
    ]


@pytest.mark.parametrize(
    ("modulus", "step"), [(1000, 1), (1024, 1), (2**15, 1), (10**9, 1), (1000, 64), (1000, -1)]
)
def test_lost_samples_are_put_back_and_marked(modulus, step):
    data = whole_recording(modulus=modulus, step=step)
    lost = [slice(1200, 1950), slice(4000, 4003)]
    raw = mark_gaps(as_raw(np.delete(data, np.r_[tuple(lost)], axis=1)))
    np.testing.assert_allclose(raw.get_data(), data, atol=1e-9)
    assert onsets(raw) == [(2.4, 1.5), (8.0, 0.006)]


@settings(max_examples=30, deadline=None)
@given(st.integers(10, 4000), st.integers(1, 900), st.integers(0, 999))
def test_any_one_gap_shorter_than_the_modulus_is_put_back(first, length, start):
    data = whole_recording(start=start)
    raw = mark_gaps(as_raw(np.delete(data, slice(first, first + length), axis=1)))
    assert raw.n_times == data.shape[1]
    np.testing.assert_allclose(raw.get_data()[[0, 2]], data[[0, 2]], atol=1e-9)


def test_a_trigger_keeps_its_value_across_a_gap():
    data = whole_recording()
    raw = mark_gaps(as_raw(np.delete(data, slice(2990, 3010), axis=1)))
    trigger = raw.get_data()[1]
    assert (trigger[2990:3010] == 8).all()
    assert (trigger[3010:3050] == 0).all()


def test_a_loss_of_a_whole_modulus_more_shows_only_the_rest():
    data = whole_recording(n=20_000, modulus=256)
    raw = mark_gaps(as_raw(np.delete(data, slice(5000, 5000 + 256 + 3), axis=1)))
    assert onsets(raw) == [(10.0, 0.006)]


@pytest.mark.parametrize("at", [0, 1, 500, 962, 963, 964, 4998, 4999])
@pytest.mark.parametrize("wrong", [-7.0, 12345.0, np.nan])
def test_a_single_wrong_count_is_no_gap(at, wrong):
    data = whole_recording()
    data[2, at] = wrong
    raw = as_raw(data)
    assert mark_gaps(raw) is raw


@pytest.mark.parametrize("modulus", [1000, 10**9])
@pytest.mark.parametrize("wrong_by", [-50, 50])
def test_a_gap_is_found_beside_wrong_counts(modulus, wrong_by):
    data = whole_recording(modulus=modulus)
    data[2, [100, 2500, 4000]] += wrong_by
    raw = mark_gaps(as_raw(np.delete(data, slice(1200, 1500), axis=1)))
    assert onsets(raw) == [(2.4, 0.6)]
    assert raw.n_times == 5000


@pytest.mark.parametrize(
    "name", ["Counter", "COUNTER_MEMS", "Sample Index", "SampleCounter", "Packet_Num", "package num", "CNT"]
)
def test_a_counter_is_known_by_its_usual_names(name):
    lost = np.delete(whole_recording(), np.s_[2000:2100], axis=1)
    whole = mark_gaps(as_raw(lost).rename_channels({"Saw": name}))
    assert onsets(whole) == [(4.0, 0.2)]


def test_a_recording_without_a_counter_or_a_loss_comes_back_as_it_is():
    raw = as_raw(whole_recording())
    assert mark_gaps(raw) is raw
    assert mark_gaps(raw, counter="Counter") is raw


def test_a_channel_that_does_not_count_brings_a_warning():
    two_steps = np.cumsum([np.nan, *np.tile([1, 100], 2499), 1][::-1])[::-1]
    noise = np.random.default_rng(2).normal(size=5000)
    for values in (np.full(5000, 3.0), noise, np.full(5000, np.nan), two_steps):
        data = whole_recording()
        data[2] = values
        raw = as_raw(data)
        with pytest.warns(RuntimeWarning, match="'Saw' does not count samples"):
            assert mark_gaps(raw) is raw


def test_an_absurd_loss_is_an_error_and_no_allocation():
    data = whole_recording(modulus=10**9)
    data[2, 2500:] += 5e8
    with pytest.raises(FormatError, match="'Saw' jumps by 1000000 s in all"):
        mark_gaps(as_raw(data))


@pytest.mark.parametrize("when", [None, datetime(2018, 5, 4, tzinfo=UTC)])
@pytest.mark.parametrize("cut", [0, 1.0])
def test_annotations_stay_with_their_samples(when, cut):
    data = np.delete(whole_recording(), slice(1200, 1950), axis=1)
    raw = as_raw(data, when)
    raw.set_annotations(mne.Annotations([1.5, 2.2, 4.0], [0.1, 1.0, 0.0], ["before", "across", "after"]))
    raw = mark_gaps(raw.crop(cut))
    assert onsets(raw, "before") == [(1.5 - cut, 0.1)]
    assert onsets(raw, "across") == [(2.2 - cut, 2.5)]
    assert onsets(raw, "after") == [(5.5 - cut, 0.0)]
    assert onsets(raw) == [(2.4 - cut, 1.5)]
    assert raw.info["meas_date"] == when


def test_mne_filters_either_side_of_a_gap_separately():
    data = np.delete(whole_recording(n=10_000), slice(4000, 4500), axis=1)
    data[0] = 0
    data[0, 4000:] = 1e-4  # a step at the gap, which would ring on both sides of it
    raw = mark_gaps(as_raw(data)).filter(1, None, verbose="error")
    assert np.abs(raw.get_data("eeg")[0, :4000]).max() < 1e-12


def test_short_runs_of_missing_values_are_bridged_and_marked():
    data = whole_recording()
    broken = data.copy()
    broken[0, 100:200] = np.nan
    broken[0, 4990:] = np.nan
    broken[1, 2990:3010] = np.nan
    raw = bridge_missing(as_raw(broken))
    np.testing.assert_allclose(raw.get_data()[0, :4990], data[0, :4990], atol=1e-15)
    assert (raw.get_data()[0, 4990:] == data[0, 4989]).all()
    assert (raw.get_data()[1, 2990:3010] == 8).all()
    assert onsets(raw, "BAD_missing") == [(0.2, 0.2), (9.98, 0.02)]
    assert raw.info["bads"] == []


@pytest.mark.parametrize(("n_missing", "bad"), [(500, False), (501, True), (5000, True)])
def test_a_channel_missing_more_than_a_tenth_is_bad(n_missing, bad):
    data = whole_recording()
    data[0, :n_missing] = np.nan
    raw = bridge_missing(as_raw(data))
    assert raw.info["bads"] == (["Cz"] if bad else [])
    assert bool(onsets(raw, "BAD_missing")) is not bad
    assert np.isfinite(raw.get_data()).all()
    if n_missing == 5000:
        assert (raw.get_data()[0] == 0).all()


@pytest.mark.parametrize("when", [None, datetime(2018, 5, 4, tzinfo=UTC)])
def test_bridging_keeps_the_annotations_of_a_cropped_recording(when):
    data = whole_recording()
    data[0, 1000:1050] = np.nan
    raw = as_raw(data, when).set_annotations(mne.Annotations([5.0], [0.5], ["blink"]))
    raw = bridge_missing(raw.crop(1.0))
    assert onsets(raw, "blink") == [(4.0, 0.5)]
    assert onsets(raw, "BAD_missing") == [(1.0, 0.1)]


def test_nothing_missing_changes_nothing_and_the_argument_is_never_changed():
    raw = as_raw(whole_recording())
    assert bridge_missing(raw) is raw
    data = whole_recording()
    data[0, 5:9] = np.nan
    raw = as_raw(data)
    bridge_missing(raw)
    assert np.isnan(raw.get_data()).sum() == 4


def test_a_missing_value_beside_a_gap_does_not_spread():
    data = whole_recording()
    data[0, 1000] = np.nan
    raw = mark_gaps(as_raw(np.delete(data, slice(1200, 1300), axis=1)))
    assert np.flatnonzero(np.isnan(raw.get_data()[0])).tolist() == [1000]


@pytest.mark.parametrize("seconds", [1.0, 2.2, 3.0])
@pytest.mark.parametrize("name", ["Saw", "SAW", "Counter 2power16"])
def test_the_seconds_that_wifi_loses_are_marked_wherever_the_counter_stands(seconds, name):
    data = whole_recording(n=120_000, modulus=2**16)
    lost = [slice(first, first + round(seconds * SFREQ)) for first in (5_000, 40_000, 64_900, 90_000)]
    raw = as_raw(np.delete(data, np.r_[tuple(lost)], axis=1)).rename_channels({"Saw": name})
    raw = mark_gaps(raw)
    np.testing.assert_allclose(raw.get_data(), data, atol=1e-9)
    assert onsets(raw) == [(gap.start / SFREQ, seconds) for gap in lost]


@pytest.mark.parametrize("start", [0, 40_000])
def test_a_gap_at_the_only_turn_of_the_counter_is_found_by_the_power_of_two(start):
    data = whole_recording(n=60_000, modulus=2**16, start=start)
    first = 2**16 - start - 300
    if start == 0:
        data = whole_recording(n=90_000, modulus=2**16, start=start)
    raw = mark_gaps(as_raw(np.delete(data, slice(first, first + 750), axis=1)))
    assert onsets(raw) == [(first / SFREQ, 1.5)]
    np.testing.assert_allclose(raw.get_data()[2], data[2], atol=1e-6)


def test_a_counter_of_signed_integers_may_turn_below_zero():
    data = whole_recording(n=150_000, modulus=2**16)
    data[2] -= 2**15
    raw = mark_gaps(as_raw(np.delete(data, slice(65_000, 66_500), axis=1)))
    assert onsets(raw) == [(130.0, 3.0)]
    np.testing.assert_allclose(raw.get_data()[2], data[2], atol=1e-9)


def test_a_counter_scaled_and_rounded_to_single_precision_still_counts_exactly():
    data = whole_recording(n=60_000, modulus=2**15)
    data[2] = (data[2] * 0.02441).astype("f4")
    raw = mark_gaps(as_raw(np.delete(data, slice(31_000, 32_321), axis=1)))
    assert onsets(raw) == [(62.0, 1321 / SFREQ)]


def test_a_loss_that_the_counter_may_show_only_in_part_brings_a_warning():
    data = whole_recording(n=20_000, modulus=256)
    with pytest.warns(RuntimeWarning, match=r"'Saw' begins again every 0\.51 s: a loss longer than that"):
        mark_gaps(as_raw(np.delete(data, slice(5000, 5003), axis=1)))


@pytest.mark.parametrize("wrong", [[7.0] * 5, [900.0] * 300, [5.0, 6, 7], [np.nan] * 600, [3.0, -8, 1e6, 2]])
@pytest.mark.parametrize("at", [2, 700, 960, 4980])
def test_a_run_of_wrong_counts_is_no_gap(wrong, at):
    data = whole_recording()
    data[2, at : at + len(wrong)] = wrong[: 5000 - at]
    raw = as_raw(data)
    assert mark_gaps(raw) is raw


def test_a_gap_that_begins_with_wrong_counts_has_its_length():
    data = whole_recording(modulus=4096)
    data[2, [1195, 1197, 1505]] = [17, 3000, -1]
    raw = mark_gaps(as_raw(np.delete(data, slice(1200, 1500), axis=1)))
    assert raw.n_times == 5000
    ((onset, duration),) = [(m["onset"], m["duration"]) for m in raw.annotations]
    assert duration == pytest.approx(0.6) and abs(onset - 2.4) <= 10 / SFREQ


def test_a_counter_that_was_started_afresh_says_that_it_cannot_tell():
    data = whole_recording(modulus=10**9)
    data[2, 1000:] = np.arange(4000)
    raw = as_raw(data)
    with pytest.warns(RuntimeWarning, match=r"'Saw' steps back at 2\.0 s"):
        assert mark_gaps(raw) is raw


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(50, 3000), st.integers(1, 1500)), min_size=1, max_size=5),
    st.sampled_from([2**11, 2**12, 5000, 2**16, 10**6]),
    st.integers(0, 10**6),
)
def test_any_gaps_shorter_than_the_modulus_are_put_back(gaps, modulus, start):
    # Enough on both sides to see the counter turn twice; where it turns once, see the power of two above.
    n = 3 * max(2**11, modulus if modulus < 2**16 else 0)
    lost, first = [], n
    for apart, length in gaps:
        lost.append(slice(first + apart, first + apart + length))
        first += apart + length
    data = whole_recording(n=first + n, modulus=modulus, start=start % modulus if modulus < 2**16 else 0)
    raw = mark_gaps(as_raw(np.delete(data, np.r_[tuple(lost)], axis=1)))
    assert raw.n_times == data.shape[1]
    np.testing.assert_allclose(raw.get_data()[2], data[2], atol=1e-6)
    assert onsets(raw) == [(gap.start / SFREQ, (gap.stop - gap.start) / SFREQ) for gap in lost]


def lazily(data, path):
    names, units = ["Cz", "Digi", "Saw"], ["V", "", ""]
    write_poly5(path, data, SFREQ, names, units, samples_per_block=100)
    return read_poly5(path)


def test_a_recording_still_in_its_file_is_not_loaded_if_nothing_is_lost_or_missing(tmp_path):
    raw = lazily(whole_recording(), tmp_path / "a.poly5")
    assert mark_gaps(raw) is raw
    assert bridge_missing(raw) is raw
    assert not raw.preload


def test_a_recording_still_in_its_file_gets_its_gaps_and_bridges_alike(tmp_path):
    data = np.delete(whole_recording(n=40_000, modulus=4096), slice(20_000, 21_000), axis=1)
    data[0, 17_000:17_010] = 2  # volts: a disconnected input
    raw = lazily(data, tmp_path / "a.poly5")
    loaded = raw.copy().load_data(verbose="error")
    for clean in (mark_gaps, lambda raw: bridge_missing(mark_gaps(raw)), bridge_missing):
        np.testing.assert_array_equal(clean(raw).get_data(), clean(loaded).get_data())
        assert clean(raw).annotations == clean(loaded).annotations
    assert not raw.preload
    assert onsets(mark_gaps(raw)) == [(40.0, 2.0)]
    assert onsets(bridge_missing(mark_gaps(raw)), "BAD_missing") == [(34.0, 0.02)]


def test_filling_a_gap_holds_the_signals_in_memory_only_once(tmp_path):
    count = np.delete(np.arange(150_000), slice(20_000, 21_000)) % 4096
    names = [f"E{i}" for i in range(30)] + ["Saw"]
    write_poly5(tmp_path / "a.poly5", np.tile(count, (31, 1)), SFREQ, names, ["µV"] * 31)
    raw = read_poly5(tmp_path / "a.poly5")
    mark_gaps(raw)
    tracemalloc.start()
    whole = mark_gaps(raw)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert onsets(whole) == [(40.0, 2.0)]
    assert peak < 1.6 * 31 * 150_000 * 8
