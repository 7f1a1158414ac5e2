"""Every dyad's tables -> the aggregated dataset, and the study's quality and exclusion tables."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain import tables

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    dyads, scores = pd.DataFrame(p.dyads), {n: pd.DataFrame(s) for n, s in p.scores.items()}
    conversions, accounts = (
        [json.loads(Path(f).read_text()) for f in files] for files in (i.facts, i.accounts)
    )
    ledgers = {tuple(key): tables.read_table(f) for key, f in zip(p.runs, i.ledgers, strict=True)}
    rois, pairs = ([tables.read_table(f) for f in files] for files in (i.roi, i.pairs))
    excluded = p.excluded | tables.too_little_data(rois, p.length_s, p.min_clean_s)
    aggregated = tables.aggregate(rois, dyads, scores, p.differences, excluded, list(p.factors))
    extra = tables.describe_factors(p.factors) | tables.describe_scores(
        p.questionnaires, scores, p.differences
    )
    tables.write_table(o.aggregated, aggregated, extra, Bands=p.bands, Rois=p.rois)
    tables.write_table(o.exclusions, tables.exclusions_table(excluded, conversions, accounts, ledgers))
    tables.write_table(o.quality, tables.quality_table(conversions, accounts, ledgers, p.look_below_percent))
    tables.write_table(
        o.spectra, tables.stack_spectra(conversions, [tables.read_table(f) for f in i.spectra])
    )
    labelled = [t.assign(dyad=key[0]) for key, t in zip(p.runs, pairs, strict=True)]
    analysed = list(dict.fromkeys(aggregated["dyad"]))
    tables.write_table(o.channelpairs, tables.mean_pair_table(labelled, analysed))
