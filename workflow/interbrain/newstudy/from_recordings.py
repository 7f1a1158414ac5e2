"""A study's tables from a folder of recordings: names of files first, then the headers of a few."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pandas as pd

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.folder import files_below
from interbrain.newstudy.headers import Header, read_header, whose
from interbrain.newstudy.names import LABEL
from interbrain.newstudy.proposal import FIRST, NO_ROLES, Proposal, Row, asked_for, propose
from interbrain.newstudy.stretches import with_stretches
from interbrain.newstudy.told_apart import words_apart, words_exchanged
from interbrain.newstudy.words import MEMBERS
from interbrain.words import listed

MOST_MARKS = 12  # of a recording; more are no stretches
MOST_LOOKED_AT = 12  # dyads whose labels are read


def from_recordings(folder: Path, role_words: Mapping[str, str] | None = None) -> Draft:
    """Propose the tables of a study from a folder of recordings, which stay where they are.

    Parameters
    ----------
    folder : Path
    role_words : mapping word -> role, optional
        As `propose` takes it.

    Raises
    ------
    NewStudyError
        There is no such folder, it is a BIDS dataset, or it holds no recording.
    """
    role_words = {word.casefold(): role for word, role in (role_words or {}).items()}
    if not folder.is_dir():
        raise NewStudyError("no such folder", "Name the folder of the recordings.", where=folder)
    if (folder / "dataset_description.json").is_file():
        hint = "Name it as one: BIDS=path in place of RAW=path (--bids in place of --raw)."
        raise NewStudyError("is a BIDS dataset", hint, where=folder)
    files = files_below(folder)
    if not files.recordings:
        hint = "Name the folder that holds them; its subfolders are searched as well."
        raise NewStudyError("holds no recording that Interbrain reads", hint, where=folder)
    proposal = propose(files.recordings, role_words)
    if proposal.without_role:
        proposal = two_meetings(proposal, files.recordings, folder, role_words)
    together = [row for row in proposal.rows if row.together]
    if together:
        tell_channels(proposal, together, folder, role_words)
    proposal.rows, of_stretches = with_stretches(proposal.rows, lambda file: read_header(folder / file).marks)
    proposal.said += [of_stretches] if of_stretches else []
    if not any(row.task for row in proposal.rows) and proposal.rows:
        proposal.said.append(
            "the names contain no task: the column task is empty, which means silent rest; fill it in "
            "(therapy, talk ...) if it was something else"
        )
    draft = Draft.of(proposal)
    draft.raw_folder = folder
    draft.n_files = len(files.recordings)
    draft.others = [*files.others, *proposal.unplaced]
    draft.triggers, draft.triggers_said = triggers_of(proposal, folder)
    draft.said += beside_the_eeg(proposal, folder, marks=not of_stretches)
    labels, draft.cap_map_of, differing = cap_labels(proposal, folder)
    draft.said += differing
    if labels:
        draft.tables["cap_map"] = pd.DataFrame({"label": labels, "channel": ""}, dtype=str)
        whose_channels = (
            f"the {draft.cap_map_of[0]}s' channels" if len(draft.cap_map_of) == 1 else "the channels"
        )
        draft.said.append(
            f"{whose_channels} ({labels[0]}, ...) have no 10-20 names: write which is which into the cap "
            "map, whose column label is filled in"
        )
    return draft


def two_meetings(
    proposal: Proposal, files: Sequence[str], folder: Path, role_words: Mapping[str, str]
) -> Proposal:
    """Propose anew where the two files of a dyad and time have two people each: their labels are sessions.

    Without labels (`S1` and `S2`) that can be sessions, it is only said that neither file is one person's.
    """
    pair = proposal.without_role[0]
    headers = [read_header(folder / file) for file in pair]
    if not all(header.patterns for header in headers):
        return proposal
    what = f"{listed(headers[0].patterns)}: each file has the channels of two people"
    apart = words_apart(proposal.without_role)
    labels = [LABEL.fullmatch(word.casefold()) for word in apart or ()]
    letters = {label[1] if label and not label[3] else "" for label in labels}
    prefix = letters.pop() if len(letters) == 1 else ""
    if not (apart and prefix):
        proposal.said = [text for text in proposal.said if not text.startswith(NO_ROLES)]
        proposal.said.append(
            f"{what}, so that {listed(Path(file).name for file in pair)} are two recordings of a dyad and "
            "not those of its two people: write each into a row of its own, with another time"
        )
        return proposal
    again = propose(files, role_words, meetings=prefix)
    again.said.append(f"{what}, so {listed(apart)} were read as two sessions and not as two people")
    return again


def tell_channels(
    proposal: Proposal, together: list[Row], folder: Path, role_words: Mapping[str, str]
) -> None:
    """Whose channels are whose in files that both members share, from the header of the first that is read.

    A file that is of one person is nobody's: no name says of whom.
    """
    header = next(
        (h for row in together if not (h := read_header(folder / row.therapist_file)).unreadable), None
    )
    if header is None:
        for row in together:
            row.notes.append("no header could be read: whose channels are whose?")
        _suggest_roles(proposal, together)
        return
    if not header.patterns:
        _of_one_person(proposal, together)
        return
    others = other_patterns(together, folder, header.patterns)
    proposal.said += _said_of_others(others, header.patterns)
    found = whose(header.patterns, role_words)
    if not found and FIRST in role_words:
        found = dict(zip(MEMBERS, header.patterns, strict=True))
    for row in together:
        if found and row.dyad not in others:
            row.therapist_channels, row.client_channels = (found[role] for role in MEMBERS)
        else:
            patterns = others.get(row.dyad, header.patterns)
            row.notes.append(f"{listed(patterns) or 'its channels'}: which are the therapist's channels?")
    if found:
        taken = listed(f"{found[role]} are the {role}'s" for role in MEMBERS)
        proposal.said.append(f"both members are in one file; of its channels, {taken}")
    else:
        words = [re.sub(r"[\W_]", "", pattern) or "first" for pattern in header.patterns]
        proposal.said.append(
            "both members are in one file, and whose channels are whose is not stated. Begin again with "
            f"THERAPIST={words[0]} CLIENT={words[1]} (or the other way round), or fill in the two columns"
        )


def _of_one_person(proposal: Proposal, together: list[Row]) -> None:
    """Take back that single files are of both members: their channels are those of one."""
    alone = {id(row) for row in together}
    proposal.rows = [row for row in proposal.rows if id(row) not in alone]
    why = "its name contains no role, and its channels are not those of two people"
    proposal.unplaced += [(row.therapist_file, why) for row in together]
    left = {row.dyad for row in proposal.rows}
    gone = {person for dyad in proposal.dyads if dyad["dyad"] not in left for person in dyad.values()}
    proposal.dyads = [dyad for dyad in proposal.dyads if dyad["dyad"] in left]
    proposal.people = [person for person in proposal.people if person["participant"] not in gone]
    proposal.times = [time for time in proposal.times if any(row.time == time for row in proposal.rows)]
    _suggest_roles(proposal, together)


def _suggest_roles(proposal: Proposal, alone: list[Row]) -> None:
    """Say which words of the names may be those of two people, though none is known as one."""
    pairs = words_exchanged([row.therapist_file for row in alone])
    if pairs:
        people = ", or ".join(f"{one} and {other}" for one, other in pairs) + "," * (len(pairs) > 1)
        asked = ", or with ".join(asked_for(*words) for words in pairs)
        proposal.said.append(
            f"no word in the names is known as a role. Perhaps {people} are the two people of a dyad: then "
            f"begin again with {asked} (or the other way round)"
        )


def beside_the_eeg(proposal: Proposal, folder: Path, *, marks: bool = True) -> list[str]:
    """Signals in each member's first recording of each format, and `marks` in the therapist's first.

    Only what no table has yet is said, and which table it belongs in.
    """
    firsts: dict[tuple[str, str], str] = {}
    for row in proposal.rows:
        for role, file in (("therapist", row.therapist_file), ("client", row.client_file)):
            if file:
                firsts.setdefault((Path(file).suffix.lower(), role), file)
    headers = {file: read_header(folder / file) for file in dict.fromkeys(firsts.values())}
    having = [f"{Path(f).name} also has {listed(own.signals)}" for f, own in headers.items() if own.signals]
    said = []
    if having:
        said.append(
            f"{'; '.join(having)}: to analyse them beside the EEG, name them in config/signals.tsv, and this "
            "table in config.yaml (docs/signals.md)"
        )
    file, header = next(iter(headers.items()), ("", Header()))
    if marks and 1 < len(header.marks) <= MOST_MARKS:
        shown = listed(f'"{text}" at {onset:.0f} s' for text, onset in header.marks)
        said.append(
            f"{Path(file).name} has the marks {shown}: if rest and talk are stretches of one file, each "
            "stretch needs a row of its own in config/recordings, with time, task, start_s and stop_s "
            "(docs/howto/add-a-task.md)"
        )
    return said


def looked_at(rows: Sequence[Row]) -> list[Row]:
    """The first row of each dyad and format with both files; of many some, the first and last among them.

    A header of an XDF file takes as long as the file: of these, the first alone.
    """
    of_dyad: dict[tuple[str, str], Row] = {}
    for row in rows:
        if row.therapist_file and row.client_file:
            of_dyad.setdefault((row.dyad, Path(row.therapist_file).suffix.lower()), row)
    xdf = [key for key in of_dyad if key[1] == ".xdf"]
    firsts = [row for key, row in of_dyad.items() if key not in xdf[1:]]
    step = max((len(firsts) - 1) / (MOST_LOOKED_AT - 1), 1)
    return [firsts[round(n * step)] for n in range(min(len(firsts), MOST_LOOKED_AT))]


def other_patterns(
    together: Sequence[Row], folder: Path, patterns: Sequence[str]
) -> dict[str, Sequence[str]]:
    """Dyads whose file has the channels of its two people under other labels than that of the first dyad."""
    headers = {row.dyad: read_header(folder / row.therapist_file) for row in looked_at(together)[1:]}
    return {
        dyad: header.patterns
        for dyad, header in headers.items()
        if not header.unreadable and list(header.patterns) != list(patterns)
    }


def _said_of_others(others: Mapping[str, Sequence[str]], patterns: Sequence[str]) -> list[str]:
    """That the dyads of `other_patterns` have channels of their own."""
    if not others:
        return []
    dyads = (f"{dyad} ({listed(own) or 'not told apart'})" for dyad, own in others.items())
    return [
        f"the channels of two people have other labels in {listed(dyads)} than {listed(patterns)}: fill in "
        "therapist_channels and client_channels there, and look at the other dyads"
    ]


def cap_labels(proposal: Proposal, folder: Path) -> tuple[list[str], list[str], list[str]]:
    """Labels that a cap map has to explain, empty if they are sites; whose they are; how dyads differ."""
    dyads: dict[tuple[str, ...], list[str]] = {}
    roles: set[str] = set()
    for row in looked_at(proposal.rows):
        headers = [read_header(folder / file) for file in (row.therapist_file, row.client_file)]
        if not any(header.unreadable for header in headers):
            labels = tuple(dict.fromkeys(label for header in headers for label in header.unplaced))
            dyads.setdefault(labels, []).append(row.dyad)
            roles |= {role for role, header in zip(MEMBERS, headers, strict=True) if header.unplaced}
    first = next(iter(dyads), ())
    whole = dict.fromkeys(label for labels in dyads for label in labels) if first else {}
    needing = [role for role in MEMBERS if role in roles]
    return list(whole), needing, _differing_labels(dyads, needing)


def _differing_labels(dyads: Mapping[tuple[str, ...], Sequence[str]], roles: Sequence[str]) -> list[str]:
    """What dyads of other labels than the first need; `dyads` has them by the labels that are no sites.

    `roles` are those of which some recordings need a cap map.
    """
    if len(dyads) < 2:
        return []
    (first, its_dyads), *others = dyads.items()
    with_sites = dyads.get((), [])
    have = f"{', '.join(with_sites)} {'has' if len(with_sites) == 1 else 'have'} 10-20 names"
    columns = listed(f"{role}_cap_map" for role in roles)
    to_do = f"{columns} of their rows (docs/recordings.md#channels)"
    if len(roles) == 1:
        (other,) = (role for role in MEMBERS if role not in roles)
        have += f", as do the {other}s of the other dyads"
    if not first:
        without = ", ".join(dyad for _, own in others for dyad in own)
        labels = ", ".join(others[0][0][:3])
        return [
            f"{have}, but not {without} ({labels}, ...): write a cap map for these, and name it in {to_do}"
        ]
    said = []
    for theirs, own in others:
        if new := [label for label in theirs if label not in first]:
            said.append(
                f"{', '.join(own)}: other labels than {its_dyads[0]} ({', '.join(new[:3])}, ...), which are "
                "in the cap map as well; where a label stands for two sites, name a cap map of their own in "
                f"{to_do}"
            )
    if with_sites:
        said.append(
            f"{have}: write cap_map: null (config.yaml), and name the cap map of the other dyads in {to_do}"
        )
    return said


def triggers_of(
    proposal: Proposal, folder: Path, header_of: Callable[[Path], Header] = read_header
) -> tuple[Mapping | None, str]:
    """The setting `triggers`, from the headers of one recording of each role, and how far to trust it."""
    separate = [row for row in proposal.rows if row.therapist_file and row.client_file and not row.together]
    if not separate:
        return None, "not needed for two people in one file"
    first = separate[0]
    files = {"therapist": first.therapist_file, "client": first.client_file}
    headers = {role: header_of(folder / file) for role, file in files.items()}
    told = {role: _trigger(header) for role, header in headers.items()}
    same_name = len({Path(file).name for file in files.values()}) == 1
    shown = {role: file if same_name else Path(file).name for role, file in files.items()}
    looked = listed(shown.values())
    if unread := [
        f"{shown[role]} cannot be read ({h.unreadable})" for role, h in headers.items() if h.unreadable
    ]:
        return None, f"not known, as {listed(unread)}: if there was one, name it"
    if not all(told.values()):
        return None, f"none was found in {looked}: if there was one, name it"
    same = told["therapist"] == told["client"]
    return (told["therapist"] if same else told), f"proposed from {looked}: see that these are shared pulses"


def _trigger(header: Header) -> dict[str, str]:
    if len(header.channels) == 1:
        return {"channel": header.channels[0]}
    if not header.channels and len(header.annotations) == 1:
        return {"annotation": header.annotations[0]}
    return {}
