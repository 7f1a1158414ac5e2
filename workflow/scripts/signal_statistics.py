"""Coordination of all dyads, with their factors and scores -> its tests, a table a family."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.files import tables as files
    from interbrain.group.coordination import bodies_alone
    from interbrain.signals.measures import coordination_columns
    from interbrain.statistics.signals import signal_statistics
    from interbrain.statistics.tasks import means_of_times, tested
    from interbrain.tables.coordination import COORDINATION
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.signal_statistics import OF_SIGNALS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    aggregated = files.read_table(i.aggregated, AGGREGATED, text=p.factors)
    table, alone = bodies_alone(
        *(aggregated, files.read_table(i.coordination[0], COORDINATION), coordination_columns(p.signals)),
        *(pd.DataFrame(p.dyads), {n: pd.DataFrame(s) for n, s in p.scores.items()}, p.differences),
        pd.DataFrame(p.numbers),
    )
    table = tested(table, p.times, tasks_at_times=bool(p.get("phases")))
    if p.get("phases"):
        ends = ("_above_chance", "_above_strangers", "_above_pseudo")
        varying = [name for name in table if name.endswith(ends) or name.startswith(("power_", "snr_"))]
        varying += [*p.strangers, *p.measures, *p.settings["covariates"], *p.settings.get("by_time", [])]
        table = means_of_times(table, p.phases, varying)
    described = json.loads(Path(i.dictionary).read_text(encoding="utf-8"))
    found = signal_statistics(
        table, p.measures, **p.settings, strangers=p.strangers, seed=p.seed, alone=alone
    )
    for name, one in found.items():
        files.write_table(o[name], one, OF_SIGNALS[name], described)
