# What the signal of a recording says against its file. Conversion measures; what is noted of it is judged here, so that
# another limit of a note converts and cleans nothing. One job: a judgement takes a few hundredths of a second.


rule notes:
    input:
        of_every_recording(MEASURED),
    output:
        NOTES,
    log:
        "results/logs/notes.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("notes"),
    params:
        recordings=lambda w: [
            [
                r["dyad"],
                study.recording(r["dyad"], r["run"])["time"],
                study.role(r["participant"], r["dyad"]),
            ]
            for r in RECORDINGS
        ],
        code=code_of("notes.py"),
    script:
        "../scripts/notes.py"
