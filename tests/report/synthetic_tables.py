"""A full set of the report's inputs, made up but consistent, in a folder: what the report's tests read.

Not a study: F and p are drawn, not computed; only r, slope and intercept follow from the numbers, so that a
regression line lies where its points are.
"""

from __future__ import annotations

import itertools
import json
from pathlib import Path

import numpy as np
import pandas as pd

NAMES = {
    "aggregated": "task-rest_desc-aggregated_plv.tsv",
    "dyadmeans": "task-rest_desc-dyadmeans_plv.tsv",
    "anova": "task-rest_desc-anova_stats.tsv",
    "correlations": "task-rest_desc-correlations_stats.tsv",
    "descriptives": "task-rest_desc-descriptives_stats.tsv",
    "exclusions": "task-rest_desc-exclusions.tsv",
    "quality": "task-rest_desc-quality.tsv",
    "spectra": "task-rest_desc-spectra.tsv",
    "decisions": "task-rest_desc-decisions_log.tsv",
    "channelpairs": "task-rest_desc-channelpairs_plv.tsv",
    "truth": "truth.tsv",
}
COLUMNS = {
    "anova": "measure effect df1 df2 F p gg_epsilon p_gg partial_eta2 partial_eta2_low partial_eta2_high "
    "n_dyads apa note",
    "correlations": "measure questionnaire roi band n r ci_low ci_high p p_holm bf10 slope intercept "
    "apa note",
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


def write_tables(
    folder: Path,
    *,
    n_dyads: int = 6,
    factors: dict | None = None,
    bands: dict | None = None,
    rois: dict | None = None,
    times=("pre", "post"),
    channels=("F3", "Fz", "F4", "C3", "Cz", "C4"),
    p_between: dict | None = None,
    eta_high: float = 0.83,
    testable: bool = True,
    questionnaires: bool = True,
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

    `p_between` gives (p of raw PLV, p above chance) for a factor; `marked` is appended to every text that a
    person could have typed; `gaps_in_values` turns one value in every number column into n/a.
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
                        "n_pairs": 9,
                        **(wai[d["dyad"]] | {"wai_difference": wai[d["dyad"]]["wai_t_total"]
                           - wai[d["dyad"]]["wai_c_total"]} if questionnaires else
                           {s: np.nan for s in [*scores, "wai_difference"]}),
                    }
                )  # fmt: skip
    aggregated = pd.DataFrame(rows)
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
                effects.append(
                    [measure, effect, 1, df2, f, p, np.nan, np.nan, eta, 0.0, eta_high, n_dyads, apa, "n/a"]
                )
    else:
        effects = [[m, "n/a", *[np.nan] * 9, n_dyads, "n/a", NOTE + marked] for m in ("plv", "above_chance")]
    tables["anova"] = pd.DataFrame(effects, columns=COLUMNS["anova"].split())

    related = []
    if questionnaires:
        for measure, roi, band in itertools.product(("plv", "above_chance"), rois, bands):
            here = cells[(cells["roi"] == roi) & (cells["band"] == band)]
            if testable and n_dyads > 3:
                slope, intercept = np.polyfit(here["wai_difference"], here[measure], 1)
                r = float(np.corrcoef(here["wai_difference"], here[measure])[0, 1])
                low, high = np.tanh(np.arctanh(r) + np.array([-1, 1]) * 1.96 / np.sqrt(n_dyads - 3))
                p = float(rng.uniform(0.05, 0.8))
                apa = f"r({n_dyads - 2}) = {_apa(r, 2)}, {_ps(p)}, 95% CI [{_apa(low, 2)}, {_apa(high, 2)}]"
                related.append(
                    [measure, "wai_difference", roi, band, n_dyads, r, low, high, p, min(1, 4 * p), 0.6,
                     slope, intercept, apa, "n/a"]
                )  # fmt: skip
            else:
                related.append(
                    [measure, "wai_difference", roi, band, n_dyads, *[np.nan] * 8, "n/a", SCORE_NOTE + marked]
                )
    tables["correlations"] = pd.DataFrame(related, columns=COLUMNS["correlations"].split())

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
                "by_hand": int(look), "windows_total": 58,
                "windows_kept": kept, "percent_kept": 100 * kept / 58,
                "windows_gap": 1 if gap else 0, "windows_flat": 0, "windows_amplitude": 20 if look else 3,
                "windows_muscle": 7 if look else 1, "windows_autoreject": 0, "windows_other": 0,
                "windows_by_hand": 0,
                "line_noise_db": float(rng.uniform(1, 6)), "gap_s": gap,
                "sync_method": "markers",
                "sync_offset_s": 0.4 + 0.1 * number + 0.001 if client else np.nan,
                "sync_drift_ppm": 30.2 + number if client else np.nan,
                "sync_drift_error_ppm": 0.9 if client else np.nan,
                "sync_residual_ms": float(rng.uniform(0.3, 2.4)) if client else np.nan,
                "sync_markers": 6, "verdict": "look" if look else "good",
                "verdict_reason": f"2 channels bad and 48 % of windows lost{marked}" if look else "n/a",
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
            "pyprep": "0.9.0", "scipy": "1.17.1", "snakemake": "9.27.1",
        },
        "config": {
            "title": f"{title}{marked}", "times": list(times), "factors": factors, "rois": rois,
            "bands": bands,
            "line_frequency": 50, "seed": 1, "clock": {"max_residual_ms": 10, "max_uncorrected_ppm": 100},
            "cleaning": {
                "sfreq": 250, "highpass": 1, "lowpass": 40, "muscle_db": 6,
                "ica": {"do": True, "max_components": 30,
                        "remove": {"eye blink": 0.8, "muscle artifact": 0.8, "heart beat": 0.9}},
            },
            "windows": {"length_s": 5, "edge_s": 2, "min_peak_to_peak_uv": 1, "max_peak_to_peak_uv": 200,
                        "max_peak_to_peak_elsewhere_uv": 500, "autoreject": None, "min_clean_s": 30},
            "chance": {"n_shifts": 200, "min_shift_s": 5}, "phase": {"sfreq": 100},
            "statistics": {
                "measures": ["plv", "above_chance"], "between": list(factors), "within": ["roi", "band"],
                "interactions": False, "correlate": ["wai_difference"] if questionnaires else [],
            },
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
    validation = {"errors": 0, "warnings": 0, "messages": [], "validator_version": "3.0.2"}
    if marked:
        validation |= {"warnings": 1, "messages": [f"a message{marked}"]}
    for name, document in (("provenance", provenance), ("validation", validation)):
        paths[name] = folder / f"{name}.json"
        paths[name].write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    return paths


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
