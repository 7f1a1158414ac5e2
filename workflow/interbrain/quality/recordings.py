"""What was recorded and what cleaning found, a row a recording."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.quality.decision_log import AUTOMATIC
from interbrain.quality.spectra import SiteSpectra
from interbrain.quality.unjudged import not_judged
from interbrain.quality.verdict import percent_kept, reasons_to_look

# The criteria of windows that have a column of their own in the quality table, by that column.
OF_THEIR_NAME = ("gap", "flat", "amplitude", "muscle", "step", "autoreject", "join")
COUNTED = {
    **{f"windows_{name}": (name,) for name in OF_THEIR_NAME},
    "windows_not_measured": ("no reference", "filled loss", "sent twice"),
    "windows_not_yet": ("not recorded yet",),
    "windows_ended": ("recording ended",),
    "windows_clock": ("clock not confirmed",),
}


def quality_table(
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    spectra: Sequence[SiteSpectra],
    ledgers: Mapping[tuple[str, str], pd.DataFrame],
    shared: Mapping[tuple[str, str], Mapping],
    limits: Mapping,
) -> pd.DataFrame:
    """One row a recording: what was recorded, how the clocks agree, what cleaning found, and a verdict.

    Parameters
    ----------
    conversions, accounts : sequence of mapping
        In the same order: `bids.recording.convert` and `cleaning.clean` of each recording.
    spectra : sequence of SiteSpectra
        Likewise.
    ledgers : mapping (dyad, time) -> window ledger
    shared : mapping (dyad, time) -> `crosstalk.crosstalk_of`
    limits : mapping
        ``look_below_percent``, ``max_bad_share`` and ``rois`` of `verdict.reasons_to_look`.
    """
    rows = []
    for c, a, s in zip(conversions, accounts, spectra, strict=True):
        run = c["dyad"], c["time"]
        ledger = ledgers[run]
        total, kept = len(ledger), int(ledger["kept"].sum())
        clock = c["clock"] if c["role"] == "client" else c["clock"] | {"offset": 0.0, "drift_ppm": 0.0}
        # What was not measured is missing, not zero.
        offset = np.nan if clock["method"] == "shared_start" else clock["offset"]
        drift = np.nan if clock["drift_from"] == "unknown" else clock["drift_ppm"]
        look = reasons_to_look(c, a, ledger, shared[run], **limits)
        rows.append(
            {
                "participant": c["participant"],
                "dyad": c["dyad"],
                "role": c["role"],
                "time": c["time"],
                "task": c["task"],
                "source_format": c["source_format"],
                "duration_s": c["duration_s"],
                "sfreq": c["sfreq"],
                "n_channels": a["ChannelCount"],
                "n_bad": len(a["BadChannels"]),
                "bad_channels": ", ".join(a["BadChannels"]),
                **_components(a),
                "muscle_s": a["MuscleSeconds"],
                "steps": ", ".join(f"{s['channel']} {s['onset_s']:.1f} s" for s in a["Steps"]),
                "not_judged": not_judged(a),
                "by_hand": sum(d["by"] != AUTOMATIC for d in (*a["Channels"], *a["Components"])),
                **{"windows_total": total, "windows_kept": kept},
                "percent_kept": percent_kept(ledger),
                **_windows_failed(ledger, c["role"]),
                **({"windows_muscle": None} if a["MuscleSeconds"] is None else {}),
                "windows_by_hand": int((ledger["by"] != AUTOMATIC).sum()),
                "line_noise_db": s.line_noise_db,
                "mains_hz": a["MainsHz"],
                "gap_s": a["GapSeconds"],
                "sync_method": clock["method"],
                "sync_drift_from": clock["drift_from"],
                "sync_offset_s": offset,
                "sync_drift_ppm": drift,
                "sync_drift_error_ppm": clock["drift_error_ppm"],
                "sync_residual_ms": clock["residual_ms"],
                **{"sync_markers": clock["n_matched"], "sync_markers_therapist": clock["n_reference"]},
                "sync_markers_client": clock["n_other"],
                "sync_markers_in_block": clock["n_in_block"],
                **shared[run],
                "verdict": "look" if look else "good",
                "verdict_reason": "; ".join(look),
            }
        )
    texts = ("bad_channels", "removed", "steps", "not_judged", "verdict_reason")
    return pd.DataFrame(rows).replace(dict.fromkeys(texts, ""), np.nan)


def _components(account: Mapping) -> dict:
    """How many independent components there were, what was removed, and whether they can be trusted."""
    about = account["IndependentComponents"]
    labels = [c["label"] for c in account["Components"] if c["decision"] == "remove"]
    counts = {label: labels.count(label) for label in labels}  # in the order of the largest of each
    state = "converged" if about.get("Converged") else "not converged"
    return {
        "n_components": about["Count"],
        "n_removed": len(labels),
        "removed": ", ".join(f"{n} {label}" for label, n in counts.items()),
        "ica": f"not done: {about['NotDone']}" if about["NotDone"] else state,
    }


def _windows_failed(ledger: pd.DataFrame, role: str) -> dict[str, int]:
    """How many windows of one member fail by each criterion, whether or not the partner's are good."""
    failed = [set(cell.split(", ")) for cell in ledger[f"{role}_criteria"].dropna() if cell]
    counts = {column: sum(not window.isdisjoint(of) for window in failed) for column, of in COUNTED.items()}
    others = sum(bool(window.difference(*COUNTED.values())) for window in failed)
    return counts | {"windows_other": others}
