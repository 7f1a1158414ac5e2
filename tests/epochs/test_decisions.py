"""A person may drop and keep windows; the ledger says so, and what was never measured stays out."""

import sys
from pathlib import Path

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import EpochsError, read_simultaneous, write_epochs

sys.path.insert(0, str(Path(__file__).parent))
from rhythms import CHANNELS, SFREQ, rhythm, same_clock


def said(decision, item, reason="looked at it", by="AB"):
    return {"what": "window", "item": item, "decision": decision, "by": by, "reason": reason}


def by_start(ledger):
    return ledger.set_index("start_s")


def muscle():
    """A therapist whose window from 17 to 22 s holds a muscle burst."""
    return rhythm(1, spans=[(18.0, 19.0, "muscle")])


def test_a_good_window_can_be_dropped():
    ledger = by_start(same_clock(rhythm(1), rhythm(2), decisions=[said("drop", 12.0, "a door slammed")]))
    row = ledger.loc[12.0]
    assert (row["kept"], row["by"], row["reason"]) == (0, "AB", "dropped by hand: a door slammed")
    others = ledger.drop(12.0)
    assert others["kept"].all() and (others["by"] == "automatic").all() and (others["reason"] == "").all()


def test_a_window_that_failed_can_be_kept_and_the_ledger_still_says_by_what_it_failed():
    row = by_start(same_clock(muscle(), rhythm(2), decisions=[said("keep", 17.0, "a false alarm")])).loc[17.0]
    assert (row["kept"], row["by"]) == (1, "AB")
    assert row["reason"] == "kept by hand: a false alarm (automatic: therapist: muscle)"
    assert row["therapist_criteria"] == "muscle"


@pytest.mark.parametrize(
    ("decision", "item", "reason"),
    [
        ("drop", 17.0, "dropped by hand: looked at it (automatic: therapist: muscle)"),
        ("keep", 12.0, "kept by hand: looked at it"),
    ],
)
def test_a_person_who_agrees_with_the_criteria_is_named_too(decision, item, reason):
    row = by_start(same_clock(muscle(), rhythm(2), decisions=[said(decision, item)])).loc[item]
    assert (row["kept"], row["by"], row["reason"]) == (int(decision == "keep"), "AB", reason)


def test_a_window_kept_by_hand_is_in_both_members_epochs(tmp_path):
    therapist, client = muscle(), rhythm(2, role="client")
    ledger = same_clock(therapist, client, decisions=[said("keep", 17.0), said("drop", 2.0)])
    for name, signal in (("t", therapist), ("c", client)):
        write_epochs(tmp_path / f"{name}_epo.fif", signal, ledger)
    starts = read_simultaneous(tmp_path / "t_epo.fif", tmp_path / "c_epo.fif", ClockFit.identity())
    assert list(starts) == [7.0, 12.0, 17.0, 22.0, 27.0, 32.0]


def test_a_start_may_be_written_with_two_decimals():
    ledger = same_clock(rhythm(1), rhythm(2), edge_s=2.012, decisions=[said("drop", 7.01)])
    assert list(ledger["start_s"][ledger["kept"] == 0]) == [7.012]


def test_a_decision_about_no_window_says_which_there_are():
    message = (
        r"window that starts at 13 s \(by AB\), which this run does not have\. "
        r"It has one every 5 s, from 2 to 32 s"
    )
    with pytest.raises(EpochsError, match=message):
        same_clock(rhythm(1), rhythm(2), decisions=[said("drop", 13.0)])


def test_a_decision_about_a_run_that_is_too_short_says_so():
    with pytest.raises(EpochsError, match="too short for a window"):
        same_clock(rhythm(1, duration=6.0), rhythm(2, duration=6.0), decisions=[said("keep", 2.0)])


def test_one_window_is_decided_once():
    with pytest.raises(EpochsError, match=r"the window at 12\.004 s twice"):
        same_clock(rhythm(1), rhythm(2), decisions=[said("drop", 12.0), said("keep", 12.004)])


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        ({"spans": [(18, 19, "gap")]}, "client: gap"),
        ({"spans": [(23, 24, "gap")]}, "client: gap"),  # 1 s after the window: the filters reach into it
        ({"spans": [(18, 19, "flat")]}, "client: flat"),
        ({"flat": "Cz"}, "client: flat"),
        ({"interpolated": ["F3", "Fz", "Cz"]}, "client: no good ROI channel"),
    ],
)
def test_what_was_not_measured_cannot_be_kept(spoil, why):
    spoil = dict(spoil)
    silent = spoil.pop("flat", None)
    client = rhythm(2, **spoil)
    if silent:
        client.data[CHANNELS.index(silent), round(17 * SFREQ) : round(22 * SFREQ)] = 0
    client.data[CHANNELS.index("O1"), round(18 * SFREQ)] = 1e-3  # a fault that a person may overrule
    row = by_start(same_clock(rhythm(1), client)).loc[17.0]
    assert "amplitude" in row["client_criteria"]
    with pytest.raises(EpochsError, match=rf"keeps the window at 17 s \(by AB\).*\({why}\)\. Remove the row"):
        same_clock(rhythm(1), client, decisions=[said("keep", 17.0)])
    assert by_start(same_clock(rhythm(1), client, decisions=[said("drop", 17.0)])).loc[17.0, "by"] == "AB"


def test_decisions_change_no_other_window():
    plain = same_clock(muscle(), rhythm(2))
    overruled = same_clock(muscle(), rhythm(2), decisions=[said("keep", 17.0), said("drop", 7.0)])
    untouched = ~plain["start_s"].isin([7.0, 17.0])
    assert overruled[untouched].equals(plain[untouched])
    same = [c for c in plain if c not in ("kept", "reason", "by")]
    assert overruled[same].equals(plain[same])
    assert np.array_equal(overruled["kept"], [1, 0, 1, 1, 1, 1, 1])
