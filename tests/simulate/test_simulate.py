"""The simulator's truth holds: its formulas against brute force, its files against what was asked for."""

from datetime import UTC, datetime

import numpy as np
import pytest
from scipy.special import ive

from interbrain.clocks import align
from interbrain.formats import mark_gaps, read_recording, read_triggers
from interbrain.simulate import (
    CHANNELS,
    DIFFUSION,
    Artifacts,
    Member,
    attenuation,
    concentration,
    coupled_phases,
    plv_in_band,
    simulate_dyad,
)

BANDS = {"theta": [4, 7], "alpha": [8, 12]}


def locking(phases):
    return abs(np.exp(1j * (phases[0] - phases[1])).mean())


@pytest.mark.parametrize("plv", [0.3, 0.6, 0.85])
def test_coupled_oscillators_have_the_stated_plv(plv):
    """The difference forgets itself within 1 / (2 kappa D), so T seconds hold about kappa D T values."""
    duration, kappa = 800, concentration(plv)
    assert ive(1, kappa) / ive(0, kappa) == pytest.approx(plv, abs=1e-9)
    found = locking(coupled_phases(duration * 250, 250, 10, plv, np.random.default_rng(5)))
    error = np.sqrt((1 - plv**2) / (kappa * DIFFUSION * duration))
    assert error < 0.03
    assert abs(found - plv) < 3 * error


def test_uncoupled_oscillators_have_none():
    """Without coupling the difference forgets itself within 1 / (2 D): T seconds hold D T values."""
    found = locking(coupled_phases(400 * 250, 250, 10, 0, np.random.default_rng(5)))
    assert found < 3 / np.sqrt(DIFFUSION * 400)


def test_oscillators_run_at_their_frequency_with_their_diffusion():
    phases = coupled_phases(400 * 250, 250, 10, 0, np.random.default_rng(6))
    steps = np.diff(phases, axis=1)
    assert np.allclose(steps.mean(axis=1) * 250 / (2 * np.pi), 10, atol=3 * np.sqrt(2 * DIFFUSION / 400) / 6)
    assert np.allclose(steps.var(axis=1) * 250 / 2, DIFFUSION, rtol=0.02)


@pytest.mark.parametrize("plv", [-0.1, 0.99, 1.0])
def test_a_plv_that_cannot_be_simulated_is_refused(plv):
    with pytest.raises(ValueError, match=r"between 0 and 0\.99"):
        concentration(plv)


@pytest.mark.parametrize("snr", [0.25, 1, 4, 16])
def test_attenuation_equals_what_gaussian_noise_leaves_of_a_phase(snr):
    rng = np.random.default_rng(2)
    noise = (rng.standard_normal(200_000) + 1j * rng.standard_normal(200_000)) / np.sqrt(2)  # power 1
    left = np.exp(1j * np.angle(np.sqrt(snr) + noise)).mean().real
    assert attenuation(snr) == pytest.approx(left, abs=4 / np.sqrt(200_000))


def test_attenuation_of_the_methods_table():
    """METHODS at kappa 2: .601 at SNR 4 and .352 at SNR 1, both sensors alike."""
    source = ive(1, 2.0) / ive(0, 2.0)
    assert source * attenuation(4.0) ** 2 == pytest.approx(0.601, abs=0.001)
    assert source * attenuation(1.0) ** 2 == pytest.approx(0.352, abs=0.001)


def test_a_band_filter_keeps_slow_coupling_and_no_lag_counts_as_none():
    times = np.arange(250 * 60) / 250
    steady = 2 * np.pi * 10 * times
    everywhere = np.ones(len(times), bool)
    assert plv_in_band(np.stack([steady, steady]), 250, [8, 12], everywhere) == pytest.approx(1, abs=1e-3)
    apart = 2 * np.pi * 10.5 * times
    assert plv_in_band(np.stack([steady, apart]), 250, [8, 12], everywhere) < 0.05


def simulated(folder, seed=3, **client):
    paths = folder / "t.Poly5", folder / "c.Poly5"
    truth = simulate_dyad(
        *paths,
        plv={"theta": 0.0, "alpha": 0.6},
        frequencies={"theta": 5.5, "alpha": 10},
        bands=BANDS,
        rois={"frontal": ["F3", "Fz"], "central": ["Cz"]},
        therapist=Member(),
        client=Member(**client),
        duration_s=60,
        sfreq=500,
        line_frequency=50,
        same_room=True,
        start=datetime(2018, 11, 5, 10),
        seed=[seed],
    )
    raws = [
        read_recording(p, channel_names={f"ExG{i:02d}": n for i, n in enumerate(CHANNELS, 1)}).raw
        for p in paths
    ]
    return truth, raws, paths


def test_the_same_seed_writes_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
    truth, _, paths = simulated(tmp_path / "a")
    again, _, other_paths = simulated(tmp_path / "b")
    assert truth == again
    assert [p.read_bytes() for p in paths] == [p.read_bytes() for p in other_paths]


def test_files_hold_the_clock_the_gap_and_the_missed_pulse_that_were_asked_for(tmp_path):
    truth, raws, _ = simulated(
        tmp_path, offset_s=-1.25, drift_ppm=400, lost_at_s=30, lost_s=1.5, missed_pulse=2
    )
    therapist, client = raws
    assert therapist.n_times == 30_000 and client.n_times == 30_000 - 750
    whole = mark_gaps(client)
    assert whole.n_times == 30_000
    assert [(a["onset"], a["duration"]) for a in whole.annotations] == [(30.0, 1.5)]
    pulses = [read_triggers(r, channel="Digi") for r in (therapist, whole)]
    fit = align(*pulses)
    assert fit.offset == pytest.approx(-1.25, abs=0.003)
    assert fit.drift_ppm == pytest.approx(400, abs=4 * fit.drift_error_ppm)
    assert fit.n_matched < len(pulses[0])
    # The client's clock shows less at the same instant: its recording began later.
    assert client.info["meas_date"] == datetime(2018, 11, 5, 10, 0, 1, tzinfo=UTC)
    assert truth["bands"]["theta"]["expected_plv"] == 0
    assert 0.3 < truth["bands"]["alpha"]["expected_plv"] < 0.6
    assert np.abs(raws[0].get_data(picks=["Fz"])).max() < 25e-3  # electrode potentials of millivolts


def test_planted_times_are_the_amplifiers_own_behind_lost_samples_too(tmp_path):
    steps = Artifacts(steps=("Pz",))
    lost = {"offset_s": 5, "drift_ppm": 400, "lost_at_s": 1, "lost_s": 1.5}
    truth, raws, _ = simulated(tmp_path, artifacts=steps, **lost)
    assert truth["planted"]["therapist"] == []
    (step,) = truth["planted"]["client"]
    assert step["onset_s"] > 2.5
    jumps = np.abs(np.diff(mark_gaps(raws[1]).get_data(picks=["Pz"])[0]))
    jumps[: round(2.6 * 500)] = 0  # the bridged gap
    assert (jumps.argmax() + 1) / 500 == pytest.approx(step["onset_s"], abs=1e-6)
    assert jumps.max() == pytest.approx(abs(step["amplitude_uv"]) * 1e-6, rel=0.05)


def test_expected_plv_is_the_attenuated_plv_of_the_oscillators_in_the_band(tmp_path):
    """Independent of the sum in simulate_dyad: SNR per channel is nearly the same, so one number will do."""
    truth, _, _ = simulated(tmp_path)
    alpha = truth["bands"]["alpha"]
    source = alpha["expected_plv"] / (attenuation(alpha["snr_therapist"]) * attenuation(alpha["snr_client"]))
    # Planted .6; the filter makes it about .65; 60 s of it scatter by .05.
    assert source == pytest.approx(0.65, abs=0.1)
