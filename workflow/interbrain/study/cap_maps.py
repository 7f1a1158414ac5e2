"""The cap maps: labels of an amplifier and the sites of the 10-20 system that they stand for."""

from __future__ import annotations

from collections.abc import Hashable, Mapping

import pandas as pd

from interbrain.formats.channels import is_ignored
from interbrain.problems import Problem
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.problems import did_you_mean
from interbrain.study.reading import numbered_rows
from interbrain.words import listed


def check_cap_map(
    cap: pd.DataFrame, asked: Mapping[str, list], name: str, two_in_one_file: bool = False
) -> list[Problem]:
    """The table itself, and whether it has the channels that settings ask for.

    A site occurs twice only if one file holds two heads.
    """
    problems, checker = [], cell_checker("cap_map")
    seen: dict[tuple[str, str], Hashable] = {}
    for row, c in numbered_rows(cap):
        problems += cell_problems(c, checker, f"{name}, row {row}")
        for column, cell in ((column, c[column]) for column in ("label", "channel")):
            if not cell or (column == "channel" and is_ignored(cell)):
                continue
            again = seen.setdefault((column, cell), row) != row
            if again and not (column == "channel" and two_in_one_file):
                what = f"{column} {cell} is already in row {seen[column, cell]}"
                problems.append(Problem(f"{name}, row {row}", what))
    channels = [cell for column, cell in seen if column == "channel"]
    # A map that leaves channels out and names none of these says nothing of them: the files must have them.
    if not {channel for wanted in asked.values() for channel in wanted} & set(channels):
        asked = {} if len(channels) < len(cap) else asked
    for setting, wanted in asked.items():
        if lacking := [channel for channel in wanted if channel not in channels]:
            what = f"{listed(lacking)} {'are' if len(lacking) > 1 else 'is'} not in {name}"
            hint = (
                did_you_mean(lacking[0], channels) if len(lacking) == 1 else f"Known: {', '.join(channels)}."
            )
            problems.append(Problem(f"config.yaml, {setting}", what, hint))
    return problems
