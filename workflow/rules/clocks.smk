# Both members' recordings of a dyad are put on one clock, over all that they recorded in the session.


rule clock:
    input:
        lambda w: given_files(w.dyad),
    output:
        CLOCK,
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
