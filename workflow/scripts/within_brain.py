"""A dyad and run -> the estimators of synchrony within either brain."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.clock import clock_fit
    from interbrain.files.tables import read_table, write_table
    from interbrain.metrics.sites import site_channels
    from interbrain.synchrony.members import read_members
    from interbrain.synchrony.within_brain import within_brain_synchrony, within_brain_table
    from interbrain.tables.windows import LEDGER
    from interbrain.tables.within_brain import WITHIN_BRAIN

    i, p = snakemake.input, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    members = read_members(i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events)
    windows = read_table(i.ledger, LEDGER).query("kept == 1")
    channels = site_channels(p.rois)
    found = {
        role: within_brain_synchrony(member, windows["start_s"], channels=channels, **p.settings)
        for role, member in zip(("therapist", "client"), members, strict=True)
    }
    table = within_brain_table(found, channels, p.rois, list(p.settings["bands"]), p.about)
    write_table(snakemake.output.table, table, WITHIN_BRAIN)
