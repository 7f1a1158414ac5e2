"""What each conversion measured -> what must be known of the recordings, in words."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.formats.contradictions import contradictions
    from interbrain.formats.measurements import read_measured
    from interbrain.quality.later_notes import name_of_recording

    found = {
        name_of_recording(*whose): notes
        for whose, file in zip(snakemake.params.recordings, snakemake.input, strict=True)
        if (notes := contradictions(read_measured(Path(file))))
    }
    Path(snakemake.output[0]).write_text(json.dumps(found, indent=1))
