# Coordination of signals under further choices of how it is measured, from the series that are there: one job a dyad
# and run computes every combination, one tests them all. Included only if the study asks for it.

SIGNAL_CHOICES = {
    "kinds": series_of(study.signals),
    "measures": SIGNAL_MEASURES,
    **{key: config["signals"][key] for key in ("window_s", "lag_s")},
    "further": config["signals"]["multiverse"],
}


rule signal_variants:
    input:
        series=rules.signals.output.series,
        quality=rules.signals.output.quality,
    output:
        table=f"{DYAD}_desc-signalvariants_values.tsv",
        dictionary=f"{DYAD}_desc-signalvariants_values.json",
    log:
        "results/logs/signal_variants/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("signal_variants"),
    params:
        about=about,
        choices=SIGNAL_CHOICES,
        # What the rule coordination is given, so that the study's own branch is the study's own result.
        settings=HOW_COORDINATED,
        seed=derived_seed(config["seed"], "coordination"),
        code=code_of("signal_variants.py"),
    script:
        "../scripts/signal_variants.py"


rule signal_multiverse:
    input:
        aggregated=rules.aggregate.output.aggregated,
        coordination=COORDINATION,
        variants=of_every_run(f"{DYAD}_desc-signalvariants_values.tsv"),
    output:
        **group_files(SIGNAL_MULTIVERSE, "tsv"),
        **group_files(SIGNAL_MULTIVERSE, "json"),
    log:
        "results/logs/signal_multiverse.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("signal_multiverse"),
    params:
        **CROSSED_TESTS,
        factors=list(config["factors"]),
        signals=SIGNAL_MEASURES,
        dyads=lambda w: FACTOR_ROWS,
        numbers=lambda w: study.numbers.to_dict("records"),
        scores=lambda w: {name: table.to_dict("records") for name, table in study.scores.items()},
        differences=config["differences"],
        choices=SIGNAL_CHOICES,
        tests={
            "times": TESTED_TIMES,
            "time": config["statistics"]["time"],
            "between": {name: config["factors"][name] for name in BETWEEN},
            "covariates": config["statistics"]["covariates"],
            "n_relabelings": config["statistics"]["relabelings"],
            "seed": derived_seed(config["seed"], "signal_multiverse"),
        },
        code=code_of("signal_multiverse.py"),
    script:
        "../scripts/signal_multiverse.py"
