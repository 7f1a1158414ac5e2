"""A recording's own spectrum shows its mains and the filter that it went through before it came to us."""

import mne
import numpy as np
import pytest

from interbrain.formats.spectrum import mains_of, recorded_spectrum
from interbrain.simulate import Artifacts, Member, simulate_recording


def person(seed=3, mains_uv=0.0, sfreq=500.0, line=50.0, **artifacts):
    member = Member(mains_uv=mains_uv, artifacts=Artifacts(**artifacts))
    return simulate_recording(member, seed=[seed], duration_s=30, sfreq=sfreq, line_frequency=line).raw


def with_lines(raw, **microvolts):
    """Add sines to all channels: hz50=2.0 is 2 uV at 50 Hz."""
    for name, uv in microvolts.items():
        raw._data += uv * 1e-6 * np.sin(2 * np.pi * float(name[2:]) * raw.times)
    return raw


@pytest.mark.parametrize(
    ("lines", "found"),
    [
        ({}, ()),
        ({"hz50": 2.0}, (50,)),
        ({"hz60": 2.0}, (60,)),
        ({"hz49.8": 5.0}, (50,)),
        ({"hz50": 2.0, "hz60": 10.0}, (60, 50)),
        ({"hz100": 20.0, "hz120": 20.0}, ()),
    ],
)
def test_mains_are_those_that_stand_out(lines, found):
    assert recorded_spectrum(with_lines(person(), **lines)).mains_hz == found


@pytest.mark.parametrize("rhythm", [10.0, 12.0])
def test_harmonics_of_a_rhythm_are_not_mains(rhythm):
    """A sharp mu or a strong alpha, whose fifth harmonic lies at 50 or 60 Hz."""
    raw = person()
    rng = np.random.default_rng(2)
    phase = 2 * np.pi * rhythm * raw.times + np.cumsum(rng.standard_normal(raw.n_times)) * 0.06
    raw._data += 40e-6 * np.sign(np.cos(phase))
    assert recorded_spectrum(raw).mains_hz == ()


def test_mains_that_were_notched_out_at_the_recording_are_not_found():
    raw = person(mains_uv=30).notch_filter([50, 100, 150, 200], verbose="error")
    assert recorded_spectrum(raw).mains_hz == ()


def test_mains_beyond_a_low_rate_are_not_found_and_do_no_harm():
    raw = with_lines(person(sfreq=100.0), hz20=3.0)
    assert recorded_spectrum(raw).mains_hz == ()


def test_the_configs_mains_hold_unless_others_only_are_there():
    assert [mains_of(found, 50) for found in ((), (50,), (60,), (60, 50))] == [50, 50, 60, 50]
    assert mains_of((50.0,), 49.8) == 49.8


@pytest.mark.long_but("0-1-30-limits0", "50-1-40-limits1", "0-0.5-45-limits2")
@pytest.mark.parametrize(
    ("low", "high", "limits"), [(1, 30, (28, 35)), (1, 40, (38, 46)), (0.5, 45, (43, 51))]
)
@pytest.mark.parametrize("mains_uv", [0, 50])
def test_a_low_pass_filter_is_seen_by_where_it_ends_the_spectrum(low, high, limits, mains_uv):
    raw = person(mains_uv=mains_uv).filter(low, high, verbose="error")
    assert limits[0] < recorded_spectrum(raw).highest_hz < limits[1]


def test_a_filter_of_fourth_order_is_seen_too():
    order = {"order": 4, "ftype": "butter"}
    raw = person().filter(0.5, 45, method="iir", iir_params=order, verbose="error")
    assert 40 < recorded_spectrum(raw).highest_hz < 50


def test_a_recording_that_was_resampled_upwards_ends_where_it_did_before():
    raw = person(sfreq=128.0).resample(500, method="polyphase", verbose="error")
    assert 55 < recorded_spectrum(raw).highest_hz < 64


@pytest.mark.long_but("how0-128.0", "how1-250.0", "how2-500.0", "how3-250.0")
@pytest.mark.parametrize("sfreq", [128.0, 250.0, 500.0])
@pytest.mark.parametrize(
    "how", [{}, {"mains_uv": 100.0}, {"muscle_bursts_per_minute": 10}, {"noisy": ["Cz"]}]
)
def test_an_unfiltered_recording_has_no_end(sfreq, how):
    assert recorded_spectrum(person(sfreq=sfreq, **how)).highest_hz is None


def test_a_notch_is_no_end_and_a_slope_of_three_octaves_neither():
    raw = person().notch_filter([50, 100, 150], notch_widths=8, verbose="error")
    assert recorded_spectrum(raw).highest_hz is None
    transform = np.fft.rfft(raw._data)
    frequency = np.maximum(np.fft.rfftfreq(raw.n_times, 1 / 500), 1)
    raw._data = np.fft.irfft(transform / frequency**1.5, raw.n_times)  # 1/f^3 and the head's own slope
    assert recorded_spectrum(raw).highest_hz is None


def test_bad_spans_and_channels_without_a_signal_do_not_count():
    raw = with_lines(person(), hz50=2.0)
    raw._data[:, 2500:10000] = 1e-3 * np.sin(2 * np.pi * 60 * raw.times[2500:10000])
    raw.set_annotations(mne.Annotations([5], [15], ["BAD_acq_skip"]))
    raw._data[:20] = 0.004
    assert recorded_spectrum(raw).mains_hz == (50,)
    raw._data[:] = 0
    assert recorded_spectrum(raw).mains_hz == () and recorded_spectrum(raw).highest_hz is None
