"""Columns that tables of several tests have, with one meaning."""

from interbrain.tables.declaration import Column, Columns
from interbrain.tables.shared import SHARED

TESTED = Columns(
    (
        Column(
            "measure",
            "text",
            "What was tested: a column of the aggregated dataset; log_snr_therapist and log_snr_client "
            "are the natural logarithm of 1 + SNR, of power over the 1/f background",
        ),
        Column(
            "effect",
            "text",
            "Effect of the analysis of variance; a colon joins the factors of an interaction",
        ),
        Column("p", "number", "p-value, uncorrected for sphericity and for multiple tests"),
        Column("apa", "text", "The result as APA style prints it"),
        Column("t", "number", "t statistic"),
        Column("df", "number", "Degrees of freedom"),
        Column("ci_low", "number", "Lower end of the 95% confidence interval; of r, Fisher's"),
        Column("ci_high", "number", "Upper end of that interval"),
        Column("mean", "number", "Mean over dyads; where the unit is therapist, over therapists"),
        Column(
            "sd",
            "number",
            "Standard deviation over dyads; of a contrast: of the model's residuals, in which d is measured",
        ),
        Column("n", "count", "Dyads behind the value; where the unit is therapist, therapists"),
        SHARED["n_dyads"],
        Column("df1", "number", "Degrees of freedom of the effect, uncorrected"),
        Column("df2", "number", "Degrees of freedom of the error, uncorrected"),
        Column(
            "df_error",
            "number",
            "Degrees of freedom of the error where the spread may differ between groups",
        ),
        Column("F", "number", "F statistic, of the type of sums of squares that the config asks for"),
        Column(
            "d",
            "number",
            "Cohen's d: the adjusted difference over the residual SD of the model; the same in every table",
        ),
        Column("se", "number", "Standard error"),
        Column("difference", "number", "Mean of the first level minus that of the second"),
        Column("level_a", "label", "The first of two levels that are compared"),
        Column("level_b", "label", "The second"),
        Column("level", "text", "Level of the factor"),
        Column("factor", "text", "Between-dyad factor"),
        Column(
            "p_holm",
            "number",
            "p-value, Holm-corrected: over the sites and bands of one measure and questionnaire, or "
            "over the pairs of levels of one effect; of SNR itself over both members and all sites and "
            "bands. Of synchrony the p of sign flips, family-wise at single sites and bands",
        ),
        Column(
            "exact",
            "text",
            "yes or 1: these are all distinct relabelings or sign flips; no or 0: random ones",
        ),
        Column(
            "smallest_p",
            "number",
            "The smallest p that these relabelings or sign flips could give, whatever the data",
        ),
        Column("n_relabelings", "count", "Relabelings of the factor, the observed one among them"),
        Column(
            "unit",
            "text",
            "What was permuted (within therapist: each one's dyads among themselves) or whose signs "
            "were flipped: dyads, or therapists (against zero: each therapist's mean over their dyads)",
        ),
        Column(
            "p_family",
            "number",
            "p-value against the largest F, or |t|, of every site and band: family-wise",
        ),
        Column("tested", "label", "Between-dyad factor or questionnaire score whose effect is tested"),
        Column(
            "bf10",
            "number",
            "Bayes factor for a correlation against none, or for a mean that is not zero against zero (JZS)",
        ),
        Column("r", "number", "Pearson correlation; partial where something is held constant"),
        Column(
            "given",
            "text",
            "What is held constant. log_power: band power (log10); log_snr: the natural logarithm of 1 "
            "+ SNR, each band beside its own; before: the first time",
        ),
    )
)
