"""Every dyad's synchrony, factors and scores in one tidy table: the aggregated dataset."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pandas as pd

from interbrain.metrics import METRICS
from interbrain.tables.group import AGGREGATED
from interbrain.tables.pseudodyads import PSEUDODYADS
from interbrain.tables.synchrony import SITES

OF_STRANGERS = [name for name in PSEUDODYADS.names if name in AGGREGATED]
# Of `directed_table`, and what they are called there.
GRANGER_COLUMNS = {
    "therapist_to_client": "granger_to_client",
    "client_to_therapist": "granger_to_therapist",
    "net_above_reversed": "granger_net",
}


def aggregate(
    roi_tables: Sequence[pd.DataFrame],
    dyads: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    differences: Mapping[str, Sequence[str]],
    excluded: Mapping[str, str],
    factors: Sequence[str],
    pseudo: pd.DataFrame | None = None,
    directed: Sequence[pd.DataFrame] = (),
    numbers: pd.DataFrame | None = None,
    unused: Iterable[tuple[str, str]] = (),
    zero_lag: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """One tidy table: a row for each dyad, time, band and homologous ROI pair.

    PLV has its columns, further estimators theirs: their name, and it with _above_chance, _z_chance and, for
    those that need phases only, _above_pseudo.

    Parameters
    ----------
    dyads : DataFrame
        dyad, therapist, client and the factors.
    scores : mapping questionnaire -> DataFrame
        dyad and one column a score.
    differences : mapping name -> (questionnaire, questionnaire)
        Signed differences of their totals.
    excluded : mapping dyad -> reason
        Dyads that do not enter.
    pseudo : DataFrame
        `pseudodyads.pseudodyad_table` of all times, with a column time.
    directed : sequence of DataFrame
        `directed_table` of each dyad and run, where the study asks for it.
    numbers : DataFrame
        dyad, and a column for each number that stands in the dyads table.
    unused : iterable of (dyad, time)
        Recordings that do not enter, though their dyad does.
    zero_lag : DataFrame
        `lags.zero_lag` of all dyads and runs.

    Returns
    -------
    table : DataFrame
        Without rows, but with its columns, if no dyad is left.
    """
    table = pd.concat(roi_tables, ignore_index=True) if roi_tables else _no_rows()
    table = table[(table["roi_therapist"] == table["roi_client"]) & ~table["dyad"].isin(list(excluded))]
    table = table[~pd.MultiIndex.from_frame(table[["dyad", "time"]]).isin(list(unused))]
    table = table.rename(columns={"roi_therapist": "roi"})
    keys = ["dyad", "time", "band", "roi"]
    further = {name: rows.set_index(keys) for name, rows in table.groupby("estimator", sort=False)}
    table = table[table["estimator"] == "plv"].rename(columns={"value": "plv"})
    strangers = {}
    if pseudo is not None:
        strangers = {name: rows.set_index(keys) for name, rows in pseudo.groupby("estimator", sort=False)}
        own = strangers["plv"][[name for name in OF_STRANGERS if name in pseudo and name not in keys]]
        table = table.merge(own, left_on=keys, right_index=True, how="left", validate="one_to_one")
    columns = [name for name in AGGREGATED.names if name in table and name not in keys]
    for name, rows in further.items():
        if name != "plv":
            own = rows[["value", "above_chance"]]
            if name in strangers:
                own = own.join(strangers[name]["above_pseudo"])
            own = own.join(rows["z_chance"]).add_prefix(f"{name}_").rename(columns={f"{name}_value": name})
            table = table.merge(own, left_on=keys, right_index=True, how="left", validate="one_to_one")
            columns.extend(own.columns)
    if zero_lag is not None:
        own = zero_lag.set_index(keys)[["zero_lag"]]
        table = table.merge(own, left_on=keys, right_index=True, how="left", validate="one_to_one")
        columns.extend(own.columns)
    if len(directed):
        own = pd.concat(directed, ignore_index=True).rename(
            columns={**GRANGER_COLUMNS, "roi_therapist": "roi"}
        )
        own = own[own["roi"] == own["roi_client"]].set_index(keys)[list(GRANGER_COLUMNS.values())]
        table = table.merge(own, left_on=keys, right_index=True, how="left", validate="one_to_one")
        columns.extend(own.columns)
    who = dyads[["dyad", "therapist", "client", *factors]]
    table = who.merge(table, on="dyad", how="inner", validate="one_to_many")
    table = table[["dyad", "therapist", "client", *factors, "time", "band", "roi", *columns]]
    return with_scores(table, scores, differences, numbers).reset_index(drop=True)


def with_scores(
    table: pd.DataFrame,
    scores: Mapping[str, pd.DataFrame],
    differences: Mapping[str, Sequence[str]],
    numbers: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """A table of dyads with what is known of each: numbers, scores and differences, as of `aggregate`."""
    if numbers is not None:
        table = table.merge(numbers, on="dyad", how="left", validate="many_to_one")
    totals = {}
    for name, score in scores.items():
        wide = score.set_index("dyad").add_prefix(f"{name}_")
        totals[name] = wide[f"{name}_total"]
        table = table.merge(wide, left_on="dyad", right_index=True, how="left", validate="many_to_one")
    for name, (one, other) in differences.items():
        difference = table["dyad"].map(totals[one] - totals[other])
        table = table.assign(**{name: difference, f"{name}_absolute": difference.abs()})
    return table


def describe_estimators(names: Sequence[str], over: str) -> dict[str, dict]:
    """Dictionary entries of the columns that estimators besides PLV have in the aggregated dataset."""
    described = {}
    for name in names:
        described[name] = {"Description": f"{METRICS[name].described(over)}; mean over channel pairs"}
        described[f"{name}_above_chance"] = {"Description": f"{METRICS[name].title} minus its chance level"}
        if METRICS[name].needs == "phase":
            described[f"{name}_above_pseudo"] = {
                "Description": f"{METRICS[name].title} over time above chance, which here is shifts by whole "
                "windows, minus its mean over pseudo-dyads"
            }
        described[f"{name}_z_chance"] = {
            "Description": f"{METRICS[name].title} minus its chance level, in SDs over the circular shifts"
        }
    return described


def _no_rows() -> pd.DataFrame:
    return pd.DataFrame(columns=SITES.needed).astype({"dyad": str, "estimator": str})
