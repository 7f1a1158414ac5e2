"""A study's tables from a BIDS dataset: by Interbrain, which lists its dyads, or by anybody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.foreign_dataset import from_foreign_dataset
from interbrain.newstudy.own_dataset import study_of_dataset


def from_dataset(
    root: Path, role_words: Mapping[str, str] | None = None, factors: Sequence[str] = ()
) -> Draft:
    """Make the tables of a study that analyses a dataset again.

    Parameters
    ----------
    root : Path
    role_words : mapping word -> role, optional
        As `propose` takes it; of a dataset that is not ours.
    factors : sequence of str, optional
        Columns of participants.tsv; of a dataset that is not ours.

    Raises
    ------
    NewStudyError, StudyError
        It is no BIDS dataset, or a table of it cannot be read.
    """
    if not root.is_dir():
        raise NewStudyError("no such folder", "Name the folder of the dataset.", where=root)
    if (root / "dyads.tsv").is_file() and (root / "dyads.json").is_file():
        return _of_own(root)
    return from_foreign_dataset(root, role_words or {}, factors)


def _of_own(root: Path) -> Draft:
    """A draft in which nothing is left to fill in."""
    study = study_of_dataset(root)
    questionnaires = {
        name: {**about, "table": f"config/{name}.tsv"} for name, about in study.questionnaires.items()
    }
    return Draft(
        title=study.title,
        raw_folder=root,
        input="bids",
        times=study.times,
        factors=study.factors,
        line_frequency=study.line_frequency,
        questionnaires=questionnaires,
        tables=study.tables,
        is_complete=True,
    )
