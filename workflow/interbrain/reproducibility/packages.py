"""Whether the packages that the workflow needs are installed, and new enough, before anything is imported.

Compares names and versions only and imports none of them: it costs a run a few milliseconds. Knows no problem
class, as their modules may be what cannot be imported.
"""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterable, Mapping
from importlib import metadata
from pathlib import Path

LISTED = Path("envs", "packages.in")
WANTED = re.compile(r"(?P<name>[A-Za-z0-9._-]+)(?:\[[^\]]*\])?\s*>=\s*(?P<lowest>[0-9][0-9.]*)")
INSTALLED = re.compile(r"(?P<name>.+?)-(?P<version>[0-9][^-]*)(?:-py[0-9.]+)?\.(?:dist|egg)-info")


def packages_message(top: Path) -> str:
    """What a person reads where packages are missing or too old, and the command that mends it; else empty.

    Parameters
    ----------
    top : Path
        The top folder of Interbrain. Its list of packages counts, which an update renews at once; without
        it, what the installed library says that it needs.
    """
    lacking = lacking_packages(required(top), installed(sys.path))
    if not lacking:
        return ""
    is_one = len(lacking) == 1
    return (
        f"The environment that runs Snakemake ({sys.executable}) has not all that this version of "
        f"Interbrain needs: {'; '.join(lacking)}. Nothing has been run.\n"
        f"   Install {'it' if is_one else 'them'}: {mending(top, Path(sys.prefix))}\n"
        "   (docs/install.md has every way to install; docs/howto/update.md, how to update)"
    )


def required(top: Path) -> dict[str, str]:
    """The lowest version of each package that the workflow imports or calls."""
    listed = top / LISTED
    if listed.is_file():
        lines = listed.read_text(encoding="utf-8").splitlines()
    else:
        lines = [line for line in metadata.requires("interbrain") or [] if "extra ==" not in line]
    found = [WANTED.match(line) for line in lines]
    return {package["name"]: package["lowest"] for package in found if package}


def installed(folders: Iterable[str]) -> dict[str, str]:
    """The version of each package in these folders, by its plain name; of the first folder that has it."""
    versions: dict[str, str] = {}
    for folder in folders:
        names = sorted(os.listdir(folder)) if os.path.isdir(folder) else []
        for found in filter(None, map(INSTALLED.fullmatch, names)):
            versions.setdefault(_plain(found["name"]), found["version"])
    return versions


def lacking_packages(wanted: Mapping[str, str], there: Mapping[str, str]) -> list[str]:
    """Each package that is missing or too old, in words.

    Examples
    --------
    >>> lacking_packages({"mne": "1.13", "scipy": "1.15", "pandas": "3.1"}, {"mne": "1.9.0", "scipy": "1.15"})
    ['mne 1.9.0 is installed, 1.13 or newer is needed', 'pandas is missing, 3.1 or newer is needed']
    """
    lacking = []
    for name, lowest in wanted.items():
        version = there.get(_plain(name)) or _by_other_ways(name)
        if version is None:
            lacking.append(f"{name} is missing, {lowest} or newer is needed")
        elif _numbers(version) < _numbers(lowest):
            lacking.append(f"{name} {version} is installed, {lowest} or newer is needed")
    return lacking


def mending(top: Path, prefix: Path) -> str:
    """The command that installs what is lacking, the way in which the environment was made."""
    if (prefix / "conda-meta").is_dir():
        return (
            f'cd "{top}" && conda env update --prefix "{prefix}" --file envs/interbrain.yaml && '
            "python -m pip install --no-deps --editable ."
        )
    if (prefix / ".installed").is_file():
        # Its mark says that all is there, so that make has to be told otherwise.
        return f'make --always-make --directory "{prefix.parent}" .venv/.installed'
    return f'"{sys.executable}" -m pip install --upgrade "{top}"'


def _by_other_ways(name: str) -> str | None:
    """Of a package that is in no folder, such as one in an archive."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def _numbers(version: str) -> list[int]:
    """The parts that are compared; 2.0 is 2, and a version before its release counts as that release."""
    numbers = [int(part) for part in re.match(r"[0-9.]*", version)[0].split(".") if part]  # type: ignore[index]
    while numbers and not numbers[-1]:
        numbers.pop()
    return numbers
