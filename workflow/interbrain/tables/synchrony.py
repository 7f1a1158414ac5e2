"""Synchrony of a dyad and run: at sites (ROIs) and between channels."""

from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.shared import SHARED

SITES = Table(
    "roi_plv",
    "Synchrony of each pair of sites (ROIs): one row per band, pair and estimator",
    [
        *SHARED.of("dyad time run band roi_therapist roi_client estimator"),
        *AGAINST_CHANCE.of("value chance chance_sd above_chance z_chance p_chance"),
        Column(
            "random",
            "number",
            "Mean of the same quantity with phase-randomised surrogates of the client",
        ),
        Column("random_sd", "number", "Standard deviation over the surrogates"),
        Column("above_random", "number", "Value minus random"),
        Column("z_random", "number", "(value minus random) / random_sd"),
        Column(
            "p_random",
            "number",
            "Share of surrogates whose value is at least the observed one, (b + 1) / (m + 1), one-sided",
        ),
        *AGAINST_CHANCE.of("n_pairs n_windows n_shifts"),
        Column("cycles_per_window", "number", "Cycles of the band's middle frequency in a window"),
        Column(
            "power_therapist",
            "number",
            "Power in the band, therapist, mean over the ROI's channels",
            "uV^2",
        ),
        Column(
            "snr_therapist",
            "number",
            "Power over the 1/f background in the band minus 1, therapist, mean over ROI channels",
        ),
        Column(
            "alpha_peak_therapist",
            "number",
            "Alpha peak of the therapist in the kept windows; n/a if none is clear",
            "Hz",
        ),
        Column("power_client", "number", "Power in the band, client, mean over the ROI's channels", "uV^2"),
        Column(
            "snr_client",
            "number",
            "Power over the 1/f background in the band minus 1, client, mean over ROI channels",
        ),
        Column(
            "alpha_peak_client",
            "number",
            "Alpha peak of the client in the kept windows; n/a if none is clear",
            "Hz",
        ),
    ],
    optional=["random", "random_sd", "above_random", "z_random", "p_random"],
)

CHANNELS = Table(
    "channels_plv",
    "Synchrony of each pair of channels between the brains: one row per estimator, band and pair",
    [
        *SHARED.of("dyad time run estimator band therapist_channel client_channel"),
        *AGAINST_CHANCE.of("value chance chance_sd above_chance z_chance p_chance"),
    ],
)
