"""The cap maps: labels of an amplifier and the sites of the 10-20 system that they stand for."""

from __future__ import annotations

from collections.abc import Callable, Collection, Hashable, Mapping
from functools import cache, partial
from pathlib import Path

import pandas as pd

from interbrain.formats.channels import is_ignored, montage
from interbrain.problems import Problem
from interbrain.study.by_role import ROLES
from interbrain.study.columns import cell_checker, cell_problems
from interbrain.study.consistency import asked_channels
from interbrain.study.problems import did_you_mean
from interbrain.study.reading import numbered_rows
from interbrain.study.settings import Settings
from interbrain.study.tables import Tables
from interbrain.words import listed


def read_cap_maps(
    settings: Settings,
    tables: Tables,
    of_all: Mapping[str, str],
    recordings: pd.DataFrame | None,
    rows: pd.DataFrame,
    raw_folder: Path | None,
) -> dict[str, dict[str, str]]:
    """Every cap map that all recordings of a role, or some rows, name: table -> label -> site.

    Parameters
    ----------
    of_all : mapping role -> table
        The cap maps that config.yaml names; empty if none.
    recordings, rows : DataFrame
        The recordings table, and those of its rows that are used.
    raw_folder : Path or None
        Where the recordings are: if a cap map lacks a site that is asked for, they may have it under its own
        label. None: this has been looked at.
    """
    cap_maps: dict[str, dict[str, str]] = {}
    of_some = [cell for role in ROLES if len(rows) for cell in rows[f"{role}_cap_map"]]
    two_in_one_file = (
        recordings is not None and (recordings["therapist_file"] == recordings["client_file"]).any()
    )
    for path in dict.fromkeys(filter(None, [*of_all.values(), *of_some])):
        cap, name = tables.read(path, "cap_map", needs_rows=False)
        if cap is not None and cap.empty:
            cap_maps[path] = {}
            hint = "Add one row per electrode, or write cap_map: null (tables) in config.yaml."
            what = "the table has no rows: the labels in the recordings must be 10-20 names themselves"
            tables.found.take([], [Problem(name, what, hint)])
        elif cap is not None:
            cap_maps[path] = dict(zip(cap["label"], cap["channel"], strict=True))
            own = partial(_own_sites, path, cap_maps[path], of_all, rows, settings, raw_folder)
            found = check_cap_map(cap, asked_channels(settings), name, two_in_one_file, cache(own))
            tables.found.take(found)
    return cap_maps


def _own_sites(
    table: str,
    cap: Mapping[str, str],
    of_all: Mapping[str, str],
    rows: pd.DataFrame,
    settings: Settings,
    raw_folder: Path | None,
) -> set[str]:
    """Sites that every role's first recording with this cap map has; none if these cannot be read."""
    if settings.simulation or settings.input != "raw":
        return set()
    if raw_folder is None:
        return set(montage().values())
    found: list[set[str]] = []
    for role, partner in (ROLES, ROLES[::-1]):
        own = [row for row in rows.to_dict("records") if (row[f"{role}_cap_map"] or of_all[role]) == table]
        there = next((row for row in own if (raw_folder / row[f"{role}_file"]).is_file()), None)
        if there:
            file = raw_folder / there[f"{role}_file"]
            found.append(_sites_in(file, cap, there[f"{role}_channels"], there[f"{partner}_channels"]))
    return set.intersection(*found) if found else set()


def _sites_in(path: Path, cap: Mapping[str, str], pattern: str, partner_pattern: str) -> set[str]:
    from interbrain.formats.notes import noted
    from interbrain.formats.recording import read_recording

    try:
        with noted():
            raw = read_recording(
                path, channel_names=cap, pattern=pattern or None, partner_pattern=partner_pattern or None
            ).raw
    except Exception:  # what is wrong with a file is said where all are examined
        return set()
    kinds = zip(raw.ch_names, raw.get_channel_types(), strict=True)
    return {name for name, kind in kinds if kind == "eeg"}


def check_cap_map(
    cap: pd.DataFrame,
    asked: Mapping[str, list],
    name: str,
    two_in_one_file: bool = False,
    own_sites: Callable[[], Collection[str]] = set,
) -> list[Problem]:
    """The table itself, and whether it, or the recordings, have the channels that settings ask for.

    A site occurs twice only if one file holds two heads. What the map does not name, a recording may hold
    under its own label: `own_sites` gives these, and is called only where a site is lacking.
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
        lacking = [channel for channel in wanted if channel not in channels]
        if lacking := [channel for channel in lacking if channel not in own_sites()]:
            what = f"{listed(lacking)} {'are' if len(lacking) > 1 else 'is'} not in {name}"
            hint = (
                did_you_mean(lacking[0], channels) if len(lacking) == 1 else f"Known: {', '.join(channels)}."
            )
            problems.append(Problem(f"config.yaml, {setting}", what, hint))
    return problems
