"""How often each measure's chance level is wrong where nobody is coordinated, and the verdict on it.

calibration.tsv is what benchmarks/coordination_calibration.py wrote; here it is read.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

TABLE = Path(__file__).with_name("calibration.tsv")
# Of 500 sessions with a right chance level, a share above this comes twice in a thousand cells.
MOST = 0.08


@dataclass(frozen=True)
class Cell:
    """One measure in simulated sessions of one kind: shares of sessions, and the spread of the values.

    Attributes
    ----------
    measure, detrend, against : str
        against: shifts (p_chance) or strangers (p_pseudo).
    series : str
        independent, slow drift, shared arc; or coupled at a correlation.
    minutes, sessions : int
        sessions: of "own windows" the windows of all sessions; of "strangers" dyads.
    p_05, p_95 : float
        Share of sessions with p <= .05 and with p >= .95.
    sd, above_half : float
        Of the values: standard deviation, and share above .5.
    """

    measure: str
    detrend: str
    against: str
    series: str
    minutes: int
    sessions: int
    p_05: float
    p_95: float
    sd: float
    above_half: float

    @property
    def coupled(self) -> bool:
        return self.series.startswith("coupled")


@cache
def cells() -> tuple[Cell, ...]:
    """All cells, in the order of the table."""
    with TABLE.open(encoding="utf-8", newline="") as file:
        return tuple(
            Cell(
                row["measure"],
                row["detrend"],
                row["against"],
                row["series"],
                *(int(row[name]) for name in ("minutes", "sessions")),
                *(float(row[name]) for name in ("p_05", "p_95", "sd", "above_half")),
            )
            for row in csv.DictReader(file, delimiter="\t")
        )


def false_positives(
    measure: str, detrend: str = "none", two_sided: bool = False, movement: bool = False
) -> list[float]:
    """Shares of uncoordinated sessions with p <= .05 against circular shifts, in the order of the cells.

    two_sided: also those with p >= .95, of a measure that means something at either end. movement: of series
    like movement, in bursts; otherwise of those like skin conductance.
    """
    own = [
        cell
        for cell in cells()
        if (cell.measure, cell.detrend, cell.against) == (measure, detrend, "shifts")
        and not cell.coupled
        and cell.series.startswith("movement") == movement
    ]
    return [cell.p_05 for cell in own] + [cell.p_95 for cell in own if two_sided]


def calibrated(measure: str, detrend: str = "none", two_sided: bool = False, movement: bool = False) -> bool:
    """Whether its chance level is right in every cell; parameters as of `false_positives`."""
    shares = false_positives(measure, detrend, two_sided, movement)
    return bool(shares) and max(shares) <= MOST
