"""Raw files of one simulated dyad and run, and what is true of them."""

from job import job

with job(snakemake):
    import json
    from datetime import datetime
    from pathlib import Path

    from interbrain.simulate import Member, simulate_dyad

    p = snakemake.params
    truth = simulate_dyad(
        Path(snakemake.output.therapist),
        Path(snakemake.output.client),
        therapist=Member(**p.therapist),
        client=Member(**p.client),
        start=datetime.fromisoformat(p.start),
        **p.settings,
    )
    Path(snakemake.output.truth).write_text(json.dumps(truth))
