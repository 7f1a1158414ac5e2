"""The truth of the simulated study, beside its raw files."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    rows = [
        {**about, "band": band, "source_plv": about["source_plv"][band], **values}
        for about, file in zip(snakemake.params.rows, snakemake.input.runs, strict=True)
        for band, values in json.loads(Path(file).read_text()).items()
    ]
    table = pd.DataFrame(rows)[snakemake.params.columns]
    table.to_csv(snakemake.output[0], sep="\t", index=False, na_rep="n/a", float_format="%.6g")
