import shutil
import zipfile

import openpyxl
import pytest

from interbrain.study.problems import StudyError
from interbrain.study.reading import read_table

TEXT = "dyad,age,note\nD01,34,Müller\nD02,,\n"


def saved(path, content):
    path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    return path


def sheet(path, rows):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.save(path)
    return path


def refusal(path) -> str:
    with pytest.raises(StudyError) as raised:
        read_table(path)
    return str(raised.value)


@pytest.mark.parametrize(
    "content",
    [
        TEXT.encode("utf-8"),
        TEXT.encode("utf-8-sig"),
        TEXT.encode("utf-16"),
        TEXT.encode("utf-16-be").join([b"\xfe\xff", b""]),
        TEXT.encode("cp1252"),
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-16-be"),
        TEXT.replace(",", ";").encode("utf-8-sig"),
        TEXT.replace(",", "\t").encode("utf-8"),
        TEXT.replace("\n", "\r\n").encode("utf-8"),
        TEXT.replace("\n", "\r").encode("utf-8"),
        TEXT.replace("Müller", '" Müller "').encode("utf-8"),
    ],
    ids=["utf8", "bom", "utf16", "utf16be", "utf16le without mark", "utf16be without mark",
         "cp1252", "semicolon", "tab", "crlf", "cr", "quoted"],
)  # fmt: skip
def test_a_table_reads_the_same_however_it_was_saved(tmp_path, content):
    table = read_table(saved(tmp_path / "people.csv", content))
    assert table.to_dict("list") == {"dyad": ["D01", "D02"], "age": ["34", ""], "note": ["Müller", ""]}
    assert list(table.index) == [2, 3]


def test_labels_that_look_like_numbers_stay_as_they_are_written(tmp_path):
    table = read_table(saved(tmp_path / "t.tsv", "dyad\ttime\n001\t1e5\nNA\tTrue\n7.50\tnull\n"))
    assert table["dyad"].tolist() == ["001", "NA", "7.50"]
    assert table["time"].tolist() == ["1e5", "True", "null"]


def test_cells_of_a_sheet_read_as_the_spreadsheet_shows_them(tmp_path):
    rows = [["dyad", "x"], ["001", 1], ["1e5", 1.0], ["D03", 2.5], ["D04", None], [5, True]]
    table = read_table(sheet(tmp_path / "t.xlsx", rows))
    assert table["dyad"].tolist() == ["001", "1e5", "D03", "D04", "5"]
    assert table["x"].tolist() == ["1", "1", "2.5", "", "TRUE"]


def test_a_whole_number_that_a_program_stored_with_a_point_is_whole(tmp_path):
    with (
        zipfile.ZipFile(sheet(tmp_path / "excel.xlsx", [["dyad"], [7]])) as saved_by_excel,
        zipfile.ZipFile(tmp_path / "other.xlsx", "w") as saved_by_other,
    ):
        for name in saved_by_excel.namelist():
            content = saved_by_excel.read(name)
            if name.endswith("sheet1.xml"):
                assert b"<v>7</v>" in content
                content = content.replace(b"<v>7</v>", b"<v>7.0</v>")
            saved_by_other.writestr(name, content)
    assert read_table(tmp_path / "other.xlsx")["dyad"].tolist() == ["7"]


def test_a_sheet_is_known_by_its_content_and_not_by_its_name(tmp_path):
    table = read_table(sheet(tmp_path / "t.xlsx", [["dyad"], ["D01"]]).rename(tmp_path / "t.csv"))
    assert table["dyad"].tolist() == ["D01"]


def test_blank_lines_are_skipped_and_keep_the_numbers_of_the_rows(tmp_path):
    text = saved(tmp_path / "t.csv", "dyad,x\nD01,1\n\n,\nD02,2\n\n")
    cells = sheet(tmp_path / "t.xlsx", [["dyad", "x"], ["D01", 1], [], [None, " "], ["D02", 2], []])
    for path in (text, cells):
        assert list(read_table(path).index) == [2, 5]


def test_n_a_is_an_empty_cell(tmp_path):
    assert read_table(saved(tmp_path / "t.tsv", "dyad\tage\nD01\tn/a\n"))["age"].tolist() == [""]


def test_trailing_separators_are_no_columns(tmp_path):
    table = read_table(saved(tmp_path / "t.csv", "dyad;x;;\nD01;1;;\nD02;2\n"))
    assert table.to_dict("list") == {"dyad": ["D01", "D02"], "x": ["1", "2"]}


def test_in_a_workbook_nobody_is_told_of_quotes_and_separators(tmp_path):
    """Whatever it is called."""
    book = sheet(tmp_path / "t.xlsx", [["dyad", "x"], ["D01", 1, "late"]])
    for file in (book, shutil.copy(book, tmp_path / "t.csv")):
        message = refusal(file)
        assert "row 2" in message and "or empty the cell." in message
        assert "quotes" not in message and "separator" not in message


def test_a_cell_in_a_column_without_a_heading_is_shown_with_its_row(tmp_path):
    message = refusal(saved(tmp_path / "t.csv", "dyad,note\nD01,\nD02,late, and tired\n"))
    assert 't.csv, row 3: "and tired" is in a column without a heading' in message


def test_a_column_that_stands_there_twice_is_named(tmp_path):
    message = refusal(saved(tmp_path / "t.csv", "dyad,time,time\nD01,pre,post\n"))
    assert 't.csv, row 1: the column "time" occurs twice' in message


@pytest.mark.parametrize("content", ["", "\n\n", ",,\n,,\n", "# only a comment\n"])
def test_a_table_without_a_heading_is_refused(tmp_path, content):
    assert "t.csv: the table is empty" in refusal(saved(tmp_path / "t.csv", content))


COMMENTED = [
    '# The dyads of our study; "pilot" and main part, 2024',
    "dyad,note",
    "# D00 was a rehearsal",
    "D01,# is no comment here",
]


def test_rows_that_begin_with_a_hash_are_comments_and_keep_the_numbers_of_the_rows(tmp_path):
    text = saved(tmp_path / "t.csv", "\n".join(COMMENTED))
    by_excel = saved(tmp_path / "e.csv", '"# The dyads; ""pilot"", 2024",\n' + "\n".join(COMMENTED[1:]))
    cells = sheet(tmp_path / "t.xlsx", [line.split(",") for line in COMMENTED])
    for path in (text, by_excel, cells):
        table = read_table(path)
        assert table["note"].to_dict() == {4: "# is no comment here"}
        assert table.attrs["heading"] == 2


def test_an_error_that_a_spreadsheet_shows_is_no_comment(tmp_path):
    message = refusal(sheet(tmp_path / "t.xlsx", [["dyad", "age"], ["#REF!", 30]]))
    assert "t.xlsx: cell A2 shows #REF!" in message


def test_spaces_that_nobody_sees_are_no_part_of_a_cell(tmp_path):
    table = read_table(saved(tmp_path / "t.tsv", "dyad\u00a0\tnote\n\u200bD01 \t a\u00a0b \n"))
    assert table.to_dict("list") == {"dyad": ["D01"], "note": ["a b"]}


def test_a_quote_that_is_never_closed_is_refused_and_not_swallowed(tmp_path):
    message = refusal(saved(tmp_path / "t.csv", 'dyad,note\nD01,"late\nD02,\n'))
    assert "t.csv, line 3: a quotation mark is not closed" in message
    assert "stray quotation mark" in message


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel file, or one with a password"),
        (b"PK\x03\x04 and nothing more", "cannot be read as XLSX"),
        (b"\x81\x8d\xff", "not a text table"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_words(tmp_path, content, what):
    assert what in refusal(saved(tmp_path / "t.xlsx", content))


@pytest.mark.parametrize("near", ["dyads.csv", "dyads.xlsx", "dyad.tsv"])
def test_a_missing_table_points_at_the_nearest_file(tmp_path, near):
    (tmp_path / near).touch()
    (tmp_path / "recordings.tsv").touch()
    message = refusal(tmp_path / "dyads.tsv")
    assert "file not found" in message
    assert f"In that folder: {near} – is that it?" in message


def test_of_two_files_of_that_name_the_first_in_the_alphabet_is_suggested(tmp_path):
    for near in ("dyads.xlsx", "dyads.csv", "dyads.ods", "dyads.txt"):
        (tmp_path / near).touch()
    assert "In that folder: dyads.csv – is that it?" in refusal(tmp_path / "dyads.tsv")


def test_a_missing_folder_is_said(tmp_path):
    assert f"There is no folder {tmp_path / 'confg'}" in refusal(tmp_path / "confg/dyads.tsv")
