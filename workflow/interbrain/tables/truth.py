"""What the simulator planted in the demo, and what an analysis should find."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

TRUTH = Table(
    "truth",
    "The truth of simulated recordings: one row per dyad, time and band",
    [
        *SHARED.of("dyad time band"),
        Column("source_plv", "number", "PLV between the sources of the two brains"),
        Column("snr_therapist", "number", "Power over background at the therapist's sites"),
        Column("snr_client", "number", "Power over background at the client's sites"),
        Column("expected_plv", "number", "PLV that is left at the sensors, in closed form"),
        Column(
            "client_clock_offset_s", "number", "Start of the client's recording after the therapist's", "s"
        ),
        Column("client_clock_drift_ppm", "number", "Drift of the client's clock", "ppm"),
        Column("planted_fault", "text", "Samples that the simulator left out"),
        Column("planted_artifacts_therapist", "text", "Artefacts in the therapist's recording"),
        Column("planted_artifacts_client", "text", "Artefacts in the client's recording"),
    ],
    extended=True,
)

TRUTH_OF_SESSIONS = Table(
    "truth_session",
    "The truth of simulated sessions: one row per dyad, time and signal of the two bodies, and one row per "
    "band of the two brains",
    [
        *SHARED.of("dyad time"),
        Column("signal", "label", "eda, ibi, motion; or brain"),
        Column("band", "label", "Band of the brains' synchrony; n/a for bodies"),
        Column("planted_r", "number", "Correlation of the two bodies' slow series at the lag"),
        Column(
            "expected_r",
            "number",
            "Correlation of what is recorded of them, at the lag, in closed form and in a long session",
        ),
        Column("planted_lag_s", "number", "By how much the client is later; below 0 the client leads", "s"),
        Column("leader", "label", "Who leads: therapist, client, or nobody; n/a without coupling"),
        Column("shared_course", "text", "What both do alike without coordination: settling in, or n/a"),
        Column("code", "label", "Code of the planted events"),
        Column("n_events", "count", "Planted events"),
        Column("kappa", "number", "Cohen's kappa of the two simulated coders, over seconds"),
        Column("source_plv", "number", "PLV between the sources of the two brains outside events"),
        Column("source_plv_events", "number", "The same within events"),
        Column("expected_plv", "number", "PLV that is left at the sensors outside events"),
        Column("expected_plv_events", "number", "The same within events"),
        Column("expected_delta", "number", "What events add: expected_plv_events minus expected_plv"),
    ],
)

FOUND_IN_SESSIONS = Table(
    "planted_found",
    "Simulated sessions, planted against found: one row per dyad, time and signal of the two bodies, and "
    "one row per band of the two brains and of their mean, all",
    [
        *TRUTH_OF_SESSIONS.of("dyad time signal band planted_r expected_r"),
        Column("found_r", "number", "Largest correlation of the two series by its size, at lags up to 5 s"),
        TRUTH_OF_SESSIONS["planted_lag_s"],
        Column("found_lag_s", "number", "The lag at which it is; below 0 the client leads", "s"),
        *TRUTH_OF_SESSIONS.of("leader shared_course"),
        Column("measure", "label", "Measure of coordination, or estimator of synchrony, that is tested"),
        TRUTH_OF_SESSIONS["expected_delta"],
        Column("found_delta", "number", "What events add to PLV above chance, mean over sites"),
        Column("z_chance", "number", "Of the measure, or of what events add, against its own chance level"),
        Column("p_chance", "number", "Its p; n/a for single bands, whose sites are tested each on their own"),
    ],
)
