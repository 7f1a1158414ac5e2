"""Phases against MNE's own filter and SciPy's analytic signal, and against signals whose phase is known."""

import mne
import numpy as np
import pytest
from scipy import fft, signal

from interbrain.metrics.estimators.envelopes import aec
from interbrain.metrics.estimators.locking import plv
from interbrain.rhythms.phase import band_phasors, band_signals, phasor_times, unit_phasors, windowed

BANDS = {"theta": (4.0, 7.0), "alpha": (8.0, 12.0)}


def noise(n_channels, n_times, seed=0):
    return np.random.default_rng(seed).standard_normal((n_channels, n_times))


def filtered_and_hilbert(data, sfreq, low, high):
    """MNE's filter, then the analytic signal, both in float64 and as periodic as an FFT sees the data."""
    n_times = data.shape[1]
    taps = mne.filter.create_filter(None, sfreq, low, high, verbose="error")
    n_padded = fft.next_fast_len(n_times + 2 * (len(taps) - 1), real=True)
    n_right = (n_padded - n_times) // 2
    n_left = n_padded - n_times - n_right
    padded = np.pad(
        data - data.mean(axis=1, keepdims=True),
        [(0, 0), (n_left, n_right)],
        mode="reflect",
        reflect_type="odd",
    )
    period = slice(n_padded, 2 * n_padded)
    filtered = mne.filter.filter_data(np.tile(padded, 3), sfreq, low, high, verbose="error")[:, period]
    return signal.hilbert(filtered)[:, n_left : n_left + n_times]


@pytest.mark.parametrize("offset", [0.0, 1e5], ids=["no offset", "an offset of 100000 standard deviations"])
def test_the_full_rate_equals_mne_filter_and_scipy_hilbert(offset):
    data = noise(3, 10_007) + offset
    phasors = band_phasors(data, 250, BANDS, 250)
    for band, (low, high) in enumerate(BANDS.values()):
        z = filtered_and_hilbert(data, 250, low, high)
        # errors in phase count by amplitude: where there is none, phase means nothing
        error = np.abs(phasors[band] * np.abs(z) - z) / np.sqrt(np.mean(np.abs(z) ** 2))
        assert error.max() < 1e-5


def test_signals_are_mne_filtered_data_with_their_amplitude():
    data = 1e-6 * noise(3, 10_007)
    signals = band_signals(data, 250, BANDS, 250)
    assert signals.dtype == np.complex64 and signals.shape == (2, 3, 10_007)
    for band, (low, high) in enumerate(BANDS.values()):
        z = filtered_and_hilbert(data, 250, low, high)
        np.testing.assert_allclose(signals[band], z, rtol=0, atol=1e-5 * np.sqrt(np.mean(np.abs(z) ** 2)))


def test_phasors_are_signals_without_their_amplitude():
    data = noise(10, 5000)
    data[3] = 0
    data[4, 100] = np.nan
    data[5, 1000:3000] = 7.0
    signals = band_signals(data, 250, BANDS, 100)
    phasors = band_phasors(data, 250, BANDS, 100)
    assert np.isnan(phasors).any() and np.array_equal(np.isnan(signals), np.isnan(phasors))
    assert np.array_equal(unit_phasors(signals), phasors, equal_nan=True)
    assert np.isnan(unit_phasors(np.zeros(3, np.complex64))).all()


@pytest.mark.parametrize("kind", ["white", "drifting"])
def test_the_ends_agree_with_a_generously_padded_recording(kind):
    data = noise(3, 20_000)
    if kind == "drifting":
        data = np.cumsum(data, axis=1)
    phasors = band_phasors(data, 250, BANDS, 250)
    padded = np.pad(data, [(0, 0), (19_999, 19_999)], mode="reflect", reflect_type="odd")
    for band, (low, high) in enumerate(BANDS.values()):
        filtered = mne.filter.filter_data(padded, 250, low, high, verbose="error")
        z = signal.hilbert(filtered)[:, 19_999:-19_999]
        error = np.abs(phasors[band] * np.abs(z) - z) / np.sqrt(np.mean(np.abs(z) ** 2))
        assert error.max() < 1e-2  # the reflected ends included
        assert np.median(error) < 1e-4


@pytest.mark.parametrize(("sfreq", "out_sfreq"), [(250, 100), (500, 100), (512, 128), (160, 100), (100, 100)])
def test_a_cosine_has_its_phase_at_the_stated_times(sfreq, out_sfreq):
    t = np.arange(20 * sfreq + 3) / sfreq
    data = np.cos(2 * np.pi * 10 * t + 0.7)[None]
    alpha = band_phasors(data, sfreq, [(8, 12)], out_sfreq)[0, 0]
    times = phasor_times(data.shape[1], sfreq, out_sfreq)
    assert len(alpha) == len(times) == int(data.shape[1] * out_sfreq / sfreq)
    inside = (times > 3) & (times < times[-1] - 3)
    expected = np.exp(1j * (2 * np.pi * 10 * times + 0.7))
    assert np.abs(alpha - expected)[inside].max() < 1e-4


@pytest.mark.parametrize(("sfreq", "out_sfreq"), [(250, 100), (500, 100), (512, 128), (160, 100), (100, 100)])
def test_a_swelling_rhythm_has_its_amplitude_at_the_stated_times(sfreq, out_sfreq):
    def amplitude(t):
        return 3 + 2 * np.sin(2 * np.pi * 0.5 * t)

    t = np.arange(20 * sfreq + 3) / sfreq
    data = (amplitude(t) * np.cos(2 * np.pi * 10 * t + 0.7))[None]
    alpha = np.abs(band_signals(data, sfreq, [(8, 12)], out_sfreq)[0, 0])
    times = phasor_times(data.shape[1], sfreq, out_sfreq)
    inside = (times > 3) & (times < times[-1] - 3)
    np.testing.assert_allclose(alpha[inside], amplitude(times)[inside], rtol=5e-3)  # the filter's ripple


def test_samples_lie_at_block_centres():
    assert np.array_equal(phasor_times(1001, 500, 500), np.arange(1001) / 500)
    np.testing.assert_allclose(
        phasor_times(1000, 500, 100)[:2], [0.004, 0.014], rtol=1e-12
    )  # samples 2 and 7
    np.testing.assert_allclose(phasor_times(10, 250, 100), [0.003, 0.013, 0.023, 0.033], rtol=1e-12)


def test_a_lower_rate_holds_the_same_phases_as_the_full_rate():
    data = noise(2, 30_000)
    full = band_phasors(data, 500, BANDS, 500)
    short = band_phasors(data, 500, BANDS, 100)  # block centres are samples 2, 7, 12 ...
    difference = np.abs(short - full[:, :, 2::5])
    assert np.quantile(difference, 0.99) < 2e-2  # what leaks through the stop band above 100 Hz is cut off
    assert np.median(difference) < 1e-3


def test_100_hz_keeps_window_mean_plv_within_a_thousandth():
    a, b = noise(6, 75_000, seed=1), noise(6, 75_000, seed=2)
    means = []
    for rate in (250, 100):
        starts = np.arange(60) * 5 * rate
        cut = [windowed(band_phasors(x, 250, BANDS, rate), starts, 5 * rate) for x in (a, b)]
        means.append(plv(*cut).mean(axis=1))
    assert np.abs(means[0] - means[1]).max() < 1e-3


def test_100_hz_keeps_window_mean_envelope_correlation_within_a_thousandth():
    a, b = noise(6, 75_000, seed=1), noise(6, 75_000, seed=2)
    b = a + b
    means = []
    for rate in (250, 100):
        starts = np.arange(60) * 5 * rate
        cut = [windowed(band_signals(x, 250, BANDS, rate), starts, 5 * rate) for x in (a, b)]
        means.append(aec(*cut).mean(axis=1))
    assert np.abs(means[0] - means[1]).max() < 1e-3


def test_phases_of_real_eeg_at_100_hz_keep_window_mean_plv(shared):
    people = []
    for name in ("S001R02", "S002R02"):
        raw = mne.io.read_raw_edf(shared / "data" / "eegmmidb" / f"{name}.edf", verbose="error")
        people.append(raw.get_data(stop=9600)[:32])  # all-zero from 60.1 s on
    means = []
    for rate in (160, 100):
        starts = rate + np.arange(11) * 5 * rate
        cut = [windowed(band_phasors(x, 160, BANDS, rate), starts, 5 * rate) for x in people]
        means.append(plv(*cut).mean(axis=1))
    difference = np.abs(means[0] - means[1])
    # one minute instead of five: the error of a mean over 11 windows instead of 60
    assert difference.max() < 1e-3 * np.sqrt(60 / 11)
    assert difference.mean() < 3e-4


def test_phasors_have_unit_length_and_are_complex64():
    phasors = band_phasors(noise(3, 5000), 250, BANDS, 100)
    assert phasors.dtype == np.complex64
    assert phasors.shape == (2, 3, 2000)
    np.testing.assert_allclose(np.abs(phasors), 1, atol=3e-7)


def test_unit_and_offset_of_the_data_do_not_matter():
    data = noise(2, 10_000)
    reference = band_phasors(data, 250, BANDS, 100)
    in_volts = band_phasors(data * 1e-6 + 0.1, 250, BANDS, 100)  # 1 µV on an offset of 100 mV
    assert np.quantile(np.abs(in_volts - reference), 0.999) < 1e-4


def test_a_broken_channel_is_nan_and_leaves_the_others_untouched():
    data = noise(12, 5000)
    alone = band_phasors(data, 250, BANDS, 100)
    data[1] = 0
    data[4] = 3.3e-5
    data[5, 17] = np.nan
    data[9, 4999] = np.inf
    data[10] = 1 / 3 + 1e-16 * data[10]  # constant but for rounding
    phasors = band_phasors(data, 250, BANDS, 100)
    broken = [1, 4, 5, 9, 10]
    others = np.setdiff1d(np.arange(12), broken)
    assert np.isnan(phasors[:, broken]).all()
    np.testing.assert_allclose(phasors[:, others], alone[:, others], atol=1e-4)
    assert np.isnan(band_phasors(np.zeros((2, 5000)), 250, BANDS, 100)).all()


@pytest.mark.parametrize("already_filtered", [False, True])
def test_two_electrodes_that_fall_off_do_not_seem_locked(already_filtered):
    data = noise(3, 20_000)
    data[:2, 10_000:16_000] = 0.3
    if already_filtered:
        data = mne.filter.filter_data(data, 250, 1, 40, verbose="error")
    phasors = band_phasors(data, 250, BANDS, 100)
    windows = windowed(phasors, [1000, 5000, 7000], 500)  # before, meanwhile, afterwards
    value = plv(windows[:, :, :1], windows[:, :, 1:])  # off with off, off with good
    assert np.isnan(value[:, 1]).all()
    assert np.isfinite(value[:, [0, 2]]).all()
    assert np.isfinite(phasors[:, 2]).all()


def test_coarse_steps_of_an_amplifier_are_not_taken_for_a_flat_channel():
    data = np.round(noise(2, 10_000))  # a resolution of one standard deviation: many equal neighbours
    assert np.isfinite(band_phasors(data, 250, BANDS, 100)).all()


def test_data_are_not_changed():
    data = noise(2, 5000)
    before = data.copy()
    band_phasors(data, 250, BANDS, 100)
    assert np.array_equal(data, before)


def test_same_data_give_same_bytes_and_names_of_bands_do_not_matter():
    data = noise(9, 5000)
    once, again = (band_phasors(data, 250, bands, 100).tobytes() for bands in (BANDS, list(BANDS.values())))
    assert once == again


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"data": np.zeros(5000)}, "shape"),
        ({"data": np.zeros((2, 5000), dtype=complex)}, "real"),
        ({"data": noise(2, 300)}, "shorter than the band-pass filter"),
        ({"bands": [(30, 90)]}, "sample the phases at a higher rate"),
        ({"bands": [(12, 8)]}, "does not lie between"),
        ({"bands": [(100, 130)]}, "does not lie between"),
        ({"bands": {}}, "No frequency band"),
        ({"out_sfreq": 500}, "cannot be sampled"),
        ({"out_sfreq": 0}, "cannot be sampled"),
        ({"sfreq": 250.00371}, "ratio of whole numbers"),
    ],
)
def test_what_cannot_be_computed_is_refused_in_plain_words(change, message):
    arguments = {"data": noise(2, 5000), "sfreq": 250, "bands": BANDS, "out_sfreq": 100} | change
    with pytest.raises(ValueError, match=message):
        band_phasors(**arguments)


def test_windows_are_the_named_samples():
    phasors = np.arange(2 * 3 * 50).reshape(2, 3, 50).astype(np.complex64)
    windows = windowed(phasors, [0, 7, 40], 10)
    assert windows.shape == (2, 3, 3, 10)
    assert windows.flags.c_contiguous and not np.shares_memory(windows, phasors)
    for epoch, start in enumerate([0, 7, 40]):
        assert np.array_equal(windows[:, epoch], phasors[:, :, start : start + 10])
    assert windowed(phasors, [], 10).shape == (2, 0, 3, 10)


@pytest.mark.parametrize(
    ("starts", "n_samples", "message"),
    [
        ([41], 10, "reaches outside"),
        ([-1], 10, "reaches outside"),
        ([0.5], 10, "whole"),
        ([0], 51, "does not fit"),
    ],
)
def test_a_window_outside_the_recording_is_refused(starts, n_samples, message):
    with pytest.raises(ValueError, match=message):
        windowed(np.ones((1, 1, 50), np.complex64), starts, n_samples)
