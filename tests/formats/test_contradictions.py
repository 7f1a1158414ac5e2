"""What a recording's own signal contradicts in its file is noted, and a sound recording has no such note."""

import mne
import numpy as np
import pytest

from interbrain.formats.contradictions import note_contradictions
from interbrain.formats.notes import noted
from interbrain.simulate import Member, simulate_recording


def person(seed=3, mains_uv=6.0, sfreq=500.0, line=50.0, snr=4.0):
    member = Member(mains_uv=mains_uv, snr=snr)
    return simulate_recording(member, seed=[seed], duration_s=30, sfreq=sfreq, line_frequency=line).raw


def said_at(raw, sfreq):
    """The same samples in a file that gives another rate."""
    return mne.io.RawArray(raw._data, mne.create_info(raw.ch_names, sfreq, "eeg"), verbose="error")


def notes_on(raw):
    with noted() as notes:
        note_contradictions(raw)
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
