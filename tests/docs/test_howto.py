"""Each how-to page does what it says: its settings, tables and commands are tried on a small study."""

import csv
import os
import re
import shlex
import shutil
import subprocess
import textwrap
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pandas as pd
import pytest
import yaml
from snakemake.cli import get_argument_parser

from interbrain.metrics import estimators, registry
from interbrain.study.loading import load_study
from interbrain.study.problems import StudyError
from interbrain.study.settings import config_schema
from interbrain.study.study import Study
from interbrain.tables.catalogue import OF_DYADS
from interbrain.tables.presence import DYAD_MEANS

PAGES = Path(__file__).parents[2] / "docs/howto"
# By what a row of a page is known to be one of the study's own; a row of any other table is a new one.
KNOWN_BY = {
    "dyads": ["dyad"],
    "recordings": ["dyad", "time"],
    "participants": ["participant"],
    "signals": ["role", "kind"],
}
BLOCK = re.compile(r"^ *```(\w*)\n(.*?)^ *```$|^ *\|(.*?)\n(?! *\|)", re.M | re.S)


def blocks(page: str, language: str) -> list[str]:
    """The page's blocks of code in one language, without the indentation of a list."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8")
    found = [m[2] for m in BLOCK.finditer(text) if m[1] == language]
    return [textwrap.dedent(block) for block in found]


def steps(page: str) -> Iterator[tuple[str, dict | list[list[str]]]]:
    """What the page changes, in its order: settings, and rows of the table that is named before them."""
    text = (PAGES / f"{page}.md").read_text(encoding="utf-8") + "\n"
    for found in BLOCK.finditer(text):
        named = re.findall(r"`config/(\w+)\.tsv`", text[: found.start()].rstrip().rpartition("\n\n")[2])
        if found[1] == "yaml":
            yield "settings", yaml.safe_load(found[2])
        elif found[3] and named:
            lines = [line.strip().strip("|").split("|") for line in ("|" + found[3]).splitlines()]
            rows = [[cell.strip() for cell in line] for line in lines]
            yield named[-1], [row for row in rows if not set("".join(row)) <= {"-"}]


def merged(settings: dict, change: dict) -> dict:
    """As a person writes it into the file: a list takes the place of a list."""
    result = dict(settings)
    for key, value in change.items():
        both = isinstance(value, dict) and isinstance(result.get(key), dict) and key != "bands"
        result[key] = merged(result[key], value) if both else value
    return result


@dataclass
class Lab:
    """The demo's tables as those of a laboratory: no simulation, and raw files that are there."""

    folder: Path
    config: dict = field(init=False)

    def __post_init__(self):
        shutil.copytree(PAGES.parents[1] / "config", self.folder / "config")
        text = (self.folder / "config/config.yaml").read_text(encoding="utf-8")
        self.config = yaml.safe_load(text) | {"simulation": None, "multiverse": None}

    def table(self, name: str) -> pd.DataFrame:
        path = self.folder / f"config/{name}.tsv"
        if not path.exists():
            return pd.DataFrame()
        return pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, comment="#")

    def put(self, name: str, heading: list[str], *rows: list[str]) -> None:
        """Change the rows that the table has, and add the others, as a person would."""
        table = self.table(name)
        keys = KNOWN_BY.get(name, [])
        for column in heading:
            if column not in table:
                table[column] = ""
        for row in (dict(zip(heading, cells, strict=True)) for cells in rows):
            same = (table[keys] == [row[k] for k in keys]).all(axis=1) if keys else [False] * len(table)
            if not any(same):
                table.loc[len(table)] = dict.fromkeys(table, "") | row
            else:
                table.loc[same, list(row)] = list(row.values())
        table.to_csv(self.folder / f"config/{name}.tsv", sep="\t", index=False, quoting=csv.QUOTE_NONE)

    def follow(self, page: str, until: int | None = None) -> Study:
        """Do what the page says, up to a number of steps, and read the study."""
        for what, change in list(steps(page))[:until]:
            if what == "settings":
                self.config = merged(self.config, change)
            else:
                self.put(what, *change)
        return self.read()

    def read(self) -> Study:
        raw = self.folder / self.config["raw_folder"]
        raw.mkdir(parents=True, exist_ok=True)
        recordings = self.table("recordings")
        for name in {*recordings["therapist_file"], *recordings["client_file"]} - {""}:
            (raw / name).write_bytes(b"raw")
        return load_study(self.config, config_schema(), self.folder)


@pytest.fixture
def lab(tmp_path) -> Lab:
    return Lab(tmp_path)


def hints(error) -> str:
    return "; ".join(f"{p.where}: {p.what} {p.hint}" for p in error.value.problems)


def test_a_channel_is_overruled_and_the_decision_taken_back(lab):
    before = lab.read()
    [decision] = lab.follow("overrule-a-channel").recording_decisions("C01", "D01", 2)
    assert (decision["item"], decision["decision"], decision["by"]) == ("F3", "bad", "AB")
    (lab.folder / "config/decisions.tsv").write_text("\t".join(lab.table("decisions")) + "\n")
    assert before.recording_decisions("C01", "D01", 2) == []
    assert lab.read().recording_decisions("C01", "D01", 2) == []


def test_a_dyad_is_excluded_and_taken_back(lab):
    assert list(lab.read().included["dyad"]) == ["D01", "D02", "D03", "D04", "D05", "D06"]
    excluded = lab.follow("exclude-a-dyad", 1)
    assert list(excluded.included["dyad"]) == ["D01", "D02", "D04", "D05", "D06"]
    lab.put("dyads", ["dyad", "exclude"], ["D03", ""])
    assert list(lab.read().included["dyad"]) == ["D01", "D02", "D03", "D04", "D05", "D06"]


def test_one_recording_is_excluded(lab):
    study = lab.follow("exclude-a-dyad")
    assert study.unused == {("D04", "post"): "electrode cap slipped"}


def test_a_dyad_is_added_and_answers_that_were_not_given_are_empty_cells(lab):
    with pytest.raises(StudyError) as error:
        lab.follow("add-a-dyad")
    assert len(error.value.problems) == 2 and "wai_client.tsv: no row for dyad D07" in hints(error)
    for name in ("wai_therapist", "wai_client"):
        lab.put(name, ["dyad"], ["D07"])
    study = lab.read()
    assert study.member("D07", "therapist") == "T03" and len(study.session("D07")) == 2
    assert pd.isna(study.scores["wai_c"].set_index("dyad").loc["D07", "total"])
    assert study.participants.set_index("participant").loc["C07", "handedness"] == "left"


def test_a_band_is_added(lab):
    lab.follow("add-a-band")
    assert lab.config["bands"] == {"theta": [4, 7], "alpha": [8, 12], "beta": [13, 30]}


def test_a_band_above_the_low_pass_is_refused_as_the_page_says(lab):
    lab.follow("add-a-band")
    lab.config["bands"] = {"gamma": [30, 45]}
    with pytest.raises(StudyError) as error:
        lab.read()
    assert "lowpass" in hints(error)


@pytest.fixture
def with_the_pages_own_estimator(tmp_path, monkeypatch):
    """What the page says to write into a copy of Interbrain, found there as the others are."""
    [code] = blocks("add-an-estimator", "python")
    folder = tmp_path / "copy"
    folder.mkdir()
    (folder / "cosine.py").write_text(code, encoding="utf-8")
    monkeypatch.setattr(estimators, "__path__", [*estimators.__path__, str(folder)])
    found = registry._found()
    monkeypatch.setattr(registry, "METRICS", found)
    return found


def test_an_estimator_of_ones_own_is_found_and_computes_what_its_name_says(with_the_pages_own_estimator):
    import numpy as np

    cosine = with_the_pages_own_estimator["cosine"]
    phasors = np.exp(2j * np.pi * np.random.default_rng(0).random((1, 1, 1, 500)))
    values = [cosine(phasors, phasors * np.exp(1j * lag)).item() for lag in (0, np.pi / 3, np.pi)]
    assert np.allclose(values, [1, 0.5, -1])
    assert cosine.needs == "phase"


def test_an_estimator_that_is_there_is_named_in_the_settings(lab):
    lab.follow("add-an-estimator", 1)
    assert lab.config["synchrony"]["estimators"] == ["aec", "accorr", "ciplv"]


def test_a_questionnaire_is_scored_as_the_page_reckons(lab):
    study = lab.follow("add-a-questionnaire")
    assert study.scores["presence"].set_index("dyad").loc["D01", "total"] == 19
    assert study.scores["depression"].set_index("dyad").loc["D02", "total"] == 8.5


def test_a_factor_is_added(lab):
    study = lab.follow("add-a-factor")
    assert study.levels("D02")["school"] == "analytic"


def test_a_covariate_is_added_with_points_or_commas(lab):
    study = lab.follow("add-a-covariate")
    assert study.numbers.set_index("dyad")["years"].loc["D02"] == 3.5
    rows = [[dyad, str(years).replace(".", ",")] for dyad, years in study.numbers[["dyad", "years"]].values]
    lab.put("dyads", ["dyad", "years"], *rows)
    assert lab.read().numbers.set_index("dyad")["years"].loc["D02"] == 3.5


def test_a_task_is_added_between_the_times_of_rest(lab):
    study = lab.follow("add-a-task")
    assert study.tasks == {1: "rest", 2: "talk", 3: "rest"}


def test_a_signal_is_added_as_a_channel_and_as_a_file(lab):
    study = lab.follow("add-a-signal", 2)
    assert {row["kind"] for row in study.signals["D01", 1, "client"]} == {"eda", "ecg"}
    for dyad, time in lab.table("recordings")[["dyad", "time"]].values:
        for role in ("therapist", "client"):
            (lab.folder / lab.config["raw_folder"] / f"{dyad}_{time}_{role}_motion.csv").write_text("1\n2\n")
    study = lab.follow("add-a-signal")
    assert {row["kind"] for row in study.signals["D06", 2, "therapist"]} == {"eda", "ecg", "motion"}


def test_what_is_filled_in_before_sharing_is_accepted(lab):
    lab.follow("share")
    assert lab.config["date_published"] == "2026-11-30"


# Commands

PROGRAMS = {"cd", "cp", "git", "rm", "rmdir", "sha256sum", "source", "zip"}
PYTHONS = ".venv/bin/python"


def commands():
    for page in sorted(PAGES.glob("*.md")):
        for block in blocks(page.stem, "sh"):
            for line in block.splitlines():
                if words := shlex.split(line, comments=True):
                    yield page.stem, words


def test_every_command_is_one_that_snakemake_or_make_knows(repository):
    rules = "\n".join(p.read_text(encoding="utf-8") for p in (repository / "workflow/rules").glob("*.smk"))
    targets = {"check", *re.findall(r"^ *rule (\w+):", rules, re.M)}
    makefile = (repository / "Makefile").read_text(encoding="utf-8")
    made = {*re.findall(r"^([a-z-]+):", makefile, re.M), ".venv/.installed"}
    parser = get_argument_parser()
    seen = set()
    for page, (program, *words) in commands():
        seen.add(program)
        if program == "snakemake":
            asked = parser.parse_args(words)
            assert {*asked.targets, *(asked.forcerun or [])} <= targets, (page, words)
            assert all((repository / "profiles" / Path(p).name).is_dir() for p in asked.profile or [])
        elif program == "make":
            assert {word for word in words if "=" not in word} <= made, (page, words)
        else:
            assert program in PROGRAMS or program == PYTHONS, (page, program)
    assert {"snakemake", "make"} <= seen


def test_what_uninstalling_removes_is_all_that_a_run_leaves_in_the_home_folder(tmp_path, repository):
    """What a run leaves there is held by tests/workflow/test_privacy.py."""
    privacy = (repository / "tests/workflow/test_privacy.py").read_text(encoding="utf-8")
    left = re.findall(r'"(\.cache/\w+)/"', privacy)
    assert sorted(left) == [".cache/matplotlib", ".cache/snakemake"]
    further = (".config/matplotlib", ".cache/uv", ".cache/pip", "work/interbrain/.venv", "work/study")
    for name in (*left, *further):
        (tmp_path / name).mkdir(parents=True)
    for block in blocks("uninstall", "sh"):
        environment = os.environ | {"HOME": str(tmp_path)}
        subprocess.run(["sh", "-euc", block], cwd=tmp_path / "work", env=environment, check=True)
    assert sorted(p.name for p in tmp_path.rglob("*")) == [".cache", ".config", "study", "work"]


def test_what_is_shared_of_a_bids_dataset_holds_no_recording(tmp_path):
    if not shutil.which("zip"):
        pytest.skip("zip is not installed")
    derivative = tmp_path / "results/derivatives/interbrain/dyads"
    derivative.mkdir(parents=True)
    (tmp_path / "results/report.html").write_text("report")
    (tmp_path / "results/date_shift.json").write_text("secret")
    for name in ("a_plv.tsv", "a_epo.fif", "a_phases.npy"):
        (derivative / name).write_text("x")
    [command] = [block for block in blocks("share", "sh") if block.startswith("zip")]
    subprocess.run(["sh", "-euc", command], cwd=tmp_path, check=True, capture_output=True)
    with zipfile.ZipFile(tmp_path / "shared.zip") as archive:
        files = {Path(name).name for name in archive.namelist() if not name.endswith("/")}
    assert files == {"report.html", "a_plv.tsv"}


# Tables in other programs


@pytest.fixture
def results(tmp_path, monkeypatch):
    """Tables of two dyads that are called 01 and 02, with a value that is missing."""
    group = tmp_path / "results/derivatives/interbrain/group"
    dyads = tmp_path / "results/derivatives/interbrain/dyads"
    group.mkdir(parents=True)
    rows = [("01", "T1", "theta", "T", "0.25"), ("01", "T1", "alpha", "F", "n/a")]
    rows += [("01", "T1", "alpha", "T", "0.5"), ("02", "T2", "theta", "T", "-5e-02")]
    rows += [("02", "T2", "alpha", "F", "0.15")]
    text = "dyad\ttherapist\ttime\tband\troi\tabove_chance\tpilot\tgroup\n"
    text += "".join("\t".join([d, t, "pre", *rest, "n/a", d]) + "\n" for d, t, *rest in rows)
    (group / "task-rest_desc-aggregated_plv.tsv").write_text(text, encoding="utf-8")
    for dyad in ("01", "02"):
        folder = dyads / f"dyad-{dyad}"
        folder.mkdir(parents=True)
        stem = folder / f"dyad-{dyad}_task-rest_run-2_desc"
        Path(f"{stem}-roi_plv.tsv").write_text(f"dyad\ttime\trun\tvalue\n{dyad}\tpost\t2\t0.3\n")
        Path(f"{stem}-windows_ledger.tsv").write_text(
            f"dyad\ttime\trun\tkept\n{dyad}\tpost\t2\t1\n{dyad}\tpost\t2\t0\n"
        )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_in_python_labels_keep_their_zero_and_missing_values_are_missing(results):
    [code] = blocks("tables-elsewhere", "python")
    names = {}
    exec(compile(code, "tables-elsewhere.md", "exec"), names)
    plv = names["plv"]
    assert list(plv["dyad"].unique()) == list(plv["group"].unique()) == ["01", "02"]
    assert list(plv["roi"].unique()) == ["T", "F"]
    assert plv["above_chance"].isna().sum() == 1 and plv["above_chance"].min() == -0.05
    assert names["means"].to_dict()["01", "alpha"] == 0.5


def test_in_r_labels_keep_their_zero_and_tables_of_dyads_are_stacked(results):
    if not shutil.which("Rscript"):
        pytest.skip("R is not installed")
    code = "\n".join(blocks("tables-elsewhere", "r"))
    code += """
stopifnot(identical(unique(plv$dyad), c("01", "02")), is.numeric(plv$above_chance))
stopifnot(identical(unique(plv$roi), c("T", "F")), identical(unique(plv$group), c("01", "02")))
stopifnot(sum(is.na(plv$above_chance)) == 1, min(plv$above_chance, na.rm = TRUE) == -0.05)
stopifnot(nrow(wide) == 2, wide[wide$dyad == "01", "above_chance.alpha"] == 0.5)
stopifnot(identical(all_sites$dyad, c("01", "02")), identical(all_sites$run, c(2, 2)))
stopifnot(nrow(all_windows) == 4, identical(unique(all_windows$dyad), c("01", "02")))
"""
    (results / "page.R").write_text(code, encoding="utf-8")
    done = subprocess.run(["Rscript", "--vanilla", "page.R"], cwd=results, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


def test_the_syntax_for_spss_reads_points_where_commas_are_the_custom(tmp_path):
    """In PSPP, which reads the syntax of SPSS."""
    if not shutil.which("pspp"):
        pytest.skip("PSPP is not installed")
    [syntax] = blocks("tables-elsewhere", "spss")
    of_columns = dict(re.findall(r"^  (\w+) ([AF])\d", syntax, re.M))
    row = {name: "0.25" if kind == "F" else "Gespräch" for name, kind in of_columns.items()}
    rows = [row | {"dyad": "01", "plv": "n/a"}, row | {"dyad": "02", "plv": "-1.2e-05"}]
    lines = ["\t".join(of_columns), *("\t".join(row.values()) for row in rows)]
    (tmp_path / "task-rest_desc-dyadmeans_plv.tsv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    asked = 'SAVE TRANSLATE /OUTFILE="read.csv" /TYPE=CSV /FIELDNAMES /CELLS=VALUES /TEXTOPTIONS DECIMAL=DOT.'
    (tmp_path / "page.sps").write_text(f"SET DECIMAL COMMA.\n{syntax}\n{asked}\n", encoding="utf-8")
    environment = os.environ | {"LC_ALL": "C.UTF-8"}
    subprocess.run(["pspp", "page.sps"], cwd=tmp_path, env=environment, capture_output=True)
    read = pd.read_csv(tmp_path / "read.csv", dtype={"dyad": str}, na_values=[" "])
    assert list(read["dyad"]) == ["01", "02"]
    assert list(read["modality"]) == ["Gespräch"] * 2
    assert list(read["chance"]) == [0.25] * 2
    assert read["plv"].isna().tolist() == [True, False] and read["plv"][1] == pytest.approx(-1.2e-05)


def test_the_syntax_for_spss_names_the_columns_of_the_table_in_their_order():
    [syntax] = blocks("tables-elsewhere", "spss")
    named = re.findall(r"^  (\w+) [AF]\d", syntax, re.M)
    of_the_demo = ["mindfulness", "modality", "wai_difference", "wai_difference_absolute"]
    assert [name for name in named if name not in of_the_demo] == DYAD_MEANS.needed
    texts = [name for name in named if re.search(rf"^  {name} A", syntax, re.M)]
    numbers = DYAD_MEANS.of_kind("number", "count")
    assert not set(texts) & set(numbers)


def test_every_table_of_a_dyad_names_the_dyad_and_the_recording_in_its_first_columns():
    decisions = OF_DYADS["decisions"].names
    assert decisions[:2] == ["dyad", "time"]
    others = {name: table.names[:3] for name, table in OF_DYADS.items() if name != "decisions"}
    assert {name: first for name, first in others.items() if first != ["dyad", "time", "run"]} == {}
