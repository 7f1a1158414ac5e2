"""All tables of recordings -> a page for each dyad."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from pathlib import Path

    from interbrain.report.dyad_pages import write_pages

    i, p = snakemake.input, snakemake.params
    tables = {name: Path(i[name]) for name in ("aggregated", "quality", "decisions")}
    pictures = [(*whose, Path(path)) for whose, path in zip(p.recordings, i.pictures, strict=True)]
    write_pages(Path(snakemake.output[0]), tables, pictures, p.factors, p.roles)
