"""Files and functions stay so short that they can be read at once."""

import ast
from pathlib import Path

import interbrain

LINES_OF_A_FILE, LINES_OF_A_FUNCTION = 400, 60
LIBRARY = Path(interbrain.__file__).parent
SOURCES = {path.relative_to(LIBRARY).as_posix(): path for path in sorted(LIBRARY.rglob("*.py"))}


def test_no_file_of_the_library_is_longer_than_it_can_be_read():
    lengths = {name: len(path.read_text(encoding="utf-8").splitlines()) for name, path in SOURCES.items()}
    assert {name: n for name, n in lengths.items() if n > LINES_OF_A_FILE} == {}


def test_no_function_of_the_library_is_longer_than_a_screen_without_its_docstring():
    long = {}
    for name, path in SOURCES.items():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef):
                said = len((ast.get_docstring(node, clean=False) or "").splitlines())
                n = node.end_lineno - node.lineno + 1 - said
                if n > LINES_OF_A_FUNCTION:
                    long[f"{name}: {node.name}"] = n
    assert long == {}
