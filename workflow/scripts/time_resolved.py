"""A dyad and run -> one estimator in each of its windows, at the recordings' full rate."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import read_table, write_table
    from interbrain.metrics.sites import site_channels, site_rows
    from interbrain.synchrony.members import read_members
    from interbrain.synchrony.single_windows import (
        window_chance,
        window_signals,
        window_synchrony,
        window_table,
    )
    from interbrain.tables.single_windows import SINGLE_WINDOWS
    from interbrain.tables.windows import LEDGER

    i, p = snakemake.input, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    windows = read_table(i.ledger, LEDGER).query("kept == 1")
    channels, estimator, starts = site_channels(p.rois), p.settings["estimator"], windows["start_s"]
    signals = window_signals(*members, starts, channels=channels, **p.settings)
    sites = list(site_rows(channels, p.rois).values())
    chance = window_chance(signals, starts, sites, estimator, p.min_shift_s)
    values = window_synchrony(signals, estimator)
    bands = list(p.settings["bands"])
    table = window_table(values, chance, windows, channels, p.rois, estimator, bands, p.about)
    write_table(snakemake.output.table, table, SINGLE_WINDOWS)
