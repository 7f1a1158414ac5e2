# The study: config and tables, checked before anything runs. Gives the other stages `study`, `config`
# with its defaults, and the names of the files that pass from stage to stage.

import atexit
import gc
import io
import os
import shlex
import shutil
import sys
import time
import warnings
from collections import Counter
from contextlib import redirect_stderr
from dataclasses import asdict
from functools import cache
from pathlib import Path

try:
    import interbrain
except ModuleNotFoundError:
    sys.exit(
        "Interbrain's library is not installed in the environment that runs Snakemake "
        f"({sys.executable}).\n   Install it there, from the top folder of Interbrain: pip install ."
    )
from interbrain.reproducibility.packages import packages_message

# Before what follows imports them. With environments of their own, jobs are not run by these packages.
if workflow.is_main_process and not workflow.deployment_settings.deployment_method:
    # Of a workflow that is used from elsewhere, the library's own folder; that of an installed one has no list.
    if lacking := packages_message(Path(interbrain.__file__).resolve().parents[2]):
        sys.exit(lacking)
from interbrain.bids import recording_stem, set_aside
from interbrain.bids.inheritance import describing_files, describing_names
from interbrain.metrics.registry import modules_of
from interbrain.problems import InterbrainError
from interbrain.reproducibility import forecast, one_run, progress, replaced, run_account, warm
from interbrain.reproducibility.digest import code_digest
from interbrain.reproducibility.seeds import derived_seed
from interbrain.study.by_role import of_role
from interbrain.study.config import read_config, with_defaults
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError, warning_text
from interbrain.study.settings import config_schema
from interbrain.study.sheets import file_of_table
from interbrain.signals.measures import MOST_STRANGERS, coordination_columns, measures_of, series_of
from interbrain.tables import group, lag_statistics, multiverse
from interbrain.tables.declaration import by_family
from interbrain.tables.catalogue import OF_COORDINATION
from interbrain.tables.of_analysis import OF_ANALYSIS
from interbrain.tables.signal_multiverse import OF_SIGNAL_MULTIVERSE
from interbrain.tables.signal_statistics import OF_SIGNALS, OVER_LAGS

# What is read for a plan lives until its end. Python would look through all of it again and again for what may
# go, a quarter of the time that a plan of 400 dyads takes.
gc.freeze()
gc.set_threshold(200_000, 50, 50)

# Parallel by job: a threaded library in each would only fight over the cores, and round differently.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ[variable] = "1"

SCHEMA = config_schema()


def given_settings():
    """The study's settings: config/config.yaml, or with --configfile that file alone.

    Of a workflow that uses this one as a module: what it hands over, unless that is nothing.
    """
    if workflow.modifier.is_module and config:
        return dict(config)
    given = [read_config(f) for f in workflow.config_settings.configfiles or ["config/config.yaml"]]
    if not all(isinstance(content, dict) for content in given):
        return next(content for content in given if not isinstance(content, dict))
    return {k: v for content in [*given, workflow.config_settings.config] for k, v in content.items()}


@cache
def options():
    """What the person typed, and what the profile adds; Snakemake itself tells only after it has read the rules."""
    from snakemake.cli import parse_args

    with redirect_stderr(io.StringIO()):  # which profile is used, it has said itself
        return vars(parse_args(sys.argv[1:])[1])


def is_asked_for(target):
    """Whether the person typed this target."""
    return target in sys.argv and workflow.is_main_process and target in options()["targets"]


claimed = False  # whether this process runs jobs
if not workflow.is_main_process:
    one_run.end_with_the_run()
elif Path(sys.argv[0]).stem in ("snakemake", "__main__"):  # and not a program that uses Snakemake's library
    asked = options()
    if one_run.runs_jobs(asked) and "check" not in asked["targets"]:
        try:
            one_run.check_writable([Path("."), Path("bids"), Path("results"), Path(".snakemake")])
            taken_up = one_run.claim(Path(".snakemake"), here=one_run.runs_here(asked))
        except InterbrainError as error:
            sys.exit(str(error))
        claimed = True
        if taken_up:
            print(taken_up, file=sys.stderr)


try:
    settings = given_settings()
    if is_asked_for("check"):
        # Here and not in a job: what Snakemake says of a failed job would hide what the doctor says.
        warnings.simplefilter("ignore")  # of libraries, until the end of the process
        from interbrain import doctor

        said, sound = doctor.check(settings, SCHEMA, cores=workflow.resource_settings.cores or 1)
        print(said)
        sys.exit(0 if sound else 1)
    # Whoever started a job has looked for the raw files of all the others.
    study = load_study(settings, SCHEMA, look_for_files=workflow.is_main_process)
    if is_asked_for("release") and settings.get("input") == "bids":
        raise InterbrainError(
            "the input is a BIDS dataset, which is not packed again",
            "Share the report and results/derivatives/interbrain, and name the dataset (docs/howto/share.md).",
            where="release",
        )
    if claimed:
        raw = [Path(file) for dyad in study.dyads["dyad"] for file in study.raw_files(dyad)]
        one_run.check_dates([Path("bids"), Path("results")], raw)
except InterbrainError as error:
    sys.exit(str(error))
PYTHON = sys.executable
# Snakemake puts this into command lines as it is, and the folder of a checkout may hold spaces or parentheses.
sys.executable = shlex.quote(sys.executable)
settings = with_defaults(settings, SCHEMA)
config.clear()
config.update(settings)
if study.warnings and workflow.is_main_process:
    print(warning_text(study.warnings), file=sys.stderr)

BIDS = "bids"
DERIVATIVES = "results/derivatives/interbrain"
RESULTS, REPORT, SET_ASIDE = Path("results"), Path("results/report.html"), Path("results/set_aside")
FAILED = RESULTS / "logs/failed"
BEGUN = time.time()
STEM = recording_stem("{participant}", "{dyad}", "{task}", "{run}")
RAW, CLEAN = f"{BIDS}/{STEM}", f"{DERIVATIVES}/{STEM}_desc-clean"
CLOCK = "results/clocks/dyad-{dyad}.json"
# What makes each recording known again, and where one was found in another dyad.
SIGNATURES, COPIES = "results/clocks/dyad-{dyad}_signatures.npz", "results/clocks/copies.json"
FACTS = "results/conversion/sub-{participant}_ses-{dyad}_task-{task}_run-{run}.json"
# What the notes on a recording's signal are judged by, and these notes: no job on signals has their limits.
MEASURED, NOTES = FACTS.replace(".json", "_measured.npz"), "results/conversion/notes.json"
# The events of a recording as its conversion found them: coded ones are added where the study has any.
CODED = config["tables"]["coding"] is not None
APART = CODED and config["input"] == "raw"
EVENTS = FACTS.replace(".json", "_events.tsv") if APART else f"{RAW}_events.tsv"
DYAD = f"{DERIVATIVES}/dyads/dyad-{{dyad}}/dyad-{{dyad}}_task-{{task}}_run-{{run}}"
PSEUDO = f"{DERIVATIVES}/group/task-{{task}}_run-{{run}}_desc-pseudodyads_plv.tsv"
PSEUDO_PART = "results/pseudodyads/task-{task}_run-{run}_part-{part}.tsv"
TASKS = list(dict.fromkeys(study.tasks.values()))
# The times in the order of their runs; one with several tasks has a name and a run for each of them.
TIMES, CROSSED = study.times, bool(study.phases)
TASK_OF_TIME = {TIMES[run - 1]: task for run, task in study.tasks.items()}
# A table of all dyads is named after the task if the study has one.
GROUP = f"{DERIVATIVES}/group/" + (f"task-{TASKS[0]}_desc" if len(TASKS) == 1 else "desc")

# What decides nothing but whether a person should look at a recording: no signal job is given its limits.
LOOK = {
    "max_bad_share": config["cleaning"]["max_bad_share"],
    "look_below_percent": config["windows"]["look_below_percent"],
    "rois": config["rois"],
}

RECORDING_FILES = ["eeg.vhdr", "eeg.eeg", "eeg.vmrk", "channels.tsv", "events.tsv"]
TABLES = [*(table.name for table in by_family(group).values()), "decisions_log"]
STATISTICS = [table.name for table in OF_ANALYSIS.values()]
OF_LAGS = [table.name for table in by_family(lag_statistics).values()]
# Tests of every pair of channels; `channelpairs` alone is their mean over dyads.
PAIR_TESTS = {
    "pairtests": f"{GROUP}-channelpairs_stats.tsv",
    "pairclusters": f"{GROUP}-channelclusters_stats.tsv",
}
SIMULATED_SESSION = bool(config["simulation"] and config["simulation"]["session"])
# Tables of every dyad and run with the coordination of bodies in each window, in studies that have signals.
BODIES = [f"{DYAD}_desc-coordinationwindows_values.tsv"] if study.signals else []
OF_EVENTS = [
    *(["dyadevents_stats", "eventlocked_stats", "perievent_curve", "agreement_stats"] if CODED else []),
    *(["brainbody_stats", "dyadbrainbody_stats"] if BODIES else []),
]
# Other signals, in studies that have them: as recorded, the measures of each, and what follows over dyads.
PHYSIO = f"{BIDS if config['input'] == 'raw' else 'results/signals'}/{STEM}_recording-{{label}}_physio.tsv.gz"
COORDINATION = [f"{GROUP}-coordination_values.tsv"] if study.signals else []
SIGNAL_TABLES = [table.name for table in OF_COORDINATION.values()] if study.signals else []
SIGNAL_STRANGERS = f"{DERIVATIVES}/group/task-{{task}}_run-{{run}}_desc-signalstrangers_values.tsv"
SIGNAL_MEASURES = measures_of(study.signals, config["signals"]["measures"])
# Of the settings on signals; the others are of coordination.
OF_SERIES = ("max_missing_share", "measures", "multiverse")
HOW_COORDINATED = {key: value for key, value in config["signals"].items() if key not in OF_SERIES}
MEDIATION = ["mediation_stats"] if config["statistics"]["mediation"] else []
# Windows of a minute leave no time between events: where they are that long, events have shorter ones of their own.
AT_EVENTS = {"window_s": config["coded_events"]["window_s"]}
AT_EVENTS |= {
    "step_s": min(config["signals"]["step_s"], AT_EVENTS["window_s"] / 3),
    "lag_s": min(config["signals"]["lag_s"], AT_EVENTS["window_s"] / 5),
}
SHORTER = bool(BODIES) and CODED and AT_EVENTS["window_s"] < config["signals"]["window_s"]
BODIES_AT_EVENTS = [f"{DYAD}_desc-coordinationevents_values.tsv"] if SHORTER else BODIES
SIGNAL_MULTIVERSE = (
    [table.name for table in OF_SIGNAL_MULTIVERSE.values()]
    if study.signals and config["signals"]["multiverse"]
    else []
)
MULTIVERSE = [table.name for table in by_family(multiverse).values()] if config["multiverse"] else []

# Tables of each dyad and run that are written on request.
ASKED = config["synchrony"]
# Coded events are compared with a series: with windows of PLV where the study names no other estimator.
TIME_RESOLVED = ASKED["time_resolved"] or ("plv" if OF_EVENTS else None)
FURTHER = [
    *(["timeresolved_plv"] if TIME_RESOLVED else []),
    *(["withinbrain_plv"] if ASKED["within_brain"] else []),
    *(["directed_stats"] if ASKED["directed"] else []),
]

ESTIMATORS = ["plv", *config["synchrony"]["estimators"]]

# What the config says of runs with few windows; its other settings on windows choose them.
OF_FEW_WINDOWS = ("min_clean_s", "look_below_percent")

RUNS = study.runs
RECORDINGS = [
    {"participant": study.member(dyad, role), "dyad": dyad, "task": study.tasks[run], "run": run}
    for dyad, _, run in RUNS
    for role in ("therapist", "client")
]
# Into how many jobs the comparison with strangers is divided: by the study, whatever the machine.
DYADS_A_PART = 200
DYADS_OF = Counter(run for *_, run in RUNS)
PARTS = {run: max(1, -(-DYADS_OF[run] // DYADS_A_PART)) for run, _ in enumerate(TIMES, 1)}
IN_PARTS = [str(run) for run, n in PARTS.items() if n > 1]
FACTOR_ROWS = study.included[["dyad", "therapist", "client", *config["factors"]]].to_dict("records")


wildcard_constraints:
    participant="[A-Za-z0-9]+",
    dyad="[A-Za-z0-9]+",
    task="[A-Za-z0-9]+",
    run="[0-9]+",
    label="[A-Za-z0-9]+",


def code_of(script, estimators=()):
    """Digest of the library rooms that a script reaches: a changed formula runs again what needs it.

    A job is only given its own.
    """
    path = Path(workflow.source_path(f"../scripts/{script}"))
    if workflow.is_main_process:
        return code_digest(path, modules_of(estimators))
    return lambda w: code_digest(path, modules_of(estimators))


def every_recording(pattern):
    """`pattern` for each recording, in the order of the tables."""
    return [pattern.format(**recording) for recording in RECORDINGS]


def every_run(pattern):
    """`pattern` for each dyad and run, in the order of the tables."""
    return [pattern.format(dyad=dyad, task=study.tasks[run], run=run) for dyad, _, run in RUNS]


def every_time(pattern):
    """`pattern` for each time, in their order."""
    return [pattern.format(task=task, run=run) for run, task in study.tasks.items()]


# As functions, so that a job which is told to do one thing need not list all others.
def of_every_recording(pattern):
    """Input function: `pattern` for each recording, in the order of the tables."""
    return lambda w: every_recording(pattern)


def of_every_run(pattern):
    """Input function: `pattern` for each dyad and run, in the order of the tables."""
    return lambda w: every_run(pattern)


def of_coded_runs(pattern):
    """Input function: `pattern` for each dyad and run that has coded events, in the order of the tables."""
    return lambda w: [
        file
        for (dyad, _, run), file in zip(RUNS, every_run(pattern), strict=True)
        if (dyad, run) in study.coded.of_runs
    ]


def physio_of(dyad, run):
    """The signals of a dyad and run as recorded, the therapist's first; without those that are excluded."""
    return [
        PHYSIO.format(
            participant=study.member(dyad, whose),
            dyad=dyad,
            task=study.tasks[int(run)],
            run=run,
            label=signal["label"],
        )
        for whose in ("therapist", "client")
        for signal in study.signals.get((dyad, int(run), whose), [])
        if not signal["exclude"]
    ]


def every_physio():
    """Every signal as recorded and its sidecar, in the order of the tables."""
    files = [file for dyad, _, run in RUNS for file in physio_of(dyad, run)]
    return [one for file in files for one in (file, file.replace(".tsv.gz", ".json"))]


def files_of_coordination():
    """Tables of coordination with their dictionaries: of each dyad and run, of strangers, and of the study."""
    if not COORDINATION:
        return []
    names = ["signals_series", "signalquality_values", "coordination_values", "coordinationwindows_values"]
    names += ["coordinationcurve_values", "coordinationlags_stats"]
    names += ["coordinationevents_values"] if SHORTER else []
    tables = [file for name in names for file in every_run(f"{DYAD}_desc-{name}.tsv")]
    tables += every_time(SIGNAL_STRANGERS) if config["signals"]["stranger_shifts"] else []
    tables += every_run(f"{DYAD}_desc-signalvariants_values.tsv") if SIGNAL_MULTIVERSE else []
    tables += [
        *COORDINATION,
        f"{GROUP}-signalquality_values.tsv",
        *group_files(SIGNAL_TABLES + SIGNAL_MULTIVERSE, "tsv").values(),
    ]
    return [one for file in tables for one in (file, file.replace(".tsv", ".json"))]


def signals_of_run(wildcards):
    """Input function: the signals of the wildcards' dyad and run as recorded."""
    return physio_of(wildcards.dyad, wildcards.run)


def raw_of_signal(wildcards):
    """Input function: the file of the wildcards' signal, if it has its own, and the member's EEG file."""
    w = wildcards
    own = study.signal(w.participant, w.dyad, w.run, w.label)["file"]
    return [*([own] if own else []), *study.encounter(w.participant, w.dyad, w.run)["raw"]]


def known_channels(wildcards):
    """Params function: channels of the wildcards' recording whose kind the table of signals tells."""
    told = study.auxiliary(wildcards.participant, wildcards.dyad, wildcards.run)
    return {"auxiliary": told} if told else {}


strangers_in_signals = {}  # once for all jobs of a run


def signal_strangers(run):
    """Which dyads are compared in their signals with which strangers, at one time: all of them in one job."""
    from interbrain.chance.draw import in_parts  # numerical: of no other job

    if run not in strangers_in_signals:
        at = {dyad: number for number, dyad in enumerate(study.dyads["dyad"])}
        there = {dyad for dyad, _, known in RUNS if known == int(run)}
        rows = [row for row in FACTOR_ROWS if row["dyad"] in there]
        chance, seed = config["chance"], derived_seed(config["seed"], "unmet")
        (strangers_in_signals[run],) = in_parts(
            *(rows, chance["alike"], min(chance["max_pseudo_dyads"], MOST_STRANGERS), seed, 1),
            at=[at[row["dyad"]] for row in rows],
        )
    return strangers_in_signals[run]


def absent(files):
    """The first of `files` that is not there, as a list; asking for it makes all that its job makes."""
    return [file for file in files if not os.path.exists(file)][:1]


def dyads_of_run(wildcards):
    """The rows of the dyads that have a recording at the wildcards' run."""
    there = {dyad for dyad, _, run in RUNS if run == int(wildcards.run)}
    return [row for row in FACTOR_ROWS if row["dyad"] in there]


drawn = {}  # once for all jobs of a run


def strangers(wildcards):
    """Which dyads the wildcards' job compares with strangers, and whose phases it needs."""
    from interbrain.chance.draw import in_parts  # numerical: of no other job

    run, chance = int(wildcards.run), config["chance"]
    if run not in drawn:
        at = {dyad: number for number, dyad in enumerate(study.dyads["dyad"])}
        dyads, seed = dyads_of_run(wildcards), derived_seed(config["seed"], "strangers")
        drawn[run] = in_parts(
            *(dyads, chance["alike"], chance["max_pseudo_dyads"], seed, PARTS[run]),
            at=[at[row["dyad"]] for row in dyads],
        )
    return drawn[run][int(wildcards.get("part", 1)) - 1]


def of_strangers(pattern):
    """Input function: `pattern` for each dyad that the wildcards' job needs, in the order of the tables."""
    return lambda w: [pattern.format(dyad=r["dyad"], task=w.task, run=w.run) for r in strangers(w).rows]


def one_of(labels):
    """A constraint of a wildcard: one of these, and if there are none, nothing."""
    return "|".join(labels) or "(?!)"


def group_files(names, suffix):
    """The group tables, or their dictionaries (json), by a short name: aggregated for desc-aggregated_plv."""
    end = "" if suffix == "tsv" else "_dictionary"
    return {name.split("_")[0] + end: f"{GROUP}-{name}.{suffix}" for name in names}


def tables_and_dictionaries(names):
    return [file for suffix in ("tsv", "json") for file in group_files(names, suffix).values()]


def for_audit(files, category):
    """Outputs that Snakemake's own report (`make audit`) has as well, under this heading, with its caption."""
    caption = f"../captions/{category.lower()}.rst"
    return {name: report(file, caption=caption, category=category) for name, file in files.items()}


listing = cache(describing_names)  # a folder of a dataset is looked through once, however many recordings


def given_files(dyad):
    """Every file that the study was given of a dyad's recordings, each once."""
    if config["input"] != "bids":
        return study.raw_files(dyad)
    recorded = [
        recording_files(study.member(dyad, role), dyad, row["run"])
        for row in study.session(dyad)
        for role in ("therapist", "client")
    ]
    return list(dict.fromkeys(file for files in recorded for file in files))


def recording_files(participant, dyad, run):
    """Every file of one recording of the BIDS dataset, ours or a given one; the data file first."""
    if config["input"] != "bids":
        stem = RAW.format(participant=participant, dyad=dyad, task=study.tasks[int(run)], run=run)
        # What a person codes is added to events.tsv and repeats nothing that is made from signals: these have EVENTS.
        return [f"{stem}_{end}" for end in RECORDING_FILES if not (APART and end == "events.tsv")]
    given = study.encounter(participant, dyad, run)["raw"]
    return [*given, *map(str, describing_files(Path(given[0]), listing))]


def recorded(wildcards):
    """Input function: the files of the wildcards' recording."""
    return recording_files(wildcards.participant, wildcards.dyad, wildcards.run)


def of_members(**named):
    """Input function for `unpack`: files of the wildcards' run by name; `named` gives each name role and pattern.

    One function for all of them: Snakemake asks each input function of each job anew what arguments it takes.
    """

    def paths(wildcards):
        of_run = {name: wildcards[name] for name in ("dyad", "task", "run")}
        return {
            name: pattern.format(participant=study.member(wildcards.dyad, role), **of_run)
            for name, (role, pattern) in named.items()
        }

    return paths


FACTS_OF_BOTH = of_members(therapist_facts=("therapist", FACTS), client_facts=("client", FACTS))


def recordings_of_pair(wildcards):
    """Input function for `unpack`: the files of both members' recordings."""
    return {
        f"{role}_recording": recording_files(
            study.member(wildcards.dyad, role), wildcards.dyad, wildcards.run
        )
        for role in ("therapist", "client")
    }


def line_frequency(wildcards):
    """Params function: the mains where the wildcards' recording was made, Hz."""
    return of_role(config["line_frequency"], study.role(wildcards.participant, wildcards.dyad))


def adopted_cap_map(participant, dyad, run):
    """The cap map of a recording of a given dataset; ours is written with 10-20 names."""
    return study.cap_map(participant, dyad, run) if config["input"] == "bids" else {}


def about(wildcards):
    """Params function: the leading columns of a dyad's tables."""
    time = study.recording(wildcards.dyad, wildcards.run)["time"]
    return {"dyad": wildcards.dyad, "time": time, "run": int(wildcards.run)}


def shown_events(dyad, run):
    """The coded events of a dyad and run that its page shows, those of one coder: onset, duration (s), code."""
    coded = study.coded.of_runs.get((dyad, run), [])
    return [
        [event["onset_s"], event["duration_s"], event["code"]]
        for event in coded
        if event["coder"] == coded[0]["coder"]
    ]


def windows(wildcards):
    """Params function: what chooses the windows of a dyad and run."""
    settings = {key: value for key, value in config["windows"].items() if key not in OF_FEW_WINDOWS}
    return {**settings, "seed": derived_seed(config["seed"], "windows")}


def estimation(wildcards):
    """Params function: which estimators, over what, and their chance level by circular shifts."""
    return {
        **{key: config["chance"][key] for key in ("n_shifts", "min_shift_s")},
        "estimators": ESTIMATORS,
        "over": config["synchrony"]["over"],
        "individual_band": config["synchrony"]["individual_alpha"],
        "out_sfreq": config["phase"]["sfreq"],
        "seed": derived_seed(config["seed"], "chance"),
    }


# Now, as the plan depends on what is there; what the study has no longer is moved away when the run begins.
CURRENT = set_aside.Current(
    [tuple(r.values()) for r in RECORDINGS],
    list(config["questionnaires"]),
    {run: n for run, n in PARTS.items() if n > 1},
    {
        (*(str(one) for one in r.values()), signal["label"])
        for r in RECORDINGS
        for signal in study.signals.get((r["dyad"], r["run"], study.role(r["participant"], r["dyad"])), [])
        if not signal["exclude"]
    },
)
if workflow.is_main_process and (back := set_aside.bring_back(SET_ASIDE, CURRENT)):
    print(f"Brought back from {SET_ASIDE}/: {len(back)} files that the study uses again.", file=sys.stderr)
if workflow.is_main_process and not config["simulation"]:  # whose raw files are made by a job
    made = [
        replaced.Made(Path(FACTS.format(**one)), (Path(CLOCK.format(**one)),), tuple(files))
        for one in RECORDINGS
        if Path(FACTS.format(**one)).is_file()
        for files in [
            (
                study.encounter(one["participant"], one["dyad"], one["run"])["raw"]
                if config["input"] == "raw"
                else recording_files(one["participant"], one["dyad"], one["run"])
            )
        ]
    ]
    replaced.give_back_kept(Path(".snakemake"))
    others, outdated = replaced.find_replaced(made, Path(".snakemake"))
    if others:
        print(replaced.what_was_replaced(others), file=sys.stderr)
    dates = replaced.date_before_them(outdated)
    if not claimed:  # the dates are for the plan alone: a dry run changes nothing
        replaced.keep_dates(dates, outdated, Path(".snakemake"))
        atexit.register(replaced.give_back_kept, Path(".snakemake"))


WATCHED = []
EXAMINED = REPORT.with_name("doctor.json")


@cache  # asked once, when the run has ended
def written_bytes():
    """Of the dataset, where it was made here, and of the results, without simulated raw files."""
    folders = [Path(BIDS)] if config["input"] == "raw" else []
    return forecast.written([*folders, RESULTS], without=Path(BIDS, "sourcedata"))


onstart:
    to_do = list(workflow.dag.needrun_jobs())
    WATCHED.append(progress.watch(logger, to_do, REPORT, written_bytes))
    # Unless told otherwise, Snakemake starts at most 100 jobs a second, and for that looks at all ready jobs again one
    # second after each look. Every job that ends begins one more such chain of looks, until it does little else. Jobs
    # here take seconds each; a limit that the user gives is kept.
    limit = workflow.scheduling_settings.max_jobs_per_timespan
    if limit is not None and (limit.max_jobs, limit.timespan) == (100, 1):
        workflow.scheduler.job_rate_limiter = None
    if workflow.local_exec:
        jobs, cores = WATCHED[-1].jobs.values(), workflow.resource_settings.cores or 1
        if said := forecast.before_this_run(jobs, len(RECORDINGS), given_files, config, cores, EXAMINED):
            print(said, file=sys.stderr)
        one_run.name_this_run()
        warm.start(PYTHON, n_jobs=len(to_do))
    shutil.rmtree(FAILED, ignore_errors=True)
    written = Path(BIDS) if config["input"] == "raw" else None
    moved = set_aside.move_away(set_aside.leftovers(written, RESULTS, CURRENT), SET_ASIDE)
    if moved:
        print(set_aside.what_was_moved(moved, SET_ASIDE), file=sys.stderr)


def given_texts():
    """The settings and tables that the study was read from."""
    tables = [
        *config["tables"].values(),
        *(form.get(key) for form in config["questionnaires"].values() for key in ("table", "key")),
    ]
    named = [name for table in tables for name in (table.values() if isinstance(table, dict) else [table])]
    read = workflow.config_settings.configfiles or ["config/config.yaml"]
    return [*map(Path, read), *(Path(file_of_table(name)) for name in named if name)]


onsuccess:
    if edited := one_run.edited_since(given_texts(), BEGUN):
        print(edited, file=sys.stderr)
    run_account.write_run(
        REPORT.with_name("run.json"),
        REPORT.parent / "logs",
        begun=BEGUN,
        ended=time.time(),
        cores=workflow.resource_settings.cores or 1,
        jobs=sum(len(watched.jobs) for watched in WATCHED),
        disk_bytes=written_bytes(),
    )


onerror:
    # Both members' jobs may fail for the same file: say each thing once.
    reasons = [
        file.read_text(encoding="utf-8").rsplit("\n   The log: ", 1)
        for file in sorted(FAILED.glob("*.txt"))
    ]
    for reason, log in {reason: log for reason, log in reversed(reasons)}.items():
        print(f"\nStopped: {reason}\n   The log: {log}", file=sys.stderr)
    interrupted = any(watched.interrupted for watched in WATCHED)
    if not reasons and not interrupted:
        print(f"\n{progress.WITHOUT_A_WORD}", file=sys.stderr)
    if REPORT.is_file() and not interrupted:
        of = "an earlier run" if REPORT.stat().st_mtime < BEGUN else "this run, before it failed,"
        print(f"\nThe report {REPORT} is from {of} and does not include this.", file=sys.stderr)
