"""ELAN: annotation documents (.eaf) and their tab-delimited export, with or without a heading."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.etree import ElementTree

import numpy as np

from interbrain.coding.annotations import Annotation, CodingError, Export
from interbrain.coding.text import seconds

# Seconds that a unit of an annotation document lasts.
UNITS = {"milliseconds": 0.001, "PAL-frames": 0.04, "NTSC-frames": 1001 / 30_000}
SAVE_AGAIN = "Save it again in ELAN, or take the file from a backup."
# How the heading of a time column ends, whatever the language of the program.
FORMS = re.compile(r"(.*?) ?- ?(hh:mm:ss\.ms|ss\.msec|msec)", re.IGNORECASE)
DURATION = re.compile(r"dura|dauer|durée|durata|duur|längd|varighet", re.IGNORECASE)
WITH_END = "Export it again with the tier, the begin time and the end time (hh:mm:ss.ms) of each annotation."


def read_eaf(path: Path, text: str) -> Export:
    """Every annotation of an annotation document.

    Annotations that refer to others have the time of these; several that refer to one divide it evenly, as
    ELAN shows them. Time slots without a value are spread evenly between their neighbours on the tier.

    Raises
    ------
    CodingError
        It is damaged, or has times in a unit that is not known.
    """
    if "<!ENTITY" in text[:20_000]:
        raise CodingError("defines XML entities, which ELAN never writes", SAVE_AGAIN, where=path.name)
    try:
        # The declaration may name an encoding that the text no longer has.
        root = ElementTree.fromstring(re.sub(r"^\s*<\?xml[^>]*\?>", "", text))
    except ElementTree.ParseError as error:
        raise CodingError(f"is damaged ({error})", SAVE_AGAIN, where=path.name) from error
    header = root.find("HEADER")
    unit = "milliseconds" if header is None else header.get("TIME_UNITS", "milliseconds")
    if unit not in UNITS:
        raise CodingError(f"has times in {unit}", "Save it with times in milliseconds.", where=path.name)
    slots = {
        slot.get("TIME_SLOT_ID", ""): _number(slot.get("TIME_VALUE"), UNITS[unit], path)
        for slot in root.iterfind("TIME_ORDER/TIME_SLOT")
    }
    tiers = list(root.iterfind("TIER"))
    times: dict[str, tuple[float, float]] = {}
    for tier in tiers:
        times |= _aligned(tier, slots, path)
    _refer(tiers, times)
    annotations = []
    for tier in tiers:
        for one in tier.iterfind("ANNOTATION/*"):
            name = one.get("ANNOTATION_ID", "?")
            if name not in times:
                raise CodingError(f"annotation {name} has no time", SAVE_AGAIN, where=path.name)
            begin, end = times[name]
            annotations.append(
                Annotation(
                    begin,
                    round(end - begin, 9),
                    (one.findtext("ANNOTATION_VALUE") or "").strip(),
                    tier.get("TIER_ID", ""),
                    tier.get("PARTICIPANT", "").strip(),
                    tier.get("ANNOTATOR", "").strip(),
                    f"annotation {name}",
                )
            )
    return Export("ELAN", annotations, [tier.get("TIER_ID", "") for tier in tiers], _origins(root))


def _number(cell: str | None, unit_s: float, path: Path) -> float:
    """A time slot in seconds, NaN if it has no value of its own."""
    if cell is None:
        return float("nan")
    try:
        return round(float(cell) * unit_s, 9)
    except ValueError as error:
        raise CodingError(f'a time slot has the value "{cell}"', SAVE_AGAIN, where=path.name) from error


def _aligned(
    tier: ElementTree.Element, slots: dict[str, float], path: Path
) -> dict[str, tuple[float, float]]:
    """Begin and end of the annotations of a tier that have time slots."""
    named = []
    for one in tier.iterfind("ANNOTATION/ALIGNABLE_ANNOTATION"):
        own = [one.get(f"TIME_SLOT_REF{n}", "") for n in (1, 2)]
        if lost := [slot for slot in own if slot not in slots]:
            what = f"annotation {one.get('ANNOTATION_ID')} is at the time slot {lost[0]}, which is not there"
            raise CodingError(what, SAVE_AGAIN, where=path.name)
        named.append((one.get("ANNOTATION_ID", ""), *own))
    order = list(dict.fromkeys(slot for _, *own in named for slot in own))
    values = np.array([slots[slot] for slot in order])
    known = np.isfinite(values)
    if known.any():
        at = np.arange(len(values))
        values = np.interp(at, at[known], values[known])
    found = dict(zip(order, values.tolist(), strict=True))
    return {name: (found[first], found[last]) for name, first, last in named}


def _refer(tiers: Iterable[ElementTree.Element], times: dict[str, tuple[float, float]]) -> None:
    """Give annotations that refer to others their times, in place; those of untimed parents stay out."""
    waiting: dict[tuple[str, str], list[str]] = {}
    for tier in tiers:
        for one in tier.iterfind("ANNOTATION/REF_ANNOTATION"):
            key = tier.get("TIER_ID", ""), one.get("ANNOTATION_REF", "")
            waiting.setdefault(key, []).append(one.get("ANNOTATION_ID", ""))
    while ready := [key for key in waiting if key[1] in times]:
        for key in ready:
            begin, end = times[key[1]]
            own = waiting.pop(key)
            for number, name in enumerate(own):
                edges = [begin + (end - begin) * k / len(own) for k in (number, number + 1)]
                times[name] = edges[0], edges[1]


def _origins(root: ElementTree.Element) -> tuple[str, ...]:
    """A note where ELAN's timeline does not begin with its first video."""
    first = root.find("HEADER/MEDIA_DESCRIPTOR")
    origin = None if first is None else seconds(first.get("TIME_ORIGIN", ""))
    if not origin:
        return ()
    return (
        f"time 0 in ELAN is {origin / 1000:g} s after the beginning of its first video (TIME_ORIGIN): "
        "offset_s is when ELAN's time 0 was",
    )


def read_tab_export(path: Path, rows: Sequence[Sequence[str]]) -> Export:
    """Every annotation of a tab-delimited export.

    A row an annotation, with the tier, the participant if it was exported, begin, end, and the text; or a
    column a tier. With a heading, that says which column is which; without one, the forms of times do.

    Raises
    ------
    CodingError
        Begin and end cannot be separated, or a row has none.
    """
    table = [(number, list(row)) for number, row in enumerate(rows, 1)]
    table = [(n, row) for n, row in table if any(row) and not row[0].lstrip('"').startswith("#")]
    if not table:
        return Export("ELAN", [], [])
    width = max(len(row) for _, row in table)
    table = [(n, row + [""] * (width - len(row))) for n, row in table]
    heading = table[0][1]
    forms = [FORMS.fullmatch(cell) for cell in heading]
    if any(forms):
        times, units = _named_times(heading, path)
        others = [k for k, form in enumerate(forms) if not form]
        body = table[1:]
    else:
        times, units = _times_by_form([row for _, row in table], path)
        others = [k for k in range(width) if k not in units]
        body = table
    before = [k for k in others if k < times[0]]
    after = [k for k in others if k > times[0]]
    annotations, tiers = [], []
    for number, row in body:
        begin, end = (_time(row[k], units[k]) for k in times)
        if begin is None or end is None:
            what = f'its times are "{row[times[0]]}" and "{row[times[1]]}", which are not times'
            raise CodingError(what, WITH_END, where=f"{path.name}, row {number}")
        who = row[before[1]] if len(before) > 1 else ""
        # With the tier in a column of its own there is one text; else each column is a tier.
        texts = [(row[before[0]], row[after[-1]] if after else "")] if before else []
        if not texts and any(forms):
            texts = [(heading[k], row[k]) for k in after if row[k]]
        texts = texts or [("", row[after[-1]] if after else "")]
        for tier, text in texts:
            tiers.append(tier)
            annotations.append(Annotation(begin, round(end - begin, 9), text, tier, who, "", f"row {number}"))
    if not before and any(forms):
        tiers = [heading[k] for k in after]
    return Export("ELAN", annotations, list(dict.fromkeys(tiers)))


def _named_times(heading: Sequence[str], path: Path) -> tuple[tuple[int, int], dict[int, str]]:
    """The columns of begin and end, by a heading, and the form of each time column."""
    units: dict[int, str] = {}
    kinds: dict[str, list[int]] = {}
    for k, cell in enumerate(heading):
        if found := FORMS.fullmatch(cell):
            units[k] = found[2].lower()
            kinds.setdefault(found[1].strip().lower(), []).append(k)
    kinds = {name: own for name, own in kinds.items() if not DURATION.search(name)}
    if len(kinds) < 2:
        raise CodingError("its heading names no begin time and end time", WITH_END, where=path.name)
    begins, ends = list(kinds.values())[:2]
    return (begins[0], ends[0]), units


def _times_by_form(rows: Sequence[Sequence[str]], path: Path) -> tuple[tuple[int, int], dict[int, str]]:
    """The same where there is no heading."""
    forms = {
        "hh:mm:ss.ms": re.compile(r"\d+:\d\d:\d\d[.,]\d+"),
        "ss.msec": re.compile(r"\d+[.,]\d+"),
        "msec": re.compile(r"\d+"),
    }
    units: dict[int, str] = {}
    for k in range(1, len(rows[0])):
        cells = [row[k] for row in rows]
        units |= {k: next((form for form, ask in forms.items() if all(map(ask.fullmatch, cells))), "")}
    units = {k: form for k, form in units.items() if form}
    for form in forms:
        own = [k for k, of in units.items() if of == form]
        if len(own) < 2:
            continue
        begins, ends = ([_time(row[k], form) or 0.0 for row in rows] for k in own[:2])
        if all(begin <= end for begin, end in zip(begins, ends, strict=True)):
            return (own[0], own[1]), units
    what = "has no two columns that can be the begin time and the end time"
    raise CodingError(what, WITH_END, where=path.name)


def _time(cell: str, form: str) -> float | None:
    found = seconds(cell)
    return None if found is None else found / 1000 if form == "msec" else found
