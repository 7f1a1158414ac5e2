# Interbrain: raw dual-EEG recordings of dyads to a statistics report. Each stage has its file in
# workflow/rules, in the order in which the data pass through them.


include: "workflow/rules/study.smk"


rule all:
    default_target: True
    input:
        "results/report.html",
        "results/validation.json",
        f"{DERIVATIVES}/dataset_description.json",


localrules:
    all,
    check,


# The doctor: reading this file has checked the config and every table already.
rule check:
    log:
        "results/logs/check.log",
    conda:
        "envs/interbrain.yaml"
    params:
        dyads=len(study.included),
        recordings=len(RECORDINGS),
    shell:
        "echo 'No problems found: {params.dyads} dyads, {params.recordings} recordings.' | tee {log}"


if config["simulation"]:

    include: "workflow/rules/simulation.smk"


include: "workflow/rules/bids.smk"
include: "workflow/rules/cleaning.smk"
include: "workflow/rules/synchrony.smk"
include: "workflow/rules/statistics.smk"
include: "workflow/rules/report.smk"
