"""The second demo study: its tables are sound, and its coded events are those that the simulator plants."""

import shutil

import pytest

from interbrain.study.config import read_config, with_defaults
from interbrain.study.demo import coding_table, planned_run, planted_rows, session_rows
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.reading import read_table
from interbrain.study.settings import config_schema


@pytest.fixture
def session(repository, tmp_path):
    """The study in a folder of its own, to be spoiled."""
    shutil.copytree(repository / "examples/session/config", tmp_path / "config")
    return tmp_path


def settings_in(folder):
    return with_defaults(read_config(folder / "config/config.yaml"), config_schema())


def loaded(folder, settings):
    return load_study(settings, config_schema(), folder)


def test_the_coded_events_are_those_that_the_simulator_plants(session):
    settings = settings_in(session)
    study = loaded(session, settings)
    runs = list(zip(study.recordings["dyad"], study.recordings["time"], strict=True))
    planted = coding_table(settings, runs).to_csv(sep="\t", index=False, lineterminator="\n")
    assert (session / "config/coding.tsv").read_text(encoding="utf-8") == planted


def test_each_session_is_planned_as_the_table_of_planted_truth_has_it(session):
    settings = settings_in(session)
    study, planted = loaded(session, settings), planted_rows(read_table(session / "config/simulation.tsv"))
    plans = {dyad: planned_run(study, settings, planted, dyad, "session") for dyad in planted}
    first, third, last = (plans[dyad]["session"] for dyad in ("D01", "D03", "D04"))
    assert first["plv_in_events"] == {"theta": 0.8, "alpha": 0.85}
    assert first["couplings"]["motion"] == {"r": 0.8, "lag_s": -1.0}
    assert third["couplings"]["eda"]["r"] == -0.7 and third["couplings"]["ibi"]["r"] == 0
    assert last["settling"] and not first["settling"]
    assert plans["D01"]["settings"]["channels"] == settings["simulation"]["channels"]
    told = session_rows(study, settings, planted)
    assert [row["n_events"] for row in told] == [8] * 4
    assert all(0.6 < row["kappa"] < 0.95 for row in told)


@pytest.mark.parametrize(
    ("channels", "what"),
    [
        (["F3", "Fz", "F4", "C3", "Cz"], "C4 of the site central is not among them"),
        (["F3", "Fz", "F4", "C3", "Cz", "C4", "XY"], 'no simulated channel is called "XY"'),
    ],
)
def test_simulated_channels_must_exist_and_hold_the_sites(session, channels, what):
    settings = settings_in(session)
    settings["simulation"]["channels"] = channels
    with pytest.raises(StudyError) as error:
        loaded(session, settings)
    assert what in str(error.value) and "simulation: channels" in str(error.value)


@pytest.mark.parametrize(
    ("column", "cell"),
    [("eda_r", "1.2"), ("ibi_lag_s", "soon"), ("settling", "perhaps"), ("alpha_in_events", "x")],
)
def test_a_cell_that_cannot_be_planted_is_named(session, column, cell):
    file = session / "config/simulation.tsv"
    rows = [line.split("\t") for line in file.read_text(encoding="utf-8").splitlines()]
    rows[2][rows[0].index(column)] = cell
    file.write_text("".join("\t".join(row) + "\n" for row in rows), encoding="utf-8")
    with pytest.raises(StudyError) as error:
        loaded(session, settings_in(session))
    assert f'{column} is "{cell}"' in str(error.value) and "row 3 (D02)" in str(error.value)
