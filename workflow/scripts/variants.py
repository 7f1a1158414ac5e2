"""Two cleaned recordings of a dyad and run -> synchrony under every branch of the grid."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain import epochs
    from interbrain.bids.clock import clock_fit
    from interbrain.dictionary import write_table
    from interbrain.multiverse import grid, variants

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    therapist = epochs.read_signal(i.therapist, i.therapist_account)
    client = epochs.on_therapist_clock(
        epochs.read_signal(i.client, i.client_account), fit, therapist.data.shape[1]
    )
    write_table(o.table, variants(therapist, client, fit, levels=grid(**p.grid), **p.settings))
