# Interbrain: raw dual-EEG recordings of dyads to a statistics report. Each stage has its file in
# workflow/rules, in the order in which the data pass through them.


include: "workflow/rules/study.smk"


rule all:
    default_target: True
    input:
        "results/report.html",
        "results/validation.json",
        f"{DERIVATIVES}/dataset_description.json",
        [file for table in FURTHER for file in every_run(f"{DYAD}_desc-{table}.tsv")],
        *group_files(MULTIVERSE, "tsv").values(),


localrules:
    all,


# The doctor, `snakemake --cores 1 check`, is no rule: workflow/rules/study.smk calls it before there is a plan.
if config["simulation"]:

    include: "workflow/rules/simulation.smk"


include: "workflow/rules/clocks.smk"


if config["input"] == "bids":

    include: "workflow/rules/bids_input.smk"

else:

    include: "workflow/rules/bids.smk"


include: "workflow/rules/cleaning.smk"
include: "workflow/rules/synchrony.smk"
include: "workflow/rules/lags.smk"
include: "workflow/rules/pictures.smk"
include: "workflow/rules/statistics.smk"


if config["multiverse"]:

    include: "workflow/rules/multiverse.smk"


include: "workflow/rules/report.smk"
include: "workflow/rules/release.smk"
