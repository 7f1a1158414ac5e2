# The recordings of an existing BIDS dataset are taken as they are. Only if the config says input: bids.


rule adopt:
    input:
        recording=recorded,
        clock=CLOCK,
    output:
        facts=FACTS,
        measured=MEASURED,
    log:
        "results/logs/adopt/sub-{participant}_ses-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("adopt"),
    params:
        encounter=lambda w: study.encounter(w.participant, w.dyad, w.run),
        cap_map=lambda w: study.cap_map(w.participant, w.dyad, w.run),
        code=code_of("adopt.py"),
    script:
        "../scripts/adopt.py"


rule validate:
    input:
        recordings=lambda w: [file for dyad in study.included["dyad"] for file in given_files(dyad)],
    output:
        summary=report("results/validation.json", caption="../captions/validation.rst", category="Validation"),
        full="results/bids-validator.json",
    log:
        "results/logs/validate.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("validate"),
    params:
        dataset=config["raw_folder"],
        code=code_of("validate_input.py"),
    script:
        "../scripts/validate_input.py"
