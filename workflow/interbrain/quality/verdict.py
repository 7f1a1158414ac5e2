"""Whether a person should look at a recording, and why: one rule for its picture and for the quality table.

Weighs what earlier stages noted; measures nothing. That a recording is also another dyad's (`rule copies`)
is in the quality table only: a picture is of its dyad alone, and is not drawn again for others.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from interbrain.metrics.sites import site_channels
from interbrain.quality.crosstalk import reasons_of_crosstalk
from interbrain.quality.unjudged import reservations


def percent_kept(ledger: pd.DataFrame) -> float:
    """Share of the windows that were kept, %; 0 where there is none."""
    return 100 * int(ledger["kept"].sum()) / len(ledger) if len(ledger) else 0.0


def reasons_to_look(
    conversion: Mapping,
    account: Mapping,
    ledger: pd.DataFrame,
    shared: Mapping,
    *,
    look_below_percent: float,
    max_bad_share: float,
    rois: Mapping[str, Sequence[str]],
) -> list[str]:
    """Why a person should look at a recording; empty if it is good.

    Parameters
    ----------
    conversion, account : mapping
        `bids.recording.convert` and `cleaning.clean` of the recording.
    ledger : DataFrame
        Of the windows of its dyad and run.
    shared : mapping
        `crosstalk.crosstalk_of` its dyad and run.
    look_below_percent : float
        Fewer windows kept than this: look.
    max_bad_share : float
        More bad channels than this share: look.
    rois : mapping name -> channels
        A bad one among them: look.
    """
    look = [*reasons_of_cleaning(account, max_bad_share, rois), *reservations(account)]
    if account["GapSeconds"]:
        look.append(f"the amplifier lost {account['GapSeconds']:g} s of samples")
    if conversion["missing_data"]:
        look.append("values are missing")
    look += [*conversion["notes"], *conversion["clock"]["notes"]]
    look += reasons_of_crosstalk(shared)
    percent = percent_kept(ledger)
    if percent < look_below_percent:
        look.append(f"{percent:.0f}% of the windows are good in both members")
    return look


def reasons_of_cleaning(
    account: Mapping, max_bad_share: float, rois: Mapping[str, Sequence[str]]
) -> list[str]:
    """What cleaning found at channels and components that a person should see."""
    look, bad, about = [], account["BadChannels"], account["IndependentComponents"]
    if len(bad) / account["ChannelCount"] > max_bad_share:
        look.append(f"{len(bad)} of {account['ChannelCount']} channels are bad")
    if at_sites := [c for c in site_channels(rois) if c in bad]:
        look.append(f"bad ROI channels: {', '.join(at_sites)}")
    if account["ComponentsAsked"] and about.get("NotDone"):
        look.append(f"no independent components: {about['NotDone']}")
    if about.get("Converged") is False:
        look.append(f"the components did not converge in {about['Iterations']} iterations")
    if account["Steps"]:
        at = [step["channel"] for step in account["Steps"]]
        counts = ", ".join(f"{at.count(channel)} at {channel}" for channel in dict.fromkeys(at))
        look.append(f"electrode pops, whose time is left out: {counts}")
    if slow := account["SlowChannelsDb"]:
        said = ", ".join(f"{channel} by {db:.0f} dB" for channel, db in slow.items())
        look.append(f"power at 1 to 4 Hz far above the other channels': {said}")
    return look
