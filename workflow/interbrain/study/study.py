"""The study in memory: the tables that passed every check, and what a job needs to know of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pandas as pd

from interbrain.problems import Problem
from interbrain.study.by_role import ROLES
from interbrain.study.coding_table import CodedEvents


@dataclass
class Study:
    """A study that can be run; its tables are not to be changed.

    Attributes
    ----------
    dyads : DataFrame
        dyad, therapist, client, one column a factor, exclude (the reason, or empty); one row a dyad.
    numbers : DataFrame
        dyad, and the further columns of the dyads table that the statistics name, as numbers; included dyads
        only. A number that is not known is missing.
    recordings : DataFrame
        dyad, time, run, task, row (in the spreadsheet), sync, start_s, stop_s, and of each role
        therapist_file, therapist_channels, therapist_scale, therapist_trigger, therapist_cap_map; included
        dyads and recordings that are used only, one row a dyad and time (as `times` calls them). Files are
        full paths; start_s and stop_s are s or missing; the channels are patterns or empty; the scale is a
        number or missing; the trigger is what
        `formats.read_triggers` takes; the cap map is empty unless it is not the role's.
    unused : mapping (dyad, time) -> reason
        Recordings that an included dyad lacks, or that are excluded, in the order of dyads and times.
    participants : DataFrame
        participant, role, age, sex, handedness, head_circumference_cm, as text; one row a person.
    scores : mapping questionnaire -> DataFrame
        dyad, one column a subscale, total, and missing_items where answers were scored; included dyads
        only. A score that rests on too few answers is missing.
    answers : mapping questionnaire -> DataFrame
        dyad and one column an item, as text; included dyads only. None of a table that holds scores.
    cap_maps : mapping table -> (mapping label -> 10-20 name)
        Every cap map of the study, by the table's path as the study names it.
    cap_tables : mapping role -> table
        Whose cap map is which, but for single recordings; empty: none.
    times : list of str
        The occasions in the order of their runs: the times or, of a time with several tasks, time_task.
    phases : mapping occasion -> time
        Of those that are called as time and task; empty where each time has one task.
    decisions : mapping (dyad, run, participant) -> list of dict
        What a person decided by hand, as `plain_decisions` gives it; the participant of windows is "".
    coded : CodedEvents
        Coded events of the recordings that are used.
    signals : mapping (dyad, run, role) -> list of dict
        Other signals of each member's recording, as `SignalsCheck.check` gives them.
    warnings : list of Problem
        What does not stop the study, but must be known.
    """

    dyads: pd.DataFrame
    recordings: pd.DataFrame
    participants: pd.DataFrame
    numbers: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["dyad"]))
    unused: dict[tuple[str, str], str] = field(default_factory=dict)
    scores: dict[str, pd.DataFrame] = field(default_factory=dict)
    answers: dict[str, pd.DataFrame] = field(default_factory=dict)
    cap_maps: dict[str, dict[str, str]] = field(default_factory=dict)
    cap_tables: dict[str, str] = field(default_factory=dict)
    times: list[str] = field(default_factory=list)
    phases: dict[str, str] = field(default_factory=dict)
    decisions: dict[tuple, list[dict]] = field(default_factory=dict)
    coded: CodedEvents = field(default_factory=CodedEvents)
    signals: dict[tuple[str, int, str], list[dict]] = field(default_factory=dict)
    warnings: list[Problem] = field(default_factory=list)

    @property
    def included(self) -> pd.DataFrame:
        return self.dyads[self.dyads["exclude"] == ""]

    # Asked many times for each job of the plan, hence looked up and not searched.
    @cached_property
    def _of_dyad(self) -> dict[str, list[dict]]:
        rows: dict[str, list[dict]] = {}
        for row in self.recordings.to_dict("records"):
            rows.setdefault(row["dyad"], []).append(row)
        return rows

    @cached_property
    def _recordings(self) -> dict[tuple, dict]:
        return {(dyad, row["run"]): row for dyad, rows in self._of_dyad.items() for row in rows}

    @cached_property
    def tasks(self) -> dict[int, str]:
        """Run -> its task, in the order of the runs."""
        runs = zip(self.recordings["run"], self.recordings["task"], strict=True)
        return dict(sorted((int(run), str(task)) for run, task in runs))

    @cached_property
    def _members(self) -> dict[tuple, str]:
        return {(row["dyad"], role): row[role] for row in self.dyads.to_dict("records") for role in ROLES}

    @cached_property
    def _levels(self) -> dict[str, dict[str, str]]:
        factors = self.dyads.columns.drop(["dyad", *ROLES, "exclude"])
        return dict(zip(self.dyads["dyad"], self.dyads[factors].to_dict("records"), strict=True))

    @cached_property
    def _people(self) -> dict[str, dict]:
        heads = zip(self.participants["participant"], self.participants["head_circumference_cm"], strict=True)
        return {p: {"participant": p, "head_circumference_cm": float(h) if h else None} for p, h in heads}

    @cached_property
    def _patterns(self) -> dict[str, dict[str, str]]:
        """In each file that several people share: pattern of channels -> whose they are."""
        patterns: dict[str, dict[str, str]] = {}
        for row in (row for rows in self._of_dyad.values() for row in rows):
            for role in ROLES:
                if pattern := row[f"{role}_channels"]:
                    of_file = patterns.setdefault(row[f"{role}_file"], {})
                    of_file.setdefault(pattern, self.member(row["dyad"], role))
        return patterns

    def channels(self, row: Mapping, role: str) -> dict[str, str | float | None]:
        """Which channels of its file are a member's, which are anybody else's, and at which scale they are.

        Parameters
        ----------
        row : mapping
            Of `recordings`.

        Returns
        -------
        channels : dict
            pattern, partner_pattern and scale, as `read_recording` takes them. In a file of three people the
            second holds the patterns of the two others.
        """
        person, partner = (self.member(row["dyad"], r) for r in (role, ROLES[role == ROLES[0]]))
        whose = self._patterns.get(row[f"{role}_file"], {})
        others = [pattern for pattern, who in whose.items() if who != person]
        others.sort(key=lambda pattern: whose[pattern] != partner)
        scale = row[f"{role}_scale"]
        return {
            "pattern": row[f"{role}_channels"] or None,
            "partner_pattern": ", ".join(others) or None,
            "scale": None if pd.isna(scale) else float(scale),
        }

    @property
    def runs(self) -> list[tuple[str, str, int]]:
        """Dyad, time and run of every recording: dyads in the order of the table, each one's by time."""
        found = self.recordings[["dyad", "time", "run"]].itertuples(index=False, name=None)
        place = {dyad: number for number, dyad in enumerate(dict.fromkeys(self.recordings["dyad"]))}
        return sorted(found, key=lambda one: (place[one[0]], one[2]))

    def recording(self, dyad: str, run: int | str) -> dict:
        """The row of one dyad and run (1 is the first of `times`)."""
        return self._recordings[dyad, int(run)]

    def member(self, dyad: str, role: str) -> str:
        """The participant who is `role` in `dyad`."""
        return self._members[dyad, role]

    def role(self, participant: str, dyad: str) -> str:
        """Who the participant is in `dyad`."""
        return ROLES[self.member(dyad, ROLES[0]) != participant]

    def cap_map(self, participant: str, dyad: str, run: int | str) -> dict[str, str]:
        """Label -> 10-20 name for one member's recording; empty if its labels are such names."""
        return self.cap_maps.get(self.cap_table(self.recording(dyad, run), self.role(participant, dyad)), {})

    def cap_table(self, row: Mapping, role: str) -> str:
        """The table in which the cap map of one member's recording is; empty if there is none."""
        return row[f"{role}_cap_map"] or self.cap_tables.get(role, "")

    def levels(self, dyad: str) -> dict[str, str]:
        """The dyad's level of each factor."""
        return self._levels[dyad]

    def encounter(self, participant: str, dyad: str, run: int | str) -> dict:
        """What one member's recording of one dyad and run is: whose, with whom, in which files.

        Returns
        -------
        encounter : dict
            raw: paths, first the one in the table, then the files it needs beside it; member: participant,
            role, head_circumference_cm, the patterns of its channels and the partner's, and the trigger
            channel; meeting: dyad, run, time, task, partner, factors. Plain values only.
        """
        row = self.recording(dyad, run)
        role = self.role(participant, dyad)
        other = ROLES[role == ROLES[0]]
        return {
            "raw": _with_companions(row[f"{role}_file"]),
            "member": {
                **self._people[participant],
                "role": role,
                **self.channels(row, role),
                "trigger_channel": row[f"{role}_trigger"]["channel"],
            },
            "meeting": {
                "dyad": dyad,
                "run": int(run),
                "time": row["time"],
                "task": row["task"],
                **({"phase": self.phases[row["time"]]} if row["time"] in self.phases else {}),
                "partner": self.member(dyad, other),
                "factors": self.levels(dyad),
            },
        }

    def session(self, dyad: str) -> list[dict]:
        """The dyad's recordings and how their clocks are tied: fields of `bids.timing.RunSources`."""
        return [
            {
                **{name: row[name] for name in ("run", "time", "sync")},
                **_block(row),
                **{
                    role: {
                        "participant": self.member(dyad, role),
                        "path": row[f"{role}_file"],
                        **self.channels(row, role),
                        "cap_map": self.cap_maps.get(self.cap_table(row, role), {}),
                        "triggers": row[f"{role}_trigger"],
                    }
                    for role in ROLES
                },
            }
            for row in self._of_dyad.get(dyad, [])
        ]

    def recorded(self, dyad: str) -> dict[str, dict]:
        """Whose each of a dyad's recordings is: fields of `bids.partners.Recorded`, by its run and role."""
        return {
            f"{row['run']}_{role}": {
                "dyad": dyad,
                "time": row["time"],
                "role": role,
                "participant": self.member(dyad, role),
                "path": row[f"{role}_file"],
                **_block(row),
            }
            for row in self._of_dyad.get(dyad, [])
            for role in ROLES
        }

    def signal(self, participant: str, dyad: str, run: int | str, label: str) -> dict:
        """One signal of a member's recording, by the label in its files' names; nothing of its row."""
        own = self.signals[dyad, int(run), self.role(participant, dyad)]
        (found,) = (signal for signal in own if signal["label"] == label)
        return {name: value for name, value in found.items() if name not in ("row", "exclude")}

    def auxiliary(self, participant: str, dyad: str, run: int | str) -> dict[str, str]:
        """Channels of a member's EEG file that the table of signals names: channel -> kind."""
        own = self.signals.get((dyad, int(run), self.role(participant, dyad)), [])
        return {c: s["kind"] for s in own if s["sync"] == "same_file" for c in s["channels"]}

    def recording_decisions(self, participant: str, dyad: str, run: int | str) -> list[dict]:
        """What a person decided about the channels and components of one member's recording.

        Returns
        -------
        decisions : list of dict
            what ("channel", "component"), item (its name), decision, by, reason; sorted by what and item.
        """
        return self.decisions.get((dyad, int(run), participant), [])

    def window_decisions(self, dyad: str, run: int | str) -> list[dict]:
        """What a person decided about the windows of one dyad and run.

        Returns
        -------
        decisions : list of dict
            what ("window"), item (its start, s on the therapist's clock, a float), decision, by, reason;
            sorted by item.
        """
        return self.decisions.get((dyad, int(run), ""), [])

    def raw_files(self, dyad: str) -> list[str]:
        """Every raw file of a dyad, each once."""
        named = [row[f"{role}_file"] for row in self._of_dyad.get(dyad, []) for role in ROLES]
        return list(dict.fromkeys(path for file in named for path in _with_companions(file)))

    def shared_scores(self, with_items: bool) -> dict[str, list[dict]]:
        """Rows of each questionnaire's table in bids/phenotype; item answers only if asked for."""
        if not with_items:
            return {name: table.to_dict("records") for name, table in self.scores.items()}
        with_answers = {
            name: table.merge(self.answers[name].replace("", "n/a"), on="dyad", validate="one_to_one")
            for name, table in self.scores.items()
            if name in self.answers
        }
        return {name: table.to_dict("records") for name, table in (self.scores | with_answers).items()}


def _block(row: Mapping) -> dict[str, float | None]:
    """Which stretch of its files a row of the recordings table takes, s; None: from the start, to the end."""
    return {name: None if pd.isna(row[name]) else float(row[name]) for name in ("start_s", "stop_s")}


def _with_companions(path: str) -> list[str]:
    """A recording's file, and the others of one that is kept in several, as far as they are there."""
    companions = {".vhdr": (".eeg", ".vmrk"), ".set": (".fdt",)}.get(Path(path).suffix.lower(), ())
    return [path, *(str(p) for p in map(Path(path).with_suffix, companions) if p.is_file())]
