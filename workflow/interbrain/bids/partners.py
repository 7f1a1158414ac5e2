"""What the two recordings of one meeting show when they are held against one another, clocks apart."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations, product

from interbrain.clocks.runs import SessionRun, Tie, together_s
from interbrain.formats.copies import same_signals
from interbrain.formats.survey import Survey

# Filters delay a copy by less than this: only what is more is said.
SHIFT_S = 0.2
COPY_THE_RIGHT_ONE = "Copy the right one from the recording computer."
# Skulls and references make one member's EEG two or three times as strong as the other's, but not this often.
APART = 10
# Both members were recorded for less than this share of what was asked for: worth a word.
MUCH_OF_IT = 0.8


def same_recording(therapist: Survey, client: Survey) -> str:
    """That the two recordings of a meeting hold the same signals; empty if they do not.

    In whatever format and unit, through whatever filter and from whatever second on each was saved
    (`formats.copies`).
    """
    lag_s = same_signals(therapist.signature, client.signature)
    if lag_s is None:
        return ""
    if therapist.path == client.path:
        return "the therapist's and the client's channels of this file hold the same signals"
    return (
        f"the therapist's and the client's recording hold the same signals{begins(lag_s, 'the client')}, "
        "so one was saved, or copied, in place of the other"
    )


def begins(lag_s: float, whose: str) -> str:
    """How much later or earlier a copy begins, in brackets; empty if it begins at the same time."""
    when = "later" if lag_s < 0 else "earlier"
    return f" ({whose}'s begins {abs(lag_s):.3g} s {when})" if abs(lag_s) >= SHIFT_S else ""


def same_as_at_another_time(runs: Iterable[SessionRun]) -> dict[str, list[str]]:
    """For each time of a dyad, what its recordings share with those of another time.

    Nothing is said of one file that holds several times, nor of copies of such a file of which the table
    takes a part each.
    """
    found: dict[str, list[str]] = {}
    for one, other in combinations(runs, 2):
        bounded = any(s is not None for run in (one, other) for s in (run.start_s, run.stop_s))
        for role, its in product(("therapist", "client"), repeat=2):
            a, b = getattr(one, role), getattr(other, its)
            if a.path == b.path or (role == its and bounded):
                continue
            if same_signals(a.signature, b.signature) is not None:
                for run, mine, their, when in (
                    (one, role, its, other.time),
                    (other, its, role, one.time),
                ):
                    what = f"the {mine}'s recording holds the same signals as the {their}'s of {when}"
                    found.setdefault(run.time, []).append(what)
    return found


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
