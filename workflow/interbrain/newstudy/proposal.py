"""The rows of a new study's tables, from the names of its recordings; what they do not say stays empty."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from interbrain.newstudy.letters import explain_letters, explain_meetings
from interbrain.newstudy.names import Name, read_name
from interbrain.newstudy.pairing import Pairing, pair, role_of
from interbrain.newstudy.times import Times, times_of
from interbrain.newstudy.told_apart import words_apart
from interbrain.newstudy.words import PARENTS, natural
from interbrain.words import listed

ROLES = ("therapist", "client")
OWN_THERAPIST = (
    "each dyad was given a therapist of its own: if one person saw several clients, write the same label in "
    "each of these rows of the dyads table"
)
NO_DYADS = "the dyads cannot be read from the names"
NO_ROLES = "for some dyads and times there are two files without a role in their names"
FIRST = "first"  # in place of a word: the first of two files is the therapist's


@dataclass
class Row:
    """A row of the recordings table, and what must be known of it."""

    dyad: str
    time: str
    therapist_file: str = ""
    client_file: str = ""
    therapist_channels: str = ""
    client_channels: str = ""
    start_s: str = ""
    stop_s: str = ""
    task: str = ""
    notes: list[str] = field(default_factory=list)

    @property
    def together(self) -> bool:
        """Whether both members are in one file."""
        return bool(self.therapist_file) and self.therapist_file == self.client_file


@dataclass
class Proposal:
    """What a new study's tables may hold.

    Attributes
    ----------
    dyads : list of dict
        dyad, therapist, client, and the study's factors.
    rows : list of Row
    times : list of str
        In order.
    called : mapping role -> word
        What the report calls the roles, if not therapist and client.
    said : list of str
        How it was told; a sentence's part each.
    unplaced : list of (path, why)
        Recordings that are in no row.
    people : list of dict
        participant and what is known of each person.
    doubts : mapping dyad -> text
        What the row of a dyad leaves open.
    without_role : list of list of path
        The two files of a dyad and time, where neither name has a role.
    """

    dyads: list[dict[str, str]] = field(default_factory=list)
    rows: list[Row] = field(default_factory=list)
    times: list[str] = field(default_factory=list)
    called: dict[str, str] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    unplaced: list[tuple[str, str]] = field(default_factory=list)
    people: list[dict[str, str]] = field(default_factory=list)
    doubts: dict[str, str] = field(default_factory=dict)
    without_role: list[list[str]] = field(default_factory=list)

    @property
    def used(self) -> set[str]:
        """The files that rows name."""
        return {file for row in self.rows for file in (row.therapist_file, row.client_file) if file}


def propose(
    paths: Sequence[str], role_words: Mapping[str, str] | None = None, *, meetings: str = ""
) -> Proposal:
    """Propose the tables of a study from the names of its recordings.

    Parameters
    ----------
    paths : sequence of str
        Recordings, below their folder, with /.
    role_words : mapping word -> role, optional
        Words or letters of this lab's names; `first` -> "therapist" takes the first of two files, where
        nothing tells them apart, for the therapist's.
    meetings : str, optional
        Letters whose labels are sessions: s, where S1 and S2 are no people.

    Returns
    -------
    proposal : Proposal

    Examples
    --------
    >>> found = propose(["Paar1/Klientin_vor.edf", "Paar1/Therapeut_vor.edf"])
    >>> found.rows[0].dyad, found.rows[0].time, found.rows[0].client_file
    ('D01', 'pre', 'Paar1/Klientin_vor.edf')
    """
    role_words = {word.casefold(): role for word, role in (role_words or {}).items()}
    names = [read_name(path, role_words) for path in sorted(paths, key=natural)]
    if meetings:
        explain_meetings(names, meetings)
    said = explain_letters(names)
    pairing = pair(names)
    return assemble(names, pairing, said, first=FIRST in role_words)


def assemble(names: Sequence[Name], pairing: Pairing, said: Sequence[str], *, first: bool) -> Proposal:
    """The tables' rows of recordings of which it is known whose they are, by name or otherwise."""
    times = times_of(names, pairing.dyads)
    proposal = Proposal(times=list(times.order), said=[*said, *pairing.said, *times.said])
    groups: dict[tuple[str, str], list[Name]] = defaultdict(list)
    for name in names:
        if why := _unclear(name, pairing, times):
            proposal.unplaced.append((name.path, why))
        else:
            groups[pairing.dyads[name.path], times.labels[name.path]].append(name)
    order = {time: n for n, time in enumerate(times.order)}
    for dyad, time in sorted(groups, key=lambda group: (natural(group[0]), order.get(group[1], -1))):
        proposal.rows.append(_row(dyad, time, groups[dyad, time], times, first))
    unclear = [own for own in groups.values() if len([n for n in own if not role_of(n)]) == 2 == len(own)]
    proposal.without_role = [[name.path for name in own] for own in unclear]
    if unclear and not first:
        apart = words_apart(proposal.without_role)
        asked = asked_for(*(apart or ("word", "word")))
        asked += " (or the other way round)" if apart else ", as the names have them"
        proposal.said.append(
            f"{NO_ROLES}: begin again with {asked}, or with THERAPIST=first if it does not matter who is "
            "who; or fill in the cells"
        )
    if any(why == NO_DYADS for _, why in proposal.unplaced):
        proposal.said.append(
            f"{NO_DYADS}: give each dyad a folder, or its files a label, such as Paar 1 or D01, and begin "
            "again; or fill in the tables"
        )
    _tell_roles(proposal, names)
    proposal.dyads = _dyads(proposal, pairing)
    proposal.said += _not_used(proposal, names, pairing)
    proposal.people = [
        {"participant": p} for p in dict.fromkeys(d[r] for r in ROLES for d in proposal.dyads) if p
    ]
    return proposal


def _unclear(name: Name, pairing: Pairing, times: Times) -> str:
    """Why a file has no row; empty if it has one."""
    if name.path in times.unclear:
        return times.unclear[name.path]
    if name.path not in pairing.dyads:
        return NO_DYADS if not pairing.dyads else "its name has no label of a dyad, unlike the others"
    if len({role.role for role in name.roles}) > 1:
        return f"it has two roles, {listed(role.role for role in name.roles)}"
    return ""


def _row(dyad: str, time: str, files: Sequence[Name], times: Times, first: bool) -> Row:
    """The row of one dyad and time."""
    of_role = {role: [name.path for name in files if role_of(name) == role] for role in (*ROLES, "")}
    row = Row(dyad, time, task=next(filter(None, (times.tasks[name.path] for name in files)), ""))
    if not time:
        row.notes.append("the time is not in the name")
    nobody = of_role[""]
    if len(files) == 1 and nobody:  # of both members, if its channels are those of two people
        row.therapist_file = row.client_file = nobody[0]
        return row
    if len(files) == 2 and len(nobody) == 2 and first:
        row.therapist_file, row.client_file = nobody
        return row
    for role in ROLES:
        own = of_role[role]
        if len(own) == 1:
            setattr(row, f"{role}_file", own[0])
        elif own:
            row.notes.append(f"{len(own)} files could be the {role}'s: {listed(own)}")
        elif not nobody:
            row.notes.append(f"no file of the {role} was found")
    if nobody:
        row.notes.append(f"the role is not in the name: {listed(nobody)}")
    return row


def asked_for(therapist: str, client: str) -> str:
    """What to add to the command, if these are the words for the roles."""
    return f"THERAPIST={therapist} CLIENT={client}"


def _tell_roles(proposal: Proposal, names: Sequence[Name]) -> None:
    """What the report calls the roles, if every name with a role has the same other words."""
    called = {role: {r.called for name in names for r in name.roles if r.role == role} for role in ROLES}
    if called["therapist"] <= PARENTS and len(called["therapist"]) > 1:
        called["therapist"] = {"parent"}
    if all(len(words) == 1 and "" not in words for words in called.values()):
        proposal.called = {role: words.pop() for role, words in called.items()}
        taken = listed(f"{proposal.called[role].partition(',')[0]} for the {role}" for role in ROLES)
        proposal.said.append(f"tables have the {taken}; the report has these words")


def _dyads(proposal: Proposal, pairing: Pairing) -> list[dict[str, str]]:
    """A row for each dyad; people whom no name labels are called by the dyad's number."""
    labels = list(dict.fromkeys(row.dyad for row in proposal.rows))
    numbers = [re.sub(r"\D", "", label) for label in labels]
    unique = all(numbers) and len(set(numbers)) == len(numbers)
    known = set(pairing.people.values())
    made: set[str] = set()
    dyads = []
    for label, number in zip(labels, numbers, strict=True):
        dyad = {"dyad": label}
        for role in ROLES:
            person = pairing.people.get((label, role), "")
            if not person and label in pairing.unsure:
                proposal.doubts[label] = (
                    f"{listed(pairing.unsure[label])}: who is the therapist is not stated"
                )
            elif not person:
                initial = role[0].upper()
                made.add(role)
                by_number = f"{initial}{number}"
                person = by_number if unique and by_number not in known else initial + label
            dyad[role] = person
        dyads.append(dyad)
    if made:
        letters = listed(role[0].upper() for role in ROLES if role in made)
        proposal.said.append(f"people were given labels ({letters} with the dyad's number)")
        proposal.said += [OWN_THERAPIST] * ("therapist" in made and len(dyads) > 1)
    proposal.said += _in_several_dyads(dyads)
    return dyads


def _in_several_dyads(dyads: Sequence[Mapping[str, str]]) -> list[str]:
    """Whom the names show to be in several dyads."""
    said = []
    for role in ROLES:
        of: dict[str, list[str]] = defaultdict(list)
        for dyad in dyads:
            of[dyad[role]].append(dyad["dyad"])
        several = [f"{person} in {listed(own)}" for person, own in of.items() if person and len(own) > 1]
        if several:
            shown = "; ".join([*several[:6], *([f"and {len(several) - 6} more"] * (len(several) > 6))])
            only = ". Only one dyad of a client can be used: exclude the others" if role == "client" else ""
            said.append(f"by the names, these {role}s are in several dyads: {shown}{only}")
    return said


def _not_used(proposal: Proposal, names: Sequence[Name], pairing: Pairing) -> list[str]:
    """That labels are neither a dyad's, nor a person's, nor a time's."""
    people = {person for dyad in proposal.dyads for person in dyad.values()}
    others = set()
    for name in names:
        of_dyad = {label.key for label in name.labels if label.kind == pairing.kind}
        others |= {n.text for n in name.labels if n.marked == "" and n.key not in of_dyad}
    others -= people
    others = {text for text in others if not any(text in time for time in proposal.times)}
    few = sorted(others, key=natural)[:4]
    return [f"not used in the names: {listed([*few, 'others'] if len(others) > 4 else few)}"] if few else []


def _everybody(dyads: Sequence[Mapping[str, str]], pairing: Pairing) -> list[str]:
    """Every person once: therapists, clients, and those whose role is not known."""
    members = [dyad[role] for role in ROLES for dyad in dyads]
    return [p for p in dict.fromkeys([*members, *(p for own in pairing.unsure.values() for p in own)]) if p]
