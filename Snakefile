# Interbrain: raw dual-EEG recordings of dyads to a statistics report. The stages, in the order in which the
# data pass through them, are in workflow/Snakefile: there the catalogue of Snakemake workflows and a `module`
# of another workflow look for them as well.


include: "workflow/Snakefile"


# The default target of a file that is included does not count.
rule everything:
    default_target: True
    input:
        rules.all.input,
    localrule: True
