"""The clock that ties two recordings, as their sidecars keep it."""

from __future__ import annotations

import json
from pathlib import Path

from interbrain.clocks import ClockFit


def read_clock(eeg_json: Path) -> ClockFit:
    """The client's clock in terms of the therapist's, from the client's sidecar."""
    h = json.loads(Path(eeg_json).read_text(encoding="utf-8"))["Hyperscanning"]
    residual = float("nan") if h["SyncResidual"] == "n/a" else h["SyncResidual"]
    return ClockFit(
        offset=h["SyncOffset"], drift_ppm=h["SyncDrift"], residual_ms=residual, n_matched=h["SyncMarkers"]
    )
