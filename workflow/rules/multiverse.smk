# The same study under further levels of its choices. One job a dyad and run computes every branch of the grid,
# so that a branch costs no start of Python and shares what it can; one job tests them all.

# The levels that concern signals; the others take the dyads' tables as they are.
OF_SIGNALS = ("reference", "length_s", "bands", "rois", "estimators")
OWN_CHOICES = {
    **{key: config[key] for key in ("bands", "rois")},
    "length_s": config["windows"]["length_s"],
    "measures": config["statistics"]["measures"],
}


rule variants:
    input:
        therapist=member_of("therapist", f"{CLEAN}_eeg.fif"),
        client=member_of("client", f"{CLEAN}_eeg.fif"),
        therapist_account=member_of("therapist", f"{CLEAN}_eeg.json"),
        client_account=member_of("client", f"{CLEAN}_eeg.json"),
        client_facts=member_of("client", FACTS),
    output:
        table=f"{DYAD}_desc-variants_synchrony.tsv",
        dictionary=f"{DYAD}_desc-variants_synchrony.json",
    log:
        "results/logs/variants/dyad-{dyad}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        grid={
            **OWN_CHOICES,
            "time": "mean",
            "further": {key: config["multiverse"][key] for key in OF_SIGNALS if key in config["multiverse"]},
        },
        # What the rule synchrony is given, so that the study's own branch is the study's own result.
        settings=lambda w: {
            "about": {"dyad": w.dyad, "time": study.recording(w.dyad, w.run)["time"], "run": int(w.run)},
            "windows": {
                **{k: v for k, v in config["windows"].items() if k not in (*OF_FEW_WINDOWS, "length_s")},
                "seed": derived_seed(config["seed"], "windows", w.dyad, w.run),
            },
            "min_clean_s": config["windows"]["min_clean_s"],
            "decisions": study.window_decisions(w.dyad, w.run),
            "individual_band": config["synchrony"]["individual_alpha"],
            "over": config["synchrony"]["over"],
            "out_sfreq": config["phase"]["sfreq"],
            **{key: config["chance"][key] for key in ("n_shifts", "min_shift_s")},
            "seed": derived_seed(config["seed"], "chance", w.dyad, w.run),
        },
        code=code_of("variants.py"),
    script:
        "../scripts/variants.py"


rule multiverse:
    input:
        aggregated=rules.aggregate.output.aggregated,
        variants=every_run(f"{DYAD}_desc-variants_synchrony.tsv"),
    output:
        **group_files(MULTIVERSE, "tsv"),
        **group_files(MULTIVERSE, "json"),
    log:
        "results/logs/multiverse.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        grid={**OWN_CHOICES, "time": config["statistics"]["time"], "further": config["multiverse"]},
        factors=config["factors"],
        tests={
            "times": config["times"],
            "between": {
                name: config["factors"][name]
                for name in config["statistics"].get("between", list(config["factors"]))
            },
            "questionnaires": config["statistics"].get(
                "correlate",
                [f"{name}{end}" for name in config["differences"] for end in ("", "_absolute")],
            ),
            "covariates": config["statistics"]["covariates"],
            "n_relabelings": config["statistics"]["relabelings"],
            "seed": derived_seed(config["seed"], "multiverse", "", 0),
        },
        code=code_of("multiverse.py"),
    script:
        "../scripts/multiverse.py"
