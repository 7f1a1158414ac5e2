"""One dyad and run under every choice that concerns its signals: reference, windows, bands, sites, estimator.

Joins the rooms epochs, phase and synchrony, and does once what several branches share. Each branch gives what
the study would have given with these settings; one that cannot be made gives no value, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any

import numpy as np
import pandas as pd

from interbrain.chance import summary
from interbrain.clocks import ClockFit
from interbrain.epochs import EpochsError, Signal, choose_windows
from interbrain.metrics import roi_mean
from interbrain.reproducibility.seeds import seed_of_content
from interbrain.rhythms.phase import windowed
from interbrain.synchrony.dyad import synchrony
from interbrain.synchrony.members import at_channels, member_rhythms, narrow_signals, why_band_taken

KEYS = ["reference", "length_s", "bands", "rois", "estimator"]
NUMBERS = ["value", "chance", "above_chance", "z_chance", "n_pairs", "n_windows"]
# What is said of a recording that a branch cannot use, because too little of it is good in both members.
NO_WINDOW, TOO_SHORT = "no window is good in both members", " of shared clean data (limit "
WITHOUT_DECISIONS = "windows chosen without the decisions by hand, which fit another length"
Pair = tuple[Signal, Signal]


def variants(
    therapist: Signal,
    client: Signal,
    fit: ClockFit,
    *,
    levels: Mapping[str, Any],
    windows: Mapping,
    min_clean_s: float,
    decisions: Iterable[Mapping],
    individual_band: str | None,
    out_sfreq: float,
    about: dict,
    **settings: Any,
) -> pd.DataFrame:
    """Synchrony of one dyad and run at every homologous pair of sites, under every branch of the grid.

    Parameters
    ----------
    therapist, client : Signal
        Continuous, average reference, both on the therapist's clock.
    levels : mapping
        Of `choices.grid`; its first levels are the study's own.
    windows : mapping
        Settings of `epochs.choose_windows` but length_s, rois and decisions.
    min_clean_s : float
        A branch with less shared clean time has no value, as the study does not use such a recording.
    decisions : iterable of mapping
        A person's, about windows of the study's own length; other lengths are chosen without them.
    individual_band : str or None
        The band that follows each person's own alpha peak; of the study's own bands only.
    about : mapping
        Leading columns, the same in every row (dyad, time, run).
    **settings
        Of `synchrony.synchrony`, but estimators: all branches see the same seed.

    Returns
    -------
    table : DataFrame
        A row for each reference, length_s, bands, rois, estimator, band and roi, in the order of the levels:
        value, chance, above_chance, z_chance, n_pairs, n_windows, and a note on what is missing and why.
    """
    decisions = list(decisions)
    settings["seed"] = seed_of_content(settings["seed"], therapist.content, client.content)
    rows = []
    for reference, channels in levels["reference"].items():
        reason = _why_no_reference((therapist, client), channels)
        pair = therapist, client
        if not reason:
            pair = referred(therapist, channels), referred(client, channels)
        compute = _sharing(pair, levels, out_sfreq, individual_band, settings)
        for length_s in levels["length_s"]:
            own_length = length_s == levels["length_s"][0]
            for bands in levels["bands"]:
                for rois, sites in levels["rois"].items():
                    names = {"reference": reference, "length_s": length_s, "bands": bands, "rois": rois}
                    why = reason or _why_no_sites(pair, sites)
                    starts: tuple[float, ...] = ()
                    if not why:
                        by_hand = decisions if own_length else []
                        starts, why = _starts(pair, fit, sites, length_s, by_hand, windows)
                    if not why and len(starts) * length_s < min_clean_s:
                        why = f"{len(starts) * length_s:g} s{TOO_SHORT}{min_clean_s:g} s)"
                    note = WITHOUT_DECISIONS if decisions and not own_length else ""
                    found = {} if why else compute(starts, length_s, bands)
                    for row in _rows(found, sites, levels["bands"][bands], levels["estimator"]):
                        said = [why, row.pop("note"), note]
                        numbers = row | {"n_windows": len(starts)}
                        rows.append(about | names | numbers | {"note": "; ".join(filter(None, said))})
    return pd.DataFrame(rows)[[*about, *KEYS, "band", "roi", *NUMBERS, "note"]]


def referred(signal: Signal, channels: Sequence[str]) -> Signal:
    """A member's signal against the mean of some of its channels, without them; as it is for no channels.

    A cleaned recording has the average of its good channels as reference: what is subtracted from all
    channels alike cancels, so that this is the signal as if it had been referred to these channels at once.
    """
    if not channels:
        return signal
    there = [signal.channels.index(channel) for channel in channels]
    rest = [i for i in range(len(signal.channels)) if i not in there]
    return replace(
        signal,
        data=signal.data[rest] - signal.data[there].mean(axis=0),
        channels=[signal.channels[i] for i in rest],
        interpolated=[c for c in signal.interpolated if c not in channels],
    )


def _why_no_reference(pair: Pair, channels: Sequence[str]) -> str:
    for member in pair:
        for channel in channels:
            if channel not in member.channels:
                return f"the reference {channel} is not in the {member.role}'s recording"
            if member.channels.index(channel) not in member.own:
                return f"the reference {channel} of the {member.role} holds no signal of its own"
    return ""


def _why_no_sites(pair: Pair, sites: Mapping[str, Sequence[str]]) -> str:
    for member in pair:
        if absent := [c for names in sites.values() for c in names if c not in member.channels]:
            return f"{absent[0]} is not in the {member.role}'s recording"
    return ""


def _starts(
    pair: Pair,
    fit: ClockFit,
    sites: Mapping[str, Sequence[str]],
    length_s: float,
    decisions: Iterable[Mapping],
    windows: Mapping,
) -> tuple[tuple[float, ...], str]:
    """Starts of the kept windows, s; and why there can be none."""
    try:
        ledger = choose_windows(*pair, fit, rois=sites, length_s=length_s, decisions=decisions, **windows)
    except EpochsError as error:  # too little for autoreject, or a decision that fits other sites
        return (), error.what
    starts = tuple(ledger.loc[ledger["kept"] == 1, "start_s"])
    return starts, "" if starts else NO_WINDOW


def _sharing(
    pair: Pair, levels: Mapping, out_sfreq: float, individual_band: str | None, settings: Mapping
) -> Callable[[tuple[float, ...], float, str], dict]:
    """A function of windows, length and bands that filters and compares what branches share only once."""
    wanted = {channel for sites in levels["rois"].values() for names in sites.values() for channel in names}
    places = [[i for i, c in enumerate(member.channels) if c in wanted] for member in pair]

    @cache
    def continuous(who: int, edges: tuple[tuple[float, float], ...]) -> np.ndarray:
        """(n_bands, n_site_channels, n_times); NaN for a channel without a signal of its own."""
        member = pair[who]
        return narrow_signals(
            at_channels(member, [member.channels[i] for i in places[who]]), edges, out_sfreq
        )

    @cache
    def found(starts: tuple[float, ...], length_s: float, bands: str) -> dict:
        members, own = [], []
        for who, member in enumerate(pair):
            edges = levels["bands"][bands]
            if individual_band and bands == next(iter(levels["bands"])):
                edges = member_rhythms(member, starts, edges, length_s, individual_band).bands
            own.append(tuple((float(low), float(high)) for low, high in edges.values()))
            signals = continuous(who, own[-1])
            first = np.round(np.asarray(starts) * out_sfreq).astype(int)
            members.append(windowed(signals, first, round(length_s * out_sfreq)))
        compared = synchrony(
            *members, starts_s=starts, out_sfreq=out_sfreq, estimators=levels["estimator"], **settings
        )
        channels = [[member.channels[i] for i in there] for member, there in zip(pair, places, strict=True)]
        taken = [why_band_taken(pair, both) for both in zip(*own, strict=True)]
        return {name: (one, channels, taken) for name, one in compared.items()}

    return found


def _rows(found: Mapping, sites: Mapping, bands: Mapping, estimators: Sequence[str]) -> Iterator[dict]:
    """A row for each estimator, band and site; without numbers where nothing was found."""
    for estimator in estimators:
        of_sites = {roi: _at_site(found.get(estimator), roi, sites[roi], len(bands)) for roi in sites}
        for i, band in enumerate(bands):
            for roi, of_bands in of_sites.items():
                yield {"estimator": estimator, "band": band, "roi": roi} | of_bands[i]


def _at_site(found: tuple | None, roi: str, names: Sequence[str], n_bands: int) -> list[dict]:
    """The numbers of one site, for each band, and what is missing there."""
    if found is None:
        return [dict.fromkeys(NUMBERS, np.nan) | {"n_pairs": 0, "note": ""}] * n_bands
    synchrony, channels, taken = found
    where = [[there.index(c) for c in names] for there in channels]
    value, n_pairs = roi_mean(synchrony.value, *where)
    against = summary(value, roi_mean(synchrony.null, *where)[0])
    columns = (value, against.mean, against.above, against.z)
    rows = []
    for i in range(n_bands):
        row: dict[str, object] = {
            name: float(column[i]) for name, column in zip(NUMBERS, columns, strict=False)
        }
        row |= {"n_pairs": int(n_pairs[i]), "note": ""}
        if not row["n_pairs"]:
            row["note"] = taken[i] or f"no pair of good channels at {roi}"
        elif not len(synchrony.null):
            row["note"] = "too few windows for a chance level"
        rows.append(row)
    return rows
