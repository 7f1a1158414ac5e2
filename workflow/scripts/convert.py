"""One raw recording -> its BIDS files."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.recording import Meeting, Member, convert

    p, encounter = snakemake.params, snakemake.params.encounter
    facts = convert(
        Member(**encounter["member"], path=Path(encounter["raw"][0])),
        Member(**encounter["partner"], path=Path(encounter["partner_raw"][0])),
        Meeting(**encounter["meeting"]),
        Path(snakemake.output.vhdr).parents[3],
        **p.settings,
    )
    Path(snakemake.output.facts).write_text(json.dumps(facts, indent=1))
