"""Mediations that the study asked for: what each shows, in words and in a table."""

from __future__ import annotations

from collections.abc import Mapping

from interbrain import apa
from interbrain.report.reading import Results
from interbrain.report.tables import mediation as tables

from .numbered import Numbered


def mediation(page: Numbered) -> dict:
    """Sentences, the table and its notes; nothing where none was asked for."""
    frame = page.results["mediation"]
    if frame.empty:
        return {"mediation": None}
    rows = frame.to_dict("records")
    notes = dict.fromkeys(str(row["note"]) for row in rows if row["verdict"] != "not tested")
    return {
        "mediation": page.table(tables.mediation(frame, page.results), "mediation"),
        "mediation_said": [_sentence(page.results, row) for row in rows],
        "mediation_notes": [f"{note[:1].upper()}{note[1:]}." for note in notes if not apa.is_missing(note)],
    }


def _sentence(results: Results, row: Mapping) -> str:
    x, mediator, y = (tables.called(results, row[name]) for name in ("predictor", "mediator", "outcome"))
    about = f"{x} through {mediator} to {y}"
    if row["verdict"] == "not tested":
        return f"{about}: not tested ({row['note']})."
    over = f"{apa.whole(row['n_dyads'])} dyads"
    if row["unit"] == "therapist":
        over += f" of {apa.whole(row['n'])} therapists, who were resampled"
    percent = f"{100 * row['confidence']:.3g}"
    interval = f"{percent}% interval {apa.interval(row['indirect_low'], row['indirect_high'], 2)}"
    size = f"standardised indirect effect {apa.proportion(row['indirect'], 2)}, {interval}, {over}"
    margin, detectable = (apa.proportion(row[name], 2) for name in ("margin", "detectable"))
    return {
        "positive": f"{about}: the indirect effect is positive ({size}).",
        "negative": f"{about}: the indirect effect is negative ({size}).",
        "equivalent": f"{about}: an indirect effect beyond ±{margin} is ruled out ({size}).",
        "cannot tell": f"{about}: this study cannot tell ({size}). It has 80% power for an indirect effect "
        f"of {detectable} and more.",
    }[row["verdict"]]
