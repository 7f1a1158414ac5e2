"""The study as its config and tables describe it, checked before anything runs.

Reads what a lab wrote, and says everything that is wrong at once, in plain words. Opens no recording.
"""

from __future__ import annotations

import csv
import difflib
import io
import json
import math
import re
from collections.abc import Iterable, Mapping, Sequence
from copy import deepcopy
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from interbrain.questionnaires import KEY_COLUMNS, QuestionnaireError, score

SYNC_METHODS = ("markers", "shared_start")
ROLES = ("therapist", "client")
ABOUT_PEOPLE = ["age", "sex", "handedness", "head_circumference_cm"]
SIMULATED = ["snr", "client_offset_s", "client_drift_ppm", "lost_time", "lost_at_s", "lost_s"]
EXCLUDE = "exclude the dyad with a reason in the dyads table."
# Columns of the tables in which factors and scores get columns of their own.
TAKEN_COLUMNS = frozenset(
    """
    dyad therapist client participant role time run band roi exclude
    plv chance chance_sd above_chance p_chance n_windows n_pairs
    measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high
    n_dyads apa note questionnaire n r ci_low ci_high p_holm bf10 slope intercept factor level mean sd
    participant_id species age sex handedness dyad_id session_id therapist_id client_id partner_id
    n_runs acq_time source_plv snr_therapist snr_client expected_plv client_clock_offset_s
    client_clock_drift_ppm planted_fault
    """.split()  # noqa: SIM905
)


@dataclass(frozen=True)
class Problem:
    """One thing that is wrong: where it stands, what it is, and what to do."""

    where: str
    what: str
    hint: str = ""


class StudyError(Exception):
    """Everything that is wrong with a study, as one text for the person who wrote it."""

    def __init__(self, problems: Sequence[Problem], note: str = ""):
        self.problems = list(dict.fromkeys(problems))
        n, places = len(self.problems), len({p.where.split(",")[0] for p in self.problems})
        lines = [f"{n} problem{'s' * (n > 1)} in {places} place{'s' * (places > 1)}. Nothing has been run."]
        for number, p in enumerate(self.problems, 1):
            lines.append(f"{number:<2} {p.where}: {p.what}")
            if p.hint:
                lines.append(f"   {p.hint}")
        super().__init__("\n".join([*lines, note] if note else lines))


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
            raw, partner_raw (paths); member, partner (participant, role, head_circumference_cm); meeting
            (dyad, run, time, sync, factors, start_s, stop_s). Plain values only.
        """
        row = self.recording(dyad, run)
        role = ROLES[self.member(dyad, ROLES[0]) != participant]
        other = ROLES[role == ROLES[0]]
        bounds = {name: None if pd.isna(row[name]) else float(row[name]) for name in ("start_s", "stop_s")}
        return {
            "raw": row[f"{role}_file"],
            "partner_raw": row[f"{other}_file"],
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


def read_table(path: Path) -> pd.DataFrame:
    """Read a table as text cells, as Excel or an editor saved it.

    TSV, CSV with comma or semicolon, the first sheet of an XLSX; UTF-8 with or without byte-order mark,
    UTF-16, cp1252.

    Returns
    -------
    table : DataFrame of str
        Empty cells and n/a are "". The index is the row a spreadsheet shows (the heading is row 1).

    Raises
    ------
    StudyError
        If the file is missing or is no table.
    """
    path = Path(path)
    if not path.is_file():
        raise StudyError([Problem(str(path), "file not found", _nearest_file(path))])
    rows = [["" if cell.strip() == "n/a" else cell.strip() for cell in row] for row in _rows(path)]
    heading = rows[0] if rows else []
    if not any(heading):
        hint = "Row 1 must hold the names of the columns."
        raise StudyError([Problem(f"{path.name}, row 1", "there is no heading", hint)])
    problems = [
        Problem(f"{path.name}, row 1", f'the column "{name}" stands there twice', "Keep one of them.")
        for name in dict.fromkeys(heading)
        if name and heading.count(name) > 1
    ]
    for number, row in enumerate(rows[1:], 2):
        stray = [cell for i, cell in enumerate(row) if cell and not "".join(heading[i : i + 1])]
        if stray:
            hint = "Name the column, or put quotes around a cell that holds the separator."
            where = f"{path.name}, row {number}"
            problems.append(Problem(where, f'"{stray[0]}" stands in a column without a heading', hint))
    if problems:
        raise StudyError(problems)
    named = [i for i, name in enumerate(heading) if name]
    table = pd.DataFrame(
        [["".join(row[i : i + 1]) for i in named] for row in rows[1:]],  # a short row ends in empty cells
        columns=[heading[i] for i in named],
        index=pd.RangeIndex(2, len(rows) + 1),
        dtype=str,
    )
    return table[(table != "").any(axis=1)]


def _rows(path: Path) -> list[list[str]]:
    """Every row of a table, the empty ones too."""
    raw = path.read_bytes()
    save_again = "Open it in Excel and save it as XLSX or CSV."
    if raw[:4] == b"\xd0\xcf\x11\xe0":
        raise StudyError([Problem(str(path), "an old Excel file, or one with a password", save_again)])
    if raw[:2] == b"PK":
        import openpyxl

        try:
            sheet = openpyxl.load_workbook(io.BytesIO(raw), data_only=True).worksheets[0]
        except Exception as error:  # openpyxl raises whatever the damage happens to hit
            raise StudyError([Problem(str(path), "cannot be read as XLSX", save_again)]) from error
        return [[_as_shown(cell) for cell in row] for row in sheet.iter_rows(values_only=True)]
    utf16 = raw[:2] in (b"\xff\xfe", b"\xfe\xff")
    text = None
    for encoding in ("utf-16",) if utf16 else ("utf-8-sig", "cp1252"):
        try:
            text = raw.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    if text is None or "\0" in text:
        raise StudyError([Problem(str(path), "not a text table", "Save it as TSV, CSV or XLSX.")])
    delimiter = max("\t;,", key="".join(text.splitlines()[:1]).count)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        return list(rows)
    except csv.Error as error:
        where = f"{path.name}, line {rows.line_num}"
        raise StudyError([Problem(where, f"not a table: {error}", "Look for a stray quote.")]) from error


def _as_shown(cell) -> str:
    """A cell of a sheet as the spreadsheet shows it: 1 and not 1.0."""
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).upper()
    return str(int(cell)) if isinstance(cell, float) and cell.is_integer() else str(cell)


def _nearest_file(path: Path, others: Iterable[str] = ()) -> str:
    """A hint at a file that the path may mean; `others` are known to be something else."""
    if not path.parent.is_dir():
        return f"There is no folder {path.parent} either."
    names = sorted({p.name for p in path.parent.iterdir()} - set(others))
    same = [name for name in names if Path(name).stem == path.stem]
    near = same or difflib.get_close_matches(path.name, names, n=1, cutoff=0.75)
    return f"In that folder: {near[0]} – is that it?" if near else ""


def _nearest(word: str, known: Iterable[str]) -> str | None:
    by_case = {k.lower(): k for k in known}
    near = difflib.get_close_matches(word.lower(), by_case, n=1, cutoff=0.6)
    return by_case[near[0]] if near else None


def _did_you_mean(word: str, known: Iterable[str]) -> str:
    known = list(known)
    near = _nearest(word, known)
    return f"Did you mean {near}?" if near else f"Known: {', '.join(known) or 'none'}."


def _is(column: str, cell: str) -> str:
    return f'{column} is "{cell}"' if cell else f"{column} is empty"


def check_config(config: Mapping, schema: Mapping) -> tuple[list[Problem], bool]:
    """Hold the config against its JSON Schema, and its settings against each other.

    Returns
    -------
    problems : list of Problem
        Each names the setting, and the schema's own hint.
    usable : bool
        Whether the settings that the schema knows can be used all the same.
    """
    if not isinstance(config, Mapping):
        what = "is empty" if config is None else "holds no settings"
        return [Problem("config.yaml", what, "Each setting is a line: its name, a colon, its value.")], False
    from jsonschema import Draft202012Validator

    problems, renamed, usable = [], set(), True
    errors = Draft202012Validator(schema).iter_errors(dict(config))
    # In this order a misspelt setting explains one that is missing.
    for error in sorted(errors, key=lambda e: ([*map(str, e.absolute_path)], e.validator, e.message)):
        path = [f"entry {part + 1}" if isinstance(part, int) else str(part) for part in error.absolute_path]
        where = f"config.yaml, {': '.join(path)}" if path else "config.yaml"
        settings = error.schema.get("properties", {})
        if error.validator == "additionalProperties":
            known = [name for name in settings if name not in error.instance]
            for extra in sorted(map(str, set(error.instance) - set(settings))):
                renamed.add((where, _nearest(extra, known)))
                problems.append(Problem(where, f'unknown setting "{extra}"', _did_you_mean(extra, known)))
            continue
        usable = False
        if error.validator == "required":
            for name in error.validator_value:
                if name not in error.instance and (where, name) not in renamed:
                    about = settings[name].get("description", "")
                    problems.append(Problem(where, f'the setting "{name}" is missing', about))
        else:
            problems.append(Problem(where, *_plain(error)))
    if usable:
        problems += _check_settings(with_defaults(config, schema))
    return list(dict.fromkeys(problems)), usable


def _plain(error) -> tuple[str, str]:
    """What a schema error says, and its hint, in plain words."""
    value, limit, hint = error.instance, error.validator_value, error.schema.get("x-hint", "")
    shown = json.dumps(value, ensure_ascii=False, default=str)  # true as the file has it, not True
    kinds = {
        "string": "text",
        "number": "a number",
        "integer": "a whole number",
        "boolean": "true or false",
        "array": "a list",
        "object": "a group of settings",
        "null": "empty",
    }
    match error.validator:
        case "type" if value is None:
            return "the setting is empty", hint or "Give it a value, or delete its line."
        case "type":
            if isinstance(value, str) and re.fullmatch(r"-?\d+,\d+", value):
                hint = f"Write a decimal point: {value.replace(',', '.')}"
            wanted = [limit] if isinstance(limit, str) else limit
            return f"{shown} is not {' or '.join(kinds[kind] for kind in wanted)}", hint
        case "enum":
            return f"{shown} is not known", f"Use: {', '.join(map(str, limit))}"
        case "pattern":
            return f"{shown} cannot be a name", hint
        case "uniqueItems":
            return f"{shown} names something twice", hint
        case "minItems" | "minProperties" | "minLength":
            return f"{shown} has fewer than {limit} entries" if value else "the setting is empty", hint
        case "maxItems":
            return f"{shown} has more than {limit} entries", hint
        case "minimum" | "exclusiveMinimum":
            return f"{shown} must be {'at least' if error.validator == 'minimum' else 'above'} {limit}", hint
        case "maximum":
            return f"{shown} must be at most {limit}", hint
    return error.message, hint


def with_defaults(config: Mapping, schema: Mapping) -> dict:
    """The config with the schema's default for each setting that it leaves out."""
    full = dict(config)
    for key, about in schema.get("properties", {}).items():
        if key not in full and "default" in about:
            full[key] = deepcopy(about["default"])
        if about.get("properties") and isinstance(full.get(key), Mapping):
            full[key] = with_defaults(full[key], about)
    return full


def _check_settings(config: Mapping) -> list[Problem]:
    """What the schema cannot see: settings that contradict one another."""
    problems = []

    def wrong(key: str, what: str, hint: str = "") -> None:
        problems.append(Problem(f"config.yaml, {key}", what, hint))

    def unknown_names(key: str, what: str, names: Iterable[str], known: Mapping) -> None:
        for name in names:
            if name not in known:
                wrong(key, f'no {what} is called "{name}"', _did_you_mean(name, known))

    highpass, lowpass, sfreq = (config["cleaning"][key] for key in ("highpass", "lowpass", "sfreq"))
    if highpass >= lowpass:
        wrong("cleaning", f"highpass ({highpass:g} Hz) must be below lowpass ({lowpass:g} Hz)")
        highpass, lowpass = 0, math.inf  # no band is to blame for that
    elif lowpass >= sfreq / 2:
        wrong("cleaning", f"lowpass ({lowpass:g} Hz) must be below half of sfreq ({sfreq / 2:g} Hz)")
    phase_sfreq = config["phase"]["sfreq"]
    if phase_sfreq > sfreq:
        wrong("phase", f"sfreq ({phase_sfreq:g} Hz) must not exceed the sfreq of cleaning ({sfreq:g} Hz)")
    for band, (low, high) in config["bands"].items():
        key = f"bands: {band}"
        reach = high + max(high / 4, 2)  # where the band-pass filter of the room phase has faded out
        if low >= high:
            wrong(key, f"[{low:g}, {high:g}]: the lower edge must be below the upper")
            continue
        if low < highpass:
            hint = "Raise the lower edge, or lower the highpass."
            wrong(key, f"begins at {low:g} Hz, below the highpass of cleaning ({highpass:g} Hz)", hint)
        # Above the first the signal is gone, above the second it would be folded.
        for name, limit in (("lowpass of cleaning", lowpass), ("sfreq of phase", phase_sfreq)):
            if reach > limit:
                what = f"reaches {reach:g} Hz with its filter's transition, above the {name} ({limit:g} Hz)"
                upper = min(limit / 1.25, limit - 2)
                hint = f"End the band at {upper:g} Hz at most, or raise the {name} to {reach:g} Hz."
                wrong(key, what, hint)
    windows = config["windows"]
    if windows["min_peak_to_peak_uv"] >= windows["max_peak_to_peak_uv"]:
        wrong("windows", "min_peak_to_peak_uv must be below max_peak_to_peak_uv: no window would be kept")
    for key in ("rois", "bands"):
        if "all" in config[key]:
            wrong(key, 'the name "all" is taken: it stands for the mean over all of them')
    for name, pair in config["differences"].items():
        unknown_names(f"differences: {name}", "questionnaire", pair, config["questionnaires"])
    statistics = config["statistics"]
    unknown_names("statistics: between", "factor", statistics.get("between", []), config["factors"])
    unknown_names(
        "statistics: correlate", "difference", statistics.get("correlate", []), config["differences"]
    )
    if config["simulation"]:
        frequencies = config["simulation"]["frequencies"]
        for band, (low, high) in config["bands"].items():
            if not low <= frequencies.get(band, 0) <= high:
                hint = f"Give one from {low:g} to {high:g} Hz; for your own data delete simulation."
                wrong("simulation: frequencies", f"none lies in the band {band}", hint)
    return problems


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
            near = _nearest(column, unknown)
            hint = f'Is it "{near}"?' if near else f"It has: {', '.join(found)}."
            problems.append(Problem(f"{name}, row 1", f'the column "{column}" is missing', hint))
            unknown = [c for c in unknown if c != near]
        for column in () if others else unknown:
            problems.append(
                Problem(f"{name}, row 1", f'unknown column "{column}"', _did_you_mean(column, known))
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
        problems += _check_dyads(dyads, factors, name)
        known, used = (
            [dyad for dyad in dict.fromkeys(rows["dyad"]) if dyad]
            for rows in (dyads, dyads[dyads["exclude"] == ""])
        )
    recordings, name = table(
        tables["recordings"], ["dyad", "time", "therapist_file", "client_file", "sync"], ["start_s", "stop_s"]
    )
    if dyads is not None and recordings is not None:
        simulated = bool(config["simulation"])
        problems += _check_recordings(recordings, known, used, times, raw_folder, simulated, name)
    people = pd.DataFrame(columns=["participant", *ABOUT_PEOPLE], dtype=str)
    if tables["participants"]:
        found, name = table(tables["participants"], ["participant"], ABOUT_PEOPLE)
        if dyads is not None and found is not None:
            people = found
            problems += _check_participants(people, set(dyads[list(ROLES)].to_numpy().ravel()), name)
    cap_map = {}
    if tables["cap_map"]:
        cap, name = table(tables["cap_map"], ["label", "channel"])
        if cap is not None:
            cap_map = dict(zip(cap["label"], cap["channel"], strict=True))
            problems += _check_cap_map(cap, config["rois"], name)
    answers, scores = {}, {}
    for questionnaire, about in config["questionnaires"].items():
        key, key_name = table(about["key"], KEY_COLUMNS)
        items, name = table(about["table"], ["dyad"], others=True)
        if dyads is None or items is None:
            continue
        problems += _check_answers(items, known, used, name)
        items = items[items["dyad"].isin(used)]
        answers[questionnaire] = items.reset_index(drop=True)
        if key is not None and len(items):
            scored, found = _scores(items, key, name, key_name)
            problems += found
            scores[questionnaire] = scored
    if config["simulation"]:
        columns = ["dyad", *config["bands"], *SIMULATED]
        planted, name = table(config["simulation"]["table"], columns, others=True)
        if planted is not None:
            problems += _check_simulation(planted, used, list(config["bands"]), times, name)
    problems += _check_column_names(factors, config["differences"], scores)
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
        participants=_participants(dyads[dyads["exclude"] == ""], people),
        scores=scores,
        answers=answers,
        cap_map=cap_map,
    )


def _check_dyads(dyads: pd.DataFrame, factors: Mapping[str, list], name: str) -> list[Problem]:
    """Labels, partners, levels. Of an excluded dyad only its own label matters."""
    problems, seen = [], {}
    roles: dict[str, str] = {}
    clients: dict[str, str] = {}
    for row, d in dyads.iterrows():
        where = f"{name}, row {row}" + (f" ({d['dyad']})" if d["dyad"] else "")
        included = not d["exclude"]
        if d["exclude"].lower() in ("yes", "no", "true", "false", "1", "0", "x", "-"):
            hint = "Write the reason why the dyad is left out, or leave the cell empty to keep it."
            problems.append(Problem(where, _is("exclude", d["exclude"]), hint))
        for column in ("dyad", *ROLES) if included else ("dyad",):
            if not d[column]:
                what = "the row names no dyad" if column == "dyad" else f"the dyad has no {column}"
                hint = (
                    "Fill the cell" if column == "dyad" else "Name the person, or write a reason into exclude"
                )
                problems.append(Problem(where, what, f"{hint}."))
            elif not re.fullmatch(r"[A-Za-z0-9]+", d[column]):
                plain = re.sub("[^A-Za-z0-9]", "", d[column])
                hint = f"Write {plain}, here and in the other tables." if plain else ""
                what = f'{column} "{d[column]}" may hold only letters (a to z) and digits'
                problems.append(Problem(where, what, hint))
        if d["dyad"] and seen.setdefault(d["dyad"], row) != row:
            problems.append(Problem(where, f"{d['dyad']} stands in row {seen[d['dyad']]} already"))
        if not included:
            continue
        therapist, client = d["therapist"], d["client"]
        if therapist and therapist == client:
            problems.append(Problem(where, f"{client} is both the therapist and the client"))
        else:
            for role in ROLES:
                if d[role] and roles.setdefault(d[role], role) != role:
                    problems.append(
                        Problem(where, f"{d[role]} is the {role} here and the {roles[d[role]]} above")
                    )
        if client and clients.setdefault(client, d["dyad"]) != d["dyad"]:
            hint = "Only a therapist may be in several dyads."
            problems.append(Problem(where, f"{client} is the client of {clients[client]} already", hint))
        for factor, levels in factors.items():
            if d[factor] not in levels:
                problems.append(Problem(where, _is(factor, d[factor]), f"Use: {', '.join(levels)}"))
    if not (dyads["exclude"] == "").any():
        problems.append(Problem(name, "every dyad is excluded", "Empty the cell exclude of those to keep."))
    return problems


def _check_recordings(recordings, known, used, times, raw_folder, simulated, name) -> list[Problem]:
    """One row for each included dyad and time, with files that exist (or that the simulation will write)."""
    problems, rows, files = [], {}, {}
    included = set(used)
    named = {Path(file).name for role in ROLES for file in recordings[f"{role}_file"]}
    for row, r in recordings.iterrows():
        dyad, time = r["dyad"], r["time"]
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in known:
            hint = _did_you_mean(dyad, known) if dyad and _nearest(dyad, known) else ""
            problems.append(Problem(where, "no such dyad in the dyads table", hint))
        elif dyad not in included:
            continue
        if time not in times:
            problems.append(Problem(where, _is("time", time), f"Use: {', '.join(times)}"))
        if rows.setdefault((dyad, time), row) != row:
            problems.append(Problem(where, f"{dyad} {time} stands in row {rows[dyad, time]} already"))
        if r["sync"] not in SYNC_METHODS:
            problems.append(Problem(where, _is("sync", r["sync"]), f"Use: {', '.join(SYNC_METHODS)}"))
        unreadable = _check_numbers(r, ["start_s", "stop_s"], where)
        problems += unreadable
        if not unreadable and r["stop_s"] and float(r["stop_s"]) <= float(r["start_s"] or 0):
            what = f"stop_s ({r['stop_s']}) must exceed start_s ({r['start_s'] or 0})"
            problems.append(Problem(where, what, "Both are seconds from the start of the file."))
        for role in ROLES:
            file = r[f"{role}_file"]
            path = raw_folder / file
            expected = f"{dyad}_{time}_{role}.Poly5"
            if not file:
                problems.append(Problem(where, f"{role}_file is empty", f"Name the file, or {EXCLUDE}"))
            elif files.setdefault(file, (row, role)) != (row, role):
                what = f"{role}_file: {file} stands in row {files[file][0]} already"
                problems.append(Problem(where, what, "Each recording has a file of its own."))
            elif simulated and dyad in known and time in times and file != expected:
                what = f'{role}_file is "{file}", but the simulation will write {expected}'
                hint = f"Write {expected}; for your own data delete simulation from the config."
                problems.append(Problem(where, what, hint))
            elif not simulated and not path.is_file():
                what = f"{role} file not found: {path}"
                problems.append(Problem(where, what, _nearest_file(path, named)))
    for dyad in used:
        for time in times:
            if (dyad, time) not in rows:
                problems.append(Problem(name, f"no {time} recording of {dyad}", f"Add the row, or {EXCLUDE}"))
    return problems


def _check_numbers(row, columns, where: str, needed: bool = False, signed: bool = False) -> list[Problem]:
    """Cells that must hold a number, or may be empty unless they are `needed`."""
    number = r"\d+([.]\d+)?(e-?\d+)?"
    hint = "Write a number with a decimal point, such as 12.5" + (
        "." if needed else ", or leave the cell empty."
    )
    return [
        Problem(where, _is(column, row[column]), hint)
        for column in columns
        if (needed or row[column]) and not re.fullmatch(f"-?{number}" if signed else number, row[column])
    ]


def _check_participants(people: pd.DataFrame, known: set, name: str) -> list[Problem]:
    """One row a person of the dyads. A dyad's person without a row is fine: nothing is known of them."""
    problems, seen = [], {}
    without_row = known - set(people["participant"])
    for row, p in people.iterrows():
        person = p["participant"]
        where = f"{name}, row {row}" + (f" ({person})" if person else "")
        if person not in known or not person:
            near = _nearest(person, sorted(without_row)) if person else None
            hint = f"Did you mean {near}?" if near else "Delete the row, or correct the name."
            problems.append(Problem(where, "no such person in the dyads table", hint))
        elif seen.setdefault(person, row) != row:
            problems.append(Problem(where, f"{person} stands in row {seen[person]} already"))
        problems += _check_numbers(p, ["age", "head_circumference_cm"], where)
    return problems


def _check_cap_map(cap: pd.DataFrame, rois: Mapping[str, list], name: str) -> list[Problem]:
    problems, seen = [], {}
    for row, c in cap.iterrows():
        for column, cell in c[["label", "channel"]].items():
            if not cell:
                problems.append(Problem(f"{name}, row {row}", f"{column} is empty"))
            elif seen.setdefault((column, cell), row) != row:
                what = f"{column} {cell} stands in row {seen[column, cell]} already"
                problems.append(Problem(f"{name}, row {row}", what))
    channels = [cell for column, cell in seen if column == "channel"]
    for roi, wanted in rois.items():
        for channel in wanted:
            if channel not in channels:
                hint = _did_you_mean(channel, channels)
                problems.append(Problem(f"config.yaml, rois: {roi}", f"{channel} is not in {name}", hint))
    return problems


def _check_answers(
    items: pd.DataFrame, known: Sequence[str], used: Sequence[str], name: str
) -> list[Problem]:
    problems, seen = [], {}
    for row, dyad in items["dyad"].items():
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in known:
            problems.append(Problem(where, "no such dyad in the dyads table"))
        elif seen.setdefault(dyad, row) != row:
            problems.append(Problem(where, f"{dyad} stands in row {seen[dyad]} already"))
    for dyad in used:
        if dyad not in seen:
            problems.append(Problem(name, f"no row for dyad {dyad}", f"Add it, or {EXCLUDE}"))
    return problems


def _scores(items: pd.DataFrame, key: pd.DataFrame, name: str, key_name: str):
    """The scores of a questionnaire (None if it cannot be scored), and what is wrong with its tables."""
    # score() calls each person by the cell in `dyad`: let it say the row, too.
    labelled = items.assign(dyad=[f"row {row} ({dyad})" for row, dyad in items["dyad"].items()])
    try:
        scored = score(labelled, key).reset_index(drop=True)
    except QuestionnaireError as error:
        heading, *lines = str(error).splitlines()
        file = key_name if heading.endswith("key:") else name
        split = [line.rpartition(": ") for line in lines]
        return None, [Problem(f"{file}, {place}" if place else file, what) for place, _, what in split]
    scored.insert(0, "dyad", items["dyad"].to_numpy())
    return scored, []


def _check_simulation(planted, used, bands, times, name: str) -> list[Problem]:
    problems, seen = [], {}
    for row, p in planted.iterrows():
        where = f"{name}, row {row} ({p['dyad']})"
        if seen.setdefault(p["dyad"], row) != row:
            problems.append(Problem(where, f"{p['dyad']} stands in row {seen[p['dyad']]} already"))
        problems += _check_numbers(p, [*bands, "snr"], where, needed=True)
        problems += _check_numbers(
            p, ["client_offset_s", "client_drift_ppm"], where, needed=True, signed=True
        )
        problems += _check_numbers(p, ["lost_at_s", "lost_s"], where, needed=bool(p["lost_time"]))
        if p["lost_time"] and p["lost_time"] not in times:
            problems.append(Problem(where, _is("lost_time", p["lost_time"]), f"Use: {', '.join(times)}"))
    for dyad in used:
        if dyad not in seen:
            problems.append(Problem(name, f"no row for dyad {dyad}", f"Add it, or {EXCLUDE}"))
    return problems


def _check_column_names(factors, differences, scores) -> list[Problem]:
    """Factors, differences and scores become columns beside others: each needs a name of its own."""
    columns = [("factors", factor) for factor in factors]
    columns += [("differences", difference) for difference in differences]
    for questionnaire, scored in scores.items():
        if scored is not None:
            columns += [
                (f"questionnaires: {questionnaire}", f"{questionnaire}_{c}") for c in scored if c != "dyad"
            ]
    problems, owners = [], {}
    for key, column in columns:
        if column in TAKEN_COLUMNS:
            what = f'"{column}" is the name of a column that the results have already'
            problems.append(Problem(f"config.yaml, {key}", what, "Choose another name."))
        elif owners.setdefault(column, key) != key:
            what = f'"{column}" is a column of {owners[column]} already'
            problems.append(Problem(f"config.yaml, {key}", what, "Choose another name."))
    return problems


def _participants(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [{"participant": person, "role": role} for role in ROLES for person in dict.fromkeys(dyads[role])]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
