"""What recordings give reason to say, from the facts of their conversion, without what could name a person.

The doctor says the same of the raw files, in the same words; here it is said again, so that the report has it
whether or not anybody asked the doctor.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from interbrain.quality.times_of_day import (
    BEGAN_APART,
    CHECK_FILES,
    CHECK_ORDER,
    CHECK_START,
    DAY_S,
    HOURS_APART,
    OTHER_ORDER,
    began_apart,
    hours_apart,
    out_of_order,
    recorded_in,
    shifted,
)
from interbrain.words import listed

ON_DIFFERENT_DAYS = "according to the files, therapist and client were recorded on different days"
WRONG_DATE = "If the files belong together, one recording computer had a wrong date: nothing to do."
RATES_DIFFER = "If this is correct, nothing needs to be done: all are brought to the rate of cleaning."
CLEAN_AGAIN = (
    "Numbers may differ in late digits, and components may be others; `--forcerun clean` cleans all again."
)
FIGURES = re.compile(r"\d+(?:[.,]\d+)*")
LOOK_AT_IT = "Look whether the recording can be used, or leave the dyad out with a reason."

# What the notes on the clocks of many recordings have in common, where each has figures of its own; by words
# that all of them have.
KINDS = {
    "the drift between the two clocks is unknown": "the drift between the two clocks is unknown and taken as "
    "0",
    "-Hz mains hum in both recordings": "by the mains hum in both recordings, if both amplifiers were on one "
    "grid, the clocks drift apart; this is not corrected",
}


def kind_of(note: str) -> str:
    """What a note has in common with those of other recordings; the note itself where it has no figures."""
    return next((kind for words, kind in KINDS.items() if words in note), note)


def on_different_days(therapist: datetime, client: datetime) -> bool:
    """Whether two recordings of one meeting say that they began more than a day apart.

    Dates that were shifted to make a dataset anonymous say nothing: BIDS has them before 1925.
    """
    if shifted(therapist) or shifted(client):
        return False
    apart = therapist.replace(tzinfo=None) - client.replace(tzinfo=None)
    return abs(apart.total_seconds()) > DAY_S


def recording_cautions(facts: Sequence[Mapping]) -> list[dict]:
    """Everything that must be known of a study's recordings.

    Parameters
    ----------
    facts : sequence of mapping
        `bids.recording.convert` of each recording.

    Returns
    -------
    cautions : list of dict
        what, hint, dyads (sorted), recordings (how many); no dates and no file names, which may tell who
        somebody is.
    """
    ordered = sorted(facts, key=lambda f: (f["dyad"], f["run"], f["role"]))
    found = [*_days(ordered), *_times(ordered), *_rates(ordered)]
    notes: dict[str, dict[tuple, Mapping]] = defaultdict(dict)
    for f in ordered:
        for note in (*f.get("notes", ()), *f.get("clock", {}).get("notes", ())):
            notes[note][f["dyad"], f["run"], f["role"]] = f
    found += [(note, LOOK_AT_IT, own) for note, own in _alike(notes)]
    return [
        {"what": what, "hint": hint, "dyads": sorted({f["dyad"] for f in own}), "recordings": len(own)}
        for what, hint, own in found
    ]


def _alike(notes: Mapping[str, Mapping[tuple, Mapping]]) -> list[tuple[str, list[Mapping]]]:
    """Notes, with one in place of several that differ in their figures alone.

    These are of the same dyads, or, of the kinds that nearly every pair of recordings may have, of any.
    """
    groups: dict[object, dict[str, Mapping[tuple, Mapping]]] = defaultdict(dict)
    for note, own in notes.items():
        kind, dyads = kind_of(note), tuple(sorted({dyad for dyad, *_ in own}))
        groups[(dyads, FIGURES.sub("#", note)) if kind == note else kind][note] = own
    found = []
    for group in groups.values():
        first, *others = group
        more = f" (and, with other figures, {len(others)} more of this kind)" if others else ""
        every = {key: f for own in group.values() for key, f in own.items()}
        found.append((first + more, list(every.values())))
    return found


def software_cautions(facts: Sequence[Mapping], accounts: Sequence[Mapping]) -> list[dict]:
    """That recordings were cleaned under different versions of Python or a library, if they were.

    Parameters
    ----------
    facts, accounts : sequence of mapping
        `bids.recording.convert` and the account of cleaning of each recording, in the same order.
    """
    used: dict[str, dict[str, list[Mapping]]] = defaultdict(lambda: defaultdict(list))
    for f, account in zip(facts, accounts, strict=bool(accounts)):
        for package, version in account.get("Software", {}).items():
            used[package][version].append(f)
    mixed = {package: own for package, own in used.items() if len(own) > 1}
    if not mixed:
        return []
    told = [
        f"{package} {listed([f'{version} in {len(of)}' for version, of in sorted(own.items())])}"
        for package, own in mixed.items()
    ]
    what = f"recordings were cleaned under different versions: {'; '.join(told)}"
    every = [f for own in next(iter(mixed.values())).values() for f in own]
    return [
        {
            "what": what,
            "hint": CLEAN_AGAIN,
            "dyads": sorted({f["dyad"] for f in every}),
            "recordings": len(every),
        }
    ]


def _days(facts: Sequence[Mapping]) -> Iterator[tuple[str, str, Sequence[Mapping]]]:
    runs: dict[tuple, dict[str, Mapping]] = defaultdict(dict)
    for f in facts:
        if f.get("measured"):
            runs[f["dyad"], f["run"]][f["role"]] = f
    apart: list[Mapping] = []
    for both in (run for run in runs.values() if len(run) == 2):
        begun = [datetime.fromisoformat(both[role]["measured"]) for role in ("therapist", "client")]
        if on_different_days(*begun):
            apart += both.values()
    if apart:
        yield ON_DIFFERENT_DAYS, WRONG_DATE, apart


def _times(facts: Sequence[Mapping]) -> Iterator[tuple[str, str, Sequence[Mapping]]]:
    recorded = recorded_in(facts)
    apart = set(hours_apart(recorded))
    if own := [f for f in facts if (f["dyad"], f.get("time", str(f["run"]))) in apart]:
        yield HOURS_APART, CHECK_FILES, own
    by_run = sorted({(f["run"], f.get("time", str(f["run"]))) for f in facts})
    turned = {dyad for dyad, *_ in out_of_order(recorded, [time for _, time in by_run])}
    if own := [f for f in facts if f["dyad"] in turned]:
        yield OTHER_ORDER, CHECK_ORDER, own
    ties = {
        (f["dyad"], f.get("time", str(f["run"]))): (f["clock"]["method"], f["clock"]["offset"] or 0.0)
        for f in facts
        if f["role"] == "client" and f.get("clock", {}).get("method")
    }
    stated = set(began_apart(recorded, ties))
    if own := [f for f in facts if (f["dyad"], f.get("time", str(f["run"]))) in stated]:
        yield BEGAN_APART, CHECK_START, own


def _rates(facts: Sequence[Mapping]) -> Iterator[tuple[str, str, Sequence[Mapping]]]:
    rates = defaultdict(list)
    for f in (f for f in facts if f.get("sfreq")):
        rates[float(f["sfreq"])].append(f)
    if len(rates) > 1:
        several = sorted(rates.items(), key=lambda rate: (-len(rate[1]), rate[0]))
        told = ", ".join(
            f"{rate:g} Hz ({len(own)} recording{'s' * (len(own) != 1)})" for rate, own in several
        )
        yield f"the sampling rates differ: {told}", RATES_DIFFER, [f for _, own in several[1:] for f in own]
