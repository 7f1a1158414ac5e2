"""A raw file that was replaced by an older one, and results of another study's raw files, are made again."""

import json
import os
from hashlib import sha256
from pathlib import Path

import pytest

from interbrain.reproducibility.replaced import (
    Made,
    date_before_them,
    find_replaced,
    give_back,
    give_back_kept,
    keep_dates,
    what_was_replaced,
)

DAY_NS = 86_400 * 10**9


@pytest.fixture
def study(tmp_path, monkeypatch):
    """A study of one recording of two files, made here: what was made of it, and its raw files."""
    monkeypatch.chdir(tmp_path)
    raw = [Path("raw/D01.vhdr"), Path("raw/D01.eeg")]
    for file in raw:
        file.parent.mkdir(exist_ok=True)
        file.write_text(f"{file.name} as recorded")
    return converted(raw)


def converted(raw):
    facts, clock = Path("results/conversion/sub-C01.json"), Path("results/clocks/dyad-D01.json")
    told = [{"path": file.name, "sha256": sha256(file.read_bytes()).hexdigest()} for file in raw]
    for file, text in ((facts, json.dumps({"source_files": told})), (clock, "{}")):
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text)
    Path(".snakemake").mkdir(exist_ok=True)
    return Made(facts, (clock,), tuple(map(str, raw)))


def replaced(made):
    return find_replaced([made], Path(".snakemake"))[0]


def replace(path, text, days):
    """Another file of the same length, with a date of its own."""
    path.write_text(text)
    when = path.stat().st_mtime_ns + days * DAY_NS
    os.utime(path, ns=(when, when))


@pytest.mark.parametrize("days", [-400, 0])
def test_what_was_made_of_a_file_that_an_older_one_replaced_is_dated_before_it(study, days):
    assert replaced(study) == []
    second = Path(study.raw[1])
    replace(second, "D01.eeg as RECORDED", days)
    dated = [file.stat().st_mtime_ns for file in (study.facts, *study.others)]
    others, outdated = find_replaced([study], Path(".snakemake"))
    assert others == [second] and set(outdated) == {study.facts, *study.others}
    assert [file.stat().st_mtime_ns for file in outdated] == dated  # looking changes nothing
    dates = date_before_them(outdated)
    study.others[0].touch()  # made again meanwhile
    again = study.others[0].stat().st_mtime_ns
    give_back(dates, outdated)
    assert [file.stat().st_mtime_ns for file in (study.facts, *study.others)] == [dated[0], again]
    date_before_them(outdated)
    oldest = min(Path(file).stat().st_mtime for file in study.raw)
    assert all(file.stat().st_mtime < oldest for file in (study.facts, *study.others))
    # Once it was made again, nothing is left to be done.
    assert replaced(converted([Path(file) for file in study.raw])) == []


def test_a_file_that_was_touched_or_copied_repeats_nothing_and_is_read_once(study, monkeypatch):
    first = Path(study.raw[0])
    replace(first, first.read_text(), -3)
    before = study.facts.stat().st_mtime_ns
    assert replaced(study) == []
    assert study.facts.stat().st_mtime_ns == before
    monkeypatch.setattr(
        "interbrain.reproducibility.replaced._sha256", lambda file: pytest.fail(f"{file} was read again")
    )
    assert replaced(study) == []


def test_results_that_came_from_another_study_are_not_taken_for_this_ones(study):
    told = json.loads(study.facts.read_text())
    told["source_files"][0]["sha256"] = "0" * 64
    study.facts.write_text(json.dumps(told))  # newer than the raw files, and nobody made it here
    assert replaced(study) == [Path(study.raw[0])]
    told["source_files"][0]["path"] = "X01.vhdr"
    study.facts.write_text(json.dumps(told))
    assert replaced(study) == [Path(study.raw[0])]
    assert "another file than the raw/D01.vhdr that" in what_was_replaced([Path("raw/D01.vhdr")])


def test_a_file_that_is_missing_or_facts_that_are_damaged_are_left_to_those_who_need_them(study):
    study.facts.write_text("{")
    assert replaced(study) == []
    Path(study.raw[0]).unlink()
    assert replaced(study) == []


def test_the_dates_that_a_killed_dry_run_left_changed_are_restored_by_the_next_run(tmp_path):
    facts = tmp_path / "facts.json"
    facts.write_text("{}")
    date = facts.stat().st_mtime_ns
    outdated = {facts: date - 10**12}
    keep_dates(date_before_them(outdated), outdated, tmp_path)
    assert facts.stat().st_mtime_ns == outdated[facts]
    for _ in range(2):  # the second time there is nothing to restore
        give_back_kept(tmp_path)
        assert facts.stat().st_mtime_ns == date
