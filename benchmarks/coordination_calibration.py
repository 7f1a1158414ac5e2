"""Are the chance levels of coordination right? False positives where nobody is coordinated, and power.

Run by hand, about 20 minutes: python benchmarks/coordination_calibration.py [--sessions 500] [--out FILE]
The tables of docs/coordination.md, from the numbers that are there: ... --tables
Writes the numbers of docs/coordination.md as a table, workflow/interbrain/coordination/calibration.tsv, from
which the page and the registry's `headline` follow; seeds are fixed. Series are like skin conductance: an
autoregressive process with a time constant of 8 s, 4 Hz; and like the motion energy of a video: bursts with
stretches of no movement between them, 10 Hz. A chance level is right if p <= .05 comes in 5 % of sessions.
"""
# ruff: noqa: E402  the thread limits must stand before NumPy is imported

import os

for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[name] = "1"

import argparse
import csv
import sys
from collections import defaultdict
from dataclasses import fields, replace
from itertools import product
from pathlib import Path

import numpy as np
from scipy.signal import lfilter
from scipy.stats import norm

from interbrain.coordination.calibration import Cell, cells
from interbrain.coordination.defaults import kinds_of
from interbrain.coordination.families.lagged import lagged
from interbrain.coordination.lag import lag_curve
from interbrain.coordination.registry import MEASURES
from interbrain.coordination.session import FAMILIES, coordinate, coordinate_windows
from interbrain.coordination.settings import Settings

RATE, REMEMBERED_S, DRIFT_S, ARC = 4, 8, 300, 1.5
MINUTES, SERIES = (10, 20, 60), ("independent", "slow drift", "shared arc")
CELLS = tuple(product(SERIES, MINUTES))
# Of 40 recordings of motion energy of therapists and clients: share of frames without movement (median .26),
# skewness (3.3), SD / mean (2.0), autocorrelation after .1, .5, 1, 5 and 20 s (.90, .59, .42, .13, .04).
MOVEMENT_RATE, STILL, BURST = 10, 0.27, 2.5
MOVEMENT_S = ((0.45, 0.6), (0.40, 4), (0.15, 60))  # share of the variance, time constant
# An hour with slow drift is left out: 20 minutes have the same level as 10, and an hour takes the longest.
MOVEMENT = tuple((f"movement, {series}", m) for series, m in CELLS if (series, m) != ("slow drift", 60))
CONTINUOUS = [m for family in ("lagged", "segments", "concordance", "matching") for m in FAMILIES[family][1]]
CATEGORICAL = list(FAMILIES["categories"][1])
SIGNED = ["wcc_signed", "susy_signed"]
AS_SHIPPED, DETRENDED = Settings(n_shifts=199), Settings(n_shifts=199, detrend="linear")
IN_WINDOWS = ["wcc_absolute", "wcc_signed", "susy_absolute"]
COUPLING, LAG_S = (0.2, 0.3, 0.5), 2
LAG = "lag in seconds"
FOUND_BY = ["wcc_absolute", "wcc_signed", "wcc_lead", "susy_absolute", "concordance_index", "matching_lambda"]


def remembering(rng, n, seconds, rate=RATE):
    """Autoregressive noise of variance 1 and this time constant, one row a person."""
    keep = np.exp(-1 / (seconds * rate))
    n_before = 5 * round(seconds * rate)
    noise = rng.standard_normal((2, n + n_before))
    return np.sqrt(1 - keep**2) * lfilter([1], [1, -keep], noise, axis=1)[:, n_before:]


def session(rng, minutes, series):
    """Two people who share nothing, or nothing but the arc of the session."""
    n = minutes * 60 * RATE
    people = remembering(rng, n, REMEMBERED_S)
    if series == "slow drift":
        people = people + remembering(rng, n, DRIFT_S)
    if series == "shared arc":  # settling in, then rising towards the end, the same in everybody
        people = people + ARC * np.cos(2 * np.pi * np.arange(n) / n)
    return people


def movement(rng, minutes, series):
    """The same of two people who move in bursts: above a threshold a power of noise, below it no movement."""
    n = minutes * 60 * MOVEMENT_RATE
    people = sum(np.sqrt(share) * remembering(rng, n, s, MOVEMENT_RATE) for share, s in MOVEMENT_S)
    drifts = series.endswith("slow drift")
    if drifts:
        people = people + remembering(rng, n, DRIFT_S, MOVEMENT_RATE)
    if series.endswith("shared arc"):
        people = people + ARC * np.cos(2 * np.pi * np.arange(n) / n)
    threshold = norm.ppf(STILL) * np.sqrt(1 + drifts)
    return np.maximum(people - threshold, 0) ** BURST


def categories(series):
    """The series cut in three."""
    return np.digitize(series, (-0.7, 0.7)).astype(float)


def coupled(rng, minutes, rho):
    """The client does what the therapist did 2 s before, at this correlation."""
    n, later = minutes * 60 * RATE, LAG_S * RATE
    therapist, own = remembering(rng, n + later, REMEMBERED_S)
    client = rho * therapist[:-later] + np.sqrt(1 - rho**2) * own[later:]
    return therapist[later:], client


def calibrated(n_sessions):
    """A row for each measure, way of detrending and cell."""
    found = defaultdict(list)
    for (series, minutes), at in zip(CELLS, range(len(CELLS)), strict=True):
        for number in range(n_sessions):
            rng = np.random.default_rng([20, at, number])
            x, y = session(rng, minutes, series)
            every = coordinate(x, y, RATE, CONTINUOUS, AS_SHIPPED, number)
            every += coordinate(categories(x), categories(y), RATE, CATEGORICAL, AS_SHIPPED, number)
            for row in every:
                found[row["measure"], "none", series, minutes].append((row["value"], row["p_chance"]))
            for row in coordinate(x, y, RATE, SIGNED, DETRENDED, number):
                found[row["measure"], "linear", series, minutes].append((row["value"], row["p_chance"]))
        print(series, minutes, file=sys.stderr, flush=True)
    for (measure, detrend, series, minutes), results in found.items():
        values, p = np.array(results).T
        yield of_cell(measure, detrend, "shifts", series, minutes, values, p)


def calibrated_movement(n_sessions):
    """The same of movement, without detrending."""
    for at, (series, minutes) in enumerate(MOVEMENT):
        found = defaultdict(list)
        for number in range(n_sessions):
            x, y = movement(np.random.default_rng([24, at, number]), minutes, series)
            for row in coordinate(x, y, MOVEMENT_RATE, CONTINUOUS, AS_SHIPPED, number):
                found[row["measure"]].append((row["value"], row["p_chance"]))
        print(series, minutes, file=sys.stderr, flush=True)
        for measure, results in found.items():
            yield of_cell(measure, "none", "shifts", series, minutes, *np.array(results).T)


def of_cell(measure, detrend, against, series, minutes, values, p):
    return {
        "measure": measure,
        "detrend": detrend,
        "against": against,
        "series": series,
        "minutes": minutes,
        "sessions": int(np.isfinite(p).sum()),
        "p_05": round(float((p[np.isfinite(p)] <= 0.05).mean()), 3),
        "p_95": round(float((p[np.isfinite(p)] >= 0.95).mean()), 3),
        "sd": round(float(np.nanstd(values, ddof=1)), 4),
        "above_half": round(float((values > 0.5).mean()), 3),
    }


def against_strangers(n_studies, n_dyads=14, minutes=20):
    """The signed measures against strangers, where all dyads share the arc of the session."""
    found = defaultdict(list)
    for study in range(n_studies):
        rng = np.random.default_rng([21, study])
        dyads = [session(rng, minutes, "shared arc") for _ in range(n_dyads)]
        for i, (x, y) in enumerate(dyads):
            others = [one for k, one in enumerate(dyads) if k != i]
            strangers = [(x, other[1]) for other in others] + [(other[0], y) for other in others]
            settings = replace(AS_SHIPPED, n_shifts=50)
            rows = coordinate(x, y, RATE, SIGNED, settings, study, strangers=strangers)
            pairs = [tuple(map(categories, pair)) for pair in strangers]
            x, y = categories(x), categories(y)
            rows += coordinate(x, y, RATE, CATEGORICAL[:1], settings, study, strangers=pairs)
            for row in rows:
                found[row["measure"]].append((row["above_pseudo"], row["p_pseudo"]))
    for measure, results in found.items():
        values, p = np.array(results).T
        yield of_cell(measure, "none", "strangers", "shared arc", minutes, values, p)


def windows_against_their_own(n_sessions, minutes=20):
    """Single windows against their own chance levels: shares of the windows of all sessions."""
    for at, series in enumerate(SERIES):
        found = defaultdict(list)
        for number in range(n_sessions):
            x, y = session(np.random.default_rng([23, at, number]), minutes, series)
            for row in coordinate_windows(x, y, RATE, IN_WINDOWS, AS_SHIPPED, number):
                found[row["measure"]].append((row["value"], row["p_chance"]))
        for measure, results in found.items():
            values, p = np.array(results).T
            yield of_cell(measure, "none", "own windows", series, minutes, values, p)


def power(n_sessions):
    for (rho, minutes), at in zip(product(COUPLING, MINUTES), range(9), strict=True):
        found = defaultdict(list)
        for number in range(n_sessions):
            x, y = coupled(np.random.default_rng([22, at, number]), minutes, rho)
            for row in coordinate(x, y, RATE, FOUND_BY, AS_SHIPPED, number):
                found[row["measure"]].append((row["value"], row["p_chance"]))
        for measure, results in found.items():
            values, p = np.array(results).T
            yield of_cell(measure, "none", "shifts", f"coupled at {rho}", minutes, values, p)


def lags_in_seconds(n_sessions):
    """How often the curve over lags has a peak beyond chance; of planted lags, how far off the peak is."""
    for at, (series, minutes) in enumerate(product((*SERIES, 0.3, 0.5), MINUTES[:2])):
        coupling = not isinstance(series, str)
        found = []
        for number in range(n_sessions // 5 if coupling else n_sessions):
            rng = np.random.default_rng([25, at, number])
            x, y = coupled(rng, minutes, series) if coupling else session(rng, minutes, series)
            curve = lag_curve(lagged(x, y, RATE, AS_SHIPPED, np.random.default_rng(number)), RATE)
            found.append((curve.peak_s - LAG_S * coupling, curve.p))
        named = f"coupled at {series}" if coupling else series
        yield of_cell(LAG, "none", "any lag", named, minutes, *np.array(found).T)


def share(number):
    return f"{number:.3f}".lstrip("0") or "0"


def calibration_table(columns=CELLS, names=tuple(MEASURES), detrended=SIGNED):
    """Shares of false positives: a row a measure and way of detrending, a column a cell."""
    yield (
        "| measure | "
        + " | ".join(f"{series.removeprefix('movement, ')}, {minutes} min" for series, minutes in columns)
        + " | headline |"
    )
    yield "|---" * (len(columns) + 2) + "|"
    found = {(c.measure, c.detrend, c.against, c.series, c.minutes): c for c in cells()}
    for (name, detrend), tail in product(
        [*((name, "none") for name in names), *((name, "linear") for name in detrended)], ("p_05", "p_95")
    ):
        if tail == "p_95" and name != "wcc_lead":
            continue
        numbers = [getattr(found[name, detrend, "shifts", *cell], tail) for cell in columns]
        extra = ", detrended" if detrend == "linear" else ", p ≥ .95" if tail == "p_95" else ""
        headline = "yes" if MEASURES[name].headline and not extra else ""
        yield f"| `{name}`{extra} | " + " | ".join(share(n) for n in numbers) + f" | {headline} |"


def movement_table():
    yield from calibration_table(MOVEMENT, CONTINUOUS, ())


def effect_size_table():
    yield "| series | minutes | SD of the effect size | effect size > .5 |"
    yield "|---|---|---|---|"
    for cell in cells():
        if cell.measure == "susy_es" and cell.series in SERIES:
            yield f"| {cell.series} | {cell.minutes} | {cell.sd:.2f} | {share(cell.above_half)} |"


def strangers_table():
    yield "| measure | against circular shifts | against strangers |"
    yield "|---|---|---|"
    for name in [*SIGNED, CATEGORICAL[0]]:
        both = [
            next(c for c in cells() if (c.measure, c.detrend, c.against, c.series, c.minutes) == key)
            for key in ((name, "none", against, "shared arc", 20) for against in ("shifts", "strangers"))
        ]
        yield f"| `{name}` | " + " | ".join(f"{share(c.p_05)} of {c.sessions}" for c in both) + " |"


def windows_table():
    yield "| measure | " + " | ".join(SERIES) + " |"
    yield "|---" * (len(SERIES) + 1) + "|"
    for name in IN_WINDOWS:
        shares = [c.p_05 for c in cells() if c.measure == name and c.against == "own windows"]
        yield f"| `{name}` | " + " | ".join(map(share, shares)) + " |"


def power_table():
    yield "| measure | " + " | ".join(f"r = {r}, {m} min" for r, m in product(COUPLING, MINUTES)) + " |"
    yield "|---" * (len(COUPLING) * len(MINUTES) + 1) + "|"
    for name in FOUND_BY:
        shares = [c.p_05 for c in cells() if c.measure == name and c.coupled]
        yield f"| `{name}` | " + " | ".join(f"{n:.2f}".lstrip("0") for n in shares) + " |"


def lags_table():
    yield "| series | minutes | sessions | a lag is beyond chance | SD of the lags found, s |"
    yield "|---|---|---|---|---|"
    for c in cells():
        if c.measure == LAG:
            spread = f"{c.sd:.2f} around {LAG_S}" if c.coupled else f"{c.sd:.1f}"
            yield f"| {c.series} | {c.minutes} | {c.sessions} | {share(c.p_05)} | {spread} |"


def measures_table():
    yield "| measure | formula | from | to | source | computed by default for |"
    yield "|---|---|---|---|---|---|"
    for m in MEASURES.values():
        formula = m.formula.replace("|", "\\|")
        kinds = ", ".join(kinds_of(m.name))
        yield f"| `{m.name}` | {formula} | {m.low:.3g} | {m.high:.3g} | {m.source} | {kinds} |"


PARTS = ("sessions", "strangers", "windows", "power", "movement", "lags")
TABLES = (
    *(measures_table, calibration_table, movement_table),
    *(effect_size_table, strangers_table, windows_table, power_table, lags_table),
)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sessions", type=int, default=500)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--parts", nargs="+", default=list(PARTS))
    parser.add_argument("--tables", action="store_true")
    options = parser.parse_args()
    if options.tables:
        print("\n\n".join("\n".join(table()) for table in TABLES))
        return
    parts = {
        "sessions": lambda: calibrated(options.sessions),
        "strangers": lambda: against_strangers(max(options.sessions // 25, 1)),
        "windows": lambda: windows_against_their_own(max(options.sessions // 5, 2)),
        "power": lambda: power(max(options.sessions // 5, 2)),
        "movement": lambda: calibrated_movement(options.sessions),
        "lags": lambda: lags_in_seconds(options.sessions),
    }
    with options.out.open("w", newline="") if options.out else sys.stdout as file:
        writer = csv.DictWriter(file, [of.name for of in fields(Cell)], delimiter="\t", lineterminator="\n")
        writer.writeheader()
        for row in (row for part in options.parts for row in parts[part]()):
            writer.writerow(row)
            file.flush()


if __name__ == "__main__":
    main()
