"""Two cleaned recordings of a dyad and run -> simultaneous epochs, ledger, and synchrony with chance."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain import epochs
    from interbrain.bids.clock import clock_fit
    from interbrain.chance.pseudodyads import write_site_phases
    from interbrain.files.tables import write_table
    from interbrain.metrics.sites import site_channels
    from interbrain.synchrony.dyad import dyad_synchrony
    from interbrain.synchrony.members import read_members
    from interbrain.synchrony.sites import describe_pairs, pair_table, roi_table
    from interbrain.tables.synchrony import CHANNELS, SITES
    from interbrain.tables.windows import LEDGER

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    therapist, client = read_members(
        i.therapist, i.therapist_account, i.client, i.client_account, fit, p.events
    )
    ledger = epochs.choose_windows(therapist, client, fit, rois=p.rois, decisions=p.decisions, **p.windows)
    epochs.write_epochs(o.therapist, therapist, ledger)
    epochs.write_epochs(o.client, client, ledger)
    starts = epochs.read_simultaneous(o.therapist, o.client, fit)
    length_s, slow = p.windows["length_s"], {"slow_null_channels": site_channels(p.rois)}
    found, rhythms, signals = dyad_synchrony(
        therapist, client, starts, bands=p.bands, length_s=length_s, **slow, **p.synchrony
    )
    write_site_phases(o.therapist_phases, signals[0], therapist.channels, p.rois)
    write_site_phases(o.client_phases, signals[1], client.channels, p.rois)
    channels = therapist.channels, client.channels
    write_table(o.roi, roi_table(found, *channels, p.rois, rhythms, length_s, p.about), SITES)
    pairs = pair_table(found, *channels, list(p.bands)).assign(**p.about)[CHANNELS.names]
    write_table(o.pairs, pairs, CHANNELS, describe_pairs(found))
    write_table(o.ledger, ledger.assign(**p.about)[LEDGER.names], LEDGER)
