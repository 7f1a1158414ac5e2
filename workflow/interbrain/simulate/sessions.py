"""What a simulated session adds to rest: coded events in which the coupling changes, and two bodies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from .bodies import Bodies, Coupling
from .events import Event, during


@dataclass(frozen=True)
class Session:
    """What is planted in a session.

    Attributes
    ----------
    events : sequence of Event
        On true time, the therapist's.
    plv_in_events : mapping band -> PLV
        Of the two sources within events.
    bodies : Bodies
    """

    events: Sequence[Event] = ()
    plv_in_events: Mapping[str, float] = field(default_factory=dict)
    bodies: Bodies = field(default_factory=Bodies)

    @classmethod
    def of_plain(cls, plain: Mapping) -> Session:
        """Of plain values: events, plv_in_events, couplings (kind -> r, lag_s) and settling."""
        couplings = {kind: Coupling(**one) for kind, one in plain["couplings"].items()}
        return cls(
            [Event(**event) for event in plain["events"]],
            plain["plv_in_events"],
            Bodies(couplings, plain["settling"]),
        )

    def source_plv(self, times: np.ndarray, band: str, elsewhere: float) -> np.ndarray:
        """PLV of the two sources at each of the true times."""
        return np.where(during(times, self.events), self.plv_in_events.get(band, elsewhere), elsewhere)
