"""Cells of tables, looked at one by one, are judged as the schema judges whole rows."""

import random

import pytest
from jsonschema import Draft202012Validator

from interbrain.study.columns import cell_checker, columns_of, row_schema

TABLES = ("answers", "cap_map", "decisions", "dyads", "key", "participants", "recordings", "simulation")
CELLS = ["", " ", "D01", "D-01", "é1", "1", "1.5", "1,5", "-2", "0", "1e3", "yes", "no", "F", "right", "99"]
CELLS += [
    "auto",
    "markers",
    "pre",
    "channel",
    "component",
    "window",
    "bad",
    "keep",
    "a\nb",
    "D01\n",
    "annotation:",
]


@pytest.mark.parametrize("table", TABLES)
def test_a_row_is_wrong_where_the_schema_finds_it_wrong(table):
    columns = [column for kind in columns_of(table) for column in kind]
    schema = {key: value for key, value in row_schema(table).items() if key != "additionalProperties"}
    validator, checker = Draft202012Validator(schema | {"required": []}), cell_checker(table)
    draw = random.Random(1)
    for _ in range(300):
        row = {column: draw.choice(CELLS) for column in columns}
        found = sorted(error.absolute_path[0] for error in validator.iter_errors(row))
        assert len(checker.wrong(row)) == len(found)
        # Each cell alone, where the schema ties none to another.
        if not {"allOf", "if"} & schema.keys():
            wrong = [c for c in columns for _ in checker.wrong({c: row[c]})]
            assert sorted(wrong) == found
