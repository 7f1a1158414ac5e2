"""The truth of simulated sessions, beside their raw files."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.tables.truth import TRUTH_OF_SESSIONS

    rows = []
    for about, file in zip(snakemake.params.rows, snakemake.input.runs, strict=True):
        truth = json.loads(Path(file).read_text())
        of_run = {name: about[name] for name in ("dyad", "time")}
        rows += [{**of_run, **body} for body in truth["bodies"]]
        of_run |= {name: about[name] for name in ("code", "n_events", "kappa")}
        for band, plv in truth["moments"].items():
            rows.append(
                {
                    **of_run, "signal": "brain", "band": band,
                    "source_plv": about["plv"][band], "source_plv_events": about["plv_in_events"][band],
                    "expected_plv": plv["elsewhere"], "expected_plv_events": plv["events"],
                    "expected_delta": plv["events"] - plv["elsewhere"],
                }
            )  # fmt: skip
    table = pd.DataFrame(rows).reindex(columns=TRUTH_OF_SESSIONS.names)
    table["n_events"] = table["n_events"].astype("Int64")
    table.to_csv(snakemake.output[0], sep="\t", index=False, na_rep="n/a", float_format="%.6g")
