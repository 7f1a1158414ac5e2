"""The documentation: no link leads nowhere; its site builds without a warning and needs no connection."""

import os
import re
import shutil
import subprocess
from html.parser import HTMLParser
from urllib.parse import unquote, urlsplit

import pytest

import interbrain

LINK = re.compile(r"\[(?:[^\[\]]|\[[^\]]*\])*\]\(([^)\s]+)\)")
# What a browser fetches by itself. A link that a person may follow is none of them.
FETCHED = {("script", "src"), ("link", "href"), ("img", "src"), ("iframe", "src"), ("source", "src")}


def pages(repository):
    """Every page that is read as it is in the repository."""
    top = ("README.md", "CONTRIBUTING.md", "CHANGELOG.md", "results/README.md")
    return [*(repository / name for name in top), *sorted((repository / "docs").rglob("*.md"))]


def test_no_link_of_a_page_leads_to_a_file_that_is_not_there(repository):
    lost = []
    for page in pages(repository):
        text = re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.S)
        for target in LINK.findall(text):
            if not re.match(r"[a-z]+:|#", target) and not (page.parent / target.split("#")[0]).exists():
                lost.append((page.relative_to(repository).as_posix(), target))
    assert lost == []


def test_the_readme_fits_on_two_screens(repository):
    """Two screens of 45 lines."""
    assert len((repository / "README.md").read_text(encoding="utf-8").splitlines()) <= 90


def test_the_page_on_the_library_has_each_name_of_its_face(repository):
    text = (repository / "docs/api.md").read_text(encoding="utf-8")
    listed = re.findall(r"^::: (\S+)$", text, re.M)
    assert listed == [f"interbrain.{room}.{name}" for name, room in interbrain.FACE.items()]


def test_the_example_on_the_page_of_the_library_runs_and_prints_what_it_says(repository, capsys):
    text = (repository / "docs/api.md").read_text(encoding="utf-8")
    code = re.search(r"```python\n(.*?)```", text, re.S)[1]
    exec(compile(code, "docs/api.md", "exec"), {})
    assert capsys.readouterr().out.strip() == re.search(r"print\(.*\)  # ([\d.]+):", code)[1]


@pytest.fixture(scope="module")
def site(repository, once):
    """The site as `make docs` builds it: a warning is an error."""
    mkdocs = repository / ".venv-docs/bin/mkdocs"
    if not mkdocs.exists():
        pytest.skip("the packages that build the site are not installed: make .venv-docs/.installed")

    def make(folder):
        command = [str(mkdocs), "build", "--strict", "--site-dir", str(folder)]
        environment = os.environ | {"NO_MKDOCS_2_WARNING": "1"}
        done = subprocess.run(command, cwd=repository, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr[-3000:]

    return once("site", make)


class Fetched(HTMLParser):
    """The addresses that a browser fetches with a page."""

    def __init__(self):
        super().__init__()
        self.addresses = []

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if given.get("rel") not in ("canonical", "prev", "next"):
            self.addresses += [given[name] for which, name in FETCHED if which == tag and given.get(name)]


def test_the_site_loads_nothing_from_elsewhere(site):
    """Scripts, styles, fonts and pictures are in the folder, which can be read without a connection."""
    lost = []
    for page in site.rglob("*.html"):
        parser = Fetched()
        parser.feed(page.read_text(encoding="utf-8"))
        for address in parser.addresses:
            there = urlsplit(address)
            if there.scheme == "data":
                continue
            local = not there.scheme and not there.netloc and (page.parent / unquote(there.path)).exists()
            if not local and page.name != "404.html":  # which names its files from the root of a server
                lost.append((page.name, address))
    assert lost == []
    for style in site.rglob("*.css"):
        assert not re.search(r"(?:url\(|@import)\s*[\"']?(?:https?:)?//", style.read_text(encoding="utf-8"))


def test_formulas_are_drawn_by_the_browser_and_none_is_left_as_text(site):
    text = (site / "formulas.html").read_text(encoding="utf-8")
    article = text[text.index("<article") : text.index("</article>")]
    assert article.count("<math") > 40 and "\\frac" not in article and "$<code>" not in article


def test_every_item_of_a_list_is_an_item_on_the_site(site, repository):
    """Python-Markdown and GitHub differ in where a list begins, and in how far its items are indented."""
    lost = {}
    for page in sorted((repository / "docs").rglob("*.md")):
        text = re.sub(r"^( *)```.*?^\1```$", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
        written = len(re.findall(r"^ *(?:[-*]|\d+\.) +\S", text, re.M))
        name = page.relative_to(repository / "docs").with_suffix(".html")
        shown_as = name.with_name("index.html") if name.stem == "README" else name
        html = (site / shown_as).read_text(encoding="utf-8")
        shown = html[html.index("<article") : html.index("</article>")].count("<li>")
        if page.name != "api.md" and shown != written:
            lost[page.name] = (written, shown)
    assert lost == {}


@pytest.mark.long
def test_the_search_finds_a_page_in_a_folder_without_a_server(site):
    selenium = pytest.importorskip("selenium.webdriver")
    support = pytest.importorskip("selenium.webdriver.support.wait")
    programs = [shutil.which(name) for name in ("chromium", "chromedriver")]
    if None in programs:
        pytest.skip("Chromium and its driver are not installed")
    options = selenium.ChromeOptions()
    options.binary_location = programs[0]
    for word in ("--headless=new", "--no-sandbox"):
        options.add_argument(word)
    browser = selenium.Chrome(options=options, service=selenium.ChromeService(programs[1]))
    try:
        browser.get((site / "index.html").as_uri())
        box = browser.find_element("css selector", ".md-search__input")
        browser.execute_script("arguments[0].focus()", box)
        box.send_keys("exclude a dyad")
        waiting = support.WebDriverWait(browser, 30)
        first = waiting.until(lambda b: b.find_elements("css selector", ".md-search-result__article h1"))[0]
        assert first.get_attribute("textContent").strip() == "Exclude a dyad, and take it back"
    finally:
        browser.quit()
