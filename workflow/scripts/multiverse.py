"""Every dyad's variants and the aggregated dataset -> the specification table and the joint tests."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.multiverse.choices import combinations, grid
    from interbrain.multiverse.crossed import over_tasks
    from interbrain.multiverse.specifications import dyad_table, specification_tables
    from interbrain.statistics.over_times import as_scores
    from interbrain.statistics.strength import with_logs
    from interbrain.statistics.tasks import means_of_times, tested
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.multiverse import JOINT, SPECIFICATIONS
    from interbrain.tables.variants import VARIANTS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    levels = grid(**p.grid)
    columns = [*p.tests["between"], *p.tests["questionnaires"], *p.tests["covariates"]]
    variants = pd.concat([read_table(file, VARIANTS) for file in i.variants])
    aggregated = with_logs(read_table(i.aggregated, AGGREGATED, text=p.factors))
    if p.get("phases"):
        aggregated = tested(aggregated, list(p.phases), tasks_at_times=True)
        varying = [*p.by_time, *p.tests["covariates"]]
        aggregated = means_of_times(aggregated, p.phases, varying)
        variants = over_tasks(variants, p.phases)
    aggregated = aggregated[aggregated["time"].isin(p.tests["times"])]
    table, joint = specification_tables(
        variants,
        dyad_table(as_scores(aggregated, p.by_time, p.grid["time"]), columns),
        combinations(levels, p.grid["measures"]),
        **p.tests,
    )
    write_table(o.specifications, table, SPECIFICATIONS, Choices=levels)
    write_table(o.multiverse, joint, JOINT)
