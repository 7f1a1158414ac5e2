# Other signals beside the EEG, included only if the study has a table of them: to BIDS as recorded, to series of both
# members on one clock, to coordination with its chance levels.


rule physio:
    input:
        unpack(FACTS_OF_BOTH),
        raw=raw_of_signal,
        clock=CLOCK,
    output:
        table=PHYSIO,
        sidecar=PHYSIO.replace(".tsv.gz", ".json"),
    log:
        "results/logs/physio/sub-{participant}_ses-{dyad}_task-{task}_run-{run}_{label}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("physio"),
    params:
        signal=lambda w: study.signal(w.participant, w.dyad, w.run, w.label),
        encounter=lambda w: study.encounter(w.participant, w.dyad, w.run),
        cap_map=lambda w: study.cap_map(w.participant, w.dyad, w.run),
        from_bids=config["input"] == "bids",
        code=code_of("physio.py"),
    script:
        "../scripts/physio.py"


rule signals:
    input:
        unpack(FACTS_OF_BOTH),
        signals=signals_of_run,
    output:
        series=f"{DYAD}_desc-signals_series.tsv",
        series_dictionary=f"{DYAD}_desc-signals_series.json",
        quality=f"{DYAD}_desc-signalquality_values.tsv",
        quality_dictionary=f"{DYAD}_desc-signalquality_values.json",
    log:
        "results/logs/signals/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("signals"),
    params:
        about=about,
        signals=lambda w: {
            role: [
                {key: signal[key] for key in ("name", "kind", "exclude")}
                for signal in study.signals.get((w.dyad, int(w.run), role), [])
            ]
            for role in ("therapist", "client")
        },
        max_missing_share=config["signals"]["max_missing_share"],
        code=code_of("signals.py"),
    script:
        "../scripts/signals.py"


rule coordination:
    input:
        series=rules.signals.output.series,
        quality=rules.signals.output.quality,
    output:
        table=f"{DYAD}_desc-coordination_values.tsv",
        dictionary=f"{DYAD}_desc-coordination_values.json",
        windows=f"{DYAD}_desc-coordinationwindows_values.tsv",
        windows_dictionary=f"{DYAD}_desc-coordinationwindows_values.json",
        curve=f"{DYAD}_desc-coordinationcurve_values.tsv",
        curve_dictionary=f"{DYAD}_desc-coordinationcurve_values.json",
        peaks=f"{DYAD}_desc-coordinationlags_stats.tsv",
        peaks_dictionary=f"{DYAD}_desc-coordinationlags_stats.json",
    log:
        "results/logs/coordination/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("coordination"),
    params:
        about=about,
        measures=SIGNAL_MEASURES,
        settings=HOW_COORDINATED,
        seed=derived_seed(config["seed"], "coordination"),
        code=code_of("coordination.py"),
    script:
        "../scripts/coordination.py"


# Therapists with clients whom they never met, as for synchrony (rule pseudodyads): one job a time.
rule coordination_strangers:
    input:
        series=lambda w: [
            f"{DYAD}_desc-signals_series.tsv".format(dyad=row["dyad"], task=w.task, run=w.run)
            for row in signal_strangers(w.run).rows
        ],
    output:
        table=SIGNAL_STRANGERS,
        dictionary=SIGNAL_STRANGERS.replace(".tsv", ".json"),
    log:
        "results/logs/coordination_strangers/task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("coordination_strangers"),
    params:
        time=lambda w: TIMES[int(w.run) - 1],
        part=lambda w: asdict(signal_strangers(w.run)),
        measures=SIGNAL_MEASURES,
        settings=HOW_COORDINATED,
        seed=derived_seed(config["seed"], "coordination"),
        code=code_of("coordination_strangers.py"),
    script:
        "../scripts/coordination_strangers.py"


rule coordination_of_study:
    input:
        tables=of_every_run(f"{DYAD}_desc-coordination_values.tsv"),
        quality=of_every_run(f"{DYAD}_desc-signalquality_values.tsv"),
        strangers=every_time(SIGNAL_STRANGERS) if config["signals"]["stranger_shifts"] else [],
    output:
        table=COORDINATION[0],
        dictionary=f"{GROUP}-coordination_values.json",
        quality=f"{GROUP}-signalquality_values.tsv",
        quality_dictionary=f"{GROUP}-signalquality_values.json",
    log:
        "results/logs/coordination_of_study.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("coordination_of_study"),
    params:
        code=code_of("coordination_of_study.py"),
    script:
        "../scripts/coordination_of_study.py"


rule signal_statistics:
    input:
        aggregated=rules.aggregate.output.aggregated,
        coordination=COORDINATION,
        dictionary=rules.aggregate.output.aggregated_dictionary,
    output:
        **group_files([table.name for table in OF_SIGNALS.values()], "tsv"),
        **group_files([table.name for table in OF_SIGNALS.values()], "json"),
    log:
        "results/logs/signal_statistics.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("signal_statistics"),
    params:
        **CROSSED_TESTS,
        factors=list(config["factors"]),
        times=TESTED_TIMES,
        signals=SIGNAL_MEASURES,
        dyads=lambda w: FACTOR_ROWS,
        numbers=lambda w: study.numbers.to_dict("records"),
        scores=lambda w: {name: table.to_dict("records") for name, table in study.scores.items()},
        differences=config["differences"],
        measures=[name for name in coordination_columns(SIGNAL_MEASURES) if name.endswith("_above_chance")],
        strangers=(
            [name for name in coordination_columns(SIGNAL_MEASURES) if name.endswith("_above_pseudo")]
            if config["signals"]["stranger_shifts"]
            else []
        ),
        settings={
            **{
                key: config["statistics"][key]
                for key in (
                    *("between", "time", "covariates", "interactions", "sums_of_squares"),
                    *("relabelings", "bootstraps", "equivalence"),
                )
            },
            "levels": {name: config["factors"][name] for name in BETWEEN},
            "questionnaires": CORRELATED,
            "by_time": BY_TIME,
        },
        seed=derived_seed(config["seed"], "signals"),
        code=code_of("signal_statistics.py"),
    script:
        "../scripts/signal_statistics.py"


# The lag in seconds at which two signals go together most, over dyads.
rule signal_lags:
    input:
        curves=of_every_run(f"{DYAD}_desc-coordinationcurve_values.tsv"),
        peaks=of_every_run(f"{DYAD}_desc-coordinationlags_stats.tsv"),
    output:
        **group_files([table.name for table in OVER_LAGS.values()], "tsv"),
        **group_files([table.name for table in OVER_LAGS.values()], "json"),
    log:
        "results/logs/signal_lags.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("signal_lags"),
    params:
        therapists=lambda w: {row["dyad"]: row["therapist"] for row in FACTOR_ROWS},
        times=TESTED_TIMES,
        n_max=config["statistics"]["relabelings"],
        seed=derived_seed(config["seed"], "signals"),
        code=code_of("signal_lags.py"),
    script:
        "../scripts/signal_lags.py"
