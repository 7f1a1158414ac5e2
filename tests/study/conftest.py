"""The demo study in a folder of its own, to be spoiled."""

import copy
import csv
import shutil
from dataclasses import dataclass
from pathlib import Path

import pytest
import yaml

from interbrain.problems import Problem
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.settings import config_schema
from interbrain.study.study import Study


@dataclass
class Demo:
    """The demo's config and tables; rows are counted as a spreadsheet does (the heading is row 1)."""

    config: dict
    schema: dict
    folder: Path

    def rows(self, table: str) -> list[list[str]]:
        with (self.folder / f"config/{table}.tsv").open(encoding="utf-8", newline="") as file:
            return list(csv.reader(file, delimiter="\t"))

    def write(self, table: str, rows: list[list[str]]) -> None:
        text = "".join("\t".join(row) + "\n" for row in rows)
        (self.folder / f"config/{table}.tsv").write_text(text, encoding="utf-8")

    def put(self, table: str, row: int, column: str, cell: str) -> None:
        rows = self.rows(table)
        rows[row - 1][rows[0].index(column)] = cell
        self.write(table, rows)

    def rename(self, table: str, column: str, name: str) -> None:
        self.put(table, 1, column, name)

    def delete(self, table: str, row: int) -> None:
        rows = self.rows(table)
        del rows[row - 1]
        self.write(table, rows)

    def append(self, table: str, *cells: str) -> None:
        self.write(table, [*self.rows(table), list(cells)])

    def record(self) -> None:
        """Make it a real study: no simulation, and raw files that are there."""
        self.config["simulation"] = None
        raw = self.folder / self.config["raw_folder"]
        raw.mkdir(parents=True)
        heading, *rows = self.rows("recordings")
        for row in rows:
            for role in ("therapist", "client"):
                (raw / row[heading.index(f"{role}_file")]).write_bytes(b"raw")

    def load(self) -> Study:
        return load_study(self.config, self.schema, self.folder)

    def problems(self) -> list[Problem]:
        try:
            self.load()
        except StudyError as error:
            return error.problems
        return []

    def said(self) -> list[tuple[str, str, str]]:
        return [(p.where, p.what, p.hint) for p in self.problems()]


@pytest.fixture(scope="session")
def schema() -> dict:
    return config_schema()


@pytest.fixture(scope="session")
def config(repository) -> dict:
    """To be copied and not changed: to parse it takes a third of the time of a test."""
    return yaml.safe_load((repository / "config/config.yaml").read_text(encoding="utf-8"))


@pytest.fixture
def demo(tmp_path, repository, config, schema) -> Demo:
    shutil.copytree(repository / "config", tmp_path / "config")
    return Demo(copy.deepcopy(config), schema, tmp_path)
