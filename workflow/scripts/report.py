"""All tables -> one HTML page."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from pathlib import Path

    from interbrain.report import write_report

    i, p = snakemake.input, snakemake.params
    tables = {name: Path(path) for name, path in i.items() if name not in ("assets", "pictures", "works")}
    pictures = [(*whose, path) for whose, path in zip(p.recordings, i.pictures, strict=True)]
    write_report(Path(snakemake.output[0]), tables, Path(i.assets[0]).parent, pictures)
