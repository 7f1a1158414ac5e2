"""A full set of the report's inputs, made up but consistent, in a folder: what the report's tests read.

Not a study: F and p are drawn, not computed; only r, slope and intercept follow from the numbers, so that a
regression line lies where its points are.
"""

from __future__ import annotations

import itertools
import json
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

from interbrain.files.tables import read_table, write_table
from interbrain.findings.evidence import raw_effects
from interbrain.findings.study import TABLES, judge_study
from interbrain.findings.written import evidence_table, findings_table
from interbrain.statistics.lags import mean_curves, zero_lag_tests
from interbrain.statistics.score_lines import regression_line
from interbrain.statistics.score_lines import table as table_of_lines
from interbrain.tables.catalogue import OF_STUDY

NAMES = {
    "aggregated": "task-rest_desc-aggregated_plv.tsv",
    "dyadmeans": "task-rest_desc-dyadmeans_plv.tsv",
    "anova": "task-rest_desc-anova_stats.tsv",
    "correlations": "task-rest_desc-correlations_stats.tsv",
    "descriptives": "task-rest_desc-descriptives_stats.tsv",
    **{
        name: f"task-rest_desc-{name}_stats.tsv"
        for name in (
            *("means", "contrasts", "permutation", "equivalence", "mixed", "power"),
            *(
                "snr",
                "reliability",
                "correlationlines",
                "specifications",
                "multiverse",
                "presence",
                "spread",
                "therapists",
                "lags",
            ),
        )
    },
    "lagcurves": "task-rest_desc-lagcurves_plv.tsv",
    "exclusions": "task-rest_desc-exclusions.tsv",
    "quality": "task-rest_desc-quality.tsv",
    "spectra": "task-rest_desc-spectra.tsv",
    "decisions": "task-rest_desc-decisions_log.tsv",
    "channelpairs": "task-rest_desc-channelpairs_plv.tsv",
    "truth": "truth.tsv",
}
COLUMNS = {
    "anova": "measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high "
    "partial_eta2_low90 partial_eta2_high90 generalised_eta2 omega2 ss ss_error n_dyads apa note",
    "correlations": "measure questionnaire roi band n r ci_low ci_high p p_holm bf10 spearman p_spearman "
    "percbend p_percbend bca_low bca_high loo_low loo_low_dyad loo_high loo_high_dyad partial_r partial_low "
    "partial_high partial_p partial_n given p_tost verdict slope intercept apa note",
    "means": "measure effect level mean se df ci_low ci_high",
    "contrasts": "measure effect level_a level_b difference se df t p p_holm ci_low ci_high d apa note",
    "permutation": "measure effect roi band unit statistic p p_family n_relabelings exact apa note "
    "smallest_p",
    "spread": "measure effect method n_dyads df1 df_error F p F_hc3 df_hc3 p_hc3 p_studentised n_relabelings "
    "exact smallest_p level_narrow sd_narrow level_wide sd_wide sd_ratio p_brown_forsythe apa note",
    "presence": "measure roi band unit n mean sd t df p ci_low ci_high d_z d_z_low d_z_high bf10 p_flips "
    "p_family n_flips exact smallest_p apa note",
    "equivalence": "measure factor level_a level_b n_a n_b d d_low d_high bound_d p p_tost bf01 verdict "
    "sentence note p_holm p_tost_holm",
    "mixed": "measure term estimate se df t p ci_low ci_high apa note",
    "therapists": "measure tested roi band level_a level_b decides varies n_dyads n_therapists most_dyads "
    "levels_of_one difference se ci_low ci_high d df1 df_error F p_cr2 p_means p p_holm r r_therapists "
    "p_therapists apa note",
    "power": "measure effect n_dyads d d_low d_high n_for_80 n_for_90 detectable_d safeguard_d "
    "n_for_safeguard sentence",
    "snr": "measure tested roi band level_a level_b given n_dyads df1 df2 F p p_holm difference ci_low "
    "ci_high d shared r apa note p_cr2_holm",
    "reliability": "questionnaire subscale n_items n alpha alpha_low alpha_high note",
    "specifications": "tested comparison specification own reference length_s bands rois estimator "
    "correction times effect_unit effect_size effect_size_low effect_size_high df1 df2 F p p_permutation "
    "n_dyads effect_rank null_low null_median null_high note",
    "multiverse": "tested comparison summary observed null_low null_median null_high p_permutation "
    "n_specifications n_relabelings exact note",
    "descriptives": "measure factor level n mean sd",
    "exclusions": "what dyad participant time item count reason by",
    "decisions": "dyad time participant what item decision by reason label probability",
}
NOTE = "3 dyads are too few for a model with 2 factors: no degrees of freedom are left."
SCORE_NOTE = "Fewer than 4 dyads have a score."


def _apa(value: float, digits: int = 3) -> str:
    return f"{value:.{digits}f}".replace("0.", ".", 1).replace("-", "−")


def _ps(p: float) -> str:
    return "p < .001" if p < 0.001 else f"p = {_apa(p)}"


_written: dict[str, dict[str, tuple[str, bytes]]] = {}


def write_tables(folder: Path, **variant) -> dict:
    """As `write_variant`, whose files are made once a variant; each test may change its own."""
    key = repr(sorted(variant.items()))
    if key not in _written:
        paths = write_variant(folder, **variant)
        _written[key] = {name: (path.name, path.read_bytes()) for name, path in paths.items()}
    folder.mkdir(parents=True, exist_ok=True)
    for name, content in _written[key].values():
        (folder / name).write_bytes(content)
    return {name: folder / file for name, (file, _) in _written[key].items()}


def write_variant(
    folder: Path,
    *,
    n_dyads: int = 6,
    factors: dict | None = None,
    bands: dict | None = None,
    rois: dict | None = None,
    times=("pre", "post"),
    channels=("F3", "Fz", "F4", "C3", "Cz", "C4"),
    p_between: dict | None = None,
    permuted: tuple = (0.35, 20, 0.1),
    given_snr: float | None = None,
    therapists_decide: bool = False,
    verdict: str = "cannot tell",
    enters: str = "mean",
    multiverse: bool = True,
    estimators=(),
    eta_high: float = 0.83,
    testable: bool = True,
    questionnaires: bool = True,
    strangers: bool = True,
    exclusions: bool = True,
    truth: bool = True,
    simulated: bool = True,
    gaps_in_values: bool = False,
    flawless: bool = False,
    marked: str = "",
    title: str = "Interbrain demo",
    seed: int = 7,
) -> dict:
    """Write the files and return the dict of paths that `write_report` takes.

    `p_between` gives (p of raw PLV, p above chance) for a factor, `permuted` p, number of relabelings and
    smallest possible p of every permutation test, `given_snr` p of every factor with signal-to-noise held
    constant (by default as without), `verdict` that of every equivalence test,
    `strangers` has the values of pseudo-dyads, `enters` how the times enter; `multiverse` asks for a grid
    of choices; `marked` is appended to every text that a person could have typed; `gaps_in_values` turns one
    value in every number column into n/a.
    """
    folder.mkdir(parents=True, exist_ok=True)
    rng = np.random.default_rng(seed)
    factors = (
        {"mindfulness": ["yes", "no"], "modality": ["face-to-face", "online"]} if factors is None else factors
    )
    factors = {name: [f"{level}{marked}" for level in levels] for name, levels in factors.items()}
    bands = bands or {"theta": [4, 7], "alpha": [8, 12]}
    rois = rois or {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}
    p_between = p_between or {}
    dyads = [
        {
            "dyad": f"D{n + 1:02d}{marked}",
            "therapist": f"T{max(1, n):02d}{marked}" if n_dyads > 1 else "T01",  # D01 and D02 share T01
            "client": f"C{n + 1:02d}{marked}",
            **{
                name: levels[(n // (k + 1)) % len(levels)] for k, (name, levels) in enumerate(factors.items())
            },
        }
        for n in range(n_dyads)
    ]
    scores = [f"wai_{who}_{scale}" for who in ("t", "c") for scale in ("goal", "task", "bond", "total")]
    wai = {
        d["dyad"]: {
            **{
                s: int(rng.integers(40, 80)) if "total" not in s else int(rng.integers(150, 230))
                for s in scores
            },
        }
        for d in dyads
    }
    tables = {}
    rows, truths = [], []
    for (number, d), time in itertools.product(enumerate(dyads), times):
        for band in bands:
            first = next(iter(factors.values()), ["x"])
            high = factors and d[next(iter(factors))] == first[0]
            source = 0.55 if high else 0.1
            expected = source * 0.62
            truths.append(
                {
                    "dyad": d["dyad"], "time": time, **{k: d[k] for k in factors}, "band": band,
                    "source_plv": source,
                    "snr_therapist": 4.0, "snr_client": 3.0, "expected_plv": expected,
                    "client_clock_offset_s": 0.4 + 0.1 * number, "client_clock_drift_ppm": 30 + number,
                    "planted_fault": "1.5 s dropout" if number == 2 and time == times[-1] else "n/a",
                    "planted_artifacts_therapist": "12 blinks; noisy T8" if number == 1 else "n/a",
                    "planted_artifacts_client": "3 saccades; step at C4 30.2 s; step at PO3 8.1 s",
                }
            )  # fmt: skip
            for roi in rois:
                chance = 0.2 + 0.02 * rng.random()
                plv = float(np.hypot(expected, chance) + 0.02 * rng.normal())
                rows.append(
                    {
                        **d, "time": time, "band": band, "roi": roi, "plv": plv, "chance": chance,
                        "above_chance": plv - chance, "chance_sd": 0.015 + 0.004 * rng.random(),
                        "p_chance": 1 / 201 if plv - chance > 0.03 else 0.31, "n_windows": 52 - number % 7,
                        "n_pairs": 9, "n_shifts": 200,
                        **(wai[d["dyad"]] | {"wai_difference": wai[d["dyad"]]["wai_t_total"]
                           - wai[d["dyad"]]["wai_c_total"]} if questionnaires else
                           {s: np.nan for s in [*scores, "wai_difference"]}),
                    }
                )  # fmt: skip
    aggregated = pd.DataFrame(rows)
    if strangers and n_dyads > 2:
        own = np.random.default_rng(seed + 1)  # the other values are the same with and without
        aggregated["pseudo"] = own.normal(0.005, 0.01, len(aggregated))
        aggregated["above_pseudo"] = aggregated["above_chance"] - aggregated["pseudo"]
        aggregated["pseudo_sd"] = own.uniform(0.02, 0.04, len(aggregated))
        aggregated["z_pseudo"] = aggregated["above_pseudo"] / aggregated["pseudo_sd"]
        aggregated["p_pseudo"] = np.where(aggregated["z_pseudo"] > 2, 1 / 7, 0.43)
        aggregated["n_pseudo"] = 6
    tables["aggregated"] = aggregated
    keys = ["dyad", "therapist", "client", *factors]
    values = ["plv", "chance", "above_chance", "wai_difference"]
    cells = aggregated.groupby([*keys, "roi", "band"], sort=False)[values].mean().reset_index()
    whole = aggregated.groupby(keys, sort=False)[values].mean().reset_index().assign(roi="all", band="all")
    means = pd.concat([cells, whole])[[*keys, "roi", "band", *values]]
    tables["dyadmeans"] = means
    described = []
    for measure, (factor, levels) in itertools.product(("plv", "above_chance"), factors.items()):
        for level in levels:
            here = whole[whole[factor] == level][measure]
            described.append([measure, factor, level, len(here), here.mean(), here.std()])
    tables["descriptives"] = pd.DataFrame(described, columns=COLUMNS["descriptives"].split())

    effects = []
    if testable and n_dyads > 3:
        df2 = n_dyads - 1 - len(factors)
        names = [*factors, "roi", "band", *(f"{f}:{w}" for f in factors for w in ("roi", "band"))]
        for k, measure in enumerate(("plv", "above_chance")):
            for effect in names:
                p = (
                    p_between.get(effect, (0.24, 0.31))[k]
                    if effect in factors
                    else float(rng.uniform(0.1, 0.9))
                )
                f = float(2 + 10 * (1 - p))
                eta = f / (f + df2)
                interval = f"95% CI [.00, {_apa(eta_high, 2)}]"
                apa = f"F(1, {df2}) = {f:.2f}, {_ps(p)}, ηp² = {_apa(eta, 2)}, {interval}"
                sizes = [eta, 0.0, eta_high, 0.0, eta_high - 0.05, eta * 0.9, eta * 0.8, f, df2]
                effects.append([measure, effect, 1, df2, f, p, np.nan, np.nan, *sizes, n_dyads, apa, "n/a"])
    else:
        effects = [[m, "n/a", *[np.nan] * 15, n_dyads, "n/a", NOTE + marked] for m in ("plv", "above_chance")]
    tables["anova"] = pd.DataFrame(effects, columns=COLUMNS["anova"].split())

    related: list = []
    lines: list = []
    if questionnaires:
        for measure, roi, band in itertools.product(("plv", "above_chance"), rois, bands):
            here = cells[(cells["roi"] == roi) & (cells["band"] == band)]
            if testable and n_dyads > 3:
                slope, intercept = np.polyfit(here["wai_difference"], here[measure], 1)
                about = {"measure": measure, "questionnaire": "wai_difference", "roi": roi, "band": band}
                line = pd.DataFrame(
                    regression_line(here["wai_difference"].to_numpy(), here[measure].to_numpy())
                )
                lines += line.assign(**about).to_dict("records")
                r = float(np.corrcoef(here["wai_difference"], here[measure])[0, 1])
                low, high = np.tanh(np.arctanh(r) + np.array([-1, 1]) * 1.96 / np.sqrt(n_dyads - 3))
                p = float(rng.uniform(0.05, 0.8))
                apa = f"r({n_dyads - 2}) = {_apa(r, 2)}, {_ps(p)}, 95% CI [{_apa(low, 2)}, {_apa(high, 2)}]"
                first, last = dyads[0]["dyad"], dyads[-1]["dyad"]
                related.append(
                    [measure, "wai_difference", roi, band, n_dyads, r, low, high, p, min(1, 4 * p), 0.6,
                     0.9 * r, p, 0.8 * r, p, low - 0.01, high - 0.01, r - 0.11, first, r + 0.12, last,
                     0.7 * r, low, high, p, n_dyads, "log_power_therapist, log_power_client", 0.4,
                     "cannot tell", slope, intercept, apa, "n/a"]
                )  # fmt: skip
            else:
                values = {"measure": measure, "questionnaire": "wai_difference", "roi": roi, "band": band}
                values |= {"n": n_dyads, "apa": "not tested", "note": SCORE_NOTE + marked}
                related.append([values.get(name, np.nan) for name in COLUMNS["correlations"].split()])
    tables["correlations"] = pd.DataFrame(related, columns=COLUMNS["correlations"].split())
    tables["correlationlines"] = table_of_lines(lines)

    places = [("all", "all"), *itertools.product(rois, bands)]
    there = []
    for measure, place in itertools.product(("above_chance", "above_pseudo"), places):
        if testable and n_dyads > 3:
            family = np.nan if place[0] == "all" else 0.04
            line = (
                f"M = .050, t({n_dyads - 1}) = 6.12, p = .002, 95% CI [.029, .071], dz = 2.50, BF10 = 25.00"
            )
            numbers = [
                n_dyads,
                0.05,
                0.02,
                6.12,
                n_dyads - 1,
                0.002,
                0.029,
                0.071,
                2.5,
                0.8,
                4.2,
                25.0,
                0.031,
            ]
            numbers += [family, 64, "yes", 0.031, f"{line}; sign-flip test: p = .031 (exact, 64)", "n/a"]
        else:
            numbers = [n_dyads, *[np.nan] * 16, "not tested", NOTE + marked]
        there.append([measure, *place, "dyad", *numbers])
    tables["presence"] = pd.DataFrame(there, columns=COLUMNS["presence"].split())

    tables |= _lags(dyads, factors, rois, bands)
    tables |= _behind_the_effects(
        dyads, factors, rois, bands, testable and n_dyads > 3, verdict, marked, p_between, permuted
    )
    tables["snr"] = _given_snr(tables["contrasts"], tables["correlations"], bands, n_dyads, given_snr)
    tables["therapists"] = _over_therapists(tables["contrasts"], n_dyads, therapists_decide)
    if questionnaires:
        alphas = [[f"wai_{who}", scale, 12, n_dyads, 0.83, 0.61, 0.94, "n/a"] for who, scale in
                  itertools.product("tc", ("goal", "task", "bond", "total"))]  # fmt: skip
        tables["reliability"] = pd.DataFrame(alphas, columns=COLUMNS["reliability"].split())
    if multiverse:
        tables |= _multiverse([*factors, *(["wai_difference"] if questionnaires else [])], factors, n_dyads)

    quality, spectra, left_out, decisions = [], [], [], []
    frequencies = np.arange(1, 61, 1.0)
    for (number, d), role, time in itertools.product(enumerate(dyads), ("therapist", "client"), times):
        person = d[role]
        look = not flawless and number == 3 and role == "client"
        gap = 1.5 if not flawless and number == 2 and role == "client" and time == times[-1] else 0.0
        client = role == "client"
        kept = 54 - number % 7 - (24 if look else 0)
        quality.append(
            {
                "participant": person, "dyad": d["dyad"], "role": role, "time": time,
                "source_format": "Poly5",
                "duration_s": 300.0, "sfreq": 500.0, "n_channels": len(channels),
                "n_bad": 2 if look else number % 2,
                "bad_channels": "F3, C4" if look else ("F3" if number % 2 else "n/a"),
                "n_components": 19, "n_removed": 3 if look else 1,
                "removed": "2 eye blink, 1 muscle artifact" if look else "1 eye blink",
                "ica": "not converged" if look else "converged", "muscle_s": 12.5 if look else 0.5,
                "steps": "C4 30.3 s" if client else "n/a", "not_judged": "n/a", "mains_hz": 50.0,
                "by_hand": int(look), "windows_total": 58,
                "windows_kept": kept, "percent_kept": 100 * kept / 58,
                "windows_gap": 1 if gap else 0, "windows_not_measured": 0, "windows_join": 0,
                "windows_not_yet": 0,
                "windows_ended": 1, "windows_flat": 0, "windows_amplitude": 20 if look else 3,
                "windows_muscle": 7 if look else 1, "windows_step": 0, "windows_autoreject": 0,
                "windows_clock": 0, "windows_other": 0,
                "windows_by_hand": 0,
                "line_noise_db": float(rng.uniform(1, 6)), "gap_s": gap,
                "sync_method": "markers",
                "sync_offset_s": 0.4 + 0.1 * number + 0.001 if client else np.nan,
                "sync_drift_ppm": 30.2 + number if client else np.nan,
                "sync_drift_error_ppm": 0.9 if client else np.nan,
                "sync_residual_ms": float(rng.uniform(0.3, 2.4)) if client else np.nan,
                "sync_drift_from": "session", "sync_markers": 6, "sync_markers_therapist": 7,
                "sync_markers_client": 6, "sync_markers_in_block": 6,
                "crosstalk": 0.0021, "crosstalk_limit": 0.0074, "crosstalk_channels": "F3-C4",
                "crosstalk_note": "n/a", "verdict": "look" if look else "good",
                "verdict_reason": f"2 channels bad and 48% of windows lost{marked}" if look else "n/a",
            }
        )  # fmt: skip
        power = 14 - 14 * np.log10(frequencies) + 7 * np.exp(-((frequencies - 10) ** 2) / 3) + rng.normal()
        line = 12 * np.exp(-((frequencies - 50) ** 2) / 1.5)
        for hz, before, after in zip(
            frequencies,
            power + line,
            power - np.where(frequencies > 40, 1.2 * (frequencies - 40), 0) - 1,
            strict=True,
        ):
            spectra.append([person, d["dyad"], role, time, hz, before, after])
        who = [d["dyad"], time, person]
        blink = "eye blink"
        decisions.append([*who, "component", "IC00-7f2a", "remove", "automatic", blink, blink, 0.98])
        if look:
            reason = f"came loose{marked}"
            decisions.append([*who, "channel", "C4", "bad", f"AB{marked}", reason, "n/a", np.nan])
        if number % 2 and not flawless:
            reason = f"flat or noisy by pyprep{marked}"
            left_out.append(["channel", d["dyad"], person, time, "F3", 1, reason, "automatic"])
        if gap:
            reason = f"1.5 s of samples are lost{marked}"
            left_out.append(["gap", d["dyad"], person, time, "n/a", 1, reason, "n/a"])
    for d in dyads:
        left_out.append(["window", d["dyad"], "n/a", times[0], "n/a", 5, "client: amplitude", "automatic"])
    extra = f"D{n_dyads + 1:02d}{marked}"
    left_out.insert(0, ["dyad", extra, "n/a", "n/a", "n/a", 1, f"client withdrew consent{marked}", "n/a"])
    left_out.insert(1, ["recording", dyads[0]["dyad"], dyads[0]["client"], times[0], "n/a", 1,
                        f"second take used: the first was cut short{marked}", "n/a"])  # fmt: skip
    tables["quality"] = pd.DataFrame(quality)
    tables["decisions"] = pd.DataFrame(decisions, columns=COLUMNS["decisions"].split())
    tables["spectra"] = pd.DataFrame(
        spectra, columns=["participant", "dyad", "role", "time", "frequency_hz", "before_db", "after_db"]
    )
    tables["exclusions"] = pd.DataFrame(left_out if exclusions else [], columns=COLUMNS["exclusions"].split())
    tables["channelpairs"] = pd.DataFrame(
        [
            [band, f"{a}{marked}", f"{b}{marked}", 0.25,
             float(0.05 * rng.normal() + (0.09 if a[0] == b[0] else 0.03)), n_dyads]
            for band, a, b in itertools.product(bands, channels, channels)
        ],
        columns=["band", "therapist_channel", "client_channel", "plv", "above_chance", "n_dyads"],
    )  # fmt: skip
    tables["truth"] = pd.DataFrame(truths)
    if gaps_in_values:
        for name, frame in tables.items():
            frame = frame.copy()
            for number, column in enumerate(frame.select_dtypes("number").columns):
                if len(frame):
                    frame[column] = frame[column].astype(float)
                    frame.iloc[number % len(frame), frame.columns.get_loc(column)] = np.nan
            tables[name] = frame

    paths = {}
    for name, frame in tables.items():
        if name == "truth" and not truth:
            continue
        paths[name] = folder / NAMES[name]
        lacking = (
            [column for column in OF_STUDY[name].needed if column not in frame] if name in OF_STUDY else []
        )
        frame = frame.reindex(columns=[*frame, *lacking])
        frame.to_csv(paths[name], sep="\t", index=False, na_rep="n/a", lineterminator="\n")
    provenance = {
        "title": f"{title}{marked}",
        "version": "0.1.0",
        "commit": "3f2a9c1d7be04c55a1e8f6d20b9c4e7788aa1234",
        "dirty": False,
        "python": "3.11.9",
        "packages": {
            "mne": "1.13.2", "mne-bids": "0.20.0", "mne-icalabel": "0.10.0",
            "python-picard": "0.8.2", "numpy": "2.4.6", "pandas": "3.1.1", "pingouin": "0.7.0",
            "pyprep": "0.9.0", "scipy": "1.17.1", "snakemake": "9.27.1", "statsmodels": "0.14.6",
        },
        "config": {
            "title": f"{title}{marked}", "times": list(times), "factors": factors, "rois": rois,
            "bands": bands,
            "line_frequency": 50, "seed": 1, "clock": {"max_residual_ms": 10, "max_drift_error_ppm": 100},
            "cleaning": {
                "sfreq": 250, "highpass": 1, "lowpass": 40, "muscle_db": 6,
                "ica": {"do": True, "max_components": 30,
                        "remove": {"eye blink": 0.8, "muscle artifact": 0.8, "heart beat": 0.9}},
            },
            "windows": {"length_s": 5, "edge_s": 2, "min_peak_to_peak_uv": 1, "max_peak_to_peak_uv": 200,
                        "max_peak_to_peak_elsewhere_uv": 500, "autoreject": None, "min_clean_s": 30},
            "lags": {"max_s": 2.5, "far_from_s": 1.0},
            "chance": {"n_shifts": 200, "min_shift_s": 5}, "phase": {"sfreq": 100},
            "statistics": {
                "measures": ["plv", "above_chance"], "between": list(factors), "within": ["roi", "band"],
                "interactions": False, "correlate": ["wai_difference"] if questionnaires else [],
                "time": enters, "covariates": [], "sums_of_squares": 3, "relabelings": 10000,
                "bootstraps": 10000, "equivalence": {"d": 0.5, "r": 0.3},
            },
            "synchrony": {"estimators": list(estimators), "over": "time"},
            "report_pictures": "flagged",
            "multiverse": {"length_s": [2, 10], "correction": ["z_chance"]} if multiverse else None,
            "questionnaires": {"wai": {"file": "config/wai.tsv"}} if questionnaires else {},
        },
        "inputs": [
            {"dyad": f"D{n + 1:02d}", "time": "pre", "role": "client", "kind": "Poly5", "sha256": f"{n:064x}"}
            for n in range(n_dyads)
        ],
        "warnings": [
            {
                "where": "dyads.tsv, rows 2 and 3",
                "what": f"T01 is the therapist of D01 and D02{marked}",
                "hint": "Repeat the analysis without one.",
            }
        ],
        "simulated": simulated,
        "simulation_note": "known coupling was planted in every recording; nothing here is a result about "
        "people." if simulated else "n/a",
    }  # fmt: skip
    dictionary = {name: {"Description": f"What {name} is{marked}"} for name in estimators}
    validation = {"errors": 0, "warnings": 0, "messages": [], "validator_version": "3.0.2"}
    if marked:
        validation |= {"warnings": 1, "messages": [f"a message{marked}"]}
    documents = {"provenance": provenance, "validation": validation, "dictionary": dictionary}
    for name, document in documents.items():
        paths[name] = folder / f"{name}.json"
        paths[name].write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    return write_findings(paths)


def _lags(dyads, factors, rois, bands) -> dict:
    """`_computed_lags`, once for the same people, sites and bands."""
    people = tuple((d["dyad"], *(d[factor] for factor in factors)) for d in dyads)
    found = _computed_lags(people, tuple(factors), tuple(rois), tuple(bands))
    return {name: table.copy() for name, table in found.items()}


@cache
def _computed_lags(people, factors, rois, bands) -> dict:
    """Curves over lags with a peak at zero: of every dyad, a little higher than of the one before."""
    dyads = [dict(zip(("dyad", *factors), person, strict=True)) for person in people]
    lags = np.round(np.arange(-25, 26) * 0.1, 1)
    shape = np.exp(-((lags / 0.3) ** 2))
    rows = {}
    for estimator, base in (("plv", 0.2), ("aec", 0.0)):
        for band, roi, (number, d) in itertools.product(bands, [*rois, "all"], enumerate(dyads)):
            rows[estimator, band, roi, d["dyad"]] = base + (0.03 + 0.01 * number) * shape
    curves = pd.DataFrame.from_dict(rows, orient="index", columns=lags)
    curves.index = pd.MultiIndex.from_tuples(curves.index, names=["estimator", "band", "roi", "dyad"])
    levels = pd.DataFrame(dyads).set_index("dyad")[list(factors)]
    return {"lagcurves": mean_curves(curves, levels), "lags": zero_lag_tests(curves, 1.0)}


def _behind_the_effects(dyads, factors, rois, bands, testable, verdict, marked, p_between, permuted) -> dict:
    """The tables that stand behind the effects; empty where nothing could be tested."""
    names = ("means", "contrasts", "permutation", "equivalence", "mixed", "power", "spread")
    rows = {name: [] for name in names}
    n = len(dyads)
    for measure, (factor, levels) in itertools.product(("plv", "above_chance"), factors.items()):
        if not testable:
            break
        for level in levels:
            rows["means"].append([measure, factor, level, 0.31, 0.04, n - 3, 0.21, 0.41])
            rows["means"] += [[measure, f"{factor}:roi", f"{level}:{roi}", 0.3, 0.05, n - 3, 0.2, 0.4]
                              for roi in rois]  # fmt: skip
        for a, b in itertools.combinations(levels, 2):
            line = "t(3) = 1.12, p = .344, d = 0.87"
            p = p_between.get(factor, (0.344, 0.344))[measure == "above_chance"]
            rows["contrasts"].append(
                [
                    measure,
                    factor,
                    a,
                    b,
                    0.061,
                    0.055,
                    n - 3,
                    1.12,
                    p,
                    p,
                    -0.11,
                    0.23,
                    0.87,
                    line,
                    "n/a",
                ]
            )
            said = {
                "cannot tell": "This study cannot tell: the 90% interval of d is −0.60 to 2.30; only one "
                "within −0.5 to 0.5 would show that there is no difference that matters.",
                "equivalent": "No difference that matters: the 90% interval of d is −0.30 to 0.31, within "
                "−0.5 to 0.5.",
                "different": "The groups differ; the 90% interval of d is 0.41 to 2.30.",
            }[verdict]
            rows["equivalence"].append(
                [measure, factor, a, b, n // 2, n - n // 2, 0.87, -0.6, 2.3, 0.5, 0.344, 0.61, 1.4, verdict,
                 said, "n/a", 0.344, 0.61]
            )  # fmt: skip
        p = p_between.get(factor, (0.344, 0.344))[measure == "above_chance"]
        line = f"Adjusted Welch F(1, 2.40) = 1.25, {_ps(p)}; HC3 p = .400; studentised permutation p = .300"
        tested = [measure, factor, "Welch, adjusted", n, 1, 2.4, 1.25, p, 1.1, 2.2, 0.4, 0.3, 20, "yes", 0.1]
        spread = [levels[0], 0.02, levels[-1], 0.03, 1.5, 0.4]
        rows["spread"].append([*tested, *spread, line, "n/a"])
        note = f"T01{marked} is in 2 dyads; dyads are treated as independent"
        p, count, smallest = permuted
        for unit in ("dyad", "therapist"):
            rows["permutation"].append(
                [
                    measure,
                    factor,
                    "all",
                    "all",
                    unit,
                    1.25,
                    p,
                    np.nan,
                    count,
                    "yes",
                    "p = .350",
                    note,
                    smallest,
                ]
            )
        rows["permutation"] += [
            [measure, factor, roi, band, "dyad", 0.8, 0.4, 0.75, count, "yes", "p = .400", note, smallest]
            for roi, band in itertools.product(rois, bands)
        ]
        note = "The therapist's variance is estimated as zero: too few share one"
        numbers = [0.06, 0.05, 3.0, 1.2, 0.32, -0.10, 0.22]
        rows["mixed"].append([measure, factor, *numbers, "t(3) = 1.20, p = .320", note])
        said = f"{n} dyads see a difference of d = 3.07 or more with 80% power; one of the size found "
        said += "(d = 0.87) would need 44."
        rows["power"].append([measure, factor, n, 0.87, -0.9, 2.6, 44, 60, 3.07, 0.2, 788, said])
    return {name: pd.DataFrame(found, columns=COLUMNS[name].split()) for name, found in rows.items()}


def _over_therapists(contrasts, n_dyads, decide: bool) -> pd.DataFrame:
    """Contrasts with errors over therapists, half as many as dyads where they decide."""
    rows = []
    for row in contrasts.to_dict("records"):
        own = {
            name: row[name]
            for name in ("measure", "level_a", "level_b", "difference", "ci_low", "ci_high", "d")
        }
        own |= {"tested": row["effect"], "roi": "all", "band": "all", "decides": "yes" if decide else "no"}
        own |= {"varies": "between therapists", "n_dyads": n_dyads}
        own["n_therapists"] = n_dyads // 2 if decide else n_dyads - 1
        own["most_dyads"] = 2
        own |= {"df1": 1, "df_error": 2.4, "F": 1.25, "p_cr2": row["p"], "p_means": row["p"], "p": row["p"]}
        own |= {"p_holm": row["p"], "apa": "CR2 F(1, 2.40) = 1.25, p = .344"}
        rows.append(own)
    return pd.DataFrame(rows, columns=COLUMNS["therapists"].split())


def _given_snr(contrasts, related, bands, n_dyads, p) -> pd.DataFrame:
    """Contrasts and correlations given signal-to-noise, which itself does not differ."""
    rows, given = [], "log_snr_therapist, log_snr_client"
    for row in contrasts.to_dict("records"):
        own = {"tested": row["effect"], "roi": "all", "n_dyads": n_dyads, "df1": 1, "df2": n_dyads - 5}
        own |= {name: row[name] for name in ("level_a", "level_b", "difference", "ci_low", "ci_high", "d")}
        here = row["p"] if p is None else p
        own |= {
            "shared": 0.1,
            "F": 1.25,
            "p": here,
            "p_holm": here,
            "apa": f"F(1, {n_dyads - 5}) = 1.25, {_ps(here)}",
        }
        rows += [own | {"measure": row["measure"], "band": band, "given": given} for band in [*bands, "all"]]
        rows += [
            own | {"measure": f"log_snr_{role}", "band": band, "p": 0.5, "p_holm": 1.0, "apa": "p = .500"}
            for role, band in itertools.product(("therapist", "client"), bands)
            if row["measure"] == "plv"
        ]
    for row in related.dropna(subset=["r"]).to_dict("records"):
        own = {
            name: row[name] for name in ("measure", "roi", "band", "r", "ci_low", "ci_high", "p", "p_holm")
        }
        own |= {"tested": row["questionnaire"], "given": given, "n_dyads": n_dyads, "df2": n_dyads - 4}
        rows.append(own | {"apa": f"r({n_dyads - 4}) = {_apa(row['r'], 2)}, {_ps(row['p'])}"})
    return pd.DataFrame(rows, columns=COLUMNS["snr"].split())


def _multiverse(terms, factors, n_dyads) -> dict:
    """A specification table of 24 combinations a term, and its joint tests; one could not be tested."""
    rows, joint = [], []
    grid = list(itertools.product(
        ["average", "mastoids"], [5.0, 2.0, 10.0], ["study"], ["study"], ["plv"],
        ["raw", "above_chance"], ["mean", "post"],
    ))  # fmt: skip
    for term in terms:
        unit = "r" if term not in factors else "d" if len(factors[term]) == 2 else "partial_eta2"
        compared = " - ".join(factors[term]) if unit == "d" else "n/a"
        effects = [0.4 + 0.03 * ((7 * k) % len(grid)) for k in range(len(grid))]
        effects[-1] = np.nan
        ranks = pd.Series(effects).rank(method="first")
        for k, (choices, effect, rank) in enumerate(zip(grid, effects, ranks, strict=True)):
            own = int(choices[0] == "average" and choices[1] == 5 and choices[6] == "mean")
            p = 0.01 if effect > 0.6 else 0.2
            if np.isnan(effect):
                numbers = [np.nan] * 8 + [0] + [np.nan] * 4 + ["not tested: no dyad has a value"]
            else:
                null = (rank - len(grid) / 2) * 0.03
                numbers = [effect, effect - 0.5, effect + 0.5, 1, n_dyads - 3, 4.2, p, p, n_dyads, rank,
                           null - 0.4, null, null + 0.4, "n/a"]  # fmt: skip
            rows.append([term, compared, k + 1, own, *choices, unit, *numbers])
        for summary, value, p in (("median_effect", 0.72, 0.04), ("significant_share", 0.7, 0.02),
                                  ("stouffer_z", 9.1, 0.03)):  # fmt: skip
            joint.append([term, compared, summary, value, -0.4, 0, 0.4, p, len(grid) - 1, 20, 1, "n/a"])
    return {
        name: pd.DataFrame(found, columns=COLUMNS[name].split())
        for name, found in (("specifications", rows), ("multiverse", joint))
    }


def resolved(config: dict) -> dict:
    """A config with what the report needs and a study need not write itself, as provenance holds it."""
    declared = {
        "statistics": {"time": "mean", "interactions": False, "sums_of_squares": 3, "relabelings": 10_000},
        "synchrony": {"over": "time"},
    }
    declared["statistics"]["measures"] = ["plv", "above_chance"]
    return config | {name: own | config.get(name, {}) for name, own in declared.items()}


def write_findings(paths: dict) -> dict:
    """Judge the tables at `paths`, as the rule `findings` does, and write what was found beside them.

    Returns `paths` with those of ``findings`` and ``evidence``; call it again where a table has changed.
    """
    config = json.loads(Path(paths["provenance"]).read_text(encoding="utf-8"))["config"]
    tables = {name: read_table(paths[name], OF_STUDY[name]) for name in TABLES if name in paths}
    correlated = tables["correlations"]["questionnaire"].dropna()
    found = findings_of(
        tables,
        config["statistics"].get("between", list(config["factors"])),
        list(dict.fromkeys([*config["statistics"].get("correlate", []), *correlated])),
        config["statistics"]["measures"],
        list(config.get("questionnaires", {})),
        config.get("differences", {}),
        repeated="time" if config["statistics"].get("time") == "factor" else "",
    )
    paths = dict(paths)
    for name, frame in found.items():
        paths[name] = Path(paths["anova"]).parent / f"task-rest_desc-{name}_stats.tsv"
        write_table(paths[name], frame, OF_STUDY[name])
    return paths


def findings_of(tables: dict, *hypotheses, **further) -> dict:
    """The tables of what was found and of the evidence; `hypotheses` as `judge_study` takes them."""
    found = judge_study(tables, *(hypotheses or ([], [], ["plv", "above_chance"])), **further)
    return {"findings": findings_table(found), "evidence": evidence_table(found, raw_effects(tables))}


def write_pictures(folder: Path, paths: dict) -> list[tuple]:
    """A small picture of each recording of the quality table, as `write_report` takes them."""
    from PIL import Image

    quality = pd.read_csv(paths["quality"], sep="\t", dtype=str, keep_default_na=False)
    pictures = []
    (folder / "dyads").mkdir(exist_ok=True)
    for number, row in enumerate(quality.itertuples()):
        path = folder / "dyads" / f"{number}_desc-{row.role}_summary.webp"
        Image.new("RGB", (150, 120), (number % 256, 120, 200)).save(path)
        pictures.append((row.dyad, row.role, row.time, path))
    return pictures
