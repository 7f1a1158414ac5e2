"""One raw recording -> its BIDS files."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    import shutil
    from pathlib import Path

    from interbrain.bids.recording import Meeting, Member, convert
    from interbrain.bids.timing import usable

    p, encounter = snakemake.params, snakemake.params.encounter
    timing = usable(json.loads(Path(snakemake.input.clock).read_text()), snakemake.wildcards.run)
    facts = convert(
        Member(**encounter["member"], path=Path(encounter["raw"][0])),
        Meeting(**encounter["meeting"]),
        timing,
        Path(snakemake.output.vhdr).parents[3],
        **p.settings,
        judged_by=Path(snakemake.output.measured),
    )
    written = Path(snakemake.output.vhdr.removesuffix("_eeg.vhdr") + "_events.tsv")
    if written != Path(snakemake.output.events):
        shutil.move(written, snakemake.output.events)
    Path(snakemake.output.facts).write_text(json.dumps(facts, indent=1))
