"""Pitch is compared in an ordinary conversation, in which each person is silent for more than half of it."""

import numpy as np
import pytest

from interbrain.signals.processing import process
from interbrain.signals.quality import judge
from interbrain.signals.series import Series

RATE, MINUTES = 25, 5
AT_S = np.arange(MINUTES * 60 * RATE) / RATE


def speaker(turn_s=7.0, begins=0.0, unvoiced=0.0, usual_hz=120.0):
    """Heard in every other turn, a third of it without pitch; the pitch falls by an octave in the session."""
    heard = ((AT_S // turn_s) % 2 == begins) & (AT_S % 1.5 < 1.0)
    return np.where(heard, usual_hz * 2 ** (0.5 - AT_S / AT_S[-1]), unvoiced)


@pytest.mark.parametrize("unvoiced", [0.0, np.nan])
def test_whoever_listens_is_not_missing_and_is_compared_by_the_mean_of_what_was_voiced(unvoiced):
    series = Series(speaker(unvoiced=unvoiced)[None], RATE, start_s=2.0, unit="Hz")
    done, quality = process(series, "pitch", MINUTES * 60, 0.25)
    assert quality.usable and quality.missing < 0.05 and done.rate_hz == 1
    expected = 12 * (0.5 - (done.times - 2.0) / AT_S[-1])
    np.testing.assert_allclose(done.values[0][10:-10], expected[10:-10], atol=0.4)


def test_a_high_and_a_low_voice_that_move_alike_are_one_course():
    one, other = (judge(Series(speaker(usual_hz=hz)[None], RATE), "pitch", 300, 0.25)[0] for hz in (110, 220))
    np.testing.assert_allclose(one.values, other.values)


def test_of_who_hardly_speaks_the_time_without_a_voice_stays_missing():
    silent = np.where(AT_S < 200, speaker(), 0.0)
    held, quality = judge(Series(silent[None], RATE), "pitch", 300, 0.25)
    assert not quality.usable and "too little voice" in quality.reason
    assert np.isnan(held.values[0][215:]).all() and np.isfinite(held.values[0][:195]).all()
