"""One BIDS recording -> a cleaned continuous recording, and what was done to it."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.reading import read_recording_files
    from interbrain.cleaning import clean
    from interbrain.fif import save

    raw = read_recording_files(Path(snakemake.input.recording[0]), snakemake.params.cap_map)
    cleaned = clean(raw, **snakemake.params.settings)
    save(cleaned.raw, snakemake.output.raw)
    spectra = {name: [round(float(v), 4) for v in values] for name, values in cleaned.spectra.items()}
    Path(snakemake.output.account).write_text(json.dumps({**cleaned.account, "Spectra": spectra}, indent=1))
