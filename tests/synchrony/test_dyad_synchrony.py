"""One dyad and run: what a few windows, bad channels or nothing at all give."""

from dataclasses import replace

import numpy as np
import pytest

from interbrain.epochs import Signal
from interbrain.metrics import METRICS
from interbrain.metrics.estimators import envelopes, lagging
from interbrain.rhythms.phase import unit_phasors
from interbrain.synchrony.dyad import dyad_synchrony, synchrony

SLOW = tuple(name for name, metric in METRICS.items() if metric.slow)
SETTINGS = {
    "bands": {"theta": [4, 7], "alpha": [8, 12]},
    "length_s": 5,
    "out_sfreq": 100,
    "n_shifts": 7,
    "min_shift_s": 5,
    "seed": [1, 2],
}


def noise(seed, interpolated=()):
    data = np.random.default_rng(seed).standard_normal((3, 250 * 40)) * 1e-5
    return Signal(data, ["Fz", "Cz", "Pz"], 250.0, [], list(interpolated))


def test_interpolated_channels_have_no_synchrony_and_touch_no_other_pair():
    a, b = noise(1), noise(2)
    whole = dyad_synchrony(a, b, [2, 7, 12], **SETTINGS)[0]["plv"]
    part = dyad_synchrony(noise(1, ["Cz"]), noise(2, ["Pz"]), [2, 7, 12], **SETTINGS)[0]["plv"]
    assert np.isnan(part.value[:, 1]).all() and np.isnan(part.value[:, :, 2]).all()
    assert np.array_equal(part.value[:, ::2, :2], whole.value[:, ::2, :2])
    assert np.array_equal(part.null[:, :, ::2, :2], whole.null[:, :, ::2, :2])


def test_without_a_window_there_is_no_value_and_no_null():
    found = dyad_synchrony(noise(1), noise(2), [], **SETTINGS)[0]["plv"]
    assert found.n_windows == 0 and found.null.shape == (0, 2, 3, 3) and np.isnan(found.value).all()


def test_two_windows_are_too_few_for_a_shift_but_not_for_a_value():
    found = dyad_synchrony(noise(1), noise(2), [2, 7], **SETTINGS)[0]["plv"]
    assert found.n_windows == 2 and found.null.shape == (0, 2, 3, 3) and np.isfinite(found.value).all()


def test_slow_nulls_are_where_they_are_asked_and_everything_else_everywhere():
    settings = {**SETTINGS, "estimators": ["plv", *SLOW], "n_surrogates": 3}
    pair = noise(1), noise(2)
    whole = dyad_synchrony(*pair, [2, 7, 12, 17], **settings)[0]
    part = dyad_synchrony(*pair, [2, 7, 12, 17], **settings, slow_null_channels=["Pz", "Fz"])[0]
    at_sites = np.ix_(range(2), [0, 2], [0, 2])
    for name, one in part.items():
        assert np.array_equal(one.value, whole[name].value)
        for slow, null, full in (
            (name in SLOW, one.null, whole[name].null),
            (True, one.random, whole[name].random),
        ):
            assert null.shape == full.shape
            if not slow:
                assert np.array_equal(null, full)
            else:
                inside = np.zeros(one.value.shape, bool)
                inside[at_sites] = True
                assert np.allclose(null[:, inside], full[:, inside], atol=1e-6, rtol=0)
                assert np.isnan(null[:, ~inside]).all()


def test_slow_are_the_estimators_that_look_at_every_instant_of_every_pair(monkeypatch):
    found = []
    for module in (lagging, envelopes):
        monkeypatch.setattr(module, "imaginary_products", lambda a, b: found.append(name) or [])
    a = np.exp(2j * np.pi * np.random.default_rng(0).random((1, 1, 2, 50)))
    for name in METRICS:
        METRICS[name](a, a[:, :, ::-1])
    assert tuple(found) == SLOW


def test_a_signal_is_locked_to_itself():
    found = dyad_synchrony(noise(1), noise(1), [2, 7, 12], **SETTINGS)[0]["plv"]
    assert found.value[:, range(3), range(3)] == pytest.approx(1, abs=1e-6)


def test_the_chance_level_depends_on_the_seed_only():
    one, two = (dyad_synchrony(noise(1), noise(2), [2, 7, 12, 17], **SETTINGS)[0]["plv"] for _ in range(2))
    assert np.array_equal(one.null, two.null)
    other = dyad_synchrony(noise(1), noise(2), [2, 7, 12, 17], **{**SETTINGS, "seed": [3]})[0]["plv"]
    assert not np.array_equal(one.null, other.null)


def test_every_estimator_gets_a_value_and_the_same_shifts():
    found, *_ = dyad_synchrony(
        noise(1), noise(2), [2, 7, 12, 17], **SETTINGS, estimators=list(METRICS), n_surrogates=3
    )
    assert list(found) == list(METRICS)
    for name, one in found.items():
        assert np.isfinite(one.value).all() and np.isfinite(one.null).all(), name
        assert one.null.shape == (7, 2, 3, 3) and one.random.shape == (3, 2, 3, 3)
        alone, *_ = dyad_synchrony(noise(1), noise(2), [2, 7, 12, 17], **SETTINGS, estimators=[name])
        assert np.array_equal(alone[name].null, one.null), name
    assert found["ppc"].value == pytest.approx((500 * plv_squared(noise(1), noise(2)) - 1) / 499, abs=1e-5)


def plv_squared(a, b):
    """Mean over windows of the squared PLV, window by window."""
    windows = [dyad_synchrony(a, b, [start], **SETTINGS)[0]["plv"].value for start in (2, 7, 12, 17)]
    return np.mean(np.square(windows), axis=0)


def test_signals_are_overwritten_only_where_that_is_allowed_and_nothing_needs_their_amplitudes():
    rng = np.random.default_rng(3)
    pair = [
        (rng.standard_normal((2, 4, 3, 500)) + 1j * rng.standard_normal((2, 4, 3, 500))) for _ in range(2)
    ]
    settings = {key: SETTINGS[key] for key in ("out_sfreq", "n_shifts", "min_shift_s", "seed")}
    settings["starts_s"] = [2, 7, 12, 17]
    kept = synchrony(*pair, **settings)["plv"]
    for estimators, n_surrogates in ((["plv", "aec"], 0), (["plv"], 2), (["plv"], 0)):
        given = [x.copy() for x in pair]
        how = {"estimators": estimators, "n_surrogates": n_surrogates, "overwrite": True}
        found = synchrony(*given, **settings, **how)["plv"]
        assert np.array_equal(found.value, kept.value) and np.array_equal(found.null, kept.null)
        only_phases = estimators == ["plv"] and not n_surrogates
        expected = [unit_phasors(x) if only_phases else x for x in pair]
        assert all(np.array_equal(x, y) for x, y in zip(given, expected, strict=True))


def test_windows_that_do_not_follow_each_other_have_the_shifts_by_whole_windows_only():
    follow, apart, rounded = (
        dyad_synchrony(noise(1), noise(2), starts, **SETTINGS)[0]["plv"].null
        for starts in ([2, 7, 12, 17], [2, 12, 22, 32], [2, 7.004, 12.004, 17])
    )
    assert len(follow) == len(rounded) == 7 and len(apart) == 3
    windows = [
        [dyad_synchrony(noise(1), late(noise(2), one - other), [one], **SETTINGS)[0]["plv"].value
         for other in (2, 12, 22, 32)] for one in (2, 12, 22, 32)
    ]  # fmt: skip
    for shift, values in enumerate(apart, start=1):
        pairs = [windows[one][one - shift] for one in range(4)]
        assert values == pytest.approx(np.mean(pairs, axis=0), abs=0.01)  # the filter's ends differ


def late(signal, seconds):
    return replace(signal, data=np.roll(signal.data, 250 * seconds, axis=1))


def test_over_the_whole_recording_all_windows_are_one():
    whole, *_ = dyad_synchrony(noise(1), noise(2), [2, 7, 12, 17], **SETTINGS, over="recording")
    one, *_ = dyad_synchrony(noise(1), noise(2), [2], **{**SETTINGS, "length_s": 20})
    assert whole["plv"].value == pytest.approx(one["plv"].value, abs=1e-6)


def rhythm(hz, seed):
    """Noise with a clear rhythm at one frequency."""
    signal = noise(seed)
    times = np.arange(signal.data.shape[1]) / signal.sfreq
    wander = np.cumsum(np.random.default_rng(seed + 10).standard_normal(len(times))) * 0.08
    signal.data[:] += 2e-5 * np.cos(2 * np.pi * hz * times + wander)
    return signal


def test_bands_may_follow_each_persons_own_alpha_peak():
    starts = [2, 7, 12, 17, 22, 27]
    _, (a, b), _ = dyad_synchrony(rhythm(9, 1), rhythm(11.5, 2), starts, **SETTINGS, individual_band="alpha")
    assert a.peak.hz == pytest.approx(9, abs=0.3) and b.peak.hz == pytest.approx(11.5, abs=0.3)
    assert a.bands["alpha"] == pytest.approx((a.peak.hz - 2, a.peak.hz + 2))
    assert a.bands["theta"] == b.bands["theta"] == (4, 7)
    _, (same, _), _ = dyad_synchrony(rhythm(9, 1), rhythm(11.5, 2), starts, **SETTINGS)
    assert same.bands["alpha"] == (8, 12) and same.peak == a.peak


def test_power_and_snr_are_of_the_kept_windows_and_of_channels_with_a_signal():
    loud = rhythm(10, 1)
    loud.data[:, : 250 * 10] *= 50  # outside the windows
    _, (found, _), _ = dyad_synchrony(loud, noise(2, ["Cz"]), [12, 17, 22], **SETTINGS)
    assert 50 < found.power[1].mean() < 400  # (20 uV)^2 / 2 = 200 uV^2, in a band of its own width
    assert found.snr[1].mean() > 5 > found.snr[0].mean()
    _, (_, client), _ = dyad_synchrony(loud, noise(2, ["Cz"]), [12, 17, 22], **SETTINGS)
    assert np.isnan(client.power[:, 1]).all() and np.isfinite(client.power[:, [0, 2]]).all()


def test_the_chance_level_depends_on_the_samples_and_on_no_label():
    """Two recordings of the same content draw the same lags, whoever they are called; others draw others."""

    def null(therapist, client):
        pair = replace(noise(1), content=therapist), replace(noise(2), content=client)
        return dyad_synchrony(*pair, [2, 7, 12, 17], **SETTINGS)[0]["plv"].null

    assert np.array_equal(null("ab", "cd"), null("ab", "cd"))
    assert not np.array_equal(null("ab", "cd"), null("ef", "cd"))
