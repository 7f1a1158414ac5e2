"""Series on the therapist's clock: exact where they were sampled, missing where nobody recorded."""

from dataclasses import replace

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.formats.notes import noted
from interbrain.signals.reading import UNIT_TAKEN, Source, in_block, in_unit_of_kind
from interbrain.signals.series import Series, on_therapist_clock

LATER = ClockFit(offset=2.0, drift_ppm=200.0, residual_ms=0.0, n_matched=5)


def test_a_series_at_the_common_rate_keeps_its_values():
    values = np.random.default_rng(0).standard_normal((1, 250))
    np.testing.assert_array_equal(
        on_therapist_clock(Series(values, 25.0), ClockFit.identity(), 25, 10), values
    )


def test_a_clients_series_is_taken_at_the_therapists_instants():
    slow = np.sin(2 * np.pi * 0.05 * LATER.to_reference(np.arange(4 * 120) / 4))
    moved = on_therapist_clock(Series(slow[None], 4.0), LATER, 4, 100)
    np.testing.assert_allclose(moved[0], np.sin(2 * np.pi * 0.05 * np.arange(400) / 4), atol=0.002)


def test_before_and_behind_a_recording_and_where_the_clock_is_not_confirmed_nothing_is_known():
    fit = replace(LATER, offset=-3.0, unconfirmed=((10.0, 12.0),))
    moved = on_therapist_clock(Series(np.ones((1, 60)), 4.0), fit, 4, 30)[0]
    instants = np.arange(len(moved)) / 4
    known = (instants >= 3) & (instants <= fit.to_reference(14.75)) & ~((instants >= 10) & (instants < 12))
    np.testing.assert_array_equal(np.isfinite(moved), known)


def test_a_faster_series_is_averaged_and_a_gap_stays_a_gap():
    values = np.arange(1000, dtype=float)
    values[200:400] = np.nan
    moved = on_therapist_clock(Series(values[None], 100.0), ClockFit.identity(), 4, 10)[0]
    assert len(moved) == 40
    np.testing.assert_allclose(moved[1:8], np.arange(1, 8) * 25)
    assert np.isnan(moved[9:16]).all()
    assert np.isfinite(moved[17:]).all()


@pytest.mark.parametrize("role", ["therapist", "client"])
def test_a_file_of_its_own_is_placed_by_its_start_on_the_therapists_clock(role):
    """It begins 5 s into the therapist's file, of which the recording begins at 20 s."""
    at = dict(own_start_s=7.0, therapist_start_s=20.0, duration_s=50.0, fit=LATER)
    found = in_block(Series(np.arange(400.0)[None], 4.0, start_s=5.0), "start_s", role, **at)
    clock = ClockFit.identity() if role == "therapist" else LATER
    first = found.values[0, 0]
    np.testing.assert_allclose(clock.to_reference(found.times[0]), 5 + first / 4 - 20, atol=1e-9)
    last = found.values[0, -1]
    np.testing.assert_allclose(clock.to_reference(found.times[-1]), 5 + last / 4 - 20, atol=1e-9)
    assert 0 <= found.times[0] < 0.25 and 49.7 < found.times[-1] < 50


def test_a_channel_of_the_eeg_file_is_cut_to_the_recording():
    series = Series(np.arange(1000.0)[None], 10.0)
    at = dict(own_start_s=30.0, therapist_start_s=0.0, duration_s=20.0, fit=LATER)
    found = in_block(series, "same_file", "client", **at)
    assert (found.values[0, 0], found.values[0, -1], found.start_s) == (300, 499, 0)


@pytest.mark.parametrize(
    ("unit", "value", "microsiemens"),
    [
        ("uS", 5, 5),
        ("µS", 5, 5),
        ("microSiemens", 5, 5),
        ("nS", 5000, 5),
        ("S", 5e-6, 5),
        ("kOhm", 200, 5),
        ("", 5, 5),
    ],
)
def test_skin_conductance_comes_in_microsiemens_from_any_unit(unit, value, microsiemens, tmp_path):
    found = in_unit_of_kind(Series(np.full((1, 9), value), 4.0, unit=unit), Source("eda", ("EDA",)), tmp_path)
    np.testing.assert_allclose(found.values, microsiemens)


def test_a_unit_that_is_taken_for_granted_is_said(tmp_path):
    with noted() as notes:
        in_unit_of_kind(Series(np.full((1, 9), 5.0), 4.0), Source("eda", ("EDA",)), tmp_path)
        in_unit_of_kind(Series(np.full((1, 9), 5.0), 4.0, unit="nS"), Source("eda", ("EDA",)), tmp_path)
    assert notes == [UNIT_TAKEN]


def test_skin_conductance_in_volts_needs_what_a_volt_stands_for(tmp_path):
    series = Series(np.full((1, 9), 0.2), 4.0, unit="mV")
    with pytest.raises(
        ValueError, match=r'given in "mV", which is not a unit of conductance. Write into scale'
    ):
        in_unit_of_kind(series, Source("eda", ("EDA",)), tmp_path)
    assert in_unit_of_kind(series, Source("eda", ("EDA",), scale=25.0), tmp_path).values[0, 0] == 5
