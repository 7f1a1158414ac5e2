"""What produced the results: versions, settings, and the raw files' checksums."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.quality.in_other_dyads import with_copies
    from interbrain.quality.provenance import provenance

    i = snakemake.input
    conversions, accounts = ([json.loads(Path(f).read_text()) for f in of] for of in (i.facts, i.accounts))
    conversions = with_copies(conversions, json.loads(Path(i.copies).read_text()))
    text = json.dumps(
        provenance(conversions, accounts, **snakemake.params.settings), indent=1, ensure_ascii=False
    )
    Path(snakemake.output[0]).write_text(text, encoding="utf-8")
