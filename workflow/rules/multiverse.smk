# The same study under further levels of its choices. One job a dyad and run computes every branch of the grid,
# so that a branch costs no start of Python and shares what it can; one job tests them all.

# The levels that concern signals; the others take the dyads' tables as they are.
RECOMPUTED = ("reference", "length_s", "bands", "rois", "estimators")
OWN_CHOICES = {
    **{key: config[key] for key in ("bands", "rois")},
    "length_s": config["windows"]["length_s"],
    "measures": config["statistics"]["measures"],
}


rule variants:
    input:
        unpack(recorded_pair),
    output:
        table=f"{DYAD}_desc-variants_synchrony.tsv",
        dictionary=f"{DYAD}_desc-variants_synchrony.json",
    log:
        "results/logs/variants/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("variants"),
    params:
        grid={
            **OWN_CHOICES,
            "time": "mean",
            "further": {key: config["multiverse"][key] for key in RECOMPUTED if key in config["multiverse"]},
        },
        # What the rule synchrony is given, so that the study's own branch is the study's own result.
        settings=lambda w: {
            **{key: value for key, value in estimation(w).items() if key != "estimators"},
            "about": about(w),
            "windows": {key: value for key, value in windows(w).items() if key != "length_s"},
            "min_clean_s": config["windows"]["min_clean_s"],
            "decisions": study.window_decisions(w.dyad, w.run),
        },
        events=config["events"],
        code=code_of("variants.py", ["plv", *config["multiverse"].get("estimators", [])]),
    script:
        "../scripts/variants.py"


rule multiverse:
    input:
        aggregated=rules.aggregate.output.aggregated,
        variants=of_every_run(f"{DYAD}_desc-variants_synchrony.tsv"),
    output:
        **group_files(MULTIVERSE, "tsv"),
        **group_files(MULTIVERSE, "json"),
    log:
        "results/logs/multiverse.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("multiverse"),
    params:
        **({"phases": PHASES_TESTED} if CROSSED else {}),
        grid={**OWN_CHOICES, "time": config["statistics"]["time"], "further": config["multiverse"]},
        factors=config["factors"],
        by_time=BY_TIME,
        tests={
            "times": list(dict.fromkeys(PHASES_TESTED.values())),
            "between": {name: config["factors"][name] for name in BETWEEN},
            "questionnaires": CORRELATED,
            "covariates": config["statistics"]["covariates"],
            "n_relabelings": config["statistics"]["relabelings"],
            "seed": derived_seed(config["seed"], "multiverse"),
        },
        code=code_of("multiverse.py"),
    script:
        "../scripts/multiverse.py"
