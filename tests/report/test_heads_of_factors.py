"""What the report calls the factors of its table of means."""

import pandas as pd

from interbrain.report.tables import effects


def test_the_factor_of_sites_is_named_as_everywhere_on_the_page():
    row = {"measure": "plv", "factor": "roi", "level": "frontal", "n": 6, "mean": 0.2, "sd": 0.1}
    said = str(effects.descriptives(pd.DataFrame([row])))
    assert "Site" in said and "Roi" not in said
