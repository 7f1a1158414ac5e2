"""Mediations on the page: each verdict has its sentence, and no causal order is claimed."""

import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, Page, outlines, said
from synthetic_tables import write_tables

from interbrain.files.tables import write_table
from interbrain.report.methods.mediation import mediation
from interbrain.report.methods.run import Run
from interbrain.report.page import render
from interbrain.report.reading import read_results
from interbrain.tables.mediation import MEDIATION


def section(folder, *rows):
    paths = write_tables(folder)
    about = {
        "predictor": "tpi_total",
        "mediator": "above_chance",
        "outcome": "wai_total",
        "n_dyads": 14,
        "unit": "dyad",
    }
    about |= {"n": 14, "indirect": -0.2, "indirect_low": -0.5, "indirect_high": 0.1, "confidence": 0.95}
    about |= {
        "margin": 0.09,
        "detectable": 0.56,
        "note": "a mediation in data of one time shows no causal order",
    }
    table = pd.DataFrame([about | row for row in rows]).reindex(columns=MEDIATION.names)
    if rows:
        paths["mediation"] = folder / "desc-mediation_stats.tsv"
        write_table(paths["mediation"], table, MEDIATION)
    with outlines():
        page = Page(render(read_results(paths), ASSETS, folder, ["results"]))
    return said(page.section("results"))


def test_each_verdict_has_its_sentence_and_the_page_says_what_it_cannot_show(tmp_path):
    told = section(
        tmp_path,
        {"verdict": "cannot tell"},
        {"verdict": "negative", "indirect_high": -0.1},
        {"verdict": "equivalent"},
        {"verdict": "not tested", "note": "9 dyads with all three values: at least 10 are needed"},
    )
    assert "this study cannot tell (standardised indirect effect −.20, 95% interval [−.50, .10], 14" in told
    assert "80% power for an indirect effect of .56" in told
    assert "the indirect effect is negative" in told and "the indirect effect is positive" not in told
    assert "beyond ±.09 is ruled out" in told and "not tested (9 dyads" in told
    assert "no causal order" in told and "does not show that the mediator comes between" in told


@pytest.mark.long
def test_a_study_without_mediations_has_no_such_part(tmp_path):
    assert "Mediation" not in section(tmp_path)


def test_the_methods_cite_their_sources_only_where_a_mediation_was_asked_for():
    config = {"statistics": {"bootstraps": 2000, "equivalence": {"r": 0.3}}, "seed": 1}
    sizes = {"dyads": 14, "therapists": 14, "clients": 14, "scores": []}
    asked = [{"x": "tpi_total", "mediator": "above_chance", "y": "wai_total"}]
    run = Run({"config": config}, sizes)
    assert list(mediation(run)) == []
    config["statistics"]["mediation"] = asked
    run = Run({"config": config}, sizes)
    [text] = mediation(run)
    assert "tpi total to above chance to wai total" in text and "within ±.09" in text
    assert {work.key for work in run.references} == {"PreacherHayes2008", "MaxwellCole2007"}
