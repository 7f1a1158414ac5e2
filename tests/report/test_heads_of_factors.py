"""What the report calls the factors of its table of means."""

import pandas as pd

from interbrain.report.tables import effects
from interbrain.report.words import Entering
from interbrain.tables.factors import ANOVA


def test_the_factor_of_sites_is_named_as_everywhere_on_the_page():
    row = {"measure": "plv", "factor": "roi", "level": "frontal", "n": 6, "mean": 0.2, "sd": 0.1}
    said = str(effects.descriptives(pd.DataFrame([row]), Entering("mean", ("pre", "post"))))
    assert "Site" in said and "Roi" not in said and "Raw PLV" in said


def test_where_changes_were_tested_the_tables_of_effects_say_so():
    change = Entering("change", ("pre", "post"))
    row = {"measure": "plv", "factor": "all", "level": "all", "n": 6, "mean": 0.02, "sd": 0.1}
    assert "Change of raw PLV" in str(effects.descriptives(pd.DataFrame([row]), change))
    numbers = dict.fromkeys(ANOVA.names, 0.5)
    tested = pd.DataFrame([numbers | {"measure": "plv", "effect": "band", "apa": "F = 1", "note": ""}])
    assert "Effects on the change of raw PLV" in str(effects.anova(tested, "plv", change))
    assert "Effects on raw PLV" in str(effects.anova(tested, "plv", Entering("mean", ("pre", "post"))))
