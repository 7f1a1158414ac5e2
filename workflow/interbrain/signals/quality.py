"""Whether a signal can be used: how much is missing, flat, clipped or outside what a body can give.

Judges one member's signal as it was recorded; what its processing corrected comes from there.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from interbrain.signals.kinds import CARDIAC, KINDS
from interbrain.signals.series import Series
from interbrain.signals.voice import running_pitch

FLAT_S = 10.0  # as long at one value: no electrode, no camera
CLIPPED_S = 0.1  # as long at the largest or the smallest value of all
MOST_FLAT, MOST_CLIPPED, MOST_OUTSIDE = 0.5, 0.2, 0.5  # shares of the samples
# Skin conductance that changes by 10 uS/s lost its contact, and what is within 5 s of that is not used
# (Kleckner et al. 2018, IEEE Trans Biomed Eng 65:1460-1467). Not theirs: a change to less than half or more
# than double at once, which also finds a range that was switched, and lost contacts where the level is low.
STEP_S, LARGEST_STEP_US, TIMES, LEAST_STEP_US, AROUND_S = 0.5, 5.0, 2.0, 0.3, 5.0
MOST_CORRECTED = 0.2  # share of heart beats


@dataclass(frozen=True)
class Quality:
    """What a member's signal is worth.

    Attributes
    ----------
    usable : bool
    reason : str
        Why it is not; empty if it is.
    missing, flat, clipped, outside : float
        Shares of the samples: not recorded; at one value for `FLAT_S` and longer; at the largest or smallest
        value for `CLIPPED_S` and longer; outside the limits of its kind. NaN where that cannot be said.
    details : dict
        What its processing found: beats, corrected beats, breaths a minute, and so on.
    """

    usable: bool = True
    reason: str = ""
    missing: float = np.nan
    flat: float = np.nan
    clipped: float = np.nan
    outside: float = np.nan
    details: dict[str, Any] | None = None

    def refused(self, reason: str) -> Quality:
        """The same, not usable for this reason; the first reason counts."""
        return self if not self.usable else replace(self, usable=False, reason=reason)

    def noting(self, **details: float) -> Quality:
        """The same with what processing found."""
        told = {name: float(n) if isinstance(n, np.floating) else n for name, n in details.items()}
        return replace(self, details={**(self.details or {}), **told})

    @property
    def plain(self) -> dict[str, Any]:
        """As JSON holds it: None for what cannot be said."""
        told = asdict(self)
        details = told.pop("details") or {}
        return {
            key: None if isinstance(value, float) and not np.isfinite(value) else value
            for key, value in {**told, "usable": int(self.usable), **details}.items()
        }


def judge(series: Series, kind: str, duration_s: float, max_missing: float) -> tuple[Series, Quality]:
    """A signal's quality, and the signal with what cannot be as missing.

    Parameters
    ----------
    series : Series
        One member's, as recorded, in the kind's unit.
    duration_s : float
        Of the recording: what the series does not cover is missing.
    max_missing : float
        Share of the recording.
    """
    about = KINDS[kind]
    if not series.values.size:
        return series, Quality(False, "nothing was recorded during the EEG recording", missing=1.0)
    if kind == "pitch":
        series = running_pitch(series)
    values = series.values.copy()
    there = np.isfinite(values).all(axis=0)
    n_expected = max(round(duration_s * series.rate_hz), 1)
    outside = lost = 0.0
    if about.limits and about.series != CARDIAC:
        beyond = there & ((values < about.limits[0]) | (values > about.limits[1])).any(axis=0)
        outside = float(beyond.sum() / max(there.sum(), 1))
        if kind == "eda" and outside <= MOST_OUTSIDE:
            beyond |= there & _around_steps(values[0], series.rate_hz)
        values[:, beyond] = np.nan
        there &= ~beyond
        lost = float(beyond.sum() / max((there | beyond).sum(), 1))
    cleaned = replace(series, values=values)
    found = Quality(missing=1 - min(float(there.sum()) / n_expected, 1.0), outside=lost)
    if about.limits and outside > MOST_OUTSIDE:
        low, high = about.limits
        what = (
            f"{100 * outside:.0f}% of it is outside {low:g} to {high:g} {about.unit}: wrong unit or channel"
        )
        return cleaned, found.refused(what)
    if kind != "ibi":
        found = _stuck(values, series.rate_hz, about.rests_at_least, found)
    if found.missing > max_missing:
        what = "has too little voice" if kind == "pitch" else "is missing"
        found = found.refused(
            f"{100 * found.missing:.0f}% {what}, more than max_missing_share ({100 * max_missing:g}%)"
        )
    return cleaned, found


def _around_steps(row: np.ndarray, rate_hz: float) -> np.ndarray:
    """Which samples of a skin conductance are near a step that no skin makes."""
    n = max(1, round(STEP_S * rate_hz / 2))
    blocks = row[: len(row) // n * n].reshape(-1, n)
    filled = np.isfinite(blocks).any(axis=1)
    level = np.full(len(blocks), np.nan)
    level[filled] = np.nanmedian(blocks[filled], axis=1)
    found = np.zeros(len(row), bool)
    around = round(AROUND_S * rate_hz)
    for apart in (1, 2):
        before, after = level[:-apart], level[apart:]
        size = np.abs(after - before)
        factor = np.maximum(after, before) / np.maximum(np.minimum(after, before), 1e-9)
        with np.errstate(invalid="ignore"):
            steep = (size > LARGEST_STEP_US) | ((factor > TIMES) & (size > LEAST_STEP_US))
        for place in np.flatnonzero(steep):
            found[max(place * n - around, 0) : (place + apart + 1) * n + around] = True
    return found


def _stuck(values: np.ndarray, rate_hz: float, rests_at_least: bool, found: Quality) -> Quality:
    """Stretches at one value: flat ones, and those at the largest or the smallest value."""
    flat, clipped = [], []
    for row in values:
        row = row[np.isfinite(row)]
        if not len(row):
            return found
        edges = np.flatnonzero(np.diff(row)) + 1
        begins, ends = np.r_[0, edges], np.r_[edges, len(row)]
        lengths, level = ends - begins, row[begins]
        resting = (level == row.min()) & rests_at_least & (row.min() != row.max())
        long = (lengths >= FLAT_S * rate_hz) & ~resting
        flat.append(lengths[long].sum() / len(row))
        extreme = (level == row.max()) | ((level == row.min()) & ~np.bool_(rests_at_least))
        held = extreme & (lengths >= max(CLIPPED_S * rate_hz, 3)) & (len(edges) > 0)
        clipped.append(lengths[held].sum() / len(row))
    found = replace(found, flat=float(min(flat)), clipped=float(max(clipped)))
    if found.flat > MOST_FLAT:
        return found.refused(f"it is flat: {100 * found.flat:.0f}% of it holds one value")
    if found.clipped > MOST_CLIPPED:
        return found.refused(f"it is clipped: {100 * found.clipped:.0f}% of it is at the end of its range")
    return found


def judge_beats(found: Quality, n_beats: int, n_corrected: int, n_missing: int) -> Quality:
    """Quality of inter-beat intervals: how many beats were corrected, of those found."""
    share = (n_corrected + n_missing) / max(n_beats, 1)
    found = found.noting(
        n_beats=n_beats, n_corrected=n_corrected, n_missing_beats=n_missing, corrected=round(share, 6)
    )
    if n_beats < 10:
        return found.refused(f"only {n_beats} heart beats were found")
    if share > MOST_CORRECTED:
        return found.refused(
            f"{100 * share:.0f}% of its heart beats had to be corrected or are missing "
            f"(limit {100 * MOST_CORRECTED:.0f}%)"
        )
    return found
