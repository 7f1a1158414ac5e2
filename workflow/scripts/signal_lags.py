"""Every dyad's curve over lags and its peak -> the mean curve, and at which lag it is highest."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.statistics.signal_lags import lags_of_the_study
    from interbrain.tables.coordination import CURVE, PEAKS
    from interbrain.tables.signal_statistics import OVER_LAGS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    curves = pd.concat([read_table(file, CURVE) for file in i.curves])
    peaks = pd.concat([read_table(file, PEAKS) for file in i.peaks])
    found = lags_of_the_study(curves, peaks, p.therapists, p.times, p.n_max, p.seed)
    found["dyadsignallags"] = peaks
    for name, declared in OVER_LAGS.items():
        write_table(o[name], found[name], declared)
