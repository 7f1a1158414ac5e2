"""What a card says where therapists have several clients. Only words."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import Finding
from interbrain.report import words

# What was permuted.
UNITS = {
    "dyad": "test",
    "therapist": "of therapists",
    "within therapist": "of the dyads of each therapist",
}


def dyads_of(found: Finding) -> str:
    """``18 dyads``, or ``18 dyads of 6 therapists`` where the therapists decide."""
    dyads = words.counted(int(found.n_dyads), "dyad")
    rows = found.told("over therapists", measure=found.decisive, decides="yes")
    return f"{dyads} of {apa.whole(rows[0]['n_therapists'])} therapists" if rows else dyads


def decides_over_therapists(found: Finding, measure: str) -> str:
    """What follows a model's test where the one over therapists decides, so that neither is misread."""
    rows = found.told("over therapists", measure=measure)
    if not rows or rows[0]["decides"] != "yes" or "r" in rows[0] or "apa" not in rows[0]:
        return ""
    return f"; over therapists, which decides: {rows[0]['apa']}"


def therapists_line(found: Finding) -> str:
    """The therapist-level test and whether it decides; empty where each therapist has one dyad."""
    rows = found.told("over therapists", measure=found.decisive)
    if not rows:
        return ""
    v = rows[0]
    n = f"{apa.whole(v['n_therapists'])} therapists"
    if v["decides"] != "yes":
        return "" if "r" in v else f"With errors clustered by therapist: {v['apa']}."
    if "r" not in v:
        return f"Over {n}, several of whom have several dyads, which decides: {v['apa']}."
    return (
        f"Because several of the {n} have several dyads, p and intervals allow for errors that these share "
        "(table of tests over therapists)."
    )
