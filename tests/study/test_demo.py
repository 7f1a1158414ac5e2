"""The demo's plan: what its table and its config say becomes what the simulator plants."""

import pytest
import yaml

from interbrain.simulate import Artifacts, faults_of
from interbrain.study.demo import planned_run, planted_rows
from interbrain.study.loading import load_study
from interbrain.study.reading import read_table
from interbrain.study.settings import config_schema

ROI_CHANNELS = {"F3", "Fz", "F4", "C3", "Cz", "C4"}


@pytest.fixture(scope="module")
def demo(repository):
    config = yaml.safe_load((repository / "config/config.yaml").read_text(encoding="utf-8"))
    study = load_study(config, config_schema(), repository)
    return study, config, read_table(repository / config["simulation"]["table"])


def test_a_plan_joins_everybodys_rates_and_the_faults_of_the_row(demo):
    study, config, planted = demo
    config["simulation"]["blinks_per_minute"] = 20
    planted.loc[planted["dyad"] == "D02", ["therapist_artifacts", "client_artifacts"]] = ["flat O1", ""]
    plan = planned_run(study, config, planted_rows(planted), "D02", "post")
    therapist, client = (Artifacts(**plan["artifacts"][role]) for role in ("therapist", "client"))
    assert therapist.flat == ["O1"] and client.flat == ()
    assert therapist.blinks_per_minute == client.blinks_per_minute == 20
    assert client.muscle_bursts_per_minute == config["simulation"]["muscle_bursts_per_minute"]


def test_the_demo_plants_every_fault_and_leaves_each_person_at_least_five_roi_channels(demo):
    faults = [
        faults_of(cell) for column in ("therapist_artifacts", "client_artifacts") for cell in demo[2][column]
    ]
    assert {kind for person in faults for kind in person} == {"flat", "noisy", "loose", "bridged", "steps"}
    for person in faults:
        pairs = [c for pair in person.pop("bridged", []) for c in pair]
        assert len(ROI_CHANNELS & {*pairs, *(c for channels in person.values() for c in channels)}) <= 1
