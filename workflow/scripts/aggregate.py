"""Every dyad's tables -> the aggregated dataset, and the study's quality and exclusion tables."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.files import dictionary
    from interbrain.files.dictionary import read_table, write_table
    from interbrain.group import tables
    from interbrain.quality.decision_log import decision_log
    from interbrain.synchrony.lags import zero_lag

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    dyads, scores = pd.DataFrame(p.dyads), {n: pd.DataFrame(s) for n, s in p.scores.items()}
    facts, accounts = ([json.loads(Path(f).read_text()) for f in files] for files in (i.facts, i.accounts))
    ledgers = {tuple(key): read_table(f) for key, f in zip(p.runs, i.ledgers, strict=True)}
    rois = [read_table(f) for f in i.roi]
    excluded = p.excluded | tables.too_little_data(rois, p.length_s, p.min_clean_s)
    unused = {(dyad, time): reason for dyad, time, reason in p.unused}
    unused |= tables.short_recordings(rois, p.length_s, p.min_clean_s)
    pairs = [
        read_table(f).assign(dyad=dyad)
        for (dyad, time), f in zip(p.runs, i.pairs, strict=True)
        if (dyad, time) not in unused
    ]
    pseudo = pd.concat([read_table(file) for file in i.pseudo])
    directed = [read_table(file) for file in i.directed]
    at_zero = zero_lag([read_table(file) for file in i.lags], p.far_from_s)
    aggregated = tables.aggregate(
        *(rois, dyads, scores, p.differences, excluded, list(p.factors), pseudo, directed),
        numbers=pd.DataFrame(p.numbers),
        unused=unused,
        zero_lag=at_zero,
    )
    lists = facts, accounts, ledgers, aggregated, unused, pd.DataFrame(p.levels)
    factors, numbers = dictionary.describe_factors(p.factors), dictionary.describe_numbers(p.numbers[0])
    extra = factors | dictionary.describe_scores(p.questionnaires, scores, p.differences) | numbers
    extra |= tables.describe_estimators(p.estimators, p.over)
    write_table(o.aggregated, aggregated, extra, Bands=p.bands, Rois=p.rois)
    write_table(o.exclusions, tables.exclusions_table(excluded, *lists), factors)
    write_table(o.quality, tables.quality_table(facts, accounts, ledgers, p.look))
    write_table(o.decisions, decision_log(facts, accounts, ledgers))
    write_table(o.spectra, tables.stack_spectra(facts, accounts))
    write_table(o.channelpairs, tables.mean_pair_table(pairs, list(dict.fromkeys(aggregated["dyad"]))))
