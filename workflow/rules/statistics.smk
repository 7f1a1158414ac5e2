# All dyads become one table, and the table becomes statistics.

from interbrain.study.result_columns import OF_TIMES
from interbrain.tasks import FACTOR, MEAN, analysed_task, times_of

# The times that the tests use: those of the task that they are about, or all, with the task as a factor.
TESTED = analysed_task(config["statistics"]["task"], study.tasks.values())
TESTED_TIMES = times_of(TESTED, TIMES, study.tasks)
# Where tasks are crossed with times and not one of them is tested: occasion -> time, and who lacks one is left out.
CROSSED_TESTS = {"phases": study.phases} if study.phases and TESTED in (FACTOR, MEAN) else {}
# What is compared within dyads besides sites and bands, if anything.
REPEATED = "task" if TESTED == FACTOR else "time" if config["statistics"]["time"] == "factor" else ""
PHASES_TESTED = {time: study.phases.get(time, time) for time in TESTED_TIMES}


rule aggregate:
    input:
        facts=of_every_recording(FACTS),
        notes=NOTES,
        copies=COPIES,
        accounts=of_every_recording(f"{CLEAN}_eeg.json"),
        spectra=of_every_recording(f"{CLEAN}_spectra.npz"),
        roi=of_every_run(f"{DYAD}_desc-roi_plv.tsv"),
        pairs=of_every_run(f"{DYAD}_desc-channels_plv.tsv"),
        ledgers=of_every_run(f"{DYAD}_desc-windows_ledger.tsv"),
        pseudo=every_time(PSEUDO),
        lags=of_every_run(f"{DYAD}_desc-lags_plv.tsv"),
        directed=of_every_run(f"{DYAD}_desc-directed_stats.tsv") if config["synchrony"]["directed"] else [],
        coordination=COORDINATION,
    output:
        **for_audit(group_files(TABLES, "tsv"), "Tables"),
        **group_files(TABLES, "json"),
    log:
        "results/logs/aggregate.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("aggregate"),
    params:
        **{key: config[key] for key in ("factors", "questionnaires", "differences", "bands", "rois")},
        **({"signals": SIGNAL_MEASURES} if SIGNAL_MEASURES else {}),
        **({"phases": study.phases, "crossed": TESTED_TIMES if CROSSED_TESTS else []} if CROSSED else {}),
        estimators=config["synchrony"]["estimators"],
        over=config["synchrony"]["over"],
        far_from_s=config["lags"]["far_from_s"],
        dyads=lambda w: FACTOR_ROWS,
        excluded=lambda w: dict(
            study.dyads.loc[study.dyads["exclude"] != "", ["dyad", "exclude"]].itertuples(index=False)
        ),
        unused=lambda w: [[dyad, time, reason] for (dyad, time), reason in study.unused.items()],
        levels=lambda w: study.dyads[["dyad", *config["factors"]]].to_dict("records"),
        numbers=lambda w: study.numbers.to_dict("records"),
        runs=lambda w: [[dyad, time] for dyad, time, _ in RUNS],
        scores=lambda w: {name: table.to_dict("records") for name, table in study.scores.items()},
        tasks=lambda w: TASK_OF_TIME,
        length_s=config["windows"]["length_s"],
        min_clean_s=config["windows"]["min_clean_s"],
        look=LOOK,
        code=code_of("aggregate.py", ESTIMATORS),
    script:
        "../scripts/aggregate.py"


# Questionnaires whose items are there; which factors are tested, and what is correlated.
SCORED = {name: form for name, form in config["questionnaires"].items() if form.get("key")}
BETWEEN, CORRELATED = config["statistics"]["between"], config["statistics"]["correlate"]
# What is correlated and has a value at each time: it enters as synchrony does.
BY_TIME = [name for name in CORRELATED if name in (*coordination_columns(SIGNAL_MEASURES), *OF_TIMES)]


rule analyse:
    input:
        aggregated=rules.aggregate.output.aggregated,
        dictionary=rules.aggregate.output.aggregated_dictionary,
        answers=[file_of_table(form["table"]) for form in SCORED.values()],
        scoring=[file_of_table(form["key"]) for form in SCORED.values()],
    output:
        **for_audit(group_files(STATISTICS, "tsv"), "Analyses"),
        **group_files(STATISTICS, "json"),
        everything=f"{GROUP}-all_stats.json",
    log:
        "results/logs/analyse.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("analyse"),
    params:
        factors=list(config["factors"]),
        settings={
            **{
                k: v
                for k, v in config["statistics"].items()
                if k not in ("correlate", "channel_pairs", "task", "mediation")
            },
            "compare_tasks": TESTED == FACTOR,
            **CROSSED_TESTS,
            "between": BETWEEN,
            "levels": {name: config["factors"][name] for name in BETWEEN},
            "questionnaires": CORRELATED,
            **({"by_time": BY_TIME} if BY_TIME else {}),
        },
        scored={name: [form["table"], form["key"]] for name, form in SCORED.items()},
        times=TESTED_TIMES,
        seed=derived_seed(config["seed"], "statistics"),
        code=code_of("analyse.py"),
    script:
        "../scripts/analyse.py"


# The mean curves over lags; that of the dyads' tests is among the statistics above.
rule lag_statistics:
    input:
        lags=of_every_run(f"{DYAD}_desc-lags_plv.tsv"),
        aggregated=rules.aggregate.output.aggregated,
    output:
        **group_files(OF_LAGS, "tsv"),
        **group_files(OF_LAGS, "json"),
    log:
        "results/logs/lag_statistics.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("lag_statistics"),
    params:
        **CROSSED_TESTS,
        between=BETWEEN,
        times=TESTED_TIMES,
        far_from_s=config["lags"]["far_from_s"],
        n_max=config["statistics"]["relabelings"],
        seed=derived_seed(config["seed"], "lags"),
        code=code_of("lag_statistics.py"),
    script:
        "../scripts/lag_statistics.py"


# Every pair of channels and of sites. Beside `analyse`, so that neither waits for the other.
rule channel_pairs:
    input:
        aggregated=rules.aggregate.output.aggregated,
        pairs=of_every_run(f"{DYAD}_desc-channels_plv.tsv"),
        roi=of_every_run(f"{DYAD}_desc-roi_plv.tsv"),
    output:
        **PAIR_TESTS,
        **{f"{name}_dictionary": file.replace(".tsv", ".json") for name, file in PAIR_TESTS.items()},
    log:
        "results/logs/channel_pairs.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("channel_pairs"),
    params:
        **CROSSED_TESTS,
        runs=lambda w: [[dyad, time] for dyad, time, _ in RUNS],
        times=TESTED_TIMES,
        between={name: config["factors"][name] for name in BETWEEN},
        covariates=config["statistics"]["covariates"],
        scores=CORRELATED,
        by_time=BY_TIME,
        measures=[name for name in config["statistics"]["measures"] if name.endswith("z_chance")],
        relabelings=config["statistics"]["relabelings"],
        seed=derived_seed(config["seed"], "pairs"),
        code=code_of("channel_pairs.py"),
    script:
        "../scripts/channel_pairs.py"


# Only where the study names some. Beside `analyse`, so that a further mediation runs nothing else again.
rule mediation:
    input:
        aggregated=rules.aggregate.output.aggregated,
    output:
        **group_files(["mediation_stats"], "tsv"),
        **group_files(["mediation_stats"], "json"),
    log:
        "results/logs/mediation.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("mediation"),
    params:
        asked=config["statistics"]["mediation"],
        factors=config["factors"],
        times=TESTED_TIMES,
        settings={
            "bootstraps": config["statistics"]["bootstraps"],
            "bound_r": config["statistics"]["equivalence"]["r"],
        },
        seed=derived_seed(config["seed"], "mediation"),
        code=code_of("mediation.py"),
    script:
        "../scripts/mediation.py"
