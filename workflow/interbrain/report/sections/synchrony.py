"""Synchrony itself: between channels, against chance, over lags."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interbrain.report import words
from interbrain.report.cards import lags
from interbrain.report.figures import channels, heads
from interbrain.report.figures.chance import chance as chance_figure
from interbrain.report.figures.chance import nulls_of
from interbrain.report.figures.lags import lag_curves
from interbrain.report.figures.planted import planted
from interbrain.report.figures.sites import site_maps
from interbrain.report.tables import planted as planted_tables
from interbrain.report.tables import synchrony

from . import channel_pairs
from .numbered import Numbered

# The measures that are tested against zero over dyads, and the null that each is above.
ABOVE = {"above_chance": "circular shifts", "above_pseudo": "pseudo-dyads"}


def maps(page: Numbered) -> dict:
    results = page.results
    tests = results["pairtests"]
    limit = heads.largest(tests, results.bands)
    return {
        "sites": page.figure(site_maps(tests, results.bands, limit)) if len(tests) else None,
        "map": page.figure(channels.channel_map(results["channelpairs"], results.bands)),
    }


def pairs(page: Numbered) -> dict:
    results = page.results
    content = channel_pairs.content(results)
    factors = {factor: results.term(factor) for factor in results.between}
    drawn = heads.figures(results["pairtests"], results.bands, factors)
    content["heads"] = [page.figure(one) for one in drawn]
    content["figure"] = page.figure(
        channels.pair_maps(page.results["pairtests"], channel_pairs.maps(page.results))
    )
    if content["found"]:
        content["found"] = page.table(content["found"], "pairtests")
    return content


def _over_dyads(presence: pd.DataFrame) -> list[tuple[str, str]]:
    """Whether PLV is above each null over all dyads, as the table of presence has it: (null, APA line)."""
    whole = presence[(presence["roi"] == "all") & (presence["band"] == "all")].dropna(subset=["t", "n"])
    lines = []
    for measure, null in ABOVE.items():
        for row in whole[whole["measure"] == measure].itertuples():
            over = words.counted(int(row.n), str(row.unit))
            lines.append((f"Above {null}, over {over}", f"{row.apa}."))
    return lines


def chance(page: Numbered) -> dict:
    results = page.results
    content: dict[str, Any] = {
        "figure": page.figure(
            chance_figure(results["aggregated"], results.times, results.bands, results.rois)
        ),
        "strangers": any(null.column == "pseudo" for null in nulls_of(results["aggregated"])),
        "over_dyads": _over_dyads(results["presence"]),
        "table": page.table(synchrony.chance(results["aggregated"]), "aggregated"),
        "drawn": synchrony.drawn_pseudo_dyads(results["aggregated"]),
        "planted": None,
    }
    if results.simulated and "truth" in results.tables:
        content["planted"] = {
            "figure": page.figure(planted(results["aggregated"], results["truth"], results.bands)),
            "table": page.table(planted_tables.planted(results["truth"], results["quality"]), "truth"),
            "faults": page.table(
                planted_tables.planted_faults(results["truth"], results["quality"]), "quality"
            ),
        }
    return content


def simultaneous(page: Numbered) -> dict:
    results = page.results
    table = synchrony.lag_table(results["lags"])
    return {
        **lags.content(results),
        "figure": page.figure(lag_curves(results)),
        "table": page.table(table, "lags") if table.rows else None,
    }
