"""Who is in the data, and how good the recordings are."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from urllib.parse import quote

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures.quality import quality as quality_figure
from interbrain.report.figures.spectra import spectra
from interbrain.report.tables import recordings

from .numbered import Numbered

MOST_PICTURES = 5_000_000  # bytes of pictures in the page; the others stay beside it


@dataclass(frozen=True)
class Picture:
    """A recording's picture inside the page, what it shows in words, and why to look; empty if it is good."""

    dyad: str
    name: str
    why: str
    alt: str
    uri: str


def people(page: Numbered) -> dict:
    results = page.results
    frame = results["aggregated"].drop_duplicates("dyad")
    present = [factor for factor in results.between if factor in frame]
    levels = []
    for factor in present:
        counts = frame[factor].value_counts(sort=False)
        named = list(dict.fromkeys([*results.factors.get(factor, []), *counts.index]))
        levels.append((words.heading(factor), [(words.spoken(x), int(counts.get(x, 0))) for x in named]))
    reasons: dict = {}
    for row in results.excluded_dyads.itertuples():
        reasons.setdefault(row.reason, []).append(row.dyad)
    people = {*frame["therapist"], *frame["client"]} - {apa.NOT_AVAILABLE}
    return {
        "recorded": len(results.recorded_dyads),
        "people": len(people),
        "reasons": [(reason, dyads) for reason, dyads in reasons.items()],
        "analysed": len(results.dyads),
        "without_site": results["exclusions"].query("what in ('band', 'site')")["dyad"].nunique(),
        "untested": results["exclusions"].query("what == 'tests'")["dyad"].nunique(),
        "levels": levels,
        "dyads": page.table(recordings.dyads(results["aggregated"], results.between), "aggregated"),
        "exclusions": page.table(recordings.exclusions(results["exclusions"]), "exclusions"),
    }


def quality(page: Numbered) -> dict:
    results = page.results
    length, least = results.setting("windows", "length_s"), results.setting("windows", "min_clean_s")
    limits = {
        "windows": least / length if length and least else None,
        "residual": results.setting("clock", "max_residual_ms"),
    }
    edges = {
        "highpass": results.setting("cleaning", "highpass"),
        "lowpass": results.setting("cleaning", "lowpass"),
        "line": results.setting("line_frequency"),
        "bands": results.config.get("bands") or {},
    }
    return {
        "recordings": page.figure(quality_figure(results["quality"], limits)),
        "table": page.table(recordings.quality(results["quality"], _links(page)), "quality"),
        "linked": bool(results.pictures),
        **_pictures(page),
        "clocks": page.table(recordings.clocks(results["quality"]), "quality"),
        "spectra": page.figure(spectra(results["spectra"], results["quality"], edges)),
    }


def _links(page: Numbered) -> dict:
    """Where on its dyad's page each recording is."""
    return {
        (dyad, role, time): f"pages/{quote(words.page_of(dyad))}#{quote(f'{time}-{role}')}"
        for dyad, role, time in page.results.pictures
    }


def _pictures(page: Numbered) -> dict:
    """The pictures that the study wants in the page, as many as it can hold, those to look at first."""
    quality, held, left_out, size = page.results["quality"], [], 0, 0
    wanted = page.results.stated("report_pictures")
    good = quality["verdict"] == "good"
    shown = [quality[~good]] * (wanted != "none") + [quality[good]] * (wanted == "all")
    for row in (row for rows in shown for row in rows.to_dict("records")):
        path = page.results.pictures.get((row["dyad"], row["role"], row["time"]))
        if path is None:
            continue
        coded = base64.b64encode(path.read_bytes()).decode()
        size += len(coded)
        if size > MOST_PICTURES:
            left_out += 1
            continue
        name = recordings.recording_name(row)
        why = "" if row["verdict"] == "good" else recordings.reason_to_look(row["verdict_reason"])
        alt = picture_words(row)
        held.append(Picture(row["dyad"], name, why, alt, f"data:image/webp;base64,{coded}"))
    return {"pictures": held, "pictures_left_out": left_out}


def picture_words(row: dict) -> str:
    """What a recording's picture shows, in words, from its row of the quality table."""
    hand = words.counted(int(row["by_hand"]), "decision") if row["by_hand"] > 0 else "No decision"
    bad = "" if apa.is_missing(row["bad_channels"]) else f", {row['bad_channels']}"
    return (
        f"What cleaning did to the recording of {recordings.recording_name(row)}: traces and spectrum "
        "before and after, the head with its channels, maps of components, and windows along time. "
        f"{apa.whole(row['n_bad'])} of {apa.whole(row['n_channels'])} channels bad{bad}. "
        f"Components removed: {recordings.components_removed(row)}. "
        f"{apa.whole(row['windows_kept'])} of {apa.whole(row['windows_total'])} windows kept; windows of "
        f"this person that failed: {recordings.windows_failed(row)}. Muscle bursts: "
        f"{apa.number(row['muscle_s'], 1)} s. Line noise: {apa.number(row['line_noise_db'], 0)} dB. "
        f"{hand} by hand."
    )
