"""What is found in skin conductance, heart and respiration whose truth is known, and what is refused."""

import re

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.signals.dyad import Given, pair
from interbrain.signals.processing import process
from interbrain.signals.reading import _beats
from interbrain.signals.series import Series

nk = pytest.importorskip("neurokit2")
SECONDS = 90


def processed(values, rate, kind, seconds=SECONDS, most=0.25):
    return process(Series(np.atleast_2d(values).astype(float), float(rate)), kind, seconds, most)


def beats_every(seconds, rate=250):
    """An ECG with beats at known instants: narrow peaks on a slow wave."""
    times = np.arange(int(SECONDS * rate)) / rate
    beats = np.cumsum(seconds)
    peaks = np.exp(-0.5 * ((times[:, None] - beats) / 0.012) ** 2).sum(axis=1)
    return peaks + 0.02 * np.random.default_rng(1).standard_normal(len(times)), beats


INTERVALS = 0.85 + 0.06 * np.sin(np.arange(100) / 4)


def test_intervals_between_heart_beats_are_found_and_evenly_resampled():
    ecg, beats = beats_every(INTERVALS)
    series, quality = processed(ecg, 250, "ecg")
    beats = beats[beats < SECONDS]
    assert quality.details["n_beats"] == pytest.approx(len(beats), abs=1)
    assert quality.details["heart_rate_per_min"] == pytest.approx(60 / 0.85, rel=0.02)
    expected = np.interp(series.times, beats[1:], np.diff(beats))
    inside = (series.times > 5) & (series.times < SECONDS - 5)
    np.testing.assert_allclose(series.values[0][inside], expected[inside], atol=0.012)
    assert series.rate_hz == 4


def test_a_list_of_intervals_gives_the_same_series_as_its_ecg():
    beats = np.cumsum(INTERVALS)
    train = _beats(beats, INTERVALS)
    series, quality = process(train, "ibi", beats[-1], 0.25)
    expected = np.interp(series.times, np.r_[0, beats], np.r_[INTERVALS[0], INTERVALS])
    inside = (series.times > 2) & (series.times < beats[-1] - 2)
    np.testing.assert_allclose(series.values[0][inside], expected[inside], atol=0.003)
    assert quality.details["n_corrected"] == 0


def test_a_beat_that_was_missed_and_one_too_many_are_counted_and_corrected():
    beats = np.cumsum(INTERVALS)
    wrong = np.sort(np.r_[np.delete(beats, 30), (beats[60] + beats[61]) / 2])
    series, quality = process(_beats(wrong[1:], np.diff(wrong)), "ibi", beats[-1], 0.25)
    assert quality.usable and quality.details["n_corrected"] >= 2
    known = series.values[0][np.isfinite(series.values[0])]
    assert known.min() > 0.7 and known.max() < 1.0


def test_a_pulse_wave_has_the_heart_rate_it_was_made_with():
    ppg = nk.ppg_simulate(duration=SECONDS, sampling_rate=100, heart_rate=66, random_state=2)
    _, quality = processed(ppg, 100, "ppg")
    assert quality.details["heart_rate_per_min"] == pytest.approx(66, rel=0.03)


def test_skin_conductance_keeps_its_level_and_its_responses():
    eda = 5 + nk.eda_simulate(
        duration=SECONDS, sampling_rate=50, scr_number=6, noise=0, drift=0, random_state=1
    )
    series, quality = processed(eda, 50, "eda")
    assert quality.details["responses_per_min"] == pytest.approx(6 * 60 / SECONDS, abs=1)
    assert np.corrcoef(series.values[0], eda)[0, 1] > 0.999


def test_breaths_are_counted():
    breaths = nk.rsp_simulate(duration=SECONDS, sampling_rate=50, respiratory_rate=15, random_state=3)
    series, quality = processed(breaths, 50, "respiration")
    assert quality.details["breaths_per_min"] == pytest.approx(15, abs=2)
    assert np.nanstd(series.values) == pytest.approx(1)


def test_three_axes_become_the_length_of_the_change_and_gravity_does_not_count():
    rate, n = 50, 500
    axes = np.zeros((3, n)) + np.array([[0.0], [0.6], [0.8]])
    axes[0] += 0.001 * np.sin(np.arange(n))
    axes[0, 250:] += 0.5
    series, _ = processed(axes, rate, "motion", n / rate)
    assert series.values.shape == (1, n - 1)
    assert series.values[0, 249] == pytest.approx(0.5 * rate, abs=0.1)
    assert np.delete(series.values[0], 249).max() < 0.1


def test_a_short_gap_is_bridged_and_a_long_one_stays():
    values = np.linspace(2, 3, 4 * SECONDS)
    values[40:43], values[100:140] = np.nan, np.nan
    series, quality = processed(values, 4, "affect")
    assert np.flatnonzero(np.isnan(series.values[0])).tolist() == list(range(100, 140))
    assert quality.missing == pytest.approx(43 / (4 * SECONDS))


NOISE = np.random.default_rng(0).standard_normal(250 * SECONDS)


@pytest.mark.parametrize(
    ("values", "rate", "kind", "says"),
    [
        (np.full(4 * SECONDS, 3.0), 4, "eda", "it is flat: 100% of it"),
        (np.full(4 * SECONDS, 0.0), 25, "motion", "it is flat"),
        (np.repeat([5.0, 6, 7, 7, 7, 7, 7, 6], 45), 4, "eda", "it is clipped|it is flat"),
        (300 + NOISE[: 4 * SECONDS], 4, "eda", "100% of it is outside 0.05 to 100 uS: wrong unit or channel"),
        (NOISE, 250, "ecg", "heart beats had to be corrected or are missing"),
        (
            np.where(np.arange(4 * SECONDS) < 200, np.nan, 5 + NOISE[: 4 * SECONDS] / 10),
            4,
            "eda",
            "56% is missing",
        ),
        (np.full(4 * SECONDS, np.nan), 4, "eda", "100% is missing"),
        (np.empty((1, 0)), 4, "eda", "nothing was recorded"),
    ],
)
def test_a_signal_that_cannot_be_used_says_why(values, rate, kind, says):
    series, quality = processed(values, rate, kind)
    assert series is None and not quality.usable
    assert re.search(says, quality.reason), quality.reason


def test_resting_at_zero_is_neither_flat_nor_clipped_in_movement():
    still = np.abs(NOISE[: 25 * SECONDS]) * (np.arange(25 * SECONDS) % 500 > 400)
    assert processed(still, 25, "motion")[1].usable


def test_a_dyad_without_one_members_signal_has_an_account_and_no_series():
    one = Given("eda", Series(5 + NOISE[None, : 4 * SECONDS] / 10, 4.0))
    table, account = pair(
        "eda",
        {"therapist": one, "client": None},
        {"therapist": SECONDS, "client": SECONDS},
        ClockFit.identity(),
        0.25,
    )
    assert table.empty
    assert [(a["role"], a["usable"], a["reason"]) for a in account] == [
        ("therapist", 1, ""),
        ("client", 0, "the table of signals has none of the client"),
    ]


def test_skin_conductance_around_a_lost_contact_or_another_range_is_missing():
    rng = np.random.default_rng(4)
    skin = 5 + np.cumsum(rng.standard_normal(600 * 10)) * 0.01 + 0.005 * rng.standard_normal(6000)
    _, sound = processed(skin, 10, "eda", 600)
    assert sound.missing == 0 == sound.outside
    off = skin.copy()
    off[2000:2500] = 0.2 + 0.01 * rng.standard_normal(500)
    series, quality = processed(off, 10, "eda", 600)
    assert 0.02 < quality.missing < 0.05
    assert np.isnan(series.values[0, [1960, 2030, 2470, 2540]]).all()
    switched = np.where(np.arange(6000) < 3000, skin, 3 * skin)
    assert np.isnan(processed(switched, 10, "eda", 600)[0].values[0, 2960:3040]).all()
    no_contact = np.where(np.arange(6000) < 1000, 0.01, skin)
    assert processed(no_contact, 10, "eda", 600)[1].outside > 1 / 6
