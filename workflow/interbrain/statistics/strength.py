"""Columns of the aggregated dataset on the strength of either member's rhythm, and their logarithms."""

from __future__ import annotations

import numpy as np
import pandas as pd

SNR = ("snr_therapist", "snr_client")
LOG_SNR = tuple(f"log_{name}" for name in SNR)
POWER = ("power_therapist", "power_client")
LOG_POWER = tuple(f"log_{name}" for name in POWER)


def with_logs(aggregated: pd.DataFrame) -> pd.DataFrame:
    """The table with `LOG_SNR` and `LOG_POWER` beside it, where it has both members' SNR or power.

    Log SNR is the natural logarithm of 1 + SNR, of power over background: it exists wherever there is power;
    SNR itself is zero or negative where a band has no rhythm. Log power is log10. NaN where it is missing.
    """
    if set(POWER) <= set(aggregated):
        power = aggregated[list(POWER)].astype(float)
        logs = np.log10(power.where(power > 0))
        aggregated = aggregated.assign(**dict(zip(LOG_POWER, logs.to_numpy().T, strict=True)))
    if not set(SNR) <= set(aggregated):
        return aggregated
    ratios = 1 + aggregated[list(SNR)].astype(float)
    logs = np.log(ratios.where(ratios > 0))
    return aggregated.assign(**dict(zip(LOG_SNR, logs.to_numpy().T, strict=True)))
