"""Save MNE objects so that the same content gives the same bytes on every machine.

MNE writes the machine's network address into each file; it identifies the lab and differs elsewhere.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from mne import BaseEpochs
    from mne.io import BaseRaw
    from mne.preprocessing import ICA


def save(instance: BaseRaw | BaseEpochs, path: Path) -> None:
    """Save an mne Raw or Epochs as FIF, single precision, without the machine's address."""
    with _without_address():
        instance.save(path, fmt="single", overwrite=True, verbose="error")


def save_ica(ica: ICA, path: Path) -> None:
    """Save an mne ICA as FIF, without the machine's address."""
    with _without_address():
        ica.save(path, overwrite=True, verbose="error")


def _without_address() -> AbstractContextManager:
    return patch("mne._fiff.write.get_machid", lambda: np.zeros(2, np.int32))
