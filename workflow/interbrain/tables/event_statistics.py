"""Coded events of the study: agreement of coders, event-locked differences and curves, brain beside body."""

from dataclasses import replace

from interbrain.tables import coded_events, presence
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED
from interbrain.tables.statistics import TESTED

# What a test over dyads or therapists has, as the tests of presence have it.
AGAINST_ZERO = [
    *TESTED.of("unit n mean sd t df p ci_low ci_high"),
    *presence.PRESENCE.of("d_z d_z_low d_z_high"),
    TESTED["bf10"],
    presence.PRESENCE["p_flips"],
    TESTED["p_family"],
    presence.PRESENCE["n_flips"],
    *TESTED.of("exact smallest_p apa"),
]

EVENTS = Table(
    "eventlocked_stats",
    "Coded events against local control windows: one row per code and series, over dyads and over therapists",
    [
        coded_events.OF_EVENTS["code"],
        *coded_events.PLACE,
        *AGAINST_ZERO,
        *coded_events.OF_EVENTS.of("n_events n_used n_left_out"),
        SHARED["note"],
    ],
)

OF_DYADS = replace(
    coded_events.DYAD_EVENTS,
    name="dyadevents_stats",
    about="Coded events against local control windows in every dyad and run: one row per dyad and run, code "
    "and series",
)

CURVES = Table(
    "perievent_curve",
    "The mean series around the onsets of coded events: one row per code, series and lag",
    [
        coded_events.OF_EVENTS["code"],
        *coded_events.PLACE,
        *TESTED.of("unit"),
        coded_events.OF_EVENTS["lag_s"],
        *TESTED.of("n mean se"),
        Column(
            "band_low",
            "number",
            "Lower end of the 95% band that holds at all lags at once: by the largest |t| over lags of the "
            "same sign flips",
        ),
        Column("band_high", "number", "Upper end of that band"),
        Column("p_family", "number", "Share of sign flips whose largest |t| over lags is at least this one"),
        presence.PRESENCE["n_flips"],
        *TESTED.of("exact smallest_p"),
        SHARED["note"],
    ],
)

BRAIN_BODY_OF_DYADS = replace(
    coded_events.DYAD_BRAIN_BODY,
    name="dyadbrainbody_stats",
    about="Synchrony of brains beside coordination of bodies in every dyad and run: one row per dyad, run "
    "and pair of series",
)

BRAIN_BODY = Table(
    "brainbody_stats",
    "Whether moments of more synchrony of brains are moments of more coordination of bodies: one row per "
    "pair of series, over dyads and over therapists; mean is that of Fisher's z above chance",
    [
        *coded_events.PLACE,
        *coded_events.DYAD_BRAIN_BODY.of("body body_measure"),
        *AGAINST_ZERO,
        Column("r_mean", "number", "Mean over dyads of r, by Fisher's z"),
        coded_events.OF_EVENTS["n_left_out"],
        SHARED["note"],
    ],
)

AGREEMENT = Table(
    "agreement_stats",
    "Agreement of two coders over time bins: one row per code, two coders, and all runs or one",
    [
        coded_events.OF_EVENTS["code"],
        Column("coder_a", "text", "The one coder"),
        Column("coder_b", "text", "The other"),
        Column("dyad", "label", "The dyad; all: every run that both coded"),
        Column("time", "label", "Time of measurement; all: every run that both coded"),
        SHARED["run"],
        Column("n_runs", "count", "Runs that both coded and in which either used the code"),
        Column("bin_s", "number", "Length of a bin", "s"),
        Column("n_bins", "count", "Bins"),
        Column("n_events_a", "count", "Events of the one"),
        Column("n_events_b", "count", "Events of the other"),
        Column("share_a", "number", "Share of bins that the one marked"),
        Column("share_b", "number", "Share of bins that the other marked"),
        Column("agreement", "number", "Share of bins in which they agree"),
        Column("kappa", "number", "Cohen's kappa (1960) over the bins"),
        Column(
            "ci_low",
            "number",
            "Lower end of its 95% confidence interval: circular block bootstrap, blocks of 60 s (Politis & "
            "Romano 1992)",
        ),
        TESTED["ci_high"],
        SHARED["note"],
    ],
)
