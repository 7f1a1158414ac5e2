"""What the two recordings of one meeting show when they are held against one another, clocks apart."""

from __future__ import annotations

import numpy as np

from interbrain.clocks.runs import SessionRun, Tie, together_s
from interbrain.formats.survey import Survey

# Two recordings of one signal differ by rounding only; fewer channels could agree by chance.
SAME_DB, SAME_LENGTH_S, FEWEST_SHARED = 0.05, 1.0, 2
# Of so many channels, what a filter took of each band is known and does not count. The closest of 120 pairs
# of 16 simulated recordings are then .25 dB apart; three recordings and their copies through another filter
# (1.6 to 30 Hz, second order), at most .015 dB.
FEWEST_FILTERED = 8
SAME_SIGNALS = (
    "the therapist's and the client's recording hold the same signals, so one was saved, or copied, in "
    "place of the other"
)
COPY_THE_RIGHT_ONE = "Copy the right one from the recording computer."
# Skulls and references make one member's EEG two or three times as strong as the other's, but not this often.
APART = 10
# Both members were recorded for less than this share of what was asked for: worth a word.
MUCH_OF_IT = 0.8


def same_signals(therapist: Survey, client: Survey) -> bool:
    """Whether two recordings hold the same signals, in whatever format and unit each was saved.

    With at least FEWEST_FILTERED channels in common, also if one was saved through other filters. A copy that
    begins at another instant is not known: its excerpts are others.

    No two recordings have the same power in every channel and band: of 12 recordings of six people, the
    closest two, of one person, are 0.8 dB apart (median over channels and bands).
    """
    one, other = therapist.profile, client.profile
    shared = [name for name in one if name in other]
    if len(shared) < FEWEST_SHARED or abs(therapist.duration_s - client.duration_s) > SAME_LENGTH_S:
        return False
    apart = np.array([np.subtract(one[name], other[name]) for name in shared])
    usual = np.median(apart, axis=0) if len(shared) >= FEWEST_FILTERED else np.median(apart)
    return bool(np.median(np.abs(apart - usual)) < SAME_DB)


def strengths_apart(run: SessionRun) -> str:
    """That one member's EEG is at another scale than the partner's; empty if it is not."""
    strengths = {"therapist": run.therapist.strength_uv, "client": run.client.strength_uv}
    members = {role: strength for role, strength in strengths.items() if strength}
    if len(members) < len(strengths):
        return ""
    (weak, little), (strong, much) = sorted(members.items(), key=lambda member: member[1])
    if much < APART * little:
        return ""
    return (
        f"the {strong}'s EEG is {much / little:.0f} times as strong as the {weak}'s ({much:.3g} and "
        f"{little:.3g} µV at 1-30 Hz)"
    )


def recorded_apart(run: SessionRun, tie: Tie) -> str:
    """That both members were recorded for only a part of what was asked for; empty if for most of it."""
    whole = run.start_s is None and run.stop_s is None
    longest = max(run.therapist.duration_s, run.client.duration_s)
    wanted = longest if whole else run.block[1] - run.block[0]
    return how_long(run, tie) if together_s(run, tie) < MUCH_OF_IT * wanted else ""


def how_long(run: SessionRun, tie: Tie) -> str:
    """How long each member was recorded, and how long both."""
    of_block = "" if run.start_s is None and run.stop_s is None else " of the block"
    return (
        f"therapist {run.therapist.duration_s:.0f} s, client {run.client.duration_s:.0f} s; both were "
        f"recorded for only {together_s(run, tie):.0f} s{of_block}"
    )


def partner_notes(run: SessionRun, tie: Tie) -> tuple[str, ...]:
    """What must be known of a pair of recordings, one sentence each."""
    return tuple(filter(None, (strengths_apart(run), recorded_apart(run, tie))))
