"""The shape of a group's values beside its marks: half a violin, drawn by seaborn."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from matplotlib.axes import Axes

FEWEST = 10  # dyads of a group: the shape of fewer is that of the smoothing
POINTS = 40  # along a shape
BROAD = 0.24  # of the distance between groups


def half_violin(axes: Axes, values: np.ndarray, at: float, colour: str) -> bool:
    """Draw the density of one group from `at` to the right, from its lowest to its highest value.

    Returns
    -------
    drawn : bool
        False where there are fewer than `FEWEST` values, or only one value.
    """
    if len(values) < FEWEST or not np.ptp(values) > 0:
        return False
    import seaborn  # takes as long to load as some figures to draw: only where a shape is drawn

    # Of two halves, seaborn draws the right one for the second level of hue.
    seaborn.violinplot(
        x=np.full(len(values), at), y=values, hue=[True] * len(values), hue_order=[False, True],
        palette=[colour, colour], split=True, dodge=True, native_scale=True, cut=0, gridsize=POINTS,
        width=2 * BROAD, density_norm="width", inner=None, linewidth=0, saturation=1, legend=False, ax=axes,
    )  # fmt: skip
    axes.collections[-1].set(alpha=0.22, zorder=1)
    return True
