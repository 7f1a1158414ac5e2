"""One raw recording -> its BIDS files."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.recording import Meeting, Member, convert

    p = snakemake.params
    facts = convert(
        Member(**p.member, path=Path(snakemake.input.raw)),
        Member(**p.partner, path=Path(snakemake.input.partner)),
        Meeting(**p.meeting),
        Path(p.bids_root),
        **p.settings,
    )
    Path(snakemake.output.facts).write_text(json.dumps(facts, indent=1))
