"""What was found, and the evidence on it."""

from interbrain.tables import factors, lag_statistics, multiverse, scores
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

FINDINGS = Table(
    "findings_stats",
    "Each hypothesis, the verdict and what it rests on: one row per claim",
    [
        Column(
            "hypothesis",
            "text",
            "Factor between dyads or score that was tested; synchrony: whether there is any. Of other "
            "signals the measure of coordination, by a factor, with a score, at coded events or beside PLV",
        ),
        Column(
            "question", "text", "What is asked: each question is explained in docs/statistics/verdicts.md"
        ),
        Column(
            "verdict",
            "text",
            "What was found; each verdict is defined in docs/statistics/verdicts.md",
        ),
        Column("claim", "text", "Number of the claim, the strongest first; n/a where nothing is claimed"),
        Column(
            "on",
            "text",
            "What supports the claim: both (raw PLV and PLV above chance), or the one measure",
        ),
        Column(
            "level_higher",
            "label",
            "Of a factor the level with the higher adjusted mean, n/a where no two can be named; of a "
            "score whether the measure is higher or lower with higher scores; of synchrony and coordination "
            "above or below chance; of coded events above or below their surroundings; of brain and body "
            "above or below no relation",
        ),
        Column("level_lower", "label", "Of a factor the level with the lower adjusted mean"),
        *SHARED.of("roi band"),
        Column(
            "size",
            "number",
            "Of a factor the adjusted difference, higher minus lower level; of a score r; of synchrony and "
            "coordination the mean above chance; of coded events the mean difference; of brain and body the "
            "mean of Fisher's z above chance",
        ),
        Column("size_low", "number", "Lower end of its 95% confidence interval"),
        Column("size_high", "number", "Upper end of its 95% confidence interval"),
        *TESTED.of("d p_holm measure n_dyads"),
        Column(
            "decisive",
            "text",
            "The measure that decides: PLV above chance, where it was tested",
        ),
        Column(
            "reach",
            "number",
            "What an open result leaves possible: of a factor the largest partial eta squared, of a score "
            "the largest |r|, of a mean against zero the largest dz inside its interval",
        ),
        Column(
            "reservations",
            "text",
            "What speaks against the claim: kinds with their numbers, in short; in full in the table of "
            "the evidence",
        ),
        Column(
            "reason",
            "text",
            "Why it was not tested, or why its measure gets no verdict; else n/a",
        ),
        Column("sentence", "text", "The claim and what its verdict means, in words"),
    ],
)

EVIDENCE = Table(
    "evidence_stats",
    "What speaks for and against each finding: one row per piece of evidence, or a level, site and band or "
    "scale of it",
    [
        Column(
            "hypothesis", "text", "Factor, score or effect that was tested; synchrony: whether there is any"
        ),
        Column("piece", "count", "Number of the piece of evidence on the hypothesis; its rows share it"),
        Column("evidence", "text", "What was computed"),
        Column(
            "against", "text", "yes: it speaks against a claim or bounds it (a reservation); no: it is shown"
        ),
        Column(
            "part",
            "text",
            "whole: about the piece as a whole; else what the row is one of: pairs of levels, levels, cells "
            "(site and band), bands, scales, or differs (where signal-to-noise itself goes with the "
            "hypothesis)",
        ),
        *TESTED.of("measure effect unit"),
        SHARED["role"],
        Column("higher", "label", "Level with the higher adjusted mean"),
        Column("lower", "label", "Level with the lower adjusted mean"),
        *TESTED.of("level_a level_b level"),
        *SHARED.of("roi band dyad"),
        *scores.RELIABILITY.of("questionnaire subscale alpha"),
        Column("n", "count", "Dyads, therapists, correlations or analyses behind it"),
        *TESTED.of("n_dyads"),
        factors.THERAPISTS["n_therapists"],
        Column("decides", "text", "yes: the verdict rests on it; of amplitudes: they go together"),
        *TESTED.of("F df1 df2 df_error p"),
        factors.ANOVA["p_gg"],
        *TESTED.of("p_holm"),
        lag_statistics.LAG_TESTS["p_flips"],
        TESTED["smallest_p"],
        Column("reachable", "text", "no: no p below .05 was possible"),
        Column("n_relabelings", "count", "Relabelings, the observed one among them"),
        *lag_statistics.LAG_TESTS.of("n_flips exact"),
        factors.ANOVA["partial_eta2"],
        Column("size", "number", "The adjusted difference, higher minus lower level"),
        Column("low", "number", "Lower end of its 95% confidence interval"),
        Column("high", "number", "Upper end of its 95% confidence interval"),
        TESTED["mean"],
        lag_statistics.LAG_TESTS["d_z"],
        *TESTED.of("r ci_low ci_high bf10"),
        *scores.CORRELATIONS.of("spearman p_spearman loo_low loo_low_dyad"),
        *scores.CORRELATIONS.of("loo_high loo_high_dyad p_tost"),
        *factors.EQUIVALENCE.of("d d_low d_high p_tost_holm bf01"),
        Column(
            "verdict",
            "text",
            "Of a test of equivalence: different, equivalent, different but negligible, or cannot tell",
        ),
        Column("n_equivalent", "count", "How many of them are shown to be smaller than what would matter"),
        *(
            factors.SPREAD[name]
            for name in ("level_narrow", "sd_narrow", "level_wide", "sd_wide", "sd_ratio")
        ),
        factors.SPREAD["p_brown_forsythe"],
        Column("unequal", "text", "yes: the spreads differ so much that a reader must know"),
        Column(
            "shared",
            "number",
            "Share of the variance of the comparison of levels that both members' log SNR explains "
            "(1 - 1/VIF)",
        ),
        factors.POWER["detectable_d"],
        multiverse.SPECIFICATIONS["effect_unit"],
        Column("significant", "text", "yes: the study's own analysis has p < .05"),
        Column(
            "n_agree",
            "count",
            "Analyses that agree with the study's own: in p < .05 and direction, or in p >= .05",
        ),
        *lag_statistics.LAG_TESTS.of("width_s n_lines line_hz"),
        Column("p_corrected", "number", "p-value of PLV above chance, where that of raw PLV is below .05"),
        Column("apa_corrected", "text", "Its result as APA style prints it"),
        TESTED["apa"],
        Column("sentence", "text", "The result in words"),
        Column("reason", "text", "Why it was not computed"),
    ],
)
