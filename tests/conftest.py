"""What every room's tests may use: the folder of real and reference files, where there is one."""

import gc
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

# As in a job, and before NumPy is there: threads of two processes would only wait for each other.
for variable in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"):
    os.environ.setdefault(variable, "1")
# Jobs start from bytecode, as they do for a user.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Until everything is loaded: what the libraries make as they are loaded stays, and to look through it again
# and again takes a third of the time of collecting the tests.
gc.disable()

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


@pytest.fixture(scope="session")
def n_calls() -> Callable[..., int]:
    """Calls, Python's own and those of C, until a function returns: what grows, counted and not timed.

    Only those of functions in files `within` a folder, where one is named.
    """

    def of(function, *arguments, within=""):
        count = 0

        def counted(frame, event, argument):
            nonlocal count
            if within:
                count += event == "call" and within in frame.f_code.co_filename
            else:
                count += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            function(*arguments)
        finally:
            sys.setprofile(None)
        return count

    return of


@pytest.fixture(scope="session")
def once(tmp_path_factory) -> Callable[[str, Callable[[Path], None]], Path]:
    """What is made once for all processes of a run of the tests: `once(name, make)` is its folder.

    The first process that asks lets `make` fill the folder, and the others wait for it.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base

    def folder_of(name: str, make: Callable[[Path], None]) -> Path:
        folder, done = shared / name, shared / f"{name}.done"
        try:
            folder.mkdir()
        except FileExistsError:
            while not done.exists():
                time.sleep(0.2)
        else:
            went_wrong = "it could not be made; the first test that asked for it has the reason"
            try:
                make(folder)
                went_wrong = ""
            finally:  # the others must not wait for ever
                part = shared / f"{name}.part"
                part.write_text(went_wrong)
                part.rename(done)
        assert done.read_text() == "", f"{name}: {done.read_text()}"
        return folder

    return folder_of


# What takes nine tenths of the time, longest first; `make test-fast` leaves it out. The first makes the
# finished study, for which the next two need not wait.
SLOW = [
    "workflow/test_bad_input.py",
    "report/test_page.py",
    "study/test_study.py",
    "workflow/test_slurm.py",
    "workflow",
    "bids/test_anonymised.py",
    "report/test_in_a_browser.py",
    "study/test_growth.py",
    "newstudy/test_replication.py",
    "report/test_moments.py",
    "statistics/test_study.py",
    "cleaning",
    "doctor/test_doctor.py",
    "synchrony",
    "findings/test_factors.py",
    "report/test_cards.py",
    "pictures",
    "report/test_trust.py",
    "multiverse",
    "clocks/test_jumps.py",
    "metrics/test_estimators.py",
    "report/test_figures.py",
    "epochs/test_autoreject.py",
    "docs",
    "report/test_pairs_section.py",
    "study/test_tables_as_people_write_them.py",
    "study/test_broken_studies.py",
    "clocks/test_clocks.py",
    "reproducibility/test_what_runs_again.py",
    "reproducibility/test_warm.py",
    "statistics/test_therapists.py",
    "formats/test_every_format.py",
    "simulate",
    "statistics/test_channel_pairs.py",
    "formats/test_poly5_fuzz.py",
    "bids/test_one_person_in_several_dyads.py",
    "report/test_tables.py",
    "findings/test_therapists.py",
    "statistics/test_signal_to_noise.py",
    "formats/test_xdf.py",
    "clocks/test_session.py",
    "doctor",
    "report",
    "study/test_multiverse_settings.py",
    "bids/test_checks.py",
    "statistics/test_presence.py",
    "statistics/test_permutation.py",
    "statistics/test_spread.py",
    "bids/test_recording.py",
    "bids/test_dataset.py",
    "bids/test_release.py",
    "test_environment.py",
    "reproducibility/test_one_run.py",
    "formats/test_spectrum.py",
    "chance/test_draw.py",
]


def pytest_collection_finish():
    """What is loaded by now stays: Python need not look through all of it again and again for what may go."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 50, 50)
    gc.enable()


def pytest_collection_modifyitems(items):
    """Slow files go first, so that no process is left alone with one at the end.

    Of the cases of a test that is marked `long_but`, all are long but those that it names.
    """

    def place(item):
        path = item.path.relative_to(TESTS).as_posix()
        return next((n for n, name in enumerate(SLOW) if path.startswith(name)), len(SLOW))

    for item in items:
        short = item.get_closest_marker("long_but")
        if short and item.callspec.id not in short.args:
            item.add_marker("long")
        if place(item) < len(SLOW):
            item.add_marker("slow")
    items.sort(key=place)
