"""What channels.tsv says of a recording's channels: their types, and which of them a person marked bad.

Joined by name, never by position. Not here: which file that is (`inheritance`).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from interbrain.bids.tsv import ending, is_missing, read_tsv
from interbrain.formats import FormatError
from interbrain.formats.channels import OTHER_TYPES, site_name
from interbrain.formats.marked import reason_of
from interbrain.formats.notes import note

if TYPE_CHECKING:
    from mne.io import BaseRaw

TYPES = {
    **{"EEG": "eeg", "EOG": "eog", "HEOG": "eog", "VEOG": "eog", "ECG": "ecg", "EKG": "ecg", "EMG": "emg"},
    **dict.fromkeys(("TRIG", "STIM"), "stim"),
    **dict.fromkeys(("MISC", "REF", "AUDIO", "EYEGAZE", "PD", "GSR", "EDA", "RESP", "TEMP", "PUPIL"), "misc"),
    **dict.fromkeys(("PPG", "ACCEL", "GYRO", "MAGN", "SYSCLOCK", "ADC", "DAC", "OTHER", "LATENCY"), "misc"),
    **dict.fromkeys(("ECOG", "SEEG", "DBS", "NIRS", "MEG", "MEGMAG", "MEGGRAD", "VEO", "HEO"), "misc"),
}
# Rows of what a file holds beside its channels.
NO_CHANNEL = re.compile(r"(edf|bdf) ?annotations", re.IGNORECASE)
UNITS = {
    **{"v": "V", "volt": "V", "volts": "V", "mv": "mV", "uv": "µV", "uvolt": "µV", "microv": "µV"},
    **{"microvolt": "µV", "microvolts": "µV", "nv": "nV"},
}
NAMED = 5  # channels that a note lists


def describe_channels(
    raw: BaseRaw, labels: Sequence[str], path: Path, left_out: Collection[str] = ()
) -> dict[str, str]:
    """Give a recording the types and bad channels of its table, in place.

    Parameters
    ----------
    raw : mne.io.BaseRaw
        Its channels already have 10-20 names.
    labels : sequence of str
        What the data file calls them, in the same order.
    path : Path
        The table.
    left_out : collection of str
        Labels of channels that the cap map ignores; their rows do not count.

    Returns
    -------
    reasons : dict of str to str
        Channel -> reason (`formats.marked`), of the bad ones.

    Raises
    ------
    FormatError
        The table cannot be read, or it is not certain which row is which channel's; with the row.

    Notes
    -----
    A row belongs to the channel that has its name in the data file or after its naming; spaces, dots, upper
    case, a leading "EEG", a reference and the old names of sites do not count. Notes name the rows and the
    channels that have no counterpart, and what the table and the data file say differently.
    """
    table = read_tsv(path, ["name"])
    if table.empty:
        note(f"{ending(path)} has no rows, so the channels are as the data file has them")
        return {}
    gone = {_folded(label) for label in left_out}
    table = table[[not NO_CHANNEL.fullmatch(name) and _folded(name) not in gone for name in table["name"]]]
    rows = _joined(raw, labels, table, path)
    _set_types(raw, rows, path)
    _compare_units(raw, rows, path)
    _compare_references(raw, rows, path)
    return _set_bads(raw, rows, path)


def _joined(raw: BaseRaw, labels: Sequence[str], table: pd.DataFrame, path: Path) -> dict[str, pd.Series]:
    """Channel -> its row, whose name is the row's number."""
    channels = list(raw.ch_names)
    names = _numbered_as_read(table["name"], labels)
    of_file = dict(zip(channels, labels, strict=True))
    keys: list[tuple[Callable, Mapping[str, str]]] = [
        (_plain, of_file),
        (_plain, {c: c for c in channels}),
        (_folded, of_file),
        (_folded, {c: c for c in channels}),
    ]
    found: dict[str, int] = {}
    for key, spelled in keys:
        left = [c for c in channels if c not in found]
        by_key: dict[str, list] = {}
        for row, name in names.items():
            if row not in found.values() and name:
                by_key.setdefault(key(name), []).append(row)
        wanted = Counter(key(spelled[c]) for c in left)
        for channel in left:
            rows = by_key.get(key(spelled[channel]), [])
            if len(rows) > 1:
                _check_same(table.loc[rows], path)
            if rows and wanted[key(spelled[channel])] == 1:
                found[channel] = rows[0]
                for other in rows[1:]:
                    names = names.drop(other)
    if not found:
        raise FormatError(
            f"names none of the channels of the recording; it has {_listed(table['name'])}, and the "
            f"recording {_listed(labels)}",
            "Its names must be those of the data file.",
            where=path,
        )
    _say_unmatched(raw, found, names.drop(list(found.values())), labels, path)
    return {channel: table.loc[row] for channel, row in found.items()}


def _numbered_as_read(names: pd.Series, labels: Iterable[str]) -> pd.Series:
    """Names that occur twice as they are read from a file: MNE numbers them ("EMG-0", "EMG-1")."""
    there, numbered = set(labels), {}
    counts: Counter[str] = Counter()
    for row, name in names.items():
        numbered[row] = name
        if f"{name}-0" in there and name not in there:
            numbered[row] = f"{name}-{counts[name]}"
            counts[name] += 1
    return pd.Series(numbered, dtype=str)


def _check_same(rows: pd.DataFrame, path: Path) -> None:
    told = [column for column in ("type", "status") if column in rows]
    if len(rows[told].apply(lambda column: column.str.lower()).drop_duplicates()) > 1:
        first, other = rows.index[:2]
        raise FormatError(
            f"row {other} names the channel '{rows.at[other, 'name']}', for which row {first} has "
            "another entry",
            "Keep one of them.",
            where=path,
        )


def _say_unmatched(
    raw: BaseRaw, found: Mapping[str, pd.Series], rows: pd.Series, labels: Sequence[str], path: Path
) -> None:
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    without = [c for c in raw.ch_names if c not in found]
    if len(rows) and any(kinds[c] == "eeg" for c in without):
        raise FormatError(
            f"row {rows.index[0]} names the channel '{rows.iloc[0]}', which the data file does not "
            f"have; the file's {_listed(without)} has no row",
            f"Its names must be those of the data file ({_listed(labels)}).",
            where=path,
        )
    if len(rows):
        note(f"{ending(path)} names {_listed(rows)}, which the data file does not have")
    if without:
        note(f"{ending(path)} has no row for {_listed(without)}, taken as the data file has it")


def _set_types(raw: BaseRaw, rows: Mapping[str, pd.Series], path: Path) -> None:
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    types, unknown = {}, set()
    no_site: list[str] = []
    other: list[str] = []
    for channel, row in rows.items():
        told = row.get("type", "")
        if is_missing(told):
            continue
        kind = TYPES.get(told.upper())
        if kind is None:
            unknown.add(told)
            continue
        if kind == "eeg" and kinds[channel] != "eeg":
            # Its place on the head is not known, or its name says that it is on none.
            named = next((t for t, pattern in OTHER_TYPES.items() if pattern.search(channel)), None)
            (other if named else no_site).append(channel)
            continue
        if not (kinds[channel] == "stim" and kind == "misc"):  # the config or its name makes it the trigger
            types[channel] = kind
    raw.set_channel_types(types, on_unit_change="ignore", verbose="error")
    if unknown:
        note(
            f"{ending(path)} has the type {_listed(sorted(unknown))}, which BIDS does not know; these "
            "channels are as the data file has them"
        )
    if other:
        note(
            f"{ending(path)} calls {_listed(other)} EEG, but the name is that of another signal, so it was "
            "not used as EEG"
        )
    if no_site:
        note(
            f"{ending(path)} calls {_listed(no_site)} EEG, whose site is not known and which was left out; "
            "the cap map can name it"
        )


def _compare_units(raw: BaseRaw, rows: Mapping[str, pd.Series], path: Path) -> None:
    """Signals are in the data file's unit; a table that has another one is said."""
    held = getattr(raw, "_orig_units", None) or {}
    differ: dict[tuple[str, str], list[str]] = {}
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    for channel, row in rows.items():
        told, own = (UNITS.get(_unit(text)) for text in (row.get("units", ""), held.get(channel, "")))
        if kinds[channel] == "eeg" and told and own and told != own:
            differ.setdefault((told, own), []).append(channel)
    for (told, own), channels in differ.items():
        note(
            f"{ending(path)} gives {told} as the unit of {_listed(channels)}, and the data file {own}, which "
            "was used; compare the amplitudes"
        )


def _compare_references(raw: BaseRaw, rows: Mapping[str, pd.Series], path: Path) -> None:
    """Note EEG with several references: its signals are differences between other places each."""
    kinds = dict(zip(raw.ch_names, raw.get_channel_types(), strict=True))
    told = {c: row.get("reference", "") for c, row in rows.items() if kinds[c] == "eeg"}
    named = {_plain(text).lower(): text for text in told.values() if not is_missing(text)}
    if len(named) > 1:
        note(
            f"{ending(path)} gives its EEG several references ({_listed(named.values())}). Channels with "
            "another reference than the others are other signals; ask for the recording with one reference, "
            "or ignore these channels in the cap map"
        )


def _set_bads(raw: BaseRaw, rows: Mapping[str, pd.Series], path: Path) -> dict[str, str]:
    reasons: dict[str, str] = {}
    unclear: dict[str, list[str]] = {}
    for channel, row in rows.items():
        status, why = row.get("status", ""), row.get("status_description", "")
        if told := re.fullmatch(r"bad\b[\s:,;.(-]*(.*?)\)?", status, re.IGNORECASE):
            reasons[channel] = reason_of(told[1] if is_missing(why) else why)
        elif not is_missing(status) and not re.match(r"good\b", status, re.IGNORECASE):
            unclear.setdefault(status, []).append(channel)
    for status, channels in unclear.items():
        note(
            f"{ending(path)}, row {rows[channels[0]].name}: the status '{status}' of {_listed(channels)} is "
            "neither good nor bad and was taken for good"
        )
    stated = {channel for channel, row in rows.items() if not is_missing(row.get("status", ""))}
    own = [c for c in raw.info["bads"] if c not in stated]  # marked in the data file, and not in the table
    raw.info["bads"] = [c for c in raw.ch_names if c in reasons or c in own]
    return reasons


def _plain(name: str) -> str:
    return unicodedata.normalize("NFKC", name).strip()


def _unit(text: str) -> str:
    return _plain(text).lower().replace("\N{GREEK SMALL LETTER MU}", "u")  # the micro sign, too, after NFKC


def _folded(name: str) -> str:
    name = _plain(name)
    if site := site_name(name):
        return site.lower()
    return re.sub(r"[\s._]+", "", re.sub(r"^EEG[ ._:-]+", "", name, flags=re.IGNORECASE)).lower()


def _listed(names: Iterable[str]) -> str:
    names = list(names)
    more = f" and {len(names) - NAMED} more" if len(names) > NAMED else ""
    return ", ".join(names[:NAMED]) + more
