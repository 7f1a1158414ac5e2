"""The group level of a large study: tables are read one after the other, and work grows as the study does."""

import weakref

import numpy as np
import pandas as pd

from interbrain.group.channel_pairs import mean_pair_table
from interbrain.quality.decision_log import decision_log
from interbrain.quality.exclusions import exclusions_table
from interbrain.statistics.pair_values import needed_columns, pair_values
from interbrain.synchrony.lags import zero_lag

CHANNELS = ["F3", "Fz", "C3", "Cz"]
KEYS = ["band", "therapist_channel", "client_channel"]


def pairs_of(dyad, seed, channels=CHANNELS):
    """A dyad's table of pairs at one time, some of them without a value."""
    rng = np.random.default_rng(seed)
    places = pd.MultiIndex.from_product([["plv", "aec"], ["theta", "alpha"], channels, channels])
    table = places.set_names(["estimator", *KEYS]).to_frame(index=False)
    for name in ("value", "above_chance", "z_chance"):
        table[name] = np.where(rng.random(len(table)) < 0.1, np.nan, rng.random(len(table)).round(3))
    return table.assign(dyad=dyad)


def tables_of(n_dyads):
    for number in range(n_dyads):
        for time in range(2):
            yield pairs_of(f"D{number:03d}", (number, time), CHANNELS[::-1] if number % 3 else CHANNELS[:3])


def test_the_mean_of_each_pair_is_to_the_last_digit_what_pandas_gives_for_all_tables_at_once():
    every = pd.concat(tables_of(40), ignore_index=True).query("estimator == 'plv'")
    every = every.rename(columns={"value": "plv"})
    of_dyads = every.groupby([*KEYS, "dyad"], sort=False)[["plv", "above_chance"]].mean()
    expected = of_dyads.groupby(KEYS, sort=False).mean()
    expected["n_dyads"] = of_dyads["plv"].groupby(KEYS, sort=False).count()
    found = mean_pair_table(tables_of(40), [f"D{number:03d}" for number in range(40)])
    pd.testing.assert_frame_equal(found, expected.reset_index(), check_exact=True, check_dtype=False)


def test_tables_of_pairs_are_read_one_after_the_other_and_not_kept():
    given = []

    def watched():
        for number in range(20):
            n_alive = sum(table() is not None for table in given)
            assert n_alive <= 2, "tables that were read are still there"
            table = pairs_of(f"D{number}", number)
            given.append(weakref.ref(table))
            yield table
            del table

    assert len(mean_pair_table(watched(), [f"D{number}" for number in range(20)])) == 32


def test_what_is_kept_of_a_table_for_the_tests_of_pairs_gives_the_same_numbers():
    whole = {(f"D{n}", time): pairs_of(f"D{n}", (n, len(time))) for n in range(5) for time in ("pre", "post")}
    slim = {
        key: needed_columns(table, ("therapist_channel", "client_channel")) for key, table in whole.items()
    }
    for estimator, column in (("plv", "above_chance"), ("plv", "z_chance"), ("aec", "above_chance")):
        one, other = (pair_values(tables, estimator, column) for tables in (whole, slim))
        np.testing.assert_array_equal(one.values, other.values)
        assert (one.bands, one.therapist, one.client) == (other.bands, other.therapist, other.client)
    sizes = [sum(t.memory_usage(deep=True).sum() for t in tables.values()) for tables in (whole, slim)]
    assert sizes[1] < sizes[0] / 4


def test_zero_lag_of_tables_that_come_one_by_one_is_that_of_all():
    lags = np.arange(-5, 6) / 2
    tables = [
        pd.DataFrame({"dyad": dyad, "time": "pre", "band": "theta", "roi": "all", "estimator": name,
                      "lag_s": lags, "value": np.cos(lags + number), "note": "n/a"})
        for number, dyad in enumerate(("D1", "D2")) for name in ("plv", "aec")
    ]  # fmt: skip
    found = zero_lag(iter(tables), 1)
    for row, table in zip(found.itertuples(), tables[::2], strict=True):
        far = table[table["lag_s"].abs() >= 1]["value"].mean()
        assert np.isclose(row.zero_lag, table.loc[table["lag_s"] == 0, "value"].iloc[0] - far)


def group_level(n_dyads):
    """What is done with the account of every recording."""
    channels = [{"channel": c, "decision": "bad", "reason": "flat", "by": "automatic"} for c in CHANNELS]
    conversions = [
        {"dyad": f"D{n}", "time": "pre", "participant": who, "lost_samples": [], "missing_data": []}
        for n in range(n_dyads)
        for who in (f"T{n}", f"C{n}")
    ]
    accounts = [{"Channels": channels, "Components": []}] * len(conversions)
    window = {"start_s": [2.0], "kept": [0], "by": "automatic", "reason": "client: gap"}
    ledgers = {(f"D{n}", "pre"): pd.DataFrame(window) for n in range(n_dyads)}
    aggregated = pd.DataFrame({"dyad": [], "time": [], "roi": [], "plv": []})
    log = decision_log(conversions, accounts, ledgers)
    left_out = exclusions_table({}, conversions, accounts, ledgers, aggregated)
    assert len(log) == len(left_out) == n_dyads * (2 * len(CHANNELS) + 1)
    mean_pair_table(tables_of(n_dyads), [f"D{number:03d}" for number in range(n_dyads)])


def test_twice_the_dyads_are_twice_the_work(n_calls):
    n_calls(group_level, 4)  # what is loaded once
    small, middle, large = (n_calls(group_level, n) for n in (5, 10, 20))
    assert large - middle <= 2.05 * (middle - small), (small, middle, large)
