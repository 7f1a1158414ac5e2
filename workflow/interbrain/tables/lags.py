"""Synchrony of a dyad and run over lags."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

# What both amplifiers have at all frequencies: the same in every row of a dyad and run.
CROSSTALK = (
    Column(
        "crosstalk",
        "number",
        "Magnitude-squared coherence of the therapist's and the client's channel that have most in common at "
        "15 to 35 Hz, median over frequencies, in the kept windows; n/a where it could not be judged",
    ),
    Column(
        "crosstalk_limit",
        "number",
        "What chance does not reach (4 / half overlapping seconds), .005 at least: above it the two "
        "recordings share a signal, which brains do not",
    ),
    Column("crosstalk_channels", "label", "These two channels: the therapist's and the client's"),
    Column("crosstalk_note", "label", "Why it could not be judged; n/a where it was"),
)

LAGS = Table(
    "lags_plv",
    "PLV and amplitude correlation with the client delayed: one row per band, site, estimator and lag",
    [
        *SHARED.of("dyad time run band roi estimator"),
        Column(
            "lag_s",
            "number",
            "The client's delay: where the curve has its peak above 0, the client follows the therapist",
            "s",
        ),
        Column(
            "value",
            "number",
            "The estimator over time in windows of the one member, the other's signal being shifted by "
            "the lag; mean over windows and over which member is shifted, then over channel pairs",
        ),
        AGAINST_CHANCE["n_pairs"],
        Column("n_windows", "count", "Windows whose neighbours are kept too: only they have every lag"),
        Column(
            "line_hz",
            "number",
            "A narrow line that the spectra of both members have in the band; n/a if there is none. Of "
            "the study: the median of such dyads",
            "Hz",
        ),
        *CROSSTALK,
        SHARED["note"],
    ],
)
