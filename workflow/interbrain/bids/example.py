"""A copy of a dataset that shows its layout without its signals, as the repository bids-examples has them.

Only for simulated data: names, dates and questionnaires stay as they are.
"""

from __future__ import annotations

import shutil
from pathlib import Path

from interbrain.bids.checks import NOT_OURS
from interbrain.problems import InterbrainError

KEPT_BYTES = 64  # of each file of signals: an empty file is an error of the validator
NOTE = """
## This copy

The recordings are simulated, and each `*_eeg.eeg` is cut off after {n} bytes. Headers, markers, sidecars and
tables are those of the whole recordings. The dataset shows how two people who were recorded at once
(hyperscanning) can be described.
"""


def write_example(dataset: Path, target: Path) -> list[Path]:
    """Copy a dataset and cut its signals off.

    Parameters
    ----------
    dataset : path-like
        A BIDS dataset that Interbrain wrote of simulated recordings.
    target : path-like
        A folder that does not exist.

    Returns
    -------
    files : list of Path
        What was written, in order.

    Raises
    ------
    InterbrainError
        There is no dataset, or the target exists.
    """
    root, target = Path(dataset), Path(target)
    if not (root / "dataset_description.json").is_file():
        raise InterbrainError(
            "there is no BIDS dataset",
            "`make demo` or `snakemake --cores 4` writes one.",
            where=root,
        )
    if target.exists():
        raise InterbrainError("exists already", "Remove it, or name another folder.", where=target)
    written = []
    for file in sorted(path for path in root.rglob("*") if path.is_file()):
        place = file.relative_to(root).as_posix()
        if place != ".bidsignore" and NOT_OURS.match(place):
            continue
        copy = target / place
        copy.parent.mkdir(parents=True, exist_ok=True)
        if file.suffix == ".eeg":
            with file.open("rb") as signals:
                copy.write_bytes(signals.read(KEPT_BYTES))
        else:
            shutil.copyfile(file, copy)
        written.append(copy)
    readme = target / "README.md"
    text = readme.read_text(encoding="utf-8") + NOTE.format(n=KEPT_BYTES)
    readme.write_text(text, encoding="utf-8", newline="\n")
    return written
