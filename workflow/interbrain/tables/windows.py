"""The ledger of windows of a dyad and run."""

from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

LEDGER = Table(
    "windows_ledger",
    "Each window, kept or not, and why: one row per window",
    [
        *SHARED.of("dyad time run"),
        Column("window", "count", "Number of the window, from 0, in order of time"),
        Column("start_s", "number", "Start on the therapist's clock, s from the first sample"),
        Column("stop_s", "number", "End on the therapist's clock, s"),
        Column("client_start_s", "number", "The same instant on the client's clock, s"),
        Column("kept", "count", "1 if both members are good throughout or a person keeps the window, else 0"),
        Column(
            "reason",
            "label",
            "Why it was left out, or what a person said of it; n/a where there is nothing to say",
        ),
        Column(
            "by",
            "label",
            "Who decided: automatic; the laboratory, which excluded a dyad or recording in its tables "
            "or lacks it; or the person whom the study's table of decisions names",
        ),
        Column(
            "therapist_criteria",
            "label",
            "Every criterion by which the therapist's window fails, whatever a person decided: gap, no "
            "reference, filled loss, sent twice, flat, no good ROI channel, join, amplitude, muscle, step, "
            "autoreject, clock not confirmed, or the recording's own name of a stretch that was marked bad",
        ),
        Column(
            "client_criteria",
            "label",
            "Every criterion by which the client's window fails, whatever a person decided: those of the "
            "therapist's, and not recorded yet or recording ended where the client's recording is shorter",
        ),
        Column(
            "therapist_peak_to_peak_uv",
            "number",
            "Largest peak-to-peak amplitude at an ROI channel of the therapist, uV",
        ),
        Column(
            "client_peak_to_peak_uv",
            "number",
            "Largest peak-to-peak amplitude at an ROI channel of the client, uV",
        ),
    ],
)
