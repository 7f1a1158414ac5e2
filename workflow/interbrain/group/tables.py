"""Results become tables: per dyad, and for the whole study.

Computes nothing but means, sums and joins of what earlier stages wrote.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.chance import summary
from interbrain.files.dictionary import COLUMNS
from interbrain.metrics import METRICS, roi_mean
from interbrain.metrics.directed import Granger
from interbrain.quality.decision_log import AUTOMATIC
from interbrain.quality.unjudged import not_judged
from interbrain.quality.verdict import percent_kept, reasons_to_look
from interbrain.synchrony.dyad import SLOW, Rhythms, Synchrony

# The columns of the aggregated dataset: PLV with its chance levels, and what it rests on.
PLV_COLUMNS = ("plv", "chance", "above_chance", "chance_sd", "z_chance", "p_chance", "n_windows", "n_pairs")
RANDOM_COLUMNS = ("random", "above_random", "random_sd", "z_random", "p_random")
PSEUDO_COLUMNS = ("pseudo", "above_pseudo", "pseudo_sd", "z_pseudo", "p_pseudo", "n_pseudo")
# Of `directed_table`, and what they are called there.
GRANGER_COLUMNS = {
    "therapist_to_client": "granger_to_client",
    "client_to_therapist": "granger_to_therapist",
    "net_above_reversed": "granger_net",
}
STRENGTH_COLUMNS = (
    "cycles_per_window",
    *(f"{what}_{role}" for what in ("power", "snr", "alpha_peak") for role in ("therapist", "client")),
)
TOO_LITTLE = "too little shared clean data"
# Who left a dyad or a recording out, if no rule of the workflow did.
LABORATORY = "the laboratory"
# The criteria of windows that have a column of their own in the quality table, by that column.
COUNTED = {
    **{f"windows_{name}": name for name in ("gap", "flat", "amplitude", "muscle", "step", "autoreject")},
    "windows_clock": "clock not confirmed",
}


def roi_table(
    found: Mapping[str, Synchrony],
    therapist_channels: Sequence[str],
    client_channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    rhythms: Sequence[Rhythms],
    length_s: float,
    about: Mapping,
) -> pd.DataFrame:
    """Synchrony of each pair of ROIs between the brains: the mean over their channel pairs, against chance.

    Parameters
    ----------
    found : mapping estimator -> Synchrony
    rhythms : (Rhythms, Rhythms)
        The therapist's and the client's.
    length_s : float
        Of a window.
    about : mapping
        Leading columns, the same in every row (dyad, time, run).

    Returns
    -------
    table : DataFrame
        A row for each band, pair of ROIs and estimator.
    """
    bands = list(rhythms[0].bands)
    rows = []
    for one, other in ((a, b) for a in rois for b in rois):
        where = (
            [list(therapist_channels).index(c) for c in rois[one]],
            [list(client_channels).index(c) for c in rois[other]],
        )
        strength = _strength(rhythms, where, length_s)
        for estimator, synchrony in found.items():
            value, n_pairs = roi_mean(synchrony.value, *where)
            against = _against_chance(value, roi_mean(synchrony.null, *where)[0])
            if synchrony.random is not None:
                against |= _against_chance(value, roi_mean(synchrony.random, *where)[0], "random")
            for i, band in enumerate(bands):
                rows.append(
                    {
                        **about,
                        "band": band,
                        "roi_therapist": one,
                        "roi_client": other,
                        "estimator": estimator,
                        "value": value[i],
                        **{name: values[i] for name, values in against.items()},
                        "n_pairs": n_pairs[i],
                        "n_windows": synchrony.n_windows,
                        "n_shifts": len(synchrony.null),
                        **{name: values[i] for name, values in strength.items()},
                    }
                )
    order = {v: k for k, v in enumerate([*bands, *rois, *found])}
    return pd.DataFrame(rows).sort_values(
        ["band", "roi_therapist", "roi_client", "estimator"], key=lambda c: c.map(order), ignore_index=True
    )


def _strength(rhythms: Sequence[Rhythms], where: Sequence[Sequence[int]], length_s: float) -> dict:
    """What the value of a pair of ROIs rests on in either member; a column each, a value a band."""
    columns: dict[str, np.ndarray] = {}
    centres = np.array([[sum(edges) / 2 for edges in member.bands.values()] for member in rhythms])
    columns["cycles_per_window"] = centres.mean(axis=0) * length_s
    for role, member, channels in zip(("therapist", "client"), rhythms, where, strict=True):
        for name, values in (("power", member.power), ("snr", member.snr)):
            own = ~np.isnan(values[:, channels])
            sums = np.where(own, values[:, channels], 0).sum(axis=1)
            with np.errstate(invalid="ignore"):
                columns[f"{name}_{role}"] = sums / own.sum(axis=1)
        columns[f"alpha_peak_{role}"] = np.full(len(member.bands), member.peak.hz)
    return columns


def pair_table(
    found: Mapping[str, Synchrony],
    therapist_channels: Sequence[str],
    client_channels: Sequence[str],
    bands: Sequence[str],
) -> pd.DataFrame:
    """Every pair of channels between the brains, against chance; a row for each estimator, band and pair."""
    tables = []
    for estimator, synchrony in found.items():
        index = pd.MultiIndex.from_product(
            [[estimator], list(bands), list(therapist_channels), list(client_channels)],
            names=["estimator", "band", "therapist_channel", "client_channel"],
        )
        columns = {"value": synchrony.value, **_against_chance(synchrony.value, synchrony.null)}
        flat = {name: np.ravel(values) for name, values in columns.items()}
        tables.append(pd.DataFrame(flat, index=index).reset_index())
    return pd.concat(tables, ignore_index=True)


def describe_pairs(estimators: Iterable[str]) -> dict[str, dict]:
    """Dictionary entries of `pair_table` if slow estimators have chance levels at ROI channels only."""
    slow = [name for name in estimators if name in SLOW]
    if not slow:
        return {}
    note = f"; of {', '.join(slow)} between ROI channels only, n/a elsewhere (the shifts would take too long)"
    columns = ("chance", "chance_sd", "above_chance", "z_chance", "p_chance")
    return {column: {"Description": f"{COLUMNS[column]}{note}"} for column in columns}


def window_table(
    values: np.ndarray,
    windows: pd.DataFrame,
    channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    estimator: str,
    of_the_run: pd.DataFrame,
) -> pd.DataFrame:
    """One estimator in each window for each pair of ROIs, beside the run's chance level.

    Parameters
    ----------
    values : array, shape (n_bands, n_windows, n_channels, n_channels)
        Of `synchrony.window_synchrony`.
    windows : DataFrame
        The ledger's kept rows: window, start_s.
    channels : sequence of str
        Of `values`, the same for both members.
    of_the_run : DataFrame
        `roi_table` of the same run.

    Returns
    -------
    table : DataFrame
        A row for each band, pair of ROIs and window. chance is the run's: the mean over windows and shifts.
    """
    keys = ["band", "roi_therapist", "roi_client", "estimator"]
    run = of_the_run[of_the_run["estimator"] == estimator]
    about = run.iloc[0][["dyad", "time", "run"]].to_dict()
    rows = []
    for one, other in ((a, b) for a in rois for b in rois):
        where = [[list(channels).index(c) for c in rois[roi]] for roi in (one, other)]
        mean, n_pairs = roi_mean(values, *where)
        for i, band in enumerate(dict.fromkeys(run["band"])):
            pair = dict(zip(keys, (band, one, other, estimator), strict=True))
            own = {"value": mean[i], "n_pairs": n_pairs[i]}
            rows.append(windows[["window", "start_s"]].assign(**pair, **own))
    table = pd.concat(rows).merge(run[[*keys, "chance"]], on=keys, how="left", validate="many_to_one")
    table["above_chance"] = table["value"] - table["chance"]
    first = [*about, "window", "start_s", *keys, "value", "chance", "above_chance", "n_pairs"]
    order = {v: k for k, v in enumerate([*dict.fromkeys(run["band"]), *rois])}
    table = table.assign(**about)[first]
    return table.sort_values(
        ["band", "roi_therapist", "roi_client", "window"],
        key=lambda c: c.map(order) if c.name != "window" else c,
        ignore_index=True,
    )


def within_brain_table(
    found: Mapping[str, Mapping[str, Synchrony]],
    channels: Sequence[str],
    rois: Mapping[str, Sequence[str]],
    bands: Sequence[str],
    about: Mapping,
) -> pd.DataFrame:
    """Synchrony within either brain, within each ROI and between two of them, against chance.

    Parameters
    ----------
    found : mapping role -> estimator -> Synchrony
        Of `synchrony.within_brain_synchrony`.
    """
    names = list(rois)
    rows = []
    for role, of_member in found.items():
        for i, band in enumerate(bands):
            for one, other in ((a, b) for k, a in enumerate(names) for b in names[k:]):
                where = [[list(channels).index(c) for c in rois[roi]] for roi in (one, other)]
                for estimator, synchrony in of_member.items():
                    value, n_pairs = roi_mean(synchrony.value[:, None][i], *where)
                    against = _against_chance(value, roi_mean(synchrony.null[:, i, None], *where)[0])
                    rows.append(
                        {
                            **about,
                            "role": role,
                            "band": band,
                            "roi": one,
                            "roi_other": other,
                            "estimator": estimator,
                            "value": value[0],
                            **{name: numbers[0] for name, numbers in against.items()},
                            # Within a ROI each pair stands twice among (channel, channel).
                            "n_pairs": n_pairs[0] // 2 if one == other else n_pairs[0],
                            "n_windows": synchrony.n_windows,
                            "n_shifts": len(synchrony.null),
                        }
                    )
    return pd.DataFrame(rows)


def directed_table(
    found: Mapping[tuple[str, str], Granger], bands: Sequence[str], about: Mapping
) -> pd.DataFrame:
    """Granger causality of each pair of ROIs in both directions; a row for each band and pair.

    Parameters
    ----------
    found : mapping (therapist's ROI, client's ROI) -> Granger
        Of `synchrony.directed_coupling`.
    """
    rows = []
    for i, band in enumerate(bands):
        for (one, other), of_pair in found.items():
            net = of_pair.to_b[i] - of_pair.to_a[i]
            net_reversed = of_pair.to_b_reversed[i] - of_pair.to_a_reversed[i]
            rows.append(
                {
                    **about,
                    "band": band,
                    "roi_therapist": one,
                    "roi_client": other,
                    "therapist_to_client": of_pair.to_b[i],
                    "client_to_therapist": of_pair.to_a[i],
                    "net": net,
                    "net_reversed": net_reversed,
                    "net_above_reversed": net - net_reversed,
                    "without_coupling": of_pair.without_coupling,
                    "order": of_pair.order,
                    "n_windows": of_pair.n_windows,
                    "n_samples": of_pair.n_samples,
                    "n_parameters": of_pair.n_parameters,
                    "note": of_pair.note,
                }
            )
    return pd.DataFrame(rows)


def describe_window_values(estimator: str) -> dict[str, dict]:
    """Dictionary entries of `window_table` that say more than in the other tables."""
    return {
        "value": {
            "Description": f"{METRICS[estimator].title} of this window, at the recordings' full rate, mean "
            "over channel pairs"
        },
        "chance": {
            "Description": "Chance level of the whole run, the mean over its windows and circular shifts; "
            "the same in every window"
        },
        "above_chance": {"Description": "Value of this window minus the run's chance level"},
    }


def describe_within_brain() -> dict[str, dict]:
    """Dictionary entries of `within_brain_table` that say more than in the other tables."""
    return {
        "roi": {"Description": "Site (ROI) in the brain of this member"},
        "value": {
            "Description": "The estimator's value within one brain, mean over windows, then over pairs of "
            "different channels. Volume conduction and the common reference inflate it at zero lag: compare "
            "it between conditions, not with the values between two brains"
        },
        "chance": {
            "Description": "Mean of the same quantity after circular shifts of the one channel against the "
            "other; volume conduction is gone there, hence not corrected by it"
        },
    }


def _against_chance(value: np.ndarray, null: np.ndarray, name: str = "chance") -> dict[str, np.ndarray]:
    c = summary(value, null)
    return {
        name: c.mean,
        f"{name}_sd": c.sd,
        f"above_{name}": c.above,
        f"z_{name}": c.z,
        f"p_{name}": c.p,
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
    columns = [*PLV_COLUMNS, *(c for c in RANDOM_COLUMNS if c in table), *STRENGTH_COLUMNS]
    strangers = {}
    if pseudo is not None:
        strangers = {name: rows.set_index(keys) for name, rows in pseudo.groupby("estimator", sort=False)}
        own = strangers["plv"][list(PSEUDO_COLUMNS)]
        table = table.merge(own, left_on=keys, right_index=True, how="left", validate="one_to_one")
        columns[len(PLV_COLUMNS) : len(PLV_COLUMNS)] = PSEUDO_COLUMNS
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
    return table.reset_index(drop=True)


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
    keys = ["dyad", "time", "band", "roi_therapist", "roi_client", "estimator", "value"]
    columns = [*keys, *PLV_COLUMNS[1:], *STRENGTH_COLUMNS]
    return pd.DataFrame(columns=columns).astype({"dyad": str, "estimator": str})


def too_little_data(
    roi_tables: Sequence[pd.DataFrame], length_s: float, min_clean_s: float
) -> dict[str, str]:
    """Dyads with less shared clean time than the limit in every recording, and the reason."""
    seconds = _clean_seconds(roi_tables, length_s)
    enough = {dyad for (dyad, _), clean in seconds.items() if clean >= min_clean_s}
    reasons: dict[str, list[str]] = {}
    for (dyad, time), clean in seconds.items():
        if dyad not in enough:
            reasons.setdefault(dyad, []).append(f"{clean:g} s at {time}")
    return {
        dyad: f"{TOO_LITTLE}: {', '.join(spans)} (limit {min_clean_s:g} s)" for dyad, spans in reasons.items()
    }


def short_recordings(
    roi_tables: Sequence[pd.DataFrame], length_s: float, min_clean_s: float
) -> dict[tuple[str, str], str]:
    """Recordings with less shared clean time than the limit, of dyads that have another; and the reason."""
    seconds = _clean_seconds(roi_tables, length_s)
    enough = {dyad for (dyad, _), clean in seconds.items() if clean >= min_clean_s}
    return {
        (dyad, time): f"{TOO_LITTLE}: {clean:g} s (limit {min_clean_s:g} s)"
        for (dyad, time), clean in seconds.items()
        if clean < min_clean_s and dyad in enough
    }


def _clean_seconds(roi_tables: Sequence[pd.DataFrame], length_s: float) -> dict[tuple[str, str], float]:
    """Shared clean time of each dyad and time, s."""
    first = [table.iloc[0] for table in roi_tables]
    return {(row["dyad"], row["time"]): row["n_windows"] * length_s for row in first}


def quality_table(
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    ledgers: Mapping[tuple[str, str], pd.DataFrame],
    limits: Mapping[str, float],
) -> pd.DataFrame:
    """One row a recording: what was recorded, how the clocks agree, what cleaning found, and a verdict.

    Parameters
    ----------
    conversions, accounts : sequence of mapping
        In the same order: `bids.recording.convert` and `cleaning.clean` of each recording.
    ledgers : mapping (dyad, time) -> window ledger
    limits : mapping
        ``look_below_percent`` and ``max_bad_share`` of `verdict.reasons_to_look`.
    """
    rows = []
    for c, a in zip(conversions, accounts, strict=True):
        ledger = ledgers[c["dyad"], c["time"]]
        total, kept = len(ledger), int(ledger["kept"].sum())
        clock = c["clock"] if c["role"] == "client" else c["clock"] | {"offset": 0.0, "drift_ppm": 0.0}
        # What was not measured is missing, not zero.
        offset = np.nan if clock["method"] == "shared_start" else clock["offset"]
        drift = np.nan if clock["drift_from"] == "unknown" else clock["drift_ppm"]
        look = reasons_to_look(c, a, ledger, **limits)
        rows.append(
            {
                "participant": c["participant"],
                "dyad": c["dyad"],
                "role": c["role"],
                "time": c["time"],
                "source_format": c["source_format"],
                "duration_s": c["duration_s"],
                "sfreq": c["sfreq"],
                "n_channels": a["ChannelCount"],
                "n_bad": len(a["BadChannels"]),
                "bad_channels": ", ".join(a["BadChannels"]),
                **_components(a),
                "muscle_s": a["MuscleSeconds"],
                "steps": ", ".join(f"{s['channel']} {s['onset_s']:.1f} s" for s in a["Steps"]),
                "not_judged": not_judged(a),
                "by_hand": sum(d["by"] != AUTOMATIC for d in (*a["Channels"], *a["Components"])),
                "windows_total": total,
                "windows_kept": kept,
                "percent_kept": percent_kept(ledger),
                **_windows_failed(ledger, c["role"]),
                **({"windows_muscle": None} if a["MuscleSeconds"] is None else {}),
                "windows_by_hand": int((ledger["by"] != AUTOMATIC).sum()),
                "line_noise_db": a["LineNoiseDb"],
                "mains_hz": a["MainsHz"],
                "gap_s": a["GapSeconds"],
                "sync_method": clock["method"],
                "sync_drift_from": clock["drift_from"],
                "sync_offset_s": offset,
                "sync_drift_ppm": drift,
                "sync_drift_error_ppm": clock["drift_error_ppm"],
                "sync_residual_ms": clock["residual_ms"],
                "sync_markers": clock["n_matched"],
                "sync_markers_therapist": clock["n_reference"],
                "sync_markers_client": clock["n_other"],
                "sync_markers_in_block": clock["n_in_block"],
                "verdict": "look" if look else "good",
                "verdict_reason": "; ".join(look),
            }
        )
    texts = ("bad_channels", "removed", "steps", "not_judged", "verdict_reason")
    return pd.DataFrame(rows).replace(dict.fromkeys(texts, ""), np.nan)


def _components(account: Mapping) -> dict:
    """How many independent components there were, what was removed, and whether they can be trusted."""
    about = account["IndependentComponents"]
    labels = [c["label"] for c in account["Components"] if c["decision"] == "remove"]
    counts = {label: labels.count(label) for label in labels}  # in the order of the largest of each
    state = "converged" if about.get("Converged") else "not converged"
    return {
        "n_components": about["Count"],
        "n_removed": len(labels),
        "removed": ", ".join(f"{n} {label}" for label, n in counts.items()),
        "ica": f"not done: {about['NotDone']}" if about["NotDone"] else state,
    }


def _windows_failed(ledger: pd.DataFrame, role: str) -> dict[str, int]:
    """How many windows of one member fail by each criterion, whether or not the partner's are good."""
    failed = [set(cell.split(", ")) for cell in ledger[f"{role}_criteria"].dropna() if cell]
    counts = {column: sum(name in window for window in failed) for column, name in COUNTED.items()}
    others = sum(bool(window.difference(COUNTED.values())) for window in failed)
    return counts | {"windows_other": others}


def exclusions_table(
    excluded: Mapping[str, str],
    conversions: Sequence[Mapping],
    accounts: Sequence[Mapping],
    ledgers: Mapping[tuple[str, str], pd.DataFrame],
    aggregated: pd.DataFrame,
    unused: Mapping[tuple[str, str], str] | None = None,
    levels: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """What was left out, and why: dyads, recordings, sites, gaps, channels, components, windows.

    Parameters
    ----------
    excluded : mapping dyad -> reason
    unused : mapping (dyad, time) -> reason
        Recordings that are missing or not used, of dyads that the laboratory has not excluded.
    levels : DataFrame
        dyad and the factors, of every dyad: a column each, so that it shows whether one group lost more.
    """
    rows = [
        {"what": "dyad", "dyad": d, "item": d, "count": 1, "reason": r, "by": _by(r)}
        for d, r in excluded.items()
    ]
    rows += [
        {"what": "recording", "dyad": d, "time": t, "item": t, "count": 1, "reason": r, "by": _by(r)}
        for (d, t), r in (unused or {}).items()
    ]
    lacking = aggregated.loc[aggregated["plv"].isna(), ["dyad", "time", "roi"]].drop_duplicates()
    for row in lacking.itertuples():
        reason = "no pair of good channels; the dyad is not in the tests that need it"
        rows.append(
            {
                "what": "site",
                "dyad": row.dyad,
                "time": row.time,
                "item": row.roi,
                "count": 1,
                "reason": reason,
            }
        )
    for c, a in zip(conversions, accounts, strict=True):
        who = {"dyad": c["dyad"], "participant": c["participant"], "time": c["time"]}
        for what, spans, reason in (
            ("gap", c["lost_samples"], "samples lost by the amplifier"),
            ("gap", c["missing_data"], "values the amplifier did not measure"),
        ):
            for onset, length in spans:
                item = f"{onset:.2f}-{onset + length:.2f} s"
                rows.append({"what": what, **who, "item": item, "count": round(length, 3), "reason": reason})
        for what, things, left_out in (
            ("channel", a["Channels"], "bad"),
            ("component", a["Components"], "remove"),
        ):
            for row in things:
                if row["decision"] == left_out:
                    about = {"item": row[what], "count": 1, "reason": row["reason"], "by": row["by"]}
                    rows.append({"what": what, **who, **about})
    for (dyad, time), ledger in ledgers.items():
        dropped = ledger[ledger["kept"] == 0]
        for (reason, by), windows in dropped.groupby(["reason", "by"], sort=True):
            about = {"count": len(windows), "reason": reason, "by": by}
            rows.append({"what": "window", "dyad": dyad, "time": time, **about})
    columns = ["what", "dyad", "participant", "time", "item", "count", "reason", "by"]
    table = pd.DataFrame(rows, columns=columns)
    return table if levels is None else table.merge(levels, on="dyad", how="left", validate="many_to_one")


def _by(reason: str) -> str:
    """Who left out a dyad or a recording: a rule of the workflow, or the laboratory in its tables."""
    return AUTOMATIC if reason.startswith(TOO_LITTLE) else LABORATORY


def mean_pair_table(pair_tables: Sequence[pd.DataFrame], dyads: Sequence[str]) -> pd.DataFrame:
    """Mean PLV of each channel pair over dyads, each dyad's times averaged first.

    Parameters
    ----------
    pair_tables : sequence of DataFrame
        With a column dyad; the order of bands and channels is kept. Other estimators are left out.
    """
    keys = ["band", "therapist_channel", "client_channel"]
    empty = pd.DataFrame(columns=["estimator", *keys, "dyad", "value", "above_chance"])
    table = pd.concat(pair_tables, ignore_index=True) if pair_tables else empty
    table = table[table["dyad"].isin(list(dyads)) & (table["estimator"] == "plv")]
    table = table.rename(columns={"value": "plv"})
    per_dyad = table.groupby([*keys, "dyad"], sort=False)[["plv", "above_chance"]].mean()
    over = per_dyad.groupby(keys, sort=False)
    result = over.mean()
    result["n_dyads"] = over["plv"].count()
    return result.reset_index()


def stack_spectra(conversions: Sequence[Mapping], accounts: Sequence[Mapping]) -> pd.DataFrame:
    """The recordings' spectra, before and after cleaning, in one long table."""
    who = ("participant", "dyad", "role", "time")
    return pd.concat(
        [
            pd.DataFrame({**{name: c[name] for name in who}, **a["Spectra"]})
            for c, a in zip(conversions, accounts, strict=True)
        ],
        ignore_index=True,
    )
