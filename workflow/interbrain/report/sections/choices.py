"""The study under other analysis choices: specification curves and what they say jointly."""

from __future__ import annotations

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures.specifications import NONE, OF_COORDINATION, Asked, specifications
from interbrain.report.reading import Results
from interbrain.report.tables.further_tests import joint as joint_table

from .numbered import Numbered

ABOVE_CHANCE, ABOUT = "above_chance", ["kind", "question", "tested"]
OF_GROUPS = Asked(OF_COORDINATION, "signalspecifications")
OF_ZERO = Asked(
    OF_COORDINATION,
    "signalspecifications",
    "95% of the effects of this rank when the signs of dyads are flipped",
    "95% of sign flips",
    "d (mean in standard deviations)",
)
FLIPPED = "sign flips"


def choices(page: Numbered) -> dict:
    results = page.results
    frame, joint = results["specifications"], results["multiverse"]
    curves = []
    for tested in dict.fromkeys(frame["tested"]):
        label = results.term(tested)
        drawn = specifications(frame[frame["tested"] == tested], tested, label)
        says = joint_sentence(results, tested)
        curves.append({"label": label, "says": says, "figure": page.figure(drawn)})
    table = page.table(joint_table(joint, results.term), "multiverse") if len(joint) else None
    return {"curves": curves, "joint": table} | coordination_choices(page)


def coordination_choices(page: Numbered) -> dict:
    """The curves of coordination between bodies: of each signal against zero, and by each factor."""
    results = page.results
    frame, joint = results["signalspecifications"], results["signalmultiverse"]
    if frame.empty:
        return {"bodies": [], "bodies_joint": None, "no_choices": _left_out(results)}
    curves = []
    for (kind, question, tested), own in frame.groupby(ABOUT, sort=False):
        label = _label(results, kind, question, tested)
        rows = joint[(joint[ABOUT] == [kind, question, tested]).all(axis=1)]
        zero = tested == ABOVE_CHANCE
        for name in ("window_s", "lag_s"):
            own = own.assign(**{name: own[name].astype(object).where(own[name].notna(), NONE)})
        drawn = specifications(own, f"{kind}-{question}-{tested}", label, OF_ZERO if zero else OF_GROUPS)
        says = joint_said(rows, own["effect_unit"].iloc[0], FLIPPED if zero else "relabelings")
        curves.append({"label": label, "says": says, "figure": page.figure(drawn)})
    labels = [_label(results, *about) for about in joint[ABOUT].itertuples(index=False, name=None)]
    table = joint_table(joint.assign(tested=labels), str, "95% of relabelings or sign flips")
    shown = page.table(table, "signalmultiverse")
    return {"bodies": curves, "bodies_joint": shown, "no_choices": _left_out(results)}


def _label(results: Results, kind: str, question: str, tested: str) -> str:
    what = {"coordination": "coordination", "lead": "lead of the therapist"}[question]
    by = "" if tested == ABOVE_CHANCE else f" by {results.term(tested).lower()}"
    return f"{words.signal(kind)}: {what}{by}"


def _left_out(results: Results) -> list[str]:
    """The study's own measures that are no choice, where choices of coordination were asked for."""
    if "signalspecifications" not in results.tables:
        return []
    chosen = results["signalspecifications"]
    there = set(zip(chosen["kind"], chosen["measure"], strict=True))
    own = results["coordination"]
    pairs = dict.fromkeys(zip(own["kind"], own["measure"], strict=True))
    return [words.series(kind, measure) for kind, measure in pairs if (kind, measure) not in there]


def joint_sentence(results: Results, tested: str) -> str:
    """What all combinations of choices say jointly about one factor or score, from the joint tests."""
    unit = results["specifications"].query("tested == @tested")["effect_unit"].iloc[0]
    return joint_said(results["multiverse"].query("tested == @tested"), unit)


def joint_said(rows: pd.DataFrame, unit: str, relabelings: str = "relabelings") -> str:
    """The joint tests of one question in a sentence."""
    rows = rows[rows["observed"].notna()].set_index("summary")
    if rows.empty:
        return "The combinations could not be tested jointly; the table says why."
    told = []
    if "median_effect" in rows.index:
        row = rows.loc["median_effect"]
        name = {"partial_eta2": "ηp²"}.get(unit, unit)
        usual = apa.interval(row["null_low"], row["null_high"], 2, True)
        told.append(
            f"the median effect is {name} = {apa.number(row['observed'])}, where 95% of {relabelings} give "
            f"{usual} ({apa.p_value(row['p_permutation'])})"
        )
    if "significant_share" in rows.index:
        row = rows.loc["significant_share"]
        way = " in one direction" if unit != "partial_eta2" else ""
        found = f"{apa.whole(100 * row['observed'])}% have p < .05{way}"
        told.append(f"{found} ({apa.p_value(row['p_permutation'])})")
    if "stouffer_z" in rows.index:
        row = rows.loc["stouffer_z"]
        told.append(f"Stouffer’s z is {apa.number(row['observed'])} ({apa.p_value(row['p_permutation'])})")
    count = words.counted(int(rows["n_specifications"].max()), "analysis", "analyses")
    least = f"Each p is the share of {relabelings} that reach at least this value."
    return f"Over {count}, {words.listed(told)}. {least}"
