"""All raw recordings of a dyad -> how their clocks are tied, and where each rest block is."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.timing import RunSources, Source, require_files, time_session

    session = [
        RunSources(**{**run, "therapist": Source(**run["therapist"]), "client": Source(**run["client"])})
        for run in snakemake.params.session
    ]
    require_files(session)
    timing = time_session(snakemake.wildcards.dyad, session, **snakemake.params.settings)
    require_files(session)  # nor went while they were read
    Path(snakemake.output[0]).write_text(json.dumps(timing, indent=1))
