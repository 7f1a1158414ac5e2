"""Nulls of re-paired windows against plain loops and against their closed form."""

import sys
from itertools import permutations
from pathlib import Path

import numpy as np
import pytest

from interbrain.chance import (
    circular_shift_null,
    permutation_null,
    repairing_moments,
    repairing_table,
    summary,
    window_shift_null,
)
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.estimators.locking import plv

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors, random_signals


def two_people(n_epochs=6, seed=0, dtype=np.complex128):
    return (random_phasors(2, n_epochs, c, 40, 10 * seed + c, dtype) for c in (3, 4))


@pytest.mark.parametrize("pairs_at_once", [1, 100, 2**20])
def test_the_table_holds_every_window_with_every_window(pairs_at_once, monkeypatch):
    monkeypatch.setattr("interbrain.chance.repairing.PAIRS_AT_ONCE", pairs_at_once)
    a, b = two_people()
    table = repairing_table(a, b)
    assert table.shape == (6, 6, 2, 3, 4)
    for e, f, band, i, k in np.ndindex(table.shape):
        expected = np.abs(np.mean(a[band, e, i] * b[band, f, k].conj()))
        assert table[e, f, band, i, k] == pytest.approx(expected, abs=1e-14)


@pytest.mark.parametrize("name", METRICS)
def test_every_estimator_has_the_table_of_its_own_windows(name):
    metric = METRICS[name]
    a, b = random_signals(2, 4, 2, 30, seed=1), random_signals(2, 4, 3, 30, seed=2)
    if metric.needs == "phase":
        a, b = a / np.abs(a), b / np.abs(b)
    table = repairing_table(a, b, metric)
    for e, f in np.ndindex(4, 4):
        np.testing.assert_allclose(
            table[e, f], metric(a[:, [e]], b[:, [f]])[:, 0], atol=1e-12, equal_nan=False
        )


def test_the_diagonal_of_the_table_is_what_was_observed():
    a, b = two_people(dtype=np.complex64)
    diagonal = np.diagonal(repairing_table(a, b)).transpose(0, 3, 1, 2)
    np.testing.assert_allclose(diagonal, plv(a, b), atol=1e-6)


def test_swapping_the_members_transposes_the_table():
    a, b = two_people()
    np.testing.assert_allclose(
        repairing_table(b, a), repairing_table(a, b).transpose(1, 0, 2, 4, 3), atol=1e-14
    )


def test_whole_window_shifts_are_the_circular_shifts_by_whole_windows():
    a, b = two_people()
    null = window_shift_null(repairing_table(a, b))
    assert null.shape == (5, 2, 3, 4)
    for shift, values in enumerate(null, start=1):
        np.testing.assert_allclose(values, plv(a, np.roll(b, shift, axis=1)).mean(axis=1), atol=1e-14)


def test_sixty_windows_have_59_shifts_and_fewer_at_a_distance():
    table = np.random.default_rng(0).random((60, 60))
    assert len(window_shift_null(table)) == 59
    assert len(window_shift_null(table, 4)) == 53
    np.testing.assert_array_equal(window_shift_null(table, 4), window_shift_null(table)[3:-3])
    assert len(window_shift_null(table[:3, :3], 2)) == 0


def test_the_grid_of_circular_shifts_holds_the_whole_window_shifts():
    a, b = two_people()
    null, lags = circular_shift_null(a, b, 10_000, 40, np.random.default_rng(0))
    np.testing.assert_allclose(null[lags % 40 == 0], window_shift_null(repairing_table(a, b)), atol=1e-14)


def test_permutations_equal_putting_windows_into_another_order_in_a_loop():
    a, b = two_people(n_epochs=9)
    null = permutation_null(repairing_table(a, b), 20, np.random.default_rng(5))
    rng = np.random.default_rng(5)
    for values in null:
        reordered = b[:, rng.permutation(9)]
        np.testing.assert_allclose(values, plv(a, reordered).mean(axis=1), atol=1e-14)


@pytest.mark.parametrize(("n_windows", "n_members"), [(1, 0), (2, 1), (3, 5), (4, 23), (5, 100)])
def test_few_windows_have_each_order_once_and_the_one_in_time_not_at_all(n_windows, n_members):
    table = np.random.default_rng(0).random((n_windows, n_windows))
    null = permutation_null(table, 100, np.random.default_rng(0))
    assert len(null) == n_members
    if n_members < 100:
        every = [table[range(n_windows), order].mean() for order in permutations(range(n_windows))]
        np.testing.assert_allclose(np.sort(null), np.sort(every[1:]))


def test_as_many_permutations_as_there_are_other_orders_are_each_of_them_once():
    table = np.random.default_rng(0).random((3, 3))
    null = permutation_null(table, 5, np.random.default_rng(0))
    every = [table[range(3), order].mean() for order in permutations(range(3))]
    np.testing.assert_allclose(np.sort(null), np.sort(every[1:]))


def test_mean_and_sd_of_all_orders_are_closed_form():
    table = np.random.default_rng(1).random((5, 5, 2))
    every = np.array([table[range(5), order].mean(axis=0) for order in permutations(range(5))])
    mean, sd = repairing_moments(table)
    np.testing.assert_allclose(mean, every.mean(axis=0))
    np.testing.assert_allclose(sd, every.std(axis=0))  # of the whole population: n, not n - 1


def test_random_permutations_have_the_mean_and_sd_of_the_closed_form():
    a, b = two_people(n_epochs=30)
    table, _ = roi_mean(repairing_table(a, b), [0, 1, 2], [0, 1, 2, 3])
    null = permutation_null(table, 4000, np.random.default_rng(0))
    mean, sd = repairing_moments(table)
    assert (np.abs(null.mean(axis=0) - mean) < 4 * sd / np.sqrt(4000)).all()
    np.testing.assert_allclose(null.std(axis=0), sd, rtol=4 / np.sqrt(2 * 4000))


def test_a_single_window_has_a_mean_but_no_spread_and_no_null():
    table = np.full((1, 1, 3), 0.25)
    mean, sd = repairing_moments(table)
    assert (mean == 0.25).all() and np.isnan(sd).all()
    assert (
        window_shift_null(table).shape == permutation_null(table, 5, np.random.default_rng(0)).shape == (0, 3)
    )


def test_without_windows_the_table_is_empty():
    a, b = random_phasors(2, 0, 3, 40), random_phasors(2, 0, 4, 40)
    assert repairing_table(a, b).shape == (0, 0, 2, 3, 4)


def test_a_broken_channel_is_missing_in_the_table_and_in_its_nulls_only():
    a, b = two_people()
    clean = repairing_table(a, b)
    b[:, 2, 1] = np.nan  # in one window
    table = repairing_table(a, b)
    assert np.isnan(table[:, 2, ..., 1]).all() and np.isfinite(np.delete(table, 2, axis=1)).all()
    for null, of_clean in (
        (window_shift_null(table), window_shift_null(clean)),
        (
            permutation_null(table, 9, np.random.default_rng(0)),
            permutation_null(clean, 9, np.random.default_rng(0)),
        ),
    ):
        assert np.isnan(null[..., 1]).all()
        np.testing.assert_allclose(null[..., [0, 2, 3]], of_clean[..., [0, 2, 3]], atol=1e-15)


def test_the_seed_decides_the_permutations():
    table = np.random.default_rng(0).random((20, 20))
    first, again, other = (permutation_null(table, 30, np.random.default_rng(s)) for s in (1, 1, 2))
    assert first.tobytes() == again.tobytes() and not np.array_equal(first, other)


@pytest.mark.parametrize("table", [np.zeros((3, 4)), np.zeros(3)])
def test_a_table_that_is_not_square_is_refused(table):
    for use in (window_shift_null, repairing_moments, lambda t: permutation_null(t, 5, None)):
        with pytest.raises(ValueError, match="as many rows as columns"):
            use(table)


def test_senseless_settings_are_refused():
    table = np.zeros((3, 3))
    with pytest.raises(ValueError, match="At least 1 permutation"):
        permutation_null(table, 0, np.random.default_rng(0))
    with pytest.raises(ValueError, match="at least 1 window"):
        window_shift_null(table, 0)


def test_windows_that_resemble_their_neighbours_are_synchrony_to_permutations_but_not_to_shifts():
    """A slow change of either member, unrelated to the other's, with a table that is their product."""
    rng = np.random.default_rng(0)
    keep = 0.85
    p = []
    for _ in range(300):
        one, other = rng.standard_normal((2, 60))
        for course in (one, other):
            for window in range(1, 60):
                course[window] = keep * course[window - 1] + np.sqrt(1 - keep**2) * course[window]
        table = np.outer(one, other)
        observed = np.trace(table) / 60
        p.append(
            [
                summary(observed, permutation_null(table, 99, rng)).p,
                summary(observed, window_shift_null(table)).p,
            ]
        )
    of_permutations, of_shifts = (np.array(p) <= 0.05).mean(axis=0)
    assert of_permutations > 0.2 and of_shifts < 0.1
