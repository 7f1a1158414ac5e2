"""Simulated sessions: what was planted beside what was found."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.simulate.found import planted_and_found
    from interbrain.tables.coded_events import DYAD_EVENTS
    from interbrain.tables.coordination import COORDINATION
    from interbrain.tables.signals import SERIES
    from interbrain.tables.truth import FOUND_IN_SESSIONS, TRUTH_OF_SESSIONS

    i, o = snakemake.input, snakemake.output
    events = pd.concat(read_table(file, DYAD_EVENTS) for file in i.events) if i.events else None
    series = {
        tuple(run): read_table(file, SERIES)
        for run, file in zip(snakemake.params.runs, i.series, strict=False)  # a study may have none
    }
    coordination = read_table(i.coordination[0], COORDINATION) if i.coordination else None
    found = planted_and_found(read_table(i.truth, TRUTH_OF_SESSIONS), series, coordination, events)
    write_table(o.table, found.reindex(columns=FOUND_IN_SESSIONS.names), FOUND_IN_SESSIONS)
