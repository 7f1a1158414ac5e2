"""Clock alignment: known offsets and drifts come back from damaged pulse trains, or an error says why not."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from interbrain.clocks import ClockError, ClockFit, align
from interbrain.clocks.doubts import matched_of

SFREQ = 500


def trains(seed, *, n=30, span=2100.0, offset=2.5, drift_ppm=20.0, missing=0.3, spurious=0.1):
    """Irregular pulses on two clocks, each losing and gaining some, at the nearest sample of 500 Hz."""
    rng = np.random.default_rng(seed)
    true = np.sort(rng.uniform(0, span, n))

    def record(pulses):
        kept = pulses[rng.random(n) >= missing]
        extra = rng.uniform(pulses[0], pulses[-1], round(spurious * n))
        return np.sort(np.round(np.concatenate([kept, extra]) * SFREQ) / SFREQ)

    return record(true), record(offset + (1 + drift_ppm * 1e-6) * true)


def worst_error(fit, offset, drift_ppm, span=2100.0):
    """Largest error in seconds of a time converted within the session."""
    t = np.array([0.0, span])
    return np.abs(fit.to_other(t) - (offset + (1 + drift_ppm * 1e-6) * t)).max()


@pytest.mark.long_but("0.0-0.0", "33.0-0.7", "340.0--600.0", "-1200.0-240.0", "1200.0-5.0")
@pytest.mark.parametrize("offset", [0.0, 0.7, 5.0, 240.0, -600.0])
@pytest.mark.parametrize("drift_ppm", [0.0, 33.0, 340.0, 1200.0, -1200.0])
def test_offset_and_drift_come_back_from_trains_with_missing_and_spurious_pulses(offset, drift_ppm):
    for seed in range(4):
        fit = align(*trains(seed, offset=offset, drift_ppm=drift_ppm))
        assert worst_error(fit, offset, drift_ppm) < 0.004
        assert abs(fit.drift_ppm - drift_ppm) < 5 * fit.drift_error_ppm
        assert fit.residual_ms < 2
        assert fit.residual_ms <= fit.residual_max_ms
        assert fit.n_matched >= 8


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(-900, 900), st.floats(-1200, 1200))
def test_a_fit_is_right_or_refused_but_never_wrong(seed, offset, drift_ppm):
    try:
        fit = align(*trains(seed, n=12, offset=offset, drift_ppm=drift_ppm))
    except ClockError:
        return
    assert worst_error(fit, offset, drift_ppm) < 0.05


@pytest.mark.long
def test_most_damaged_trains_are_aligned_not_refused():
    refused = 0
    for seed in range(60):
        try:
            align(*trains(seed, n=20))
        except ClockError:
            refused += 1
    assert refused <= 3


def test_a_jitter_of_a_sample_either_way_is_averaged_out():
    rng = np.random.default_rng(3)
    true = np.sort(rng.uniform(0, 2100, 60))
    fit = align(true + rng.uniform(-0.002, 0.002, 60), 3 + true * (1 + 5e-5) + rng.uniform(-0.002, 0.002, 60))
    assert fit.n_matched == 60
    assert worst_error(fit, 3, 50) < 0.001
    assert fit.residual_ms == pytest.approx(4 * (2 / 12) ** 0.5, rel=0.15)  # of two uniform errors


@pytest.mark.long
@pytest.mark.parametrize(("span", "precision_ppm"), [(300, 3.9), (2100, 0.55)])
def test_two_pulses_give_the_slope_as_precisely_as_their_sampling_allows(span, precision_ppm):
    rng = np.random.default_rng(4)
    errors = []
    for _ in range(300):
        true = rng.uniform(0, 1, 2) + np.array([0.0, span])
        other = rng.uniform(0, 10) + true * (1 + 4e-5)
        fit = align(np.round(true * SFREQ) / SFREQ, np.round(other * SFREQ) / SFREQ)
        errors.append(fit.drift_ppm - 40)
        assert fit.n_matched == 2
        assert fit.residual_ms < 1e-6
    assert np.std(errors) == pytest.approx(precision_ppm, rel=0.15)
    assert fit.drift_error_ppm == pytest.approx(precision_ppm, rel=0.05)


def test_the_residual_is_the_root_mean_square_of_what_the_line_leaves():
    reference = np.array([0.0, 100, 250, 700])
    deviation = np.array([1.0, -2, 2, -1]) * 1e-3
    other = 1 + reference * (1 + 1e-4) + deviation
    (slope, intercept), covariance = np.polyfit(reference, other, 1, cov=True)
    left = other - intercept - slope * reference
    fit = align(reference, other)
    assert fit.drift_ppm == pytest.approx((slope - 1) * 1e6, abs=1e-6)
    assert fit.drift_error_ppm == pytest.approx(1e6 * covariance[0, 0] ** 0.5, rel=1e-6)
    assert fit.offset == pytest.approx(intercept, abs=1e-9)
    assert fit.residual_ms == pytest.approx(1e3 * np.sqrt(np.mean(left**2)), rel=1e-6)
    assert fit.residual_max_ms == pytest.approx(1e3 * np.abs(left).max(), rel=1e-6)
    assert fit.matches == tuple(zip(reference.tolist(), other.tolist(), strict=True))


def test_times_convert_there_and_back():
    fit = align(*trains(1))
    t = np.linspace(0, 2100, 50)
    np.testing.assert_allclose(fit.to_reference(fit.to_other(t)), t, atol=1e-9)
    assert fit.to_other(0.0) == fit.offset


def test_the_order_of_pulses_does_not_matter_and_the_same_pulses_give_the_same_fit():
    reference, other = trains(2)
    fit = align(reference, other)
    assert align(reference[::-1], np.random.default_rng(0).permutation(other)) == fit


def test_swapping_the_clocks_inverts_the_fit():
    reference, other = trains(6, offset=30, drift_ppm=200)
    there, back = align(reference, other), align(other, reference)
    assert there.n_matched == back.n_matched
    np.testing.assert_allclose(back.to_other(there.to_other([0.0, 2100])), [0, 2100], atol=1e-4)


def test_a_recording_started_late_overlaps_only_in_part():
    reference, other = trains(7, n=60, missing=0, spurious=0)
    fit = align(reference, other[25:])
    assert fit.n_matched == 35
    assert worst_error(fit, 2.5, 20) < 0.004


@pytest.mark.long
def test_thousands_of_pulses_are_aligned_from_the_middle_of_the_session_outwards():
    fit = align(*trains(8, n=5000, offset=-120, drift_ppm=900))
    assert worst_error(fit, -120, 900) < 0.001


@pytest.mark.parametrize("n", [3, 10, 60])
@pytest.mark.parametrize("missing", [0, 0.2])
def test_equally_spaced_pulses_are_refused_because_any_shift_fits(n, missing):
    rng = np.random.default_rng(9)
    pulses = np.arange(n) * 10.0
    keep = rng.random(n) >= missing * (n > 3)
    with pytest.raises(ClockError, match=r"more than one way .* Send irregular pulses"):
        align(pulses[keep], 4 + pulses)


@pytest.mark.long_but("20")
@pytest.mark.parametrize("n", [5, 8, 20])
def test_trains_of_different_sessions_are_refused(n):
    for seed in range(30):
        with pytest.raises(ClockError):
            align(trains(seed, n=n, missing=0)[0], trains(seed + 1000, n=n, missing=0)[1])


@pytest.mark.parametrize(("reference", "other"), [([], []), ([1.0], [2.0]), ([1.0, 5.0], [2.0])])
def test_fewer_than_two_pulses_are_refused_with_advice(reference, other):
    with pytest.raises(ClockError, match=r"two shared ones are needed.* sync: start_marker"):
        align(reference, other)


def test_a_drift_beyond_the_limit_is_refused():
    with pytest.raises(ClockError, match="Only 1 of 2 and 2 pulses match"):
        align([0.0, 300], [0.0, 300.6])
    assert align([0.0, 300], [0.0, 300.6], max_drift_ppm=2500).drift_ppm == pytest.approx(2000)


def test_pulses_without_a_time_are_refused():
    with pytest.raises(ClockError, match="must be numbers"):
        align([0.0, np.nan], [0.0, 1.0])


def test_recordings_of_one_clock_need_no_pulses():
    fit = ClockFit.identity()
    assert (fit.offset, fit.drift_ppm, fit.n_matched) == (0, 0, 0)
    assert np.isnan(fit.residual_ms)
    assert fit.to_other(12.5) == fit.to_reference(12.5) == 12.5


def test_a_tie_without_pulses_counts_none_instead_of_none_of_none():
    assert matched_of(ClockFit.identity()) == "–"
    assert matched_of(align([1.0, 4, 9, 23], [2.0, 5, 10, 24])) == "4 of 4 | 4"


def test_a_single_shared_marker_gives_the_offset_alone():
    fit = ClockFit.from_start_marker(10.0, 12.5)
    assert (fit.offset, fit.drift_ppm, fit.n_matched) == (2.5, 0, 1)
    assert fit.to_other(20) == 22.5
