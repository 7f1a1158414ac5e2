"""The study under other analysis choices: specification curves and what they say jointly."""

from __future__ import annotations

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures.specifications import specifications
from interbrain.report.reading import Results
from interbrain.report.tables.further_tests import joint as joint_table

from .numbered import Numbered


def choices(page: Numbered) -> dict:
    results = page.results
    frame, joint = results["specifications"], results["multiverse"]
    curves = []
    for tested in dict.fromkeys(frame["tested"]):
        label = results.term(tested)
        drawn = specifications(frame[frame["tested"] == tested], tested, label)
        says = joint_sentence(results, tested)
        curves.append({"label": label, "says": says, "figure": page.figure(drawn)})
    table = page.table(joint_table(joint, results), "multiverse") if len(joint) else None
    return {"curves": curves, "joint": table}


def joint_sentence(results: Results, tested: str) -> str:
    """What all combinations of choices say jointly about one factor or score, from the joint tests."""
    rows = results["multiverse"].query("tested == @tested").set_index("summary")
    rows = rows[rows["observed"].notna()]
    if rows.empty:
        return "The combinations could not be tested jointly; the table says why."
    unit = results["specifications"].query("tested == @tested")["effect_unit"].iloc[0]
    told = []
    if "median_effect" in rows.index:
        row = rows.loc["median_effect"]
        name = {"partial_eta2": "ηp²"}.get(unit, unit)
        usual = apa.interval(row["null_low"], row["null_high"], 2, True)
        told.append(
            f"the median effect is {name} = {apa.number(row['observed'])}, where 95 % of relabelings give "
            f"{usual} ({apa.p_value(row['p_permutation'])})"
        )
    if "significant_share" in rows.index:
        row = rows.loc["significant_share"]
        way = " in one direction" if unit != "partial_eta2" else ""
        found = f"{apa.whole(100 * row['observed'])} % have p < .05{way}"
        told.append(f"{found} ({apa.p_value(row['p_permutation'])})")
    if "stouffer_z" in rows.index:
        row = rows.loc["stouffer_z"]
        told.append(f"Stouffer’s z is {apa.number(row['observed'])} ({apa.p_value(row['p_permutation'])})")
    count = words.counted(int(rows["n_specifications"].max()), "analysis", "analyses")
    return f"Over {count}, {words.listed(told)}. Each p is the share of relabelings that reach as much."
