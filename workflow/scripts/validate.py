"""The BIDS dataset -> what the official validator and our own checks say of it."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids import checks
    from interbrain.bids.validator import official_validator

    i, sessions = snakemake.input, snakemake.params.sessions
    dataset = Path(i.dataset[0]).parent
    if old := checks.leftovers(dataset, Path(snakemake.output.summary).parent, sessions):
        what = "of people or dyads that have left the study. Remove it and run again:"
        raise checks.DatasetError([f"an earlier run's data {what} rm -r {' '.join(old)}"])
    listed = [Path(f).relative_to(dataset).as_posix() for f in i.dataset]
    listed += [f for vhdr in i.recordings for f in checks.recording_files(Path(vhdr).relative_to(dataset))]
    summary = official_validator(dataset, Path(snakemake.output.full))
    problems = checks.own_checks(dataset, list(dict.fromkeys(person for person, _ in sessions)))
    problems += checks.unlisted(dataset, listed)
    if summary["errors"] or problems:
        raise checks.DatasetError(problems or summary["messages"])
    Path(snakemake.output.summary).write_text(json.dumps(summary, indent=1))
