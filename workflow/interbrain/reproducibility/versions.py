"""Versions of what is installed, as it is when a job runs."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from importlib import metadata

# What the numbers of a cleaned recording depend on besides the recording, the settings and our code.
OF_CLEANING = ("numpy", "scipy", "mne", "pyprep", "python-picard", "mne-icalabel", "onnxruntime")


def version(package: str) -> str:
    """Of one package; Snakemake may run in an environment of its own, without it."""
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return "not installed"


def versions(packages: Iterable[str]) -> dict[str, str]:
    """Of Python and of each package."""
    return {"python": platform.python_version()} | {package: version(package) for package in packages}
