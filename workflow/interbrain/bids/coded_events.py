"""Coded events in events.tsv of a recording, on that recording's own clock, with codes that name nobody.

They are added after the conversion, so that a corrected code converts and cleans nothing again. They have no
sample: the data file holds no marker of them, and no later stage reads them from there.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from zlib import crc32

import pandas as pd

from interbrain.bids.annotations import MARK_WORDS

NOT_KNOWN = "n/a"
SOMEBODY = "coder"  # who coded, where nobody says
FIRST_CODE, CODES = 40_000, 20_000  # beyond those of the recording software's events
ROUNDED = 6
# What codes of a session are made of besides numbers: anything else may name somebody or tell what was said.
CODE_WORDS = MARK_WORDS | frozenset(
    """
    act action active affect affection affiliation agency agreement alliance anger angry anxiety anxious
    approach attachment attention attuned attunement autonomy avoidance avoidant avoiding body bond both calm
    client closeness communion compassion complementarity complementary complementing conflict confront
    confrontation contact control controlling coping cry crying deep depth disagreement disclosure disengage
    distance dominance dominant emotion emotional empathic empathy engage engagement episode experiencing
    exploration expression eye face facial fear feeling focus friendly gaze gesture goal gratitude grief guilt
    high hostile hostility humor humour ideal identification immediacy insight interaction interpersonal
    interpretation intervention joint joy laugh laughing laughter lead leading level listen listening look low
    match matching mentalization metacommunication mild mirroring misattunement mismatch moderate moment
    motive mutual need negative negotiation neutral nod nodding none other overlap pain pace patient phase
    play positive power presence present problem process proximity question reach reaching reaction reflection
    regulation relation relational relief repair repaired resistance resolution resolved respect rest retreat
    role rupture ruptures sad sadness safe secure self shame shared shift silence silent simultaneous smile
    smiling speak speaking speech stance state strain strong submission submissive support supportive surprise
    synchrony talk talking task tears tense tension therapist together topic touch transition trust turn type
    unresolved validation vocal voice warm warmth weak withdraw withdrawal withdrawn
    allianz bruch klient lachen pause patient reparatur ruptur schweigen stille therapeut weinen
    alliance rire réparation silence thérapeute
    """.split()  # noqa: SIM905
)


def shared_codes(codes: Sequence[str], allowed: Iterable[str] = (), share: bool = False) -> dict[str, str]:
    """What each code is called in the dataset: as it is, or ``code1``, ``code2`` ... if it may name somebody.

    Parameters
    ----------
    codes : sequence of str
        Of the study, in alphabetical order.
    allowed : iterable of str
        Words, or whole codes, that a person has looked at and found harmless.
    share : bool
        Whether the study shares free texts.
    """
    harmless = {word.casefold() for word in allowed} | CODE_WORDS
    named: dict[str, str] = {}
    for code in codes:
        words = [word.casefold() for word in re.findall(r"[^\W\d_]{2,}", code)]
        if share or code.casefold() in harmless or all(word in harmless for word in words):
            named[code] = code
    free = (name for k in range(1, len(codes) + len(named) + 1) if (name := f"code{k}") not in named.values())
    return {code: named[code] if code in named else next(free) for code in codes}


def code_value(name: str) -> int:
    """The number of a code in the column ``value``: it follows from the name, so partners agree."""
    return FIRST_CODE + crc32(name.encode()) % CODES


def with_coded_events(
    table: pd.DataFrame,
    events: Sequence[Mapping],
    names: Mapping[str, str],
    facts: Mapping,
) -> pd.DataFrame:
    """A recording's events with those that were coded, in the order of time.

    Parameters
    ----------
    table : DataFrame of str
        events.tsv as the conversion wrote it.
    events : sequence of mapping
        onset_s (s from the beginning of the therapist's recording), duration_s, code, who, coder.
    names : mapping
        What each code is called in the dataset.
    facts : mapping
        What `recording.convert` said of the recording: role, clock, duration_s.

    Returns
    -------
    table : DataFrame of str
        With the columns actor and coder, which are n/a of other events. Coded events that begin outside of
        the recording are left out, and one that outlasts it ends with it.
    """
    clock = facts["clock"]
    offset, rate = (0.0, 1.0)
    if facts["role"] == "client":
        offset, rate = clock["offset"], 1 + 1e-6 * clock["drift_ppm"]
    end, rows = facts["duration_s"], []
    for event in events:
        onset = offset + rate * event["onset_s"]
        if not 0 <= onset < end:
            continue
        name = names[event["code"]]
        rows.append(
            {
                "onset": f"{onset:.{ROUNDED}f}",
                "duration": f"{min(rate * event['duration_s'], end - onset):.{ROUNDED}f}",
                "trial_type": name,
                "value": str(code_value(name)),
                "sample": NOT_KNOWN,
                "actor": event["who"] or NOT_KNOWN,
                "coder": event["coder"] or SOMEBODY,
            }
        )
    both = pd.concat([table.assign(actor=NOT_KNOWN, coder=NOT_KNOWN), pd.DataFrame(rows, dtype=str)])
    both = both.fillna(NOT_KNOWN)[[*table.columns, "actor", "coder"]]
    return both.sort_values("onset", key=lambda cells: cells.astype(float), kind="stable")


def add_coded_events(
    source: Path, target: Path, events: Sequence[Mapping], names: Mapping[str, str], facts: Mapping
) -> None:
    """Write events.tsv of a recording from that of its conversion, with the coded events if there are any."""
    table = pd.read_csv(source, sep="\t", dtype=str, keep_default_na=False)
    if events:
        table = with_coded_events(table, events, names, facts)
    table.to_csv(target, sep="\t", index=False, lineterminator="\n")


def is_coded(table: pd.DataFrame) -> pd.Series:
    """Which events of a table were coded by a person, by our own columns."""
    if not {"actor", "coder", "sample"} <= set(table):
        return pd.Series(False, index=table.index)
    missing = {"", NOT_KNOWN}
    return ~table["coder"].isin(missing) & table["sample"].isin(missing)


def coded_texts(codes: Iterable[str]) -> tuple[dict[str, str], dict[str, int], dict[str, dict]]:
    """What each code, its number and the two columns mean, for the JSON beside the events."""
    codes = sorted(set(codes))
    columns: dict[str, dict] = {
        "actor": {
            "Description": "Whose event it is, of a coded event",
            "Levels": {
                "therapist": "The therapist",
                "client": "The client",
                "both": "Both members of the dyad",
            },
        },
        "coder": {"Description": "Who coded the event, of a coded event"},
    }
    levels = {code: f"Coded by a person: {code}" for code in codes}
    return levels, {code: code_value(code) for code in codes}, columns if codes else {}
