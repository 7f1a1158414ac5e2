# All dyads become one table, and the table becomes statistics.

TABLES = ["aggregated_plv", "exclusions", "quality", "spectra", "channelpairs_plv"]
STATISTICS = ["dyadmeans_plv", "anova_stats", "correlations_stats", "descriptives_stats"]


def short(name):
    """Name of a group table in the rules: aggregated for desc-aggregated_plv."""
    return name.split("_")[0]


rule aggregate:
    input:
        facts=every_recording(FACTS),
        accounts=every_recording(f"{CLEAN}_eeg.json"),
        spectra=every_recording(f"{CLEAN}_spectra.tsv"),
        roi=every_run(f"{DYAD}_desc-roi_plv.tsv"),
        pairs=every_run(f"{DYAD}_desc-channels_plv.tsv"),
        ledgers=every_run(f"{DYAD}_desc-windows_ledger.tsv"),
    output:
        **{short(name): f"{GROUP}-{name}.tsv" for name in TABLES},
        **{f"{short(name)}_dictionary": f"{GROUP}-{name}.json" for name in TABLES},
    log:
        "results/logs/aggregate.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        dyads=FACTOR_ROWS,
        excluded=dict(study.dyads.loc[study.dyads["exclude"] != "", ["dyad", "exclude"]].itertuples(index=False)),
        runs=[[dyad, time] for dyad, time, _ in RUNS],
        scores={name: table.to_dict("records") for name, table in study.scores.items()},
        **{key: config[key] for key in ("factors", "questionnaires", "differences", "bands", "rois")},
        length_s=config["windows"]["length_s"],
        min_clean_s=config["windows"]["min_clean_s"],
        look_below_percent=config["windows"]["look_below_percent"],
        code=code_of("aggregate.py"),
    script:
        "../scripts/aggregate.py"


rule analyse:
    input:
        aggregated=rules.aggregate.output.aggregated,
    output:
        **{short(name): f"{GROUP}-{name}.tsv" for name in STATISTICS},
        **{f"{short(name)}_dictionary": f"{GROUP}-{name}.json" for name in STATISTICS},
    log:
        "results/logs/analyse.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        factors=config["factors"],
        differences=config["differences"],
        settings={
            "between": config["statistics"].get("between", list(config["factors"])),
            "within": config["statistics"]["within"],
            "measures": config["statistics"]["measures"],
            "questionnaires": config["statistics"].get("correlate", list(config["differences"])),
            "time": config["statistics"]["time"],
            "interactions": config["statistics"]["interactions"],
        },
        code=code_of("analyse.py"),
    script:
        "../scripts/analyse.py"
