"""A dyad and run -> directed coupling between the ROIs of therapist and client."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import read_table, write_table
    from interbrain.synchrony.directed import directed_coupling, directed_table
    from interbrain.synchrony.members import read_members
    from interbrain.tables.directed import DIRECTED
    from interbrain.tables.windows import LEDGER

    i, p = snakemake.input, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    windows = read_table(i.ledger, LEDGER).query("kept == 1")
    found = directed_coupling(*members, windows["start_s"], **p.settings)
    write_table(snakemake.output.table, directed_table(found, list(p.settings["bands"]), p.about), DIRECTED)
