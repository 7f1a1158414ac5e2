"""What a lab's own names of files are understood to mean; what they do not say stays empty, with a note."""

import pytest

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.options import factor_of, in_words_of, role_words
from interbrain.newstudy.proposal import propose
from interbrain.newstudy.told_apart import words_apart, words_exchanged
from interbrain.study.by_role import ROLES

# A lab's spelling of the therapist's and the client's file, {d} a dyad's number and {t} a time.
SPELLINGS = {
    "D{d:02d}_{t}_{r}.edf": (("pre", "post"), ("T", "C"), ["pre", "post"]),
    "dyad{d}/{r}_{t}.bdf": (("pre", "post"), ("therapist", "client"), ["pre", "post"]),
    "P{d:02d}-{r}-session{t}.vhdr": ((1, 2), ("therapist", "client"), ["session1", "session2"]),
    "Sitzung_{t}/{r}_{d:02d}.poly5": ((1, 2), ("Therapeut", "Klient"), ["session1", "session2"]),
    "sub-D{d:02d}{r}/ses-{t}/eeg/sub-D{d:02d}{r}_ses-{t}_task-rest_eeg.vhdr": (
        ("pre", "post"),
        ("T", "C"),
        ["pre", "post"],
    ),
    "Paar {d}/{r} {t}.edf": (("vorher", "nachher"), ("Therapeutin", "Klientin"), ["pre", "post"]),
    "{t}/{r}{d:02d}.S00": (("vor", "nach"), ("T", "K"), ["pre", "post"]),
    "séance{t}/{r}_{d:02d}.bdf": ((1, 2), ("thérapeute", "patiente"), ["session1", "session2"]),
    "couple-{d}_{r}_{t}.set": (("avant", "après"), ("thérapeute", "client"), ["pre", "post"]),
    "coppia_{d}/{r}_{t}.edf": (("prima", "dopo"), ("terapeuta", "paziente"), ["pre", "post"]),
    "pareja{d}_{r}_{t}.gdf": (("antes", "después"), ("terapeuta", "paciente"), ["pre", "post"]),
    "Par {d:02d}/Par{d:02d}_{t}_{r}.set": (("antes", "depois"), ("Terapeuta", "Utente"), ["pre", "post"]),
    "Casal {d}/{r} {t}.edf": (("início", "depois"), ("Psicóloga", "Cliente"), ["pre", "post"]),
    "Para {d}/{r} {t}.edf": (("przed", "w połowie", "po"), ("terapeutka", "pacjent"), ["pre", "mid", "post"]),
    "Çift{d:02d}_{t}_{r}.cnt": (("Önce", "Sonra"), ("Terapist", "Danışan"), ["pre", "post"]),
    "koppel {d} {r} {t}.cnt": (("voor", "na"), ("therapeut", "cliënt"), ["pre", "post"]),
    "VP{d:02d}_T{t}_{r}.acq": ((1, 2), ("Ther", "Kl"), ["T1", "T2"]),
    "D{d:02d}_T{t}_{r}.edf": ((0, 1), ("T", "P"), ["T0", "T1"]),
    "{r}Dyad{d:02d}{t}.fif": (("Pre", "Post"), ("Therapist", "Client"), ["pre", "post"]),
    "2018-03-12/D{d:02d}_{r}_{t}_20180312.edf": (
        ("baseline", "follow-up"),
        ("th", "cl"),
        ["baseline", "followup"],
    ),
    "{d:02d}{r}_{t}.edf": (("pre", "post"), ("T", "C"), ["pre", "post"]),
    "{r}_{d:03d}_week{t}.edf": ((2, 10), ("therapist", "client"), ["week2", "week10"]),
    "D{d:02d} {t} {r}.edf": (
        ("Eyes Closed", "eyes_open"),
        ("therapist", "client"),
        ["eyesclosed", "eyesopen"],
    ),
    "{t}/dyad_{d:02d}/{r}.edf": (("rest", "talk"), ("therapist", "client"), ["rest", "talk"]),
    "D{d:02d}_{r}_{t}.edf": (("joint", "solo"), ("therapist", "client"), ["joint", "solo"]),
    # A number of a time may be that of a dyad.
    "D{d:02d}_s{t}_{r}.edf": ((1, 2), ("T", "C"), ["s1", "s2"]),
    "dyad{d}_{t}_{r}.edf": ((1, 2), ("therapist", "client"), ["1", "2"]),
    "{d}_{t}_{r}.edf": ((1, 2), ("therapist", "client"), ["1", "2"]),
    "{d}/{t}_{r}.edf": ((1, 2), ("therapist", "client"), ["1", "2"]),
    "D{d}_{t}{r}.edf": ((1, 2), ("T", "C"), ["1", "2"]),
    "{d:02d}_{r}_{t}.edf": ((1, 2), ("therapist", "client"), ["1", "2"]),
    "{r}{d:02d}_{t}.edf": ((1, 2), ("T", "C"), ["1", "2"]),
    "D{d:02d}_{r}{t}.edf": ((1, 2), ("T", "C"), ["1", "2"]),
    "P{d:02d}_{r}_{t}.edf": ((1, 2), ("T", "C"), ["1", "2"]),
    "Pareja_{d:02d}/{r}/sesion{t}_pre.vhdr": ((1, 2), ("Terapeuta", "Paciente"), ["session1", "session2"]),
    "{r}/D{d:02d}_run{t}.edf": ((1, 2), ("therapist", "client"), ["run1", "run2"]),
}


def files(spelling, times, roles):
    return {
        (d, t, role): spelling.format(d=d, t=t, r=word)
        for d in (1, 2, 11)
        for t in times
        for role, word in zip(ROLES, roles, strict=True)
    }


@pytest.mark.parametrize("spelling", SPELLINGS)
def test_each_spelling_gives_every_file_its_place(spelling):
    times, roles, expected = SPELLINGS[spelling]
    named = files(spelling, times, roles)
    found = propose(sorted(named.values()))
    assert not found.unplaced and found.used == set(named.values())
    assert found.times == expected
    placed = {(row.dyad, row.time): (row.therapist_file, row.client_file) for row in found.rows}
    assert len(placed) == 3 * len(times) and len(found.dyads) == 3
    by_dyad = [d["dyad"] for d in found.dyads]
    for n, d in enumerate((1, 2, 11)):
        for t, time in zip(times, found.times, strict=True):
            assert placed[by_dyad[n], time] == tuple(named[d, t, role] for role in ROLES)
    assert not any(row.notes for row in found.rows)


def row_of(paths, words=None, dyad="D01"):
    found = propose(paths, words)
    return next(row for row in found.rows if row.dyad == dyad), found


def test_the_letter_t_is_a_time_where_words_say_the_roles_and_a_role_where_c_is_its_partner():
    by_word = propose(["D01_T1_Therapist.edf", "D01_T1_Client.edf"])
    by_letter = propose(["T01_pre.edf", "C01_pre.edf"])
    assert (by_word.times, by_letter.times) == (["T1"], ["pre"])
    assert by_letter.rows[0].therapist_file == "T01_pre.edf"
    assert any("T was read as therapist" in said for said in by_letter.said)


def test_letters_with_accents_are_plain_ones_in_labels_and_words_that_may_be_tasks_are_questioned():
    names = [f"Ébe{n}_{time}_{role}.edf" for n in (1, 2) for time in ("ösz", "tél") for role in "TC"]
    found = propose(names)
    assert {(row.dyad, row.time) for row in found.rows} == {
        (dyad, time) for dyad in ("Ebe1", "Ebe2") for time in ("osz", "tel")
    }
    assert any("empty the column task of config/recordings" in said for said in found.said)


def test_what_was_done_is_told_from_when_it_was_done():
    paths = [f"D01_{when}_{who}.edf" for when in ("pre_rest", "session_therapy", "post_rest") for who in "TC"]
    found = propose(paths)
    assert found.times == ["pre", "session", "post"]
    assert [row.task for row in found.rows] == ["rest", "therapy", "rest"]


def test_tasks_that_one_time_has_become_times_as_a_time_has_one_task():
    paths = [
        f"D01_{t}_{what}_{who}.edf" for t in ("pre", "post") for what in ("rest", "talk") for who in "TC"
    ]
    found = propose(paths)
    assert found.times == ["pre_rest", "pre_talk", "post_rest", "post_talk"]
    assert [row.task for row in found.rows] == ["rest", "talk"] * 2


def test_two_files_without_a_role_are_left_open_until_somebody_says_it():
    paths = ["01A_pre.edf", "01B_pre.edf"]
    row, found = row_of(paths)
    assert (row.therapist_file, row.client_file) == ("", "")
    assert row.notes == ["the role is not in the name: 01A_pre.edf and 01B_pre.edf"]
    assert any("begin again with THERAPIST=A CLIENT=B (or the other way round), or" in s for s in found.said)
    row, _ = row_of(paths, role_words("B", "A"))
    assert (row.therapist_file, row.client_file) == ("01B_pre.edf", "01A_pre.edf")
    row, _ = row_of(paths, role_words("first", ""))
    assert (row.therapist_file, row.client_file) == ("01A_pre.edf", "01B_pre.edf")


def test_only_two_words_that_tell_all_pairs_apart_are_suggested_for_the_roles():
    assert words_apart([["Paar01/vor_links.bdf", "Paar01/vor_rechts.bdf"]]) == ("links", "rechts")
    assert words_apart([["a_1_A.bdf", "a_1_B.bdf"], ["a_2_A.bdf", "a_2_C.bdf"]]) is None
    assert words_apart([["x_left_A.bdf", "x_right_B.bdf"]]) is None  # which two of the four?
    _, found = row_of(["D01_pre_1.edf", "D01_pre_1b.edf", "D02_pre_anna.edf", "D02_pre_ben.edf"])
    assert all("THERAPIST=anna" not in said for said in found.said)


def test_labels_that_could_be_two_people_or_two_times_are_suggested_for_the_roles_and_not_used():
    paths = [f"dyad{d}_s{s}_p{p}.edf" for d in (1, 2, 3) for s in (1, 2) for p in (1, 2)]
    assert words_exchanged(paths) == [("p1", "p2"), ("s1", "s2")]
    row, found = row_of(paths, role_words("p1", "p2"))
    assert (row.therapist_file, row.client_file) == ("dyad1_s1_p1.edf", "dyad1_s1_p2.edf")
    assert found.times == ["s1", "s2"]
    lost = [path for path in paths if path != "dyad2_s2_p1.edf"]
    assert words_exchanged([*lost, "dyad1_s1_p1_again.edf"]) == words_exchanged(paths)
    assert words_exchanged([*lost, *(f"dyad{d}_s1_p3.edf" for d in (1, 2, 3))]) == []
    assert words_exchanged([f"dyad{d}_{t}.edf" for d in (1, 2) for t in ("pre", "post")]) == []
    assert words_exchanged([f"dyad{d}_session{s}.edf" for d in (1, 2) for s in (1, 2)]) == []


def test_a_role_that_only_one_of_two_files_has_is_not_inferred_for_the_other():
    row, _ = row_of(["D01_pre_therapist.edf", "D01_pre.edf", "D02_pre_therapist.edf", "D02_pre_client.edf"])
    assert (row.therapist_file, row.client_file) == ("D01_pre_therapist.edf", "")
    assert row.notes == ["the role is not in the name: D01_pre.edf"]


def test_a_file_that_is_there_twice_is_left_open_and_both_are_named():
    paths = ["D01_pre_T.edf", "D01_pre_T.bdf", "D01_pre_C.edf", "D02_pre_T.edf", "D02_pre_C.edf"]
    row, _ = row_of(paths)
    assert row.therapist_file == "" and row.client_file == "D01_pre_C.edf"
    assert row.notes == ["2 files could be the therapist's: D01_pre_T.bdf and D01_pre_T.edf"]


def test_a_copy_that_a_browser_numbered_is_no_other_time():
    paths = ["D01_T_pre.edf", "D01_T_pre (1).edf", "D01_C_pre.edf", "D02_T_pre.edf", "D02_C_pre.edf"]
    row, found = row_of(paths)
    assert found.times == ["pre"] and row.notes[0].startswith("2 files could be the therapist's")


@pytest.mark.parametrize("copy", ["D01_T_pre - Copy", "D01_T_pre — kopia", "Kopie von D01_T_pre"])
def test_a_copy_that_a_file_manager_named_is_no_other_time(copy):
    row, found = row_of(["D01_T_pre.edf", f"{copy}.edf", "D01_C_pre.edf", "D02_T_pre.edf", "D02_C_pre.edf"])
    assert found.times == ["pre"] and row.notes[0].startswith("2 files could be the therapist's")


def test_a_task_beside_named_times_is_a_time_of_its_own():
    paths = [f"D01_{when}_{who}.edf" for when in ("pre", "talk", "post") for who in "TC"]
    found = propose(paths)
    assert found.times == ["pre", "talk", "post"] and not any(row.notes for row in found.rows)
    assert [row.task for row in found.rows] == ["", "talk", ""]
    found = propose([f"D01_{when}talk_{who}.edf" for when in ("pre_", "", "post_") for who in "TC"])
    assert [row.notes for row in found.rows if not row.time] == [["the time is not in the name"]]


def test_words_that_nobody_knows_are_tasks_all_of_them_or_none():
    def tasks(*times):
        return {row.task for row in propose([f"D01_{t}_{who}.edf" for t in times for who in "TC"]).rows}

    assert tasks("joint", "solo") == {"joint", "solo"}
    assert tasks("joint", "so") == {""}


def test_before_therapy_is_a_time_and_not_what_was_done():
    paths = [f"Paar 7/Messung (vor der Therapie)/{who}.edf" for who in ("Therapeut", "Klient")]
    found = propose([*paths, *(p.replace("vor", "nach") for p in paths)])
    assert found.times == ["pre", "post"] and [row.task for row in found.rows] == ["", ""]


def test_the_files_of_one_dyad_need_no_label_of_it():
    found = propose([f"{t}/{who}.edf" for t in ("pre", "post") for who in ("therapist", "client")])
    assert [(row.dyad, row.time) for row in found.rows] == [("D01", "pre"), ("D01", "post")]
    assert any("those of one dyad" in said for said in found.said)


def test_labels_that_could_be_times_are_so_only_if_they_tell_a_members_recordings_apart():
    blocks = propose([f"D0{d}_{who}_b{n}.edf" for d in (1, 2) for who in ("Ther", "Cl") for n in (1, 2, 3)])
    assert blocks.times == ["b1", "b2", "b3"] and len(blocks.rows) == 6
    sites = propose([f"Site{d}/D0{d}/{who}.edf" for d in (1, 2) for who in ("therapist", "client")])
    assert sites.times == ["once"] and "not used in the names: Site1 and Site2" in sites.said


def test_a_missing_partner_and_a_missing_time_are_left_empty_with_the_reason():
    paths = [
        f"D0{d}_{t}_{who}.edf" for d in (1, 2) for t in ("pre", "post") for who in ("therapist", "client")
    ]
    row, _ = row_of([p for p in paths if p != "D01_pre_client.edf"])
    assert row.client_file == "" and row.notes == ["no file of the client was found"]
    row, _ = row_of([*paths, "D01_therapist.edf"])
    assert row.time == "" and row.notes[0] == "the time is not in the name"


def test_a_name_that_contradicts_itself_has_no_row():
    paths = [f"pre/D0{d}_pre_{who}.edf" for d in (1, 2) for who in ("therapist", "client")]
    found = propose([*paths, "pre/D03_post_therapist.edf"])
    assert found.unplaced == [("pre/D03_post_therapist.edf", "it has two times, pre and post")]


def test_persons_of_whom_nobody_says_who_sat_together_get_no_rows():
    found = propose([f"T0{n}_pre.edf" for n in (1, 2, 3)] + [f"C1{n}_pre.edf" for n in range(5)])
    assert found.rows == [] and len(found.unplaced) == 8
    assert {why for _, why in found.unplaced} == {"the dyads cannot be read from the names"}


def test_one_therapist_of_several_clients_is_one_person():
    found = propose(["T01_C01_pre.xdf", "T01_C02_pre.xdf", "T02_C03_pre.xdf"])
    assert [d["therapist"] for d in found.dyads] == ["T01", "T01", "T02"]
    assert all(row.together for row in found.rows)


SESSIONS_OF_DYADS = [
    f"Sitzung {dyad}/{who} – {time}.Poly5"
    for dyad, people in enumerate(
        [("Therapeutin Müller", "Klient 01"), ("Therapeut Weiß", "Klientin 02"),
         ("Therapeutin Müller", "Klient 03"), ("Therapeut Weiß", "Klient 03")], 1
    )
    for who in people
    for time in ("vor", "nach")
]  # fmt: skip


def test_numbered_sessions_are_dyads_where_each_has_people_of_its_own():
    found = propose(SESSIONS_OF_DYADS)
    assert [(row.dyad, row.time) for row in found.rows[:3]] == [
        ("D01", "pre"),
        ("D01", "post"),
        ("D02", "pre"),
    ]
    assert found.unplaced == [] and len(found.rows) == 8
    assert any("Sitzung 1/Klient 01 – nach.Poly5 is of D01" in said for said in found.said)


def test_people_who_are_named_in_the_files_of_several_dyads_are_one_person_each():
    found = propose(SESSIONS_OF_DYADS)
    assert [dyad["therapist"] for dyad in found.dyads] == ["T01", "T02", "T01", "T02"]
    assert [dyad["client"] for dyad in found.dyads] == ["C01", "C02", "C03", "C03"]
    said = " ".join(found.said)
    assert "these therapists are in several dyads: T01 in D01 and D03; T02 in D02 and D04" in said
    assert "these clients are in several dyads: C03 in D03 and D04. Only one dyad of a client" in said
    assert "Müller" not in str(found.dyads) + said and "own: if one person" not in said


def test_sessions_with_the_same_people_are_no_dyads_and_what_to_do_is_said():
    paths = [f"Sitzung {n}/{who}.edf" for n in (1, 2, 3) for who in ("Therapeutin Müller", "Klient 01")]
    found = propose(paths)
    assert found.rows == [] and len(found.unplaced) == 6
    assert any("give each dyad a folder" in said for said in found.said)


def test_a_number_that_all_clients_have_is_no_label_of_a_person():
    paths = [
        f"Paar {n}/{who} {t}.edf" for n in (1, 2, 3) for who in ("Therapeut 1", "Klient 2") for t in "AB"
    ]
    assert [dyad["client"] for dyad in propose(paths).dyads] == ["C01", "C02", "C03"]


def test_which_of_two_bare_numbers_is_the_dyads_is_said():
    found = propose([f"{d}_{t}_{who}.edf" for d in (1, 2, 3) for t in (1, 2) for who in ("ther", "cl")])
    assert "of the numbers in the names, the first was read as the dyad's" in found.said
    found = propose([f"{d}_{who}.edf" for d in (1, 2, 3) for who in ("ther", "cl")])
    assert not any("of the numbers" in said for said in found.said)


@pytest.mark.parametrize(
    ("named", "label"), [("Paar0{d}", "D01"), ("couple {d}", "D01"), ("D0{d}", ""), ("X0{d}", "")]
)
def test_labels_that_are_not_those_of_the_files_are_said_with_an_example(named, label):
    paths = [f"{named.format(d=d)}_pre_{who}.edf" for d in (1, 2) for who in ("Therapeut", "Klient")]
    said = [one for one in propose(paths).said if "are called D" in one]
    example = f"D and the number in the names of the files: {paths[1]} is of {label}"
    assert said == ([f"dyads are called {example}"] if label else [])


@pytest.mark.parametrize(
    ("words", "times", "tasks", "is_said"),
    [
        (["Sitzung"], ["session"], [""], False),
        (["Ruhe", "Sitzung"], ["rest", "session"], ["rest", "session"], False),
        (["vor", "Sitzung", "nach"], ["pre", "session", "post"], ["", "session", ""], True),
        (["Sitzung1", "Sitzung2"], ["session1", "session2"], ["", ""], False),
    ],
)
def test_a_session_without_a_number_is_a_time_and_only_beside_others_what_was_done(
    words, times, tasks, is_said
):
    paths = [f"Paar0{d}_{w}_{who}.edf" for d in (1, 2) for w in words for who in ("Therapeut", "Klient")]
    found = propose(paths)
    assert found.times == times
    assert {row.time: row.task for row in found.rows} == dict(zip(times, tasks, strict=True))
    assert any("session was read as" in one for one in found.said) == is_said


@pytest.mark.parametrize(
    "spelling", ["{y}-{m}-{d}/pair{n}_{r}.bdf", "{d}.{m}.{y}/pair{n}_{r}.bdf", "{y}{m}{d}_pair{n}_{r}.bdf"]
)
def test_dates_are_sessions_where_nothing_else_tells_the_recordings_of_a_dyad_apart(spelling):
    days = {1: ("20230105", "20230211"), 2: ("20221230", "20230105")}
    paths = {
        (n, k, who): spelling.format(y=day[:4], m=day[4:6], d=day[6:], n=n, r=who)
        for n, own in days.items()
        for k, day in enumerate(own, 1)
        for who in ("therapist", "client")
    }
    found = propose(list(paths.values()))
    assert found.times == ["session1", "session2"]
    rows = {(row.dyad, row.time): (row.therapist_file, row.client_file) for row in found.rows}
    assert rows["D02", "session1"] == (paths[2, 1, "therapist"], paths[2, 1, "client"])
    assert rows["D01", "session2"] == (paths[1, 2, "therapist"], paths[1, 2, "client"])
    assert any("dates in the names" in said for said in found.said)
    once = propose([path for path in paths.values() if "20230105" in path.translate({45: None})])
    assert once.times == ["once"] or "." in spelling


def test_a_labels_zeros_and_capitals_do_not_make_two_dyads_and_this_is_said():
    row, found = row_of(["D1_pre_Therapist.edf", "d01_pre_Client.edf"], dyad="D1")
    assert row.client_file == "d01_pre_Client.edf"
    assert any("were read as one dyad" in said for said in found.said)


def test_words_that_may_be_names_of_people_do_not_become_labels():
    found = propose(
        [f"{name}/{t}_{who}.edf" for name in ("Müller", "Schmidt") for t in ("vor", "nach") for who in "TK"]
    )
    assert [d["dyad"] for d in found.dyads] == ["D01", "D02"] and len(found.rows) == 4
    assert any("names of people" in said for said in found.said)


def test_other_pairs_than_therapists_and_clients_keep_their_words_for_the_report():
    found = propose([f"pair {n}/{who} play.edf" for n in (1, 2) for who in ("mother", "infant")])
    assert found.called == {"therapist": "mother", "client": "child, children"}
    both = propose([f"pair {n}/{who}.edf" for n, p in ((1, "mother"), (2, "father")) for who in (p, "child")])
    assert both.called["therapist"] == "parent"
    assert found.rows[0].therapist_file == "pair 1/mother play.edf"
    polish = propose([f"para {n}/{who} po.edf" for n in (1, 2) for who in ("superwizorka", "stażysta")])
    assert polish.called == {"therapist": "supervisor", "client": "trainee"}


def test_a_study_without_times_in_its_names_has_one():
    found = propose(["D01_T.edf", "D01_C.edf", "D02_T.edf", "D02_C.edf"])
    assert found.times == ["once"] and any("the names contain no time" in said for said in found.said)


def test_the_order_of_the_files_does_not_matter():
    paths = [
        p for spelling in list(SPELLINGS)[:1] for p in files(spelling, *SPELLINGS[spelling][:2]).values()
    ]
    assert propose(paths) == propose(paths[::-1])


@pytest.mark.parametrize(("therapist", "client"), [("A", "a"), ("", "first")])
def test_words_for_the_roles_that_cannot_be_meant_are_refused(therapist, client):
    with pytest.raises(NewStudyError):
        role_words(therapist, client)


def test_a_factor_without_levels_is_refused():
    assert factor_of("group = a, b") == ("group", ["a", "b"])
    with pytest.raises(NewStudyError, match="does not name a factor"):
        factor_of("group=")


def test_a_factor_whose_name_config_yaml_would_not_take_is_refused_with_one_that_it_takes():
    with pytest.raises(NewStudyError, match="cannot be the name of a factor") as refused:
        factor_of("modalité=présentiel,en ligne")
    assert "_ and -: modalite. Levels" in str(refused.value)
    assert factor_of("modalite=présentiel,en ligne") == ("modalite", ["présentiel", "en ligne"])


def test_hints_have_the_options_of_the_way_that_was_used():
    assert in_words_of("begin again with THERAPIST=a CLIENT=b", by_make=True).endswith("THERAPIST=a CLIENT=b")
    said = in_words_of("make new-study DIR=path RAW=here FACTOR=x", by_make=False)
    assert said == "new_study.py path --raw=here --factor=x"
