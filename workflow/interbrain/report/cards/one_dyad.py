"""A study of one dyad: nothing is tested over dyads, and what the dyad's own tests gave is told at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from interbrain import apa
from interbrain.findings.form import ALPHA
from interbrain.report import words
from interbrain.report.reading import Results

MOST_NAMED = 5
LEAD = "wcc_lead"  # its p is one-sided for the therapist: close to 1, the client leads


def own_tests(results: Results) -> str:
    """The only dyad's own tests, in sentences; empty where the study has another number of dyads."""
    if len(results.dyads) != 1:
        return ""
    several = results["aggregated"]["time"].nunique() > 1
    told = [
        _told(
            "PLV above chance",
            results["aggregated"],
            lambda row: words.cell(row["roi"], row["band"]),
            several,
        ),
        _told(
            "Coordination of signals above chance",
            _with_both_leads(results["coordination"]),
            _of_signal,
            several,
        ),
        _told("Coded events against the minutes around them", results["dyadevents"], _of_events, several),
    ]
    told = [sentence for sentence in told if sentence]
    if not told:
        return ""
    luck = f"No p is corrected: without any effect, about one in {round(1 / ALPHA)} is below .05."
    return " ".join(["The dyad’s own tests:", *told, luck])


def _told(what: str, rows: pd.DataFrame, name: Callable[[dict], str], several: bool) -> str:
    """How many of the tests of a sort have a small p, and which."""
    known = rows[rows["p_chance"].notna()]
    if known.empty:
        return ""
    small = known[known["p_chance"] < ALPHA].sort_values("p_chance", kind="stable")
    named = []
    for row in small.head(MOST_NAMED).to_dict("records"):
        called = name(row) + (f", {words.spoken(row['time'])}" if several else "")
        z = "" if apa.is_missing(row["z_chance"]) else f"z = {apa.number(row['z_chance'])}, "
        named.append(f"{called} ({z}{apa.p_value(row['p_chance'])})")
    all_or_some = "namely" if len(small) == len(named) else "among them"
    found = f", {all_or_some} {words.listed(named)}" if named else ""
    return f"{what}: {len(small)} of {words.counted(len(known), 'test')} with p < .05{found}."


def _with_both_leads(rows: pd.DataFrame) -> pd.DataFrame:
    """Coordination with the p of whoever leads more, two-sided."""
    p, lead = rows["p_chance"], rows["measure"] == LEAD
    two_sided = (2 * p.where(p < 0.5, 1 - p)).clip(upper=1)
    return rows.assign(p_chance=p.where(~lead, two_sided))


def _of_signal(row: Mapping) -> str:
    if row["measure"] == LEAD:
        who = "therapist" if row["z_chance"] > 0 else "client"
        return f"{words.signal(row['kind'])}, the {who} leads"
    return words.series(row["kind"], row["measure"])


def _of_events(row: Mapping) -> str:
    series = words.series(row["signal"], row["measure"], row["band"], row["roi"])
    return f"{words.spoken(row['code'])}, {series}"
