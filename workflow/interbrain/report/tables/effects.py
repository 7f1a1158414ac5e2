"""Factors: effects, means, pairs of levels, equivalence, the mixed model, power."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from interbrain import apa
from interbrain.report import words

from .cells import about, as_spoken, intervals, pairs, sized
from .form import Table, build, df, digits, p, said, share, text

if TYPE_CHECKING:
    from interbrain.report.reading import Results


def anova(frame: pd.DataFrame, measure: str, entering: words.Entering) -> Table:
    rows = frame[(frame["measure"] == measure) & (frame["effect"] != apa.NOT_AVAILABLE)].copy()
    rows["effect"] = rows["effect"].map(words.effect)
    corrected = (rows["gg_epsilon"] < 1 - 1e-9).any()  # with 1 degree of freedom there is nothing to correct
    rows["df"] = [
        f"{apa.degrees(a)}, {apa.degrees(b)}" for a, b in zip(rows["df1"], rows["df2"], strict=True)
    ]
    rows["ci"] = intervals(rows, "partial_eta2_low", "partial_eta2_high")
    columns = [
        text("effect", "Effect"),
        digits("F", "F"),
        said("df", "df", "df2"),
        p("p", "p"),
        *([share("gg_epsilon", "GG ε"), p("p_gg", "p (GG)")] if corrected else []),
        share("partial_eta2", "ηp²"),
        said("ci", "95% CI of ηp²", "partial_eta2_low"),
        share("generalised_eta2", "ηG²"),
        share("omega2", "ω²"),
        digits("n_dyads", "Dyads", 0),
    ]
    of = f"{'the ' if entering.change else ''}{entering.label(measure, start=False)}"
    return build(f"anova-{measure}", f"Effects on {of}", rows, columns, stacks=True)


def descriptives(frame: pd.DataFrame, entering: words.Entering) -> Table:
    rows = frame.copy()
    rows["measure"] = rows["measure"].map(entering.label)
    rows["factor"] = rows["factor"].map(words.effect)
    columns = [
        text("measure", "Measure"), text("factor", "Factor"), text("level", "Level"), digits("n", "Dyads", 0),
        share("mean", "Mean"), share("sd", "SD"),
    ]  # fmt: skip
    return build("descriptives", "Dyad means by group", rows, columns, stacks=True)


def means(frame: pd.DataFrame, results: Results) -> Table:
    columns = [
        *about(), text("level", "Level"), share("mean", "Mean"), share("se", "SE"), df(),
        said("ci", "95% CI", "ci_low"),
    ]  # fmt: skip
    rows = as_spoken(frame, results, "level")
    rows["ci"] = intervals(rows, "ci_low", "ci_high", 3)
    caption = "Estimated marginal means, each factor and every two together"
    return build("means", caption, rows, columns, stacks=True)


def contrasts(frame: pd.DataFrame, results: Results) -> Table:
    rows = as_spoken(frame, results, "level_a", "level_b")
    rows["pair"] = pairs(rows, "minus")
    tests = zip(rows["t"], rows["df"], strict=True)
    rows["test"] = [f"{apa.number(t)} ({apa.degrees(df)})" for t, df in tests]
    rows["size"] = rows["difference"]
    rows["difference"] = sized(rows["size"].map(apa.proportion), intervals(rows, "ci_low", "ci_high", 3))
    columns = [
        *about(), text("pair", "Levels"), said("difference", "Difference [95% CI]", "size"),
        said("test", "t (df)", "t"), p("p", "p"), p("p_holm", "p (Holm)"), digits("d", "d"),
    ]  # fmt: skip
    caption = "Pairs of levels; Holm’s correction within an effect"
    return build("contrasts", caption, rows, columns, stacks=True)


def equivalence(frame: pd.DataFrame, results: Results) -> Table:
    rows = as_spoken(frame.rename(columns={"factor": "effect"}), results, "level_a", "level_b")
    for level, n in (("level_a", "n_a"), ("level_b", "n_b")):
        sizes = rows[n].map(apa.whole)
        rows[level] = [f"{name} ({size})" for name, size in zip(rows[level], sizes, strict=True)]
    rows["pair"] = pairs(rows, "against")
    ends = intervals(rows, "d_low", "d_high", leading_zero=True)
    rows["size"] = sized(rows["d"].map(apa.number), ends)
    columns = [
        *about("Factor"), text("pair", "Levels (dyads)"), text("verdict", "Verdict"),
        said("size", "d [90% CI]", "d"), p("p_holm", "p (Holm)"), p("p_tost_holm", "p (TOST, Holm)"),
        digits("bf01", "BF01"),
    ]  # fmt: skip
    bounds = [f"d = ±{bound:g}" for bound in rows["bound_d"].dropna().unique()]
    caption = "Different, equivalent or inconclusive" + (f": within {words.listed(bounds)}" if bounds else "")
    return build("equivalence", caption, rows, columns, stacks=True)


def mixed(frame: pd.DataFrame, results: Results) -> Table:
    frame = frame.rename(columns={"term": "effect"}).dropna(subset=["estimate"])
    rows = as_spoken(frame, results)
    variances = frame["effect"].str.startswith("variance: ")
    rows["effect"] = rows["effect"].mask(variances, frame["effect"].map(words.heading))
    rows["ci"] = intervals(rows, "ci_low", "ci_high", 4)
    columns = [
        *about("Term"), share("estimate", "Estimate", 4), share("se", "SE", 4),
        said("ci", "95% CI", "ci_low"), df(), digits("t", "t"), p("p", "p"),
    ]  # fmt: skip
    caption = "Mixed model with the therapist as a random effect"
    return build("mixed", caption, rows, columns, stacks=True)


def power(frame: pd.DataFrame, results: Results) -> Table:
    rows = as_spoken(frame, results)
    ends = intervals(rows, "d_low", "d_high", leading_zero=True)
    rows["size"] = sized(rows["d"].map(apa.number), ends)
    columns = [
        *about(), digits("n_dyads", "Dyads", 0), digits("detectable_d", "Smallest detectable d"),
        said("size", "Observed d [95% CI]", "d"),
        digits("safeguard_d", "Safeguard d"), digits("n_for_safeguard", "N for safeguard d", 0),
    ]  # fmt: skip
    caption = "What this study could detect, and what a cautious guess would need"
    return build("power", caption, rows, columns, stacks=True)
