"""Each recording against the config and against all others: rates, mains, lengths, contents, sidecars."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations
from typing import TYPE_CHECKING

import pandas as pd

from interbrain.bids.inheritance import read_sidecar
from interbrain.bids.partners import apart, begins
from interbrain.bids.reading import number
from interbrain.bids.sidecar_fields import lacking_in_sidecar
from interbrain.doctor.members import is_readable
from interbrain.formats.copies import same_from_the_start, same_signals
from interbrain.formats.filtered import Filtered
from interbrain.formats.lines import usual_rate
from interbrain.formats.spectrum import mains_of
from interbrain.problems import Problem
from interbrain.quality.unjudged import beyond_reach
from interbrain.study.by_role import ROLES, of_role
from interbrain.study.problems import FEW, counted
from interbrain.study.tables import Found
from interbrain.words import listed

if TYPE_CHECKING:
    from interbrain.doctor.members import Member, Readable

BEYOND = 1.05  # edges of filters are not known better


def check_rates(read: Sequence[Readable], lowpass: float, table_name: str, done: Found) -> None:
    for m in read:
        if m.survey.sfreq <= 2 * lowpass:
            what = f"{m.shown}: recorded at {m.survey.sfreq:g} Hz, too slow for a lowpass of {lowpass:g} Hz"
            hint = f"The lowpass (cleaning) must be below half of it: {m.survey.sfreq / 2:g} Hz."
            done.problems.append(Problem(m.where, what, hint))
    rates = pd.Series([m.survey.sfreq for m in read], dtype=float).value_counts()
    if len(rates) > 1:
        counts = listed(f"{rate:g} Hz ({counted(n, 'time')})" for rate, n in rates.items())
        hint = "If this is correct, nothing needs to be done: all are brought to the rate of cleaning."
        done.warnings.append(Problem(table_name, f"the sampling rates differ: {counts}", hint))


def check_mains(
    read: Sequence[Readable], configured: float | Mapping[str, float], table_name: str, done: Found
) -> None:
    """Mains that the spectra show, against those of the config; online dyads may have two."""
    lines = {role: of_role(configured, role) for role in ROLES}
    for line in dict.fromkeys(lines.values()):
        _check_line([m for m in read if lines[m.role] == line], line, table_name, done)


def _check_line(read: Sequence[Readable], line: float, table_name: str, done: Found) -> None:
    others = [m for m in read if mains_of(m.survey.mains_hz, line) != line]
    if not others:
        return
    confirmed = any(m.survey.mains_hz and mains_of(m.survey.mains_hz, line) == line for m in read)
    where = listed(
        f"{hz:g} Hz in {counted(len(of), 'recording')}, first in {of[0].shown}"
        for hz in sorted({mains_of(m.survey.mains_hz, line) for m in others})
        if (of := [m for m in others if mains_of(m.survey.mains_hz, line) == hz])
    )
    what = f"the mains are at {where}, and the config says {line:g} Hz"
    if not confirmed and 2 * len(others) >= len(read):
        hz = mains_of(others[0].survey.mains_hz, line)
        hint = f"Write line_frequency: {hz:g}, or {{therapist: ..., client: ...}} where they differ."
        if rate := usual_rate(others[0].survey.sfreq * line / hz):
            stated = others[0].survey.sfreq
            hint += f" If the sampling rate is wrong: the mains of the config would fit {rate:.6g} Hz in "
            hint += f"place of {stated:.6g} Hz."
        done.problems.append(Problem("config.yaml, line_frequency", what, hint))
    else:
        hint = (
            "If this is correct, nothing needs to be done: cleaning removes from each recording the mains "
            "that it shows."
        )
        done.warnings.append(Problem(table_name, what, hint))


def check_reach(read: Sequence[Readable], config: Mapping, table_name: str, done: Found) -> None:
    """High frequencies that recordings do not hold, and what therefore cannot be judged."""
    alike: dict[tuple[tuple[str, ...], str], list[Readable]] = defaultdict(list)
    for m in read:
        line = mains_of(m.survey.mains_hz, of_role(config["line_frequency"], m.role))
        lost, why = beyond_reach(line, config["cleaning"]["sfreq"], m.survey.sfreq, m.survey.highest_hz)
        if lost:
            alike[tuple(lost), why].append(m)
    for (what, why), those in alike.items():
        n = f"{len(those)} of {counted(len(read), 'recording')}, first in {those[0].shown}"
        said = f"{listed(what)} cannot be judged in {n}: {why}"
        hint = "If there is no other file, nothing needs to be done: the report shows n/a."
        done.warnings.append(Problem(table_name, said, hint))


def check_bands(read: Sequence[Readable], config: Mapping, table_name: str, done: Found) -> None:
    """Bands of which a filter at the recording left a part only."""
    alike: dict[tuple[str, str], list[Readable]] = defaultdict(list)
    for m in read:
        low, high = m.survey.lowest_hz, m.survey.highest_hz
        for band, (begin, end) in config["bands"].items():
            if low and begin * BEYOND < low:
                alike[band, f"a high-pass filter at about {low:.2g} Hz"].append(m)
            if high and end > BEYOND * high:
                alike[band, f"a low-pass filter at about {high:.2g} Hz"].append(m)
    for (band, why), those in alike.items():
        begin, end = config["bands"][band]
        filters = [Filtered.from_json(m.survey.filtered) for m in those]
        taken = sum(found is not None and found.takes((begin, end)) for found in filters)
        n = f"{len(those)} of {counted(len(read), 'recording')}, first in {those[0].shown}"
        said = f"{why} has cut the band {band} ({begin:g} to {end:g} Hz) in {n}"
        if taken:
            of_it = "which" if taken == len(those) else f"{taken} of which"
            said += f", of {of_it} too little is left: synchrony will be n/a there"
        hint = "Export without this filter, leave out the band (bands), or exclude with a reason."
        done.warnings.append(Problem(table_name, said, hint))


def check_contents(members: Sequence[Member], done: Found) -> None:
    """The same bytes or the same signals under two names: one of the two was copied over the other.

    Of a person's recording that was saved twice, of which the table takes parts that lie apart, nothing is
    said (`partners.apart`).
    """
    read = [m for m in members if is_readable(m)]
    for other, m, begun in [*_same_bytes(members), *_same_signals(read)]:
        if other.person == m.person and apart(other.block, m.block):
            continue
        another = f"{other.path.name}, {other.dyad} {other.time} ({other.role})"
        if begun is None:
            what = f"{m.shown} has the same content as {another}"
        else:
            what = f"{m.shown} holds the same signals as {another}{begun}"
        if other.person == m.person and other.dyad != m.dyad:
            hint = (
                f"This is right if {m.person} was recorded with both partners at once; if "
                "not, copy the right one."
            )
            done.warnings.append(Problem(m.where, what, hint))
            continue
        hint = "One of them was copied over the other: copy the right one from the recording computer."
        done.problems.append(Problem(m.where, what, hint))


def _same_bytes(members: Sequence[Member]) -> Iterator[tuple[Member, Member, None]]:
    first: dict[tuple[str, str], Member] = {}
    for m in members:
        other = first.setdefault((m.checksum, m.pattern), m)
        if m.checksum and other.path != m.path:
            yield other, m, None


def _same_signals(read: Sequence[Readable]) -> Iterator[tuple[Readable, Readable, str]]:
    """Other files of the same signals, each pair once; and how much later or earlier the second begins.

    Of one dyad or person, also those that begin at other instants. Of the two members of a meeting,
    `sessions` speaks.
    """
    together, said = set(same_from_the_start([m.survey.signature for m in read])), set()
    for (i, other), (j, m) in combinations(enumerate(read), 2):
        files = frozenset((other.path, m.path))
        met = (other.dyad, other.time) == (m.dyad, m.time)
        if other.checksum == m.checksum or other.path == m.path or met or files in said:
            continue
        related = other.dyad == m.dyad or other.person == m.person
        lag_s = same_signals(other.survey.signature, m.survey.signature) if related else None
        if lag_s is not None or (i, j) in together:
            said.add(files)
            yield other, m, begins(lag_s or 0.0, f"the {m.role}")


def check_sidecars(read: Sequence[Readable], config: Mapping, table_name: str, done: Found) -> None:
    """What a dataset says of its recordings: what is lacking, and its mains against those of the config.

    The same is said once.
    """
    said = defaultdict(list)
    for m in read:
        about = read_sidecar(m.path)
        if lacking := lacking_in_sidecar(m.path, about):
            said[lacking, "Add what is lacking to the dataset; config.yaml states the mains."].append(m)
        mains = number(about.get("PowerLineFrequency"))
        configured = of_role(config["line_frequency"], m.role)
        if mains and configured and mains != configured:
            what = f"PowerLineFrequency is {mains:g} Hz, and line_frequency {configured:g} Hz"
            said[what, "Correct line_frequency (config.yaml), or the dataset is wrong."].append(m)
    for (what, hint), recordings in said.items():
        first = recordings[0]
        more = f" and {counted(len(recordings) - 1, 'other recording')}" if len(recordings) > 1 else ""
        where = first.where if len(recordings) <= FEW else table_name
        done.warnings.append(Problem(where, f"{first.shown}{more}: {what}", hint))
