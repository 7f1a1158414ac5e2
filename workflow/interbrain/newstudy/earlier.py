"""Beginning again in one folder: which of its files an earlier beginning wrote, and nobody changed since.

The digests of what was written are kept in a hidden file of the folder.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path

from interbrain.newstudy import NewStudyError
from interbrain.words import listed

RECORD = ".new-study.json"


def written_earlier(folder: Path) -> dict[str, str]:
    """Place in the folder -> digest of what was written there; empty if nothing is known."""
    try:
        found = json.loads((folder / RECORD).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    if not isinstance(found, dict):
        return {}
    known = {str(place): str(digest) for place, digest in found.items()}
    return {place: digest for place, digest in known.items() if _is_below(folder, place)}


def _is_below(folder: Path, place: str) -> bool:
    return (folder / place).resolve().is_relative_to(folder.resolve())


def unchanged(path: Path, digest: str) -> bool:
    """Whether a file is there and has the digest of what was written."""
    return path.is_file() and _digest(path.read_bytes()) == digest


def refuse_changed(folder: Path, contents: Mapping[str, bytes], earlier: Mapping[str, str]) -> None:
    """Refuse to write over what a person wrote or changed, and name all of it.

    Raises
    ------
    NewStudyError
        A file is there that is neither as it was written nor as it would be.
    """
    changed = [
        place
        for place, content in contents.items()
        if (path := folder / place).exists()
        and not unchanged(path, earlier.get(place, ""))
        and not unchanged(path, _digest(content))
    ]
    if changed:
        names = listed(changed)
        what = f"{names} {'was' if len(changed) == 1 else 'were'} changed since, and nothing is overwritten"
        if not earlier:
            what = f"has {names} already, and nothing is overwritten"
        hint = (
            "To keep your changes, go on with this folder as it is. To begin again, rename "
            f"{'it' if len(changed) == 1 else 'them'} and copy your changes over afterwards, or name "
            "another folder."
        )
        raise NewStudyError(what, hint, where=folder)


def remember(folder: Path, contents: Mapping[str, bytes]) -> None:
    """Keep the digests of what was written."""
    digests = {place: _digest(content) for place, content in contents.items()}
    (folder / RECORD).write_text(json.dumps(digests, indent=1) + "\n", encoding="utf-8")


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
