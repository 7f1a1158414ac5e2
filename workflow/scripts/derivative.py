"""The files that make the derivatives a BIDS dataset of their own."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from pathlib import Path

    from interbrain.bids.derivative import write_derivative_description

    write_derivative_description(Path(snakemake.output[0]).parent, **snakemake.params.settings)
