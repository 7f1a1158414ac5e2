"""A dyad and run -> PLV and amplitude correlation with the client delayed by every lag."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import read_table, write_table
    from interbrain.synchrony.crosstalk import crosstalk
    from interbrain.synchrony.lags import lag_table
    from interbrain.synchrony.members import read_members
    from interbrain.tables.lags import LAGS
    from interbrain.tables.windows import LEDGER

    i, p = snakemake.input, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    kept = read_table(i.ledger, LEDGER).query("kept == 1")
    table = lag_table(*members, kept, rois=p.rois, **p.settings)
    shared = crosstalk(*members, kept["start_s"], p.settings["length_s"], p.lowpass)
    write_table(snakemake.output.table, table.assign(**shared.columns, **p.about), LAGS)
