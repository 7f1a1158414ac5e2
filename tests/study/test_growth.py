"""What reading a study costs grows as the study does: counted in calls and comparisons, not in seconds."""

import importlib.util

import pytest

from interbrain.study import tables
from interbrain.study.config import read_config
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.reading import read_table

# Dyads; with twice as many, twice as much may be added to the work.
SIZES = (25, 50, 100)


@pytest.fixture(scope="module")
def write_study(repository):
    """The generator of large studies that the benchmark of the plan uses."""
    found = importlib.util.spec_from_file_location("plan", repository / "benchmarks/plan.py")
    module = importlib.util.module_from_spec(found)
    found.loader.exec_module(module)
    return module.write_study


class Cell(str):
    """A cell whose comparison with another is a call of Python, so that searching a list is counted."""

    __hash__ = str.__hash__

    def __eq__(self, other):
        return str.__eq__(self, other)


def as_cells(path):
    table = read_table(path)
    cells = table.astype(object).map(Cell)
    cells.attrs = table.attrs
    return cells


def all_that_jobs_ask(folder, schema):
    """Read a study, and ask of it what a plan asks for each job."""
    study = load_study(read_config(folder / "config/config.yaml"), schema, folder)
    for row in study.recordings.to_dict("records"):
        study.session(row["dyad"])
        study.raw_files(row["dyad"])
        study.recording(row["dyad"], row["run"])
        for role in ("therapist", "client"):
            person = study.member(row["dyad"], role)
            study.encounter(person, row["dyad"], row["run"])
            study.cap_map(person, row["dyad"], row["run"])
            study.recording_decisions(person, row["dyad"], row["run"])


def test_twice_the_dyads_are_twice_the_work(write_study, schema, tmp_path, monkeypatch, n_calls):
    monkeypatch.setattr(tables, "read_table", as_cells)
    counts = []
    for n_dyads in (SIZES[0], *SIZES):  # what is loaded once only counts for the first
        folder = tmp_path / f"{len(counts)}"
        write_study(folder, n_dyads)
        counts.append(n_calls(all_that_jobs_ask, folder, schema))
    _, small, middle, large = counts
    assert large - middle <= 2.05 * (middle - small), counts


def test_a_job_does_not_look_for_the_raw_files_of_all_others(write_study, schema, tmp_path):
    folder = tmp_path / "study"
    write_study(folder, 10)
    config = read_config(folder / "config/config.yaml")
    (folder / "raw/D00003_pre_client.Poly5").unlink()
    with pytest.raises(StudyError) as refused:
        load_study(config, schema, folder)
    assert [p.what.partition(":")[0] for p in refused.value.problems] == ["client file not found"]
    study = load_study(config, schema, folder, look_for_files=False)
    assert study.encounter("C00003", "D00003", 1)["raw"] == [str(folder / "raw/D00003_pre_client.Poly5")]
