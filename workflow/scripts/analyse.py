"""The aggregated dataset -> the statistics: a table a family of tests, and all of them as one JSON."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.files import tables as files
    from interbrain.questionnaires.reliability import reliability_table
    from interbrain.statistics import analyse
    from interbrain.statistics.tasks import tested
    from interbrain.study.answers import as_scored
    from interbrain.study.reading import read_table
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.of_analysis import OF_ANALYSIS

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    aggregated = files.read_table(i.aggregated, AGGREGATED, text=p.factors)
    aggregated = tested(aggregated, p.times, tasks_at_times="phases" in p.settings)
    tables = analyse(aggregated, **p.settings, seed=p.seed)
    read = {name: [read_table(Path(table)) for table in tables] for name, tables in p.scored.items()}
    forms = {name: (as_scored(items, key, name), key) for name, (items, key) in read.items()}
    of = dict(zip(aggregated["dyad"], aggregated["therapist"], strict=True))
    tables["reliability"] = reliability_table(forms, list(of), of)
    described = json.loads(Path(i.dictionary).read_text(encoding="utf-8"))
    for name, table in tables.items():
        files.write_table(o[name], table, OF_ANALYSIS[name], described)
    files.write_records(o.everything, tables, design=p.settings)
