"""What a script's result depends on in the library: one digest of every room that it reaches.

Snakemake sees a script's own text only; each rule takes this digest as a parameter, so that a changed
formula runs again what depends on it, and a changed comment nothing.
"""

from __future__ import annotations

import ast
import contextlib
import hashlib
import json
import os
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).resolve().parents[1]
# Logs and words on failures, and doubts about clocks in words: nothing is computed from them.
WITHOUT_TRACE = ("reproducibility/job.py", "clocks/doubts.py")
# Rooms whose jobs take hours. What they say of a recording, and why they refuse one, is in their results as
# it was worded when these were computed: another wording is no reason to clean all recordings again.
ON_SIGNALS = (
    *("formats", "clocks", "bids", "cleaning", "rhythms", "epochs"),
    *("metrics", "chance", "synchrony", "signals"),
)
# The scripts of jobs on one recording or dyad. For them no sentence of these rooms counts, whatever becomes
# of it, and no description of a column: a data dictionary keeps its words, too.
OF_EACH_DYAD = (
    *("adopt", "clock", "convert", "clean", "synchrony", "lags", "pseudodyads", "variants", "directed"),
    *("time_resolved", "within_brain", "signals", "physio", "coordination", "signal_variants"),
)
DESCRIBED = {"Column": 2, "Table": 1}  # which argument is the description
SENTENCE = 7  # words at least; the names of criteria, events and reasons in tables have fewer
# What is known of a module's text outlasts the run, as its bytecode does and beside it: taking the library
# apart is half of what Snakemake needs to start. By the text and not by the path or the time, so that a
# changed file is seen.
KNOWN = LIBRARY / "__pycache__" / f"digest.{sys.implementation.cache_tag}.json"


def code_digest(script: Path, found_by_name: Iterable[Path] = ()) -> str:
    """Digest of the library code that `script` imports, directly or through other rooms.

    Imports count wherever they stand, in functions too. Comments, docstrings, layout and what is
    there for a checker of types alone do not count; nor, in the rooms on signals, the words of notes and of
    what is raised, and for jobs on each
    recording or dyad all sentences, and the descriptions of tables and columns.

    Parameters
    ----------
    found_by_name : iterable of Path
        Modules of the library that no import names: the estimators that a study asks for.
    """
    n_known = len(_known())
    reached: dict[str, str] = {}
    whole = Path(script).stem not in OF_EACH_DYAD
    traceless = {LIBRARY / name for name in WITHOUT_TRACE}
    waiting = _imports(Path(script)) + [Path(module) for module in found_by_name]
    while waiting:
        module = waiting.pop()
        if str(module) not in reached and module not in traceless:
            code, imported = _taken_apart(module, whole)
            reached[str(module)] = code
            waiting += _files(module, tuple(map(tuple, imported)))
    digest = hashlib.sha256()
    for module in sorted(map(Path, reached)):
        digest.update(module.relative_to(LIBRARY).as_posix().encode())
        digest.update(reached[str(module)].encode())
    if len(_known()) > n_known:
        _keep()
    return digest.hexdigest()[:16]


@cache
def library_digest() -> str:
    """Digest of the whole library as it is written, with its words: for what is kept in these words."""
    digest = hashlib.sha256()
    for module in sorted(LIBRARY.rglob("*.py")):
        digest.update(module.relative_to(LIBRARY).as_posix().encode())
        digest.update(hashlib.sha256(module.read_bytes()).digest())
    return digest.hexdigest()[:16]


@cache
def _known() -> dict[str, list]:
    """What earlier runs found, by the digest of a module's text."""
    try:
        known = json.loads(KNOWN.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return known if isinstance(known, dict) else {}


def _keep() -> None:
    """Leave what is known to the next run, where the folder of the library may be written to."""
    if sys.dont_write_bytecode:
        return
    part = KNOWN.with_name(f"{KNOWN.name}.{os.getpid()}")
    with contextlib.suppress(OSError):
        KNOWN.parent.mkdir(exist_ok=True)
        try:
            part.write_text(json.dumps(_known()), encoding="utf-8")
            part.replace(KNOWN)
        finally:
            part.unlink(missing_ok=True)


@cache
def _rules() -> bytes:
    """This module's own text: what it left out under other rules is not known under these."""
    return Path(__file__).read_bytes()


def _taken_apart(path: Path, whole: bool = True) -> list:
    """The digest of a module's bare code, and what it imports; `whole`: with what is for people alone."""
    found = path.stat()
    return _read(path, found.st_mtime_ns, found.st_size, whole)


@cache  # most modules are reached by many scripts; one that was changed meanwhile is read again
def _read(path: Path, changed_ns: int, size: int, whole: bool) -> list:
    text = path.read_bytes()
    kind: type[_WithoutTypes] = _WithoutTypes
    if any(path.is_relative_to(LIBRARY / room) for room in ON_SIGNALS):
        kind = _WithoutWords if whole else _WithoutSentences
    elif not whole and path.is_relative_to(LIBRARY / "tables"):
        kind = _WithoutDescriptions
    name = hashlib.sha256(_rules() + kind.__name__.encode() + text).hexdigest()
    if name not in _known():
        code, imported = _parsed(text.decode("utf-8"), kind())
        _known()[name] = [hashlib.sha256(code.encode()).hexdigest(), imported]
    return _known()[name]


def _parsed(text: str, bare: ast.NodeTransformer) -> tuple[str, tuple[tuple[int, str], ...]]:
    """A module's bare code, and what it imports: (level of a relative import or 0, dotted name)."""
    tree = bare.visit(ast.parse(text))
    imported = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            imported += [(0, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            # Each name may be a module or a thing within one.
            imported += [(node.level, f"{node.module or ''}.{alias.name}") for alias in node.names]
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                body[:] = body[1:] or [ast.Pass()]
    return ast.unparse(tree), tuple(imported)


class _WithoutTypes(ast.NodeTransformer):
    """Leaves out what only a checker of types reads."""

    def visit_If(self, node: ast.If) -> ast.AST | list[ast.stmt]:
        if isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING":
            return node.orelse
        return self.generic_visit(node)


class _WithoutWords(_WithoutTypes):
    """Leaves out the words of notes and of what is raised, too, but nothing that is computed in them."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        if isinstance(node.func, ast.Name) and node.func.id == "note":
            return _wordless(node)
        return self.generic_visit(node)

    def visit_Raise(self, node: ast.Raise) -> ast.AST:
        return _wordless(node)


class _WithoutDescriptions(_WithoutTypes):
    """Leaves out what a table and a column are said to hold."""

    def visit_Call(self, node: ast.Call) -> ast.AST:
        place = DESCRIBED.get(node.func.id) if isinstance(node.func, ast.Name) else None
        if place is not None:
            for argument in node.args[place : place + 1]:
                _wordless(argument)
        return self.generic_visit(node)


class _WithoutSentences(_WithoutWords):
    """Leaves out sentences wherever they are; a pattern or a list of words is none."""

    def visit_Constant(self, node: ast.Constant) -> ast.AST:
        return _wordless(node) if _is_sentence([node]) else node

    def visit_JoinedStr(self, node: ast.JoinedStr) -> ast.AST:
        return _wordless(node) if _is_sentence(node.values) else self.generic_visit(node)


def _is_sentence(parts: Iterable[ast.AST]) -> bool:
    texts = [part.value for part in parts if isinstance(part, ast.Constant) and isinstance(part.value, str)]
    text = " ".join(texts)
    return len(text.split()) >= SENTENCE and not set(text) & set("\\|\n")


def _wordless(node: ast.AST) -> ast.AST:
    """The same with every text between the values empty."""
    for part in ast.walk(node):
        if isinstance(part, ast.JoinedStr):
            part.values = [value for value in part.values if isinstance(value, ast.FormattedValue)]
        elif isinstance(part, ast.Constant) and isinstance(part.value, str):
            part.value = ""
    return node


def _imports(path: Path) -> list[Path]:
    """Modules of the library that a file imports; importing one runs the packages around it, too."""
    return list(_files(path, tuple(map(tuple, _taken_apart(path)[1]))))


@cache  # most modules are reached by many scripts
def _files(path: Path, imported: tuple[tuple[int, str], ...]) -> tuple[Path, ...]:
    """The files of the library that these imports of a file run."""
    found = []
    for level, name in imported:
        parts = [part for part in name.split(".") if part]
        if level:
            place = path.parents[level - 1]
        elif parts[0] == "interbrain":
            place, parts = LIBRARY, parts[1:]
        else:
            continue
        chain = [place.joinpath(*parts[:depth]) for depth in range(len(parts) + 1)]
        found += [step / "__init__.py" for step in chain]
        found += [step.with_suffix(".py") for step in chain[1:]]
    return tuple(file for file in dict.fromkeys(found) if file.is_file())
