"""Settings are declared once: what is read exists, what exists is read, and the page says the same."""

import ast
import importlib.util
import re
from pathlib import Path

import pytest
from jsonschema import Draft202012Validator

import interbrain
from interbrain.study.config import settings_of
from interbrain.study.settings import Settings, config_schema

LIBRARY = Path(interbrain.__file__).parent
DECLARING = {*LIBRARY.glob("study/*settings.py"), LIBRARY / "study/kinds.py", LIBRARY / "study/declaring.py"}


@pytest.fixture(scope="module")
def pages(repository):
    path = repository / "workflow/scripts/settings_page.py"
    spec = importlib.util.spec_from_file_location("settings_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def library():
    """The library's modules, taken apart, but for those that declare."""
    paths = sorted(set(LIBRARY.rglob("*.py")) - DECLARING)
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in paths}


def test_the_schema_is_a_valid_one():
    Draft202012Validator.check_schema(config_schema())


def test_the_page_of_settings_is_what_the_declarations_give(pages, repository):
    written = (repository / "docs/settings.md").read_text(encoding="utf-8")
    assert written == pages.page(), "run: make pages"


def test_a_stage_reads_what_decides_about_a_list_that_it_uses(pages):
    """The release names a list of the rules of the report, which holds mediations where one is asked for."""
    assert {"release", "report"} <= set(pages.stages()["statistics", "mediation"])


def test_whatever_the_rules_read_is_a_setting(pages):
    known = {path[:2] for path, _ in pages.declared()} | {path[:1] for path, _ in pages.declared()}
    named = {path for path in pages.stages() if path[0] not in ("questionnaires", "factors", "differences")}
    assert len(named) > 50
    assert named - known == set()


def chains(tree):
    """Settings that a module reads by their names from what it calls config."""
    for node in ast.walk(tree):
        names = []
        while isinstance(node, ast.Subscript) and isinstance(node.slice, ast.Constant):
            names.insert(0, node.slice.value)
            node = node.value
        if names and isinstance(node, ast.Name) and node.id == "config":
            yield tuple(names)


def test_whatever_the_library_reads_from_a_config_is_a_setting(pages, library):
    known = {path[:depth] for path, _ in pages.declared() for depth in (1, 2)}
    read = {chain[:2] for tree in library.values() for chain in chains(tree)}
    assert ("tables", "recordings") in read
    assert read - known == set()


def asked_of_the_provenance(tree):
    """Settings that the report asks for, as its results and its methods' run give them."""
    for node in ast.walk(tree):
        match node:
            case ast.Call(func=ast.Attribute(attr="setting" | "stated"), args=names):
                pass
            case ast.Call(func=ast.Attribute(value=ast.Name(id="run"), attr="get"), args=names):
                pass
            case _:
                continue
        if names and all(isinstance(name, ast.Constant) for name in names):
            yield tuple(name.value for name in names)


def test_whatever_the_report_asks_of_the_config_is_a_setting(pages, library):
    known = {path for path, _ in pages.declared()}
    report = [tree for path, tree in library.items() if "report" in path.parts]
    asked = {path for tree in report for path in asked_of_the_provenance(tree)}
    assert {("windows", "length_s"), ("statistics", "relabelings")} <= asked
    assert asked - known == set()


def test_the_report_has_no_default_of_its_own_but_nothing_at_all(library):
    """A number or word here could differ from the declared one: `stated` gives that."""
    report = [tree for path, tree in library.items() if "report" in path.parts]
    given = [
        keyword.value
        for tree in report
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("setting", "get")
        for keyword in node.keywords
        if keyword.arg == "default"
    ]
    assert len(given) > 5
    assert not [value for value in given if isinstance(value, ast.Constant) and value.value is not None]
    assert not [
        value for value in given if isinstance(value, ast.List | ast.Dict) and ast.literal_eval(value)
    ]


def words_of(tree):
    """What a module may read a setting by: an attribute, a key or other text, the name of a parameter."""
    for node in ast.walk(tree):
        match node:
            case ast.Attribute():
                yield node.attr
            case ast.Constant(value=str()):
                yield node.value
            case ast.arg() | ast.keyword():
                yield node.arg


def test_every_setting_is_read(pages, library, repository):
    read = {word for tree in library.values() for word in words_of(tree)}
    for rules in [*(repository / "workflow/rules").glob("*.smk"), repository / "workflow/Snakefile"]:
        read |= set(re.findall(r'\["(\w+)"\]', rules.read_text(encoding="utf-8")))
    declared = {name for path, _ in pages.declared() for name in path if name != pages.NAMED}
    assert len(declared) > 90
    assert declared - read == set(), "no module and no rule reads these settings"


def test_no_setting_has_a_second_default_where_it_is_read(pages, library, repository):
    texts = {path: path.read_text(encoding="utf-8") for path in library}
    texts |= {p: p.read_text(encoding="utf-8") for p in (repository / "workflow/rules").glob("*.smk")}
    silent = r'config((?:\["\w+"\])*)\.get\("(\w+)", '
    asked = [
        (*re.findall(r"\w+", groups), name)
        for text in texts.values()
        for groups, name in re.findall(silent, text)
    ]
    # Where nothing is declared to follow, whoever reads the setting decides.
    free = {path for path, about in pages.declared() if "default" not in about} - pages.must_be_given()
    assert set(asked) - free == set()


def test_a_config_that_the_schema_takes_is_one_of_typed_settings(demo, schema):
    settings = settings_of(demo.config, schema)
    assert settings.windows.length_s == 5
    assert settings.bands["alpha"] == [8, 12]
    assert settings.questionnaires["wai_t"].max_missing_items is None
    assert settings.statistics.between == ["mindfulness", "modality"]
    with pytest.raises(ValueError, match="frozen"):
        settings.windows.length_s = 2


@pytest.mark.parametrize(
    "changes",
    [
        {"line_frequency": {"therapist": 50, "client": 60}},
        {"bands": "infant"},
        {"triggers": None},
        {"triggers": {"channel": "Digi", "client": {"annotation": 255, "dead_time_s": 1}}},
        {"tables": {"dyads": "a.tsv", "recordings": "b.tsv", "cap_map": {"therapist": "c.tsv"}}},
        {"events": {"names": ["sound"], "do": "regress"}},
        {"statistics": {"sums_of_squares": 2.0, "relabelings": 999.0}, "seed": 7.0},
        {"multiverse": {"reference": {"mastoids": ["TP9", "TP10"]}, "bands": {"narrow": {"a": [9, 11]}}}},
        {"multiverse": {}},
        {"cleaning": {"ica": {"remove": {"other": 0.9}}}},
        {"windows": {"autoreject": "local"}, "synchrony": {"directed": "granger"}},
        {"colour": "red"},
    ],
)
def test_the_types_take_every_value_that_the_schema_takes(demo, schema, changes):
    config = demo.config | changes
    known = {key: value for key, value in config.items() if key in schema["properties"]}
    assert list(Draft202012Validator(schema).iter_errors(known)) == []
    assert isinstance(settings_of(config, schema), Settings)
