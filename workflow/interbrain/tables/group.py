"""Tables of the whole study before any test."""

from interbrain.tables import decisions, pseudodyads, synchrony
from interbrain.tables.against_chance import AGAINST_CHANCE
from interbrain.tables.declaration import Column, Table
from interbrain.tables.lags import CROSSTALK
from interbrain.tables.shared import SHARED

AGGREGATED = Table(
    "aggregated_plv",
    "The aggregated dataset: one row per dyad, time, band and site, with factors and scores",
    [
        *SHARED.of("dyad therapist client time phase task band roi"),
        Column(
            "plv",
            "number",
            "Phase-Locking Value over time in each window, mean over windows, then over channel pairs; "
            "0 to 1",
        ),
        *AGAINST_CHANCE.of("chance above_chance chance_sd z_chance p_chance n_windows n_pairs n_shifts"),
        *pseudodyads.PSEUDODYADS.of(
            "pseudo above_pseudo pseudo_sd z_pseudo p_pseudo n_pseudo n_pseudo_possible"
        ),
        *synchrony.SITES.of("random above_random random_sd z_random p_random cycles_per_window"),
        *synchrony.SITES.of("power_therapist power_client snr_therapist snr_client"),
        *synchrony.SITES.of("alpha_peak_therapist alpha_peak_client"),
        Column(
            "zero_lag",
            "number",
            "PLV at lag 0 minus its mean at the far lags (config: lags), on average 0 where being "
            "simultaneous is nothing special; from windows whose neighbours are kept too",
        ),
        Column(
            "granger_to_client",
            "number",
            "Spectral Granger causality from therapist to client, mean over the band",
        ),
        Column(
            "granger_to_therapist",
            "number",
            "Spectral Granger causality from client to therapist, mean over the band",
        ),
        Column(
            "granger_net",
            "number",
            "granger_to_client minus granger_to_therapist, minus the same with time reversed; above 0: "
            "the therapist leads",
        ),
    ],
    optional=[
        "phase",
        "task",
        "pseudo",
        "above_pseudo",
        "pseudo_sd",
        "z_pseudo",
        "p_pseudo",
        "n_pseudo",
        "n_pseudo_possible",
        "random",
        "above_random",
        "random_sd",
        "z_random",
        "p_random",
        "zero_lag",
        "granger_to_client",
        "granger_to_therapist",
        "granger_net",
    ],
    extended=True,
)

EXCLUSIONS = Table(
    "exclusions",
    "What was left out, and why: one row per thing left out",
    [
        decisions.DECISIONS["what"],
        *SHARED.of("dyad participant time"),
        decisions.DECISIONS["item"],
        Column("count", "count", "How many; for a gap, its seconds"),
        *decisions.DECISIONS.of("reason by"),
    ],
    extended=True,
)

QUALITY = Table(
    "quality",
    "What was recorded, how the clocks agree, what cleaning found: one row per recording",
    [
        *SHARED.of("participant dyad role time task"),
        Column("source_format", "text", "Format of the raw file"),
        Column("duration_s", "number", "Duration of the recording", "s"),
        Column("sfreq", "number", "Sampling frequency of the raw recording", "Hz"),
        Column("n_channels", "count", "EEG channels recorded"),
        Column("n_bad", "count", "Bad channels, interpolated and left out of every PLV"),
        Column("bad_channels", "label", "Their names"),
        Column(
            "n_components",
            "count",
            "Independent components of the good channels; 0 where there are none",
        ),
        Column("n_removed", "count", "Components removed"),
        Column("removed", "text", "How many of each label were removed"),
        Column("ica", "text", "Independent components: converged, not converged, or not done and why"),
        Column(
            "muscle_s",
            "number",
            "Bursts of muscle activity that are left after the components were removed; n/a where the "
            "recording does not reach the frequencies at which they are searched for",
            "s",
        ),
        Column("steps", "text", "Electrode pops at good channels: channel and time in this recording"),
        Column("not_judged", "text", "What cleaning could not judge in this recording, and why"),
        Column("by_hand", "count", "Decisions of a person about this recording's channels and components"),
        Column("windows_total", "count", "Windows of the dyad's recording on the therapist's clock"),
        Column("windows_kept", "count", "Windows kept, good in both members at once"),
        Column("percent_kept", "number", "Windows kept", "%"),
        Column(
            "windows_gap", "count", "Windows of this member with samples lost or missing in or beside them"
        ),
        Column(
            "windows_not_measured",
            "count",
            "Windows of this member in or beside which the file holds no measurement: a loss that the "
            "recording program filled, a block that was sent twice, time without reference electrode (CMS)",
        ),
        Column(
            "windows_join",
            "count",
            "Windows of this member across or beside an instant at which two pieces of the recording meet",
        ),
        Column("windows_not_yet", "count", "Windows of this member before or as its recording began"),
        Column("windows_ended", "count", "Windows of this member as or after its recording ended"),
        Column("windows_flat", "count", "Windows of this member with a flat ROI channel"),
        Column("windows_amplitude", "count", "Windows of this member with an amplitude above the limit"),
        Column(
            "windows_muscle",
            "count",
            "Windows of this member with a burst of muscle activity; n/a where muscle_s is",
        ),
        Column("windows_step", "count", "Windows of this member beside an electrode pop"),
        Column(
            "windows_autoreject",
            "count",
            "Windows of this member that autoreject rejects; 0 if the config does not ask it",
        ),
        Column(
            "windows_clock",
            "count",
            "Windows of the client's recording in which triggers that do not match leave it open "
            "whether they are simultaneous with the therapist's",
        ),
        Column(
            "windows_other",
            "count",
            "Windows of this member without a good ROI channel or marked bad in the recording",
        ),
        Column("windows_by_hand", "count", "Windows of the dyad's recording that a person kept or dropped"),
        Column(
            "line_noise_db",
            "number",
            "Mains before cleaning: how far the line stands above its neighbours, ROI channels",
            "dB",
        ),
        Column(
            "mains_hz",
            "number",
            "Mains that were removed: the config's, unless the recording shows other ones only",
            "Hz",
        ),
        Column("gap_s", "number", "Samples lost by the amplifier", "s"),
        Column(
            "sync_method",
            "text",
            "How the two clocks were tied: markers, start_marker, lsl_clock, same_file, header_time, "
            "shared_start",
        ),
        Column(
            "sync_drift_from",
            "text",
            "What the drift was measured by: session, recording (triggers), LSL, one clock; unknown: it"
            " was not measured and is taken as 0",
        ),
        Column(
            "sync_offset_s",
            "number",
            "Client's clock at the therapist's time 0; 0 for the therapist",
            "s",
        ),
        Column(
            "sync_drift_ppm",
            "number",
            "Drift of the client's clock against the therapist's; 0 for the therapist",
            "ppm",
        ),
        Column(
            "sync_drift_error_ppm",
            "number",
            "Standard error of that drift, fitted over the session",
            "ppm",
        ),
        Column("sync_residual_ms", "number", "RMS difference of the shared triggers after alignment", "ms"),
        Column(
            "sync_markers",
            "count",
            "Triggers of the whole files that were matched: shared by both members",
        ),
        Column("sync_markers_therapist", "count", "Triggers in the therapist's file"),
        Column("sync_markers_client", "count", "Triggers in the client's file"),
        Column("sync_markers_in_block", "count", "Matched triggers inside the rest block"),
        *CROSSTALK,
        Column("verdict", "text", "good, or look: a person should look at this recording"),
        Column("verdict_reason", "text", "Why a person should look"),
    ],
)

SPECTRA = Table(
    "spectra",
    "Power spectra before and after cleaning: one row per recording and frequency",
    [
        *SHARED.of("participant dyad role time"),
        Column("frequency_hz", "number", "Frequency", "Hz"),
        Column("before_db", "number", "Power before cleaning, mean over ROI channels, re 1 uV^2/Hz", "dB"),
        Column("after_db", "number", "Power after cleaning, mean over ROI channels, re 1 uV^2/Hz", "dB"),
    ],
)

CHANNEL_MEANS = Table(
    "channelpairs_plv",
    "Mean PLV of each pair of channels over dyads: one row per band and pair",
    [
        *SHARED.of("band therapist_channel client_channel"),
        AGGREGATED["plv"],
        AGAINST_CHANCE["above_chance"],
        SHARED["n_dyads"],
    ],
)
