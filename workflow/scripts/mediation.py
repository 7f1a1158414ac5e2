"""The aggregated dataset -> the mediations that the study asks for."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.statistics.mediation import mediations
    from interbrain.statistics.strength import with_logs
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.mediation import MEDIATION

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    aggregated = with_logs(read_table(i.aggregated, AGGREGATED, text=list(p.factors)))
    aggregated = aggregated[aggregated["time"].isin(p.times)]
    table = mediations(aggregated, p.asked, p.factors, **p.settings, seed=p.seed)
    write_table(o.mediation, table, MEDIATION)
