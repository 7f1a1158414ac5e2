"""Two cleaned recordings of a dyad and run -> synchrony under every branch of the grid."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import write_table
    from interbrain.multiverse.branch import variants
    from interbrain.multiverse.choices import grid
    from interbrain.synchrony.members import read_members
    from interbrain.tables.variants import VARIANTS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    write_table(o.table, variants(*members, fit, levels=grid(**p.grid), **p.settings), VARIANTS)
