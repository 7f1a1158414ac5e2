# Raw recordings become a BIDS dataset. Each job writes its own recording; one job writes all shared tables.

from interbrain import __version__
from interbrain.bids.dataset import dataset_files


def role_of(wildcards):
    return "therapist" if study.member(wildcards.dyad, "therapist") == wildcards.participant else "client"


def partner_role(wildcards):
    return "client" if role_of(wildcards) == "therapist" else "therapist"


def member(wildcards, role):
    participant = study.member(wildcards.dyad, role)
    head = study.participants.set_index("participant").loc[participant, "head_circumference_cm"]
    return {"participant": participant, "role": role, "head_circumference_cm": float(head) if head else None}


def meeting(wildcards):
    row = study.recording(wildcards.dyad, wildcards.run)
    levels = study.dyads.set_index("dyad").loc[wildcards.dyad]
    return {
        "dyad": wildcards.dyad,
        "run": int(wildcards.run),
        "time": row["time"],
        "sync": row["sync"],
        "factors": {factor: levels[factor] for factor in config["factors"]},
        "start_s": None if row.isna()["start_s"] else float(row["start_s"]),
        "stop_s": None if row.isna()["stop_s"] else float(row["stop_s"]),
    }


def shared_scores():
    """Scores that go into bids/phenotype; item answers only if the config says so."""
    shared = {}
    for name, table in study.scores.items():
        shared[name] = table
        if config["share_items"]:
            shared[name] = table.merge(study.answers[name], on="dyad", validate="one_to_one")
    return {name: table.to_dict("records") for name, table in shared.items()}


rule convert:
    input:
        raw=lambda w: study.recording(w.dyad, w.run)[f"{role_of(w)}_file"],
        partner=lambda w: study.recording(w.dyad, w.run)[f"{partner_role(w)}_file"],
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
        member=lambda w: member(w, role_of(w)),
        partner=lambda w: member(w, partner_role(w)),
        meeting=meeting,
        bids_root=BIDS,
        settings={
            "cap_map": study.cap_map,
            "rois": config["rois"],
            "triggers": config["triggers"],
            "clock_limits": config["clock"],
            "line_frequency": config["line_frequency"],
        },
        code=code_of("convert.py"),
    script:
        "../scripts/convert.py"


rule dataset:
    input:
        facts=every_recording(FACTS),
    output:
        [f"{BIDS}/{file}" for file in dataset_files(study.included, config["questionnaires"])],
    log:
        "results/logs/dataset.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        bids_root=BIDS,
        dyads=FACTOR_ROWS,
        participants=study.participants.to_dict("records"),
        scores=shared_scores(),
        settings={
            **{key: config[key] for key in ("title", "authors", "data_licence", "times", "factors", "questionnaires")},
            "version": __version__,
        },
        code=code_of("dataset.py"),
    script:
        "../scripts/dataset.py"


rule validate:
    input:
        rules.dataset.output,
        every_recording(f"{RAW}_eeg.vhdr"),
    output:
        summary="results/validation.json",
        full="results/bids-validator.json",
    log:
        "results/logs/validate.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        bids_root=BIDS,
        participants=list(study.participants["participant"]),
        code=code_of("validate.py"),
    script:
        "../scripts/validate.py"


rule derivative:
    output:
        multiext(f"{DERIVATIVES}/", "dataset_description.json", "README.md", ".bidsignore"),
    log:
        "results/logs/derivative.log",
    conda:
        "../../envs/interbrain.yaml"
    params:
        settings={"title": config["title"], "authors": config["authors"], "version": __version__},
        code=code_of("derivative.py"),
    script:
        "../scripts/derivative.py"
