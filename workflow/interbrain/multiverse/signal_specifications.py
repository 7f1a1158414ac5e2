"""All dyads' coordination under every combination of choices: tests of each, and what they say jointly.

Each question is asked of each signal by itself: whether there is coordination at all, who leads, and whether
groups differ in either. The tests are those of brains (`terms`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from zlib import crc32

import numpy as np
import pandas as pd

from interbrain.statistics.tasks import means_of_times, of_complete_dyads
from interbrain.tables.signal_multiverse import SIGNAL_JOINT, SIGNAL_SPECIFICATIONS

from .outcome import Outcome, outcome_of
from .signal_choices import CHOICES
from .specifications import dyad_table
from .terms import against_zero, as_table, term

ABOVE_CHANCE = "above_chance"
PLACE, KEYS = ["kind", *CHOICES], ["dyad", "time"]
NOT_RECORDED, NO_CHANCE = "the signal was not recorded", "no chance level"


def signal_specification_tables(
    variants: pd.DataFrame,
    recorded: pd.DataFrame,
    combinations: pd.DataFrame,
    *,
    times: Sequence[str],
    time: str,
    phases: Mapping[str, str] | None = None,
    between: Mapping[str, Sequence[str]],
    covariates: Sequence[str] = (),
    n_relabelings: int = 10_000,
    seed: Sequence[int] = (),
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """One test a signal, question, specification and what is tested, and the joint tests.

    Parameters
    ----------
    variants : DataFrame
        `signal_branch.signal_variants` of all dyads and runs, with dyad and time.
    recorded : DataFrame
        A row a dyad and time that enters: dyad, therapist, client, time, factors, covariates.
    combinations : DataFrame
        Of `signal_choices.signal_combinations`.
    times : sequence of str
        In their order; where tasks are crossed with times, all occasions.
    time : str
        How they enter the comparison of groups: mean, change or ancova. Against zero it is always the mean.
    phases : mapping occasion -> time, optional
        Where tasks are crossed with times: the mean over the tasks of each time enters, of dyads that have
        every one of them.
    between, covariates, n_relabelings, seed
        As `specifications.specification_tables`.

    Returns
    -------
    table, joint : DataFrame
        As `tables.signal_multiverse` declares them. What is tested is the value above chance.
    """
    numbered = combinations[PLACE].assign(number=np.arange(len(combinations)))
    found = numbered.merge(variants, on=PLACE, how="inner")  # where a measure has no window, neither has one
    values = found.pivot(index=KEYS, columns="number", values=ABOVE_CHANCE).astype(float)
    values = values.reindex(columns=numbered["number"])
    table = recorded.merge(values.reset_index(), on=KEYS, how="left")
    notes = _notes(found, table[KEYS], len(combinations))
    columns = list(values.columns)
    if phases:
        table = of_complete_dyads(table.assign(roi="all", band="all"), times)
        table = means_of_times(table, phases, [*columns, *covariates])
        notes = {number: _at_times(own, phases) for number, own in notes.items()}
        times = list(dict.fromkeys(phases.values()))
    dyads = dyad_table(table, [*between, *covariates])
    rows, joint = [], []
    for (kind, question), own in combinations.groupby(["kind", "question"], sort=False):
        outcomes = _Outcomes(table, notes, list(dyads["dyad"]), list(times), list(own.index))
        choices = own.drop(columns=["kind", "question"])
        keyed = [*seed, crc32(f"{kind} {question}".encode())]
        asked = [against_zero(ABOVE_CHANCE, dyads, choices, outcomes.entering("mean"), n_relabelings, keyed)]
        entering = outcomes.entering("mean" if time == "factor" else time) if between else []
        asked += [
            term(factor, dyads, choices, entering, between, covariates, n_relabelings, keyed)
            for factor in between
        ]
        about = {"kind": kind, "question": question}
        for found, together in asked:
            rows += [about | row for row in found]
            joint += [about | row for row in together]
    return as_table(rows, SIGNAL_SPECIFICATIONS.names), as_table(joint, SIGNAL_JOINT.names)


class _Outcomes:
    """What enters the tests of some of the combinations."""

    def __init__(
        self, table: pd.DataFrame, notes: Mapping, dyads: list[str], times: list[str], numbers: list[int]
    ) -> None:
        self.there = set(zip(table["dyad"], table["time"], strict=True))
        self.notes, self.dyads, self.times, self.numbers = notes, dyads, times, numbers
        full = pd.MultiIndex.from_product([dyads, times])
        self.values = table.set_index(KEYS)[numbers].reindex(full).to_numpy(float)

    def entering(self, time: str) -> list[Outcome]:
        """Of each combination, with the times as `time` lets them enter."""
        shape = (len(self.dyads), len(self.times))
        return [
            outcome_of(
                values.reshape(shape), self.notes.get(number, {}), self.there, time, self.dyads, self.times
            )
            for number, values in zip(self.numbers, self.values.T, strict=True)
        ]


def _notes(found: pd.DataFrame, recorded: pd.DataFrame, n: int) -> dict[int, dict[tuple, list[str]]]:
    """Of each combination, why a dyad has no value at a time."""
    known = found[found[ABOVE_CHANCE].isna()]
    said = {
        (row.number, row.dyad, row.time): [row.note if isinstance(row.note, str) and row.note else NO_CHANCE]
        for row in known[["number", *KEYS, "note"]].itertuples()
    }
    there = set(found[["number", *KEYS]].itertuples(index=False, name=None))
    return {
        number: {
            (dyad, time): said.get(
                (number, dyad, time), [] if (number, dyad, time) in there else [NOT_RECORDED]
            )
            for dyad, time in recorded.itertuples(index=False, name=None)
        }
        for number in range(n)
    }


def _at_times(notes: Mapping[tuple, list[str]], phases: Mapping[str, str]) -> dict[tuple, list[str]]:
    """The notes of all tasks of a time together."""
    found: dict[tuple, list[str]] = {}
    for (dyad, occasion), said in notes.items():
        if occasion in phases:
            own = found.setdefault((dyad, phases[occasion]), [])
            own += [one for one in said if one not in own]
    return found
