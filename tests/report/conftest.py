"""Pages of variants of the made-up study, each written once for all files of this room."""

import hashlib
import json
import sys
from contextlib import nullcontext
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, DRAWN, Page, outlines
from synthetic_tables import write_pictures, write_tables

from interbrain.report import write_report


@pytest.fixture(scope="session")
def make(once):
    """Write the inputs of a variant, the report from them, and read it: once a variant."""
    made = {}

    def report(drawn=None, **variant):
        drawn = variant in DRAWN if drawn is None else drawn
        key = repr((drawn, sorted(variant.items())))

        def write(folder):
            inputs = write_tables(folder, **variant)
            with nullcontext() if drawn else outlines():
                write_report(folder / "report.html", inputs, ASSETS, write_pictures(folder, inputs))
            names = {name: path.name for name, path in inputs.items()}
            (folder / "inputs.txt").write_text(json.dumps(names), encoding="utf-8")

        if key not in made:
            folder = once(f"report-{hashlib.sha256(key.encode()).hexdigest()[:12]}", write)
            names = json.loads((folder / "inputs.txt").read_text(encoding="utf-8"))
            inputs = {name: folder / file for name, file in names.items()}
            made[key] = Page((folder / "report.html").read_text(encoding="utf-8")), inputs, folder
        return made[key]

    return report


@pytest.fixture(scope="session")
def demo(make):
    return make()
