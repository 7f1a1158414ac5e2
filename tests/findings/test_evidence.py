"""What was computed on a hypothesis besides its verdict: each test that there is, and no other."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.evidence import evidence_on_a_factor, evidence_on_synchrony, raw_effects
from interbrain.findings.form import Finding
from interbrain.statistics.presence import against_zero

FACTOR = Finding("group", "none", decisive="above_chance", n_dyads=30)


def presence(**means) -> pd.DataFrame:
    """Means over all sites and bands of ten dyads, in their SDs; NaN is a test that could not be computed."""
    spread = np.linspace(-1, 1, 10) / np.linspace(-1, 1, 10).std(ddof=1)
    rows = []
    for measure, mean in ({"above_chance": 2.0, "above_pseudo": 2.0} | means).items():
        about = {"measure": measure, "roi": "all", "band": "all", "unit": "dyad", "note": None, "apa": "t"}
        rows.append(about | against_zero((spread + mean)[:, None])[0])
    return pd.DataFrame(rows).assign(p_family=np.nan)


def on_synchrony(table: pd.DataFrame) -> dict:
    found = evidence_on_synchrony({"presence": table}, Finding("synchrony", "found"))
    return {one.values.get("measure", one.kind): one.values for one in found}


def on_group(**tables) -> dict:
    anova = pd.DataFrame(
        [{"measure": "above_chance", "effect": "group", "F": 1.0, "p": 0.3, "p_gg": np.nan, "note": None}]
    )
    found = evidence_on_a_factor({"anova": anova} | tables, FACTOR, ["above_chance"])
    return {one.kind: one.values for one in found}


def test_zero_lag_against_far_lags_and_amplitudes_are_evidence_where_they_were_tested():
    table = presence(zero_lag=1.5, aec_above_chance=-2.0).set_index("measure", drop=False)
    found = on_synchrony(table)
    assert list(found) == [
        *("above_chance", "above_pseudo", "sites and bands", "against far lags", "amplitudes together")
    ]
    assert found["against far lags"]["mean"] == pytest.approx(1.5)
    assert found["against far lags"]["p_flips"] == table.at["zero_lag", "p_flips"]
    assert found["amplitudes together"]["decides"] == "no"
    table.loc[["zero_lag", "aec_above_chance"], "t"] = np.nan
    assert list(on_synchrony(table)) == ["above_chance", "above_pseudo", "sites and bands"]


def test_a_test_against_zero_that_could_not_be_computed_gives_its_reason_and_no_numbers():
    table = presence().set_index("measure", drop=False)
    table.at["above_pseudo", "t"], table.at["above_pseudo", "note"] = np.nan, "0 dyads with strangers"
    found = on_synchrony(table)["above_pseudo"]
    assert found == {"measure": "above_pseudo", "unit": "dyad", "n": 10, "reason": "0 dyads with strangers"}


def test_the_power_of_a_factor_is_that_of_its_first_row():
    row = {"measure": "above_chance", "effect": "group", "n_dyads": 30}
    power = pd.DataFrame([row | {"detectable_d": 0.9}, row | {"detectable_d": 1.4}])
    assert on_group(power=power)["power"] == {"n_dyads": 30, "detectable_d": 0.9}
    assert "power" not in on_group(power=power.assign(detectable_d=np.nan))


def test_spread_is_evidence_only_where_it_was_computed_for_this_factor():
    row = {"measure": "above_chance", "effect": "group", "F": 2.0, "p": 0.2, "sd_ratio": 3.1, "apa": "F"}
    table = pd.DataFrame([row | {"p_brown_forsythe": 0.4}])
    found = on_group(spread=table)["unequal spread allowed for"]
    assert (found["sd_ratio"], found["unequal"]) == (3.1, "yes")
    for unknown in (table.assign(effect="other"), table.assign(sd_ratio=np.nan)):
        assert "unequal spread allowed for" not in on_group(spread=unknown)


def test_other_analyses_agree_where_they_are_on_the_same_side_of_05_and_of_zero():
    def agreeing(own, *others):
        rows = [{"p": p, "effect_size": size} for p, size in (own, *others)]
        table = pd.DataFrame(rows).assign(tested="group", correction="above_chance", effect_unit="d")
        table["own"] = [1] + [0] * len(others)
        found = on_group(specifications=table)["other analyses"]
        return found["significant"], found["n"], found["n_agree"]

    others = ((0.05, 1.0), (0.049, 1.0), (0.01, -1.0), (0.6, -0.1))
    assert agreeing((0.01, 0.8), *others) == ("yes", 4, 1)
    assert agreeing((0.05, 0.8), *others) == ("no", 4, 2)


def test_an_effect_on_raw_plv_alone_is_one_over_therapists_where_these_decide():
    rows = [("plv", "group", 0.01), ("above_chance", "group", 0.3)]
    anova = [{"measure": m, "effect": e, "F": 1.0, "p": p, "p_gg": np.nan, "apa": "F"} for m, e, p in rows]
    tables = {"anova": pd.DataFrame(anova)}
    assert [name for name, _ in raw_effects(tables)] == ["group"]
    over = {"tested": "group", "decides": "yes", "level_a": None, "apa": "CR2"}
    therapists = pd.DataFrame(
        [over | {"measure": "plv", "p": 0.2}, over | {"measure": "above_chance", "p": 0.4}]
    )
    assert list(raw_effects(tables | {"therapists": therapists})) == []
    therapists["p"] = [0.02, 0.4]
    [(_, told)] = raw_effects(tables | {"therapists": therapists})
    assert told.values == {"apa": "CR2", "apa_corrected": "CR2"}
