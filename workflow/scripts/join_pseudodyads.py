"""The parts of a large study's comparison with strangers -> one table of one time."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.chance.pseudodyads import in_order
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.pseudodyads import PSEUDODYADS

    p = snakemake.params
    tables = [read_table(file, PSEUDODYADS) for file in snakemake.input]
    write_table(snakemake.output.table, in_order(tables, p.dyads, p.estimators), PSEUDODYADS)
