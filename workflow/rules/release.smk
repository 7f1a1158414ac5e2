# What may be shared becomes one file: `snakemake --cores 1 release`. Only after everything has passed,
# and only a dataset that was made here: a given one is not ours to share.

from interbrain.bids.release import release_name

RELEASE = f"results/release/{release_name(config['title'], config['dataset_version'])}.zip"
DYAD_TABLES = (
    "roi_plv",
    "channels_plv",
    "lags_plv",
    "windows_ledger",
    "therapist_decisions",
    "client_decisions",
)
PICTURES = ("therapist_summary.webp", "client_summary.webp")

if config["input"] == "raw":

    rule release:
        input:
            validation=rules.validate.output.summary,
            dataset=lambda w: [SHARED_FILES[0], *absent(SHARED_FILES)],
            recordings=of_every_recording(f"{RAW}_eeg.vhdr"),
            signals=lambda w: [*every_recording(f"{RAW}_eeg.eeg"), *every_physio()],
            facts=of_every_recording(FACTS),
            derivative=rules.derivative.output,
            tables=lambda w: [
                *every_recording(f"{CLEAN}_eeg.json"),
                *(
                    file
                    for name in DYAD_TABLES
                    for suffix in ("tsv", "json")
                    for file in every_run(f"{DYAD}_desc-{name}.{suffix}")
                ),
                *(file for name in PICTURES for file in every_run(f"{DYAD}_desc-{name}")),
                *rules.aggregate.input.pseudo,
                *(file.replace(".tsv", ".json") for file in rules.aggregate.input.pseudo),
                *OVER_DYADS,
                *files_of_coordination(),
            ],
            report=rules.report.output[0],
            pages=rules.dyad_pages.output[0],
            provenance=rules.provenance.output[0],
            snakefile=rules.crate.input.snakefile,
            rules=rules.crate.input.rules,
        output:
            archive=RELEASE,
            checksum=f"{RELEASE}.sha256",
        log:
            "results/logs/release.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("release"),
        params:
            people=lambda w: study.participants["participant"].tolist(),
            raw_files=lambda w: [
                [
                    row["dyad"],
                    study.member(row["dyad"], role),
                    os.path.relpath(row[f"{role}_file"], config["raw_folder"]),
                ]
                for row in study.recordings.to_dict("records")
                for role in ("therapist", "client")
            ]
            + [
                [dyad, study.member(dyad, role), os.path.relpath(signal["file"], config["raw_folder"])]
                for (dyad, _, role), signals in study.signals.items()
                for signal in signals
                if signal["file"]
            ],
            listed=lambda w: [*SHARED_FILES, *every_physio()],
            identities={
                "authors": config["authors"],
                "times": [*dict.fromkeys([*config["times"], *TIMES])],
                "allowed": config["release_allows"],
            },
            words=lambda w: {
                "labels": [
                    *dict.fromkeys([*config["times"], *TIMES]),
                    *sorted({str(v) for r in RECORDINGS for v in r.values()}),
                ],
                "allowed": config["release_allows"],
                "codes": [code for code, name in CODES.items() if name != code],
            },
            date_published=config["date_published"],
            code=code_of("release.py"),
        message:
            "Packing what may be shared into {output.archive}"
        script:
            "../scripts/release.py"
