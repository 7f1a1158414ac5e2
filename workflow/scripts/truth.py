"""The truth of the simulated study, beside its raw files."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.simulate import in_words
    from interbrain.tables.truth import TRUTH

    rows = []
    for about, file in zip(snakemake.params.rows, snakemake.input.runs, strict=True):
        truth = json.loads(Path(file).read_text())
        planted = {f"planted_artifacts_{role}": in_words(found) for role, found in truth["planted"].items()}
        for band, values in truth["bands"].items():
            plv = about["source_plv"][band]
            rows.append({**about, **planted, **values, "band": band, "source_plv": plv})
    dyad, time, *others = TRUTH.names
    table = pd.DataFrame(rows)[[dyad, time, *snakemake.params.factors, *others]]
    table.to_csv(snakemake.output[0], sep="\t", index=False, na_rep="n/a", float_format="%.6g")
