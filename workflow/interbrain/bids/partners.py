"""What recordings show when they are held against one another, clocks apart: of a meeting, and of a study."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import combinations, product
from pathlib import Path

from interbrain.bids import ConversionError
from interbrain.clocks.runs import SessionRun, Tie, together_s
from interbrain.formats.copies import Signature, same_from_the_start, same_signals
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
    takes parts that lie apart.
    """
    found: dict[str, list[str]] = {}
    for one, other in combinations(runs, 2):
        parts = apart((one.start_s, one.stop_s), (other.start_s, other.stop_s))
        for role, its in product(("therapist", "client"), repeat=2):
            a, b = getattr(one, role), getattr(other, its)
            if a.path == b.path or (role == its and parts):
                continue
            if same_signals(a.signature, b.signature) is not None:
                for run, mine, their, when in (
                    (one, role, its, other.time),
                    (other, its, role, one.time),
                ):
                    found.setdefault(run.time, []).append(same_as_of(mine, their, when))
    return found


def same_as_of(mine: str, their: str, when: str) -> str:
    """That a member's recording holds the signals of one of another time."""
    return f"the {mine}'s recording holds the same signals as the {their}'s of {when}"


Block = tuple[float | None, float | None]


def apart(one: Block, other: Block) -> bool:
    """Whether the parts that the table takes of two copies of a recording have nothing in common.

    From when to when, in s from the start of each; None is the start or the end of the file. What is apart
    in this way is one long recording that was saved twice, and not one that was copied over another.

    Examples
    --------
    >>> apart((None, 600), (600, None)), apart((None, None), (600, 1200))
    (True, False)
    """
    return any(
        stop is not None and start is not None and stop <= start
        for stop, start in ((one[1], other[0]), (other[1], one[0]))
    )


@dataclass(frozen=True)
class Recorded:
    """One member's recording of a meeting, and what tells its signals from all others'."""

    dyad: str
    time: str
    role: str
    participant: str
    path: str
    signature: Signature
    start_s: float | None = None
    stop_s: float | None = None

    @property
    def called(self) -> str:
        return f"{self.dyad} {self.time}, {self.role} ({Path(self.path).name})"

    @property
    def block(self) -> Block:
        return self.start_s, self.stop_s


def same_in_another_dyad(recorded: Sequence[Recorded]) -> list[tuple[Recorded, str]]:
    """Recordings that hold the same signals as one of another dyad, and what a person must know of it.

    They are one person's: whoever was recorded with two partners at once has the same recording in both
    dyads, and whoever was not has a wrong one in one of them. Nothing is said of one file of two dyads,
    nor of copies of a person's long recording of which the table takes parts that lie apart (`apart`).

    Raises
    ------
    ConversionError
        The recordings are those of two people; each pair has a line.
    """
    pairs = [(recorded[i], recorded[j]) for i, j in same_from_the_start([one.signature for one in recorded])]
    pairs = [(one, other) for one, other in pairs if one.dyad != other.dyad and one.path != other.path]
    if wrong := [(one, other) for one, other in pairs if one.participant != other.participant]:
        hint = f"One was copied over the other. {COPY_THE_RIGHT_ONE} Otherwise exclude a dyad with a reason."
        errors = [
            ConversionError(f"it holds the same signals as {one.called}", hint, where=other.called)
            for one, other in wrong
        ]
        raise ConversionError("\n".join(map(str, errors)))
    at_once = [(one, other) for one, other in pairs if not apart(one.block, other.block)]
    return [
        (mine, with_both(mine.participant, its.dyad, its.time))
        for one, other in at_once
        for mine, its in ((one, other), (other, one))
    ]


def with_both(person: str, dyad: str, time: str) -> str:
    """That a person's recording is in another dyad, too, and when that is right."""
    return (
        f"the same signals are in the recording of {dyad} {time}, which is right only if "
        f"{person} was recorded with both partners at once"
    )


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
