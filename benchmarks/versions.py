"""The quick tests and the demo's plan under each Python that is supported, or with the lowest versions.

    python benchmarks/versions.py              # each of 3.11, 3.12, 3.13 that is here, with requirements.lock
    python benchmarks/versions.py 3.13         # this one alone
    python benchmarks/versions.py --lowest     # this Python; the lowest that envs/packages.in allows
    python benchmarks/versions.py --examples   # the oldest and newest but this one: the API's examples

Each has an environment of its own below build/, which is kept. What is absent is named and skipped.
"""

import argparse
import re
import shutil
import subprocess
import sys
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[1]
BUILD = REPOSITORY / "build"
VERSIONS = ("3.11", "3.12", "3.13")
# Each public function is imported and used, in seconds.
EXAMPLES = ("tests/test_library.py",)
UV = Path(sys.executable).with_name("uv")
FOR_TESTS = ("pytest", "pytest-xdist", "hypothesis", "selenium", "html5lib", "setuptools>=77")


def found(version: str) -> str | None:
    """The interpreter of a version: by its name, which may be there and not work, or of pyenv."""
    of_pyenv = sorted(Path.home().glob(f".pyenv/versions/{version}.*/bin/python"))
    for candidate in (shutil.which(f"python{version}"), *map(str, reversed(of_pyenv))):
        if candidate:
            said = subprocess.run([candidate, "--version"], capture_output=True, text=True)
            if said.returncode == 0 and re.match(rf"Python {re.escape(version)}\.", said.stdout):
                return candidate
    return None


def environment(python: str, name: str, *arguments: object) -> Path:
    """An environment with the library in place and what `uv pip` was asked for; its folder of programs."""
    programs = BUILD / name / "bin"
    if not programs.is_dir():
        run(UV, "venv", "--quiet", "--python", python, BUILD / name)
    install = (UV, "pip", *arguments, "--quiet", "--python", programs / "python")
    run(*install)
    own = ("--no-deps", "--no-build-isolation", "--editable", REPOSITORY)
    run(UV, "pip", "install", "--quiet", "--python", programs / "python", *own)
    return programs


def lowest() -> Path:
    """An environment of this Python with the lowest versions that `envs/packages.in` allows."""
    BUILD.mkdir(exist_ok=True)
    pinned = BUILD / "lowest.txt"
    resolve = ("--resolution", "lowest-direct", "--python-version", f"3.{sys.version_info.minor}")
    run(UV, "pip", "compile", "--quiet", *resolve, "envs/packages.in", "--output-file", pinned)
    programs = environment(sys.executable, "lowest", "install", "--requirements", pinned, *FOR_TESTS)
    return programs


def tried(programs: Path, *tests: str) -> bool:
    """Whether these tests pass; without any, whether the quick ones do and the demo can be planned."""
    pytest = (programs / "pytest", "-p", "no:xdist", "-q")
    if tests:
        return succeeds(*pytest, *tests)
    plan = (programs / "snakemake", "--cores", "1", "--dry-run", "--quiet", "all", "--directory")
    return all([succeeds(*pytest, "-m", "not slow and not long"), succeeds(*plan, BUILD / "plan")])


def succeeds(*command: object) -> bool:
    return subprocess.run([str(word) for word in command], cwd=REPOSITORY).returncode == 0


def run(*command: object) -> None:
    subprocess.run([str(word) for word in command], cwd=REPOSITORY, check=True)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("versions", nargs="*", metavar="version", help=" ".join(VERSIONS))
    parser.add_argument("--lowest", action="store_true")
    parser.add_argument("--examples", action="store_true")
    asked = parser.parse_args()
    shutil.rmtree(BUILD / "plan", ignore_errors=True)
    shutil.copytree(REPOSITORY / "config", BUILD / "plan/config")
    if asked.lowest:
        outcomes = {"lowest versions": tried(lowest())}
    else:
        outcomes = {}
        own = f"3.{sys.version_info.minor}"
        tests = EXAMPLES if asked.examples else ()
        wanted = asked.versions or list(VERSIONS)
        if asked.examples:  # those between the ends hardly ever differ from both
            here = [v for v in VERSIONS if v == own or found(v)]
            wanted = [v for v in wanted if v in (here[0], here[-1]) and v != own]
        for version in wanted:
            python = found(version)
            if python is None:
                print(f"Python {version}: not on this machine, not tried", flush=True)
                continue
            lock = ("sync", "--require-hashes", REPOSITORY / "requirements.lock")
            outcomes[f"Python {version}"] = tried(environment(python, f"python{version}", *lock), *tests)
    for name, passed in outcomes.items():
        print(f"{name}: {'passed' if passed else 'FAILED'}")
    return 0 if all(outcomes.values()) and (outcomes or asked.examples) else 1


if __name__ == "__main__":
    sys.exit(main())
