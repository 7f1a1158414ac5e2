"""The example in docs/: small, of simulated data alone, and the whole report but for what is large."""

import importlib.util
import re

import pytest
from read_pages import Page

from interbrain.simulate.artifacts import FAULTS, PLANTERS


@pytest.fixture(scope="module")
def example_page(repository):
    path = repository / "workflow/scripts/example_page.py"
    spec = importlib.util.spec_from_file_location("example_page", path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_what_is_shortened_has_every_section_table_and_figure_and_says_that_it_is_short(example_page, demo):
    page, _, folder = demo
    text = (folder / "report.html").read_text(encoding="utf-8")
    short = Page(example_page.shortened(text))
    assert len(short.text) < 0.6 * len(text)
    for tag in ("section", "figure", "svg", "h2", "h3"):
        assert len(short.all(tag)) == len(page.all(tag))
    assert len(short.all("p", id="example")) == 1
    assert not re.search(r'"data:(?!image/png)', short.text) and 'href="pages/' not in short.text
    kept = {found for found in re.findall(r"<caption>(.*?)</caption>", text) if "Numbers behind" not in found}
    assert all(f"<caption>{caption}</caption>" in short.text for caption in kept)


def test_only_simulated_data_become_an_example(example_page, tmp_path):
    (tmp_path / "report.html").write_text("<p>of people</p>")
    with pytest.raises(example_page.ExampleError, match="not of simulated data"):
        example_page.main(tmp_path / "report.html", tmp_path / "e.html", tmp_path / "p.png")
    assert not (tmp_path / "e.html").exists()


def test_the_example_that_is_shipped_is_small_and_simulated(example_page, repository):
    text = (repository / "docs/example/report.html").read_bytes()
    assert len(text) < example_page.MOST_BYTES and b"SIMULATED DATA" in text
    assert (
        example_page.NOTE.encode() in text and b"/home/" not in text and str(repository).encode() not in text
    )


def test_the_gallery_has_each_fault_that_the_simulator_plants(repository):
    page = (repository / "docs/gallery.md").read_text(encoding="utf-8")
    pictures = re.findall(r"\(gallery/(\w+)\.webp\)", page)
    kinds = {name.removesuffix("s") for name in PLANTERS} | {name.removesuffix("s") for name in FAULTS}
    assert set(pictures) == kinds and len(pictures) == page.count("**Found:**")
    files = [*(repository / "docs/gallery").iterdir()]
    assert {file.stem for file in files} == kinds and sum(f.stat().st_size for f in files) < 1_000_000
