"""Which windows a dyad keeps: those that are good in both members at once, unless a person says otherwise.

The ledger of it has a row for every window, kept or not, with the reason and who decided.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.clocks import ClockFit
from interbrain.metrics.sites import site_channels
from interbrain.reproducibility.seeds import seed_of_content
from interbrain.tables.shared import SHARED
from interbrain.tables.windows import LEDGER

from .criteria import faults
from .decisions import decided, verdict
from .problems import EpochsError
from .signals import Signal


def choose_windows(
    therapist: Signal,
    client: Signal,
    fit: ClockFit,
    *,
    rois: Mapping[str, Sequence[str]],
    length_s: float,
    edge_s: float,
    max_peak_to_peak_uv: float,
    max_peak_to_peak_elsewhere_uv: float,
    min_peak_to_peak_uv: float,
    autoreject: str | None = None,
    seed: Sequence[int] = (),
    decisions: Iterable[Mapping] = (),
) -> pd.DataFrame:
    """Every window of the therapist's recording: kept, or dropped and why.

    Parameters
    ----------
    therapist, client : Signal
        Both on the therapist's clock (`on_therapist_clock`).
    rois : mapping name -> channels
    length_s, edge_s : float
        Window length; and what is left out at both ends and on both sides of a gap.
    max_peak_to_peak_uv, min_peak_to_peak_uv : float
        Limits at the ROI channels that hold a signal of their own; less than the smaller one is flat, and a
        flat stretch would look locked to anything.
    max_peak_to_peak_elsewhere_uv : float
        Limit at all other channels with a signal of their own: through the average reference, a large
        artefact at one electrode reaches every channel.
    autoreject : None, "global" or "local"
        Whether autoreject also judges each member's windows: see `rejection.rejected`. It sees those without
        gaps and flat channels, whatever a person decided about them, and never the partner's.
    seed : sequence of int
        For autoreject, besides each member's own samples (`Signal.content`).
    decisions : iterable of mapping
        A person's: item (start of the window on the therapist's clock, s), decision ("drop", "keep"), by,
        reason.

    Returns
    -------
    ledger : DataFrame
        One row a window, columns as in `tables.windows`. The reason is empty if the window simply is
        good; the criteria columns say what the criteria found, whatever a person decided.

    Raises
    ------
    ValueError
        If the two signals differ in sampling frequency or length.
    EpochsError
        If a channel of the ROIs is not in a recording, a decision names no window or keeps one that was not
        measured, or autoreject cannot learn from so little.
    """
    if (therapist.sfreq, therapist.data.shape[1]) != (client.sfreq, client.data.shape[1]):
        raise ValueError(
            "The client's signal is not on the therapist's clock; use `on_therapist_clock` first."
        )
    members = {"therapist": therapist, "client": client}
    for role, signal in members.items():
        _refuse_absent(site_channels(rois), signal, role)
    sfreq, n = therapist.sfreq, round(length_s * therapist.sfreq)
    first = round(edge_s * sfreq)
    starts = np.arange(first, therapist.data.shape[1] - first - n + 1, n)
    failed, amplitude = {}, {}
    for number, (role, signal) in enumerate(members.items()):
        failed[role], amplitude[role] = faults(
            signal,
            starts,
            n,
            roi_channels=set(site_channels(rois)),
            edge_s=edge_s,
            max_peak_to_peak_uv=max_peak_to_peak_uv,
            max_peak_to_peak_elsewhere_uv=max_peak_to_peak_elsewhere_uv,
            min_peak_to_peak_uv=min_peak_to_peak_uv,
            autoreject=autoreject,
            seed=[*seed_of_content(seed, signal.content), number],
        )
    by_hand = decided(decisions, starts / sfreq, length_s)
    rows = []
    for window, start in enumerate(starts):
        begin = start / sfreq
        reasons = {role: failed[role][window] for role in failed}
        rows.append(
            {
                "window": window,
                "start_s": begin,
                "stop_s": (start + n) / sfreq,
                "client_start_s": round(float(fit.to_other(begin)), 6),
                **verdict(reasons, by_hand.get(window), begin),
                **{f"{role}_criteria": ", ".join(reasons[role]) for role in failed},
                **{f"{role}_peak_to_peak_uv": round(float(amplitude[role][window]), 3) for role in failed},
            }
        )
    return pd.DataFrame(rows, columns=[name for name in LEDGER.names if name not in SHARED])


def _refuse_absent(wanted: Sequence[str], signal: Signal, role: str) -> None:
    absent = [channel for channel in wanted if channel not in signal.channels]
    if absent:
        raise EpochsError(
            f"the ROI channel{'s' * (len(absent) > 1)} {', '.join(absent)} "
            f"{'are' if len(absent) > 1 else 'is'} not in the recording of the {role}, which has "
            f"{', '.join(signal.channels)}",
            "Correct the cap map or the rois in the config.",
        )
