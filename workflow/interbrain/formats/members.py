"""Whose a channel is, where several people are in one file.

Not here: what a channel is called in the 10-20 system (`channels`).
"""

import re
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path

from interbrain.formats import FormatError
from interbrain.formats.channels import LEAST_OF_ONE_KIND, SHARED, listed_names, montage, site_name
from interbrain.formats.notes import note

REST = "*"  # alone in its cell: whatever is no one else's
TO = r"\s*(?:-|–|\.\.|\bto\b)\s*"
NUMBERS = re.compile(rf"(.*?)(\d+){TO}(.*?)(\d+)", re.IGNORECASE)  # 1-12, Ch1-Ch12, EEG 001-012
LABELS = re.compile(rf"(.+?){TO}(.+)", re.IGNORECASE)
ENDS = re.compile(r"(first|last)\s+(\d+)", re.IGNORECASE)
# What a spreadsheet makes of 1-12: 12-Jan, Jan-12, 2024-01-12 00:00:00, 12.01.2024.
DATE = re.compile(
    r"\d{1,2}[.\- ]+[a-z]{3,4}|[a-z]{3,4}[.\- ]+\d{1,2}|\d{4}-\d\d-\d\d( .*)?|\d\d?([./])\d\d?\2\d{4}"
)
MONTHS = re.compile("jan|feb|mar|mär|apr|ma[iy]|jun|jul|aug|sep|o[ck]t|nov|de[cz]")


def check_pattern(pattern: str, partner: str | None = None) -> tuple[str, str] | None:
    """What is wrong with the cell that says which channels are a person's, for a person; None if nothing is.

    Parameters
    ----------
    pattern : str
        Items with commas or semicolons between them: a label with one `*`, a number, a range of numbers or
        labels, "first 72" or "last 72" (without triggers and counters), or a label; or `*` alone: what is not
        the partner's.
    partner : str, optional
        The same of the partner.

    Returns
    -------
    tuple of (str, str), or None
        What is wrong, and what to do.
    """
    items = _items(pattern)
    if not items:
        return "names no channel", "Write for example sub1_*, 1-12 or F3, F4, Cz."
    if _is_date(pattern):
        hint = "Give the column the format Text, or write 1..12."
        return "is a date, which a spreadsheet makes of 1-12", hint
    if items == [REST]:
        if partner and _items(partner) != [REST]:
            return None
        hint = "Write what only this person's channels have, as in sub1_* or *_S2."
        return "takes every channel", hint
    if REST in items:
        return "takes every channel", "Write * alone (what is not the partner's), or leave it out."
    alone = len(items) == 1 and not any(kind.fullmatch(items[0]) for kind in (NUMBERS, LABELS, ENDS))
    if any(item.count("*") > 1 for item in items) or (
        alone and "*" not in pattern and not pattern.strip().isdigit()
    ):
        return "needs exactly one *, which stands for the channel's label, as in sub1_* or *_S2", ""
    for item in items:
        if (found := NUMBERS.fullmatch(item)) and not found[1] and not found[3]:
            if not 1 <= int(found[2]) <= int(found[4]):
                hint = "Channels count from 1, and the smaller number comes first."
                return f"has the range {item}", hint
        elif item.isdigit() and int(item) == 0:
            return "has the channel 0", "Channels count from 1."
    return None


def take_label(name: str, pattern: str) -> str | None:
    """The label that `*` stands for in a channel's name, or None if the pattern is not for it."""
    before, after = (re.escape(part) for part in pattern.strip().split("*"))
    found = re.fullmatch(f"{before}(.+){after}", name.strip(), re.IGNORECASE)
    return found[1] if found else None


def star_label(name: str, pattern: str) -> str | None:
    """As `take_label`, by any of the items with a `*` of a cell."""
    labels = (take_label(name, item) for item in _items(pattern) if item.count("*") == 1 and item != REST)
    return next((label for label in labels if label is not None), None)


def suggest_patterns(names: Iterable[str]) -> list[str]:
    """Patterns that two people's channels seem to follow in a list of names, the most frequent first."""
    sites = [re.escape(site) for site in sorted(montage(), key=len, reverse=True)]
    before = re.compile(rf"(.*[^a-z0-9])({'|'.join(sites)})", re.IGNORECASE)
    after = re.compile(rf"({'|'.join(sites)})([^a-z0-9].*)", re.IGNORECASE)
    found: Counter[str] = Counter()
    for name in names:
        if prefixed := before.fullmatch(name):
            found[f"{prefixed[1]}*"] += 1
        elif suffixed := after.fullmatch(name):
            found[f"*{suffixed[2]}"] += 1
    return [pattern for pattern, count in found.most_common() if count >= LEAST_OF_ONE_KIND]


def is_named(stream: str, channels: Iterable[str], pattern: str) -> bool:
    """Whether a pattern names an XDF stream, as in EEG-A/1-12, or the stars in it stand for its channels."""
    prefix = f"{stream}/".lower()
    return any(item.lower().startswith(prefix) for item in _items(pattern)) or any(
        star_label(channel, pattern) is not None for channel in channels
    )


def without_stream(pattern: str | None, stream: str) -> str | None:
    """A pattern for the channels of one XDF stream: without the stream's name; None if it is another's."""
    if pattern is None:
        return None
    prefix = f"{stream}/".lower()
    items = [i[len(prefix) :] if i.lower().startswith(prefix) else i for i in _items(pattern)]
    return ", ".join(item for item in items if "/" not in item) or None


def of_member(
    names: Sequence[str],
    path: Path,
    pattern: str | None,
    others: str | None,
    is_trigger: Callable[[str], bool] = lambda name: False,
) -> tuple[dict[str, str], set[str]]:
    """Which channels a member's recording holds.

    Parameters
    ----------
    names : list of str
        All channels of the file, in its order.
    path : path-like
        The file, for messages.
    pattern, others : str or None
        The member's channels, and those of everybody else in the file, as `check_pattern` describes them;
        without `pattern` all are the member's.
    is_trigger : callable
        Whether a channel of this name is the trigger that was asked for, which `*` alone never takes.

    Returns
    -------
    labels : dict of str to str
        Name in the file -> label without the pattern, of the member's channels and those that are shared.
    shared : set of str
        Names of channels that are no one's.

    Raises
    ------
    FormatError
        No channel is the member's, one is somebody else's too, or one that is named is not in the file.

    Notes
    -----
    What is named by nobody and looks like another person's channels is left out, with a note.
    """
    if pattern is None:
        return {name: name for name in names}, set()
    of_people = [name for name in names if not SHARED.search(name) and not is_trigger(name)]
    mine = _picked(names, of_people, pattern, path)
    theirs = _picked(names, of_people, others, path, strict=False) if others else {}
    free = [name for name in of_people if name not in mine and name not in theirs]
    if REST in _items(pattern):
        mine |= dict.fromkeys(free)
    elif others and REST in _items(others):
        theirs |= dict.fromkeys(free)
    if not mine:
        fitting = suggest_patterns(names)
        advice = f"Perhaps {' or '.join(fitting[:3])}?" if fitting else "Correct it in the recordings table."
        raise FormatError(
            f"no channel is named like '{pattern}'; there are {listed_names(names)}", advice, where=path
        )
    if both := [name for name in names if name in mine and name in theirs]:
        raise FormatError(
            f"{listed_names(both)} would be both persons' by the patterns '{pattern}' and '{others}'",
            "Write patterns that fit one person each.",
            where=path,
        )
    shared = [name for name in names if name not in mine and name not in theirs]
    unknown = _of_somebody_else(shared, mine)
    if unknown:
        note(
            f"{len(unknown)} channels ({listed_names(unknown, 4)}) are named neither as this person's nor as "
            "the partner's and look like somebody's EEG: they are left out"
        )
    shared = [name for name in shared if name not in unknown]
    labels = _without_common_part(mine) | {name: name for name in shared}
    return {name: labels[name] for name in names if name in labels}, set(shared)


def _items(pattern: str) -> list[str]:
    return [item.strip() for item in re.split("[,;]", pattern) if item.strip()]


def _is_date(pattern: str) -> bool:
    found = DATE.fullmatch(pattern.strip().lower())
    return found is not None and (not re.search("[a-zä]{3}", found[0]) or bool(MONTHS.search(found[0])))


def _picked(
    names: Sequence[str], of_people: Sequence[str], pattern: str, path: Path, strict: bool = True
) -> dict[str, str | None]:
    """Name -> label (None: its own name) of what the pattern's items pick, without those of `*` alone.

    `of_people` are the names without triggers and counters. With `strict`, what names a channel that is not
    there is an error.
    """
    if pattern.count("*") == 1 and pattern.strip() != REST:  # a name may hold a comma
        taken = {name: take_label(name, pattern) for name in names}
        if any(taken.values()):
            return {name: label for name, label in taken.items() if label is not None}
    by_label: dict[str, str] = {}
    for name in names:
        by_label.setdefault(name.strip().lower(), name)
    picked: dict[str, str | None] = {}
    for item in _items(pattern):
        if item == REST:
            continue
        if "*" in item:
            taken = {name: take_label(name, item) for name in names}
            picked |= {name: label for name, label in taken.items() if label is not None}
        elif item.lower() in by_label:
            picked[by_label[item.lower()]] = None
        else:
            try:
                picked |= dict.fromkeys(_range(names, of_people, by_label, item))
            except LookupError as error:
                if strict:
                    raise FormatError(
                        f"channels '{pattern}': {error.args[0]}",
                        f"The file's {len(names)} channels are {listed_names(names)}. Correct it in "
                        "the recordings table.",
                        where=path,
                    ) from error
    return picked


def _range(
    names: Sequence[str], of_people: Sequence[str], by_label: Mapping[str, str], item: str
) -> Sequence[str]:
    """Names that an item without a star means; LookupError says what is not there."""
    if found := ENDS.fullmatch(item):
        count = int(found[2])
        if count > len(of_people):
            raise LookupError(f"it has no {count} channels besides triggers and counters")
        return of_people[:count] if found[1].lower() == "first" else of_people[len(of_people) - count :]
    found = NUMBERS.fullmatch(item)
    if item.isdigit() or (found and not found[1].strip() and not found[3].strip()):
        first, last = (int(found[2]), int(found[4])) if found else (int(item), int(item))
        labelled = [n for n in names if n.strip().isdigit() and first <= int(n) <= last]
        placed = names[first - 1 : last]
        if len(labelled) == last - first + 1 and labelled != placed:
            raise LookupError(
                f"{item} could be places or labels, which are numbers in another order; list the labels"
            )
        if last > len(names):
            raise LookupError(f"there is no channel number {last}")
        return placed
    if found and found[3].strip().lower() in ("", found[1].strip().lower()):
        numbered = {}
        stem = re.compile(rf"{re.escape(found[1].strip())}\s*0*(\d+)", re.IGNORECASE)
        for name in names:
            if with_number := stem.fullmatch(name.strip()):
                numbered[int(with_number[1])] = name
        first, last = int(found[2]), int(found[4])
        for number in (first, last):
            if number not in numbered:
                raise LookupError(f"there is no channel {found[1]}{number}")
        chosen = [name for number, name in sorted(numbered.items()) if first <= number <= last]
        at = sorted(names.index(numbered[number]) for number in (first, last))
        if not set(names[at[0] : at[1] + 1]) <= set(numbered.values()):
            raise LookupError(f"between the ends of {item} there are other channels; list the labels")
        return chosen
    ends = LABELS.fullmatch(item)
    if ends and all(ends[i].lower() in by_label for i in (1, 2)):
        first, last = (names.index(by_label[ends[i].lower()]) for i in (1, 2))
        return names[first : last + 1]
    raise LookupError(f"there is no channel '{item}'")


def _without_common_part(mine: Mapping[str, str | None]) -> dict[str, str]:
    """Labels of a member's channels; those taken by name or place lose what all have around the site."""
    bare = [name for name, label in mine.items() if label is None]
    common = suggest_patterns(bare)[:1]
    if common and 2 * sum(take_label(name, common[0]) is not None for name in bare) < len(bare):
        common = []

    def strip(name: str) -> str:
        return (take_label(name, common[0]) if common else None) or name

    return {name: strip(name) if label is None else label for name, label in mine.items()}


def _of_somebody_else(shared: Sequence[str], mine: Iterable[str]) -> list[str]:
    """Channels of nobody who is named that are so many of one kind that they must be a person's EEG."""
    found = {n for pattern in suggest_patterns(shared) for n in shared if take_label(n, pattern) is not None}
    sites = [name for name in shared if site_name(name)]
    stems = Counter(_stem(name) for name in mine)
    alike = [name for name in shared if stems[_stem(name)] >= LEAST_OF_ONE_KIND]
    for kind in (sites, alike):
        if len(kind) >= LEAST_OF_ONE_KIND:
            found.update(kind)
    return [name for name in shared if name in found]


def _stem(name: str) -> str:
    """What stands before a channel's number; its whole name if it has none."""
    found = re.fullmatch(r"(.*?)\s*\d+", name.strip())
    return found[1].lower() if found else name
