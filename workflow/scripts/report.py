"""All tables -> one HTML page."""

from job import job

with job(snakemake):
    from pathlib import Path

    from interbrain.report import write_report

    inputs = {name: Path(path) for name, path in snakemake.input.items() if name != "assets"}
    write_report(Path(snakemake.output[0]), inputs, Path(snakemake.input.assets[0]).parent)
