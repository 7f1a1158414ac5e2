"""Dataset, tables and report -> one file to share, if nothing in it is private or stale."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids import checks
    from interbrain.bids.release import check_identities, private_texts, write_release

    i, p = snakemake.input, snakemake.params
    check_identities(p.raw_files, **p.identities)
    dataset, derivatives = Path(i.dataset[0]).parent, Path(i.derivative[0]).parent
    listed = [Path(f).relative_to(dataset).as_posix() for f in p.listed]
    listed += [f for vhdr in i.recordings for f in checks.recording_files(Path(vhdr).relative_to(dataset))]
    problems = checks.own_checks(dataset, p.people)
    if problems := problems + checks.unlisted(dataset, listed):
        raise checks.DatasetError(problems)
    write_release(
        Path(snakemake.output.archive),
        dataset=dataset,
        listed=listed,
        derivatives=derivatives,
        tables=[Path(f).relative_to(derivatives).as_posix() for f in [*i.derivative, *i.tables]],
        report=Path(i.report),
        pages=Path(i.pages),
        workflow=[Path(file) for file in [i.snakefile, *i.rules]],
        provenance=json.loads(Path(i.provenance).read_text(encoding="utf-8"))
        | {"date_published": p.date_published},
        private=private_texts(p.raw_files, [json.loads(Path(f).read_text()) for f in i.facts], **p.words),
    )
