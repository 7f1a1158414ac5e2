"""The four group tables: columns, arithmetic, and what they say when something cannot be tested."""

from functools import cache

import numpy as np
import pandas as pd
import pytest

from interbrain.statistics import DesignError, analyse, correlation, holm, rm_anova

FACTORS = {"between": ["mindfulness", "modality"], "within": ["roi", "band"]}
FEW = {"relabelings": 199, "bootstraps": 999}  # enough to see that they are there
ASKED = FACTORS | FEW | {"measures": ["plv", "above_chance"], "questionnaires": ["wai_difference"]}
CONTRACT = {
    "dyadmeans": "dyad therapist client mindfulness modality roi band plv chance above_chance wai_difference"
    " times_used",
    "descriptives": "measure factor level n mean sd note",
    "anova": "measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high"
    " n_dyads apa note partial_eta2_low90 partial_eta2_high90 generalised_eta2 omega2 ss ss_error",
    "means": "measure effect level mean se df ci_low ci_high note",
    "contrasts": "measure effect level_a level_b difference se df t p p_holm ci_low ci_high d apa note sd",
    "permutation": "measure effect roi band unit statistic p p_family n_relabelings exact apa note"
    " smallest_p",
    "equivalence": "measure factor level_a level_b n_a n_b d d_low d_high bound_d p p_tost bf01 verdict"
    " sentence note g g_low g_high bound p_holm p_tost_holm",
    "mixed": "measure term estimate se df t p ci_low ci_high apa note",
    "power": "measure effect n_dyads d d_low d_high n_for_80 n_for_90 detectable_d safeguard_d"
    " n_for_safeguard sentence note",
    "spread": "measure effect method n_dyads df1 df_error F p F_hc3 df_hc3 p_hc3 p_studentised n_relabelings"
    " exact smallest_p level_narrow sd_narrow level_wide sd_wide sd_ratio p_brown_forsythe apa note",
    "presence": "measure roi band unit n mean sd t df p ci_low ci_high d_z d_z_low d_z_high bf10 p_flips"
    " p_family n_flips exact smallest_p apa note",
    "correlations": "measure questionnaire roi band n r ci_low ci_high p p_holm bf10 spearman p_spearman"
    " percbend p_percbend bca_low bca_high loo_low loo_low_dyad loo_high loo_high_dyad partial_r partial_low"
    " partial_high partial_p partial_n given p_tost verdict n_for_80 detectable_r"
    " safeguard_r n_for_safeguard slope intercept apa note p_holm_scores",
    "correlationlines": "measure questionnaire roi band x fit low high loo_low loo_high",
    "snr": "measure tested roi band level_a level_b given n_dyads df1 df2 F p p_holm difference ci_low"
    " ci_high d shared r apa note p_cr2_holm",
    "therapists": "measure tested roi band level_a level_b decides varies n_dyads n_therapists most_dyads"
    " levels_of_one difference se"
    " ci_low ci_high d df1 df_error F p_cr2 p_means p p_holm r r_therapists p_therapists apa note",
}


def aggregated_table(n=10, seed=2):
    """One row a dyad, time, band and ROI, as the tables room writes it; nobody is in two dyads."""
    rng = np.random.default_rng(seed)
    dyads = pd.DataFrame(
        {
            "dyad": [f"D{i:02d}" for i in range(1, n + 1)],
            "therapist": [f"T{i:02d}" for i in range(1, n + 1)],
            "client": [f"C{i:02d}" for i in range(1, n + 1)],
            "mindfulness": np.resize(["yes", "no"], n),
            "modality": np.resize(["face-to-face", "face-to-face", "face-to-face", "online", "online"], n),
            "wai_difference": rng.integers(-60, 40, n).astype(float),
        }
    )
    table = dyads
    for name, levels in {
        "time": ["pre", "post"],
        "band": ["theta", "alpha"],
        "roi": ["frontal", "central"],
    }.items():
        table = table.merge(pd.DataFrame({name: levels}), how="cross")
    chance = rng.normal(0.22, 0.01, len(table))
    plv = rng.normal(0.28, 0.03, len(table))
    return table.assign(plv=plv, chance=chance, above_chance=plv - chance)


@cache
def _complete():
    return analyse(aggregated_table(), **ASKED)


def complete():
    """What most tests compare with: the tables of the study that lacks nothing, made once."""
    return {name: table.copy() for name, table in _complete().items()}


def cells(table, **where):
    return pd.concat([table[name] == value for name, value in where.items()], axis=1).all(axis=1)


def test_the_tables_have_exactly_the_columns_that_others_read():
    tables = complete()
    assert list(tables) == list(CONTRACT)
    for name, columns in CONTRACT.items():
        assert list(tables[name].columns) == columns.split(), name


def test_the_effects_are_those_of_the_anova_on_means_over_time(reference):
    whole = reference["frames"]["times"].assign(client=lambda d: d["dyad"].str.replace("D", "C"))
    whole["wai_difference"] = whole["wai_t"] - whole["wai_c"]
    model = reference["models"]["rm_avg_main_effects"]
    found = analyse(
        whole,
        **FACTORS,
        **FEW,
        measures=["plv"],
        questionnaires=["wai_difference"],
        only=["anova", "correlations"],
    )
    expected = pd.DataFrame(model["expected"], columns=reference["expected_columns"])
    anova = found["anova"]
    assert list(anova["effect"]) == list(expected["effect"])
    np.testing.assert_allclose(anova["F"], expected["F"], rtol=1e-6)
    assert set(anova["n_dyads"]) == {14} and set(anova["df2"]) == {11}
    assert anova.loc[0, "apa"].startswith("F(1, 11) = 7.23, p = .021, ηp² = .40, 95% CI [")
    here = found["correlations"].query("roi == 'central' and band == 'alpha'").iloc[0]
    assert here["r"] == pytest.approx(reference["wai_central_alpha"]["signed"]["r"], rel=1e-6)


def test_a_therapist_in_two_dyads_is_named_where_dyads_are_compared_and_nowhere_else():
    table = aggregated_table()
    table.loc[table["dyad"] == "D02", "therapist"] = "T01"
    tables = analyse(table, **ASKED, only=["anova", "correlations"])
    sentence = "T01 is in 2 dyads (D01, D02); dyads are treated as independent"
    anova = tables["anova"].set_index("effect")["note"]
    for effect in ("mindfulness", "modality", "mindfulness:roi", "modality:roi:band"):
        assert (anova[effect] == sentence).all()
    for effect in ("roi", "band", "roi:band"):
        assert anova[effect].isna().all()
    assert (tables["correlations"]["note"] == sentence).all()


def test_a_therapist_s_second_dyad_is_not_mentioned_when_it_did_not_enter():
    table = aggregated_table()
    table.loc[table["dyad"] == "D02", "therapist"] = "T01"
    table.loc[table["dyad"] == "D02", "plv"] = np.nan
    notes = analyse(table, **ASKED, only=["anova"])["anova"].set_index(["measure", "effect"])["note"]
    assert notes["plv", "mindfulness"] == "without D02: no PLV"
    assert notes["above_chance", "mindfulness"].startswith("T01 is in 2 dyads")


def test_a_dyad_without_a_cell_leaves_that_measure_with_a_note_in_every_row():
    table = aggregated_table()
    lost = cells(table, dyad="D04", roi="central", band="alpha")
    table.loc[lost, "plv"] = np.nan
    tables = analyse(table, **ASKED, only=["anova", "correlations", "descriptives"])
    anova = tables["anova"].set_index("measure")
    assert (anova.loc["plv", "note"] == "without D04: no PLV at central alpha").all()
    assert set(anova.loc["plv", "n_dyads"]) == {9}
    assert anova.loc["above_chance", "note"].isna().all()
    assert set(anova.loc["above_chance", "n_dyads"]) == {10}
    without = analyse(table[table["dyad"] != "D04"], **ASKED, only=["anova"])["anova"].set_index("measure")
    np.testing.assert_array_equal(anova.loc["plv", "F"], without.loc["plv", "F"])
    correlations = tables["correlations"].set_index(["measure", "roi", "band"])
    assert correlations.loc[("plv", "central", "alpha"), "n"] == 9
    assert correlations.loc[("plv", "central", "alpha"), "note"] == "without D04: no PLV at central alpha"
    assert correlations.loc[("plv", "frontal", "alpha"), "n"] == 10
    assert set(tables["descriptives"].query("measure == 'plv' and factor == 'all'")["n"]) == {9}


@pytest.mark.parametrize(
    ("gone", "note"),
    [
        ({"time": "post", "roi": "central", "band": "alpha"}, "no PLV at central alpha (post)"),
        ({"time": "post"}, "no PLV at post"),
        ({"roi": "central"}, "no PLV at central theta, central alpha"),
        ({}, "no PLV"),
    ],
)
@pytest.mark.parametrize("absent", [False, True], ids=["value empty", "row absent"])
def test_the_note_says_what_is_missing_and_a_missing_value_is_never_averaged_away(gone, note, absent):
    table = aggregated_table()
    lost = cells(table, dyad="D04", **gone)
    table["plv"] = table["plv"].mask(lost)
    # A dyad without any row would be no dyad of the table; a time without any row was not recorded.
    if absent and gone not in ({}, {"time": "post"}):
        table = table[~lost]
    tables = analyse(table, **ASKED, only=["anova"])
    assert (tables["anova"].set_index("measure").loc["plv", "note"] == f"without D04: {note}").all()
    means = tables["dyadmeans"].set_index(["dyad", "roi", "band"])["plv"]
    assert np.isnan(means["D04", "central", "alpha"]) and np.isnan(means["D04", "all", "all"])
    assert np.isnan(means["D04", "frontal", "theta"]) == (gone in ({}, {"time": "post"}))


def without_a_recording(n=10, dyad="D04", time="post", **how):
    table = aggregated_table(n, **how)
    return table[~cells(table, dyad=dyad, time=time)]


def test_a_dyad_that_was_recorded_once_enters_a_mean_with_that_time_and_every_row_says_so():
    table = without_a_recording()
    tables = analyse(table, **ASKED)
    single = tables["dyadmeans"].set_index(["dyad", "roi", "band"]).sort_index()
    own = table[cells(table, dyad="D04", roi="central", band="alpha")]
    assert len(own) == 1 and single.loc[("D04", "central", "alpha"), "plv"] == own["plv"].iloc[0]
    assert single.loc[("D04", "all", "all"), "plv"] == pytest.approx(
        table[table["dyad"] == "D04"]["plv"].mean()
    )
    used = tables["dyadmeans"].groupby("dyad")["times_used"].unique().map(list)
    assert used["D04"] == ["pre"] and used["D01"] == ["all"]
    said = "with fewer times: D04 (pre alone)"
    for name in (
        "descriptives",
        "anova",
        "means",
        "contrasts",
        "permutation",
        "equivalence",
        "mixed",
        "power",
    ):
        assert tables[name]["note"].str.contains(said, regex=False, na=False).all(), name
    assert tables["correlations"]["note"].str.contains(said, regex=False, na=False).all()
    assert set(tables["anova"]["n_dyads"]) == {10} and set(tables["correlations"]["n"]) == {10}
    # The others' values are what they were.
    whole = complete()["dyadmeans"]
    whole = whole.set_index(["dyad", "roi", "band"])["plv"].sort_index()
    others = single["plv"].drop("D04", level="dyad")
    pd.testing.assert_series_equal(others, whole.drop("D04", level="dyad"))


def test_the_effects_with_a_dyad_recorded_once_are_those_of_the_means_that_it_has():
    table = without_a_recording()
    by_hand = table.groupby(["dyad", "mindfulness", "modality", "roi", "band"], sort=False)["plv"].mean()
    expected = rm_anova(by_hand.reset_index(), "plv", "dyad", **FACTORS)
    found = analyse(table, **ASKED, only=["anova"])["anova"].query("measure == 'plv'")
    np.testing.assert_allclose(found["F"], expected["F"], rtol=1e-10)


@pytest.mark.long_but("factor")
@pytest.mark.parametrize("time", ["factor", "change", "ancova"])
def test_where_a_test_needs_the_time_the_dyad_is_left_out_of_it_by_name(time):
    tables = analyse(without_a_recording(), **ASKED, time=time, only=["anova", "correlations"])
    assert set(tables["anova"].query("measure == 'plv'")["n_dyads"]) == {9}
    assert (
        tables["anova"]
        .query("measure == 'plv'")["note"]
        .str.startswith("without D04: no PLV at post", na=False)
        .all()
    )
    complete = analyse(aggregated_table().query("dyad != 'D04'"), **ASKED, time=time, only=["anova"])
    np.testing.assert_array_equal(tables["anova"]["F"], complete["anova"]["F"])
    correlations = tables["correlations"].query("measure == 'plv'")
    if time == "factor":  # of the dyads' means, as it is where the times enter as their mean
        assert set(correlations["n"]) == {10}
        assert (
            correlations["note"]
            .str.contains("with fewer times: D04 (pre alone)", regex=False, na=False)
            .all()
        )
    else:
        assert set(correlations["n"]) == {9}
        assert correlations["note"].str.fullmatch(r"without D04: no PLV at \w+ \w+ \(post\)", na=False).all()


def test_a_mixed_model_with_time_keeps_the_dyad_and_says_so():
    table = without_a_recording()
    table.loc[table["dyad"].isin(["D01", "D02"]), "therapist"] = "T01"
    mixed = (
        analyse(table, **ASKED, time="factor", only=["mixed"])["mixed"]
        .query("measure == 'plv'")
        .set_index("term")
    )
    assert mixed["note"].str.contains("with fewer times: D04 (pre alone)", regex=False, na=False).all()
    assert not mixed["note"].str.contains("without", na=False).any()
    # The effect of time rests on the dyads that have both; without D04's row it would be another intercept.
    without = analyse(table.query("dyad != 'D04'"), **ASKED, time="factor", only=["mixed"])["mixed"]
    without = without.query("measure == 'plv'").set_index("term")
    assert mixed.loc["intercept", "estimate"] != without.loc["intercept", "estimate"]
    assert mixed.loc["time", "se"] < 1.1 * without.loc["time", "se"]


def test_without_shared_therapists_a_mixed_model_is_fitted_only_to_keep_a_dyad_that_was_recorded_once():
    complete = analyse(aggregated_table(), **ASKED, time="factor", only=["mixed"])["mixed"]
    assert complete["estimate"].isna().all() and complete["note"].str.contains("not fitted", na=False).all()
    kept = analyse(without_a_recording(), **ASKED, time="factor", only=["mixed"])["mixed"].query(
        "measure == 'plv'"
    )
    assert kept["estimate"].notna().all() and "variance: therapist" not in set(kept["term"])
    assert kept["note"].str.contains("the dyad alone is the random effect", na=False).all()


def test_a_dyad_that_lacks_a_time_in_between_takes_part_in_a_change():
    table = aggregated_table()
    between = table[table["time"] == "pre"].assign(time="mid")
    order = {"pre": 0, "mid": 1, "post": 2}
    table = pd.concat([table, between[between["dyad"] != "D04"]]).sort_values(
        "time", key=lambda t: t.map(order)
    )
    anova = analyse(table, **ASKED, time="change", only=["anova"])["anova"]
    assert set(anova["n_dyads"]) == {10} and anova["note"].isna().all()


def test_a_dyad_without_a_level_is_left_out_by_name():
    table = aggregated_table()
    table.loc[table["dyad"] == "D05", "modality"] = np.nan
    anova = analyse(table, **ASKED, only=["anova"])["anova"]
    assert set(anova["n_dyads"]) == {9} and (anova["note"] == "without D05: no modality").all()


def test_a_missing_questionnaire_leaves_the_effects_alone_and_is_named_in_the_correlations():
    table = aggregated_table()
    table.loc[table["dyad"] == "D05", "wai_difference"] = np.nan
    tables = analyse(table, **ASKED, only=["anova", "correlations"])
    assert set(tables["anova"]["n_dyads"]) == {10} and tables["anova"]["note"].isna().all()
    assert set(tables["correlations"]["n"]) == {9}
    assert (tables["correlations"]["note"] == "without D05: no wai_difference").all()


@pytest.mark.parametrize(
    ("spoil", "reason"),
    [
        (
            lambda t: t[t["dyad"].isin(["D01", "D02", "D05"])],
            "3 dyads are too few for 3 parameters (intercept, mindfulness, modality): at least 4",
        ),
        (lambda t: t.assign(modality="online"), "The factor modality has one level only (online)"),
        (lambda t: t.assign(modality=t["mindfulness"]), "The factor modality cannot be separated from"),
        (lambda t: t[t["roi"] == "frontal"], "The factor roi has one level only (frontal)"),
        (
            lambda t: t.assign(plv=np.nan, above_chance=np.nan),
            "There are no dyads to test. without D01, D02, ",
        ),
    ],
)
def test_a_design_that_cannot_be_tested_gives_one_row_a_measure_that_says_why(spoil, reason):
    anova = analyse(spoil(aggregated_table()), **ASKED, only=["anova"])["anova"]
    assert list(anova["measure"]) == ["plv", "above_chance"]
    assert anova["note"].str.startswith(reason, na=False).all()
    assert (anova["apa"] == "not tested").all()
    numbers = anova.drop(columns=["measure", "n_dyads", "apa", "note"])
    assert numbers.isna().all(axis=None)


def test_three_dyads_give_correlation_rows_that_say_why_they_are_empty():
    table = aggregated_table()
    found = analyse(table[table["dyad"].isin(["D01", "D02", "D05"])], **ASKED, only=["correlations"])[
        "correlations"
    ]
    assert len(found) == 8 and set(found["n"]) == {3}
    assert found["note"].str.startswith("3 dyads with both values are too few", na=False).all()
    assert found[["r", "ci_low", "p", "p_holm", "bf10", "slope"]].isna().all(axis=None)
    assert (found["apa"] == "not tested").all()


def test_dyads_that_all_agree_equally_give_a_reason_in_the_questionnaire_s_name():
    found = analyse(aggregated_table().assign(wai_difference=0.0), **ASKED, only=["correlations"])[
        "correlations"
    ]
    assert (found["note"] == "the score is the same in every dyad").all()


def test_a_measure_without_any_variation_is_said_to_have_none():
    anova = analyse(aggregated_table().assign(plv=0.2), **ASKED, only=["anova"])["anova"]
    flat = anova[anova["measure"] == "plv"]
    assert len(flat) == 11 and (flat["apa"] == "not tested").all()
    assert (flat["note"] == "the dyads do not vary in this effect").all()


def test_dyad_means_stand_for_each_cell_and_for_all_cells_together():
    table = aggregated_table()
    means = analyse(table, **ASKED, only=[])["dyadmeans"]
    assert len(means) == 10 * 5
    one = means.query("dyad == 'D03' and roi == 'frontal' and band == 'alpha'").iloc[0]
    there = table.query("dyad == 'D03' and roi == 'frontal' and band == 'alpha'")
    assert one["plv"] == pytest.approx(there["plv"].mean())
    assert (one["therapist"], one["wai_difference"]) == ("T03", there["wai_difference"].iloc[0])
    both = means.query("dyad == 'D03' and roi == 'all' and band == 'all'").iloc[0]
    assert both["above_chance"] == pytest.approx(table.query("dyad == 'D03'")["above_chance"].mean())
    assert ((means["roi"] == "all") == (means["band"] == "all")).all()


def test_the_between_effects_test_the_mean_of_every_cell():
    tables = complete()
    whole = tables["dyadmeans"].query("roi == 'all'")
    alone = rm_anova(whole, "plv", "dyad", ["mindfulness", "modality"], [])
    np.testing.assert_allclose(tables["anova"]["F"][:2], alone["F"], rtol=1e-9)


def test_holm_corrects_over_sites_and_bands_of_one_measure_and_questionnaire():
    table = aggregated_table().assign(wai_t_bond=lambda d: d["wai_difference"].abs())
    asked = ASKED | {"questionnaires": ["wai_difference", "wai_t_bond"]}
    tables = analyse(table, **asked, only=["correlations"])
    found = tables["correlations"]
    assert len(found) == 2 * 2 * 4
    for _, family in found.groupby(["measure", "questionnaire"]):
        np.testing.assert_allclose(family["p_holm"], holm(family["p"]))
    row = found.query("questionnaire == 'wai_t_bond' and measure == 'plv'").iloc[0]
    cell = tables["dyadmeans"].query(f"roi == '{row['roi']}' and band == '{row['band']}'")
    again = correlation(cell["wai_t_bond"], cell["plv"])
    assert (row["r"], row["slope"]) == (pytest.approx(again["r"]), pytest.approx(again["slope"]))


def test_descriptives_are_over_dyads_not_over_cells():
    tables = complete()
    found = tables["descriptives"].set_index(["measure", "factor", "level"])
    whole = tables["dyadmeans"].query("roi == 'all'")
    yes = whole.loc[whole["mindfulness"] == "yes", "plv"]
    row = found.loc[("plv", "mindfulness", "yes")]
    assert (row["n"], row["mean"], row["sd"]) == (5, pytest.approx(yes.mean()), pytest.approx(yes.std()))
    assert found.loc[("plv", "roi", "central"), "n"] == 10
    assert found.loc[("plv", "all", "all"), "mean"] == pytest.approx(whole["plv"].mean())


def test_rows_follow_the_first_appearance_of_dyads_and_levels():
    tables = complete()
    assert list(tables["dyadmeans"]["dyad"].unique()) == [f"D{i:02d}" for i in range(1, 11)]
    first = tables["correlations"].iloc[:4]
    assert list(zip(first["roi"], first["band"], strict=True)) == [
        ("frontal", "theta"),
        ("frontal", "alpha"),
        ("central", "theta"),
        ("central", "alpha"),
    ]
    assert list(tables["descriptives"]["level"][:9]) == [
        *("all", "yes", "no", "face-to-face", "online"),
        *("frontal", "central", "theta", "alpha"),
    ]


def test_the_order_of_the_input_s_rows_changes_no_number():
    table = aggregated_table()
    shuffled = table.sample(frac=1, random_state=1)
    one, two = (
        analyse(t, **ASKED, only=["anova", "correlations", "descriptives"]) for t in (table, shuffled)
    )
    keys = {
        "anova": ["measure", "effect"],
        "correlations": ["measure", "roi", "band"],
        "dyadmeans": ["dyad", "roi", "band"],
        "descriptives": ["measure", "factor", "level"],
    }
    for name, key in keys.items():
        pd.testing.assert_frame_equal(
            one[name].sort_values(key, ignore_index=True),
            two[name].sort_values(key, ignore_index=True),
            rtol=1e-8,
        )


def test_the_input_is_left_as_it_was():
    table = aggregated_table()
    before = table.copy()
    analyse(table, **ASKED)
    pd.testing.assert_frame_equal(table, before)


def test_counts_are_whole_numbers_when_written_even_beside_missing_ones():
    table = aggregated_table()
    table.loc[table["dyad"] != "D01", "plv"] = np.nan
    text = analyse(table, **ASKED, only=["anova"])["anova"].to_csv(sep="\t", na_rep="n/a", index=False)
    lines = [line.split("\t") for line in text.splitlines()]
    assert lines[1][:4] == ["plv", "n/a", "n/a", "n/a"] and lines[1][11] == "1"
    assert lines[2][1:4] == ["mindfulness", "1", "7"]


def test_a_within_factor_that_is_left_out_is_averaged_over():
    asked = ASKED | {"within": ["band"], "between": ["mindfulness"]}
    tables = analyse(aggregated_table(), **asked, only=["anova"])
    assert list(tables["anova"]["effect"][:3]) == ["mindfulness", "band", "mindfulness:band"]
    full = analyse(aggregated_table(), **(asked | {"within": ["roi", "band"]}), only=["anova"])[
        "anova"
    ].set_index("effect")
    band = tables["anova"].set_index("effect").loc["band", "F"]
    np.testing.assert_allclose(band, full.loc["band", "F"], rtol=1e-9)


def test_interactions_add_the_products_of_the_between_factors():
    table = aggregated_table(20).drop(columns="modality")
    online = table["dyad"].isin(["D01", "D02", "D03", "D06"])
    table["modality"] = np.where(online, "online", "face-to-face")
    effects = list(analyse(table, **ASKED, interactions=True, only=["anova"])["anova"]["effect"][:15])
    assert effects[:4] == ["mindfulness", "modality", "mindfulness:modality", "roi"]
    assert effects[-1] == "mindfulness:modality:roi:band"


def test_a_lab_may_call_a_region_all():
    table = aggregated_table()
    table["roi"] = table["roi"].replace("central", "all")
    found = analyse(table, **ASKED, only=["anova", "correlations"])
    assert set(found["anova"]["n_dyads"]) == {10}
    assert len(found["correlations"]) == 8


@pytest.mark.parametrize(
    ("spoil", "asked", "message"),
    [
        (lambda t: t, {"between": ["mindfullness"]}, "no column mindfullness .* did you mean mindfulness"),
        (lambda t: t, {"within": ["time"]}, "factor time is neither roi nor band"),
        (lambda t: pd.concat([t, t[:1]]), {}, "two rows for D01, pre, frontal, theta"),
        (
            lambda t: t.assign(therapist=t["therapist"].where(t["time"] == "pre", "T99")),
            {},
            "therapist differs within D01",
        ),
        (lambda t: t.assign(band=t["band"].mask(t["dyad"] == "D02")), {}, "column band has an empty value"),
        (lambda t: t.assign(plv="n/a"), {}, "column plv must hold numbers"),
    ],
)
def test_a_broken_table_is_an_error_and_not_a_note(spoil, asked, message):
    with pytest.raises(DesignError, match=message):
        analyse(spoil(aggregated_table()), **(ASKED | asked))


def test_another_way_with_time_is_refused_rather_than_ignored():
    with pytest.raises(ValueError, match="'delta'"):
        analyse(aggregated_table(), **ASKED, time="delta")


def test_one_time_only_is_refused_where_two_are_compared():
    table = aggregated_table().query("time == 'pre'")
    with pytest.raises(DesignError, match=r"There is one time only \(pre\)"):
        analyse(table, **ASKED, time="change")


@pytest.mark.parametrize(
    ("time", "model", "between"),
    [
        ("factor", "rm_time_main_effects", ["mindfulness", "modality"]),
        ("change", "rm_change_main_effects", ["mindfulness", "modality"]),
        ("ancova", "ancova_post_both", ["mindfulness", "modality"]),
        ("ancova", "ancova_post_mindfulness", ["mindfulness"]),
    ],
)
def test_each_way_with_time_gives_r_s_effects(reference, time, model, between):
    whole = reference["frames"]["times"].assign(client=lambda d: d["dyad"].str.replace("D", "C"))
    whole["wai_difference"] = whole["wai_t"] - whole["wai_c"]
    asked = FEW | {"between": between, "within": ["roi", "band"], "measures": ["plv"]}
    found = analyse(whole, **asked, questionnaires=["wai_difference"], time=time, only=["anova"])["anova"]
    expected = pd.DataFrame(reference["models"][model]["expected"], columns=reference["expected_columns"])
    expected["effect"] = expected["effect"].str.replace("pre", "before")
    found = found.set_index("effect")
    assert set(found.index) == set(expected["effect"])
    np.testing.assert_allclose(found.loc[expected["effect"], "F"], expected["F"], rtol=1e-6)


def test_a_time_between_the_first_and_the_last_does_not_count_in_a_change():
    table = aggregated_table()
    middle = table.query("time == 'pre'").assign(time="mid", plv=np.nan)
    three = pd.concat([table.query("time == 'pre'"), middle, table.query("time == 'post'")])
    for time in ("change", "ancova"):
        two, found = (analyse(t, **ASKED, time=time, only=["anova"]) for t in (table, three))
        pd.testing.assert_frame_equal(found["anova"], two["anova"])
    assert (
        analyse(three, **ASKED, only=["anova"])["anova"]["note"].str.contains("no PLV at mid", na=False).any()
    )


def test_what_enters_is_what_the_tables_of_dyads_show():
    table = aggregated_table()
    here = table.set_index(["time", "dyad", "roi", "band"])["plv"]
    for time, expected in (
        ("change", here["post"] - here["pre"]),
        ("ancova", here["post"]),
        ("factor", (here["post"] + here["pre"]) / 2),
    ):
        means = analyse(table, **ASKED, time=time, only=[])["dyadmeans"].query("roi != 'all'")
        found = means.set_index(["dyad", "roi", "band"])["plv"]
        pd.testing.assert_series_equal(found.sort_index(), expected.sort_index())


def test_a_covariate_enters_every_model_as_the_dyad_s_mean():
    table = aggregated_table(14)
    rng = np.random.default_rng(8)
    table["power_client"] = rng.uniform(1, 9, len(table))
    tables = analyse(table, **ASKED, covariates=["power_client"], only=["anova"])
    dyad_means = table.groupby("dyad")[["plv", "power_client"]].mean().reset_index()
    dyad_means = dyad_means.merge(table[["dyad", "mindfulness", "modality"]].drop_duplicates(), on="dyad")
    alone = rm_anova(dyad_means, "plv", "dyad", ["mindfulness", "modality"], [], ["power_client"])
    found = tables["anova"].query("measure == 'plv'").set_index("effect")["F"]
    np.testing.assert_allclose(found[alone["effect"]], alone["F"], rtol=1e-9)
    assert set(tables["anova"]["df2"]) == {10} and "power_client:roi" in set(tables["anova"]["effect"])


def test_a_dyad_without_a_covariate_is_left_out_by_name():
    table = aggregated_table().assign(power_client=lambda t: np.arange(len(t), dtype=float) % 7)
    table.loc[table["dyad"] == "D02", "power_client"] = np.nan
    anova = analyse(table, **ASKED, covariates=["power_client"], only=["anova"])["anova"]
    assert (anova["note"].str.contains("without D02: no power_client", na=False)).all() and set(
        anova["n_dyads"]
    ) == {9}


def test_type_two_sums_of_squares_can_be_asked_for():
    table = aggregated_table(11)
    two = analyse(table, **ASKED, sums_of_squares=2, interactions=True, only=["anova"])["anova"]
    three = analyse(table, **ASKED, interactions=True, only=["anova"])["anova"]
    assert not np.allclose(two["F"], three["F"])


def test_permutations_stand_for_dyads_and_where_one_has_several_for_therapists():
    table = aggregated_table()
    table.loc[table["dyad"] == "D03", "therapist"] = "T01"  # D01 and D03 are both mindful and face-to-face
    found = analyse(table, **ASKED, only=["permutation"])["permutation"].query("measure == 'plv'")
    assert list(found["unit"].unique()) == ["dyad", "therapist"]
    whole = found.query("effect == 'mindfulness' and roi == 'all'").set_index("unit")
    assert whole.loc["dyad", "statistic"] == whole.loc["therapist", "statistic"]
    assert whole.loc["therapist", "n_relabelings"] < whole.loc["dyad", "n_relabelings"]
    assert "treated as independent" in whole.loc["dyad", "note"]
    assert whole.loc["therapist", "note"] is None or pd.isna(whole.loc["therapist", "note"])
    assert set(complete()["permutation"]["unit"]) == {"dyad"}


def test_equivalence_and_power_compare_the_dyads_means_of_all_cells():
    from interbrain.statistics.equivalence import equivalence

    table = aggregated_table()
    tables = analyse(
        table, **ASKED | {"between": ["mindfulness"]}, equivalence={"d": 0.8}, only=["equivalence", "power"]
    )
    whole = tables["dyadmeans"].query("roi == 'all'")
    groups = [whole.loc[whole["mindfulness"] == level, "plv"] for level in ("yes", "no")]
    row = tables["equivalence"].query("measure == 'plv' and factor == 'mindfulness'").iloc[0]
    expected = equivalence(*groups, 0.8)
    assert (row["level_a"], row["level_b"], row["bound_d"]) == ("yes", "no", 0.8)
    for name in ("d", "d_low", "d_high", "p", "p_tost", "bf01", "verdict"):
        assert row[name] == pytest.approx(expected[name]), name
    power = tables["power"].query("measure == 'plv' and effect == 'mindfulness'").iloc[0]
    assert power["d"] == pytest.approx(row["d"]) and power["n_dyads"] == 10


def test_a_contrast_has_one_d_in_every_table():
    """Groups that are not balanced over the other factor: the adjusted difference, and no other."""
    table = aggregated_table(13)
    tables = analyse(table, **ASKED, only=["contrasts", "equivalence", "power"])
    pairs = tables["contrasts"].set_index(["measure", "effect"])
    whole = tables["dyadmeans"].query("roi == 'all'")
    from interbrain.statistics.power import standardised_difference

    for row in tables["equivalence"].to_dict("records"):
        pair = pairs.loc[row["measure"], row["factor"]]
        assert row["d"] == pytest.approx(pair["d"]) and row["p"] == pytest.approx(pair["p"])
        assert row["bound"] == pytest.approx(0.5 * pair["difference"] / pair["d"])
    both = {(measure, factor) for measure in ASKED["measures"] for factor in ("mindfulness", "modality")}
    assert set(zip(tables["power"]["measure"], tables["power"]["effect"], strict=True)) == both
    for row in tables["power"].to_dict("records"):
        assert row["d"] == pytest.approx(pairs.loc[row["measure"], row["effect"]]["d"])
    alone = [whole.loc[whole["mindfulness"] == level, "plv"] for level in ("yes", "no")]
    raw = standardised_difference(*alone)[0]
    assert abs(raw - pairs.loc["plv", "mindfulness"]["d"]) > 0.01  # the design tells them apart


@pytest.mark.long
def test_pairs_of_three_levels_are_corrected_in_the_verdict_on_equivalence():
    """Under the null some pair of four groups differs in a fifth of the studies, if none is corrected."""
    rng = np.random.default_rng(3)
    studies = {f"study_{k}": rng.normal(size=16) for k in range(120)}  # each is a measure of one table
    table = pd.DataFrame(
        {
            "dyad": range(16), "therapist": range(16), "client": range(16), "time": "pre",
            "arm": np.repeat(list("abcd"), 4), "roi": "f", "band": "theta", **studies,
        }
    )  # fmt: skip
    some, alone = 0, 0
    for _, found in _equivalences(table, list(studies)).groupby("measure"):
        some += (found["verdict"].str.startswith("different", na=False)).any()
        alone += (found["p"] < 0.05).any()
    assert alone > 15  # 19.5 % expected: 23
    assert some <= 13  # binomial, 120 x .05, 3 SDs


def _equivalences(table, measures):
    from interbrain.statistics import groups
    from interbrain.statistics.cells import study_cells

    cells = study_cells(table, measures, ["therapist", "client", "arm"])
    model = groups.Model(("arm",), ())
    return groups.equivalences(groups.entering(cells, measures, model))


def test_a_correlation_is_given_the_band_power_of_both_members():
    import pingouin

    rng = np.random.default_rng(6)
    table = aggregated_table(14)
    for role in ("therapist", "client"):
        table[f"power_{role}"] = rng.lognormal(size=len(table))
    row = analyse(table, **ASKED, only=["correlations"])["correlations"].iloc[0]
    here = table.query(f"roi == '{row['roi']}' and band == '{row['band']}'")
    mean = here.groupby("dyad")[["plv", "wai_difference", "power_therapist", "power_client"]].mean()
    mean[["a", "b"]] = np.log10(mean[["power_therapist", "power_client"]])
    expected = pingouin.partial_corr(mean, "wai_difference", "plv", ["a", "b"])
    assert row["partial_r"] == pytest.approx(expected["r"].iloc[0], rel=1e-9)
    assert row["given"] == "log_power_therapist, log_power_client" and row["partial_n"] == 14


@pytest.mark.long
def test_the_same_seed_gives_the_same_tables_and_another_only_other_resamples():
    table = aggregated_table(20)
    one, again, other = (analyse(table, **ASKED, seed=[s]) for s in (1, 1, 2))
    for name, found in one.items():
        pd.testing.assert_frame_equal(found, again[name])
    pd.testing.assert_frame_equal(one["anova"], other["anova"])
    assert not np.allclose(one["correlations"]["bca_low"], other["correlations"]["bca_low"])
    assert not np.allclose(one["permutation"]["p"], other["permutation"]["p"])


@pytest.mark.parametrize(
    ("factors", "effects"),
    [
        ({"between": []}, ["roi", "band", "roi:band"]),
        ({"within": []}, ["mindfulness", "modality"]),
    ],
)
def test_a_study_without_groups_or_without_cells_to_compare_is_still_tested(factors, effects):
    table = aggregated_table()
    table["plv"] = table["plv"].mask(cells(table, dyad="D04", time="pre"))
    tables = analyse(table, **(ASKED | factors), only=["anova"])
    assert list(tables["anova"]["effect"]) == effects * 2
    assert (tables["anova"].set_index("measure").loc["plv", "note"] == "without D04: no PLV at pre").all()
    whole = tables["dyadmeans"].query("roi == 'all'")
    if not factors.get("within", True):
        alone = rm_anova(whole, "above_chance", "dyad", ["mindfulness", "modality"], [])
        np.testing.assert_allclose(tables["anova"]["F"][2:], alone["F"], rtol=1e-9)


def test_a_missing_score_leaves_the_dyad_out_of_its_correlations_alone_and_says_so():
    table = aggregated_table()
    table.loc[table["dyad"] == "D03", "wai_difference"] = np.nan
    tables = analyse(table, **ASKED, only=["anova", "correlations"])
    assert set(tables["correlations"]["n"]) == {9}
    assert tables["correlations"]["note"].str.contains("without D03: no wai_difference", na=False).all()
    assert set(tables["anova"]["n_dyads"]) == {10}


def test_where_every_score_is_missing_nothing_is_correlated_and_the_rest_is_tested():
    tables = analyse(
        aggregated_table().assign(wai_difference=np.nan), **ASKED, only=["anova", "correlations"]
    )
    assert (tables["correlations"]["n"] == 0).all() and tables["correlations"]["r"].isna().all()
    assert (
        tables["correlations"]["note"].str.startswith("0 dyads with both values are too few", na=False).all()
    )
    assert tables["anova"]["F"].notna().all()


@pytest.mark.parametrize("n", [1, 2, 3])
def test_without_groups_a_few_dyads_are_tested_as_far_as_they_go(n):
    tables = analyse(
        aggregated_table(n), **(ASKED | {"between": []}), only=["anova", "correlations", "descriptives"]
    )
    assert len(tables["dyadmeans"]) == n * 5
    if n == 1:
        assert tables["anova"]["note"].str.contains("1 dyad is too few", na=False).all()
    else:
        assert list(tables["anova"]["effect"][:3]) == ["roi", "band", "roi:band"]
        assert set(tables["anova"]["df2"]) == {n - 1}
    assert tables["correlations"]["apa"].eq("not tested").all()
    assert tables["descriptives"]["n"].eq(n).all()


@pytest.mark.long_but("<lambda>0")
@pytest.mark.parametrize("renamed", [lambda k: f"X{k:02d}", lambda k: f"X{99 - k:02d}"])
def test_other_labels_give_the_same_numbers_whatever_their_order(renamed):
    """Sampled relabelings and resamples come from the study's seed and the values, not from the labels."""
    table = aggregated_table(14)
    table.loc[table["dyad"] == "D03", "therapist"] = "T01"  # so that therapists are dealt out, too
    labels = {f"{kind}{k:02d}": renamed(k).replace("X", kind) for k in range(1, 15) for kind in "DTC"}
    other = table.replace(labels)
    asked = {**ASKED, "relabelings": 200, "bootstraps": 200}
    compared = ("permutation", "correlations", "contrasts", "anova")
    one, two = (analyse(t, **asked, only=compared) for t in (table, other))
    for name in compared:
        numbers = one[name].select_dtypes("number").columns
        pd.testing.assert_frame_equal(one[name][numbers], two[name][numbers], rtol=1e-9)


def test_a_table_that_is_made_alone_is_the_same_as_among_the_others():
    alone = analyse(aggregated_table(), **ASKED, only=["snr", "permutation"])
    assert list(alone) == ["dyadmeans", "permutation", "snr"]
    for name, table in alone.items():
        pd.testing.assert_frame_equal(table, complete()[name])


def test_a_band_in_which_no_dyad_has_a_value_takes_no_other_with_it_and_every_row_says_so():
    """As theta of a study that was recorded with a high-pass at 8 Hz."""
    whole = aggregated_table()
    lacking = whole.assign(
        **{name: whole[name].where(whole["band"] != "theta") for name in ("plv", "above_chance")}
    )
    alpha = whole[whole["band"] == "alpha"].reset_index(drop=True)
    few = {"relabelings": 19, "bootstraps": 19, "measures": ["plv", "above_chance"]}
    few |= {"questionnaires": ["wai_difference"], "between": ["mindfulness", "modality"]}
    some = ["anova", "contrasts", "presence", "correlations"]
    found = analyse(lacking, within=["roi", "band"], only=some, **few)
    alone = analyse(alpha, within=["roi"], only=some, **few)
    for name in some:
        numbers = alone[name].columns.drop("note")
        pd.testing.assert_frame_equal(found[name][numbers], alone[name][numbers])
        assert len(found[name])
        assert found[name]["note"].str.endswith("theta not tested: no dyad has a value there", na=False).all()


def test_where_nobody_has_any_value_the_reason_is_each_dyads_own():
    nothing = aggregated_table().assign(plv=np.nan, above_chance=np.nan)
    found = analyse(nothing, **ASKED | {"relabelings": 19, "bootstraps": 19}, only=["anova"])["anova"]
    assert (
        found["apa"].eq("not tested").all()
        and found["note"].str.contains(r"D01, D02.*: no PLV", na=False).any()
    )
