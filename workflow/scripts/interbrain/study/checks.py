"""What each table must hold, alone and together with the others. Every function returns its problems."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from pathlib import Path

import pandas as pd

from interbrain.formats.recording import KNOWN_SUFFIXES
from interbrain.questionnaires import QuestionnaireError, score
from interbrain.study.problems import Problem, did_you_mean, holds, nearest, nearest_file

SYNC_METHODS = ("markers", "start_marker", "shared_start")
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
    n_runs acq_time partner phase simultaneous_with sync_offset filename duration
    source_plv snr_therapist snr_client expected_plv client_clock_offset_s
    client_clock_drift_ppm planted_fault
    """.split()  # noqa: SIM905
)


def check_dyads(dyads: pd.DataFrame, factors: Mapping[str, list], name: str) -> list[Problem]:
    """Labels, partners, levels. Of an excluded dyad only its own label matters."""
    problems, seen = [], {}
    roles: dict[str, str] = {}
    clients: dict[str, str] = {}
    for row, d in dyads.iterrows():
        where = f"{name}, row {row}" + (f" ({d['dyad']})" if d["dyad"] else "")
        included = not d["exclude"]
        if d["exclude"].lower() in ("yes", "no", "true", "false", "1", "0", "x", "-"):
            hint = "Write the reason why the dyad is left out, or leave the cell empty to keep it."
            problems.append(Problem(where, holds("exclude", d["exclude"]), hint))
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
                problems.append(Problem(where, holds(factor, d[factor]), f"Use: {', '.join(levels)}"))
    if not (dyads["exclude"] == "").any():
        problems.append(Problem(name, "every dyad is excluded", "Empty the cell exclude of those to keep."))
    return problems


def check_recordings(recordings, known, used, times, raw_folder, simulated, name) -> list[Problem]:
    """One row for each included dyad and time, with files that exist (or that the simulation will write)."""
    problems, rows, files = [], {}, {}
    included = set(used)
    named = {Path(file).name for role in ROLES for file in recordings[f"{role}_file"]}
    for row, r in recordings.iterrows():
        dyad, time = r["dyad"], r["time"]
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in known:
            hint = did_you_mean(dyad, known) if dyad and nearest(dyad, known) else ""
            problems.append(Problem(where, "no such dyad in the dyads table", hint))
        elif dyad not in included:
            continue
        if time not in times:
            problems.append(Problem(where, holds("time", time), f"Use: {', '.join(times)}"))
        if rows.setdefault((dyad, time), row) != row:
            problems.append(Problem(where, f"{dyad} {time} stands in row {rows[dyad, time]} already"))
        if r["sync"] not in SYNC_METHODS:
            problems.append(Problem(where, holds("sync", r["sync"]), f"Use: {', '.join(SYNC_METHODS)}"))
        unreadable = _check_numbers(r, ["start_s", "stop_s"], where)
        problems += unreadable
        if not unreadable and r["stop_s"] and float(r["stop_s"]) <= float(r["start_s"] or 0):
            what = f"stop_s ({r['stop_s']}) must exceed start_s ({r['start_s'] or 0})"
            problems.append(Problem(where, what, "Both are seconds from the start of the therapist's file."))
        block = (0, math.inf) if unreadable else (float(r["start_s"] or 0), float(r["stop_s"] or math.inf))
        for role in ROLES:
            file = r[f"{role}_file"]
            path = raw_folder / file
            expected = f"{dyad}_{time}_{role}.Poly5"
            if not file:
                problems.append(Problem(where, f"{role}_file is empty", f"Name the file, or {EXCLUDE}"))
            elif other := _taken(files.setdefault(file, []), (dyad, role), block):
                what = f"{role}_file: {file} stands in row {other} already"
                hint = "A file belongs to one person; its blocks, start_s to stop_s, must not overlap."
                problems.append(Problem(where, what, hint))
            elif simulated and dyad in known and time in times and file != expected:
                what = f'{role}_file is "{file}", but the simulation will write {expected}'
                hint = f"Write {expected}; for your own data delete simulation from the config."
                problems.append(Problem(where, what, hint))
            elif not simulated and not path.is_file():
                what = f"{role} file not found: {path}"
                problems.append(Problem(where, what, nearest_file(path, named, KNOWN_SUFFIXES)))
            elif not simulated and path.suffix.lower() not in KNOWN_SUFFIXES:
                hint = f"Known: {', '.join(KNOWN_SUFFIXES)}. Of BrainVision files, name the .vhdr."
                problems.append(Problem(where, f"{role}_file: no known format: {file}", hint))
            elif not simulated and not path.stat().st_size:
                problems.append(Problem(where, f"{role}_file is an empty file: {path}", "Copy it again."))
            files.get(file, []).append((row, (dyad, role), block))
    for dyad in used:
        for time in times:
            if (dyad, time) not in rows:
                problems.append(Problem(name, f"no {time} recording of {dyad}", f"Add the row, or {EXCLUDE}"))
    return problems


def _taken(uses: list[tuple], owner: tuple[str, str], block: tuple[float, float]) -> int | None:
    """The row that uses a file already, for somebody else or for a block that overlaps this one."""
    for row, other, (start, stop) in uses:
        if other != owner or (block[0] < stop and start < block[1]):
            return row
    return None


def _check_numbers(row, columns, where: str, needed: bool = False, signed: bool = False) -> list[Problem]:
    """Cells that must hold a number, or may be empty unless they are `needed`."""
    number = r"\d+([.]\d+)?(e-?\d+)?"
    hint = "Write a number with a decimal point, such as 12.5" + (
        "." if needed else ", or leave the cell empty."
    )
    return [
        Problem(where, holds(column, row[column]), hint)
        for column in columns
        if (needed or row[column]) and not re.fullmatch(f"-?{number}" if signed else number, row[column])
    ]


def check_participants(people: pd.DataFrame, known: set, name: str) -> list[Problem]:
    """One row a person of the dyads. A dyad's person without a row is fine: nothing is known of them."""
    problems, seen = [], {}
    without_row = known - set(people["participant"])
    for row, p in people.iterrows():
        person = p["participant"]
        where = f"{name}, row {row}" + (f" ({person})" if person else "")
        if person not in known or not person:
            near = nearest(person, sorted(without_row)) if person else None
            hint = f"Did you mean {near}?" if near else "Delete the row, or correct the name."
            problems.append(Problem(where, "no such person in the dyads table", hint))
        elif seen.setdefault(person, row) != row:
            problems.append(Problem(where, f"{person} stands in row {seen[person]} already"))
        problems += _check_numbers(p, ["age", "head_circumference_cm"], where)
    return problems


def check_cap_map(cap: pd.DataFrame, rois: Mapping[str, list], name: str) -> list[Problem]:
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
                hint = did_you_mean(channel, channels)
                problems.append(Problem(f"config.yaml, rois: {roi}", f"{channel} is not in {name}", hint))
    return problems


def check_answers(items: pd.DataFrame, known: Sequence[str], used: Sequence[str], name: str) -> list[Problem]:
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


def scored(items: pd.DataFrame, key: pd.DataFrame, name: str, key_name: str):
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


def check_simulation(planted, used, bands, times, name: str) -> list[Problem]:
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
            problems.append(Problem(where, holds("lost_time", p["lost_time"]), f"Use: {', '.join(times)}"))
    for dyad in used:
        if dyad not in seen:
            problems.append(Problem(name, f"no row for dyad {dyad}", f"Add it, or {EXCLUDE}"))
    return problems


def check_column_names(factors, differences, scores) -> list[Problem]:
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


def participants_of(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [{"participant": person, "role": role} for role in ROLES for person in dict.fromkeys(dyads[role])]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
