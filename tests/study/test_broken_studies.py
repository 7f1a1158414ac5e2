# ruff: noqa: E501 - the messages stand as they are printed
"""Studies as people break them, and everything that each of them is told.

Each case spoils the demo, or with `own` a study of one's own recordings; its docstring is the whole message.
"""

import datetime
import inspect

import openpyxl
import pytest

from interbrain.problems import Problem
from interbrain.study.config import read_config
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError, numbered

CASES = []


def breaks(spoil=None, *, own=False):
    """Take the function below as a case."""
    if spoil is None:
        return lambda spoil: breaks(spoil, own=own)
    CASES.append(pytest.param(spoil, own, id=spoil.__name__.replace("_", " ")))
    return spoil


def said(demo) -> str:
    """What is printed of the problems, with files below the study's folder."""
    try:
        if demo.config is None:
            demo.config = read_config(demo.folder / "config/config.yaml")
        load_study(demo.config, demo.schema, demo.folder)
    except StudyError as error:
        return "\n".join(numbered(error.problems)).replace(f"{demo.folder}/", "")
    return ""


def text(demo, table, change, encoding="utf-8"):
    path = demo.folder / f"config/{table}.tsv"
    path.write_bytes(change(path.read_text(encoding="utf-8")).encode(encoding))


def as_sheet(demo, table, change):
    book = openpyxl.Workbook()
    for row in demo.rows(table):
        book.active.append(row)
    change(book)
    book.save(demo.folder / f"config/{table}.xlsx")
    demo.config["tables"][table] = f"config/{table}.xlsx"


def as_yaml(demo, old, new):
    path = demo.folder / "config/config.yaml"
    content = path.read_text(encoding="utf-8")
    assert old in content
    path.write_text(content.replace(old, new, 1), encoding="utf-8")
    demo.config = None


# --- who is with whom ------------------------------------------------------------------------------------


@breaks
def a_dyad_without_a_client(demo):
    """
    1  dyads.tsv, row 4 (D03): the dyad has no client
       Name the person, or write a reason into exclude.
    """
    demo.put("dyads", 4, "client", "")


@breaks
def one_person_in_both_chairs(demo):
    """
    1  dyads.tsv, row 4 (D03): T02 is both the therapist and the client
    """
    demo.put("dyads", 4, "client", "T02")


@breaks
def a_client_in_two_dyads(demo):
    """
    1  dyads.tsv, row 4 (D03): C02 is already the client of D02
       Only a therapist may be in several dyads. If one person was the client of two, write into exclude of one of the rows why it is not used: under two labels, this person would count as two.
    """
    demo.put("dyads", 4, "client", "C02")


@breaks
def a_client_who_is_a_therapist_elsewhere(demo):
    """
    1  dyads.tsv, row 5 (D04): T01 is the client here and the therapist above
    """
    demo.put("dyads", 5, "client", "T01")


@breaks
def a_row_that_was_pasted_twice(demo):
    """
    1  dyads.tsv, row 8 (D02): D02 is already in row 3
    """
    demo.append("dyads", *demo.rows("dyads")[2])


@breaks
def two_dyads_that_differ_by_a_capital(demo):
    """
    1  dyads.tsv, row 8 (d01): d01 differs from D01 in row 2 only in capital letters
       If they are one, spell them alike; if not, give one of them another label.
    """
    demo.append("dyads", "d01", "T06", "C09", "yes", "online", "too late")


@breaks
def two_clients_that_differ_by_a_capital(demo):
    """
    1  dyads.tsv, row 3 (c01): c01 differs from C01 in row 2 only in capital letters
       If they are one, spell them alike; if not, give one of them another label.
    """
    demo.put("dyads", 3, "client", "c01")


@breaks
def a_label_with_an_umlaut(demo):
    """
    1  dyads.tsv, row 4 (D03): therapist "Müller" may hold only letters (a to z) and digits
       Write Muller, here and in the other tables.
    """
    demo.put("dyads", 4, "therapist", "Müller")


@breaks
def a_label_with_a_hyphen(demo):
    """
    1  dyads.tsv, row 4 (D03): client "C-03" may hold only letters (a to z) and digits
       Write C03, here and in the other tables.
    """
    demo.put("dyads", 4, "client", "C-03")


@breaks
def smart_quotes_around_a_label(demo):
    """
    1  dyads.tsv, row 4 (D03): client "“C03”" may hold only letters (a to z) and digits
       Write C03, here and in the other tables.
    """
    demo.put("dyads", 4, "client", "“C03”")


@breaks
def a_factor_level_that_is_not_known(demo):
    """
    1  dyads.tsv, row 3 (D02): modality is "zoom"
       Use: face-to-face, online
    """
    demo.put("dyads", 3, "modality", "zoom")


@breaks
def no_reason_for_an_exclusion(demo):
    """
    1  dyads.tsv, row 6 (D05): exclude is "x"
       Write the reason why the dyad is left out, or leave the cell empty to keep it.
    """
    demo.put("dyads", 6, "exclude", "x")


@breaks
def everybody_excluded(demo):
    """
    1  dyads.tsv: every dyad is excluded
       Empty the cell exclude of the dyads to keep.
    """
    for row in range(2, 8):
        demo.put("dyads", row, "exclude", "no ethics approval")


@breaks
def a_factor_with_one_level(demo):
    """
    1  dyads.tsv: modality is online in every dyad that is kept: there is nothing to compare
       Remove modality from statistics: between in config.yaml, or correct the column.
    """
    for row in range(2, 8):
        demo.put("dyads", row, "modality", "online")


@breaks
def too_few_dyads_for_the_model(demo):
    """
    1  dyads.tsv: 3 dyads are too few to test mindfulness and modality: at least 4 are needed
       Remove factors from statistics: between in config.yaml; between: [] compares no groups.
    """
    for row in (2, 4, 6):
        demo.put("dyads", row, "exclude", "amplifier failed")


@breaks
def too_few_dyads_for_the_interaction(demo):
    """
    1  dyads.tsv: 4 dyads are too few to test mindfulness and modality: at least 5 are needed
       Remove factors from statistics: between in config.yaml; between: [] compares no groups.
    """
    demo.config["statistics"]["interactions"] = True
    for row in (6, 7):
        demo.put("dyads", row, "exclude", "amplifier failed")


# --- recordings ------------------------------------------------------------------------------------------


@breaks(own=True)
def a_file_that_is_not_there(demo):
    """
    1  recordings.tsv, row 8 (D04): client file not found: bids/sourcedata/D04_pre_client.Poly5
       In that folder: D4_pre_client.Poly5 – is that it?
    """
    raw = demo.folder / "bids/sourcedata"
    (raw / "D04_pre_client.Poly5").rename(raw / "D4_pre_client.Poly5")


@breaks(own=True)
def a_file_name_in_another_case(demo):
    """
    1  recordings.tsv, row 2 (D01): client file not found: bids/sourcedata/d01_PRE_client.poly5
       In that folder: D01_pre_client.Poly5 – is that it?
    """
    demo.put("recordings", 2, "client_file", "d01_PRE_client.poly5")


@breaks(own=True)
def back_slashes_of_windows(demo):
    r"""
    1  recordings.tsv, row 2 (D01): client file not found: bids/sourcedata/D01\pre_client.Poly5
       Write / and not \ between folders: D01/pre_client.Poly5
    """
    demo.put("recordings", 2, "client_file", r"D01\pre_client.Poly5")


@breaks(own=True)
def a_path_of_another_computer(demo):
    r"""
    1  recordings.tsv, row 2 (D01): client file not found: C:\EEG\D01_pre_client.Poly5
       Write its name as it is in raw_folder (config.yaml).
    """
    demo.put("recordings", 2, "client_file", r"C:\EEG\D01_pre_client.Poly5")


@breaks(own=True)
def an_absolute_path_that_is_not_there(demo):
    """
    1  recordings.tsv, row 2 (D01): client file not found: /Volumes/EEG/D01_pre_client.Poly5
       Write its name as it is in raw_folder (config.yaml).
    """
    demo.put("recordings", 2, "client_file", "/Volumes/EEG/D01_pre_client.Poly5")


@breaks(own=True)
def a_folder_in_place_of_a_file(demo):
    """
    1  recordings.tsv, row 2 (D01): client_file is a folder: bids/sourcedata/D01
       Name the recording in it, with its ending.
    """
    (demo.folder / "bids/sourcedata/D01").mkdir()
    demo.put("recordings", 2, "client_file", "D01")


@breaks(own=True)
def a_file_of_no_known_format(demo):
    """
    1  recordings.tsv, row 2 (D01): client_file: no known format: D01.docx
       Known: .poly5, .s00, .edf, .bdf, .vhdr, .set, .fif, .cnt, .gdf, .acq, .xdf. Of BrainVision files, name the .vhdr.
    """
    (demo.folder / "bids/sourcedata/D01.docx").write_bytes(b"x")
    demo.put("recordings", 2, "client_file", "D01.docx")


@breaks(own=True)
def the_data_file_of_brainvision(demo):
    """
    1  recordings.tsv, row 2 (D01): client_file: no known format: D01.eeg
       Known: .poly5, .s00, .edf, .bdf, .vhdr, .set, .fif, .cnt, .gdf, .acq, .xdf. Of BrainVision files, name the .vhdr.
    """
    (demo.folder / "bids/sourcedata/D01.eeg").write_bytes(b"x")
    demo.put("recordings", 2, "client_file", "D01.eeg")


@breaks(own=True)
def an_empty_file(demo):
    """
    1  recordings.tsv, row 2 (D01): client_file is an empty file: bids/sourcedata/D01_pre_client.Poly5
       Copy it again.
    """
    (demo.folder / "bids/sourcedata/D01_pre_client.Poly5").write_bytes(b"")


@breaks(own=True)
def one_file_for_two_people(demo):
    """
    1  recordings.tsv, row 4 (D02): client_file: D01_pre_client.Poly5 is already in row 2
       A file belongs to one person; its blocks, start_s to stop_s, must not overlap.
    """
    demo.put("recordings", 4, "client_file", "D01_pre_client.Poly5")


@breaks(own=True)
def both_members_in_one_file_and_no_word_on_who_is_who(demo):
    """
    1  recordings.tsv, row 2 (D01): both members' file is D01_pre_therapist.Poly5; whose channels are whose?
       Write it into therapist_channels and client_channels, e.g. sub1_* and sub2_*, or 1-32 and 33-64; or name two files.
    """
    demo.put("recordings", 2, "client_file", "D01_pre_therapist.Poly5")


def with_channels(demo, therapist, client, **cells):
    heading, *rows = demo.rows("recordings")
    patterns = [[therapist, client], *[["", ""]] * (len(rows) - 1)]
    rows = [[*row, *own] for row, own in zip(rows, patterns, strict=True)]
    demo.write("recordings", [[*heading, "therapist_channels", "client_channels"], *rows])
    demo.put("recordings", 2, "client_file", "D01_pre_therapist.Poly5")
    for column, cell in cells.items():
        demo.put("recordings", 2, column, cell)


@breaks(own=True)
def two_patterns_that_are_one(demo):
    """
    1  recordings.tsv, row 2 (D01): therapist_channels and client_channels are both "SUB1_*"
       Each member needs a pattern that fits no channel of the other.
    """
    with_channels(demo, "sub1_*", "SUB1_*")


@breaks(own=True)
def a_pattern_without_a_star(demo):
    """
    1  recordings.tsv, row 2 (D01): therapist_channels "sub1_" needs exactly one *, which stands for the channel's label, as in sub1_* or *_S2
    """
    with_channels(demo, "sub1_", "sub2_*")


@breaks(own=True)
def same_file_with_two_files(demo):
    """
    1  recordings.tsv, row 2 (D01): sync is same_file, but the files are two
       Name one file for both, or write sync: auto.
    """
    demo.put("recordings", 2, "sync", "same_file")


@breaks
def header_time_that_the_config_does_not_accept(demo):
    """
    1  recordings.tsv, row 2 (D01): sync is header_time, accurate to a second at best: PLV in the alpha band is then meaningless
       Write auto; to use it anyway, set accept_header_time (clock) to true.
    """
    demo.put("recordings", 2, "sync", "header_time")


@breaks
def an_unknown_way_to_tie_clocks(demo):
    """
    1  recordings.tsv, row 2 (D01): sync is "triggers"
       Use: auto, markers, start_marker, lsl_clock, same_file, header_time, shared_start
    """
    demo.put("recordings", 2, "sync", "triggers")


@breaks
def a_comma_that_may_divide_thousands(demo):
    """
    1  recordings.tsv, row 2 (D01): start_s is "1,500", which may be two numbers
       Write 1500 or 1.500.
    """
    demo.put("recordings", 2, "start_s", "1,500")


@breaks
def a_time_with_its_unit(demo):
    """
    1  recordings.tsv, row 2 (D01): stop_s is "300 s"
       Write a number with a decimal point, such as 12.5, or leave the cell empty.
    """
    demo.put("recordings", 2, "stop_s", "300 s")


@breaks
def a_block_that_ends_before_it_begins(demo):
    """
    1  recordings.tsv, row 2 (D01): stop_s (30) must exceed start_s (60)
       Both are seconds from the start of the therapist's file.
    """
    demo.put("recordings", 2, "start_s", "60")
    demo.put("recordings", 2, "stop_s", "30")


@breaks
def a_time_that_the_config_does_not_name(demo):
    """
    1  recordings.tsv, row 2 (D01): time is "before"
       Use: pre, post
    """
    demo.put("recordings", 2, "time", "before")


@breaks
def a_recording_that_is_not_listed(demo):
    """
    1  recordings.tsv: no recording of D02 is used
       Add its rows, or exclude the dyad with a reason in the dyads table.
    """
    demo.delete("recordings", 5)
    demo.delete("recordings", 4)


@breaks
def a_time_at_which_nobody_was_recorded(demo):
    """
    1  recordings.tsv: no dyad has a post recording
       Add the rows, or remove post from times in config.yaml.
    """
    rows = demo.rows("recordings")
    demo.write("recordings", [row for row in rows if row[1] != "post"])


@breaks
def a_recording_excluded_without_a_reason(demo):
    """
    1  recordings.tsv, row 3 (D01): exclude is "NA"
       Write the reason why the recording is not used, or leave the cell empty to use it.
    """
    rows = demo.rows("recordings")
    demo.write("recordings", [[*rows[0], "exclude"], *([*row, ""] for row in rows[1:])])
    demo.put("recordings", 3, "exclude", "NA")


@breaks
def dyad_1_and_dyad_01(demo):
    """
    1  recordings.tsv, rows 2 and 3 (D1): no such dyad in the dyads table
       Did you mean D01?
    """
    for row in (2, 3):
        demo.put("recordings", row, "dyad", "D1")


# --- people, cap, questionnaires -------------------------------------------------------------------------


@breaks
def a_person_whom_no_dyad_names(demo):
    """
    1  participants.tsv, row 7 (C1): no such person in the dyads table
       Did you mean C01?
    """
    demo.put("participants", 7, "participant", "C1")


@breaks
def an_age_in_words(demo):
    """
    1  participants.tsv, row 2 (T01): age is "mid thirties"
       Write the age in years, such as 34, or leave the cell empty.
    """
    demo.put("participants", 2, "age", "mid thirties")


@breaks
def an_electrode_that_is_named_twice(demo):
    """
    1  cap_map.tsv, row 4: channel Fp1 is already in row 2
    """
    demo.put("cap_map", 4, "channel", "Fp1")


@breaks
def a_site_with_an_unknown_channel(demo):
    """
    1  config.yaml, rois: central: C44 is not in cap_map.tsv
       Did you mean C4?
    """
    demo.config["rois"]["central"] = ["C3", "Cz", "C44"]


@breaks
def an_answer_of_eight(demo):
    """
    1  wai_client.tsv, row 4 (D03), item_3: 8 is not a whole number from 1 to 7
    """
    demo.put("wai_client", 4, "item_3", "8")


@breaks
def an_answer_between_two(demo):
    """
    1  wai_client.tsv, row 4 (D03), item_3: 3,5 is not a whole number from 1 to 7
    """
    demo.put("wai_client", 4, "item_3", "3,5")


@breaks
def answers_of_nobody(demo):
    """
    1  wai_client.tsv, row 8 (D11): no such dyad in the dyads table
       Did you mean D01?
    """
    demo.append("wai_client", "D11", *["4"] * 36)


@breaks
def no_answers_of_a_dyad(demo):
    """
    1  wai_therapist.tsv: no row for dyad D06
       Add it, or exclude the dyad with a reason in the dyads table.
    """
    demo.delete("wai_therapist", 7)


@breaks
def a_form_with_another_number_of_items(demo):
    """
    1  wai_client.tsv: the column item_36 is missing
    2  wai_client.tsv: the column item_37 is not an item of the key
    """
    demo.rename("wai_client", "item_36", "item_37")


@breaks
def items_in_columns_that_no_number_names(demo):
    """
    1  wai_client.tsv, row 1: 36 of the key's 36 items have no column: item_1, item_2, item_3, ...
       Is item_1 "B1x"? Name the columns as the key names the items, item_1 and so on.
    """
    rows = demo.rows("wai_client")
    demo.write("wai_client", [["dyad", *(f"{'AB'[i % 2]}{i}x" for i in range(1, 37))], *rows[1:]])


@breaks
def answers_that_begin_at_0(demo):
    """
    1  wai_client.tsv: 216 answers are not whole numbers from 1 to 7, the first in row 2 (D01), item_3: 0 (216 times)
       Correct the answers, or minimum and maximum in the key. If the form was coded from 0 to 6, write these in the key.
    """
    heading, *rows = demo.rows("wai_client")
    demo.write("wai_client", [heading, *([row[0], *["0"] * 36] for row in rows)])


@breaks
def answers_that_end_one_too_high(demo):
    """
    1  wai_client.tsv: 216 answers are not whole numbers from 1 to 7, the first in row 2 (D01), item_3: 8 (216 times)
       Correct the answers, or minimum and maximum in the key. If the form was coded from 2 to 8, write these in the key.
    """
    heading, *rows = demo.rows("wai_client")
    demo.write("wai_client", [heading, *([row[0], *["8"] * 36] for row in rows)])


@breaks
def a_code_for_a_missing_score(demo):
    """
    1  wai_client.tsv, row 3 (D02): total is "-99"
       If it means that the score is not known, empty the cell.
    """
    demo.config["questionnaires"]["wai_c"]["key"] = None
    demo.config["statistics"]["correlate"] = []
    totals = ["180", "-99", "150", "166", "201", "NA"]
    demo.write(
        "wai_client", [["dyad", "total"], *([f"D0{i}", total] for i, total in enumerate(totals, start=1))]
    )


@breaks
def scores_without_a_total(demo):
    """
    1  wai_client.tsv, row 1: without a key the table must hold scores, and the column "total" is missing
       It has: bond. Name it total, or give the questionnaire a key.
    """
    del demo.config["questionnaires"]["wai_c"]["key"]
    demo.write("wai_client", [["dyad", "bond"], *[[f"D0{i}", "60"] for i in range(1, 7)]])


@breaks
def scores_that_are_no_numbers(demo):
    """
    1  wai_client.tsv, row 3 (D02): bond is "high"
       Write a number.
    2  wai_client.tsv, row 4 (D03): total is "1,805", which may be two numbers
       Write 1805 or 1.805.
    """
    demo.config["questionnaires"]["wai_c"]["key"] = None
    rows = [[f"D0{i}", "60", "180"] for i in range(1, 7)]
    rows[1][1], rows[2][2] = "high", "1,805"
    demo.write("wai_client", [["dyad", "bond", "total"], *rows])


@breaks
def a_reversal_that_is_neither_yes_nor_no(demo):
    """
    1  wai_key.tsv, item_3: reverse must be yes or no
    """
    demo.put("wai_key", 2, "reverse", "perhaps")


# --- decisions by hand -----------------------------------------------------------------------------------


def decide(demo, *rows):
    heading = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]
    demo.write("decisions", [heading, *(row.split("|") for row in rows)])


@breaks
def a_decision_about_a_dyad_that_is_not_there(demo):
    """
    1  decisions.tsv, row 2 (d01): no such dyad in the dyads table
       Did you mean D01?
    2  decisions.tsv, row 3: the row has no dyad
    """
    decide(demo, "d01|pre|C01|channel|F3|bad|AB|loose", "|pre|C01|channel|F3|bad|AB|loose")


@breaks
def a_decision_about_a_time_that_is_not_there(demo):
    """
    1  decisions.tsv, row 2 (D01): time is "1"
       Use: pre, post
    """
    decide(demo, "D01|1|C01|channel|F3|bad|AB|loose")


@breaks
def a_decision_about_somebody_elses_recording(demo):
    """
    1  decisions.tsv, row 2 (D01): C02 is not a member of D01
       Its members are T01 and C01.
    2  decisions.tsv, row 3 (D01): c01 is not a member of D01
       Its members are T01 and C01.
    """
    decide(demo, "D01|pre|C02|channel|F3|bad|AB|loose", "D01|pre|c01|component|IC00-7f2a|keep|AB|alpha")


@breaks
def a_channel_and_a_component_of_nobody(demo):
    """
    1  decisions.tsv, rows 2 and 3 (D01): participant is empty
       Name the person whose recording it is.
    """
    decide(demo, "D01|pre||channel|F3|bad|AB|loose", "D01|pre|n/a|component|IC00-7f2a|keep|AB|alpha")


@breaks
def a_window_of_one_member(demo):
    """
    1  decisions.tsv, row 2 (D01): participant is "C01"
       A window is both members'; leave the cell empty.
    """
    decide(demo, "D01|pre|C01|window|32|drop|AB|coughs")


@breaks
def a_decision_about_something_else(demo):
    """
    1  decisions.tsv, row 2 (D01): what is "electrode"
       Use: channel, component, window
    2  decisions.tsv, row 3 (D01): what is empty
       Use: channel, component, window
    """
    decide(demo, "D01|pre|C01|electrode|F3|bad|AB|loose", "D01|pre|C01||F3|bad|AB|loose")


@breaks
def decisions_that_fit_something_else(demo):
    """
    1  decisions.tsv, row 2 (D01): decision is "drop"
       Use: bad, good
    2  decisions.tsv, row 3 (D01): decision is "bad"
       Use: remove, keep
    3  decisions.tsv, row 4 (D01): decision is empty
       Use: drop, keep
    """
    rows = ["C01|channel|F3|drop", "C01|component|IC00-7f2a|bad", "|window|32|"]
    decide(demo, *(f"D01|pre|{row}|AB|loose" for row in rows))


@breaks
def components_without_their_whole_name(demo):
    """
    1  decisions.tsv, row 2 (D01): item is "IC00"
       Copy the component's whole name, with the sign of its field: IC00-7f2ab04c.
    2  decisions.tsv, row 3 (D01): item is "0"
       Copy the component's whole name, with the sign of its field: IC00-7f2ab04c.
    """
    decide(demo, "D01|pre|C01|component|IC00|keep|AB|alpha", "D01|pre|C01|component|0|keep|AB|alpha")


@breaks
def windows_that_are_no_seconds(demo):
    """
    1  decisions.tsv, row 2 (D01): item is "32,5"
       Write a decimal point: 32.5
    2  decisions.tsv, row 3 (D01): item is "0:32"
       Write the window's start_s as its ledger has it: seconds with a decimal point, such as 32.5.
    """
    decide(demo, "D01|pre||window|32,5|drop|AB|coughs", "D01|pre||window|0:32|drop|AB|coughs")


@breaks
def decisions_by_nobody_about_nothing_for_no_reason(demo):
    """
    1  decisions.tsv, row 2 (D01): item is empty
       Name the channel or the component, or write the start of the window.
    2  decisions.tsv, row 3 (D01): by is empty
       Write who decided, e.g. initials.
    3  decisions.tsv, row 3 (D01): reason is empty
       Write why, so that a reader can follow.
    """
    decide(demo, "D01|pre|C01|channel||bad|AB|loose", "D01|pre|C01|channel|F3|bad||")


@breaks
def a_row_copied_from_the_automatic_decisions(demo):
    """
    1  decisions.tsv, row 2 (D01): by is "automatic"
       Write who decided, e.g. initials.
    """
    decide(demo, "D01|pre|C01|channel|F3|good|automatic|looks fine")


@breaks
def one_thing_that_is_decided_twice(demo):
    """
    1  decisions.tsv, row 3 (D01): channel F3 is decided in row 2 already
       Keep one of the two rows.
    2  decisions.tsv, row 5 (D01): window 32.0: the decision is "keep" here and "drop" in row 4
       Keep one of the two rows.
    """
    decide(
        demo,
        *["D01|pre|C01|channel|F3|bad|AB|loose", "D01|pre|C01|channel|F3|bad|CD|noisy"],
        *["D01|pre||window|32|drop|AB|coughs", "D01|pre||window|32.0|keep|CD|fine"],
    )


@breaks
def everything_at_once_that_is_wrong_with_one_decision(demo):
    """
    1  decisions.tsv, row 2 (D01): C1 is not a member of D01
       Its members are T01 and C01.
    2  decisions.tsv, row 2 (D01): time is "Pre"
       Use: pre, post
    3  decisions.tsv, row 2 (D01): item is "IC0"
       Copy the component's whole name, with the sign of its field: IC00-7f2ab04c.
    4  decisions.tsv, row 2 (D01): decision is "reject"
       Use: remove, keep
    5  decisions.tsv, row 2 (D01): reason is empty
       Write why, so that a reader can follow.
    """
    decide(demo, "D01|Pre|C1|component|IC0|reject|AB|")


# --- spreadsheets ----------------------------------------------------------------------------------------


@breaks
def a_formula_without_its_result(demo):
    """
    1  dyads.xlsx: cell B3 holds a formula whose result was not saved
       Open it in Excel and save it again, or put the value in place of the formula.
    """
    as_sheet(demo, "dyads", lambda book: book.active.__setitem__("B3", "=B2"))


@breaks
def a_formula_that_failed(demo):
    """
    1  participants.xlsx: cell B3 shows #REF!
       Correct the formula, or empty the cell.
    """
    as_sheet(demo, "participants", lambda book: book.active.__setitem__("B3", "#REF!"))


@breaks
def cells_that_were_merged(demo):
    """
    1  recordings.xlsx: the cells C1:D1 are merged
       Unmerge them: each column needs its own name, and each row its own cells.
    """
    as_sheet(demo, "recordings", lambda book: book.active.merge_cells("C1:D1"))


@breaks
def a_title_and_a_heading_that_were_merged(demo):
    """
    1  recordings.xlsx: the cells A1:K1 and C2:D2 are merged
       Unmerge them: each column needs its own name, and each row its own cells. If row 1 is a title, delete it: the first row must name the columns.
    """

    def merge(book):
        book.active.insert_rows(1)
        book.active["A1"] = "Recordings"
        book.active.merge_cells("A1:K1")
        book.active.merge_cells("C2:D2")

    as_sheet(demo, "recordings", merge)


@breaks
def a_title_above_a_heading_of_two_rows(demo):
    """
    1  wai_client.tsv, row 1: this row holds "WAI" instead of column names
       The first row must name the columns: delete the lines above it, or begin them with #.
    """
    rows = demo.rows("wai_client")
    demo.write("wai_client", [["WAI"], ["", "", "Items"], *rows])


@breaks
def a_second_heading_below_the_first(demo):
    """
    1  wai_client.tsv, rows 2 and 6 others: cells in columns without a heading (7 times; the first: "item_2" is in a column without a heading)
       Name the column, or put quotes around a cell that holds the separator.
    """
    rows = demo.rows("wai_client")
    demo.write("wai_client", [["dyad", "items"], *rows])


@breaks
def a_legend_below_the_answers(demo):
    """
    1  wai_client.tsv, row 8 (1 = never ... 7 = always): no such dyad in the dyads table
       If it is a remark or a legend, delete the row, or begin it with #.
    """
    demo.append("wai_client", "1 = never ... 7 = always")


@breaks
def a_short_form_with_the_key_of_the_long_one(demo):
    """
    1  wai_client.tsv, row 1: the table has 12 items (Item 1 to Item 12), and the key has 36
       If it is another form, give it a key of its own, with a row for each of its items.
    """
    _, *rows = demo.rows("wai_client")
    heading = ["dyad", *(f"Item {i}" for i in range(1, 13)), "Mean"]
    demo.write("wai_client", [heading, *([*row[:13], "3.5"] for row in rows)])


@breaks
def answers_of_therapists_instead_of_dyads(demo):
    """
    1  wai_therapist.tsv: none of its 3 dyads is in the dyads table: it has T01, T02 and others, and the dyads table has D01, D02 and others
       Write the same labels into both tables, such as D01 for T01 if these are the same. A table of answers has a row for each dyad: what a therapist answered once is repeated in the rows of all of the therapist's dyads.
    """
    heading, *rows = demo.rows("wai_therapist")
    demo.write("wai_therapist", [heading, *([f"T0{i}", *row[1:]] for i, row in enumerate(rows[:3], 1))])


@breaks
def dates_of_birth_in_place_of_ages(demo):
    """
    1  participants.tsv, rows 2, 3, 4 and 5 (T01, T02, T03 and T04): dates in age (4 times; the first: age is 1975-04-03, which is a date)
       Write the age at the recording, in years: a date of birth is not read. If Excel made a date of a number, give the column the format Text, and type it again.
    """
    for row in range(2, 6):
        demo.put("participants", row, "age", f"197{row + 3}-04-03")


@breaks
def a_title_above_the_heading(demo):
    """
    1  dyads.xlsx, row 1: this row holds "Dyads of the pilot study" instead of column names
       The first row must name the columns: delete the lines above it, or begin them with #.
    """

    def change(book):
        book.active.insert_rows(1)
        book.active["A1"] = "Dyads of the pilot study"

    as_sheet(demo, "dyads", change)


@breaks
def a_label_that_excel_took_for_a_date(demo):
    """
    1  dyads.xlsx, row 4 (D03): client "2024-03-01" may hold only letters (a to z) and digits
       Excel made a date of it: give the column the format Text, and type it again.
    """
    as_sheet(demo, "dyads", lambda book: book.active.__setitem__("C4", datetime.datetime(2024, 3, 1)))


@breaks
def an_empty_first_sheet(demo):
    """
    1  dyads.xlsx: the first of its 2 sheets, Notes, is empty
       Move the table to the first sheet, or write dyads.xlsx#Sheet wherever dyads.xlsx is named.
    """

    def change(book):
        book.active["A1"] = "code of the dyad"  # so that no sheet has the columns
        book.create_sheet("Notes", 0)

    as_sheet(demo, "dyads", change)


@breaks
def a_table_on_the_second_sheet(demo):
    """
    1  dyads.xlsx: the first sheet, Notes, is read, and its table is on the sheet People
       Write config/dyads.xlsx#People in place of config/dyads.xlsx wherever it is named.
    2  participants.xlsx: the first sheet, Notes, is read, and its table is on the sheets People and Old
       Write config/participants.xlsx#People in place of config/participants.xlsx wherever it is named.
    """

    def below_notes(book):
        book.active.title = "People"
        notes = book.create_sheet("Notes", 0)
        notes.append(["What the columns mean"])
        notes.append(["age", "in years"])

    def with_another_first_sheet(book):
        book.active.title = "People"
        book.create_sheet("Notes", 0).append(["code", "remark"])
        book.create_sheet("Old").append(["Participant", "age"])

    as_sheet(demo, "dyads", below_notes)
    as_sheet(demo, "participants", with_another_first_sheet)


@breaks
def a_sheet_that_is_not_there(demo):
    """
    1  dyads.xlsx: has no sheet Peopel
       Did you mean People?
    2  participants.xlsx: has no sheet 2
       It has: Sheet.
    """
    as_sheet(demo, "dyads", lambda book: setattr(book.active, "title", "People"))
    as_sheet(demo, "participants", lambda book: None)
    demo.config["tables"]["dyads"] += "#Peopel"
    demo.config["tables"]["participants"] += "#2"


@breaks
def an_old_excel_file(demo):
    """
    1  config/dyads.xls: an old Excel file, or one with a password
       Open it in Excel and save it as XLSX or CSV.
    """
    (demo.folder / "config/dyads.xls").write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
    demo.config["tables"]["dyads"] = "config/dyads.xls"


@breaks
def a_column_that_is_there_twice(demo):
    """
    1  dyads.tsv, row 1: the column "mindfulness" occurs twice
       Keep one of them.
    """
    demo.rename("dyads", "modality", "mindfulness")


@breaks
def a_misspelt_column(demo):
    """
    1  recordings.tsv, row 1: the column "client_file" is missing
       Is it "client file"?
    """
    demo.rename("recordings", "client_file", "client file")


@breaks
def a_column_that_would_be_a_misspelt_one(demo):
    """
    1  dyads.tsv, row 1: unknown column "Excluded?"
       Did you mean exclude?
    """
    demo.rename("dyads", "exclude", "Excluded?")


@breaks
def a_block_in_a_column_with_a_name_of_its_own(demo):
    """
    1  recordings.tsv, row 1: unknown column "start (sec)"
       Did you mean start_s?
    """
    demo.rename("recordings", "start_s", "start (sec)")


@breaks
def a_reason_in_a_column_with_a_name_of_its_own(demo):
    """
    1  dyads.tsv, row 1: unknown column "Grund"
       Did you mean exclude?
    """
    demo.rename("dyads", "exclude", "Grund")


@breaks
def letters_of_another_alphabet(demo):
    """
    1  dyads.tsv: is not in UTF-8, and its letters are ambiguous (they could be "äà")
       In Excel, save it as "CSV UTF-8 (Comma delimited)" or as XLSX.
    """
    text(demo, "dyads", lambda t: t.replace("yes", "да"), encoding="cp1251")


@breaks
def empty_reasons_of_r_and_pandas(demo):
    """
    1  dyads.tsv, rows 2, 3, 4, 5, 6 and 7 (D01, D02, D03, D04, D05 and D06): exclude is "NA", "nan", "None" or one of 2 others
       Write the reason why the dyad is left out, or leave the cell empty to keep it.
    """
    for row, cell in enumerate(["NA", "NA", "nan", "None", "FALSE", "0.0"], start=2):
        demo.put("dyads", row, "exclude", cell)


@breaks
def a_label_that_a_program_took_for_a_number(demo):
    """
    1  dyads.tsv, row 4 (D03): client "3.0" may hold only letters (a to z) and digits
       Write 3, here and in the other tables.
    """
    demo.put("dyads", 4, "client", "3.0")


@breaks
def rows_with_another_separator(demo):
    """
    1  cap_map.tsv, row 2: the cells are separated by tabs, those of the heading are not
       Use one separator in the whole table.
    """
    text(demo, "cap_map", lambda t: t.replace("\t", ",", 1))


@breaks
def a_comma_too_many(demo):
    """
    1  cap_map.tsv, row 4: "new" is in a column without a heading
       Name the column, or put quotes around a cell that holds the separator.
    """
    text(demo, "cap_map", lambda t: t.replace("\t", ",").replace("ExG03,AF3", "ExG03,AF3,new"))


@breaks
def a_quote_left_open(demo):
    """
    1  cap_map.tsv, line 33: a quotation mark is not closed, or is in the middle of a cell
       Look for a stray quotation mark in this row or above it.
    """
    text(demo, "cap_map", lambda t: t.replace("ExG02", '"ExG02'))


@breaks
def utf_16_with_an_unknown_level(demo):
    """
    1  dyads.tsv, row 3 (D02): modality is "onlin"
       Use: face-to-face, online
    """
    demo.put("dyads", 3, "modality", "onlin")
    text(demo, "dyads", lambda t: t, encoding="utf-16-le")


@breaks
def a_table_that_was_renamed(demo):
    """
    1  config/dyads.tsv: file not found
       In that folder: Dyads.csv – is that it?
    """
    (demo.folder / "config/dyads.tsv").rename(demo.folder / "config/Dyads.csv")


@breaks
def a_folder_in_place_of_a_table(demo):
    """
    1  config: this is a folder, not a table
       Name the table in it, with its ending.
    """
    demo.config["tables"]["dyads"] = "config"


@breaks
def a_table_of_comments_only(demo):
    """
    1  dyads.tsv: the table is empty
       Row 1 must hold the names of the columns.
    """
    text(demo, "dyads", lambda t: "# to be written\n")


@breaks
def a_heading_and_nothing_below(demo):
    """
    1  wai_key.tsv: the table has no rows below its heading
       Add one row per item.
    """
    demo.write("wai_key", demo.rows("wai_key")[:1])


# --- config.yaml -----------------------------------------------------------------------------------------


@breaks
def an_empty_config(demo):
    """
    1  config.yaml: is empty
       Each setting is a line: its name, a colon, its value.
    """
    (demo.folder / "config/config.yaml").write_text("# nothing yet\n")
    demo.config = None


@breaks
def a_config_that_is_not_there(demo):
    """
    1  config/config.yaml: file not found
       In that folder: config.yml – is that it?
    """
    (demo.folder / "config/config.yaml").rename(demo.folder / "config/config.yml")
    demo.config = None


@breaks
def a_tab_in_the_config(demo):
    """
    1  config.yaml, line 10: a tab stands where only spaces may stand
       Put spaces in its place: two for each step.
    """
    as_yaml(demo, "  dyads: config", "\tdyads: config")


@breaks
def a_bracket_left_open(demo):
    """
    1  config.yaml, line 21: a bracket is opened and not closed
       Close it, here or in the line above: [theta, alpha]
    """
    as_yaml(demo, "times: [pre, post]", "times: [pre, post")


@breaks
def a_colon_in_a_title(demo):
    """
    1  config.yaml, line 5: a second colon stands in the line
       Put quotes around a text that holds a colon: title: "Pilot: therapist–client neural synchrony (demo study)"
    """
    as_yaml(demo, "title: Therapist", "title: Pilot: therapist")


@breaks
def one_setting_too_far_to_the_right(demo):
    """
    1  config.yaml, line 17: this line cannot be read as a setting
       Compare it with the lines around it: the same number of spaces in front, a colon after the name.
    """
    as_yaml(demo, "raw_folder: bids", "   raw_folder: bids")


@breaks
def a_setting_that_stands_there_twice(demo):
    """
    1  config.yaml, line 26: "line_frequency" is already in line 25
       Keep one of them.
    """
    as_yaml(demo, "line_frequency: 50", "line_frequency: 50\nline_frequency: 60")


@breaks
def yes_and_no_without_quotes(demo):
    """
    1  config.yaml, factors: mindfulness: entry 1: true is not text
       Put quotes around numbers and around yes and no: ["yes", "no"]. Bare, YAML reads true and false.
    2  config.yaml, factors: mindfulness: entry 2: false is not text
       Put quotes around numbers and around yes and no: ["yes", "no"]. Bare, YAML reads true and false.
    """
    as_yaml(demo, '["yes", "no"]', "[yes, no]")


@breaks
def a_misspelt_setting(demo):
    """
    1  config.yaml: unknown setting "line_freqency"
       Did you mean line_frequency?
    """
    as_yaml(demo, "line_frequency:", "line_freqency:")


@breaks
def a_decimal_comma_in_the_config(demo):
    """
    1  config.yaml, cleaning: highpass: "0,5" is not a number
       Write a decimal point: 0.5
    """
    as_yaml(demo, "highpass: 1 ", "highpass: 0,5 ")


@breaks
def a_band_upside_down(demo):
    """
    1  config.yaml, bands: alpha: [12, 8]: the lower edge must be below the upper
    """
    demo.config["bands"]["alpha"] = [12, 8]
    demo.config["simulation"] = None
    demo.record()


@breaks
def a_band_above_the_lowpass(demo):
    """
    1  config.yaml, bands: gamma: reaches 56.25 Hz with its filter's transition, above the lowpass of cleaning (40 Hz)
       End the band at 32 Hz at most, or raise the lowpass of cleaning to 56.25 Hz.
    """
    as_yaml(demo, "alpha: [8, 12]", "alpha: [8, 12]\n  gamma: [30, 45]")
    demo.config = read_config(demo.folder / "config/config.yaml") | {"simulation": None}
    demo.record()


@breaks
def a_level_with_a_space_behind_it(demo):
    """
    1  config.yaml, factors: modality: the level "online " begins or ends with a space
       Write "online".
    """
    as_yaml(demo, "[face-to-face, online]", '[face-to-face, "online "]')


@breaks
def a_test_of_a_factor_that_is_not_there(demo):
    """
    1  config.yaml, statistics: between: no factor is called "mindfullness"
       Did you mean mindfulness?
    """
    demo.config["statistics"]["between"] = ["mindfullness"]


@breaks
def a_difference_of_an_unknown_questionnaire(demo):
    """
    1  config.yaml, differences: wai_difference: no questionnaire is called "wai"
       Did you mean wai_t?
    """
    demo.config["differences"] = {"wai_difference": ["wai_t", "wai"]}


@breaks(own=True)
def a_folder_of_recordings_that_is_not_there(demo):
    """
    1  recordings.tsv, rows 2 and 11 others in 6 dyads (D01, D02, D03, D04, D05 and D06): files not found (24 times; the first: therapist file not found: elsewhere/D01_pre_therapist.Poly5)
       There is no folder elsewhere either.
    """
    demo.config["raw_folder"] = "elsewhere"


@breaks
def two_sheets_of_one_workbook_as_two_questionnaires(demo):
    """
    1  config.yaml, questionnaires: wai_t and wai_c have the same table, config/wai_client.tsv: its answers would count as both
       Name a table of its own for each. Of a workbook the first visible sheet is read: another one is named as in answers.xlsx#Sheet.
    """
    demo.config["questionnaires"]["wai_t"]["table"] = "config/wai_client.tsv"


@breaks
def tables_with_other_labels_than_those_of_the_dyads(demo):
    """
    1  recordings.tsv: none of its 6 dyads is in the dyads table: it has Paar1, Paar2 and others, and the dyads table has D01, D02 and others
       Write the same labels into both tables, such as D01 for Paar1 if these are the same.
    2  participants.tsv: none of its 11 people is in the dyads table: it has P1, P2 and others, and the dyads table has C01, C02 and others
       Write the same labels into both tables.
    3  wai_client.tsv: none of its 6 dyads is in the dyads table: it has Paar1, Paar2 and others, and the dyads table has D01, D02 and others
       Write the same labels into both tables, such as D01 for Paar1 if these are the same.
    """
    for table in ("recordings", "wai_client"):
        for row, cells in enumerate(demo.rows(table)[1:], 2):
            demo.put(table, row, "dyad", f"Paar{int(cells[0][1:])}")
    for row in range(2, 13):
        demo.put("participants", row, "participant", f"P{row - 1}")


@breaks
def labels_that_have_only_the_number_in_common_with_those_of_the_dyads(demo):
    """
    1  participants.tsv, row 12 (Klient_06): no such person in the dyads table
       If it is the person of the same number, write its label as in the dyads table, as C06.
    2  wai_client.tsv: none of its 6 dyads is in the dyads table: it has Paar01, Paar02 and others, and the dyads table has D01, D02 and others
       Write the same labels into both tables, such as D01 for Paar01 if these are the same.
    """
    for row in range(2, 8):
        demo.put("wai_client", row, "dyad", f"Paar{row - 1:02d}")
    demo.put("participants", 12, "participant", "Klient_06")


@breaks
def headings_of_another_language(demo):
    """
    1  participants.tsv, row 1: the column "participant" is missing
       Is it "Kürzel"?
    2  participants.tsv, row 1: unknown columns "Alter", "Geschlecht" and "Händigkeit"
       Did you mean age, sex and handedness?
    3  wai_client.tsv, row 1: the column "dyad" is missing
       Is it "Paar"?
    """
    for own, of_lab in (
        ("participant", "Kürzel"),
        ("age", "Alter"),
        ("sex", "Geschlecht"),
        ("handedness", "Händigkeit"),
    ):
        demo.rename("participants", own, of_lab)
    demo.rename("wai_client", "dyad", "Paar")


@breaks
def months_that_are_called_age(demo):
    """
    1  participants.tsv, rows 2, 3, 4, 5 and 6 (T01, T02, T03, T04 and T05): ages of more than 120 years (5 times; the first: age is 420, which is more than 120 years)
       Ages are in years: if these are months, write the unit into each cell (420 months), or the years (35). Leave it empty if it is not known.
    2  participants.tsv, row 7 (C01): age is 1987, which is more than 120 years
       Ages are in years, not years of birth: write the age at the recording.
    """
    for row, age in enumerate(("420", "437", "512,5", "380", "399", "1987"), 2):
        demo.put("participants", row, "age", age)


@breaks
def months_of_children_that_are_called_age(demo):
    """
    1  participants.tsv: the median age of the clients is 105, which cannot be years
       Ages are in years: if these are months, write the unit into each cell (420 months), or the years (35).
    """
    for row in range(7, 13):
        demo.put("participants", row, "age", str(100 + 2 * (row - 7)))


@breaks
def ages_in_months(demo):
    """
    1  participants.tsv, row 1: unknown column "age_months"
       Did you mean age? Ages are in years there: write 4.5, or the unit into each cell (54 months).
    """
    demo.rename("participants", "age", "age_months")


@breaks
def sites_of_several_rois_that_the_cap_map_lacks(demo):
    """
    1  cap_map.tsv, rows 7, 8 and 9: channel is empty
       Write its site, or ignore to leave the channel out.
    2  config.yaml, rois: frontal: F3, Fz and F4 are not in cap_map.tsv
       Known: Fp1, Fp2, AF3, AF4, F7, F8, FC5, FC1, FC2, FC6, T7, C3, Cz, C4, T8, CP5, CP1, CP2, CP6, P7, P3, Pz, P4, P8, PO3, PO4, O1, Oz, O2.
    """
    for row in (7, 8, 9):
        demo.put("cap_map", row, "channel", "")
    demo.config["multiverse"] = None


@breaks
def a_recording_that_three_dyads_lack(demo):
    """
    1  recordings.tsv: no recording of D04, D05 and D06 is used
       Add their rows, or exclude the dyads with a reason in the dyads table.
    """
    demo.write("recordings", demo.rows("recordings")[:-6])


@breaks
def a_negative_number_of_missing_items(demo):
    """
    1  config.yaml, questionnaires: wai_t: max_missing_items: -1 must be at least 0
    """
    demo.config["questionnaires"]["wai_t"]["max_missing_items"] = -1


# --- several at once -------------------------------------------------------------------------------------


def test_what_is_said_of_one_file_in_several_rows_names_it_once():
    where = ("recordings.tsv, row 2 (D01)", "recordings.tsv, row 3 (D01)")
    of_one = [Problem(place, "is clipped", about="therapist, D01.edf") for place in where]
    assert numbered(of_one) == ["1  recordings.tsv, rows 2 and 3 (D01): therapist, D01.edf: is clipped"]
    of_two = [*of_one, Problem(where[0], "is clipped", about="client, D01.edf")]
    assert "2 files (therapist, D01.edf; client, D01.edf): is clipped" in numbered(of_two)[0]


def test_what_is_said_of_several_settings_is_said_once():
    settings = [Problem(f"config.yaml, rois: {roi}", "is not known", "Write it.") for roi in ("a", "b")]
    other = Problem("config.yaml, times", "is not known", "Remove it.")
    assert numbered([*settings, other]) == [
        *("1  config.yaml, rois: a and rois: b: is not known", "   Write it."),
        *("2  config.yaml, times: is not known", "   Remove it."),
    ]


# --- together --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("spoil", "own"), CASES)
def test_a_broken_study_is_told_what_is_wrong_and_what_to_do(demo, spoil, own):
    if own:
        demo.record()
    spoil(demo)
    assert said(demo) == inspect.getdoc(spoil)


def test_there_are_many_and_each_has_words_of_its_own():
    assert len(CASES) >= 40
    assert len({inspect.getdoc(case.values[0]) for case in CASES}) == len(CASES)
