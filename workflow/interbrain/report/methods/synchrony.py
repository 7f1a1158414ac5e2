"""Methods: phase locking, its chance levels, and whether there is synchrony at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interbrain import apa
from interbrain.report import words
from interbrain.statistics.presence import EXACT_UP_TO

from .run import Run

FEWEST_FOR_FLIPS = 6  # dyads: 2 of 2^6 sign flips are below .05
OVER = {
    "time": "over time within each window and then averaged over windows",
    "windows": "over windows at each instant of a window and then averaged over instants",
    "recording": "over all samples of all windows",
}


def _hertz(edges: Sequence[float]) -> str:
    return (
        f"{edges[0]:g}–{edges[1]:g} Hz" if isinstance(edges, list | tuple) and len(edges) == 2 else str(edges)
    )


def phase_locking(run: Run) -> Iterator[str]:
    bands = words.listed(f"{name} ({_hertz(edges)})" for name, edges in run.get("bands", default={}).items())
    rois = words.listed(f"{name} ({', '.join(sites)})" for name, sites in run.get("rois", default={}).items())
    rate = run.get("phase", "sfreq")
    yield (
        f"Inter-brain phase-locking values (PLV; {run.cite('Lachaux1999')}) were computed for "
        f"{bands or 'each band'}. The continuous signals were filtered to the band and Hilbert-transformed "
        "before any window was cut"
        + (f" (phases sampled at {rate:g} Hz)" if rate else "")
        + f". PLV was computed {OVER[run.stated('synchrony', 'over')]}. It was then averaged over all "
        f"pairs of the therapist's and the client's channels of the same site: {rois or 'each site'}."
    )
    yield from _events(run)
    if band := run.get("synchrony", "individual_alpha"):
        yield (
            f"The band {band} was centred on each person's own alpha peak (2 Hz to either side); for a "
            "person without a clear peak it was as stated above."
        )
    if further := run.get("synchrony", "estimators", default=[]):
        named = [words.ESTIMATORS.get(name, words.spoken(name)) for name in further]
        yield f"Further estimators were computed in the same way: {words.listed(named)}."
    yield from _shifts(run)
    alike = run.get("chance", "alike", default=[])
    drawn = run.sizes.get("pseudo_dyads")
    yield (
        "PLV above chance was also compared with that of pseudo-dyads: "
        + (
            f"{drawn}, drawn at random, each a therapist with a client of another dyad"
            if drawn
            else "every therapist with every client of another dyad"
        )
        + (f" of the same {words.listed(words.spoken(factor) for factor in alike)}" if alike else "")
        + " at the same time of measurement and the same time since the start, except people who were "
        "partners in any dyad."
    )
    if surrogates := run.get("chance", "n_surrogates"):
        yield f"A third null was {surrogates} phase-randomised surrogates of the client's signal."


def _shifts(run: Run) -> Iterator[str]:
    shifts, least = run.get("chance", "n_shifts"), run.get("chance", "min_shift_s")
    yield (
        "Because PLV is biased upward and depends on signal-to-noise ratio, each dyad's chance level was "
        "estimated from "
        + (f"{shifts} " if shifts else "")
        + "circular shifts of the client's kept windows, joined in time, against the therapist's"
        + (f" (by at least {least:g} s)" if least else "")
        + f".{_without_seams(run, shifts)} PLV above chance is PLV minus the mean over these shifts, and p "
        "is (b + 1)/(m + 1), where b of the m shifts gave at least the observed value. PLV above chance "
        "still depends on the signal-to-noise ratio: for the same coupling, it is higher where the rhythms "
        "are stronger relative to the background."
    )


def _without_seams(run: Run, shifts: int | None) -> str:
    """What was done about windows that would join two stretches; only averages within windows need it."""
    if run.stated("synchrony", "over") != "time":
        return ""
    said = (
        " Where a shifted window would have joined two stretches that did not follow each other, it was "
        "replaced by the client's whole window from which most of it would have come."
    )
    number = run.sizes.get("shifts")
    if number and number != f"{shifts or 0:,}":
        said += (
            " Further shifts that would have given nearly the same windows were not used: the chance level "
            f"of a pair of recordings rests on {number} shifts."
        )
    return said


def presence(run: Run) -> Iterator[str]:
    if why := run.untested("presence"):
        yield f"Whether there was synchrony at all could not be tested over dyads: {why}."
        return
    therapists = 1 < run.sizes["therapists"] < run.sizes["dyads"]
    relabelings = run.stated("statistics", "relabelings")
    dyads = run.sizes.get("tested") or run.sizes["dyads"]
    flips = (
        f"all 2^{dyads} flips"
        if dyads <= EXACT_UP_TO
        else f"{relabelings} random flips, the observed signs among them"
    )
    over_what = [name for name in ("times", "rois", "bands") if run.has_several(name)]
    averaged = words.listed({"rois": "sites"}.get(name, name) for name in over_what)
    averaged = f", each averaged over {averaged}," if averaged else ""
    over = ", over dyads and over therapists (each with the mean of their dyads)" if therapists else ""
    yield (
        "To test whether there was synchrony at all, the dyads' PLV above chance, and PLV above that of "
        f"pseudo-dyads{averaged} were compared with zero{over}. The tests "
        "were a two-sided t-test with the 95% interval, dz (mean divided by SD) and a Bayes factor (Cauchy "
        f"prior of width .707; {run.cite('Rouder2009')}), and a sign-flip test ({flips}), which assumes only "
        f"symmetry. {_decides(dyads)} The tests are two-sided because values below chance would "
        "be a sign of a fault. At single sites and bands, the largest |t| of each sign flip controls the "
        f"family-wise error ({run.cite('NicholsHolmes2002')})."
    )
    if dyads < run.sizes["dyads"]:
        left = run.sizes["dyads"] - dyads
        yield (
            f"{left} of the {run.sizes['dyads']} dyads lacked PLV above chance at a site or band and "
            f"{'is' if left == 1 else 'are'} not in the mean over all."
        )
    yield from _simultaneous(run)


def _decides(dyads: int) -> str:
    """Which of the two tests the conclusion rests on: with five dyads, sign flips have no p below 2/32."""
    if dyads >= FEWEST_FOR_FLIPS:
        return "The conclusion rests on the sign-flip test."
    return (
        f"With {words.counted(dyads, 'dyad')}, no p of the sign-flip test can be below .05, so that the "
        "conclusion rests on the t-test."
    )


def _events(run: Run) -> Iterator[str]:
    named = run.get("events", "names", default=[])
    if not named:
        return
    begin, end = (apa.number(edge, 1) for edge in run.get("events", "window_s"))
    what = words.listed(f"“{name}”" for name in named)
    if run.get("events", "do") == "regress":
        yield (
            f"Beforehand, the mean response to the events {what} (from {begin} to {end} s) was estimated by "
            "least squares at each channel of each member's cleaned recording and subtracted."
        )
    else:
        yield (
            f"Windows that overlapped the time from {begin} to {end} s around the events {what} were left "
            "out."
        )


def _simultaneous(run: Run) -> Iterator[str]:
    far, largest = run.get("lags", "far_from_s"), run.get("lags", "max_s")
    if not far or not largest:
        return
    amplitudes = "aec" in run.get("synchrony", "estimators", default=[])
    yield (
        "To distinguish coupling from a slow rise and fall that both members share, PLV at zero lag was "
        f"compared with its mean at lags of {far:g} to {largest:g} s in both directions (one member's "
        "continuous signal shifted against windows of the other, with the same number of samples at every "
        "lag, in windows whose neighbours had been kept too); the difference"
        + (", and amplitude envelope correlation above chance, were" if amplitudes else " was")
        + " tested against zero in the same way. Responses of both members to the same events cannot be "
        "distinguished from coupling by these tests."
    )
