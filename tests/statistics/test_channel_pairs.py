import sys
from functools import cache

import mne
import numpy as np
import pandas as pd
import pytest
from scipy import stats

from interbrain.files.tables import read_table, write_table
from interbrain.statistics import pair_clusters, pair_statistics
from interbrain.statistics.channel_pairs import channel_pairs, family
from interbrain.statistics.design import DesignError
from interbrain.statistics.pair_designs import dyads_of_pairs
from interbrain.statistics.pair_values import PairValues, measures_of_pairs, pair_values
from interbrain.statistics.permutation import relabelings
from interbrain.statistics.presence import sign_flips
from interbrain.statistics.spread import adjusted_welch
from interbrain.tables.channel_pairs import PAIR_CLUSTERS, PAIR_TESTS

CHANNELS = ["F3", "Fz", "F4", "C3", "Cz", "C4", "P3", "Pz", "P4"]
BANDS = ["theta", "alpha"]


def study(seed=0, n=10, channels=CHANNELS, bands=BANDS):
    """Values without any effect, shape (n, bands, channels, channels), and the dyads."""
    rng = np.random.default_rng(seed)
    names = [f"D{k:02d}" for k in range(n)]
    values = rng.standard_normal((n, len(bands), len(channels), len(channels)))
    dyads = pd.DataFrame(
        {
            "therapist": [f"T{k:02d}" for k in range(n)],
            "group": ["yes" if k < n // 2 else "no" for k in range(n)],
            "place": ["here" if k % 2 else "there" for k in range(n)],
            "score": rng.standard_normal(n),
        },
        index=names,
    )
    return values, dyads


def of(values, dyads, channels=CHANNELS, bands=BANDS):
    flat = values.reshape(len(values), -1)
    return PairValues(flat, list(dyads.index), list(bands), list(channels), list(channels))


def analysed(values, dyads, between=None, scores=(), n_max=2000, **asked):
    between = {"group": ["yes", "no"]} if between is None else between
    return channel_pairs({"above_chance": of(values, dyads)}, {}, dyads, between, (), scores, n_max, **asked)


def row_of(pairs, test, band, therapist, client):
    here = pairs[(pairs["tested"] == test) & (pairs["band"] == band)]
    found = here[(here["therapist_channel"] == therapist) & (here["client_channel"] == client)]
    assert len(found) == 1
    return found.iloc[0]


# --- against independent references ---


def test_all_sign_flips_give_the_p_of_mne_permutation_t_test():
    values, dyads = study(1)
    values[:, 1, 4, 4] += 2
    pairs = analysed(values, dyads, {})["pairs"].set_index("tested").loc["synchrony"]
    t, p, _ = mne.stats.permutation_t_test(values.reshape(10, -1), n_permutations=2**10, verbose="error")
    assert np.allclose(pairs["p_family"], p)
    assert np.array_equal(np.sign(pairs["z"]), np.sign(t))
    assert pairs["p_family"].min() < 0.05
    assert set(pairs["exact"]) == {"yes"} and set(pairs["n_flips"]) == {1024}


def test_clusters_and_their_p_are_those_of_mne():
    values, dyads = study(2)
    values[:, 0, 3:6, 3:6] += 0.9
    found = analysed(values, dyads, {})["clusters"]
    edges = pair_clusters.pair_edges(*[pair_clusters.head_neighbours(CHANNELS)] * 2, len(BANDS))
    n_pairs = values[0].size
    adjacency = np.zeros((n_pairs, n_pairs), dtype=bool)
    adjacency[tuple(edges)] = adjacency[tuple(edges[::-1])] = True

    def z(sample):
        t = sample.mean(axis=0) / (sample.std(axis=0, ddof=1) / np.sqrt(len(sample)))
        return np.copysign(pair_statistics.z_of_t2(t**2, len(sample) - 1), t)

    from scipy.sparse import coo_array

    _, clusters, p, _ = mne.stats.permutation_cluster_1samp_test(
        values.reshape(10, -1), threshold=pair_clusters.FORMING_Z, n_permutations=2**10, stat_fun=z,
        adjacency=coo_array(adjacency), out_type="indices", verbose="error",
    )  # fmt: skip
    theirs = sorted(
        (round(float(one), 10), len(members[0])) for one, members in zip(p, clusters, strict=True)
    )
    ours = sorted((round(row.p_cluster, 10), row.n_pairs) for row in found.itertuples())
    assert ours == theirs
    assert ours[0][0] < 0.05 and ours[0][1] > 3


def test_two_groups_alone_are_compared_by_welch():
    values, dyads = study(3)
    flat, first = values.reshape(10, -1), (dyads["group"] == "yes").to_numpy()
    z = next(pair_statistics.relabelled(flat, first, np.ones((10, 1)), np.arange(10)[None]))[0]
    t = stats.ttest_ind(flat[first], flat[~first], equal_var=False).statistic
    assert np.allclose(z, np.copysign(pair_statistics.z_of_t2(t**2, 8), t))


def test_every_relabeling_and_every_pattern_of_missing_dyads_has_the_adjusted_statistic():
    values, dyads = study(4, n=12)
    flat = values.reshape(12, -1)[:, :6].copy()
    flat[0, 1] = flat[[3, 8], 2] = flat[7, 3] = np.nan
    rng = np.random.default_rng(0)
    fixed = np.column_stack([np.ones(12), np.arange(12) % 2, rng.standard_normal(12)])
    first = (dyads["group"] == "yes").to_numpy()
    orders = relabelings(first, n_max=40, seed=(1,)).orders
    z = np.concatenate(list(pair_statistics.relabelled(flat, first, fixed, orders)))
    for number, order in enumerate(orders):
        for column in range(6):
            own = np.isfinite(flat[:, column])
            x = first[order][own]
            asked = flat[own, column], x[:, None].astype(float), fixed[own], x.astype(int)
            expected = pair_statistics.z_of_t2(adjusted_welch(*asked)["F"], own.sum() - 4)
            assert abs(z[number, column]) == pytest.approx(expected, rel=1e-9)


def test_flipped_residuals_start_with_the_same_statistic_as_relabelings():
    values, dyads = study(5)
    flat, first = values.reshape(10, -1).copy(), (dyads["group"] == "yes").to_numpy()
    flat[2, :9] = np.nan
    fixed = np.column_stack([np.ones(10), np.arange(10) % 2])
    signs = sign_flips(10).signs[:1]
    one = next(pair_statistics.flipped_residuals(flat, first, fixed, signs))
    other = next(pair_statistics.relabelled(flat, first, fixed, np.arange(10)[None]))
    assert np.allclose(one, other)


@pytest.mark.long
def test_turned_residuals_have_the_statistic_that_they_would_have_as_values():
    values, dyads = study(7, n=12)
    flat, first = values.reshape(12, -1).copy(), (dyads["group"] == "yes").to_numpy()
    flat[3, :5] = flat[5, 4:9] = np.nan
    fixed = np.column_stack([np.ones(12), np.arange(12) % 2])
    signs = sign_flips(12, n_max=20, seed=(3,)).signs
    z = np.concatenate(list(pair_statistics.flipped_residuals(flat, first, fixed, signs)))
    weights = pair_statistics._weights(flat, first, fixed)
    for column in range(flat.shape[1]):
        here = np.isfinite(flat[:, column])
        roots, own = np.sqrt(weights[here])[:, None], fixed[here]
        y = flat[here, column]
        rest = y - own @ (np.linalg.pinv(roots * own) @ (roots[:, 0] * y))
        turned = signs[:, here].T * rest[:, None]  # a column a flip
        as_values = pair_statistics.relabelled(turned, first[here], own, np.arange(len(own))[None])
        np.testing.assert_allclose(z[:, column], next(as_values)[0], rtol=1e-5, atol=1e-8)


def test_turning_signs_takes_as_many_products_for_many_dyads_as_for_few(monkeypatch):
    monkeypatch.setattr(pair_statistics, "VALUES_IN_BLOCK", 9)  # a block is one flip

    def n_lines(n_dyads, n_flips):
        """Lines of Python that are run: a product has no call of its own to be counted."""
        rng, count = np.random.default_rng(4), 0
        values, first = rng.normal(size=(n_dyads, 9)), np.arange(n_dyads) % 3 > 0
        signs = rng.choice([-1, 1], (n_flips, n_dyads))

        def counted(frame, event, argument):
            nonlocal count
            count += event == "line" and frame.f_globals["__name__"] == pair_statistics.__name__
            return counted

        before = sys.gettrace()
        sys.settrace(counted)
        try:
            list(pair_statistics.flipped_residuals(values, first, np.ones((n_dyads, 1)), signs))
        finally:
            sys.settrace(before)
        return count

    assert n_lines(20, 12) - n_lines(20, 2) == n_lines(200, 12) - n_lines(200, 2) > 0


def test_no_array_has_a_row_and_a_column_a_dyad():
    """1,000 dyads, of which many lack a channel of their own, would fill the memory with such arrays."""
    rng, n = np.random.default_rng(5), 60
    values = rng.normal(size=(n, 40))
    values[np.arange(40), np.arange(40)] = np.nan  # every pair has dyads of its own
    patterns = list(pair_statistics._patterns(values, np.column_stack([np.ones(n), np.arange(n) % 2])))
    assert len(patterns) == 40
    assert all(basis.shape == (n - 1, 2) for _, _, basis in patterns)


def test_permutations_of_a_score_give_the_correlations_of_scipy():
    values, dyads = study(6)
    flat, score = values.reshape(10, -1)[:, :5].copy(), dyads["score"].to_numpy()
    flat[4, 1] = flat[[0, 9], 2] = np.nan
    orders = relabelings(score, n_max=20, seed=(2,)).orders
    z = np.concatenate(list(pair_statistics.correlated(flat, score, orders)))
    for number, order in enumerate(orders):
        for column in range(5):
            own = np.isfinite(flat[:, column])
            p = stats.pearsonr(flat[own, column], score[order][own]).pvalue
            assert abs(z[number, column]) == pytest.approx(stats.norm.isf(p / 2), abs=0.02)


def test_flips_of_centred_values_have_the_correlation_of_what_was_turned():
    values, dyads = study(28)
    flat, score = values.reshape(10, -1)[:, :4].copy(), dyads["score"].to_numpy()
    flat[[2, 6], 1] = np.nan
    signs = sign_flips(10).signs[:30]
    z = next(pair_statistics.flipped_correlated(flat, score, signs))
    assert np.allclose(z[0], next(pair_statistics.correlated(flat, score, np.arange(10)[None]))[0])
    for number, own_signs in enumerate(signs):
        for column in range(4):
            own = np.isfinite(flat[:, column])
            turned = own_signs[own] * (flat[own, column] - flat[own, column].mean())
            r = np.corrcoef(turned, score[own])[0, 1]
            df = own.sum() - 2
            expected = np.copysign(pair_statistics.z_of_t2(df * r**2 / (1 - r**2), df), r)
            assert z[number, column] == pytest.approx(expected, abs=1e-9)


def test_z_has_nearly_the_p_of_t():
    t = np.array([0.5, 2, 4, 6])
    for df in (4, 8, 13, 40):
        z = pair_statistics.z_of_t2(t**2, df)
        assert np.allclose(z, stats.norm.isf(stats.t.sf(t, df)), atol=0.03)


# --- neighbours ---


def test_pairs_are_neighbours_if_they_share_a_channel_and_the_others_are_neighbours_on_the_head():
    heads = pair_clusters.head_neighbours(CHANNELS)
    at = {name: k for k, name in enumerate(CHANNELS)}
    assert heads[at["Fz"], at["Cz"]] and heads[at["C3"], at["P3"]] and not heads[at["F3"], at["P4"]]
    edges = {tuple(sorted(edge)) for edge in pair_clusters.pair_edges(heads, heads, 2).T}
    n = len(CHANNELS)

    def pair(band, one, other):
        return (band * n + at[one]) * n + at[other]

    assert (pair(0, "Fz", "Pz"), pair(0, "Cz", "Pz")) in edges
    assert (pair(1, "Fz", "Fz"), pair(1, "Fz", "Cz")) in edges
    assert (pair(0, "Fz", "Fz"), pair(0, "Cz", "Cz")) not in edges  # both ends differ
    assert (pair(0, "Fz", "Pz"), pair(1, "Fz", "Pz")) not in edges  # bands
    assert len(edges) == 2 * heads.sum() * n


def test_neighbours_do_not_depend_on_the_order_of_channels():
    heads = pair_clusters.head_neighbours(CHANNELS)
    order = np.random.default_rng(0).permutation(len(CHANNELS))
    again = pair_clusters.head_neighbours([CHANNELS[k] for k in order])
    assert np.array_equal(again, heads[np.ix_(order, order)])


def test_channels_without_a_site_and_fewer_than_three_sites_have_no_neighbours():
    heads = pair_clusters.head_neighbours(["Fz", "left", "Cz", "Pz"])
    assert not heads[1].any() and heads[0, 2]
    assert not pair_clusters.head_neighbours(["Fz", "Cz"]).any()
    assert not pair_clusters.head_neighbours(["one", "two", "three"]).any()


def test_a_cluster_has_one_sign():
    edges = np.array([[0, 1, 2], [1, 2, 3]])
    found = pair_clusters.clusters(np.array([3.0, 4.0, -5.0, -3.0]), edges)
    assert [one.pairs.tolist() for one in found] == [[2, 3], [0, 1]]
    assert [one.mass for one in found] == [8, 7]


# --- what is found ---


def test_one_planted_pair_is_found_and_no_other():
    values, dyads = study(107, n=12)
    values[:, 1, 2, 6] += 2.5
    pairs = analysed(values, dyads, {}, n_max=4096)["pairs"]
    best = pairs.loc[pairs["p_family"].idxmin()]
    assert best[["band", "therapist_channel", "client_channel"]].tolist() == ["alpha", "F4", "P3"]
    assert best["p_family"] == 2 / 2**12 and best["exact"] == "yes"
    assert (pairs["p_family"].drop(best.name) > 0.05).all()


@pytest.mark.parametrize("test", ["group", "score"])
def test_a_planted_cluster_is_found(test):
    values, dyads = study(8, n=14)
    effect = dyads["score"].to_numpy() if test == "score" else np.where(dyads["group"] == "yes", 1.1, -1.1)
    values[:, 0, 3:6, 4:7] += 1.4 * effect[:, None, None]
    found = analysed(values, dyads, scores=["score"])
    strongest = found["clusters"].query("tested == @test").iloc[0]
    assert strongest["p_cluster"] <= 0.05 and strongest["band"] == "theta" and strongest["n_pairs"] >= 7
    assert {"C3", "Cz", "C4"} <= set(strongest["therapist_channels"].split(", "))
    own = found["pairs"].query("tested == @test and cluster == 1")
    assert len(own) == strongest["n_pairs"] and (own["p_cluster"] == strongest["p_cluster"]).all()
    assert (own["size"] > 0).all()


def test_sites_are_a_family_of_their_own_with_pairs_of_unlike_sites():
    values, dyads = study(9, n=10)
    sites = np.random.default_rng(1).standard_normal((10, 2, 2, 2))
    sites[:, 0, 0, 1] += 3
    of_sites = PairValues(
        sites.reshape(10, -1), list(dyads.index), BANDS, ["front", "back"], ["front", "back"]
    )
    both = {"above_chance": of(values, dyads)}, {"above_chance": of_sites}
    pairs = channel_pairs(*both, dyads, {})["pairs"]
    own = pairs[pairs["pairs"] == "sites"]
    assert len(own) == 8 and own["therapist_channel"].isna().all() and own["cluster"].isna().all()
    found = own[own["p_family"] <= 0.05]
    assert found[["band", "roi_therapist", "roi_client"]].to_numpy().tolist() == [["theta", "front", "back"]]


def test_of_three_levels_each_two_are_compared_and_p_is_multiplied():
    values, dyads = study(10, n=12)
    dyads["group"] = ["a"] * 4 + ["b"] * 4 + ["c"] * 4
    pairs = analysed(values, dyads, {"group": ["a", "b", "c"]}, n_max=200)["pairs"].query("tested == 'group'")
    compared = pairs[["level_a", "level_b"]].drop_duplicates().to_numpy().tolist()
    assert compared == [["a", "b"], ["a", "c"], ["b", "c"]]
    two = analysed(values[:8], dyads.iloc[:8], n_max=200, between={"group": ["a", "b"]})["pairs"]
    alone = two.query("tested == 'group'")["p_family"].to_numpy()
    assert np.allclose(pairs.query("level_b == 'b'")["p_family"], np.minimum(3 * alone, 1))
    assert pairs["note"].str.contains("multiplied by 3", na=False).all()


def test_the_means_of_either_level_are_over_those_who_have_the_pair_also_where_it_is_not_tested():
    values, dyads = study(12, n=12)
    values[[0, 7, 8], 0, 0, 0] = np.nan
    values[:5, 1, 2, 3] = np.nan  # one of six is left
    pairs = analysed(values, dyads)["pairs"]
    rows = pairs.query("tested == 'group'")
    yes = (dyads["group"] == "yes").to_numpy()
    for own, end in ((yes, "a"), (~yes, "b")):
        assert np.allclose(rows[f"mean_{end}"], np.nanmean(values[own], axis=0).ravel())
        assert list(rows[f"n_{end}"]) == list(np.isfinite(values[own]).sum(axis=0).ravel())
    tested = rows.dropna(subset=["size"])
    assert np.allclose(tested["mean_a"] - tested["mean_b"], tested["size"])
    few = row_of(pairs, "group", "alpha", "F4", "C3")
    assert few["n_a"] == 1 and np.isfinite(few["mean_a"]) and np.isnan(few["p_family"])
    assert pairs.query("tested != 'group'")[["n_a", "n_b", "mean_a", "mean_b"]].isna().all(axis=None)


# --- what the result does not depend on ---


def test_order_and_labels_of_dyads_and_order_of_channels_do_not_matter():
    values, dyads = study(11, n=18)  # more than all sign flips, so that they are random
    values[4, :, 2] = np.nan
    values[9, :, :, 5] = np.nan
    asked = {
        "between": {"group": ["yes", "no"], "place": ["here", "there"]},
        "scores": ["score"],
        "n_max": 300,
    }
    before = analysed(values, dyads, **asked)["pairs"]
    rng = np.random.default_rng(0)
    order, channels = rng.permutation(18), rng.permutation(len(CHANNELS))
    renamed = dyads.iloc[order].set_index(pd.Index([f"X{k}" for k in rng.permutation(18)]))
    mixed = values[order][:, :, channels][:, :, :, channels]
    known = of(mixed, renamed, [CHANNELS[k] for k in channels])
    between = asked.pop("between")
    after = channel_pairs({"above_chance": known}, {}, renamed, between, (), ["score"], 300)["pairs"]
    keys = ["tested", "band", "therapist_channel", "client_channel"]
    both = before.merge(after, on=keys, validate="one_to_one")
    assert len(both) == len(before) == 4 * 162
    for name in ("n", "size", "z", "p", "p_family", "p_cluster"):
        one, other = (both[f"{name}_{end}"].to_numpy(float, na_value=np.nan) for end in "xy")
        assert np.allclose(one, other, equal_nan=True), name


def test_a_further_band_changes_no_z():
    values, dyads = study(12)
    both = analysed(values, dyads, {})["pairs"]
    alone = channel_pairs({"m": of(values[:, :1], dyads, bands=["theta"])}, {}, dyads, {})["pairs"]
    assert np.allclose(both.query("band == 'theta'")["z"], alone["z"])


# --- channels that some dyads lack ---


def test_a_pair_is_tested_over_the_dyads_that_have_it():
    values, dyads = study(13)
    values[:, 0, 1, 1] += 1
    values[[0, 5, 7], :, 1] = np.nan
    pairs = analysed(values, dyads, {})["pairs"]
    row = row_of(pairs, "synchrony", "theta", "Fz", "Fz")
    own = np.delete(values[:, 0, 1, 1], [0, 5, 7])
    t = stats.ttest_1samp(own, 0).statistic
    assert row["n"] == 7 and row["size"] == pytest.approx(own.mean())
    assert row["z"] == pytest.approx(np.copysign(pair_statistics.z_of_t2(t**2, 6), t))
    flips = sign_flips(7).signs @ own
    assert row["p"] == pytest.approx(np.mean(np.abs(flips) >= abs(flips[0]) - 1e-12))
    assert row_of(pairs, "synchrony", "theta", "F3", "Fz")["n"] == 10


def test_a_pair_that_too_few_dyads_have_is_not_tested_and_says_why():
    values, dyads = study(14)
    values[:6, :, 4] = np.nan
    values[:, 0, 4] += 50
    found = analysed(values, dyads, scores=["score"])
    lost = found["pairs"].query("therapist_channel == 'Cz'")
    assert lost[["size", "z", "p", "p_family", "smallest_p", "cluster"]].isna().all().all()
    few = "at least 5 dyads with a value are needed"
    of_levels = "at least 3 dyads at yes and 3 at no with a value are needed"
    for test, why in {"synchrony": few, "group": of_levels, "score": few}.items():
        assert (lost.loc[lost["tested"] == test, "note"] == why).all()
    assert found["pairs"].query("therapist_channel != 'Cz'")["p_family"].notna().all()


def test_a_channel_missing_everywhere_has_rows_without_numbers():
    values, dyads = study(15)
    values[:, :, 3] = np.nan
    lost = analysed(values, dyads, {})["pairs"].query("therapist_channel == 'C3'")
    assert (lost["n"] == 0).all() and lost["z"].isna().all() and lost["note"].notna().all()


def test_a_dyad_without_a_level_or_a_score_is_left_out_and_named():
    values, dyads = study(16)
    dyads.loc["D03", "group"] = None
    dyads.loc["D08", "score"] = np.nan
    pairs = analysed(values, dyads, scores=["score"])["pairs"]
    notes = pairs.groupby("tested")["note"].first()
    assert notes["group"] == "without D03: no group" and notes["score"] == "without D08: no score"
    assert set(pairs.query("tested != 'synchrony'")["n"]) == {9}


def test_a_pair_that_does_not_vary_has_no_number():
    values, dyads = study(17)
    values[:, 0, 0, 0] = 0.25
    pairs = analysed(values, dyads, scores=["score"])["pairs"]
    for test in ("synchrony", "group", "score"):
        row = row_of(pairs, test, "theta", "F3", "F3")
        assert np.isnan(row["z"]) and np.isnan(row["p_family"]) and row["note"] == "the dyads do not vary"


# --- several dyads of a therapist ---


def test_therapists_are_the_units_once_two_of_them_have_several_dyads():
    values, dyads = study(18, n=12)
    dyads["therapist"] = [f"T{k // 2}" for k in range(12)]
    dyads["score"] = np.repeat(dyads["score"].to_numpy()[:6], 2)
    values[0, :, 0] = np.nan  # then the therapist's other dyad counts
    pairs = analysed(values, dyads, scores=["score"])["pairs"]
    assert set(pairs["unit"]) == {"therapist"}
    means = np.nanmean(values.reshape(6, 2, -1), axis=1)
    _, p, _ = mne.stats.permutation_t_test(means, n_permutations=2**6, verbose="error")
    own = pairs.query("tested == 'synchrony'")
    assert np.allclose(own["p_family"], p) and set(own["n"]) == {6}
    assert set(pairs.query("tested == 'group'")["n_relabelings"]) == {20}


def test_one_therapist_with_two_dyads_leaves_dyads_the_units():
    values, dyads = study(19)
    dyads.loc["D01", "therapist"] = "T00"
    assert set(analysed(values, dyads)["pairs"]["unit"]) == {"dyad"}


def test_dyads_are_exchanged_within_therapists_where_a_factor_differs_within_them():
    values, dyads = study(20, n=12)
    dyads["therapist"] = [f"T{k // 2}" for k in range(12)]
    pairs = analysed(values, dyads, {"place": ["here", "there"]})["pairs"].query("tested == 'place'")
    assert set(pairs["unit"]) == {"dyad"} and set(pairs["n"]) == {12}
    assert set(pairs["n_relabelings"]) == {2**6} and set(pairs["n_flips"]) == {2**6}
    assert (
        pairs["note"]
        .str.contains("place differs within T0: dyads are exchanged within therapists", na=False)
        .all()
    )


# --- error rates ---


@cache
def smoothing():
    return np.eye(len(CHANNELS)) + 0.6 * pair_clusters.head_neighbours(CHANNELS)


def correlated_study(rng, n, scales=1.0):
    """Dyads whose pairs go together as those of neighbouring channels do."""
    smooth = smoothing()
    values = rng.standard_normal((n, 1, len(CHANNELS), len(CHANNELS)))
    return np.einsum("ab,nkbc,cd->nkad", smooth, values, smooth.T) * np.reshape(scales, (-1, 1, 1, 1))


@pytest.mark.long
@pytest.mark.parametrize(
    ("n_first", "n", "ratio"), [(5, 10, 1), (4, 12, 3)], ids=["alike", "four vary three times as much"]
)
def test_without_an_effect_one_study_of_twenty_finds_a_pair_or_a_cluster(n_first, n, ratio):
    rng = np.random.default_rng(2018)
    first = np.arange(n) < n_first
    edges = pair_clusters.pair_edges(*[pair_clusters.head_neighbours(CHANNELS)] * 2, 1)
    score = rng.standard_normal(n)
    fixed, signs = np.ones((n, 1)), sign_flips(n, 300, (1,), exact_up_to=9).signs
    by_group = relabelings(first, n_max=300, seed=(1,)).orders
    by_score = relabelings(score, n_max=300, seed=(1,)).orders
    n_studies, found = 150, np.zeros((3, 2))
    for _ in range(n_studies):
        values = correlated_study(rng, n, np.where(first, ratio, 1)).reshape(n, -1)
        spread = correlated_study(rng, n, np.exp(score / 2)).reshape(n, -1)
        tests = (
            [pair_statistics.against_zero(values, signs)],
            [
                pair_statistics.relabelled(values, first, fixed, by_group),
                pair_statistics.flipped_residuals(values, first, fixed, signs),
            ],
            [
                pair_statistics.correlated(spread, score, by_score),
                pair_statistics.flipped_correlated(spread, score, signs),
            ],
        )
        for number, draws in enumerate(tests):
            judged = family(draws, edges)
            found[number] += judged.p_family.min() <= 0.05, min(judged.p_clusters, default=1) <= 0.05
    allowed = stats.binom.ppf(0.999, n_studies, 0.05)
    assert (found <= allowed).all(), found
    assert found.sum() > 10  # and it does find some


# --- from the tables of the dyads ---


def table_of_run(values, channels=CHANNELS, estimator="plv"):
    places = pd.MultiIndex.from_product(
        [[estimator], BANDS, channels, channels],
        names=["estimator", "band", "therapist_channel", "client_channel"],
    )
    return pd.DataFrame({"above_chance": values.ravel()}, index=places).reset_index()


def test_the_mean_over_times_lacks_what_one_of_them_lacks():
    values, _ = study(21, n=3)
    values[1, 0, 2, 3] = np.nan
    tables = {
        ("D1", "pre"): table_of_run(values[0]),
        ("D1", "post"): table_of_run(values[1]),
        ("D2", "pre"): table_of_run(values[2]).sample(frac=1, random_state=1),
    }
    found = pair_values(tables, "plv", "above_chance")
    assert found.dyads == ["D1", "D2"] and found.therapist == CHANNELS
    expected = np.stack([values[:2].mean(axis=0), values[2]]).reshape(2, -1)
    assert np.allclose(found.values, expected, equal_nan=True) and np.isnan(found.values).sum() == 1


def test_dyads_with_other_channels_lack_the_pairs_that_they_have_not():
    values, _ = study(22, n=2)
    few = CHANNELS[:4]
    tables = {
        ("D1", "pre"): table_of_run(values[0]),
        ("D2", "pre"): table_of_run(values[1][:, :4, :4], few),
    }
    found = pair_values(tables, "plv", "above_chance").values.reshape(2, 2, 9, 9)
    assert np.allclose(found[1, :, :4, :4], values[1][:, :4, :4])
    assert np.isnan(found[1, :, 4:]).all() and np.isnan(found[1, :, :, 4:]).all()


def test_a_pair_that_stands_twice_is_refused():
    values, _ = study(23, n=1)
    table = table_of_run(values[0])
    with pytest.raises(ValueError, match="D1 at pre has a pair twice"):
        pair_values({("D1", "pre"): pd.concat([table, table.iloc[:1]])}, "plv", "above_chance")


def test_every_estimator_is_tested_above_chance_and_z_where_it_is_asked_for():
    found = measures_of_pairs(["plv", "aec"], ["plv", "above_chance", "aec_z_chance"])
    assert found == {
        "above_chance": ("plv", "above_chance"),
        "aec_above_chance": ("aec", "above_chance"),
        "aec_z_chance": ("aec", "z_chance"),
    }


def test_what_cannot_be_tested_is_a_row_that_says_why():
    values, dyads = study(24, n=6)
    dyads["group"], dyads["score"] = "yes", 3.0
    pairs = analysed(values, dyads, scores=["score"])["pairs"]
    said = pairs[pairs["tested"] != "synchrony"].set_index("tested")["note"]
    assert said["group"] == "the factor group has one level only (yes): there is nothing to compare"
    assert said["score"] == "the score score does not vary"
    nothing = analysed(np.full_like(values, np.nan), dyads, scores=["score"])["pairs"]
    assert nothing["note"].tolist() == [
        "0 dyads with a pair: too few to test",
        "no dyad with a pair has a level of the factor group",
        "0 dyads have the score: too few to test",
    ]
    alone = analysed(values[:1], dyads[:1], {})["pairs"]
    assert alone["note"].tolist() == ["1 dyad with a pair: too few to test"]


def test_confounded_factors_are_not_tested_and_say_why():
    values, dyads = study(25)
    dyads["place"] = dyads["group"].map({"yes": "here", "no": "there"})
    pairs = analysed(values, dyads, {"group": ["yes", "no"], "place": ["here", "there"]})["pairs"]
    said = pairs[pairs["tested"] == "group"]["note"]
    assert len(said) == 1 and "cannot be separated" in said.iloc[0]


def test_a_dyad_that_the_table_of_dyads_does_not_have_is_refused():
    values, dyads = study(26)
    with pytest.raises(DesignError, match="D09 has pairs, but no row"):
        channel_pairs({"m": of(values, dyads)}, {}, dyads.iloc[:-1], {})


def test_the_table_of_dyads_takes_means_of_covariates_and_refuses_levels_that_vary():
    rows = pd.DataFrame(
        {"dyad": ["D1", "D1"], "therapist": "T1", "group": "yes", "score": [2.0, 2.0], "age": [30.0, 40.0]}
    )
    found = dyads_of_pairs(rows, ["group"], ["age"], ["score"])
    assert found.loc["D1"].tolist() == ["T1", "yes", 2.0, 35.0]
    with pytest.raises(DesignError, match="group differs within D1"):
        dyads_of_pairs(rows.assign(group=["yes", "no"]), ["group"], [], [])


OF_PAIRS = {"pairs": PAIR_TESTS, "clusters": PAIR_CLUSTERS}


def test_the_tables_are_described_and_can_be_read_again(tmp_path):
    values, dyads = study(27)
    values[:, 0, 3:6, 3:6] += 1
    found = analysed(values, dyads, scores=["score"])
    for name, table in found.items():
        write_table(tmp_path / f"{name}.tsv", table, OF_PAIRS[name])
        again = read_table(tmp_path / f"{name}.tsv", OF_PAIRS[name])
        assert len(again) == len(table) > 0 and list(again.columns) == list(table.columns)


def test_a_study_without_a_dyad_has_empty_tables(tmp_path):
    found = channel_pairs({}, {}, pd.DataFrame(columns=["therapist"]), {})
    for name, table in found.items():
        assert table.empty
        write_table(tmp_path / f"{name}.tsv", table, OF_PAIRS[name])
