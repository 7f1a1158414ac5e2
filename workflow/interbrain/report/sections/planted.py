"""Simulated sessions in "Bodies and moments": what was planted beside what was found."""

from __future__ import annotations

from typing import Any

from interbrain.report.tables.planted import planted_bodies, planted_events

from .numbered import Numbered


def planted_session(page: Numbered) -> dict[str, Any]:
    """The two tables; None where nothing is simulated, or the study did not look."""
    found = page.results["planted_found"]
    content: dict[str, Any] = dict.fromkeys(("planted_events", "planted_bodies"))
    if found["found_delta"].notna().any():
        content["planted_events"] = page.table(planted_events(found), "planted_found")
    if found["found_r"].notna().any():
        content["planted_bodies"] = page.table(planted_bodies(found), "planted_found")
    return content
