# Memory and time of each rule, for a cluster's scheduler, from what was measured (docs/scale.md). A retry asks
# for twice as much, three times as much, ... On a workstation they count where `--resources mem_mb=16000` limits them.

# MB and minutes that a job takes whatever it is given, and what each MB of a raw file, or each dyad and time, adds.
# A recording of 5 minutes, 32 channels and 1000 Hz is a file of 45 MB: its cleaning took 500 MB and 11 seconds.
OF_RECORDINGS = {
    "simulate": (700, 30, 5, 0.02),
    "clock": (400, 6, 3, 0.02),
    "convert": (400, 8, 3, 0.04),
    "adopt": (400, 8, 3, 0.04),
    "clean": (400, 8, 5, 0.1),
    "synchrony": (400, 5, 4, 0.05),
    "lags": (400, 5, 4, 0.05),
    "picture": (400, 5, 4, 0.04),
    "variants": (400, 5, 10, 0.4),
    "time_resolved": (400, 5, 4, 0.04),
    "within_brain": (400, 5, 4, 0.2),
    "directed": (400, 5, 4, 0.2),
    "signals": (600, 5, 4, 0.04),
    "coordination": (600, 5, 10, 0.1),
    "signal_variants": (600, 5, 20, 0.4),
    "coordination_at_events": (600, 5, 10, 0.1),
    "physio": (400, 8, 3, 0.04),
    "event_locked": (400, 1, 3, 0.02),
    "brain_body": (400, 1, 3, 0.02),
}
OF_ALL_DYADS = {
    "copies": (400, 1, 5, 0.02),
    "notes": (400, 1, 5, 0.02),
    "dataset": (500, 0.5, 5, 0.02),
    "validate": (1000, 0.5, 10, 0.05),
    "aggregate": (500, 2, 10, 0.05),
    "pseudodyads": (1000, 0, 30, 0),  # of a part of them, whose number of dyads is bounded
    "join_pseudodyads": (500, 1, 5, 0.02),
    "analyse": (1000, 2, 30, 0.1),
    "lag_statistics": (800, 2, 15, 0.05),
    "mediation": (600, 1, 10, 0.02),
    "channel_pairs": (1000, 4, 30, 0.1),
    "coordination_strangers": (1000, 2, 30, 0.2),
    "coordination_of_study": (500, 0.5, 5, 0.02),
    "signal_statistics": (800, 1, 15, 0.05),
    "signal_lags": (800, 1, 15, 0.05),
    "event_statistics": (800, 2, 15, 0.05),
    "agreement": (800, 2, 15, 0.05),
    "brain_body_statistics": (800, 2, 15, 0.05),
    "signal_multiverse": (1000, 1, 30, 0.1),
    "multiverse": (1000, 2, 60, 0.2),
    "report": (1000, 4, 15, 0.1),
    "dyad_pages": (500, 1, 5, 0.02),
}
SMALL = (400, 0, 5, 0)


@cache
def largest_raw_mb(dyad):
    """MB of the largest file of a dyad's recordings; 50 where none is there yet."""
    files = [Path(file) for file in given_files(dyad)]
    there = [file for file in files if file.is_file()]
    beside = [
        data for file in there if file.stat().st_size < 1e6 for data in file.parent.glob(f"{file.stem}.*")
    ]
    return max((file.stat().st_size / 1e6 for file in there + beside), default=50)


def needs(rule):
    """The resources of a rule: functions of the wildcards and the attempt, as Snakemake asks for them."""
    mb, more_mb, minutes, more_minutes = (OF_RECORDINGS | OF_ALL_DYADS).get(rule, SMALL)

    def size(wildcards):
        return largest_raw_mb(wildcards.dyad) if rule in OF_RECORDINGS else len(RUNS)

    return {
        "mem_mb": lambda wildcards, attempt: attempt * int(mb + more_mb * size(wildcards)),
        "runtime": lambda wildcards, attempt: attempt * int(minutes + more_minutes * size(wildcards)),
    }
