"""What a run took is beside the report, by stage, from what each job left beside its log."""

import json

import pytest

from interbrain.reproducibility.run_account import stages, write_run

HEADING = "rule\tseconds\tcpu_seconds\tmax_memory_mb\n"


@pytest.fixture
def logs(tmp_path):
    for name, rule, costs in (
        ("clean/a", "clean", "8.5\t7.5\t500"),
        ("clean/b", "clean", "10\t9\t450"),
        ("report", "report", "3\t2.5\t300"),
    ):
        file = tmp_path / f"logs/{name}.cost.tsv"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(f"{HEADING}{rule}\t{costs}\n")
    return tmp_path / "logs"


def test_the_jobs_of_each_stage_are_added_and_the_dearest_comes_first(logs):
    table = stages(logs)
    assert table["rule"].tolist() == ["clean", "report"]
    clean = table.iloc[0]
    assert (clean["jobs"], clean["cpu_seconds"], clean["seconds"]) == (2, 16.5, 18.5)
    assert (clean["longest_seconds"], clean["max_memory_mb"]) == (10, 500)


def test_what_a_job_that_was_killed_left_half_written_does_not_count_and_stops_nothing(logs):
    before = stages(logs)
    (logs / "clean/c.cost.tsv").write_text("")
    (logs / "clean/d.cost.tsv").write_text(HEADING)
    assert stages(logs).equals(before)


def test_a_run_of_which_no_job_left_its_cost_has_no_stages(tmp_path):
    assert stages(tmp_path).empty


@pytest.mark.parametrize("zone", ["Europe/Vienna", "Pacific/Auckland"])
def test_the_account_has_the_time_in_utc_whatever_the_machines_zone(logs, tmp_path, monkeypatch, zone):
    monkeypatch.setenv("TZ", zone)
    write_run(
        tmp_path / "run.json", logs, begun=1_800_000_000, ended=1_800_000_090, cores=2, jobs=3, disk_bytes=7
    )
    account = json.loads((tmp_path / "run.json").read_text())
    assert (account["begun"], account["seconds"]) == ("2027-01-15T08:00:00+00:00", 90)
    assert (account["cores"], account["jobs"], account["disk_bytes"]) == (2, 3, 7)
    assert [stage["rule"] for stage in account["stages"]] == ["clean", "report"]
    assert [file.name for file in tmp_path.iterdir() if file.is_file()] == ["run.json"]
