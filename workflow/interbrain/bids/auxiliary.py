"""What channels.tsv holds beside the EEG's names: types and names of other signals, and known filters."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from interbrain.formats.channel_names import same_name
from interbrain.formats.members import star_label

if TYPE_CHECKING:
    import pandas as pd
    from mne.io import BaseRaw

# Kinds of signals -> BIDS's channel types and their descriptions; all else are MISC. MNE is told nothing: it
# would give these types units (siemens, volts) in which the values are not.
TYPES = {
    "eda": ("GSR", "Galvanic skin response (electrodermal activity, EDA)"),
    "ecg": ("ECG", "ElectroCardioGram"),
    "ppg": ("PPG", "Photoplethysmography"),
    "respiration": ("RESP", "Respiration"),
}


def name_auxiliary(raw: BaseRaw, kinds: Mapping[str, str], pattern: str | None = None) -> dict[str, str]:
    """Give channels a name that says no more than their kind, in place.

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
    renamed = {}
    taken = {str(name).lower() for name in raw.ch_names}
    present = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    for channel, kind in kinds.items():
        labels = [channel, *([star_label(channel, pattern) or channel] if pattern else [])]
        meant = [name for name in raw.ch_names if any(same_name(name, label) for label in labels)]
        if len(meant) != 1 or present[meant[0]] in ("eeg", "stim"):
            continue
        (old,) = meant
        stem, number = kind.upper(), 1
        while (name := f"{stem}{number if number > 1 else ''}").lower() in taken - {old.lower()}:
            number += 1
        taken.add(name.lower())
        renamed[old] = name
    raw.rename_channels(renamed, verbose="error")
    return renamed


def mark_types(channels: pd.DataFrame, named: Collection[str]) -> None:
    """Write the types of channels that `name_auxiliary` has `named` into the table of channels, in place."""
    for row, (name, kind) in enumerate(zip(channels["name"], channels["type"], strict=True)):
        told = TYPES.get(re.sub(r"\d+$", "", name).lower())
        if told and name in named and kind == "MISC":
            channels.loc[channels.index[row], ["type", "description"]] = told


def drop_assumed_filters(channels: pd.DataFrame, sfreq: float) -> None:
    """Write n/a for filters that nobody stated, in place.

    Where a recording says nothing of filters, MNE gives 0 Hz and half the sampling rate.
    """
    for column, assumed in (("low_cutoff", 0.0), ("high_cutoff", sfreq / 2)):
        cells = channels[column]
        channels[column] = ["n/a" if cell == "n/a" or float(cell) == assumed else cell for cell in cells]
