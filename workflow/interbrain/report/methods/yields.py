"""Methods: what cleaning left, in numbers: bad channels, removed components, windows kept."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .run import Run


@dataclass(frozen=True)
class Yield:
    """One number of each recording, or of each pair of them, summarised; what is missing is not counted."""

    n: int
    mean: float
    sd: float
    low: float
    high: float

    @classmethod
    def of(cls, values: Sequence[float]) -> Yield | None:
        """None where there is no value."""
        known = pd.Series(values, dtype=float).dropna()
        if known.empty:
            return None
        return cls(len(known), known.mean(), known.std(), known.min(), known.max())

    @property
    def spread(self) -> str:
        """``(SD = 0.6, range 0 to 2)``; of one recording there is none."""
        if self.n == 1:
            return ""
        return f" (SD = {apa.number(self.sd, 1)}, range {apa.whole(self.low)} to {apa.whole(self.high)})"


def yields_of(quality: pd.DataFrame) -> dict[str, Yield | None]:
    """Bad channels and removed components of each recording; windows kept of each pair, and in percent."""
    pairs = quality.drop_duplicates(["dyad", "time"])
    return {
        "channels": Yield.of(quality["n_channels"]),
        "bad": Yield.of(quality["n_bad"]),
        "removed": Yield.of(quality.loc[quality["n_components"] > 0, "n_removed"]),
        "windows": Yield.of(pairs["windows_kept"]),
        "percent": Yield.of(pairs["percent_kept"]),
    }


def yields(run: Run) -> Iterator[str]:
    found = run.sizes.get("yields") or {}
    bad, removed, windows = (found.get(name) for name in ("bad", "removed", "windows"))
    if bad and (channels := found["channels"]):
        of = apa.whole(channels.low)
        of += f" to {apa.whole(channels.high)}" if channels.high > channels.low else ""
        yield f"On average, {apa.number(bad.mean, 1)} of {of} channels of a recording were bad{bad.spread}."
    if removed:
        decomposed = "" if bad and removed.n == bad.n else f" of the {removed.n} that were decomposed"
        yield (
            f"On average, {apa.number(removed.mean, 1)} components of a recording{decomposed} were removed"
            f"{removed.spread}."
        )
    if windows and (percent := found.get("percent")):
        yield (
            f"In {words.counted(windows.n, 'pair')} of recordings, {apa.number(windows.mean, 1)} windows on "
            f"average were good in both members{windows.spread}, {apa.number(percent.mean, 0)}% of all."
        )
