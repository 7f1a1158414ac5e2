"""Every dyad's event-locked differences and curves -> tests over dyads and therapists."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.coding.groups import curves_of_the_study, events_of_the_study
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.coded_events import DYAD_CURVES, DYAD_EVENTS
    from interbrain.tables.event_statistics import CURVES, EVENTS, OF_DYADS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    none = [pd.DataFrame(columns=table.names) for table in (DYAD_EVENTS, DYAD_CURVES)]
    dyads = pd.concat([read_table(f, DYAD_EVENTS) for f in i.tables] or none[:1])
    curves = pd.concat([read_table(f, DYAD_CURVES) for f in i.curves] or none[1:])
    write_table(o.dyadevents, dyads, OF_DYADS)
    write_table(o.eventlocked, events_of_the_study(dyads, p.therapists, p.n_max, p.seed), EVENTS)
    write_table(o.perievent, curves_of_the_study(curves, dyads, p.therapists, p.n_max, p.seed), CURVES)
