"""The report and its tables, described for machines: an RO-Crate in the folder of the results."""

from interbrain.reproducibility.job import job

with job(snakemake):
    import json
    import socket
    from pathlib import Path

    socket.has_ipv6 = False  # a library behind rocrate would open a socket to see; no job opens any

    from interbrain.reproducibility.crate import content, copy_workflow, describe

    i, o = snakemake.input, snakemake.output
    folder = Path(o.metadata).parent
    rules = copy_workflow(Path(i.snakefile), [Path(file) for file in i.rules], Path(o.workflow))
    files = [Path(file) for file in [i.report, i.provenance, i.validation, *i.tables, *rules]]
    provenance = json.loads(Path(i.provenance).read_text(encoding="utf-8"))
    provenance["date_published"] = snakemake.params.date_published
    text = describe(
        {file.relative_to(folder).as_posix(): content(file) for file in files}
        | dict.fromkeys(snakemake.params.unsummed),
        provenance,
        workflow=[file.relative_to(folder).as_posix() for file in rules],
    )
    Path(o.metadata).write_text(text, encoding="utf-8")
