"""The doctor: opens every raw file of a study, says what is in it, and everything that is wrong, at once.

Tables are the room `study`'s; what only the recordings can tell is in `examination`. Runs and changes
nothing; what it found is kept in `RESULT`, for later checks in `examination.SURVEYS`, and what nobody need
read in `LOG`.
"""

from __future__ import annotations

import json
import traceback
import warnings as python_warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from interbrain.problems import Problem
from interbrain.reproducibility.forecast import as_kept, before_any_run
from interbrain.study.config import with_defaults
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError, counted, grouped, warning_text
from interbrain.study.study import Study

NOT_MADE = "The recordings of this study are simulated and not yet made: no file was opened. "
NOT_MADE += "How long a run takes is said when they are there."
RESULT, LOG = Path("results/doctor.json"), Path("results/logs/check.log")


def check(settings: Mapping, schema: Mapping, folder: Path = Path(), cores: int = 1) -> tuple[str, bool]:
    """Examine a whole study: config, tables and every raw file that can be found.

    Returns
    -------
    report : str
        What was found, then who is left out, then the warnings, then all problems in one list.
    sound : bool
        Whether there is no problem.
    """
    with _quiet(folder / LOG):
        return _check(settings, schema, folder, cores)


def _check(settings: Mapping, schema: Mapping, folder: Path, cores: int) -> tuple[str, bool]:
    from interbrain.doctor.examination import Examination, examine
    from interbrain.doctor.opening import unexpected

    problems, note, study = [], "", None
    there, warnings, parts = Examination(), [], []
    try:
        try:
            study = load_study(settings, schema, folder)
        except StudyError as error:
            study, problems, note = error.study, error.problems, error.note
        if study is not None:
            config = with_defaults(settings, schema)
            there = examine(study, config, problems, cores, folder / LOG, folder)
            warnings = [*study.warnings, *there.warnings]
            problems = [*problems, *there.problems]
            if len(there.found):
                parts.append(_aligned(there.found))
                parts += [_aligned(there.signals)] if len(there.signals) else []
            elif config["simulation"]:
                parts.append(NOT_MADE)
    except Exception as error:
        _note(folder / LOG, traceback.format_exc())
        hint = f"The details are in {LOG}."
        problems = [*problems, Problem("the study", unexpected(error), hint)]
    left_out = _left_out(study)
    if left_out:
        told = "\n".join(f"   {dyad}: {reason}" for dyad, reason in left_out.items())
        parts.append(f"{counted(len(left_out), 'dyad')} left out, by the column exclude:\n{told}")
    if warnings:
        parts.append(warning_text(warnings))
    if study is not None and there.lengths:
        config, lengths = with_defaults(settings, schema), [one for _, one in there.lengths]
        parts.append(before_any_run(lengths, len(study.included), config, folder))
    if problems:
        parts.append(str(StudyError(problems, note)))
    elif study is not None:
        n = counted(len(study.included), "dyad"), counted(len(study.recordings), "recording")
        parts.append(f"No problems found: {n[0]}, {n[1]}.")
    kept = {
        "problems": [p.plain for p in grouped(problems)],
        "warnings": [w.plain for w in grouped(warnings)],
        "left_out": [{"dyad": dyad, "reason": reason} for dyad, reason in left_out.items()],
        "recordings": there.found.astype(object).to_dict("records"),
        "forecast": as_kept(there.lengths),
        **({"signals": there.signals.to_dict("records")} if len(there.signals) else {}),
    }
    _keep(kept, folder, settings)
    return "\n\n".join(parts), not problems


def _left_out(study: Study | None) -> dict[str, str]:
    """The reason for each dyad that the tables exclude."""
    if study is None:
        return {}
    excluded = study.dyads[study.dyads["exclude"] != ""]
    return dict(zip(excluded["dyad"], excluded["exclude"], strict=True))


def _aligned(found: pd.DataFrame) -> str:
    """The table as lines of text: words to the left, numbers to the right."""
    shown = found.astype(str)
    words = ("dyad", "time", "role", "file", "missing", "clock", "matched", "signal", "kind", "channel")
    for column in (c for c in words if c in shown):
        width = max(shown[column].str.len().max(), len(column))
        shown[column] = shown[column].str.ljust(width)
        shown = shown.rename(columns={column: column.ljust(width)})
    return shown.to_string(index=False)


def _keep(kept: Mapping, folder: Path, settings: Mapping) -> None:
    """Write what was found, without the folders of this computer; not being able to is no problem."""
    text = json.dumps(kept, indent=1, ensure_ascii=False)
    raw = settings.get("raw_folder") if isinstance(settings, Mapping) else None
    ours = {folder.resolve(), Path.cwd()}
    if isinstance(raw, str) and Path(raw).is_absolute():
        ours.add(Path(raw).parent)
    for place in sorted({json.dumps(str(p), ensure_ascii=False)[1:-1] for p in ours}, key=len, reverse=True):
        text = text.replace(f"{place.rstrip('/')}/", "") if len(place) > 1 else text
    try:
        (folder / RESULT).parent.mkdir(parents=True, exist_ok=True)
        (folder / RESULT).write_text(text + "\n", encoding="utf-8")
    except OSError as error:
        _note(folder / LOG, f"{RESULT} could not be written: {error}\n")


@contextmanager
def _quiet(log: Path) -> Iterator[None]:
    """What libraries warn of goes to the log, which is there only if there is something in it."""
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        log.unlink(missing_ok=True)
    except OSError:
        pass  # as in a folder that nobody may write into: then there is no log
    with python_warnings.catch_warnings(record=True) as caught:
        python_warnings.simplefilter("always")
        yield
    said = dict.fromkeys(
        f"{w.category.__name__}: {w.message} ({w.filename}, line {w.lineno})\n" for w in caught
    )
    if said:
        _note(log, "".join(said))
    if log.is_file() and not log.stat().st_size:
        log.unlink()


def _note(log: Path, text: str) -> None:
    try:
        with log.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        pass
