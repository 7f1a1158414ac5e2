"""A BIDS dataset that was given: what the official validator says of it, as a run does.

It is not ours to refuse: all that it says is a warning.
"""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain.bids.validator import SEVERE, ValidatorError, official_validator
from interbrain.problems import Problem
from interbrain.study.problems import counted

if TYPE_CHECKING:
    from interbrain.study.tables import Found


def check_dataset(dataset: Path, done: Found) -> None:
    """A warning for each kind of error of the validator, with how often and where it is; one for the rest."""
    where = f"BIDS dataset {dataset.name}"
    try:
        with tempfile.TemporaryDirectory() as folder:
            said = official_validator(dataset, Path(folder) / "full.json")
    except ValidatorError as error:
        what = f"the BIDS validator has not examined it: {error.what}"
        done.warnings.append(Problem(where, what, error.hint or "A run calls the validator again."))
        return
    errors = [kind for kind in said["kinds"] if kind["severity"] == SEVERE]
    for kind in errors:
        what = f"{counted(kind['count'], 'error')} of the BIDS validator, {_named(kind)}"
        hint = "The run goes on. Correct it in the dataset before you share it."
        done.warnings.append(Problem(where, f"{what}, first in {kind['first_files'][0].lstrip('/')}", hint))
    if others := [kind for kind in said["kinds"] if kind["severity"] != SEVERE]:
        n = counted(sum(kind["count"] for kind in others), "warning")
        what = f"{n} of the BIDS validator, of {counted(len(others), 'kind')}, first {_named(others[0])}"
        hint = "A run writes all of them into results/bids-validator.json."
        done.warnings.append(Problem(where, what, hint))


def _named(kind: Mapping) -> str:
    return f"{kind['code']} {kind['about']}".rstrip()
