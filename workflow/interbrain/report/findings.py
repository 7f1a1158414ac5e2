"""Whether the run can be trusted, and what to do next, in plain sentences; what was found is on the cards.

Rules over the written tables, nothing else. A rule never says "no effect": where a study cannot tell, the
sentence says so.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from interbrain.findings.factors import SMALL_STUDY, effect_of, p_of
from interbrain.findings.findings import ALPHA
from interbrain.report import lags, tables, words
from interbrain.report.reading import Results

SMALL_GROUP = 3  # dyads at one level
MOST_NAMED = 12  # recordings named in one warning
FEW_SHIFTS = 100
# Losing a fifth is usually taken for a serious threat to a comparison (Schulz & Grimes 2002, Lancet 359:781).
MANY_LOST = 0.20

SIGNS = {"good": ("✓", "Good"), "look": ("⚠", "Look"), "note": ("ℹ", "Note")}


class _Judged:
    """Something with a `state` of SIGNS, which the page shows as a sign and a word."""

    @property
    def sign(self) -> str:
        return SIGNS[self.state][0]

    @property
    def word(self) -> str:
        return SIGNS[self.state][1]


@dataclass(frozen=True)
class Check(_Judged):
    """One row of "Can I trust this run?": good, look or note, with a link to the section that shows it."""

    name: str
    state: str
    says: str
    detail: str
    link: str


@dataclass(frozen=True)
class Caution(_Judged):
    """What is the matter, and what to do next."""

    about: str
    says: str
    next_step: str
    state: str = "look"
    dyad: str = ""

    @property
    def rank(self) -> int:
        return ("look", "note").index(self.state)


def joint_sentence(results: Results, tested: str) -> str:
    """What all combinations of choices say jointly about one factor or score, from the joint tests."""
    rows = results["multiverse"].query("tested == @tested").set_index("summary")
    rows = rows[rows["observed"].notna()]
    if rows.empty:
        return "The combinations could not be tested jointly; the table says why."
    unit = results["specifications"].query("tested == @tested")["effect_unit"].iloc[0]
    told = []
    if "median_effect" in rows.index:
        row = rows.loc["median_effect"]
        name = {"partial_eta2": "ηp²"}.get(unit, unit)
        usual = words.interval(row["null_low"], row["null_high"], 2, True)
        told.append(
            f"the median effect is {name} = {words.number(row['observed'])}, where 95 % of relabelings give "
            f"{usual} ({words.p_phrase(row['p_permutation'])})"
        )
    if "significant_share" in rows.index:
        row = rows.loc["significant_share"]
        way = " in one direction" if unit != "partial_eta2" else ""
        found = f"{words.whole(100 * row['observed'])} % have p < .05{way}"
        told.append(f"{found} ({words.p_phrase(row['p_permutation'])})")
    if "stouffer_z" in rows.index:
        row = rows.loc["stouffer_z"]
        told.append(
            f"Stouffer’s z is {words.number(row['observed'])} ({words.p_phrase(row['p_permutation'])})"
        )
    count = words.counted(int(rows["n_specifications"].max()), "analysis", "analyses")
    return f"Over {count}, {words.listed(told)}. Each p is the share of relabelings that reach as much."


# --- can I trust this run? -------------------------------------------------------------------------------


def checks(results: Results) -> list[Check]:
    """The rows of the trust table, in the order of the data's way through the workflow."""
    rows = [
        _recordings(results),
        _attrition(results),
        _clocks(results),
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
        what = words.listed(f"{c['what']} ({_in_dyads(c['dyads'])})" for c in cautions[:2])
        more = f" and {len(cautions) - 2} more" if len(cautions) > 2 else ""
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
            most, least = max(shares, key=shares.get), min(shares, key=shares.get)
            uneven |= shares[most] - shares[least] >= MANY_LOST and lost[most] - lost[least] > 1
    return " ".join(told), uneven


def _in_dyads(dyads: list) -> str:
    """Which dyads, as far as there are few."""
    named = [*dyads[:MOST_NAMED], *([f"{len(dyads) - MOST_NAMED} more"] if len(dyads) > MOST_NAMED else [])]
    return f"in {words.counted(len(dyads), 'dyad')}: {words.listed(named)}"


# Clocks that need no alignment of their own: one amplifier, or time stamps from one clock.
ONE_CLOCK = {"same_file", "lsl_clock"}


def pairs_tied(results: Results):
    """The quality table's rows that say how each pair of recordings was tied: the clients'."""
    return results["quality"].query("role == 'client'")


def longest_with_unknown_drift(results: Results) -> float | None:
    """Length of the longest recording whose clock's drift was not measured, s; None if there is none."""
    pairs = pairs_tied(results)
    longest = pairs.loc[pairs["sync_drift_from"] == "unknown", "duration_s"].max()
    return None if pd.isna(longest) else float(longest)


def _fewest_matched(pairs) -> str:
    """How many markers were matched in the pair that has the smallest share of them, as a sentence."""
    counts = ["sync_markers", "sync_markers_therapist", "sync_markers_client"]
    pairs = pairs[(pairs["sync_method"] == "markers") & pairs[counts].notna().all(axis=1)]
    if not len(pairs):
        return ""
    row = pairs.loc[(pairs["sync_markers"] / pairs[counts[1:]].min(axis=1)).idxmin()]
    return (
        f" Fewest markers matched: {words.whole(row['sync_markers'])} of the therapist's "
        f"{words.whole(row['sync_markers_therapist'])} and the client's "
        f"{words.whole(row['sync_markers_client'])} ({row['dyad']}, {row['time']})."
    )


def windows_not_confirmed(pairs) -> int:
    """Windows that were left out because the clock is not confirmed, of all pairs of recordings."""
    return int(pairs["windows_clock"].fillna(0).sum())


def _clocks(results: Results) -> Check:
    frame = results["quality"]
    residual = frame["sync_residual_ms"].abs()
    limit = results.setting("clock", "max_residual_ms")
    drift = frame["sync_drift_ppm"].abs().max()
    pairs = pairs_tied(results)
    detail = "One person's clock is put on the other's by shared markers, anew for each recording."
    if not pd.isna(drift):
        detail = f"Largest drift between the two clocks: {words.number(drift, 1)} ppm, corrected."
    unchecked = {
        "shared_start": "taken to start at one instant, as the study says; offset and drift are not known",
        "start_marker": "tied by one shared marker; the drift is not known",
        "header_time": "tied by the files' start times, a second at best: PLV is then meaningless at alpha",
    }
    methods = [unchecked[m] for m in dict.fromkeys(frame["sync_method"]) if m in unchecked]
    if methods:
        detail = f"Recordings {words.listed(methods)}."
    detail += _fewest_matched(pairs)
    not_confirmed = windows_not_confirmed(pairs)
    if not_confirmed:
        where = pairs[pairs["windows_clock"] > 0]
        detail += (
            f" In {words.counted(len(where), 'pair')} of recordings, triggers that do not match leave it "
            f"open whether a clock jumps; {words.counted(not_confirmed, 'window')} there "
            f"{'was' if not_confirmed == 1 else 'were'} left out."
        )
    if longest := longest_with_unknown_drift(results):
        detail += (
            f" At 100 ppm, two such recordings would be {longest / 10:.0f} ms apart after {longest:.0f} s, "
            f"at 500 ppm {longest / 2:.0f} ms; a lag of 100 ms costs a fifth of alpha PLV."
        )
    if set(frame["sync_method"]) <= ONE_CLOCK:
        detail = "One amplifier or the Lab Streaming Layer's time stamps tie both members."
        return Check("Clocks", "good", "Both members share one clock", detail, "quality")
    unknown = (pairs["sync_drift_from"] == "unknown").sum()
    if unknown:
        text = f"Drift unknown in {unknown} of {words.counted(len(pairs), 'pair')} of recordings"
        return Check("Clocks", "look", text, detail, "quality")
    if residual.isna().all():
        return Check("Clocks", "look", "No clock residual is known", detail, "quality")
    text = f"Largest residual {words.number(residual.max(), 2)} ms"
    text += f", limit {limit:g} ms" if limit is not None else ", no limit set"
    over = limit is not None and residual.max() > limit
    look = over or limit is None or bool(methods) or not_confirmed > 0
    return Check("Clocks", "look" if look else "good", text, detail, "quality")


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
        f"{r.dyad} {r.role} {r.time} ({words.number(r.gap_s, 2)} s)" for r in gaps.head(4).itertuples()
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
    detail = f"Fewest windows kept: {words.whole(kept)} %." if not pd.isna(kept) else "Windows kept: n/a."
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
    share = f" ({words.whole(100 * removed / total)} %)" if total else ""
    text = f"{flagged}; {words.whole(removed)} of {words.whole(total)} components removed{share}; {by_hand}"
    doubtful = frame[frame["ica"] != "converged"]
    if doubtful.empty:
        detail = "The components converged in every recording."
        flawless = not hand and (frame["verdict"] == "good").all()
        return Check("Cleaning", "good" if flawless else "note", text, detail, "quality")
    told = [f"{tables.recording_name(row)} ({row['ica']})" for row in doubtful.to_dict("records")]
    more = f" and {len(told) - 3} more" if len(told) > 3 else ""
    detail = f"Components not to be relied on: {words.listed(told[:3])}{more}."
    return Check("Cleaning", "look", text, detail, "quality")


def _chance_level(results: Results) -> Check:
    frame = results["aggregated"]
    known = frame["p_chance"].dropna()
    if known.empty:
        return Check(
            "Chance level", "look", "No chance level is known", "Raw PLV alone proves little.", "chance"
        )
    above = int((known < ALPHA).sum())
    shifts = results.setting("chance", "n_shifts")
    detail = (
        f"{above} of {len(known)} PLVs are above their own chance level (p < .05); with no coupling, about "
        f"{words.whole(ALPHA * len(known))} would be. The first card tests whether there is synchrony at all."
    )
    of_shifts = f", by {shifts} circular shifts each" if shifts else ""
    text = f"Known for {len(known)} of {words.counted(len(frame), 'value')}{of_shifts}"
    return Check("Chance level", "note", text, detail, "chance")


def _validator(results: Results) -> Check:
    errors, warnings = results.validation.get("errors"), results.validation.get("warnings")
    version = results.validation.get("validator_version")
    detail = (
        f"bids-validator {version}" if not words.is_missing(version) else "Validator version not recorded"
    )
    if left := results.validation.get("left_to_the_study"):
        detail += f"; recommended, and only the study could add it: {words.listed(left)}"
    if errors is None or warnings is None:
        return Check("BIDS dataset", "look", "The validator's result is not known", detail, "warnings")
    text = f"{words.counted(int(errors), 'error')}, {words.counted(int(warnings), 'warning')}"
    return Check("BIDS dataset", "look" if errors or warnings else "good", text, detail, "warnings")


def _software(results: Results) -> Check:
    commit, dirty = results.provenance.get("commit"), results.provenance.get("dirty")
    version = results.provenance.get("version", words.NOT_AVAILABLE)
    detail = f"Interbrain {version}, Python {results.provenance.get('python', words.NOT_AVAILABLE)}"
    if _unknown(commit) or dirty is None:
        return Check("Software", "look", "The commit is not known", detail, "reproduce")
    if dirty:
        return Check("Software", "look", f"Commit {str(commit)[:10]} with local changes", detail, "reproduce")
    return Check("Software", "good", f"Commit {str(commit)[:10]}, no local changes", detail, "reproduce")


def _unknown(commit) -> bool:
    """Whether the code has no commit, as outside a git checkout."""
    return words.is_missing(commit) or str(commit) == "unknown"


def picture_words(row: dict) -> str:
    """What a recording's picture shows, in words, from its row of the quality table."""
    hand = words.counted(int(row["by_hand"]), "decision") if row["by_hand"] > 0 else "No decision"
    bad = "" if words.is_missing(row["bad_channels"]) else f", {row['bad_channels']}"
    return (
        f"What cleaning did to the recording of {tables.recording_name(row)}: traces and spectrum before and "
        "after, the head with its channels, maps of components, and windows along time. "
        f"{words.whole(row['n_bad'])} of {words.whole(row['n_channels'])} channels bad{bad}. "
        f"Components removed: {tables.components_removed(row)}. "
        f"{words.whole(row['windows_kept'])} of {words.whole(row['windows_total'])} windows kept; windows of "
        f"this person that failed: {tables.windows_failed(row)}. Muscle bursts: "
        f"{words.number(row['muscle_s'], 1)} s. Line noise: {words.number(row['line_noise_db'], 0)} dB. "
        f"{hand} by hand."
    )


# --- warnings --------------------------------------------------------------------------------------------


def warnings(results: Results, absent=()) -> list[Caution]:
    """Everything a careful reader must know, the gravest first, each with a next step.

    `absent` are the expected figures that could not be drawn (`name`, `title` and `reason` each).
    """
    cautions = [
        *_about_simulation(results),
        *_about_raw_only(results),
        *_about_tests(results),
        *_about_keys(results),
        *_about_strangers(results),
        *_about_simultaneous(results),
        *_about_figures(absent),
        *_about_size(results),
        *_about_who(results),
        *_about_tables(results),
        *_about_raw_files(results),
        *_about_recordings(results),
        *_about_the_run(results),
    ]
    return sorted(_merged(cautions), key=lambda caution: caution.rank)


def _merged(cautions: list[Caution]) -> list[Caution]:
    """One entry where the same is said of several recordings, however many there are."""
    groups: dict = {}
    for caution in cautions:
        groups.setdefault((caution.says, caution.next_step, caution.state), []).append(caution)
    merged = []
    for (says, next_step, state), group in groups.items():
        names = [caution.about for caution in group]
        more = [f"{len(names) - MOST_NAMED} more"] if len(names) > MOST_NAMED else []
        dyads = {caution.dyad for caution in group}
        about = words.listed([*names[:MOST_NAMED], *more])
        merged.append(Caution(about, says, next_step, state, dyads.pop() if len(dyads) == 1 else ""))
    return merged


def _about_simulation(results: Results):
    if results.simulated:
        yield Caution(
            "Simulated data",
            str(results.provenance.get("simulation_note") or "Every recording was made by the simulator."),
            "Use this page to see how the report reads; draw no conclusion about people from it.",
        )


def _about_raw_only(results: Results):
    step = (
        "Report it only together with the corrected value, and check band power: a stronger rhythm alone "
        "raises raw PLV."
    )
    if "plv" in results.measures and "above_chance" in results.measures:
        table = results["anova"]
        for effect in dict.fromkeys(table["effect"]):
            raw, corrected = (
                effect_of({"anova": table}, measure, effect) for measure in ("plv", "above_chance")
            )
            if raw is not None and corrected is not None and p_of(raw) < ALPHA <= p_of(corrected):
                yield Caution(
                    words.effect(effect),
                    f"An effect on raw PLV ({raw['apa']}) that does not reach p < .05 above chance "
                    f"({corrected['apa']}).",
                    step,
                )
        table = results["correlations"].set_index(["questionnaire", "roi", "band", "measure"])["p_holm"]
        for questionnaire, roi, band in dict.fromkeys(key[:3] for key in table.index):
            raw = table.get((questionnaire, roi, band, "plv"), float("nan"))
            corrected = table.get((questionnaire, roi, band, "above_chance"), float("nan"))
            if raw < ALPHA <= corrected:
                yield Caution(
                    f"{results.questionnaire_label(questionnaire)}, {words.cell(roi, band)}",
                    f"A correlation with raw PLV (Holm {words.p_phrase(raw)}) that does not reach p < .05 "
                    f"above chance (Holm {words.p_phrase(corrected)}).",
                    step,
                )


def _about_tests(results: Results):
    for name, about in (("anova", "Effects"), ("correlations", "Correlations")):
        notes = {}
        for row in results[name].itertuples():
            if not words.is_missing(row.note):
                notes.setdefault(row.note, []).append(words.measure(row.measure))
        for note, measures in notes.items():
            where = words.listed(dict.fromkeys(m for m in measures if m.lower() != "n/a"))
            yield Caution(
                about,
                f"{note}{f' ({where})' if where else ''}",
                "Interpret these results descriptively only; see section 2 for what was left out, and why.",
            )
    if results["anova"].empty:
        yield Caution(
            "Effects", "The table of effects is empty: nothing was tested.",
            "Check the section statistics of the configuration.",
        )  # fmt: skip
    if results.questionnaires and results["correlations"].empty:
        yield Caution(
            "Correlations",
            "No correlation was computed: the questionnaire table holds no scores for these dyads.",
            "If there are scores, check the questionnaire tables of the configuration, then run again.",
            "note",
        )


def _about_keys(results: Results):
    """Scales whose items go against one another, as where answers were reversed before and are again."""
    for row in results["reliability"].itertuples():
        if not words.is_missing(row.note) and not pd.isna(row.alpha):
            said = str(row.note).partition("; check the key")[0]
            yield Caution(
                results.scale_label(row.questionnaire, row.subscale),
                f"Cronbach’s α = {words.proportion(row.alpha, 2)}: {said}.",
                "Check the scoring key: if the survey tool had reversed the answers already, they are now "
                "reversed twice. With few people it may also be chance.",
            )


def _about_strangers(results: Results):
    """Dyads with so few strangers that none could be above them at p < .05."""
    frame = results["aggregated"]
    if "n_pseudo" not in frame:
        return
    few = frame[frame["n_pseudo"] < 1 / ALPHA - 1]
    few = few[few["n_pseudo"] > 0]
    if few.empty:
        return
    counts = few["n_pseudo"]
    most, least = words.whole(counts.max()), words.whole(counts.min())
    between = most if most == least else f"{least} to {most}"
    n_dyads = few["dyad"].nunique()
    who = f"{words.counted(n_dyads, 'dyad')} {'has' if n_dyads == 1 else 'have'}"
    smallest = words.p_value(1 / (counts.max() + 1))
    yield Caution(
        "Strangers",
        f"{who} only {between} pseudo-dyads. The smallest possible p against strangers is {smallest}: no "
        "such dyad can reach p ≤ .05 by itself.",
        "Read PLV above strangers over all dyads, not the p of a single dyad.",
        "note",
    )


def _about_simultaneous(results: Results):
    """Synchrony that may have a common cause."""
    if told := lags.caution(results):
        yield Caution("Synchrony", *told)


def _about_figures(absent):
    for figure in absent:
        yield Caution(
            "Missing figure", f"“{figure.title}” is not drawn: {figure.reason}.",
            "Check the named table in section “Reproduce and download”.",
        )  # fmt: skip


def _about_who(results: Results):
    for row in results.excluded_dyads.itertuples():
        yield Caution(
            f"Dyad {row.dyad}", f"Left out: {row.reason}",
            "Say so in the paper, with the reason.", "note", row.dyad,
        )  # fmt: skip
    for row in results.unused_recordings.itertuples():
        yield Caution(
            f"Recording {row.dyad} {row.time}", f"Not used: {row.reason}",
            "Say so in the paper, with the reason.", "note", row.dyad,
        )  # fmt: skip
    if results.fewer_times and results.entering.time == "mean":
        yield Caution(
            "Fewer times",
            f"{results.entering.of_fewer} If PLV differs between the times, or a recording is not missing by "
            "chance, such a value is not comparable with the mean over all times.",
            "See whether the result holds without these dyads, and with time: factor, whose mixed model "
            "keeps them and allows for the time.",
        )  # fmt: skip
    for name in missing_recordings(results):
        yield Caution(
            "Missing recording", f"{name} is not in the quality table.",
            "Check that the raw file is where dyads.tsv says.",
        )  # fmt: skip


def _about_tables(results: Results):
    """What the study's own tables gave reason to say, before anything ran."""
    for warning in results.provenance.get("warnings") or []:
        yield Caution(warning["where"], f"{warning['what']}.", warning["hint"] or "Know it when you read on.")


def _about_raw_files(results: Results):
    """What the recordings gave reason to say, by themselves and beside their partner's."""
    for caution in results.provenance.get("cautions") or []:
        what = caution["what"][:1].upper() + caution["what"][1:]
        dyads = caution["dyads"]
        yield Caution(
            "Recordings", f"{what.removesuffix('.')}, {_in_dyads(dyads)}.", caution["hint"],
            dyad=dyads[0] if len(dyads) == 1 else "",
        )  # fmt: skip


def _about_size(results: Results):
    count = len(results.dyads)
    if 0 < count < SMALL_STUDY:
        yield Caution(
            "Small study",
            f"{words.counted(count, 'dyad')}: only very large effects can be seen, and “cannot tell” is not "
            "“no effect”.",
            "Plan the next study for the effect that matters: two equal groups need about 52 dyads for d = "
            "0.8 at 80 % "
            "power.",
        )
    for factor in results.between:
        if factor not in results["aggregated"]:
            continue
        sizes = results["aggregated"].drop_duplicates("dyad")[factor].value_counts(sort=False)
        for level in results.factors.get(factor, list(sizes.index)):
            if sizes.get(level, 0) < SMALL_GROUP:
                yield Caution(
                    words.heading(factor),
                    f"Only {words.counted(int(sizes.get(level, 0)), 'dyad')} at level “{level}”.",
                    "Do not interpret a difference that rests on so few.",
                )


def _about_recordings(results: Results):
    frame = results["quality"]
    if len(hand := results.by_hand):
        what = [words.counted(int(n), kind) for kind, n in hand["what"].value_counts(sort=False).items()]
        yield Caution(
            "Decisions by hand", f"A person decided about {words.listed(what)}.",
            "Say so in the paper; each stands with its reason in the table of decisions.", "note",
        )  # fmt: skip
    length = results.setting("windows", "length_s")
    least = results.setting("windows", "min_clean_s")
    for row in frame[frame["verdict"] != "good"].itertuples():
        reason = tables.reason_to_look(row.verdict_reason)
        yield Caution(
            f"{row.dyad} {row.role} {row.participant}, {row.time}", f"Marked for a look: {reason}",
            "Look at its picture in section 3, and overrule in the table of decisions what was decided "
            "wrongly; leave the dyad out only with a reason.",
            dyad=row.dyad,
        )  # fmt: skip
    if length and least:
        cells = results["aggregated"][["dyad", "time", "n_windows"]].drop_duplicates()
        for row in cells[cells["n_windows"] * length < 2 * least].itertuples():
            yield Caution(
                f"{row.dyad}, {row.time}",
                f"{words.whole(row.n_windows)} windows were clean in both people, close to the fewest "
                "allowed "
                f"({least / length:g}).",
                "See whether the result holds without this dyad.", dyad=row.dyad,
            )  # fmt: skip
    for row in frame[frame["gap_s"] > 0].itertuples():
        yield Caution(
            f"{row.dyad} {row.role} {row.participant}, {row.time}",
            f"{words.number(row.gap_s, 2)} s of samples are lost in the recording.",
            "Nothing to do if the windows around it are in the list of what was left out.", "note", row.dyad,
        )  # fmt: skip
    limit = results.setting("clock", "max_residual_ms")
    if limit is not None:
        for row in frame[frame["sync_residual_ms"].abs() > limit].itertuples():
            yield Caution(
                f"{row.dyad} {row.role}, {row.time}",
                f"Clock residual {words.number(row.sync_residual_ms, 1)} ms, above the limit of {limit:g} "
                "ms.",
                "A wrong clock hides synchrony: check the markers of this recording.", dyad=row.dyad,
            )  # fmt: skip


def _about_the_run(results: Results):
    shifts = results.setting("chance", "n_shifts")
    if shifts and shifts < FEW_SHIFTS:
        yield Caution(
            "Chance level",
            f"Only {shifts} circular shifts: no p against chance can be below {1 / (shifts + 1):.3f}.",
            "Set chance: n_shifts to 200 or more for a report that leaves the lab.", "note",
        )  # fmt: skip
    for message in results.validation.get("messages") or []:
        yield Caution("BIDS dataset", str(message), "Mend it before the dataset is shared.")
    if (
        results.validation.get("errors") or results.validation.get("warnings")
    ) and not results.validation.get("messages"):
        yield Caution(
            "BIDS dataset", "The validator found errors or warnings, and its messages were not kept.",
            "Run the validator on the folder bids by hand.",
        )  # fmt: skip
    if results.provenance.get("dirty"):
        yield Caution(
            "Software", "The code had changes that no commit holds: nobody else can run exactly this.",
            "Commit the changes and run again before you share the report.",
        )  # fmt: skip
    elif _unknown(results.provenance.get("commit")) or results.provenance.get("dirty") is None:
        yield Caution(
            "Software", "The commit of the code is not known, nor whether the code was changed.",
            "Run from a clone of the repository, not from an unpacked archive.",
        )  # fmt: skip
