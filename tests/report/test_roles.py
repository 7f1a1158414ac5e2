"""A study of parents and children reads of parents and children; its tables and settings stay as they are."""

import base64
import gzip
import json
import re
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS
from synthetic_tables import write_pictures, write_tables

from interbrain.report.dyad_pages import write_pages
from interbrain.report.page import render
from interbrain.report.reading import read_results
from interbrain.report.roles import texts_of, with_own_names
from interbrain.report.tables.packed import with_texts

NAMES = {"therapist": "parent", "client": "child, children"}


def prose(page):
    """What a person reads or hears of a page: not its scripts, its settings and its tags."""
    page = re.sub(r"(?s)<(script|style|code|pre)\b.*?</\1>", " ", page)
    heard = " ".join(re.findall(r'\b(?:title|alt|aria-label)="([^"]*)"', page))
    return re.sub(r"<[^>]*>", " ", page) + heard


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<p>The therapist and the client.</p>", "<p>The parent and the child.</p>"),
        ("<p>14 therapists, 14 clients</p>", "<p>14 parents, 14 children</p>"),
        ("<h2>Therapist’s brain</h2>", "<h2>Parent’s brain</h2>"),
        ("<p>psychotherapist, clientele</p>", "<p>psychotherapist, clientele</p>"),
        ('<svg aria-label="Client, F3">', '<svg aria-label="Child, F3">'),
        ('<a href="#client" class="client">', '<a href="#client" class="client">'),
        (
            "<code>therapist_file</code> <code>client</code>",
            "<code>therapist_file</code> <code>client</code>",
        ),
        ("<pre>roles:\n  client: x</pre>", "<pre>roles:\n  client: x</pre>"),
        (
            "<script>x = 'client'; title=\"client\"</script>",
            "<script>x = 'client'; title=\"client\"</script>",
        ),
        (
            '<p>the column "client" of &#34;therapist&#34;</p>',
            '<p>the column "client" of &#34;therapist&#34;</p>',
        ),
        ("<p>WAI, client form &amp; more</p>", "<p>WAI, client form &amp; more</p>"),
    ],
)
def test_words_change_and_what_is_no_word_stays(written, read):
    assert with_own_names(written, NAMES, ["WAI, client form & more"]) == read


def test_a_role_that_is_not_named_keeps_its_name():
    assert with_own_names("<p>therapist, client</p>", {"client": "student"}) == "<p>therapist, student</p>"
    assert with_own_names("<p>therapist</p>", None) == "<p>therapist</p>"


def test_whose_a_questionnaire_is_does_not_keep_the_word_for_the_role():
    forms = {"wai_c": {"name": "WAI, client form", "role": "client", "table": "client.csv"}}
    assert set(texts_of({"questionnaires": forms, "title": "A study"})) == {
        "wai_c",
        "WAI, client form",
        "A study",
    }


def test_rows_that_are_packed_for_the_script_are_named_too():
    def pack(text):
        rows = json.dumps({"text": [["D01"], [text]], "order": {}, "href": {}}, separators=(",", ":"))
        return base64.b64encode(gzip.compress(rows.encode(), mtime=0)).decode()

    page = with_own_names(f'<table class="data" data-rows="{pack("client")}">', NAMES)
    assert page == f'<table class="data" data-rows="{pack("child")}">'
    assert with_texts(pack("a"), str.upper) != pack("a")


@pytest.mark.long
def test_no_sentence_of_the_report_keeps_the_other_names(tmp_path):
    paths = write_tables(tmp_path)
    provenance = json.loads(Path(paths["provenance"]).read_text())
    provenance["config"]["roles"] = NAMES
    for name, questionnaire in provenance["config"]["questionnaires"].items():
        questionnaire["name"] = f"Form {name[-1]}"
    provenance["warnings"] = [
        {"where": "dyads.tsv", "what": 'the column "x" is ignored', "hint": "Known: dyad, client, age."}
    ]
    Path(paths["provenance"]).write_text(json.dumps(provenance))
    page = render(read_results(paths), ASSETS, tmp_path)
    kept = {text for name in ("title",) if (text := provenance.get(name) or provenance["config"].get(name))}
    told = prose(page)
    assert "Known: dyad, client, age." in told
    for text in {*kept, "Known: dyad, client, age."}:
        told = told.replace(text, "")
    left = re.findall(r".{30}\b(?:therapist|client)s?\b.{10}", told, flags=re.IGNORECASE)
    assert left == []
    assert len(re.findall(r"\bparent", told)) > 20 and "children" in told


def test_a_dyads_page_has_the_studys_names_and_rows_of_decisions_do_not(tmp_path):
    inputs = write_tables(tmp_path)
    write_pages(tmp_path / "pages", inputs, write_pictures(tmp_path, inputs), ["mindfulness"], NAMES)
    page = next((tmp_path / "pages").glob("*.html")).read_text(encoding="utf-8")
    assert "Parent" in page and not re.search(r"\btherapist\b", prose(page), re.IGNORECASE)
