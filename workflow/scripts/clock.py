"""All raw recordings of a dyad -> how their clocks are tied, where each rest block is, and signatures."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.timing import RunSources, Source, require_files, survey_session, time_runs
    from interbrain.formats.copies import write_signatures

    session = [
        RunSources(**{**run, "therapist": Source(**run["therapist"]), "client": Source(**run["client"])})
        for run in snakemake.params.session
    ]
    require_files(session)
    dyad, settings = snakemake.wildcards.dyad, dict(snakemake.params.settings)
    limits = settings.pop("clock_limits")
    runs, timing = survey_session(dyad, session, **settings)
    timing |= time_runs(dyad, runs, limits)
    require_files(session)  # nor went while they were read
    Path(snakemake.output.timing).write_text(json.dumps(timing, indent=1))
    signatures = {
        f"{number}_{role}": getattr(run, role).signature
        for number, run in runs.items()
        for role in ("therapist", "client")
    }
    write_signatures(Path(snakemake.output.signatures), signatures)
