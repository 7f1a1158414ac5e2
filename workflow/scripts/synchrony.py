"""Two cleaned recordings of a dyad and run -> simultaneous epochs, their ledger, and PLV with chance."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain import epochs
    from interbrain.bids.clock import clock_fit
    from interbrain.dictionary import write_table
    from interbrain.synchrony import dyad_plv
    from interbrain.tables import pair_table, roi_table

    i, o, p = snakemake.input, snakemake.output, snakemake.params
    fit = clock_fit(json.loads(Path(i.client_facts).read_text())["clock"])
    therapist = epochs.read_signal(i.therapist, i.therapist_account)
    client = epochs.on_therapist_clock(
        epochs.read_signal(i.client, i.client_account), fit, therapist.data.shape[1]
    )
    ledger = epochs.choose_windows(therapist, client, fit, rois=p.rois, decisions=p.decisions, **p.windows)
    epochs.write_epochs(o.therapist, therapist, ledger)
    epochs.write_epochs(o.client, client, ledger)
    starts = epochs.read_simultaneous(o.therapist, o.client, fit)
    found = dyad_plv(therapist, client, starts, bands=p.bands, length_s=p.windows["length_s"], **p.synchrony)
    write_table(o.roi, roi_table(found, therapist.channels, client.channels, p.rois, list(p.bands), p.about))
    write_table(o.pairs, pair_table(found, therapist.channels, client.channels, list(p.bands)))
    write_table(o.ledger, ledger)
