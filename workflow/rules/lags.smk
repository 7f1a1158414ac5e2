# Is being simultaneous special? Synchrony at every lag between the members, for each dyad and run.


rule lags:
    input:
        unpack(recorded_pair),
        ledger=f"{DYAD}_desc-windows_ledger.tsv",
    output:
        table=f"{DYAD}_desc-lags_plv.tsv",
        dictionary=f"{DYAD}_desc-lags_plv.json",
    log:
        "results/logs/lags/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("lags"),
    params:
        about=about,
        rois=config["rois"],
        settings={
            "bands": config["bands"],
            **{key: config["windows"][key] for key in ("length_s", "min_clean_s")},
            "out_sfreq": config["phase"]["sfreq"],
            "individual_band": config["synchrony"]["individual_alpha"],
            "max_s": config["lags"]["max_s"],
        },
        lowpass=config["cleaning"]["lowpass"],
        events=config["events"],
        code=code_of("lags.py"),
    script:
        "../scripts/lags.py"
