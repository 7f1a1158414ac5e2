"""A Poly5 recording as MNE holds it: samples stay in the file until they are needed.

Not here: what the file's bytes mean, and whether it is whole (`poly5`); apart from it because this needs MNE.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import mne
import numpy as np

from interbrain.formats import FormatError
from interbrain.formats.poly5 import read_rows

if TYPE_CHECKING:
    from interbrain.formats.poly5 import Channel, Layout


class RawPoly5(mne.io.BaseRaw):
    """A Poly5 file that `read_poly5` has checked.

    Parameters
    ----------
    path : pathlib.Path
        The file. It is opened anew for each reading, so that nothing is held open or mapped into memory: a
        network drive that goes away is an error, not a crash.
    info : mne.Info
        One channel for each of the layout's.
    layout : interbrain.formats.poly5.Layout
        Where the samples are and what they mean.
    """

    def __init__(self, path: Path, info: mne.Info, layout: Layout) -> None:
        super().__init__(
            info,
            last_samps=[layout.n_times - 1],
            filenames=[path.absolute()],
            raw_extras=[{"layout": layout}],
            verbose="error",
        )
        named = zip(info["ch_names"], layout.channels, strict=True)
        self._orig_units = {name: c.unit for name, c in named if c.kind == "misc" and c.unit}

    def _read_segment_file(
        self,
        data: np.ndarray,
        idx: slice | np.ndarray,
        fi: int,
        start: int,
        stop: int,
        cals: np.ndarray,
        mult: np.ndarray | None,
    ) -> None:
        """Fill `data`, shape (n_picked, stop - start), as MNE asks of its readers."""
        layout, path = self._raw_extras[fi]["layout"], self.filenames[fi]
        picked = np.arange(len(layout.channels))[idx]
        done = 0
        try:
            with open(path, "rb") as file:
                for rows in read_rows(file, layout, start, stop):
                    signals = np.empty((len(picked), len(rows)))
                    for signal, i in zip(signals, picked, strict=True):
                        signal[:] = rows[f"channel{i}"]
                    _calibrate(signals, [layout.channels[i] for i in picked])
                    part = data[:, done : done + len(rows)]
                    part[:] = np.multiply(signals, cals, out=signals) if mult is None else mult @ signals
                    done += len(rows)
        except OSError as error:
            raise FormatError(
                "was moved or changed while it was read", "Leave it in its place and start again.", where=path
            ) from error


def _calibrate(numbers: np.ndarray, channels: Sequence[Channel]) -> None:
    """Turn the numbers of each channel into volts or its own unit, in place; missing as NaN."""
    meant = [(c.offset, c.gain, c.low, c.volts, c.largest) for c in channels]
    offset, gain, low, volts, largest = np.array(meant).reshape(-1, 5, 1).swapaxes(0, 1)
    with np.errstate(invalid="ignore", over="ignore"):
        numbers -= offset
        numbers *= gain
        numbers += low
        numbers *= volts
        numbers[~(np.abs(numbers) <= largest)] = np.nan
