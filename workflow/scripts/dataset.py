"""All conversions -> the tables and texts of the BIDS dataset as a whole."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.bids.dataset import write_dataset

    p = snakemake.params
    conversions = [json.loads(Path(f).read_text()) for f in snakemake.input.facts]
    days = write_dataset(
        Path(snakemake.output.files[0]).parent,
        conversions,
        pd.DataFrame(p.dyads),
        pd.DataFrame(p.participants),
        {name: pd.DataFrame(rows) for name, rows in p.scores.items()},
        **p.settings,
    )
    shift = {"days_taken_off_every_date": days, "note": "Secret: whoever has this number has the dates."}
    Path(snakemake.output.date_shift).write_text(json.dumps(shift, indent=1))
