"""Which strangers each dyad is compared with: all of them, or in a large study some, drawn at random.

Of labels alone, before any signal is read. The draw also decides which phases a job needs that compares some
of the dyads: the work is divided among jobs and grows with the number of dyads, not with its square.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from math import ceil
from typing import Any, NamedTuple

import numpy as np

DYADS_A_STRETCH = 25  # neighbours who are computed together, in whichever job: about a block of full speed
SPARE = 1.25  # more are drawn than are needed, as two strangers may share too few windows

Row = dict[str, Any]


class Pairs(NamedTuple):
    """Pseudo-dyads that dyads are compared with; twice where both dyads are compared with it.

    Attributes
    ----------
    owner, therapist, client : array of int, shape (n_pairs,)
        The dyad that is compared, and the dyads of the therapist and of the client; one of them is its own.
    """

    owner: np.ndarray
    therapist: np.ndarray
    client: np.ndarray


@dataclass(frozen=True)
class Part:
    """Some dyads that are compared with strangers, and all dyads whose members are needed for it.

    Attributes
    ----------
    rows : list of dict
        In the order of the study: dyad, therapist, client; own, whether it is compared here; group, of dyads
        that are alike; place on the group's ring; stretch, of dyads that are computed together; possible,
        how many pseudo-dyads it could have.
    rings : list of int
        Of each group the number of dyads on its ring; 0 where all pseudo-dyads are used.
    met : list of (str, str)
        Therapists and clients among these people who sat together in any dyad.
    most : int or None
        Pseudo-dyads a dyad; None: all.
    drawn : bool
        Whether any dyad of the study has fewer than are possible.
    """

    rows: list[Row]
    rings: list[int]
    met: list[tuple[str, str]]
    most: int | None
    drawn: bool

    def members(self, group: int) -> list[int]:
        """Which rows are of a group; on a ring in its order."""
        rows = [i for i, row in enumerate(self.rows) if row["group"] == group]
        return sorted(rows, key=lambda i: self.rows[i]["place"]) if self.rings[group] else rows

    def pairs(self, group: int) -> Pairs:
        """Whom to compare each own dyad of a group with; numbers count the group's `members`.

        Of a draw they are in its order, and more than are needed.
        """
        rows = [self.rows[i] for i in self.members(group)]
        if not rows:
            return Pairs(*np.zeros((3, 0), int))
        acquainted = _Acquainted(rows, _clients_of(self.met))
        own = np.array([row["own"] for row in rows])
        if self.rings[group]:
            return _along_the_ring(rows, self.rings[group], acquainted, own, self.most)
        therapist, client = np.nonzero(~acquainted.have_met(*np.ogrid[: len(rows), : len(rows)]))
        owner = np.concatenate([therapist, client])
        compared = own[owner]
        return Pairs(*(x[compared] for x in (owner, np.tile(therapist, 2), np.tile(client, 2))))


def in_parts(
    dyads: Sequence[Mapping[str, Any]],
    alike: Sequence[str],
    most: int | None,
    seed: Sequence[int],
    n_parts: int = 1,
    at: Sequence[int] | None = None,
) -> list[Part]:
    """Divide the dyads of one time among parts, each with the strangers whom it needs.

    Parameters
    ----------
    dyads : sequence of mapping
        dyad, therapist, client and the factors of `alike`.
    alike : sequence of str
        Factors in whose levels two dyads must agree before their members are paired.
    most : int or None
        Pseudo-dyads a dyad; who has no more is compared with all. None: everybody is.
    seed : sequence of int
    n_parts : int
        Of about as many dyads each, and no fewer than `DYADS_A_STRETCH`.
    at : sequence of int
        Each dyad's row in the table of all. Besides the seed and who is alike the draw depends on nothing
        else: on no name, and on others only if they are neighbours.

    Notes
    -----
    Dyads that are alike sit on a ring in random order. Each is compared with its nearest neighbours: its
    therapist with their clients and its client with their therapists, to both sides in turn, until it has
    `most`. For one dyad this is a random sample of all others; everybody is a stranger about equally often,
    as without a draw; and neighbours need the same phases.
    """
    at = range(len(dyads)) if at is None else at
    random = np.random.default_rng(list(seed)).random(max(at, default=0) + 1)
    clients_of = _clients_of((row["therapist"], row["client"]) for row in dyads)
    met = clients_of, _clients_of((row["client"], row["therapist"]) for row in dyads)
    circles = [_seated(rows, met, random) for rows in _groups(dyads, alike, at)]
    stretches: list[list[Row]] = []
    rings, drawn = [], False
    for circle in circles:
        more = most is not None and any(row["possible"] > most for row in circle)
        whole = most is None or (not more and len(circle) <= len(dyads) / n_parts)
        cut = 1 if whole else ceil(len(circle) / DYADS_A_STRETCH)
        stretches += [circle[some[0] : some[-1] + 1] for some in np.array_split(np.arange(len(circle)), cut)]
        rings.append(0 if whole else len(circle))
        drawn |= more
    needed = _shared_out(stretches, n_parts)
    for circle, ring in zip(circles, rings, strict=True):
        if ring:
            _add_strangers(needed, circle, clients_of, most)
    return [
        _part(number, chain.from_iterable(stretches[i] for i in some), rings, clients_of, most, drawn)
        for number, some in enumerate(needed)
    ]


def _groups(
    dyads: Sequence[Mapping[str, Any]], alike: Sequence[str], at: Sequence[int]
) -> Iterable[list[Row]]:
    """Dyads that are alike, in the order of the study."""
    groups: dict[tuple[str, ...], list[Row]] = {}
    for row, number in zip(dyads, at, strict=True):
        group = groups.setdefault(tuple(row[factor] for factor in alike), [])
        group.append({name: row[name] for name in ("dyad", "therapist", "client")} | {"row": number})
    for number, rows in enumerate(groups.values()):
        yield [row | {"group": number} for row in rows]


def _seated(rows: list[Row], met: Sequence[Mapping[str, Collection[str]]], random: np.ndarray) -> list[Row]:
    """Dyads that are alike in the order of their ring, with their places and how many strangers they have."""
    possible = _n_possible(rows, *met)
    known = [row | {"possible": count} for row, count in zip(rows, possible, strict=True)]
    ring = sorted(known, key=lambda row: random[row["row"]])
    return [row | {"place": place} for place, row in enumerate(ring)]


def _shared_out(stretches: Sequence[Sequence[Row]], n: int) -> list[set[int]]:
    """Stretches for each part, in their order and about as many dyads each; noted in the dyads' rows."""
    total, begun = sum(map(len, stretches)), 0
    own: list[set[int]] = [set() for _ in range(n)]
    for number, stretch in enumerate(stretches):
        part = min(int((begun + len(stretch) / 2) * n / total), n - 1)
        begun += len(stretch)
        own[part].add(number)
        for row in stretch:
            row |= {"stretch": number, "part": part}
    return own


def _add_strangers(
    needed: list[set[int]], ring: list[Row], clients_of: Mapping[str, Collection[str]], most: int | None
) -> None:
    """Add to what each part needs the stretches that its dyads' strangers are in."""
    own = np.ones(len(ring), bool)
    pairs = _along_the_ring(ring, len(ring), _Acquainted(ring, clients_of), own, most)
    part, stretch = (np.array([row[name] for row in ring]) for name in ("part", "stretch"))
    n_stretches = stretch.max() + 1
    for side in (pairs.therapist, pairs.client):
        for both in np.unique(part[pairs.owner] * n_stretches + stretch[side]).tolist():
            needed[both // n_stretches].add(both % n_stretches)


def _part(
    number: int,
    needed: Iterable[Row],
    rings: list[int],
    clients_of: Mapping[str, Collection[str]],
    most: int | None,
    drawn: bool,
) -> Part:
    """The dyads that a part needs, in the order of the study, and who of them has met."""
    chosen = sorted(needed, key=lambda row: row["row"])
    rows = [row | {"own": row["part"] == number} for row in chosen]
    for row in rows:
        del row["part"], row["row"]
    clients = {row["client"] for row in rows}
    therapists = dict.fromkeys(row["therapist"] for row in rows)
    met = [(t, c) for t in therapists for c in clients_of[t] if c in clients]
    return Part(rows, rings, met, most, drawn)


def _clients_of(met: Iterable[tuple[str, str]]) -> dict[str, dict[str, None]]:
    """Each therapist's clients, in their order; or each client's therapists, of pairs turned round."""
    clients: dict[str, dict[str, None]] = {}
    for therapist, client in met:
        clients.setdefault(therapist, {})[client] = None
    return clients


class _Acquainted:
    """Who of some dyads' members is no stranger to whom: they sat together in any dyad, or are one person."""

    def __init__(self, rows: Sequence[Row], clients_of: Mapping[str, Collection[str]]) -> None:
        therapists, clients = ([row[role] for row in rows] for role in ("therapist", "client"))
        code = {person: i for i, person in enumerate(dict.fromkeys([*therapists, *clients]))}
        self._n = len(code)
        self._therapist, self._client = (np.array([code[p] for p in x]) for x in (therapists, clients))
        both = {(code[t], code[c]) for t in set(therapists) for c in clients_of.get(t, ()) if c in code}
        both |= {(i, i) for i in range(self._n)}
        self._met = np.sort([t * self._n + c for t, c in both])

    def have_met(self, therapist: np.ndarray, client: np.ndarray) -> np.ndarray:
        """Of the therapist of the one and the client of the other dyad."""
        key = self._therapist[therapist] * self._n + self._client[client]
        place = np.minimum(np.searchsorted(self._met, key), len(self._met) - 1)
        return np.asarray(self._met[place] == key)


def _n_possible(
    rows: Sequence[Row],
    clients_of: Mapping[str, Collection[str]],
    therapists_of: Mapping[str, Collection[str]],
) -> list[int]:
    """How many pseudo-dyads of dyads that are alike hold a member of each; linear in who has met."""
    total: Counter[int] = Counter()
    for role, other, known in (("therapist", "client", clients_of), ("client", "therapist", therapists_of)):
        there = Counter(row[other] for row in rows)
        met = {p: sum(there[q] for q in {*known[p], p}) for p in dict.fromkeys(row[role] for row in rows)}
        total.update({i: len(rows) - met[row[role]] for i, row in enumerate(rows)})
    return [total[i] for i in range(len(rows))]


def _along_the_ring(
    rows: Sequence[Row], n_around: int, acquainted: _Acquainted, own: np.ndarray, most: int | None
) -> Pairs:
    """The nearest strangers of each own dyad, with some to spare; in its order from the nearest on.

    `rows` are in the order of the ring and need not be all that sit on it.
    """
    most = n_around * 2 if most is None else ceil(most * SPARE)
    wanted = np.where(own, np.minimum([row["possible"] for row in rows], most), 0)
    here = np.array([row["place"] for row in rows])
    who = np.full(n_around, -1)
    who[here] = np.arange(len(rows))
    count = np.zeros(len(rows), int)
    found: list[tuple[np.ndarray, np.ndarray, np.ndarray]] = []
    for distance in range(1, n_around // 2 + 1):
        for step in dict.fromkeys((distance, n_around - distance)):  # at the far end of the ring both are one
            for as_client in (False, True):
                mine = np.flatnonzero(count < wanted)
                other = who[(here[mine] + step) % n_around]
                mine, other = mine[other >= 0], other[other >= 0]
                pair = (other, mine) if as_client else (mine, other)
                strangers = ~acquainted.have_met(*pair)
                found.append((mine[strangers], pair[0][strangers], pair[1][strangers]))
                count[mine[strangers]] += 1
        if (count >= wanted).all():
            break
    columns = [np.concatenate(x) for x in zip(*found, strict=True)] if found else [np.zeros(0, int)] * 3
    order = np.argsort(columns[0], kind="stable")
    return Pairs(*(column[order] for column in columns))
