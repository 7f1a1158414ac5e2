"""Whether two coders agree on a code: Cohen's kappa over bins, with an interval that minds runs of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np
import pandas as pd

from interbrain.statistics.notes import whole_counts
from interbrain.tables.event_statistics import AGREEMENT

BLOCK_S = 60.0  # bins within so much time are resampled together
N_RESAMPLES = 2_000
FEWEST_BLOCKS = 5


@dataclass(frozen=True)
class Coded:
    """What was coded in one run.

    Attributes
    ----------
    dyad, time : str
    run : int
    duration_s : float
        Of the recording.
    events : DataFrame
        onset_s (s from the run's beginning), duration_s, code, who, coder.
    """

    dyad: str
    time: str
    run: int
    duration_s: float
    events: pd.DataFrame


def in_bins(events: pd.DataFrame, duration_s: float, bin_s: float) -> np.ndarray:
    """Which bins of a run hold an event, shape (n_bins,); an event without a duration is in one bin."""
    held = np.zeros(max(1, int(np.ceil(duration_s / bin_s - 1e-9))), dtype=bool)
    for onset, length in zip(events["onset_s"], events["duration_s"], strict=True):
        first = int(np.floor(onset / bin_s + 1e-9))
        beyond = max(first + 1, int(np.ceil((onset + length) / bin_s - 1e-9)))
        held[max(first, 0) : max(beyond, 0)] = True
    return held


def kappa(counts: np.ndarray) -> np.ndarray:
    """Cohen's kappa.

    Parameters
    ----------
    counts : array, shape (..., 4)
        Bins that both marked, only the first, only the second, neither.

    Returns
    -------
    kappa : array, shape (...)
        NaN where chance alone gives full agreement: neither coder, or each in every bin, marked anything.

    References
    ----------
    Cohen (1960), Educational and Psychological Measurement 20, 37-46.

    Examples
    --------
    >>> import numpy as np
    >>> round(float(kappa(np.array([20, 5, 10, 15]))), 2)
    0.4
    """
    counts = np.asarray(counts, dtype=float)
    both, first, second, neither = np.moveaxis(counts, -1, 0)
    n = counts.sum(axis=-1)
    with np.errstate(divide="ignore", invalid="ignore"):
        observed = (both + neither) / n
        chance = ((both + first) * (both + second) + (neither + first) * (neither + second)) / n**2
        return np.where(chance < 1, (observed - chance) / (1 - chance), np.nan)


def kappa_interval(
    pairs: Sequence[tuple[np.ndarray, np.ndarray]], block: int, seed: Sequence[int]
) -> tuple[float, float]:
    """95% interval of the kappa of several runs together, by a circular block bootstrap.

    Neighbouring bins of one event agree or disagree together: the usual standard error takes them for
    independent and is much too small.

    Parameters
    ----------
    pairs : sequence of (array of bool, array of bool)
        The bins of both coders, of each run.
    block : int
        Bins that are resampled together.
    seed : sequence of int

    Returns
    -------
    low, high : float
        NaN with fewer than 5 blocks, or where a tenth of the resamples has no kappa.

    References
    ----------
    Politis and Romano (1992), in Exploring the Limits of Bootstrap, 263-270: the circular blocks.
    """
    if sum(len(a) // block for a, _ in pairs) < FEWEST_BLOCKS:
        return float("nan"), float("nan")
    rng = np.random.default_rng(list(seed))
    counts = np.zeros((N_RESAMPLES, 4))
    for a, b in pairs:
        kinds = _kinds(a, b)
        size = min(block, len(kinds))
        around = np.concatenate([np.zeros((1, 4)), np.cumsum(np.concatenate([kinds, kinds[:size]]), axis=0)])
        blocks = around[size : size + len(kinds)] - around[: len(kinds)]
        drawn = rng.integers(0, len(kinds), (N_RESAMPLES, -(-len(kinds) // size)))
        counts += blocks[drawn].sum(axis=1)
    found = kappa(counts)
    known = found[np.isfinite(found)]
    if len(known) < 0.9 * N_RESAMPLES:
        return float("nan"), float("nan")
    low, high = np.quantile(known, [0.025, 0.975])
    return float(low), float(high)


def _kinds(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    return np.stack([a & b, a & ~b, ~a & b, ~a & ~b], axis=-1).astype(float)


def agreement(runs: Sequence[Coded], bin_s: float, seed: Sequence[int] = (0,)) -> pd.DataFrame:
    """Kappa of every two coders for every code, over all runs that both coded and in each.

    Returns
    -------
    table : DataFrame
        `tables.event_statistics.AGREEMENT`. A coder coded a run if any event of it is theirs. A code that
        only one coder used in a run counts as not marked by the other; a code without a run that two people
        coded has one row that says so.
    """
    rows = []
    for code in sorted({code for run in runs for code in run.events["code"]}):
        of_pairs = _pairs(runs, code)
        if not of_pairs:
            why = "no run in which this code was used was coded by two people"
            rows.append({"code": code, "dyad": "all", "time": "all", "n_runs": 0, "note": why})
        for (one, other), shared in of_pairs.items():
            about = {"code": code, "coder_a": one, "coder_b": other}
            bins = [
                tuple(in_bins(events, run.duration_s, bin_s) for events in of_both) for run, of_both in shared
            ]
            whole = {"dyad": "all", "time": "all", "n_runs": len(shared)}
            events = [sum(len(of_both[k]) for _, of_both in shared) for k in (0, 1)]
            rows.append(about | whole | _row(bins, events, bin_s, seed))
            for (run, of_both), own in zip(shared, bins, strict=True):
                where = {"dyad": run.dyad, "time": run.time, "run": run.run, "n_runs": 1}
                rows.append(about | where | _row([own], [len(e) for e in of_both], bin_s, seed))
    table = pd.DataFrame(rows).assign(bin_s=bin_s).reindex(columns=AGREEMENT.names)
    return whole_counts(table.astype({name: "Int64" for name in ("run", "n_runs")}))


def _pairs(runs: Sequence[Coded], code: str) -> dict[tuple[str, str], list]:
    """The runs that two coders coded and in which one of them used the code, and the events of both."""
    found: dict[tuple[str, str], list] = {}
    for run in runs:
        by = {coder: own[own["code"] == code] for coder, own in run.events.groupby("coder", sort=True)}
        for one, other in combinations(sorted(by), 2):
            if len(by[one]) or len(by[other]):
                found.setdefault((one, other), []).append((run, (by[one], by[other])))
    return dict(sorted(found.items()))


def _row(
    bins: Sequence[tuple[np.ndarray, ...]], events: Sequence[int], bin_s: float, seed: Sequence[int]
) -> dict:
    counts = sum(_kinds(a, b).sum(axis=0) for a, b in bins)
    low = high = float("nan")
    if all(events):
        low, high = kappa_interval([(a, b) for a, b in bins], max(1, round(BLOCK_S / bin_s)), seed)
    found, n = float(kappa(counts)), float(np.sum(counts))
    said = []
    if not np.isfinite(found):
        said.append("neither coder, or each in every bin, marked the code: there is no kappa")
    elif not all(events):
        said.append("one of the two never used the code: kappa is 0, without an interval")
    elif not np.isfinite(low):
        said.append("no interval: the runs are too short for blocks of a minute, or the code is too rare")
    return {
        **{"n_bins": int(n), "n_events_a": events[0], "n_events_b": events[1]},
        "share_a": float((counts[0] + counts[1]) / n),
        "share_b": float((counts[0] + counts[2]) / n),
        "agreement": float((counts[0] + counts[3]) / n),
        **{"kappa": found, "ci_low": low, "ci_high": high, "note": ". ".join(said)},
    }
