"""A dyad and run -> its synchrony of brains beside its coordination of bodies, window by window."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.coding.dyads import brain_body_table
    from interbrain.coding.series import body_series, brain_series, no_brain_series
    from interbrain.files.tables import read_table, write_table
    from interbrain.tables.coded_events import DYAD_BRAIN_BODY
    from interbrain.tables.coordination import WINDOWS
    from interbrain.tables.single_windows import SINGLE_WINDOWS

    i, p = snakemake.input, snakemake.params
    brains = brain_series(read_table(i.brains, SINGLE_WINDOWS), p.length_s) or no_brain_series(*p.brains)
    bodies = [one for file in i.bodies for one in body_series(read_table(file, WINDOWS))]
    write_table(snakemake.output.table, brain_body_table(brains, bodies, p.about), DYAD_BRAIN_BODY)
