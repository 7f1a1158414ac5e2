"""Methods: coded events against their surroundings, the agreement of coders, and brain beside body."""

from __future__ import annotations

from collections.abc import Iterator

from .run import Run


def coded_events(run: Run) -> Iterator[str]:
    """Nothing unless the study has a table of coded events, or of signals."""
    if run.get("tables", "coding"):
        yield from _events(run)
    if run.get("tables", "signals"):
        yield (
            "Within each dyad, synchrony between the brains in single windows was correlated with each "
            "measure of coordination of the other signals. Changes over 300 s and more were removed from "
            "both series, because two series that follow the course of a session are correlated even if they "
            "have no moment in common, and one was shifted circularly against the other by whole windows of "
            "at least 60 s. Fisher's z minus its mean over these shifts was tested against zero over dyads "
            "by sign flips."
        )


def _events(run: Run) -> Iterator[str]:
    reach, guard = (f"{run.stated('coded_events', name):g}" for name in ("reach_s", "guard_s"))
    free = {
        "no_event": "in no coded event",
        "not_this_code": "in no event of the same code",
    }[run.stated("coded_events", "controls")]
    least, shifts = run.stated("coded_events", "min_events"), run.stated("coded_events", "n_shifts")
    yield (
        "For each code, the value of each window above the window's own chance level was averaged over "
        f"the windows of an event and compared with the mean of its control windows: within {reach} s of "
        f"the event, {free}, and at least {guard} s away from each. The mean difference over a dyad's "
        f"events was compared with that after {shifts} circular shifts of the whole train of events, which "
        f"keep its durations and gaps; dyads with fewer than {least} such events were not tested. Over "
        "dyads, and over therapists where one had several dyads, the differences were tested against zero "
        "by sign flips. The mean curve around the onsets has a band that holds at all times at once, by "
        f"the largest |t| over times of the same sign flips ({run.cite('NicholsHolmes2002')})."
    )
    if run.get("tables", "signals"):
        length = run.stated("coded_events", "window_s")
        yield (
            f"For this, coordination of other signals was computed in windows of at most {length:g} s, "
            "because longer windows leave too little time between events."
        )
    bins = f"{run.stated('coded_events', 'bin_s'):g}"
    yield (
        "Where two people coded a recording, their agreement on each code was Cohen's kappa over bins of "
        f"{bins} s ({run.cite('Cohen1960')}), with a 95% interval by a circular block bootstrap of blocks "
        f"of 60 s ({run.cite('PolitisRomano1992')})."
    )
