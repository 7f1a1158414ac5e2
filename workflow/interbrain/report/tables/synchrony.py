"""Synchrony itself: against zero, against each dyad's chance level, at zero lag and at far lags."""

from __future__ import annotations

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .cells import intervals, sized
from .form import Table, build, digits, p, said, share, text


def presence(frame: pd.DataFrame) -> Table:
    """Means against zero over all sites and bands, then at each."""
    rows = frame.dropna(subset=["t"]).copy()
    rows["measure"] = rows["measure"].map(words.measure)
    places = zip(rows["roi"], rows["band"], strict=True)
    rows["place"] = ["all" if roi == band == "all" else words.cell(roi, band) for roi, band in places]
    ends = intervals(rows, "ci_low", "ci_high", 3)
    rows["size"] = sized(rows["mean"].map(apa.proportion), ends)
    tests = zip(rows["t"], rows["df"], strict=True)
    rows["test"] = [f"{apa.number(t)} ({apa.degrees(df)})" for t, df in tests]
    columns = [
        text("measure", "Measure"), text("place", "Site, band"), text("unit", "Unit"), digits("n", "n", 0),
        said("size", "Mean [95% CI]", "mean"), share("sd", "SD"), said("test", "t (df)", "t"), p("p", "p"),
        p("p_flips", "p (flips)"), p("p_family", "p (family)"), digits("d_z", "dz"), digits("bf10", "BF10"),
    ]  # fmt: skip
    return build("presence", "Means against zero, two-sided", rows, columns, stacks=True)


def chance(aggregated: pd.DataFrame) -> Table:
    columns = [
        text("dyad", "Dyad"), text("time", "Time"), text("roi", "Site"), text("band", "Band"),
        share("plv", "Raw PLV"),
        share("chance", "Chance"), share("chance_sd", "Chance SD"), share("above_chance", "Above chance"),
        p("p_chance", "p"), digits("n_windows", "Windows", 0), digits("n_pairs", "Channel pairs", 0),
        digits("n_shifts", "Shifts", 0),
    ]  # fmt: skip
    if "pseudo" in aggregated:
        columns += [
            share("pseudo", "Pseudo-dyads above chance"), share("above_pseudo", "Above pseudo-dyads"),
            p("p_pseudo", "p (pseudo-dyads)"), digits("n_pseudo", "Pseudo-dyads", 0),
        ]  # fmt: skip
    if "n_pseudo_possible" in aggregated:
        columns.append(digits("n_pseudo_possible", "Possible pseudo-dyads", 0))
    return build(
        "chance",
        "Each dyad, time, site and band against its own chance level",
        aggregated,
        columns,
        stacks=True,
    )


def shifts_of_each(aggregated: pd.DataFrame) -> str:
    """How many circular shifts the chance levels rest on, such as 200 or 29 to 200; empty without any."""
    numbers = aggregated.loc[aggregated["n_shifts"] > 0, "n_shifts"].astype(int)
    if numbers.empty:
        return ""
    fewest = f"{numbers.min():,} to " if numbers.min() < numbers.max() else ""
    return f"{fewest}{numbers.max():,}"


def drawn_pseudo_dyads(aggregated: pd.DataFrame) -> str:
    """How many pseudo-dyads of how many a dyad was compared with; empty where it was all of them."""
    if "n_pseudo_possible" not in aggregated:
        return ""
    rows = aggregated.dropna(subset=["n_pseudo", "n_pseudo_possible"])
    drawn, possible = rows["n_pseudo"].astype(int), rows["n_pseudo_possible"].astype(int)
    if rows.empty or possible.max() <= drawn.max():
        return ""
    at_most = "" if drawn.min() == drawn.max() and len(rows) == len(aggregated) else "at most "
    fewest = f"{possible.min():,} to " if possible.min() < possible.max() else ""
    return f"{at_most}{drawn.max():,} of the {fewest}{possible.max():,} possible pseudo-dyads of each dyad"


def lag_table(frame: pd.DataFrame) -> Table:
    """Lag 0 against the far lags, for each band, site and estimator."""
    rows = frame.dropna(subset=["t"]).copy()
    rows["estimator"] = rows["estimator"].map(words.CURVES)
    places = zip(rows["roi"], rows["band"], strict=True)
    rows["place"] = [words.cell("all sites" if roi == "all" else roi, band) for roi, band in places]
    ends = zip(rows["mean"], rows["ci_low"], rows["ci_high"], strict=True)
    rows["size"] = [f"{apa.proportion(mean)} {apa.interval(low, high, 3)}" for mean, low, high in ends]
    columns = [
        text("estimator", "Estimator"), text("place", "Site, band"),
        digits("n", "Dyads", 0), share("at_zero", "At lag 0"),
        share("at_far", "At far lags"),
        said("size", "Difference [95% CI]", "mean"), digits("d_z", "dz"),
        p("p_flips", "p (flips)"), digits("width_s", "Width, s"),
        digits("peak_s", "Peak, s"),
    ]  # fmt: skip
    caption = "Synchrony at lag 0 and at far lags; the width is that of the mean curve at half its height"
    return build("lags", caption, rows, columns, stacks=True)
