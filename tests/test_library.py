"""The library's face: every name is there, costs nothing until it is used, and its examples are true."""

import doctest
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import numpy as np
import pytest

import interbrain
from interbrain.formats.poly5_writing import write_poly5


@pytest.fixture(scope="module")
def poly5(tmp_path_factory):
    """What the example of `read_poly5` opens."""
    path = tmp_path_factory.mktemp("example") / "D01_pre.Poly5"
    data = np.zeros((3, 2000))
    write_poly5(path, data, 500, ["Fz", "Cz", "Digi"], ["µV", "µV", ""])
    return path


FUNCTIONS = [name for name in interbrain.FACE if callable(getattr(interbrain, name))]


@pytest.mark.parametrize("name", FUNCTIONS)
def test_each_function_has_examples_that_run_and_show_what_comes_out(name, poly5):
    room = import_module(f"interbrain.{interbrain.FACE[name]}")
    found = doctest.DocTestFinder(recurse=False).find(
        getattr(interbrain, name), name, room, extraglobs={"poly5": poly5}
    )
    assert any(test.examples for test in found)
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    for test in found:
        runner.run(test)
    assert runner.summarize(verbose=False).failed == 0


def test_the_face_names_what_a_type_checker_sees():
    text = Path(interbrain.__file__).read_text(encoding="utf-8")
    seen = [line.split(" as ")[-1] for line in text.splitlines() if line.startswith("    from interbrain.")]
    assert sorted(seen) == sorted(interbrain.FACE)
    assert set(interbrain.FACE) <= set(dir(interbrain))


def test_importing_the_library_loads_nothing_heavy():
    code = "import sys, interbrain; print(sorted({'numpy', 'scipy', 'mne', 'pandas'} & set(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_a_name_that_is_not_there_is_an_attribute_error():
    with pytest.raises(AttributeError, match="has no attribute 'pvl'"):
        interbrain.pvl  # noqa: B018
