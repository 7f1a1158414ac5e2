"""Errors are said in parts; everything that a person can put right is one kind of error."""

import ast
import importlib
import logging
import pickle
import pkgutil
from pathlib import Path
from types import SimpleNamespace

import pytest

import interbrain
from interbrain.bids import ConversionError
from interbrain.clocks.jumps import Jump
from interbrain.clocks.matching import ClockJump
from interbrain.formats import FormatError
from interbrain.problems import InterbrainError, ManyProblems, Problem
from interbrain.questionnaires.scoring import QuestionnaireError
from interbrain.reproducibility.job import job
from interbrain.study.problems import StudyError

LIBRARY = Path(interbrain.__file__).parent
SOURCES = sorted(LIBRARY.rglob("*.py"))


def errors_of_the_library():
    for module in pkgutil.walk_packages([str(LIBRARY)], "interbrain."):
        for thing in vars(importlib.import_module(module.name)).values():
            if (
                isinstance(thing, type)
                and issubclass(thing, Exception)
                and not issubclass(thing, Warning)
                and thing.__module__ == module.name
            ):
                yield thing


def test_every_error_that_the_library_defines_is_one_that_a_person_can_put_right():
    found = set(errors_of_the_library())
    assert {FormatError, ClockJump, StudyError} <= found
    assert {error for error in found if not issubclass(error, InterbrainError)} == set()


def test_no_sentence_is_taken_apart_to_find_out_what_to_do():
    cut = []
    for path in SOURCES:
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("split", "partition"):
                given = [arg.value for arg in node.args if isinstance(arg, ast.Constant)]
                cut += [f"{path.name}:{node.lineno}"] if ". " in given else []
    assert cut == []


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (InterbrainError("is empty"), "is empty."),
        (InterbrainError("is empty", where=Path("raw") / "a.xdf"), f"{Path('raw') / 'a.xdf'}: is empty."),
        (InterbrainError("is empty", "Copy it again.", where="a.xdf"), "a.xdf: is empty. Copy it again."),
        (InterbrainError("was it moved?", "Put it back."), "was it moved? Put it back."),
        (InterbrainError("A sentence."), "A sentence."),
    ],
)
def test_an_error_reads_as_a_sentence_and_its_hint(error, text):
    assert str(error) == text


def test_what_and_hint_stay_apart_when_somebody_else_says_whose_file_it_was():
    known = FormatError("is empty", "Copy it again.", where="a.xdf")
    said = ConversionError.of(known, "D01 pre, client C01")
    assert (said.where, said.what, said.hint) == ("D01 pre, client C01: a.xdf", "is empty", "Copy it again.")
    assert str(said) == "D01 pre, client C01: a.xdf: is empty. Copy it again."
    assert str(ConversionError.of(ConversionError("holds nothing"), "D01 pre")) == "D01 pre: holds nothing."


@pytest.mark.parametrize(
    "error",
    [
        FormatError("is empty", "Copy it again.", where="a.xdf"),
        ClockJump(Jump(last=3.0, first=5.0, offset_before=0.1, offset_after=0.4, n_before=9, n_after=7)),
        QuestionnaireError("key", [Problem("item_1", "reverse must be yes or no")]),
        StudyError([Problem("dyads.tsv, row 2", "is twice")], "The tables were not read."),
        ManyProblems("two things are wrong", ["one", "another"]),
    ],
)
def test_an_error_of_another_process_arrives_whole(error):
    arrived = pickle.loads(pickle.dumps(error))
    assert type(arrived) is type(error)
    assert vars(arrived) == vars(error)
    assert str(arrived) == str(error)


def failed_with(error, folder, monkeypatch):
    """What a job prints for a person when `error` is raised in it."""
    monkeypatch.chdir(folder)
    (folder / "rule.log").touch()
    snakemake = SimpleNamespace(log=["rule.log"], rule="convert", wildcards={})
    before = logging.root.handlers[:]
    try:
        with pytest.raises(SystemExit), job(snakemake):
            raise error
    finally:
        for handler in set(logging.root.handlers) - set(before):
            handler.close()
        logging.captureWarnings(False)
        logging.root.handlers[:] = before
    return next((folder / "results/logs/failed").iterdir()).read_text().splitlines()[0]


def test_a_job_says_what_a_person_can_put_right_and_calls_the_rest_unexpected(tmp_path, monkeypatch):
    ours, others = tmp_path / "ours", tmp_path / "others"
    ours.mkdir()
    others.mkdir()
    error = FormatError("is empty", "Copy it again.", where="a.xdf")
    assert failed_with(error, ours, monkeypatch) == "a.xdf: is empty. Copy it again."
    said = failed_with(KeyError("rois"), others, monkeypatch)
    assert said == "unexpected KeyError: 'rois'"
