"""Whatever a file does to its reader: one problem that names it, and every other file is examined."""

import json
import sys
from datetime import datetime

import pytest
from bad_reader import loaded_meanwhile, reader
from small_lab import record

from interbrain.doctor.opening import open_all

GARBAGE = {
    "a.edf": b"0       " + b"x" * 300, "b.bdf": b"\xffBIOSEMI" + b"9" * 400, "c.vhdr": b"[Common Infos\n",
    "d.set": b"MATLAB 5.0 MAT-file" + bytes(range(256)) * 4, "e.fif": b"no recording", "f.cnt": b"\0" * 2000,
    "g.gdf": b"GDF 2.20" + b"\xff" * 600, "h.acq": b"\0\0" + b"\x84" * 500, "i.xdf": b"XDF:" + b"\x01" * 99,
    "j.Poly5": b"POLY SAMPLE FILEversion 2.03\r\n\x1a" + b"\xee" * 300,
}  # fmt: skip


@pytest.mark.parametrize("cores", [1, 3])
def test_a_reader_that_crashes_exits_or_fails_costs_one_file(tmp_path, capfd, cores):
    names = ["good", "crash", "exit", "broken", "refused", "greedy", "gone", "last"]
    for name in names:
        if name != "gone":
            (tmp_path / name).write_text(name)
    log = tmp_path / "check.log"
    answers = open_all(reader, [(tmp_path / name,) for name in names], cores, log)
    assert [answer["survey"] for answer in answers] == ["good", *[None] * 6, "last"]
    why = [str(answer["unreadable"] or "").removeprefix(f"{tmp_path}/") for answer in answers]
    assert why[0] == why[-1] == ""
    assert why[1].startswith("crash: cannot be examined: its reader was stopped")
    assert why[2].startswith("exit: cannot be examined: SystemExit: 3 (this is a fault of Interbrain")
    assert "KeyError: 'nobody expected this' (this is a fault of Interbrain: please report it)" in why[3]
    assert why[4] == "refused: is cut off. Copy it again."
    assert why[5].startswith("greedy: needs more memory")
    assert why[6].startswith("gone: cannot be opened (No such file or directory)")
    assert len({answer["checksum"] for answer in answers} - {""}) == 6
    assert capfd.readouterr() == ("", "")
    kept = log.read_text()
    assert all(text in kept for text in ("SIGSEGV", "KeyError", "a library is worried", "its C code"))


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere each process loads everything itself")
def test_the_process_of_a_file_loads_no_library_that_takes_long(tmp_path):
    record(tmp_path / "one_raw.fif")
    job = (str(tmp_path / "one_raw.fif"), None, None, None, {}, {"channel": "Digi", "idle": 8}, "raw")
    [answer] = open_all(loaded_meanwhile, [job], 1, tmp_path / "check.log")
    assert answer["unreadable"] is None and answer["survey"] == []


def test_damaged_files_of_every_format_are_one_problem_each_and_all_others_are_examined(lab, capfd):
    lab.config["clock"] = {"accept_header_time": False}
    for i, (name, content) in enumerate(GARBAGE.items(), start=3):
        lab.dyads.append([f"D{i:02}", f"T{i:02}", f"C{i:02}", ""])
        lab.rows.append([f"D{i:02}", "rest", f"t{i}_raw.fif", name, "markers", "", ""])
        record(lab.folder / f"raw/t{i}_raw.fif")
        (lab.folder / "raw" / name).write_bytes(content)
    said, sound = lab.check(cores=2)
    numbered = [line for line in said.splitlines() if line[:1].isdigit() and "recordings.tsv" in line]
    assert not sound
    for name in GARBAGE:
        assert sum(name in line for line in numbered) == 1
    assert sum(line.startswith("D") for line in said.splitlines()) == 4 + len(GARBAGE)
    assert "Traceback" not in said and "fault of Interbrain" not in said
    assert capfd.readouterr() == ("", "")


@pytest.mark.long
def test_what_is_said_of_many_files_is_said_once(lab):
    for i in (3, 4, 5):
        lab.dyads.append([f"D0{i}", f"T0{i}", f"C0{i}", ""])
        lab.rows.append([f"D0{i}", "rest", f"D0{i}_t_raw.fif", f"D0{i}_c_raw.fif", "markers", "", ""])
        record(lab.folder / f"raw/D0{i}_t_raw.fif")
    for i in range(1, 6):
        lab.spoil(f"D0{i}_c_raw.fif", begun=datetime(2025, 3, i))
    text = lab.check()[0]
    assert text.count("according to the files") == 2  # the kind, and the first of them
    assert (
        "recordings.tsv, rows 2, 3, 4, 5 and 6 (D01, D02, D03, D04 and D05): according to the files, "
        "therapist and client were recorded on different days (5 times; the first: according to the files, "
        "the therapist was recorded on 1 March 2024, the client on 1 March 2025)" in text
    )


def test_what_was_found_is_kept_without_the_computers_folders_and_the_same_each_time(lab):
    lab.dyads[1][3] = "the amplifier failed"
    (lab.folder / "raw/D01_c_raw.fif").write_bytes(b"no recording")
    lab.check()
    text = (lab.folder / "results/doctor.json").read_text(encoding="utf-8")
    kept = json.loads(text)
    assert str(lab.folder) not in text
    assert [p["where"] for p in kept["problems"]] == ["recordings.tsv, row 2 (D01)"]
    assert kept["problems"][0]["what"].startswith("client, D01_c_raw.fif: cannot be read as .fif")
    assert kept["left_out"] == [{"dyad": "D02", "reason": "the amplifier failed"}]
    assert [r["file"] for r in kept["recordings"]] == ["D01_t_raw.fif"]
    lab.check(cores=2)
    assert (lab.folder / "results/doctor.json").read_text(encoding="utf-8") == text
    assert not (lab.folder / "results/logs/check.log").exists()


def test_a_fault_of_ours_is_a_problem_and_its_details_are_in_the_log(lab, monkeypatch):
    from interbrain.clocks import session

    def fails(*_, **__):
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr(session, "tie_session", fails)
    said, sound = lab.check()
    assert not sound and said.count("ZeroDivisionError: by nothing (this is a fault of Interbrain") == 1
    assert "rows 2 and 3 (D01 and D02)" in said and "Traceback" not in said
    assert "ZeroDivisionError" in (lab.folder / "results/logs/check.log").read_text()
