"""What a job leaves beside its log."""

import errno
from types import SimpleNamespace

import pandas as pd
import pytest

from interbrain.problems import InterbrainError
from interbrain.reproducibility.job import FAILED, job


@pytest.fixture
def snakemake(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("INTERBRAIN_WARM", "off")
    (tmp_path / "results/logs/clean").mkdir(parents=True)
    return SimpleNamespace(
        log=["results/logs/clean/run-1.log"],
        rule="clean",
        wildcards=SimpleNamespace(dyad="D01", items=lambda: [("dyad", "D01")]),
    )


def test_a_job_that_ends_says_what_it_took(snakemake, tmp_path):
    with job(snakemake):
        sum(range(10**6))
    cost = pd.read_csv(tmp_path / "results/logs/clean/run-1.cost.tsv", sep="\t").iloc[0]
    assert cost["rule"] == "clean" and cost["cpu_seconds"] > 0 and cost["seconds"] >= 0
    assert 20 < cost["max_memory_mb"] < 10_000  # MB, and neither KB nor bytes


def test_a_job_that_stops_says_whose_it_was_and_claims_no_cost(snakemake, tmp_path):
    with pytest.raises(SystemExit) as stopped, job(snakemake):
        raise InterbrainError("a file is damaged", "Copy it again.")
    assert stopped.value.code == 1
    said = (tmp_path / "results/logs/failed/clean_run-1.txt").read_text()
    assert said.startswith("clean of dyad D01: a file is damaged") and "Copy it again." in said
    assert not list(tmp_path.rglob("*.cost.tsv"))


def full(*_, **__):
    raise OSError(errno.ENOSPC, "No space left on device", "results/somewhere.tsv")


def test_a_full_disk_is_one_line_for_all_jobs_also_as_the_cause_of_another_error(snakemake, tmp_path):
    for rule in ("clean", "convert"):
        snakemake.rule = rule
        with pytest.raises(SystemExit), job(snakemake):
            try:
                full()
            except OSError as error:
                raise RuntimeError("a library gave up") from error
    said = {file.read_text().partition("\n")[0] for file in FAILED.glob("*.txt")}
    assert len(said) == 1 and str(tmp_path) in (line := said.pop())
    assert "the disk is full" in line and "the same command" in line and "unexpected" not in line


def test_of_a_copy_the_place_that_is_full_is_named_and_not_where_it_came_from(snakemake, tmp_path):
    with pytest.raises(SystemExit), job(snakemake):
        raise OSError(errno.ENOSPC, "No space left on device", "/tmp/elsewhere/x", None, "bids/x")
    said = (FAILED / "clean_run-1.txt").read_text()
    assert said.startswith(f"{tmp_path} cannot be written") and "elsewhere" not in said


def test_a_disk_too_full_for_the_line_itself_has_it_on_the_screen(snakemake, monkeypatch, capsys):
    monkeypatch.setattr("pathlib.Path.write_text", full)
    with pytest.raises(SystemExit) as stopped, job(snakemake):
        full()
    said = capsys.readouterr().err
    assert stopped.value.code == 1
    assert said.startswith("Stopped: ") and said.count("\n") == 1 and "Traceback" not in said


def test_a_log_that_cannot_be_written_is_one_line(snakemake, tmp_path):
    (tmp_path / "results/logs/clean/run-1.log").mkdir()
    with pytest.raises(SystemExit), job(snakemake):
        raise AssertionError("the job must not begin")
    assert len(list(FAILED.glob("*.txt"))) == 1


def test_a_file_that_vanished_is_named(snakemake):
    with pytest.raises(SystemExit), job(snakemake), open("raw/D01.edf"):
        pass
    said = (FAILED / "clean_run-1.txt").read_text()
    assert "raw/D01.edf is not there. Put it back" in said
