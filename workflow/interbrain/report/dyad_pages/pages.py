"""What each dyad's page holds, from the tables of the study; it computes nothing and judges nothing."""

from __future__ import annotations

import base64
import hashlib
import os
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from interbrain import apa
from interbrain.files.tables import read_table as read_whole
from interbrain.report import words
from interbrain.report.figures.course import Event, courses
from interbrain.report.figures.drawing import Panel
from interbrain.report.figures.signal_lags import signal_lags
from interbrain.report.reading import read_table
from interbrain.report.roles import with_own_names
from interbrain.report.tables import recordings
from interbrain.tables.coordination import CURVE, PEAKS, WINDOWS
from interbrain.tables.single_windows import SINGLE_WINDOWS

ASSETS = Path(__file__).parent / "assets"
ROLES = ("therapist", "client")
TABLES = ("aggregated", "quality", "decisions")


@dataclass(frozen=True)
class Item:
    """A channel, component or window: what was decided, and what a person may write instead."""

    name: str
    decision: str
    instead: str
    by: str
    about: str

    @property
    def out(self) -> bool:
        return self.decision in OUT


OUT = ("bad", "remove", "drop")
INSTEAD = {"bad": "good", "good": "bad", "remove": "keep", "drop": "keep"}


@dataclass(frozen=True)
class Recording:
    """One member's recording at one time."""

    role: str
    participant: str
    quality: Mapping[str, Any] | None
    picture: str
    channels: Sequence[Item]
    components: Sequence[Item]

    @property
    def facts(self) -> list[tuple[str, str]]:
        """In words, from its row of the quality table."""
        row = self.quality
        if row is None:
            return []
        return [
            ("Bad channels", recordings.bad_channels(row)),
            ("Components removed", recordings.components_removed(row)),
            ("Windows of this person that failed", recordings.windows_failed(row)),
            ("Muscle bursts", f"{apa.number(row['muscle_s'], 1)} s"),
            ("Samples lost", f"{apa.number(row['gap_s'], 1)} s"),
            ("Line noise", f"{apa.number(row['line_noise_db'], 0)} dB"),
            ("Not judged", str(row["not_judged"])),
            ("Length", f"{apa.number(row['duration_s'], 0)} s"),
            ("Sampling rate", f"{apa.number(row['sfreq'], 0)} Hz"),
            ("Format", row["source_format"]),
        ]


@dataclass(frozen=True)
class Time:
    """Both members at one time: what they share, and each one's recording."""

    name: str
    synchrony: Sequence[Mapping]
    clock: Sequence[tuple[str, str]]
    windows: Sequence[Item]
    recordings: Sequence[Recording]
    course: Sequence[Panel] = ()
    lags: Sequence[Panel] = ()
    events: Sequence[str] = ()


@dataclass(frozen=True)
class Courses:
    """Where each recording's windows are, and what was coded in it; by dyad and time.

    `length_s` is that of a window of the brains' synchrony.
    """

    brains: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    bodies: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    curves: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    peaks: Mapping[tuple[str, str], Path] = field(default_factory=dict)
    events: Mapping[tuple[str, str], Sequence[Event]] = field(default_factory=dict)
    length_s: float = 0.0

    def panels(self, dyad: str, time: str) -> list[Panel]:
        """The figure of one recording; empty where the study has no such windows."""
        key = (dyad, time)
        brains = read_whole(self.brains[key], SINGLE_WINDOWS) if key in self.brains else None
        bodies = read_whole(self.bodies[key], WINDOWS) if key in self.bodies else None
        return courses(brains, bodies, self.events.get(key, ()), f"{dyad} {time}", self.length_s)

    def lags(self, dyad: str, time: str) -> list[Panel]:
        """The curves over lags of one recording's signals."""
        key = (dyad, time)
        if key not in self.curves:
            return []
        curves, peaks = read_whole(self.curves[key], CURVE), read_whole(self.peaks[key], PEAKS)
        return signal_lags(curves, peaks, f"{dyad} {time}")


def write_pages(
    folder: Path,
    inputs: Mapping[str, Path],
    pictures: Iterable[Sequence],
    factors: list,
    roles: Mapping[str, str] | None = None,
    course: Courses | None = None,
) -> None:
    """Write a page for every dyad that was recorded.

    Parameters
    ----------
    folder : Path
        Made if it is not there.
    inputs : mapping
        Paths of the tables aggregated, quality and decisions.
    pictures : iterable of (dyad, role, time, path)
        What cleaning did to each recording; the page links to them.
    factors : list of str
        Of the study.
    roles : mapping role -> name
        Where the study names them otherwise than therapist and client.
    course : Courses, optional
        In studies with windows that have values of their own.

    Raises
    ------
    ReportError, FileNotFoundError
        Where a table cannot be read.
    """
    import jinja2
    from markupsafe import Markup

    tables = {name: read_table(Path(inputs[name]), name, set(factors)) for name in TABLES}
    links = {
        (str(dyad), role, str(time)): quote(Path(os.path.relpath(path, folder)).as_posix())
        for dyad, role, time, path in pictures
    }
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(ASSETS), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    style = (ASSETS.parents[1] / "assets/style.css", ASSETS / "dyad.css")
    script = (ASSETS / "decide.js").read_text(encoding="utf-8")
    template = environment.get_template("dyad.html.jinja")
    folder.mkdir(parents=True, exist_ok=True)
    parts = {name: dict(list(frame.groupby("dyad", sort=False))) for name, frame in tables.items()}
    dyads = list(dict.fromkeys(tables["quality"]["dyad"]))
    for number, dyad in enumerate(dyads):
        own = {name: parts[name].get(dyad, frame[:0]) for name, frame in tables.items()}
        before, after = dyads[:number][-1:], dyads[number + 1 :][:1]
        page = template.render(
            dyad=dyad, about=_about(own, factors), apa=apa, words=words,
            times=list(_times(dyad, own, links, course or Courses())),
            beside=[("before", *before), ("next", *after)], page_of=words.page_of, script=Markup(script),
            svg=Markup, style=Markup("".join(file.read_text(encoding="utf-8") for file in style)),
            script_digest=base64.b64encode(hashlib.sha256(script.encode()).digest()).decode(),
        )  # fmt: skip
        page = with_own_names(page, roles)
        (folder / words.page_of(dyad)).write_text(page, encoding="utf-8", newline="\n")


def _about(own: Mapping[str, pd.DataFrame], factors: Iterable[str]) -> list[tuple[str, str]]:
    """Who they are and in which group; of a dyad that is not analysed, who was recorded."""
    rows = own["aggregated"]
    people = own["quality"].drop_duplicates("role").set_index("role")["participant"]
    about = [(words.heading(role), people[role]) for role in ROLES if role in people]
    if rows.empty:
        return [*about, ("Analysed", "no")]
    return about + [(words.heading(f), words.spoken(rows[f].iloc[0])) for f in factors if f in rows]


def _times(dyad: str, own: Mapping[str, pd.DataFrame], links: Mapping, course: Courses) -> Iterator[Time]:
    quality, decisions = own["quality"], own["decisions"]
    for time in dict.fromkeys(quality["time"]):
        here = quality[quality["time"] == time]
        decided = decisions[decisions["time"] == time]
        synchrony = own["aggregated"][own["aggregated"]["time"] == time]
        members = [
            Recording(
                row["role"], row["participant"], row, links.get((dyad, row["role"], time), ""),
                *(_items(decided, what, row["participant"]) for what in ("channel", "component")),
            )
            for row in here.to_dict("records")
        ]  # fmt: skip
        windows = _items(decided, "window")
        coded = Counter(event.code for event in course.events.get((dyad, time), ()))
        yield Time(
            *(time, synchrony.to_dict("records"), _clock(here), windows, members),
            course=course.panels(dyad, time),
            lags=course.lags(dyad, time),
            events=[f"{n} × {code}" for code, n in coded.items()],
        )


def _clock(here: pd.DataFrame) -> list[tuple[str, str]]:
    """How the members' clocks were tied, from the client's row of the quality table."""
    row = here.sort_values("role", kind="stable").iloc[0]
    return [
        ("Clocks aligned by", words.spoken(str(row["sync_method"]))),
        ("Offset", f"{apa.number(row['sync_offset_s'], 3)} s"),
        ("Drift", f"{apa.number(row['sync_drift_ppm'], 1)} ppm"),
        ("Drift from", words.spoken(str(row["sync_drift_from"]))),
        ("Residual", f"{apa.number(row['sync_residual_ms'])} ms"),
        ("Windows kept", f"{apa.whole(row['windows_kept'])} of {apa.whole(row['windows_total'])}"),
    ]


def _items(decided: pd.DataFrame, what: str, participant: str = "") -> list[Item]:
    rows = decided[decided["what"] == what]
    if participant:
        rows = rows[rows["participant"] == participant]
    return [
        Item(row["item"], row["decision"], INSTEAD.get(row["decision"], _out(what)), row["by"], _why(row))
        for row in rows.to_dict("records")
    ]


def _out(what: str) -> str:
    """What takes a kept one out."""
    return "remove" if what == "component" else "drop"


def _why(row: Mapping) -> str:
    """The reason; of a component also what ICLabel takes it for."""
    label = (
        "" if apa.is_missing(row["label"]) else f"{row['label']} at {apa.proportion(row['probability'], 2)}"
    )
    reason = "" if apa.is_missing(row["reason"]) else str(row["reason"])
    return "; ".join(part for part in (label, reason) if part)
