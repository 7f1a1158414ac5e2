"""A dyad and run -> its coded events against local control windows, and the series around them."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.coding.dyads import event_tables
    from interbrain.coding.event_locked import Local
    from interbrain.coding.series import body_series, brain_series, no_brain_series
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.coded_events import DYAD_CURVES, DYAD_EVENTS
    from interbrain.tables.coordination import WINDOWS
    from interbrain.tables.single_windows import SINGLE_WINDOWS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    series = brain_series(read_table(i.brains, SINGLE_WINDOWS), p.length_s) or no_brain_series(*p.brains)
    series += [one for file in i.bodies for one in body_series(read_table(file, WINDOWS))]
    columns = ["onset_s", "duration_s", "code", "who", "coder"]
    how = {key: value for key, value in p.settings.items() if key != "controls"}
    table, curves = event_tables(
        series,
        pd.DataFrame(p.events, columns=columns),
        p.codes,
        p.about,
        Local(**how),
        p.settings["controls"],
    )
    write_table(o.table, table, DYAD_EVENTS)
    write_table(o.curves, curves, DYAD_CURVES)
