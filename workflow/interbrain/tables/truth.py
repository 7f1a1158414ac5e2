"""What the simulator planted in the demo, and what an analysis should find."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

TRUTH = Table(
    "truth",
    "The truth of simulated recordings: a row a dyad, time and band",
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
