# Both members' recordings of a dyad are put on one clock, over all that they recorded in the session; and no recording
# is in a second dyad.


rule clock:
    input:
        lambda w: given_files(w.dyad),
    output:
        timing=CLOCK,
        signatures=SIGNATURES,
    log:
        "results/logs/clock/dyad-{dyad}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("clock"),
    params:
        session=lambda w: study.session(w.dyad),
        settings={
            "clock_limits": config["clock"],
            "from_bids": config["input"] == "bids",
        },
        code=code_of("clock.py"),
    script:
        "../scripts/clock.py"


rule copies:
    input:
        lambda w: [SIGNATURES.format(dyad=dyad) for dyad in study.included["dyad"]],
    output:
        COPIES,
    log:
        "results/logs/copies.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("copies"),
    params:
        dyads=lambda w: [study.recorded(dyad) for dyad in study.included["dyad"]],
        code=code_of("copies.py"),
    script:
        "../scripts/copies.py"
