"""What each row of the table of findings says, in one plain sentence. Decides nothing: it reads the row."""

from __future__ import annotations

from .form import BOTH, SYNCHRONY, Claim, Finding

MEASURES = {BOTH: "raw PLV and PLV above chance", "plv": "raw PLV", "above_chance": "PLV above chance"}
# What a verdict adds to a claim, and what it says where nothing is claimed.
OF_A_CLAIM = {
    "found": "found, and no other test contradicts it",
    "qualified": "found, with a reservation about what it means",
    "unconfirmed": "found in the model, and not confirmed by a test that could have done so",
    "unconfirmable": "found in the model, and no exact test of this size could confirm it",
    "not-apart": "found, but not with the signal-to-noise of both members held constant",
    "corrected-only": "only in PLV above chance",
    "opposite": "the two measures point in opposite directions",
    "unchecked": "found in raw PLV, and not checked against chance",
    "raw-only": "only in raw PLV",
    "below": "below chance, which synchrony cannot explain",
}
WITHOUT = {
    "equivalent": "every difference is shown to be smaller than the smallest that would matter",
    "none": "nothing was found, in a study that would probably have detected a large effect",
    "unclear": "nothing was found, and the study cannot tell",
    "uncalibrated": "no verdict is given on this measure",
}


# What it means that a measure of coordination with two ends is above or below chance.
WAYS = {
    "wcc_lead": {"above": "the therapist leads", "below": "the client leads"},
    "matching_lambda": {
        "above": "both move alike more often than against each other",
        "below": "both move against each other more often than alike",
    },
    "concordance_index": {
        "above": "slopes go together more than against each other",
        "below": "slopes go against each other more than together",
    },
}


def sentence(finding: Finding, claim: Claim | None = None, change: bool = False) -> str:
    """The claim, if there is one, and what its verdict means.

    Parameters
    ----------
    finding : Finding
    claim : Claim or None
        One of the finding's; None for a hypothesis without any.
    change : bool
        Factors and scores were tested on how the measure changed between the times.
    """
    if claim is not None:
        said = f"{_claimed(finding, claim, change)} ({OF_A_CLAIM[finding.verdict]})."
        return said[:1].upper() + said[1:]
    reason = finding.reason.removesuffix(".")
    said = WITHOUT.get(finding.verdict, "not tested")
    return f"{finding.hypothesis}: {said}{f': {reason}' if reason else ''}."


def _claimed(finding: Finding, claim: Claim, change: bool) -> str:
    where = f" at {claim.roi} sites in the band {claim.band}" if claim.roi not in ("", "all") else ""
    if finding.question == "coordination":
        meant = meaning(finding.hypothesis, claim.higher)
        return f"{finding.hypothesis} was {claim.higher} chance on average" + (f": {meant}" if meant else "")
    about = finding.told("asked")[0] if finding.told("asked") else {}
    way = {"above": "more", "below": "less"}.get(claim.higher, "")
    if finding.question == "coded events":
        return f"There was {way} {about['measure']} at {about['effect']} than in the minutes around it{where}"
    if finding.question == "brain and body":
        return f"Moments of more {about['measure']} were moments of {way} {about['effect']}{where}"
    measure = MEASURES.get(claim.on, claim.on.removesuffix("_above_chance"))
    of = about.get("effect") or about.get("questionnaire") or finding.hypothesis
    were = "were" if claim.on == BOTH else "was"
    if finding.hypothesis == SYNCHRONY:
        return f"PLV was {claim.higher} chance on average{where}"
    if change:
        measure = f"changes of {measure}" if claim.on == BOTH else f"the change of {measure}"
    if claim.roi:
        return f"{measure} {were} {claim.higher} with higher {of}{where}"
    if not claim.higher:
        differed = f"{measure} differed between the levels of {of}"
        return f"{differed}, but no two of these differ after correction"
    return f'{measure} {were} higher for {of} "{claim.higher}" than "{claim.lower}"'


def meaning(measure: str, way: str) -> str:
    """What a measure of coordination ``above`` or ``below`` chance means; empty where the words say it."""
    return next((said[way] for name, said in WAYS.items() if measure.endswith(f"_{name}")), "")
