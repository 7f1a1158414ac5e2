"""The house: rooms that a newcomer can read, arrows that go one way, nothing longer than one can hold."""

import ast
import re
import tomllib
from collections import defaultdict
from pathlib import Path

import pytest

import interbrain

LIBRARY = Path(interbrain.__file__).parent
MODULES = sorted(LIBRARY.rglob("*.py"))
MOST_LINES, MOST_LINES_OF_A_FUNCTION = 400, 60  # of a function without its docstring


def parsed(path):
    return ast.parse(path.read_text(encoding="utf-8"))


def name(path):
    return path.relative_to(LIBRARY).with_suffix("").as_posix()


def lines_without_docstring(function):
    length, first = function.end_lineno - function.lineno + 1, function.body[0]
    if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and len(function.body) > 1:
        length -= first.end_lineno - first.lineno + 1
    return length


def room(path):
    return path.relative_to(LIBRARY).parts[0].removesuffix(".py")


def imported_rooms(path):
    """The rooms of the library that a module imports, also in functions, but for types alone."""
    for node in ast.walk(parsed(path)):
        if isinstance(node, ast.Import):
            yield from (a.name.split(".")[1] for a in node.names if a.name.startswith("interbrain."))
        elif isinstance(node, ast.ImportFrom) and not node.level and node.module.startswith("interbrain"):
            parts = node.module.split(".")
            yield from [parts[1]] if len(parts) > 1 else [a.name for a in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level > 1 and path.parents[node.level - 1] == LIBRARY:
            yield (node.module or node.names[0].name).split(".")[0]


@pytest.fixture(scope="module")
def arrows():
    found = defaultdict(set)
    for path in MODULES:
        if path.parent != LIBRARY or path.stem != "__init__":
            found[room(path)] |= set(imported_rooms(path)) - {room(path)}
    return found


def reached(start, arrows):
    found, waiting = set(), list(arrows[start])
    while waiting:
        if (one := waiting.pop()) not in found:
            found.add(one)
            waiting += arrows[one]
    return found


def test_imports_go_one_way_between_rooms(arrows):
    assert [one for one in list(arrows) if one in reached(one, arrows)] == []


def test_numerical_rooms_know_nothing_of_studies_words_and_pages(arrows):
    later = {"study", "doctor", "quality", "group", "statistics", "findings", "report", "pictures"}
    for one in (
        "formats",
        "clocks",
        "cleaning",
        "epochs",
        "rhythms",
        "metrics",
        "chance",
        "synchrony",
        "coordination",
    ):
        assert not later & reached(one, arrows), one


def test_the_report_reads_tables_and_imports_no_stage_on_signals(arrows):
    signals = {"formats", "bids", "clocks", "cleaning", "epochs", "rhythms", "chance", "synchrony", "study"}
    assert not signals & arrows["report"]


def test_no_file_is_longer_than_a_person_can_hold():
    lengths = {name(path): len(path.read_text(encoding="utf-8").splitlines()) for path in MODULES}
    assert {module: n for module, n in lengths.items() if n > MOST_LINES} == {}


def test_no_function_is_longer_than_a_screen():
    long = {
        f"{name(path)}.{node.name}": lines_without_docstring(node)
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and lines_without_docstring(node) > MOST_LINES_OF_A_FUNCTION
    }
    assert long == {}


def arguments(function):
    all_of_them = function.args
    named = [*all_of_them.posonlyargs, *all_of_them.args, *all_of_them.kwonlyargs]
    rest = [one for one in (all_of_them.vararg, all_of_them.kwarg) if one]
    return [one for one in (*named, *rest) if one.arg not in ("self", "cls")]


def test_every_module_says_what_it_is_for():
    assert [name(path) for path in MODULES if not ast.get_docstring(parsed(path))] == []


def test_types_are_checked_strictly_in_every_room():
    project = tomllib.loads((LIBRARY.parents[1] / "pyproject.toml").read_text(encoding="utf-8"))
    checked = project["tool"]["mypy"]
    assert (checked["strict"], checked["files"]) == (True, ["workflow/interbrain"])
    assert not {"overrides", "exclude", "disable_error_code"} & set(checked)


def test_no_finding_about_types_is_silenced_without_its_code():
    bare = re.compile(r"#\s*(type: ignore(?!\[)|mypy:)")
    assert [name(path) for path in MODULES if bare.search(path.read_text(encoding="utf-8"))] == []


def test_every_function_says_the_types_of_what_it_takes_and_gives():
    untyped = {
        f"{name(path)}.{node.name}"
        for path in MODULES
        for node in ast.walk(parsed(path))
        if isinstance(node, ast.FunctionDef)
        and (node.returns is None or any(one.annotation is None for one in arguments(node)))
    }
    assert untyped == set()


def test_no_assertion_holds_of_notes_that_are_missing(repository):
    """What pandas says of a missing text is true in `.all()`; a test has to say what it means: `na=False`."""
    said = re.compile(r"\.str\.(contains|startswith|endswith|match|fullmatch)\((?!.*na=).*\)\.all\(")
    for file in sorted((repository / "tests").rglob("*.py")):
        for line in file.read_text(encoding="utf-8").splitlines():
            assert "re.compile" in line or not said.search(line), f"{file}: {line.strip()}"
