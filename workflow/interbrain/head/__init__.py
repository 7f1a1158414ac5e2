"""Where electrodes are on the head, by their names: one montage for all that asks."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from mne import Info

MONTAGE = "colin27_1005"
# The middle of its electrodes, m, and the angle from its top to the head's edge.
HEAD_CENTRE, EDGE_DEGREES = np.array([0.0, 0.018, 0.035]), 95.0


@cache
def electrode_places() -> dict[str, np.ndarray]:
    """Where each of its electrodes is, m, in the montage's space: x to the right, y to the front, z up."""
    import mne

    return dict(mne.channels.make_standard_montage(MONTAGE).get_positions()["ch_pos"])


def from_above(info: Info) -> np.ndarray:
    """Channels on a disc seen from above, nose up; shape (n_channels, 2), the head's edge at radius 1."""
    place = np.array([channel["loc"][:3] for channel in info["chs"]]) - HEAD_CENTRE
    angle = np.degrees(np.arctan2(np.hypot(place[:, 0], place[:, 1]), place[:, 2])) / EDGE_DEGREES
    around = np.arctan2(place[:, 1], place[:, 0])
    return np.column_stack([angle * np.cos(around), angle * np.sin(around)])
