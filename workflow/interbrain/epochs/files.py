"""A dyad's windows on disk: one MNE epochs file a member, which can be checked to be a pair.

Writes what the ledger says and reads it back. Chooses nothing.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.clocks import ClockFit
from interbrain.files.fif import save

from .problems import NotSimultaneous
from .signals import Signal


def write_epochs(path: Path, signal: Signal, ledger: pd.DataFrame) -> None:
    """Write one member's kept windows as MNE epochs; `selection` holds the window numbers.

    The events are samples of the therapist's clock for both members; the drop log has the reasons, and the
    metadata both clocks' times. The description says whose they are and names the ledger by its digest, so
    that the pair can be checked when it is read back.
    """
    import mne

    kept = ledger[ledger["kept"] == 1]
    n = round((ledger["stop_s"].iloc[0] - ledger["start_s"].iloc[0]) * signal.sfreq) if len(ledger) else 1
    starts = _samples(kept["start_s"], signal.sfreq)
    none = np.empty((0, len(signal.channels), n))
    data = np.stack([signal.data[:, s : s + n] for s in starts]) if len(starts) else none
    info = mne.create_info(signal.channels, signal.sfreq, "eeg")
    info["bads"] = list(signal.interpolated)
    info["description"] = f"{signal.role}, windows {_digest(ledger)}"
    dropped = tuple(() if k else (r,) for k, r in zip(ledger["kept"], ledger["reason"], strict=True))
    log = dropped or (("too short for a window",),)  # MNE cannot read epochs with an empty log
    epochs = mne.EpochsArray(
        data,
        info,
        events=np.column_stack([starts, np.zeros_like(starts), np.ones_like(starts)]),
        metadata=kept[["window", "start_s", "client_start_s"]].reset_index(drop=True),
        selection=kept["window"].to_numpy(),
        drop_log=log,
        verbose="error",
    )
    save(epochs, path)


def read_simultaneous(
    therapist_epochs: Path, client_epochs: Path, fit: ClockFit, tolerance_ms: float = 1.0
) -> np.ndarray:
    """Read a pair of epochs files back and make sure that they are the same instants.

    Returns
    -------
    starts_s : array, shape (n_epochs,)
        Start of each window on the therapist's clock, s.

    Raises
    ------
    NotSimultaneous
        If the two files differ in number, selection, length or time of their windows, if they were not cut
        by the same ledger or are not a therapist's and a client's in this order, or if a window's time on
        the client's clock is not what the clock fit says.
    """
    import mne

    pair = [mne.read_epochs(p, preload=False, verbose="error") for p in (therapist_epochs, client_epochs)]
    ours, theirs = pair
    what = f"{Path(therapist_epochs).name} and {Path(client_epochs).name}"
    for name, one, other in (
        ("window numbers", ours.selection, theirs.selection),
        ("sampling rate", [ours.info["sfreq"]], [theirs.info["sfreq"]]),
        ("window length", ours.times, theirs.times),
        ("window times", ours.events[:, 0], theirs.events[:, 0]),
    ):
        if not np.array_equal(one, other):
            raise NotSimultaneous(
                f"{what} differ in {name}: they are not the same instants", "Cut them again."
            )
    said = [(e.info["description"] or "").partition(", ") for e in pair]
    if [role for role, _, _ in said] != ["therapist", "client"] or said[0][2] != said[1][2]:
        raise NotSimultaneous(
            f"{what} are not the therapist's and the client's windows of one run", "Cut them again."
        )
    starts = ours.events[:, 0] / ours.info["sfreq"]
    if len(starts):
        claimed = theirs.metadata["client_start_s"].to_numpy(float)
        off = np.abs(claimed - fit.to_other(starts)).max() * 1e3
        if off > tolerance_ms:
            raise NotSimultaneous(
                f"{what}: the client's windows are {off:.1f} ms from where the clock fit puts them",
                "Cut them again.",
            )
    return starts


def _digest(ledger: pd.DataFrame) -> str:
    """Both members' amplitudes stand in the ledger: no two runs share it."""
    return hashlib.sha256(ledger.to_csv(index=False, lineterminator="\n").encode()).hexdigest()[:16]


def _samples(times_s: Sequence[float] | np.ndarray, sfreq: float) -> np.ndarray:
    return np.round(np.asarray(times_s, float) * sfreq).astype(int)
