"""Pseudo-dyads: therapist and client of different dyads, at the same time since the start.

They keep what a situation does to everybody in it. Nobody's own partner is ever a stranger to them.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from interbrain.chance.repairing import Metric
from interbrain.chance.stored import restored_phasors
from interbrain.metrics.estimators.locking import plv

People = Sequence[np.ndarray | Callable[[], np.ndarray]]
PEOPLE_AT_ONCE = 28  # of either side: a matrix product of full speed, and each file is read few times
BYTES_AT_ONCE = 200_000_000  # of files of either side that are open at once
CHANCE_SHIFTS = (-8, -5, -3, -2, -1, 1, 2, 3, 5, 8)  # windows


@dataclass(frozen=True)
class PseudoDyads:
    """Synchrony of pairs of strangers; one entry a pair in each field.

    Attributes
    ----------
    therapist, client : array of int, shape (n_pairs,)
        Which of the therapists and clients.
    values : array, shape (n_pairs, ...)
        Mean over the windows that both kept.
    n_windows : array of int, shape (n_pairs,)
    """

    therapist: np.ndarray
    client: np.ndarray
    values: np.ndarray
    n_windows: np.ndarray

    def of(self, therapist: int, client: int) -> np.ndarray:
        """The null of one dyad, shape (n_members, ...): its therapist and its client, each with strangers."""
        return self.values[(self.therapist == therapist) | (self.client == client)]


def are_strangers(therapists: Sequence[str], clients: Sequence[str], *alike: Sequence) -> np.ndarray:
    """Who may be paired with whom.

    Parameters
    ----------
    therapists, clients : sequence of str, shape (n_dyads,)
        Who sat in each dyad; a person may sit in several.
    *alike : sequence, shape (n_dyads,)
        What must be the same in both dyads: modality, time of measurement.

    Returns
    -------
    allowed : array of bool, shape (n_dyads, n_dyads)
        For the therapist of the one and the client of the other dyad: true unless these two people sat
        together in any dyad, are one person, or their dyads differ in what must be alike.

    Examples
    --------
    The therapist T1 has two dyads; her two clients never met each other's therapist but her.

    >>> are_strangers(["T1", "T1", "T2"], ["C1", "C2", "C3"]).astype(int)
    array([[0, 0, 1],
           [0, 0, 1],
           [1, 1, 0]])
    """
    together = set(zip(therapists, clients, strict=True))
    allowed = np.array([[t != c and (t, c) not in together for c in clients] for t in therapists], dtype=bool)
    for labels in alike:
        own = np.asarray(labels)
        allowed &= own[:, None] == own
    return allowed


def pseudo_dyads(
    therapists: People,
    clients: People,
    therapist_windows: Sequence[Sequence[int]],
    client_windows: Sequence[Sequence[int]],
    allowed: np.ndarray,
    metric: Metric = plv,
    reduce: Callable[[np.ndarray], np.ndarray] | None = None,
    min_windows: int = 1,
    chance_shifts: Sequence[int] = (),
    stretches: Sequence[int] | None = None,
) -> PseudoDyads:
    """Synchrony of every allowed pair of a therapist and a client.

    Raw PLV of strangers depends on the strangers' own rhythms: a dyad of strong rhythms is above them, and
    one of weak rhythms below, without any coupling. With `chance_shifts` each pair is measured by its own
    chance level, and the null belongs to the dyad's synchrony above chance.

    Parameters
    ----------
    therapists, clients : sequence of array, shape (n_bands, n_kept, n_channels, n_times)
        Each person's kept windows: complex64, or int16 of `stored.stored_phases`. Or a function without
        arguments that gives this array, for example ``partial(np.load, path, mmap_mode="r")``: then few
        files are open at a time, and memory does not depend on the number of people.
    therapist_windows, client_windows : sequence of sequence of int
        The number of each kept window, counted from the start: those of the same number are paired.
    allowed : array of bool, shape (n_therapists, n_clients)
        From `are_strangers`.
    metric : callable
        An estimator from metrics.METRICS that averages over time.
    reduce : callable
        What to keep of a pair's (n_bands, n_channels, n_channels), for example its ROI means; all of it by
        default, 8 kB a pair for 2 bands and 32 channels.
    min_windows : int
        A pair that shares fewer windows is left out.
    chance_shifts : sequence of int
        In windows, other than 0: from each value the mean of the same pair's values is taken away in which
        the client's windows are so much later. `CHANCE_SHIFTS` costs ten times as much: for the channels of
        interest only. Empty: nothing is taken away.
    stretches : sequence of int, shape (n_dyads,)
        Where few pairs are allowed: the therapists of each stretch are computed with the clients of each if
        any of these pairs is. The values of a pair then have the same bytes whoever else is there.

    Returns
    -------
    found : PseudoDyads
        By therapist, then client.

    Examples
    --------
    Three dyads: each therapist with the two clients of the others.

    >>> import numpy as np
    >>> rng = np.random.default_rng(0)
    >>> people = np.exp(2j * np.pi * rng.random((2, 3, 1, 6, 2, 100))).astype(np.complex64)
    >>> every = [range(6)] * 3
    >>> found = pseudo_dyads(*people, every, every, are_strangers(["T1", "T2", "T3"], ["C1", "C2", "C3"]))
    >>> list(zip(found.therapist.tolist(), found.client.tolist()))
    [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 1)]
    """
    found = sorted(
        (
            (therapist, client, values if reduce is None else reduce(values), n_windows)
            for therapist, client, values, n_windows in each_pseudo_dyad(
                therapists,
                clients,
                therapist_windows,
                client_windows,
                allowed,
                metric,
                chance_shifts,
                stretches,
            )
            if n_windows >= max(min_windows, 1)
        ),
        key=lambda pair: pair[:2],
    )
    therapist, client, values, n_windows = zip(*found, strict=True) if found else ((), (), (), ())
    return PseudoDyads(
        np.array(therapist, int), np.array(client, int), np.array(values), np.array(n_windows, int)
    )


def each_pseudo_dyad(
    therapists: People,
    clients: People,
    therapist_windows: Sequence[Sequence[int]],
    client_windows: Sequence[Sequence[int]],
    allowed: np.ndarray,
    metric: Metric = plv,
    chance_shifts: Sequence[int] = (),
    stretches: Sequence[int] | None = None,
) -> Iterator[tuple[int, int, np.ndarray, int]]:
    """One allowed pair after the other; parameters as of `pseudo_dyads`.

    Yields
    ------
    therapist, client : int
    values : array of float64, shape (n_bands, n_channels_therapist, n_channels_client)
        Mean over the windows that both kept; NaN if there are none, and for a channel that has NaN in any.
    n_windows : int
    """
    allowed = np.asarray(allowed, dtype=bool)
    _check(therapists, clients, therapist_windows, client_windows, allowed, chance_shifts)
    for some_therapists, some_clients in _blocks(allowed, therapists, clients, stretches):
        t = [_opened(therapists[i]) for i in some_therapists]
        c = [_opened(clients[k]) for k in some_clients]
        t_kept = [therapist_windows[i] for i in some_therapists]
        c_kept = [client_windows[k] for k in some_clients]
        means, n_windows = _means(t, c, t_kept, c_kept, metric)
        if len(chance_shifts):
            means -= _chance(t, c, t_kept, c_kept, metric, chance_shifts)
        for i, k in np.argwhere(allowed[np.ix_(some_therapists, some_clients)]):
            yield (
                int(some_therapists[i]),
                int(some_clients[k]),
                means[:, i, :, k].copy(),
                int(n_windows[i, k]),
            )
        del t, c, means  # before the next are opened


def _means(
    t: Sequence[np.ndarray],
    c: Sequence[np.ndarray],
    t_windows: Sequence[Sequence[int]],
    c_windows: Sequence[Sequence[int]],
    metric: Metric,
) -> tuple[np.ndarray, np.ndarray]:
    """Mean over shared windows for all pairs of a block, and how many windows each pair shares.

    means has shape (n_bands, therapists, channels, clients, channels).

    People of one side are stacked as channels: one call of the estimator a window, which for PLV is one
    matrix product a band, (people * channels, times) @ (times, people * channels).
    """
    n_bands, channels_t, channels_c = t[0].shape[0], t[0].shape[2], c[0].shape[2]
    sums = np.zeros((n_bands, len(t), channels_t, len(c), channels_c))
    at_t, at_c = ([{w: at for at, w in enumerate(kept)} for kept in x] for x in (t_windows, c_windows))
    n_windows = np.array([[len(i.keys() & k.keys()) for k in at_c] for i in at_t])
    for window in sorted(set().union(*at_t) & set().union(*at_c)):
        here_t, here_c = ([i for i, at in enumerate(x) if window in at] for x in (at_t, at_c))
        rows = _stacked([t[i][:, at_t[i][window]] for i in here_t])
        columns = _stacked([c[k][:, at_c[k][window]] for k in here_c])
        values = metric(rows, columns).reshape(n_bands, len(here_t), channels_t, len(here_c), channels_c)
        if len(here_t) == len(t) and len(here_c) == len(c):
            sums += values
        else:
            for at, i in enumerate(here_t):
                sums[:, i][:, :, here_c] += values[:, at]
    with np.errstate(invalid="ignore"):
        sums /= n_windows[:, None, :, None]  # 0 / 0 is NaN
    return sums, n_windows


def _chance(
    t: Sequence[np.ndarray],
    c: Sequence[np.ndarray],
    t_windows: Sequence[Sequence[int]],
    c_windows: Sequence[Sequence[int]],
    metric: Metric,
    shifts: Sequence[int],
) -> np.ndarray:
    """Mean over shifts of `_means` with the client so many windows later; shifts without windows left out."""
    total: np.ndarray | float = 0.0
    count: np.ndarray | int = 0
    for shift in shifts:
        means, n_windows = _means(t, c, t_windows, [[w - shift for w in kept] for kept in c_windows], metric)
        shared = n_windows[:, None, :, None] > 0
        total = total + np.where(shared, means, 0)
        count = count + shared
    with np.errstate(invalid="ignore"):
        return np.asarray(total / count)


def _stacked(people: list[np.ndarray]) -> np.ndarray:
    """One window of several people, (n_bands, 1, people * channels, n_times)."""
    n_bands, n_channels, n_times = people[0].shape
    as_stored = people[0].dtype == np.int16
    stack = np.empty(
        (n_bands, len(people), n_channels, n_times), np.complex64 if as_stored else people[0].dtype
    )
    for i, person in enumerate(people):
        for band in range(n_bands):
            if as_stored:
                restored_phasors(person[band], out=stack[band, i])
            else:
                stack[band, i] = person[band]
    return stack.reshape(n_bands, 1, -1, n_times)


def _blocks(
    allowed: np.ndarray, therapists: People, clients: People, stretches: Sequence[int] | None = None
) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Few therapists and few clients at a time, all pairs of which are of use or nearly so."""
    for rows, columns in _unconnected(allowed) if stretches is None else _neighbours(allowed, stretches):
        size_t, size_c = (_block_size(x[y[0]]) for x, y in ((therapists, rows), (clients, columns)))
        for some in _split(rows, size_t):
            for others in _split(columns, size_c):
                if allowed[np.ix_(some, others)].any():
                    yield some, others


def _unconnected(allowed: np.ndarray) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """Groups of people that have no allowed pair with anybody else, as those of another modality."""
    n = len(allowed)
    i, k = np.nonzero(allowed)
    graph = coo_array((np.ones(len(i), bool), (i, n + k)), shape=(sum(allowed.shape),) * 2)
    _, group = connected_components(graph, directed=False)
    for label in np.unique(group[i]):
        yield np.flatnonzero(group[:n] == label), np.flatnonzero(group[n:] == label)


def _neighbours(allowed: np.ndarray, stretches: Sequence[int]) -> Iterator[tuple[np.ndarray, np.ndarray]]:
    """The therapists of one and the clients of one stretch, where any pair of these is allowed."""
    of = np.asarray(stretches)
    rows, columns = np.nonzero(allowed)
    for one, other in np.unique(np.column_stack([of[rows], of[columns]]), axis=0):
        yield np.flatnonzero(of == one), np.flatnonzero(of == other)


def _split(people: np.ndarray, size: int) -> list[np.ndarray]:
    return np.array_split(people, -(-len(people) // size))


def _block_size(person: np.ndarray | Callable[[], np.ndarray]) -> int:
    return int(np.clip(BYTES_AT_ONCE // max(_opened(person).nbytes, 1), 1, PEOPLE_AT_ONCE))


def _opened(person: np.ndarray | Callable[[], np.ndarray]) -> np.ndarray:
    return np.asarray(person() if callable(person) else person)


def _check(
    therapists: People,
    clients: People,
    therapist_windows: Sequence[Sequence[int]],
    client_windows: Sequence[Sequence[int]],
    allowed: np.ndarray,
    chance_shifts: Collection[int],
) -> None:
    if 0 in chance_shifts:
        raise ValueError("The shift 0 is no chance level but the pair's own synchrony.")
    if allowed.shape != (len(therapists), len(clients)):
        raise ValueError(
            f"{len(therapists)} therapists and {len(clients)} clients need a table of allowed pairs of that "
            f"shape; it has {allowed.shape}."
        )
    for people, windows, who in (
        (therapists, therapist_windows, "therapists"),
        (clients, client_windows, "clients"),
    ):
        if len(people) != len(windows):
            raise ValueError(f"{len(people)} {who} need as many lists of windows, not {len(windows)}.")
