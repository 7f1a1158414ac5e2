# The statistics become a page: it shows what the tables say, and computes nothing.

from interbrain.metrics.registry import METRICS
from interbrain.quality.provenance import code_state
from interbrain.study.problems import grouped

ASSETS = Path(interbrain.__file__).parent / "report/assets"
PAGE_ASSETS = ASSETS.parent / "dyad_pages/assets"
WORKS = ASSETS.parent / "methods/references.bib"
REPOSITORY = Path(interbrain.__file__).parents[2]  # of a library that was installed from it in place
RULES = Path(workflow.current_basedir.get_path_or_uri(secret_free=True))
SNAKEFILES = [str(RULES.parent / "Snakefile"), *sorted(str(file) for file in RULES.glob("*.smk"))]


rule provenance:
    input:
        facts=of_every_recording(FACTS),
        notes=NOTES,
        copies=COPIES,
        accounts=of_every_recording(f"{CLEAN}_eeg.json"),
    output:
        report("results/provenance.json", caption="../captions/provenance.rst", category="Provenance"),
    log:
        "results/logs/provenance.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("provenance"),
    params:
        settings=lambda w: {
            "config": settings,
            "code": code_state(REPOSITORY),
            "simulated": bool(config["simulation"]),
            "warnings": [warning.for_others for warning in grouped(study.warnings)],
        },
        code=code_of("provenance.py"),
    script:
        "../scripts/provenance.py"


# What was found, and how sure it is, from all tables of tests: the report's cards put it into words.
rule findings:
    input:
        **group_files(
            [
                *(f"{name}_stats" for name in ("anova", "contrasts", "permutation", "equivalence")),
                *("presence_stats", "correlations_stats", "snr_stats", "spread_stats", "therapists_stats"),
                *("reliability_stats", "power_stats", "lags_stats", *MULTIVERSE),
                *(table.name for table in OF_SIGNALS.values() if study.signals),
                *(name for name in OF_EVENTS if name in ("eventlocked_stats", "brainbody_stats")),
            ],
            "tsv",
        ),
    output:
        **for_audit(group_files(["findings_stats", "evidence_stats"], "tsv"), "Findings"),
        **group_files(["findings_stats", "evidence_stats"], "json"),
    log:
        "results/logs/findings.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("findings"),
    params:
        hypotheses={
            "between": BETWEEN,
            "scores": CORRELATED,
            "measures": config["statistics"]["measures"],
            "questionnaires": list(config["questionnaires"]),
            "differences": config["differences"],
            "repeated": REPEATED,
            "strangers": config["signals"]["stranger_shifts"] > 0,
            **({"kinds": series_of(study.signals)} if study.signals else {}),
        },
        change=config["statistics"]["time"] == "change",
        code=code_of("findings.py"),
    script:
        "../scripts/findings.py"


# What the release and its description name of the tables over dyads; those of coordination are beside it.
OVER_DYADS = [
    *rules.aggregate.output,
    *rules.analyse.output,
    *rules.lag_statistics.output,
    *(rules.mediation.output if MEDIATION else []),
    *(rules.channel_pairs.output if config["statistics"]["channel_pairs"] else []),
    *(rules.multiverse.output if config["multiverse"] else []),
    *tables_and_dictionaries(OF_EVENTS),
    *rules.findings.output,
]


rule report:
    input:
        **group_files(
            TABLES + STATISTICS + OF_LAGS + MEDIATION + MULTIVERSE + SIGNAL_TABLES + SIGNAL_MULTIVERSE, "tsv"
        ),
        **({"truth": rules.truth.output[0]} if config["simulation"] else {}),
        **({"truth_session": rules.truth_session.output[0]} if SIMULATED_SESSION else {}),
        **({"planted_found": rules.planted_found.output.table} if SIMULATED_SESSION else {}),
        **(PAIR_TESTS if config["statistics"]["channel_pairs"] else {}),
        **group_files(OF_EVENTS, "tsv"),
        findings=rules.findings.output.findings,
        evidence=rules.findings.output.evidence,
        dictionary=rules.aggregate.output.aggregated_dictionary,
        provenance=rules.provenance.output[0],
        validation=rules.validate.output.summary,
        pictures=lambda w: [
            file
            for role in ("therapist", "client")
            for file in every_run(f"{DYAD}_desc-{role}_summary.webp")
        ],
        assets=sorted(str(file) for file in ASSETS.iterdir()),
        works=WORKS,
    output:
        report("results/report.html", caption="../captions/report.rst", category="Report"),
    log:
        "results/logs/report.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("report"),
    params:
        recordings=lambda w: [
            [dyad, role, time] for role in ("therapist", "client") for dyad, time, _ in RUNS
        ],
        code=code_of("report.py", METRICS),
    script:
        "../scripts/report.py"


# A page for each dyad, to which the report links: what was decided about its recordings, to be looked at and overruled.
rule dyad_pages:
    input:
        **{name: rules.report.input[name] for name in ("aggregated", "quality", "decisions")},
        pictures=rules.report.input.pictures,
        brains=of_every_run(f"{DYAD}_desc-timeresolved_plv.tsv") if TIME_RESOLVED else [],
        bodies=of_every_run(BODIES[0]) if BODIES else [],
        curves=of_every_run(f"{DYAD}_desc-coordinationcurve_values.tsv") if BODIES else [],
        peaks=of_every_run(f"{DYAD}_desc-coordinationlags_stats.tsv") if BODIES else [],
        assets=[*sorted(str(file) for file in PAGE_ASSETS.iterdir()), str(ASSETS / "style.css")],
    output:
        directory("results/pages"),
    log:
        "results/logs/dyad_pages.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("dyad_pages"),
    params:
        recordings=rules.report.params.recordings,
        factors=list(config["factors"]),
        roles=config["roles"],
        runs=lambda w: [[dyad, time] for dyad, time, _ in RUNS],
        events=lambda w: [[[dyad, time], shown_events(dyad, run)] for dyad, time, run in RUNS],
        length_s=config["windows"]["length_s"],
        code=code_of("dyad_pages.py"),
    script:
        "../scripts/dyad_pages.py"


# The results for machines: an RO-Crate, with the rules as they ran. The same files give the same bytes.
rule crate:
    input:
        report=rules.report.output[0],
        provenance=rules.provenance.output[0],
        validation=rules.validate.output.summary,
        tables=[
            *OVER_DYADS,
            *tables_and_dictionaries(SIGNAL_TABLES + SIGNAL_MULTIVERSE),
        ],
        snakefile=SNAKEFILES[0],
        rules=SNAKEFILES[1:],
    output:
        metadata="results/ro-crate-metadata.json",
        workflow=directory("results/workflow"),
    log:
        "results/logs/crate.log",
    conda:
        "../../envs/interbrain.yaml"
    resources:
        **needs("crate"),
    params:
        # What else is beside the report for a reader; run.json is written after every run. The folder of pages is no
        # input: of a folder only its date is known, and a copied study has another.
        unsummed=["run.json", "pages/", "derivatives/interbrain/", "derivatives/interbrain/dyads/"],
        date_published=config["date_published"],
        code=code_of("crate.py"),
    script:
        "../scripts/crate.py"
