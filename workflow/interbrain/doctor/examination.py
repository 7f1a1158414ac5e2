"""What only the recordings can tell: each held against the config, its partner's, and all others.

Changes nothing, and writes nothing but what it leaves to later checks (`SURVEYS`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from interbrain.clocks.doubts import matched_of
from interbrain.doctor.channels import check_decisions, check_names, check_triggers, lacking_channels
from interbrain.doctor.coded import check_coded
from interbrain.doctor.dataset import check_dataset
from interbrain.doctor.lengths import check_lengths, check_usual_lengths, used_s
from interbrain.doctor.members import Readable, is_readable, of_file, recordings_of
from interbrain.doctor.opening import note_failure, unexpected
from interbrain.doctor.recordings import (
    check_bands,
    check_contents,
    check_mains,
    check_rates,
    check_reach,
    check_sidecars,
)
from interbrain.doctor.sessions import check_session, check_times_of_day, runs_of
from interbrain.doctor.signals import examine_signals
from interbrain.doctor.sites import check_sites
from interbrain.doctor.unchanged import EarlierChecks
from interbrain.problems import Problem
from interbrain.reproducibility.forecast import Recording
from interbrain.study.study import Study
from interbrain.study.tables import Found

if TYPE_CHECKING:
    from interbrain.clocks.runs import Tie


SURVEYS = Path("results/surveys")


@dataclass
class Examination(Found):
    """What the recordings and signals hold, one row for each, and what is wrong with them."""

    found: pd.DataFrame = field(default_factory=pd.DataFrame)
    signals: pd.DataFrame = field(default_factory=pd.DataFrame)
    lengths: list[tuple[str, Recording]] = field(default_factory=list)  # of each dyad's, for the forecast


def examine(
    study: Study,
    config: Mapping,
    known: Sequence[Problem] = (),
    cores: int = 1,
    log: Path = Path(os.devnull),
    folder: Path = Path(),
) -> Examination:
    """Open the recordings that are there, and hold them against the config and against one another.

    Parameters
    ----------
    config : mapping
        With its defaults.
    known : sequence of Problem
        What the tables have shown already, and need not be said again.
    cores : int
        Files that are read at the same time.
    log : Path
        For what readers print, and the details of errors that nobody foresaw.
    folder : Path
        Of the study.

    Notes
    -----
    Files that have not changed since an earlier check are not opened again (`unchanged`).
    """
    table_name = Path(config["tables"]["recordings"]).name
    earlier = EarlierChecks(folder / SURVEYS)
    members = recordings_of(study, config, table_name, cores, log, earlier)
    done = Examination()
    for m in members:
        if m.unreadable:
            done.problems.append(Problem(m.where, *of_file(m.unreadable, m.path, recording=True), m.shown))
    read = [m for m in members if is_readable(m)]
    lacking = lacking_channels(read, config["rois"], study.cap_maps, known, done)
    check_rates(read, config["cleaning"]["lowpass"], table_name, done)
    check_mains(read, config["line_frequency"], table_name, done)
    check_reach(read, config, table_name, done)
    check_bands(read, config, table_name, done)
    check_contents(members, done)
    check_decisions(read, study, config["tables"]["decisions"], done)
    check_lengths(read, config, done)
    check_usual_lengths(read, done)
    if config["input"] == "bids":
        check_sidecars(read, config, table_name, done)
        check_dataset(folder / config["raw_folder"], done)
    check_triggers(read, done)
    for m in read:
        done.warnings += [Problem(m.where, note, about=m.shown) for note in m.survey.notes]
    check_names(read, done)
    check_sites(read, table_name, done)
    untied = {p.where for p in known if p.what.startswith("sync")}
    runs = {key: run for key, run in runs_of(study, read).items() if run[0] not in untied}
    check_coded(study, runs, config["tables"]["coding"], done)
    ties: dict[tuple, tuple] = {}
    for dyad in dict.fromkeys(dyad for dyad, _ in runs):
        own = {key: run for key, run in runs.items() if key[0] == dyad}
        try:
            ties |= check_session(own, config, done)
        except Exception as error:
            note_failure(log)
            hint = f"The details are in {log}."
            done.problems.append(Problem(next(iter(own.values()))[0], unexpected(error), hint))
    check_times_of_day(runs, study.times, ties, done)
    damaged = {(m.path, m.unreadable.what) for m in members if m.unreadable}
    done.signals = examine_signals(study, config, cores, log, earlier, done, damaged, read)
    if not (known or done.problems):  # a table that is to be corrected may name too few files
        earlier.forget_others()
    done.lengths = [(m.dyad, Recording(used_s(m), len(m.survey.eeg), m.survey.sfreq)) for m in read]
    done.found = pd.DataFrame(
        [_row(m, lacking.get(id(m), ()), *ties.get((m.dyad, m.time), (None, None))) for m in read]
    )
    return done


def _row(m: Readable, lacking: Sequence[str], tie: Tie | None, shared: float | None) -> dict:
    """A line of the table of what was found."""
    s = m.survey
    fit = tie.fit if tie is not None and m.role == "client" else None

    def number(value: float | None, digits: int) -> str:
        return "–" if value is None or pd.isna(value) else f"{value:.{digits}f}"

    return {
        "dyad": m.dyad,
        "time": m.time,
        "role": m.role,
        "file": m.path.name,
        "Hz": f"{s.sfreq:g}",
        "s": number(s.duration_s, 1),
        "EEG": len(s.eeg),
        "missing": ",".join(lacking) or "–",
        "triggers": len(s.pulses),
        "idle": "–" if s.idle is None else f"{s.idle:g}",
        "lost s": number(s.lost_s, 2),
        "clock": tie.method if tie else "–",
        "matched": matched_of(fit) if fit else "–",
        "offset s": number(fit.offset if fit else None, 3),
        "ppm": "unknown"
        if fit and tie and tie.drift_from == "unknown"
        else number(fit.drift_ppm if fit else None, 1),
        "residual ms": number(fit.residual_ms if fit else None, 2),
        "together s": number(shared, 1),
    }
