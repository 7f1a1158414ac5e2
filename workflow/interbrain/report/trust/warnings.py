"""Everything a careful reader must know, the gravest first, each with a next step."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from interbrain import apa
from interbrain.findings.form import ALPHA, SMALL_GROUP, SMALL_STUDY
from interbrain.findings.written import read_evidence
from interbrain.report import words
from interbrain.report.cards import lags
from interbrain.report.reading import Results
from interbrain.report.tables.recordings import reason_to_look

from .checks import MOST_NAMED, in_dyads, missing_recordings, unknown_commit
from .dataset import about_dataset
from .of_statistics import about_tests
from .states import Caution

if TYPE_CHECKING:
    from interbrain.report.figures import Absent

FEW_SHIFTS = 100


def warnings(results: Results, absent: Iterable[Absent] = ()) -> list[Caution]:
    """Everything a careful reader must know, the gravest first, each with a next step.

    `absent` are the expected figures that could not be drawn (`name`, `title` and `reason` each).
    """
    cautions = [
        *_about_simulation(results),
        *_about_raw_only(results),
        *about_tests(results),
        *_about_keys(results),
        *_about_strangers(results),
        *_about_shifts(results),
        *_about_simultaneous(results),
        *_about_figures(list(absent), results),
        *_about_size(results),
        *_about_who(results),
        *_about_tables(results),
        *_about_raw_files(results),
        *_about_recordings(results),
        *about_dataset(results),
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
        shown = [*names[:MOST_NAMED], *more]
        about = "; ".join(shown) if any(", " in name for name in names) else words.listed(shown)
        merged.append(Caution(about, says, next_step, state, dyads.pop() if len(dyads) == 1 else ""))
    return merged


def _about_simulation(results: Results) -> Iterator[Caution]:
    if results.simulated:
        yield Caution(
            "Simulated data",
            str(results.provenance.get("simulation_note") or "Every recording was made by the simulator."),
            "Use this page to see how the report reads; draw no conclusion about people from it.",
        )


def _about_raw_only(results: Results) -> Iterator[Caution]:
    step = (
        "Report it only together with the corrected value, and check band power: a stronger rhythm alone "
        "raises raw PLV."
    )
    raw = f"{'the ' if results.entering.change else ''}{results.entering.label('plv', False)}"
    for effect, v in read_evidence(results["evidence"], "raw effect alone"):
        yield Caution(
            words.effect(effect),
            f"An effect on {raw} ({v['apa']}) that does not reach p < .05 above chance "
            f"({v['apa_corrected']}).",
            step,
        )
    for score, v in read_evidence(results["evidence"], "raw correlation alone"):
        yield Caution(
            f"{results.questionnaire_label(score)}, {words.cell(v['roi'], v['band'])}",
            f"A correlation with {raw} (Holm {apa.p_value(v['p_holm'])}) that does not reach p < .05 "
            f"above chance (Holm {apa.p_value(v['p_corrected'])}).",
            step,
        )


def _about_keys(results: Results) -> Iterator[Caution]:
    """Scales whose items go against one another, as where answers were reversed before and are again."""
    for row in results["reliability"].itertuples():
        if not apa.is_missing(row.note) and not pd.isna(row.alpha):
            said = str(row.note).partition("; check the key")[0]
            yield Caution(
                results.scale_label(row.questionnaire, row.subscale),
                f"Cronbach’s α = {apa.proportion(row.alpha, 2)} ({said}).",
                "Check the scoring key: if the survey tool had reversed the answers already, they are now "
                "reversed twice. With few people it may also be chance.",
            )


def _about_strangers(results: Results) -> Iterator[Caution]:
    """Dyads with so few strangers that none could be above them at p < .05."""
    frame = results["aggregated"]
    if "n_pseudo" not in frame:
        return
    few = frame[frame["n_pseudo"] < 1 / ALPHA - 1]
    few = few[few["n_pseudo"] > 0]
    if few.empty:
        return
    counts = few["n_pseudo"]
    most, least = apa.whole(counts.max()), apa.whole(counts.min())
    between = most if most == least else f"{least} to {most}"
    n_dyads = few["dyad"].nunique()
    who = f"{words.counted(n_dyads, 'dyad')} {'has' if n_dyads == 1 else 'have'} only"
    many = words.counted_as(between, "pseudo-dyad")
    smallest = apa.bare_p(1 / (counts.max() + 1))
    yield Caution(
        "Pseudo-dyads",
        f"{who} {many} each. The smallest possible p against them is "
        f"{smallest}: no "
        "such dyad can reach p ≤ .05 by itself.",
        "Read PLV above pseudo-dyads over all dyads, not the p of a single dyad.",
        "note",
    )


def _about_shifts(results: Results) -> Iterator[Caution]:
    """Recordings with so few circular shifts that none could be above its chance level at p < .05."""
    frame = results["aggregated"]
    few = frame[(frame["n_shifts"] > 0) & (frame["n_shifts"] < 1 / ALPHA - 1)]
    if few.empty:
        return
    least, most = (apa.whole(number) for number in (few["n_shifts"].min(), few["n_shifts"].max()))
    between = most if most == least else f"{least} to {most}"
    n_pairs = len(few.drop_duplicates(["dyad", "time"]))
    who = f"{words.counted(n_pairs, 'pair')} of recordings {'has' if n_pairs == 1 else 'have'} only"
    many = words.counted_as(between, "circular shift")
    yield Caution(
        "Circular shifts",
        f"{who} {many} each, because few windows were kept and hardly any two of them "
        f"follow each other. The smallest possible p against them is "
        f"{apa.bare_p(1 / (few['n_shifts'].max() + 1))}: no such pair can reach p ≤ .05 by itself.",
        "Read PLV above chance over all dyads, not the p of a single dyad.",
        "note",
    )


def _about_simultaneous(results: Results) -> Iterator[Caution]:
    """Synchrony that may have a common cause."""
    if told := lags.caution(results):
        yield Caution("Synchrony", *told)


def _about_figures(absent: Sequence[Absent], results: Results) -> Iterator[Caution]:
    absent = [figure for figure in absent if not figure.by_design]
    if absent and len(results.dyads) == 1:  # most figures are of several dyads
        named = words.listed(f"“{figure.title}”" for figure in absent)
        yield Caution(
            "Missing figures", f"Not drawn in a study of one dyad: {named}. Each reason is in its place.",
            "Nothing, if the reason is that there is only one dyad.", "note",
        )  # fmt: skip
        return
    for figure in absent:
        yield Caution(
            "Missing figure", f"“{figure.title}” is not drawn: {figure.reason}.",
            f"The numbers are in {results.paths[figure.source].name} (section “Reproduce and download”)."
            if figure.source in results.paths
            else "The table that it would have shown was not written.",
        )  # fmt: skip


def _about_who(results: Results) -> Iterator[Caution]:
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
    if results.crossed_tests and results.entering.fewer:
        yield Caution(
            "Tasks at each time", results.entering.of_fewer,
            "Say so in the paper, and see whether the others differ from all.", "note",
        )  # fmt: skip
    elif results.fewer_times and results.entering.time == "mean":
        yield Caution(
            "Fewer times",
            f"{results.entering.of_fewer} If PLV differs between the times, or a recording is not missing by "
            "chance, such a value is not comparable with the mean over all times.",
            "See whether the result holds without these dyads, and with time: factor, whose mixed model "
            "keeps them and allows for the time.",
        )  # fmt: skip
    given = results.setting("input") == "bids"
    step = (
        "Check that the dataset has it." if given else "Check that its raw file is where recordings.tsv says."
    )
    for name in missing_recordings(results):
        yield Caution("Missing recording", f"{name} is not in the quality table.", step)


def _about_tables(results: Results) -> Iterator[Caution]:
    """What the study's own tables gave reason to say, before anything ran."""
    for warning in results.provenance.get("warnings") or []:
        yield Caution(
            warning["where"], f"{warning['what']}.", warning["hint"] or "Nothing, if this is as it should be."
        )


def columns_that_there_are(results: Results) -> list[str]:
    """Hints that name the columns of a table, which are called therapist and client in every study."""
    hints = [str(warning["hint"]) for warning in results.provenance.get("warnings") or []]
    return [hint for hint in hints if hint.startswith("Known: ")]


def _about_raw_files(results: Results) -> Iterator[Caution]:
    """What the recordings gave reason to say, by themselves and beside their partner's."""
    for caution in results.provenance.get("cautions") or []:
        what = caution["what"][:1].upper() + caution["what"][1:]
        dyads = caution["dyads"]
        yield Caution(
            "Recordings", f"{what.removesuffix('.')}, {in_dyads(dyads)}.", caution["hint"],
            dyad=dyads[0] if len(dyads) == 1 else "",
        )  # fmt: skip


def _about_size(results: Results) -> Iterator[Caution]:
    count = len(results.dyads)
    if count == 1:
        yield Caution(
            "One dyad", "1 dyad: nothing can be tested over dyads, and nothing follows for other dyads.",
            "Read the dyad's own tests, against its own chance levels.",
        )  # fmt: skip
    elif 1 < count < SMALL_STUDY:
        yield Caution(
            "Small study",
            f"{words.counted(count, 'dyad')}: only very large effects can be detected, and “cannot tell” is "
            "not “no effect”.",
            "Plan the next study for the effect that matters: two equal groups need about 52 dyads for d = "
            "0.8 at 80% "
            "power.",
        )
    for factor in results.between:
        if factor not in results["aggregated"]:
            continue
        sizes = results["aggregated"].drop_duplicates("dyad")[factor].value_counts(sort=False)
        for level in results.factors.get(factor, list(sizes.index)):
            if sizes.get(level, 0) < SMALL_GROUP:
                n = int(sizes.get(level, 0))
                says = f"Only {words.counted(n, 'dyad')}" if n else "No dyad"
                yield Caution(
                    words.heading(factor),
                    f"{says} at level “{level}”.",
                    "Do not interpret a difference that rests on so few."
                    if n
                    else "Nothing is compared with this level.",
                )


def _about_recordings(results: Results) -> Iterator[Caution]:
    frame = results["quality"]
    if len(hand := results.by_hand):
        what = [words.counted(int(n), kind) for kind, n in hand["what"].value_counts(sort=False).items()]
        yield Caution(
            "Decisions by hand", f"A person decided about {words.listed(what)}.",
            "Say so in the paper; each of these decisions is in the table of decisions.", "note",
        )  # fmt: skip
    length = results.setting("windows", "length_s")
    least = results.setting("windows", "min_clean_s")
    for row in frame[frame["verdict"] != "good"].itertuples():
        reason = reason_to_look(row.verdict_reason)
        pictured = (row.dyad, row.role, row.time) in results.pictures
        yield Caution(
            f"{row.dyad} {row.role} {row.participant}, {row.time}", f"Flagged for inspection: {reason}",
            f"Inspect its {'picture' if pictured else 'row and its spectrum'} in section 3, and overrule "
            "wrong decisions in the table of decisions; leave the dyad out only with a reason.",
            dyad=row.dyad,
        )  # fmt: skip
    if length and least:
        cells = results["aggregated"][["dyad", "time", "n_windows"]].drop_duplicates()
        for row in cells[cells["n_windows"] * length < 2 * least].itertuples():
            yield Caution(
                f"{row.dyad}, {row.time}",
                f"{apa.whole(row.n_windows)} windows were clean in both people, close to the fewest "
                "allowed "
                f"({least / length:g}).",
                "See whether the result holds without this dyad.", dyad=row.dyad,
            )  # fmt: skip
    left_out = results["exclusions"].query("what == 'gap'")
    known = set(zip(left_out["dyad"], left_out["time"], strict=True))
    for row in frame[frame["gap_s"] > 0].itertuples():
        listed = (row.dyad, row.time) in known
        yield Caution(
            f"{row.dyad} {row.role} {row.participant}, {row.time}",
            f"{apa.number(row.gap_s, 2)} s of samples were lost in the recording.",
            "Nothing: the windows that touch it are left out (section 2)." if listed
            else "Check this recording: section 2 lists no gap of it among what was left out.",
            "note" if listed else "look", row.dyad,
        )  # fmt: skip
    limit = results.setting("clock", "max_residual_ms")
    if limit is not None:
        for row in frame[frame["sync_residual_ms"].abs() > limit].itertuples():
            yield Caution(
                f"{row.dyad} {row.role}, {row.time}",
                f"Clock residual {apa.number(row.sync_residual_ms, 1)} ms, above the limit of {limit:g} "
                "ms.",
                "A wrong clock hides synchrony: check the markers of this recording.", dyad=row.dyad,
            )  # fmt: skip


def _about_the_run(results: Results) -> Iterator[Caution]:
    shifts = results.setting("chance", "n_shifts")
    if shifts and shifts < FEW_SHIFTS:
        yield Caution(
            "Chance level",
            f"Only {shifts} circular shifts: no p against chance can be below "
            f"{apa.bare_p(1 / (shifts + 1))}.",
            "Set chance: n_shifts to 200 or more for a report that leaves the lab.", "note",
        )  # fmt: skip
    if results.provenance.get("dirty"):
        yield Caution(
            "Software", "The code had uncommitted changes, so nobody else can run exactly this version.",
            "Commit the changes and run again before you share the report.",
        )  # fmt: skip
    elif unknown_commit(results.provenance.get("commit")) or results.provenance.get("dirty") is None:
        yield Caution(
            "Software", "The commit of the code is not known, nor whether the code was changed.",
            "Run from a clone of the repository, not from an unpacked archive.",
        )  # fmt: skip
