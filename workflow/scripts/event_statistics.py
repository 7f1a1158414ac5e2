"""Every dyad's event-locked differences and curves -> tests over dyads and therapists."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.coding.groups import curves_of_the_study, events_of_the_study
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.coded_events import DYAD_CURVES, DYAD_EVENTS
    from interbrain.tables.event_statistics import CURVES, EVENTS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    dyads = pd.concat(
        [pd.DataFrame(columns=DYAD_EVENTS.names), *(read_table(f, DYAD_EVENTS) for f in i.tables)]
    )
    curves = pd.concat(
        [pd.DataFrame(columns=DYAD_CURVES.names), *(read_table(f, DYAD_CURVES) for f in i.curves)]
    )
    write_table(o.eventlocked, events_of_the_study(dyads, p.therapists, p.n_max, p.seed), EVENTS)
    write_table(o.perievent, curves_of_the_study(curves, dyads, p.therapists, p.n_max, p.seed), CURVES)
