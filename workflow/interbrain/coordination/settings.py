"""How coordination is measured: lengths of windows, lags and slopes, and the shifts behind chance levels."""

from __future__ import annotations

from dataclasses import dataclass

from interbrain.problems import InterbrainError

DETRENDING = ("none", "linear")


@dataclass(frozen=True)
class Settings:
    """Lengths in seconds, and the circular shifts.

    Attributes
    ----------
    window_s, step_s, lag_s : float
        Of the windowed cross-lagged correlation and of agreement: windows, the step between their starts,
        and the largest lag in either direction. The defaults are those of rMEA's authors.
    segment_s : float
        SUSY's segments, which do not overlap.
    slope_s, slope_step_s : float
        Windows in which slopes are fitted, and the step between them.
    concordance_s : float
        Running windows in which slopes are correlated.
    detrend : str
        "linear": in each window of the lagged correlations, and in each of SUSY's segments, the straight line
        is taken out of both series first. "none" is rMEA's and SUSY's definition.
    n_shifts : int
        Circular shifts of the client.
    min_shift_s : float
        The smallest shift in either direction; longer than the series remember themselves.
    stranger_shifts : int
        Circular shifts behind the chance level of each pair of strangers.
    """

    window_s: float = 60
    step_s: float = 30
    lag_s: float = 5
    segment_s: float = 30
    slope_s: float = 5
    slope_step_s: float = 1
    concordance_s: float = 15
    detrend: str = "none"
    n_shifts: int = 200
    min_shift_s: float = 60
    stranger_shifts: int = 50

    def __post_init__(self) -> None:
        if self.detrend not in DETRENDING:
            raise InterbrainError(
                f"{self.detrend!r} is not a way of detrending",
                f"Write one of {', '.join(DETRENDING)}.",
                where="detrend",
            )
        for name in ("window_s", "step_s", "segment_s", "slope_s", "slope_step_s", "concordance_s"):
            self._refuse(name, getattr(self, name) > 0, "must be longer than 0 s")
        for name in ("lag_s", "min_shift_s"):
            self._refuse(name, getattr(self, name) >= 0, "cannot be negative")
        for name in ("n_shifts", "stranger_shifts"):
            self._refuse(name, getattr(self, name) >= 1, "must be at least 1")
        self._refuse("lag_s", self.lag_s < self.segment_s, "must be shorter than a segment (segment_s)")
        longest = self.concordance_s >= 3 * self.slope_step_s
        self._refuse("concordance_s", longest, "must hold at least 3 slopes (slope_step_s)")

    def _refuse(self, name: str, holds: bool, rule: str) -> None:
        if not holds:
            raise InterbrainError(
                f"{name} is {getattr(self, name)} and {rule}", "Change it in the settings.", where=name
            )
