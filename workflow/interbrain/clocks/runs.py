"""A run's two recordings, how their clocks are tied, and how long both recorded."""

from __future__ import annotations

from dataclasses import dataclass, replace

from interbrain.clocks.matching import ClockFit
from interbrain.formats.survey import Survey


@dataclass(frozen=True)
class SessionRun:
    """Both members' recordings of one time of measurement; start_s and stop_s on the therapist's clock."""

    time: str
    therapist: Survey
    client: Survey
    sync: str
    start_s: float | None = None
    stop_s: float | None = None

    @property
    def block(self) -> tuple[float, float]:
        """The rest block, s on the therapist's clock."""
        stop = self.therapist.duration_s if self.stop_s is None else self.stop_s
        return self.start_s or 0.0, stop


@dataclass(frozen=True)
class Tie:
    """How the two clocks of one run relate, and by what it is known.

    Attributes
    ----------
    method : str
        One of `METHODS`, but auto.
    fit : ClockFit
        Client's clock in terms of the therapist's, both from their recording's first sample.
    drift_from : str
        "session", "recording", "LSL", "one clock", or "unknown": the drift was not measured and taken as 0.
    notes : tuple of str
        What a reader of the results must know.
    """

    method: str
    fit: ClockFit
    drift_from: str
    notes: tuple[str, ...] = ()


def together_s(run: SessionRun, tie: Tie) -> float:
    """Seconds of the run's block that both members recorded."""
    begin, end = (float(t) for t in tie.fit.to_reference([0.0, run.client.duration_s]))
    start, stop = run.block
    return max(0.0, min(stop, end, run.therapist.duration_s) - max(start, begin, 0.0))


def confirmed_s(run: SessionRun, tie: Tie) -> float:
    """Of the seconds that both members recorded (`together_s`), those in which the clock is confirmed."""
    return together_s(run, tie) - sum(
        together_s(replace(run, start_s=begin, stop_s=end), tie) for begin, end in tie.fit.unconfirmed
    )
