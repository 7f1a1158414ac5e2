"""Who leads: Granger causality of a dyad and run."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

DIRECTED = Table(
    "directed_stats",
    "Granger causality in both directions: one row per band and pair of sites",
    [
        *SHARED.of("dyad time run band roi_therapist roi_client"),
        Column(
            "therapist_to_client",
            "number",
            "Spectral Granger causality from therapist to client, mean over the band; 0 without influence",
        ),
        Column("client_to_therapist", "number", "The same from client to therapist"),
        Column("net", "number", "therapist_to_client minus client_to_therapist"),
        Column(
            "net_reversed",
            "number",
            "The same with time running backwards: a true direction turns its sign",
        ),
        Column(
            "net_above_reversed",
            "number",
            "net minus net_reversed (Winkler et al. 2016): what a mere difference in signal-to-noise "
            "ratio makes of net is gone; above 0: the therapist leads",
        ),
        Column(
            "without_coupling",
            "number",
            "What either direction is on average without any influence: order / n_samples",
        ),
        Column("order", "count", "Lags of the autoregressive model: one cycle of the slowest band"),
        AGAINST_CHANCE["n_windows"],
        Column("n_samples", "count", "Instants that the model predicts, over all windows"),
        Column("n_parameters", "count", "Coefficients and noise (co)variances of the model"),
        SHARED["note"],
    ],
)
