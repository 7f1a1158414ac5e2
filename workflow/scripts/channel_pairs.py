"""Every dyad's pairs of channels and of sites -> which of them show synchrony, an effect, a correlation."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import pandas as pd

    from interbrain.files.tables import read_table, write_table
    from interbrain.statistics.channel_pairs import channel_pairs
    from interbrain.statistics.pair_designs import dyads_of_pairs
    from interbrain.statistics.pair_values import measures_of_pairs, pair_values
    from interbrain.tables.channel_pairs import PAIR_CLUSTERS, PAIR_TESTS
    from interbrain.tables.group import AGGREGATED
    from interbrain.tables.synchrony import CHANNELS, SITES

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    aggregated = read_table(i.aggregated, AGGREGATED, text=list(p.between))
    used = set(aggregated[["dyad", "time"]].itertuples(index=False, name=None))
    runs = [tuple(key) for key in p.runs]
    pairs, sites = (
        {key: read_table(file, of) for key, file in zip(runs, files, strict=True) if key in used}
        for files, of in ((i.pairs, CHANNELS), (i.roi, SITES))
    )
    estimators = pd.unique(pd.concat([table["estimator"] for table in pairs.values()])) if pairs else []
    measures = measures_of_pairs(estimators, p.measures)
    ends = "roi_therapist", "roi_client"
    tables = channel_pairs(
        {name: pair_values(pairs, *which) for name, which in measures.items()},
        {name: pair_values(sites, *which, ends) for name, which in measures.items()},
        dyads_of_pairs(aggregated, list(p.between), p.covariates, p.scores),
        **{key: p[key] for key in ("between", "covariates", "scores")},
        n_max=p.relabelings,
        seed=p.seed,
    )
    write_table(o.pairtests, tables["pairs"], PAIR_TESTS)
    write_table(o.pairclusters, tables["clusters"], PAIR_CLUSTERS)
