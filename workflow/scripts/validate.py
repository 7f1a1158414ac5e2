"""The BIDS dataset -> what the official validator and our own checks say of it."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids import checks

    dataset, sessions = Path(snakemake.input.dataset[0]).parent, snakemake.params.sessions
    if old := checks.leftovers(dataset, Path(snakemake.output.summary).parent, sessions):
        what = "of people or dyads that have left the study. Remove it and run again:"
        raise checks.DatasetError([f"an earlier run's data {what} rm -r {' '.join(old)}"])
    summary = checks.official_validator(dataset, Path(snakemake.output.full))
    problems = checks.own_checks(dataset, list(dict.fromkeys(person for person, _ in sessions)))
    if summary["errors"] or problems:
        raise checks.DatasetError(problems or summary["messages"])
    Path(snakemake.output.summary).write_text(json.dumps(summary, indent=1))
