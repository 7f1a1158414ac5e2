"""Who sat with whom in datasets that Interbrain did not write, by every convention that there is."""

import json

import pytest

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.covariates import add_covariates
from interbrain.newstudy.from_dataset import from_dataset
from interbrain.newstudy.options import role_words
from interbrain.study.people import ABOUT_PEOPLE, check_participants
from interbrain.study.understood import understand_words

from .conftest import SITES


def members(draft):
    table = draft.tables["dyads"]
    return {d["dyad"]: (d["therapist"], d["client"]) for d in table.to_dict("records")}


def test_columns_of_participants_tsv_say_dyad_role_and_what_is_known_of_people(dataset):
    people = "participant_id\tAge\tgender\tpair_id\trole\tgroup\n"
    people += "".join(
        f"sub-0{n}\t{20 + n}\tfemale\t{(n + 1) // 2}\t{('patient', 'therapist')[n % 2]}\t{'ab'[n > 4]}\n"
        for n in range(1, 9)
    )
    stems = [f"sub-0{n}_ses-{t}_task-rest" for n in range(1, 9) for t in ("pre", "post")]
    draft = from_dataset(dataset(stems, people), factors=["group"])
    assert members(draft) == {f"D0{n}": (f"0{2 * n - 1}", f"0{2 * n}") for n in range(1, 5)}
    recordings = draft.tables["recordings"]
    assert list(recordings["time"]) == ["pre", "post"] * 4 and set(recordings["task"]) == {"rest"}
    first = recordings.iloc[0]
    assert first["therapist_file"] == "sub-01/ses-pre/eeg/sub-01_ses-pre_task-rest_eeg.edf"
    assert first["client_file"] == "sub-02/ses-pre/eeg/sub-02_ses-pre_task-rest_eeg.edf"
    person = draft.tables["participants"].set_index("participant").loc["03"]
    assert (person["age"], person["sex"]) == ("23", "F")
    assert (draft.title, draft.input, draft.line_frequency) == ("Their study", "bids", 60)
    assert draft.factors == {"group": ["a", "b"]} and list(draft.tables["dyads"]["group"]) == list("aabb")
    assert not any(draft.notes.values()) and not draft.others


def test_a_group_of_an_experiment_is_no_dyad(dataset):
    people = "participant_id\tgroup\tdyad\n" + "".join(
        f"sub-{n}\tcontrol\t{(n + 1) // 2}\n" for n in range(1, 5)
    )
    draft = from_dataset(
        dataset([f"sub-{n}_task-rest" for n in range(1, 5)], people), role_words("first", "")
    )
    assert members(draft) == {"D01": ("1", "2"), "D02": ("3", "4")}


@pytest.mark.parametrize("entity", ["ses", "acq"])
def test_a_label_that_only_two_people_share_is_the_dyads(dataset, entity):
    stems = [
        f"sub-{d}{n}_{entity}-pair{d}_task-{t}" for d in (1, 2, 3) for n in (1, 2) for t in ("rest", "talk")
    ]
    draft = from_dataset(dataset(stems), role_words("first", ""))
    assert members(draft) == {f"pair{d}": (f"{d}1", f"{d}2") for d in (1, 2, 3)}
    assert draft.times == ["rest", "talk"] and draft.n_used == 12


def test_sessions_that_all_have_are_times_and_no_dyads(dataset):
    stems = [f"sub-D{d}{who}_ses-{t}_task-rest" for d in (1, 2) for who in "TC" for t in ("01", "02")]
    draft = from_dataset(dataset(stems))
    assert draft.times == ["session1", "session2"]
    assert members(draft) == {"D1": ("D1T", "D1C"), "D2": ("D2T", "D2C")}


def test_partners_are_told_by_the_sidecars(dataset):
    partner = {"1": "4", "4": "1", "2": "3", "3": "2"}
    stems = [f"sub-{n}_task-rest" for n in partner]
    uri = "bids::sub-{0}/eeg/sub-{0}_task-rest_eeg.edf"
    root = dataset(stems, sidecar=lambda sub: {"SimultaneousRecordingWith": [uri.format(partner[sub])]})
    assert members(from_dataset(root, role_words("first", ""))) == {"D01": ("1", "4"), "D02": ("2", "3")}


def test_without_roles_nobody_is_made_the_therapist(dataset):
    stems = [f"sub-{d}{n}_ses-D{d}_task-rest" for d in (1, 2, 3) for n in (1, 2)]
    draft = from_dataset(dataset(stems))
    assert set(members(draft).values()) == {("", "")} and draft.n_used == 0
    assert draft.notes["dyads"][0] == ["11 and 12: who is the therapist is not stated"]
    assert len(draft.notes["recordings"]) == 3 and any("THERAPIST=first" in said for said in draft.said)


def test_roles_that_only_a_lab_can_explain_are_explained_by_it(dataset):
    people = "participant_id\tdyad_id\tseat\n" + "".join(
        f"sub-{n}\t{(n + 1) // 2}\t{('right', 'left')[n % 2]}\n" for n in range(1, 5)
    )
    draft = from_dataset(
        dataset([f"sub-{n}_task-rest" for n in range(1, 5)], people), role_words("right", "left")
    )
    assert members(draft) == {"D01": ("2", "1"), "D02": ("4", "3")}


def test_a_participant_who_is_a_pair_in_one_file_is_a_dyad(dataset, record):
    root = dataset([], "participant_id\tcondition\nsub-01\ta\nsub-02\tb\n")
    for n in (1, 2):
        stem = f"sub-0{n}_task-jointaction_eeg"
        record(root / f"sub-0{n}/eeg/{stem}.vhdr", [f"{site}_{who}" for who in (1, 2) for site in SITES])
    draft = from_dataset(root, role_words("1", "2"), ["condition"])
    assert draft.input == "raw" and list(draft.tables["dyads"]["condition"]) == ["a", "b"]
    row = draft.tables["recordings"].iloc[1]
    assert row["therapist_file"] == row["client_file"] == "sub-02/eeg/sub-02_task-jointaction_eeg.vhdr"
    assert (row["therapist_channels"], row["client_channels"]) == ("*_1", "*_2")
    assert (row["time"], row["task"]) == ("jointaction", "jointaction")
    open_ = from_dataset(root).notes["recordings"]
    assert open_[0] == ["*_1 and *_2: which are the therapist's channels?"]


def test_people_whom_nothing_pairs_get_no_rows_and_the_reason_is_said(dataset, record):
    root = dataset([])
    for n in (1, 2, 3):
        record(root / f"sub-{n}/eeg/sub-{n}_task-rest_eeg.vhdr")
    draft = from_dataset(root)
    assert draft.tables["dyads"].empty and draft.n_used == 0 and len(draft.others) == 3
    assert len(draft.said) == 2 and draft.said[0].startswith("who sat with whom is not stated")


def test_what_is_no_dataset_or_lacks_a_column_is_refused_in_a_sentence(dataset, tmp_path):
    with pytest.raises(NewStudyError, match="holds no EEG recording of a BIDS dataset"):
        from_dataset(tmp_path)
    with pytest.raises(NewStudyError, match="no such folder"):
        from_dataset(tmp_path / "gone")
    root = dataset(["sub-1T_task-rest", "sub-1C_task-rest"], "participant_id\tcentre\nsub-1T\tx\nsub-1C\tx\n")
    with pytest.raises(NewStudyError) as refused:
        from_dataset(root, factors=["age_group"])
    assert "no column age_group to make a factor of. participants.tsv has centre." in str(refused.value)


@pytest.mark.parametrize("factors", [[], ["group"]])
def test_a_group_that_two_dyads_share_pairs_no_files_of_two_people(dataset, record, factors):
    people = "participant_id\tgroup\n" + "".join(f"sub-0{n}\t{'xxy'[n - 1]}\n" for n in (1, 2, 3))
    root = dataset([], people)
    for n in (1, 2, 3):
        path = root / f"sub-0{n}" / "eeg" / f"sub-0{n}_task-rest_eeg.vhdr"
        record(path, names=[f"{site}_{who}" for who in "pc" for site in SITES])
    draft = from_dataset(root, role_words("p", "c"), factors)
    assert list(draft.tables["dyads"]["dyad"]) == ["D01", "D02", "D03"]
    assert not draft.others and draft.n_used == 3
    assert not factors or list(draft.tables["dyads"]["group"]) == list("xxy")


def test_a_group_that_is_asked_for_as_a_factor_pairs_nobody(dataset):
    people = "participant_id\tgroup\n" + "".join(f"sub-D0{n // 2}{'TC'[n % 2]}\tab\n" for n in range(2, 4))
    people += "sub-D02T\tcd\nsub-D02C\tcd\n"
    stems = [f"sub-D0{d}{who}_task-rest" for d in (1, 2) for who in "TC"]
    draft = from_dataset(dataset(stems, people), factors=["group"])
    assert list(draft.tables["dyads"]["dyad"]) == ["D01", "D02"]


@pytest.mark.parametrize("third", ["pair1", "pair2"])
def test_three_people_of_one_pair_are_named_and_the_other_pairs_are_kept(dataset, third):
    labels = ["pair1", "pair1", "pair2", "pair2", third]
    people = "participant_id\tpair\trole\n" + "".join(
        f"sub-0{n}\t{label}\t{('parent', 'child')[n % 2 == 0]}\n" for n, label in enumerate(labels, 1)
    )
    draft = from_dataset(dataset([f"sub-0{n}_task-rest" for n in range(1, 6)], people))
    (left,) = {"pair1", "pair2"} - {third}
    assert list(draft.tables["dyads"]["dyad"]) == [left]
    whose = sorted(f"0{n}" for n, label in enumerate(labels, 1) if label == third)
    assert len(draft.others) == 3
    for _, why in draft.others:
        assert f"pair {third} of participants.tsv" in why and all(person in why for person in whose)


def test_a_dataset_whose_only_pair_has_three_people_is_no_accident(dataset):
    people = "participant_id\tpair\tage\n" + "".join(f"sub-{n}\tx\t3{n}\n" for n in (1, 2, 3))
    draft = from_dataset(dataset([f"sub-{n}_task-rest" for n in (1, 2, 3)], people))
    assert draft.tables["dyads"].empty and len(draft.others) == 3
    assert all("people (1, 2 and 3)" in why for _, why in draft.others)


def test_the_words_of_the_column_role_are_the_reports(dataset):
    people = "participant_id\tpair\trole\n" + "".join(
        f"sub-0{n}\tp{(n + 1) // 2}\t{('Mother', 'infant')[n % 2 == 0]}\n" for n in range(1, 5)
    )
    draft = from_dataset(dataset([f"sub-0{n}_task-rest" for n in range(1, 5)], people))
    assert draft.called == {"therapist": "mother", "client": "child, children"}


def test_two_people_with_one_role_are_said_so_and_keep_what_is_known_of_them(dataset):
    people = "participant_id\tpair\trole\tage\nsub-1\tx\tparent\t31\nsub-2\tx\tparent\t32\n"
    people += "sub-3\ty\tparent\t33\nsub-4\ty\tchild\t4\n"
    root = dataset([f"sub-{n}_task-rest" for n in range(1, 5)], people)
    draft = from_dataset(root)
    (said,) = draft.notes["dyads"][0]
    assert said.startswith('both 1 and 2 are "parent" in participants.tsv')
    assert draft.notes["recordings"][0] == [said] and not any("in their names" in text for text in draft.said)
    assert set(draft.tables["participants"]["age"]) == {"31", "32", "33", "4"}
    assert members(from_dataset(root, role_words("first", "")))["x"] == ("1", "2")


def test_a_person_whose_partner_was_not_recorded_gets_none_that_is_made_up(dataset):
    labels = ["pair1", "pair1", "pair2", "pair2", "pair3"]
    people = "participant_id\tpair\trole\n" + "".join(
        f"sub-0{n}\t{label}\t{('parent', 'child')[n % 2 == 0]}\n" for n, label in enumerate(labels, 1)
    )
    draft = from_dataset(dataset([f"sub-0{n}_task-rest" for n in range(1, 6)], people))
    assert members(draft) == {"pair1": ("01", "02"), "pair2": ("03", "04")}
    ((file, why),) = draft.others
    assert "sub-05" in str(file) and why == "no recording is that of a partner of sub-05"


def test_a_covariate_is_copied_where_both_members_have_the_same_number(dataset):
    people = "participant_id\tpair\trole\tYears\nsub-1\tx\tparent\t3.5\nsub-2\tx\tchild\t3.5\n"
    people += "sub-3\ty\tparent\t4\nsub-4\ty\tchild\t5\n"
    draft = from_dataset(dataset([f"sub-{n}_task-rest" for n in range(1, 5)], people))
    add_covariates(draft, ["years"])
    assert list(draft.tables["dyads"]["years"]) == ["3.5", ""]
    assert any("empty for 1 of 2 dyads" in said for said in draft.said)


def test_what_participants_tsv_says_of_people_is_spelt_as_the_table_of_participants(dataset):
    people = "participant_id\tpair\trole\tage\tsex\thandedness\n"
    people += "sub-1\tx\tparent\t>89\tmale\tright-handed\nsub-2\tx\tchild\t42 months\t1\tRH\n"
    people += "sub-3\ty\tparent\t89+\tWoman\tL\nsub-4\ty\tchild\t1987\tn/a\t0.8\n"
    draft = from_dataset(dataset([f"sub-{n}_task-rest" for n in range(1, 5)], people))
    table = draft.tables["participants"].set_index("participant")
    assert table.loc[list("1234"), "age"].tolist() == ["89", "3.5", "89", ""]
    assert table.loc[list("1234"), "sex"].tolist() == ["M", "", "F", ""]
    assert table.loc[list("1234"), "handedness"].tolist() == ["right", "right", "left", ""]
    written, notes = understand_words(draft.tables["participants"], ABOUT_PEOPLE, "participants.tsv")
    assert notes == [] and check_participants(written, set("1234"), "participants.tsv") == []
    left = [said for said in draft.said if "left empty" in said]
    assert len(left) == 3 and '"1987"' in left[0] and "a year of birth?" in left[0]


@pytest.mark.parametrize(
    ("about", "years"),
    [({"Units": "months"}, "3.5"), ({"Description": "Age in months"}, "3.5"), ({"Units": "years"}, "42")],
)
def test_ages_in_months_are_not_read_as_years(dataset, about, years):
    people = "participant_id\tpair\tage\nsub-1T\tx\t42\nsub-1C\tx\t42\n"
    root = dataset(["sub-1T_task-rest", "sub-1C_task-rest"], people)
    (root / "participants.json").write_text(json.dumps({"age": about}))
    draft = from_dataset(root)
    assert set(draft.tables["participants"]["age"]) == {years}
    assert any("turned into years" in said for said in draft.said) == (years == "3.5")
    assert not any("states no unit" in said for said in draft.said)


def test_codes_of_sex_are_read_by_the_levels_of_participants_json(dataset):
    people = "participant_id\tpair\tsex\nsub-1T\tx\t1\nsub-1C\tx\t2\n"
    root = dataset(["sub-1T_task-rest", "sub-1C_task-rest"], people)
    (root / "participants.json").write_text(json.dumps({"sex": {"Levels": {"1": "male", "2": "female"}}}))
    assert sorted(from_dataset(root).tables["participants"]["sex"]) == ["F", "M"]


@pytest.mark.parametrize("words", [("person1", "person2"), ("parent", "child"), ("p", "c")])
def test_columns_of_two_people_in_one_file_are_divided_among_them(dataset, record, words):
    one, two = words
    root = dataset(
        [], f"participant_id\t{one}_age\t{two}_age\t{two}_sex\t{one}_sex\nsub-01\t34\t4\tmale\tF\n"
    )
    marks = "12" if one == "person1" else words
    names = [f"{who}_{site}" for who in marks for site in SITES]
    record(root / "sub-01/eeg/sub-01_task-play_eeg.vhdr", names)
    asked = role_words("1", "2") if one == "person1" else role_words(*(words if one == "p" else ("", "")))
    draft = from_dataset(root, asked)
    (dyad,) = draft.tables["dyads"].to_dict("records")
    table = draft.tables["participants"].set_index("participant")
    assert table.loc[dyad["therapist"], ["age", "sex"]].tolist() == ["34", "F"]
    assert table.loc[dyad["client"], ["age", "sex"]].tolist() == ["4", "M"]
    assert f"{one}_age was read as the therapist's age" in draft.said


def test_columns_of_which_of_two_people_is_not_stated_are_named(dataset, record):
    root = dataset([], "participant_id\tp_age\tc_age\nsub-01\t34\t4\n")
    record(root / "sub-01/eeg/sub-01_task-play_eeg.vhdr", [f"{who}_{site}" for who in "12" for site in SITES])
    draft = from_dataset(root)
    assert any(said.startswith("p_age and c_age of participants.tsv could be") for said in draft.said)


def test_a_recording_without_its_sidecar_is_named_with_what_is_lacking(dataset):
    root = dataset([f"sub-{n}_task-rest" for n in ("1T", "1C", "2T", "2C")])
    (root / "sub-1T/eeg/sub-1T_task-rest_eeg.json").unlink()
    said = from_dataset(root).said
    assert any("sub-1T_task-rest_eeg.edf: no eeg.json describes it" in text for text in said)
    assert any("lacks TaskName, EEGReference" in text and "and 2 more" in text for text in said)
