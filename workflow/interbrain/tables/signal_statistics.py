"""Tests of coordination over dyads, each as the like test of synchrony is declared."""

from dataclasses import replace

from interbrain.tables import factors, presence, scores
from interbrain.tables.coordination import OF_COORDINATION, OF_LAGS, PEAKS
from interbrain.tables.declaration import Column, Table, by_family
from interbrain.tables.event_statistics import CURVES
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

_LIKE = by_family(factors, scores, presence)
_ABOUT = {
    "presence": "Coordination of signals against zero: one row per measure",
    "anova": "Coordination of signals between groups, effects: one row per measure and effect",
    "contrasts": "Coordination of signals between two levels of a factor: one row per measure and pair of "
    "levels",
    "permutation": "Coordination of signals between permuted groups: one row per measure, effect and unit",
    "equivalence": "Coordination of signals, equivalence tests: one row per measure and pair of levels",
    "spread": "Coordination of signals, groups of unequal spread: one row per measure, effect and method",
    "therapists": "Coordination of signals, tests over therapists: one row per measure and tested effect",
    "correlations": "Coordination of signals and scores: one row per measure and score",
}
OF_SIGNALS: dict[str, Table] = {
    f"signal{family}": replace(_LIKE[family], name=f"signal{_LIKE[family].name}", about=about)
    for family, about in _ABOUT.items()
}

DYAD_LAGS = replace(
    PEAKS,
    name="dyadsignallags_stats",
    about="The lag at which two signals go together most, in every dyad and run: one row per dyad, run and "
    "kind",
)
LAG_CURVES = Table(
    "signallagcurve_values",
    "Cross-lagged correlation above chance at each lag, mean over dyads: one row per kind of signal and lag",
    [
        OF_COORDINATION["kind"],
        *TESTED.of("unit"),
        OF_LAGS["lag_s"],
        *TESTED.of("n mean se"),
        *CURVES.of("band_low band_high p_family n_flips"),
        *TESTED.of("exact smallest_p"),
        SHARED["note"],
    ],
)
LAGS = Table(
    "signallags_stats",
    "The lag at which two signals go together most, over dyads: one row per kind of signal",
    [
        OF_COORDINATION["kind"],
        *TESTED.of("unit n"),
        Column(
            "peak_s",
            "number",
            "Lag at which the mean curve is highest; n/a where p_family > .05",
            "s",
        ),
        Column(
            "p_family",
            "number",
            "Share of sign flips whose curve is as far from 0 at any lag, in standard errors, as the mean "
            "curve at its highest",
        ),
        *TESTED.of("smallest_p"),
        Column("n_dyads", "count", "Dyads whose own curve has a peak beyond chance"),
        Column("n_therapist", "count", "Of these, dyads in which the therapist leads"),
        Column("n_client", "count", "Of these, dyads in which the client leads"),
        Column("median_s", "number", "Median of these dyads' lags", "s"),
        Column("low_s", "number", "Smallest of these dyads' lags", "s"),
        Column("high_s", "number", "Largest of these dyads' lags", "s"),
        SHARED["note"],
    ],
)
OVER_LAGS: dict[str, Table] = {
    "dyadsignallags": DYAD_LAGS,
    "signallagcurve": LAG_CURVES,
    "signallags": LAGS,
}
