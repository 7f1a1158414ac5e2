# Coded events against their surroundings, two coders beside each other, and synchrony of brains beside bodies.

if config["tables"]["coding"]:

    rule event_locked:
        input:
            brains=f"{DYAD}_desc-timeresolved_plv.tsv",
            bodies=BODIES_AT_EVENTS,
        output:
            table=f"{DYAD}_desc-eventlocked_stats.tsv",
            dictionary=f"{DYAD}_desc-eventlocked_stats.json",
            curves=f"{DYAD}_desc-perievent_curve.tsv",
            curves_dictionary=f"{DYAD}_desc-perievent_curve.json",
        log:
            "results/logs/event_locked/dyad-{dyad}_task-{task}_run-{run}.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("event_locked"),
        params:
            about=about,
            events=lambda w: study.coded.of_runs.get((w.dyad, int(w.run)), []),
            codes=lambda w: study.coded.codes,
            brains=[TIME_RESOLVED, list(config["bands"]), list(config["rois"])],
            length_s=config["windows"]["length_s"],
            settings={
                key: value
                for key, value in config["coded_events"].items()
                if key not in ("bin_s", "window_s")
            },
            code=code_of("event_locked.py"),
        script:
            "../scripts/event_locked.py"

    rule event_statistics:
        input:
            tables=of_coded_runs(f"{DYAD}_desc-eventlocked_stats.tsv"),
            curves=of_coded_runs(f"{DYAD}_desc-perievent_curve.tsv"),
        output:
            **group_files(["dyadevents_stats", "eventlocked_stats", "perievent_curve"], "tsv"),
            **group_files(["dyadevents_stats", "eventlocked_stats", "perievent_curve"], "json"),
        log:
            "results/logs/event_statistics.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("event_statistics"),
        params:
            therapists=lambda w: {row["dyad"]: row["therapist"] for row in FACTOR_ROWS},
            n_max=config["statistics"]["relabelings"],
            seed=derived_seed(config["seed"], "events"),
            code=code_of("event_statistics.py"),
        script:
            "../scripts/event_statistics.py"

    rule agreement:
        input:
            facts=lambda w: every_recording(FACTS)[::2],
        output:
            **group_files(["agreement_stats"], "tsv"),
            **group_files(["agreement_stats"], "json"),
        log:
            "results/logs/agreement.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("agreement"),
        params:
            runs=lambda w: [
                [dyad, time, int(run), study.coded.of_runs.get((dyad, run), [])] for dyad, time, run in RUNS
            ],
            bin_s=config["coded_events"]["bin_s"],
            seed=derived_seed(config["seed"], "agreement"),
            code=code_of("agreement.py"),
        script:
            "../scripts/agreement.py"


if SHORTER:

    rule coordination_at_events:
        input:
            series=f"{DYAD}_desc-signals_series.tsv",
            quality=f"{DYAD}_desc-signalquality_values.tsv",
        output:
            windows=f"{DYAD}_desc-coordinationevents_values.tsv",
            windows_dictionary=f"{DYAD}_desc-coordinationevents_values.json",
        log:
            "results/logs/coordination_at_events/dyad-{dyad}_task-{task}_run-{run}.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("coordination_at_events"),
        params:
            about=about,
            measures=SIGNAL_MEASURES,
            settings=HOW_COORDINATED | AT_EVENTS,
            seed=derived_seed(config["seed"], "coordination"),
            code=code_of("coordination_at_events.py"),
        script:
            "../scripts/coordination_at_events.py"


if BODIES:

    rule brain_body:
        input:
            brains=f"{DYAD}_desc-timeresolved_plv.tsv",
            bodies=BODIES,
        output:
            table=f"{DYAD}_desc-brainbody_stats.tsv",
            dictionary=f"{DYAD}_desc-brainbody_stats.json",
        log:
            "results/logs/brain_body/dyad-{dyad}_task-{task}_run-{run}.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("brain_body"),
        params:
            about=about,
            brains=[TIME_RESOLVED, list(config["bands"]), list(config["rois"])],
            length_s=config["windows"]["length_s"],
            code=code_of("brain_body.py"),
        script:
            "../scripts/brain_body.py"

    rule brain_body_statistics:
        input:
            tables=of_every_run(f"{DYAD}_desc-brainbody_stats.tsv"),
        output:
            **group_files(["brainbody_stats", "dyadbrainbody_stats"], "tsv"),
            **group_files(["brainbody_stats", "dyadbrainbody_stats"], "json"),
        log:
            "results/logs/brain_body_statistics.log",
        conda:
            "../../envs/interbrain.yaml"
        resources:
            **needs("brain_body_statistics"),
        params:
            therapists=lambda w: {row["dyad"]: row["therapist"] for row in FACTOR_ROWS},
            n_max=config["statistics"]["relabelings"],
            seed=derived_seed(config["seed"], "bodies"),
            code=code_of("brain_body_statistics.py"),
        script:
            "../scripts/brain_body_statistics.py"
