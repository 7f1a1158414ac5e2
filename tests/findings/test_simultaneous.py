"""Synchrony that may have a common cause: which evidence is a reservation."""

import numpy as np
import pandas as pd
import pytest

from interbrain.findings.presence import judge_presence
from interbrain.findings.simultaneous import only_simultaneous
from interbrain.statistics.presence import against_zero


def presence(n=10, **means):
    """A table of presence over all sites and bands; each measure's mean in SDs over `n` dyads."""
    spread = np.linspace(-1, 1, n) / np.linspace(-1, 1, n).std(ddof=1)
    rows = []
    for measure, mean in ({"above_chance": 2.0, "above_pseudo": 2.0} | means).items():
        about = {"measure": measure, "roi": "all", "band": "all", "unit": "dyad", "note": np.nan}
        rows.append(about | against_zero((spread + mean)[:, None])[0])
    return pd.DataFrame(rows).assign(p_family=np.nan)


def curves(width_s, far_from_s=1.0, n_lines=0):
    row = {"estimator": "plv", "roi": "all", "band": "theta", "width_s": width_s, "far_from_s": far_from_s}
    row |= {"n": 12, "n_lines": n_lines, "line_hz": 6.0}
    return pd.DataFrame([row, row | {"estimator": "aec", "width_s": 9.0}, row | {"roi": "frontal"}])


def kinds(**tables):
    return [one.kind for one in only_simultaneous(tables)]


@pytest.mark.parametrize(
    ("means", "found"),
    [
        ({"zero_lag": 2.0, "aec_above_chance": 0.0}, []),
        ({"zero_lag": 0.0, "aec_above_chance": 0.0}, ["zero lag"]),
        ({"zero_lag": -2.0}, ["zero lag"]),
        ({"zero_lag": 2.0, "aec_above_chance": 2.0}, ["amplitudes"]),
        ({"zero_lag": 2.0, "aec_above_chance": -2.0}, []),
        ({"zero_lag": 0.0, "aec_above_chance": 2.0}, ["zero lag", "amplitudes"]),
        ({"n": 5, "zero_lag": 3.0}, ["zero lag floor"]),
        ({}, []),
    ],
)
def test_what_speaks_for_a_common_cause(means, found):
    made = presence(**means)
    assert kinds(presence=made) == found
    judged = [one.kind for one in judge_presence({"presence": made}).reservations]
    assert [kind for kind in judged if kind not in ("floor", "strangers floor")] == found


def test_synchrony_with_such_evidence_is_found_with_reservations_only():
    assert judge_presence({"presence": presence(zero_lag=2.0, aec_above_chance=0.0)}).verdict == "found"
    assert judge_presence({"presence": presence(zero_lag=0.0)}).verdict == "qualified"
    assert judge_presence({"presence": presence(above_chance=0.0, zero_lag=0.0)}).reservations == ()


def test_amplitudes_that_hardly_go_together_beside_much_synchrony_are_what_coupling_gives():
    made = presence(zero_lag=2.0, aec_above_chance=2.0)
    made.loc[made["measure"] == "above_chance", "mean"] = 9.0
    assert kinds(presence=made) == []
    made.loc[made["measure"] == "above_chance", "mean"] = 7.0
    assert kinds(presence=made) == ["amplitudes"]


def test_a_curve_that_is_half_as_high_at_the_far_lags_is_wide():
    there = presence(zero_lag=2.0)
    assert kinds(presence=there, lags=curves(0.6)) == [] and kinds(presence=there, lags=curves(1.99)) == []
    [wide] = only_simultaneous({"presence": there, "lags": curves(2.4)})
    assert wide.kind == "wide" and wide.values == {"bands": [{"band": "theta", "width_s": 2.4}]}


def test_a_narrow_line_in_both_members_of_a_quarter_of_the_dyads_is_a_reservation():
    there = presence(zero_lag=2.0)
    assert kinds(presence=there, lags=curves(0.5, n_lines=2)) == []
    [line] = only_simultaneous({"presence": there, "lags": curves(0.5, n_lines=3)})
    assert line.kind == "line"
    assert line.values == {"bands": [{"band": "theta", "n_lines": 3.0, "n": 12.0, "line_hz": 6.0}]}


def test_what_could_not_be_tested_is_said_with_its_reason():
    made = presence(zero_lag=2.0)
    made.loc[made["measure"] == "zero_lag", "t"] = np.nan
    made["note"] = made["note"].astype(object)
    made.loc[made["measure"] == "zero_lag", "note"] = "0 dyads with a value"
    [one] = only_simultaneous({"presence": made})
    assert one.kind == "zero lag untested" and one.values == {"reason": "0 dyads with a value"}
