"""Each measure against R's numbers, a plain loop, or a distribution whose answer is known."""

import csv

import numpy as np
import pytest
from scipy.stats import pearsonr

from interbrain.coordination.correlating import normalised
from interbrain.coordination.families import categories, lagged, segments, slopes
from interbrain.coordination.session import FAMILIES, coordinate
from interbrain.coordination.settings import Settings
from interbrain.problems import InterbrainError

RATE = 4
SHORT = Settings(window_s=10, step_s=5, lag_s=2, segment_s=10, n_shifts=30, min_shift_s=7)


@pytest.fixture(scope="module")
def reference(shared):
    folder = shared / "reference" / "coordination"
    if not folder.is_dir():
        pytest.skip("shared/ has no reference numbers of coordination")
    return folder


@pytest.fixture(scope="module")
def series(reference):
    return np.loadtxt(reference / "series.csv", delimiter=",", skiprows=1).T


@pytest.fixture(scope="module")
def pair():
    """70 s and a bit of two smooth series that share something."""
    noise = np.random.default_rng(3).standard_normal((3, 70 * RATE + 3))
    smooth = np.apply_along_axis(np.convolve, 1, noise, np.ones(6) / 6, "same")
    return smooth[0] + smooth[2], smooth[1] + smooth[2]


def values(x, y, measures, settings=SHORT, rate=RATE):
    return {row["measure"]: row["value"] for row in coordinate(x, y, rate, measures, settings)}


def paired(family, x, y, settings=SHORT):
    return FAMILIES[family][0](x, y, RATE, settings, np.random.default_rng(0))


def test_lagged_correlations_are_those_of_rmea(reference, series):
    z = lagged.lagged_z(*series, 25, Settings())
    for name, found in (("ccf_signed", z), ("ccf_abs", np.abs(z))):
        expected = np.loadtxt(reference / f"{name}.csv", delimiter=",", skiprows=1)
        np.testing.assert_allclose(found, expected, rtol=0, atol=1e-10)
    found = values(*series, ["wcc_absolute", "wcc_signed", "wcc_lead"], Settings(n_shifts=1), 25)
    assert found["wcc_absolute"] == pytest.approx(np.abs(z).mean(), abs=1e-10)
    assert found["wcc_signed"] == pytest.approx(z.mean(), abs=1e-10)
    lead = np.abs(z[:, 126:]).mean() - np.abs(z[:, :125]).mean()
    assert found["wcc_lead"] == pytest.approx(lead, abs=1e-10)


def test_segments_give_the_numbers_of_susy(reference, series):
    with (reference / "susy.csv").open() as file:
        (expected,) = csv.DictReader(file)
    found = values(*series, segments.MEASURES, Settings(n_shifts=1), 25)
    assert found["susy_absolute"] == pytest.approx(float(expected["Z"]), abs=1e-10)
    pseudo = found["susy_absolute"] - found["susy_above_pseudo"]
    assert pseudo == pytest.approx(float(expected["Z-Pseudo"]), abs=1e-10)
    assert found["susy_es"] == pytest.approx(float(expected["ES"]), abs=1e-10)
    assert found["susy_signed"] == pytest.approx(float(expected["Z(noAbs)"]), abs=1e-10)


@pytest.mark.parametrize("detrend", ["none", "linear"])
def test_each_shift_pairs_the_windows_as_a_plain_loop_does(pair, detrend):
    settings = Settings(**(vars(SHORT) | {"detrend": detrend}))
    found = paired("lagged", *pair, settings)
    assert len(found.shifts) == 31 and len(found.shifts.offsets) > 1
    line = np.vander(np.arange(40), 2)

    def straightened(window):
        return window - line @ np.linalg.lstsq(line, window, rcond=None)[0] if detrend == "linear" else window

    def r(a, b):
        return pearsonr(straightened(a), straightened(b))[0]

    x, y = pair
    window, lag, step, n = 40, 8, 20, found.grid.n
    for row in (0, 1, 17, 30):
        for i in (0, n - 1):
            start = (i + found.shifts.whole[row]) % n * step + found.shifts.offset[row]
            a, b = x[i * step :], y[start : start + window + lag]
            if len(b) < window + lag:
                assert np.isnan(found.windows["wcc_signed"][row, i])
                continue
            later = [r(a[:window], b[k : k + window]) for k in range(lag + 1)]
            earlier = [r(a[k : k + window], b[:window]) for k in range(1, lag + 1)]
            z = np.arctanh(later + earlier)
            assert found.windows["wcc_signed"][row, i] == pytest.approx(z.mean(), abs=1e-12)
            assert found.windows["wcc_absolute"][row, i] == pytest.approx(np.abs(z).mean(), abs=1e-12)
            lead = np.abs(z[1 : lag + 1]).mean() - np.abs(z[lag + 1 :]).mean()
            assert found.windows["wcc_lead"][row, i] == pytest.approx(lead, abs=1e-12)


def test_pseudo_segments_of_a_shift_are_all_other_pairs(pair):
    found = paired("segments", *pair)
    x, y = pair
    n, length, lag = found.grid.n, 40, 8

    def z_of(a, b):
        a, b = a - a.mean(), b - b.mean()
        r = np.correlate(a, b, "full")[length - 1 - lag : length + lag] / (length * a.std() * b.std())
        return np.abs(np.arctanh(r))

    row = int(np.flatnonzero((found.shifts.offset == 0) & (found.shifts.whole > 0))[0])
    whole = int(found.shifts.whole[row])
    cut = [[s[i * length : (i + 1) * length] for i in range(n)] for s in (x, y)]
    z = np.array([[z_of(a, b) for b in cut[1]] for a in cut[0]])
    own = (np.arange(n)[:, None] + whole) % n == np.arange(n)
    real, pseudo = z[own].mean(axis=0), z[~own].mean(axis=0)
    es = (real.mean() - pseudo.mean()) / pseudo.std(ddof=1)
    assert found.sessions["susy_es"][row] == pytest.approx(es, abs=1e-10)
    assert found.sessions["susy_absolute"][row] == pytest.approx(real.mean(), abs=1e-12)


@pytest.mark.parametrize("rho", [-0.4, 0.0, 0.6])
def test_lambda_of_jointly_normal_slopes_has_its_closed_form(rho):
    n, settings = 20_000, Settings(slope_s=1, slope_step_s=1, concordance_s=15, n_shifts=1)
    rising = np.random.default_rng(5).multivariate_normal([0, 0], [[1, rho], [rho, 1]], n).T
    x, y = (np.ravel([-s / 2, s / 2], "F") for s in rising)  # two samples a window, whose slope is s
    found = values(x, y, slopes.MATCHING, settings, rate=2)
    same = 0.5 + np.arcsin(rho) / np.pi
    assert found["matching"] == pytest.approx(same, abs=0.015)
    assert found["complementary"] == pytest.approx(1 - same, abs=0.015)
    assert found["matching_lambda"] == pytest.approx(slopes.expected_lambda(rho), abs=0.1)
    assert sum(found[share] for share in slopes.SHARES) == pytest.approx(1)
    assert found["both_fall"] == pytest.approx(same / 2, abs=0.015)


def test_an_empty_cell_leaves_lambda_finite_and_no_window_leaves_none():
    assert slopes.log_odds_ratio(10, 10, 0, 4) == pytest.approx(np.log(10.5**2 / (0.5 * 4.5)))
    assert slopes.log_odds_ratio(10, 12, 3, 4) == pytest.approx(np.log(120 / 12))
    assert np.isnan(slopes.log_odds_ratio(0, 0, 0, 0))


def test_the_concordance_index_is_the_log_ratio_of_running_correlations_of_slopes():
    pair = np.random.default_rng(4).standard_normal((2, 283))
    seconds = np.arange(5 * RATE) / RATE
    slopes_by_hand = [
        [np.polyfit(seconds, s[at : at + 5 * RATE], 1)[0] for at in range(0, len(s) - 5 * RATE + 1, RATE)]
        for s in pair
    ]
    a, b = slopes_by_hand
    r = np.array([pearsonr(a[i : i + 15], b[i : i + 15])[0] for i in range(len(a) - 14)])
    found = paired("concordance", *pair)
    np.testing.assert_allclose(found.windows["concordance_index"][0], r, atol=1e-10)
    index = np.log(r[r > 0].sum() / -r[r < 0].sum())
    assert values(*pair, ["concordance_index"])["concordance_index"] == pytest.approx(index, abs=1e-10)


def markov_chain(rng, n, stay, shares):
    """Stays with this probability, else draws anew from the shares, which it therefore has."""
    drawn = rng.choice(len(shares), n, p=shares)
    moves = rng.random(n) > stay
    moves[0] = True
    return drawn[np.maximum.accumulate(np.where(moves, np.arange(n), 0))].astype(float)


def test_independent_markov_chains_agree_as_often_as_their_marginals_say():
    rng = np.random.default_rng(8)
    shares = [0.5, 0.3, 0.2], [0.2, 0.2, 0.6]
    x, y = (markov_chain(rng, 60_000, 0.7, p) for p in shares)
    expected = np.outer(*shares)
    for lag in (-7, 0, 12):
        found = categories.joint_shares(x, y, lag, np.arange(3))
        np.testing.assert_allclose(found, expected, atol=0.012)
    found = values(x, y, categories.MEASURES, Settings(n_shifts=1))
    assert found["agreement"] == pytest.approx(np.trace(expected), abs=0.012)
    assert found["agreement_above_marginals"] == pytest.approx(0, abs=0.012)


def test_agreement_is_the_share_of_equal_samples_over_windows_and_lags():
    x, y = np.random.default_rng(1).integers(0, 3, (2, 300)).astype(float)
    expected = []
    for start in range(0, 300 - 48 + 1, 20):
        a, b = x[start : start + 48], y[start : start + 48]
        expected += [(a[:40] == b[k : k + 40]).mean() for k in range(9)]
        expected += [(a[k : k + 40] == b[:40]).mean() for k in range(1, 9)]
    assert values(x, y, ["agreement"])["agreement"] == pytest.approx(np.mean(expected), abs=1e-12)


def test_windows_that_do_not_vary_have_no_correlation_whatever_their_level():
    level = np.full((1, 50), 1e6 + 0.1)
    ramp = 1e3 + 0.1 * np.arange(50.0)[None]
    assert np.isnan(normalised(level)).all() and np.isnan(normalised(ramp, "linear")).all()
    assert np.isfinite(normalised(ramp)).all()


def test_settings_that_cannot_be_are_refused_by_name():
    for wrong in (
        {"window_s": 0},
        {"detrend": "cubic"},
        {"n_shifts": 0},
        {"lag_s": 30},
        {"concordance_s": 2},
    ):
        with pytest.raises(InterbrainError) as refused:
            Settings(**wrong)
        assert next(iter(wrong)) in f"{refused.value} {refused.value.where}"
