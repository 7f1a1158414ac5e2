"""What each row of the table of findings says, in one plain sentence. Decides nothing: it reads the row."""

from __future__ import annotations

from .form import BOTH, SYNCHRONY, Claim, Finding

MEASURES = {BOTH: "raw PLV and PLV above chance", "plv": "raw PLV", "above_chance": "PLV above chance"}
# What a verdict adds to a claim, and what it says where nothing is claimed.
OF_A_CLAIM = {
    "found": "found, and nothing that was computed speaks against it",
    "qualified": "found, with a reservation about what it means",
    "unconfirmed": "found in the model, and not confirmed by a test that could have done so",
    "unconfirmable": "found in the model, and no exact test of this size could confirm it",
    "not-apart": "found, and not once the signal-to-noise of both members is held constant",
    "corrected-only": "only in PLV above chance",
    "opposite": "the two measures say the opposite of each other",
    "unchecked": "found in raw PLV, and not checked against chance",
    "raw-only": "only in raw PLV",
    "below": "below chance, which no synchrony explains",
}
WITHOUT = {
    "equivalent": "every difference is shown to be smaller than the smallest that would matter",
    "none": "nothing was found, in a study that would have shown a large effect",
    "unclear": "nothing was found, and the study cannot tell",
}


def sentence(finding: Finding, claim: Claim | None = None) -> str:
    """The claim, if there is one, and what its verdict means.

    Parameters
    ----------
    finding : Finding
    claim : Claim or None
        One of the finding's; None for a hypothesis without any.
    """
    if claim is not None:
        said = f"{_claimed(finding, claim)} ({OF_A_CLAIM[finding.verdict]})."
        return said[:1].upper() + said[1:]
    reason = finding.reason.removesuffix(".")
    return f"{finding.hypothesis}: {WITHOUT.get(finding.verdict, f'not tested: {reason}')}."


def _claimed(finding: Finding, claim: Claim) -> str:
    measure = MEASURES.get(claim.on, claim.on)
    were = "were" if claim.on == BOTH else "was"
    where = f" at {claim.roi} sites in the band {claim.band}" if claim.roi not in ("", "all") else ""
    if finding.hypothesis == SYNCHRONY:
        return f"PLV was {claim.higher} chance on average{where}"
    if claim.roi:
        return f"{measure} {were} {claim.higher} with higher {finding.hypothesis}{where}"
    if not claim.higher:
        differed = f"{measure} differed between the levels of {finding.hypothesis}"
        return f"{differed}, and no two of these can be named after correction"
    return f'{measure} {were} higher for {finding.hypothesis} "{claim.higher}" than "{claim.lower}"'
