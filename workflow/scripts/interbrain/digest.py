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

    Comments, docstrings and layout do not count.
    """
    reached: set[Path] = set()
    waiting = list(_imports(Path(script)))
    while waiting:
        module = waiting.pop()
        if module not in reached:
            reached.add(module)
            waiting.extend(_imports(module))
    digest = hashlib.sha256()
    for module in sorted(reached):
        digest.update(str(module.relative_to(LIBRARY)).encode())
        digest.update(_code(module).encode())
    return digest.hexdigest()[:16]


@cache
def _tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


@cache
def _code(path: Path) -> str:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    for node in ast.walk(tree):
        body = getattr(node, "body", None)
        if isinstance(body, list) and body and isinstance(body[0], ast.Expr):
            value = body[0].value
            if isinstance(value, ast.Constant) and isinstance(value.value, str):
                node.body = body[1:] or [ast.Pass()]
    return ast.unparse(tree)


@cache
def _imports(path: Path) -> tuple[Path, ...]:
    """Modules of the library that a file imports, anywhere in it."""
    names = []
    for node in ast.walk(_tree(path)):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
            names.append(node.module)
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and node.level:
            base = path.parent
            for _ in range(node.level - 1):
                base = base.parent
            package = ["interbrain", *base.relative_to(LIBRARY).parts, *(node.module or "").split(".")]
            stem = ".".join(p for p in package if p)
            names += [stem, *(f"{stem}.{alias.name}" for alias in node.names)]
    found = []
    for name in names:
        parts = name.split(".")
        if parts[0] != "interbrain":
            continue
        # Importing a module runs the packages around it too.
        for depth in range(1, len(parts) + 1):
            place = LIBRARY.joinpath(*parts[1:depth])
            for candidate in (place.with_suffix(".py"), place / "__init__.py"):
                if candidate.is_file() and candidate != LIBRARY.with_suffix(".py"):
                    found.append(candidate)
    return tuple(dict.fromkeys(found))
