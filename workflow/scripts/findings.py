"""The tables of statistics -> what was found: each claim, its verdict, what speaks against it."""

from job import job

with job(snakemake):
    from interbrain.files.dictionary import read_table, write_table
    from interbrain.findings import findings_table, judge_study

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    tables = {name: read_table(file) for name, file in i.items()}
    write_table(o.findings, findings_table(judge_study(tables, **p.hypotheses)))
