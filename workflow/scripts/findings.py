"""The tables of statistics -> what was found: each claim, its verdict, what speaks against it."""

from job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.findings import findings_table, judge_study
    from interbrain.tables.catalogue import OF_STUDY
    from interbrain.tables.findings import FINDINGS

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    tables = {name: read_table(file, OF_STUDY[name]) for name, file in i.items()}
    write_table(o.findings, findings_table(judge_study(tables, **p.hypotheses)), FINDINGS)
