"""What produced the results: versions, settings, and the raw files' checksums."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.quality.later_notes import with_later_notes
    from interbrain.quality.provenance import provenance

    i = snakemake.input
    conversions, accounts = ([json.loads(Path(f).read_text()) for f in of] for of in (i.facts, i.accounts))
    later = [json.loads(Path(file).read_text()) for file in (i.notes, i.copies)]
    conversions = with_later_notes(conversions, *later)
    text = json.dumps(
        provenance(conversions, accounts, **snakemake.params.settings), indent=1, ensure_ascii=False
    )
    Path(snakemake.output[0]).write_text(text, encoding="utf-8")
