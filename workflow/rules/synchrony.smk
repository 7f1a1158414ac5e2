# Two cleaned recordings of a dyad become simultaneous epochs, phases, and PLV with chance levels.

recorded_pair = of_members(
    therapist=("therapist", f"{CLEAN}_eeg.fif"),
    client=("client", f"{CLEAN}_eeg.fif"),
    therapist_account=("therapist", f"{CLEAN}_eeg.json"),
    client_account=("client", f"{CLEAN}_eeg.json"),
    client_facts=("client", FACTS),
)


rule synchrony:
    input:
        unpack(recorded_pair),
    output:
        therapist=f"{DYAD}_desc-therapist_epo.fif",
        client=f"{DYAD}_desc-client_epo.fif",
        therapist_phases=f"{DYAD}_desc-therapist_phases.npy",
        client_phases=f"{DYAD}_desc-client_phases.npy",
        roi=f"{DYAD}_desc-roi_plv.tsv",
        roi_dictionary=f"{DYAD}_desc-roi_plv.json",
        pairs=f"{DYAD}_desc-channels_plv.tsv",
        pairs_dictionary=f"{DYAD}_desc-channels_plv.json",
        ledger=f"{DYAD}_desc-windows_ledger.tsv",
        ledger_dictionary=f"{DYAD}_desc-windows_ledger.json",
    log:
        "results/logs/synchrony/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("synchrony"),
    params:
        about=about,
        rois=config["rois"],
        bands=config["bands"],
        windows=windows,
        decisions=lambda w: study.window_decisions(w.dyad, w.run),
        synchrony=lambda w: {**estimation(w), "n_surrogates": config["chance"]["n_surrogates"]},
        events=config["events"],
        code=code_of("synchrony.py", ESTIMATORS),
    script:
        "../scripts/synchrony.py"


# Therapists with clients whom they never met, at one time: one job, and of a large study one a part.
rule pseudodyads:
    input:
        therapists=of_strangers(f"{DYAD}_desc-therapist_phases.npy"),
        clients=of_strangers(f"{DYAD}_desc-client_phases.npy"),
        ledgers=of_strangers(f"{DYAD}_desc-windows_ledger.tsv"),
    output:
        table=PSEUDO,
        dictionary=PSEUDO.replace(".tsv", ".json"),
    log:
        "results/logs/pseudodyads/task-{task}_run-{run}.log",
    wildcard_constraints:
        run=one_of(str(run) for run in PARTS if str(run) not in IN_PARTS),
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("pseudodyads"),
    params:
        time=lambda w: TIMES[int(w.run) - 1],
        part=lambda w: asdict(strangers(w)),
        settings={
            "rois": config["rois"],
            "bands": list(config["bands"]),
            "estimators": ESTIMATORS,
            **{key: config["windows"][key] for key in ("length_s", "min_clean_s")},
        },
        code=code_of("pseudodyads.py", ESTIMATORS),
    script:
        "../scripts/pseudodyads.py"


use rule pseudodyads as pseudodyads_of_part with:
    output:
        table=PSEUDO_PART,
        dictionary=PSEUDO_PART.replace(".tsv", ".json"),
    log:
        "results/logs/pseudodyads/task-{task}_run-{run}_part-{part}.log",
    wildcard_constraints:
        run=one_of(IN_PARTS),
        part="[0-9]+",


rule join_pseudodyads:
    input:
        lambda w: expand(PSEUDO_PART, task=w.task, run=w.run, part=range(1, PARTS[int(w.run)] + 1)),
    output:
        table=PSEUDO,
        dictionary=PSEUDO.replace(".tsv", ".json"),
    log:
        "results/logs/join_pseudodyads/task-{task}_run-{run}.log",
    wildcard_constraints:
        run=one_of(IN_PARTS),
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("join_pseudodyads"),
    params:
        dyads=lambda w: [row["dyad"] for row in dyads_of_run(w)],
        estimators=ESTIMATORS,
        code=code_of("join_pseudodyads.py"),
    script:
        "../scripts/join_pseudodyads.py"


# On request only, as the next two (FURTHER).
rule time_resolved:
    input:
        unpack(recorded_pair),
        ledger=f"{DYAD}_desc-windows_ledger.tsv",
    output:
        table=f"{DYAD}_desc-timeresolved_plv.tsv",
        dictionary=f"{DYAD}_desc-timeresolved_plv.json",
    log:
        "results/logs/time_resolved/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("time_resolved"),
    params:
        about=about,
        rois=config["rois"],
        settings={
            "bands": config["bands"],
            "length_s": config["windows"]["length_s"],
            "individual_band": config["synchrony"]["individual_alpha"],
            "estimator": TIME_RESOLVED,
        },
        min_shift_s=config["chance"]["min_shift_s"],
        events=config["events"],
        code=code_of("time_resolved.py", [TIME_RESOLVED or "plv"]),
    script:
        "../scripts/time_resolved.py"


rule within_brain:
    input:
        unpack(recorded_pair),
        ledger=f"{DYAD}_desc-windows_ledger.tsv",
    output:
        table=f"{DYAD}_desc-withinbrain_plv.tsv",
        dictionary=f"{DYAD}_desc-withinbrain_plv.json",
    log:
        "results/logs/within_brain/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("within_brain"),
    params:
        about=about,
        rois=config["rois"],
        settings=lambda w: {
            **estimation(w),
            "bands": config["bands"],
            "length_s": config["windows"]["length_s"],
        },
        events=config["events"],
        code=code_of("within_brain.py", ESTIMATORS),
    script:
        "../scripts/within_brain.py"


rule directed:
    input:
        unpack(recorded_pair),
        ledger=f"{DYAD}_desc-windows_ledger.tsv",
    output:
        table=f"{DYAD}_desc-directed_stats.tsv",
        dictionary=f"{DYAD}_desc-directed_stats.json",
    log:
        "results/logs/directed/dyad-{dyad}_task-{task}_run-{run}.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("directed"),
    params:
        about=about,
        settings={
            "bands": config["bands"],
            "rois": config["rois"],
            "length_s": config["windows"]["length_s"],
            # Twice the lowpass: the signals fill the model's spectrum.
            "sfreq": min(2 * config["cleaning"]["lowpass"], config["cleaning"]["sfreq"]),
        },
        events=config["events"],
        code=code_of("directed.py"),
    script:
        "../scripts/directed.py"
