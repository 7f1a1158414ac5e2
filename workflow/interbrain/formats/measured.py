"""What was cut, joined, filled or sent twice without a mark in the file: found, noted, and marked as bad."""

from __future__ import annotations

from typing import TYPE_CHECKING

from interbrain.formats.fillings import mark_fillings
from interbrain.formats.splices import mark_splices, splices

if TYPE_CHECKING:
    from mne.io import BaseRaw


def mark_unmeasured(raw: BaseRaw) -> None:
    """Mark, in place, what no window may contain: losses that were filled, blocks that come again, joins.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        With its channels typed and its gaps marked; loaded or not.
    """
    found = splices(raw)  # before a block that comes again is marked, which epochs that overlap consist of
    mark_fillings(raw)
    mark_splices(raw, found)
