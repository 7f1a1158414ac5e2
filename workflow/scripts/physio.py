"""A signal beside the EEG, as recorded -> its BIDS files, on the clock of the member's EEG recording."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.signals.conversion import convert_signal

    i, p = snakemake.input, snakemake.params
    timing = json.loads(Path(i.clock).read_text())[snakemake.wildcards.run]
    facts = {role: json.loads(Path(i[f"{role}_facts"]).read_text()) for role in ("therapist", "client")}
    convert_signal(
        p.signal,
        p.encounter["member"],
        Path(p.encounter["raw"][0]),
        p.cap_map,
        timing,
        facts,
        Path(snakemake.output.table),
        task=snakemake.wildcards.task,
        from_bids=p.from_bids,
    )
