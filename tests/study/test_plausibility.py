"""Answers that nobody gives are warned of: copies of forms and rows, and scales that end too early."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from interbrain.study.plausibility import implausible_answers

N_DYADS, N_ITEMS = 10, 12
REVERSE = [i % 3 == 0 for i in range(N_ITEMS)]


def form(seed, highest=7):
    """Answers of ten people on a scale from 1, who differ in how much they agree."""
    rng = np.random.default_rng(seed)
    agrees = rng.normal(0, 1, (N_DYADS, 1)) + rng.normal(0, 1.2, (N_DYADS, N_ITEMS))
    answers = np.clip(np.round((1 + highest) / 2 + agrees * highest / 7), 1, highest)
    answers = np.where(REVERSE, 1 + highest - answers, answers).astype(int).astype(str)
    table = pd.DataFrame(answers, columns=[f"item_{i + 1}" for i in range(N_ITEMS)])
    table.insert(0, "dyad", [f"D{i:02d}" for i in range(1, N_DYADS + 1)])
    return table


def key(highest=7):
    items = [str(i + 1) for i in range(N_ITEMS)]
    reverse = ["yes" if yes else "no" for yes in REVERSE]
    ends = {"minimum": "1", "maximum": str(highest)}
    return pd.DataFrame({"item": items, "subscale": "bond", "reverse": reverse, **ends})


def said(highest=7, therapists=None, **forms):
    about = {
        name: SimpleNamespace(table=f"config/{name}.tsv", key="config/key.tsv", role=name) for name in forms
    }
    found = implausible_answers(forms, dict.fromkeys(forms, key(highest)), about, therapists)
    return [str(problem) for problem in found]


@pytest.mark.parametrize("seed", range(10))
def test_answers_of_people_are_not_mentioned(seed):
    assert said(therapist=form(seed), client=form(seed + 100)) == []


def test_one_table_saved_as_the_other_is_said_once():
    [told] = said(pre=form(1), post=form(1))
    assert "post.tsv" in told and "all 10 dyads have the same answers as in pre.tsv" in told


def test_a_row_of_one_form_copied_into_the_other_is_named():
    therapist, client = form(1), form(2)
    client.iloc[4] = therapist.iloc[4]
    [told] = said(therapist=therapist, client=client)
    assert "D05 has the same answers as in therapist.tsv" in told


def test_a_row_copied_within_a_table_is_named():
    answers = form(3)
    answers.iloc[6, 1:] = answers.iloc[2, 1:]
    [told] = said(client=answers)
    assert "D03 and D07 gave the same answers to every item" in told


def test_what_a_therapist_answered_once_is_no_copy_in_each_of_the_therapist_s_dyads():
    answers = form(3)
    answers.iloc[6, 1:] = answers.iloc[2, 1:]
    answers.iloc[7, 1:] = answers.iloc[1, 1:]
    shared = {f"D{i:02d}": f"T{i:02d}" for i in range(1, 11)} | {"D07": "T03", "D08": "T02"}
    assert said(therapists=shared, therapist=answers) == []
    assert len(said(therapists=shared, client=answers)) == 2

    answers.iloc[7, 1:] = form(8).iloc[7, 1:]  # T02 answered anew, so that T03's row may be a copy
    [told] = said(therapists=shared, therapist=answers)
    assert "D03 and D07 gave the same answers to every item" in told


def test_people_at_the_end_of_the_scale_may_agree():
    answers = form(4)
    answers.iloc[:3, 1:] = ["1" if yes else "7" for yes in REVERSE]
    assert said(client=answers) == []


def test_a_scale_of_five_that_the_key_calls_one_of_seven_is_said():
    assert said(5, client=form(5, highest=5)) == []
    [told] = said(7, client=form(5, highest=5))
    assert "above 5, and the key says 1 to 7" in told


def test_the_same_answer_to_reversed_items_too_is_said():
    answers = form(6)
    answers.iloc[1, 1:] = "4"
    [told] = said(client=answers)
    assert "D02 has the answer 4 to all 12 items, also to reversed ones" in told


def test_few_answers_show_no_end_of_a_scale():
    assert said(7, client=form(5, highest=5).head(2)) == []


def test_a_study_warns_of_a_copied_form_before_it_runs(demo):
    demo.write("wai_therapist", demo.rows("wai_client"))
    told = [str(warning) for warning in demo.load().warnings if "item by item" in warning.what]
    assert len(told) == 1 and "all 6 dyads have the same answers as in wai_therapist.tsv" in told[0]


def test_a_column_that_was_pasted_over_another_is_named():
    answers = form(3)
    answers["item_5"] = answers["item_6"]
    [told] = said(client=answers)
    assert "everybody gave the same answers to" in told and "item_5" in told and "item_6" in told


def test_columns_that_were_pasted_from_the_other_table_are_named_together():
    theirs, answers = form(3), form(4)
    for item in ("item_2", "item_3"):
        answers[item] = theirs[item]
    [told] = said(therapist=theirs, client=answers)
    assert "the answers to item_2 and item_3 are those of therapist.tsv in every dyad" in told
