"""A BIDS dataset that was given -> what the official validator says of it; it is not ours to refuse."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.validator import official_validator

    summary = official_validator(Path(snakemake.params.dataset), Path(snakemake.output.full))
    Path(snakemake.output.summary).write_text(json.dumps(summary, indent=1))
