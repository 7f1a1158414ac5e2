"""One BIDS recording -> a cleaned continuous recording, what was done, and its spectra."""

from job import job

with job(snakemake):
    import json
    from pathlib import Path

    import pandas as pd

    from interbrain.bids.recording import read_recording_files
    from interbrain.cleaning import clean
    from interbrain.fif import save
    from interbrain.tables import write_table

    cleaned = clean(read_recording_files(Path(snakemake.input.vhdr)), **snakemake.params.settings)
    save(cleaned.raw, snakemake.output.raw)
    Path(snakemake.output.account).write_text(json.dumps(cleaned.account, indent=1))
    write_table(snakemake.output.spectra, pd.DataFrame(cleaned.spectra))
