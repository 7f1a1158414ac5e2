"""Each table is declared once; these hold the declarations to what users and the workflow rely on."""

import importlib.util
import re

import pytest

from interbrain.tables.catalogue import OF_DYADS, OF_STUDY
from interbrain.tables.declaration import Column, Table, by_family

TABLES = [*OF_DYADS.values(), *OF_STUDY.values()]


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.name)
def test_every_column_says_what_it_is_and_quantities_have_their_unit(table):
    assert table.about and table.columns
    for column in table.columns:
        assert column.description and not column.description.endswith(".")
        if column.kind == "number" and (suffix := re.search(r"_(s|hz|ms|ppm|db|uv)$", column.name)):
            spelt = {"hz": "Hz", "db": "dB", "uv": "uV"}.get(suffix[1], suffix[1])
            said = f"{column.unit} {column.description}"
            assert re.search(rf"(?<![A-Za-z]){spelt}(?![A-Za-z])", said), column.name


def test_no_column_is_a_name_in_one_table_and_a_number_in_another():
    kinds = {}
    for table in TABLES:
        for column in table.columns:
            kind = "text" if column.kind in ("label", "text") else "number"
            kinds.setdefault(column.name, set()).add(kind)
    assert [name for name, of in kinds.items() if len(of) > 1] == []


def test_what_two_tables_have_in_the_same_meaning_is_declared_once():
    declared = {}
    for table in {table.name: table for table in TABLES}.values():
        for column in table.columns:
            declared.setdefault((column.name, column.description), {}).setdefault(id(column), table.name)
    assert {key: list(of.values()) for key, of in declared.items() if len(of) > 1} == {}


def test_a_column_declared_twice_and_a_kind_that_nobody_knows_are_refused():
    one = Column("p", "number", "p-value")
    with pytest.raises(TypeError, match="declared twice"):
        Table("x_stats", "A row", [one, one])
    with pytest.raises(TypeError, match="is none of label, text, number, count"):
        Column("p", "float", "p-value")


def test_two_tables_of_one_family_are_refused():
    class Module:
        ONE = Table("anova_stats", "A row", [])
        OTHER = Table("anova_plv", "A row", [])

    with pytest.raises(TypeError, match="two tables of one family"):
        by_family(Module)


def test_the_page_of_columns_is_what_the_declarations_give(repository):
    path = repository / "workflow/scripts/tables_page.py"
    spec = importlib.util.spec_from_file_location("tables_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    assert (repository / "docs/columns.md").read_text(encoding="utf-8") == module.page(), "run: make pages"
