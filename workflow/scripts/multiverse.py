"""Every dyad's variants and the aggregated dataset -> the specification table and the joint tests."""

from job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.dictionary import read_table, write_table
    from interbrain.multiverse import combinations, dyad_table, grid, specification_tables
    from interbrain.statistics.signal_to_noise import with_logs

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    levels = grid(**p.grid)
    columns = [*p.tests["between"], *p.tests["questionnaires"], *p.tests["covariates"]]
    table, joint = specification_tables(
        pd.concat([read_table(file) for file in i.variants]),
        dyad_table(with_logs(read_table(i.aggregated, text=p.factors)), columns),
        combinations(levels, p.grid["measures"]),
        **p.tests,
    )
    write_table(o.specifications, table, Choices=levels)
    write_table(o.multiverse, joint)
