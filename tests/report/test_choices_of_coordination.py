"""Other choices of how coordination is measured: the page shows the curves, and what is no choice."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, Page, outlines, said
from synthetic_tables import write_findings, write_tables

from interbrain import apa
from interbrain.files.tables import write_table
from interbrain.multiverse.signal_choices import signal_combinations
from interbrain.multiverse.signal_specifications import signal_specification_tables
from interbrain.report.page import render
from interbrain.report.reading import read_results
from interbrain.tables.coordination import COORDINATION
from interbrain.tables.signal_multiverse import SIGNAL_JOINT, SIGNAL_SPECIFICATIONS

MEASURES = {"eda": ["wcc_absolute", "matching_lambda"], "motion": ["wcc_absolute", "wcc_lead"]}
CHOICES = signal_combinations(
    kinds={"eda": "eda", "motion": "motion"},
    measures=MEASURES,
    window_s=60,
    lag_s=5,
    further={"window_s": [30], "lag_s": [3]},
)
GROUPS = {"mindfulness": ["yes", "no"]}


def of_choices():
    """Specifications of ten dyads, all of them coordinated in skin conductance."""
    rng = np.random.default_rng(3)
    dyads = pd.DataFrame(
        [
            {"dyad": f"D{i:02}", "therapist": f"T{i}", "client": f"C{i}", "time": "pre"}
            | {"mindfulness": "yes" if i < 5 else "no"}
            for i in range(10)
        ]
    )
    rows = [
        {"dyad": dyad, "time": "pre", "kind": one.kind, "measure": one.measure, "note": ""}
        | {"window_s": one.window_s, "lag_s": one.lag_s}
        | {"above_chance": (one.kind == "eda") + 0.3 * rng.standard_normal()}
        for one in CHOICES.itertuples()
        for dyad in dyads["dyad"]
    ]
    given = {"times": ["pre"], "time": "mean", "between": GROUPS, "n_relabelings": 200, "seed": [1]}
    return signal_specification_tables(pd.DataFrame(rows), dyads, CHOICES, **given)


def test_each_signal_and_question_has_a_curve_and_measures_that_are_no_choice_are_named(tmp_path):
    table, joint = of_choices()
    own = [{"kind": kind, "measure": one} for kind, those in MEASURES.items() for one in those]
    paths = write_tables(tmp_path, multiverse=False)
    written = {
        "signalspecifications": (table, SIGNAL_SPECIFICATIONS),
        "signalmultiverse": (joint, SIGNAL_JOINT),
        "coordination": (
            pd.DataFrame(own).assign(dyad="D01", time="pre").reindex(columns=COORDINATION.names),
            COORDINATION,
        ),
    }
    for name, (one, declared) in written.items():
        paths[name] = tmp_path / f"desc-{declared.name}.tsv"
        write_table(paths[name], one, declared)
    with outlines():
        page = Page(render(read_results(write_findings(paths)), ASSETS, tmp_path, ["choices"]))
    section = page.section("choices")
    text = said(section)
    assert "No other choices were asked for" not in text
    assert "Not among the choices" in text and "Movement: Cross-lagged correlation." in text
    names = [f["at"]["id"] for f in page.inside(section, "figure")]
    assert names == [
        "figure-specifications-eda-coordination-above-chance",
        "figure-specifications-eda-coordination-mindfulness",
        "figure-specifications-motion-lead-above-chance",
        "figure-specifications-motion-lead-mindfulness",
    ]
    (row,) = joint.query("kind == 'eda' and tested == 'above_chance' and summary == 'median_effect'").to_dict(
        "records"
    )
    assert f"the median effect is d = {apa.number(row['observed'])}, where 95% of sign flips give" in text
    figure = page.all("figure", id=names[0])[0]
    assert "none to choose" in {said(cell) for cell in page.inside(figure, "td")}
    assert "d (mean in standard deviations)" in page.inside(figure, "svg")[0]["at"]["aria-label"]
