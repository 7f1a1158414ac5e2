"""What a card says where therapists have several clients. Only words; `findings.therapists` judges."""

from __future__ import annotations

from interbrain.findings import Finding
from interbrain.findings.findings import missing
from interbrain.report import words
from interbrain.report.reading import Results

# What was permuted.
UNITS = {
    "dyad": "test",
    "therapist": "of therapists",
    "within therapist": "of the dyads of each therapist",
}


def therapists_line(results: Results, found: Finding) -> str:
    """The therapist-level test and whether it decides; empty where each therapist has one dyad."""
    table = results["therapists"]
    rows = table[(table["tested"] == found.hypothesis) & (table["measure"] == found.decisive)]
    rows = rows.dropna(subset=["F"])
    if rows.empty:
        return ""
    row = rows.iloc[0]
    n = f"{words.whole(row['n_therapists'])} therapists"
    if row["decides"] != "yes":
        return (
            "" if not missing(row["r"]) else f"With errors that dyads of one therapist share: {row['apa']}."
        )
    if missing(row["r"]):
        return f"Over {n}, several of whom have several dyads, which decides: {row['apa']}."
    return (
        f"Because several of the {n} have several dyads, p and intervals allow for errors that these share "
        "(table of tests over therapists)."
    )
