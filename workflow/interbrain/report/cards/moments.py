"""What was found on other signals and at coded events: a verdict, a sentence and a test each. Only words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from interbrain import apa
from interbrain.coordination.registry import named_in
from interbrain.findings.form import OF_BRAINS, Claim, Finding, Reservation
from interbrain.findings.sentences import meaning
from interbrain.report import words
from interbrain.report.reading import Results

from .card import FEW_THERAPISTS, VERDICTS, of_few_therapists
from .reservations import reservation, without_one_dyad

CHIPS = {
    "found": "Found",
    "qualified": "Found, with reservations",
    "none": "Nothing clear",
    "equivalent": "No difference that matters",
}
LED = ("found", "qualified", "unconfirmed", "unconfirmable", "below")  # verdicts with a claim
LOOK = ("qualified", "unconfirmed", "unconfirmable", "below")


@dataclass(frozen=True)
class Judged:
    """One question on bodies or moments: its verdict's sign and words, what was found, and its tests."""

    title: str
    sign: str
    chip: str
    state: str
    sentence: str
    lines: tuple[str, ...]
    question: str
    claimed: bool
    main: bool


def judged_moments(results: Results) -> list[Judged]:
    """All findings that are not on synchrony of the brains alone, in the order of the table."""
    found = [one for one in results.findings if one.question and one.question not in OF_BRAINS]
    first: set[str] = set()
    return [_judged(results, one, first) for one in found]


def _judged(results: Results, found: Finding, first: set[str]) -> Judged:
    sign, chip = VERDICTS[found.verdict]
    chip = FEW_THERAPISTS if of_few_therapists(found) else CHIPS.get(found.verdict, chip)
    state = "good" if found.verdict == "found" else "look" if found.verdict in LOOK else ""
    claims = found.verdict in LED and bool(found.claims)
    return Judged(
        _title(results, found), sign, chip, state, _sentence(results, found),
        tuple(_lines(results, found)), found.question, claims, _is_main(found, first),
    )  # fmt: skip


def _is_main(found: Finding, first: set[str]) -> bool:
    """Whether it is the first of its signal or code to have a verdict; others are on page one if claimed."""
    measure, about = _asked(found)
    known = named_in(measure)
    signal = known[0] if known else "brain"
    key = f"{found.question} {about if found.question == 'coded events' else ''} {signal}"
    if found.question not in ("coordination", "coded events") or found.verdict == "uncalibrated":
        return False
    if found.question == "coded events" and known:
        return False
    new = key not in first
    first.add(key)
    return new


def _asked(found: Finding) -> tuple[str, str]:
    """The column or series, and the factor, score, code or other series."""
    values = found.told("asked")[0]
    return str(values["measure"]), str(values.get("effect") or values.get("questionnaire") or "")


def _called(measure: str) -> str:
    """A series as a title names it."""
    return words.coordination_column(measure) if named_in(measure) else words.series("brain", measure)


def _inside(named: str) -> str:
    return named[:1].lower() + named[1:]


def _title(results: Results, found: Finding) -> str:
    measure, about = _asked(found)
    named = _called(measure)
    return {
        "coordination": f"{named}, above chance",
        "coordination by factor": f"{named}, by {words.spoken(about)}",
        "coordination with score": f"{named}, with {results.questionnaire_label(about)}",
        "coded events": f"{words.heading(about)}, {_inside(named)}",
        "brain and body": f"{named}, with {_inside(_called(about))}",
    }[found.question]


def _sentence(results: Results, found: Finding) -> str:
    dyads = words.counted(int(found.n_dyads), "dyad") if found.n_dyads == found.n_dyads else ""
    if found.verdict == "untested":
        reason = found.reason.removeprefix("not tested: ").removesuffix(".")
        return f"Not tested: {reason.replace('. without ', '. Without ')}."
    if found.verdict == "uncalibrated":
        return f"No verdict is given on this measure: {found.reason.removesuffix('.')}."
    if not found.claims:
        return _open(found, dyads)
    told = "; ".join(_claim(results, found, claim).removesuffix(".") for claim in found.claims)
    return f"Over {dyads}: {told}."


def _open(found: Finding, dyads: str) -> str:
    against_zero = found.question in ("coordination", "coded events", "brain and body")
    if found.verdict == "equivalent":
        return f"Over {dyads}, every difference is shown to be smaller than the smallest that would matter."
    if found.verdict == "none":
        size = "medium" if against_zero or "score" in found.question else "large"
        return f"Nothing clear over {dyads}: a {size} effect would probably have been detected."
    unknown = {
        "coordination": "whether it is above or below chance",
        "coordination by factor": "whether the groups differ",
        "coordination with score": "whether the two are correlated",
        "coded events": "whether it differs at the events from the minutes around them",
        "brain and body": "whether the two are correlated from moment to moment",
    }[found.question]
    reach = (
        f"means up to {apa.number(found.reach)} standard deviations from zero remain possible"
        if against_zero
        else f"correlations up to |r| = {apa.proportion(found.reach, 2)} remain possible"
        if "score" in found.question
        else f"effects up to partial η² = {apa.proportion(found.reach, 2)} remain possible"
    )
    return f"This study cannot tell {unknown}: with {dyads}, {reach}."


def _claim(results: Results, found: Finding, claim: Claim) -> str:
    about = _asked(found)[1]
    ends = f"95% CI {apa.interval(claim.low, claim.high, 3)}, corrected {apa.p_value(claim.p)}"
    size = f"{apa.proportion(claim.size)}, {ends}"
    where = "" if claim.roi in ("", "all") else f" at {words.cell(claim.roi, claim.band)}"
    more = "more" if claim.higher == "above" else "less"
    if found.question == "coordination":
        meant = meaning(found.hypothesis, claim.higher)
        return f"{claim.higher} chance{f', so that {meant}' if meant else ''} (mean {size})."
    if found.question == "coded events":
        return (
            f"{more} at {words.spoken(about)} than in the minutes around it{where} (mean difference {size})."
        )
    if found.question == "brain and body":
        return f"moments of more synchrony were moments of {more} coordination{where} (mean z {size})."
    if found.question == "coordination with score":
        label = results.questionnaire_label(about)
        return f"{claim.higher} coordination with higher {label} (r = {size})."
    if not claim.higher:
        differed = f"it differed between the levels of {words.spoken(about)}"
        return f"{differed}, but no two of these differ after correction."
    levels = f"“{words.spoken(claim.higher)}” than for “{words.spoken(claim.lower)}”"
    return f"higher for {levels} (difference {size})."


def _lines(results: Results, found: Finding) -> Iterator[str]:
    for v in found.told("against zero"):
        over = f"Over {apa.whole(v['n'])} {v['unit']}s" if "unit" in v and "n" in v else "Test"
        above = ", above strangers" if str(v["measure"]).endswith("_above_pseudo") else ""
        if "apa" in v:
            yield f"{over}{above}: {v['apa']}."
        elif found.verdict != "untested":
            yield f"{over}{above}: not tested: {v.get('reason', '')}."
    for v in found.told("model"):
        if "apa" in v:
            yield f"{v['apa']}."
    for v in found.told("correlations"):
        yield from (f"{cell['apa']}." for cell in v["cells"])
    for family in found.told("family"):
        if family["n"] > 1:
            p = f": {apa.p_value(family['p_holm'])}" if "p_holm" in family else ""
            p += " (t-test: the sign-flip test could not reach p < .05)" if "reachable" in family else ""
            tests = "tests against zero" if found.told("against zero") else "measures"
            yield f"Holm’s correction over {family['n']} {tests}{p}."
    for one in found.reservations:
        yield _reservation(results, found, one)


def _reservation(results: Results, found: Finding, one: Reservation) -> str:
    v = one.values
    if "cells" in v and one.kind != "single cells":
        return _of_a_score(one)
    if one.kind not in ("floor", "therapists", "therapists floor") or "n_relabelings" in v:
        if one.kind in ("strangers untested", "strangers", "strangers floor", "single cells"):
            return _of_a_mean(one)
        return reservation(results, one, bool(found.claims))
    return _of_a_mean(one)


def _of_a_score(one: Reservation) -> str:
    (cell,) = one.values["cells"]
    if one.kind in ("ranks", "some ranks"):
        rank = f"rs = {apa.proportion(cell['spearman'], 2)}, {apa.p_value(cell['p_holm'])}"
        return f"The rank correlation (Spearman) does not confirm it: {rank}."
    if one.kind in ("one dyad", "some one dyad"):
        return f"It rests on one dyad: {without_one_dyad(cell)}."
    return (
        f"After correction for all {one.values['n']} correlations of this measure together, it does not "
        f"remain (Holm {apa.p_value(cell['p_holm'])})."
    )


def _of_a_mean(one: Reservation) -> str:
    v = one.values
    smallest = apa.bare_p(v.get("smallest_p"))
    if one.kind == "floor":
        return (
            f"Only the t-test shows this: with {apa.whole(v['n'])} dyads, the smallest possible corrected p "
            f"of the sign-flip test is {smallest}."
        )
    if one.kind == "therapists":
        flips = apa.p_value(v["p_flips"])
        return f"Over the {apa.whole(v['n'])} therapists it is not shown: sign-flip test {flips}."
    if one.kind == "therapists floor":
        return f"{words.too_few(v['n'], 'therapist')} to show that it holds for others."
    if one.kind == "strangers untested":
        return f"It was not compared with strangers{': ' + v['reason'] if v.get('reason') else ''}."
    if one.kind == "strangers floor":
        return (
            f"Whether it is higher than in strangers cannot be shown: the smallest possible p is {smallest}."
        )
    if one.kind == "strangers":
        return (
            "It is not shown to be higher than in strangers in the same situation (mean difference "
            f"{apa.proportion(v['mean'])}, {apa.p_value(v['p_flips'])}): what the session does to everybody "
            "may explain it."
        )
    cells = [f"{words.cell(c['roi'], c['band'])} ({apa.p_value(c['p'])})" for c in v["cells"]]
    return f"At {words.listed(cells)}, corrected for all sites and bands, there is a difference: a hint."
