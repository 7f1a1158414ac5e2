"""Spellings, codes, sheets and encodings of real tables: understood and said, or refused in words."""

import unicodedata

import openpyxl
import pytest

# ruff: noqa: E501 - messages and spellings stand in one line
from interbrain.study.problems import grouped, numbered
from interbrain.study.sheets import file_of_table
from interbrain.study.understood import is_no_reason, level_of, made_a_date


def told(demo) -> list[str]:
    """The warnings of a study without a problem, but that of the demo's own."""
    return [f"{w.where}: {w.text}" for w in demo.load().warnings if "is the therapist of" not in w.what]


# --- levels ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell",
    [
        "Yes",
        "YES",
        "yes.",
        "Y",
        "y",
        "ja",
        "Ja",
        "J",
        "oui",
        "sí",
        "TRUE",
        "True",
        "1",
        "1.0",
        "да",
        "是",
        "SIM",
        "EVET",
    ],
)
def test_a_yes_in_another_spelling_is_yes(cell):
    assert level_of(cell, ["yes", "no"]) == "yes" and level_of(cell, ["no", "yes"]) == "yes"


@pytest.mark.parametrize("cell", ["No", "N", "nein", "non", "FALSE", "0", "нет", "否", "HAYIR", "Nao"])
def test_a_no_in_another_spelling_is_no(cell):
    assert level_of(cell, ["yes", "no"]) == "no" and level_of(cell, ["ja", "nein"]) == "nein"


@pytest.mark.parametrize(
    ("cell", "levels", "level"),
    [
        ("Face to Face", ["face-to-face", "online"], "face-to-face"),
        ("ONLINE ", ["face-to-face", "online"], "online"),
        ("01", ["1", "2"], "1"),
        ("2.0", ["1", "2"], "2"),
        ("yes", ["1", "0"], "1"),
        (unicodedata.normalize("NFD", "Körper"), ["Körper", "Geist"], "Körper"),
        ("maybe", ["yes", "no"], None),
        ("2", ["yes", "no"], None),
        ("yes", ["yes, weekly", "no"], None),
        ("SEMA", ["Şema", "Işık"], "Şema"),
        ("IŞIK", ["Şema", "Işık"], "Işık"),
        ("sema", ["Şema", "Sémá"], None),
        ("YES", ["yes", "Yes", "no"], None),
        ("1", ["low", "high"], None),
        ("x", ["yes", "no"], None),
    ],
)
def test_a_level_is_understood_only_where_one_alone_can_be_meant(cell, levels, level):
    assert level_of(cell, levels) == level


def test_levels_in_other_spellings_are_those_of_the_config_and_one_warning_a_column(demo):
    for row, cell in ((2, "Yes"), (3, "Yes"), (5, "nein")):
        demo.put("dyads", row, "mindfulness", cell)
    demo.put("dyads", 3, "modality", "Online")
    assert demo.load().dyads["mindfulness"].tolist() == ["yes", "yes", "yes", "no", "no", "no"]
    assert told(demo) == [
        'dyads.tsv: mindfulness: "Yes" is read as "yes" (2 rows, the first 2) and "nein" is read as "no" (row 5)',
        'dyads.tsv: modality: "Online" is read as "online" (row 3)',
    ]


def test_times_and_ways_to_tie_clocks_are_understood_likewise(demo):
    demo.put("recordings", 2, "time", "Pre")
    demo.put("recordings", 3, "sync", "Markers")
    demo.put("recordings", 4, "sync", "start marker")
    recordings = demo.load().recordings
    assert recordings["time"][0] == "pre" and recordings["sync"][1:3].tolist() == ["markers", "start_marker"]
    assert len(told(demo)) == 2


def test_a_level_that_means_not_known_is_one_problem_of_the_config(demo):
    demo.config["factors"]["mindfulness"] = ["yes", "n/a"]
    for row in (5, 6, 7):
        demo.put("dyads", row, "mindfulness", "n/a")
    [(where, what, hint)] = demo.said()
    assert where == "config.yaml, factors: mindfulness"
    assert what == 'the level "n/a" is what every table writes where nothing is known'
    assert hint == 'Give it another name, e.g. "none", here and in the dyads table.'


# --- words for nothing -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "cell", ["NA", "nan", "None", "no", "0", "FALSE", ".", "-", "null", "1", "x", "nein", "HAYIR", "Nao"]
)
def test_a_word_that_gives_no_reason_excludes_nobody(cell):
    assert is_no_reason(cell)


@pytest.mark.parametrize("cell", ["", "no ethics approval", "amplifier failed", "EEG 2 s short", "kein Ton"])
def test_a_reason_is_a_reason(cell):
    assert not is_no_reason(cell)


def test_words_for_nothing_are_empty_cells_where_a_cell_may_be_empty(demo):
    demo.put("recordings", 2, "start_s", "NA")
    demo.put("recordings", 3, "stop_s", "nan")
    demo.put("participants", 2, "age", "NA")
    study = demo.load()
    assert study.recordings[["start_s", "stop_s"]].isna().all(axis=None)
    assert study.participants["age"][0] == ""
    assert told(demo) == [
        'recordings.tsv: start_s: "NA" is read as an empty cell (row 2)',
        'recordings.tsv: stop_s: "nan" is read as an empty cell (row 3)',
        'participants.tsv: age: "NA" is read as an empty cell (row 2)',
    ]


# --- people ----------------------------------------------------------------------------------------------


@pytest.mark.long_but("w-F", "m-M", "KADIN-F", "?-")
@pytest.mark.parametrize(
    ("cell", "sex"),
    [("w", "F"), ("weiblich", "F"), ("female", "F"), ("f", "F"), ("Frau", "F"), ("m", "M"), ("männlich", "M"),
     ("K", "F"), ("KADIN", "F"), ("mężczyzna", "M"), ("divers", "O"), ("other", "O"), ("n/a", ""), ("?", "")],
)  # fmt: skip
def test_the_sex_becomes_what_bids_knows(demo, cell, sex):
    demo.put("participants", 2, "sex", cell)
    assert demo.load().participants["sex"][0] == sex


def test_h_is_a_man_unless_m_may_be_a_woman(demo):
    sexes = [row[2] for row in demo.rows("participants")[1:]]
    assert demo.rows("participants")[0][2] == "sex" and "M" in sexes
    for row, sex in enumerate(sexes, 2):
        demo.put("participants", row, "sex", {"M": "H"}.get(sex, sex))
    assert demo.load().participants["sex"].tolist() == sexes
    assert sum('sex: "H" is read as "M"' in warning for warning in told(demo)) == 1
    for row, sex in enumerate(sexes, 2):  # hombre and mujer
        demo.put("participants", row, "sex", {"M": "H", "F": "M"}.get(sex, sex))
    [(where, what, hint)] = demo.said()
    assert (where, what) == ("participants.tsv", "the column sex has both H and M") and "mujer" in hint


@pytest.mark.parametrize(
    ("cell", "hand"),
    [
        ("r", "right"),
        ("Rechts", "right"),
        ("prawa", "right"),
        ("Izquierda", "left"),
        ("SAĞ", "right"),
        ("beidhändig", "ambidextrous"),
    ],
)
def test_so_does_the_hand(demo, cell, hand):
    demo.put("participants", 2, "handedness", cell)
    assert demo.load().participants["handedness"][0] == hand


def test_an_age_with_its_unit_is_one_in_years(demo):
    demo.put("participants", 2, "age", "420 Monate")
    assert demo.load().participants["age"][0] == "35"


def test_of_many_spellings_in_a_column_a_few_are_written_out(demo):
    for row in range(2, 13):
        demo.put("participants", row, "age", f"{400 + row} months")
    (said,) = told(demo)
    assert said.startswith('participants.tsv: age: "402 months" is read as "33.5" (row 2), ')
    assert said.endswith("(row 4) and 8 others") and said.count("is read as") == 3


def test_children_who_would_be_grown_up_are_a_warning(demo):
    for row in range(7, 13):
        demo.put("participants", row, "age", str(59 - row))
    assert told(demo) == []
    demo.config["roles"] = {"client": "child, children"}
    assert told(demo) == [
        "participants.tsv: the median age of the clients is 49.5, and config.yaml (roles) calls them child, children"
    ]


@pytest.mark.parametrize("called", ["boyfriend", "child therapist, child therapists", "kindergarten teacher"])
def test_roles_of_grown_ups_whose_words_begin_as_those_of_children_are_not_warned_of(demo, called):
    for row in range(7, 13):
        demo.put("participants", row, "age", str(59 - row))
    demo.config["roles"] = {"client": called}
    assert told(demo) == []


def test_what_no_validator_would_accept_is_refused_now(demo):
    demo.put("participants", 2, "sex", "5")
    demo.put("participants", 3, "handedness", "upper")
    demo.put("participants", 4, "age", "999")
    assert demo.said() == [
        ("participants.tsv, row 2 (T01)", 'sex is "5"', "Write F, M or O (other), or leave the cell empty."),
        (
            "participants.tsv, row 3 (T02)", 'handedness is "upper"',
            "Write right, left or ambidextrous, or leave the cell empty.",
        ),
        (
            "participants.tsv, row 4 (T03)", "age is 999, which is more than 120 years",
            "Ages are in years: if these are months, write the unit into each cell (420 months), or the years "
            "(35). Leave it empty if it is not known.",
        ),
    ]  # fmt: skip


# --- questionnaires --------------------------------------------------------------------------------------


@pytest.mark.long_but("WAI_C_{}", "WAI {} (c)")
@pytest.mark.parametrize(
    "named", ["WAI_C_{}", "item_{:02}", "item{}", "Item {}", "{}", "q{:03}", "WAI {} (c)"]
)
def test_items_in_columns_with_another_name_are_taken_by_their_number(demo, named):
    before = demo.load().scores["wai_c"]
    _, *rows = demo.rows("wai_client")
    demo.write("wai_client", [["dyad", *(named.format(i) for i in range(1, 37))], *rows])
    assert demo.load().scores["wai_c"].equals(before)
    [warning] = told(demo)
    last = 9 if named == "item_{:02}" else 36  # item_10 is what the key calls it
    spelt = f'the columns "{named.format(1)}" to "{named.format(last)}" are read as item_1 to item_{last}'
    assert warning.startswith(f"wai_client.tsv, row 1: {spelt}")


def test_two_columns_of_one_number_are_not_chosen_between(demo):
    _, *rows = demo.rows("wai_client")
    named = [*(f"WAI_{i}" for i in range(1, 37)), "WAI_01"]
    demo.write("wai_client", [["dyad", *named], *([*row, "1"] for row in rows)])
    [(_, what, hint)] = demo.said()
    assert what.startswith("36 of the key's 36 items have no column") and 'Is item_1 "WAI_1"?' in hint


@pytest.mark.long_but("NA", "nan", "k.A.")
@pytest.mark.parametrize("code", ["NA", ".", "-99", "999", "nan", "-9", "99", "-99.0", "k.A."])
def test_codes_of_missing_answers_are_missing_answers_and_said_once(demo, code):
    for row, item in ((2, "item_3"), (4, "item_5"), (5, "item_7")):
        demo.put("wai_client", row, item, code)
    study = demo.load()
    assert study.scores["wai_c"]["missing_items"].tolist() == [1, 0, 1, 1, 0, 0]
    assert f'wai_client.tsv: "{code}" in 3 cells is treated as a missing answer' in told(demo)


def test_a_code_that_the_form_offers_as_an_answer_is_an_answer(demo):
    rows = demo.rows("wai_key")
    demo.write("wai_key", [rows[0], *([*row[:3], "0", "99"] for row in rows[1:])])
    demo.put("wai_client", 2, "item_3", "99")
    assert demo.load().scores["wai_c"]["missing_items"][0] == 0


# --- tables that are empty or hold more ------------------------------------------------------------------


@pytest.mark.parametrize("heading", [True, False])
def test_an_empty_table_of_what_need_not_be_known_is_no_problem(demo, heading):
    for table in ("participants", "decisions"):
        rows = demo.rows(table)
        start = next(i for i, row in enumerate(rows) if not row[0].startswith("#"))
        demo.write(table, [["# nothing yet"], *rows[start : start + heading]])
    assert demo.problems() == [] and told(demo) == []


@pytest.mark.parametrize("table", ["wai_client", "wai_therapist"])
def test_a_questionnaire_without_answers_has_no_scores_and_says_so(demo, table):
    demo.write(table, demo.rows(table)[:1])
    study = demo.load()
    name = {"wai_client": "wai_c", "wai_therapist": "wai_t"}[table]
    assert study.scores[name]["total"].isna().all() and len(study.scores[name]) == 6
    said = told(demo)  # and that what rests on the score is missing
    empty = f"{table}.tsv: the table has no rows below its heading, so no score of {name}"
    assert sum(warning.startswith(empty) for warning in said) == 1


def test_a_questionnaire_with_rows_and_no_answer_says_so_once(demo):
    heading, *rows = demo.rows("wai_client")
    demo.write("wai_client", [heading, *([row[0], *[""] * (len(row) - 1)] for row in rows)])
    study = demo.load()
    assert study.scores["wai_c"]["total"].isna().all() and len(study.scores["wai_c"]) == 6
    said = [warning for warning in told(demo) if warning.startswith("wai_client.tsv")]
    assert len(said) == 1 and "rows, but no answer in any of them, so no score of wai_c" in said[0]


@pytest.mark.parametrize("column", ["Date de naissance", "Geburtsdatum", "DOB"])
def test_a_date_of_birth_in_place_of_the_age_is_told_what_to_write(demo, column):
    demo.rename("participants", "age", column)
    hints = [w.hint for w in demo.load().warnings if f'"{column}" is ignored' in w.what]
    assert len(hints) == 1 and hints[0].endswith("write the age at the recording, in years, into age.")


def test_rows_of_totals_and_means_are_left_out_and_said(demo):
    before = demo.load()
    for table, label in (("dyads", "Moyenne"), ("participants", "Total"), ("wai_client", "Mittelwert:")):
        n_columns = len(demo.rows(table)[0])
        others = ["", ""] if table == "dyads" else []
        demo.append(table, label, *others, *["3,4"] * (n_columns - 1 - len(others)))
    study = demo.load()
    assert study.dyads.equals(before.dyads) and study.participants.equals(before.participants)
    assert study.scores["wai_c"].equals(before.scores["wai_c"])
    said = [warning for warning in told(demo) if "is left out, as a row of sums or means" in warning]
    assert len(said) == 3 and said[0].startswith("dyads.tsv, row 8: the row is called Moyenne")


def test_a_dyad_of_two_people_is_one_whatever_it_is_called(demo):
    heading, *rows = demo.rows("dyads")
    demo.write("dyads", [heading, *rows, ["Total", "T77", "C77", *rows[0][3:]]])
    assert any("no recording of Total" in what for _, what, _ in demo.said())


def test_answers_at_several_times_are_one_problem_that_says_where_they_belong(demo):
    heading, *rows = demo.rows("wai_client")
    demo.write("wai_client", [heading, *rows, *rows])
    [(where, what, hint)] = demo.said()
    assert where == "wai_client.tsv" and what.startswith(
        "6 dyads have more than one row (D01: rows 2 and 8; "
    )
    assert "a questionnaire each in config.yaml" in hint


@pytest.mark.parametrize("code", ["999", "-99"])
def test_a_code_of_a_missing_number_in_the_dyads_table_is_no_number(demo, code):
    heading, *rows = demo.rows("dyads")
    numbers = ["2,5", "3", "3,1", code, "4", "2"]
    demo.write(
        "dyads", [[*heading, "FMI"], *([*row, number] for row, number in zip(rows, numbers, strict=True))]
    )
    demo.config["statistics"]["correlate"] = ["FMI"]
    [(where, what, hint)] = demo.said()
    assert where == "dyads.tsv, row 5 (D04)" and what == f'FMI is "{code}"' and "empty the cell" in hint


def test_an_empty_cell_of_sync_is_auto(demo):
    demo.put("recordings", 2, "sync", "")
    assert demo.load().recordings["sync"][0] == "auto" and told(demo) == []


def test_further_columns_are_ignored_and_said_once(demo):
    heading, *rows = demo.rows("dyads")
    demo.write("dyads", [[*heading, "notes", "Therapist's room"], *([*row, "a", "b"] for row in rows)])
    assert told(demo) == ['dyads.tsv, row 1: the columns "notes" and "Therapist\'s room" are ignored']


# --- workbooks -------------------------------------------------------------------------------------------


def workbook(demo, table, *sheets):
    """Save a table's rows as the sheets (title, state, change) of a workbook."""
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, state, change in sheets:
        sheet = book.create_sheet(title)
        for row in change(demo.rows(table)):
            sheet.append(row)
        sheet.sheet_state = state
    book.active = next(i for i, (_, state, _) in enumerate(sheets) if state == "visible")
    book.save(demo.folder / f"config/{table}.xlsx")
    demo.config["tables"][table] = f"config/{table}.xlsx"
    return book


def swapped(rows):
    """The table with the groups swapped: what nobody must read."""
    other = {"yes": "no", "no": "yes"}
    return [[other.get(cell, cell) for cell in row] for row in rows]


@pytest.mark.parametrize("state", ["hidden", "veryHidden"])
def test_a_hidden_sheet_is_never_read(demo, state):
    before = demo.load().dyads
    workbook(demo, "dyads", ("old", state, swapped), ("Dyads", "visible", list))
    assert demo.load().dyads.equals(before)
    assert told(demo) == ["dyads.xlsx: the sheet Dyads is read, and not old (hidden)"]


def test_of_several_visible_sheets_the_first_is_read_and_said(demo):
    before = demo.load().dyads
    workbook(demo, "dyads", ("Dyads", "visible", list), ("Draft", "visible", swapped))
    assert demo.load().dyads.equals(before)
    assert told(demo) == ["dyads.xlsx: the sheet Dyads is read, and not Draft (visible)"]


@pytest.mark.parametrize(
    ("title", "named"),
    [
        ("People of the study", "people of the STUDY"),
        ("Größe # 2", "Größe # 2"),
        ("Größe", unicodedata.normalize("NFD", "Größe")),
    ],
)
def test_a_sheet_that_is_named_is_read_and_no_other(demo, title, named):
    before = demo.load().dyads
    sheets = [("Draft", "visible", swapped), (title, "visible", list)]
    workbook(demo, "dyads", *sheets)
    demo.config["tables"]["dyads"] += f"#{named}"
    assert demo.load().dyads.equals(before)
    assert told(demo) == []
    demo.put("dyads", 2, "client", "")
    workbook(demo, "dyads", *sheets)
    demo.config["tables"]["dyads"] += f"#{named}"
    assert [p.where for p in demo.problems()] == [f"dyads.xlsx#{named}, row 2 (D01)"]


def test_two_questionnaires_may_be_two_sheets_of_one_workbook(demo):
    before, book = demo.load().answers, openpyxl.Workbook()
    book.remove(book.active)
    for name, table in (("wai_t", "wai_therapist"), ("wai_c", "wai_client")):
        sheet = book.create_sheet(table)
        for row in demo.rows(table):
            sheet.append(row)
        demo.config["questionnaires"][name]["table"] = f"config/wai.xlsx#{table}"
    book.save(demo.folder / "config/wai.xlsx")
    assert all(demo.load().answers[name].equals(before[name]) for name in before)
    assert told(demo) == []
    assert file_of_table("config/wai.xlsx#wai_client") == "config/wai.xlsx"  # what a job waits for


def test_hidden_rows_and_columns_are_used_and_said(demo):
    book = workbook(demo, "dyads", ("Dyads", "visible", list))
    sheet = book["Dyads"]
    sheet.row_dimensions[3].hidden = sheet.row_dimensions[5].hidden = True
    sheet.column_dimensions["E"].hidden = True
    sheet.auto_filter.ref = "A1:F7"
    book.save(demo.folder / "config/dyads.xlsx")
    assert len(demo.load().included) == 6
    assert told(demo) == [
        "dyads.xlsx: rows 3 and 5 are hidden by a filter but will be used",
        "dyads.xlsx: column E is hidden but will be used",
    ]


def test_rows_that_are_struck_out_are_used_and_said(demo):
    book = workbook(demo, "dyads", ("Dyads", "visible", list))
    for row in (3, 5):
        for cell in book["Dyads"][row]:
            cell.font = openpyxl.styles.Font(strike=True)
    book["Dyads"]["H9"].font = openpyxl.styles.Font(strike=True)  # an empty cell holds nothing
    book.save(demo.folder / "config/dyads.xlsx")
    assert len(demo.load().included) == 6
    assert told(demo) == ["dyads.xlsx: rows 3 and 5 have cells that are struck through, but will be used"]


@pytest.mark.parametrize(("cell", "is_fine"), [("57.5", True), ("0.57", False), ("575", False)])
def test_a_head_is_measured_in_centimetres(demo, cell, is_fine):
    demo.put("participants", 2, "head_circumference_cm", cell)
    found = [p.hint for p in demo.problems()]
    assert found == ([] if is_fine else ["Write it in cm, such as 57, or leave the cell empty."])


@pytest.mark.long_but("2026-03-04", "04. Mrz", "05. Mai 2026")
@pytest.mark.parametrize(
    "cell",
    [
        "2026-03-04",
        "2026-03-04 12:00:00",
        "04.03.2026",
        "3/4/26",
        "04. Mrz",
        "4. Mär",
        "4-Mar",
        "May-01",
        "05. Mai 2026",
    ],
)
def test_a_cell_of_which_a_spreadsheet_made_a_date_is_told_so_whatever_it_should_hold(demo, cell):
    demo.put("participants", 2, "head_circumference_cm", cell)
    demo.put("recordings", 2, "time", cell)
    demo.put("dyads", 2, "client", cell)
    hints = [p.hint for p in demo.problems()]
    assert len(hints) >= 3
    assert sum(hint.startswith("Excel made a date of it") for hint in hints) == 3


@pytest.mark.parametrize(
    "cell",
    ["jan/15", "15/jan", "01/fev", "janv.-15", "02-avr", "ene-14", "15-gen", "05/mai", "12. paź", "12.Şub"],
)
def test_dates_that_spreadsheets_of_other_languages_make_are_told_as_well(cell):
    assert made_a_date(cell).startswith("Excel made a date")


@pytest.mark.parametrize(
    "cell", ["56.5", "1-12", "5.5", "May", "12", "1/2", "Mari-12", "set 1", "Gen 1", "Lisa 1"]
)
def test_what_is_no_date_is_not_called_one(cell):
    assert made_a_date(cell) == ""


@pytest.mark.parametrize(
    ("cell", "seconds"), [("1:22,5", "82.5"), ("01:02:03", "3723"), ("0:20", "20"), ("92.5", "")]
)
def test_a_time_of_the_clock_is_told_in_seconds(demo, cell, seconds):
    demo.put("recordings", 2, "stop_s", cell)
    hints = [p.hint for p in demo.problems()]
    assert len(hints) == bool(seconds)
    assert all(
        hint.startswith(f"Write seconds with a decimal point: {seconds} (if {cell} is") for hint in hints
    )


def test_what_is_wrong_with_a_column_of_many_rows_is_said_once(demo):
    for row, cell in enumerate(["prawie", "lewica", "obie", "prawie", "inna"], 2):
        demo.put("participants", row, "handedness", cell)
    for row in (2, 3, 4, 5):
        demo.put("dyads", row, "dyad", f"Para {row}")
    said = numbered(demo.problems())
    assert said[0].endswith(
        'dyad "Para 2", "Para 3", "Para 4" or "Para 5" may hold only letters (a to z) and digits'
    )
    assert said[1] == "   The first of them: write Para2, here and in the other tables."
    assert any(
        "rows 2, 3, 4, 5 and 6" in s and 'handedness is "prawie", "lewica", "obie" or "inna"' in s
        for s in said
    )
    assert len([s for s in said if "may hold only" in s or "handedness is" in s]) == 2


def test_labels_are_never_suggested_that_are_refused_themselves(demo):
    for row in range(2, 8):
        demo.put("dyads", row, "dyad", f"Para {row - 1:02d}")
    hints = [p.hint for p in demo.problems() if "none of its" in p.what]
    assert hints and all("such as D01 for Para 01" in hint for hint in hints)


def test_what_is_quoted_of_cells_and_names_of_files_is_not_in_the_report(demo):
    """The report is sent to others: an age in months is for the laboratory alone."""
    demo.put("participants", 2, "age", "421 months")
    demo.put("participants", 3, "age", "433 months")
    demo.put("participants", 4, "sex", "weiblich")
    warnings = demo.load().warnings
    assert any("421 months" in w.what and "433 months" in w.what for w in warnings)
    shown = str([one.for_others for one in grouped(warnings)])
    assert "age: 2 cells are read as" in shown and "sex: 1 cell is read as" in shown
    assert not any(word in shown for word in ("421", "433", "weiblich"))


def test_a_dead_time_in_milliseconds_is_refused(demo):
    demo.config["triggers"]["dead_time_s"] = 500
    (problem,) = demo.problems()
    assert problem.text.endswith("500 must be at most 60") and "triggers" in problem.where


def test_a_file_s_name_that_is_no_name_is_a_problem_of_its_row(demo):
    demo.record()
    demo.put("recordings", 2, "client_file", "x" * 300 + ".edf")
    (problem,) = demo.problems()
    assert (
        problem.where == "recordings.tsv, row 2 (D01)" and "client file cannot be looked for" in problem.what
    )


def test_a_study_whose_files_are_named_otherwise_than_their_rows_is_told(demo):
    demo.record()
    demo.put("recordings", 2, "client_file", "D01_post_client.Poly5")
    demo.put("recordings", 3, "client_file", "D01_pre_client.Poly5")
    assert [(p.where, p.what) for p in demo.load().warnings if "whose name" in p.what] == [
        (
            f"recordings.tsv, row {row} (D01)",
            f'client_file is D01_{other}_client.Poly5, whose name has "{other}" and not "{own}"',
        )
        for row, own, other in ((2, "pre", "post"), (3, "post", "pre"))
    ]
    shown = str([w.for_others for w in grouped(demo.load().warnings)])
    assert "has another time than its row" in shown and ".Poly5" not in shown


# --- letters ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("word", "encoding"),
    [
        *[("Иванов", "cp1251"), ("да", "cp1251"), ("张伟", "gbk"), ("张", "gbk"), ("さくら", "shift-jis")],
        *[("Müller", "mac-roman"), ("René", "mac-roman"), ("Straße", "mac-roman"), ("ναι", "cp1253")],
        *[("Müller", "cp850"), ("예", "cp949"), ("Şahin", "cp1254"), ("Łódź", "cp1250"), ("да", "koi8-r")],
        *[("田中", "euc-jp"), ("張", "big5"), ("Zoë", "mac-roman"), ("нет", "cp866")],
    ],
)
def test_a_table_in_another_encoding_is_refused_with_what_to_do(demo, word, encoding):
    rows = demo.rows("dyads")
    rows[3][-1] = word
    content = "".join("\t".join(row) + "\n" for row in rows)
    (demo.folder / "config/dyads.tsv").write_bytes(content.encode(encoding))
    [(where, what, hint)] = demo.said()
    assert where == "dyads.tsv" and what.startswith("is not in UTF-8")
    assert hint == 'In Excel, save it as "CSV UTF-8 (Comma delimited)" or as XLSX.'


@pytest.mark.parametrize(
    "word", ["Müller fehlt", "Séance annulée", "criação", "Sesión perdida", "STRASSE GRÜN"]
)
def test_western_letters_of_old_excel_files_are_read_and_said(demo, word):
    rows = demo.rows("dyads")
    rows[3][-1] = word
    content = "".join("\t".join(row) + "\n" for row in rows)
    (demo.folder / "config/dyads.tsv").write_bytes(content.encode("cp1252"))
    assert demo.load().dyads["exclude"][2] == word
    [warning] = told(demo)
    assert warning.startswith("dyads.tsv: is not in UTF-8: its letters are read as those of Western Europe")


def test_letters_that_a_program_garbled_are_said(demo):
    demo.put("dyads", 4, "exclude", "Müller fehlt".encode().decode("cp1252"))
    assert told(demo) == ['dyads.tsv: "MÃ¼ller fehlt" looks garbled, as if read in the wrong encoding']


@pytest.mark.parametrize(("in_table", "on_disk"), [("NFC", "NFD"), ("NFD", "NFC"), ("NFD", "NFD")])
def test_a_file_is_found_however_its_accents_are_stored(demo, in_table, on_disk):
    demo.record()
    raw = demo.folder / demo.config["raw_folder"]
    folder = raw / unicodedata.normalize(on_disk, "Größe")
    folder.mkdir()
    there = folder / unicodedata.normalize(on_disk, "Zoë_pre.Poly5")
    (raw / "D01_pre_client.Poly5").rename(there)
    demo.put("recordings", 2, "client_file", unicodedata.normalize(in_table, "Größe/Zoë_pre.Poly5"))
    assert demo.load().recordings["client_file"][0] == str(there)


def test_so_are_the_raw_folder_and_a_table(demo):
    demo.record()
    raw, moved = demo.folder / demo.config["raw_folder"], unicodedata.normalize("NFD", "Köln")
    raw.rename(demo.folder / moved)
    demo.config["raw_folder"] = "Köln"
    (demo.folder / "config/dyads.tsv").rename(demo.folder / f"config/{moved}.tsv")
    demo.config["tables"]["dyads"] = "config/Köln.tsv"
    assert demo.load().recordings["client_file"][0].startswith(str(demo.folder / moved))
