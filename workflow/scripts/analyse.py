"""The aggregated dataset -> the study's statistics."""

from job import job

with job(snakemake):
    from interbrain.dictionary import describe_differences, describe_factors, read_table, write_table
    from interbrain.statistics import analyse

    p = snakemake.params
    extra = describe_factors(p.factors) | describe_differences(p.differences)
    for name, table in analyse(read_table(snakemake.input.aggregated, text=p.factors), **p.settings).items():
        write_table(snakemake.output[name], table, extra)
