"""Narrow lines that two members share: found where they are planted, and never in rhythms or noise."""

import numpy as np
import pytest

from interbrain.rhythms.lines import narrow_lines, shared_lines

SFREQ, SECONDS = 100, 300
BANDS = {"theta": [4, 7], "alpha": [8, 12]}
T = np.arange(SFREQ * SECONDS) / SFREQ


def noise(seed):
    return np.random.default_rng(seed).standard_normal((3, len(T)))


def rhythm(seed, diffusion=2.5, hz=10.0):
    """An oscillator whose line is diffusion / pi Hz wide, stronger than the background of its band."""
    walk = np.cumsum(np.random.default_rng(seed).standard_normal(len(T))) * np.sqrt(2 * diffusion / SFREQ)
    return noise(seed) + np.cos(2 * np.pi * hz * T + walk)


def line(hz=10.0, strength=0.15):
    return strength * np.sin(2 * np.pi * hz * T)


@pytest.mark.parametrize("hz", [9.03, 10.0, 11.48])
def test_a_line_in_both_is_found_at_its_frequency(hz):
    found = shared_lines(noise(1) + line(hz), rhythm(2) + line(hz + 0.02, 1.0), SFREQ, BANDS)
    assert found["alpha"] == pytest.approx(hz, abs=0.03) and np.isnan(found["theta"])


def test_a_line_in_one_member_alone_or_at_another_frequency_is_not_shared():
    assert np.isnan(shared_lines(noise(1) + line(), noise(2), SFREQ, BANDS)["alpha"])
    assert np.isnan(shared_lines(noise(1) + line(), noise(2) + line(10.5), SFREQ, BANDS)["alpha"])


@pytest.mark.long
def test_two_rhythms_of_one_frequency_are_no_line_nor_is_noise():
    for seed in range(20):
        coupled = rhythm(seed)  # the same phase in both
        found = shared_lines(coupled, coupled + 0.3 * noise(100 + seed), SFREQ, BANDS)
        assert np.isnan([*found.values()]).all(), seed
    assert sum(len(narrow_lines(noise(seed), SFREQ, (2, 40))) for seed in range(20)) == 0


def test_too_short_a_recording_and_channels_with_missing_values_tell_nothing():
    data = noise(1) + line(strength=1)
    assert len(narrow_lines(data[:, : 45 * SFREQ], SFREQ, (8, 12))) == 0
    data[0, 5] = np.nan
    assert len(narrow_lines(data, SFREQ, (8, 12))) == 1
    assert len(narrow_lines(data[:1], SFREQ, (8, 12))) == 0
