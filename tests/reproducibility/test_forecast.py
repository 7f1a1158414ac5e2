"""What a run will take is said before it: from lengths, channels and rates, as they were measured."""

import json
import os

import pytest

from interbrain.reproducibility import forecast as about
from interbrain.reproducibility.forecast import (
    Recording,
    after_this_run,
    as_kept,
    before_any_run,
    before_this_run,
    duration,
    forecast,
    size,
    written,
)
from interbrain.study.config import with_defaults
from interbrain.study.settings import config_schema

MINUTES_5, MINUTES_25 = Recording(300, 32, 1000), Recording(1500, 32, 1000)


def test_a_study_of_the_pilots_size_is_foreseen_as_it_was_measured():
    """14 dyads, 56 recordings of five minutes, two cores: 8.6 minutes; 40 MB and 19 MB a recording."""
    seen = forecast([MINUTES_5] * 56, 14, 2)
    assert seen.seconds / 60 == pytest.approx(8.6, rel=0.1)
    assert seen.n_bytes == pytest.approx(56 * 59e6, rel=0.15)
    assert str(seen).startswith("about 9 min on 2 cores that nothing else uses and 3.") and str(
        seen
    ).endswith(" GB of disk space")


def test_a_session_of_25_minutes_is_foreseen_as_it_was_measured():
    """CPU seconds of one member: cleaning 26.5, conversion 7.7, a quarter of 16, half of 22 and of 4.1."""
    alone = forecast([], 0, 1).seconds
    measured = 26.5 + 7.7 + 16 / 4 + 22 / 2 + 4.1 / 2
    assert (forecast([MINUTES_25], 0, 1).seconds - alone) * 0.87 == pytest.approx(measured, rel=0.15)


def test_it_grows_with_length_channels_rate_and_what_is_asked_for_and_shrinks_with_cores():
    least = forecast([MINUTES_5] * 8, 2, 2)
    for more in (
        forecast([Recording(600, 32, 1000)] * 8, 2, 2),
        forecast([Recording(300, 64, 1000)] * 8, 2, 2),
        forecast([Recording(300, 32, 2000)] * 8, 2, 2),
    ):
        assert more.seconds > least.seconds and more.n_bytes > least.n_bytes
    assert forecast([MINUTES_5] * 8, 2, 2, on_request=["variants"]).seconds > least.seconds
    assert forecast([MINUTES_5] * 8, 2, 4).seconds < least.seconds
    assert forecast([MINUTES_5] * 8, 2, 400).seconds == forecast([MINUTES_5] * 8, 2, 8).seconds
    assert forecast([MINUTES_5] * 8, 2, 2, writes_dataset=False).n_bytes < least.n_bytes


def test_the_size_of_a_raw_file_says_about_as_much_as_its_contents():
    by_size = forecast([Recording.of_file(45e6)] * 56, 14, 2)
    assert by_size.seconds == pytest.approx(forecast([MINUTES_5] * 56, 14, 2).seconds, rel=0.1)


@pytest.mark.parametrize(
    ("seconds", "said"), [(20, "a minute"), (514, "9 min"), (5900, "98 min"), (12600, "3.5 h")]
)
def test_durations_have_no_more_digits_than_a_forecast_can_have(seconds, said):
    assert duration(seconds) == said


@pytest.mark.parametrize(
    ("n", "said"), [(10, "1 MB"), (4.2e7, "42 MB"), (3.14e9, "3.1 GB"), (1.6e12, "1.6 TB")]
)
def test_sizes_have_the_unit_that_a_disk_is_sold_by(n, said):
    assert size(n) == said


def test_what_was_written_is_every_file_but_the_raw_ones(tmp_path):
    for name, n in (("bids/sub-01/a.eeg", 100), ("bids/sourcedata/raw.Poly5", 1000), ("results/r.html", 10)):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(bytes(n))
    folders = [tmp_path / "bids", tmp_path / "results", tmp_path / "not_there"]
    assert written(folders) == 1110
    assert written(folders, without=tmp_path / "bids/sourcedata") == 110


@pytest.fixture
def config():
    return with_defaults({"title": "A study", "times": ["pre"]}, config_schema())


def test_the_doctor_says_length_time_and_disk_in_one_sentence(config, tmp_path, monkeypatch):
    monkeypatch.setattr(
        about.shutil, "disk_usage", lambda _: about.shutil._ntuple_diskusage(9e12, 1e12, 8e12)
    )
    said = before_any_run([MINUTES_5] * 56, 14, config, tmp_path)
    assert "The recordings hold 4.7 h, those of both members together. A whole run takes about 17 min" in said
    assert "on 1 core or 5 min on 4, and 3." in said and "make room" not in said
    assert before_any_run([], 0, config, tmp_path) == ""


def test_where_the_disk_is_too_small_the_doctor_says_so(config, tmp_path, monkeypatch):
    monkeypatch.setattr(about.shutil, "disk_usage", lambda _: about.shutil._ntuple_diskusage(2e9, 1e9, 1e9))
    said = before_any_run([MINUTES_5] * 56, 14, config, tmp_path)
    assert said.endswith("Only 1.0 GB are free on this disk: make room first.")


JOBS = [
    ("clock", {"dyad": "D01"}),
    *(
        (rule, {"dyad": "D01", "participant": who, "run": "1"})
        for who in "TC"
        for rule in ("convert", "clean")
    ),
    ("report", {}),
]


def test_a_run_begins_with_the_recordings_that_it_cleans_and_what_they_take(config, tmp_path):
    files = [tmp_path / "t.raw", tmp_path / "c.raw"]
    for file in files:
        file.touch()
        os.truncate(file, 45_000_000)  # takes no room
    said = before_this_run(JOBS, 56, lambda dyad: [str(file) for file in files], config, 2)
    assert said.startswith("2 of 56 recordings to clean (90 MB of raw files): about ")
    assert said.endswith(" on 2 cores that nothing else uses and 137 MB of disk space.")


def test_a_run_is_forecast_from_what_the_doctor_found_unless_a_file_is_newer(config, tmp_path):
    files = [tmp_path / "t.raw", tmp_path / "c.raw"]
    for file in files:
        file.write_bytes(b"raw")  # of an hour in few bytes, as by its compression
    hour = Recording(3600.0, 32, 500.0)
    found = tmp_path / "doctor.json"
    found.write_text(json.dumps({"forecast": as_kept([("D01", hour), ("D01", hour), ("D02", hour)])}))

    def said():
        return before_this_run(JOBS, 56, lambda dyad: [str(file) for file in files], config, 2, found)

    whole = forecast([hour, hour], 1, 2)
    assert said() == f"2 of 56 recordings to clean (1 MB of raw files): {whole}."
    assert size(whole.n_bytes) in before_any_run([hour, hour], 1, config, tmp_path)
    later = found.stat().st_mtime + 10
    os.utime(files[0], (later, later))
    by_size = said()
    assert by_size != f"2 of 56 recordings to clean (1 MB of raw files): {whole}."
    found.write_text("{}")
    os.utime(files[0], (later - 100, later - 100))
    assert said() == by_size


def test_recordings_that_are_yet_to_be_simulated_give_no_number(config, tmp_path):
    said = before_this_run(JOBS, 2, lambda dyad: [str(tmp_path / "not_there")], config, 2)
    assert said == "How long this run takes is not known: the recordings are yet to be made."


def test_a_run_that_cleans_nothing_begins_without_a_forecast(config):
    assert before_this_run(JOBS[-1:], 2, lambda dyad: [], config, 2) == ""


def test_a_run_ends_with_what_it_took():
    assert after_this_run(514, 3_140_000_000).startswith("The run took 9 min; bids/ and results/ take 3.1 GB")
    assert after_this_run(48.4, 1).startswith("The run took 48 s; ")
