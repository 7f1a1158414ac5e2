# Raw recordings become a BIDS dataset. Each job writes its own recording; one job writes all shared tables.

from interbrain import __version__
from interbrain.bids.dataset import dataset_files


rule convert:
    input:
        raw=lambda w: study.encounter(w.participant, w.dyad, w.run)["raw"],
        clock=CLOCK,
    output:
        vhdr=f"{RAW}_eeg.vhdr",
        eeg=f"{RAW}_eeg.eeg",
        vmrk=f"{RAW}_eeg.vmrk",
        json=f"{RAW}_eeg.json",
        channels=f"{RAW}_channels.tsv",
        events=f"{RAW}_events.tsv",
        facts=FACTS,
    log:
        "results/logs/convert/sub-{participant}_ses-{dyad}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        encounter=lambda w: study.encounter(w.participant, w.dyad, w.run),
        settings=lambda w: {
            "cap_map": study.cap_map(w.participant, w.dyad, w.run),
            "line_frequency": line_frequency(w),
            "share_annotations": config["share_annotations"],
        },
        code=code_of("convert.py"),
    script:
        "../scripts/convert.py"


rule dataset:
    input:
        facts=every_recording(FACTS),
    output:
        files=[f"{BIDS}/{file}" for file in dataset_files(study.included, config["questionnaires"])],
        date_shift="results/date_shift.json",
    log:
        "results/logs/dataset.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        dyads=FACTOR_ROWS,
        participants=study.participants.to_dict("records"),
        scores=study.shared_scores(config["share_items"]),
        settings={
            **{
                key: config[key]
                for key in (
                    *("title", "authors", "data_licence", "dataset_version"),
                    *("times", "factors", "questionnaires"),
                )
            },
            "version": __version__,
        },
        code=code_of("dataset.py"),
    script:
        "../scripts/dataset.py"


rule validate:
    input:
        dataset=rules.dataset.output.files,
        recordings=every_recording(f"{RAW}_eeg.vhdr"),
    output:
        summary="results/validation.json",
        full="results/bids-validator.json",
    log:
        "results/logs/validate.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        people=study.participants["participant"].tolist(),
        code=code_of("validate.py"),
    script:
        "../scripts/validate.py"
