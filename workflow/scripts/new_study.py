"""A folder to begin a study with: commented config and tables, outside this repository.

make new-study DIR=path, or: python workflow/scripts/new_study.py path
With a second path (BIDS=path), of a dataset that Interbrain wrote, its tables are filled in from there.
"""

import os
import re
import shlex
import sys
import textwrap
from pathlib import Path

import yaml

from interbrain.study.columns import columns_of, row_schema
from interbrain.study.from_dataset import study_of_dataset
from interbrain.study.problems import StudyError
from interbrain.study.reading import read_table

ROOT = Path(__file__).resolve().parents[2]
TEMPLATES = ROOT / "workflow/new_study"
PROFILE = "profiles/default/config.yaml"
SNAKEMAKE = Path(sys.executable).with_name("snakemake")
# What of the demo's config is the demo's own: (pattern, what stands in its place in a new study).
CHANGES = (
    (r"# Interbrain: the settings of one study\. .*\n", "# Interbrain: the settings of one study.\n"),
    (r"title: .*", "title: Title of the study"),
    (r"authors: \[.*?\] ", "authors: [First author, Second author] "),
    (r"raw_folder: bids/sourcedata     ", "raw_folder: raw                 "),
    (r"  cap_map: config/cap_map\.tsv *#", "  cap_map: null   # or config/cap_map.tsv;"),
    (r"multiverse: +# null: none\n(  .*\n)+", "multiverse: null\n"),
    (r"# For your own data delete this block(.*\n)+?\n(?=# ---- Defaults)", ""),
)
TABLES = {
    "dyads": "dyads",
    "recordings": "recordings",
    "participants": "participants",
    "cap_map": "cap_map",
    "decisions": "decisions",
    "coding": "coding",
    "signals": "signals",
    "wai_therapist": "answers",
    "wai_client": "answers",
    "wai_key": "key",
}
# What a row may look like, of tables whose cells depend on each other.
EXAMPLES = {
    "decisions": ["D01 | post | C01 | channel | F3 | bad | AB | electrode came loose"],
    "coding": [
        "dyad D01, time pre, onset_s 92.5, duration_s 12, code rupture, who client, coder A",
        "dyad D01, time pre, coder A, file D01.eaf, tier Ruptures, code rupture, offset_s -12.4 (the video "
        "began 12.4 s before the recording)",
    ],
    "signals": [
        "role therapist, kind eda, channel GSR 1, dyad D01 (of the EEG file: file and sync are empty)",
        "role client, kind motion, channel 2, file D01_motion.txt, dyad D01, rate_hz 25, start_s -12.4 (the "
        "video began 12.4 s before the therapist's EEG file)",
    ],
}
GUIDES = {"coding": "docs/events.md", "signals": "docs/signals.md"}  # tables that no new study names yet


def files() -> dict[str, str]:
    """Every file of a new study, by its place in the folder, and its text."""
    config = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    for pattern, instead in CHANGES:
        config, n = re.subn(pattern, instead, config)
        assert n == 1, f"config/config.yaml has changed: {pattern}"
    return {"config/config.yaml": config} | {f"config/{name}.tsv": table(name) for name in TABLES}


def files_of_dataset(dataset: Path) -> dict[str, str]:
    """Every file of a study that analyses a shared dataset again: nothing is left to fill in."""
    try:
        study = study_of_dataset(dataset)
    except StudyError as error:
        sys.exit(str(error))
    questionnaires = {
        name: {**about, "table": f"config/{name}.tsv"} for name, about in study.questionnaires.items()
    }
    of_role = {about["role"]: name for name, about in questionnaires.items()}
    roles = ("therapist", "client")
    differences = {"difference": [of_role[r] for r in roles]} if set(roles) <= set(of_role) else {}
    settings = {
        "title": study.title,
        "tables": {n: f"config/{n}.tsv" for n in ("dyads", "recordings", "participants", "decisions")},
        "raw_folder": str(dataset.resolve()),
        "input": "bids",
        "times": study.times,
        "line_frequency": study.line_frequency,
        "triggers": None,
        "factors": study.factors,
        "questionnaires": questionnaires,
        "differences": differences,
    }
    demo = (ROOT / "config/config.yaml").read_text(encoding="utf-8")
    defaults = demo[demo.index("# ---- Defaults") :]
    correlated = [f"{name}{end}" for name in differences for end in ("", "_absolute")]
    for key, names in (("between", study.factors), ("correlate", correlated)):
        defaults, n = re.subn(rf"(?m)^  {key}: .*$", f"  {key}: [{', '.join(names)}]", defaults)
        assert n == 1, f"config/config.yaml has changed: {key}"
    head = "# Interbrain: a shared dataset, analysed again. Paths are relative to the study's folder.\n\n"
    config = head + yaml.safe_dump(settings, sort_keys=False, allow_unicode=True) + "\n" + defaults
    texts = {"config/config.yaml": config, "config/decisions.tsv": table("decisions")}
    return texts | {
        f"config/{name}.tsv": found.to_csv(sep="\t", index=False, lineterminator="\n")
        for name, found in study.tables.items()
    }


def table(name: str) -> str:
    """A table's comments and heading: each column as its schema describes it. Only the key has rows."""
    demo = ROOT / f"config/{name}.tsv"
    kind = row_schema(TABLES[name])
    needed, optional = columns_of(TABLES[name])
    # The demo has no coded events and no other signals.
    own = [c for c in read_table(demo) if c not in kind["properties"]] if demo.is_file() else []
    rare = [c for c in optional if kind["properties"][c].get("x-rare")]
    columns = [*needed, *own, *(c for c in optional if c not in rare)]
    empty = "" if name in EXAMPLES else "; an empty cell means: not known"
    lines = [f"{kind['title']}. Lines that begin with # are comments{empty}."]
    described = {c: f"{c}: {kind['properties'][c]['description']}" for c in (*needed, *optional)}
    lines += [line for column, line in described.items() if column not in rare]
    lines += ["Columns to add only if a recording needs them:"] * bool(rare) + [described[c] for c in rare]
    if TABLES[name] == "dyads":
        lines.append(f"{', '.join(own)}: the factors, as config.yaml names them and their levels")
        lines.append("You may add columns of numbers, such as years, that statistics in config.yaml names")
    lines += [f"For example: {example}" for example in EXAMPLES.get(name, [])]
    if name in GUIDES:
        lines.append(
            f"It is read once config.yaml names it: tables: {name}: config/{name}.tsv ({GUIDES[name]})"
        )
    if TABLES[name] == "key":
        lines.append("Of the Working Alliance Inventory: check it against your own licensed form.")
    comments = "".join(
        textwrap.fill(line, 110, initial_indent="# ", subsequent_indent="#   ") + "\n" for line in lines
    )
    rows = demo.read_text(encoding="utf-8") if TABLES[name] == "key" else "\t".join(columns) + "\n"
    return comments + rows


# What README.md says of each file that may be there.
ROWS = {
    "config/config.yaml": "the settings, each with a comment",
    "config/dyads.tsv": "a row for each dyad: who is in it, its factors",
    "config/recordings.tsv": "a row for each dyad and time: the two files",
    "config/participants.tsv": "a row for each person: age, sex, handedness; optional",
    "config/cap_map.tsv": "the electrodes' 10–20 names, where the recordings use others; optional",
    "config/decisions.tsv": "channels, components and windows that you decide by hand; optional",
    "config/coding.tsv": "coded events, such as ruptures; optional",
    "config/signals.tsv": "skin conductance, heart and other signals; optional",
    "raw/": "the recordings; they are read and never changed",
}


def where_interbrain_is(folder: Path) -> str:
    """A relative path if the two are neighbours, which are moved together; otherwise the whole path."""
    relative = os.path.relpath(ROOT, folder)
    return (
        ROOT.as_posix() if relative.startswith(os.path.join("..", "..", "..")) else Path(relative).as_posix()
    )


def files_to_run_it(folder: Path, texts: dict[str, str], dataset: Path | None) -> dict[str, str]:
    """What makes the folder explain and run itself: Snakefile, profile and README.md."""
    where = where_interbrain_is(folder)
    rows = dict.fromkeys(texts, "answers to a questionnaire, or its key; optional") | ROWS
    places = [*(place for place in ROWS if place in texts), *(place for place in texts if place not in ROWS)]
    table = [f"| `{place}` | {rows[place]} |" for place in [*places, *(["raw/"] if not dataset else [])]]
    release = (
        "`snakemake --cores 4 release` packs the anonymised dataset, the tables and the report into one file"
    )
    secret = "the raw files; `results/date_shift.json`, which has the true dates"
    if dataset:
        release = "the tables and the report; the dataset itself is shared by those who made it"
        secret = "–"
    said = {
        "INTERBRAIN": where,
        "TABLE": "\n".join(table),
        "FOLDER": shlex.quote(str(folder)),
        "ACTIVATE": activation(),
        "RELEASE": release,
        "SECRET": secret,
        "ROOT": str(ROOT),
    }
    made = {name: (TEMPLATES / name).read_text(encoding="utf-8") for name in ("Snakefile", "README.md")}
    quoted = {**said, "INTERBRAIN": where.replace("\\", "\\\\").replace('"', '\\"')}
    for name, text in made.items():
        values = quoted if name == "Snakefile" else said
        made[name] = re.sub("@([A-Z]+)@", lambda found, values=values: values[found[1]], text)
    return {**made, PROFILE: (ROOT / PROFILE).read_text(encoding="utf-8")}


def activation() -> str:
    """The line that makes `snakemake` the one of Interbrain's environment."""
    activate = SNAKEMAKE.with_name("activate")
    if activate.is_file():
        return f"source {shlex.quote(str(activate))}"
    return f"export PATH={shlex.quote(str(SNAKEMAKE.parent))}:$PATH"


def write(folder: Path, dataset: Path | None = None) -> None:
    """Write the files, of an existing dataset if one is given; exit with a sentence where that would harm."""
    folder = folder.resolve()
    if folder.is_relative_to(ROOT):
        sys.exit(
            f"{folder} lies inside Interbrain's own folder. Name one outside it, so that both stay clean."
        )
    texts = files_of_dataset(dataset) if dataset else files()
    texts |= files_to_run_it(folder, texts, dataset)
    new = {folder / place: text for place, text in texts.items()}
    if there := [path for path in new if path.exists()]:
        sys.exit(f"{there[0]} is there already, and nothing is overwritten. Name another folder.")
    for path, text in new.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
    todo = "Look at config/: the tables are the dataset's."
    if not dataset:
        (folder / "raw").mkdir(exist_ok=True)
        todo = "Put the recordings into raw/, and fill in config/: each file says what belongs into it."
    print(
        f"Your study begins in {folder}\n{todo}\n\n"
        f"Then go there, once in each terminal:\n  cd {shlex.quote(str(folder))}\n  {activation()}\n"
        "see whether all is well:\n  snakemake --cores 4 check\nand run it:\n  snakemake --cores 4\n\n"
        "README.md in that folder says the same, and what each file is."
    )


if __name__ == "__main__":
    paths = [Path(argument) for argument in sys.argv[1:] if argument]
    if len(paths) not in (1, 2):
        sys.exit("Name a folder for the study: make new-study DIR=path")
    write(*paths)
