"""A simulated session's truth holds: its bodies, its events and the coupling within them, also in files."""

from datetime import datetime

import numpy as np
import pandas as pd
import pytest
from scipy.signal import find_peaks
from scipy.special import ive

from interbrain.formats import read_recording
from interbrain.problems import InterbrainError
from interbrain.simulate import (
    CHANNELS,
    DIFFUSION,
    Bodies,
    Coupling,
    Event,
    Member,
    Session,
    concentration,
    coupled_phases,
    coupled_series,
    expected_correlation,
    kappa,
    planted_events,
    second_coder,
    simulate_dyad,
)
from interbrain.simulate.bodies import two_bodies
from interbrain.simulate.events import APART_S, EDGE_S, during
from interbrain.simulate.found import planted_and_found

COUPLINGS = {"eda": Coupling(0.8, 2.0), "ibi": Coupling(0.7, -1.5), "motion": Coupling(0.8, 1.0)}
RATE = 4  # Hz, at which series are compared here


def lagged(x, y, most_s):
    """Correlation of x with y that many samples later, by lag."""
    most = round(most_s * RATE)
    n = len(x)
    return {
        k / RATE: np.corrcoef(x[max(-k, 0) : n - max(k, 0)], y[max(k, 0) : n + min(k, 0)])[0, 1]
        for k in range(-most, most + 1)
    }


def intervals(beats, grid):
    return np.interp(grid, beats[1:], np.diff(beats))


@pytest.fixture(scope="module")
def long_bodies():
    """Two bodies over five hours, brought to `RATE`."""
    one, other = two_bodies(Bodies(COUPLINGS), 0, 5 * 3600, np.random.default_rng(3))
    grid = np.arange(20, 5 * 3600 - 20, 1 / RATE)
    return {
        "eda": [np.interp(grid, body.times, body.eda) for body in (one, other)],
        "ibi": [intervals(body.beats, grid) for body in (one, other)],
        "motion": [np.interp(grid, body.times, body.envelope) for body in (one, other)],
    }


@pytest.mark.parametrize("kind", list(COUPLINGS))
def test_bodies_have_the_planted_correlation_at_the_planted_lag(long_bodies, kind):
    """In five hours the correlation's standard error is at most .02; a heart's series has steps of a beat."""
    found, planted = lagged(*long_bodies[kind], 5), COUPLINGS[kind]
    best = max(found, key=found.get)
    assert best == pytest.approx(planted.lag_s, abs=0.25)
    assert found[best] == pytest.approx(expected_correlation(kind, planted), abs=0.06)


def test_at_another_lag_a_series_keeps_what_its_own_memory_leaves():
    x, y = coupled_series(200_000, RATE, Coupling(0.6, 2.0), 2.0, np.random.default_rng(1))
    found, own = lagged(x, y, 6), lagged(x, x, 8)
    assert x.std() == pytest.approx(1, abs=0.02) and y.mean() == pytest.approx(0, abs=0.03)
    for lag in (-4.0, 0.0, 2.0, 5.0):
        assert found[lag] == pytest.approx(0.6 * own[abs(lag - 2.0)], abs=0.02)


def test_complementary_bodies_have_a_negative_correlation():
    one, other = two_bodies(Bodies({"eda": Coupling(-0.7)}), 0, 5 * 3600, np.random.default_rng(4))
    found = np.corrcoef(one.eda, other.eda)[0, 1]
    assert expected_correlation("eda", Coupling(-0.7)) < -0.5
    assert found == pytest.approx(expected_correlation("eda", Coupling(-0.7)), abs=0.06)


def test_without_coupling_bodies_have_nothing_in_common():
    one, other = two_bodies(Bodies(), 0, 5 * 3600, np.random.default_rng(5))
    for series in ("eda", "envelope"):
        assert abs(np.corrcoef(getattr(one, series), getattr(other, series))[0, 1]) < 0.06
    assert Coupling().leader == ""
    assert [Coupling(0.5, lag).leader for lag in (2, -2, 0)] == ["therapist", "client", "nobody"]


def test_settling_in_alike_looks_like_coupling_and_is_none():
    """The trap: the course is common, and what is left without it is not.

    The variance of exp(-t/200) over 600 s is .066: with 2.5 times it and an SD of .43 of either's own series,
    .41 of .59 are common.
    """
    level, left = [], []
    for seed in range(8):
        one, other = two_bodies(Bodies(settling=True), 0, 600, np.random.default_rng(seed))
        level.append(np.corrcoef(one.eda, other.eda)[0, 1])
        course = 2.5 * np.exp(-one.times / 200)
        left.append(np.corrcoef(one.eda - course, other.eda - course)[0, 1])
    assert np.mean(level) == pytest.approx(0.69, abs=0.1)
    assert abs(np.mean(left)) < 0.2


def test_a_correlation_that_cannot_be_simulated_is_refused():
    with pytest.raises(InterbrainError, match="between -1 and 1"):
        Coupling(1.0)


def test_coupling_within_events_reaches_its_closed_form_and_ends_with_them():
    """Seconds after a change are left out: the difference needs tenths of one to reach its distribution."""
    sfreq, inner, outer = 250, 0.85, 0.3
    times = np.arange(1600 * sfreq) / sfreq
    events = [Event(at, 40, "rupture") for at in range(20, 1600, 80)]
    inside = during(times, events)
    plv = Session(events, {"alpha": inner}).source_plv(times, "alpha", outer)
    phases = coupled_phases(len(times), sfreq, 10, plv, np.random.default_rng(7))
    settled = (times - 20) % 40 > 1
    for level, where in ((inner, inside & settled), (outer, ~inside & settled & (times > 20))):
        k = concentration(level)
        assert ive(1, k) / ive(0, k) == pytest.approx(level, abs=1e-9)
        found = abs(np.exp(1j * (phases[0] - phases[1]))[where].mean())
        error = np.sqrt((1 - level**2) / (k * DIFFUSION * where.sum() / sfreq))
        assert error < 0.03
        assert abs(found - level) < 3 * error


def test_coupling_that_does_not_change_gives_the_very_numbers_of_one_level():
    one, other = (
        coupled_phases(5000, 250, 10, plv, np.random.default_rng(8)) for plv in (0.6, np.full(5000, 0.6))
    )
    assert np.array_equal(one, other)


def test_planted_events_lie_apart_within_the_session_and_are_irregular():
    events = planted_events("rupture", 8, (15, 20), 600, np.random.default_rng(1))
    onsets, stops = (np.array([getattr(e, name) for e in events]) for name in ("onset_s", "stop_s"))
    assert onsets[0] >= EDGE_S and stops[-1] <= 600 - EDGE_S
    gaps = onsets[1:] - stops[:-1]
    assert gaps.min() >= APART_S and gaps.std() > 3
    assert all(15 <= e.duration_s <= 20 and e.onset_s == int(e.onset_s) for e in events)


def test_events_that_have_no_room_are_refused():
    with pytest.raises(InterbrainError, match="no room in a session of 300 s"):
        planted_events("rupture", 8, (15, 20), 300, np.random.default_rng(1))


def test_two_coders_agree_to_the_stated_degree():
    events = [Event(10, 10, "a"), Event(40, 20, "a")]
    assert kappa(events, events, 100) == 1
    # 20 s in common, 10 s of the first alone, 70 s of neither: .9 observed, .3 x .2 + .7 x .8 = .62 by chance
    assert kappa(events, events[1:], 100) == pytest.approx((0.9 - 0.62) / 0.38)
    others = second_coder(
        planted_events("a", 8, (15, 20), 600, np.random.default_rng(2)), np.random.default_rng(3)
    )
    assert len(others) == 7


BANDS = {"theta": [4, 7], "alpha": [8, 12]}
CLIENT = Member(offset_s=-1.25, drift_ppm=200)


def written(folder, session, duration_s=300, **others):
    folder.mkdir()
    paths = folder / "t.Poly5", folder / "c.Poly5"
    truth = simulate_dyad(
        *paths,
        plv={"theta": 0.0, "alpha": 0.3},
        frequencies={"theta": 5.5, "alpha": 10},
        bands=BANDS,
        rois={"frontal": ["F3", "Fz"], "central": ["Cz"]},
        therapist=Member(),
        client=CLIENT,
        duration_s=duration_s,
        sfreq=250,
        line_frequency=50,
        same_room=True,
        start=datetime(2018, 11, 5, 10),
        seed=[11],
        session=session,
        **others,
    )
    cap = {f"ExG{i:02d}": n for i, n in enumerate(CHANNELS, 1)}
    return truth, [read_recording(path, channel_names=cap).raw for path in paths]


@pytest.fixture(scope="module")
def files(tmp_path_factory):
    """A session's truth and files, and those of the same brains without one."""
    folder = tmp_path_factory.mktemp("session")
    events = [Event(at, 20, "rupture") for at in (40, 100, 160, 220)]
    strong = {kind: Coupling(0.95, one.lag_s) for kind, one in COUPLINGS.items()}
    kept = [*CHANNELS[:12], "C3", "Cz"]
    session = Session(events, {"theta": 0.0, "alpha": 0.9}, Bodies(strong))
    calm = Session(bodies=Bodies(strong))
    return {
        "session": written(folder / "session", session, channels=kept),
        "calm": written(folder / "calm", calm, 30),
        "rest": written(folder / "rest", None, 30),
    }


def true_times(raws):
    therapist, client = (raw.times for raw in raws)
    return therapist, (client - CLIENT.offset_s) / (1 + CLIENT.drift_ppm * 1e-6)


def compared(raws, kind):
    """Both members' series of a kind, from the auxiliary channels of their files, on true time."""
    grid, found = np.arange(5, 290, 1 / RATE), []
    for raw, at in zip(raws, true_times(raws), strict=True):
        if kind == "eda":
            values, when = raw.get_data(picks=["EDA"])[0], at
        elif kind == "ibi":
            peaks, _ = find_peaks(raw.get_data(picks=["ECG"])[0], height=0.5e-3, distance=60)
            values, when = np.diff(at[peaks]), at[peaks][1:]
        else:
            change = np.linalg.norm(np.diff(raw.get_data(picks=["X", "Y", "Z"]), axis=1), axis=0)
            values, when = np.convolve(change, np.ones(125) / 125, "same"), at[1:]
        found.append(np.interp(grid, when, values))
    return found


@pytest.mark.parametrize("kind", list(COUPLINGS))
def test_what_is_planted_is_in_the_files_auxiliary_channels(files, kind):
    truth, raws = files["session"]
    (told,) = [row for row in truth["bodies"] if row["signal"] == kind]
    found = lagged(*compared(raws, kind), 6)
    best = max(found, key=found.get)
    assert best == pytest.approx(told["planted_lag_s"], abs=0.6)
    assert found[best] == pytest.approx(told["expected_r"], abs=0.12)
    assert told["leader"] == ("client" if kind == "ibi" else "therapist")


def test_auxiliary_channels_are_in_units_that_bodies_can_have(files):
    _, (therapist, _) = files["session"]
    kept = [*CHANNELS[:12], "C3", "Cz"]
    assert therapist.ch_names == [*kept, "EDA", "ECG", "X", "Y", "Z", "Digi", "Saw"]
    eda, ecg = therapist.get_data(picks=["EDA"])[0], therapist.get_data(picks=["ECG"])[0]
    assert 2 < eda.min() < eda.max() < 12  # uS
    assert 0.8e-3 < ecg.max() < 1.2e-3  # V
    assert np.linalg.norm(therapist.get_data(picks=["X", "Y", "Z"]), axis=0).mean() == pytest.approx(
        1, abs=0.1
    )


def test_expected_synchrony_is_higher_within_events_and_none_without_coupling(files):
    truth, _ = files["session"]
    alpha = truth["moments"]["alpha"]
    assert alpha["events"] > alpha["elsewhere"] + 0.2
    assert alpha["elsewhere"] < truth["bands"]["alpha"]["expected_plv"] < alpha["events"]
    assert truth["moments"]["theta"] == {"events": 0.0, "elsewhere": 0.0}


def test_bodies_leave_the_brains_as_they_are_and_nothing_is_added_unasked(files):
    (truth, rest), (_, calm) = files["rest"], files["calm"]
    assert set(truth) == {"bands", "planted"}
    assert rest[0].ch_names == [*CHANNELS, "X", "Y", "Z", "Digi", "Saw"]
    for one, other in zip(rest, calm, strict=True):
        assert np.array_equal(one.get_data(picks=CHANNELS), other.get_data(picks=CHANNELS))


def test_planted_and_found_stand_side_by_side_and_what_nobody_looked_for_is_missing():
    rng = np.random.default_rng(9)
    x, y = coupled_series(2400, RATE, Coupling(0.9, -1.5), 4.0, rng)
    series = pd.DataFrame(
        {"kind": "eda", "time_s": np.arange(2400) / RATE, "therapist_value": x, "client_value": y}
    )
    series.loc[100:120, "client_value"] = np.nan
    truth = pd.DataFrame(
        [
            {"dyad": "D01", "time": "a", "signal": "eda", "planted_r": 0.9},
            {"dyad": "D01", "time": "a", "signal": "motion", "planted_r": 0.0},
            {"dyad": "D01", "time": "a", "signal": "brain", "band": "alpha", "expected_delta": 0.3},
            {"dyad": "D01", "time": "a", "signal": "brain", "band": "theta", "expected_delta": 0.1},
        ]
    )
    events = pd.DataFrame(
        [
            {"band": "all", "roi": "all", "delta": 0.2, "z_chance": 3.0, "p_chance": 0.01},
            {"band": "alpha", "roi": "frontal", "delta": 0.3, "z_chance": 2.0, "p_chance": 0.02},
            {"band": "alpha", "roi": "central", "delta": 0.2, "z_chance": 2.0, "p_chance": 0.02},
        ]
    ).assign(dyad="D01", time="a", signal="brain", measure="plv")
    tested = pd.DataFrame([{"kind": "eda", "measure": "wcc_absolute", "z_chance": 4.0, "p_chance": 0.005}])
    tested = tested.assign(dyad="D01", time="a")
    eda, motion, whole, alpha, theta = planted_and_found(
        truth, {("D01", "a"): series}, tested, events
    ).to_dict("records")
    assert eda["found_lag_s"] == pytest.approx(-1.5, abs=0.25)
    assert eda["found_r"] == pytest.approx(0.9, abs=0.05) and eda["z_chance"] == 4
    assert np.isnan(motion["found_r"]) and np.isnan(motion["z_chance"])
    assert (whole["expected_delta"], whole["found_delta"], whole["p_chance"]) == (0.2, 0.2, 0.01)
    assert alpha["found_delta"] == 0.25 and np.isnan(alpha["p_chance"])
    assert np.isnan(theta["found_delta"])
