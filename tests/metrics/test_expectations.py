"""What estimators must give for signals of known coupling: closed forms, and what chance alone gives."""

import numpy as np
import pytest
from scipy.special import gamma, i0e, i1e, spence
from scipy.stats import vonmises

from interbrain.metrics import METRICS
from interbrain.rhythms.phase import band_phasors, windowed

every = pytest.mark.parametrize("metric", METRICS.values(), ids=METRICS)


def gaussian(rng, *shape):
    return (rng.standard_normal(shape) + 1j * rng.standard_normal(shape)) / np.sqrt(2)


def locked(rng, kappa, shape, lag=0.0):
    """Unit phasors of two members whose phase difference is von Mises(lag, kappa), each sample on its own."""
    a = np.exp(2j * np.pi * rng.random(shape))
    return a, a * np.exp(-1j * rng.vonmises(lag, kappa, shape))


def resultant(kappa):
    return i1e(kappa) / i0e(kappa)


def standard_error(values):
    return values.std(ddof=1) / np.sqrt(values.size)


N = 100  # independent samples in a window
WITHOUT_COUPLING = {
    **dict.fromkeys(("plv", "coherence"), np.sqrt(np.pi / (4 * N))),
    **dict.fromkeys(("ciplv", "iplv", "imaginary_coherence"), np.sqrt(1 / (np.pi * N))),
    "pli": np.sqrt(2 / (np.pi * N)),
    "wpli": np.sqrt(4 / (np.pi * N)),
    **dict.fromkeys(("ppc", "dwpli", "ccorr", "accorr", "aec", "aec_orthogonalised"), 0.0),
}


def test_over_time_two_uncoupled_rhythms_have_an_accorr_about_as_high_as_their_plv():
    noise = np.random.default_rng(12).standard_normal((2, 250 * 200))
    signals = band_phasors(noise, 250, {"alpha": (8, 12)}, 100)
    windows = windowed(signals, np.arange(500, 19000, 500), 500)
    a, b = windows[:, :, :1], windows[:, :, 1:]
    mean = {name: METRICS[name](a, b).mean() for name in ("plv", "accorr", "ccorr")}
    assert 0.1 < mean["accorr"] < mean["plv"] < mean["accorr"] + 0.03
    assert abs(mean["ccorr"]) < 0.05


@every
def test_without_coupling_the_mean_is_what_the_registry_states(metric):
    rng = np.random.default_rng(3)
    a, b = (gaussian(rng, 1, 500, 4, N) for _ in range(2))
    if metric.needs == "phase":
        a, b = a / np.abs(a), b / np.abs(b)
    # each channel in one pair only: pairs that share a channel depend on each other a little
    values = np.diagonal(metric(a, b), axis1=-2, axis2=-1).ravel()
    expected = WITHOUT_COUPLING[metric.name]
    # the formulas hold for many samples: a hundred leave a hundredth of the value
    assert abs(values.mean() - expected) < 4 * standard_error(values) + 0.01 * expected
    if expected == 0:
        assert abs(values.mean()) < 0.1 * values.std()


@pytest.mark.parametrize("kappa", [0.5, 1.0, 2.0])
def test_ppc_is_the_squared_plv_without_its_bias(kappa):
    rng = np.random.default_rng(int(10 * kappa))
    truth, n = resultant(kappa), 20
    a, b = locked(rng, kappa, (1, 4000, 1, n))
    consistency, squared = METRICS["ppc"](a, b), METRICS["plv"](a, b) ** 2
    assert abs(consistency.mean() - truth**2) < 4 * standard_error(consistency)
    biased = truth**2 + (1 - truth**2) / n
    assert abs(squared.mean() - biased) < 4 * standard_error(squared)


@pytest.mark.parametrize("lag", [0.2, 1.0, np.pi / 2])
def test_a_lagged_von_mises_difference_has_closed_forms(lag):
    rng = np.random.default_rng(7)
    kappa = 2.0
    truth = resultant(kappa)
    a, b = locked(rng, kappa, (1, 40, 1, 20_000), lag)
    expected = {
        "plv": truth,
        "ppc": truth**2,
        "iplv": truth * np.sin(lag),
        "ciplv": truth * np.sin(lag) / np.sqrt(1 - (truth * np.cos(lag)) ** 2),
        "pli": abs(1 - 2 * (vonmises.cdf(np.pi, kappa, lag) - vonmises.cdf(0, kappa, lag))),
        "accorr": truth,  # as each phase is uniform
    }
    for name, value in expected.items():
        got = METRICS[name](a, b)
        # R+ is 0 but for about 1 / sqrt(n)
        assert abs(got.mean() - value) < 4 * standard_error(got) + (7e-3 if name == "accorr" else 1e-3), name


def test_phases_that_run_against_each_other_have_negative_adjusted_circular_correlation():
    a, b = locked(np.random.default_rng(8), 2.0, (1, 40, 1, 20_000))
    got = METRICS["accorr"](a, b.conj())
    assert abs(got.mean() + resultant(2.0)) < 4 * standard_error(got) + 7e-3


@pytest.mark.parametrize("coherence", [0.3, 0.6, 0.9])
def test_gaussian_signals_of_known_coherence_have_closed_forms(coherence):
    rng = np.random.default_rng(9)
    shape, lag = (1, 60, 1, 10_000), 0.7
    shared = gaussian(rng, *shape)
    a, b = (np.sqrt(coherence) * shared + np.sqrt(1 - coherence) * gaussian(rng, *shape) for _ in range(2))
    b = b * np.exp(-1j * lag)
    expected = {
        "coherence": coherence,
        "imaginary_coherence": coherence * np.sin(lag),
        # covariance of the log powers of two complex Gaussians: dilogarithm of the squared coherence
        "aec": spence(1 - coherence**2) / (np.pi**2 / 6),
    }
    for name, value in expected.items():
        got = METRICS[name](a, b)
        assert abs(got.mean() - value) < 4 * standard_error(got) + 1e-3, name


@pytest.mark.parametrize("snr", [0.5, 1.0, 4.0])
def test_noise_at_the_sensors_takes_the_share_of_plv_that_methods_states(snr):
    rng = np.random.default_rng(10)
    shape, kappa = (1, 100, 1, 5000), 2.0
    a, b = (z + gaussian(rng, *shape) / np.sqrt(snr) for z in locked(rng, kappa, shape))
    half = snr / 2
    kept = 0.5 * np.sqrt(np.pi * snr) * (i0e(half) + i1e(half))  # e^(-s/2) is in the scaled Bessel functions
    expected = resultant(kappa) * kept**2
    got = METRICS["plv"](a / np.abs(a), b / np.abs(b))
    assert abs(got.mean() - expected) < 4 * standard_error(got) + 1e-4


def bessel_i(order, x):
    """Modified Bessel function of complex order, by its series."""
    k = np.arange(40)
    return np.sum((x / 2) ** (2 * k + order) / (gamma(k + 1) * gamma(k + order + 1)))


@pytest.mark.parametrize(("apart_hz", "stated"), [(0, 0.698), (0.25, 0.527), (0.5, 0.318), (1, 0.161)])
def test_two_oscillators_apart_in_frequency_have_the_plv_that_methods_states(apart_hz, stated):
    """Phase difference of two noisy oscillators: dd = (2 pi apart - kappa sin d) dt + sqrt(2) dW."""
    rng = np.random.default_rng(11)
    kappa, detuning, step = 2.0, 2 * np.pi * apart_hz, 0.01  # s
    expected = abs(bessel_i(1 - 1j * detuning, kappa) / bessel_i(-1j * detuning, kappa))
    assert expected == pytest.approx(stated, abs=6e-4)
    difference = rng.uniform(-np.pi, np.pi, 400)
    kept = []
    for k in range(4000):
        noise = rng.standard_normal(difference.shape)
        difference = difference + (detuning - kappa * np.sin(difference)) * step + np.sqrt(2 * step) * noise
        if k >= 1000 and k % 10 == 0:
            kept.append(difference)
    b = np.exp(-1j * np.ravel(kept))[None, None, None]  # all pairs of oscillators, one after the other
    a = np.exp(2j * np.pi * rng.random(b.shape))
    assert METRICS["plv"](a, a * b).item() == pytest.approx(expected, abs=0.015)
