"""Tables on disk: TSV with a data dictionary beside it, and one dictionary of columns for the project.

Knows how a table is written and what its columns mean; computes nothing.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
import pandas as pd

# Every column that any table of the derivatives may have: description, unit where there is one.
COLUMNS: dict[str, str | tuple[str, str]] = {
    "window": "Number of the window, from 0, in order of time",
    "start_s": "Start on the therapist's clock, s from the first sample",
    "stop_s": "End on the therapist's clock, s",
    "client_start_s": "The same instant on the client's clock, s",
    "kept": "1 if both members are good throughout or a person keeps the window, else 0",
    "therapist_criteria": "Every criterion by which the therapist's window fails, whatever a person decided",
    "client_criteria": "Every criterion by which the client's window fails, whatever a person decided",
    "therapist_peak_to_peak_uv": "Largest peak-to-peak amplitude at an ROI channel of the therapist, uV",
    "client_peak_to_peak_uv": "Largest peak-to-peak amplitude at an ROI channel of the client, uV",
    "dyad": "The dyad",
    "therapist": "The therapist, who may be in several dyads",
    "client": "The client",
    "participant": "The person",
    "role": "Role in the dyad: therapist or client",
    "time": "Time of measurement, as the config spells it",
    "run": "BIDS run that stands for the time",
    "band": "Frequency band, as the config defines it; all: mean over bands",
    "roi": "Site (ROI) in both brains, as the config defines it; all: mean over sites",
    "roi_therapist": "Site (ROI) in the therapist's brain",
    "roi_client": "Site (ROI) in the client's brain",
    "therapist_channel": "Channel of the therapist",
    "client_channel": "Channel of the client",
    "plv": "Phase-Locking Value over time in each window, mean over windows, then over channel pairs; 0 to 1",
    "chance": "Mean of the same quantity after circular shifts of the client against the therapist",
    "chance_sd": "Standard deviation over the circular shifts",
    "above_chance": "Value minus chance",
    "estimator": "Estimator of synchrony; its definition stands in docs/methods.md",
    "value": "The estimator's value, mean over windows, then over channel pairs",
    "lag_s": (
        "The client's delay: where the curve has its peak above 0, the client follows the therapist",
        "s",
    ),
    "line_hz": (
        "A narrow line that the spectra of both members have in the band; n/a if there is none. Of the "
        "study: the median of such dyads",
        "Hz",
    ),
    "n_lines": "Dyads in which both members' spectra have a narrow line at the same frequency in the band",
    "at_zero": "Value at lag 0, mean over dyads",
    "at_far": "Mean of the values at the far lags (config: lags), mean over dyads",
    "peak_s": (
        "Lag nearer than the far ones at which the mean curve is highest; above 0, the clients follow",
        "s",
    ),
    "width_s": (
        "Full width of the mean curve at half its height above the far lags; n/a if lag 0 is not above them, "
        "or if the curve is wider than the lags reach",
        "s",
    ),
    "far_from_s": ("Far lags are those of at least this size, in both directions", "s"),
    "zero_lag": "PLV at lag 0 minus its mean at the far lags (config: lags), on average 0 where being "
    "simultaneous is nothing special; from windows whose neighbours are kept too",
    "random": "Mean of the same quantity with phase-randomised surrogates of the client",
    "random_sd": "Standard deviation over the surrogates",
    "above_random": "Value minus random",
    "z_random": "(value minus random) / random_sd",
    "p_random": "Share of surrogates whose value is at least the observed one, (b + 1) / (m + 1), one-sided",
    "own_above_chance": "Value above chance of the dyad, chance being shifts of the client by whole windows",
    "pseudo": "Mean value above chance (shifts by whole windows) of the dyad's members with people whom they "
    "never met (pseudo-dyads); of PLV where no estimator is named",
    "pseudo_sd": "Standard deviation over the pseudo-dyads",
    "above_pseudo": "Value of the dyad above chance (shifts by whole windows) minus pseudo",
    "z_pseudo": "above_pseudo / pseudo_sd",
    "p_pseudo": "Share of pseudo-dyads with at least the dyad's value, (b + 1) / (m + 1), one-sided",
    "n_pseudo": "Pseudo-dyads of the dyad's members; p_pseudo can be no smaller than 1 / (n_pseudo + 1)",
    "cycles_per_window": "Cycles of the band's middle frequency in a window",
    "power_therapist": ("Power in the band, therapist, mean over the ROI's channels", "uV^2"),
    "power_client": ("Power in the band, client, mean over the ROI's channels", "uV^2"),
    "snr_therapist": "Power over the 1/f background in the band minus 1, therapist, mean over ROI channels",
    "snr_client": "Power over the 1/f background in the band minus 1, client, mean over ROI channels",
    "alpha_peak_therapist": ("Alpha peak of the therapist in the kept windows; n/a if none is clear", "Hz"),
    "alpha_peak_client": ("Alpha peak of the client in the kept windows; n/a if none is clear", "Hz"),
    "z_chance": "(value minus chance) / chance_sd",
    "roi_other": "The other site (ROI) in the same brain; the same one: pairs of channels within it",
    "therapist_to_client": (
        "Spectral Granger causality from therapist to client, mean over the band; 0 without influence"
    ),
    "client_to_therapist": "The same from client to therapist",
    "net": "therapist_to_client minus client_to_therapist",
    "net_reversed": "The same with time running backwards: a true direction turns its sign",
    "net_above_reversed": (
        "net minus net_reversed (Winkler et al. 2016): what a mere difference in signal-to-noise ratio makes "
        "of net is gone; above 0: the therapist leads"
    ),
    "granger_to_client": "Spectral Granger causality from therapist to client, mean over the band",
    "granger_to_therapist": "Spectral Granger causality from client to therapist, mean over the band",
    "granger_net": (
        "granger_to_client minus granger_to_therapist, minus the same with time reversed; above 0: the "
        "therapist leads"
    ),
    "without_coupling": "What either direction is on average without any influence: order / n_samples",
    "order": "Lags of the autoregressive model: one cycle of the slowest band",
    "n_samples": "Instants that the model predicts, over all windows",
    "n_parameters": "Coefficients and noise (co)variances of the model",
    "p_chance": "Share of shifts whose value is at least the observed one, (b + 1) / (m + 1), one-sided",
    "n_windows": "Windows kept, good in both members at once",
    "n_pairs": "Channel pairs in the ROI mean; pairs with an interpolated channel are left out",
    "n_shifts": "Circular shifts behind the chance level",
    "n_dyads": "Dyads behind the value",
    "measure": "What was tested: a column of the aggregated dataset; log_snr_therapist and log_snr_client "
    "are the natural logarithm of 1 + SNR, of power over the 1/f background",
    "effect": "Effect of the analysis of variance; a colon joins the factors of an interaction",
    "df1": "Degrees of freedom of the effect, uncorrected",
    "df2": "Degrees of freedom of the error, uncorrected",
    "F": "F statistic, of the type of sums of squares that the config asks for",
    "p": "p-value, uncorrected for sphericity and for multiple tests",
    "gg_epsilon": "Greenhouse-Geisser epsilon",
    "p_gg": "p-value with Greenhouse-Geisser corrected degrees of freedom",
    "partial_eta2": "Partial eta squared",
    "partial_eta2_low": "Partial eta squared, lower end of the 95% confidence interval",
    "partial_eta2_high": "Partial eta squared, upper end of the 95% confidence interval",
    "apa": "The result as APA style prints it",
    "note": "What a reader must know of this row; n/a if nothing",
    "ss": "Sum of squares of the effect, on orthonormal contrasts",
    "ss_error": "Sum of squares of its error",
    "partial_eta2_low90": "Partial eta squared, lower end of the 90% confidence interval",
    "partial_eta2_high90": "Partial eta squared, upper end of the 90% confidence interval",
    "generalised_eta2": "Generalised eta squared (Olejnik & Algina 2003)",
    "omega2": "Partial omega squared; below 0 where the effect is smaller than its error",
    "se": "Standard error",
    "df": "Degrees of freedom",
    "level_a": "The first of two levels that are compared",
    "level_b": "The second",
    "difference": "Mean of the first level minus that of the second",
    "t": "t statistic",
    "d": "Cohen's d: the adjusted difference over the residual SD of the model; the same in every table",
    "unit": "What was permuted (within therapist: each one's dyads among themselves) "
    "or whose signs were flipped: dyads, or therapists (against zero: each "
    "therapist's mean over their dyads)",
    "shared": "Share of the difference between the levels that both members' log SNR explains (of the band "
    "with most); from .75 on SNR cannot be held constant",
    "statistic": "F of the factor beside the other factors and covariates",
    "p_family": "p-value against the largest F, or |t|, of every site and band: family-wise",
    "n_relabelings": "Relabelings of the factor, the observed one among them",
    "exact": "yes or 1: these are all distinct relabelings or sign flips; no or 0: random ones",
    "n_a": "Dyads at the first level",
    "n_b": "Dyads at the second level",
    "d_low": "Lower end of the confidence interval of d: 90% beside equivalence, 95% beside power",
    "d_high": "Upper end of that interval",
    "bound_d": "The smallest d that would matter, as the config says",
    "bound": "The same bound in the unit of the measure",
    "smallest_p": "The smallest p that these relabelings or sign flips could give, whatever the data",
    "method": "Welch: of a factor alone. Welch, adjusted: beside other terms, with a variance of each level",
    "F_hc3": "F of the same with HC3 standard errors",
    "df_hc3": "Its degrees of freedom of the error (Satterthwaite)",
    "p_hc3": "Its p-value",
    "df_error": "Degrees of freedom of the error where the spread may differ between groups",
    "p_studentised": "Share of relabelings of the factor whose HC3 statistic is at least the observed one",
    "level_narrow": "Level with the smallest standard deviation of the model's residuals",
    "sd_narrow": "That standard deviation",
    "level_wide": "Level with the largest",
    "sd_wide": "That standard deviation",
    "sd_ratio": "sd_wide / sd_narrow",
    "p_brown_forsythe": "p-value of the Brown-Forsythe test of equal spread, on the model's residuals",
    "p_flips": "Share of sign flips of the units whose |t| is at least the observed one, two-sided",
    "n_flips": "Sign flips, the observed signs among them",
    "d_z": "The mean over the standard deviation (Cohen's d of one sample)",
    "d_z_low": "Lower end of its 95% confidence interval (noncentral t)",
    "d_z_high": "Upper end of that interval",
    "p_tost_holm": "p_tost, Holm-corrected over the pairs of levels of one factor; the verdict rests on it",
    "g": "Hedges' g: d without the bias of small groups",
    "g_low": "Lower end of the 90% confidence interval of g",
    "g_high": "Upper end of that interval",
    "p_tost": "p-value of two one-sided tests against the smallest effects that would matter",
    "bf01": "Bayes factor for no difference (JZS); beside further terms of a model an approximation",
    "verdict": "good, or look: a person should look at this recording. Of a test: different, equivalent, "
    "different but negligible, or cannot tell. Of a finding: as docs/statistics.md defines it",
    "sentence": "What it means, in plain words",
    "hypothesis": "Factor between dyads or score that was tested; synchrony: whether there is any",
    "claim": "Number of the claim, the strongest first; n/a where nothing is claimed",
    "on": "What supports the claim: both (raw PLV and PLV above chance), or the one measure",
    "level_higher": "Of a factor the level with the higher adjusted mean, n/a where no two can be named; of "
    "a score whether PLV is higher or lower with higher scores; of synchrony above or below chance",
    "size": "Of a factor the adjusted difference, higher minus lower level; of a score r; of "
    "synchrony the mean above chance",
    "size_low": "Lower end of its 95% confidence interval",
    "size_high": "Upper end of its 95% confidence interval",
    "level_lower": "Of a factor the level with the lower adjusted mean",
    "reservations": "What speaks against the claim: kinds with their numbers (docs/statistics.md)",
    "term": "Term of the mixed model",
    "estimate": "Coefficient; factors are coded to sum to zero",
    "z": "z statistic",
    "decides": "yes where more than one therapist has several dyads: the tests over therapists then decide",
    "varies": "Whether the factor or score is the therapist's own (between therapists) or differs among the "
    "dyads of one (within therapists)",
    "n_therapists": "Therapists behind the value",
    "p_cr2": "p-value with errors that the dyads of a therapist share (CR2)",
    "p_cr2_holm": "The same as p_holm with errors that the dyads of a therapist share (CR2); n/a unless "
    "several therapists have several dyads",
    "p_means": "p-value of Welch's test over the therapists' means; n/a where the factor is not their own",
    "r_therapists": "Correlation of the therapists' means",
    "p_therapists": "Its p-value",
    "n_for_80": "Dyads for 80% power if the true effect were the observed one; not for planning",
    "n_for_90": "The same for 90% power",
    "detectable_d": "The smallest d that this study sees with 80% power",
    "detectable_r": "The smallest r that this study sees with 80% power",
    "safeguard_r": "The end near zero of the 60% interval of r, a cautious guess for planning",
    "safeguard_d": "Lower end of the 60% interval of d, a cautious guess for planning (Perugini et al. 2014)",
    "n_for_safeguard": "Dyads that a study needs for 80% power at it; n/a if no number is enough",
    "spearman": "Spearman's rank correlation",
    "p_spearman": "Its p-value",
    "percbend": "Percentage bend correlation (Wilcox 1994)",
    "p_percbend": "Its p-value",
    "bca_low": "Lower end of the 95% bootstrap interval of r (BCa)",
    "bca_high": "Upper end of that interval",
    "loo_low": "The lowest r when one dyad is left out",
    "loo_low_dyad": "That dyad",
    "loo_high": "The highest r when one dyad is left out",
    "loo_high_dyad": "That dyad",
    "partial_r": "Partial correlation, given what the column given names",
    "partial_low": "Lower end of its 95% confidence interval",
    "partial_high": "Upper end of that interval",
    "partial_p": "Its p-value",
    "partial_n": "Dyads behind it",
    "subscale": "Subscale of the questionnaire; total: all items",
    "n_items": "Items",
    "alpha": "Cronbach's alpha",
    "alpha_low": "Lower end of its 95% confidence interval (Feldt)",
    "alpha_high": "Upper end of that interval",
    "given": "What is held constant. log_power: band power (log10); log_snr: the natural logarithm of "
    "1 + SNR, each band beside its own; before: the first time",
    "questionnaire": "Questionnaire score that was correlated, per dyad",
    "n": "Dyads behind the value; where the unit is therapist, therapists",
    "r": "Pearson correlation; partial where something is held constant",
    "ci_low": "Lower end of the 95% confidence interval; of r, Fisher's",
    "ci_high": "Upper end of that interval",
    "p_holm": "p-value, Holm-corrected: over the sites and bands of one measure and questionnaire, or over "
    "the pairs of levels of one effect; of SNR itself over both members and all sites and bands. Of "
    "synchrony the p of sign flips, family-wise at single sites and bands",
    "p_holm_scores": "p-value, Holm-corrected over all questionnaire scores, sites and bands of one measure",
    "bf10": "Bayes factor for a correlation against none, or for a mean that is not zero against zero (JZS)",
    "slope": "Slope of the regression of the measure on the questionnaire score",
    "intercept": "Intercept of that regression",
    "factor": "Between-dyad factor",
    "level": "Level of the factor",
    "mean": "Mean over dyads; where the unit is therapist, over therapists",
    "sd": "Standard deviation over dyads; of a contrast: of the model's residuals, in which d is measured",
    "reference": "Reference of the EEG: average over good channels, or channels that the config names",
    "length_s": ("Length of a window", "s"),
    "bands": "Set of frequency bands: the study's own, or one that the config names",
    "rois": "Set of sites (ROIs): the study's own, or one that the config names",
    "correction": "What is done about chance: raw (nothing), above_chance, or z_chance",
    "times": "How the times enter: their mean, change (last - first), ancova (last given first), or one time",
    "times_used": "Times of measurement at which the dyad was recorded; all: every one that is used",
    "tested": "Between-dyad factor or questionnaire score whose effect is tested",
    "comparison": "The levels compared, the second subtracted from the first; n/a if there are not just two",
    "specification": "Number of the combination of choices, from 1",
    "own": "1 if every choice is the study's own, else 0",
    "effect_unit": (
        "d (difference adjusted for the other factors, in residual SD), r (correlation; with ancova, given "
        "the first time) or partial_eta2"
    ),
    "effect_size": "Standardised effect on the dyads' mean over all sites and bands, in effect_unit",
    "effect_size_low": "Lower end of its 95% confidence interval",
    "effect_size_high": "Upper end of its 95% confidence interval",
    "p_permutation": "Share of relabelings of the dyads with at least the observed statistic, two-sided",
    "effect_rank": "Rank of the effect among all specifications of what is tested, 1 the lowest",
    "null_low": "2.5th percentile of what relabelings give; in a table of specifications, at the same rank",
    "null_median": "Median of what relabelings give, likewise",
    "null_high": "97.5th percentile of what relabelings give, likewise",
    "summary": (
        "What sums up all specifications: median_effect; significant_share (p < .05, in the direction that "
        "more of them have); stouffer_z (sum of their z over the root of their number)"
    ),
    "observed": "The summary's value",
    "n_specifications": "Specifications that could be tested",
    "what": "What the row is about: dyad, recording, site, channel, component, window or gap",
    "item": "Which one: the name of the channel or component, the start of the window, the time of the gap",
    "count": "How many; for a gap, its seconds",
    "reason": "Why it was left out, or what a person said of it; n/a where there is nothing to say",
    "decision": "channel: bad or good; component: remove or keep; window: drop or keep",
    "by": "Who decided: automatic; the laboratory, which excluded a dyad or recording in its tables or lacks "
    "it; or the person whom the study's table of decisions names",
    "label": "What ICLabel takes the component for",
    "probability": "ICLabel's probability of that label",
    "source_format": "Format of the raw file",
    "duration_s": ("Duration of the recording", "s"),
    "sfreq": ("Sampling frequency of the raw recording", "Hz"),
    "n_channels": "EEG channels recorded",
    "n_bad": "Bad channels, interpolated and left out of every PLV",
    "bad_channels": "Their names",
    "n_components": "Independent components of the good channels; 0 where there are none",
    "n_removed": "Components removed",
    "removed": "How many of each label were removed",
    "ica": "Independent components: converged, not converged, or not done and why",
    "muscle_s": (
        "Bursts of muscle activity that are left after the components were removed; n/a where the recording "
        "does not reach the frequencies at which they are searched for",
        "s",
    ),
    "steps": "Electrode pops at good channels: channel and time in this recording",
    "not_judged": "What cleaning could not judge in this recording, and why",
    "by_hand": "Decisions of a person about this recording's channels and components",
    "windows_total": "Windows of the dyad's recording on the therapist's clock",
    "windows_kept": "Windows kept, good in both members at once",
    "percent_kept": ("Windows kept", "%"),
    "windows_gap": "Windows of this member with samples lost, missing or not recorded in or just beside them",
    "windows_flat": "Windows of this member with a flat ROI channel",
    "windows_amplitude": "Windows of this member with an amplitude above the limit",
    "windows_muscle": "Windows of this member with a burst of muscle activity; n/a where muscle_s is",
    "windows_step": "Windows of this member beside an electrode pop",
    "windows_autoreject": "Windows of this member that autoreject rejects; 0 if the config does not ask it",
    "windows_clock": "Windows of the client's recording in which triggers that do not match leave it open "
    "whether they are simultaneous with the therapist's",
    "windows_other": "Windows of this member without a good ROI channel or marked bad in the recording",
    "windows_by_hand": "Windows of the dyad's recording that a person kept or dropped",
    "line_noise_db": (
        "Mains before cleaning: how far the line stands above its neighbours, ROI channels",
        "dB",
    ),
    "mains_hz": ("Mains that were removed: the config's, unless the recording shows other ones only", "Hz"),
    "gap_s": ("Samples lost by the amplifier", "s"),
    "sync_method": (
        "How the two clocks were tied: markers, start_marker, lsl_clock, same_file, header_time, shared_start"
    ),
    "sync_offset_s": ("Client's clock at the therapist's time 0; 0 for the therapist", "s"),
    "sync_drift_ppm": ("Drift of the client's clock against the therapist's; 0 for the therapist", "ppm"),
    "sync_drift_error_ppm": ("Standard error of that drift, fitted over the session", "ppm"),
    "sync_residual_ms": ("RMS difference of the shared triggers after alignment", "ms"),
    "sync_drift_from": (
        "What the drift was measured by: session, recording (triggers), LSL, one clock; unknown: it was not "
        "measured and is taken as 0"
    ),
    "sync_markers": "Triggers of the whole files that were matched: shared by both members",
    "sync_markers_therapist": "Triggers in the therapist's file",
    "sync_markers_client": "Triggers in the client's file",
    "sync_markers_in_block": "Matched triggers inside the rest block",
    "verdict_reason": "Why a person should look",
    "frequency_hz": ("Frequency", "Hz"),
    "before_db": ("Power before cleaning, mean over ROI channels, re 1 uV^2/Hz", "dB"),
    "after_db": ("Power after cleaning, mean over ROI channels, re 1 uV^2/Hz", "dB"),
}

# Columns whose cells are names, even where they look like numbers ("001").
LABELS = (
    *("dyad", "therapist", "client", "participant", "time", "band", "roi", "roi_therapist", "roi_client"),
    *("therapist_channel", "client_channel", "item", "reason", "bad_channels", "level_a", "level_b"),
    *("by", "therapist_criteria", "client_criteria"),
    *("reference", "bands", "rois", "correction", "times", "tested", "comparison", "times_used"),
)


def write_table(path: Path, table: pd.DataFrame, extra: Mapping[str, Mapping] | None = None, **facts) -> None:
    """Write a TSV and, beside it, its data dictionary as JSON.

    Parameters
    ----------
    extra : mapping column -> {"Description": ..., "Levels": ...}
        Columns that this study adds: factors and questionnaire scores.
    facts : mapping
        Further keys of the JSON, about the table as a whole.

    Raises
    ------
    KeyError
        If a column has no description: no table leaves the project undocumented.

    Notes
    -----
    An empty text is written as missing, `n/a`.
    """
    extra = dict(extra or {})
    described = {}
    unknown = [c for c in table.columns if c not in extra and c not in COLUMNS]
    if unknown:
        raise KeyError(
            f"{Path(path).name}: no description of {', '.join(unknown)}; add it to dictionary.COLUMNS"
        )
    for column in table.columns:
        about = extra[column] if column in extra else COLUMNS[column]
        if isinstance(about, tuple):
            about = {"Description": about[0], "Units": about[1]}
        described[column] = {"Description": about} if isinstance(about, str) else dict(about)
    path = Path(path)
    text = table.replace("", np.nan).to_csv(
        sep="\t", index=False, na_rep="n/a", float_format="%.10g", lineterminator="\n"
    )
    path.write_text(text, encoding="utf-8", newline="\n")
    content = json.dumps({**facts, **described}, indent=2, ensure_ascii=False)
    path.with_suffix(".json").write_text(content + "\n", encoding="utf-8", newline="\n")


def write_records(path: Path, tables: Mapping[str, pd.DataFrame], **facts) -> None:
    """Write several tables as one JSON: a list of rows each, with null for what is missing.

    Parameters
    ----------
    facts : mapping
        Further keys, before the tables.
    """
    records = {}
    for name, table in tables.items():
        bare = table.astype(object).where(table.notna(), None)
        records[name] = [
            {key: value.item() if isinstance(value, np.generic) else value for key, value in row.items()}
            for row in bare.to_dict("records")
        ]
    content = json.dumps({**facts, **records}, indent=1, ensure_ascii=False, allow_nan=False)
    Path(path).write_text(content + "\n", encoding="utf-8", newline="\n")


def read_table(path: Path, text: Sequence[str] = ()) -> pd.DataFrame:
    """Read a table that `write_table` wrote; `n/a` is missing, LABELS and `text` stay text."""
    return pd.read_csv(
        path, sep="\t", na_values=["n/a"], keep_default_na=False, dtype=dict.fromkeys([*LABELS, *text], str)
    )


def describe_factors(factors: Mapping[str, Sequence[str]]) -> dict[str, dict]:
    """Dictionary entries of a study's factors."""
    return {
        name: {"Description": f"Between-dyad factor {name}", "Levels": {v: f"{name}: {v}" for v in levels}}
        for name, levels in factors.items()
    }


def describe_numbers(columns: Sequence[str]) -> dict[str, dict]:
    """Dictionary entries of further columns of the dyads table, which hold a number a dyad."""
    return {
        name: {"Description": f"{name} of the dyad, a number in the study's dyads table"}
        for name in columns
        if name != "dyad"
    }


# What stands behind the name of a questionnaire's column that is no score.
PRORATED = {
    "missing_items": ", the number of answers that are missing. A subscale with few of them is the mean of "
    "the others times its items; with more, it and the total are n/a"
}


def describe_scores(
    questionnaires: Mapping[str, Mapping], scores: Mapping[str, pd.DataFrame], differences: Mapping
) -> dict[str, dict]:
    """Dictionary entries of a study's questionnaire scores."""
    described = {
        f"{name}_{column}": {
            "Description": f"{questionnaires[name]['name']}: {column}{PRORATED.get(column, '')}"
        }
        for name, table in scores.items()
        for column in table.columns.drop("dyad")
    }
    return described | describe_differences(differences)


def describe_differences(differences: Mapping[str, Sequence[str]]) -> dict[str, dict]:
    """Dictionary entries of the differences between questionnaires."""
    return {
        f"{name}{end}": {"Description": f"{one} total minus {other} total, {how}"}
        for name, (one, other) in differences.items()
        for end, how in (("", "signed"), ("_absolute", "without its sign"))
    }
