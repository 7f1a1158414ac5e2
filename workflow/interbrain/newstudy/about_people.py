"""What a dataset's participants.tsv says of people, as the table of participants has it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import pandas as pd

from interbrain.newstudy.proposal import ROLES as MEMBERS
from interbrain.newstudy.proposal import Proposal
from interbrain.newstudy.words import ROLES, plain
from interbrain.study.ages import may_be_a_year_of_birth, unit_of, years_of
from interbrain.study.understood import WORDS, is_not_known, word_of
from interbrain.words import listed

# What participants.tsv calls what our table of participants has.
ABOUT = {
    "age": ("age", "age_years", "age_in_years", "age_months", "age_in_months"),
    "sex": ("sex", "gender"),
    "handedness": ("handedness", "hand"),
}
FEW = 4


def columns_about(columns: Iterable[str]) -> dict[str, str]:
    """Our column -> theirs, as far as it is there."""
    there = list(columns)
    found = {own: next((name for name in names if name in there), "") for own, names in ABOUT.items()}
    return {own: theirs for own, theirs in found.items() if theirs}


@dataclass
class Reader:
    """Reads the cells of one of our columns, and remembers what was not certain.

    Attributes
    ----------
    column : str
        age, sex or handedness.
    theirs : str
        What participants.tsv calls it.
    described : mapping
        What participants.json says of it.
    """

    column: str
    theirs: str
    described: Mapping
    left: dict[str, int] = field(default_factory=dict)
    n_read: int = 0

    def read(self, cell: str) -> str:
        """The cell in our spelling; empty if it is empty or not certain."""
        if not cell or is_not_known(cell):
            return ""
        found = self._age(cell) if self.column == "age" else self._word(cell)
        if found is None:
            self.left[cell] = self.left.get(cell, 0) + 1
            return ""
        self.n_read += 1
        return found

    @property
    def unit(self) -> float | None:
        """Years in a unit of their ages, as participants.json or the column's name states it."""
        stated = self.described.get("Units") or self.described.get("Unit")
        for text in (stated, self.theirs.replace("_", " "), self.described.get("Description")):
            if text and (unit := unit_of(str(text))) is not None:
                return unit
        return None

    def _age(self, cell: str) -> str | None:
        if self.unit is None and (self.described.get("Units") or may_be_a_year_of_birth(cell)):
            return None
        return years_of(cell, self.unit or 1.0)

    def _word(self, cell: str) -> str | None:
        levels = self.described.get("Levels")
        meaning = levels.get(cell) if isinstance(levels, Mapping) else None
        if isinstance(meaning, Mapping):
            meaning = meaning.get("Description")
        for text in (meaning, cell):
            word = word_of(self.column, str(text)) if text else ""
            if word in WORDS[self.column].values():
                return word
        return None

    def said(self) -> list[str]:
        """What must be known of the column; nothing if all was plain."""
        told = []
        if self.column == "age" and self.n_read:
            if self.unit is None:
                told.append("ages were taken as years, because participants.json states no unit")
            elif self.unit != 1:
                told.append(
                    f"ages ({self.theirs}) are not in years in the dataset, and were turned into years"
                )
        if self.left:
            cells = listed(
                [*(f'"{cell}"' for cell in list(self.left)[:FEW]), *["others"] * (len(self.left) > FEW)]
            )
            birth = " (a year of birth?)" if any(may_be_a_year_of_birth(cell) for cell in self.left) else ""
            n = sum(self.left.values())
            told.append(
                f"the {self.column} of {n} {'person' if n == 1 else 'people'} is left empty, because "
                f"{cells} in participants.tsv cannot be read with certainty{birth}"
            )
        return told


def reader_of(column: str, theirs: str, described: Mapping) -> Reader:
    """A reader of one column, with what participants.json says of it, in whatever capitals."""
    by_name = {str(key).casefold(): value for key, value in described.items()}
    about = by_name.get(theirs.casefold())
    return Reader(column, theirs, about if isinstance(about, Mapping) else {})


def about_people(
    table: pd.DataFrame, people: pd.DataFrame, described: Mapping, said: list[str]
) -> pd.DataFrame:
    """Age, sex and handedness of the persons whom a table names, in our spelling.

    Parameters
    ----------
    table : DataFrame
        participant.
    people : DataFrame
        participants.tsv by the label of the person.
    described : mapping
        participants.json.
    said : list of str
        What must be known of it is added.
    """
    table = table.copy()
    for own, theirs in columns_about(people).items():
        reader = reader_of(own, theirs, described)
        table[own] = [reader.read(str(people[theirs].get(person, ""))) for person in table["participant"]]
        said += reader.said()
    return table


def prefixes_of(proposal: Proposal, role_words: Mapping[str, str]) -> dict[str, str]:
    """Word -> role, of words for one of two people in a file: those of roles, and of their channels."""
    words = {word: role.role for word, role in ROLES.items()} | dict(role_words)
    for row in proposal.rows:
        for role, pattern in zip(MEMBERS, (row.therapist_channels, row.client_channels), strict=True):
            if word := plain(re.sub(r"[\W_]", "", pattern)):
                words[word] = role
    return words


def about_pairs(
    table: pd.DataFrame,
    dyads: Sequence[Mapping[str, str]],
    files: Mapping[str, Sequence[str]],
    people: pd.DataFrame,
    described: Mapping,
    words: Mapping[str, str],
    said: list[str],
) -> pd.DataFrame:
    """What columns such as `parent_age` say of two people who are one participant of the dataset.

    Parameters
    ----------
    files : mapping dyad -> labels of participants
        A dyad with one only.
    words : mapping word -> role
        As `prefixes_of` gives it.
    """
    columns = {name: about for name in people if (about := prefix_of(name))[1]}
    taken: dict[str, dict[str, str]] = {}  # our column -> role -> theirs
    for name, (prefix, own) in columns.items():
        role = words.get(prefix) or words.get(re.sub(r"^(person|participant|sub|p|member)", "", prefix), "")
        if role and taken.setdefault(own, {}).setdefault(role, name) != name:
            taken[own][role] = ""  # two columns for one role: neither is certain
    table = table.copy()
    used: list[str] = []
    for own, by_role in taken.items():
        for role, theirs in by_role.items():
            if not theirs or len(by_role) < len(MEMBERS):
                continue
            reader, used = reader_of(own, theirs, described), [*used, theirs]
            cells = {
                dyad[role]: reader.read(str(people[theirs].get(files[dyad["dyad"]][0], "")))
                for dyad in dyads
                if dyad[role] and len(files[dyad["dyad"]]) == 1
            }
            before = table[own] if own in table else pd.Series("", index=table.index)
            table[own] = [cells.get(p, b) for p, b in zip(table["participant"], before, strict=True)]
            said.append(f"{theirs} was read as the {role}'s {own}")
            said += [text.replace(f"the {own} of", f"{theirs} of") for text in reader.said()]
    if left := [name for name in columns if name not in used]:
        said.append(
            f"{listed(left)} of participants.tsv could be of either person in a file, and of whom is "
            "not stated: begin again with THERAPIST=word CLIENT=word, as the columns have them, or fill in "
            "the table of participants"
        )
    return table


def prefix_of(name: str) -> tuple[str, str]:
    """Who is meant by a column such as `parent_age`, and which of our columns it is; empty if it is none.

    Examples
    --------
    >>> prefix_of("parent_age"), prefix_of("person1_sex"), prefix_of("gender_c"), prefix_of("age")
    (('parent', 'age'), ('person1', 'sex'), ('c', 'sex'), ('', ''))
    """
    for own, names in ABOUT.items():
        what = "|".join(names)
        found = re.fullmatch(rf"([a-z]+[ _-]?\d*|\d+)[ _-]({what})|({what})[ _-]([a-z]+[ _-]?\d*|\d+)", name)
        if found and name not in names:
            return re.sub(r"[ _-]", "", found[1] or found[4]), own
    return "", ""
