"""The study in memory: the tables that passed every check, and what a job needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from interbrain.questionnaires import KEY_COLUMNS
from interbrain.study.checks import (
    ABOUT_PEOPLE,
    ROLES,
    SIMULATED,
    check_answers,
    check_cap_map,
    check_column_names,
    check_dyads,
    check_participants,
    check_recordings,
    check_simulation,
    participants_of,
    scored,
)
from interbrain.study.config import check_config, with_defaults
from interbrain.study.problems import Problem, StudyError, did_you_mean, nearest
from interbrain.study.reading import read_table


@dataclass
class Study:
    """A study that can be run; its tables are not to be changed.

    Attributes
    ----------
    dyads : DataFrame
        dyad, therapist, client, one column a factor, exclude (the reason, or empty); one row a dyad.
    recordings : DataFrame
        dyad, time, run, therapist_file, client_file, sync, start_s, stop_s; included dyads only, one row
        a dyad and time. Files are full paths; start_s and stop_s are s or missing.
    participants : DataFrame
        participant, role, age, sex, handedness, head_circumference_cm, as text; one row a person.
    scores : mapping questionnaire -> DataFrame
        dyad, one column a subscale, and total; included dyads only.
    answers : mapping questionnaire -> DataFrame
        dyad and one column an item, as text; included dyads only.
    cap_map : mapping label -> 10-20 name
        Empty if the study has none.
    """

    dyads: pd.DataFrame
    recordings: pd.DataFrame
    participants: pd.DataFrame
    scores: dict[str, pd.DataFrame] = field(default_factory=dict)
    answers: dict[str, pd.DataFrame] = field(default_factory=dict)
    cap_map: dict[str, str] = field(default_factory=dict)

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

    def recording(self, dyad: str, run: int | str) -> pd.Series:
        """The row of one dyad and run (1 is the first time)."""
        return self._recordings[dyad, int(run)]

    def member(self, dyad: str, role: str) -> str:
        """The participant who is `role` in `dyad`."""
        return self._members[dyad, role]

    def levels(self, dyad: str) -> dict[str, str]:
        """The dyad's level of each factor."""
        return self._levels[dyad]

    def encounter(self, participant: str, dyad: str, run: int | str) -> dict:
        """What one member's recording of one dyad and run is: whose, with whom, in which files.

        Returns
        -------
        encounter : dict
            raw, partner_raw: paths, first the one in the table, then the files it needs beside it;
            member, partner: participant, role, head_circumference_cm; meeting: dyad, run, time, sync,
            factors, start_s, stop_s. Plain values only.
        """
        row = self.recording(dyad, run)
        role = ROLES[self.member(dyad, ROLES[0]) != participant]
        other = ROLES[role == ROLES[0]]
        bounds = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("start_s", "stop_s")}
        return {
            "raw": [row[f"{role}_file"], *_beside(row[f"{role}_file"])],
            "partner_raw": [row[f"{other}_file"], *_beside(row[f"{other}_file"])],
            "member": {**self._people[participant], "role": role},
            "partner": {**self._people[self.member(dyad, other)], "role": other},
            "meeting": {
                "dyad": dyad,
                "run": int(run),
                "time": row["time"],
                "sync": row["sync"],
                "factors": self.levels(dyad),
                **bounds,
            },
        }

    def shared_scores(self, with_items: bool) -> dict[str, list[dict]]:
        """Rows of each questionnaire's table in bids/phenotype; item answers only if asked for."""
        if not with_items:
            return {name: table.to_dict("records") for name, table in self.scores.items()}
        return {
            name: table.merge(self.answers[name], on="dyad", validate="one_to_one").to_dict("records")
            for name, table in self.scores.items()
        }


def _beside(path: str) -> list[str]:
    """The other files of a recording that is kept in several, as far as they are there."""
    companions = {".vhdr": (".eeg", ".vmrk"), ".set": (".fdt",)}.get(Path(path).suffix.lower(), ())
    return [str(p) for p in map(Path(path).with_suffix, companions) if p.is_file()]


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
    config = with_defaults(config, schema)

    def table(path: str, required: Sequence[str], optional: Sequence[str] = (), others: bool = False):
        """A table and its name; None if it cannot be used, so that nothing follows from that twice."""
        name = Path(path).name
        try:
            found = read_table(folder / path)
        except StudyError as error:
            problems.extend(error.problems)
            return None, name
        known = [c for c in (*required, *optional) if c not in found]
        unknown = [c for c in found if c not in (*required, *optional)]
        missing = [c for c in required if c not in found]
        for column in missing:
            near = nearest(column, unknown)
            hint = f'Is it "{near}"?' if near else f"It has: {', '.join(found)}."
            problems.append(Problem(f"{name}, row 1", f'the column "{column}" is missing', hint))
            unknown = [c for c in unknown if c != near]
        for column in () if others else unknown:
            problems.append(
                Problem(f"{name}, row 1", f'unknown column "{column}"', did_you_mean(column, known))
            )
        if not missing and found.empty:
            problems.append(Problem(name, "the table has no rows below its heading"))
        if missing or found.empty:
            return None, name
        return found.reindex(columns=list(dict.fromkeys([*found, *required, *optional])), fill_value=""), name

    tables, times = config["tables"], config["times"]
    factors = {name: list(levels) for name, levels in config["factors"].items()}
    raw_folder = folder / config["raw_folder"]

    dyads, name = table(tables["dyads"], ["dyad", *ROLES, *factors], ["exclude"])
    known, used = [], []
    if dyads is not None:
        problems += check_dyads(dyads, factors, name)
        known, used = (
            [dyad for dyad in dict.fromkeys(rows["dyad"]) if dyad]
            for rows in (dyads, dyads[dyads["exclude"] == ""])
        )
    recordings, name = table(
        tables["recordings"], ["dyad", "time", "therapist_file", "client_file", "sync"], ["start_s", "stop_s"]
    )
    if dyads is not None and recordings is not None:
        simulated = bool(config["simulation"])
        problems += check_recordings(recordings, known, used, times, raw_folder, simulated, name)
        by_triggers = recordings["dyad"].isin(used) & recordings["sync"].isin(["markers", "start_marker"])
        if by_triggers.any() and not (config["triggers"]["channel"] or config["triggers"]["annotation"]):
            hint = (
                "Name the channel or the annotation, or write sync: shared_start if the files begin together."
            )
            what = f"neither channel nor annotation, though {name} ties clocks by triggers"
            problems.append(Problem("config.yaml, triggers", what, hint))
    people = pd.DataFrame(columns=["participant", *ABOUT_PEOPLE], dtype=str)
    if tables["participants"]:
        found, name = table(tables["participants"], ["participant"], ABOUT_PEOPLE)
        if dyads is not None and found is not None:
            people = found
            problems += check_participants(people, set(dyads[list(ROLES)].to_numpy().ravel()), name)
    cap_map = {}
    if tables["cap_map"]:
        cap, name = table(tables["cap_map"], ["label", "channel"])
        if cap is not None:
            cap_map = dict(zip(cap["label"], cap["channel"], strict=True))
            problems += check_cap_map(cap, config["rois"], name)
    answers, scores = {}, {}
    for questionnaire, about in config["questionnaires"].items():
        key, key_name = table(about["key"], KEY_COLUMNS)
        items, name = table(about["table"], ["dyad"], others=True)
        if dyads is None or items is None:
            continue
        problems += check_answers(items, known, used, name)
        items = items[items["dyad"].isin(used)]
        answers[questionnaire] = items.reset_index(drop=True)
        if key is not None and len(items):
            result, found = scored(items, key, name, key_name)
            problems += found
            scores[questionnaire] = result
    if config["simulation"]:
        columns = ["dyad", *config["bands"], *SIMULATED]
        planted, name = table(config["simulation"]["table"], columns, others=True)
        if planted is not None:
            problems += check_simulation(planted, used, list(config["bands"]), times, name)
    problems += check_column_names(factors, config["differences"], scores)
    if problems:
        raise StudyError(problems)

    recordings = recordings[recordings["dyad"].isin(used)].reset_index(drop=True)
    recordings["run"] = [times.index(time) + 1 for time in recordings["time"]]
    for column in ("therapist_file", "client_file"):
        recordings[column] = [str(raw_folder / file) for file in recordings[column]]
    for column in ("start_s", "stop_s"):
        recordings[column] = pd.to_numeric(recordings[column])
    return Study(
        dyads=dyads.reset_index(drop=True),
        recordings=recordings,
        participants=participants_of(dyads[dyads["exclude"] == ""], people),
        scores=scores,
        answers=answers,
        cap_map=cap_map,
    )
