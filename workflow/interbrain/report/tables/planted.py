"""What the simulator planted into the clocks and recordings, beside what the run found."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .form import Table, build, digits, p, share, text


def planted(truth: pd.DataFrame, quality_frame: pd.DataFrame) -> Table:
    """The clocks and faults that the simulator planted, beside what the run found."""
    clocks = truth.drop_duplicates(["dyad", "time"])
    found = quality_frame.dropna(subset=["sync_offset_s"])
    found = found.sort_values("role", key=lambda roles: roles != "client", kind="stable").drop_duplicates(
        ["dyad", "time"]
    )
    frame = clocks.merge(
        found[["dyad", "time", "sync_offset_s", "sync_drift_ppm", "sync_residual_ms"]],
        on=["dyad", "time"],
        how="left",
    )
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("planted_fault", "Planted fault"),
        digits("client_clock_offset_s", "Offset planted, s", 3),
        digits("sync_offset_s", "Offset found, s", 3),
        digits("client_clock_drift_ppm", "Drift planted, ppm", 1),
        digits("sync_drift_ppm", "Drift found, ppm", 1),
        digits("sync_residual_ms", "Residual, ms"),
    ]  # fmt: skip
    caption = "Planted clocks and faults, and what was found"
    return build("planted-clocks", caption, frame, columns, stacks=True)


def planted_bodies(found: pd.DataFrame) -> Table:
    """Coordination that the simulator planted in two bodies, beside what the run found."""
    frame = found[found["signal"] != "brain"].copy()
    frame["name"] = frame["signal"].map(words.signal)
    columns = [
        text("dyad", "Dyad"), text("name", "Signal"),
        share("expected_r", "r planted", 2), share("found_r", "r found", 2),
        digits("planted_lag_s", "Lag planted, s", 1), digits("found_lag_s", "Lag found, s", 1),
        text("leader", "Leads"), text("shared_course", "Course in common"),
        digits("z_chance", "z of coordination"), p("p_chance", "p"),
    ]  # fmt: skip
    caption = "Coordination of two bodies, planted against found"
    return build("planted-bodies", caption, frame, columns, stacks=True)


def planted_events(found: pd.DataFrame) -> Table:
    """What planted events add to synchrony, beside what the run found."""
    frame = found[found["signal"] == "brain"].copy()
    frame["name"] = ["all bands" if band == "all" else words.heading(band) for band in frame["band"]]
    columns = [
        text("dyad", "Dyad"), text("name", "Band"),
        share("expected_delta", "Difference planted"), share("found_delta", "Difference found"),
        digits("z_chance", "z"), p("p_chance", "p"),
    ]  # fmt: skip
    caption = "Synchrony within coded events minus outside them, planted against found"
    return build("planted-events", caption, frame, columns, stacks=True)


# What lasts in a recording, in the simulator's words.
_CHANNEL_FAULT = re.compile(r"(?:flat|noisy|loose|bridge) (\S+)")
_STEP = re.compile(r"step at (\S+) ([\d.]+) s")


def planted_faults(truth: pd.DataFrame, quality_frame: pd.DataFrame) -> Table:
    """Every fault that the simulator planted into a recording: found or missed, and as what."""
    rows = []
    recordings = {(r["dyad"], r["time"], r["role"]): r for r in quality_frame.to_dict("records")}
    for run in truth.drop_duplicates(["dyad", "time"]).to_dict("records"):
        for role in ("therapist", "client"):
            there, written = (
                recordings.get((run["dyad"], run["time"], role)),
                run[f"planted_artifacts_{role}"],
            )
            if there is None or apa.is_missing(written):
                continue
            found = list(_faults_found(written, there))
            if role == "client" and not apa.is_missing(run["planted_fault"]):
                gap = there["gap_s"]
                found.append((run["planted_fault"], f"gap of {apa.number(gap, 1)} s" if gap > 0 else ""))
            about = {"dyad": run["dyad"], "time": run["time"], "role": role}
            rows += [
                about | {"fault": fault, "told": f"✓ found: {as_what}" if as_what else "⚠ missed"}
                for fault, as_what in found
            ]
    frame = pd.DataFrame(rows, columns=["dyad", "time", "role", "fault", "told"])
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("role", "Role"),
        text("fault", "Planted", wide=True), text("told", "Found", wide=True),
    ]  # fmt: skip
    caption = "Planted artefacts, and whether cleaning found them"
    return build("planted-faults", caption, frame, columns, stacks=True)


def _faults_found(written: str, row: dict) -> Iterator[tuple[str, str]]:
    """Each artefact of one recording, and as what it was found; empty if it was missed."""
    bad = set() if apa.is_missing(row["bad_channels"]) else set(row["bad_channels"].split(", "))
    pops = [] if apa.is_missing(row["steps"]) else [pop.split() for pop in row["steps"].split(", ")]
    removed = "" if apa.is_missing(row["removed"]) else row["removed"]
    for entry in written.split("; "):
        if fault := _CHANNEL_FAULT.fullmatch(entry):
            channels = fault[1].split("-")
            yield entry, words.counted(len(channels), "bad channel") if set(channels) <= bad else ""
        elif step := _STEP.fullmatch(entry):
            near = any(c == step[1] and abs(float(at) - float(step[2])) < 0.5 for c, at, _ in pops)
            yield entry, "electrode pop, its time left out" if near else "bad channel" * (step[1] in bad)
        elif entry.endswith(("blink", "blinks", "saccade", "saccades")):
            yield entry, "components removed" * ("eye blink" in removed)
        elif entry.endswith(("muscle burst", "muscle bursts")):
            marked = f"{apa.number(row['muscle_s'], 1)} s marked" if row["muscle_s"] > 0 else ""
            told = ["components removed" * ("muscle" in removed), marked]
            yield entry, ", ".join(filter(None, told))
