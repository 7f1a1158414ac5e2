"""The demo's table of what is planted in its recordings."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TYPE_CHECKING

from interbrain.problems import Problem
from interbrain.simulate import ArtifactsError, faults_of
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems, row_schema
from interbrain.study.dyads_table import without_row
from interbrain.study.reading import numbered_rows

if TYPE_CHECKING:
    import pandas as pd

IN_EVENTS = "_in_events"  # after a band's name: the column of the sources' PLV within coded events


def check_simulation(
    planted: pd.DataFrame,
    used: Sequence[str],
    bands: Iterable[str],
    times: Sequence[str],
    name: str,
    tasks: Iterable[str] = (),
) -> list[Problem]:
    """What is wrong with the cells and rows; a column such as ``alpha_in_talk`` is a band in a task."""
    problems = []
    bands = list(bands)
    seen: dict[str, Hashable] = {}
    checker = cell_checker(
        "simulation",
        levels={"lost_time": ["", *times]},
        alike=dict.fromkeys(bands, "snr")
        | {f"{band}_in_{thing}": "snr" for band in bands for thing in tasks}
        | {f"{band}{IN_EVENTS}": "snr" for band in bands},
    )
    for row, p in numbered_rows(planted):
        where = f"{name}, row {row} ({p['dyad']})"
        if seen.setdefault(p["dyad"], row) != row:
            problems.append(Problem(where, f"{p['dyad']} is already in row {seen[p['dyad']]}"))
        problems += cell_problems(p, checker, where)
        for column in (f"{role}_artifacts" for role in ROLES):
            try:
                faults_of(p[column])
            except ArtifactsError as error:
                hint = row_schema("simulation")["properties"][column]["x-hint"]
                problems.append(Problem(where, f"{column}: {error.what}", hint))
    return problems + without_row(used, seen, name)
