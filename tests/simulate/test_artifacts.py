"""Each artefact is where, when and as strong as the truth says, and touches nothing else."""

import json
from dataclasses import replace

import numpy as np
import pytest
from scipy.signal import welch

from interbrain.simulate import (
    CHANNELS,
    Artifacts,
    Member,
    faults_of,
    in_words,
    simulate_pair,
    simulate_recording,
)
from interbrain.simulate.artifacts import MUSCLES, additive
from interbrain.simulate.heads import electrode_positions

SFREQ, DURATION = 500, 40
EVERYTHING = Artifacts(
    blinks_per_minute=14,
    saccades_per_minute=6,
    muscle_bursts_per_minute=6,
    heart_uv=10,
    drift_uv=200,
    steps=("C4", "C4", "PO3"),
    flat=("O1",),
    noisy=("T8",),
    loose=("P8",),
    bridged=(("P3", "P7"),),
)
NOTHING = {"background", "theta", "alpha", "mains", "electrodes", "amplifier"}
WHOLE = ("P3", "P7", "O1", "P8")  # channels of which a fault changes every part


def recording(artifacts=None, **member):
    chosen = Artifacts() if artifacts is None else artifacts
    return simulate_recording(Member(artifacts=chosen, **member), seed=[8], duration_s=DURATION)


def of(kind, truth):
    return [p for p in truth["planted"] if p["kind"] == kind]


def span(event):
    first = round(event["onset_s"] * SFREQ)
    return slice(first, first + round(event["duration_s"] * SFREQ))


def row(part, channel):
    return part[CHANNELS.index(channel)]


def rms(x):
    return np.sqrt(np.mean(x**2))


@pytest.fixture(scope="module")
def plain():
    return recording()


@pytest.fixture(scope="module")
def full():
    return recording(EVERYTHING)


def test_nothing_is_planted_that_was_not_asked_for(plain):
    assert set(plain.parts) == NOTHING
    assert plain.truth["planted"] == []


def test_a_recording_is_the_sum_of_its_parts(full):
    assert set(full.parts) - NOTHING == {
        *("blinks", "saccades", "muscle", "heart", "drift", "steps", "noisy", "loose")
    }
    assert np.allclose(full.raw.get_data(), sum(full.parts.values()), atol=1e-12)


def test_the_truth_can_be_written_as_json(full):
    assert json.loads(json.dumps(full.truth, allow_nan=False)) == full.truth


def test_the_same_seed_gives_the_same_artefacts(full):
    again = recording(EVERYTHING)
    assert again.truth == full.truth
    assert np.array_equal(again.raw.get_data(), full.raw.get_data())


@pytest.mark.long_but("blinks_per_minute", "steps")
@pytest.mark.parametrize(
    "off",
    [
        *({name: 0.0} for name in ("blinks_per_minute", "saccades_per_minute", "muscle_bursts_per_minute")),
        *({name: 0.0} for name in ("heart_uv", "drift_uv")),
        *({name: ()} for name in ("steps", "flat", "noisy", "loose", "bridged")),
    ],
    ids=lambda off: next(iter(off)),
)
def test_without_one_artefact_all_others_stay_as_they_were(full, off):
    """Flat, loose and bridged channels lose their own signal: there every part may differ."""
    other = recording(replace(EVERYTHING, **off))
    kept = [CHANNELS.index(c) for c in CHANNELS if c not in WHOLE]
    for name in set(full.parts) & set(other.parts):
        assert np.array_equal(full.parts[name][kept], other.parts[name][kept]), name
    left = [p for p in full.truth["planted"] if p in other.truth["planted"]]
    assert left == other.truth["planted"]
    assert len(left) < len(full.truth["planted"])
    assert other.truth["snr"] == full.truth["snr"]


def test_blinks_are_where_the_truth_says_and_strongest_above_the_eyes(full):
    part, events = full.parts["blinks"], of("blink", full.truth)
    rest = np.ones(part.shape[1], bool)
    for event in events:
        assert event["channels"] == ["Fp1", "Fp2"]
        assert 0.2 < event["duration_s"] < 0.42
        peak = row(part, "Fp1")[span(event)].max()
        assert peak == pytest.approx(event["amplitude_uv"] * 1e-6, rel=1e-4)
        rest[span(event)] = False
    assert len(events) > 3
    assert not part[:, rest].any()
    share = {c: row(part, c).max() / row(part, "Fp1").max() for c in CHANNELS}
    assert share["Fp2"] > 0.9
    for names, low, high in ((("AF3", "AF4"), 0.35, 0.65), (("F3", "Fz", "F4", "F7", "F8"), 0.1, 0.35)):
        assert all(low < share[c] < high for c in names)
    assert all(abs(share[c]) < 0.1 for c in ("C3", "Cz", "Pz", "P8", "O2"))


def test_events_come_at_their_rate_and_do_not_overlap():
    minutes, rate = 40, 14
    asked = Artifacts(blinks_per_minute=rate)
    _, planted = additive(
        asked, electrode_positions(), minutes * 60 * 50, 50, np.random.default_rng(3)
    )  # at 50 Hz
    assert abs(len(planted) - minutes * rate) < 4 * np.sqrt(minutes * rate)
    onsets = np.array([p["onset_s"] for p in planted])
    ends = onsets + [p["duration_s"] for p in planted]
    assert (onsets[1:] > ends[:-1]).all() and ends[-1] <= minutes * 60


def test_a_look_to_the_right_is_positive_at_f8_and_negative_at_f7(full):
    events = of("saccade", full.truth)
    assert len(events) > 1
    for event in events:
        right, left = (row(full.parts["saccades"], c)[span(event)] for c in ("F8", "F7"))
        middle = len(right) // 2
        assert right[middle] == pytest.approx(event["amplitude_uv"] * 1e-6, rel=0.05)
        assert left[middle] == pytest.approx(-right[middle], rel=0.05)
        assert abs(row(full.parts["saccades"], "Cz")[span(event)]).max() < 0.05 * abs(right[middle])


def test_a_muscle_burst_is_focal_broadband_and_of_the_stated_rms(full):
    part, events = full.parts["muscle"], of("muscle", full.truth)
    rest = np.ones(part.shape[1], bool)
    for event in events:
        burst = part[:, span(event)]
        level = np.sqrt(np.mean(burst**2, axis=1)) * 1e6
        assert level.max() == pytest.approx(event["amplitude_uv"], rel=1e-3)
        assert set(MUSCLES[event["muscle"]]) <= set(event["channels"])
        assert level[[CHANNELS.index(c) for c in ("Cz", "Pz")]].max() < 0.01 * level.max()
        frequency, power = welch(burst[level.argmax()], SFREQ, nperseg=min(250, burst.shape[1]))
        assert power[(frequency > 20) & (frequency < 150)].sum() > 0.9 * power.sum()
        assert power[(frequency > 100) & (frequency < 140)].mean() > power[frequency < 14].mean() * 10
        # One source, one field.
        assert np.linalg.matrix_rank(burst / level.max(), tol=1e-6 * np.sqrt(burst.shape[1])) == 1
        assert 20 <= event["amplitude_uv"] <= 80 and 0.5 <= event["duration_s"] <= 3
        rest[span(event)] = False
    assert len(events) > 1
    assert not part[:, rest].any()


def test_the_heart_beats_everywhere_with_a_field_of_mean_zero(full):
    part, (event,) = full.parts["heart"], of("heart", full.truth)
    whole = [CHANNELS.index(c) for c in CHANNELS if c not in WHOLE]
    train = part[np.abs(part).max(axis=1).argmax()] * 1e6
    assert np.abs(train).max() == pytest.approx(event["amplitude_uv"], rel=0.02)
    beats = np.flatnonzero(np.diff((np.abs(train) > 5).astype(int)) == 1)
    assert 55 - 5 < 60 * len(beats) / DURATION < 75 + 5
    assert abs(part[whole].sum()) < np.abs(part[whole]).sum()


def test_drift_is_slow_and_of_the_stated_rms(full):
    drift = row(full.parts["drift"], "Cz")
    assert rms(drift) == pytest.approx(200e-6, rel=1e-6)
    power = np.abs(np.fft.rfft(drift)) ** 2
    frequency = np.fft.rfftfreq(len(drift), 1 / SFREQ)
    assert power[frequency > 0.31].sum() < 1e-12 * power.sum()


def test_a_step_jumps_at_its_time_and_decays(full):
    events = of("step", full.truth)
    assert [e["channels"] for e in events] == [["C4"], ["C4"], ["PO3"]]
    event = events[-1]
    signal, first = row(full.parts["steps"], "PO3"), round(event["onset_s"] * SFREQ)
    assert not signal[:first].any()
    assert signal[first] == pytest.approx(event["amplitude_uv"] * 1e-6, rel=1e-4)
    assert 500 <= abs(event["amplitude_uv"]) <= 5000
    later = first + round(event["duration_s"] * SFREQ)
    assert signal[later] / signal[first] == pytest.approx(np.exp(-1), rel=0.01)
    elsewhere = [i for i, c in enumerate(CHANNELS) if c not in ("C4", "PO3")]
    assert not full.parts["steps"][elsewhere].any()


def test_a_flat_channel_does_not_change_at_all(full):
    assert np.ptp(full.raw.get_data(picks=["O1"])) == 0


def test_a_noisy_channel_keeps_its_signal_under_noise_of_the_stated_rms(plain, full):
    (event,) = of("noisy", full.truth)
    noise = row(full.parts["noisy"], "T8")
    assert rms(noise) == pytest.approx(event["amplitude_uv"] * 1e-6, rel=0.02)
    _, power = welch(noise, SFREQ)
    assert power[2:-2].max() < 2 * power[2:-2].min()  # white
    assert np.array_equal(row(full.parts["background"], "T8"), row(plain.parts["background"], "T8"))


def test_a_loose_channel_holds_nothing_of_the_head(plain, full):
    (event,) = of("loose", full.truth)
    assert rms(row(full.parts["loose"], "P8")) == pytest.approx(event["amplitude_uv"] * 1e-6, rel=1e-4)
    for name in ("background", "theta", "alpha", "blinks", "muscle", "steps"):
        assert not row(full.parts[name], "P8").any()
    assert np.array_equal(row(full.parts["mains"], "P8"), row(plain.parts["mains"], "P8"))


def test_bridged_channels_hold_their_mean_and_differ_by_the_amplifiers_noise(plain, full):
    p3, p7 = full.raw.get_data(picks=["P3", "P7"])
    assert rms(p3 - p7) == pytest.approx(np.sqrt(2) * 0.3e-6, rel=0.05)
    both = [CHANNELS.index(c) for c in ("P3", "P7")]
    assert np.allclose(row(full.parts["alpha"], "P3"), plain.parts["alpha"][both].mean(axis=0), atol=1e-15)


def test_every_amplifier_has_noise_of_its_own(plain):
    noise = plain.parts["amplifier"]
    assert np.allclose(noise.std(axis=1), 0.3e-6, rtol=0.03)
    assert np.abs(np.corrcoef(noise) - np.eye(len(CHANNELS))).max() < 0.05


def test_mains_have_the_stated_amplitude_at_a_gain_for_each_channel():
    one, strong = (recording(mains_uv=level).parts["mains"] for level in (6, 300))
    assert np.allclose(strong, 50 * one)
    height = np.abs(strong).max(axis=1) / 300e-6
    assert height.min() > 0.49 and height.max() < 1.51 and np.ptp(height) > 0.5


def test_artefacts_do_not_change_the_plv_to_be_expected():
    asked = {"plv": {"theta": 0.3, "alpha": 0.6}, "seed": [4], "duration_s": 30}
    plain = simulate_pair(**asked)
    full = simulate_pair(Member(artifacts=EVERYTHING), Member(artifacts=EVERYTHING), **asked)
    for one, other in zip(plain, full, strict=True):
        assert one.truth["expected_plv"] == other.truth["expected_plv"]
        assert one.truth["snr"] == other.truth["snr"]
        assert np.array_equal(row(one.parts["alpha"], "Cz"), row(other.parts["alpha"], "Cz"))
    # Two people do not blink together.
    assert full[0].truth["planted"] != full[1].truth["planted"]


def test_two_recordings_in_memory_are_locked_as_stated():
    """The source's own PLV over 200 s scatters by less than .05 (test_simulate)."""
    pair = simulate_pair(plv={"theta": 0.0, "alpha": 0.8}, seed=[2], duration_s=200)
    waves = [np.fft.rfft(row(r.parts["alpha"], "Cz")) for r in pair]
    analytic = []
    for wave in waves:
        wave[0] = 0
        analytic.append(np.fft.ifft(np.concatenate([wave[:-1], np.zeros(len(wave) - 1)])))
    locked = abs(np.mean(np.exp(1j * (np.angle(analytic[0]) - np.angle(analytic[1])))))
    assert locked == pytest.approx(0.8, abs=0.05)
    assert 0.4 < pair[0].truth["expected_plv"]["alpha"] < 0.8
    assert pair[0].truth["expected_plv"]["theta"] == 0


def test_a_recording_in_memory_has_no_clock_of_its_own():
    with pytest.raises(ValueError, match="use simulate_dyad"):
        simulate_recording(Member(offset_s=1.0), seed=[1], duration_s=20)


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"flat": ["Xz"]}, "no channel is called Xz"),
        ({"flat": ["O1"], "noisy": ["O1"]}, "O1 can have only one fault"),
        ({"bridged": [["P3", "P7"], ["P3", "Pz"]]}, "P3 can have only one fault"),
        ({"bridged": [["P3"]]}, "a bridge joins two channels"),
        ({"loose": ["P3"], "steps": ["P3"]}, "a step at P3 would not be seen"),
        ({"muscles": ["tongue"]}, "no muscle is called tongue"),
    ],
)
def test_faults_that_contradict_each_other_are_refused(asked, said):
    with pytest.raises(ValueError, match=said):
        Artifacts(**asked)


def test_a_cell_of_faults_is_read_as_it_is_written():
    assert faults_of("") == {}
    assert faults_of("noisy T8;flat O1 O2; bridge P3-P7 ; steps C4 C4 PO3") == {
        "noisy": ["T8"],
        "flat": ["O1", "O2"],
        "bridged": [["P3", "P7"]],
        "steps": ["C4", "C4", "PO3"],
    }


def test_what_was_planted_is_said_in_one_line(full):
    assert in_words([]) == "none"
    said = in_words(full.truth["planted"])
    assert said.startswith(f"{len(of('blink', full.truth))} blinks; ")
    first, second, third = (e["onset_s"] for e in of("step", full.truth))
    assert f"step at C4 {first:.1f} s; step at C4 {second:.1f} s; step at PO3 {third:.1f} s" in said
    assert said.endswith("; noisy T8; loose P8; flat O1; bridge P3-P7")
    assert "; heart; drift; " in said


@pytest.mark.long
def test_components_of_the_planted_eyes_and_muscle_are_recognised():
    """Picard and ICLabel, as cleaning uses them, on a recording of one person with one busy muscle."""
    import mne
    from mne.preprocessing import ICA
    from mne_icalabel.iclabel import iclabel_label_components

    from interbrain.cleaning.components import OWN_DENSITY, TOLERANCE
    from interbrain.cleaning.topographies import interpolated_at_once

    asked = Artifacts(blinks_per_minute=14, muscle_bursts_per_minute=8, muscles=("right temporalis",))
    made = simulate_recording(Member(artifacts=asked), seed=[5], duration_s=60, sfreq=250)
    raw = made.raw.set_montage("colin27_1005").notch_filter([50, 100], verbose="error")
    raw.filter(1, 100, verbose="error").set_eeg_reference("average", verbose="error")
    how = {"extended": True, "ortho": False, "tol": TOLERANCE, **OWN_DENSITY}
    ica = ICA(20, method="picard", fit_params=how, random_state=1, max_iter=500).fit(raw, verbose="error")
    with interpolated_at_once():
        labels = iclabel_label_components(raw, ica, inplace=False, backend="onnx").argmax(axis=1)
    sources = ica.get_sources(raw).get_data()
    for part, channel, label in (("blinks", "Fp1", 2), ("muscle", "T8", 1), ("alpha", "Fz", 0)):
        planted = mne.filter.filter_data(row(made.parts[part], channel), 250, 1, 100, verbose="error")
        alike = [abs(np.corrcoef(planted, source)[0, 1]) for source in sources]
        assert labels[np.argmax(alike)] == label, part
