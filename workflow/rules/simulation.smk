# The demo's raw files, as two Mobitas write them, with a known truth. Only if the config has `simulation`.

from interbrain.study.demo import planned_run, planted_rows, session_rows, truth_rows
from interbrain.study.reading import read_table

PLANTED = planted_rows(read_table(Path(config["simulation"]["table"])))
RAW_FOLDER = config["raw_folder"]


rule simulate:
    output:
        therapist=f"{RAW_FOLDER}/{{dyad}}_{{time}}_therapist.Poly5",
        client=f"{RAW_FOLDER}/{{dyad}}_{{time}}_client.Poly5",
        truth="results/simulation/{dyad}_{time}.json",
    log:
        "results/logs/simulate/{dyad}_{time}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("simulate"),
    params:
        plan=lambda w: planned_run(study, config, PLANTED, w.dyad, w.time),
        code=code_of("simulate.py"),
    script:
        "../scripts/simulate.py"


rule truth:
    input:
        runs=lambda w: [f"results/simulation/{dyad}_{time}.json" for dyad, time, _ in RUNS],
    output:
        f"{RAW_FOLDER}/truth.tsv",
    log:
        "results/logs/truth.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("truth"),
    params:
        rows=lambda w: truth_rows(study, config, PLANTED),
        factors=list(config["factors"]),
        code=code_of("truth.py"),
    script:
        "../scripts/truth.py"


if SIMULATED_SESSION:

    rule truth_session:
        input:
            runs=rules.truth.input.runs,
        output:
            f"{RAW_FOLDER}/truth_session.tsv",
        log:
            "results/logs/truth_session.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("truth_session"),
        params:
            rows=lambda w: session_rows(study, config, PLANTED),
            code=code_of("truth_session.py"),
        script:
            "../scripts/truth_session.py"

    rule planted_found:
        input:
            truth=rules.truth_session.output[0],
            events=of_coded_runs(f"{DYAD}_desc-eventlocked_stats.tsv") if config["tables"]["coding"] else [],
            series=of_every_run(f"{DYAD}_desc-signals_series.tsv") if study.signals else [],
            coordination=COORDINATION,
        output:
            table="results/simulation/planted_found.tsv",
            dictionary="results/simulation/planted_found.json",
        log:
            "results/logs/planted_found.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("planted_found"),
        params:
            runs=[[dyad, time] for dyad, time, _ in RUNS],
            code=code_of("planted_found.py"),
        script:
            "../scripts/planted_found.py"
