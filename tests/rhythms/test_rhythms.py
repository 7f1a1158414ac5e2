"""Spectra, alpha peaks and band SNR of simulated people whose rhythms are known."""

import warnings

import numpy as np
import pytest
from scipy import signal

from interbrain.rhythms.power import (
    AlphaPeak,
    Spectrum,
    alpha_peak,
    band_power,
    band_snr,
    bands_around,
    spectrum,
)

SFREQ = 250
BANDS = {"theta": (4.0, 7.0), "alpha": (8.0, 12.0)}


def background(rng, n_channels, seconds, exponent=1.0):
    """Noise whose power falls with frequency ** exponent."""
    n = seconds * SFREQ
    frequency = np.fft.rfftfreq(n, 1 / SFREQ)
    frequency[0] = frequency[1]
    spectrum = rng.standard_normal((n_channels, len(frequency))) + 1j * rng.standard_normal(
        (n_channels, len(frequency))
    )
    return np.fft.irfft(spectrum * frequency ** (-exponent / 2), n)


def in_band_variance(data, low=8, high=12):
    frequency = np.fft.rfftfreq(data.shape[-1], 1 / SFREQ)
    inside = (frequency >= low) & (frequency <= high)
    return 2 * (np.abs(np.fft.rfft(data)[..., inside]) ** 2).sum(axis=-1, keepdims=True) / data.shape[-1] ** 2


def person(rng, peak=None, snr=1.0, n_channels=6, seconds=300, exponent=1.0):
    """1/f noise and, in all channels, one alpha rhythm of the given power within 8-12 Hz."""
    noise = background(rng, n_channels, seconds, exponent)
    if peak is None:
        return noise
    radius = 0.985
    drive = rng.standard_normal((1, seconds * SFREQ + 3000))
    rhythm = signal.lfilter([1], [1, -2 * radius * np.cos(2 * np.pi * peak / SFREQ), radius**2], drive)[
        :, 3000:
    ]
    return noise + np.sqrt(snr * in_band_variance(noise) / in_band_variance(rhythm)) * rhythm


def spectrum_of(data, **options):
    return spectrum(data, SFREQ, [(0, data.shape[1] / SFREQ)], **options)


@pytest.mark.long_but("0.0-8.4", "1.0-10.1", "2.0-13.0")
@pytest.mark.parametrize("peak", [8.4, 9.3, 10.1, 11.7, 13.0])
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_the_alpha_peak_is_found_where_it_is(peak, exponent):
    rng = np.random.default_rng(int(10 * peak))
    found = [alpha_peak(spectrum_of(person(rng, peak, snr=2.0, exponent=exponent))) for _ in range(5)]
    errors = np.array([one.hz - peak for one in found])
    assert np.abs(errors).max() < 0.2
    assert np.abs(errors.mean()) < 0.1
    assert min(one.prominence_db for one in found) > 3


def test_a_peak_between_two_bins_is_interpolated():
    frequency = np.arange(0, 125.1, 0.25)
    for peak in (9.75, 9.8, 9.875, 9.99):
        bump = 10 ** (0.8 * np.exp(-0.5 * ((frequency - peak) / 1.5) ** 2))
        falling = np.full((1, len(frequency)), 1.0)
        fitted = (frequency >= 2) & (frequency <= 35) & ~((frequency >= 7) & (frequency <= 14))
        found = alpha_peak(Spectrum(frequency, falling * bump, falling, fitted))
        assert found.hz == pytest.approx(peak, abs=0.01)
        assert found.prominence_db == pytest.approx(8.0, abs=0.5)


@pytest.mark.long_but("1.0")
@pytest.mark.parametrize("exponent", [0.0, 1.0, 2.0])
def test_people_without_a_rhythm_have_no_peak(exponent):
    rng = np.random.default_rng(5)
    found = []
    for shape in ({"n_channels": 1, "seconds": 60}, {"n_channels": 6, "seconds": 120}):
        found += [alpha_peak(spectrum_of(person(rng, exponent=exponent, **shape))) for _ in range(30)]
    assert sum(np.isfinite(one.hz) for one in found) <= 2  # of 60, each false in about 1 of 100


def test_a_slope_alone_is_no_peak():
    frequency = np.arange(0, 125.1, 0.25)
    power = 1 / np.maximum(frequency, 0.25)[None]
    flat = np.ones_like(power)
    fitted = (frequency >= 2) & (frequency <= 35)
    nothing = alpha_peak(Spectrum(frequency, power, flat, fitted))
    assert np.isnan(nothing.hz) and np.isnan(nothing.prominence_db)


@pytest.mark.parametrize("snr", [0.5, 1.0, 2.0, 4.0])
def test_band_snr_is_the_power_of_the_rhythm_over_that_of_the_noise(snr):
    rng = np.random.default_rng(6)
    measured = band_snr(spectrum_of(person(rng, 10.0, snr, n_channels=16)), BANDS)
    assert measured.shape == (2, 16)
    theta, alpha = measured.mean(axis=1)
    assert alpha == pytest.approx(snr, rel=0.15)  # the flanks of a strong rhythm count as background
    assert abs(theta) < 0.15


def test_band_power_is_the_variance_within_the_band():
    data = person(np.random.default_rng(7), 10.0, 2.0)
    expected = in_band_variance(data)[:, 0]
    np.testing.assert_allclose(band_power(spectrum_of(data), BANDS)[1], expected, rtol=0.05)
    in_volts = band_power(spectrum_of(1e-6 * data), BANDS)
    np.testing.assert_allclose(in_volts * 1e12, band_power(spectrum_of(data), BANDS), rtol=1e-10)


def test_the_spectrum_equals_welch_over_an_unbroken_recording():
    data = person(np.random.default_rng(8), 10.0, seconds=60)
    ours = spectrum_of(data)
    frequency, power = signal.welch(data, SFREQ, nperseg=1000, noverlap=500, detrend="constant")
    assert np.array_equal(ours.frequency, frequency)
    np.testing.assert_allclose(ours.power[:, 1:-1], power[:, 1:-1], rtol=1e-9)


def test_one_second_windows_in_a_row_resolve_as_much_as_the_whole_stretch():
    data = person(np.random.default_rng(9), 10.0, seconds=60)
    windows = [(t, t + 1.0) for t in np.arange(60.0)][::-1]
    np.testing.assert_allclose(spectrum(data, SFREQ, windows).power, spectrum_of(data).power, rtol=1e-12)


def test_what_is_not_kept_does_not_count():
    rng = np.random.default_rng(10)
    data = person(rng, 10.0, seconds=120)
    kept = [(0, 50.0), (60.0, 119.0), (119.5, 120.0)]  # the last one is shorter than a segment
    before = spectrum(data, SFREQ, kept)
    data[:, 50 * SFREQ : 60 * SFREQ] = 1e3 * rng.standard_normal((6, 10 * SFREQ))
    assert np.array_equal(spectrum(data, SFREQ, kept).power, before.power)
    data[:, round(119.6 * SFREQ)] += 100
    assert not np.array_equal(spectrum(data, SFREQ, kept).power, before.power)


def test_a_rhythm_outside_alpha_does_not_lift_the_background():
    rng = np.random.default_rng(11)
    data = person(rng, 10.0, 2.0, n_channels=16)
    t = np.arange(data.shape[1]) / SFREQ
    beta = data + 3 * data.std() * np.sin(2 * np.pi * 20 * t + 2 * np.sin(t))
    alone, both = (band_snr(spectrum_of(x), BANDS)[1].mean() for x in (data, beta))
    assert both == pytest.approx(alone, rel=0.1)


def test_a_channel_without_a_signal_is_missing_and_leaves_the_peak_to_the_others():
    data = person(np.random.default_rng(12), 10.0, 2.0)
    data[1] = 0
    data[2] = np.nan
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = spectrum_of(data)
        peak, power, snr = alpha_peak(found), band_power(found, BANDS), band_snr(found, BANDS)
    missing = np.isin(np.arange(6), [1, 2])
    assert np.array_equal(np.isnan(power[0]), missing) and np.array_equal(np.isnan(snr[1]), missing)
    assert peak.hz == pytest.approx(10, abs=0.2)


@pytest.mark.parametrize("spans", [[], [(0, 1)]])
def test_nothing_kept_or_nothing_there_gives_missing_values(spans):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = spectrum(np.zeros((2, 5000)), SFREQ, spans)
        assert np.isnan(found.power).all() and np.isnan(band_snr(found, BANDS)).all()
        assert np.isnan(alpha_peak(found).hz)


@pytest.mark.parametrize("span", [(-1, 3), (18, 21), (3, 3)])
def test_a_stretch_outside_the_recording_is_refused(span):
    with pytest.raises(ValueError, match="does not lie within the recording of 20 s"):
        spectrum(np.ones((2, 5000)), SFREQ, [span])


def test_a_band_moves_to_the_peak_and_stays_where_there_is_none():
    assert bands_around(BANDS, AlphaPeak(10.5, 6.0)) == {"theta": (4.0, 7.0), "alpha": (8.5, 12.5)}
    assert bands_around(BANDS, AlphaPeak(9.0, 6.0), half_width=1.5)["alpha"] == (7.5, 10.5)
    assert bands_around(BANDS, AlphaPeak(np.nan, 1.0)) == BANDS


def test_eyes_closed_show_the_alpha_peak_of_real_people(shared):
    import mne

    peaks = []
    for name in ("S001R02", "S002R02", "S003R02", "S004R02"):
        raw = mne.io.read_raw_edf(shared / "data" / "eegmmidb" / f"{name}.edf", preload=True, verbose="error")
        data = raw.filter(1, 40, verbose="error").get_data(stop=9600)  # all-zero from 60.1 s on
        peaks.append(alpha_peak(spectrum(data, 160, [(0, 60)])))
    assert [round(one.hz, 1) for one in peaks] == [10.0, 11.0, 10.5, 10.7]
    assert min(one.prominence_db for one in peaks) > 10
