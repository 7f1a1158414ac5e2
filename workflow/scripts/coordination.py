"""Both members' signals on one clock -> their coordination in the session, and in each window."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.signals.coordinating import coordination_tables, settings_of
    from interbrain.tables.coordination import COORDINATION, CURVE, PEAKS, WINDOWS
    from interbrain.tables.signals import QUALITY, SERIES

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    series, quality = read_table(i.series, SERIES), read_table(i.quality, QUALITY)
    how = settings_of(p.settings)
    rows, windows, curves, peaks = coordination_tables(series, quality, p.measures, how, p.seed)
    own = [name for name in COORDINATION.names if name not in COORDINATION.optional]
    write_table(o.table, rows.assign(**p.about).reindex(columns=own), COORDINATION)
    write_table(o.windows, windows.assign(**p.about).reindex(columns=WINDOWS.names), WINDOWS)
    for where, table, declared in ((o.curve, curves, CURVE), (o.peaks, peaks, PEAKS)):
        write_table(where, table.assign(**p.about).reindex(columns=declared.names), declared)
