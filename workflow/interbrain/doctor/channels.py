"""What recordings hold under which names: sites, triggers, and what a person decided about channels."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.formats.channel_names import same_name
from interbrain.formats.channels import RENAMED_SITES
from interbrain.formats.survey import Survey
from interbrain.problems import Problem
from interbrain.study.by_role import ROLES
from interbrain.study.problems import FEW, nearest
from interbrain.study.study import Study
from interbrain.study.tables import Found
from interbrain.words import listed

if TYPE_CHECKING:
    from interbrain.doctor.members import Readable

MANY = 32  # channels that a hint lists
OTHER_TYPE = (
    "The file has channels of these names, but not as EEG: their type is another one, in channels.tsv "
    "(column type) or in the file itself. Write EEG there if they are EEG."
)


def check_triggers(read: Sequence[Readable], done: Found) -> None:
    """Recordings without the trigger channel: what to write, and where, by which recordings have it."""
    lacking = [m for m in read if m.trigger and not m.survey.trigger and not _is_named(m)]
    has_it = {role: [m for m in read if m.role == role and m.survey.trigger] for role in ROLES}
    for m in lacking:
        other = ROLES[m.role == ROLES[0]]
        name = " or ".join(m.survey.trigger_like) or "its name"
        if has_it[m.role]:
            hint = f"In this recording it has another name: write {name} into {m.role}_trigger of its row."
        elif has_it[other]:
            hint = (
                f"The {other}s' recordings have it, the {m.role}s' do not: write below triggers "
                f"(config.yaml) {m.role}: {{channel: {name}}}."
            )
        else:
            hint = f"No recording has it: write channel: {name} (triggers, config.yaml)."
        done.warnings.append(Problem(m.where, f'{m.shown}: there is no trigger channel "{m.trigger}"', hint))


def _is_named(m: Readable) -> bool:
    """Whether the recording has its trigger channel, though without a pulse that can be used."""
    return any(same_name(name, m.trigger) for name in m.survey.others)


def lacking_channels(
    read: Sequence[Readable],
    rois: Mapping[str, Sequence[str]],
    cap_maps: Mapping[str, Mapping[str, str]],
    known: Iterable[Problem],
    done: Found,
) -> dict[int, list[str]]:
    """ROI channels that a recording lacks; said once for the study if many lack the same."""
    # Where the cap map could not be read, the tables' problems say so.
    read = [m for m in read if not m.cap_table or m.cap_table in cap_maps]
    said = {(p.where, word) for p in known for word in re.split(r",? (?:and )?", p.what)}
    lacking: dict[int, list[str]] = {}
    alike = defaultdict(list)  # channels that the same recordings lack, for the same reason
    for roi, channels in rois.items():
        for channel in channels:
            without = [m for m in read if channel not in m.survey.eeg]
            for m in without:
                lacking.setdefault(id(m), []).append(channel)
            if without and (f"config.yaml, rois: {roi}", channel) not in said:
                # What is there under its name is no question of names.
                typed = [m for m in without if channel in m.survey.others]
                unnamed = [m for m in without if channel not in m.survey.others]
                if typed:
                    alike[tuple(id(m) for m in typed), OTHER_TYPE].append(channel)
                if unnamed:
                    hint = _other_name(channel, unnamed[0].survey, unnamed[0].cap_table)
                    alike[tuple(id(m) for m in unnamed), hint].append(channel)
    by_id = {id(m): m for m in read}
    for (ids, hint), channels in alike.items():
        first = by_id[ids[0]]
        missing = f"{listed(channels)} {'are' if len(channels) > 1 else 'is'} missing"
        if len(ids) > FEW:
            count = "every recording" if len(ids) == len(read) else f"{len(ids)} of {len(read)} recordings"
            what = f"{missing} in {count}, first in {first.path.name}"
            done.problems.append(Problem("config.yaml, rois", what, hint))
        else:
            done.problems += [Problem(by_id[i].where, f"{by_id[i].shown}: {missing}", hint) for i in ids]
    return lacking


def _other_name(channel: str, told: Survey, cap_table: str) -> str:
    """Under which name a recording may hold a channel, and where to write it."""
    table = Path(cap_table).name if cap_table else "a cap map (tables: cap_map)"
    labels = ", ".join(told.others[:MANY]) or "none"
    if not told.eeg:
        return f"No channel has a 10-20 name: {labels}. Write which is which into {table}."
    renamed = RENAMED_SITES.get(channel.lower())
    if renamed in told.eeg:
        return f"{channel} is called {renamed} today: write {renamed} (rois)."
    in_words = re.compile(rf"(?<![A-Za-z]){re.escape(channel)}(?![A-Za-z0-9])", re.IGNORECASE)
    other = next(filter(in_words.search, told.others), None)
    if other:
        pair = f"label {other}, channel {channel}"
        return f'There is a channel "{other}": if that is it, write {pair} into {table}.'
    if sum(label[-1:].isdigit() for label in told.others) > 2 * len(told.eeg):
        return f"Most channels have no 10-20 name: {labels}. Write which is which into {table}."
    near = nearest(channel, told.eeg)
    there = ", ".join(told.eeg[:MANY]) + (", ..." if len(told.eeg) > MANY else "")
    return f"Did you mean {near}? There are {there}." if near else f"There are {there}."


def check_names(read: Sequence[Readable], done: Found) -> None:
    """How a recording's channels came by their names, where not all did in the same way."""
    from interbrain.formats.channels import montage

    sites, said, nowhere = set(montage().values()), defaultdict(list), defaultdict(list)
    for m in read:
        s = m.survey
        own = [name for name in s.eeg if name in sites]
        if odd := [name for name in s.eeg if name not in sites]:
            near = nearest(odd[0], sorted(sites))
            hint = f"Did you mean {near}? " if near else ""
            verb = "are" if len(odd) > 1 else "is"
            what = f"{listed(odd[:MANY])} {verb} EEG, but no site of the 10-20 system"
            nowhere[
                what, f"{hint}Name the sites in the cap map, or write ignore there for what is not EEG."
            ].append(m)
        n = len(s.ignored)
        left_out = f", and {n} {'are' if n > 1 else 'is'} ignored" if n else ""
        if 0 < s.n_mapped < len(s.eeg):
            what = (
                f"of {len(s.eeg)} EEG channels the cap map names {s.n_mapped}, and {len(s.eeg) - s.n_mapped} "
                f"are EEG by their own labels{left_out}"
            )
            hint = f"EEG: {', '.join(own[:MANY])}. To leave one out, write ignore into the cap map."
            said[what, hint].append(m)
    for (what, hint), members in said.items():
        _say_once(members, read, what, hint, done.warnings)
    for (what, hint), members in nowhere.items():  # without a place on the head, the conversion would stop
        _say_once(members, read, what, hint, done.problems)


def _say_once(
    members: Sequence[Readable], read: Sequence[Readable], what: str, hint: str, said: list[Problem]
) -> None:
    """Said of each recording, or once of all if it holds for more than a few."""
    if len(members) > FEW:
        count = (
            "every recording" if len(members) == len(read) else f"{len(members)} of {len(read)} recordings"
        )
        where = members[0].where.split(",")[0]
        said.append(Problem(where, f"{what} (in {count}, first in {members[0].path.name})", hint))
    else:
        said += [Problem(m.where, f"{m.shown}: {what}", hint) for m in members]


def check_decisions(read: Sequence[Readable], study: Study, table: str | None, done: Found) -> None:
    """Decisions by hand on channels that a recording lacks; components and windows are not known yet."""
    if table is None:
        return
    runs = {(row["dyad"], row["time"]): row["run"] for row in study.recordings.to_dict("records")}
    for m in read:
        for decision in study.decisions.get((m.dyad, runs[m.dyad, m.time], m.person), []):
            if decision["what"] == "channel" and decision["item"] not in m.survey.eeg:
                what = (
                    f"there is no channel {decision['item']} in {m.path.name} ({m.dyad} {m.time}, {m.person})"
                )
                near = nearest(decision["item"], m.survey.eeg)
                hint = f"Did you mean {near}?" if near else f"There are {', '.join(m.survey.eeg[:MANY])}."
                done.problems.append(Problem(Path(table).name, what, hint))
