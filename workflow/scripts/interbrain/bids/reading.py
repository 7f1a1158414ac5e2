"""One recording of the dataset back into memory.

Reads that recording's files only, so that it cannot meet a table that another job is writing.
"""

from __future__ import annotations

from pathlib import Path


def read_recording_files(vhdr: Path):
    """Read one recording back, with its channel types, bad channels and annotations.

    Returns
    -------
    raw : mne.io.Raw
        Preloaded; events as annotations (`sync_trigger`, `BAD_acq_skip` ...).
    """
    import mne
    import pandas as pd

    vhdr = Path(vhdr)
    stem = vhdr.name.removesuffix("_eeg.vhdr")
    raw = mne.io.read_raw_brainvision(vhdr, preload=True, verbose="error")
    channels = pd.read_csv(vhdr.with_name(stem + "_channels.tsv"), sep="\t", dtype=str, keep_default_na=False)
    kinds = {"EEG": "eeg", "TRIG": "stim", "EOG": "eog", "ECG": "ecg"}
    types = {n: kinds.get(t, "misc") for n, t in zip(channels["name"], channels["type"], strict=True)}
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    raw.info["bads"] = list(channels["name"][channels["status"] == "bad"])
    events = pd.read_csv(
        vhdr.with_name(stem + "_events.tsv"), sep="\t", dtype={"trial_type": str}, keep_default_na=False
    )
    raw.set_annotations(mne.Annotations(events["onset"], events["duration"], events["trial_type"]))
    return raw
