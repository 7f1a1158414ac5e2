import shutil
import sys

import pytest

from interbrain.reproducibility import digest

ROOMS = {
    "__init__.py": '"""The library."""\nVERSION = 1\n',
    "formula.py": '"""A formula."""\n\n\ndef f(x):\n    """Double."""\n    return 2 * x  # twice\n',
    "unreached.py": "NUMBER = 1\n",
    "late.py": "def g(x):\n    from interbrain.formula import f\n\n    return f(x)\n",
    "package/__init__.py": "from .inner import NAME\n",
    "package/inner.py": "from ..late import g\nfrom . import sibling\n\nNAME = 'a'\n",
    "package/sibling.py": "NUMBER = 1\n",
    "package/unreached.py": "NUMBER = 1\n",
}


@pytest.fixture
def library(tmp_path, monkeypatch):
    folder = tmp_path / "interbrain"
    for name, text in ROOMS.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(text, encoding="utf-8")
    monkeypatch.setattr(digest, "LIBRARY", folder)
    monkeypatch.setattr(digest, "KNOWN", folder / "__pycache__/digest.json")
    monkeypatch.setattr(sys, "dont_write_bytecode", False)
    forget()
    yield folder
    forget()


def forget():
    """As the next process begins."""
    digest._known.cache_clear()
    digest._read.cache_clear()


@pytest.fixture
def code(tmp_path, library):
    """The digest of a script of these lines."""

    def digest_of(text):
        script = tmp_path / "script.py"
        script.write_text(text, encoding="utf-8")
        return digest.code_digest(script)

    return digest_of


def changed(path, old, new):
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


IMPORTS = [
    "from interbrain.formula import f",
    "import interbrain.formula",
    "import numpy, interbrain.formula as room",
    "from interbrain import formula",
    "from interbrain.late import g",
    "def job():\n    from interbrain.late import g",
    "with job():\n    import interbrain.package",
    "from interbrain.package.inner import NAME",
]


@pytest.mark.parametrize("script", IMPORTS)
def test_a_changed_formula_changes_the_digest_however_it_is_reached(library, code, script):
    before = code(script)
    changed(library / "formula.py", "2 * x", "3 * x")
    assert code(script) != before


def test_a_changed_comment_docstring_or_layout_changes_nothing(library, code):
    before = code(IMPORTS[0])
    changed(library / "formula.py", "# twice", "# two times")
    changed(library / "formula.py", '"""Double."""', '"""Twice x.\n\n    More words.\n    """')
    changed(library / "formula.py", '"""A formula."""', "")
    changed(library / "formula.py", "2 * x", "(2*x)")
    assert code(IMPORTS[0]) == before


def test_a_text_that_is_no_docstring_counts(library, code):
    changed(library / "formula.py", "return 2 * x", 'return "once"')
    before = code(IMPORTS[0])
    changed(library / "formula.py", '"once"', '"twice"')
    assert code(IMPORTS[0]) != before


NOTED = """
def f(x):
    if x < 0:
        raise ValueError(f"x is {x}, below zero")
    note(f"x was {x:.1f} times " + ("one", "many")[x > 1])
    return "a result"
"""


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("below zero", "negative", False),
        ("x was", "the number was", False),
        ('"one"', '"once"', False),
        ("{x:.1f}", "{2 * x:.1f}", True),
        ("x > 1", "x > 2", True),
        ("x < 0", "x < 1", True),
        ("a result", "another result", True),
    ],
)
@pytest.mark.parametrize("room", ["formats", "statistics"])
def test_the_words_of_a_note_and_of_a_refusal_do_not_count_in_rooms_on_signals(
    library, code, room, old, new, counts
):
    (library / room).mkdir()
    (library / room / "noted.py").write_text(NOTED, encoding="utf-8")
    script = f"from interbrain.{room}.noted import f"
    before = code(script)
    changed(library / room / "noted.py", old, new)
    assert (code(script) != before) is (counts or room == "statistics")


def scripts_of(folder, text):
    """Two jobs with this text: one on each dyad, and one on the study."""
    for name in ("convert.py", "report.py"):
        (folder / name).write_text(text, encoding="utf-8")
    return folder / "convert.py", folder / "report.py"


HINTED = """
HINT = "Copy the recording again from the computer that recorded it."
PATTERN = "one two three four five six seven eight|nine"
NAMES = ["one two three four five six seven\\neight", "no good ROI channel"]


def f(x):
    return HINT, f"the two clocks drift apart by {x + 1} ppm, which is a lot"
"""


@pytest.mark.parametrize(
    ("old", "new", "counts"),
    [
        ("Copy the recording", "Fetch the recording", False),
        ("which is a lot", "which is too much", False),
        ("x + 1", "x + 2", True),
        ("eight|nine", "eight|ten", True),
        ("\\neight", "\\nnine", True),
        ("no good ROI", "no such ROI", True),
    ],
)
def test_no_sentence_counts_in_a_job_on_each_dyad(library, tmp_path, old, new, counts):
    """A word of a hint that reached conversion once repeated every ICA of every study."""
    (library / "formats").mkdir()
    (library / "formats/hinted.py").write_text(HINTED, encoding="utf-8")
    each, whole = scripts_of(tmp_path, "from interbrain.formats.hinted import f")
    before = digest.code_digest(each), digest.code_digest(whole)
    changed(library / "formats/hinted.py", old, new)
    assert (digest.code_digest(each) != before[0]) is counts
    assert digest.code_digest(whole) != before[1]


@pytest.mark.parametrize(
    ("old", "new", "counts"), [("of a window", "of each window", False), ("count", "ratio", True)]
)
def test_the_description_of_a_column_counts_only_where_a_study_is_put_together(
    library, tmp_path, old, new, counts
):
    (library / "tables").mkdir()
    declared = 'LEDGER = Table("ledger", "A row of a window", [Column("n", "count", "Number of a window")])\n'
    (library / "tables/windows.py").write_text(declared, encoding="utf-8")
    each, whole = scripts_of(tmp_path, "from interbrain.tables.windows import LEDGER")
    before = digest.code_digest(each), digest.code_digest(whole)
    changed(library / "tables/windows.py", old, new)
    assert (digest.code_digest(each) != before[0]) is counts
    assert digest.code_digest(whole) != before[1]


@pytest.mark.parametrize("room", ["unreached.py", "package/unreached.py", "late.py"])
def test_a_room_that_is_not_reached_changes_nothing(library, code, room):
    before = code(IMPORTS[0])
    with (library / room).open("a", encoding="utf-8") as file:
        file.write("MORE = 1\n")
    assert code(IMPORTS[0]) == before


@pytest.mark.parametrize("room", ["__init__.py", "package/__init__.py", "package/sibling.py", "late.py"])
def test_packages_around_a_module_and_relative_imports_count(library, code, room):
    before = code("from interbrain.package import inner")
    with (library / room).open("a", encoding="utf-8") as file:
        file.write("MORE = 1\n")
    assert code("from interbrain.package import inner") != before


def test_rooms_that_import_each_other_end(library, code):
    changed(library / "formula.py", "def f", "from interbrain import late\n\n\ndef f")
    assert code(IMPORTS[0]) == code("from interbrain.late import g")


def test_moving_code_to_a_room_of_another_name_changes_the_digest(library, code):
    before = code("import interbrain.unreached")
    shutil.move(library / "unreached.py", library / "elsewhere.py")
    assert code("import interbrain.elsewhere") != before


def test_a_text_that_was_taken_apart_is_known_to_the_next_process(library, code, monkeypatch):
    before = code(IMPORTS[-1])
    forget()
    with monkeypatch.context() as patch:
        patch.setattr(digest, "_parsed", None)
        assert code(IMPORTS[-1]) == before
    changed(library / "formula.py", "2 * x", "3 * x")
    assert code(IMPORTS[-1]) != before


@pytest.mark.parametrize("spoil", [lambda f: f.write_text("{"), lambda f: (f.unlink(), f.mkdir())])
def test_a_damaged_store_and_one_that_cannot_be_written_change_nothing(library, code, spoil):
    before = code(IMPORTS[0])
    spoil(digest.KNOWN)
    forget()
    assert code(IMPORTS[0]) == before
    assert [p.name for p in digest.KNOWN.parent.iterdir()] == ["digest.json"]


def test_a_script_that_uses_no_room_has_a_digest_too(code):
    assert code("import json") == code("import csv") != code("import interbrain")


def test_the_scripts_reach_the_rooms_whose_results_they_write(repository):
    assert all((digest.LIBRARY / name).is_file() for name in digest.WITHOUT_TRACE)
    assert all((repository / f"workflow/scripts/{name}.py").is_file() for name in digest.OF_EACH_DYAD)
    """In the real library: a new PLV formula runs the synchrony again, and not the conversion."""
    scripts = repository / "workflow/scripts"

    def reached(script):
        found, waiting = set(), digest._imports(scripts / script)
        while waiting:
            room = waiting.pop()
            if room not in found:
                found.add(room)
                waiting += digest._imports(room)
        return {room.relative_to(digest.LIBRARY).with_suffix("").as_posix() for room in found}

    def rooms(script):
        return {module.split("/")[0] for module in reached(script)}

    assert {"metrics", "chance", "rhythms", "epochs", "clocks"} <= rooms("synchrony.py")
    assert {"cleaning", "bids"} <= rooms("clean.py")
    assert not {"clocks", "epochs", "tables", "study", "simulate"} & rooms("clean.py")
    assert "files/dictionary" not in reached("clean.py")
    assert "statistics/anova" in reached("analyse.py")
    assert not {"group", "synchrony", "epochs"} & rooms("analyse.py")
    assert {"bids/recording", "formats/gaps"} <= reached("convert.py")
    assert {"clocks/session", "clocks/matching", "formats/triggers"} <= reached("clock.py")
    for script in ("clock.py", "convert.py", "dataset.py", "validate.py", "provenance.py"):
        assert not {"metrics", "chance", "cleaning", "statistics"} & rooms(script), script
    assert not {"cleaning", "epochs", "chance"} & rooms("report.py")
