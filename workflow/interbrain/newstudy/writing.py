"""Writes a new study's folder: settings, tables, and what makes the folder explain and run itself."""

from __future__ import annotations

import os
import re
import shlex
import sys
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd
import yaml

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.config_text import config_text
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.earlier import refuse_changed, remember, unchanged, written_earlier
from interbrain.newstudy.table_text import KINDS, Table, as_tsv, table_of
from interbrain.newstudy.workbook import as_xlsx
from interbrain.study.reading import read_table

PROFILE = "profiles/default/config.yaml"
FORMATS = ("tsv", "xlsx")
OF_WAI = ("wai_therapist", "wai_client", "wai_key")
# What README.md says of each file that may be there.
ROWS = {
    "config/config.yaml": "the settings, each with a comment",
    "dyads": "a row for each dyad: who is in it, its factors",
    "recordings": "a row for each dyad and time: the two files",
    "participants": "a row for each person: age, sex, handedness; optional",
    "cap_map": "the electrodes' 10–20 names, where the recordings use others; optional",
    "decisions": "channels, components and windows that you decide by hand; optional",
    "coding": "coded events, such as ruptures; optional",
    "signals": "skin conductance, heart and other signals; optional",
}


@dataclass(frozen=True)
class Interbrain:
    """Where Interbrain is: its folder, and the `snakemake` of its environment."""

    root: Path
    snakemake: Path = field(default_factory=lambda: Path(sys.executable).with_name("snakemake"))

    @property
    def activation(self) -> str:
        """The line that makes `snakemake` the one of Interbrain's environment."""
        activate = self.snakemake.with_name("activate")
        if activate.is_file():
            return f"source {shlex.quote(str(activate))}"
        return f"export PATH={shlex.quote(str(self.snakemake.parent))}:$PATH"

    def seen_from(self, folder: Path) -> str:
        """Its folder from a study's: `near`."""
        return near(self.root, folder)


def near(path: Path, folder: Path) -> str:
    """A path seen from a folder: relative between neighbours, which are moved together; else the whole."""
    try:
        relative = os.path.relpath(path, folder)
    except ValueError:  # on another drive
        return path.as_posix()
    far = relative.startswith(os.path.join("..", "..", ".."))
    return path.as_posix() if far else Path(relative).as_posix()


def write_study(folder: Path, draft: Draft, interbrain: Interbrain, file_format: str = "tsv") -> None:
    """Write the files of a new study.

    Parameters
    ----------
    folder : Path
        The study's; it may exist, as with the recordings in it.
    draft : Draft
    interbrain : Interbrain
    file_format : str
        Of the tables: tsv or xlsx.

    Raises
    ------
    NewStudyError
        The folder is Interbrain's, or a file is there that a person wrote or changed; nothing has been
        written. What was written earlier and is as it was is written again.
    """
    folder = folder.resolve()
    if folder.is_relative_to(interbrain.root):
        raise NewStudyError(
            "is inside Interbrain's own folder",
            "Name one outside it, so that both stay clean.",
            where=folder,
        )
    contents = study_files(folder, draft, interbrain, file_format)
    contents |= files_to_run_it(folder, list(contents), draft, interbrain)
    earlier = written_earlier(folder)
    refuse_changed(folder, contents, earlier)
    for place in set(earlier) - set(contents):
        if unchanged(folder / place, earlier[place]):
            (folder / place).unlink()
    for place, content in contents.items():
        path = folder / place
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    remember(folder, contents)
    if draft.raw_folder is None:
        (folder / "raw").mkdir(exist_ok=True)


def study_files(
    folder: Path, draft: Draft, interbrain: Interbrain, file_format: str = "tsv"
) -> dict[str, bytes]:
    """Settings and tables: place in the study's folder -> content."""
    demo = (interbrain.root / "config/config.yaml").read_text(encoding="utf-8")
    names = list(KINDS) if draft.questionnaires is None else [n for n in KINDS if n not in OF_WAI]
    if draft.input == "bids":
        names = [name for name in names if name in draft.tables or name == "decisions"]
    names += [name for name in draft.tables if name not in KINDS]
    places = {name: f"config/{name}.{file_format}" for name in names}
    draft = replace(draft, questionnaires=_tables_of(draft.questionnaires, places))
    raw = "raw" if draft.raw_folder is None else near(draft.raw_folder.resolve(), folder)
    text = config_text(demo, draft, places, raw)
    written = {"config/config.yaml": text.encode()}
    settings = yaml.safe_load(text)
    levels = {"time": settings["times"], **settings["factors"]}
    for name, place in places.items():
        written[place] = _content(
            _table(name, draft, settings, interbrain.root, file_format), file_format, levels, draft.covariates
        )
    return written


def _tables_of(questionnaires: Mapping | None, places: Mapping[str, str]) -> dict | None:
    if questionnaires is None:
        return None
    return {
        name: {**about, "table": places.get(name, about["table"])} for name, about in questionnaires.items()
    }


def _content(
    table: Table, file_format: str, levels: Mapping[str, list[str]], numbers: Collection[str]
) -> bytes:
    return as_xlsx(table, levels, numbers) if file_format == "xlsx" else as_tsv(table).encode()


def _table(name: str, draft: Draft, settings: Mapping, root: Path, file_format: str) -> Table:
    """A table with what is known of its rows."""
    if name not in KINDS or (draft.is_complete and name in draft.tables):
        rows = draft.tables[name]
        return Table(name, list(rows), {}, [], [], rows)
    own, rows, numbers = [], draft.tables.get(name), []
    demo = root / f"config/{name}.tsv"
    if name == "dyads":
        own, numbers = [*settings["factors"], *draft.covariates], draft.covariates
    elif KINDS[name] in ("answers", "key"):
        example = read_table(demo)
        own, rows = list(example), (example if KINDS[name] == "key" else _unanswered(draft))
    bottom = []
    if name == "recordings" and draft.others:
        bottom = ["Files that are in no row:", *(f"{path}: {why}" for path, why in draft.others)]
    return table_of(name, own, rows, draft.notes.get(name), bottom, file_format, numbers)


def _unanswered(draft: Draft) -> pd.DataFrame | None:
    """A row for each dyad, whose answers are to be typed in; None where no dyad is known."""
    dyads = draft.tables.get("dyads")
    return None if dyads is None or dyads.empty else dyads[["dyad"]]


def files_to_run_it(
    folder: Path, places: list[str], draft: Draft, interbrain: Interbrain
) -> dict[str, bytes]:
    """What makes the folder explain and run itself: Snakefile, profile and README.md."""
    where = interbrain.seen_from(folder)
    is_dataset = draft.input == "bids"
    raw = "raw" if draft.raw_folder is None else near(draft.raw_folder.resolve(), folder)
    rows = [(place, ROWS.get(place) or ROWS.get(Path(place).stem) or SCORES) for place in places]
    rows.append((f"{raw}/", "the recordings; they are read and never changed"))
    release = (
        "`snakemake --cores 4 release` packs the anonymised dataset, the tables and the report into one file"
    )
    secret = "the raw files; `results/date_shift.json`, which has the true dates"
    if is_dataset:
        release = "the tables and the report; the dataset itself is shared by those who made it"
        secret = "–"
    said = {
        "INTERBRAIN": where,
        "TABLE": "\n".join(f"| `{place}` | {what} |" for place, what in rows),
        "FOLDER": shlex.quote(str(folder)),
        "ACTIVATE": interbrain.activation,
        "RELEASE": release,
        "SECRET": secret,
        "ROOT": str(interbrain.root),
    }
    quoted = {**said, "INTERBRAIN": where.replace("\\", "\\\\").replace('"', '\\"')}
    made = {}
    for name, values in (("Snakefile", quoted), ("README.md", said)):
        text = (interbrain.root / "workflow/new_study" / name).read_text(encoding="utf-8")
        made[name] = _filled(text, values).encode()
    return {**made, PROFILE: (interbrain.root / PROFILE).read_bytes()}


def _filled(template: str, values: Mapping[str, str]) -> str:
    return re.sub("@([A-Z]+)@", lambda found: values[found[1]], template)


SCORES = "answers to a questionnaire, its key, or scores; optional"
