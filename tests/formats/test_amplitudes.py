"""Amplitudes that no head gives are refused with the likely factor, in every format, too small or large."""

import re
import sys
from pathlib import Path

import mne
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import planted
from planted import LABELS, PLANTED, SECRETS

from interbrain.formats import FormatError, read_recording
from interbrain.formats.amplitudes import check_amplitudes, strength_uv
from interbrain.formats.contradictions import contradictions
from interbrain.formats.measurements import measured_of
from interbrain.formats.notes import noted
from interbrain.formats.poly5_writing import write_poly5
from interbrain.formats.survey import survey

RATE = 250
# Of the planted EEG at 1-30 Hz: white noise of 11.2 µV (10 of each channel, 5 of all) at 250 Hz.
PLANTED_UV = np.hypot(10, 5) * np.sqrt(29 / (RATE / 2))


def raw_of(microvolts, labels=None):
    labels = labels or LABELS[: len(microvolts)]
    info = mne.create_info(labels, RATE, "eeg")
    return mne.io.RawArray(np.asarray(microvolts) * 1e-6, info, verbose="error")


def noise(sd=10.0, n=6, seconds=60):
    return sd * np.random.default_rng(5).standard_normal((n, seconds * RATE))


def said_of(file):
    with pytest.raises(FormatError) as error:
        read_recording(file)
    return str(error.value).removeprefix(f"{file}: ")


@pytest.mark.parametrize("kind", [kind for kind in PLANTED if kind not in ("edf", "bdf", "cnt", "poly5")])
@pytest.mark.parametrize(
    ("scale", "expected"),
    [
        (1e3, r"5\.\d* mV strong .*, 1,000 times too much for a head"),
        (1e-3, r"\d+\.?\d* nV strong .*, 1,000 times too little for a head"),
        (1e-6, r"0?\.?\d+\.?\d* pV strong .*, 1,000,000 times too little for a head"),
    ],
)
def test_a_wrong_scale_is_refused_in_every_format(kind, scale, expected, tmp_path, monkeypatch):
    signals = planted.signals

    def scaled(*args):
        eeg, trigger = signals(*args)
        return eeg * scale, trigger

    monkeypatch.setattr(planted, "signals", scaled)
    file = PLANTED[kind](tmp_path / "rest", SECRETS, [3.0], 20, RATE)
    assert re.search(f"^its EEG would be {expected}", said_of(file))


def test_the_unit_that_an_edf_file_gives_and_the_one_it_means_are_said(tmp_path):
    for kind in ("edf", "bdf"):
        file = PLANTED[kind](tmp_path / f"in_{kind}", SECRETS, [3.0], 20, RATE, unit=b"mV")
        assert "The file gives its unit as mV and probably means µV." in said_of(file)
        assert "5.3" in said_of(file) and "mV strong" in said_of(file)


@pytest.mark.parametrize(
    ("unit", "expected"),
    [("mVolt", "1,000 times too much"), ("nVolt", "1,000 times too little")],
)
def test_a_wrong_unit_of_a_poly5_file_is_refused(unit, expected, tmp_path):
    file = tmp_path / "rest.poly5"
    write_poly5(file, noise(), RATE, LABELS[:6], [unit] * 6)
    assert f"{expected} for a head" in said_of(file)


def test_offsets_drifts_mains_and_single_electrodes_do_not_deceive():
    seconds = np.arange(60 * RATE) / RATE
    eeg = noise()
    expected = 10 * np.sqrt(29 / (RATE / 2))
    for more in (
        -30_000.0,  # offset of a DC amplifier
        200 * seconds,  # its drift
        30_000 * np.exp(-seconds / 8),
        500 * np.sin(2 * np.pi * 50 * seconds),
        np.where(np.arange(len(seconds)) // (4 * RATE) == 3, 1e6, 0.0),  # one fall of the amplifier
    ):
        assert strength_uv(raw_of(eeg + more)) == pytest.approx(expected, rel=0.05)
    one = eeg.copy()
    one[0] *= 1e4
    one[1] = 0.0
    assert strength_uv(raw_of(one)) == pytest.approx(expected, rel=0.15)


def test_a_recording_without_a_signal_is_not_judged_by_its_amplitude():
    for raw in (raw_of(np.zeros((3, 5000))), raw_of(np.full((3, 5000), np.nan)), raw_of(np.ones((3, 1)))):
        assert strength_uv(raw) is None
        check_amplitudes(raw, "a.edf", {})


def test_missing_values_in_a_part_do_not_hide_the_rest():
    eeg = noise(5000.0)
    eeg[:, : 30 * RATE] = np.nan
    with pytest.raises(FormatError, match="1,000 times too much"):
        check_amplitudes(raw_of(eeg), "a.edf", {})


@pytest.mark.parametrize(
    ("sd", "word"), [(0.5, "weak"), (3.0, None), (10.0, None), (100.0, None), (600.0, "strong")]
)
def test_what_is_odd_is_a_note_and_what_is_usual_needs_no_word(sd, word):
    raw = raw_of(noise(sd))
    check_amplitudes(raw, "a.edf", {})  # refuses none of them
    assert [text.split(":")[0] for text in contradictions(measured_of(raw))] == (
        [f"the EEG is unusually {word}"] if word else []
    )


def test_some_channels_of_another_unit_are_noted():
    eeg = noise(n=12)
    eeg[:4] *= 1000
    assert contradictions(measured_of(raw_of(eeg)))[:1] == [
        "4 of 12 EEG channels (Fp1, Fp2, F3, Fz) are 4.77 mV strong, more than a head can give, and the "
        "others 4.77 µV: these electrodes were off, or their unit is wrong"
    ]


def test_the_survey_says_how_strong_the_eeg_is(tmp_path):
    file = PLANTED["poly5"](tmp_path / "rest", SECRETS, [3.0], 20, RATE)
    assert survey(file, triggers={"channel": "Digi"}).strength_uv == pytest.approx(PLANTED_UV, rel=0.1)


def test_the_recordings_table_can_put_a_wrong_unit_right(tmp_path):
    file = PLANTED["edf"](tmp_path / "rest", SECRETS, [3.0], 20, RATE, unit=b"mV")
    assert "write what the numbers are to be multiplied by (0.001) into therapist_scale" in said_of(file)
    with noted() as notes:
        raw = read_recording(file, scale=0.001).raw
    assert notes == ["the EEG was multiplied by 0.001, as the recordings table says"]
    eeg, _ = planted.signals(tmp_path / "rest", [3.0], 20, RATE)
    np.testing.assert_allclose(raw.get_data(picks="eeg") * 1e6, eeg, atol=0.05)
    poly5 = tmp_path / "rest.poly5"
    write_poly5(
        poly5, np.vstack([noise(), np.full(60 * RATE, 8)]), RATE, [*LABELS[:6], "Digi"], ["mV"] * 6 + [""]
    )
    raw = read_recording(poly5, scale=0.001).raw
    assert strength_uv(raw) == pytest.approx(10 * np.sqrt(29 / (RATE / 2)), rel=0.05)
    assert set(raw.get_data(picks="stim").ravel()) == {8}
