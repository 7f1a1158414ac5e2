# A BIDS recording becomes a cleaned continuous recording, with an account of what was done and why.


rule clean:
    input:
        vhdr=f"{RAW}_eeg.vhdr",
        eeg=f"{RAW}_eeg.eeg",
        vmrk=f"{RAW}_eeg.vmrk",
        channels=f"{RAW}_channels.tsv",
        events=f"{RAW}_events.tsv",
    output:
        raw=f"{CLEAN}_eeg.fif",
        account=f"{CLEAN}_eeg.json",
    log:
        "results/logs/clean/sub-{participant}_ses-{dyad}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        settings={
            **config["cleaning"],
            "line_frequency": config["line_frequency"],
            "rois": config["rois"],
        },
        code=code_of("clean.py"),
    script:
        "../scripts/clean.py"
