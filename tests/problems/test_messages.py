"""All messages on one page, and in one voice."""

import importlib.util
import re

import pytest

# Verbs of persons for things, clipped negations.
STUMBLES = re.compile(
    r"\b(stands?|tells?|told|lies?|anew|(?<!here )(is|are) no (?!group|longer|other)[a-z]+|"
    r"which (is|are) none|Known: none)\b"
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
def cells(page):
    """The cells of every row of a message or a note."""
    lines = [line[2:-2].split(" | ") for line in page.splitlines() if line.startswith("| ")]
    return [row for row in lines if row[0] not in ("what is wrong", "note", "---")]


@pytest.fixture(scope="module")
def rows(cells):
    """What is wrong and what to do, of every message."""
    return [row for row in cells if len(row) == 2]


@pytest.fixture(scope="module")
def notes(cells):
    return [row[0] for row in cells if len(row) == 1]


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


def test_a_note_of_a_reader_is_found_and_one_of_a_table_of_statistics_is_not(pages):
    text = """
from interbrain.formats.notes import note
from interbrain.formats import COPY_AGAIN

LEAST, SWAPPED = 3, "{0} may be {1}"

def read(names, short):
    if len(names) < LEAST:
        note(f"{len(names)} channels are fewer than {LEAST}: {COPY_AGAIN if short else 'look at it'}")
    note(SWAPPED.format(*names) + f" in {short}")
"""
    assert list(pages.notes(text)) == [
        "*number* channels are fewer than 3: Copy it again from the recording computer, in binary mode.",
        "*number* channels are fewer than 3: look at it",
        "*…* may be *…* in *short*",
    ]
    assert list(pages.notes(text.replace("formats.notes", "statistics.notes"))) == []


def test_notes_on_recordings_on_partners_and_on_clocks_are_on_the_page(notes, rows):
    assert len(rows) > 300 and len(notes) > 90
    assert sum(note.startswith("the EEG is unusually") for note in notes) == 2
    for words in ("times as strong as the", "both were recorded for only", "with both partners at once"):
        assert any(words in note for note in notes)
    assert sum(note.startswith("by the LSL clock, the client's triggers come") for note in notes) == 2


def test_no_constant_of_the_code_is_left_in_a_text(cells):
    """A name in capitals is that of a limit or a sentence, and these are on the page; lists are not."""
    left = {name for row in cells for name in re.findall(r"\*([A-Z][A-Z ]+)\*", " ".join(row))}
    assert left <= {
        "DETRENDING",
        "KINDS",
        "FAMILY OF",
        "KNOWN SUFFIXES",
        "METHODS",
        "SEPARATORS",
        "SIDECAR KEYS",
    }


def test_messages_are_in_plain_english(cells):
    said = [" ".join(row) for row in cells]
    assert [text for text in said if STUMBLES.search(PLACEHOLDER.sub("", text))] == []


def test_messages_have_no_brackets_within_brackets(cells):
    said = [" ".join(row) for row in cells]
    assert [text for text in said if re.search(r"\([^()]*\([^()]*\)[^()]*\)", text)] == []


def test_advice_is_in_whole_sentences(rows):
    advice = [one for row in rows for one in row[1].split(" / ") if " " in one]
    assert [one for one in advice if not one.endswith((".", "?", "*", "+"))] == []
