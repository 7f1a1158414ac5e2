"""A study of one dyad: nothing is tested over dyads, and the dyad's own tests of PLV are told on the card."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import ALPHA
from interbrain.report import words
from interbrain.report.reading import Results

MOST_NAMED = 5


def own_tests(results: Results) -> str:
    """The only dyad's PLV against its own chance level, in words; empty where there are several dyads."""
    known = results["aggregated"]
    known = known[known["p_chance"].notna()]
    if len(results.dyads) != 1 or known.empty:
        return ""
    several = known["time"].nunique() > 1
    small = known[known["p_chance"] < ALPHA].sort_values("p_chance", kind="stable")
    named = []
    for row in small.head(MOST_NAMED).to_dict("records"):
        called = words.cell(row["roi"], row["band"]) + (f", {words.spoken(row['time'])}" if several else "")
        named.append(f"{called} ({apa.p_value(row['p_chance'])})")
    all_or_some = "namely" if len(small) == len(named) else "among them"
    found = f", {all_or_some} {words.listed(named)}" if named else ""
    return (
        f"Against the dyad’s own chance level, PLV has p < .05 in {len(small)} of "
        f"{words.counted(len(known), 'test')}{found}; p is not corrected, so that about one test in "
        f"{round(1 / ALPHA)} has this without any synchrony."
    )
