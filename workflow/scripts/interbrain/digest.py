"""What a script's result depends on in the library: one digest of every room that it reaches.

Snakemake sees a script's own text only; each rule takes this digest as a parameter, so that a changed
formula runs again what depends on it, and a changed comment nothing.
"""

from __future__ import annotations

import ast
import hashlib
from functools import cache
from pathlib import Path

LIBRARY = Path(__file__).resolve().parent


def code_digest(script: Path) -> str:
    """Digest of the library code that `script` imports, directly or through other rooms.

    Imports count wherever they stand, in functions too. Comments, docstrings and layout do not count.
    """
    reached: set[Path] = set()
    waiting = _imports(Path(script))
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting += _imports(module)
    digest = hashlib.sha256()
    for module in sorted(reached):
        digest.update(module.relative_to(LIBRARY).as_posix().encode())
        digest.update(_parsed(module.read_text(encoding="utf-8"))[0].encode())
    return digest.hexdigest()[:16]


# By the text and not by the path, so that a file changed meanwhile is seen.
@cache
def _parsed(text: str) -> tuple[str, tuple[tuple[int, str], ...]]:
    """A module's bare code, and what it imports: (level of a relative import or 0, dotted name)."""
    tree = ast.parse(text)
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
                node.body = body[1:] or [ast.Pass()]
    return ast.unparse(tree), tuple(imported)


def _imports(path: Path) -> list[Path]:
    """Modules of the library that a file imports; importing one runs the packages around it, too."""
    found = []
    for level, name in _parsed(path.read_text(encoding="utf-8"))[1]:
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
    return [file for file in dict.fromkeys(found) if file.is_file()]
