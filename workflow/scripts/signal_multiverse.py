"""Every dyad's coordination under all choices, with its factors -> specification table and joint tests."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.group.coordination import bodies_alone
    from interbrain.multiverse.signal_choices import signal_combinations
    from interbrain.multiverse.signal_specifications import signal_specification_tables
    from interbrain.signals.measures import coordination_columns
    from interbrain.statistics.over_times import of_each_time
    from interbrain.statistics.strength import with_logs
    from interbrain.tables.coordination import COORDINATION
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.signal_multiverse import SIGNAL_JOINT, SIGNAL_SPECIFICATIONS
    from interbrain.tables.signal_variants import SIGNAL_VARIANTS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    recorded, _ = bodies_alone(
        read_table(i.aggregated, AGGREGATED, text=p.factors),
        read_table(i.coordination[0], COORDINATION),
        coordination_columns(p.signals),
        pd.DataFrame(p.dyads),
        {name: pd.DataFrame(rows) for name, rows in p.scores.items()},
        p.differences,
        pd.DataFrame(p.numbers),
    )
    recorded = with_logs(recorded[recorded["time"].isin(p.tests["times"])])
    table, joint = signal_specification_tables(
        pd.concat([read_table(file, SIGNAL_VARIANTS) for file in i.variants]),
        of_each_time(recorded, p.tests["covariates"]),
        signal_combinations(**p.choices),
        phases=p.get("phases"),
        **p.tests,
    )
    write_table(o.signalspecifications, table, SIGNAL_SPECIFICATIONS)
    write_table(o.signalmultiverse, joint, SIGNAL_JOINT)
