"""Dyads' phases at one time -> synchrony of people who never met, against each dyad's own."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from functools import partial

    import numpy as np

    from interbrain.chance.draw import Part
    from interbrain.chance.pseudodyads import part_table
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.pseudodyads import PSEUDODYADS
    from interbrain.tables.windows import LEDGER

    i, p = snakemake.input, snakemake.params
    kept = [read_table(file, LEDGER).query("kept == 1")["window"].tolist() for file in i.ledgers]
    therapists, clients = (
        [partial(np.load, file, mmap_mode="r") for file in files] for files in (i.therapists, i.clients)
    )
    table = part_table(Part(**p.part), therapists, clients, kept, **p.settings)
    table.insert(1, "time", p.time)
    write_table(snakemake.output.table, table, PSEUDODYADS)
