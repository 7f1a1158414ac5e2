"""Every dyad's relation of brain and body -> tests over dyads and therapists."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.coding.groups import relations_of_the_study
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.coded_events import DYAD_BRAIN_BODY
    from interbrain.tables.event_statistics import BRAIN_BODY, BRAIN_BODY_OF_DYADS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    dyads = pd.concat([read_table(file, DYAD_BRAIN_BODY) for file in i.tables])
    write_table(o.dyadbrainbody, dyads, BRAIN_BODY_OF_DYADS)
    write_table(o.brainbody, relations_of_the_study(dyads, p.therapists, p.n_max, p.seed), BRAIN_BODY)
