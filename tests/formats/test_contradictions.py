"""What a recording's own signal contradicts in its file is noted, and a sound recording has no such note."""

import re
import warnings

import mne
import numpy as np
import pytest

from interbrain.formats.contradictions import contradictions, holes_hz, note_contradictions
from interbrain.formats.measurements import measured_of, read_measured, write_measured
from interbrain.formats.notes import noted
from interbrain.formats.spectrum import recorded_spectrum
from interbrain.simulate import Member, simulate_recording


def person(seed=3, mains_uv=6.0, sfreq=500.0, line=50.0, snr=4.0):
    member = Member(mains_uv=mains_uv, snr=snr)
    return simulate_recording(member, seed=[seed], duration_s=30, sfreq=sfreq, line_frequency=line).raw


def said_at(raw, sfreq):
    """The same samples in a file that gives another rate."""
    return mne.io.RawArray(raw._data, mne.create_info(raw.ch_names, sfreq, "eeg"), verbose="error")


def notes_on(raw):
    with noted() as notes:
        note_contradictions(measured_of(raw))
    return " | ".join(notes)


@pytest.mark.parametrize(
    ("true", "stated", "line", "at"),
    [
        (512.0, 500.0, 50.0, "48.8"),
        (488.2812, 500.0, 50.0, "51.2"),
        (250.0, 256.0, 60.0, "61.4"),
        (500.0, 250.0, 50.0, "25.0"),
    ],
)
def test_mains_beside_their_frequency_show_a_wrong_sampling_rate(true, stated, line, at):
    told = notes_on(said_at(person(sfreq=true, line=line), stated))
    assert f"sampling rate is probably {true:.6g} Hz and not {stated:g} Hz" in told
    assert f"line at {at} Hz, where mains of {line:g} Hz" in told


def test_what_a_wrong_rate_costs_is_said():
    told = notes_on(said_at(person(sfreq=512.0), 500.0))
    assert "wrong by 2.3% (0.7 s at the end)" in told


def test_a_line_near_the_mains_that_no_usual_rate_explains_is_noted_with_the_rate_that_would():
    told = notes_on(said_at(person(sfreq=500.0, line=51.7), 500.0))
    assert "probably 483.6 Hz" in told and "from a generator, nothing needs to be done" in told


@pytest.mark.parametrize("line", [49.85, 50.15, 59.9, 60.1])
def test_mains_that_wander_as_grids_do_are_not_noted(line):
    assert not notes_on(person(line=line))


def test_a_harmonic_whose_mains_were_notched_out_is_no_sign_of_another_rate():
    raw = person(mains_uv=0.0)
    raw._data += 5e-6 * np.sin(2 * np.pi * 50 * raw.times) + 3e-6 * np.sin(2 * np.pi * 100 * raw.times)
    assert not notes_on(raw.copy())
    assert not notes_on(raw.notch_filter(50, verbose="error"))


def test_a_recording_too_short_or_without_eeg_is_not_judged():
    assert not notes_on(person().crop(0, 0.5))
    empty = person().set_channel_types({name: "misc" for name in person().ch_names}, verbose="error")
    assert not notes_on(empty)


def test_what_was_kept_of_a_recording_is_judged_as_the_recording_itself(tmp_path):
    raw = person().resample(250.0, verbose="error")
    raw = mne.io.RawArray(*filtered(raw, (None, 10), {"order": 4, "ftype": "butter"}), verbose="error")
    raw._data[:8] *= 0.1
    raw._data[8:] *= 1000
    measured = measured_of(mne.concatenate_raws([raw, raw.copy()], verbose="error"))
    said = contradictions(measured)
    assert [
        "strong" in said[0],
        *(any(word in note for note in said) for word in ("low-pass", "weaker")),
    ] == [True] * 3
    write_measured(tmp_path / "measured.npz", measured)
    assert contradictions(read_measured(tmp_path / "measured.npz")) == said


@pytest.mark.parametrize("order", [4, 8])
@pytest.mark.parametrize(
    ("edges", "kind", "between"), [((None, 10), "low-pass", (10, 14)), ((5, None), "high-pass", (4, 6))]
)
def test_a_filter_inside_the_bands_is_noted_with_its_edge(order, edges, kind, between):
    how = {"order": order, "ftype": "butter"}
    raw = mne.io.RawArray(*filtered(person(), edges, how), verbose="error")
    found = re.search(rf"a {kind} filter left little of its EEG \w+ about ([\d.]+) Hz", notes_on(raw))
    assert found and between[0] <= float(found[1]) <= between[1]


def filtered(raw, edges, how):
    """Data through a filter that no header gives, and a header without it."""
    info = raw.info.copy()
    return raw.filter(*edges, method="iir", iir_params=how, verbose="error")._data, info


def test_a_steep_filter_that_leaves_rounding_errors_only_is_noted():
    for edges, said in (((None, 12.0), "low-pass"), ((8.0, None), "high-pass")):
        info = (raw := person()).info.copy()
        raw = mne.io.RawArray(raw.filter(*edges, verbose="error")._data, info, verbose="error")
        assert f"a {said} filter left little" in notes_on(raw)


def test_the_headers_filter_counts_if_the_spectrum_shows_it():
    how = {"order": 2, "ftype": "butter", "output": "sos"}
    raw = person(snr=1.0).filter(None, 9.0, method="iir", iir_params=how, verbose="error")
    assert "above about 9 Hz" in notes_on(raw)
    other = person(snr=1.0)  # whose header has the filters of its EMG, as MNE takes the highest
    with other.info._unlock():
        other.info["highpass"], other.info["lowpass"] = 10.0, 12.0
    assert not notes_on(other)


@pytest.mark.parametrize(("low", "high"), [(0.1, None), (1.0, 40.0), (1.0, 30.0), (2.0, 70.0)])
def test_usual_filters_are_not_noted(low, high):
    assert not notes_on(person().filter(low, high, verbose="error"))


def test_a_notch_and_a_moving_average_leave_holes_that_are_named_with_their_frequencies():
    raw = person()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert holes_hz(recorded_spectrum(raw)) == ()
    assert not notes_on(raw.copy())
    assert "lacks what is at about 10 Hz" in notes_on(
        raw.copy().notch_filter(10, notch_widths=1, verbose="error")
    )
    width = 50  # samples of 2 ms
    smooth = said_at(raw, 500)
    smooth._data = np.array([np.convolve(row, np.full(width, 1 / width), "same") for row in raw._data])
    assert "lacks what is at about 10, 20" in notes_on(smooth)
    # The mains are taken out of any recording, and a low-pass leaves ripples beyond its edge.
    assert "lacks" not in notes_on(raw.copy().notch_filter(50, verbose="error"))
    assert "lacks" not in notes_on(
        raw.copy().filter(None, 30, verbose="error").notch_filter(50, verbose="error")
    )
