"""All messages on one page, and in one voice."""

import importlib.util
import re

import pytest

# Verbs of persons for things, clipped negations.
STUMBLES = re.compile(
    r"\b(stands?|tells?|told|anew|is no (?!group|longer)[a-z]|which (is|are) none|Known: none)\b"
)
PLACEHOLDER = re.compile(r"\*[^*]*\*")


@pytest.fixture(scope="module")
def pages(repository):
    spec = importlib.util.spec_from_file_location(
        "messages_page", repository / "workflow/scripts/messages_page.py"
    )
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def page(pages):
    return pages.page()


@pytest.fixture(scope="module")
def rows(page):
    """What is wrong and what to do, of every message."""
    lines = [line[2:-2] for line in page.splitlines() if line.startswith("| ")]
    return [cells for line in lines if (cells := line.split(" | "))[0] not in ("what is wrong", "---")]


def test_the_page_of_messages_is_what_the_code_has(page, repository):
    assert (repository / "docs/messages.md").read_text(encoding="utf-8") == page


def test_a_message_is_found_with_its_own_advice(pages):
    text = """
LIMIT = "Write less."

def check(rows, problems):
    for row in rows:
        if row > 3:
            what, hint = f"row {row} is too large", LIMIT
        else:
            what, hint = f"row {row} is too small", "Write more."
        problems.append(Problem("t.tsv", what, hint))
    what = "the table is empty" if not rows else "the table is long"
    problems.append(Problem("t.tsv", what))
"""
    assert list(pages.messages(text, pages.MAKERS)) == [
        ("row *row* is too large", "Write less."),
        ("row *row* is too small", "Write more."),
        ("the table is empty", ""),
        ("the table is long", ""),
    ]


def test_messages_are_in_plain_english(rows):
    assert len(rows) > 300
    said = [" ".join(row) for row in rows]
    assert [text for text in said if STUMBLES.search(PLACEHOLDER.sub("", text))] == []


def test_messages_have_no_brackets_within_brackets(rows):
    said = [" ".join(row) for row in rows]
    assert [text for text in said if re.search(r"\([^()]*\([^()]*\)[^()]*\)", text)] == []


def test_advice_is_in_whole_sentences(rows):
    advice = [one for row in rows for one in row[1].split(" / ") if " " in one]
    assert [one for one in advice if not one.endswith((".", "?", "*", "+"))] == []
