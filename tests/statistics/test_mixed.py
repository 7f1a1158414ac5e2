"""The mixed model: planted effects and variances, and an honest sentence where it cannot be fitted."""

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import rm_anova
from interbrain.statistics.mixed import mixed_model

MODEL = (["group"], ["roi"])
TWO_GROUPS = {f"D0_{k}": "aabba"[k] for k in range(5)}


def study(n_therapists=60, each=3, spread=0.5, effect=0.3, seed=2):
    """Each therapist has several dyads; variances: therapist spread^2, dyad .25, residual .09."""
    rng = np.random.default_rng(seed)
    rows = []
    for therapist in range(n_therapists):
        own = spread * rng.normal()
        for dyad in range(each):
            shared = own + 0.5 * rng.normal()
            for roi, sign in (("f", 1), ("c", -1)):
                group = "ab"[therapist % 2]
                value = 2 + effect * (1 if group == "a" else -1) + 0.2 * sign + shared + 0.3 * rng.normal()
                rows.append((f"D{therapist}_{dyad}", f"T{therapist}", group, roi, value))
    return pd.DataFrame(rows, columns=["dyad", "therapist", "group", "roi", "y"])


def test_planted_effects_and_variances_are_found():
    found = mixed_model(study(), "y", "dyad", "therapist", *MODEL).set_index("term")
    assert found["note"].isna().all()
    for term, value in (("intercept", 2), ("group", 0.3), ("roi", 0.2), ("group:roi", 0)):
        row = found.loc[term]
        assert abs(row["estimate"] - value) < 3 * row["se"], term
        assert row["ci_low"] < row["estimate"] < row["ci_high"]
    for name, value in (("therapist", 0.25), ("dyad", 0.25), ("residual", 0.09)):
        assert found.loc[f"variance: {name}", "estimate"] == pytest.approx(value, rel=0.35), name


def test_the_unit_and_origin_of_the_measure_change_nothing_else():
    data = study(20)
    one = mixed_model(data, "y", "dyad", "therapist", *MODEL)
    other = mixed_model(data.assign(y=1e-3 * data["y"] + 7), "y", "dyad", "therapist", *MODEL)
    tested = one["z"].notna() & (one["term"] != "intercept")
    np.testing.assert_allclose(other.loc[tested, "z"], one.loc[tested, "z"], rtol=1e-3)
    np.testing.assert_allclose(other.loc[tested, "estimate"], 1e-3 * one.loc[tested, "estimate"], rtol=1e-3)


def test_a_balanced_within_effect_is_the_anova_s():
    data = study(30)
    found = mixed_model(data, "y", "dyad", "therapist", *MODEL).set_index("term")
    effects = rm_anova(data, "y", "dyad", ["group"], ["roi"]).set_index("effect")["F"]
    assert found.loc["roi", "z"] ** 2 == pytest.approx(effects["roi"], rel=0.05)


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d.assign(therapist=d["dyad"]), "not fitted: no therapist has several dyads"),
        (lambda d: d.assign(y=1.0), "not fitted: the values do not vary"),
        (lambda d: d.assign(group="a"), "The factor group has one level only"),
        (
            lambda d: d[d["therapist"] == "T0"].assign(group=lambda t: t["dyad"].map(TWO_GROUPS)),
            "not fitted: there is one therapist",
        ),
    ],
)
def test_what_cannot_be_fitted_is_one_row_with_a_sentence(spoil, said):
    found = mixed_model(spoil(study(6, each=5)), "y", "dyad", "therapist", *MODEL)
    assert len(found) == 1 and found["note"].iloc[0].startswith(said)
    assert found.drop(columns="note").isna().all(axis=None)


def test_one_therapist_in_two_dyads_is_fitted_with_a_caution(recwarn):
    data = study(13, each=1, seed=5)
    second = data[data["dyad"] == "D0_0"].assign(dyad="D0_1", y=lambda d: d["y"] + 0.4)
    found = mixed_model(pd.concat([data, second]), "y", "dyad", "therapist", *MODEL)
    assert found["note"].iloc[0].startswith("only 1 therapist with several dyads (T0)")
    assert not recwarn.list


def test_the_same_table_gives_the_same_numbers():
    pd.testing.assert_frame_equal(
        *(mixed_model(study(8), "y", "dyad", "therapist", *MODEL) for _ in range(2))
    )
