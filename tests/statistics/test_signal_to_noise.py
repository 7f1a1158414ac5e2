"""Effects with both members' log SNR held constant, against the analysis of covariance and planted truths."""

import numpy as np
import pandas as pd
import pingouin
import pytest
import statsmodels.formula.api as smf

from interbrain.statistics import analyse, rm_anova
from interbrain.statistics.bandwise import fit_bandwise
from interbrain.statistics.signal_to_noise import NOT_MEASURED
from interbrain.statistics.strength import LOG_SNR, with_logs

ASKED = {
    "only": ["snr"],
    "between": ["group"], "within": ["roi", "band"], "measures": ["plv", "above_chance"],
    "questionnaires": ["alliance"], "relabelings": 50, "bootstraps": 50,
}  # fmt: skip


def study(n=20, levels=("a", "b"), bands=("theta", "alpha"), times=("pre", "post"), slope=0.05, seed=3):
    """PLV follows from both members' SNR in that band and nothing else; SNR rises from level to level."""
    rng = np.random.default_rng(seed)
    dyads = pd.DataFrame({"dyad": [f"D{k:02d}" for k in range(n)], "group": np.resize(list(levels), n)})
    dyads = dyads.assign(therapist=dyads["dyad"], client=dyads["dyad"], alliance=rng.normal(size=n))
    table = dyads
    for name, values in {"time": times, "band": bands, "roi": ["frontal", "central"]}.items():
        table = table.merge(pd.DataFrame({name: list(values)}), how="cross")
    own = dict(zip(dyads["dyad"], rng.normal(size=n), strict=True))
    stronger = table["group"].map({level: k for k, level in enumerate(levels)})
    strength = 0.4 * table["dyad"].map(own) + 0.8 * stronger
    for role in ("therapist", "client"):
        table[f"snr_{role}"] = np.exp(strength + 0.3 * rng.normal(size=len(table))) - 0.9
    logs = np.log1p(table["snr_therapist"]) + np.log1p(table["snr_client"])
    plv = 0.3 + slope * logs + 0.01 * rng.normal(size=len(table))
    return table.assign(plv=plv, chance=0.2, above_chance=plv - 0.2)


def rows(tables, **where):
    table = tables["snr"]
    for name, value in where.items():
        table = table[table[name] == value]
    return table


def means(table):
    """One row a dyad and band, by hand."""
    logged = table.assign(
        **{name: np.log1p(table[name.removeprefix("log_")]) for name in LOG_SNR}, dyad=table["dyad"]
    )
    columns = ["plv", "above_chance", *LOG_SNR]
    return logged.groupby(["dyad", "group", "band"], sort=False)[columns].mean().reset_index()


def test_a_band_is_tested_as_in_the_analysis_of_covariance_with_that_bands_snr():
    table = study(slope=0.02)
    tables = analyse(table, **ASKED)
    for band in ("theta", "alpha"):
        data = means(table).query("band == @band")
        expected = rm_anova(data, "plv", "dyad", ["group"], [], LOG_SNR).query("effect == 'group'").iloc[0]
        [found] = rows(tables, measure="plv", tested="group", band=band).to_dict("records")
        assert found["F"] == pytest.approx(expected["F"], rel=1e-9)
        assert found["p"] == pytest.approx(expected["p"], rel=1e-9)
        assert (found["df1"], found["df2"]) == (1, 16)
        fit = smf.ols("plv ~ C(group, Sum) + log_snr_therapist + log_snr_client", data).fit()
        assert found["difference"] == pytest.approx(2 * fit.params["C(group, Sum)[S.a]"])
        assert found["d"] == pytest.approx(found["difference"] / np.sqrt(fit.scale))
        low, high = fit.conf_int().loc["C(group, Sum)[S.a]"] * 2
        assert (found["ci_low"], found["ci_high"]) == pytest.approx((low, high))


def test_with_the_same_snr_in_every_band_the_mean_over_bands_is_tested_exactly():
    table = study()
    theta = table.query("band == 'theta'").set_index(["dyad", "time", "roi"])
    same = table.set_index(["dyad", "time", "roi"]).index
    table = table.assign(
        **{name: theta[name].reindex(same).to_numpy() for name in ("snr_therapist", "snr_client")}
    )
    data = means(table).groupby(["dyad", "group"], sort=False)[["plv", *LOG_SNR]].mean().reset_index()
    expected = rm_anova(data, "plv", "dyad", ["group"], [], LOG_SNR).query("effect == 'group'").iloc[0]
    [found] = rows(analyse(table, **ASKED), measure="plv", tested="group", band="all").to_dict("records")
    assert found["F"] == pytest.approx(expected["F"], rel=1e-9)


def test_over_all_bands_each_band_is_adjusted_for_its_own_snr_alone():
    """Least squares of both bands at once, with a block of terms each, and the bands' residual covariance."""
    table = study(slope=0.02, seed=5)
    data = means(table)
    n = data["dyad"].nunique()
    blocks, values = [], []
    for _, own in data.groupby("band", sort=False):
        group = np.where(own["group"] == "a", 1.0, -1.0)
        centred = own[list(LOG_SNR)] - own[list(LOG_SNR)].mean()
        blocks.append(np.column_stack([np.ones(n), group, centred]))
        values.append(own["plv"].to_numpy())
    whole = np.zeros((2 * n, 8))
    whole[:n, :4], whole[n:, 4:] = blocks
    beta = np.linalg.lstsq(whole, np.concatenate(values), rcond=None)[0]
    errors = (np.concatenate(values) - whole @ beta).reshape(2, n)
    cover = np.kron(errors @ errors.T / (n - 4), np.eye(n))
    inverse = np.linalg.inv(whole.T @ whole)
    contrast = np.array([0, 1, 0, 0, 0, 1, 0, 0])  # twice the coefficient, mean over two bands
    variance = contrast @ inverse @ whole.T @ cover @ whole @ inverse @ contrast
    [found] = rows(analyse(table, **ASKED), measure="plv", tested="group", band="all").to_dict("records")
    assert found["difference"] == pytest.approx(contrast @ beta)
    assert found["F"] == pytest.approx((contrast @ beta) ** 2 / variance)


def test_what_follows_from_snr_alone_is_gone_once_snr_is_held_constant():
    tables = analyse(study(), **(ASKED | {"only": ["anova", "snr"]}))
    assert tables["anova"].query("measure == 'above_chance' and effect == 'group'")["p"].item() < 0.001
    assert rows(tables, measure="above_chance", tested="group", band="all")["p"].item() > 0.05
    itself = tables["snr"][tables["snr"]["measure"].isin(LOG_SNR) & (tables["snr"]["tested"] == "group")]
    assert len(itself) == 4 and (itself["p_holm"] < 0.01).all() and (itself["difference"] < 0).all()
    assert itself["given"].isna().all()


def test_a_difference_beside_snr_stays_and_three_levels_have_a_row_of_all_and_of_each_pair():
    table = study(n=30, levels=("a", "b", "c"))
    more = table.assign(above_chance=table["above_chance"] - 0.05 * (table["group"] == "c"))
    own = rows(analyse(more, **ASKED), measure="above_chance", tested="group", band="all")
    assert list(own["df1"]) == [2, 1, 1, 1] and own["level_a"].isna().tolist() == [True, False, False, False]
    pairs = own.dropna(subset=["level_a"]).set_index(["level_a", "level_b"])
    assert pairs.loc[("a", "c"), "p_holm"] < 0.001 and pairs.loc[("b", "c"), "p_holm"] < 0.001
    assert pairs.loc[("a", "b"), "p_holm"] > 0.05 and pairs.loc[("a", "c"), "difference"] > 0.03


def test_a_correlation_is_given_both_members_snr_at_that_very_site_and_band():
    table = study(slope=0.02)
    logged = table.assign(**{name: np.log1p(table[name.removeprefix("log_")]) for name in LOG_SNR})
    data = logged.query("roi == 'central' and band == 'alpha'")
    data = data.groupby("dyad")[["alliance", "plv", *LOG_SNR]].mean()
    expected = pingouin.partial_corr(data, "alliance", "plv", list(LOG_SNR)).iloc[0]
    where = {"measure": "plv", "tested": "alliance", "roi": "central", "band": "alpha"}
    tables = analyse(table, **ASKED)
    [found] = rows(tables, **where).to_dict("records")
    assert found["r"] == pytest.approx(expected["r"]) and found["df2"] == 16
    column = next(name for name in expected.index if name.startswith("p"))
    assert found["p"] == pytest.approx(expected[column])
    assert len(rows(tables, tested="alliance")) == 4 * (2 + 2)


def test_the_change_of_plv_is_given_the_change_of_snr():
    table = study(slope=0.02)
    [found] = rows(
        analyse(table, **ASKED, time="change"), measure="plv", tested="group", band="theta"
    ).to_dict("records")
    logged = table.assign(**{name: np.log1p(table[name.removeprefix("log_")]) for name in LOG_SNR})
    by = (
        logged.query("band == 'theta'")
        .groupby(["dyad", "group", "time"], sort=False)[["plv", *LOG_SNR]]
        .mean()
    )
    change = (by.xs("post", level="time") - by.xs("pre", level="time")).reset_index()
    expected = rm_anova(change, "plv", "dyad", ["group"], [], LOG_SNR).query("effect == 'group'").iloc[0]
    assert found["F"] == pytest.approx(expected["F"], rel=1e-9)


def test_the_last_time_is_given_its_own_snr_and_plv_at_the_first_time():
    table = study(slope=0.02)
    own = {"measure": "plv", "tested": "group", "band": "theta"}
    [found] = rows(analyse(table, **ASKED, time="ancova"), **own).to_dict("records")
    logged = table.assign(**{name: np.log1p(table[name.removeprefix("log_")]) for name in LOG_SNR})
    post = logged.query("band == 'theta' and time == 'post'")
    post = post.groupby(["dyad", "group"], sort=False)[["plv", *LOG_SNR]].mean()
    before = table.query("time == 'pre'").groupby("dyad")["plv"].mean()
    data = post.reset_index().join(before.rename("before"), on="dyad")
    asked = (data, "plv", "dyad", ["group"], [], ["before", *LOG_SNR])
    expected = rm_anova(*asked).query("effect == 'group'").iloc[0]
    assert found["F"] == pytest.approx(expected["F"], rel=1e-9)
    assert found["given"] == "log_snr_therapist, log_snr_client, before"


def test_the_logarithm_exists_where_a_band_has_no_rhythm_and_is_missing_where_snr_is():
    table = with_logs(pd.DataFrame({"snr_therapist": [-0.2, 0.0, np.nan], "snr_client": [1.0, -1.0, 3.0]}))
    assert table["log_snr_therapist"].tolist()[:2] == pytest.approx([np.log(0.8), 0.0])
    assert np.isnan(table["log_snr_therapist"][2]) and np.isnan(table["log_snr_client"][1])


def test_what_cannot_be_fitted_says_why_and_a_dyad_without_snr_is_left_out_by_name():
    table = study()
    without = table.drop(columns=["snr_client"])
    constant = table.assign(snr_client=1.5)
    few = study(n=5)
    missing = table.assign(snr_client=np.nan)
    for data, said in (
        (without, NOT_MEASURED),
        (constant, "The client's log SNR has the same value in every dyad"),
        (missing, "no dyad has a signal-to-noise ratio of both members"),
        (few.query("dyad != 'D04'"), "4 dyads are too few for 4 parameters"),
    ):
        found = analyse(data, **ASKED)["snr"]
        own = found[found["tested"].eq("group") & found["measure"].eq("plv")]
        assert len(own) == 3 and own["F"].isna().all() and (own["apa"] == "not tested").all()
        assert own["note"].str.contains(said, regex=False, na=False).all(), own["note"].tolist()
        scores = found[found["tested"].eq("alliance") & found["measure"].eq("plv")]
        assert len(scores) == 4 and scores["r"].isna().all() and scores["note"].notna().all()
    gap = table.assign(
        snr_client=table["snr_client"].mask((table["dyad"] == "D03") & (table["band"] == "alpha"))
    )
    own = rows(analyse(gap, **ASKED), measure="plv", tested="group").set_index("band")
    assert own["n_dyads"].to_dict() == {"theta": 20, "alpha": 19, "all": 19}
    assert own.loc["all", "note"] == "without D03: no SNR"


def test_the_share_that_snr_has_in_a_factor_is_that_of_its_variance_inflation():
    from statsmodels.stats.outliers_influence import variance_inflation_factor

    table = study()
    data = means(table).query("band == 'theta'")
    design = np.column_stack([np.ones(20), np.where(data["group"] == "a", 1.0, -1.0), data[list(LOG_SNR)]])
    [found] = rows(analyse(table, **ASKED), measure="plv", tested="group", band="theta").to_dict("records")
    assert found["shared"] == pytest.approx(1 - 1 / variance_inflation_factor(design, 1))
    apart = table.assign(snr_therapist=np.where(table["group"] == "a", 4.0, 0.5) + 0.01 * table["alliance"])
    assert (rows(analyse(apart, **ASKED), measure="plv", tested="group")["shared"] > 0.95).all()


def test_values_without_variation_have_no_f():
    fit = fit_bandwise(np.ones((8, 2)), [np.column_stack([np.ones(8), np.tile([1.0, -1.0], 4)])] * 2)
    assert np.isnan(fit.test(np.eye(2)[1:])).all()


def test_logarithms_of_snr_and_power_are_covariates_by_name():
    table = with_logs(pd.DataFrame({"power_therapist": [10.0, 0.0], "power_client": [100.0, 1.0]}))
    assert table["log_power_client"].tolist() == [2.0, 0.0] and np.isnan(table["log_power_therapist"][1])
    assert "log_snr_client" not in table


@pytest.mark.long_but("levels0")
@pytest.mark.parametrize("levels", [("a", "b"), ("a", "b", "c")])
def test_the_order_of_the_config_is_the_direction_of_every_difference(levels):
    """It is not that in which the dyads happen to be written: the first dyad has the level a."""
    table = study(levels=levels)
    table["therapist"] = "T" + (table["dyad"].str[1:].astype(int) // 2).astype(str)
    families = ["contrasts", "equivalence", "therapists", "snr"]
    asked = {**ASKED, "only": [*families, "descriptives"]}
    as_written = analyse(table, **asked)
    turned = analyse(table, **asked, levels={"group": levels[::-1]})
    for name in families:
        known = [of[name].dropna(subset=["level_a"]) for of in (as_written, turned)]
        value = "d" if name == "equivalence" else "difference"
        place = [column for column in ("measure", "effect", "tested", "band", "roi") if column in known[0]]
        own, other = (one.set_index([*place, *ends])[value] for one, ends in zip(
            known, (["level_a", "level_b"], ["level_b", "level_a"]), strict=True))  # fmt: skip
        own, other = (one[one.index.get_level_values(-1).isin(levels)] for one in (own, other))
        assert len(own) and set(own.index) == set(other.index), name
        assert np.allclose(own, -other.loc[own.index], equal_nan=True), name
        told = turned[name].query("level_a in @levels")[["level_a", "level_b"]]
        assert (told["level_a"] > told["level_b"]).all(), name
    ordered = turned["descriptives"].query("factor == 'group' and measure == 'plv'")["level"]
    assert ordered.tolist() == list(levels[::-1])
