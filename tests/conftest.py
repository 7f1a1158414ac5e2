"""What every room's tests may use: the folder of real and reference files, where there is one."""

import os
from pathlib import Path

# As in a job, and before NumPy is there: threads of two processes would only wait for each other.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Jobs start from bytecode, as they do for a user.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)

import pytest  # noqa: E402

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


# What takes seconds a test, longest first. `make test-fast` leaves it out.
SLOW = (
    *(
        "workflow/test_real_recordings.py",
        "workflow/test_bad_input.py",
        "workflow",
        "bids/test_anonymised.py",
    ),
    *(
        "cleaning",
        "report/test_page.py",
        "report/test_figures.py",
        "report/test_tables.py",
        "synchrony",
        "multiverse",
        "simulate",
    ),
)


def pytest_collection_modifyitems(items):
    """Slow files go first, so that no process is left alone with one at the end."""

    def place(item):
        path = item.path.relative_to(TESTS).as_posix()
        return next((n for n, name in enumerate(SLOW) if path.startswith(name)), len(SLOW))

    for item in items:
        if place(item) < len(SLOW):
            item.add_marker("slow")
    items.sort(key=place)
