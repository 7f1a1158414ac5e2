"""Coordination of a dyad and run in its signals: of the session, and window by window."""

from dataclasses import replace

from interbrain.tables import pseudodyads
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.shared import SHARED

OF_COORDINATION = Columns(
    (
        Column(
            "kind",
            "label",
            "Kind of signal: eda, ibi, respiration, motion, pitch, gaze, affect or other; or the name that "
            "the table of signals gives it",
        ),
        Column("measure", "label", "Measure of coordination; its formula is in docs/coordination.md"),
    )
)

COORDINATION = Table(
    "coordination_values",
    "Coordination of therapist and client in their signals: one row per kind of signal and measure",
    [
        *SHARED.of("dyad time run"),
        *OF_COORDINATION.of("kind measure"),
        Column("value", "number", "The measure over the session"),
        *AGAINST_CHANCE.of("chance chance_sd above_chance z_chance p_chance"),
        Column("n_windows", "count", "Windows with a value"),
        Column(
            "n_left_out",
            "count",
            "Windows left out: samples are missing, or a series does not vary in them (or a slope is 0)",
        ),
        AGAINST_CHANCE["n_shifts"],
        Column(
            "own_above_chance",
            "number",
            "Value above chance of the dyad, from as many circular shifts as its strangers have",
        ),
        Column(
            "pseudo",
            "number",
            "Mean value above chance of the dyad's members with people whom they never met",
        ),
        pseudodyads.PSEUDODYADS["pseudo_sd"],
        Column("above_pseudo", "number", "own_above_chance minus pseudo"),
        *pseudodyads.PSEUDODYADS.of("z_pseudo p_pseudo n_pseudo"),
        SHARED["note"],
    ],
    optional=[
        *("own_above_chance", "pseudo", "pseudo_sd", "above_pseudo", "z_pseudo", "p_pseudo", "n_pseudo"),
    ],
)

WINDOWS = Table(
    "coordinationwindows_values",
    "Coordination in each window, with the window's own chance level: one row per kind, measure and window",
    [
        *SHARED.of("dyad time run"),
        *OF_COORDINATION.of("kind measure"),
        Column("window", "count", "Number of the measure's window, from 0, in order of time"),
        Column(
            "start_s",
            "number",
            "First sample that the window uses, on the therapist's clock, s from the recording's start",
        ),
        Column("stop_s", "number", "End of what the window uses, with its lags, on the therapist's clock, s"),
        Column("value", "number", "The measure in this window; n/a where samples are missing or do not vary"),
        Column(
            "chance",
            "number",
            "The window's own chance level: the mean of the therapist's window with other windows of the "
            "client plus that of the client's with others of the therapist minus the mean of all such pairs, "
            "from the circular shifts",
        ),
        Column("above_chance", "number", "Value of this window minus its own chance level"),
        Column(
            "p_chance",
            "number",
            "Share of these pairs that are at least as far above their own chance level, (b + 1) / (m + 1), "
            "one-sided",
        ),
        Column("n_others", "count", "Pairs of windows behind the window's chance level"),
    ],
)

AT_EVENTS = replace(
    WINDOWS,
    name="coordinationevents_values",
    about="Coordination in windows that are short enough for coded events: one row per kind, measure and "
    "window",
)

OF_LAGS = Columns(
    (
        Column(
            "lag_s",
            "number",
            "The client's delay: above 0 the client follows (the therapist leads), below 0 the client leads",
            "s",
        ),
        Column(
            "peak_s",
            "number",
            "Lag at which the curve is furthest above chance, in SDs over shifts, to a sample; n/a where no "
            "lag is beyond the simultaneous chance band, or the curve is highest at the largest lag",
            "s",
        ),
    )
)

CURVE = Table(
    "coordinationcurve_values",
    "Cross-lagged correlation at each lag, with its chance level: one row per kind of signal and lag",
    [
        *SHARED.of("dyad time run"),
        OF_COORDINATION["kind"],
        OF_LAGS["lag_s"],
        Column("value", "number", "Mean over windows of the absolute Fisher's z at this lag"),
        *AGAINST_CHANCE.of("chance chance_sd"),
        Column("band_low", "number", "Lower end of the pointwise band: 2.5% of the shifts are below"),
        Column("band_high", "number", "Upper end of the pointwise band: 2.5% of the shifts are above"),
        Column(
            "limit",
            "number",
            "Upper end of the simultaneous band: 95% of the shifts are below it at every lag; n/a with "
            "fewer than 19 shifts",
        ),
    ],
)

PEAKS = Table(
    "coordinationlags_stats",
    "The lag at which two signals go together most: one row per kind of signal",
    [
        *SHARED.of("dyad time run"),
        OF_COORDINATION["kind"],
        OF_LAGS["peak_s"],
        Column("leads", "text", "Who is first at this lag: therapist, client or neither (a lag of 0)"),
        Column("z_peak", "number", "How far the curve is above chance at its furthest, in SDs over shifts"),
        Column(
            "p_peak",
            "number",
            "Share of shifts whose own curve is as far above chance at any lag, (b + 1) / (m + 1)",
        ),
        Column("step_s", "number", "Step between two lags: a sample of the series", "s"),
        AGAINST_CHANCE["n_shifts"],
        SHARED["note"],
    ],
)
