"""Raw files of one simulated dyad and run, and what is true of them."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from datetime import datetime
    from pathlib import Path

    from interbrain.simulate import Artifacts, Member, Session, simulate_dyad

    plan = snakemake.params.plan
    truth = simulate_dyad(
        Path(snakemake.output.therapist),
        Path(snakemake.output.client),
        therapist=Member(**plan["therapist"], artifacts=Artifacts(**plan["artifacts"]["therapist"])),
        client=Member(**plan["client"], artifacts=Artifacts(**plan["artifacts"]["client"])),
        start=datetime.fromisoformat(plan["start"]),
        **plan["settings"],
        session=Session.of_plain(plan["session"]) if "session" in plan else None,
    )
    Path(snakemake.output.truth).write_text(json.dumps(truth))
