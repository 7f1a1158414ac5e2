"""The BIDS dataset -> what the official validator and our own checks say of it."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids import checks
    from interbrain.bids.validator import official_validator

    i, p = snakemake.input, snakemake.params
    dataset = Path(i.dataset).parent
    listed = [Path(f).relative_to(dataset).as_posix() for f in p.listed]
    listed += [f for vhdr in i.recordings for f in checks.recording_files(Path(vhdr).relative_to(dataset))]
    summary = official_validator(dataset, Path(snakemake.output.full))
    problems = checks.own_checks(dataset, p.people)
    problems += checks.unlisted(dataset, listed)
    if summary["errors"] or problems:
        raise checks.DatasetError(problems or summary["messages"])
    Path(snakemake.output.summary).write_text(json.dumps(summary, indent=1))
