"""Methods: phase locking, its chance levels, and whether there is synchrony at all."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from interbrain import apa
from interbrain.report import words
from interbrain.statistics.presence import EXACT_UP_TO

from .run import Run

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
        f"{bands or 'each band'}: the "
        "continuous signals were filtered to the band and Hilbert-transformed before any window was cut"
        + (f" (phases sampled at {rate:g} Hz)" if rate else "")
        + f", PLV was taken {OVER[run.stated('synchrony', 'over')]}, and averaged over all "
        f"pairs of the therapist's and the client's channels of the same site: {rois or 'each site'}."
    )
    yield from _events(run)
    if band := run.get("synchrony", "individual_alpha"):
        yield (
            f"The band {band} lay around each person's own alpha peak (2 Hz to either side), or where the "
            "study puts it if a person had no clear peak."
        )
    if further := run.get("synchrony", "estimators", default=[]):
        named = [words.ESTIMATORS.get(name, words.spoken(name)) for name in further]
        yield f"Further estimators, computed alike: {words.listed(named)} (defined in the data dictionary)."
    shifts, least = run.get("chance", "n_shifts"), run.get("chance", "min_shift_s")
    yield (
        "Because PLV is biased upward and depends on signal-to-noise ratio, each dyad's chance level was "
        "estimated from "
        + (f"{shifts} " if shifts else "")
        + "circular shifts of one member's signal against the other's"
        + (f" (by at least {least:g} s)" if least else "")
        + "; PLV above chance is PLV minus the mean of these, and p is (b + 1)/(m + 1), with b of the m "
        "shifts reaching the "
        "observed value. The chance level removes what signals of this strength give without coupling; it "
        "does not make PLV independent of the signal-to-noise ratio: with the same coupling, PLV above "
        "chance is higher where the rhythms exceed the background by more."
    )
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
        + " at the same time of measurement and the same time since the start, people who had sat together "
        "left out."
    )
    if surrogates := run.get("chance", "n_surrogates"):
        yield f"A third null was {surrogates} phase-randomised surrogates of the client's signal."


def presence(run: Run) -> Iterator[str]:
    therapists = run.sizes["therapists"] < run.sizes["dyads"]
    relabelings = run.stated("statistics", "relabelings")
    flips = (
        f"all 2^{run.sizes['dyads']}"
        if run.sizes["dyads"] <= EXACT_UP_TO
        else f"{relabelings} random ones, the observed signs among them"
    )
    over = ", and over therapists with the mean of each one's dyads" if therapists else ""
    yield (
        "Whether there was synchrony at all was tested with the dyads' PLV above chance, and above that of "
        f"pseudo-dyads, against zero, as the mean over times, sites and bands{over}: by a two-sided t-test "
        "with the 95% interval, dz (mean over SD) and a Bayes factor (Cauchy prior of width .707; "
        f"{run.cite('Rouder2009')}), and by sign flips ({flips}), which assume only symmetry and on which "
        "the conclusion rests. "
        "The tests are two-sided because values below chance would be a sign of a fault. At single sites and "
        "bands, the largest |t| of each sign flip controls the family-wise error "
        f"({run.cite('NicholsHolmes2002')})."
    )
    yield from _simultaneous(run)


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
        "compared "
        f"with its mean at lags of {far:g} to {largest:g} s in both directions (one member's continuous "
        "signal shifted against windows of the other, with the same number of samples at every lag, in "
        "windows whose neighbours had been kept too); the difference"
        + (", and amplitude envelope correlation above chance, were" if amplitudes else " was")
        + " tested against zero in the same way. Responses of both members to the same events cannot be "
        "distinguished from coupling by these tests."
    )
