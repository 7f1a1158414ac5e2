"""The BIDS dataset -> what the official validator and our own checks say of it."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.checks import DatasetError, official_validator, own_checks

    dataset = Path(snakemake.input.dataset[0]).parent
    summary = official_validator(dataset, Path(snakemake.output.full))
    problems = own_checks(dataset, snakemake.params.participants)
    if summary["errors"] or problems:
        raise DatasetError([*problems, *summary["messages"]])
    Path(snakemake.output.summary).write_text(json.dumps(summary, indent=1))
