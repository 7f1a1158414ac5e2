"""A file that somebody coded in, whichever program wrote it."""

from __future__ import annotations

from pathlib import Path

from interbrain.coding import boris, elan, praat
from interbrain.coding.annotations import CodingError, Export
from interbrain.coding.text import rows_of, text_of

READ = (
    "Supported are ELAN's .eaf and its tab-delimited export, BORIS' tabular and aggregated events, and "
    "Praat's TextGrids. Or write the events into the table itself: onset_s, duration_s, code."
)


def read_export(path: Path) -> Export:
    """Every annotation of an export of ELAN, BORIS or Praat; its content, not its name, says of which.

    Parameters
    ----------
    path : Path

    Returns
    -------
    export : Export

    Raises
    ------
    CodingError
        With the place in the file, and what to do.
    """
    if path.suffix.lower() not in (".xlsx", ".xlsm"):
        raw = path.read_bytes()[:20] if path.is_file() else b""
        if raw.startswith(b"ooBinaryFile"):
            raise CodingError("is a binary file of Praat", praat.AS_TEXT, where=path.name)
        text = text_of(path)
        if "<ANNOTATION_DOCUMENT" in text[:5_000]:
            return elan.read_eaf(path, text)
        if "ooTextFile" in text[:200] or "chronological TextGrid" in text[:200]:
            return praat.read_textgrid(path, text)
    rows = rows_of(path)
    first = boris.heading_of(rows)
    if first is not None:
        return boris.read_boris(path, rows, first)
    if any(len(row) > 3 for row in rows):
        return elan.read_tab_export(path, rows)
    if not any(any(row) for row in rows):
        raise CodingError("is empty", READ, where=path.name)
    raise CodingError("is not an export of a known program", READ, where=path.name)
