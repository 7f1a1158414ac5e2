"""Every window that is dropped says which member's failed, and by which criteria."""

import sys
from pathlib import Path

import numpy as np
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import EpochsError

sys.path.insert(0, str(Path(__file__).parent))
from rhythms import CHANNELS, SFREQ, client_here, ledger_of, rhythm, same_clock

AT = 18.5  # s: within the window from 17 to 22 s, more than edge_s from 22 s and less from 17 s


def pulse(signal, channel, amplitude_uv, at=AT):
    signal.data[CHANNELS.index(channel), round(at * SFREQ)] = amplitude_uv * 1e-6


def flat(signal, channel, start, stop):
    signal.data[CHANNELS.index(channel), round(start * SFREQ) : round(stop * SFREQ)] = 3e-6


def dropped(ledger):
    return ledger[ledger["kept"] == 0].set_index("start_s")["reason"].to_dict()


def test_a_site_whose_channel_is_not_in_a_recording_is_refused_with_what_there_is():
    said = r"the ROI channels F4, C4 are not in the recording of the therapist, which has F3, Fz, Cz, O1"
    with pytest.raises(EpochsError, match=said):
        ledger_of(rhythm(1), rhythm(2), rois={"frontal": ["F3", "F4"], "central": ["C4"]})


def test_windows_are_dropped_where_the_client_was_not_recording():
    therapist = rhythm(1)
    late = ClockFit(-6.0, 0.0, 0.1, 5)  # the client's clock shows 0 when the therapist's shows 6 s
    ledger = ledger_of(therapist, client_here(rhythm(2, duration=25.0), therapist, late), late)
    # Recorded from 6 to 31 s, and 2 s less at either end: only windows within 8 ... 29 s remain.
    assert list(ledger["start_s"][ledger["kept"] == 1]) == [12.0, 17.0, 22.0]
    assert set(ledger["reason"][ledger["kept"] == 0]) == {
        "client: not recorded yet",
        "client: recording ended",
    }


def test_windows_are_dropped_where_the_clock_is_not_confirmed_and_nowhere_else():
    fit = ClockFit(1.3371, 250.0, 0.4, 9, unconfirmed=((21.9, 27.0),))
    therapist = rhythm(1)
    ledger = ledger_of(therapist, client_here(rhythm(2), therapist, fit), fit)
    assert {at: why for at, why in dropped(ledger).items() if "ended" not in why} == dict.fromkeys(
        [17.0, 22.0], "client: clock not confirmed"
    )


def test_each_fault_is_dropped_with_its_own_reason_and_member():
    therapist, client = rhythm(1, spans=[(10.0, 10.5, "gap")]), rhythm(2, spans=[(30.0, 30.1, "gap")])
    pulse(therapist, "F3", 500)
    flat(client, "Cz", 21, 28)
    ledger = same_clock(therapist, client)
    assert dropped(ledger) == {
        7.0: "therapist: gap",
        12.0: "therapist: gap",  # ends at 10.5 s, and the filters need 2 s
        17.0: "therapist: amplitude",
        22.0: "client: flat",
        27.0: "client: gap",
        32.0: "client: gap",  # begins less than 2 s after the samples that were lost
    }
    assert ledger.set_index("start_s")["therapist_peak_to_peak_uv"][17.0] > 500
    assert (ledger["by"] == "automatic").all()


def test_every_criterion_that_applies_is_named_in_one_order_for_both_members():
    therapist = rhythm(1, spans=[(18, 19, "BAD_chair"), (18, 19, "muscle")])
    client = rhythm(2, spans=[(15.5, 16.0, "gap"), (18, 19, "muscle")])
    pulse(therapist, "F3", 500)
    flat(client, "Cz", 17, 22)
    row = same_clock(therapist, client).set_index("start_s").loc[17.0]
    assert row["therapist_criteria"] == "amplitude, muscle, BAD_chair"
    assert row["client_criteria"] == "gap, flat, muscle"
    assert row["reason"] == "therapist: amplitude, muscle, BAD_chair and client: gap, flat, muscle"
    assert row["kept"] == 0


@pytest.mark.parametrize(
    ("reason", "touched"), [("gap", [12, 17, 22]), ("muscle", [17]), ("flat", [17]), ("BAD_chair", [17])]
)
def test_only_a_gap_reaches_beyond_its_span(reason, touched):
    """From 17 to 22 s, to the sample: the windows on either side begin and end there."""
    ledger = same_clock(rhythm(1, spans=[(17.0, 22.0, reason)]), rhythm(2))
    assert dropped(ledger) == dict.fromkeys(touched, f"therapist: {reason}")


def test_a_burst_that_overlaps_two_windows_costs_both():
    ledger = same_clock(rhythm(1), rhythm(2, spans=[(21.9, 22.1, "muscle")]))
    assert dropped(ledger) == dict.fromkeys([17.0, 22.0], "client: muscle")


def test_a_mark_without_length_counts():
    assert dropped(same_clock(rhythm(1, spans=[(AT, AT, "BAD_cough")]), rhythm(2))) == {
        17.0: "therapist: BAD_cough"
    }


def test_where_the_client_was_not_recording_is_neither_a_gap_nor_flat():
    therapist = rhythm(1)
    here = client_here(rhythm(2, duration=20.0), therapist, ClockFit.identity())
    assert (here.data[:, round(21 * SFREQ) :] == 0).all()
    assert dropped(same_clock(therapist, here)) == dict.fromkeys(
        [17.0, 22.0, 27.0, 32.0], "client: recording ended"
    )
    for apart, lost in ((0.4, {}), (-0.4, {}), (-1.0, {2.0: "client: not recorded yet"})):  # in samples
        here = client_here(rhythm(2), therapist, ClockFit(apart / SFREQ, 0.0, 0.0, 5))
        assert dropped(same_clock(therapist, here)) == lost
        assert np.ptp(here.data[:, -2:], axis=1).max() < np.ptp(here.data)  # the nearest value, not 0
    late = client_here(rhythm(2), therapist, ClockFit(-11.0, 0.0, 0.0, 5))
    assert dropped(same_clock(therapist, late)) == dict.fromkeys([2.0, 7.0, 12.0], "client: not recorded yet")


@pytest.mark.parametrize(
    ("channel", "uv", "said"),
    [("Cz", 150, ""), ("Cz", 250, "amplitude"), ("O1", 250, ""), ("O1", 600, "amplitude")],
)
def test_channels_outside_the_rois_have_a_limit_of_their_own(channel, uv, said):
    client = rhythm(2)
    pulse(client, channel, uv)
    row = same_clock(rhythm(1), client).set_index("start_s").loc[17.0]
    assert row["client_criteria"] == said
    assert (row["client_peak_to_peak_uv"] > 100) == (channel == "Cz")  # the ledger tells the ROI channels'


def test_a_flat_channel_outside_the_rois_drops_no_window():
    client = rhythm(2)
    flat(client, "O1", 0, 40)
    assert same_clock(rhythm(1), client)["kept"].all()


@pytest.mark.parametrize("channel", ["F3", "O1"])
def test_amplitudes_of_interpolated_channels_do_not_count(channel):
    therapist = rhythm(1, interpolated=[channel])
    therapist.data[CHANNELS.index(channel)] *= 100
    ledger = same_clock(therapist, rhythm(2))
    assert ledger["kept"].all() and (ledger["therapist_peak_to_peak_uv"] < 50).all()


def test_without_a_good_roi_channel_no_window_is_kept():
    therapist = rhythm(1, interpolated=["F3", "Fz"])
    therapist.data[CHANNELS.index("Cz"), 5000] = np.nan
    ledger = same_clock(therapist, rhythm(2))
    assert set(ledger["reason"]) == {"therapist: no good ROI channel"}
    assert ledger["therapist_peak_to_peak_uv"].isna().all()


def test_a_recording_without_any_good_channel_is_judged_too():
    ledger = same_clock(rhythm(1, interpolated=CHANNELS, spans=[(AT, 19, "muscle")]), rhythm(2))
    assert list(ledger["therapist_criteria"]).count("no good ROI channel, muscle") == 1
    assert not ledger["kept"].any()
