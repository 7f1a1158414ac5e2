"""One set of versions: what pip, conda and the container install is what requirements.lock pins."""

import ast
import os
import re
import shutil
import subprocess
import sys
import tomllib

import pytest
import yaml

import interbrain


def locked(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    return set(re.findall(r"^([a-z0-9-]+==[^ ;\\]+)", lock, re.M))


def test_the_conda_environment_has_the_locks_versions(repository):
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    pinned = [re.sub(r"\[.*\]", "", line) for line in dependencies[-1]["pip"]]
    assert set(pinned) <= locked(repository)


def test_the_conda_environment_has_every_package_that_the_workflow_asks_for(repository):
    names = asked_for(repository)
    dependencies = yaml.safe_load((repository / "envs/interbrain.yaml").read_text())["dependencies"]
    assert {re.split(r"[\[=]", line)[0] for line in dependencies[-1]["pip"]} == names


def test_every_locked_package_has_a_hash_and_no_address(repository):
    lock = (repository / "requirements.lock").read_text(encoding="utf-8")
    entries = re.split(r"^(?=[a-z0-9-]+==)", lock, flags=re.M)[1:]
    assert len(entries) > 80
    assert all("--hash=sha256:" in entry for entry in entries)
    assert "http" not in lock


@pytest.mark.long
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


@pytest.mark.long
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
            copy = root / target.strip("/") / (repository / file).relative_to(repository / source)
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


# Of packages whose module has another name.
MODULES = {"pillow": "PIL", "pyyaml": "yaml", "python-picard": "picard"}
# Not imported by us: what imports or starts them.
CALLED = {
    "pybv": "mne-bids, to write BrainVision",
    "pymatreader": "MNE, to read EEGLAB",
    "python-picard": "MNE, to fit components",
    "onnxruntime": "mne-icalabel, to label components",
    "bids-validator-deno": "the validator, a program",
    "snakemake": "the workflow itself",
}
# What we import of a package that is always there with another: its own second half.
HALVES = {"pydantic_core": "pydantic"}


def asked_for(repository):
    lines = (repository / "envs/packages.in").read_text(encoding="utf-8").splitlines()
    return {re.split(r"[\[>=#\s]", line)[0] for line in lines if line and not line.startswith("#")}


def test_every_package_is_imported_or_is_known_to_serve_one_that_is(repository):
    imported = set()
    for file in (repository / "workflow").rglob("*.py"):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Import):
                imported |= {alias.name.split(".")[0] for alias in node.names}
            elif isinstance(node, ast.ImportFrom) and node.level == 0:
                imported.add(node.module.split(".")[0])
    foreign = imported - set(sys.stdlib_module_names) - {"interbrain"}
    foreign = {HALVES.get(name, name) for name in foreign}
    asked = asked_for(repository)
    modules = {name: MODULES.get(name, name.replace("-", "_")) for name in asked}
    own_scripts = {file.stem for file in (repository / "workflow/scripts").glob("*.py")}
    assert foreign - own_scripts - set(modules.values()) == set()
    assert {name for name, module in modules.items() if module not in foreign} <= set(CALLED)
    assert set(CALLED) <= asked


def test_the_page_on_installing_has_what_each_package_is_for(repository):
    page = (repository / "docs/install.md").read_text(encoding="utf-8")
    table = page.partition("## What each package is for")[2].partition("\n\n**pingouin")[0]
    listed = [name for cell in re.findall(r"^\| (.*?) \|", table, re.M) for name in cell.split(", ")]
    assert sorted(listed) == sorted([*asked_for(repository), "package"])


def test_every_package_has_a_lowest_version(repository):
    lines = (repository / "envs/packages.in").read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#") and ">=" not in line] == []


def test_make_clean_removes_what_the_page_on_uninstalling_says(repository):
    page = (repository / "docs/howto/uninstall.md").read_text(encoding="utf-8")
    said = page.partition("`make clean` removes")[2].partition("leaves the rest")[0]
    done = subprocess.run(["make", "--dry-run", "clean"], cwd=repository, capture_output=True, text=True)
    removed = done.stdout.split()
    assert "`build/`" in said and "`interbrain.egg-info` in `workflow/`" in said
    assert {"build", "workflow/interbrain.egg-info"} < set(removed)


def test_the_commands_without_make_are_those_of_the_makefile(repository):
    page = (repository / "docs/install.md").read_text(encoding="utf-8")
    block = page.partition("## Without make")[2].partition("```sh\n")[2].partition("```")[0]
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    names = {"$(VENV)": ".venv", "$(BIN)": ".venv/bin", "$(PYTHON)": "python3", "$(CORES)": "2"}
    for name, meaning in (names | {"--quiet ": "", "--disable-pip-version-check ": ""}).items():
        makefile = makefile.replace(name, meaning)
    typed = {re.sub(r"\s+", " ", line.strip().lstrip("@")).replace('"', "") for line in makefile.splitlines()}
    for command in block.splitlines():
        assert any(line.startswith(command.replace(" ../my-study", "")) for line in typed), command


def test_the_version_is_in_one_place_and_what_repeats_it_agrees(repository):
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["version"] == interbrain.__version__
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))
    assert "version" in project["project"]["dynamic"] and "version" not in project["project"]
    assert project["tool"]["setuptools"]["dynamic"]["version"] == {"attr": "interbrain.__version__"}
    newest = re.search(r"^## (\S+)", (repository / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)[1]
    assert newest == interbrain.__version__
    # What writes it into results takes it from there: no file of the workflow spells it.
    for file in (*(repository / "workflow").rglob("*.py"), *(repository / "workflow").rglob("*.smk")):
        if file.name != "__init__.py" or file.parent.name != "interbrain":
            assert f'"{interbrain.__version__}"' not in file.read_text(encoding="utf-8"), file


def test_the_citation_has_what_its_format_asks_for(repository):
    citation = yaml.safe_load((repository / "CITATION.cff").read_text(encoding="utf-8"))
    assert citation["cff-version"] == "1.2.0" and citation["type"] == "software"
    assert citation["message"] and citation["title"] and citation["license"] == "BSD-3-Clause"
    people = {"name", "family-names", "given-names", "orcid", "affiliation"}
    assert citation["authors"] and all(set(author) <= people for author in citation["authors"])


@pytest.mark.parametrize("form", ["wrong-result", "refused-recording", "question"])
def test_each_form_of_an_issue_asks_for_the_doctor_and_warns_of_patients_data(repository, form):
    read = yaml.safe_load((repository / f".github/ISSUE_TEMPLATE/{form}.yml").read_text(encoding="utf-8"))
    assert read["name"] and read["description"]
    first, *fields = read["body"]
    assert first["type"] == "markdown" and "patients" in first["attributes"]["value"].replace("\n", " ")
    assert "Do not attach" in first["attributes"]["value"]
    assert "results/doctor.json" in {field["attributes"]["label"] for field in fields}


def test_both_recipes_of_containers_install_by_the_same_commands(repository):
    """So that what runs those of one in an empty environment holds for the other as well."""
    one = (repository / "envs/interbrain.def").read_text(encoding="utf-8")
    other = (repository / "envs/Containerfile").read_text(encoding="utf-8")
    assert one.partition("From: ")[2].split()[0] == other.partition("FROM ")[2].split()[0]
    post = re.search(r"%post\n((?:    .*\n)+)", one)[1]
    runs = " && ".join(re.findall(r"^RUN (.*)$", other.replace("\\\n", ""), re.M))
    assert [" ".join(line.split()) for line in post.splitlines()] == [
        " ".join(command.split()) for command in runs.split("&&")
    ]


def test_a_container_has_a_name_for_a_user_whom_the_image_does_not_know(repository):
    """`--user "$(id -u):$(id -g)"` names nobody in the image, and Snakemake ends where no name is found."""
    recipe = (repository / "envs/Containerfile").read_text(encoding="utf-8")
    environment = dict(pair.split("=") for pair in re.search(r"^ENV (.*)$", recipe, re.M)[1].split())
    command = "import getpass, os, pwd; pwd.getpwuid = {}.__getitem__; print(getpass.getuser())"
    done = subprocess.run([sys.executable, "-c", command], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == "interbrain", done.stderr


def test_no_recording_enters_an_image_and_both_recipes_copy_the_same(repository):
    """Only Docker's engine reads .dockerignore, so each recipe names what it copies."""
    one = (repository / "envs/interbrain.def").read_text(encoding="utf-8")
    other = (repository / "envs/Containerfile").read_text(encoding="utf-8")
    files = re.search(r"%files\n((?:    .*\n)+)", one)[1].splitlines()
    copied = {source for line in re.findall(r"^COPY (.*) \S+$", other, re.M) for source in line.split()}
    assert {line.split()[0] for line in files} == copied
    tracked = subprocess.run(["git", "ls-files"], cwd=repository, capture_output=True, text=True).stdout
    parts = {file.partition("/")[0] for file in tracked.splitlines()}
    assert copied <= parts - {"bids", "examples", "results"}


def test_the_versions_of_python_that_are_accepted_are_those_that_are_tested(repository):
    tried = re.search(r"^VERSIONS = (.*)$", (repository / "benchmarks/versions.py").read_text(), re.M)[1]
    *earlier, newest = versions = ast.literal_eval(tried)
    after = f"3.{int(newest.partition('.')[2]) + 1}"
    project = tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["requires-python"] == f">={versions[0]},<{after}"
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    limits = [f"({version.replace('.', ', ')})" for version in (versions[0], after)]
    assert f"{limits[0]} <= sys.version_info < {limits[1]}" in makefile
    for page in ("Makefile", "README.md", "docs/install.md", "docs/first-ten-minutes.md"):
        text = (repository / page).read_text(encoding="utf-8")
        assert f"{', '.join(earlier)} or {newest}" in text, page
