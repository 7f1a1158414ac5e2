"""What the methods say of coded events, of coders, and of brain beside body."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import resolved

from interbrain.report.methods import write_methods

SIZES = {"dyads": 2, "therapists": 2, "clients": 2, "sync_methods": [], "recordings": 8}


STATED = {"reach_s": 60, "guard_s": 10, "controls": "no_event", "min_events": 5, "n_shifts": 999, "bin_s": 1}


def written(tables=(), **settings):
    config = resolved({"coded_events": STATED | settings})
    config["tables"] = config.get("tables", {}) | {name: f"{name}.tsv" for name in tables}
    return write_methods({"config": config}, SIZES | {"coordination_measures": ["wcc_absolute"]})


def test_a_study_without_coded_events_says_nothing_of_them():
    assert "control windows" not in written().text and "Fisher's z minus its" not in written().text


def test_events_are_described_with_the_settings_of_the_run_and_their_sources():
    found = written(
        ["coding"], reach_s=90, guard_s=5, min_events=6, n_shifts=499, controls="not_this_code", bin_s=2
    )
    assert "within 90 s of the event, in no event of the same code, and at least 5 s away" in found.text
    assert "499 circular shifts" in found.text and "fewer than 6 such events" in found.text
    assert "Cohen's kappa over bins of 2 s" in found.text
    assert {"Cohen1960", "PolitisRomano1992", "NicholsHolmes2002"} <= {work.key for work in found.references}
    assert "in no coded event" in written(["coding"]).text
    assert "other signals. Both series" not in found.text


def test_brain_beside_body_is_described_where_there_are_signals():
    assert "was correlated with each measure of coordination" in written(["signals"]).text
