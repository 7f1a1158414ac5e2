"""Limitations that follow from this run: what a reader must know before believing the results."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain import apa
from interbrain.report import words

from .run import Run


def limitations(run: Run) -> Iterator[str]:
    """A sentence for each; what holds for every study of this kind comes last."""
    yield from _of_the_sample(run)
    yield from _of_the_recordings(run)
    yield (
        "Synchrony in the absence of an exchange is possible: two people who hear, see or expect the same "
        "can have similar rhythms without influencing each other. Chance levels show what unrelated "
        "recordings give; they do not show why a pair is above them."
    )
    yield (
        "The phase-locking value grows with the signal-to-noise ratio of the rhythms in both members, so "
        "that groups or times whose rhythms differ in strength can differ in synchrony without a "
        "difference in coupling."
    )
    yield ("Electrodes at the scalp record mixtures of sources, and a site is not a region of the brain.")


def _of_the_sample(run: Run) -> Iterator[str]:
    if run.provenance.get("simulated"):
        yield "The recordings are simulated: nothing here is a finding about people."
    between = run.get("statistics", "between", default=list(run.get("factors", default={})))
    for effect, d in (run.sizes.get("detectable") or {}).items():
        yield (
            f"With {words.counted(run.sizes['dyads'], 'dyad')}, the study had 80% power to detect a "
            f"difference by {words.spoken(effect)} of d = {apa.number(d)} or more; "
            "smaller ones may have been missed."
        )
    if between and not run.untested("anova"):
        yield (
            f"Unless dyads were assigned at random ({words.listed(map(words.spoken, between))}), groups may "
            "differ in more than the factor that defines them."
        )
    if (entering := run.sizes.get("entering")) and entering.time == "factor":
        yield (
            f"A difference between {entering.repeated}s may be due to anything that changed between them, "
            "such as the order of the recordings or fatigue, and to a change in signal-to-noise, which was "
            "not held constant."
        )
    if run.sizes["therapists"] == 1 < run.sizes["dyads"]:
        yield (
            "All dyads had the same therapist, so that the results cannot be generalised to other therapists."
        )
    elif several := run.sizes.get("therapists_of_several"):
        yield (
            f"{words.counted(several, 'therapist')} had more than one dyad, and what is peculiar to a "
            "therapist is found in each of these dyads."
        )
        most = run.sizes.get("most_dyads") or 0
        if 2 * most > run.sizes["dyads"]:
            yield (
                f"One therapist had {most} of the {run.sizes['dyads']} dyads, so that the results rest "
                "largely on this therapist."
            )
    if excluded := run.sizes.get("excluded"):
        yield (
            f"{words.counted(excluded, 'dyad')} {'was' if excluded == 1 else 'were'} left out; if the reason "
            "is related to synchrony, the results are biased."
        )


def _of_the_recordings(run: Run) -> Iterator[str]:
    if longest := run.sizes.get("unknown_drift_s"):
        yield (
            "The drift between the members' clocks was not measured in every pair of recordings. A drift of "
            f"100 ppm puts the ends of recordings of {longest:.0f} s {longest / 10:.0f} ms apart, so that "
            "the results do not show who leads."
        )
    if "shared_start" in run.sizes["sync_methods"]:
        yield (
            "That recordings which were taken to start at the same instant did so was not measured; a "
            "difference of a tenth of a second would have lowered their synchrony, and one of a second would "
            "have hidden it."
        )
    if "header_time" in run.sizes["sync_methods"]:
        yield (
            "Recordings that were aligned by the times in their files may be a second apart or more, which "
            "lowers synchrony and can hide it."
        )
    if not run.get("cleaning", "ica", default={}).get("do"):
        yield (
            "Eye movements and muscle activity were not removed by independent component analysis, and two "
            "people who move together can seem to be synchronised."
        )
