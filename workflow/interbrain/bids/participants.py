"""The table of who took part: what a person is, and the dyad of a person who is in one.

Factors are not here: they are the encounters', even one that every therapist of a study keeps in all dyads.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

OLDEST_SHARED_AGE = 89


def participants_table(participants: pd.DataFrame, dyads: pd.DataFrame) -> tuple[pd.DataFrame, Mapping]:
    """What participants.tsv and participants.json hold.

    Parameters
    ----------
    participants : DataFrame
        participant, role, age, sex, handedness.
    dyads : DataFrame
        dyad, therapist, client; the included dyads only.
    """
    dyad_of = pd.concat([dyads.set_index(role)["dyad"] for role in ("therapist", "client")])
    table = pd.DataFrame(
        {
            "participant_id": "sub-" + participants["participant"],
            "species": "homo sapiens",
            "age": [_age(a) for a in participants["age"]],
            "sex": participants["sex"].replace("", "n/a"),
            "handedness": participants["handedness"].replace("", "n/a"),
            "dyad_id": [_only_dyad(dyad_of, person) for person in participants["participant"]],
            "role": participants["role"],
        }
    )
    described = {
        "species": {"Description": "Species"},
        "age": {
            "Description": f"Age; {OLDEST_SHARED_AGE} stands for {OLDEST_SHARED_AGE} and older",
            "Units": "year",
        },
        "sex": {
            "Description": "Sex as the study recorded it",
            "Levels": {"F": "female", "M": "male", "O": "other"},
        },
        "handedness": {"Description": "Handedness as the study recorded it"},
        "dyad_id": {
            "Description": "The dyad; n/a for a person in several dyads, who has one session for each of "
            "them, with the dyad's label"
        },
        "role": {
            "Description": "Role in the dyad",
            "Levels": {"therapist": "the therapist", "client": "the client"},
        },
    }
    return table, described


def _only_dyad(dyad_of: pd.Series, person: str) -> str:
    """The dyad of a person who is in one: a cell holds one label and never a list."""
    own = set(dyad_of[dyad_of.index == person])
    return own.pop() if len(own) == 1 else "n/a"


def _age(text: str) -> str:
    """Whole years, at most `OLDEST_SHARED_AGE`; what is no age is not shared."""
    try:
        years = float(str(text).replace(",", "."))
    except ValueError:
        return "n/a"
    return str(int(min(years, OLDEST_SHARED_AGE))) if years >= 0 else "n/a"
