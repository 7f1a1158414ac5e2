"""One set of versions: what pip, conda and the container install is what requirements.lock pins."""

import re
import shutil
import subprocess
import sys

import yaml


def locked(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+==[^ ;\\]+)", lock, re.M))


def test_the_conda_environment_has_the_locks_versions(repository):
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    pinned = [re.sub(r"\[.*\]", "", line) for line in dependencies[-1]["pip"]]
    assert set(pinned) <= locked(repository)


def test_the_conda_environment_has_every_package_that_the_workflow_asks_for(repository):
    asked = (repository / "envs/packages.in").read_text().split()
    names = {re.split(r"[\[>=]", line)[0] for line in asked}
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    assert {re.split(r"[\[=]", line)[0] for line in dependencies[-1]["pip"]} == names


def test_every_locked_package_has_a_hash_and_no_address(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert len(entries) > 80
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "http" not in lock


def test_the_library_is_a_package_that_brings_its_schemas(repository, tmp_path):
    """Installed somewhere else and without this checkout, it reads a config and computes PLV."""
    checkout = tmp_path / "checkout"  # which setuptools leaves its own files in
    for name in ("workflow/interbrain", "envs"):
        shutil.copytree(repository / name, checkout / name)
    shutil.copy(repository / "pyproject.toml", checkout)
    install = ["pip", "install", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]
    target = ["--target", str(tmp_path / "lib"), str(checkout)]
    subprocess.run([sys.executable, "-m", *install, *target], check=True)
    code = """
import sys
sys.path.insert(0, sys.argv[1])
import interbrain
from interbrain.metrics import METRICS
from interbrain.study.settings import config_schema
assert interbrain.__file__.startswith(sys.argv[1])
print(len(METRICS), config_schema()["title"])
"""
    command = [sys.executable, "-c", code, str(tmp_path / "lib")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
    assert "Interbrain's config" in done.stdout
