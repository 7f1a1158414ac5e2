"""A study's config and tables, read and checked one after the other, and all that is wrong said at once."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from interbrain.bids.identities import UNTITLED, naming_labels, placeholder_authors
from interbrain.problems import Problem
from interbrain.signals.measures import coordination_columns, measures_of
from interbrain.study.by_role import ROLES, of_role
from interbrain.study.cap_maps import read_cap_maps
from interbrain.study.coding_table import coded_events
from interbrain.study.columns import row_schema
from interbrain.study.config import check_config, with_defaults
from interbrain.study.consistency import measures
from interbrain.study.decisions import check_decisions, decided_in_vain, plain_decisions
from interbrain.study.design import (
    check_numbers,
    check_separable,
    lonely_levels,
    n_parameters,
    scores_of_dyads,
)
from interbrain.study.dyads_table import (
    asked_numbers,
    check_design,
    check_dyads,
    check_spelling,
    dyad_numbers,
    none_known,
    shared_therapists,
)
from interbrain.study.file_names import misplaced_files
from interbrain.study.occasions import Occasions, resolve
from interbrain.study.people import ABOUT_PEOPLE, check_ages, check_participants, participants_of
from interbrain.study.planted import check_simulation
from interbrain.study.problems import StudyError, on_disk
from interbrain.study.recordings_table import (
    RecordingsCheck,
    as_jobs_need_them,
    check_adopted,
    check_triggers,
)
from interbrain.study.result_columns import (
    TAKEN_COLUMNS,
    check_asked_columns,
    check_column_names,
    unused_scores,
)
from interbrain.study.scores import read_questionnaires
from interbrain.study.settings import Settings
from interbrain.study.signals_table import signals_of
from interbrain.study.slips import dragged
from interbrain.study.study import Study
from interbrain.study.tables import Found, Tables
from interbrain.study.tasks import checked_occasions, unnamed_factor, with_tasks
from interbrain.study.understood import understand_levels, understand_words
from interbrain.words import listed

# Columns of the recordings table in which a word for "nothing" is an empty cell.
MAY_BE_EMPTY = ("start_s", "stop_s", "therapist_channels", "client_channels")


def load_study(
    config: Mapping, schema: Mapping, folder: Path = Path(), *, look_for_files: bool = True
) -> Study:
    """Read and check a study.

    Parameters
    ----------
    config : mapping
        The settings, as config.yaml holds them.
    schema : mapping
        JSON Schema of the settings.
    folder : Path
        What the config's relative paths are relative to.
    look_for_files : bool
        Whether to look for the raw files of all recordings. On a network drive that is the slowest part, and
        a job opens its own anyway.

    Raises
    ------
    StudyError
        With every problem that was found.
    """
    problems, usable = check_config(config, schema)
    if not usable:
        raise StudyError(problems, "The tables were not read: correct the config first.")
    unsaid = "triggers" not in config
    config = with_defaults(config, schema)
    settings, found = Settings.model_validate(config), Found(problems)
    tables = Tables(folder, found)
    raw_folder = on_disk(folder / settings.raw_folder)
    dyads = _dyads(settings, tables)
    recordings = _recordings(settings, tables, raw_folder, dyads.known)
    recordings, occasions, wrong = checked_occasions(settings, recordings, dyads.used)
    found.take(wrong)
    if dyads.table is not None and recordings is not None:
        look = look_for_files and not settings.simulation  # which will write them
        _check_recordings(recordings, dyads, settings, occasions, raw_folder, found, look)
        in_use = recordings[recordings["exclude"] == ""]
        name = Path(settings.tables.recordings).name
        if settings.input == "bids":
            found.take(check_adopted(in_use, dyads.used, name))
        found.take(check_triggers(in_use, dyads.used, config["triggers"], unsaid, name))
    people, rows = _people(settings, tables, dyads), pd.DataFrame()
    if recordings is not None:
        rows = recordings[recordings["dyad"].isin(dyads.used) & (recordings["exclude"] == "")]
        found.warnings += unnamed_factor(settings, rows)
    cap_tables = {role: of_role(config["tables"]["cap_map"], role) or "" for role in ROLES}
    looked_at = raw_folder if look_for_files else None
    cap_maps = read_cap_maps(settings, tables, cap_tables, recordings, rows, looked_at)
    decisions = _decisions(settings, tables, dyads, rows, occasions)
    known, used = (None, []) if dyads.table is None else (dyads.known, dyads.used)
    therapists = {dyad: dyads.people[dyad, "therapist"] for dyad in used}
    asked = settings.questionnaires, settings.differences
    scores, answers = read_questionnaires(*asked, tables, known, used, therapists)
    _check_planted(settings, tables, dyads, occasions, rows)
    signals = signals_of(settings, tables, dyads.known, dyads.people, rows, occasions, look_for_files)
    _check_columns(settings, dyads, scores, signals, found)
    study = None
    if recordings is not None and dyads.table is not None and dyads.used:
        study = Study(
            dyads=dyads.table[["dyad", *ROLES, *settings.factors, "exclude"]].reset_index(drop=True),
            recordings=as_jobs_need_them(rows, occasions.labels, config["triggers"], raw_folder),
            unused=_unused(recordings, rows, dyads.used, occasions.labels),
            numbers=pd.DataFrame({"dyad": dyads.used}) if dyads.numbers is None else dyads.numbers,
            participants=participants_of(dyads.kept, people),
            scores=scores,
            answers=answers,
            cap_maps=cap_maps,
            cap_tables=cap_tables,
            times=occasions.labels,
            phases={label: time for label, (time, _) in occasions.of_label.items()},
            decisions=decisions,
            coded=coded_events(settings, tables, dyads.known, dyads.people, rows, occasions),
            signals=signals,
            warnings=found.warnings,
        )
    if found.problems or study is None:
        raise StudyError(found.problems, study=study)
    return study


# --- one table after the other -----------------------------------------------------------------------------


@dataclass
class _Dyads:
    """The table of dyads, and what the other tables must know of it.

    Attributes
    ----------
    table, kept : DataFrame
        All dyads, None if there is no table; and those that are not excluded.
    known, used : list of str
        Their labels.
    certain : bool
        Whether it is certain who is who.
    named : list of str
        Further columns that the statistics name.
    numbers : DataFrame or None
        What these hold.
    between : list of str
        Factors of the model.
    """

    table: pd.DataFrame | None = None
    kept: pd.DataFrame = field(default_factory=pd.DataFrame)
    known: list[str] = field(default_factory=list)
    used: list[str] = field(default_factory=list)
    certain: bool = False
    named: list[str] = field(default_factory=list)
    numbers: pd.DataFrame | None = None
    between: list[str] = field(default_factory=list)

    @cached_property
    def people(self) -> dict[tuple[str, str], str]:
        """Who is who: (dyad, role) -> person."""
        rows = [] if self.table is None else self.table.to_dict("records")
        return {(d["dyad"], role): d[role] for d in rows for role in ROLES}


def _dyads(settings: Settings, tables: Tables) -> _Dyads:
    factors = {name: [level.strip() for level in levels] for name, levels in settings.factors.items()}
    statistics, found = settings.statistics, tables.found
    differences = [f"{name}{end}" for name in settings.differences for end in ("", "_absolute")]
    asked = asked_numbers(statistics, [*TAKEN_COLUMNS, *factors, *differences])
    table, name = tables.read(settings.tables.dyads, "dyads", list(factors), also=asked)
    if table is None:
        return _Dyads()
    table, spelt = understand_levels(table, factors, name)
    found.take([], spelt)
    wrong = check_dyads(table, factors, name)
    alike, doubtful = check_spelling(table, name)
    kept = table[table["exclude"] == ""]
    between = [factor for factor in statistics.between if factor in factors]
    # A problem that begins with a factor's name is no doubt about who is who.
    certain = all(p.what.split()[0] in (*factors, "exclude") for p in wrong + alike)
    if not wrong:
        wrong = check_design(kept, between, statistics.interactions, name)
        wrong = wrong or check_separable(kept, between, statistics.interactions, name)
        found.take([], lonely_levels(kept, {factor: factors[factor] for factor in between}, name))
    found.take(wrong + alike, doubtful + shared_therapists(kept, name))
    named = [column for column in asked if column in table]
    numbers, *said = dyad_numbers(kept, named, name)
    found.take(*said)
    found.take([], dragged({} if numbers is None else {column: numbers[column] for column in named}, name))
    known, used = ([d for d in dict.fromkeys(rows["dyad"]) if d] for rows in (table, kept))
    return _Dyads(table, kept, known, used, certain, named, numbers, between)


def _recordings(
    settings: Settings, tables: Tables, raw_folder: Path, dyads: Sequence[str]
) -> pd.DataFrame | None:
    """The table of recordings with the words, and the names of files, that were meant."""
    table, name = tables.read(settings.tables.recordings, "recordings")
    if table is None:
        return None
    if nobody := none_known(table["dyad"], dyads, "dyads", name):
        tables.found.take([nobody])  # whatever would be said of its rows follows from it
        return None
    ways = row_schema("recordings")["properties"]["sync"]["enum"]
    table, spelt = understand_levels(table, {"time": settings.times, "sync": ways}, name)
    table, bare = understand_words(table, MAY_BE_EMPTY, name)
    tables.found.take([], spelt + bare)
    table["sync"] = table["sync"].replace("", "auto")
    for column in (f"{role}_file" for role in ROLES):
        table[column] = [_spelt_on_disk(file, raw_folder) for file in table[column]]
    return with_tasks(table, settings.input == "bids")


def _check_recordings(
    recordings: pd.DataFrame,
    dyads: _Dyads,
    settings: Settings,
    occasions: Occasions,
    raw_folder: Path,
    found: Found,
    look_for_files: bool,
) -> None:
    name, people = Path(settings.tables.recordings).name, dyads.people
    simulated = settings.simulation is not None
    check = RecordingsCheck(
        dyads.known,
        dyads.used,
        occasions.labels,
        raw_folder,
        phases=settings.times,
        simulated=simulated,
        look_for_files=look_for_files,
        accept_header_time=settings.clock.accept_header_time,
        name=name,
        people=people,
    )
    found.take(*check.check(recordings))
    if settings.input == "raw" and not simulated:
        found.take([], _named_people(dyads.kept, recordings, settings))
    if not simulated:
        used = recordings[(recordings["exclude"] == "") & recordings["dyad"].isin(dyads.used)]
        rows = used.rename_axis("row").reset_index().to_dict("records")
        found.take([], misplaced_files(rows, people, occasions.labels, name))
        found.take([], dragged({column: used[column] for column in ("start_s", "stop_s")}, name))


def _people(settings: Settings, tables: Tables, dyads: _Dyads) -> pd.DataFrame:
    """What the table of participants says of people, as text; without rows if there is none."""
    if settings.tables.participants:
        table, name = tables.read(settings.tables.participants, "participants", needs_rows=False)
        if dyads.table is not None and table is not None:
            people, spelt = understand_words(table, ABOUT_PEOPLE, name)
            everybody = set(dyads.table[list(ROLES)].to_numpy().ravel())
            tables.found.take(check_participants(people, everybody if dyads.certain else None, name), spelt)
            of_role = {role: set(dyads.kept[role]) for role in ROLES}
            called = {role: word or "" for role, word in settings.roles or ()}
            tables.found.take(*check_ages(people, of_role, called, name))
            tables.found.take([], dragged({"age": people["age"]}, name))
            return people
    return pd.DataFrame(columns=["participant", *ABOUT_PEOPLE], dtype=str)


def _decisions(
    settings: Settings, tables: Tables, dyads: _Dyads, rows: pd.DataFrame, occasions: Occasions
) -> dict[tuple, list[dict]]:
    if not settings.tables.decisions:
        return {}
    by_hand, name = tables.read(settings.tables.decisions, "decisions", needs_rows=False)
    if dyads.table is None or by_hand is None:
        return {}
    kept = dyads.kept.to_dict("records")
    members = {d["dyad"]: [d[r] for r in ROLES] if dyads.certain else None for d in kept}
    by_hand, unclear = resolve(by_hand, occasions, name, [d for d in dyads.known if d not in members])
    wrong = unclear or check_decisions(by_hand, dyads.known, members, occasions.labels, name)
    tables.found.take(wrong)
    if wrong:
        return {}
    used = by_hand[by_hand["dyad"].isin(dyads.used)]
    tables.found.take([], decided_in_vain(used, rows, name))
    return plain_decisions(used, occasions.labels)


def _check_planted(
    settings: Settings, tables: Tables, dyads: _Dyads, occasions: Occasions, rows: pd.DataFrame
) -> None:
    if not settings.simulation:
        return
    bands = list(settings.bands)
    planted, name = tables.read(settings.simulation.table, "simulation", bands, others=True)
    if planted is not None:
        of_study = dyads.used, bands, occasions.labels, name, rows.get("task", ())
        tables.found.take(check_simulation(planted, *of_study))


def _check_columns(
    settings: Settings, dyads: _Dyads, scores: Mapping, signals: Mapping, found: Found
) -> None:
    """Names and contents of the columns that the tables give to the results."""
    coordination = coordination_columns(measures_of(signals, settings.signals.measures))
    statistics, differences = settings.statistics, settings.differences
    found.take(check_column_names(settings.factors, differences, scores, dyads.named))
    if set(scores) != set(settings.questionnaires):  # what is wrong there has been said
        return
    known = dyads.named, coordination, measures(settings.synchrony), settings.factors
    unused = unused_scores(statistics, differences, scores)
    found.take(check_asked_columns(statistics, differences, scores, *known), unused)
    if not found.problems:
        values = scores_of_dyads(scores, differences, dyads.kept["dyad"], dyads.numbers)
        parameters = n_parameters(dyads.kept, dyads.between, statistics.interactions)
        found.take(*check_numbers(values, statistics, parameters))


# --- what follows from them --------------------------------------------------------------------------------


def _named_people(dyads: pd.DataFrame, recordings: pd.DataFrame, settings: Settings) -> list[Problem]:
    """Warnings of labels and authors that should not be published as they are."""
    members = {d["dyad"]: d for d in dyads.to_dict("records")}
    files = [
        (row["dyad"], members[row["dyad"]][role], row[f"{role}_file"])
        for row in recordings[recordings["dyad"].isin(members)].to_dict("records")
        for role in ROLES
    ]
    found, warnings = list(naming_labels(files, settings.times, settings.release_allows).items()), []
    if found:
        labels = listed(f"{label} ({Path(file).name})" for label, file in found)
        kind = "labels are words" if len(found) > 1 else "label is a word"
        hint = (
            "Labels become part of the name of every file that is shared. If they are initials or names, use "
            "codes such as T01; if they name nobody, add them to release_allows (config.yaml)."
        )
        where = Path(settings.tables.dyads).name
        warnings.append(Problem(where, f"{len(found)} {kind} of raw file names: {labels}", hint))
    if settings.title.strip() == UNTITLED:
        hint = "Write the study's title: the report and the dataset have it."
        warnings.append(Problem("config.yaml, title", f"{UNTITLED} is a placeholder", hint))
    if placeholders := placeholder_authors(settings.authors):
        hint = "Write who publishes the dataset. A release is not packed before."
        what = f"{listed(placeholders)} {'are placeholders' if len(placeholders) > 1 else 'is a placeholder'}"
        warnings.append(Problem("config.yaml, authors", what, hint))
    return warnings


def _unused(
    recordings: pd.DataFrame, taken: pd.DataFrame, used: Iterable[str], times: Sequence[str]
) -> dict[tuple[str, str], str]:
    """The recordings that included dyads lack, with the reason that the table gives."""
    there = set(zip(taken["dyad"], taken["time"], strict=True))
    reasons = dict(
        zip(zip(recordings["dyad"], recordings["time"], strict=True), recordings["exclude"], strict=True)
    )
    lacking = [(dyad, time) for dyad in used for time in times if (dyad, time) not in there]
    return {key: reasons.get(key) or "no recording in the recordings table" for key in lacking}


def _spelt_on_disk(file: str, raw_folder: Path) -> str:
    """A file's name as the disk spells it; as the table does if it is not there."""
    if not file or file.isascii():
        return file
    path = on_disk(raw_folder / file)
    return path.relative_to(raw_folder).as_posix() if path.is_relative_to(raw_folder) else str(path)
