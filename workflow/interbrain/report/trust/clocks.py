"""How the two members' clocks were tied, and how well: the row of the trust table and its numbers."""

from __future__ import annotations

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.reading import Results

from .states import Check

# Clocks that need no alignment of their own: one amplifier, or time stamps from one clock.
ONE_CLOCK = {"same_file", "lsl_clock"}


def pairs_tied(results: Results) -> pd.DataFrame:
    """The quality table's rows that say how each pair of recordings was tied: the clients'."""
    return results["quality"].query("role == 'client'")


def longest_with_unknown_drift(results: Results) -> float | None:
    """Length of the longest recording whose clock's drift was not measured, s; None if there is none."""
    pairs = pairs_tied(results)
    longest = pairs.loc[pairs["sync_drift_from"] == "unknown", "duration_s"].max()
    return None if pd.isna(longest) else float(longest)


def _fewest_matched(pairs: pd.DataFrame) -> str:
    """How many markers were matched in the pair with the smallest share of them, of several the fewest."""
    counts = ["sync_markers", "sync_markers_therapist", "sync_markers_client"]
    pairs = pairs[(pairs["sync_method"] == "markers") & pairs[counts].notna().all(axis=1)]
    if not len(pairs):
        return ""
    share = pairs["sync_markers"] / pairs[counts[1:]].min(axis=1)
    row = pairs.assign(share=share).sort_values(["share", "sync_markers"], kind="stable").iloc[0]
    return (
        f" Smallest share of markers matched: {apa.whole(row['sync_markers'])} of the therapist's "
        f"{apa.whole(row['sync_markers_therapist'])} and the client's "
        f"{apa.whole(row['sync_markers_client'])} ({row['dyad']}, {row['time']})."
    )


def windows_not_confirmed(pairs: pd.DataFrame) -> int:
    """Windows that were left out because the clock is not confirmed, of all pairs of recordings."""
    return int(pairs["windows_clock"].fillna(0).sum())


def clocks(results: Results) -> Check:
    frame = results["quality"]
    residual = frame["sync_residual_ms"].abs()
    limit = results.setting("clock", "max_residual_ms")
    drift = frame["sync_drift_ppm"].abs().max()
    pairs = pairs_tied(results)
    detail = (
        "One person's clock is aligned with the other's by shared markers, for each recording separately."
    )
    if not pd.isna(drift):
        detail = f"Largest drift between the two clocks: {apa.number(drift, 1)} ppm, corrected."
    unchecked = {
        "shared_start": "taken to start at one instant, as the study says; offset and drift are not known",
        "start_marker": "tied by one shared marker; the drift is not known",
        "header_time": "tied by the files' start times, a second at best: PLV is then meaningless at alpha",
    }
    methods = [unchecked[m] for m in dict.fromkeys(frame["sync_method"]) if m in unchecked]
    if methods:
        detail = f"Recordings {words.listed(methods)}."
    detail += _fewest_matched(pairs)
    not_confirmed = windows_not_confirmed(pairs)
    if not_confirmed:
        where = pairs[pairs["windows_clock"] > 0]
        detail += (
            f" In {words.counted(len(where), 'pair')} of recordings, triggers that do not match leave it "
            f"open whether a clock jumps; {words.counted(not_confirmed, 'window')} there "
            f"{'was' if not_confirmed == 1 else 'were'} left out."
        )
    if longest := longest_with_unknown_drift(results):
        detail += (
            f" At 100 ppm, two such recordings would be {longest / 10:.0f} ms apart after {longest:.0f} s, "
            f"at 500 ppm {longest / 2:.0f} ms; a lag of 100 ms costs a fifth of alpha PLV."
        )
    if set(frame["sync_method"]) <= ONE_CLOCK:
        detail = "One amplifier or the Lab Streaming Layer's time stamps tie both members."
        return Check("Clocks", "good", "Both members share one clock", detail, "quality")
    unknown = (pairs["sync_drift_from"] == "unknown").sum()
    if unknown:
        text = f"Drift unknown in {unknown} of {words.counted(len(pairs), 'pair')} of recordings"
        return Check("Clocks", "look", text, detail, "quality")
    if residual.isna().all():
        return Check("Clocks", "look", "No clock residual is known", detail, "quality")
    text = f"Largest residual {apa.number(residual.max(), 2)} ms"
    text += f", limit {limit:g} ms" if limit is not None else ", no limit set"
    over = limit is not None and residual.max() > limit
    look = over or limit is None or bool(methods) or not_confirmed > 0
    return Check("Clocks", "look" if look else "good", text, detail, "quality")
