"""Cards say what was found, on what, and what speaks against it."""

import ast
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import read, said
from synthetic_tables import write_findings, write_tables

from interbrain import apa
from interbrain.findings.form import VERDICTS, Reservation
from interbrain.report.cards.reservations import SENTENCES
from interbrain.report.cards.signal_to_noise import snr_reservation
from interbrain.report.cards.study import cards
from interbrain.report.reading import Results, read_results
from interbrain.report.trust.warnings import warnings
from interbrain.report.words import Entering


def judged(inputs: dict) -> Results:
    """What the tables say now: a test may have changed one since they were judged."""
    return read_results(write_findings(inputs))


def test_a_card_for_each_factor_and_each_questionnaire_lists_all_its_correlations(demo):
    page, inputs, _ = demo
    cards = [e for e in page.all("li") if "card" in (e["at"].get("class") or "").split()]
    headings = [said(page.inside(card, "h3")[0]) for card in cards]
    assert headings == ["Is there synchrony at all?", "Mindfulness", "Modality", "WAI difference"]
    for row in read(inputs["correlations"]).itertuples():
        assert f"{apa.proportion(row.r, 2)} · {apa.bare_p(row.p_holm)}" in said(cards[3])


@pytest.mark.parametrize(
    ("p", "chip", "sentence"),
    [
        (
            (0.003, 0.01),
            "✓ Difference found",
            "higher for mindfulness “yes” than “no”, both raw and above chance",
        ),
        ((0.003, 0.21), "⚠ Only in raw PLV", "but not for PLV above chance, which is the measure to rely on"),
        ((0.21, 0.003), "⚠ Only above chance", "raw PLV does not show it"),
        ((0.21, 0.30), "? Cannot tell", "too few to detect or to rule out a difference"),
    ],
)
def test_the_sentence_weighs_raw_plv_and_above_chance_together(tmp_path, p, chip, sentence):
    confirms = (0.02, 400, 0.005)
    results = read_results(write_tables(tmp_path, p_between={"mindfulness": p}, permuted=confirms))
    card = cards(results)[1]
    assert f"{card.sign} {card.chip}" == chip
    assert sentence in card.sentence
    flagged = [c.about for c in warnings(results) if "An effect on raw PLV" in c.says]
    assert flagged == (["Mindfulness"] if chip == "⚠ Only in raw PLV" else [])


def test_the_card_takes_direction_and_size_from_the_contrast_and_calls_the_means_unadjusted(tmp_path):
    """The groups' means say yes, the adjusted contrast no: the contrast decides."""
    inputs = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005))
    means = read(inputs["descriptives"]).query("factor == 'mindfulness' and measure == 'above_chance'")
    assert means.set_index("level")["mean"].idxmax() == "yes"
    table = read(inputs["contrasts"])
    table[["difference", "ci_low", "ci_high", "d"]] *= -1
    table.to_csv(inputs["contrasts"], sep="\t", index=False, na_rep="n/a")
    card = cards(judged(inputs))[1]
    assert "higher for mindfulness “no” than “yes”, both raw and above chance" in card.sentence
    assert "adjusted difference .061, 95% CI [−.110, .230], d = 0.87" in card.sentence


def test_a_permutation_that_cannot_reach_05_has_a_verdict_of_its_own(tmp_path):
    written = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.1, 20, 0.1))
    card = cards(read_results(written))[1]
    assert f"{card.sign} {card.chip}" == "⚠ Found, but too few dyads to confirm it"
    assert card.lines[0] == (
        "No exact test of this size could confirm it: the smallest possible p of the permutation test is "
        ".100 (20 relabelings)."
    )


@pytest.mark.long_but("wide in d", "precise")
@pytest.mark.parametrize(
    ("n_dyads", "eta_high", "widest", "chip"),
    [
        (6, 0.05, 0.3, "? Cannot tell"),
        (24, 0.6, 0.3, "? Cannot tell"),
        (24, 0.05, 1.2, "? Cannot tell"),
        (24, 0.05, 0.3, "– No clear difference"),
    ],
    ids=["few", "wide", "wide in d", "precise"],
)
def test_only_a_large_and_precise_study_says_no_clear_difference(tmp_path, n_dyads, eta_high, widest, chip):
    """The intervals of partial eta squared and of d (at most `widest`) both have to leave out a large one."""
    inputs = write_tables(tmp_path, n_dyads=n_dyads, eta_high=eta_high)
    table, sd = read(inputs["contrasts"]), 0.02
    table = table.assign(difference=0.05 * sd, d=0.05, ci_low=-0.9 * widest * sd, ci_high=widest * sd)
    table.to_csv(inputs["contrasts"], sep="\t", index=False, na_rep="n/a")
    card = cards(judged(inputs))[1]
    assert f"{card.sign} {card.chip}" == chip
    assert "no effect" not in card.sentence.lower()


def test_a_correlation_counts_only_if_it_holds_above_chance(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"])
    raw = (table["measure"] == "plv") & (table["roi"] == "central") & (table["band"] == "alpha")
    table.loc[raw, "p_holm"] = 0.012
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    results = judged(inputs)
    card = cards(results)[3]
    assert card.verdict == "raw-only" and "central alpha" in card.sentence
    assert len(card.rows) == 4
    assert any("WAI difference, central alpha" in caution.about for caution in warnings(results))


@pytest.mark.parametrize(
    ("verdict", "p", "chip", "told", "not_told"),
    [
        ("cannot tell", (0.2, 0.3), "? Cannot tell", "only one within −0.5 to 0.5", "ηp²"),
        (
            "equivalent",
            (0.2, 0.3),
            "≈ No difference that matters",
            "d is −0.30 to 0.31, within",
            "cannot tell",
        ),
        (
            "different",
            (0.2, 0.3),
            "? Cannot tell",
            "too few to detect",
            "The groups differ",
        ),
        (
            "different",
            (0.003, 0.01),
            "⚠ Found, not confirmed",
            "higher for mindfulness “yes”",
            "The groups differ",
        ),
        ("cannot tell", (0.003, 0.2), "⚠ Only in raw PLV", "only one within −0.5 to 0.5", "Effects as large"),
    ],
)
def test_a_card_says_what_the_study_can_rule_out(tmp_path, verdict, p, chip, told, not_told):
    unconfirmed = (0.35, 400, 0.005)
    written = write_tables(tmp_path, verdict=verdict, p_between={"mindfulness": p}, permuted=unconfirmed)
    card = cards(read_results(written))[1]
    assert f"{card.sign} {card.chip}" == chip
    assert told in card.sentence and not_told not in card.sentence
    assert ("The permutation test does not confirm it: p = .350 (400 relabelings)." in card.lines) == (
        p[0] < 0.05
    )
    assert not any("Without the other factors" in line for line in card.lines)
    assert "no effect" not in card.sentence.lower()


def test_a_card_tells_permutation_size_and_other_analyses_in_a_line_each(demo):
    page, inputs, _ = demo
    cards = [e for e in page.all("li") if "card" in (e["at"].get("class") or "").split()]
    permuted = "p = .350 (all 20 relabelings; the smallest possible p is .100)"
    assert said(cards[1]).count(f"Permutation test: {permuted}; permutation of therapists: {permuted}") == 2
    assert said(cards[1]).count("Unadjusted means of the dyads") == 2
    lines = [said(line) for line in page.inside(page.inside(cards[1], "ul")[-1], "li")]
    assert lines[0] == "With errors clustered by therapist: CR2 F(1, 2.40) = 1.25, p = .344."
    assert lines[1].startswith("Allowing for unequal spread: Adjusted Welch F(1, 2.40) = 1.25")
    assert lines[2] == "With 6 dyads, this study has 80% statistical power to detect d ≥ 3.07."
    table = read(inputs["specifications"]).query("tested == 'mindfulness'").dropna(subset=["p"])
    same = table.query("own == 0 and p < .05")
    assert lines[3] == f"{len(same)} of 21 other analyses agree (p < .05, same direction)."


def test_other_analyses_agree_with_a_null_result_only_as_far_as_they_can(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["specifications"])
    table.loc[table["own"] == 1, "p"] = 0.4
    table.to_csv(inputs["specifications"], sep="\t", index=False, na_rep="n/a")
    same = table.query("tested == 'mindfulness' and own == 0 and p >= .05")
    line = cards(judged(inputs))[1].lines[-1]
    assert line == f"{len(same)} of 21 other analyses have p ≥ .05 as well."


def test_a_further_measure_is_shown_and_decides_nothing(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["anova"])
    further = table[table["measure"] == "plv"].assign(measure="ppc", p=0.001)
    pd.concat([table, further]).to_csv(inputs["anova"], sep="\t", index=False, na_rep="n/a")
    card = cards(judged(inputs))[1]
    assert card.verdict == "unclear" and card.sides[-1].measure == "ppc"


@pytest.mark.parametrize(("high", "left"), [(0.8, "up to |r| = .80"), (0.999, "of any size")])
def test_what_correlations_stay_possible_is_said_in_sizes_that_they_can_have(tmp_path, high, left):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"]).assign(p_holm=0.5, r=0.2, ci_low=-0.3, ci_high=high)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    card = next(card for card in cards(judged(inputs)) if card.of_score)
    assert card.verdict == "unclear" and card.sentence.endswith(f"intervals include correlations {left}.")


def test_a_correlation_that_rests_on_one_dyad_is_named(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"]).assign(p_holm=0.01, loo_low=-0.1, loo_high=0.8, r=0.5)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    given = read(inputs["snr"]).assign(p_holm=0.01, r=0.5)
    given.to_csv(inputs["snr"], sep="\t", index=False, na_rep="n/a")
    card = cards(judged(inputs))[3]
    assert card.verdict == "unconfirmed"
    assert any(
        line.startswith("It rests on one dyad at frontal theta (r = .50, without D01 r = −.10)")
        for line in card.lines
    )


@pytest.mark.parametrize(
    ("p", "chip", "line"),
    [
        (0.004, "✓ Difference found", "the difference remains: .061, 95% CI [−.110, .230], F(1, 19) = 1.25, "
         "p = .004."),
        (0.41, "⚠ Found, but not separable from signal-to-noise", "the difference is not confirmed: .061, "
         "95% CI [−.110, .230], F(1, 19) = 1.25, p = .410. No "
         "association of SNR itself with the factor was found."),
    ],
)  # fmt: skip
def test_a_card_says_whether_a_difference_stays_with_signal_to_noise_held_constant(tmp_path, p, chip, line):
    written = write_tables(
        tmp_path, n_dyads=24, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005),
        given_snr=p, multiverse=False,
    )  # fmt: skip
    card = cards(read_results(written))[1]
    assert f"{card.sign} {card.chip}" == chip
    assert f"With both members’ log SNR held constant, {line}" in card.lines
    assert ("cannot be separated from signal-to-noise" in card.sentence) == (p > 0.05)


def test_a_card_says_where_signal_to_noise_itself_goes_with_a_score(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"]).assign(p_holm=0.01, loo_low=0.2, loo_high=0.8, r=0.5)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    given = read(inputs["snr"])
    scores = given[given["tested"] == "wai_difference"].assign(p_holm=0.3, r=0.1)
    itself = scores.head(1).assign(measure="log_snr_client", p_holm=0.02, given=None)
    pd.concat([given[given["tested"] != "wai_difference"], scores, itself]).to_csv(
        inputs["snr"], sep="\t", index=False, na_rep="n/a"
    )
    card = cards(judged(inputs))[3]
    assert (card.sign, card.chip) == ("⚠", "Found, but not separable from signal-to-noise")
    [line] = [line for line in card.lines if "log SNR" in line]
    assert "frontal theta (r = .10, Holm p = .300)" in line
    assert line.endswith(
        "SNR itself is correlated with the score: the client’s in theta at frontal (Holm p = .020)."
    )


def test_a_study_whose_signal_to_noise_could_not_be_held_constant_says_so(tmp_path):
    written = write_tables(
        tmp_path, n_dyads=24, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005)
    )
    table = read(written["snr"])
    table = table.assign(F=None, note="The client's log SNR has the same value in every dyad.")
    table.to_csv(written["snr"], sep="\t", index=False, na_rep="n/a")
    card = cards(judged(written))[1]
    assert card.verdict == "qualified"
    why = "the client's log SNR has the same value in every dyad"
    assert f"It could not be checked against signal-to-noise: {why}." in card.lines


def test_a_card_says_that_the_therapists_decide(tmp_path):
    written = write_tables(tmp_path, therapists_decide=True, p_between={"mindfulness": (0.003, 0.01)})
    card = next(card for card in cards(read_results(written)) if card.title == "Mindfulness")
    [line] = [line for line in card.lines if "therapists" in line and "decides" in line]
    assert line.startswith("Over 3 therapists, several of whom have several dyads, which decides: CR2 F(1, ")
    assert not any(line.startswith("The permutation test") for line in card.lines)
    for side in card.sides:  # what is shown first is not another test than the one that decides
        assert side.apa.startswith("F(1, ") and "; over therapists, which decides: CR2 F(1, " in side.apa


@pytest.mark.parametrize(
    ("differs", "last"),
    [
        ({}, "F(1, 9) = 0.71, p = .421."),
        (
            {"differs": [{"role": "client", "band": "alpha", "roi": "all", "p_holm": 0.02}]},
            "SNR itself differs: the client’s in alpha (Holm p = .020).",
        ),
    ],
)
def test_where_groups_hardly_overlap_in_signal_to_noise_no_sentence_denies_it(differs, last):
    pair = {"df1": 1, "df2": 9, "F": 0.71, "p": 0.421}
    one = Reservation("snr", {"pairs": [pair], "shared": 0.8} | differs)
    said = snr_reservation(one, Entering("mean", ("pre", "post")))
    assert "the groups hardly overlap in SNR (it explains .80 of the variance" in said
    assert said.endswith(last) and "No association" not in said


@pytest.mark.parametrize(("unit", "over"), [({}, ""), ({"unit": "therapist"}, " over therapists")])
def test_a_p_given_signal_to_noise_says_whether_it_is_over_therapists(unit, over):
    cell = {"roi": "frontal", "band": "alpha", "r": 0.86, "p_holm": 0.103, **unit}
    one = Reservation("snr", {"measure": "above_chance", "cells": [cell]})
    said = snr_reservation(one, Entering("mean", ("pre", "post")))
    assert f"no correlation is shown at frontal alpha (r = .86, Holm p = .103{over})." in said
    pair = {"F": 4.2, "df1": 1, "df2": 9, "p": 0.071, **unit}
    said = snr_reservation(Reservation("snr", {"pairs": [pair]}), Entering("change", ("pre", "post")))
    F = "" if over else "F(1, 9) = 4.20, "  # F is that of the dyads
    assert f"change of log SNR held constant, the difference is not confirmed: {F}p = .071{over}. " in said
    holm = {name: value for name, value in pair.items() if name != "p"} | {"p_holm": 0.123}
    said = snr_reservation(Reservation("snr", {"pairs": [holm]}), Entering("mean", ()))
    assert f"not confirmed: {F}Holm p = .123{over}. " in said


@pytest.mark.long_but("mean-PLV-higher PLV")
@pytest.mark.parametrize(
    ("enters", "tested", "higher"),
    [
        ("mean", "PLV", "higher PLV"),
        ("change", "the change of PLV (post minus pre)", "higher change of PLV"),
    ],
)
def test_where_changes_are_tested_a_scores_card_speaks_of_the_change_of_plv(tmp_path, enters, tested, higher):
    inputs = write_tables(tmp_path, n_dyads=24, enters=enters)
    table = read(inputs["correlations"]).assign(p_holm=0.01, loo_low=0.2, loo_high=0.8, r=0.5)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    card = next(card for card in cards(judged(inputs)) if card.of_score)
    assert f" was correlated with {tested} at " in card.sentence
    assert f"({higher} with higher scores)" in card.sentence


def changed_on_disk(path, hypothesis, **cells):
    """One or more cells of the first row of a hypothesis, changed as in an editor."""
    table = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False)
    table.loc[table.index[table["hypothesis"] == hypothesis][0], list(cells)] = list(cells.values())
    table.to_csv(path, sep="\t", index=False)


def test_the_page_shows_what_the_table_of_findings_says_and_decides_nothing_itself(tmp_path):
    inputs = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005))
    assert cards(read_results(inputs))[1].chip == "Difference found"
    changed_on_disk(inputs["findings"], "mindfulness", verdict="unconfirmed", size="0.777")
    changed_on_disk(inputs["findings"], "modality", verdict="equivalent")
    _, first, second, *_ = cards(read_results(inputs))
    assert first.chip == "Found, not confirmed" and ".777" in first.sentence
    assert second.chip == "No difference that matters"
    changed_on_disk(inputs["findings"], "mindfulness", level_higher="no", level_lower="yes")
    assert "higher for mindfulness “no” than “yes”" in cards(read_results(inputs))[1].sentence


def test_the_evidence_on_a_card_is_that_of_its_table(tmp_path):
    inputs = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.2, 400, 0.005))
    table = pd.read_csv(inputs["evidence"], sep="\t", dtype=str, keep_default_na=False)
    of = table["hypothesis"] == "mindfulness"
    table.loc[of & (table["evidence"] == "permutation"), "p"] = "0.234"
    table.loc[of & (table["evidence"] == "model"), "apa"] = "F(1, 2) = 3.00, p = .004"
    table.to_csv(inputs["evidence"], sep="\t", index=False)
    card = cards(read_results(inputs))[1]
    assert any("does not confirm it: p = .234" in line for line in card.lines)
    assert {side.apa for side in card.sides} == {"F(1, 2) = 3.00, p = .004"}


def test_every_kind_of_reservation_on_a_factor_or_score_has_its_sentence(repository):
    """Kinds are words in the judging modules: none may be without words on the page."""
    room = repository / "workflow" / "interbrain" / "findings"
    text = "".join(
        (room / f"{name}.py").read_text() for name in ("factors", "scores", "confirmation", "sample")
    )
    kinds = set(re.findall(r"Reservation\(\s*\"([a-z ]+)\"", text))
    kinds |= {word for pair in re.findall(r'"([a-z ]+)" if [^\n]+ else "([a-z ]+)"', text) for word in pair}
    kinds -= {"interaction", "reliability", "higher", "lower", "snr untested", *VERDICTS}
    assert {"floor", "permutation", "ranks"} <= kinds and kinds <= set(SENTENCES)


def test_the_report_imports_nothing_that_judges(repository):
    room = repository / "workflow" / "interbrain"
    reads = [
        *(room / "report").rglob("*.py"),
        *(room / f"findings/{name}.py" for name in ("form", "written", "sentences", "correlations")),
    ]
    modules = set()
    for path in reads:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.ImportFrom):
                inside = node.level and path.parent.name == "findings"
                module = f"interbrain.findings.{node.module}" if inside else node.module or ""
                modules.add(module)
    used = {module for module in modules if module.startswith("interbrain.findings")}
    assert used == {
        f"interbrain.findings.{name}" for name in ("form", "written", "scales", "sentences", "correlations")
    }


def test_times_that_are_compared_have_a_card_with_their_means_and_no_permutation(tmp_path):
    inputs = write_tables(tmp_path, enters="factor")
    for name, column in (("anova", "effect"), ("contrasts", "effect"), ("descriptives", "factor")):
        table = read(inputs[name])
        own = table[table[column] == "mindfulness"].assign(**{column: "time"})
        own = own.replace({"yes": "post", "no": "pre"})
        if name != "descriptives":
            own["p"] = 0.001
        if name == "contrasts":
            own["p_holm"] = 0.001
        pd.concat([table, own]).to_csv(inputs[name], sep="\t", index=False, na_rep="n/a")
    results = judged(inputs)
    card = next(card for card in cards(results) if card.hypothesis == "time")
    assert (card.title, card.chip) == ("Time", "Difference found, with reservations")
    assert "PLV was higher for time “post” than “pre”, both raw and above chance" in card.sentence
    assert "mean difference .061, 95% CI [−.110, .230], dz = 0.87" in card.sentence
    assert card.lines[0].startswith("It could not be checked against signal-to-noise")
    assert [level for level, *_ in card.sides[0].means] == ["post", "pre"] and not card.sides[0].permuted


@pytest.mark.parametrize(
    ("one", "says"),
    [
        (Reservation("one therapist", {"n": 12, "n_dyads": 12}), "All 12 dyads have the same therapist"),
        (Reservation("most of one therapist", {"n": 8, "n_dyads": 12}), "8 of the 12 dyads have the same"),
        (
            Reservation("one therapist a level", {"levels": [{"level": "a"}]}),
            "At the level “a”, all dyads have",
        ),
        (
            Reservation("few at a level", {"levels": [{"level": "a_b", "n_dyads": 1}]}),
            "It rests on very few dyads: 1 dyad at “a b”.",
        ),
    ],
)
def test_for_whom_a_claim_holds_is_a_sentence(one, says):
    assert SENTENCES[one.kind](one.values).startswith(says)
