"""The page is valid HTML: it parses without an error, and each element is where it may be."""

import re
import sys
from pathlib import Path

import html5lib
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import PAGES, Page

PHRASES = {"a", "b", "br", "button", "code", "i", "img", "input", "label", "output", "select", "small"}
PHRASES |= {"span", "strong", "svg"}
CELLS, TERMS, PARTS = {"th", "td"}, {"div", "dt", "dd"}, {"caption", "thead", "tbody"}
ONLY = {  # the children that an element may have
    **{"ul": {"li"}, "ol": {"li"}, "dl": TERMS, "select": {"option"}},
    **{"table": PARTS, "thead": {"tr"}, "tbody": {"tr"}, "tr": CELLS},
    **dict.fromkeys(("p", "h1", "h2", "h3", "h4", "span", "button", "dt"), PHRASES),
    "summary": PHRASES | {"h2"},
}
ACTIVE = {"a", "button", "select", "input", "summary"}
ROLES = {"img", "region", "group", "status", "search"}


def errors(text: str) -> list:
    """What a browser would have to mend, and what is not where it may be."""
    text = re.sub(r"(;base64,)[\w+/=]+", r"\1", text)  # downloads, most of a page, in which no tag can be
    parser = html5lib.HTMLParser(namespaceHTMLElements=False)
    parser.parse(text)
    found = [f"line {line}: {code} {what}" for (line, _), code, what in parser.errors]
    page = Page(text)
    ids = {element["at"]["id"] for element in page.elements if "id" in element["at"]}
    children = {}
    for element in page.elements:
        if element["parent"] is not None:
            children.setdefault(id(element["parent"]), []).append(element["tag"])
    for element in page.elements:
        tag, at, own = element["tag"], element["at"], children.get(id(element), [])
        if tag in ONLY and set(own) - ONLY[tag]:
            found.append(f"{set(own) - ONLY[tag]} in {tag} {at}")
        if tag == "figure" and (own.count("figcaption"), own[-1]) != (1, "figcaption"):
            found.append(f"a figure that does not end with its one figcaption: {at}")
        if tag == "details" and (own.count("summary"), own[0]) != (1, "summary"):
            found.append(f"details that do not begin with their one summary: {own}")
        if tag in ACTIVE and within(element, ACTIVE):
            found.append(f"{tag} inside another control: {at}")
        if at.get("role", "img") not in ROLES or int(at.get("tabindex") or 0) not in (0, -1):
            found.append(f"role or tabindex of {tag} {at}")
        for name in ("for", "aria-labelledby", "aria-describedby", "data-copy"):
            found += [f"{name} leads nowhere: {one}" for one in at.get(name, "").split() if one not in ids]
        if tag == "svg" and not at.get("aria-label") and at.get("aria-hidden") != "true":
            found.append("a drawing without words")
        if tag == "th" and at.get("scope") not in ("col", "row"):
            found.append(f"a heading of nothing: {at}")
    return found


def within(element: dict, tags: set) -> bool:
    parent = element["parent"]
    return parent is not None and (parent["tag"] in tags or within(parent, tags))


@pytest.mark.long_but("demo")
@pytest.mark.parametrize("variant", PAGES[::2])
def test_the_page_is_valid(make, variant):
    page, _, _ = make(**variant)  # as test_page.py has made it already
    assert errors(page.text) == []


RIGHT = """<!doctype html><html lang="en"><title>A page</title><figure><p>Above</p>
<figcaption>Of it</figcaption></figure><ul class="one"><li>Item</li></ul><p>Words</p>
<details><summary>More</summary></details>
<div id="three" role="region" aria-labelledby="three"></div></html>"""


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("</figcaption>", "</figcaption><p>After it</p>"),
        ("<figcaption>", "<b>Before it</b><figcaption>Another</figcaption><figcaption>"),
        ("<li>", "<p>No item</p><li>"),
        ("Words", "<div>A block</div>"),
        ("</summary>", "</summary><summary>Another</summary>"),
        ("More", "<a href='#three'>Elsewhere</a>"),
        ('class="one"', 'class="one" class="two"'),
        ('role="region"', 'role="picture"'),
        ('aria-labelledby="three"', 'aria-labelledby="four"'),
    ],
)
def test_what_is_wrong_is_found(right, wrong):
    assert errors(RIGHT) == []
    assert errors(RIGHT.replace(right, wrong, 1)) != []
