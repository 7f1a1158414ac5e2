"""A study's tables from a BIDS dataset of anybody: who sat with whom, by whichever convention it follows.

Reads names, participants.tsv and sidecars; of recordings, the header of one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd

from interbrain.bids.inheritance import RECORDING_SUFFIXES, read_sidecar, table_of
from interbrain.bids.sidecar_fields import lacking_in_sidecar
from interbrain.bids.tsv import is_missing, read_tsv
from interbrain.formats import FormatError
from interbrain.newstudy import NewStudyError
from interbrain.newstudy.about_people import about_pairs, about_people, prefixes_of
from interbrain.newstudy.bids_pairing import Paired, Recording, paired, recordings_in
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.from_recordings import tell_channels, triggers_of
from interbrain.newstudy.headers import FEWEST_PULSES, Header, read_header
from interbrain.newstudy.names import Name, read_name
from interbrain.newstudy.pairing import Pairing
from interbrain.newstudy.proposal import NO_ROLES, Proposal, assemble
from interbrain.newstudy.words import MEMBERS, Role
from interbrain.words import listed

NO_PAIRS = (
    "who sat with whom is not stated: neither in a column of participants.tsv (dyad_id, pair, partner ...), "
    "nor in SimultaneousRecordingWith, nor by ses- or acq- labels; fill in the tables of dyads and recordings"
)


def from_foreign_dataset(root: Path, role_words: Mapping[str, str], factors: Sequence[str]) -> Draft:
    """Make the tables of a study from a dataset that does not list its dyads as ours do.

    Raises
    ------
    NewStudyError
        It holds no EEG recording that can be used, or lacks a column that was asked for.
    """
    recordings = recordings_in(root)
    if not recordings:
        endings = ", ".join(f"_eeg{suffix}" for suffix in RECORDING_SUFFIXES)
        hint = f"Name a dataset with files that end in {endings}; a folder of other recordings is RAW=path."
        raise NewStudyError("holds no EEG recording of a BIDS dataset", hint, where=root)
    people = _participants(root)
    two_in_a_file = bool(_header(root / recordings[0].path).patterns)
    whose = paired(root, recordings, people, role_words, factors=factors, two_in_a_file=two_in_a_file)
    names = [_name(r, whose) for r in recordings]
    pairing = Pairing(whose.dyads, whose.people, list(whose.said), whose.unsure)
    proposal = assemble(names, pairing, [], first=False)
    _say_unpaired(proposal, whose)
    together = [row for row in proposal.rows if row.together]
    if whose.uses == "sub":
        if together:
            tell_channels(proposal, together, root, role_words)
        if not proposal.rows:
            proposal.said = [NO_PAIRS]
    together = [row for row in proposal.rows if row.together]
    draft = Draft.of(proposal)
    draft.raw_folder, draft.n_files, draft.others = root, len(recordings), list(proposal.unplaced)
    draft.input = "raw" if together else "bids"
    if together:
        draft.said.append("recordings of two people are converted like raw files (input: raw)")
    about = _object(root / "dataset_description.json")
    draft.title, draft.authors = about.get("Name") or None, _authors(about)
    draft.line_frequency = _mains(root, recordings)
    draft.triggers, draft.triggers_said = triggers_of(proposal, root, _header)
    described = _object(root / "participants.json")
    told: list[str] = []
    table = about_people(draft.tables["participants"], people, described, told)
    if whose.uses == "sub" and together:
        words = prefixes_of(proposal, role_words)
        files = {dyad["dyad"]: sorted(_subs(proposal, dyad["dyad"])) for dyad in proposal.dyads}
        table = about_pairs(table, proposal.dyads, files, people, described, words, told)
    draft.tables["participants"] = table
    draft.said += told + undescribed(root, [recording.path for recording in recordings])
    _add_factors(draft, proposal, people, factors)
    return draft


def _name(recording: Recording, whose: Paired) -> Name:
    """What the recording's entities say, but for those that say who sat with whom."""
    uses, role = whose.uses, whose.roles.get((recording.path, recording.sub), "")
    entities = [f"{e}-{value}" for e, value in recording.entities.items() if e not in ("sub", uses)]
    name = read_name("_".join([*entities, "eeg.vhdr"]))
    if uses != "ses" and "ses" in recording.entities and not (name.sessions or name.phases):
        name.words.append(recording.entities["ses"].lower())
    name.labels, name.letters, name.path = [], [], recording.path
    name.roles = [Role(role, whose.called.get(recording.sub, ""))] if role else []
    return name


def _say_unpaired(proposal: Proposal, whose: Paired) -> None:
    """Say, in the dataset's words, why a recording is no dyad's, and why it is not known who is who."""
    proposal.unplaced = [(path, whose.unpaired.get(path, why)) for path, why in proposal.unplaced]
    for dyad, word in whose.same_role.items():
        why = (
            f'both {listed(whose.unsure[dyad])} are "{word}" in participants.tsv, and a dyad has one of each '
            "role: correct it there and begin again, with THERAPIST=first if it does not matter who is who; "
            "or fill in the cells"
        )
        proposal.doubts[dyad] = why
        for row in proposal.rows:
            if row.dyad == dyad:
                row.notes = [why]
    if whose.same_role and set(whose.unsure) == set(whose.same_role):
        proposal.said = [text for text in proposal.said if not text.startswith(NO_ROLES)]
    known = {person["participant"] for person in proposal.people}
    unsure = [person for both in whose.unsure.values() for person in both if person not in known]
    proposal.people += [{"participant": person} for person in dict.fromkeys(unsure)]


def _header(path: Path) -> Header:
    """The header of a recording, with the dataset's events in place of those in the file."""
    header = read_header(path)
    try:
        table = table_of(path, "events.tsv")
        events = None if table is None else read_tsv(table)
    except FormatError:
        return header
    if events is None or "trial_type" not in events:
        return header
    counts = events["trial_type"].value_counts()
    often = [str(text) for text in counts.index[counts >= FEWEST_PULSES] if not is_missing(str(text))]
    return replace(header, annotations=often)


def _participants(root: Path) -> pd.DataFrame:
    """participants.tsv by the label of the person; without rows if there is none."""
    path = root / "participants.tsv"
    if not path.is_file():
        return pd.DataFrame(dtype=str)
    table = read_tsv(path, ["participant_id"])
    if table.empty:
        return pd.DataFrame(dtype=str)
    table.index = pd.Index(table["participant_id"].str.removeprefix("sub-"))
    return table[~table.index.duplicated()].map(lambda cell: "" if is_missing(cell) else cell)


def _add_factors(draft: Draft, proposal: Proposal, people: pd.DataFrame, asked: Sequence[str]) -> None:
    """Columns of participants.tsv that were asked for as factors, where both members have the same."""
    same = {
        c: _of_dyads(proposal, people[c])
        for c in people
        if c not in ("participant_id", "age", "sex", "handedness")
    }
    draft.of_dyads = same
    for factor in asked:
        if factor.lower() not in same:
            known = ", ".join(same) or "no further column"
            hint = f"participants.tsv has {known}. Give its levels, to fill in yourself: {factor}=this,that."
            raise NewStudyError(f"no column {factor} to make a factor of", hint, where="participants.tsv")
        cells = same[factor.lower()]
        draft.tables["dyads"][factor] = [cells.get(dyad) or "" for dyad in draft.tables["dyads"]["dyad"]]
        draft.factors = (draft.factors or {}) | {factor: sorted({c for c in cells.values() if c})}
    could = [
        c
        for c, cells in same.items()
        if c not in map(str.lower, asked)
        and all(cells.values())
        and 1 < len(set(cells.values())) <= 6
        and len(set(cells.values())) < len(cells)
    ]
    if could:
        draft.said.append(
            f"columns of participants.tsv that could be factors (FACTOR=name): {', '.join(could)}"
        )


def _of_dyads(proposal: Proposal, column: pd.Series) -> dict[str, str]:
    """The cell of each dyad, if its members have the same; empty otherwise. A dyad may be a participant."""
    found = {}
    for dyad in proposal.dyads:
        own = {column.get(dyad[role], "") for role in MEMBERS if dyad[role] in column.index}
        own = own or {column[label] for label in _subs(proposal, dyad["dyad"]) if label in column.index}
        found[dyad["dyad"]] = own.pop() if len(own) == 1 else ""
    return found


def _subs(proposal: Proposal, dyad: str) -> set[str]:
    files = {row.therapist_file for row in proposal.rows if row.dyad == dyad} - {""}
    return {Path(file).name.partition("_")[0].removeprefix("sub-") for file in files}


def _mains(root: Path, recordings: Sequence[Recording]) -> float | None:
    """The mains, Hz, as the first recording's sidecars have it."""
    try:
        found = read_sidecar(root / recordings[0].path).get("PowerLineFrequency")
    except FormatError:
        return None
    if isinstance(found, bool) or not isinstance(found, int | float) or not found > 0:
        return None
    return int(found) if float(found).is_integer() else found


def undescribed(root: Path, paths: Sequence[str]) -> list[str]:
    """What the sidecars of recordings lack, each thing once."""
    found: dict[str, list[str]] = {}
    for path in paths:
        try:
            lacking = lacking_in_sidecar(root / path, read_sidecar(root / path))
        except FormatError as error:
            lacking = str(error)
        if lacking:
            found.setdefault(lacking, []).append(path)
    return [
        f"{of[0]}{f' and {len(of) - 1} more' if len(of) > 1 else ''}: {lacking}; add it there, and see that "
        "line_frequency in config.yaml is that of the recordings"
        for lacking, of in found.items()
    ]


def _authors(description: Mapping) -> list[str]:
    """Who published the dataset, as it says."""
    found = description.get("Authors")
    return [str(author) for author in found if str(author).strip()] if isinstance(found, list) else []


def _object(path: Path) -> dict:
    """What a JSON file has; nothing if it is not there or is damaged."""
    try:
        found = json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
