"""The aggregated dataset -> the statistics: a table a family of tests, and all of them as one JSON."""

from job import job

with job(snakemake):
    from interbrain import dictionary
    from interbrain.questionnaires import reliability_table
    from interbrain.statistics import analyse
    from interbrain.study.reading import read_table

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    aggregated = dictionary.read_table(i.aggregated, text=p.factors)
    tables = analyse(aggregated, **p.settings, seed=p.seed)
    forms = [(read_table(answers), read_table(key)) for answers, key in zip(i.answers, i.keys, strict=True)]
    forms = dict(zip(p.scored, forms, strict=True))
    tables["reliability"] = reliability_table(forms, aggregated["dyad"].unique())
    extra = dictionary.describe_factors(p.factors) | dictionary.describe_differences(p.differences)
    for name, table in tables.items():
        dictionary.write_table(o[name], table, extra)
    dictionary.write_records(o.everything, tables, design=p.settings)
