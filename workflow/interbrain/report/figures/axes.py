"""Axes that several figures share: labelled rows, a line at zero, room around the marks."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .look import MUTED

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def padded(low: float, high: float, share: float = 0.06) -> tuple[float, float]:
    margin = share * (high - low) or 0.05 * (abs(high) or 1)
    return low - margin, high + margin


def wrapped(level: str) -> str:
    return "\n".join(textwrap.wrap(words.spoken(level), 14)) or apa.NOT_AVAILABLE


def label_rows(axes: Axes, labels: Sequence[str]) -> None:
    """Rows from the top, each with its label, and a thin rule to follow."""
    axes.set_yticks(range(len(labels)), labels)
    axes.set_ylim(len(labels) - 0.4, -0.6)
    axes.tick_params(axis="y", length=0)
    axes.yaxis.grid(True)
    axes.spines["left"].set_visible(False)


def zero_line(axes: Axes) -> None:
    axes.axhline(0, color=MUTED, linewidth=1.2, linestyle=(0, (4, 3)), zorder=1)


def spread_out(values: pd.Series, span: float) -> np.ndarray:
    """Sideways shifts that keep marks of like value apart, the same every time."""
    near, most = span * 0.045, 0.26
    shifts = np.zeros(len(values))
    numbers = np.sort(values.to_numpy(dtype=float))
    together = np.arange(len(numbers)) - np.searchsorted(numbers, numbers - near, side="right") + 1
    rings = max(1, together.max(initial=1) // 2)
    step = min(0.085, most / rings)  # so small that there is a place for each of those of like value
    placed: list = []
    for position in np.argsort(values.to_numpy(), kind="stable"):
        value = values.iloc[position]
        taken = {shift for other, shift in placed if abs(other - value) < near}
        tries = (sign * step * ring for ring in range(len(values)) for sign in ((1, -1) if ring else (1,)))
        free = next((shift for shift in tries if shift not in taken and abs(shift) <= most + 1e-9), 0.0)
        shifts[position] = free
        placed.append((value, free))
    return shifts


def side_by_side(count: int, width: float) -> np.ndarray:
    return np.linspace(-width, width, count) if count > 1 else np.zeros(1)


def slug(name: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", str(name).lower()).strip("-") or "x"
