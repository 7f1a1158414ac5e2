"""The mains hum in two recordings tells how far their clocks drift apart, or that it cannot."""

import re

import mne
import numpy as np
import pytest
from scipy.signal import lfilter

from interbrain.clocks.doubts import alpha_lost_percent
from interbrain.clocks.hum import drift_by_hum
from interbrain.clocks.runs import SessionRun
from interbrain.clocks.session import tie_session
from interbrain.formats.hum import hum_phasors
from interbrain.formats.survey import Survey

SECONDS, SFREQ = 180, 250
LIMITS = {
    **{"max_residual_ms": 10, "max_drift_error_ppm": 100, "max_drift_ppm": 1500},
    "accept_header_time": False,
}


def grid(seed, hz=50.0, wander_hz=0.02, memory_s=120.0):
    """Phase of a mains whose frequency wanders, in cycles by true time."""
    rng = np.random.default_rng(seed)
    step, n = 0.1, 10 * (SECONDS + 20)
    keeps = 1 - step / memory_s
    pushes = wander_hz * np.sqrt(1 - keeps**2) * rng.standard_normal(n)
    pushes[0] = wander_hz * rng.standard_normal()
    cycles = np.cumsum(hz + lfilter([1], [1, -keeps], pushes)) * step
    return lambda true: (
        np.interp(true + 5, step * np.arange(n), cycles - hz * step * np.arange(n)) + hz * true
    )


def recorded(seed, mains, drift_ppm=0.0, hum_uv=5.0, sfreq=SFREQ, lost=(0.0, 0.0)):
    """What an amplifier with such a clock records of the mains, in noise; `lost`: from when, and how long."""
    rng = np.random.default_rng(seed)
    shown = np.arange(int(SECONDS * sfreq)) / sfreq
    true = shown / (1 + drift_ppm * 1e-6)
    true = true + lost[1] * (true > lost[0])
    sizes = hum_uv * rng.uniform(0.3, 2, (4, 1))
    data = sizes * np.sin(2 * np.pi * mains(true)) + 2 * rng.standard_normal((4, len(shown)))
    return hum_phasors(mne.io.RawArray(1e-6 * data, mne.create_info(4, sfreq, "eeg"), verbose="error"))


@pytest.mark.parametrize("drift_ppm", [0.0, 12.0, 468.0, -1200.0])
@pytest.mark.parametrize("hz", [50.0, 60.0])
def test_the_hum_of_one_grid_gives_the_drift_however_its_frequency_wanders(drift_ppm, hz):
    mains = grid(1, hz)
    found = drift_by_hum(recorded(2, mains), recorded(3, mains, drift_ppm))
    assert found.hz == hz
    assert found.ppm == pytest.approx(drift_ppm, abs=2)


@pytest.mark.parametrize("more_ppm", [1.33, 5.0, 12.0])
def test_what_one_clock_drifts_more_is_seen_to_a_tenth_of_a_ppm(more_ppm):
    mains = grid(1)
    one, more = (drift_by_hum(recorded(2, mains), recorded(3, mains, ppm)) for ppm in (1.0, more_ppm))
    assert more.ppm - one.ppm == pytest.approx(more_ppm - 1, abs=0.1)


def test_amplifiers_of_different_rates_may_be_compared():
    mains = grid(4)
    found = drift_by_hum(recorded(5, mains), recorded(6, mains, 33.0, sfreq=256.5))
    assert found.ppm == pytest.approx(33, abs=4)


def test_two_grids_do_not_pass_for_one():
    for seed in range(6):
        here, there = recorded(7, grid(2 * seed)), recorded(8, grid(2 * seed + 1))
        assert drift_by_hum(here, there) is None


def test_without_hum_in_one_of_them_nothing_is_measured():
    mains = grid(9)
    assert drift_by_hum(recorded(10, mains), recorded(11, mains, hum_uv=0.0)) is None
    assert drift_by_hum({}, recorded(10, mains)) is None


@pytest.mark.parametrize("lost_s", [0.1037, 0.507, 2.013])
def test_lost_samples_are_a_step_of_the_phase_and_no_drift(lost_s):
    mains = grid(12)
    assert drift_by_hum(recorded(13, mains), recorded(14, mains, lost=(80.0, lost_s))) is None


def test_a_recording_too_short_to_show_that_the_hum_keeps_step_gives_nothing():
    mains = grid(15)
    here, there = ({hz: z[:60] for hz, z in recorded(s, mains).items()} for s in (16, 17))
    assert drift_by_hum(here, there) is None


def test_a_recording_too_slow_for_the_mains_or_without_eeg_has_no_hum():
    slow = mne.io.RawArray(np.ones((1, 6000)), mne.create_info(1, 100, "eeg"), verbose="error")
    trigger = mne.io.RawArray(np.ones((1, 6000)), mne.create_info(1, 500, "stim"), verbose="error")
    assert hum_phasors(slow) == hum_phasors(trigger) == {}


@pytest.mark.parametrize(("hum_uv", "said"), [
    (5.0, r"by the 50-Hz mains hum in both recordings, .* drift apart by 46[789]\.\d ppm .* 84 ms apart"),
    (0.0, "the mains hum in the recordings does not show the drift either"),
])  # fmt: skip
def test_a_tie_of_unknown_drift_says_what_the_hum_shows_and_corrects_nothing(hum_uv, said):
    mains = grid(18)
    hums = recorded(19, mains, hum_uv=hum_uv), recorded(20, mains, 468.0, hum_uv=hum_uv)
    pair = (
        Survey(name, "x", SFREQ, float(SECONDS), ("Fz",), hum=hum)
        for name, hum in zip("tc", hums, strict=True)
    )
    (tie,) = tie_session([SessionRun("pre", *pair, "shared_start")], limits=LIMITS)
    assert (tie.drift_from, tie.fit.drift_ppm) == ("unknown", 0)
    assert re.search(said, tie.notes[-1])


@pytest.mark.parametrize(("lag_s", "left"), [(0.0, 100), (0.01, 99.7), (0.04, 96), (0.1, 79)])
def test_what_a_lag_leaves_of_alpha_plv_is_what_the_documentation_states(lag_s, left):
    assert 100 - alpha_lost_percent(lag_s) == pytest.approx(left, abs=0.5 if left < 99 else 0.1)
