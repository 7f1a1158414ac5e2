"""The study in memory: the tables that passed every check, and what a job needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from interbrain.problems import Problem
from interbrain.questionnaires import item_ranges
from interbrain.study.answers import plain_answers
from interbrain.study.by_role import of_role, triggers_of
from interbrain.study.checks import (
    ABOUT_PEOPLE,
    ROLES,
    TAKEN_COLUMNS,
    asked_numbers,
    check_adopted,
    check_answers,
    check_asked_columns,
    check_cap_map,
    check_column_names,
    check_design,
    check_dyads,
    check_participants,
    check_recordings,
    check_simulation,
    check_spelling,
    check_triggers,
    dyad_numbers,
    given_scores,
    participants_of,
    scored,
    shared_therapists,
)
from interbrain.study.columns import columns_of, meant_column, row_schema
from interbrain.study.config import check_config, with_defaults
from interbrain.study.consistency import asked_channels
from interbrain.study.decisions import check_decisions, plain_decisions
from interbrain.study.design import (
    check_numbers,
    check_separable,
    lonely_levels,
    n_parameters,
    scores_of_dyads,
)
from interbrain.study.file_names import misplaced_files
from interbrain.study.identities import naming_labels, placeholder_authors
from interbrain.study.problems import StudyError, listed, nearest, on_disk
from interbrain.study.reading import EmptyTable, read_table
from interbrain.study.settings import Settings
from interbrain.study.understood import understand_levels, understand_words

# Columns of the recordings table in which a word for "nothing" is an empty cell.
MAY_BE_EMPTY = ("start_s", "stop_s", "therapist_channels", "client_channels")


@dataclass
class Study:
    """A study that can be run; its tables are not to be changed.

    Attributes
    ----------
    dyads : DataFrame
        dyad, therapist, client, one column a factor, exclude (the reason, or empty); one row a dyad.
    numbers : DataFrame
        dyad, and the further columns of the dyads table that the statistics name, as numbers; included dyads
        only. A number that is not known is missing.
    recordings : DataFrame
        dyad, time, run, row (in the spreadsheet), sync, start_s, stop_s, and of each role therapist_file,
        therapist_channels, therapist_scale, therapist_trigger, therapist_cap_map; included dyads and
        recordings that are used only, one row a dyad and time. Files are full paths; start_s and stop_s are s
        or missing; the channels are patterns or empty; the scale is a number or missing; the trigger is what
        `formats.read_triggers` takes; the cap map is empty unless it is not the role's.
    unused : mapping (dyad, time) -> reason
        Recordings that an included dyad lacks, or that are excluded, in the order of dyads and times.
    participants : DataFrame
        participant, role, age, sex, handedness, head_circumference_cm, as text; one row a person.
    scores : mapping questionnaire -> DataFrame
        dyad, one column a subscale, total, and missing_items where answers were scored; included dyads
        only. A score that rests on too few answers is missing.
    answers : mapping questionnaire -> DataFrame
        dyad and one column an item, as text; included dyads only. None of a table that holds scores.
    cap_maps : mapping table -> (mapping label -> 10-20 name)
        Every cap map of the study, by the table's path as the study names it.
    cap_tables : mapping role -> table
        Whose cap map is which, but for single recordings; empty: none.
    decisions : mapping (dyad, run, participant) -> list of dict
        What a person decided by hand, as `plain_decisions` gives it; the participant of windows is "".
    warnings : list of Problem
        What does not stop the study, but must be known.
    """

    dyads: pd.DataFrame
    recordings: pd.DataFrame
    participants: pd.DataFrame
    numbers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["dyad"]))
    unused: dict[tuple[str, str], str] = field(default_factory=dict)
    scores: dict[str, pd.DataFrame] = field(default_factory=dict)
    answers: dict[str, pd.DataFrame] = field(default_factory=dict)
    cap_maps: dict[str, dict[str, str]] = field(default_factory=dict)
    cap_tables: dict[str, str] = field(default_factory=dict)
    decisions: dict[tuple, list[dict]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def included(self) -> pd.DataFrame:
        return self.dyads[self.dyads["exclude"] == ""]

    # Asked many times for each job of the plan, hence looked up and not searched.
    @cached_property
    def _recordings(self) -> dict[tuple, pd.Series]:
        return {(row["dyad"], row["run"]): row for _, row in self.recordings.iterrows()}

    @cached_property
    def _members(self) -> dict[tuple, str]:
        return {(row["dyad"], role): row[role] for _, row in self.dyads.iterrows() for role in ROLES}

    @cached_property
    def _levels(self) -> dict[str, dict[str, str]]:
        factors = self.dyads.columns.drop(["dyad", *ROLES, "exclude"])
        return dict(zip(self.dyads["dyad"], self.dyads[factors].to_dict("records"), strict=True))

    @cached_property
    def _people(self) -> dict[str, dict]:
        heads = zip(self.participants["participant"], self.participants["head_circumference_cm"], strict=True)
        return {p: {"participant": p, "head_circumference_cm": float(h) if h else None} for p, h in heads}

    @cached_property
    def _patterns(self) -> dict[str, dict[str, str]]:
        """In each file that several people share: pattern of channels -> whose they are."""
        patterns: dict[str, dict[str, str]] = {}
        for row in self.recordings.to_dict("records"):
            for role in ROLES:
                if pattern := row[f"{role}_channels"]:
                    of_file = patterns.setdefault(row[f"{role}_file"], {})
                    of_file.setdefault(pattern, self.member(row["dyad"], role))
        return patterns

    def channels(self, row: Mapping, role: str) -> dict[str, str | float | None]:
        """Which channels of its file are a member's, which are anybody else's, and at which scale they are.

        Parameters
        ----------
        row : mapping
            Of `recordings`.

        Returns
        -------
        channels : dict
            pattern, partner_pattern and scale, as `read_recording` takes them. In a file of three people the
            second holds the patterns of the two others.
        """
        person, partner = (self.member(row["dyad"], r) for r in (role, ROLES[role == ROLES[0]]))
        whose = self._patterns.get(row[f"{role}_file"], {})
        others = [pattern for pattern, who in whose.items() if who != person]
        others.sort(key=lambda pattern: whose[pattern] != partner)
        scale = row[f"{role}_scale"]
        return {
            "pattern": row[f"{role}_channels"] or None,
            "partner_pattern": ", ".join(others) or None,
            "scale": None if pd.isna(scale) else float(scale),
        }

    def recording(self, dyad: str, run: int | str) -> pd.Series:
        """The row of one dyad and run (1 is the first time)."""
        return self._recordings[dyad, int(run)]

    def member(self, dyad: str, role: str) -> str:
        """The participant who is `role` in `dyad`."""
        return self._members[dyad, role]

    def role(self, participant: str, dyad: str) -> str:
        """Who the participant is in `dyad`."""
        return ROLES[self.member(dyad, ROLES[0]) != participant]

    def cap_map(self, participant: str, dyad: str, run: int | str) -> dict[str, str]:
        """Label -> 10-20 name for one member's recording; empty if its labels are such names."""
        return self.cap_maps.get(self.cap_table(self.recording(dyad, run), self.role(participant, dyad)), {})

    def cap_table(self, row: Mapping, role: str) -> str:
        """The table in which the cap map of one member's recording is; empty if there is none."""
        return row[f"{role}_cap_map"] or self.cap_tables.get(role, "")

    def levels(self, dyad: str) -> dict[str, str]:
        """The dyad's level of each factor."""
        return self._levels[dyad]

    def encounter(self, participant: str, dyad: str, run: int | str) -> dict:
        """What one member's recording of one dyad and run is: whose, with whom, in which files.

        Returns
        -------
        encounter : dict
            raw: paths, first the one in the table, then the files it needs beside it; member: participant,
            role, head_circumference_cm, the patterns of its channels and the partner's, and the trigger
            channel; meeting: dyad, run, time, partner, factors. Plain values only.
        """
        row = self.recording(dyad, run)
        role = self.role(participant, dyad)
        other = ROLES[role == ROLES[0]]
        return {
            "raw": _with_companions(row[f"{role}_file"]),
            "member": {
                **self._people[participant],
                "role": role,
                **self.channels(row, role),
                "trigger_channel": row[f"{role}_trigger"]["channel"],
            },
            "meeting": {
                "dyad": dyad,
                "run": int(run),
                "time": row["time"],
                "partner": self.member(dyad, other),
                "factors": self.levels(dyad),
            },
        }

    def session(self, dyad: str) -> list[dict]:
        """The dyad's recordings and how their clocks are tied: fields of `bids.timing.RunSources`."""
        return [
            {
                **{name: row[name] for name in ("run", "time", "sync")},
                **{name: None if pd.isna(row[name]) else float(row[name]) for name in ("start_s", "stop_s")},
                **{
                    role: {
                        "participant": self.member(dyad, role),
                        "path": row[f"{role}_file"],
                        **self.channels(row, role),
                        "cap_map": self.cap_maps.get(self.cap_table(row, role), {}),
                        "triggers": row[f"{role}_trigger"],
                    }
                    for role in ROLES
                },
            }
            for row in self.recordings[self.recordings["dyad"] == dyad].to_dict("records")
        ]

    def recording_decisions(self, participant: str, dyad: str, run: int | str) -> list[dict]:
        """What a person decided about the channels and components of one member's recording.

        Returns
        -------
        decisions : list of dict
            what ("channel", "component"), item (its name), decision, by, reason; sorted by what and item.
        """
        return self.decisions.get((dyad, int(run), participant), [])

    def window_decisions(self, dyad: str, run: int | str) -> list[dict]:
        """What a person decided about the windows of one dyad and run.

        Returns
        -------
        decisions : list of dict
            what ("window"), item (its start, s on the therapist's clock, a float), decision, by, reason;
            sorted by item.
        """
        return self.decisions.get((dyad, int(run), ""), [])

    def raw_files(self, dyad: str) -> list[str]:
        """Every raw file of a dyad, each once."""
        rows = self.recordings[self.recordings["dyad"] == dyad]
        named = [row[f"{role}_file"] for row in rows.to_dict("records") for role in ROLES]
        return list(dict.fromkeys(path for file in named for path in _with_companions(file)))

    def shared_scores(self, with_items: bool) -> dict[str, list[dict]]:
        """Rows of each questionnaire's table in bids/phenotype; item answers only if asked for."""
        if not with_items:
            return {name: table.to_dict("records") for name, table in self.scores.items()}
        with_answers = {
            name: table.merge(self.answers[name].replace("", "n/a"), on="dyad", validate="one_to_one")
            for name, table in self.scores.items()
            if name in self.answers
        }
        return {name: table.to_dict("records") for name, table in (self.scores | with_answers).items()}


def _with_companions(path: str) -> list[str]:
    """A recording's file, and the others of one that is kept in several, as far as they are there."""
    companions = {".vhdr": (".eeg", ".vmrk"), ".set": (".fdt",)}.get(Path(path).suffix.lower(), ())
    return [path, *(str(p) for p in map(Path(path).with_suffix, companions) if p.is_file())]


def load_study(config: Mapping, schema: Mapping, folder: Path = Path()) -> Study:
    """Read and check a study.

    Parameters
    ----------
    config : mapping
        The settings, as config.yaml holds them.
    schema : mapping
        JSON Schema of the settings.
    folder : Path
        What the config's relative paths are relative to.

    Raises
    ------
    StudyError
        With every problem that was found.
    """
    problems, usable = check_config(config, schema)
    if not usable:
        raise StudyError(problems, "The tables were not read: correct the config first.")
    says_triggers = "triggers" in config
    config = with_defaults(config, schema)
    settings = Settings.model_validate(config)
    warnings: list[Problem] = []

    def table(path: str, kind: str, further: Sequence[str] = (), others=False, needs_rows=True, also=()):
        """A table and its name; None if it cannot be used, so that nothing follows from that twice."""
        name, (required, optional) = Path(path).name, columns_of(kind)
        required += further
        try:
            found = read_table(folder / path)
        except EmptyTable as error:
            if not needs_rows:
                return pd.DataFrame(columns=[*required, *optional], dtype=str), name
            problems.extend(error.problems)
            return None, name
        except StudyError as error:
            problems.extend(error.problems)
            return None, name
        warnings.extend(found.attrs["notes"])
        optional += [column for column in also if column in found]
        heading = f"{name}, row {found.attrs['heading']}"
        known = [c for c in (*required, *optional) if c not in found]
        unknown = [c for c in found if c not in (*required, *optional)]
        missing = [c for c in required if c not in found]
        for column in missing:
            near = nearest(column, unknown)
            hint = f'Is it "{near}"?' if near else f"It has: {', '.join(found)}."
            problems.append(Problem(heading, f'the column "{column}" is missing', hint))
            unknown = [c for c in unknown if c != near]
        ignored = []
        for column in () if others else unknown:
            if meant := meant_column(column, known):
                problems.append(Problem(heading, f'unknown column "{column}"', f"Did you mean {meant}?"))
            else:
                ignored.append(f'"{column}"')
        if ignored:
            several = len(ignored) > 1
            what = f"the column{'s' * several} {listed(ignored)} {'are' if several else 'is'} ignored"
            warnings.append(Problem(heading, what, f"Known: {', '.join([*required, *optional])}."))
        lacks_rows = found.empty and needs_rows
        if not missing and lacks_rows:
            hint = f"Add {row_schema(kind)['title'].lower()}."
            problems.append(Problem(name, "the table has no rows below its heading", hint))
        if missing or lacks_rows:
            return None, name
        return found.reindex(columns=list(dict.fromkeys([*found, *required, *optional])), fill_value=""), name

    tables, times = config["tables"], config["times"]
    factors = {name: [level.strip() for level in levels] for name, levels in config["factors"].items()}
    raw_folder = on_disk(folder / config["raw_folder"])

    asked = asked_numbers(config["statistics"], [*TAKEN_COLUMNS, *factors])
    dyads, name = table(tables["dyads"], "dyads", factors, also=asked)
    known, used, kept, certain, named, numbers = [], [], None, False, [], None
    if dyads is not None:
        dyads, spelt = understand_levels(dyads, factors, name)
        warnings += spelt
        named = [column for column in asked if column in dyads]
        wrong = check_dyads(dyads, factors, name)
        alike, doubtful = check_spelling(dyads, name)
        kept = dyads[dyads["exclude"] == ""]
        statistics = config["statistics"]
        between = [name for name in statistics["between"] if name in factors]
        # A problem that begins with a factor's name is no doubt about who is who.
        certain = all(p.what.split()[0] in (*factors, "exclude") for p in wrong + alike)
        if not wrong:
            wrong = check_design(kept, between, statistics["interactions"], name)
            wrong = wrong or check_separable(kept, between, statistics["interactions"], name)
            warnings += lonely_levels(kept, {factor: factors[factor] for factor in between}, name)
        problems += wrong + alike
        warnings += doubtful + shared_therapists(kept, name)
        known, used = ([d for d in dict.fromkeys(rows["dyad"]) if d] for rows in (dyads, kept))
        numbers, found, doubtful = dyad_numbers(kept, named, name)
        problems += found
        warnings += doubtful
    recordings, name = table(tables["recordings"], "recordings")
    if recordings is not None:
        ways = row_schema("recordings")["properties"]["sync"]["enum"]
        recordings, spelt = understand_levels(recordings, {"time": times, "sync": ways}, name)
        recordings, bare = understand_words(recordings, MAY_BE_EMPTY, name)
        warnings += spelt + bare
        for column in (f"{role}_file" for role in ROLES):
            recordings[column] = [_spelt_on_disk(file, raw_folder) for file in recordings[column]]
    if dyads is not None and recordings is not None:
        simulated, accepted = bool(config["simulation"]), settings.clock.accept_header_time
        people = {(d["dyad"], role): d[role] for _, d in dyads.iterrows() for role in ROLES}
        found, doubtful = check_recordings(
            recordings, known, used, times, raw_folder, simulated, accepted, name, people
        )
        problems += found
        warnings += doubtful
        in_use = recordings[recordings["exclude"] == ""]
        if config["input"] == "raw" and not simulated:
            warnings += _named_people(kept, recordings, config, tables)
        if not simulated:
            rows = in_use[in_use["dyad"].isin(used)].rename_axis("row").reset_index().to_dict("records")
            warnings += misplaced_files(rows, people, times, name)
        if config["input"] == "bids":
            problems += check_adopted(in_use, used, name)
        about = None if says_triggers else schema["properties"]["triggers"]
        problems += check_triggers(in_use, used, config["triggers"], about, name)
    people = pd.DataFrame(columns=["participant", *ABOUT_PEOPLE], dtype=str)
    if tables["participants"]:
        found, name = table(tables["participants"], "participants", needs_rows=False)
        if dyads is not None and found is not None:
            people, spelt = understand_words(found, ABOUT_PEOPLE, name)
            warnings += spelt
            everybody = set(dyads[list(ROLES)].to_numpy().ravel())
            problems += check_participants(people, everybody if certain else None, name)
    cap_maps = {}
    of_all = {role: of_role(tables["cap_map"], role) or "" for role in ROLES}
    rows = pd.DataFrame()
    if recordings is not None:
        rows = recordings[recordings["dyad"].isin(used) & (recordings["exclude"] == "")]
    of_some = [cell for role in ROLES if len(rows) for cell in rows[f"{role}_cap_map"]]
    for path in dict.fromkeys(filter(None, [*of_all.values(), *of_some])):
        cap, name = table(path, "cap_map", needs_rows=False)
        if cap is not None and cap.empty:
            cap_maps[path] = {}
            hint = "Add one row an electrode, or write cap_map: null (tables) in config.yaml."
            what = "the table has no rows: the labels in the recordings must be 10-20 names themselves"
            warnings.append(Problem(name, what, hint))
        elif cap is not None:
            cap_maps[path] = dict(zip(cap["label"], cap["channel"], strict=True))
            two_in_one_file = (
                recordings is not None and (recordings["therapist_file"] == recordings["client_file"]).any()
            )
            problems += check_cap_map(cap, asked_channels(settings), name, two_in_one_file)
    decisions = {}
    if tables["decisions"]:
        by_hand, name = table(tables["decisions"], "decisions", needs_rows=False)
        if dyads is not None and by_hand is not None:
            members = {d["dyad"]: [d[r] for r in ROLES] if certain else None for _, d in kept.iterrows()}
            wrong = check_decisions(by_hand, known, members, times, name)
            problems += wrong
            if not wrong:
                decisions = plain_decisions(by_hand[by_hand["dyad"].isin(used)], times)
                warnings += _decided_in_vain(by_hand[by_hand["dyad"].isin(used)], rows, name)
    answers, scores = {}, {}
    for questionnaire, about in config["questionnaires"].items():
        key, key_name = table(about["key"], "key") if about.get("key") else (None, "")
        items, name = table(about["table"], "answers", others=True, needs_rows=False)
        if dyads is None or items is None:
            continue
        unasked = items.empty
        if unasked:
            what = f"the table has no rows below its heading, so no score of {questionnaire} is known"
            hint = f"Add one row a dyad, or delete {questionnaire} (questionnaires) in config.yaml."
            warnings.append(Problem(name, what, hint))
            ranges = item_ranges(key) if key is not None else {}
            columns = dict.fromkeys([*items, *(ranges or ([] if about.get("key") else ["total"]))])
            items = pd.DataFrame({"dyad": used}).reindex(columns=list(columns), fill_value="")
        elif key is not None:
            items, found, doubtful = plain_answers(items, key, name)
            problems += found
            warnings += doubtful
            if items is None:
                continue
        problems += check_answers(items, known, used, name)
        items = items[items["dyad"].isin(used)]
        if about.get("key"):
            answers[questionnaire] = items.reset_index(drop=True)
        if items.empty or (about.get("key") and key is None):
            continue
        result, found, doubtful = (
            given_scores(items, name) if key is None else scored(items, key, about, name, key_name)
        )
        problems += found
        warnings += [] if unasked else doubtful
        scores[questionnaire] = result
    if config["simulation"]:
        planted, name = table(config["simulation"]["table"], "simulation", list(config["bands"]), others=True)
        if planted is not None:
            problems += check_simulation(planted, used, list(config["bands"]), times, name)
    problems += check_column_names(factors, config["differences"], scores, named)
    if set(scores) == set(config["questionnaires"]):  # else what is wrong there has been said
        wrong = check_asked_columns(config["statistics"], config["differences"], scores, named)
        problems += wrong
        if not problems:
            values = scores_of_dyads(scores, config["differences"], kept["dyad"], numbers)
            found, doubtful = check_numbers(
                values, statistics, n_parameters(kept, between, statistics["interactions"])
            )
            problems += found
            warnings += doubtful
    study = None
    if recordings is not None and used:
        study = Study(
            dyads=dyads[["dyad", *ROLES, *factors, "exclude"]].reset_index(drop=True),
            recordings=_recordings(rows, config, raw_folder),
            unused=_unused(recordings, rows, used, times),
            numbers=pd.DataFrame({"dyad": used}) if numbers is None else numbers,
            participants=participants_of(kept, people),
            scores=scores,
            answers=answers,
            cap_maps=cap_maps,
            cap_tables=of_all,
            decisions=decisions,
            warnings=warnings,
        )
    if problems:
        raise StudyError(problems, study=study)
    return study


def _named_people(dyads: pd.DataFrame, recordings: pd.DataFrame, config: Mapping, tables: Mapping):
    """Warnings of labels and authors that should not be published as they are."""
    members = {d["dyad"]: d for d in dyads.to_dict("records")}
    files = [
        (row["dyad"], members[row["dyad"]][role], row[f"{role}_file"])
        for row in recordings[recordings["dyad"].isin(members)].to_dict("records")
        for role in ROLES
    ]
    found, warnings = list(naming_labels(files, config["times"], config["release_allows"]).items()), []
    if found:
        labels = listed(f"{label} ({Path(file).name})" for label, file in found)
        kind = "labels are words" if len(found) > 1 else "label is a word"
        hint = (
            "Labels become part of the name of every file that is shared. If they are initials or names, use "
            "codes such as T01; if they name nobody, add them to release_allows (config.yaml)."
        )
        where = Path(tables["dyads"]).name
        warnings.append(Problem(where, f"{len(found)} {kind} of raw file names: {labels}", hint))
    if placeholders := placeholder_authors(config["authors"]):
        hint = "Write who publishes the dataset. A release is not packed before."
        what = f"{listed(placeholders)} {'are placeholders' if len(placeholders) > 1 else 'is a placeholder'}"
        warnings.append(Problem("config.yaml, authors", what, hint))
    return warnings


def _unused(recordings: pd.DataFrame, taken: pd.DataFrame, used, times) -> dict[tuple[str, str], str]:
    """The recordings that included dyads lack, with the reason that the table gives."""
    there = set(zip(taken["dyad"], taken["time"], strict=True))
    reasons = dict(
        zip(zip(recordings["dyad"], recordings["time"], strict=True), recordings["exclude"], strict=True)
    )
    lacking = [(dyad, time) for dyad in used for time in times if (dyad, time) not in there]
    return {key: reasons.get(key) or "no recording in the recordings table" for key in lacking}


def _decided_in_vain(by_hand: pd.DataFrame, recordings: pd.DataFrame, name: str) -> list[Problem]:
    """A warning for each decision about a recording that is missing or not used."""
    there = set(zip(recordings["dyad"], recordings["time"], strict=True)) if len(recordings) else set()
    return [
        Problem(f"{name}, row {row} ({d['dyad']})", f"no {d['time']} recording of {d['dyad']} is used")
        for row, d in by_hand.iterrows()
        if (d["dyad"], d["time"]) not in there
    ]


def _spelt_on_disk(file: str, raw_folder: Path) -> str:
    """A file's name as the disk spells it; as the table does if it is not there."""
    if not file or file.isascii():
        return file
    path = on_disk(raw_folder / file)
    return path.relative_to(raw_folder).as_posix() if path.is_relative_to(raw_folder) else str(path)


def _recordings(table: pd.DataFrame, config: Mapping, raw_folder: Path) -> pd.DataFrame:
    """The recordings as jobs need them; what cannot be read as a number or a known time is missing."""
    recordings = table.assign(row=table.index).reset_index(drop=True)
    recordings["run"] = recordings["time"].map({time: run for run, time in enumerate(config["times"], 1)})
    for column in ("therapist_file", "client_file"):
        recordings[column] = [str(raw_folder / file) if file else "" for file in recordings[column]]
    for role in ROLES:
        column = f"{role}_trigger"
        recordings[column] = [triggers_of(config["triggers"], role, cell) for cell in recordings[column]]
    for column in ("start_s", "stop_s", *(f"{role}_scale" for role in ROLES)):
        recordings[column] = pd.to_numeric(recordings[column], errors="coerce")
    return recordings
