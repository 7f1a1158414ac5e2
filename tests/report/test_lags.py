"""The section on lags and the first card: what they say of synchrony that may have a common cause."""

import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import findings_of, resolved

from interbrain.apa.lines import apa_presence
from interbrain.findings.form import Claim, Finding
from interbrain.report.cards import lags
from interbrain.report.cards.study import cards
from interbrain.report.figures import Absent
from interbrain.report.figures.lags import lag_curves
from interbrain.report.reading import TABLES, Results
from interbrain.report.tables.synchrony import lag_table
from interbrain.report.trust.warnings import warnings
from interbrain.statistics.lags import dyad_curves, mean_curves, zero_lag_tests
from interbrain.statistics.presence import against_zero

CONFIG = resolved(
    {
        "lags": {"max_s": 2.5, "far_from_s": 1.0},
        "factors": {"group": ["yes", "no"]},
        "bands": {"theta": [4, 7]},
        "statistics": {"between": ["group"]},
    }
)
SPREAD = np.linspace(-1, 1, 10) / np.linspace(-1, 1, 10).std(ddof=1)


def study(zero_lag=2.0, aec=0.0, height=0.05) -> Results:
    """Ten dyads with PLV above chance; PLV at zero lag and AEC have these means in SDs over dyads."""
    rows = []
    means = {"above_chance": 2.0, "above_pseudo": 2.0, "zero_lag": zero_lag, "aec_above_chance": aec}
    for measure, mean in means.items():
        row = against_zero((0.01 * (SPREAD + mean))[:, None])[0]
        about = {"measure": measure, "roi": "all", "band": "all", "unit": "dyad", "note": np.nan}
        rows.append(about | row | {"apa": apa_presence(row)})
    table = pd.DataFrame(rows).reindex(columns=TABLES["presence"].needed)
    at = np.round(np.arange(-50, 51) * 0.05, 2)
    made = [
        pd.DataFrame({"lag_s": at, "value": 0.2 + (height + 0.01 * own) * np.exp(-((at / 0.3) ** 2))}).assign(
            dyad=f"D{k}", time="pre", band="theta", roi="frontal", estimator=name
        )
        for k, own in enumerate(SPREAD)
        for name in ("plv", "aec")
    ]
    used = pd.DataFrame({"dyad": [f"D{k}" for k in range(10)], "time": "pre"})
    curves = dyad_curves(made, used)
    levels = pd.DataFrame({"group": ["yes", "no"] * 5}, index=used["dyad"])
    frames = {
        "presence": table,
        "lagcurves": mean_curves(curves, levels),
        "lags": zero_lag_tests(curves, 1.0),
    }
    return judged(Results(frames, {"config": CONFIG}, {}, {}))


def judged(results: Results) -> Results:
    """The same with what is found in its tables now."""
    frames = {name: results.tables[name] for name in ("presence", "lagcurves", "lags")}
    return replace(results, tables=frames | findings_of(frames))


@pytest.mark.parametrize(
    ("made", "chip", "told"),
    [
        ({}, "Synchrony found", "PLV is higher at zero lag than at lags of 1 to 2.5 s (mean difference .020"),
        (
            {"zero_lag": 0.0},
            lags.CHIP,
            "PLV is not shown to be higher at zero lag than at lags of 1 to 2.5 s",
        ),
        (
            {"aec": 2.0},
            lags.CHIP,
            "The amplitudes are correlated as well (AEC above chance: mean .020, p = .002)",
        ),
    ],
)
def test_the_first_card_says_simultaneous_where_the_evidence_speaks_for_a_common_cause(made, chip, told):
    results = study(**made)
    [card] = cards(results)
    assert card.chip == chip and any(told in line for line in card.lines)
    assert told in " ".join(lags.content(results)["said"])
    cautions = [one for one in warnings(results) if one.about == "Synchrony"]
    assert len(cautions) == (chip == lags.CHIP)
    assert all(told in one.says and "Do not call it coupling" in one.next_step for one in cautions)
    assert "n/a" not in " ".join(card.lines)


def test_a_wide_curve_and_a_shared_line_are_said_with_their_numbers():
    results = study()
    whole = results["lags"]["roi"] == "all"
    results["lags"].loc[whole, ["width_s", "n_lines", "line_hz"]] = [2.44, 4, 6.03]
    [card] = cards(judged(results))
    said = " ".join(card.lines)
    assert card.chip == lags.CHIP and "wide (at half its height: theta 2.4 s)" in said
    assert "narrow line at one frequency: theta at 6.0 Hz (4 of 10 dyads)" in said


def test_what_is_claimed_of_groups_and_scores_says_so_where_synchrony_may_have_a_common_cause():
    claimed = Finding("group", "found", (Claim("both", "yes", "no"),))
    assert "not shown to be coupling (first card)" in lags.of_a_claim(study(zero_lag=0.0), claimed)
    assert lags.of_a_claim(study(), claimed) == ""
    assert lags.of_a_claim(study(zero_lag=0.0), Finding("group", "unclear")) == ""


def test_a_study_without_synchrony_has_no_caution_about_it():
    results = study(zero_lag=0.0, aec=2.0)
    first = results["presence"]["measure"] == "above_chance"
    results["presence"].loc[first, ["p_flips", "p"]] = 0.5
    results = judged(results)
    assert lags.caution(results) is None
    assert lags.chip(results.synchrony) == ""


def test_the_figure_has_a_panel_for_each_estimator_and_band_and_says_the_tables_numbers():
    results = study()
    drawn = lag_curves(results)
    assert len(drawn.panels) == 2 and drawn.frame is results["lagcurves"]
    assert "PLV in theta over lags, 10 dyads: .250 at zero lag, .200 on average" in drawn.panels[0].alt
    assert [says for _, _, says in drawn.key] == ["all dyads", "group: yes", "group: no"]
    table = lag_table(results["lags"])
    assert [cell.text for cell in table.rows[0].cells][:5] == ["PLV", "frontal theta", "10", ".250", ".200"]


def test_a_study_without_a_curve_says_why_in_the_place_of_the_figure():
    results = study()
    for name in ("lagcurves", "lags"):
        results.tables[name] = results.tables[name].iloc[:0]
    drawn = lag_curves(results)
    assert isinstance(drawn, Absent) and "neighbours are kept too" in drawn.reason
