"""Recordings quieter or narrower than most: no loss for it, and what cannot be judged is said."""

from functools import cache, lru_cache

import mne
import numpy as np
import pytest

from interbrain.cleaning import clean, muscle, recording
from interbrain.cleaning.channels import bad_channels, highest_noise
from interbrain.cleaning.muscle import muscle_spans
from interbrain.quality.spectra import site_spectra
from interbrain.simulate import CHANNELS, Artifacts, Member, simulate_recording

from .conftest import FILTERS_ONLY, ROIS

SEED = 12
PLANTED = {
    "nothing": Artifacts(),
    "bursts": Artifacts(muscle_bursts_per_minute=4, muscles=["left anterior temporalis"]),
    "a noisy electrode": Artifacts(noisy=["CP5"], noisy_uv=(20.0, 20.0)),
}


@cache
def simulated(sfreq, mains_uv, planted):
    """A recording of a minute, made once for all noise at its amplifier; nobody changes it in place."""
    member = Member(mains_uv=mains_uv, artifacts=PLANTED[planted])
    return simulate_recording(member, seed=[SEED], duration_s=60, sfreq=sfreq)


def quiet(noise_uv, sfreq=500.0, mains_uv=0.0, uneven=0.0, planted="nothing"):
    """A head without muscle tone at an amplifier with so much noise (uV RMS) from 55 to 95 Hz.

    `uneven` lets that noise swell and fade, by a factor of e^uneven on average.
    """
    raw, bursts = at_an_amplifier(noise_uv, sfreq, mains_uv, uneven, planted)
    return raw.copy(), bursts


@lru_cache(maxsize=4)
def at_an_amplifier(noise_uv, sfreq, mains_uv, uneven, planted):
    made = simulated(sfreq, mains_uv, planted)
    rng = np.random.default_rng([SEED, 1])
    parts = dict(made.parts)
    frequency = np.fft.rfftfreq(made.raw.n_times, 1 / sfreq)
    slope = np.minimum(1, (25 / np.maximum(frequency, 1)) ** 1.5)
    parts["background"] = np.fft.irfft(np.fft.rfft(parts["background"]) * slope, made.raw.n_times)
    density = noise_uv * 1e-6 / 40**0.5
    noise = density * (sfreq / 2) ** 0.5 * rng.standard_normal(parts["background"].shape)
    knots = np.exp(uneven * rng.standard_normal((len(CHANNELS), 31)))
    knots[:] = knots[[0]]  # all channels at once, as a posture does
    swell = np.stack([np.interp(made.raw.times, np.arange(31) * 2.0, row) for row in knots])
    parts["amplifier"] = noise * swell
    raw = mne.io.RawArray(sum(parts.values()), made.raw.info, verbose="error")
    return raw, [p for p in made.truth["planted"] if p["kind"] == "muscle"]


def bursts_of(done):
    notes = [n for n in done.raw.annotations if "BAD_m" in n["description"]]
    return [(n["onset"], n["onset"] + n["duration"]) for n in notes]


def windows_touched(done, length_s=5):
    spans = bursts_of(done)
    starts = np.arange(0, done.raw.times[-1] - length_s, length_s)
    return np.mean([any(a < s + length_s and b > s for a, b in spans) for s in starts])


def found_share(spans, bursts):
    """Share of the planted bursts that a marked span touches."""
    hits = [any(a < b["onset_s"] + b["duration_s"] and e > b["onset_s"] for a, e in spans) for b in bursts]
    return np.mean(hits)


@pytest.mark.long_but("1.5-250.0")
@pytest.mark.parametrize(
    ("noise_uv", "sfreq"),
    [
        (0.2, 250.0),
        (0.5, 500.0),
        (1.5, 250.0),
        (0.2, 500.0),
        (0.5, 250.0),
        (1.5, 500.0),
    ],
)
def test_a_quiet_recording_has_no_bursts_and_no_noisy_channels_and_planted_bursts_are_found(
    noise_uv, sfreq, monkeypatch
):
    done = clean(quiet(noise_uv, sfreq=sfreq)[0], **FILTERS_ONLY)
    assert windows_touched(done) < 0.03
    assert not [why for why in done.account["BadChannels"].values() if "noise" in why]
    raw, bursts = quiet(noise_uv, sfreq=sfreq, planted="bursts")
    judged = []
    monkeypatch.setattr(recording, "muscle_spans", lambda *how: judged.append(how) or muscle_spans(*how))
    found = found_share(bursts_of(clean(raw, **FILTERS_ONLY)), bursts)
    monkeypatch.setattr(muscle, "LEAST_V", 0)
    (how,) = judged
    assert found == found_share(muscle_spans(*how), bursts)  # the floor costs no burst
    assert found > 0.9 or noise_uv > 1  # a focal one does not raise a quarter of such channels by 6 dB


@pytest.mark.long
def test_noise_that_swells_in_a_quiet_recording_is_no_muscle():
    """Half a microvolt that becomes one, and one channel with .45 uV more than the others."""
    raw, _ = quiet(0.5, uneven=0.6)
    rng = np.random.default_rng(4)
    raw._data[CHANNELS.index("CP5")] += 0.45e-6 * (250 / 75) ** 0.5 * rng.standard_normal(raw.n_times)
    done = clean(raw, **FILTERS_ONLY)
    assert windows_touched(done) == 0
    assert done.account["BadChannels"] == {}
    assert done.account["MuscleSeconds"] == 0


@pytest.mark.long
@pytest.mark.parametrize("sfreq", [250.0, 500.0])
def test_noise_of_an_amplifier_that_swells_beyond_three_microvolts_is_no_muscle(sfreq):
    """1.5 uV that doubles and triples at times: all channels alike, each with its own."""
    raw, _ = quiet(1.5, uneven=0.6, sfreq=sfreq)
    assert windows_touched(clean(raw, **FILTERS_ONLY)) == 0
    raw, bursts = quiet(1.5, uneven=0.6, sfreq=sfreq, planted="bursts")
    strong = [b for b in bursts if b["amplitude_uv"] > 40]
    assert len(strong) >= 2 and found_share(bursts_of(clean(raw, **FILTERS_ONLY)), strong) == 1


@pytest.mark.long_but("band0-8", "band1-64")
@pytest.mark.parametrize("n_channels", [8, 19, 32, 64])
@pytest.mark.parametrize("band", [(55, 95), (65, 72)])
def test_what_all_channels_share_is_muscle_and_what_each_has_of_its_own_is_not(n_channels, band):
    """Both rise everywhere alike, from .5 to 5 uV for 4 s."""
    rng = np.random.default_rng(2)
    to_broadband = 1e-6 * (125 / 40) ** 0.5
    part = slice(5000, 6000)
    field = rng.choice([-1.0, 1.0], (n_channels, 1))
    for shared, expected_s in ((True, 4.0), (False, 0.0)):
        data = 0.5 * to_broadband * rng.standard_normal((n_channels, 250 * 60))
        own = rng.standard_normal((n_channels, 1000))
        data[:, part] += 5 * to_broadband * (field * own[:1] if shared else own)
        raw = mne.io.RawArray(data, mne.create_info(n_channels, 250.0, "eeg"), verbose="error")
        raw.set_eeg_reference("average", projection=False, verbose="error")
        marked_s = sum(b - a for a, b in muscle_spans(raw, band, 6))
        assert marked_s == pytest.approx(expected_s, abs=0.5), shared


def test_a_burst_of_ten_microvolts_counts_even_if_every_channel_has_its_own():
    rng = np.random.default_rng(3)
    data = 1e-6 * rng.standard_normal((32, 250 * 60))
    data[:, 5000:6000] *= 30
    raw = mne.io.RawArray(data, mne.create_info(32, 250.0, "eeg"), verbose="error")
    assert sum(b - a for a, b in muscle_spans(raw, (55, 95), 6)) == pytest.approx(4, abs=0.5)


def test_a_noisy_electrode_is_found_beside_quiet_ones():
    raw, _ = quiet(0.5, planted="a noisy electrode")
    done = clean(raw, **FILTERS_ONLY)
    assert set(done.account["BadChannels"]) == {"CP5"}
    assert "high-frequency noise" in done.account["BadChannels"]["CP5"]


@pytest.mark.long_but("0.5-<lambda>0")
@pytest.mark.parametrize(
    "made",
    [
        lambda raw: raw.filter(0.5, 45, verbose="error"),
        lambda raw: raw.filter(1, 40, verbose="error"),
        lambda raw: raw.resample(128, method="polyphase", verbose="error"),
        lambda raw: raw.resample(128, method="polyphase", verbose="error").resample(500, verbose="error"),
    ],
)
@pytest.mark.parametrize("noise_uv", [0.5, 3.0])
def test_what_a_recording_does_not_reach_is_not_judged_and_not_zero(made, noise_uv):
    raw, _ = quiet(noise_uv, planted="bursts")
    done = clean(made(raw), **FILTERS_ONLY)
    assert done.account["MuscleSeconds"] is None and done.account["MuscleBandHz"] is None
    assert windows_touched(done) == 0
    assert not [why for why in done.account["BadChannels"].values() if "noise" in why]


@pytest.mark.parametrize(
    ("sfreq", "recorded", "highest", "expected"),
    [(250, 500, None, 125), (250, 128, None, 57.6), (250, 160, None, 72), (250, 500, 49.5, None)],
)
def test_high_frequency_noise_is_judged_as_far_as_the_recording_reaches(sfreq, recorded, highest, expected):
    assert highest_noise(sfreq, recorded, highest) == expected
    assert highest_noise(100, 500, None) is None


@pytest.mark.long
def test_noise_above_50_hz_does_not_count_where_nothing_was_recorded_there():
    raw, _ = quiet(0.5, sfreq=250.0)
    raw._data[3] += 40e-6 * np.random.default_rng(3).standard_normal(raw.n_times)
    assert "high-frequency noise" in bad_channels(raw)["AF4"]
    assert "high-frequency noise" not in bad_channels(raw, noise_to_hz=None).get("AF4", "")


def test_the_least_burst_is_three_microvolts_whatever_the_band():
    rng = np.random.default_rng(1)
    for band in ((55, 95), (65, 72)):
        found = []
        for uv in (2.0, 4.0):  # RMS from 55 to 95 Hz
            data = 0.1e-6 * rng.standard_normal((16, 250 * 60))
            data[:8, 5000:6000] += uv * 1e-6 * (125 / 40) ** 0.5 * rng.standard_normal((8, 1000))
            raw = mne.io.RawArray(data, mne.create_info(16, 250.0, "eeg"), verbose="error")
            found.append(sum(b - a for a, b in muscle_spans(raw, band, 6)))
        assert found[0] < 1.5 and found[1] > 2.5


def test_mains_that_the_config_does_not_name_are_removed_where_they_are():
    raw, _ = quiet(0.5)
    raw._data += 20e-6 * np.sin(2 * np.pi * 60 * raw.times)
    done = clean(raw, **FILTERS_ONLY)
    assert done.account["MainsHz"] == 60 and done.account["NotchHz"] == [60.0, 120.0]
    assert (
        done.account["RecordedMainsHz"] == [60.0]
        and site_spectra(done.spectra, done.account, ROIS).line_noise_db > 20
    )
    assert done.account["MuscleBandHz"] == [65.0, 95.0]
    assert clean(quiet(0.5, mains_uv=20.0)[0], **FILTERS_ONLY).account["NotchHz"] == [50.0, 100.0]
