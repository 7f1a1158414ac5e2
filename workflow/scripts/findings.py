"""The tables of statistics -> what was found: claims, verdicts, the evidence for and against them."""

from interbrain.reproducibility.job import job

with job(snakemake):
    from interbrain.files.tables import read_table, write_table
    from interbrain.findings.evidence import raw_effects
    from interbrain.findings.form import VERDICTS
    from interbrain.findings.study import judge_study
    from interbrain.findings.written import evidence_table, findings_table
    from interbrain.tables.catalogue import OF_STUDY
    from interbrain.tables.findings import EVIDENCE, FINDINGS

    i, p, o = snakemake.input, snakemake.params, snakemake.output
    tables = {name: read_table(file, OF_STUDY[name]) for name, file in i.items()}
    found = judge_study(tables, **p.hypotheses)
    verdicts = {"verdict": {"Description": FINDINGS["verdict"].description, "Levels": VERDICTS}}
    write_table(o.findings, findings_table(found, p.change), FINDINGS, verdicts)
    write_table(o.evidence, evidence_table(found, raw_effects(tables)), EVIDENCE)
