# The files of Interbrain's rules, without its library, its parameters and its scripts: what Snakemake alone needs
# to plan a study. For benchmarks/plan.py.

from pathlib import Path

THERAPIST = {}
for row in Path("config/dyads.tsv").read_text().splitlines()[1:]:
    dyad, therapist, *_ = row.split("\t")
    THERAPIST[dyad] = therapist
DYADS = list(THERAPIST)
RUNS = ["1", "2"]
PEOPLE = [(p, d) for d in DYADS for p in (THERAPIST[d], d.replace("D", "C"))]
REC = "bids/sub-{p}/ses-{d}/eeg/sub-{p}_ses-{d}_task-rest_run-{r}"
CLEAN = "results/derivatives/" + REC + "_desc-clean"
DYAD = "results/derivatives/dyads/dyad-{d}/dyad-{d}_task-rest_run-{r}_desc-"
FACTS = "results/conversion/sub-{p}_ses-{d}_run-{r}.json"
PARTS = ["eeg.vhdr", "eeg.eeg", "eeg.vmrk", "channels.tsv", "events.tsv"]
recordings = lambda pattern: [pattern.format(p=p, d=d, r=r) for p, d in PEOPLE for r in RUNS]
runs = lambda pattern: [pattern.format(d=d, r=r) for d in DYADS for r in RUNS]
raw = lambda d: [f"raw/{d}_{t}_{role}.Poly5" for t in ("pre", "post") for role in ("therapist", "client")]
pair = lambda *patterns: lambda w: [
    f.format(p=p, d=w.d, r=w.r) for f in patterns for p in (THERAPIST[w.d], w.d.replace("D", "C"))
]


wildcard_constraints:
    p="[A-Za-z0-9]+",
    d="[A-Za-z0-9]+",
    r="[0-9]+",


rule all:
    input:
        "results/report.html",
        "results/validation.json",


rule clock:
    input:
        lambda w: raw(w.d),
    output:
        "results/clocks/dyad-{d}.json",
    log:
        "results/logs/clock_{d}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule convert:
    input:
        lambda w: raw(w.d)[2 * int(w.r) - 2 + w.p.startswith("C")],
        "results/clocks/dyad-{d}.json",
    output:
        [f"{REC}_{part}" for part in PARTS],
        REC + "_eeg.json",
        FACTS,
    log:
        "results/logs/convert_{p}_{d}_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule dataset:
    input:
        recordings(FACTS),
    output:
        "bids/participants.tsv",
        [f"bids/sub-{p}/ses-{d}/sub-{p}_ses-{d}_scans.tsv" for p, d in PEOPLE],
        list(dict.fromkeys(f"bids/sub-{p}/sub-{p}_sessions.tsv" for p, d in PEOPLE)),
    log:
        "results/logs/dataset.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule validate:
    input:
        "bids/participants.tsv",
        recordings(REC + "_eeg.vhdr"),
    output:
        "results/validation.json",
    log:
        "results/logs/validate.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule clean:
    input:
        [f"{REC}_{part}" for part in PARTS],
    output:
        [CLEAN + end for end in ("_eeg.fif", "_ica.fif", "_eeg.json", "_spectra.npz")],
    log:
        "results/logs/clean_{p}_{d}_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule synchrony:
    input:
        pair(CLEAN + "_eeg.fif", CLEAN + "_eeg.json", FACTS),
    output:
        [
            DYAD + end
            for end in (
                "therapist_epo.fif",
                "client_epo.fif",
                "therapist_phases.npy",
                "client_phases.npy",
                "roi_plv.tsv",
                "roi_plv.json",
                "channels_plv.tsv",
                "channels_plv.json",
                "windows_ledger.tsv",
                "windows_ledger.json",
            )
        ],
    log:
        "results/logs/synchrony_{d}_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule pseudodyads:
    input:
        lambda w: [
            (DYAD + end).format(d=d, r=w.r)
            for d in DYADS
            for end in ("therapist_phases.npy", "client_phases.npy", "windows_ledger.tsv")
        ],
    output:
        "results/group_run-{r}.tsv",
    log:
        "results/logs/pseudodyads_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule lags:
    input:
        pair(CLEAN + "_eeg.fif", CLEAN + "_eeg.json", FACTS),
        DYAD + "windows_ledger.tsv",
    output:
        DYAD + "lags_plv.tsv",
        DYAD + "lags_plv.json",
    log:
        "results/logs/lags_{d}_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule picture:
    input:
        pair(*(f"{REC}_{part}" for part in PARTS)),
        pair(*(CLEAN + end for end in ("_eeg.fif", "_ica.fif", "_eeg.json", "_spectra.npz"))),
        pair(FACTS),
        DYAD + "windows_ledger.tsv",
    output:
        [
            DYAD + end
            for end in (
                "therapist_summary.webp",
                "client_summary.webp",
                "therapist_decisions.tsv",
                "therapist_decisions.json",
                "client_decisions.tsv",
                "client_decisions.json",
            )
        ],
    log:
        "results/logs/picture_{d}_{r}.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule aggregate:
    input:
        recordings(FACTS),
        recordings(CLEAN + "_eeg.json"),
        recordings(CLEAN + "_spectra.npz"),
        *(
            runs(DYAD + end)
            for end in ("roi_plv.tsv", "channels_plv.tsv", "windows_ledger.tsv", "lags_plv.tsv")
        ),
        ["results/group_run-1.tsv", "results/group_run-2.tsv"],
    output:
        "results/aggregated.tsv",
    log:
        "results/logs/aggregate.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"


rule report:
    input:
        "results/aggregated.tsv",
        runs(DYAD + "therapist_summary.webp"),
        runs(DYAD + "client_summary.webp"),
    output:
        "results/report.html",
    log:
        "results/logs/report.log",
    conda:
        "../envs/interbrain.yaml"
    script:
        "plan.py"
