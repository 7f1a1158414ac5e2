"""Every dyad's curve over lags -> the study's mean curves, and whether zero lag is special in them."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.statistics.lags import dyad_curves, dyad_lines, mean_curves, zero_lag_tests
    from interbrain.statistics.tasks import tested
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.lag_statistics import LAG_CURVES, LAG_TESTS
    from interbrain.tables.lags import LAGS

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    aggregated = read_table(i.aggregated, AGGREGATED, text=p.between)
    aggregated = tested(aggregated, p.times, tasks_at_times=bool(p.get("phases")))
    needed = ["dyad", "time", "band", "roi", "estimator", "lag_s", "value", "line_hz"]
    tables = [read_table(file, LAGS)[needed] for file in i.lags]
    curves, lines = dyad_curves(tables, aggregated), dyad_lines(tables, aggregated)
    levels = aggregated.drop_duplicates("dyad").set_index("dyad")[p.between]
    write_table(o.lagcurves, mean_curves(curves, levels), LAG_CURVES)
    write_table(o.lags, zero_lag_tests(curves, p.far_from_s, p.n_max, p.seed, lines), LAG_TESTS)
