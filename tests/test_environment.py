"""One set of versions: what pip, conda and the container install is what requirements.lock pins."""

import re

import yaml


def locked(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+==[^ ;\\]+)", lock, re.M))


def test_the_conda_environment_has_the_locks_versions(repository):
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    pinned = [re.sub(r"\[.*\]", "", line) for line in dependencies[-1]["pip"]]
    assert set(pinned) <= locked(repository)


def test_the_conda_environment_has_every_package_that_the_workflow_asks_for(repository):
    asked = (repository / "envs/requirements.in").read_text().split()
    names = {re.split(r"[\[>=]", line)[0] for line in asked}
    for_developers = {"pytest", "pytest-xdist", "hypothesis", "ruff", "snakefmt"}
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    assert {re.split(r"[\[=]", line)[0] for line in dependencies[-1]["pip"]} == names - for_developers


def test_every_locked_package_has_a_hash_and_no_address(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert len(entries) > 80
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "http" not in lock
