# Raw recordings become a BIDS dataset. Each job writes its own recording; one job writes all shared tables.

from interbrain import __version__
from interbrain.bids.coded_events import shared_codes
from interbrain.bids.dataset import dataset_files

# What one job writes. Whoever needs the dataset asks for the first of them, as Snakemake holds each file that a
# rule asks for against every file of the job that makes it; `absent` sees to the others.
SHARED_FILES = [f"{BIDS}/{file}" for file in dataset_files(study.included, config["questionnaires"], TASKS)]


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
        events=EVENTS,
        facts=FACTS,
        measured=MEASURED,
    log:
        "results/logs/convert/sub-{participant}_ses-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("convert"),
    params:
        encounter=lambda w: study.encounter(w.participant, w.dyad, w.run),
        settings=lambda w: {
            "cap_map": study.cap_map(w.participant, w.dyad, w.run),
            "line_frequency": line_frequency(w),
            "share_annotations": config["share_annotations"],
            **known_channels(w),
        },
        code=code_of("convert.py"),
    script:
        "../scripts/convert.py"


# Codes by the names that they have in the dataset.
CODES = shared_codes(study.coded.codes, config["release_allows"], config["share_annotations"])

if APART:

    rule coded_events:
        input:
            events=EVENTS,
            facts=FACTS,
        output:
            f"{RAW}_events.tsv",
        log:
            "results/logs/coded_events/sub-{participant}_ses-{dyad}_task-{task}_run-{run}.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("coded_events"),
        params:
            events=lambda w: study.coded.of_runs.get((w.dyad, int(w.run)), []),
            names=CODES,
            code=code_of("coded_events.py"),
        script:
            "../scripts/coded_events.py"


rule dataset:
    input:
        facts=of_every_recording(FACTS),
    output:
        files=SHARED_FILES,
        date_shift="results/date_shift.json",
    log:
        "results/logs/dataset.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("dataset"),
    params:
        dyads=lambda w: FACTOR_ROWS,
        participants=lambda w: study.participants.to_dict("records"),
        scores=lambda w: study.shared_scores(config["share_items"]),
        settings={
            **{
                key: config[key]
                for key in (
                    *("title", "authors", "data_licence", "dataset_version"),
                    *("times", "tasks", "factors", "questionnaires"),
                )
            },
            "version": __version__,
            **({"coded": list(CODES.values())} if APART else {}),
        },
        code=code_of("dataset.py"),
    script:
        "../scripts/dataset.py"


rule validate:
    input:
        dataset=SHARED_FILES[0],
        recordings=of_every_recording(f"{RAW}_eeg.vhdr"),
        signals=lambda w: every_physio(),
        events=of_every_recording(f"{RAW}_events.tsv") if APART else [],
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
        people=lambda w: study.participants["participant"].tolist(),
        listed=lambda w: [*SHARED_FILES, *every_physio()],
        code=code_of("validate.py"),
    script:
        "../scripts/validate.py"
