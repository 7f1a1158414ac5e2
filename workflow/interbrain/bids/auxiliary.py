"""Channels beside the EEG whose kind the table of signals tells: their type and their name in BIDS."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from interbrain.formats.channel_names import same_name
from interbrain.formats.members import star_label

if TYPE_CHECKING:
    from mne.io import BaseRaw

# Kinds of signals -> MNE's channel types, which BIDS has as GSR, ECG and RESP; PPG and all else are MISC.
TYPES = {"eda": "gsr", "ecg": "ecg", "respiration": "resp"}


def name_auxiliary(raw: BaseRaw, kinds: Mapping[str, str], pattern: str | None = None) -> dict[str, str]:
    """Give channels their type, and a name that says no more than their kind, in place.

    Parameters
    ----------
    raw : mne.io.BaseRaw
    kinds : mapping
        Channel, as the table of signals has it -> kind.
    pattern : str, optional
        Which channels are this member's, in a file of two people.

    Returns
    -------
    renamed : dict of str to str
        Old to new name: EDA, or EDA2 where that is taken.
    """
    types, renamed = {}, {}
    taken = {str(name).lower() for name in raw.ch_names}
    present = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    for channel, kind in kinds.items():
        labels = [channel, *([star_label(channel, pattern) or channel] if pattern else [])]
        meant = [name for name in raw.ch_names if any(same_name(name, label) for label in labels)]
        if len(meant) != 1 or present[meant[0]] in ("eeg", "stim"):
            continue
        (old,) = meant
        if kind in TYPES:
            types[old] = TYPES[kind]
        stem, number = kind.upper(), 1
        while (name := f"{stem}{number if number > 1 else ''}").lower() in taken - {old.lower()}:
            number += 1
        taken.add(name.lower())
        renamed[old] = name
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    raw.rename_channels(renamed, verbose="error")
    return renamed
