"""Both members' signals on one clock -> their coordination in windows that fit between coded events."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.signals.coordinating import coordination_tables, settings_of
    from interbrain.tables.coordination import AT_EVENTS
    from interbrain.tables.signals import QUALITY, SERIES

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    series, quality = read_table(i.series, SERIES), read_table(i.quality, QUALITY)
    windows = coordination_tables(series, quality, p.measures, settings_of(p.settings), p.seed)[1]
    write_table(o.windows, windows.assign(**p.about).reindex(columns=AT_EVENTS.names), AT_EVENTS)
