"""Files whose names have another dyad, person, role or time than the row that names them.

Knows names only; what is in the files is the doctor's business.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

from interbrain.problems import Problem
from interbrain.study.by_role import ROLES

# Names hold labels of a kind as a habit if so many of the files have their own.
HABIT = 0.5
# Words that tell the members' files apart are in so many names of one of them, of so many rows at least.
NEARLY_ALL, FEWEST_ROWS = 0.8, 5
EXCHANGED = "the files of the two members are named the other way round than in other rows"


def misplaced_files(
    rows: Iterable[Mapping], people: Mapping[tuple[str, str], str], times: Sequence[str], name: str
) -> list[Problem]:
    """A warning for each file whose name contradicts its row.

    Parameters
    ----------
    rows : iterable of mapping
        Of the recordings table, those that are used, with its number as `row`.
    people : mapping (dyad, role) -> person
    times : sequence of str
        Every time of the study.
    name : str
        The table's.

    Notes
    -----
    A name contradicts its row if it has another label of a kind and not the row's own. Of dyads, persons and
    times this counts only where at least half of the files have their own; a role's word always does. A file
    that several rows name, as that of a whole session, is nobody's alone.
    """
    rows = list(rows)
    used = Counter(row[f"{role}_file"] for row in rows for role in ROLES)
    files = [
        (row, role, row[f"{role}_file"])
        for row in rows
        for role in ROLES
        if row[f"{role}_file"] and used[row[f"{role}_file"]] == 1
    ]
    known = {
        "dyad": {dyad for dyad, _ in people},
        "person": set(people.values()),
        "role": ROLES,
        "time": times,
    }
    longest = max(len(_words(label)) for labels in known.values() for label in labels)
    in_names = {file: _phrases(file, longest) for _, _, file in files}
    found: dict[tuple[int, str], Problem] = {}
    for kind, labels in known.items():
        spelt = {" ".join(_words(label)): label for label in sorted(labels, reverse=True) if label}
        named = []
        for row, role, file in files:
            own = (
                people.get((row["dyad"], role), "")
                if kind == "person"
                else role
                if kind == "role"
                else row[kind]
            )
            named.append((row, role, file, own, in_names[file] & spelt.keys()))
        is_habit = sum(" ".join(_words(own)) in there for *_, own, there in named) >= HABIT * len(files)
        for row, role, file, own, there in named if is_habit or kind == "role" else ():
            if not there or " ".join(_words(own)) in there or (row["row"], role) in found:
                continue
            found[row["row"], role] = Problem(
                f"{name}, row {row['row']} ({row['dyad']})",
                f'{role}_file is {file}, whose name has "{spelt[min(there)]}" and not "{own}"',
                "If it is the right file, nothing needs to be done; if not, correct the row.",
                kind=f"the name of a file has another {kind} than its row",
                shared=f"the name of {role}_file has another {kind} than its row",
            )
    for row in _exchanged(files):
        if (row["row"], "therapist") not in found and (row["row"], "client") not in found:
            found[row["row"], "therapist"] = Problem(
                f"{name}, row {row['row']} ({row['dyad']})",
                f"therapist_file is {row['therapist_file']} and client_file {row['client_file']}: in other "
                "rows such names are the other way round",
                "If they are the right files, nothing needs to be done; if not, exchange them.",
                kind=EXCHANGED,
                shared=EXCHANGED,
            )
    return [found[where] for where in sorted(found)]


def _exchanged(files: Sequence[tuple[Mapping, str, str]]) -> list[Mapping]:
    """Rows in which the words that tell the members' files apart everywhere else are exchanged."""
    words: dict[str, list[set[str]]] = {
        role: [set(_words(f)) for _, r, f in files if r == role] for role in ROLES
    }
    if min(map(len, words.values())) < FEWEST_ROWS:
        return []

    names = {role: Counter(word for there in own for word in there) for role, own in words.items()}

    def share(word: str, role: str) -> float:
        return names[role][word] / len(words[role])

    every = names["therapist"].keys() | names["client"].keys()
    one, other = ROLES
    typical = {
        role: {w for w in every if share(w, role) >= NEARLY_ALL and share(w, its) <= 1 - NEARLY_ALL}
        for role, its in ((one, other), (other, one))
    }
    rows = {row["row"]: row for row, _, _ in files}
    in_row = {(row["row"], role): set(_words(file)) for row, role, file in files}
    return [
        row
        for number, row in rows.items()
        if all(
            in_row.get((number, role), set()) & typical[its] and not in_row[number, role] & typical[role]
            for role, its in ((one, other), (other, one))
        )
    ]


def _words(text: str) -> list[str]:
    """Letters and digits that stand together, in lower case."""
    return re.findall(r"[^\W_]+", text.lower())


def _phrases(file: str, longest: int) -> set[str]:
    """The words of a path, and what up to `longest` of them make in a row: a label may have a dash in it."""
    words = _words(file)
    return {" ".join(words[i : i + n]) for n in range(1, longest + 1) for i in range(len(words) - n + 1)}
