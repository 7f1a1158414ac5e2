"""Every dyad's coordination -> one table of them with strangers, and one of what all signals are worth."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.group.coordination import all_dyads
    from interbrain.tables.coordination import COORDINATION
    from interbrain.tables.signal_strangers import STRANGERS
    from interbrain.tables.signals import QUALITY

    i, o = snakemake.input, snakemake.output
    tables = [read_table(file, COORDINATION) for file in i.tables]
    strangers = [read_table(file, STRANGERS) for file in i.strangers]
    write_table(o.table, all_dyads(tables, strangers), COORDINATION)
    write_table(o.quality, pd.concat([read_table(file, QUALITY) for file in i.quality]), QUALITY)
