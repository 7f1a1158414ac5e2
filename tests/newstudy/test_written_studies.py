"""What is written can be used as it is: nothing below the line Defaults depends on what is above it."""

from io import BytesIO

import openpyxl
import pytest
import yaml

from interbrain.newstudy import NewStudyError
from interbrain.newstudy.covariates import add_covariates
from interbrain.newstudy.draft import Draft
from interbrain.newstudy.from_recordings import from_recordings
from interbrain.newstudy.options import covariates_of, factor_of, role_words
from interbrain.newstudy.summary import summary
from interbrain.newstudy.writing import Interbrain, near, study_files, write_study
from interbrain.study.config import check_config
from interbrain.study.loading import load_study
from interbrain.study.reading import read_table
from interbrain.study.settings import config_schema

from .conftest import SITES

FACTORS = {
    "none": {},
    "one": dict([factor_of("modality=live,online")]),
    "two": {"modality": ["live", "online"], "experience": ["yes", "no"]},
}


@pytest.fixture
def interbrain(repository):
    return Interbrain(repository)


@pytest.fixture
def lab(tmp_path, record):
    """Recordings of six dyads at one time, with a space and an umlaut in the path."""
    raw = tmp_path / "Aufnahmen für die Studie"
    for d in range(1, 7):
        for who in ("Therapeut", "Klientin"):
            record(raw / f"Paar {d}/{who}.vhdr", pulses=4)
    return raw


def config_of(files):
    return yaml.safe_load(files["config/config.yaml"])


@pytest.mark.parametrize("factors", FACTORS)
@pytest.mark.parametrize("questionnaires", [None, {}])
@pytest.mark.parametrize("times", [["once"], ["pre", "post"]])
def test_every_study_passes_with_the_defaults_as_they_are(
    tmp_path, interbrain, factors, questionnaires, times
):
    draft = Draft(factors=FACTORS[factors], questionnaires=questionnaires, times=times)
    config = config_of(study_files(tmp_path, draft, interbrain))
    problems, usable = check_config(config, config_schema())
    assert usable and problems == []
    assert config["factors"] == FACTORS[factors] and config["times"] == times
    assert ("wai_t" in config["questionnaires"]) == (questionnaires is None)


def test_the_plain_one_can_lose_its_examples_above_the_defaults(tmp_path, interbrain):
    config = config_of(study_files(tmp_path, Draft(), interbrain))
    for change in ({"factors": {}}, {"questionnaires": {}, "differences": {}}, {"times": ["only"]}):
        assert check_config({**config, **change}, config_schema())[0] == []


def test_nothing_of_the_demo_is_left_but_its_defaults(tmp_path, interbrain):
    text = study_files(tmp_path, Draft(factors={}, questionnaires={}), interbrain)[
        "config/config.yaml"
    ].decode()
    for word in ("demo", "simulat", "mindfulness", "[wai_difference", "sourcedata"):
        assert word not in text, word


def test_tables_from_recordings_make_a_study_with_nothing_to_fill_in(tmp_path, lab, interbrain):
    folder = tmp_path / "study"
    write_study(folder, from_recordings(lab), interbrain)
    config = yaml.safe_load((folder / "config/config.yaml").read_text(encoding="utf-8"))
    assert config["raw_folder"] == "../Aufnahmen für die Studie"
    study = load_study(config, config_schema(), folder)
    assert list(study.dyads["dyad"]) == [f"D0{d}" for d in range(1, 7)]
    assert "task" in read_table(folder / "config/recordings.tsv")  # which the summary asks to be filled in
    assert study.recordings["client_file"].iloc[5] == str(
        folder / "../Aufnahmen für die Studie/Paar 6/Klientin.vhdr"
    )


@pytest.mark.parametrize("file_format", ["tsv", "xlsx"])
def test_what_is_open_is_all_that_a_factor_leaves_to_be_filled_in(tmp_path, lab, interbrain, file_format):
    folder, draft = tmp_path / "study", from_recordings(lab)
    draft.factors = FACTORS["one"]
    write_study(folder, draft, interbrain, file_format)
    config = yaml.safe_load((folder / "config/config.yaml").read_text(encoding="utf-8"))
    with pytest.raises(Exception) as refused:
        load_study(config, config_schema(), folder)
    assert {p.what for p in refused.value.problems} == {"modality is empty"}
    table = read_table(folder / f"config/recordings.{file_format}")
    assert list(table["dyad"]) == [f"D0{d}" for d in range(1, 7)]


def test_a_workbook_explains_its_columns_and_offers_the_words_that_they_know(tmp_path, lab, interbrain):
    draft = from_recordings(lab)
    draft.factors = FACTORS["two"]
    files = study_files(tmp_path, draft, interbrain, "xlsx")
    sheets = {
        n: openpyxl.load_workbook(BytesIO(files[f"config/{n}.xlsx"])).active for n in ("dyads", "recordings")
    }
    for sheet in sheets.values():
        assert sheet.freeze_panes == "A2" and all(cell.comment for cell in sheet[1])
        assert {cell.number_format for cell in sheet["A"][1:]} == {"@"}  # so that 01 stays 01
    rules = [rule for sheet in sheets.values() for rule in sheet.data_validations.dataValidation]
    lists = [rule.formula1.strip('"').split(",") for rule in rules]
    assert lists[:2] == [["live", "online"], ["yes", "no"]]
    assert ["once"] in lists and any(words[:2] == ["auto", "markers"] for words in lists)
    assert config_of(files)["tables"]["dyads"] == "config/dyads.xlsx"


def test_what_a_row_leaves_open_stands_above_it_or_on_it(tmp_path, record, interbrain):
    for name in ("D01_pre_T", "D01_pre_C", "D02_pre_T"):
        record(tmp_path / f"raw/{name}.vhdr")
    (tmp_path / "raw/notes.docx").write_text("x")
    draft = from_recordings(tmp_path / "raw")
    lines = study_files(tmp_path, draft, interbrain)["config/recordings.tsv"].decode().splitlines()
    at = lines.index("# D02 pre: no file of the client was found")
    assert lines[at + 1].startswith("D02\tpre\tD02_pre_T.vhdr\t\tauto")
    assert lines[-1] == "# notes.docx: not a recording that Interbrain can read"
    book = study_files(tmp_path, draft, interbrain, "xlsx")["config/recordings.xlsx"]
    assert (
        openpyxl.load_workbook(BytesIO(book)).active["A3"].comment.text == "no file of the client was found"
    )


def test_names_with_quotes_and_tabs_come_back_as_they_were(tmp_path, record, interbrain):
    for who in ("T", "C"):
        record(tmp_path / f'raw/D01 "a" {who}.vhdr')
    write_study(tmp_path / "study", from_recordings(tmp_path / "raw"), interbrain)
    table = read_table(tmp_path / "study/config/recordings.tsv")
    assert list(table["therapist_file"]) == ['D01 "a" T.vhdr']


def test_what_was_understood_is_said_with_how_many_files_were_used(tmp_path, record, interbrain):
    for d in (1, 2):
        record(tmp_path / f"raw/Paar {d} vor.vhdr", [f"{who}_{s}" for who in "AB" for s in SITES])
    (tmp_path / "raw/notes.docx").write_text("x")
    said = summary(tmp_path / "study", from_recordings(tmp_path / "raw"), interbrain)
    assert said.startswith("2 recordings: 2 used, 0 not.\n2 dyads; times: pre; nothing was moved or changed.")
    assert "- D01 pre and D02 pre: A_* and B_*: which are the therapist's channels?" in said
    assert "- notes.docx: not a recording" in said
    done = from_recordings(tmp_path / "raw", role_words("A", "B"))
    assert "To be filled in" not in summary(tmp_path / "study", done, interbrain)
    done.said = ["dyad1.edf has marks", "the names contain no task"]
    assert "- dyad1.edf has marks.\n- The names contain no task.\n" in summary(tmp_path, done, interbrain)


def test_nothing_is_written_over_and_nothing_into_interbrain(tmp_path, interbrain):
    with pytest.raises(NewStudyError, match="is inside Interbrain's own folder"):
        write_study(interbrain.root / "mine", Draft(), interbrain)
    (tmp_path / "config").mkdir()
    (tmp_path / "config/dyads.tsv").write_text("mine")
    with pytest.raises(NewStudyError, match="nothing is overwritten"):
        write_study(tmp_path, Draft(), interbrain)
    assert [p.name for p in tmp_path.iterdir()] == ["config"]


def test_neighbours_are_named_by_a_relative_path_and_others_by_the_whole(tmp_path):
    assert near(tmp_path / "raw", tmp_path / "study") == "../raw"
    assert near(tmp_path / "study/raw", tmp_path / "study") == "raw"
    assert near(tmp_path / "raw", tmp_path / "a/b/c") == (tmp_path / "raw").as_posix()


def test_settings_that_were_proposed_are_to_be_checked_and_the_others_to_be_set(tmp_path, lab, interbrain):
    said = summary(tmp_path / "study", from_recordings(lab), interbrain)
    assert "Set title, authors and line_frequency in config/config.yaml." in said
    assert "Check triggers in config/config.yaml, proposed from your files." in said
    without = Draft(tables=from_recordings(lab).tables, title="Ours", line_frequency=60)
    assert "Set authors and triggers in" in summary(tmp_path, without, interbrain)


@pytest.mark.parametrize("questionnaires", [None, {}])
def test_no_text_of_a_study_of_workbooks_names_a_text_table(tmp_path, interbrain, questionnaires):
    files = study_files(tmp_path, Draft(questionnaires=questionnaires), interbrain, "xlsx")
    texts = {"config.yaml": files["config/config.yaml"].decode()}
    for place in (place for place in files if place.endswith(".xlsx")):
        cells = openpyxl.load_workbook(BytesIO(files[place])).active[1]
        texts[place] = "\n".join(cell.comment.text for cell in cells)
    assert (
        "config/coding.xlsx" in texts["config/coding.xlsx"] and "config/coding.xlsx" in texts["config.yaml"]
    )
    assert [place for place, text in texts.items() if ".tsv" in text] == []


def test_questionnaires_have_a_row_for_each_dyad_and_numbers_are_numbers(tmp_path, lab, interbrain):
    draft = from_recordings(lab)
    draft.questionnaires = None
    draft.tables["participants"]["age"] = "07"
    files = study_files(tmp_path, draft, interbrain, "xlsx")
    sheets = {
        name: openpyxl.load_workbook(BytesIO(files[f"config/{name}.xlsx"])).active
        for name in ("wai_therapist", "wai_key", "participants")
    }
    answers = sheets["wai_therapist"]
    assert [cell.value for cell in answers["A"][1:7]] == [f"D0{d}" for d in range(1, 7)]
    assert (answers["A2"].number_format, answers["B2"].number_format) == ("@", "General")
    assert {type(cell.value) for column in "ADE" for cell in sheets["wai_key"][column][1:37]} == {int}
    assert sheets["participants"]["B2"].value == "07"  # which a person is asked about
    (tmp_path / "key.xlsx").write_bytes(files["config/wai_key.xlsx"])
    assert read_table(tmp_path / "key.xlsx").equals(read_table(interbrain.root / "config/wai_key.tsv"))


def test_a_covariate_is_a_setting_and_a_column_to_be_filled_in(tmp_path, lab, interbrain):
    draft = from_recordings(lab)
    add_covariates(draft, covariates_of("years; hours"))
    files = study_files(tmp_path, draft, interbrain)
    config = config_of(files)
    assert config["statistics"]["covariates"] == ["years", "hours"]
    assert check_config(config, config_schema()) == ([], True)
    dyads = files["config/dyads.tsv"].decode()
    assert "\tyears\thours" in dyads
    assert "# years, hours: numbers" in dyads and "the factors" not in dyads
    assert any(said.startswith("the covariate years:") and "6 of 6" in said for said in draft.said)
    with pytest.raises(NewStudyError, match="a factor and a covariate"):
        covariates_of("years", ["years"])
    with pytest.raises(NewStudyError, match="has no levels"):
        covariates_of("years=1,2")


def test_a_study_may_be_begun_again_until_a_person_has_changed_a_file(tmp_path, interbrain):
    folder = tmp_path / "study"
    write_study(folder, Draft(), interbrain, "xlsx")
    write_study(folder, Draft(times=["early", "late"]), interbrain)
    assert yaml.safe_load((folder / "config/config.yaml").read_text())["times"] == ["early", "late"]
    assert not list(folder.glob("config/*.xlsx"))
    mine = folder / "config/dyads.tsv"
    mine.write_text("mine")
    readme = (folder / "README.md").read_bytes()
    with pytest.raises(NewStudyError, match=r"config/dyads\.tsv was changed since") as refused:
        write_study(folder, Draft(times=["a", "b"]), interbrain)
    assert "config.yaml" not in str(refused.value) and mine.read_text() == "mine"
    assert (folder / "README.md").read_bytes() == readme
    mine.rename(mine.with_name("dyads.mine"))
    write_study(folder, Draft(times=["a", "b"]), interbrain)
    assert mine.is_file()
