"""What every room's tests may use: the folder of real and reference files, where there is one."""

from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent
REPOSITORY = TESTS.parent


@pytest.fixture(scope="session")
def repository() -> Path:
    return REPOSITORY


@pytest.fixture(scope="session")
def shared() -> Path:
    """The folder of reference numbers and real recordings beside the repository; skip where it is absent."""
    folder = REPOSITORY.parent / "shared"
    if not (folder / "reference").is_dir():
        pytest.skip("the folder shared/ with reference and real files is not beside this repository")
    return folder


def pytest_collection_modifyitems(items):
    """Whole runs of the workflow go first, so that no process is left alone with them at the end."""
    items.sort(key=lambda item: item.path.relative_to(TESTS).parts[0] != "workflow")
