"""Channels that are bad before anybody has judged their signal: a person marked them, or they have none.

Both are in `raw.info["bads"]`; only of the first can a person be of another mind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from interbrain.formats.gaps import bridge_missing

if TYPE_CHECKING:
    from mne.io import BaseRaw

NO_SIGNAL = "no signal in the raw file"
MARKED_BAD = "marked bad in the recording"


def reason_of(description: str = "") -> str:
    """The reason of a bad channel, from what the recording or its table of channels has of it."""
    if description == NO_SIGNAL or description.startswith(MARKED_BAD):  # a dataset of ours has the reason
        return description
    return f"{MARKED_BAD}: {description}" if description else MARKED_BAD


def bridge_and_mark(raw: BaseRaw, reasons: Mapping[str, str] | None = None) -> tuple[BaseRaw, dict[str, str]]:
    """`bridge_missing`, and which channels a person marked bad.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Its `info["bads"]` are the channels that the recording calls bad. Not changed otherwise.
    reasons : mapping channel -> reason, optional
        As `reason_of` gives them, of bad channels; of others, somebody marked them.

    Returns
    -------
    raw : mne.io.BaseRaw
        As `bridge_missing` returns it. Its `info["bads"]` are, in the order of the channels, those that it
        had, and those that miss most of their values.
    marked : dict of str to str
        Channel -> reason, of those that a person marked; whoever marks one without a signal has no say.
    """
    known = {c: MARKED_BAD for c in raw.info["bads"]} | dict(reasons or {})
    raw.info["bads"] = []
    raw = bridge_missing(raw)
    missing = {*raw.info["bads"], *(c for c, reason in known.items() if reason == NO_SIGNAL)}
    raw.info["bads"] = [c for c in raw.ch_names if c in missing or c in known]
    return raw, {c: known[c] for c in raw.info["bads"] if c not in missing}
