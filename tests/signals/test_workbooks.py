"""Signals in workbooks: read as the same table in text, or refused with what to do."""

from datetime import time, timedelta

import numpy as np
import openpyxl
import pytest

from interbrain.signals import SignalError
from interbrain.signals.text_tables import read_text

VALUES = (5 + np.random.default_rng(1).random((60, 2))).round(4)


def workbook(path, rows, *further):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for title, others in further:
        sheet = book.create_sheet(title)
        for row in others:
            sheet.append(row)
    book.save(path)
    return path


def test_numbers_of_two_columns_without_a_heading_are_those_of_the_sheet(tmp_path):
    path = workbook(tmp_path / "motion.xlsx", VALUES.tolist(), ("Sheet2", []))
    np.testing.assert_array_equal(read_text(path, ["1"], 25).values[0], VALUES[:, 0])
    np.testing.assert_array_equal(read_text(path, ["2"], 25).values[0], VALUES[:, 1])


def test_decimal_commas_that_the_sheet_keeps_as_text_are_numbers(tmp_path):
    rows = [["Zeit [s]", "EDA [uS]"]] + [
        [f"{0.25 * n:.2f}".replace(".", ","), f"{value:.4f}".replace(".", ",")]
        for n, value in enumerate(VALUES[:, 0])
    ]
    found = read_text(workbook(tmp_path / "eda.xlsx", rows), ["EDA"])
    np.testing.assert_array_equal(found.values[0], VALUES[:, 0])
    assert (found.rate_hz, found.unit) == (pytest.approx(4), "uS")


def test_an_empty_cell_is_missing_wherever_it_is(tmp_path):
    rows = [["therapist", "client"], *VALUES.tolist()]
    rows[1], rows[5], rows[-1] = [None, rows[1][1]], [None, None], [rows[-1][0], None]
    path = workbook(tmp_path / "motion.XLSX", rows)
    one, other = (read_text(path, [name], 25).values[0] for name in ("therapist", "client"))
    assert np.flatnonzero(np.isnan(one)).tolist() == [0, 4]
    assert np.flatnonzero(np.isnan(other)).tolist() == [4, 59]
    assert len(one) == len(other) == 60


@pytest.mark.parametrize("of", [lambda s: timedelta(seconds=s), lambda s: time(0, s // 60, s % 60)])
def test_times_that_excel_keeps_as_such_are_seconds(tmp_path, of):
    rows = [["time", "affect"], *([of(n), value] for n, value in enumerate(VALUES[:, 0].tolist()))]
    found = read_text(workbook(tmp_path / "affect.xlsx", rows), ["affect"])
    assert found.rate_hz == pytest.approx(1) and found.values.shape == (1, 60)


def test_two_sheets_with_something_in_them_are_refused(tmp_path):
    path = workbook(tmp_path / "eda.xlsx", VALUES.tolist(), ("Notes", [["moved the electrode"]]))
    with pytest.raises(SignalError, match="several sheets that hold something: Sheet, Notes"):
        read_text(path, ["1"], 4)


def test_text_that_is_called_xlsx_is_refused(tmp_path):
    path = tmp_path / "eda.xlsx"
    path.write_text("1;2\n3;4\n")
    with pytest.raises(SignalError, match="cannot be read as XLSX"):
        read_text(path, ["1"], 4)
