"""One set of versions: what pip, conda and the container install is what requirements.lock pins."""

import os
import re
import shutil
import subprocess
import sys

import pytest
import yaml


def locked(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+==[^ ;\\]+)", lock, re.M))


def test_the_conda_environment_has_the_locks_versions(repository):
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    pinned = [re.sub(r"\[.*\]", "", line) for line in dependencies[-1]["pip"]]
    assert set(pinned) <= locked(repository)


def test_the_conda_environment_has_every_package_that_the_workflow_asks_for(repository):
    lines = (repository / "envs/packages.in").read_text().splitlines()
    asked = [line.split("#")[0].strip() for line in lines]
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


def test_the_commands_of_the_container_recipe_give_a_python_with_the_library_and_the_locks_versions(
    repository, tmp_path
):
    """Run one by one in an empty environment, which plays the container's Python; no engine is needed."""
    recipe = (repository / "envs/interbrain.def").read_text(encoding="utf-8")
    sections = {name: body for name, body in re.findall(r"^%(\w+)\n((?:    .*\n)+)", recipe, re.M)}
    root, python = tmp_path / "root", tmp_path / "venv/bin/python"
    subprocess.run([sys.executable, "-m", "venv", tmp_path / "venv"], check=True)
    for line in sections["files"].split("\n")[:-1]:
        source, target = line.split()
        listed = subprocess.run(
            ["git", "ls-files", "-z", source], cwd=repository, capture_output=True, text=True, check=True
        )
        for file in listed.stdout.split("\0")[:-1]:
            copy = root / target.strip("/") / file if source == "." else root / target.strip("/")
            copy.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / file, copy)
    environment = os.environ | {"PATH": f"{python.parent}:{os.environ['PATH']}"}
    for line in sections["post"].split("\n")[:-1]:
        # The container has one Python, its system's; and compiling all packages takes half a minute.
        command = line.strip().replace("--system", f"--python {python}").replace("--compile-bytecode", "")
        command = command.replace("/opt/", f"{root}/opt/")
        done = subprocess.run(command, shell=True, env=environment, capture_output=True, text=True)
        if done.returncode and re.search("Failed to (fetch|establish)|No matching distribution", done.stderr):
            pytest.skip(f"packages cannot be fetched here: {line.strip()}")
        assert done.returncode == 0, f"{line.strip()}\n{done.stdout}{done.stderr}"
    asked = "import interbrain, snakemake; print(interbrain.__file__, snakemake.__version__)"
    done = subprocess.run([python, "-c", asked], cwd=tmp_path, capture_output=True, text=True, check=True)
    where, version = done.stdout.split()
    assert where.startswith(str(tmp_path / "venv"))
    assert f"snakemake=={version}" in locked(repository)


def test_make_help_has_a_line_for_each_thing_that_a_person_can_make(repository):
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z][a-z-]*):", makefile, re.M))
    done = subprocess.run(
        ["make", "--no-print-directory", "help"], cwd=repository, capture_output=True, text=True
    )
    said = dict(re.findall(r"^make ([a-z-]+) +(\S.*)$", done.stdout, re.M))
    assert set(said) == targets and len(said) == len(done.stdout.splitlines())
    phony = re.search(r"^\.PHONY: (.*)$", makefile, re.M)[1].split()
    assert set(phony) == targets
    assert max(map(len, done.stdout.splitlines())) < 110


def test_plain_make_still_makes_the_demo(repository):
    plans = [
        subprocess.run(["make", "--dry-run", *target], cwd=repository, capture_output=True, text=True).stdout
        for target in ([], ["demo"])
    ]
    assert plans[0] == plans[1] != ""
