"""One BIDS recording -> a cleaned continuous recording, and what was done to it."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.reading import read_described
    from interbrain.cleaning import clean
    from interbrain.files.fif import save, save_ica
    from interbrain.reproducibility.versions import OF_CLEANING, versions

    events = snakemake.input.get("events")
    found = read_described(
        Path(snakemake.input.recording[0]), snakemake.params.cap_map, events=events and Path(events)
    )
    settings, decisions = snakemake.params.settings, snakemake.params.decisions
    cleaned = clean(
        found.raw,
        **settings,
        seed=snakemake.params.seed,
        decisions=decisions,
        marked=found.marked,
    )
    save(cleaned.raw, snakemake.output.raw)
    if cleaned.ica is None:
        Path(snakemake.output.ica).touch()  # empty: there was too little to fit; the account says why
    else:
        save_ica(cleaned.ica, snakemake.output.ica)
    cleaned.spectra.save(snakemake.output.spectra)
    account = cleaned.account | {"Software": versions(OF_CLEANING)}
    Path(snakemake.output.account).write_text(json.dumps(account, indent=1))
