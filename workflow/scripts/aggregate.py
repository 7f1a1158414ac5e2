"""Every dyad's tables -> the aggregated dataset, and the study's quality and exclusion tables."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.files.spectra import read_spectra
    from interbrain.files.tables import read_table, write_table
    from interbrain.group.aggregated import aggregate, describe_estimators
    from interbrain.group.channel_pairs import mean_pair_table
    from interbrain.group.coordination import as_columns, describe_columns
    from interbrain.quality.crosstalk import noting_crosstalk
    from interbrain.quality.decision_log import decision_log
    from interbrain.quality.exclusions import (
        exclusions_table,
        lacking_cells,
        short_recordings,
        too_little_data,
    )
    from interbrain.quality.later_notes import with_later_notes
    from interbrain.quality.recordings import quality_table
    from interbrain.quality.spectra import site_spectra, stack_spectra
    from interbrain.signals.measures import coordination_columns
    from interbrain.synchrony.lags import zero_lag
    from interbrain.tables.coordination import COORDINATION
    from interbrain.tables.decisions import DECISIONS
    from interbrain.tables.directed import DIRECTED
    from interbrain.tables.group import AGGREGATED, CHANNEL_MEANS, EXCLUSIONS, QUALITY, SPECTRA
    from interbrain.tables.lags import LAGS
    from interbrain.tables.of_a_study import describe_factors, describe_numbers, describe_scores
    from interbrain.tables.pseudodyads import PSEUDODYADS
    from interbrain.tables.synchrony import CHANNELS, SITES
    from interbrain.tables.windows import LEDGER

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    dyads, scores = pd.DataFrame(p.dyads), {n: pd.DataFrame(s) for n, s in p.scores.items()}
    facts, accounts = ([json.loads(Path(f).read_text()) for f in files] for files in (i.facts, i.accounts))
    facts = with_later_notes(facts, *(json.loads(Path(f).read_text()) for f in (i.notes, i.copies)))
    ledgers = {tuple(key): read_table(f, LEDGER) for key, f in zip(p.runs, i.ledgers, strict=True)}
    rois = [read_table(f, SITES) for f in i.roi]
    too_little = too_little_data(rois, p.length_s, p.min_clean_s)
    too_short = short_recordings(rois, p.length_s, p.min_clean_s)
    excluded = p.excluded | too_little
    unused = {(dyad, time): reason for dyad, time, reason in p.unused} | too_short
    pairs = (  # one after the other: together they would fill the memory
        read_table(f, CHANNELS)
        for (dyad, time), f in zip(p.runs, i.pairs, strict=True)
        if (dyad, time) not in unused
    )
    pseudo = pd.concat([read_table(file, PSEUDODYADS) for file in i.pseudo])
    directed = [read_table(file, DIRECTED) for file in i.directed]
    shared: dict = {}
    at_zero = zero_lag(noting_crosstalk((read_table(f, LAGS) for f in i.lags), shared), p.far_from_s)
    aggregated = aggregate(
        *(rois, dyads, scores, p.differences, excluded, list(p.factors), pseudo, directed),
        numbers=pd.DataFrame(p.numbers),
        unused=unused,
        zero_lag=at_zero,
    )
    aggregated.insert(aggregated.columns.get_loc("band"), "task", aggregated["time"].map(p.tasks))
    if p.get("phases"):
        phases = aggregated["time"].map(p.phases)
        aggregated.insert(aggregated.columns.get_loc("task"), "phase", phases.fillna(aggregated["time"]))
    stored = zip(i.spectra, accounts, strict=True)
    spectra = [site_spectra(read_spectra(f), account, p.rois) for f, account in stored]
    lacking = lacking_cells(aggregated, p.get("crossed") or [])
    lists = (
        facts,
        accounts,
        ledgers,
        aggregated,
        unused,
        pd.DataFrame(p.levels),
        lacking,
        {*too_little, *too_short},
    )
    factors, numbers = describe_factors(p.factors), describe_numbers(p.numbers[0])
    extra = factors | describe_scores(p.questionnaires, scores, p.differences) | numbers
    extra |= describe_estimators(p.estimators, p.over)
    for file in i.coordination:  # of a study with other signals: one table
        known = as_columns(read_table(file, COORDINATION), coordination_columns(p.signals))
        aggregated = aggregated.merge(known, on=["dyad", "time"], how="left", validate="many_to_one")
        extra |= describe_columns(p.signals)
    write_table(o.aggregated, aggregated, AGGREGATED, extra, Bands=p.bands, Rois=p.rois)
    write_table(o.exclusions, exclusions_table(excluded, *lists, bands=p.bands), EXCLUSIONS, factors)
    write_table(o.quality, quality_table(facts, accounts, spectra, ledgers, shared, p.look), QUALITY)
    write_table(o.decisions, decision_log(facts, accounts, ledgers), DECISIONS)
    write_table(o.spectra, stack_spectra(facts, spectra), SPECTRA)
    write_table(
        o.channelpairs, mean_pair_table(pairs, list(dict.fromkeys(aggregated["dyad"]))), CHANNEL_MEANS
    )
