"""EEG without a signal, EEG that is held for a while, and EEG at the end of its scale are said."""

import sys
from pathlib import Path

import mne
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import read_recording
from interbrain.formats.notes import noted
from interbrain.formats.stillness import note_stillness

RATE, SECONDS = 250, 40


def noise(n=6):
    return 10 * np.random.default_rng(4).standard_normal((n, RATE * SECONDS))


def notes_of(microvolts, marks=None):
    info = mne.create_info(LABELS[: len(microvolts)], RATE, "eeg")
    raw = mne.io.RawArray(1e-6 * microvolts, info, verbose="error").set_annotations(marks)
    with noted() as notes:
        note_stillness(raw)
    return notes


def held(eeg, begin, end):
    eeg = eeg.copy()
    eeg[:, round(begin * RATE) : round(end * RATE)] = eeg[:, [round(begin * RATE)]]
    return eeg


def test_eeg_that_moves_needs_no_word():
    assert notes_of(noise()) == []
    assert notes_of(np.round(noise() / 10) * 10) == []  # few steps: their ends are common values
    assert notes_of(held(noise(), 5, 5.8)) == []


@pytest.mark.parametrize("value", [0.0, 100.0, np.nan])
def test_eeg_without_a_signal_is_said(value):
    assert notes_of(np.full((6, 5000), value)) == [
        "none of its EEG channels has a signal: all are constant or missing throughout"
    ]
    eeg = noise()
    eeg[1:5] = value
    assert notes_of(eeg) == ["4 of 6 EEG channels (Fp2, F3, Fz, F4) have no signal"]
    eeg[:] = noise()
    eeg[1:3] = value
    assert notes_of(eeg) == []  # some bad channels are every recording's


def test_a_stretch_in_which_no_channel_moves_is_said_with_its_length():
    eeg = held(noise(), 5, 9)
    eeg[2] = 0.0
    assert notes_of(eeg)[0].startswith("all EEG channels are constant for 4.0 s from 5.0 s on (4.0 s in all)")
    twice = held(held(noise(), 5, 9), 20, 22)
    assert "4.0 s from 5.0 s on and 1 more time (6.0 s in all)" in notes_of(twice)[0]
    one_moves = held(noise(), 5, 9)
    one_moves[0] = noise()[0]
    assert notes_of(one_moves) == []
    assert notes_of(held(noise(), 5, 9), mne.Annotations([5], [4], ["BAD_acq_skip"])) == []


def test_clipped_channels_are_said():
    eeg = noise()
    eeg[:4] = np.clip(eeg[:4], -8, 8)
    eeg[5] = np.clip(eeg[5], -1000, 1000)
    (text,) = notes_of(eeg)
    assert text.startswith("4 of 6 EEG channels (Fp1, Fp2, F3, Fz) were clipped")
    eeg[4] = 500.0  # a constant channel is at both of its ends, twice all of the time
    assert notes_of(eeg) == [text]
    eeg = noise()
    eeg[:4] = np.clip(eeg[:4], -8, None)  # at one end alone
    assert "4 of 6 EEG channels" in notes_of(eeg)[0]


@pytest.mark.parametrize("kind", PLANTED)
def test_what_does_not_move_is_said_in_every_format(tmp_path, kind, monkeypatch):
    import planted

    eeg, trigger = planted.signals(tmp_path / "rest", [], 20, RATE)
    eeg[:, 5 * RATE : 8 * RATE] = 0
    monkeypatch.setattr(planted, "signals", lambda *_: (eeg, trigger))
    file = PLANTED[kind](tmp_path / "rest", SECRETS, [], 20, RATE)
    with noted() as notes:
        read_recording(file)
    assert any("all EEG channels are constant for 3.0 s from 5.0 s on" in text for text in notes)


def test_time_without_reference_counts_neither_as_clipped_nor_as_held():
    eeg = noise()
    begin, end = 4 * RATE, 9 * RATE
    eeg[:, begin:end] = 3200 * np.where(np.arange(end - begin) // RATE % 2, 1, -1)
    assert "were clipped" in notes_of(eeg)[0]
    assert notes_of(eeg, mne.Annotations(4.0, 5.0, "BAD_cms")) == []
    eeg[:3, 10 * RATE : 12 * RATE] = 3200  # and what is clipped besides is said
    assert "up to 5.7% of the time" in notes_of(eeg, mne.Annotations(4.0, 5.0, "BAD_cms"))[0]
