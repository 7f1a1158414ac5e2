"""Every dyad's pairs of channels and of sites -> which of them show synchrony, an effect, a correlation."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.statistics.channel_pairs import channel_pairs
    from interbrain.statistics.over_times import as_scores
    from interbrain.statistics.pair_designs import dyads_of_pairs
    from interbrain.statistics.pair_values import measures_of_pairs, needed_columns, pair_values
    from interbrain.statistics.tasks import tested
    from interbrain.tables.channel_pairs import PAIR_CLUSTERS, PAIR_TESTS
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.synchrony import CHANNELS, SITES

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    aggregated = read_table(i.aggregated, AGGREGATED, text=list(p.between))
    aggregated = tested(aggregated, p.times, tasks_at_times=bool(p.get("phases")))
    aggregated = as_scores(aggregated, p.by_time)
    used = set(aggregated[["dyad", "time"]].itertuples(index=False, name=None))
    runs = [tuple(key) for key in p.runs]
    channel_ends, site_ends = ("therapist_channel", "client_channel"), ("roi_therapist", "roi_client")
    pairs, sites = (
        {
            key: needed_columns(read_table(file, of), ends)
            for key, file in zip(runs, files, strict=True)
            if key in used
        }
        for files, of, ends in ((i.pairs, CHANNELS, channel_ends), (i.roi, SITES, site_ends))
    )
    estimators = dict.fromkeys(name for table in pairs.values() for name in table["estimator"].unique())
    measures = measures_of_pairs(estimators, p.measures)
    tables = channel_pairs(
        {name: pair_values(pairs, *which) for name, which in measures.items()},
        {name: pair_values(sites, *which, site_ends) for name, which in measures.items()},
        dyads_of_pairs(aggregated, list(p.between), p.covariates, p.scores),
        **{key: p[key] for key in ("between", "covariates", "scores")},
        n_max=p.relabelings,
        seed=p.seed,
    )
    write_table(o.pairtests, tables["pairs"], PAIR_TESTS)
    write_table(o.pairclusters, tables["clusters"], PAIR_CLUSTERS)
