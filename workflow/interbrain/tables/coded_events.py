"""Coded events in one dyad and run: event-locked differences and curves, and brain beside body."""

from interbrain.tables.declaration import Column, Columns, Table
from interbrain.tables.shared import SHARED

OF_EVENTS = Columns(
    (
        Column("code", "text", "The code, as the coders wrote it"),
        Column(
            "signal",
            "text",
            "What the series is of: brain (synchrony between the brains), or the kind of signal whose "
            "coordination it is",
        ),
        Column("measure", "text", "Estimator of synchrony, or measure of coordination"),
        Column("coder", "text", "Whose events were used; the events of other coders serve agreement alone"),
        Column(
            "delta",
            "number",
            "Mean over events of the mean value above chance in the event minus that in its local control "
            "windows",
        ),
        Column("chance", "number", "Mean of delta over circular shifts of the train of events"),
        Column("chance_sd", "number", "Standard deviation over these shifts"),
        Column("z_chance", "number", "(delta minus chance) / chance_sd"),
        Column(
            "p_chance",
            "number",
            "Share of shifts whose |delta| is at least the observed one, (b + 1) / (m + 1), two-sided",
        ),
        Column("n_shifts", "count", "Circular shifts behind it"),
        Column("n_events", "count", "Events of the code within the series; of a group: over its dyads"),
        Column("n_used", "count", "Events that have values and enough control windows"),
        Column("n_controls", "count", "Control windows, counted once for each event that they serve"),
        Column("lag_s", "number", "Time after the onset of the event", "s"),
        Column("n_left_out", "count", "Dyads that are left out, each with its reason in the note"),
    )
)
PLACE = [*OF_EVENTS.of("signal measure"), *SHARED.of("band roi")]
DYAD_EVENTS = Table(
    "eventlocked_stats",
    "Coded events against local control windows in one dyad and run: one row per code and series",
    [
        *SHARED.of("dyad time run"),
        OF_EVENTS["code"],
        *PLACE,
        *OF_EVENTS.of("coder n_events n_used n_controls delta chance chance_sd z_chance p_chance n_shifts"),
        SHARED["note"],
    ],
)

DYAD_CURVES = Table(
    "perievent_curve",
    "The series of one dyad and run around the onsets of coded events: one row per code, series and lag",
    [
        *SHARED.of("dyad time run"),
        OF_EVENTS["code"],
        *PLACE,
        OF_EVENTS["lag_s"],
        Column(
            "value",
            "number",
            "Value above chance minus the mean of the event's control windows, mean over events",
        ),
        OF_EVENTS["n_used"],
    ],
)

DYAD_BRAIN_BODY = Table(
    "brainbody_stats",
    "Synchrony of brains and coordination of bodies over the windows of one dyad and run: one row per pair "
    "of series",
    [
        *SHARED.of("dyad time run"),
        *PLACE,
        Column("body", "text", "Kind of signal whose coordination is the other series"),
        Column("body_measure", "text", "Its measure of coordination"),
        Column("n_windows", "count", "Windows that have both"),
        Column(
            "r", "number", "Pearson correlation, without what changes over 300 s and more in either series"
        ),
        Column("chance", "number", "Mean of Fisher's z of r after circular shifts"),
        OF_EVENTS["chance_sd"],
        Column("above_chance", "number", "Fisher's z of r minus chance"),
        Column(
            "p_chance", "number", "Share of shifts whose |z| is at least the observed one, (b + 1) / (m + 1)"
        ),
        Column("n_shifts", "count", "Circular shifts, by whole windows, of 60 s at least"),
        SHARED["note"],
    ],
)
