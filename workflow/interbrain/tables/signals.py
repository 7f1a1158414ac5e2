"""Other signals of a dyad and run: the series that are compared, and what each member's signal is worth."""

from interbrain.tables.coordination import OF_COORDINATION
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

SERIES = Table(
    "signals_series",
    "Both members' signals at the same instants: one row per signal and instant",
    [
        *SHARED.of("dyad time run"),
        OF_COORDINATION["kind"],
        Column("time_s", "number", "Instant on the therapist's clock, s from the recording's start"),
        Column("therapist_value", "number", "The therapist's series; n/a where nothing was recorded"),
        Column("client_value", "number", "The client's series at the same instant"),
    ],
)

QUALITY = Table(
    "signalquality_values",
    "What each member's signal is worth, and what its processing found: one row per signal and member",
    [
        *SHARED.of("dyad time run"),
        OF_COORDINATION["kind"],
        SHARED["role"],
        Column("recorded", "label", "What was recorded: eda, ecg, ppg, ibi and so on; n/a if nothing"),
        Column("usable", "count", "1 if the signal is used, else 0"),
        Column("reason", "text", "Why it is not used"),
        Column("missing", "number", "Share of the recording that it misses"),
        Column("flat", "number", "Share of its samples in stretches of 10 s and longer at one value"),
        Column(
            "clipped",
            "number",
            "Share of its samples that are held at its largest or smallest value for 0.1 s",
        ),
        Column("outside", "number", "Share of its samples outside what a body can give, taken as missing"),
        Column("becomes", "text", "The series that is compared"),
        Column("unit", "text", "Unit of that series; n/a if it is arbitrary"),
        Column("rate_hz", "number", "Samples of that series a second", "Hz"),
        Column("level_us", "number", "Mean tonic skin conductance, uS", "uS"),
        Column("responses_per_min", "number", "Skin conductance responses a minute"),
        Column("heart_rate_per_min", "number", "Mean heart rate, beats a minute"),
        Column("n_beats", "count", "Heart beats found"),
        Column("n_corrected", "count", "Of these, artefacts that were corrected"),
        Column("n_missing_beats", "count", "Intervals outside 30 to 220 beats a minute, taken as missing"),
        Column("breaths_per_min", "number", "Breaths a minute"),
    ],
)
