"""A dyad and run -> directed coupling between the ROIs of therapist and client."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.dictionary import read_table, write_table
    from interbrain.group.tables import directed_table
    from interbrain.synchrony.dyad import directed_coupling, read_members

    i, p = snakemake.input, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    windows = read_table(i.ledger).query("kept == 1")
    found = directed_coupling(*members, windows["start_s"], **p.settings)
    write_table(snakemake.output.table, directed_table(found, list(p.settings["bands"]), p.about))
