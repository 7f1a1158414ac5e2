"""A check opens what is new or changed since an earlier one, and says the same as if it opened everything."""

import os
import pickle
import shutil
import sys
from functools import partial
from multiprocessing import get_context
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
from bad_reader import files_of, lines_and_names, removing
from planted import PLANTED, SECRETS
from small_lab import record

from interbrain.doctor import opening, unchanged
from interbrain.doctor.opening import open_all
from interbrain.doctor.unchanged import EarlierChecks


@pytest.fixture
def opened(monkeypatch):
    """The names of the files that were opened since it was emptied."""
    found, alone = [], opening._alone

    def counted(context, work, job, *others):
        found.append(Path(job[0]).name)
        return alone(context, work, job, *others)

    monkeypatch.setattr(opening, "_alone", counted)
    return found


def test_after_an_edit_of_a_table_only_what_is_new_is_opened_and_the_same_is_said(lab, opened, monkeypatch):
    lab.check()
    assert sorted(opened) == ["D01_c_raw.fif", "D01_t_raw.fif", "D02_c_raw.fif", "D02_t_raw.fif"]
    opened.clear()
    lab.cell("D01", "stop_s", "40")
    shutil.copy(lab.folder / "raw/D02_c_raw.fif", lab.folder / "raw/another_raw.fif")
    lab.cell("D02", "client_file", "another_raw.fif")
    said, kept = lab.check(), (lab.folder / "results/doctor.json").read_bytes()
    assert opened == ["another_raw.fif"]
    shutil.rmtree(lab.folder / "results")
    assert (lab.check(), (lab.folder / "results/doctor.json").read_bytes()) == (said, kept)
    assert len(opened) == 5


def test_a_sound_check_leaves_the_surveys_of_this_study_alone(lab):
    surveys = lab.folder / "results/surveys"
    lab.check()
    lab.dyads[0][1] = "T 1"  # a problem: what its rows name may still be right
    lab.dyads[1][3] = "the amplifier failed"
    lab.check()
    assert len(list(surveys.iterdir())) == 4
    lab.dyads[0][1] = "T01"
    lab.check()
    assert len(list(surveys.iterdir())) == 2


def test_a_file_that_could_not_be_read_is_opened_again(lab, opened):
    (lab.folder / "raw/D02_c_raw.fif").write_bytes(b"no recording")
    first = lab.check()
    opened.clear()
    assert lab.check() == first and opened == ["D02_c_raw.fif"]


def test_another_trigger_or_unit_of_a_recording_is_another_question(lab, opened):
    lab.check()
    opened.clear()
    lab.config["triggers"] = {"channel": "Digi", "idle": 8, "dead_time_s": 0.2}
    lab.check()
    assert len(opened) == 4


@pytest.fixture
def two_files(tmp_path, opened):
    """A header with its part, and how it is asked for."""
    folder = tmp_path / "raw"
    folder.mkdir()
    (folder / "one.hdr").write_text("part.dat\nabsent.dat\n")
    (folder / "part.dat").write_text("1 2 3\n")
    os.utime(folder / "part.dat", (1.7e9, 1.7e9))

    def ask(*settings):
        job, earlier = (str(folder / "one.hdr"), *settings), EarlierChecks(tmp_path / "surveys")
        [answer] = open_all(lines_and_names, [job], 1, tmp_path / "log", earlier)
        return answer["survey"]

    ask.folder = folder
    return ask


def replaced(folder, name, text, dated=None):
    (folder / name).write_text(text)
    if dated:
        os.utime(folder / name, (dated, dated))


CHANGES = {
    "its header": partial(replaced, name="one.hdr", text="part.dat\nabsent.da_\n"),
    "its part": partial(replaced, name="part.dat", text="1 2 4\n"),
    "its part, by an older one": partial(replaced, name="part.dat", text="1 2 4\n", dated=1.6e9),
    "its part, by one of the same date and size": partial(
        replaced, name="part.dat", text="1 2 4\n", dated=1.7e9
    ),
    "no file, but one came beside it": partial(replaced, name="one.json", text="{}"),
    "no file, but signals came that no header is beside": partial(replaced, name="x.fdt", text=""),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_changed_of_what_was_read_opens_it_again(two_files, opened, change):
    before = two_files()
    two_files()
    assert len(opened) == 1
    CHANGES[change](two_files.folder)
    assert two_files() == (before if change.startswith("no file") else two_files("anew"))
    assert len(opened) - (not change.startswith("no file")) == 2


@pytest.mark.parametrize("change", ["touched", "copied", "joined by others"])
def test_the_same_content_is_not_opened_again(two_files, opened, change):
    before, part = two_files(), two_files.folder / "part.dat"
    if change == "touched":
        part.touch()
    elif change == "copied":
        shutil.copy(part, part.with_name("other"))
        os.replace(part.with_name("other"), part)
    else:
        (two_files.folder / "two.hdr").write_text("part.dat\n")
    assert two_files() == before and two_files() == before
    assert len(opened) == 1


def test_a_reader_that_looks_through_a_folder_is_asked_again_when_a_file_comes(two_files, opened):
    (two_files.folder / "one.hdr").write_text("*\n")
    two_files()
    (two_files.folder / "subfolder").mkdir()
    two_files()
    assert len(opened) == 1
    (two_files.folder / "new.dat").touch()
    assert "new.dat" in two_files() and len(opened) == 2


@pytest.mark.parametrize("change", ["settings", "library", "packages", "Python"])
def test_other_settings_another_library_and_other_packages_open_it_again(
    two_files, opened, monkeypatch, change
):
    two_files()
    if change == "library":
        monkeypatch.setattr(unchanged, "library_digest", lambda: "another")
    elif change == "packages":
        monkeypatch.setattr(unchanged, "installed", lambda folders: {"mne": "99"})
    elif change == "Python":
        monkeypatch.setattr(unchanged.platform, "python_version", lambda: "99")
    two_files(*([{"channel": "Digi"}] if change == "settings" else []))
    assert len(opened) == 2


class Hostile:
    def __reduce__(self):
        return os.mkdir, ("hostile",)


def with_checksum(content):
    return unchanged.hashlib.sha256(content).digest() + content


DAMAGE = {
    "cut off": lambda whole: whole[: len(whole) // 2],
    "empty": lambda whole: b"",
    "one byte": lambda whole: whole[:-9] + b"?" + whole[-8:],
    "hostile": lambda whole: with_checksum(pickle.dumps(Hostile())),
    "something else": lambda whole: with_checksum(pickle.dumps([1, 2])),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_survey_that_is_damaged_or_no_survey_is_as_good_as_none(
    two_files, opened, damage, monkeypatch, tmp_path
):
    before = two_files()
    [kept] = (tmp_path / "surveys").iterdir()
    kept.write_bytes(DAMAGE[damage](kept.read_bytes()))
    monkeypatch.chdir(tmp_path)
    assert two_files() == before and len(opened) == 2
    assert not (tmp_path / "hostile").exists()
    assert two_files() == before and len(opened) == 2


def test_a_folder_that_cannot_be_written_to_is_no_problem(two_files, opened, tmp_path):
    (tmp_path / "surveys").write_text("a file in its place")
    assert two_files() == two_files() == ["part.dat", "absent.dat", "1 2 3"]
    assert len(opened) == 2


def test_a_file_that_went_after_it_was_read_is_no_failure(two_files, tmp_path):
    job, earlier = (str(two_files.folder / "one.hdr"),), EarlierChecks(tmp_path / "surveys")
    [answer] = open_all(removing, [job], 1, tmp_path / "log", earlier)
    assert answer["survey"] == "1 2 3\n" and earlier.answer(removing, job) is None


def ask_and_keep(folder, file, text, rounds, found):
    job = (str(file),)
    read = {"files": {str(file): (None, unchanged._checksum(str(file)))}, "names": {}}
    earlier = EarlierChecks(folder)
    for _ in range(rounds):
        earlier.keep(files_of, job, {"survey": text * 20_000}, read)
        found.append(earlier.answer(files_of, job))


@pytest.mark.skipif(sys.platform == "win32", reason="a process starts there as another program")
def test_two_checks_at_once_read_whole_surveys_or_none(tmp_path):
    file = tmp_path / "file"
    file.write_text("x")
    other = get_context("fork").Process(target=ask_and_keep, args=(tmp_path / "s", file, "other", 100, []))
    found = []
    other.start()
    ask_and_keep(tmp_path / "s", file, "mine", 100, found)
    other.join()
    assert {kept["survey"] for kept in found} <= {"mine" * 20_000, "other" * 20_000}
    assert [f.suffix for f in (tmp_path / "s").iterdir()] == [".survey"]


def test_content_is_compared_only_where_dates_differ_or_are_too_new_to_tell(tmp_path, monkeypatch):
    file, compared = tmp_path / "file", []
    file.write_text("x")
    checksum, state = unchanged._checksum(str(file)), unchanged._state(str(file))
    monkeypatch.setattr(unchanged, "_checksum", lambda path: compared.append(path) or checksum)
    new = unchanged._unchanged({str(file): (None, checksum)})
    assert new == {str(file): (None, checksum)} and len(compared) == 1  # changed in these two seconds
    monkeypatch.setattr(unchanged, "SETTLED_NS", -1)
    settled = unchanged._unchanged(new)
    assert settled == {str(file): (state, checksum)} and len(compared) == 2
    assert unchanged._unchanged(settled) == settled and len(compared) == 2


def of_three_files(folder):
    record(folder / "split_raw.fif", duration=500, split_size="2MB")
    return folder / "split_raw.fif"


@pytest.mark.parametrize("kind", ["brainvision", "eeglab_fdt", "split"])
def test_all_files_of_a_recording_are_seen_and_no_copy_that_its_reader_makes(tmp_path, monkeypatch, kind):
    if kind == "split":
        file = of_three_files(tmp_path)
    else:
        file = PLANTED[kind](tmp_path / "rest", SECRETS, [3.2, 9.7], 12, 250)
    seen = []
    monkeypatch.setattr(EarlierChecks, "keep", lambda self, work, job, answer, read: seen.append(read))
    [answer] = open_all(files_of, [(str(file),)], 1, tmp_path / "log")
    here = {path for path in seen[0]["files"] if Path(path).parent == file.parent}
    assert here == set(map(os.path.abspath, answer["survey"])) and len(here) > 1
    assert all(Path(path).is_file() for path in seen[0]["files"])
