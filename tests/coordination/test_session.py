"""One pair of series to rows: chance levels, strangers, what is missing, and what cannot be computed."""

import numpy as np
import pytest

from interbrain.coordination.defaults import by_default
from interbrain.coordination.families.lagged import lagged_z
from interbrain.coordination.pairing import Grid, Paired, draw_shifts
from interbrain.coordination.registry import MEASURES
from interbrain.coordination.session import coordinate, coordinate_windows, coordination
from interbrain.coordination.settings import Settings
from interbrain.problems import InterbrainError
from interbrain.tables.coordination import COORDINATION, WINDOWS

RATE = 4
FEW = Settings(n_shifts=49, stranger_shifts=20)
CONTINUOUS = [name for name, measure in MEASURES.items() if not measure.categorical]


def smooth(rng, n, people=2):
    """Series that remember themselves for a few seconds."""
    noise = rng.standard_normal((people, n + 23))
    return np.apply_along_axis(np.convolve, 1, noise, np.hanning(24), "valid")


def following(rng, minutes, later_s=2, share=0.8):
    """The client does what the therapist did `later_s` before, besides a part of her own."""
    later = round(later_s * RATE)
    therapist, own = smooth(rng, minutes * 60 * RATE + later)
    return therapist[later:], share * therapist[: len(therapist) - later] + (1 - share) * own[later:]


def by_measure(rows):
    return {row["measure"]: row for row in rows}


def test_a_client_who_follows_is_found_and_the_therapist_leads():
    measures = ["wcc_absolute", "wcc_signed", "wcc_lead", "susy_absolute", "susy_above_pseudo"]
    x, y = following(np.random.default_rng(1), 12)
    found, turned = (by_measure(coordinate(*pair, RATE, measures, FEW)) for pair in ((x, y), (y, x)))
    for name in measures:
        assert found[name]["p_chance"] == pytest.approx(1 / 50), name
        assert found[name]["z_chance"] > 3, name
    assert turned["wcc_lead"]["value"] == pytest.approx(-found["wcc_lead"]["value"], abs=1e-12)
    assert turned["wcc_lead"]["p_chance"] == 1.0
    assert turned["wcc_absolute"]["value"] == pytest.approx(found["wcc_absolute"]["value"], abs=1e-12)


def test_the_planted_lag_is_where_the_curve_has_its_peak():
    x, y = following(np.random.default_rng(2), 10, later_s=3)
    curve = lagged_z(x, y, RATE, Settings()).mean(axis=0)
    assert (curve.argmax() - len(curve) // 2) / RATE == 3


def test_slopes_that_go_together_match_and_those_against_each_other_complement():
    x, y = following(np.random.default_rng(3), 10, later_s=0, share=0.5)
    measures = ["matching_lambda", "matching", "complementary", "concordance_index"]
    with_, against = (by_measure(coordinate(x, s * y, RATE, measures, FEW)) for s in (1, -1))
    for name in ("matching_lambda", "matching", "concordance_index"):
        assert with_[name]["p_chance"] == pytest.approx(1 / 50) and against[name]["p_chance"] == 1, name
    assert against["complementary"]["value"] == pytest.approx(with_["matching"]["value"])


@pytest.mark.long
def test_people_who_share_nothing_are_above_chance_as_often_as_below():
    rng = np.random.default_rng(4)
    p = [
        [row["p_chance"] for row in coordinate(*smooth(rng, 1800), RATE, CONTINUOUS, FEW, seed)]
        for seed in range(30)
    ]
    means = np.mean(p, axis=0)
    assert ((means > 0.33) & (means < 0.67)).all(), dict(zip(CONTINUOUS, means, strict=True))


def test_each_value_is_above_the_mean_of_its_shifts():
    x, y = smooth(np.random.default_rng(5), 2400)
    for row in coordinate(x, y, RATE, CONTINUOUS, FEW):
        assert row["above_chance"] == pytest.approx(row["value"] - row["chance"])
        assert row["z_chance"] == pytest.approx(row["above_chance"] / row["chance_sd"])
        assert row["n_shifts"] == 49 and row["n_left_out"] == 0 and row["note"] == ""


def test_numbers_follow_from_the_seed_and_not_from_what_else_is_asked():
    x, y = smooth(np.random.default_rng(6), 2400)
    alone = coordinate(x, y, RATE, ["wcc_absolute"], FEW, 7)
    assert coordinate(x, y, RATE, ["matching", "wcc_absolute"], FEW, [7])[1] == alone[0]
    other = coordinate(x, y, RATE, ["wcc_absolute"], FEW, 8)
    assert other[0]["value"] == alone[0]["value"] and other[0]["chance"] != alone[0]["chance"]


def test_level_and_scale_of_a_series_change_nothing():
    x, y = smooth(np.random.default_rng(7), 2400)
    plain, moved = (by_measure(coordinate(*p, RATE, CONTINUOUS, FEW)) for p in ((x, y), (3 * x + 50, y - 9)))
    for name in CONTINUOUS:
        assert moved[name]["value"] == pytest.approx(plain[name]["value"], abs=1e-9), name
        assert moved[name]["p_chance"] == plain[name]["p_chance"], name


def test_windows_with_missing_samples_are_left_out_and_counted():
    x, y = smooth(np.random.default_rng(8), 2400)
    whole = by_measure(coordinate(x, y, RATE, CONTINUOUS, FEW))
    y[1000:1010] = np.nan
    found = by_measure(coordinate(x, y, RATE, CONTINUOUS, FEW))
    for name in CONTINUOUS:
        row, before = found[name], whole[name]
        assert np.isfinite(row["value"]) and np.isfinite(row["p_chance"]), name
        assert row["n_windows"] + row["n_left_out"] == before["n_windows"], name
        assert 0 < row["n_left_out"] < before["n_windows"] / 3, name
    left_out = [w for w in coordinate_windows(x, y, RATE, ["wcc_signed"], FEW) if np.isnan(w["value"])]
    assert all(w["start_s"] < 1010 / RATE and w["stop_s"] > 1000 / RATE for w in left_out)
    assert len(left_out) == found["wcc_signed"]["n_left_out"]


def refused(x, y, measure="wcc_absolute", settings=FEW):
    (row,) = coordinate(x, y, RATE, [measure], settings)
    for column in ("value", "chance", "above_chance", "z_chance", "p_chance"):
        assert np.isnan(row[column]), column
    return row["note"]


@pytest.mark.parametrize("measure", CONTINUOUS)
def test_what_cannot_be_computed_is_missing_with_its_reason(measure):
    x, y = smooth(np.random.default_rng(9), 2400)
    assert refused(x, np.full(2400, 7.3), measure) == "the client's series does not vary"
    assert refused(np.full(2400, np.nan), y, measure) == "the therapist's series has no samples"
    assert refused(x[:12], y[:12], measure) == "the series is shorter than one window"
    gaps = np.where(np.arange(2400) % 10 == 0, np.nan, y)
    assert "every window has missing samples" in refused(x, gaps, measure)
    assert coordinate_windows(x[:12], y[:12], RATE, [measure], FEW) == []


def test_a_session_too_short_for_its_shifts_has_a_value_without_chance():
    x, y = smooth(np.random.default_rng(10), 100 * RATE)
    (row,) = coordinate(x, y, RATE, ["wcc_absolute"], FEW)
    assert np.isfinite(row["value"]) and np.isnan(row["chance"]) and np.isnan(row["p_chance"])
    assert row["n_shifts"] == 0 and "no chance level" in row["note"]
    windows = coordinate_windows(x, y, RATE, ["wcc_absolute", "matching"], FEW)
    assert all(np.isfinite(w["value"]) and np.isnan(w["chance"]) and w["n_others"] == 0 for w in windows)


def test_series_that_never_part_have_the_largest_concordance_index_and_a_note():
    """They are the pairs that are coordinated most: a test without them would lose these alone."""
    x, other = smooth(np.random.default_rng(11), 2400)
    same, partly, turned = (
        coordinate(x, y, RATE, ["concordance_index"], FEW)[0] for y in (x, x + 2 * other, -x)
    )
    assert same["value"] > partly["value"] > 0 and same["p_chance"] < 0.05
    assert same["value"] == pytest.approx(np.log(same["n_windows"] / 0.5))
    assert turned["value"] == pytest.approx(-same["value"])
    assert "negative correlations" in same["note"] and "positive correlations" in turned["note"]
    assert "correlates" not in partly["note"]


def test_strangers_take_away_what_everybody_shares():
    """All dyads have the same course of the session; only the first client follows her therapist."""
    rng = np.random.default_rng(12)
    arc = 12 * np.cos(2 * np.pi * np.arange(2400) / 2400)
    dyads = [following(rng, 10), *(smooth(rng, 2400) for _ in range(7))]
    dyads = [(x + arc, y + arc) for x, y in dyads]

    def compared(i):
        others = [dyad for k, dyad in enumerate(dyads) if k != i]
        strangers = [(dyads[i][0], y) for _, y in others] + [(x[:-9], dyads[i][1]) for x, _ in others]
        (row,) = coordinate(*dyads[i], RATE, ["wcc_signed"], FEW, strangers=strangers)
        return row

    rows = [compared(i) for i in range(len(dyads))]
    assert all(row["n_pseudo"] == 14 for row in rows)
    assert rows[0]["p_pseudo"] == pytest.approx(1 / 15) and rows[0]["z_pseudo"] > 3
    assert np.mean([row["p_pseudo"] for row in rows[1:]]) > 0.3
    assert np.mean([row["pseudo"] for row in rows]) > 0.02  # what the arc alone gives


def test_strangers_without_values_are_no_null_and_are_said_to_be_none():
    x, y = smooth(np.random.default_rng(17), 2400)
    strangers = [(x, np.full(2400, np.nan)), (x, y[:100])]
    (row,) = coordinate(x, y, RATE, ["wcc_absolute"], FEW, strangers=strangers)
    assert row["n_pseudo"] == 0 and np.isnan(row["above_pseudo"]) and np.isnan(row["p_pseudo"])
    assert np.isfinite(row["p_chance"]) and "no pair of strangers" in row["note"]


def test_a_window_has_the_chance_level_of_its_own_content():
    """Nobody is coordinated, but both drift in one part of the session: it is at chance all the same."""
    rng = np.random.default_rng(13)
    x, y = smooth(rng, 40 * 60 * RATE)
    drifting = slice(10 * 60 * RATE, 20 * 60 * RATE)
    for series in (x, y):
        series[drifting] += np.cumsum(rng.standard_normal(10 * 60 * RATE)) * 4
    windows = coordinate_windows(x, y, RATE, ["wcc_absolute"], FEW, start_s=100.0)
    inside = np.array([w["start_s"] - 0 > 660 and w["stop_s"] < 1300 for w in windows])
    chance = np.array([w["chance"] for w in windows])
    assert chance[inside].mean() > 1.1 * chance[~inside].mean()
    assert windows[0]["start_s"] == 100 and windows[0]["stop_s"] == 165
    assert windows[1]["start_s"] == 130 and [w["window"] for w in windows] == list(range(len(windows)))
    p = np.array([w["p_chance"] for w in windows])
    assert 0.3 < p.mean() < 0.7


def test_what_a_window_has_by_either_member_alone_is_its_chance_level():
    """Values that are a sum of the therapist's and the client's windows: nothing is above chance."""
    a, b = np.random.default_rng(18).standard_normal((2, 40))
    grid = Grid(40, 1, 1, 40)
    shifts = draw_shifts(grid, 39, 1, np.random.default_rng(0))
    values = a + b[(np.arange(40) + shifts.whole[:, None]) % 40]
    null = Paired(grid, shifts, {"sum": values}, {}).beside("sum")
    assert null.shape == (78, 40)
    # All but the simultaneous pair is 39 of 40: the means lack a fortieth.
    np.testing.assert_allclose(null.mean(axis=0), a + b, atol=0.25)
    assert np.abs(null.mean(axis=0) - values[0]).std() < 0.06 * values[0].std()


def test_a_moment_of_coordination_is_found_where_it_is():
    rng = np.random.default_rng(14)
    x, y = smooth(rng, 30 * 60 * RATE)
    moment = slice(15 * 60 * RATE, 18 * 60 * RATE)
    y[moment] = x[moment]
    windows = coordinate_windows(x, y, RATE, ["wcc_absolute", "susy_signed", "matching"], FEW)
    for name in ("wcc_absolute", "susy_signed", "matching"):
        of = [w for w in windows if w["measure"] == name]
        inside = np.array([w["start_s"] >= 900 and w["stop_s"] <= 1080 for w in of])
        above = np.array([w["above_chance"] for w in of])
        assert above[inside].min() > 0 and above[inside].mean() > 5 * abs(above[~inside].mean()), name


def test_rows_have_the_columns_of_their_tables():
    x, y = smooth(np.random.default_rng(15), 2400)
    found = coordination(x, y, RATE, ["wcc_absolute"], FEW, kind="eda", strangers=[(x, y[::-1])])
    own = {"dyad", "time", "run"}
    assert list(found.rows[0]) == [name for name in COORDINATION.names if name not in own]
    assert list(found.windows[0]) == [name for name in WINDOWS.names if name not in own]
    (without,) = coordinate(x, y, RATE, ["wcc_absolute"], FEW)
    assert set(without) == set(COORDINATION.needed) - own
    assert found.rows[0]["kind"] == found.windows[0]["kind"] == "eda"


def test_wrong_input_is_refused_in_plain_words():
    x, y = smooth(np.random.default_rng(16), 400)
    with pytest.raises(InterbrainError, match="shapes"):
        coordinate(x, y[:-1], RATE, ["wcc_absolute"])
    with pytest.raises(InterbrainError, match="no measure of coordination"):
        coordinate(x, y, RATE, ["wcc_absolut"])
    with pytest.raises(InterbrainError, match="rate of 0 Hz"):
        coordinate(x, y, 0, ["wcc_absolute"])
    with pytest.raises(InterbrainError, match="not a kind of signal"):
        by_default("voice")


def test_shifts_keep_their_smallest_size_in_both_directions_and_differ():
    for n, step in ((18, 120), (20, 7), (300, 1)):
        grid = Grid(n, step, step, n * step)
        shifts = draw_shifts(grid, 200, 2 * step, np.random.default_rng(0))
        moved = shifts.whole[1:] * step + shifts.offset[1:]
        assert moved.min() >= 2 * step and moved.max() <= n * step - 2 * step
        assert len(set(moved)) == len(moved) <= 200 and shifts.whole[0] == shifts.offset[0] == 0
    assert len(draw_shifts(Grid(3, 10, 10, 30), 200, 20, np.random.default_rng(0))) == 1
    assert len(draw_shifts(Grid(0, 10, 10, 5), 200, 20, np.random.default_rng(0))) == 1
