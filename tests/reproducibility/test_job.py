"""What a job leaves beside its log."""

from types import SimpleNamespace

import pandas as pd
import pytest

from interbrain.problems import InterbrainError
from interbrain.reproducibility.job import job


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
