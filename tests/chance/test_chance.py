"""The circular-shift null against a brute-force loop, and against dyads whose coupling is known."""

import sys
from pathlib import Path

import numpy as np
import pytest
from scipy import signal, special, stats

from interbrain.chance import circular_shift_null, summary
from interbrain.metrics import METRICS, arranged, roi_mean
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import band_phasors, windowed

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors, random_signals, rolled, shifted

SFREQ, RATE, WINDOW = 250, 100, 500  # 5-s windows of phases at 100 Hz
BANDS = {"theta": (4, 7), "alpha": (8, 12)}
DURATION = 125  # s; 24 windows without 2.5 s at either end


def alpha_rhythm(rng, n_channels):
    """Narrow-band noise around 10 Hz: an AR(2) process with its pole at radius 0.99, variance 1."""
    radius, angle = 0.99, 2 * np.pi * 10 / SFREQ
    noise = rng.standard_normal((n_channels, DURATION * SFREQ + 2000))
    rhythm = signal.lfilter([1], [1, -2 * radius * np.cos(angle), radius**2], noise)[:, 2000:]
    return rhythm / rhythm.std(axis=1, keepdims=True)


def person(rng, alpha_snr=1.0, n_channels=2):
    """White noise plus a rhythm whose power within 8-12 Hz is alpha_snr times the noise's there."""
    in_band = np.sqrt(4 / (SFREQ / 2))
    background = rng.standard_normal((n_channels, DURATION * SFREQ))
    return background + np.sqrt(alpha_snr) * in_band * alpha_rhythm(rng, n_channels)


def in_windows(data, keep=slice(None)):
    starts = (250 + WINDOW * np.arange(24))[keep]
    return windowed(band_phasors(data, SFREQ, BANDS, RATE), starts, WINDOW)


def above_and_raw(a, b, rng, n_shifts=40):
    """Band-wise mean over all pairs: raw PLV, and what is above chance with its p."""
    rows, cols = range(a.shape[2]), range(b.shape[2])
    null, _ = circular_shift_null(a, b, n_shifts, WINDOW, rng)
    observed, _ = roi_mean(plv(a, b).mean(axis=1), rows, cols)
    return summary(observed, roi_mean(null, rows, cols)[0]), observed


@pytest.fixture(scope="module")
def unrelated():
    """Chance summaries and raw PLV of 24 pairs of people who share nothing."""
    rng = np.random.default_rng(7)
    results = [above_and_raw(in_windows(person(rng)), in_windows(person(rng)), rng) for _ in range(24)]
    return [chance for chance, _ in results], np.array([raw for _, raw in results])


def test_the_null_equals_rolling_and_cutting_in_a_loop():
    a = random_phasors(2, 5, 3, 40, seed=1)
    b = random_phasors(2, 5, 4, 40, seed=2)
    null, lags = circular_shift_null(a, b, 12, 30, np.random.default_rng(0))
    assert null.shape == (12, 2, 3, 4)
    for s, lag in enumerate(lags):
        wrap, offset = divmod(lag, 40)  # the window that would begin with the end of the train
        for band, i, k in np.ndindex(2, 3, 4):
            train = np.roll(np.concatenate(list(b[band, :, k])), lag).reshape(5, 40)
            if offset:
                train[wrap] = b[band, 0 if offset < 20 else 4, k]
            values = [np.abs(np.mean(a[band, e, i] * train[e].conj())) for e in range(5)]
            assert null[s, band, i, k] == pytest.approx(np.mean(values), abs=1e-14)


@pytest.mark.parametrize("name", METRICS)
def test_every_estimator_has_the_null_of_the_plain_way(name):
    a, b = random_signals(2, 4, 2, 30, seed=1), random_signals(2, 4, 3, 30, seed=2)
    metric = METRICS[name]
    if metric.needs == "phase":
        a, b = a / np.abs(a), b / np.abs(b)
    null, lags = circular_shift_null(a, b, 9, 20, np.random.default_rng(0), metric)
    for values, lag in zip(null, lags, strict=True):
        np.testing.assert_allclose(values, metric(a, shifted(b, lag)).mean(axis=1), atol=1e-12)


def test_over_windows_the_whole_train_is_shifted_before_it_is_averaged():
    a, b = random_phasors(2, 8, 2, 10, seed=1), random_phasors(2, 8, 3, 10, seed=2)
    null, lags = circular_shift_null(a, b, 6, 10, np.random.default_rng(0), over="windows")
    for values, lag in zip(null, lags, strict=True):
        plain = plv(arranged(a, "windows"), arranged(rolled(b, lag), "windows")).mean(axis=1)
        np.testing.assert_allclose(values, plain, atol=1e-14)


@pytest.mark.parametrize("name", ["plv", "ccorr"])
@pytest.mark.parametrize(("n_windows", "n_times"), [(6, 50), (1, 300), (1, 299), (1, 293)])  # 293 is prime
def test_over_the_recording_every_lag_is_that_of_rolling_the_joined_train(name, n_windows, n_times):
    a, b = random_phasors(2, n_windows, 2, n_times, seed=1), random_phasors(2, n_windows, 3, n_times, seed=2)
    null, lags = circular_shift_null(a, b, 12, 30, np.random.default_rng(3), METRICS[name], "recording")
    assert len(null) == 12 and lags.min() >= 30 and lags.max() <= n_windows * n_times - 30
    assert len(np.unique(lags)) == 12
    for values, lag in zip(null, lags, strict=True):
        joined = (arranged(x, "recording") for x in (a, rolled(b, lag)))
        np.testing.assert_allclose(values, METRICS[name](*joined)[:, 0], atol=1e-13)


def test_over_the_recording_single_precision_is_enough_and_the_blocks_of_channels_fit_together(monkeypatch):
    a, b = (random_phasors(2, 4, 5, 500, seed, np.complex64) for seed in (1, 2))
    exact, _ = circular_shift_null(a + 0j, b + 0j, 40, 100, np.random.default_rng(0), over="recording")
    monkeypatch.setattr("interbrain.chance.shifts.PRODUCTS_AT_ONCE", 1)
    null, _ = circular_shift_null(a, b, 40, 100, np.random.default_rng(0), over="recording")
    np.testing.assert_allclose(null, exact, atol=1e-6)


def test_over_the_recording_a_broken_channel_has_no_chance_level_and_leaves_the_others_theirs():
    a, b = random_phasors(1, 6, 3, 100, seed=1), random_phasors(1, 6, 3, 100, seed=2)
    clean, _ = circular_shift_null(a, b, 5, 50, np.random.default_rng(1), over="recording")
    b[0, 2, 1, 7] = np.nan
    null, _ = circular_shift_null(a, b, 5, 50, np.random.default_rng(1), over="recording")
    assert np.isnan(null[..., 1]).all()
    np.testing.assert_allclose(null[..., [0, 2]], clean[..., [0, 2]], atol=1e-15)


def test_a_pure_delay_is_found_at_its_lag():
    a = random_phasors(1, 6, 1, 100)
    b = np.roll(a.reshape(-1), -123).reshape(a.shape)  # rolling by 123 brings the client back
    null, lags = circular_shift_null(a, b, 10_000, 50, np.random.default_rng(0))
    assert lags[null[:, 0, 0, 0].argmax()] == 123
    assert null.max() > 5 / 6  # all but the window with the wrap
    assert np.sort(null.ravel())[-2] < 0.3


@pytest.mark.parametrize("n_shifts", [3, 40, 300])
def test_lags_are_distinct_spread_evenly_and_far_from_both_ends(n_shifts):
    a = random_phasors(1, 10, 1, 100)
    _, lags = circular_shift_null(a, a, n_shifts, 100, np.random.default_rng(3))
    assert lags.min() >= 100 and lags.max() <= 900
    assert len(np.unique(lags)) == len(lags) == n_shifts and (np.diff(lags) > 0).all()
    if n_shifts > 10:  # 801 lags are allowed; up to a tenth of those at equal distances are left out
        assert np.diff(lags).max() <= 3 * 801 / n_shifts
    assert len(np.unique(lags % 100)) <= -(-n_shifts // 8)  # so many tables of pairings, and no more


@pytest.mark.long
def test_every_allowed_lag_is_drawn_equally_often():
    a = random_phasors(1, 4, 1, 10)
    rng = np.random.default_rng(0)
    drawn = np.concatenate([circular_shift_null(a, a, 7, 6, rng)[1] for _ in range(2000)])
    counts = np.bincount(drawn, minlength=40)
    assert counts[:6].sum() == counts[35:].sum() == 0
    # Nine offsets have 3 lags and one has 2, so shares differ a little: 7 of 11 or 12 lags are kept.
    assert counts[6:35].min() > 0.85 * 2000 * 7 / 29 and counts[6:35].max() < 1.15 * 2000 * 7 / 29


def test_all_allowed_lags_are_used_when_they_are_too_few():
    a = random_phasors(1, 3, 1, 20)
    null, lags = circular_shift_null(a, a, 200, 25, np.random.default_rng(0))
    assert lags.tolist() == list(range(25, 36))
    assert len(null) == 11


@pytest.mark.parametrize("min_shift", [31, 500])
def test_too_short_a_recording_is_refused(min_shift):
    a = random_phasors(1, 3, 1, 20)
    with pytest.raises(ValueError, match="60 samples in kept windows are too few"):
        circular_shift_null(a, a, 10, min_shift, np.random.default_rng(0))


@pytest.mark.parametrize(("n_shifts", "min_shift"), [(0, 5), (10, 0)])
def test_senseless_settings_are_refused(n_shifts, min_shift):
    a = random_phasors(1, 3, 1, 20)
    with pytest.raises(ValueError, match="must be at least 1"):
        circular_shift_null(a, a, n_shifts, min_shift, np.random.default_rng(0))


def test_the_seed_decides():
    a, b = random_phasors(1, 6, 2, 100, seed=1), random_phasors(1, 6, 2, 100, seed=2)
    first, again, other = (
        circular_shift_null(a, b, 20, 50, np.random.default_rng(seed)) for seed in (1, 1, 2)
    )
    assert first[0].tobytes() == again[0].tobytes() and np.array_equal(first[1], again[1])
    assert not np.array_equal(first[1], other[1])


def test_another_estimator_can_be_used():
    def squared(a, b):
        return plv(a, b) ** 2

    a, b = random_phasors(1, 6, 2, 100, seed=1), random_phasors(1, 6, 2, 100, seed=2)
    null, lags = circular_shift_null(a, b, 5, 50, np.random.default_rng(1), metric=squared)
    np.testing.assert_allclose(null[0], (plv(a, shifted(b, lags[0])) ** 2).mean(axis=1), rtol=1e-12)


def test_a_broken_channel_has_no_chance_level_and_leaves_the_others_theirs():
    a, b = random_phasors(1, 6, 3, 100, seed=1), random_phasors(1, 6, 3, 100, seed=2)
    clean, _ = circular_shift_null(a, b, 5, 50, np.random.default_rng(1))
    b[:, :, 1] = np.nan
    null, _ = circular_shift_null(a, b, 5, 50, np.random.default_rng(1))
    assert np.isnan(null[..., 1]).all()
    assert np.array_equal(null[..., [0, 2]], clean[..., [0, 2]])


def test_unrelated_people_are_at_chance(unrelated):
    chances, _ = unrelated
    above = np.array([chance.above for chance in chances])  # (dyads, bands)
    assert (stats.ttest_1samp(above, 0).pvalue > 0.001).all()
    assert (np.abs(above.mean(axis=0)) < 0.005).all()
    z = np.array([chance.z for chance in chances])
    # an sd from 40 shifts; the variance of 24 z values lies in the 99.9% range of a chi-square
    low, high = stats.chi2(23).ppf([0.0005, 0.9995]) / 23
    assert ((z.var(axis=0, ddof=1) > low) & (z.var(axis=0, ddof=1) < high * 41 / 39)).all()


def test_unrelated_people_have_uniform_p_values(unrelated):
    p = np.array([chance.p for chance in unrelated[0]])
    assert (p >= 1 / 41).all() and (p <= 1).all()
    for band in range(2):
        assert stats.kstest(p[:, band], "uniform").pvalue > 0.001


def test_coupled_people_are_found_in_their_band_only():
    rng = np.random.default_rng(11)
    shared_rhythm = alpha_rhythm(rng, 1)
    in_band = np.sqrt(4 / (SFREQ / 2))
    a, b = (in_windows(person(rng, 0) + in_band * shared_rhythm) for _ in range(2))
    chance, _ = above_and_raw(a, b, rng)
    assert chance.p[1] == 1 / 41 and chance.z[1] > 8
    assert abs(chance.z[0]) < 3.5


@pytest.mark.parametrize("coherence", [0.4, 0.8])
def test_coupled_signals_have_their_true_plv_in_one_long_window(coherence):
    """Two Gaussian signals of coherence c have PLV (pi / 4) c 2F1(1/2, 1/2; 2; c^2)."""
    rng = np.random.default_rng(6)
    source, own_a, own_b = (rng.standard_normal((12, DURATION * SFREQ)) for _ in range(3))
    a, b = (np.sqrt(coherence) * source + np.sqrt(1 - coherence) * own for own in (own_a, own_b))
    a, b = (windowed(band_phasors(x, SFREQ, BANDS, RATE), [250], 24 * WINDOW) for x in (a, b))
    values = np.diagonal(plv(a, b)[:, 0], axis1=-2, axis2=-1)  # (bands, 12 independent coupled pairs)
    expected = np.pi / 4 * coherence * special.hyp2f1(0.5, 0.5, 2, coherence**2)
    standard_error = values.std(axis=1, ddof=1) / np.sqrt(12)
    assert (np.abs(values.mean(axis=1) - expected) < 4 * standard_error).all()
    null, _ = circular_shift_null(a, b, 20, WINDOW, rng)
    assert (null.mean(axis=0).mean(axis=(-2, -1)) < 0.08).all()  # two minutes leave little to chance


def test_stronger_alpha_without_coupling_raises_raw_plv_but_not_plv_above_chance():
    rng = np.random.default_rng(5)
    raw, above = {}, {}
    for snr in (0.5, 2.0):
        results = [
            above_and_raw(in_windows(person(rng, snr)), in_windows(person(rng, snr)), rng) for _ in range(16)
        ]
        raw[snr] = np.array([observed[1] for _, observed in results])
        above[snr] = np.array([chance.above[1] for chance, _ in results])
    assert stats.ttest_ind(raw[2.0], raw[0.5]).pvalue < 1e-3 and raw[2.0].mean() > raw[0.5].mean() + 0.01
    assert stats.ttest_ind(above[2.0], above[0.5]).pvalue > 0.01
    assert abs(above[2.0].mean() - above[0.5].mean()) < 0.01


def test_windows_that_were_dropped_have_no_part_in_the_null():
    rng = np.random.default_rng(2)
    keep = np.array([0, 1, 2, 5, 6, 9, 10, 11, 12, 15, 16, 20, 21, 22, 23])
    starts = 250 + WINDOW * np.arange(24)
    a, b = (band_phasors(person(rng), SFREQ, BANDS, RATE) for _ in range(2))
    expected = circular_shift_null(
        windowed(a, starts[keep], WINDOW),
        windowed(b, starts[keep], WINDOW),
        10,
        WINDOW,
        np.random.default_rng(0),
    )
    for dropped in np.setdiff1d(np.arange(24), keep):
        b[:, :, starts[dropped] : starts[dropped] + WINDOW] = np.nan
    null, lags = circular_shift_null(
        windowed(a, starts[keep], WINDOW),
        windowed(b, starts[keep], WINDOW),
        10,
        WINDOW,
        np.random.default_rng(0),
    )
    assert np.isfinite(null).all() and np.array_equal(null, expected[0])
    assert lags.max() <= len(keep) * WINDOW - WINDOW


def test_unrelated_people_with_dropped_windows_stay_at_chance():
    rng = np.random.default_rng(3)
    above = []
    for _ in range(20):
        keep = np.sort(rng.choice(24, 12, replace=False))
        chance, _ = above_and_raw(in_windows(person(rng), keep), in_windows(person(rng), keep), rng)
        above.append(chance.above)
    assert (stats.ttest_1samp(above, 0).pvalue > 0.001).all()
    assert (np.abs(np.mean(above, axis=0)) < 0.01).all()


def test_a_shared_line_noise_does_not_count_as_synchrony():
    rng = np.random.default_rng(4)
    a, b = person(rng), person(rng)
    line = 10 * np.sin(2 * np.pi * 50 * np.arange(a.shape[1]) / SFREQ)  # 10 standard deviations
    _, without = above_and_raw(in_windows(a), in_windows(b), rng)
    chance, with_line = above_and_raw(in_windows(a + line), in_windows(b + line), rng)
    assert (np.abs(with_line - without) < 2e-3).all()
    assert (np.abs(chance.z) < 3.5).all()


def test_the_summary_is_what_its_names_say():
    null = np.array([[0.1, 0.5], [0.2, 0.5], [0.3, 0.5], [0.4, 0.5]])
    chance = summary([0.3, 0.6], null)
    np.testing.assert_allclose(chance.mean, [0.25, 0.5])
    np.testing.assert_allclose(chance.sd, [np.sqrt(0.05 / 3), 0])
    np.testing.assert_allclose(chance.above, [0.05, 0.1])
    np.testing.assert_allclose(chance.z, [0.05 / np.sqrt(0.05 / 3), np.nan])
    np.testing.assert_allclose(chance.p, [3 / 5, 1 / 5])  # 0.3 and 0.4 are at or above 0.3


def test_the_summary_of_a_missing_value_is_missing():
    null = np.random.default_rng(0).random((9, 3))
    null[4, 1] = np.nan
    chance = summary([np.nan, 0.5, 0.5], null)
    for values in (chance.above, chance.z, chance.p):
        assert np.isnan(values).tolist() == [True, True, False]


def test_a_single_shift_gives_a_mean_but_no_spread():
    chance = summary([0.5], [[0.2]])
    assert chance.above == pytest.approx(0.3) and chance.p == 0.5
    assert np.isnan(chance.sd) and np.isnan(chance.z)


def test_without_shifts_nothing_is_known_about_chance():
    chance = summary([0.5, 0.6], np.zeros((0, 2)))
    for values in (chance.mean, chance.sd, chance.z, chance.p, chance.above):
        assert np.isnan(values).all() and values.shape == (2,)


@pytest.mark.parametrize("null", [np.zeros((5, 3)), np.zeros(2), 0.5])
def test_a_null_of_another_shape_is_refused(null):
    with pytest.raises(ValueError, match="need a null of shape"):
        summary([0.1, 0.2], null)
