"""The mixed model: planted effects and variances, and an honest sentence where it cannot be fitted."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import boundary, kenward_roger, rm_anova
from interbrain.statistics.mixed import mixed_model

DATA = Path(__file__).parent / "data"
R = json.loads((DATA / "therapists.json").read_text(encoding="utf-8"))  # made by therapists.R beside it
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


@pytest.mark.long
def test_the_unit_and_origin_of_the_measure_change_nothing_else():
    data = study(20)
    one = mixed_model(data, "y", "dyad", "therapist", *MODEL)
    other = mixed_model(data.assign(y=1e-3 * data["y"] + 7), "y", "dyad", "therapist", *MODEL)
    tested = one["t"].notna() & (one["term"] != "intercept")
    np.testing.assert_allclose(other.loc[tested, "t"], one.loc[tested, "t"], rtol=1e-3)
    np.testing.assert_allclose(other.loc[tested, "estimate"], 1e-3 * one.loc[tested, "estimate"], rtol=1e-3)


def test_with_as_many_dyads_each_it_is_the_nested_analysis_of_variance():
    """The closed form: mean squares of therapists, of dyads within them, and of what is left."""
    data = study(30)
    found = mixed_model(data, "y", "dyad", "therapist", *MODEL).set_index("term")
    of_therapists = data.groupby(["therapist", "group"], sort=False)["y"].mean().reset_index()
    over_therapists = rm_anova(of_therapists, "y", "therapist", ["group"], []).iloc[0]
    over_dyads = rm_anova(data, "y", "dyad", ["group"], ["roi"]).set_index("effect")
    assert found.loc["group", "t"] ** 2 == pytest.approx(over_therapists["F"], rel=1e-3)
    for effect in ("roi", "group:roi"):
        assert found.loc[effect, "t"] ** 2 == pytest.approx(over_dyads.loc[effect, "F"], rel=1e-3)

    dyads = data.groupby(["therapist", "dyad"], sort=False)["y"].mean()
    residual = over_dyads.loc["roi", "ss_error"] / over_dyads.loc["roi", "df2"]
    dyad = 2 * dyads.groupby("therapist").var().mean()
    therapist = 3 * 2 * over_therapists["ss_error"] / over_therapists["df2"]
    expected = {"therapist": (therapist - dyad) / 6, "dyad": (dyad - residual) / 2, "residual": residual}
    for name, value in expected.items():
        assert found.loc[f"variance: {name}", "estimate"] == pytest.approx(value, rel=2e-3), name


def test_where_therapists_do_not_differ_it_is_the_anova_over_dyads():
    data = study(60)
    data["y"] -= data.groupby("therapist")["y"].transform("mean")  # less than chance: variance zero
    data["y"] += 0.3 * (data["group"] == "a")
    found = mixed_model(data, "y", "dyad", "therapist", *MODEL).set_index("term")
    assert (
        found["note"]
        .str.contains("singular fit: the variance of therapist is estimated as zero", na=False)
        .all()
    )
    effects = rm_anova(data, "y", "dyad", ["group"], ["roi"]).set_index("effect")["F"]
    for effect in effects.index:
        assert found.loc[effect, "t"] ** 2 == pytest.approx(effects[effect], rel=5e-3)


def test_covariates_and_factors_of_three_levels_have_their_rows():
    data = study(24).assign(age=lambda d: d["dyad"].factorize()[0] % 7)
    data["group"] = data["therapist"].factorize()[0] % 3
    found = mixed_model(data, "y", "dyad", "therapist", ["group"], ["roi"], ["age"])
    terms = ["intercept", "group[1]", "group[2]", "age", "roi", "group[1]:roi", "group[2]:roi"]
    assert list(found["term"])[:7] == terms
    one_value = data[data["roi"] == "f"].drop(columns="roi")
    # (from here statsmodels' own first optimiser runs into a singular matrix)
    alone = mixed_model(one_value, "y", "dyad", "therapist", ["group"], [])
    assert list(alone["term"])[3:] == ["variance: therapist", "variance: residual"]
    assert alone["estimate"].notna().all()


@pytest.mark.parametrize(("fit", "rows"), [("mixed", []), ("mixed_without_three_cells", [2, 11, 24])])
def test_it_equals_lme4_with_the_errors_of_pbkrtest_with_and_without_missing_cells(fit, rows):
    data, r = pd.read_csv(DATA / "therapists.csv").drop(index=[row - 1 for row in rows]), R[fit]
    found = mixed_model(data, "y", "dyad", "therapist", ["group"], ["roi"], ["age"]).set_index("term")
    names = {"group": "group1", "roi": "roi1", "age": "age", "group:roi": "group1:roi1"}
    for term, name in names.items():
        row, place = found.loc[term], r["term"].index(name)
        for ours, theirs in (("p", "p"), ("df", "df"), ("t", "t")):
            assert abs(row[ours]) == pytest.approx(abs(r[theirs][place]), rel=1e-3), (term, ours)
    for name, value in zip(("dyad", "therapist", "residual"), r["variance"], strict=True):
        assert found.loc[f"variance: {name}", "estimate"] == pytest.approx(value, rel=2e-3), name


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda d: d.assign(therapist=d["dyad"]), "not fitted: no therapist has several dyads"),
        (lambda d: d.assign(y=1.0), "not fitted: the values do not vary"),
        (lambda d: d.assign(group="a"), "The factor group has one level only"),
        (lambda d: d.drop(columns="therapist"), "There is no column therapist in the table"),
        (
            lambda d: d.assign(therapist=d["therapist"].replace("T1", None)),
            "The column therapist has an empty",
        ),
        (lambda d: pd.concat([d, d.iloc[[3]]]), "D0_1 has 2 rows for roi = c"),
        (lambda d: d.assign(y=d["y"].where(d.index != 3)), "D0_1 has no y at roi = c"),
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


def one_shared_therapist(seed):
    """14 dyads, of which one therapist has two; therapists do not differ."""
    rng = np.random.default_rng(seed)
    data = pd.DataFrame(
        {
            "dyad": [f"D{k:02d}" for k in range(14)],
            "therapist": ["T00", "T00", *(f"T{k:02d}" for k in range(1, 13))],
            "group": list("ab" * 7),
            "modality": np.resize(["x", "x", "y"], 14),
        }
    )
    own = dict(zip(data["dyad"], rng.normal(0, 0.03, 14), strict=True))
    for name, levels in (("roi", ["f", "c"]), ("band", ["theta", "alpha"])):
        data = data.merge(pd.DataFrame({name: levels}), how="cross")
    noise = rng.normal(0, 0.02, len(data))
    return data.assign(y=0.06 + 0.04 * (data["group"] == "a") + data["dyad"].map(own) + noise)


@pytest.mark.long
def test_every_study_in_which_therapists_do_not_differ_is_fitted_and_at_the_edge_it_is_least_squares(recwarn):
    import statsmodels.formula.api as smf

    factors = ["group", "modality"]
    edge = 0
    for seed in range(20):
        data = one_shared_therapist(seed)
        found = mixed_model(data, "y", "dyad", "therapist", factors, ["roi", "band"]).set_index("term")
        assert found["estimate"].notna().all(), seed
        if found.loc["variance: therapist", "estimate"] == 0:
            edge += 1
            assert (
                found["note"].str.contains("the variance of therapist is estimated as zero", na=False).all()
            )
            dyads = data.groupby(["dyad", *factors], sort=False)["y"].mean().reset_index()
            least = smf.ols("y ~ C(group, Sum) + C(modality, Sum)", dyads).fit()
            assert found.loc["group", "estimate"] == pytest.approx(least.params.iloc[1], rel=1e-5)
            # Kenward and Roger count what is not known of a variance that is estimated as zero.
            assert least.bse.iloc[1] * (1 - 1e-6) < found.loc["group", "se"] < 1.5 * least.bse.iloc[1]
    assert edge  # one of those in which the general optimiser failed
    assert not recwarn.list


def test_the_likelihood_with_variances_from_zero_agrees_with_statsmodels_inside():
    from interbrain.statistics.boundary import fit_with_variances_from_zero

    data = study(20)
    sign = np.where(data["group"] == "a", 1.0, -1.0)
    site = np.where(data["roi"] == "f", 1.0, -1.0)
    fixed = np.column_stack([np.ones(len(data)), sign, site, sign * site])
    own = fit_with_variances_from_zero(data["y"].to_numpy(), fixed, [data["therapist"], data["dyad"]])
    found = mixed_model(data, "y", "dyad", "therapist", *MODEL)
    np.testing.assert_allclose(own.estimates, found["estimate"][:4], rtol=1e-6)
    np.testing.assert_allclose(own.errors, found["se"][:4], rtol=1e-3)
    np.testing.assert_allclose(own.variances, found["estimate"][4:], rtol=1e-2)


@pytest.mark.parametrize("with_dyads", [True, False])
def test_many_values_are_taken_apart_by_therapist_and_give_the_same_numbers(monkeypatch, with_dyads):
    rng = np.random.default_rng(3)
    n_dyads = rng.integers(1, 6, 25)
    therapist = np.repeat(np.arange(25), n_dyads * 4)
    dyad = np.repeat(np.arange(n_dyads.sum()), 4)
    of_dyads = rng.normal(size=n_dyads.sum())[dyad]
    fixed = np.column_stack([np.ones(len(dyad)), of_dyads, np.tile([1, -1], len(dyad) // 2)])
    y = fixed @ [1, 0.2, 0.1] + 0.5 * rng.normal(size=25)[therapist] + rng.normal(size=len(dyad))
    y += 0.7 * rng.normal(size=n_dyads.sum())[dyad] if with_dyads else 0
    kept = rng.random(len(dyad)) < 0.9  # some lack cells
    asked = y[kept], fixed[kept], [therapist[kept], dyad[kept]] if with_dyads else [therapist[kept]]

    def fitted(most, variances=None):
        for module in (boundary, kenward_roger):
            monkeypatch.setattr(module, "MANY_VALUES", most)
        fit = boundary.fit_with_variances_from_zero(*asked)
        return fit, kenward_roger.kenward_roger(*asked[1:], variances or fit.variances)

    whole, exact = fitted(len(y))
    parts, summed = fitted(10, whole.variances)
    assert np.allclose(whole.variances, parts.variances, atol=1e-6)
    assert np.allclose(whole.estimates, parts.estimates, atol=1e-6)
    assert np.allclose(whole.errors, parts.errors, atol=1e-6)
    assert np.allclose(exact, summed, rtol=1e-9)


def test_no_matrix_has_a_row_and_a_column_a_dyad(monkeypatch):
    """10,000 dyads would need 800 MB for each, and the cube of their number in time."""
    monkeypatch.setattr(boundary, "MANY_VALUES", 10)
    therapist, dyad = np.arange(4000) // 16, np.arange(4000) // 4
    products = boundary._Products(np.ones(4000), np.ones((4000, 1)), [therapist, dyad], [250, 1000])
    assert [(stack.shape, met.shape) for stack, met in products.stacks] == [((250, 5), (250, 5, 5))]
    assert sum(met.sum() for _, met in products.stacks) == 4 * 4000
    assert sorted(map(len, boundary.unconnected([therapist, dyad]))) == [16] * 250
