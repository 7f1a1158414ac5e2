"""A folder to begin a study with: settings and tables, empty or proposed from recordings or a BIDS dataset.

make new-study DIR=path, or python workflow/scripts/new_study.py path; --help has the rest.
"""

import argparse
import sys
from pathlib import Path

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.covariates import add_covariates
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.from_dataset import from_dataset
from interbrain.newstudy.from_recordings import from_recordings
from interbrain.newstudy.options import covariates_of, factor_of, in_words_of, role_words
from interbrain.newstudy.summary import summary
from interbrain.newstudy.writing import FORMATS, Interbrain, write_study
from interbrain.problems import InterbrainError

ROOT = Path(__file__).resolve().parents[2]


OPTIONS = {
    "raw": "a folder of recordings, whose names give dyads, times, roles and tasks",
    "bids": "a BIDS dataset: the tables are made from its own",
    "therapist": "the word, letter or label for the therapist in names of files (or in the column role of "
    "participants.tsv), such as A or sub1; first: the first of two where nothing tells them apart",
    "client": "the same for the client",
    "factor": "a factor and its levels, such as modality=live,online; a semicolon comes between factors. "
    "With --bids, a name alone is a column of participants.tsv. none: the study has no factor",
    "covariate": "a number of each dyad that is held constant, such as years; a semicolon comes between "
    "several. With --bids, a column of participants.tsv in which both members have the same number",
    "questionnaires": "tables of the Working Alliance Inventory (wai), or none",
    "format": "of the tables: tsv, or xlsx with lists of words and notes on columns",
}
CHOICES = {"questionnaires": ["", "wai", "none"], "format": ["", *FORMATS]}


def parser() -> argparse.ArgumentParser:
    """What can be asked for; make passes an empty word for what was not."""
    asked = argparse.ArgumentParser(
        prog="new_study.py",
        description="Writes a folder to begin a study with: settings, tables, a Snakefile and a README. "
        "Nothing that a person wrote or changed is overwritten, and no recording is moved or changed.",
        epilog="With make: make new-study DIR=../my-study RAW=recordings THERAPIST=A CLIENT=B FORMAT=xlsx",
    )
    asked.add_argument("folder", nargs="?", default="", help="the study's folder, outside Interbrain's own")
    asked.add_argument("dataset", nargs="?", default="", help="the same as --bids")
    for option, about in OPTIONS.items():
        asked.add_argument(f"--{option}", default="", choices=CHOICES.get(option), help=about)
    asked.add_argument("--by-make", action="store_true", help=argparse.SUPPRESS)
    return asked


def draft_of(asked: argparse.Namespace) -> Draft:
    """What is known of the study."""
    words, factors = (
        role_words(asked.therapist, asked.client),
        asked.factor.split(";") if asked.factor else [],
    )
    given = dict(factor_of(text) for text in factors if "=" in text)
    dataset = asked.bids or asked.dataset
    if dataset and asked.raw:
        raise NewStudyError(
            "a study begins with recordings or with a dataset", "Name RAW= or BIDS=, not both."
        )
    if dataset:
        columns = [text.strip() for text in factors if "=" not in text and text != "none"]
        draft = from_dataset(Path(dataset), words, columns)
    else:
        draft = from_recordings(Path(asked.raw), words) if asked.raw else Draft()
    if given or "none" in factors:
        draft.factors = {**(draft.factors or {}), **given}
    if asked.covariate:
        add_covariates(draft, covariates_of(asked.covariate, draft.factors or {}))
    if asked.questionnaires:
        draft.questionnaires = None if asked.questionnaires == "wai" else {}
    return draft


def main() -> None:
    asked = parser().parse_args()
    if not asked.folder:
        sys.exit(in_words_of("Name a folder for the study: make new-study DIR=path", by_make=asked.by_make))
    folder, interbrain = Path(asked.folder), Interbrain(ROOT)
    try:
        draft = draft_of(asked)
        draft.put_into_words(lambda text: in_words_of(text, by_make=asked.by_make))
        write_study(folder, draft, interbrain, asked.format or "tsv")
    except InterbrainError as error:
        sys.exit(in_words_of(str(error), by_make=asked.by_make))
    print(in_words_of(summary(folder.resolve(), draft, interbrain), by_make=asked.by_make))


if __name__ == "__main__":
    main()
