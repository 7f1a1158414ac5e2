"""A card: its verdict's sign and words, what each measure says, and lines on how far to trust it."""

from __future__ import annotations

from dataclasses import dataclass

from interbrain.findings.form import Finding

# A verdict's sign and words; the sign is never alone. Of a score, `RELATED` replaces "difference".
VERDICTS = {
    "found": ("✓", "Difference found"),
    "qualified": ("⚠", "Difference found, with reservations"),
    "unconfirmed": ("⚠", "Found, not confirmed"),
    "unconfirmable": ("⚠", "Found, but too few dyads to confirm it"),
    "not-apart": ("⚠", "Found, but not separable from signal-to-noise"),
    "raw-only": ("⚠", "Only in raw PLV"),
    "corrected-only": ("⚠", "Only above chance"),
    "opposite": ("⚠", "Measures disagree"),
    "unchecked": ("⚠", "Not checked against chance"),
    "below": ("⚠", "Below chance"),
    "unclear": ("?", "Cannot tell"),
    "equivalent": ("≈", "No difference that matters"),
    "none": ("–", "No clear difference"),
    "uncalibrated": ("–", "No verdict on this measure"),
    "untested": ("–", "Not tested"),
}
RELATED = {
    "found": "Correlation found",
    "qualified": "Correlation found, with reservations",
    "none": "No clear correlation",
}


FEW_THERAPISTS = "Found, but too few therapists to confirm it"


def of_few_therapists(found: Finding) -> bool:
    """Whether it is the therapists, and not the dyads, who are too few to confirm a finding."""
    kinds = {one.kind for one in found.reservations}
    return found.verdict == "unconfirmable" and "floor" not in kinds and "therapists floor" in kinds


@dataclass(frozen=True)
class Side:
    """What one measure says on a card: its APA line, permutation's p and the groups' means, or why not.

    `label` is the measure as what enters the tests, such as ``Change of raw PLV``.
    """

    measure: str
    label: str
    apa: str
    means: tuple = ()
    permuted: str = ""


@dataclass(frozen=True)
class Card:
    """One hypothesis: verdict, sentence, what each measure says, and short lines on how far to trust it."""

    title: str
    verdict: str
    sentence: str
    sides: tuple = ()
    rows: tuple = ()
    lines: tuple = ()
    about: str = ""
    of_score: bool = False
    named: str = ""  # the verdict in words of its own
    wide: bool = False
    hypothesis: str = ""

    @property
    def more(self) -> bool:
        """Whether there is anything behind the sentence and the tests."""
        return bool(self.lines) or any(side.means or side.permuted for side in self.sides)

    @property
    def sign(self) -> str:
        return VERDICTS[self.verdict][0]

    @property
    def chip(self) -> str:
        if self.named:
            return self.named
        return RELATED.get(self.verdict, self._chip) if self.of_score else self._chip

    @property
    def _chip(self) -> str:
        return VERDICTS[self.verdict][1]
