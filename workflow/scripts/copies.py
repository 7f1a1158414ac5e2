"""What makes all recordings of a study known -> those that are in two dyads; a run stops at two people's."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    from pathlib import Path

    from interbrain.bids.partners import Recorded, same_in_another_dyad
    from interbrain.formats.copies import read_signatures
    from interbrain.quality.later_notes import name_of_recording

    recorded = []
    for dyad, file in zip(snakemake.params.dyads, snakemake.input, strict=True):
        signatures = read_signatures(Path(file))
        recorded += [
            Recorded(signature=signatures[name], **about)
            for name, about in dyad.items()
            if name in signatures  # not of what cannot be read, nor of what says itself how it was tied
        ]
    found: dict = {}
    for one, note in same_in_another_dyad(recorded):
        found.setdefault(name_of_recording(one.dyad, one.time, one.role), []).append(note)
    Path(snakemake.output[0]).write_text(json.dumps(found, indent=1))
