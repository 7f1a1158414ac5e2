"""What each table must hold, alone and together with the others. Every function returns its problems."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath, PureWindowsPath

import pandas as pd

from interbrain.formats.channels import is_ignored
from interbrain.formats.members import check_pattern
from interbrain.formats.recording import KNOWN_SUFFIXES
from interbrain.metrics.registry import METRICS
from interbrain.problems import Problem
from interbrain.questionnaires import QuestionnaireError, item_counts, missing_answers, score
from interbrain.simulate import ArtifactsError, faults_of
from interbrain.study.answers import coded_score
from interbrain.study.by_role import names_pulses, triggers_of
from interbrain.study.columns import cell_checker, cell_problems, row_schema
from interbrain.study.problems import FEW, counted, did_you_mean, holds, listed, nearest, nearest_file
from interbrain.study.understood import is_no_reason, is_not_known

ROLES = ("therapist", "client")
BY_PULSES = ("markers", "start_marker")  # ways to tie clocks that need pulses; auto may take one of them
ABOUT_PEOPLE = ["age", "sex", "handedness", "head_circumference_cm"]
BIDS_SUFFIXES = (".vhdr", ".edf", ".bdf", ".set")
EXCLUDE = "exclude the dyad with a reason in the dyads table."
EXCLUDE_ALL = "exclude the dyads with a reason in the dyads table."


def estimator_columns(name: str) -> list[str]:
    """Columns of the aggregated dataset that an estimator besides PLV has."""
    strangers = ["_above_pseudo"] if METRICS[name].needs == "phase" else []  # compared in phases only
    return [f"{name}{end}" for end in ("", "_above_chance", *strangers, "_z_chance")]


# Columns of the tables in which factors and scores get columns of their own.
TAKEN_COLUMNS = frozenset(
    """
    dyad therapist client participant role time run band roi exclude
    plv chance chance_sd above_chance z_chance p_chance n_windows n_pairs
    granger_to_client granger_to_therapist granger_net zero_lag
    pseudo pseudo_sd above_pseudo z_pseudo p_pseudo n_pseudo
    random random_sd above_random z_random p_random cycles_per_window power_therapist power_client
    alpha_peak_therapist alpha_peak_client
    times_used measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high
    n_dyads apa note questionnaire n r ci_low ci_high p_holm bf10 slope intercept factor level mean sd
    participant_id species age sex handedness dyad_id session_id therapist_id client_id partner_id
    n_runs acq_time partner phase simultaneous_with sync_offset filename duration
    source_plv snr_therapist snr_client expected_plv client_clock_offset_s
    client_clock_drift_ppm planted_fault planted_artifacts_therapist planted_artifacts_client
    """.split()  # noqa: SIM905
) | {column for name in METRICS if name != "plv" for column in estimator_columns(name)}

# Those of them that can be a covariate of the statistics; scores can as well.
COVARIATES = (
    *("power_therapist", "power_client", "snr_therapist", "snr_client"),
    *("log_power_therapist", "log_power_client", "log_snr_therapist", "log_snr_client"),
    *("alpha_peak_therapist", "alpha_peak_client", "n_windows"),
)


def check_dyads(dyads: pd.DataFrame, factors: Mapping[str, list], name: str) -> list[Problem]:
    """Labels, partners, levels. Of an excluded dyad only its own label and the reason matter."""
    problems, seen = [], {}
    roles: dict[str, str] = {}
    clients: dict[str, str] = {}
    whole, excluded = cell_checker("dyads", levels=factors), cell_checker("dyads", ["dyad", "exclude"])
    for row, d in dyads.iterrows():
        where = f"{name}, row {row}" + (f" ({d['dyad']})" if d["dyad"] else "")
        included = not d["exclude"]
        wrong = cell_problems(d, whole if included else excluded, where)
        if is_no_reason(d["exclude"]) and not any(p.what.startswith("exclude") for p in wrong):
            hint = row_schema("dyads")["properties"]["exclude"]["x-hint"]
            wrong.append(Problem(where, holds("exclude", d["exclude"]), hint))
        problems += wrong
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
    if not any(not reason or is_no_reason(reason) for reason in dyads["exclude"]):
        problems.append(Problem(name, "every dyad is excluded", "Empty the cell exclude of those to keep."))
    return problems


def check_spelling(dyads: pd.DataFrame, name: str) -> tuple[list[Problem], list[Problem]]:
    """Labels that one person would take for the same: problems, and those that only deserve a warning."""
    problems, warnings = [], []
    kept = dyads[dyads["exclude"] == ""]
    for columns in (["dyad"], list(ROLES)):
        first: dict[str, tuple[int, str]] = {}
        for row, labels in (dyads if columns == ["dyad"] else kept)[columns].iterrows():
            for label in filter(None, labels):
                bare = re.sub(r"(?<![0-9])0+(?=[0-9])", "", label.lower())
                other_row, other = first.setdefault(bare, (row, label))
                if other == label:
                    continue
                where = f"{name}, row {row} ({label})"
                if other.lower() == label.lower():
                    what = f"{label} differs from {other} in row {other_row} only by capital letters"
                    hint = "If they are one, spell them alike; if not, give one of them another label."
                    problems.append(Problem(where, what, hint))
                else:
                    what = f"{label} differs from {other} in row {other_row} only by zeros in front"
                    warnings.append(Problem(where, what, "If they are one, spell them alike in every table."))
    return problems, warnings


def check_design(dyads: pd.DataFrame, between: Sequence[str], interactions: bool, name: str) -> list[Problem]:
    """Whether the included dyads can carry the model that the config asks for."""
    problems = []
    levels = {factor: list(dict.fromkeys(dyads[factor])) for factor in between}
    for factor, found in levels.items():
        if len(found) == 1:
            what = f"{factor} is {found[0]} in every dyad that is kept: there is nothing to compare"
            hint = f"Take {factor} out of statistics: between in config.yaml, or correct the column."
            problems.append(Problem(name, what, hint))
    counts = [len(found) for found in levels.values()]
    parameters = math.prod(counts) if interactions else 1 + sum(n - 1 for n in counts)
    if not problems and between and len(dyads) <= parameters:
        enough = f"at least {parameters + 1} are needed"
        what = f"{len(dyads)} dyads are too few to test {listed(between)}: {enough}"
        hint = "Take factors out of statistics: between in config.yaml; between: [] compares no groups."
        problems.append(Problem(name, what, hint))
    return problems


def shared_therapists(dyads: pd.DataFrame, name: str) -> list[Problem]:
    """A warning for each therapist of several dyads."""
    warnings = []
    for therapist, own in dyads[dyads["therapist"] != ""].groupby("therapist", sort=False):
        if len(own) > 1:
            where = f"{name}, rows {listed(map(str, own.index))}"
            what = (
                f"{therapist} is the therapist of {listed(own['dyad'])}, which are therefore not independent"
            )
            hint = "The tests treat them as independent: repeat the analysis without one, and report both."
            warnings.append(Problem(where, what, hint))
    return warnings


def check_recordings(
    recordings, known, used, times, raw_folder, simulated, accept_header_time, name, people=None
) -> tuple[list[Problem], list[Problem]]:
    """One row for each included dyad and time, with files that exist (or that the simulation will write).

    Of a recording that is excluded with a reason only the dyad, the time and the reason matter. A dyad may
    lack a time if it has another. `people` says who is who in each dyad: (dyad, role) -> person. Returns the
    problems and the warnings.
    """
    problems, warnings, rows, files = [], [], {}, defaultdict(list)
    unused = cell_checker("recordings", ["exclude"], levels={"time": times})
    included, misspelt = set(used), set()
    named = {Path(file).name for role in ROLES for file in recordings[f"{role}_file"]}
    checker = cell_checker("recordings", levels={"time": times})
    for row, r in recordings.iterrows():
        dyad, time = r["dyad"], r["time"]
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in known:
            problems.append(no_such_dyad(dyad, known, where))
            misspelt.add(nearest(dyad, known))
        elif dyad not in included:
            continue
        if time not in times:
            misspelt.add(dyad)
        unreadable = cell_problems(r, unused if r["exclude"] else checker, where)
        if is_no_reason(r["exclude"]) and not any(p.what.startswith("exclude") for p in unreadable):
            hint = row_schema("recordings")["properties"]["exclude"]["x-hint"]
            unreadable.append(Problem(where, holds("exclude", r["exclude"]), hint))
        problems += unreadable
        if rows.setdefault((dyad, time), row) != row:
            problems.append(Problem(where, f"{dyad} {time} stands in row {rows[dyad, time]} already"))
        if r["exclude"]:
            continue
        start, stop = (_seconds(r[column]) for column in ("start_s", "stop_s"))
        if stop is not None and stop <= (start or 0):
            what = f"stop_s ({r['stop_s']}) must exceed start_s ({r['start_s'] or 0})"
            problems.append(Problem(where, what, "Both are seconds from the start of the therapist's file."))
        block = (start or 0, math.inf if stop is None else stop)
        together, unclear = _check_channels(r, where)
        problems += unclear
        if r["sync"] == "header_time":
            what = "sync is header_time, right to a second at best: PLV is then meaningless at alpha"
            if accept_header_time:
                warnings.append(Problem(where, what, "Use it to look at the data, not to publish them."))
            else:
                hint = "Write auto; to use it all the same, set accept_header_time (clock) to true."
                problems.append(Problem(where, what, hint))
        if r["sync"] == "same_file" and not together and r["therapist_file"] and r["client_file"]:
            hint = "Name one file for both, or write sync: auto."
            problems.append(Problem(where, "sync is same_file, but the files are two", hint))
        for role in ROLES:
            file, pattern = r[f"{role}_file"], r[f"{role}_channels"].lower()
            if not file or (unclear and role == "client"):
                continue
            person = (people or {}).get((dyad, role)) or f"the {role} of {dyad}"
            use = _Use(row, dyad, person, block, pattern, r[f"{ROLES[role == ROLES[0]]}_file"])
            if other := _taken(files[file], use):
                what = f"{role}_file: {file} stands in row {other} already"
                hint = "A file belongs to one person; its blocks, start_s to stop_s, must not overlap."
                problems.append(Problem(where, what, hint))
            elif simulated and dyad in known and time in times and file != f"{dyad}_{time}_{role}.Poly5":
                expected = f"{dyad}_{time}_{role}.Poly5"
                what = f'{role}_file is "{file}", but the simulation will write {expected}'
                hint = f"Write {expected}; for your own data delete simulation from the config."
                problems.append(Problem(where, what, hint))
            elif not simulated and not (together and role == "client"):
                problems += _check_file(raw_folder / file, file, role, named, where)
            elsewhere = [u for u in files[file] if u.person == person and u.dyad != dyad]
            if others := [u for u in elsewhere if u.pattern != pattern]:
                what = (
                    f'{role}_channels is "{pattern}", but {person}\'s channels in {file} are '
                    f'"{others[0].pattern}" in row {others[0].row}'
                )
                problems.append(Problem(where, what, "One person's channels are the same in every dyad."))
            if elsewhere and elsewhere[0].partner_file != use.partner_file:
                what = (
                    f"{role}_file: {file} is {person}'s in {elsewhere[0].dyad} (row {elsewhere[0].row}) too"
                )
                hint = (
                    "Right if all of them were recorded at the same time; if not, name this dyad's own file."
                )
                warnings.append(Problem(where, what, hint))
            files[file].append(use)
    there = recordings[recordings["exclude"] == ""]
    lacking, said = check_times(there, [d for d in used if d not in misspelt], rows, times, name)
    return problems + lacking, warnings + said


def check_times(
    there: pd.DataFrame, used: Sequence[str], rows: Iterable[tuple], times: Sequence[str], name: str
) -> tuple[list[Problem], list[Problem]]:
    """Dyads that lack a time: a problem if they have no other, or if nobody has it; else a warning.

    `there` are the recordings that are used, `rows` the dyads and times that have a row.
    """
    problems, warnings = [], []
    used_times = there[there["dyad"].isin(used)].groupby("dyad")["time"].agg(set)
    nowhere = [t for t in times if used and not (there["dyad"].isin(used) & (there["time"] == t)).any()]
    for time in nowhere:
        what = f"no dyad has a {time} recording"
        problems.append(Problem(name, what, f"Add the rows, or take {time} out of times in config.yaml."))
    for dyad in used:
        own = used_times.get(dyad, set())
        if not own & set(times):
            problems.append(Problem(name, f"no recording of {dyad} is used", f"Add its rows, or {EXCLUDE}"))
            continue
        for time in times:
            if time not in (*own, *nowhere) and (dyad, time) not in rows:
                others = listed(t for t in times if t in own)
                what = f"no {time} recording of {dyad}, which enters with {others}"
                hint = "Add the row, or write a row with the reason in its column exclude."
                warnings.append(Problem(name, what, hint))
    return problems, warnings


def check_adopted(recordings: pd.DataFrame, used: Sequence[str], name: str) -> list[Problem]:
    """What only a raw file may be asked for: recordings of a BIDS dataset are taken as they are."""
    problems = []
    for row, r in recordings[recordings["dyad"].isin(used)].iterrows():
        where = f"{name}, row {row} ({r['dyad']})"
        cut = [
            c
            for c in (
                "start_s",
                "stop_s",
                *(f"{role}_{what}" for what in ("channels", "scale") for role in ROLES),
            )
            if r[c]
        ]
        if cut:
            what = f"{listed(cut)} cannot be used with input: bids, which takes recordings as they are"
            hint = "Empty the cell, or write input: raw, so that the recording is converted."
            problems.append(Problem(where, what, hint))
        for role in ROLES:
            file = Path(r[f"{role}_file"])
            if file.name and not (file.stem.endswith("_eeg") and file.suffix.lower() in BIDS_SUFFIXES):
                what = f"{role}_file is no EEG recording of a BIDS dataset: {file}"
                hint = f"Name one that ends in {', '.join(f'_eeg{suffix}' for suffix in BIDS_SUFFIXES)}."
                problems.append(Problem(where, what, hint))
    return problems


def check_triggers(
    recordings: pd.DataFrame,
    used: Sequence[str],
    triggers: Mapping | None,
    about: Mapping | None,
    name: str,
) -> list[Problem]:
    """Whether it is known where the pulses are of every recording whose clock may be tied by them.

    `about` is what the config's schema says of triggers, if the config does not name them at all.
    """
    for row in recordings[recordings["dyad"].isin(used)].to_dict("records"):
        if row["sync"] not in (*BY_PULSES, "auto"):
            continue
        known = all(names_pulses(triggers_of(triggers, role, row[f"{role}_trigger"])) for role in ROLES)
        if not known and about:
            hint = f"{about['description']}. {about['x-hint']}"
            return [Problem("config.yaml", 'the setting "triggers" is missing', hint)]
        if not known and row["sync"] in BY_PULSES:
            what = f"neither channel nor annotation, though {name} ties clocks by triggers"
            hint = (
                "Name the channel or the annotation, or write sync: shared_start if the files begin together."
            )
            return [Problem("config.yaml, triggers", what, hint)]
    return []


def no_such_dyad(dyad: str, known: Sequence[str], where: str) -> Problem:
    """A row that names no dyad, or one that the dyads table lacks."""
    hint = f"Did you mean {nearest(dyad, known)}?" if dyad and nearest(dyad, known) else ""
    return Problem(where, "no such dyad in the dyads table" if dyad else "the row names no dyad", hint)


def _seconds(cell: str) -> float | None:
    seconds = pd.to_numeric(cell or None, errors="coerce")
    return None if pd.isna(seconds) else float(seconds)


def _check_channels(r: pd.Series, where: str) -> tuple[bool, list[Problem]]:
    """Whether both members are in one file, and what is wrong with the patterns that tell them apart."""
    patterns = {role: r[f"{role}_channels"] for role in ROLES}
    problems = []
    together = bool(r["therapist_file"]) and r["therapist_file"] == r["client_file"]
    for role, pattern in patterns.items():
        partner = patterns[ROLES[role == ROLES[0]]] if together else None
        if pattern and (wrong := check_pattern(pattern, partner)):
            what, hint = wrong
            problems.append(Problem(where, f'{role}_channels "{pattern}" {what}', hint))
    if together and not all(patterns.values()):
        what = f"both members' file is {r['client_file']}; whose channels are whose?"
        hint = (
            "Say it in therapist_channels and client_channels, e.g. sub1_* and sub2_*, or 1-32 and 33-64; or "
            "name two files."
        )
        problems.append(Problem(where, what, hint))
    elif together and patterns["therapist"].lower() == patterns["client"].lower():
        what = f'therapist_channels and client_channels are both "{patterns["client"]}"'
        problems.append(
            Problem(where, what, "Each member needs a pattern that fits no channel of the other.")
        )
    return together, problems


@dataclass(frozen=True)
class _Use:
    """One row's use of a file: for whom, which block, which channels, and in which file the partner is."""

    row: int
    dyad: str
    person: str
    block: tuple[float, float]
    pattern: str
    partner_file: str


def _taken(uses: list[_Use], use: _Use) -> int | None:
    """The row that uses a file already: for somebody else, or for a block of the dyad that overlaps this one.

    One person may be in several dyads of one session, such as a therapist with two clients.
    """
    for other in uses:
        if other.person != use.person:
            if not (use.pattern and other.pattern and use.pattern != other.pattern):
                return other.row
        elif other.dyad == use.dyad and use.block[0] < other.block[1] and other.block[0] < use.block[1]:
            return other.row
    return None


def _check_file(path: Path, file: str, role: str, named: Iterable[str], where: str) -> list[Problem]:
    """Whether a raw file is there, and may be a recording."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        pass
    except (OSError, ValueError) as error:  # a name that is too long, a folder that may not be opened
        why = getattr(error, "strerror", None) or error
        return [Problem(where, f"{role} file cannot be looked for ({why}): {path}", "Correct the name.")]
    if path.is_dir():
        what = f"{role}_file is a folder: {path}"
        return [Problem(where, what, "Name the recording in it, with its ending.")]
    if not path.is_file():
        hint = nearest_file(path, named, KNOWN_SUFFIXES)
        if any(kind(file).is_absolute() for kind in (PurePosixPath, PureWindowsPath)):
            path, hint = Path(file), "Name the file as it lies in raw_folder (config.yaml)."
        elif "\\" in file:
            hint = f"Write / and not \\ between folders: {file.replace(chr(92), '/')}"
        return [Problem(where, f"{role} file not found: {path}", hint)]
    if path.suffix.lower() not in KNOWN_SUFFIXES:
        hint = f"Known: {', '.join(KNOWN_SUFFIXES)}. Of BrainVision files, name the .vhdr."
        return [Problem(where, f"{role}_file: no known format: {file}", hint)]
    if not path.stat().st_size:
        return [Problem(where, f"{role}_file is an empty file: {path}", "Copy it again.")]
    return []


def check_participants(people: pd.DataFrame, known: set | None, name: str) -> list[Problem]:
    """One row a person of the dyads (None: who that is, is not certain).

    A dyad's person without a row is fine: nothing is known of them.
    """
    problems, seen, checker = [], {}, cell_checker("participants")
    without_row = (known or set()) - set(people["participant"])
    for row, p in people.iterrows():
        person = p["participant"]
        where = f"{name}, row {row}" + (f" ({person})" if person else "")
        if not person or (known is not None and person not in known):
            near = nearest(person, sorted(without_row)) if person else None
            hint = f"Did you mean {near}?" if near else "Delete the row, or correct the name."
            problems.append(Problem(where, "no such person in the dyads table", hint))
        elif seen.setdefault(person, row) != row:
            problems.append(Problem(where, f"{person} stands in row {seen[person]} already"))
        problems += cell_problems(p, checker, where)
    return problems


def check_cap_map(
    cap: pd.DataFrame, asked: Mapping[str, list], name: str, two_in_one_file: bool = False
) -> list[Problem]:
    """The table itself, and whether it has the channels that settings ask for.

    A site stands there twice only if one file holds two heads.
    """
    problems, seen, checker = [], {}, cell_checker("cap_map")
    for row, c in cap.iterrows():
        problems += cell_problems(c, checker, f"{name}, row {row}")
        for column, cell in c[["label", "channel"]].items():
            if not cell or (column == "channel" and is_ignored(cell)):
                continue
            again = seen.setdefault((column, cell), row) != row
            if again and not (column == "channel" and two_in_one_file):
                what = f"{column} {cell} stands in row {seen[column, cell]} already"
                problems.append(Problem(f"{name}, row {row}", what))
    channels = [cell for column, cell in seen if column == "channel"]
    # A map that leaves channels out and names none of these says nothing of them: the files must have them.
    if not {channel for wanted in asked.values() for channel in wanted} & set(channels):
        asked = {} if len(channels) < len(cap) else asked
    for setting, wanted in asked.items():
        for channel in wanted:
            if channel not in channels:
                hint = did_you_mean(channel, channels)
                problems.append(Problem(f"config.yaml, {setting}", f"{channel} is not in {name}", hint))
    return problems


def check_answers(items: pd.DataFrame, known: Sequence[str], used: Sequence[str], name: str) -> list[Problem]:
    problems, seen = [], {}
    for row, dyad in items["dyad"].items():
        where = f"{name}, row {row}" + (f" ({dyad})" if dyad else "")
        if dyad not in known:
            problems.append(no_such_dyad(dyad, known, where))
        elif seen.setdefault(dyad, row) != row:
            problems.append(Problem(where, f"{dyad} stands in row {seen[dyad]} already"))
    return problems + _without_row(used, seen, name)


def _without_row(used: Sequence[str], seen: Iterable[str], name: str) -> list[Problem]:
    """One problem for the dyads that a table lacks."""
    lacking = [dyad for dyad in used if dyad not in seen]
    if not lacking:
        return []
    them = "it" if len(lacking) == 1 else "them"
    what = f"no row for dyad{'s' * (len(lacking) > 1)} {listed(lacking)}"
    return [Problem(name, what, f"Add {them}, or {EXCLUDE if len(lacking) == 1 else EXCLUDE_ALL}")]


def scored(items: pd.DataFrame, key: pd.DataFrame, about: Mapping, name: str, key_name: str):
    """The scores of a questionnaire's answers (None if they cannot be scored), problems, and warnings."""
    # score() calls each person by the cell in `dyad`: let it say the row, too.
    labelled = items.assign(dyad=[f"row {row} ({dyad})" for row, dyad in items["dyad"].items()])
    most = about.get("max_missing_items")
    try:
        scores = score(labelled, key, most)
    except QuestionnaireError as error:
        file = key_name if error.table == "key" else name
        found = [replace(p, where=f"{file}, {p.where}" if p.where else file) for p in error.problems]
        return None, _said_once(found), []
    warnings, sizes = [], item_counts(key)
    for row, missing in missing_answers(labelled, key).iterrows():
        for scale, n in missing[missing > 0].items():
            what = f"{scale} has {n} of {sizes[scale]} items without an answer"
            if pd.isna(scores.at[row, scale]):
                what += f", so {scale} and the total are missing"
                hint = (
                    "The dyad is left out of what needs them; max_missing_items (config.yaml) is the limit."
                )
            else:
                what += f", and is prorated from the other {sizes[scale] - n}"
                hint = "How many answers may be missing, max_missing_items (config.yaml) says."
            warnings.append(Problem(f"{name}, row {row} ({items.at[row, 'dyad']})", what, hint))
    scores.insert(0, "dyad", items["dyad"])
    return scores.reset_index(drop=True), [], warnings


def _said_once(wrong: Sequence[Problem]) -> list[Problem]:
    """A problem for each wrong answer of a few; of many, one for each way in which they are wrong."""
    alike = defaultdict(list)
    for p in wrong:
        alike[p.kind].append(replace(p, kind=""))
    problems = []
    for kind, group in alike.items():
        if len(group) <= FEW or not kind:
            problems += group
            continue
        table, _, place = group[0].where.partition(", ")
        given = Counter(p.what.split()[0] for p in group).most_common(5)
        told = listed(f"{answer} ({counted(n, 'time')})" for answer, n in given)
        what = f"{len(group)} answers are no whole numbers{kind}, the first in {place}: {told}"
        hint = "Correct the answers, or minimum and maximum in the key."
        problems.append(Problem(table, what, hint))
    return problems


def given_scores(table: pd.DataFrame, name: str):
    """The scores of a table that holds scores and not answers: None if it does not, problems, warnings."""
    columns = list(table.columns.drop("dyad"))
    if "total" not in columns:
        what = 'without a key the table must hold scores, and the column "total" is missing'
        hint = f"It has: {', '.join(columns) or 'dyad only'}. Name it total, or give the questionnaire a key."
        return None, [Problem(f"{name}, row {table.attrs['heading']}", what, hint)], []
    problems, warnings = [], []
    numbers = table[columns].apply(pd.to_numeric, errors="coerce")
    for row, cells in table[columns].iterrows():
        where = f"{name}, row {row} ({table.at[row, 'dyad']})"
        for column, cell in cells.items():
            if not cell or is_not_known(cell):
                what = f"{holds(column, cell)}: the score is missing"
                warnings.append(Problem(where, what, "The dyad is left out of what needs it."))
            elif not math.isfinite(numbers.at[row, column]):
                comma = re.fullmatch(r"-?\d+,\d+", cell)
                hint = f"Write a decimal point: {cell.replace(',', '.')}" if comma else "Write a number."
                problems.append(Problem(where, holds(column, cell), hint))
            elif coded_score(cell, numbers[column].dropna()):
                hint = "If it means that the score is not known, empty the cell."
                problems.append(Problem(where, holds(column, cell), hint))
    numbers.insert(0, "dyad", table["dyad"])
    return (None if problems else numbers.reset_index(drop=True)), problems, warnings


def check_simulation(planted, used, bands, times, name: str) -> list[Problem]:
    problems, seen = [], {}
    checker = cell_checker(
        "simulation", levels={"lost_time": ["", *times]}, alike=dict.fromkeys(bands, "snr")
    )
    for row, p in planted.iterrows():
        where = f"{name}, row {row} ({p['dyad']})"
        if seen.setdefault(p["dyad"], row) != row:
            problems.append(Problem(where, f"{p['dyad']} stands in row {seen[p['dyad']]} already"))
        problems += cell_problems(p, checker, where)
        for column in (f"{role}_artifacts" for role in ROLES):
            try:
                faults_of(p[column])
            except ArtifactsError as error:
                hint = row_schema("simulation")["properties"][column]["x-hint"]
                problems.append(Problem(where, f"{column}: {error.what}", hint))
    return problems + _without_row(used, seen, name)


def check_column_names(factors, differences, scores, numbers=()) -> list[Problem]:
    """Factors, numbers, differences and scores become columns beside others: each needs its own name."""
    columns = [("factors", factor) for factor in factors]
    columns += [("statistics", number) for number in numbers]
    columns += [("differences", f"{name}{end}") for name in differences for end in ("", "_absolute")]
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


def asked_numbers(statistics: Mapping, taken: Iterable[str]) -> list[str]:
    """What the statistics name as covariates or correlates, and may be a column of the dyads table."""
    asked = dict.fromkeys([*statistics["covariates"], *statistics["correlate"]])
    return [name for name in asked if name not in taken]


def dyad_numbers(dyads: pd.DataFrame, columns: Sequence[str], name: str):
    """The numbers that stand in further columns of the dyads table: dyad and a column each; NaN if unknown.

    Returns the numbers (None if a cell holds none), problems, and warnings.
    """
    problems, warnings, numbers = [], [], pd.DataFrame({"dyad": dyads["dyad"]})
    for column in columns:
        values = []
        for row, cell in dyads[column].items():
            where = f"{name}, row {row} ({dyads.at[row, 'dyad']})"
            text = re.sub(r"^([+-]?\d+),(\d+)$", r"\1.\2", cell)  # a decimal comma
            number = pd.to_numeric(text or None, errors="coerce")
            values.append(number)
            if not cell or is_not_known(cell):
                what = f"{holds(column, cell)}: the number is missing"
                warnings.append(Problem(where, what, "The dyad is left out of what needs it."))
            elif re.fullmatch(r"[+-]?[1-9]\d{0,2}(,\d{3})+", cell):
                hint = f"Write {cell.replace(',', '')} or {cell.replace(',', '.', 1)}."
                problems.append(Problem(where, f"{holds(column, cell)}, which may be two numbers", hint))
            elif not math.isfinite(number):
                hint = "Write a number, because statistics (config.yaml) names this column; n/a if not known."
                problems.append(Problem(where, holds(column, cell), hint))
        numbers[column] = pd.Series(values, index=dyads.index, dtype=float)
        if not problems and len(dyads) and numbers[column].isna().all():
            hint = f"Fill the column, or take {column} out of statistics in config.yaml."
            problems.append(Problem(name, f"{column} is empty in every dyad that is kept", hint))
    return (None if problems else numbers.reset_index(drop=True)), problems, warnings


def check_asked_columns(statistics: Mapping, differences, scores, numbers=()) -> list[Problem]:
    """What the statistics correlate, and their covariates, must be columns of the aggregated dataset.

    `numbers` are columns of the dyads table.
    """
    of_dyads = [*numbers, *differences, *(f"{name}_absolute" for name in differences)]
    for questionnaire, scored in scores.items():
        if scored is not None:
            of_dyads += [f"{questionnaire}_{c}" for c in scored if c not in ("dyad", "missing_items")]
    known = {"correlate": of_dyads, "covariates": [*COVARIATES, *of_dyads]}
    problems = []
    for key, columns in known.items():
        for name in statistics[key]:
            if name not in columns:
                what = f'no score, difference or column of the dyads table is called "{name}"'
                problems.append(Problem(f"config.yaml, statistics: {key}", what, did_you_mean(name, columns)))
    return problems


def participants_of(dyads: pd.DataFrame, people: pd.DataFrame) -> pd.DataFrame:
    """One row a person, in the order in which the dyads name them, therapists first."""
    rows = [{"participant": person, "role": role} for role in ROLES for person in dict.fromkeys(dyads[role])]
    return pd.DataFrame(rows).merge(people, on="participant", how="left").fillna("")
