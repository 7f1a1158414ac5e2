"""Series in text tables as programs and people write them."""

import gzip
import json

import numpy as np
import pytest

from interbrain.formats.notes import noted
from interbrain.signals import SignalError
from interbrain.signals.text_tables import read_intervals, read_text

EXPECTED = [1.5, 1.6, np.nan, 1.75]


def written(folder, text, name="signal.csv", encoding="utf-8"):
    (folder / name).write_bytes(text.encode(encoding))
    return folder / name


@pytest.mark.parametrize(
    ("text", "encoding", "columns", "rate"),
    [
        ("time,EDA\n0,1.5\n0.25,1.6\n0.5,\n0.75,1.75\n", "utf-8", ["EDA"], None),
        ("Zeit [ms];EDA [µS]\n0;1,5\n250;1,6\n500;n/a\n750;1,75\n", "cp1252", ["eda"], None),
        ("Zeit [ms]\tEDA (µS)\r\n0\t1,5\r\n250\t1,6\r\n500\tNaN\r\n750\t1,75\r\n", "utf-16", ["EDA"], None),
        ("\ufefftimestamp,EDA\ns,uS\n10.0,1.5\n10.25,1.6\n10.5,NA\n10.75,1.75\n", "utf-8", ["EDA"], None),
        ("time,EDA\n0,1.5\n250,1.6\n500,NaN\n750,1.75\n", "utf-8", ["EDA"], 4),
        ("00:00:01.000;1,5\n", "utf-8", None, None),
        ("EDA\n1,5\n1,6\nNaN\n1,75\n", "utf-8", ["EDA"], 4),
        ("7 1.5\n8 1.6\n9 NaN\n9 1.75\n", "utf-8", ["2"], 4),
        ("# Biosignals\nsep=;\nnr;EDA\n1;1,5\n2;1,6\n3;--undefined--\n4;1,75\n", "utf-8", ["EDA"], 4),
        ("1541410200.000000\n4.000000\n1.5\n1.6\nNaN\n1.75\n", "utf-8", ["1"], None),
        (
            "Time,EDA\n2018-11-05 10:30:00.00,1.5\n2018-11-05 10:30:00.25,1.6\n2018-11-05 10:30:00.50,\n"
            "2018-11-05 10:30:00.75,1.75\n",
            "utf-8",
            ["EDA"],
            None,
        ),
        ("t;x\n00:00:01.00;1,5\n00:00:01.25;1,6\n00:00:01.50;.\n00:00:01.75;1,75\n", "utf-8", ["x"], None),
    ],
)
def test_a_table_is_read_as_programs_write_it(tmp_path, text, encoding, columns, rate):
    path = written(tmp_path, text, encoding=encoding)
    if columns is None:
        with pytest.raises(SignalError, match="holds no samples"):
            read_text(path, ["1"], rate)
        return
    series = read_text(path, columns, rate)
    np.testing.assert_array_equal(series.values, [EXPECTED])
    assert (series.rate_hz, series.start_s) == (4, 0)


def test_both_columns_of_a_motion_energy_table_without_heading_are_read_by_number(tmp_path):
    path = written(tmp_path, "0 3.25\n1.5 0\n2 7\n", "motion.txt")
    assert read_text(path, ["1"], 25).values.tolist() == [[0, 1.5, 2]]
    assert read_text(path, ["2"], 25).values.tolist() == [[3.25, 0, 7]]


@pytest.mark.parametrize(
    ("text", "columns"),
    [
        ("87,45 23,56\n1,5 2,5\n", [[87.45, 1.5], [23.56, 2.5]]),
        ("87,45\t23,56\n1,5\t2,5\n", [[87.45, 1.5], [23.56, 2.5]]),
        ("MEA1 MEA2\n87,45  23,56\n 1,5  2,5\n", [[87.45, 1.5], [23.56, 2.5]]),
        ("87,45\n1,05\n3,2\n", [[87.45, 1.05, 3.2]]),
        ("1,2\n3,4\n5,6\n", [[1, 3, 5], [2, 4, 6]]),
        ("12,105\n3,4\n5,60\n", [[12, 3, 5], [105, 4, 60]]),
    ],
)
def test_a_comma_inside_a_number_is_not_taken_for_the_end_of_a_column(tmp_path, text, columns):
    path = written(tmp_path, text, "motion.txt")
    for number, expected in enumerate(columns, 1):
        assert read_text(path, [str(number)], 25).values.tolist() == [expected]


@pytest.mark.parametrize(
    "text", ["87,05,23,56\n1,5,2,5\n", "a,b\n1,5,2,5\n3,25,4,5\n", "12,5\n3,4\n5,6\n"], ids=str.strip
)
def test_commas_that_may_be_decimal_marks_or_separators_are_refused(tmp_path, text):
    with pytest.raises(SignalError, match="Export it with a decimal point") as raised:
        read_text(written(tmp_path, text), ["1"], 25)
    assert "comma" in str(raised.value)


@pytest.mark.parametrize("missing", ["", "#N/A", "#NV", "NaN"])
def test_a_missing_value_in_a_single_column_keeps_its_time(tmp_path, missing):
    path = written(tmp_path, f"# an export\n\nEDA\n1.5\n{missing}\n1.75\n1.5\n\n")
    np.testing.assert_array_equal(read_text(path, ["EDA"], 4).values, [[1.5, np.nan, 1.75, 1.5]])


def test_lines_that_end_twice_are_no_missing_values(tmp_path):
    assert read_text(written(tmp_path, "1\r\r\n2\r\r\n3\r\r\n"), ["1"], 4).values.tolist() == [[1, 2, 3]]


def test_a_line_with_too_many_cells_is_named_and_not_left_out(tmp_path):
    path = written(tmp_path, "1;2\n" * 30 + "1;2;3\n" + "1;2\n" * 5)
    with pytest.raises(SignalError, match="line 31 has 3 cells, and those above it have 2"):
        read_text(path, ["1"], 4)


def test_samples_that_are_missing_from_the_times_are_a_gap_and_nothing_is_drawn_across(tmp_path):
    times = [0, 0.25, 0.5, 0.75, 3.0, 3.25]
    path = written(tmp_path, "time,EDA\n" + "".join(f"{t},{t}\n" for t in times))
    series = read_text(path, ["EDA"])
    assert series.rate_hz == 4
    expected = np.arange(14) / 4
    np.testing.assert_allclose(
        series.values[0], np.where((expected > 0.75) & (expected < 3), np.nan, expected)
    )


def test_a_physio_file_of_a_dataset_brings_its_rate_its_columns_and_its_start(tmp_path):
    with gzip.open(tmp_path / "sub-1_physio.tsv.gz", "wt") as file:
        file.write("1\t5\n2\t6\nn/a\t7\n")
    about = {"SamplingFrequency": 8, "StartTime": -2.5, "Columns": ["resp", "eda"], "resp": {"Units": "V"}}
    (tmp_path / "sub-1_physio.json").write_text(json.dumps(about))
    series = read_text(tmp_path / "sub-1_physio.tsv.gz", ["resp"])
    np.testing.assert_array_equal(series.values, [[1, 2, np.nan]])
    assert (series.rate_hz, series.start_s, series.unit) == (8, -2.5, "V")


@pytest.mark.parametrize(
    ("step_s", "lost", "said"), [(1 / 24.9, (), True), (1 / 25, (), False), (1 / 30, (40,), False)]
)
def test_of_two_rates_that_differ_by_more_than_rounding_the_files_is_used_and_this_is_said(
    tmp_path, step_s, lost, said
):
    """2% of 5 minutes are 6 s: what was compared at the end would not have been simultaneous."""
    rows = [f"{round(n * step_s, 3)},{n % 7}\n" for n in range(3000) if n not in lost]
    with noted() as notes:
        series = read_text(written(tmp_path, "time,EDA\n" + "".join(rows)), ["EDA"], round(1 / step_s))
    assert series.values.shape[1] / series.rate_hz == pytest.approx(3000 * step_s, rel=1e-3)
    assert [text[:53] for text in notes] == ["its times are 24.9 Hz, and the table of signals gives"] * said


@pytest.mark.parametrize(
    ("text", "columns", "rate", "says"),
    [
        ("EDA\n1\n2\n", ["EDA"], None, "has no column of times.*Write it into rate_hz"),
        ("time,EDA\n0,1\n1,x\n", ["EDA"], None, 'line 3: "x" is not a number'),
        ("time,EDA\n0,1\n1,2\n", ["GSR"], None, 'has no column "GSR".*It has: time, EDA'),
        ("1 2\n3 4\n", ["EDA"], 4, "no heading: write the column's number, 1 to 2"),
        ("time,EDA\n0,1\n1,2\n0.5,3\n", ["EDA"], None, 'line 4: the time "0.5" is not later'),
        (
            "time,EDA\n0,1\n0.5,2\n1,3\n",
            ["EDA"],
            4,
            "its times are 2 Hz, but the table of signals gives 4 Hz",
        ),
        ("time,EDA\n0,1\n250,2\n500,3\n", ["EDA"], None, "its times have no unit"),
        ("", ["EDA"], 4, "is empty"),
    ],
)
def test_a_table_that_cannot_be_read_says_what_is_wrong_and_what_to_do(tmp_path, text, columns, rate, says):
    with pytest.raises(SignalError, match=f"(?s)signal.csv: .*{says}"):
        read_text(written(tmp_path, text), columns, rate)


def test_intervals_have_the_times_of_their_file_or_follow_one_another(tmp_path):
    beats, intervals = read_intervals(written(tmp_path, "RR (ms)\n800\n810\n790\n"), ["RR"])
    np.testing.assert_allclose(beats, [0.8, 1.61, 2.4])
    np.testing.assert_allclose(intervals, [0.8, 0.81, 0.79])
    empatica = written(tmp_path, "1541410200.0, IBI\n1.0,0.8\n1.8,0.8\n5.0,0.9\n")
    beats, intervals = read_intervals(empatica, ["2"])
    np.testing.assert_allclose(beats, [1, 1.8, 5])
    np.testing.assert_allclose(intervals, [0.8, 0.8, 0.9])
    with pytest.raises(SignalError, match="what follows it has no time"):
        read_intervals(written(tmp_path, "RR\n800\nNaN\n790\n"), ["RR"])


def test_a_comma_between_thousands_is_refused_and_a_decimal_comma_is_not(tmp_path):
    file = tmp_path / "level.tsv"
    file.write_text("level\n998\n1,250\n1,310\n999\n")
    with pytest.raises(SignalError, match='line 3: the comma in "1,250" divides thousands'):
        read_text(file, ["level"], 10)
    for cells in ("5,125\n5,250\n5,310\n", "0,125\n1\n2,250\n", "1,25\n100\n2,5\n"):
        file.write_text("level\n" + cells)
        assert read_text(file, ["level"], 10).values.max() < 101


def test_the_date_of_the_first_row_is_kept_and_a_time_of_the_session_is_none(tmp_path):
    file = tmp_path / "skin.csv"
    for cells, begun in (
        (("1700000000.0", "1700000000.1", "1700000000.2"), 1.7e9),
        (("1700000000000", "1700000000100", "1700000000200"), 1.7e9),
        (("2023-11-14 22:13:20.0", "2023-11-14 22:13:20.1", "2023-11-14 22:13:20.2"), 1.7e9),
        (("5.0", "5.1", "5.2"), None),
        (("00:00:05.0", "00:00:05.1", "00:00:05.2"), None),
    ):
        file.write_text("time,value\n" + "".join(f"{cell},5\n" for cell in cells))
        assert read_text(file, ["value"]).begun == begun, cells


def test_heart_rates_in_the_place_of_intervals_and_times_that_do_not_fit_them_are_refused(tmp_path):
    file = tmp_path / "beats.csv"
    intervals = 0.8 + 0.05 * np.sin(np.arange(60))
    times = np.cumsum(intervals)

    def write(times, values):
        file.write_text(
            "time,rr\n" + "".join(f"{t:.4f},{v:.4f}\n" for t, v in zip(times, values, strict=True))
        )
        return read_intervals(file, ["rr"])

    with pytest.raises(SignalError, match="beats a minute"):
        write(times, 60 / intervals)
    with pytest.raises(SignalError, match=r"0.9766 times its intervals"):
        write(times, 1024 * intervals)
    with pytest.raises(SignalError, match="has a row every 1 s"):
        write(np.arange(60.0), intervals)
    lost = np.r_[np.arange(10), np.arange(14, 60)]
    found = write(times[lost], 1000 * intervals[lost])
    np.testing.assert_allclose(found[1], intervals[lost], atol=1e-4)


@pytest.mark.parametrize("rows", ["", "0.8,800\n", "0.8,\n1.6,\n", "0.8,0\n1.6,0\n"])
def test_a_list_without_intervals_is_refused(tmp_path, rows):
    with pytest.raises(SignalError, match="holds no intervals between beats"):
        read_intervals(written(tmp_path, f"time,rr\n{rows}"), ["rr"])
