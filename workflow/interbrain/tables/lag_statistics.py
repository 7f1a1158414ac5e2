"""Curves over lags of the study."""

from interbrain.tables import lags, presence
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

LAG_CURVES = Table(
    "lagcurves_plv",
    "Mean curves over lags: one row per group, band, site, estimator and lag",
    [
        *TESTED.of("factor level"),
        *SHARED.of("band roi estimator"),
        lags.LAGS["lag_s"],
        *TESTED.of("n mean ci_low ci_high"),
    ],
)

LAG_TESTS = Table(
    "lags_stats",
    "Zero lag against far lags: one row per estimator, band and site",
    [
        *SHARED.of("estimator band roi"),
        TESTED["n"],
        Column("at_zero", "number", "Value at lag 0, mean over dyads"),
        Column("at_far", "number", "Mean of the values at the far lags (config: lags), mean over dyads"),
        *TESTED.of("mean sd t df p ci_low ci_high"),
        *presence.PRESENCE.of("d_z p_flips n_flips"),
        *TESTED.of("exact smallest_p"),
        Column(
            "peak_s",
            "number",
            "Lag nearer than the far ones at which the mean curve is highest; above 0, the clients follow",
            "s",
        ),
        Column(
            "width_s",
            "number",
            "Full width of the mean curve at half its height above the far lags; n/a if lag 0 is not "
            "above them, or if the curve is wider than the lags reach",
            "s",
        ),
        Column("far_from_s", "number", "Far lags are those of at least this size, in both directions", "s"),
        Column(
            "n_lines",
            "count",
            "Dyads in which both members' spectra have a narrow line at the same frequency in the band",
        ),
        lags.LAGS["line_hz"],
        SHARED["note"],
    ],
)
