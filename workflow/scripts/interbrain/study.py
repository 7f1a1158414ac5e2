"""The study as its config and tables describe it, checked before anything runs.

Reads what a lab wrote, and says everything that is wrong at once, in plain words. Opens no recording.
"""

from __future__ import annotations

import difflib
import io
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.questionnaires import QuestionnaireError, score

SYNC_METHODS = ("markers", "shared_start")
ROLES = ("therapist", "client")


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and what to do."""

    where: str
    what: str
    hint: str = ""


class StudyError(Exception):
    """Everything that is wrong with a study, as one text for the person who wrote it."""

    def __init__(self, problems: list[Problem]):
        self.problems = problems
        n, places = len(problems), len({p.where.split(",")[0] for p in problems})
        lines = [
            f"{n} problem{'s' * (n > 1)} in {places} place{'s' * (places > 1)}. Nothing has been run.",
        ]
        for number, p in enumerate(problems, 1):
            lines.append(f"{number:<2} {p.where}: {p.what}")
            if p.hint:
                lines.append(f"   {p.hint}")
        super().__init__("\n".join(lines))


@dataclass
class Study:
    """A study that can be run.

    Attributes
    ----------
    dyads : DataFrame
        dyad, therapist, client, one column a factor, exclude (the reason, or empty); one row a dyad.
    recordings : DataFrame
        dyad, time, run, therapist_file, client_file, sync, start_s, stop_s; included dyads only, one row
        a dyad and time. Files are full paths; start_s and stop_s are s or missing.
    participants : DataFrame
        participant, role, age, sex, handedness, head_circumference_cm; one row a person.
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

    def recording(self, dyad: str, run: int | str) -> pd.Series:
        """The row of one dyad and run (1 is the first time)."""
        rows = self.recordings
        return rows[(rows["dyad"] == dyad) & (rows["run"] == int(run))].iloc[0]

    def member(self, dyad: str, role: str) -> str:
        """The participant who is `role` in `dyad`."""
        return self.dyads.set_index("dyad").loc[dyad, role]


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text cells, as Excel or an editor saved it.

    TSV, CSV with comma or semicolon, XLSX; UTF-8 with or without byte-order mark, UTF-16, cp1252.

    Returns
    -------
    table : DataFrame of str
        Empty cells are "". The index is the row a spreadsheet shows (the heading is row 1).

    Raises
    ------
    StudyError
        If the file is missing or is no table.
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", _nearest_file(path))])
    if path.suffix.lower() == ".xlsx":
        table = pd.read_excel(path, dtype=str, keep_default_na=False)
    else:
        raw = path.read_bytes()
        for encoding in ("utf-16",) if raw[:2] in (b"\xff\xfe", b"\xfe\xff") else ("utf-8-sig", "cp1252"):
            try:
                text = raw.decode(encoding)
                break
            except UnicodeDecodeError:
                continue
        else:
            raise StudyError([Problem(str(path), "not a text table", "Save it as TSV, CSV or XLSX.")])
        heading = text.split("\n", 1)[0]
        delimiter = max("\t;,", key=heading.count)
        try:
            table = pd.read_csv(
                io.StringIO(text), sep=delimiter, dtype=str, keep_default_na=False, skip_blank_lines=False
            )
        except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
            reason = str(error).replace("Error tokenizing data. C error: ", "")
            raise StudyError([Problem(str(path), f"not a table: {reason}")]) from error
    table.columns = [str(c).strip() for c in table.columns]
    table = table.loc[:, [not c.startswith("Unnamed:") for c in table.columns]]
    table = table.apply(lambda column: column.str.strip())
    table.index = pd.RangeIndex(2, len(table) + 2)
    return table[(table != "").any(axis=1)]


def _nearest_file(path: Path) -> str:
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either."
    near = difflib.get_close_matches(path.name, [p.name for p in path.parent.iterdir()], n=1, cutoff=0.75)
    return f"In that folder: {near[0]} – is that it?" if near else ""


def _did_you_mean(word: str, known) -> str:
    known = list(known)
    near = difflib.get_close_matches(word, known, n=1, cutoff=0.6)
    return f"Did you mean {near[0]}?" if near else f"Known: {', '.join(known)}."


def check_config(config: Mapping, schema: Mapping) -> list[Problem]:
    """Hold the config against its JSON Schema; each problem names the key, and the schema's own hint."""
    from jsonschema import Draft202012Validator

    problems = []
    errors = Draft202012Validator(schema).iter_errors(dict(config))
    for error in sorted(errors, key=lambda e: ([str(p) for p in e.absolute_path], e.message)):
        key = ": ".join(str(p) for p in error.absolute_path)
        where = f"config.yaml, {key}" if key else "config.yaml"
        hint = error.schema.get("x-hint", "") if isinstance(error.schema, Mapping) else ""
        if error.validator == "additionalProperties":
            known = error.schema.get("properties", {})
            for extra in sorted(set(error.instance) - set(known), key=str):
                problems.append(Problem(where, f'unknown setting "{extra}"', _did_you_mean(str(extra), known)))
        elif error.validator == "required":
            for missing in sorted(set(error.validator_value) - set(error.instance)):
                about = error.schema["properties"].get(missing, {})
                problems.append(Problem(where, f'setting "{missing}" is missing', about.get("x-hint", "")))
        else:
            problems.append(Problem(where, _plain(error), hint))
    return list(dict.fromkeys(problems))


def with_defaults(config: Mapping, schema: Mapping) -> dict:
    """The config with the schema's default for each setting that it leaves out."""
    full = dict(config)
    for key, about in schema.get("properties", {}).items():
        if key not in full and "default" in about:
            full[key] = about["default"]
        if about.get("properties") and isinstance(full.get(key), Mapping):
            full[key] = with_defaults(full[key], about)
    return full


def _plain(error) -> str:
    value = error.instance
    if error.validator == "type":
        return f"{value!r} is not a {error.validator_value}"
    if error.validator == "enum":
        return f"{value!r} is not known. Use: {', '.join(map(str, error.validator_value))}"
    return error.message


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
    problems = check_config(config, schema)
    if problems:
        raise StudyError(problems)

    def table(path: str | None, required: list[str], optional: list[str], others: bool = False):
        """A checked table; without one of its required columns it counts as empty."""
        try:
            found = read_table(folder / path)
        except StudyError as error:
            problems.extend(error.problems)
            return pd.DataFrame(columns=required + optional, dtype=str)
        name = Path(path).name
        for column in found.columns if not others else ():
            if column not in required + optional:
                hint = _did_you_mean(column, required + optional)
                problems.append(Problem(f"{name}, row 1", f'unknown column "{column}"', hint))
        missing = [c for c in required if c not in found.columns]
        for column in missing:
            hint = f"It has: {', '.join(found.columns)}."
            problems.append(Problem(f"{name}, row 1", f'column "{column}" is missing', hint))
        if missing:
            return pd.DataFrame(columns=required + optional, dtype=str)
        return found.reindex(columns=list(dict.fromkeys([*found.columns, *required, *optional])), fill_value="")

    tables = config["tables"]
    factors = {name: list(levels) for name, levels in config["factors"].items()}
    dyads = table(tables["dyads"], ["dyad", "therapist", "client", *factors], ["exclude"])
    problems += _check_dyads(dyads, factors, Path(tables["dyads"]).name)
    recordings = table(
        tables["recordings"],
        ["dyad", "time", "therapist_file", "client_file", "sync"],
        ["start_s", "stop_s"],
    )
    made_here = bool(config.get("simulation"))
    raw_folder = folder / config["raw_folder"]
    problems += _check_recordings(
        recordings, dyads, config["times"], raw_folder, made_here, Path(tables["recordings"]).name
    )
    people = (
        table(tables["participants"], ["participant"], ["age", "sex", "handedness", "head_circumference_cm"])
        if tables.get("participants")
        else pd.DataFrame(columns=["participant", "age", "sex", "handedness", "head_circumference_cm"], dtype=str)
    )
    cap_map = {}
    if tables.get("cap_map"):
        cap = table(tables["cap_map"], ["label", "channel"], [])
        cap_map = dict(zip(cap["label"], cap["channel"], strict=True))
        problems += _check_rois(config["rois"], cap_map, Path(tables["cap_map"]).name)
    used = set(dyads["dyad"][dyads["exclude"] == ""])
    answers, scores = {}, {}
    for name, about in (config.get("questionnaires") or {}).items():
        key = table(about["key"], ["item", "subscale", "reverse", "minimum", "maximum"], [])
        items = table(about["table"], ["dyad"], [], others=True)
        file = Path(about["table"]).name
        found = _check_answers(items, used, set(dyads["dyad"]), file)
        problems += found
        answers[name] = items[items["dyad"].isin(used)].reset_index(drop=True)
        if len(key) and len(answers[name]) and not found:
            try:
                scores[name] = score(answers[name], key)
                scores[name].insert(0, "dyad", answers[name]["dyad"])
            except QuestionnaireError as error:
                problems += [Problem(file, line) for line in str(error).splitlines()[1:]]
    if problems:
        raise StudyError(list(dict.fromkeys(problems)))

    recordings = recordings[recordings["dyad"].isin(used)].reset_index(drop=True)
    recordings["run"] = [list(config["times"]).index(t) + 1 for t in recordings["time"]]
    for column in ("therapist_file", "client_file"):
        recordings[column] = [str(raw_folder / f) for f in recordings[column]]
    for column in ("start_s", "stop_s"):
        recordings[column] = pd.to_numeric(recordings[column])
    return Study(
        dyads=dyads.reset_index(drop=True),
        recordings=recordings,
        participants=_participants(dyads[dyads["exclude"] == ""], people),
        scores=scores,
        answers=answers,
        cap_map=cap_map,
    )


def _check_dyads(dyads: pd.DataFrame, factors: Mapping[str, list], name: str) -> list[Problem]:
    problems, seen = [], {}
    roles: dict[str, str] = {}
    for row, d in dyads.iterrows():
        where = f"{name}, row {row}" + (f" ({d['dyad']})" if d["dyad"] else "")
        for column in ("dyad", *ROLES):
            if not d[column]:
                what = f"no {column}" if column == "dyad" else f"the dyad has no {column}"
                problems.append(Problem(where, what, "Fill the cell; a dyad needs both members."))
            elif not re.fullmatch(r"[A-Za-z0-9]+", d[column]):
                hint = f"Use: {re.sub('[^A-Za-z0-9]', '', d[column]) or 'D01'}"
                what = f'{column} "{d[column]}" may hold letters and digits only'
                problems.append(Problem(where, what, hint))
        if d["dyad"] in seen:
            problems.append(Problem(where, f"{d['dyad']} stands in row {seen[d['dyad']]} already"))
        seen.setdefault(d["dyad"], row)
        for role in ROLES:
            if roles.setdefault(d[role], role) != role:
                problems.append(Problem(where, f"{d[role]} is a therapist in one row and a client in another"))
        for factor, levels in factors.items():
            if d[factor] not in levels and not d["exclude"]:
                what = f'{factor} is "{d[factor]}"'
                problems.append(Problem(where, what, f"Use: {', '.join(levels)}"))
    if len(dyads) and not (dyads["exclude"] == "").any():
        problems.append(Problem(name, "every dyad is excluded"))
    return problems


def _check_recordings(recordings, dyads, times, raw_folder: Path, made_here: bool, name: str) -> list[Problem]:
    problems, found = [], {}
    excluded = set(dyads["dyad"][dyads["exclude"] != ""])
    for row, r in recordings.iterrows():
        where = f"{name}, row {row} ({r['dyad']})"
        if r["dyad"] not in set(dyads["dyad"]):
            problems.append(Problem(where, "no such dyad in the dyads table"))
        if r["time"] not in times:
            problems.append(Problem(where, f'time is "{r["time"]}"', f"Use: {', '.join(times)}"))
        if (r["dyad"], r["time"]) in found:
            earlier = found[r["dyad"], r["time"]]
            problems.append(Problem(where, f"{r['time']} stands in row {earlier} already"))
        found.setdefault((r["dyad"], r["time"]), row)
        if r["dyad"] in excluded:
            continue
        if r["sync"] not in SYNC_METHODS:
            problems.append(Problem(where, f'sync is "{r["sync"]}"', f"Use: {', '.join(SYNC_METHODS)}"))
        for column in ("start_s", "stop_s"):
            if r[column] and not re.fullmatch(r"\d+([.]\d+)?", r[column]):
                what = f'{column} is "{r[column]}"'
                problems.append(Problem(where, what, "Use seconds with a decimal point, or leave it empty."))
        for role in ROLES:
            if not r[f"{role}_file"]:
                problems.append(
                    Problem(where, f"no {role} file", "Name it, or exclude the dyad with a reason in the dyads table.")
                )
            elif not made_here and not (raw_folder / r[f"{role}_file"]).is_file():
                path = raw_folder / r[f"{role}_file"]
                problems.append(Problem(where, f"{role} file not found: {path}", _nearest_file(path)))
    for dyad in dyads["dyad"][dyads["exclude"] == ""]:
        for time in times:
            if dyad and (dyad, time) not in found and len(recordings):
                hint = "Add the row, or exclude the dyad with a reason in the dyads table."
                problems.append(Problem(f"{name} ({dyad})", f"no {time} recording of {dyad}", hint))
    return problems


def _check_rois(rois: Mapping[str, list], cap_map: Mapping[str, str], name: str) -> list[Problem]:
    problems = []
    for roi, channels in rois.items():
        for channel in channels:
            if cap_map and channel not in cap_map.values():
                what = f"ROI {roi} names {channel}, which is not in the cap map"
                problems.append(Problem(f"{name}", what, _did_you_mean(channel, sorted(set(cap_map.values())))))
    return problems


def _check_answers(items: pd.DataFrame, used: set, known: set, name: str) -> list[Problem]:
    problems, seen = [], {}
    for row, dyad in items["dyad"].items():
        where = f"{name}, row {row} ({dyad})"
        if dyad not in known:
            problems.append(Problem(where, "no such dyad in the dyads table"))
        if dyad in seen:
            problems.append(Problem(where, f"row {seen[dyad]} has this dyad already"))
        seen.setdefault(dyad, row)
    for dyad in sorted(used - set(seen)):
        problems.append(Problem(name, f"no row for dyad {dyad}", "Add it, or exclude the dyad with a reason."))
    return problems


def _participants(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [
        {"participant": person, "role": role}
        for role in ROLES
        for person in dict.fromkeys(dyads[role])
    ]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
