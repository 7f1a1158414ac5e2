"""Stored phases come back as they were, within the step of their encoding."""

import numpy as np
import pytest

from interbrain.chance import restored_phasors, stored_phases


def test_phases_come_back_within_half_a_step():
    phases = np.random.default_rng(0).uniform(-np.pi, np.pi, (3, 1000))
    restored = restored_phasors(stored_phases(np.exp(1j * phases)))
    assert restored.dtype == np.complex64
    error = np.angle(restored * np.exp(-1j * phases))
    assert np.abs(error).max() < 5e-5


@pytest.mark.parametrize("phase", [np.pi, -np.pi, np.nextafter(np.pi, 0), 0.0])
def test_half_a_cycle_is_not_taken_for_missing(phase):
    restored = restored_phasors(stored_phases(np.exp(1j * np.array([phase]))))
    np.testing.assert_allclose(restored, np.exp(1j * phase), atol=1e-6)


def test_the_codes_are_those_of_files_that_are_on_disk_already():
    phasors = np.exp(1j * np.array([np.pi, np.pi / 2, 0, -np.pi / 2]))
    assert stored_phases(phasors).tolist() == [32767, 16384, 0, -16384]  # 16383.5 goes to the even one


def test_missing_phases_stay_missing_and_nothing_else_does():
    phasors = np.exp(1j * np.linspace(-3, 3, 50)).astype(np.complex64)
    phasors[[4, 20]] = np.nan
    codes = stored_phases(phasors)
    assert codes.dtype == np.int16
    assert np.flatnonzero(np.isnan(restored_phasors(codes))).tolist() == [4, 20]


def test_phasors_can_be_put_where_they_are_wanted():
    codes = stored_phases(np.exp(1j * np.linspace(-3, 3, 50)))
    place = np.empty((2, 50), np.complex64)
    restored_phasors(codes, out=place[1])
    np.testing.assert_array_equal(place[1], restored_phasors(codes))
