"""Surrogates keep the spectra and nothing else."""

import sys
from pathlib import Path

import numpy as np
import pytest

from interbrain.chance import phase_randomisation_null, phase_randomised, summary
from interbrain.metrics import METRICS, arranged
from interbrain.metrics.estimators.locking import plv

sys.path.insert(0, str(Path(__file__).parent))
from phasors import random_phasors, random_signals


def test_a_surrogate_has_the_spectra_and_cross_spectra_of_the_signal():
    signal = random_signals(2, 3, 200)
    surrogate = phase_randomised(signal, np.random.default_rng(1))
    before, after = (np.fft.fft(x) for x in (signal, surrogate))
    np.testing.assert_allclose(np.abs(after), np.abs(before), rtol=1e-9)
    cross = [x[:, :, None] * x[:, None].conj() for x in (before, after)]
    np.testing.assert_allclose(cross[1], cross[0], atol=1e-9)
    assert np.abs(np.mean(surrogate * signal.conj())) < 0.3 * np.mean(np.abs(signal) ** 2)


@pytest.mark.parametrize("over", ["time", "windows", "recording"])
@pytest.mark.parametrize("name", ["plv", "wpli"])
def test_the_null_equals_making_surrogates_in_a_loop(name, over):
    a, b = random_signals(2, 5, 3, 40, seed=1), random_signals(2, 5, 2, 40, seed=2)
    metric = METRICS[name]
    null = phase_randomisation_null(a, b, 4, np.random.default_rng(7), metric, over)
    rng = np.random.default_rng(7)
    for values in null:
        angles = rng.uniform(0, 2 * np.pi, 200)
        other = np.empty_like(b)
        for band, k in np.ndindex(2, 2):
            train = np.fft.ifft(np.fft.fft(np.concatenate(list(b[band, :, k]))) * np.exp(1j * angles))
            other[band, :, k] = train.reshape(5, 40)
        members = [a / np.abs(a), other / np.abs(other)] if name == "plv" else [a, other]
        expected = metric(*(arranged(x, over) for x in members)).mean(axis=1)
        np.testing.assert_allclose(values, expected, atol=1e-12)


def test_coupling_is_gone_in_the_surrogates():
    a = random_signals(1, 6, 2, 100, seed=1)
    observed = plv(*(2 * [a / np.abs(a)])).mean(axis=1)
    chance = summary(observed, phase_randomisation_null(a, a, 19, np.random.default_rng(0)))
    assert (np.diagonal(chance.p[0]) == 1 / 20).all() and (np.diagonal(chance.mean[0]) < 0.2).all()


def test_a_broken_channel_has_no_surrogate_and_leaves_the_others_theirs():
    a, b = random_signals(1, 6, 2, 100, seed=1), random_signals(1, 6, 3, 100, seed=2)
    clean = phase_randomisation_null(a, b, 5, np.random.default_rng(1))
    b[0, 3, 1, 50] = np.nan
    null = phase_randomisation_null(a, b, 5, np.random.default_rng(1))
    assert np.isnan(null[..., 1]).all()
    np.testing.assert_allclose(null[..., [0, 2]], clean[..., [0, 2]], atol=1e-15)


def test_single_precision_stays_single_and_is_enough():
    a, b = (random_phasors(1, 6, 2, 100, seed, np.complex64) for seed in (1, 2))
    assert phase_randomised(b[0, 0], np.random.default_rng(0)).dtype == np.complex64
    null = phase_randomisation_null(a, b, 5, np.random.default_rng(1))
    exact = phase_randomisation_null(a + 0j, b.astype(complex), 5, np.random.default_rng(1))
    np.testing.assert_allclose(null, exact, atol=1e-5)


def test_the_seed_decides_the_surrogates():
    a, b = random_signals(1, 6, 2, 100, seed=1), random_signals(1, 6, 2, 100, seed=2)
    first, again, other = (phase_randomisation_null(a, b, 5, np.random.default_rng(s)) for s in (1, 1, 2))
    assert first.tobytes() == again.tobytes() and not np.array_equal(first, other)


def test_no_surrogate_at_all_is_refused():
    a = random_signals(1, 6, 2, 100)
    with pytest.raises(ValueError, match="At least 1 surrogate"):
        phase_randomisation_null(a, a, 0, np.random.default_rng(0))
