"""A table on disk: the same bytes every time, names that stay names, and no column without a declaration."""

import json

import numpy as np
import pandas as pd
import pytest

from interbrain.files.tables import read_table, write_table
from interbrain.tables.declaration import Column, Table

THINGS = Table(
    "things_stats",
    "A row a thing",
    [
        *(Column(name, "label", f"The {name}") for name in ("dyad", "participant", "item", "roi")),
        Column("plv", "number", "A value"),
        Column("lag_s", "number", "A time", "s"),
        Column("count", "count", "How many"),
        Column("reason", "text", "Why"),
    ],
    optional=["lag_s"],
)


@pytest.fixture
def things():
    return pd.DataFrame(
        {
            "dyad": ["001", "NA"],
            "participant": ["01", None],
            "item": ["", "1.0"],
            "roi": ["1", "2"],
            "plv": [0.1 + 0.2, np.nan],
            "count": [3, 4],
            "reason": ['said "no"', "n/a"],
        }
    )


def test_values_and_labels_come_back_as_they_went(tmp_path, things):
    write_table(tmp_path / "t.tsv", things, THINGS)
    back = read_table(tmp_path / "t.tsv", THINGS)
    assert list(back["dyad"]) == ["001", "NA"] and list(back["roi"]) == ["1", "2"]
    assert back["participant"][0] == "01" and back["participant"].isna()[1]
    assert back["item"].isna()[0] and back["item"][1] == "1.0"
    assert back["plv"][0] == pytest.approx(0.3, abs=1e-10) and np.isnan(back["plv"][1])
    assert back["count"].dtype.kind == "i" and back["reason"][0] == 'said "no"'


def test_the_same_table_gives_the_same_bytes_in_whatever_order_its_columns_come(tmp_path, things):
    write_table(tmp_path / "a.tsv", things, THINGS)
    write_table(tmp_path / "b.tsv", things[things.columns[::-1]], THINGS)
    assert (tmp_path / "a.tsv").read_bytes() == (tmp_path / "b.tsv").read_bytes()
    assert b"\r" not in (tmp_path / "a.tsv").read_bytes()


def test_the_dictionary_has_every_column_its_unit_and_what_the_study_says_of_it(tmp_path, things):
    extra = {"reason": {"Description": "Why, in this study"}}
    write_table(tmp_path / "t.tsv", things.assign(lag_s=0.5), THINGS, extra, Bands={"theta": [4, 7]})
    described = json.loads((tmp_path / "t.json").read_text(encoding="utf-8"))
    assert described["lag_s"] == {"Description": "A time", "Units": "s"}
    assert described["reason"]["Description"] == "Why, in this study"
    assert list(described) == ["Bands", *THINGS.names]


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda t: t.assign(surprise=1), "surprise are not declared"),
        (lambda t: t.drop(columns="plv"), "plv are declared and missing"),
    ],
)
def test_a_table_that_is_not_what_was_declared_is_not_written(tmp_path, things, change, said):
    with pytest.raises(TypeError, match=rf"new\.tsv: the columns {said}"):
        write_table(tmp_path / "new.tsv", change(things), THINGS)
    assert not list(tmp_path.iterdir())


def test_a_study_may_add_columns_only_where_they_are_described(tmp_path, things):
    open_table = Table("open_stats", "A row a thing", THINGS.columns, ["lag_s"], extended=True)
    further = things.assign(mindfulness=["yes", "no"])
    with pytest.raises(TypeError, match="mindfulness are not declared"):
        write_table(tmp_path / "t.tsv", further, open_table)
    write_table(tmp_path / "t.tsv", further, open_table, {"mindfulness": {"Description": "A factor"}})
    assert list(read_table(tmp_path / "t.tsv", open_table).columns) == list(further.columns)
