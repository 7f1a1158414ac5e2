"""BORIS: aggregated events, and tabular events whose states begin and stop in rows of their own."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from interbrain.coding.annotations import Annotation, CodingError, Export
from interbrain.coding.text import seconds

NOBODY = "no focal subject"
MISSING = ("", "na", "nan", "n/a", "none")
PAIR = "In BORIS, correct the observation (a state needs a STOP for every START), and export it again."


def heading_of(rows: Sequence[Sequence[str]]) -> int | None:
    """The number of the row that names the columns of a BORIS export, None if there is none.

    Older tabular exports have lines on the observation above it.
    """
    for number, row in enumerate(rows[:200]):
        names = {cell.casefold() for cell in row}
        if names & {"behavior", "behaviour"} and names & {"start (s)", "time"}:
            return number
    return None


def read_boris(path: Path, rows: Sequence[Sequence[str]], first: int) -> Export:
    """Every event of an export; `first` is the row of the heading.

    Raises
    ------
    CodingError
        A time cannot be read, or a state begins and does not stop; with the row.
    """
    column = {cell.casefold(): k for k, cell in reversed(list(enumerate(rows[first])))}
    column.setdefault("behavior", column.get("behaviour", -1))
    body = [(number, row) for number, row in enumerate(rows[first + 1 :], first + 2) if any(row)]
    named = [(n, {name: (row[k] if k < len(row) else "") for name, k in column.items()}) for n, row in body]
    above = {row[0].casefold(): row[1] for row in rows[:first] if len(row) > 1}
    observation = above.get("observation id", "")
    read = _aggregated if "start (s)" in column else _tabular
    annotations = read(path, named, observation)
    return Export("BORIS", annotations, list(dict.fromkeys(one.tier for one in annotations)))


def _aggregated(path: Path, rows: Sequence[tuple[int, dict[str, str]]], observation: str) -> list[Annotation]:
    found = []
    for number, row in rows:
        begin = _seconds(row["start (s)"], path, number)
        stop = row.get("stop (s)", "")
        end = begin if stop.casefold() in MISSING else _seconds(stop, path, number)
        found.append(_event(row, begin, end, observation, number))
    return found


def _tabular(path: Path, rows: Sequence[tuple[int, dict[str, str]]], observation: str) -> list[Annotation]:
    """Events in the order of their beginnings; each STOP ends the START of the same behaviour and subject."""
    found: list[Annotation] = []
    running: dict[tuple[str, ...], tuple[int, float, dict[str, str]]] = {}
    for number, row in rows:
        status = (row.get("status") or row.get("behavior type") or "").upper()
        at = _seconds(row["time"], path, number)
        key = tuple(row.get(name, "") for name in ("observation id", "subject", "behavior"))
        if status == "START":
            if key in running:
                what = f"{key[-1]} begins again, and its START in row {running[key][0]} has no STOP"
                raise CodingError(what, PAIR, where=f"{path.name}, row {number}")
            running[key] = number, at, row
        elif status == "STOP":
            if key not in running:
                what = f"{key[-1]} stops, and has not begun"
                raise CodingError(what, PAIR, where=f"{path.name}, row {number}")
            began, begin, about = running.pop(key)
            found.append(_event(about, begin, at, observation, began))
        else:
            found.append(_event(row, at, at, observation, number))
    for key, (number, _, _) in running.items():
        raise CodingError(f"{key[-1]} begins and does not stop", PAIR, where=f"{path.name}, row {number}")
    return sorted(found, key=lambda one: one.onset_s)


def _event(row: dict[str, str], begin: float, end: float, observation: str, number: int) -> Annotation:
    who = row.get("subject", "")
    return Annotation(
        begin,
        round(end - begin, 9),
        row["behavior"],
        row.get("observation id", "") or observation,
        "" if who.casefold() == NOBODY else who,
        "",
        f"row {number}",
    )


def _seconds(cell: str, path: Path, number: int) -> float:
    found = seconds(cell)
    if found is None:
        hint = "In BORIS, export the events again, with times in seconds."
        raise CodingError(f'its time is "{cell}"', hint, where=f"{path.name}, row {number}")
    return found
