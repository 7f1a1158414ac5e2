"""Coordination of all dyads, with their factors and scores -> its tests, a table a family."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.files import tables as files
    from interbrain.statistics.signals import signal_statistics
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.signal_statistics import OF_SIGNALS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    aggregated = files.read_table(i.aggregated, AGGREGATED, text=p.factors)
    table = aggregated[aggregated["time"].isin(p.times)]
    described = json.loads(Path(i.dictionary).read_text(encoding="utf-8"))
    made = signal_statistics(table, p.measures, **p.settings, strangers=p.strangers, seed=p.seed)
    for name, one in made.items():
        files.write_table(o[name], one, OF_SIGNALS[name], described)
