"""Each member's recording: opened in a process of its own, with the row of the table that names it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

import pandas as pd

from interbrain.bids.partners import Block
from interbrain.bids.surveying import survey_files
from interbrain.doctor.opening import open_all
from interbrain.doctor.unchanged import EarlierChecks
from interbrain.formats import COPY_AGAIN, FormatError
from interbrain.formats.contradictions import judged
from interbrain.formats.survey import Survey, survey
from interbrain.study.by_role import ROLES
from interbrain.study.recordings_table import BY_PULSES
from interbrain.study.study import Study


@dataclass(frozen=True)
class Member:
    """One member's recording: where its row stands, and what it says of itself (or why it cannot)."""

    where: str
    dyad: str
    time: str
    role: str
    person: str
    path: Path
    pattern: str
    cap_table: str
    trigger: str  # the channel that may tie its clock; empty if none is asked for
    block: Block
    survey: Survey | None
    unreadable: FormatError | None
    checksum: str

    @property
    def shown(self) -> str:
        return f"{self.role}, {self.path.name}"


class Readable(Member):
    """A member's recording that could be read."""

    survey: Survey


def is_readable(member: Member) -> TypeGuard[Readable]:
    """Whether the recording says something of itself."""
    return member.survey is not None


def recordings_of(
    study: Study, config: Mapping, table_name: str, cores: int, log: Path, earlier: EarlierChecks
) -> list[Member]:
    """Every member's recording whose file is there, in the order of the table."""
    planned = []
    for row in study.recordings.to_dict("records"):
        for role in ROLES:
            channels = tuple(study.channels(row, role).values())
            if Path(row[f"{role}_file"]).is_file():
                cap_map = study.cap_maps.get(study.cap_table(row, role), {})
                job = (row[f"{role}_file"], *channels, cap_map, row[f"{role}_trigger"], config["input"])
                planned.append((row, role, repr(job), job))
    asked = {key: job for *_, key, job in planned}  # each file once, unless it is asked for two things
    jobs = list(asked.values())
    answers = open_all(survey_job, jobs, cores, log, earlier)
    answer = dict(zip(asked, answers, strict=True))
    people = {d["dyad"]: d for d in study.dyads.to_dict("records")}
    return [
        Member(
            where=f"{table_name}, row {row['row']} ({row['dyad']})",
            dyad=row["dyad"],
            time=row["time"],
            role=role,
            person=people[row["dyad"]][role],
            path=Path(job[0]),
            pattern=job[1] or "",
            cap_table=study.cap_table(row, role),
            trigger=asked_trigger(row, role),
            block=(_given(row["start_s"]), _given(row["stop_s"])),
            **answer[key],
        )
        for row, role, key, job in planned
    ]


def _given(seconds: float) -> float | None:
    return None if pd.isna(seconds) else seconds


def asked_trigger(row: Mapping, role: str) -> str:
    """The channel whose pulses may tie the clock of a recording; empty if none may."""
    settings = row[f"{role}_trigger"]
    by_channel = row["sync"] in (*BY_PULSES, "auto") and settings["annotation"] is None
    return (by_channel and settings["channel"]) or ""


def of_file(error: FormatError, path: Path, *, recording: bool = False) -> tuple[str, str]:
    """What is wrong and what to do, below the row that names the file; another file is said as well.

    Of a recording that has to be copied again, the hint also gives what to do if no whole copy is left.
    """
    hint = error.hint
    if recording and hint.endswith(COPY_AGAIN):
        hint += " If no whole copy is left, write the reason into exclude of this row."
    return error.what if error.where == str(path) else error.text, hint


def survey_job(job: tuple) -> Survey:
    """What one file says of itself; in a process of its own."""
    path, pattern, partner_pattern, scale, cap_map, triggers, source = job
    if source == "bids":
        return survey_files(Path(path), cap_map, triggers, judged)
    return survey(
        path,
        channel_names=cap_map or None,
        pattern=pattern,
        partner_pattern=partner_pattern,
        scale=scale,
        triggers=triggers,
        further=judged,
    )
