"""The events of all coders -> whether two coders agree on each code."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.coding.agreement import Coded, agreement
    from interbrain.files.tables import write_table
    from interbrain.tables.event_statistics import AGREEMENT

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    columns = ["onset_s", "duration_s", "code", "who", "coder"]
    runs = [
        Coded(
            dyad,
            time,
            run,
            json.loads(Path(file).read_text())["duration_s"],
            pd.DataFrame(events, columns=columns),
        )
        for (dyad, time, run, events), file in zip(p.runs, i.facts, strict=True)
        if events
    ]
    write_table(o.agreement, agreement(runs, p.bin_s, p.seed), AGREEMENT)
