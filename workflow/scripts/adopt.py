"""A recording of an existing BIDS dataset -> what the later stages need to know of it."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.adoption import adopt
    from interbrain.bids.recording import Meeting, Member
    from interbrain.bids.timing import usable

    p, encounter = snakemake.params, snakemake.params.encounter
    timing = usable(json.loads(Path(snakemake.input.clock).read_text()), snakemake.wildcards.run)
    facts = adopt(
        Member(**encounter["member"], path=Path(encounter["raw"][0])),
        Meeting(**encounter["meeting"]),
        timing,
        [Path(file) for file in snakemake.input.recording],
        cap_map=p.cap_map,
        judged_by=Path(snakemake.output.measured),
    )
    Path(snakemake.output.facts).write_text(json.dumps(facts, indent=1))
