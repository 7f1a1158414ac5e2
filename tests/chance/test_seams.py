"""Dropped windows: no shifted window is made of two stretches that did not follow each other."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import stats

from interbrain.chance import circular_shift_null, repairing_table, window_shift_null
from interbrain.metrics.estimators.locking import plv

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors, rolled, shifted

T = 100  # samples of a window
KEPT = {
    "all": list(range(8)),
    "one gap": [0, 1, 2, 3, 6, 7, 8, 9],
    "seams at half of the borders": [0, 1, 3, 5, 6, 8, 9, 10],
    "one pair": [0, 2, 4, 5, 7, 9, 11, 13],
    "every second": list(range(0, 16, 2)),
}


def seams(kept):
    return [0, *(1 + np.flatnonzero(np.diff(kept) > 1))]


def null_of(kept, a, b, n_shifts=50, min_shift=T, **settings):
    rng = np.random.default_rng(0)
    return circular_shift_null(a, b, n_shifts, min_shift, rng, starts=T * np.array(kept), **settings)


def two_people(n_windows=8):
    return random_phasors(2, n_windows, 2, T, seed=1), random_phasors(2, n_windows, 3, T, seed=2)


@pytest.mark.parametrize("min_shift", [30, 50, 100, 130, 250])
@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_a_window_over_a_seam_is_the_nearer_whole_one_and_all_others_are_rolled(kept, min_shift):
    a, b = two_people()
    null, lags = null_of(kept, a, b, min_shift=min_shift)
    for values, lag in zip(null, lags, strict=True):
        windows = shifted(b, lag, seams(kept))
        np.testing.assert_allclose(values, plv(a, windows).mean(axis=1), atol=1e-12)
        whole = [
            [np.array_equal(windows[:, w], b[:, source]) for source in range(8)].count(True) for w in range(8)
        ]
        over = [(w - lag // T) % 8 in seams(kept) or lag % T == 0 for w in range(8)]
        assert whole == [int(each) for each in over]


@pytest.mark.parametrize("min_shift", [1, 30, 50, 51, 99, 100])
@pytest.mark.parametrize("kept", KEPT.values(), ids=KEPT)
def test_no_window_of_the_client_is_set_against_its_own_time(kept, min_shift):
    a = random_phasors(1, 8, 1, T, seed=1)
    null, lags = null_of(kept, a, a, n_shifts=1000, min_shift=min_shift)
    assert lags.min() > T / 2 and lags.max() < 8 * T - T / 2 and lags.min() >= min_shift
    assert null.max() < 1 / 8 + 0.1  # one window in its own time gives an eighth of 1 by itself
    assert null.mean() == pytest.approx(np.sqrt(np.pi / T) / 2, rel=0.1)


@pytest.mark.parametrize("min_shift", [110, 150, 190])
def test_whole_windows_are_shifted_by_no_less_than_the_smallest_shift(min_shift):
    own = random_phasors(1, 8, 1, T, seed=1)
    for kept in KEPT.values():
        for neighbour in (1, -1):  # the client repeats the therapist a window later, or a window earlier
            null, lags = null_of(kept, own, np.roll(own, neighbour, axis=1), 1000, min_shift)
            assert null.max() < 1 / 8 + 0.1
            assert lags.min() >= min_shift and lags.max() <= 8 * T - min_shift


def test_if_no_windows_follow_each_other_the_shifts_are_those_by_whole_windows():
    a, b = two_people()
    null, lags = null_of(KEPT["every second"], a, b, n_shifts=200)
    assert lags.tolist() == list(range(100, 800, 100))
    np.testing.assert_allclose(null, window_shift_null(repairing_table(a, b)), atol=1e-14)
    few, some = null_of(KEPT["every second"], a, b, n_shifts=3)
    assert len(some) == 3 and set(some) < set(lags) and few.shape == (3, 2, 2, 3)
    _, far = null_of(KEPT["every second"], a, b, n_shifts=200, min_shift=101)
    assert far.tolist() == list(range(200, 700, 100))


@pytest.mark.parametrize(
    ("kept", "most"), [("one gap", 49), ("seams at half of the borders", 16), ("one pair", 8)]
)
def test_there_are_no_more_lags_than_further_values(kept, most):
    """7 whole shifts, and for each at most 1 / share of seams: 1 / 7, 3 / 7 and 6 / 7 of the borders."""
    null, lags = null_of(KEPT[kept], *two_people(), n_shifts=1000)
    assert len(lags) == most and (np.diff(lags) > 0).all()
    assert len(np.unique(null[:, 0, 0, 0])) == most


def test_where_all_windows_follow_each_other_there_are_as_many_lags_as_are_asked_for():
    a, b = two_people()
    told, lags = null_of(KEPT["all"], a, b, n_shifts=200)
    default, same = circular_shift_null(a, b, 200, T, np.random.default_rng(0))
    assert len(lags) == 200 and np.array_equal(lags, same) and np.array_equal(told, default)


def steady_phasors(rng, n_windows):
    """Phases that wander so slowly that they are alike within half a window, and unlike in the next."""
    walk = np.cumsum(0.12 * rng.standard_normal((1, 1, n_windows * T)), axis=-1)
    turned = np.exp(1j * (walk + rng.uniform(0, 2 * np.pi)))
    return turned.reshape(1, 1, n_windows, T).swapaxes(1, 2)


@pytest.mark.parametrize("pattern", [[0], [0, 1, 3], [0, 1, 2, 4]], ids=["1 of 2", "3 of 5", "4 of 6"])
def test_dropped_windows_do_not_lower_the_chance_level_of_steady_rhythms(pattern):
    """Against the same people with all windows; seams inside windows would lower it by .03 to .06."""
    rng = np.random.default_rng(5)
    period = pattern[-1] + 2
    kept = np.add.outer(np.arange(0, 60, period), pattern).ravel()
    kept = kept[kept < 60]
    differences, with_seams = [], []
    for _ in range(60):
        a, b = steady_phasors(rng, 60), steady_phasors(rng, 60)
        whole, _ = circular_shift_null(a, b, 100, T, rng)
        some, lags = null_of(kept, a[:, kept], b[:, kept], n_shifts=100)
        differences.append(some.mean() - whole.mean())
        lag = lags[len(lags) // 2] // T * T + T // 2
        with_seams.append(plv(a[:, kept], rolled(b[:, kept], lag)).mean() - whole.mean())
    error = stats.sem(differences)
    assert abs(np.mean(differences)) < 3 * error and error < 0.004
    assert np.mean(with_seams) < -5 * error  # what is tested would be seen


@pytest.mark.parametrize("over", ["windows", "recording"])
def test_where_seams_do_not_matter_the_train_is_rolled_as_it_is(over):
    a, b = two_people()
    told, lags = null_of(KEPT["one pair"], a, b, over=over)
    plain, same = circular_shift_null(a, b, 50, T, np.random.default_rng(0), over=over)
    assert np.array_equal(lags, same) and np.array_equal(told, plain) and len(lags) == 50


def test_a_single_window_has_no_other_to_be_replaced_by_and_is_rolled():
    a, b = random_phasors(1, 1, 1, T, seed=1), random_phasors(1, 1, 1, T, seed=2)
    null, lags = null_of([3], a, b, 9, 20)
    assert len(lags) == 9
    for values, lag in zip(null, lags, strict=True):
        np.testing.assert_allclose(values, plv(a, rolled(b, lag)).mean(axis=1), atol=1e-14)


def test_two_windows_with_a_gap_have_one_shift():
    a, b = two_people(2)
    null, lags = null_of([0, 2], a, b, min_shift=30)
    assert lags.tolist() == [100]
    np.testing.assert_allclose(null[0], plv(a, b[:, ::-1]).mean(axis=1), atol=1e-14)


def test_starts_that_were_rounded_to_samples_still_follow_each_other():
    a, b = two_people()
    starts = T * np.arange(8) + [0, 0, 1, 1, 0, 1, 0, 0]
    _, lags = circular_shift_null(a, b, 50, T, np.random.default_rng(0), starts=starts)
    assert len(lags) == 50
    _, some = circular_shift_null(a, b, 50, T, np.random.default_rng(0), starts=starts + 2 * (starts > 450))
    assert len(some) == 49  # a gap of two samples is a gap


@pytest.mark.parametrize(
    ("starts", "message"),
    [
        ([0, 100], "8 windows need as many starts"),
        (50 * np.arange(8), "may not overlap"),
        (-100 * np.arange(8), "in order of time"),
    ],
)
def test_starts_that_cannot_be_those_of_the_windows_are_refused(starts, message):
    with pytest.raises(ValueError, match=message):
        circular_shift_null(*two_people(), 9, T, np.random.default_rng(0), starts=starts)
