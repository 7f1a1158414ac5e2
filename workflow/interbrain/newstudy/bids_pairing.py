"""Who sat with whom in a BIDS dataset: every convention that datasets of two people have, tried in turn."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.bids.inheritance import RECORDING_SUFFIXES, read_sidecar
from interbrain.formats import FormatError
from interbrain.newstudy.letters import explain_letters
from interbrain.newstudy.names import read_name
from interbrain.newstudy.pairing import pair, role_of
from interbrain.newstudy.proposal import FIRST
from interbrain.newstudy.words import MEMBERS, ROLES, natural, plain
from interbrain.plain_letters import plain_letters
from interbrain.words import listed

DYAD_COLUMN = re.compile(
    r"(dyad|pair|couple|duo|team|group|hyperscanning)s?([ _-]?(id|number|no|nr|label|name|index))?"
)
# A word for pairs that is as often one for conditions: every label of it must be two people's.
EITHER = re.compile(r"(team|group)s?\b.*")
PARTNER_COLUMN = re.compile(
    r"partner([ _-]?(id|participant|participant_id))?|simultaneous_with|co_participant"
)
ROLE_COLUMN = re.compile(r"(dyad_|participant_|partner_|member_)?(role|member|position|seat|seating)|person")


@dataclass(frozen=True)
class Recording:
    """A recording of a dataset: its path below the root, and its entities."""

    path: str
    entities: Mapping[str, str]

    @property
    def sub(self) -> str:
        return self.entities["sub"]


@dataclass
class Paired:
    """Who sat with whom.

    Attributes
    ----------
    dyads : mapping path -> dyad
    roles : mapping (path, sub) -> role
        Where it is known.
    people : mapping (dyad, role) -> person
    called : mapping person -> what the report calls the role, where the role is another word
    unsure : mapping dyad -> both persons, where nothing says who is who
    same_role : mapping dyad -> the word that both persons have in the column of roles
    unpaired : mapping path -> why a recording is no dyad's
    uses : str
        The entity that was the dyad's, so that it is no time: ses, acq or sub; empty if none.
    said : list of str
    """

    dyads: dict[str, str] = field(default_factory=dict)
    roles: dict[tuple[str, str], str] = field(default_factory=dict)
    people: dict[tuple[str, str], str] = field(default_factory=dict)
    called: dict[str, str] = field(default_factory=dict)
    unsure: dict[str, Sequence[str]] = field(default_factory=dict)
    same_role: dict[str, str] = field(default_factory=dict)
    unpaired: dict[str, str] = field(default_factory=dict)
    uses: str = ""
    said: list[str] = field(default_factory=list)


def recordings_in(root: Path) -> list[Recording]:
    """The EEG recordings of a dataset, in order; derivatives and raw files elsewhere are none."""
    found = []
    for folder in sorted((p for p in root.glob("sub-*") if p.is_dir()), key=lambda p: natural(p.name)):
        for path in sorted(folder.rglob("*_eeg.*"), key=lambda p: natural(p.as_posix())):
            if path.suffix.lower() in RECORDING_SUFFIXES and path.parent.name == "eeg":
                pairs = (part.partition("-") for part in path.stem.split("_")[:-1])
                entities = {entity: value for entity, _, value in pairs if value}
                entities.setdefault("sub", folder.name.removeprefix("sub-"))
                found.append(Recording(path.relative_to(root).as_posix(), entities))
    return found


def paired(
    root: Path,
    recordings: Sequence[Recording],
    people: pd.DataFrame,
    role_words: Mapping[str, str],
    *,
    factors: Sequence[str] = (),
    two_in_a_file: bool = False,
) -> Paired:
    """Tell the dyads: by participants.tsv, by sidecars, by ses- or acq- labels, by the labels of people.

    Parameters
    ----------
    root : Path
    recordings : sequence of Recording
    people : DataFrame
        participants.tsv by the label of the person.
    role_words : mapping word -> role
    factors : sequence of str
        Columns of participants.tsv that divide the dyads, and so do not make them.
    two_in_a_file : bool
        The first recording's channels are those of two people: `group` is then no word for a pair.
    """
    asked = {factor.lower() for factor in factors}
    columns = [c for c in people if c not in asked and DYAD_COLUMN.fullmatch(c)]
    columns = [c for c in columns if not (two_in_a_file and EITHER.fullmatch(c))]
    too_many = _too_many(recordings, people, columns)
    for meetings, uses, said in _ways(root, recordings, people, columns):
        if meetings:
            result = _with_roles(recordings, meetings, uses, said, people, role_words)
            result.unpaired = {
                r.path: too_many.get(r.path, f"no recording is that of a partner of sub-{r.sub}")
                for r in recordings
                if r.path not in meetings
            }
            return result
    # One person a file is told from two by the header: see `foreign_dataset`.
    unpaired = {} if two_in_a_file else too_many
    dyads = {r.path: _label(r.sub) for r in recordings if r.path not in unpaired}
    alone = ["each participant is treated as a dyad, because nothing pairs them"]
    return Paired(dyads, uses="sub", said=alone, unpaired=unpaired)


# Recordings of one meeting have the same key.
Meetings = dict[str, str]  # path -> dyad


def _ways(
    root: Path, recordings: Sequence[Recording], people: pd.DataFrame, columns: Sequence[str]
) -> Iterator[tuple[Meetings, str, str]]:
    """Each way to pair recordings: path -> dyad (empty if there are no pairs), the entity it uses, words."""
    for column in columns:
        said = f"the dyads were read from the column {column} of participants.tsv"
        key = {r.path: people[column].get(r.sub, "") for r in recordings}
        yield _pairs(recordings, key, is_a_dyads=not EITHER.fullmatch(column)), "", said
    for column in (c for c in people if PARTNER_COLUMN.fullmatch(c)):
        partner = {r.path: people[column].get(r.sub, "").removeprefix("sub-") for r in recordings}
        said = f"the dyads were read from the column {column} of participants.tsv"
        yield _by_partner(recordings, partner), "", said
    partner = {r.path: _partner_of(root, r) for r in recordings}
    yield (
        _by_partner(recordings, partner),
        "",
        "the dyads were read from SimultaneousRecordingWith in the sidecars",
    )
    for entity in ("ses", "acq"):
        labels = {r.path: r.entities.get(entity, "") for r in recordings}
        own: dict[str, set[str]] = defaultdict(set)
        for r in recordings:
            own[r.sub].add(labels[r.path])
        if len(own) > 2 and all(labels.values()) and len({frozenset(label) for label in own.values()}) > 1:
            yield _pairs(recordings, labels), entity, f"the {entity}- labels were read as dyads"
    names = {r.path: read_name(f"sub-{r.sub}_eeg.vhdr") for r in recordings}
    for path, name in names.items():
        name.path = path
    explain_letters(list(names.values()))
    found = pair(list(names.values())).dyads
    labels = {r.path: found.get(r.path, "") for r in recordings}
    yield _pairs(recordings, labels), "", "the dyads were read from the labels of the participants"


def _pairs(
    recordings: Sequence[Recording], key: Mapping[str, str], *, is_a_dyads: bool | None = None
) -> Meetings:
    """Path -> dyad, if the keys of the paths make pairs; whoever has no key, or one alone, is left out.

    What is called a dyad need not be a pair throughout: a label of three people is left out. What may be
    something else has to be one throughout.
    """
    members: dict[str, set[str]] = defaultdict(set)
    for r in recordings:
        members[key[r.path]].add(r.sub)
    members.pop("", None)
    if is_a_dyads:
        members = {value: subs for value, subs in members.items() if len(subs) <= 2}
    pairs = sum(len(subs) == 2 for subs in members.values())
    if not pairs or any(len(subs) > 2 for subs in members.values()) or 2 * pairs < len(members):
        return {}
    if is_a_dyads is False and pairs < len(members):
        return {}
    labels = {value: _label(value) for value, subs in members.items() if len(subs) == 2}
    return {r.path: labels[key[r.path]] for r in recordings if key[r.path] in labels}


def _too_many(
    recordings: Sequence[Recording], people: pd.DataFrame, columns: Sequence[str]
) -> dict[str, str]:
    """Path -> why it is no dyad's, where more than two people have one label in a column of dyads."""
    present = sorted({r.sub for r in recordings}, key=natural)
    found: dict[str, str] = {}
    for column in (c for c in columns if not EITHER.fullmatch(c)):
        for r in recordings:
            label = str(people[column].get(r.sub, ""))
            same = [sub for sub in present if label and people[column].get(sub, "") == label]
            if len(same) > 2:
                found[r.path] = (
                    f"the {column} {label} of participants.tsv is that of {len(same)} people "
                    f"({listed(same)}), and a dyad has two"
                )
    return found


def _by_partner(recordings: Sequence[Recording], partner: Mapping[str, str]) -> Meetings:
    """Path -> dyad, where people name one another: the dyads are numbered."""
    both = {
        r.path: tuple(sorted((r.sub, partner[r.path]), key=natural)) for r in recordings if partner[r.path]
    }
    order = sorted(set(both.values()), key=lambda pair: [natural(sub) for sub in pair])
    labels = {pair: f"D{n:02d}" for n, pair in enumerate(order, 1)}
    return {path: labels[pair] for path, pair in both.items()}


def _partner_of(root: Path, recording: Recording) -> str:
    """The other person of a recording, as its sidecar has it."""
    try:
        named = read_sidecar(root / recording.path).get("SimultaneousRecordingWith", [])
    except FormatError:
        return ""
    for one in named if isinstance(named, list) else [named]:
        found = re.search(r"sub-([A-Za-z0-9]+)", str(one))
        if found and found[1] != recording.sub:
            return found[1]
    return ""


def _label(value: str) -> str:
    """A dyad's label: of letters and digits, and no bare number."""
    bare = re.sub("[^A-Za-z0-9]", "", plain_letters(value))
    return f"D{bare.zfill(2)}" if bare.isdigit() else bare


def _with_roles(
    recordings: Sequence[Recording],
    meetings: Meetings,
    uses: str,
    said: str,
    people: pd.DataFrame,
    role_words: Mapping[str, str],
) -> Paired:
    """Who has which role: by a column, by the labels of people, or by what was asked for."""
    members: dict[str, list[str]] = defaultdict(list)
    for r in recordings:
        if r.path in meetings and r.sub not in members[meetings[r.path]]:
            members[meetings[r.path]].append(r.sub)
    told = _roles(sorted({r.sub for r in recordings}, key=natural), people, role_words)
    result = Paired(dict(meetings), uses=uses, said=[said])
    for dyad, subs in members.items():
        roles = {sub: told.get(sub, "") for sub in subs}
        if FIRST in role_words and len(subs) == 2 and len(set(roles.values()) - {""}) < 2:
            roles = dict(zip(sorted(subs, key=natural), MEMBERS, strict=True))
        known = [role for role in roles.values() if role]
        if len(set(known)) == 1 and len(subs) == 2 and len(known) == 1:
            roles = {sub: role or next(m for m in MEMBERS if m not in known) for sub, role in roles.items()}
        if len(set(roles.values())) == len(subs) and all(roles.values()):
            result.people |= {(dyad, role): sub for sub, role in roles.items()}
            result.roles |= {
                (r.path, r.sub): roles[r.sub] for r in recordings if meetings.get(r.path) == dyad
            }
        else:
            result.unsure[dyad] = subs
            words = {_cell_of_role(sub, people) for sub in subs}
            if len(subs) == 2 and len(words) == 1 and known:
                result.same_role[dyad] = words.pop()
    result.called = {
        sub: ROLES[word].called
        for sub, role in told.items()
        if (word := plain(_cell_of_role(sub, people))) in ROLES and ROLES[word].role == role
    }
    return result


def _cell_of_role(sub: str, people: pd.DataFrame) -> str:
    """What the first column of roles has for a person; empty if there is none."""
    column = next((c for c in people if ROLE_COLUMN.fullmatch(c)), None)
    return "" if column is None else str(people[column].get(sub, ""))


def _roles(subs: Sequence[str], people: pd.DataFrame, role_words: Mapping[str, str]) -> dict[str, str]:
    """Role of each person whose role is said."""
    for column in (c for c in people if ROLE_COLUMN.fullmatch(c)):
        cells = {sub: plain(people[column].get(sub, "")) for sub in subs}
        found = {sub: _role(cell, role_words) for sub, cell in cells.items()}
        if any(found.values()):
            return found
    names = [read_name(f"sub-{sub}_eeg.vhdr", role_words) for sub in subs]
    explain_letters(names)
    return {sub: role_of(name) for sub, name in zip(subs, names, strict=True)}


def _role(cell: str, role_words: Mapping[str, str]) -> str:
    if cell in role_words:
        return role_words[cell]
    return ROLES[cell].role if cell in ROLES else ""
