"""Pages of variants of the made-up study, each written once for all files of this room."""

import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, Page, outlines
from synthetic_tables import write_pictures, write_tables

from interbrain.report import write_report


@pytest.fixture(scope="session")
def make(tmp_path_factory, repository):
    """Write the inputs of a variant, the report from them, and read it: once a variant."""
    made = {}

    def report(drawn=True, **variant):
        key = repr((drawn, sorted(variant.items())))
        if key not in made:
            folder = tmp_path_factory.mktemp("report")
            inputs = write_tables(folder, **variant)
            pictures = write_pictures(folder, inputs)
            with nullcontext() if drawn else outlines():
                write_report(folder / "report.html", inputs, ASSETS, pictures)
            made[key] = Page((folder / "report.html").read_text(encoding="utf-8")), inputs, folder
        return made[key]

    return report


@pytest.fixture(scope="session")
def demo(make):
    return make()
