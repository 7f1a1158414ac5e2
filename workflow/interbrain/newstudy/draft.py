"""A study that is about to be written: what its settings and tables will hold, as far as it is known."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd

from interbrain.newstudy.proposal import Proposal


@dataclass
class Draft:
    """What is known of a study before a person has filled anything in; None: nothing.

    Attributes
    ----------
    title : str or None
    raw_folder : Path or None
        The recordings, or the dataset.
    input : str
        As the setting: raw or bids.
    times : list of str or None
    factors : dict of str to list of str, or None
    line_frequency : float, dict or None
    triggers : mapping or None
        As the setting.
    triggers_said : str
        What must be known of it; empty if it is not asked for.
    questionnaires : dict or None
    covariates : list of str
    of_dyads : dict of str to dict of str to str
        Column of participants.tsv, in small letters -> dyad -> what both members have there.
    authors : list of str
        Of the dataset; empty if it names none.
    called : mapping role -> word
    cap_map_of : list of str
        Roles of which some recordings need a cap map.
    tables : dict of str to DataFrame
        Rows of dyads, recordings, participants and others.
    notes : dict of str to dict of int to list of str
        Of each table: place of a row -> what it leaves open.
    said : list of str
        How it was told.
    others : list of (path, why)
        Files that are in no row.
    n_files : int
        Recordings that were found.
    is_complete : bool
        Nothing is left to fill in: its tables need no explanations.
    """

    title: str | None = None
    raw_folder: Path | None = None
    input: str = "raw"
    times: list[str] | None = None
    factors: dict[str, list[str]] | None = None
    line_frequency: float | dict[str, float] | None = None
    triggers: Mapping | None = None
    triggers_said: str = ""
    questionnaires: dict[str, dict] | None = None
    covariates: list[str] = field(default_factory=list)
    of_dyads: dict[str, dict[str, str]] = field(default_factory=dict)
    authors: list[str] = field(default_factory=list)
    called: Mapping[str, str] = field(default_factory=dict)
    cap_map_of: list[str] = field(default_factory=list)
    tables: dict[str, pd.DataFrame] = field(default_factory=dict)
    notes: dict[str, dict[int, list[str]]] = field(default_factory=dict)
    said: list[str] = field(default_factory=list)
    others: list[tuple[str, str]] = field(default_factory=list)
    n_files: int = 0
    is_complete: bool = False

    @classmethod
    def of(cls, proposal: Proposal) -> Draft:
        """A draft with the tables of a proposal; its study has no factor and no questionnaire."""
        rows = proposal.rows
        recordings = pd.DataFrame(
            {
                "dyad": [row.dyad for row in rows],
                "time": [row.time for row in rows],
                "therapist_file": [row.therapist_file for row in rows],
                "client_file": [row.client_file for row in rows],
                "sync": ["auto"] * len(rows),
                **_where_any("start_s", [row.start_s for row in rows]),
                **_where_any("stop_s", [row.stop_s for row in rows]),
                **_where_any("therapist_channels", [row.therapist_channels for row in rows]),
                **_where_any("client_channels", [row.client_channels for row in rows]),
                "task": [row.task for row in rows],
            },
            dtype=str,
        )
        dyads = pd.DataFrame(proposal.dyads, columns=["dyad", "therapist", "client"], dtype=str)
        doubts = {n: [proposal.doubts[d]] for n, d in enumerate(dyads["dyad"]) if d in proposal.doubts}
        people = pd.DataFrame(proposal.people or {"participant": []}, dtype=str)
        return cls(
            times=proposal.times or None,
            factors={},
            questionnaires={},
            called=proposal.called,
            tables={"dyads": dyads, "recordings": recordings, "participants": people.fillna("")},
            notes={"dyads": doubts, "recordings": {n: row.notes for n, row in enumerate(rows) if row.notes}},
            said=proposal.said,
        )

    def put_into_words(self, words: Callable[[str], str]) -> None:
        """Say all that is said in other words, such as those of the script in place of make's."""
        self.said = [words(text) for text in self.said]
        self.others = [(path, words(why)) for path, why in self.others]
        self.notes = {
            name: {row: [words(note) for note in own] for row, own in of_table.items()}
            for name, of_table in self.notes.items()
        }

    @property
    def n_used(self) -> int:
        """Recordings that rows name."""
        table = self.tables.get("recordings", pd.DataFrame(columns=["therapist_file", "client_file"]))
        return len({*table["therapist_file"], *table["client_file"]} - {""})


def _where_any(column: str, cells: Sequence[str]) -> dict[str, Sequence[str]]:
    """A column, unless all of its cells are empty."""
    return {column: cells} if any(cells) else {}
