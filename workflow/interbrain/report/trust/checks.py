"""The rows of "Can I trust this run?", in the order of the data's way through the workflow."""

from __future__ import annotations

from typing import Any

import pandas as pd

from interbrain import apa
from interbrain.findings.form import ALPHA
from interbrain.report import words
from interbrain.report.reading import Results
from interbrain.report.tables.recordings import recording_name
from interbrain.report.tables.synchrony import shifts_of_each

from .clocks import clocks
from .states import Check

MOST_NAMED = 12  # recordings named in one warning
# Losing a fifth is usually taken for a serious threat to a comparison (Schulz & Grimes 2002, Lancet 359:781).
MANY_LOST = 0.20


def checks(results: Results) -> list[Check]:
    """The rows of the trust table, in the order of the data's way through the workflow."""
    rows = [
        _recordings(results),
        _attrition(results),
        clocks(results),
        _gaps(results),
        _recording_quality(results),
        _cleaning(results),
        _chance_level(results),
        _validator(results),
        _software(results),
    ]
    if results.simulated:
        note = results.provenance.get("simulation_note") or "No person was recorded."
        rows.insert(0, Check("Data", "look", "Simulated, not recorded", str(note), "warnings"))
    return rows


def missing_recordings(results: Results) -> list[str]:
    """Recordings that an analysed dyad should have and the quality table does not, as words."""
    frame = results["quality"]
    have = set(zip(frame["dyad"], frame["role"], frame["time"], strict=True))
    known = results.unused_recordings  # of which the reason is known
    explained = set(zip(known["dyad"], known["time"], strict=True))
    roles = list(dict.fromkeys(frame["role"])) or ["therapist", "client"]
    return [
        f"{dyad} {role} {time}"
        for dyad in results.dyads
        for role in roles
        for time in results.times
        if (dyad, role, time) not in have and (dyad, time) not in explained
    ]


def _recordings(results: Results) -> Check:
    read = len(results["quality"])
    missing = missing_recordings(results)
    people, dyads = (results["quality"][name].nunique() for name in ("participant", "dyad"))
    detail = f"{words.counted(people, 'person', 'people')} in {words.counted(dyads, 'dyad')}"
    if not read:
        return Check("Recordings", "look", "No recording is in the quality table", detail, "people")
    if missing:
        return Check(
            "Recordings", "look", f"{read} read, {len(missing)} missing: {words.listed(missing[:6])}"
            + (" and more" if len(missing) > 6 else ""), detail, "people",
        )  # fmt: skip
    cautions = results.provenance.get("cautions") or []
    if cautions:
        what = "; ".join(f"{c['what']} ({in_dyads(c['dyads'])})" for c in cautions[:2])
        more = f"; and {len(cautions) - 2} more" if len(cautions) > 2 else ""
        text = f"{read} of {read} found and read; {what}{more}"
        return Check("Recordings", "look", text, detail, "warnings")
    return Check("Recordings", "good", f"{read} of {read} found and read", detail, "people")


def _attrition(results: Results) -> Check:
    """How many dyads were lost, why, and whether one group lost more than another."""
    lost, total = results.excluded_dyads, len(results.recorded_dyads)
    fewer = [f"{dyad} ({words.listed(times)} alone)" for dyad, times in results.fewer_times]
    detail = f"Fewer times: {words.listed(fewer)}. " if fewer else ""
    if lost.empty:
        many = total and len(fewer) / total >= MANY_LOST
        state = "look" if many else "note" if fewer else "good"
        return Check(
            "Lost dyads", state, f"None of {total} dyads", detail.strip() or "All are analysed.", "people"
        )
    groups, uneven = _lost_by_group(results)
    reasons = [
        row.reason.partition(":")[0] if row.by == "automatic" else "excluded by the laboratory"
        for row in lost.itertuples()
    ]
    told = words.listed(f"{reasons.count(one)} {one}" for one in dict.fromkeys(reasons))
    text = f"{len(lost)} of {total} dyads {'was' if len(lost) == 1 else 'were'} lost: {told}"
    look = len(lost) / total >= MANY_LOST or uneven
    detail = f"{detail}{groups}".strip() or "Section 2 names each with its reason."
    return Check("Lost dyads", "look" if look else "note", text, detail, "people")


def _lost_by_group(results: Results) -> tuple[str, bool]:
    """Lost dyads of each level of each factor, and whether a level lost far more than another."""
    told, uneven = [], False
    analysed = results["aggregated"].drop_duplicates("dyad")
    for factor in results.between:
        if factor not in results.excluded_dyads or factor not in analysed:
            continue
        lost = {
            level: int((results.excluded_dyads[factor] == level).sum()) for level in results.factors[factor]
        }
        size = {level: n + int((analysed[factor] == level).sum()) for level, n in lost.items()}
        shares = {level: lost[level] / n for level, n in size.items() if n}
        told.append(
            f"{words.heading(factor)}: "
            + words.listed(f"{words.spoken(level)} {lost[level]} of {size[level]}" for level in shares)
            + "."
        )
        if len(shares) > 1:
            most, least = max(shares, key=shares.__getitem__), min(shares, key=shares.__getitem__)
            uneven |= shares[most] - shares[least] >= MANY_LOST and lost[most] - lost[least] > 1
    return " ".join(told), uneven


def in_dyads(dyads: list) -> str:
    """Which dyads, as far as there are few."""
    named = [*dyads[:MOST_NAMED], *([f"{len(dyads) - MOST_NAMED} more"] if len(dyads) > MOST_NAMED else [])]
    return f"in {words.counted(len(dyads), 'dyad')}: {words.listed(named)}"


def _gaps(results: Results) -> Check:
    frame = results["quality"]
    gaps = frame[frame["gap_s"] > 0]
    marked = (results["exclusions"]["what"] == "gap").sum()
    if gaps.empty and (unknown := int(frame["gap_s"].isna().sum())):
        text = f"Not known in {unknown} of {words.counted(len(frame), 'recording')}"
        return Check("Gaps", "look", text, "A gap is a stretch of lost samples.", "quality")
    if gaps.empty:
        return Check(
            "Gaps", "good", "No gap in any recording", "A gap is a stretch of lost samples.", "quality"
        )
    where = words.listed(
        f"{r.dyad} {r.role} {r.time} ({apa.number(r.gap_s, 2)} s)" for r in gaps.head(4).itertuples()
    )
    more = f" and {len(gaps) - 4} more" if len(gaps) > 4 else ""
    detail = (
        "The windows that touch a gap are left out."
        if marked
        else "No gap is in the list of what was left out: check it."
    )
    text = f"{words.counted(len(gaps), 'recording')}: {where}{more}"
    return Check("Gaps", "note" if marked else "look", text, detail, "people")


def _recording_quality(results: Results) -> Check:
    frame = results["quality"]
    look = frame[frame["verdict"] != "good"]
    kept = frame["percent_kept"].min()
    detail = f"Fewest windows kept: {apa.whole(kept)}%." if not pd.isna(kept) else "Windows kept: n/a."
    if look.empty:
        return Check("Data quality", "good", f"All {len(frame)} recordings good", detail, "quality")
    names = words.listed(f"{row.dyad} {row.participant} {row.time}" for row in look.head(4).itertuples())
    more = f" and {len(look) - 4} more" if len(look) > 4 else ""
    return Check(
        "Data quality",
        "look",
        f"{len(look)} of {len(frame)} recordings to look at: {names}{more}",
        detail,
        "quality",
    )


def _cleaning(results: Results) -> Check:
    frame = results["quality"]
    hand = len(results.by_hand)
    flagged = f"{int((frame['verdict'] != 'good').sum())} of {len(frame)} recordings flagged"
    by_hand = f"{words.counted(hand, 'decision')} by hand" if hand else "no decision by hand"
    if results.setting("cleaning", "ica", "do") is False:
        detail = "The config leaves the independent components out: eye blinks stay in the signal."
        return Check("Cleaning", "note", f"{flagged}; no component removed; {by_hand}", detail, "quality")
    total, removed = frame["n_components"].sum(), frame["n_removed"].sum()
    share = f" ({apa.whole(100 * removed / total)}%)" if total else ""
    text = f"{flagged}; {apa.whole(removed)} of {apa.whole(total)} components removed{share}; {by_hand}"
    doubtful = frame[frame["ica"] != "converged"]
    if doubtful.empty:
        detail = "The components converged in every recording."
        flawless = not hand and (frame["verdict"] == "good").all()
        return Check("Cleaning", "good" if flawless else "note", text, detail, "quality")
    told = [f"{recording_name(row)} ({row['ica']})" for row in doubtful.to_dict("records")]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    detail = f"Unreliable components: {words.listed(told[:3])}{more}."
    return Check("Cleaning", "look", text, detail, "quality")


def _chance_level(results: Results) -> Check:
    frame = results["aggregated"]
    known = frame["p_chance"].dropna()
    if known.empty:
        return Check(
            "Chance level", "look", "No chance level is known", "Raw PLV alone proves little.", "chance"
        )
    above = int((known < ALPHA).sum())
    shifts = shifts_of_each(frame[frame["p_chance"].notna()])
    detail = (
        f"{above} of {len(known)} PLVs are above their own chance level (p < .05); with no coupling, about "
        f"{apa.whole(ALPHA * len(known))} would be. The first card tests whether there is synchrony at all."
    )
    of_shifts = f", from {shifts} circular shifts each" if shifts else ""
    text = f"Known for {len(known)} of {words.counted(len(frame), 'value')}{of_shifts}"
    return Check("Chance level", "note", text, detail, "chance")


def _validator(results: Results) -> Check:
    errors, warnings = results.validation.get("errors"), results.validation.get("warnings")
    version = results.validation.get("validator_version")
    detail = f"bids-validator {version}" if not apa.is_missing(version) else "Validator version not recorded"
    if left := results.validation.get("left_to_the_study"):
        detail += f"; recommended, and only the study could add it: {words.listed(left)}"
    if errors is None or warnings is None:
        return Check("BIDS dataset", "look", "The validator's result is not known", detail, "warnings")
    text = f"{words.counted(int(errors), 'error')}, {words.counted(int(warnings), 'warning')}"
    return Check("BIDS dataset", "look" if errors or warnings else "good", text, detail, "warnings")


def _software(results: Results) -> Check:
    commit, dirty = results.provenance.get("commit"), results.provenance.get("dirty")
    version = results.provenance.get("version", apa.NOT_AVAILABLE)
    detail = f"Interbrain {version}, Python {results.provenance.get('python', apa.NOT_AVAILABLE)}"
    if unknown_commit(commit) or dirty is None:
        return Check("Software", "look", "The commit is not known", detail, "reproduce")
    if dirty:
        return Check("Software", "look", f"Commit {str(commit)[:10]} with local changes", detail, "reproduce")
    return Check("Software", "good", f"Commit {str(commit)[:10]}, no local changes", detail, "reproduce")


def unknown_commit(commit: Any) -> bool:
    """Whether the code has no commit, as outside a git checkout."""
    return apa.is_missing(commit) or str(commit) == "unknown"
