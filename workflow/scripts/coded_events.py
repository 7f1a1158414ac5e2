"""The events of a recording's conversion -> its events.tsv, with the coded events on its own clock."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.coded_events import add_coded_events

    i, p = snakemake.input, snakemake.params
    facts = json.loads(Path(i.facts).read_text())
    add_coded_events(Path(i.events), Path(snakemake.output[0]), p.events, p.names, facts)
