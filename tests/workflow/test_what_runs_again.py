"""What a change of the study repeats, as docs/reruns.md says it: every row of its table is tried."""

import os
import re
import shutil

import pandas as pd
import pytest

from .conftest import WITHOUT_LOCKS, change_config, jobs_to_run, own_data, run

STAGES = {  # as the page calls them, in the order of the work
    "clocks": {"clock"},
    "conversion": {"convert"},
    "dataset": {"dataset", "validate"},
    "cleaning": {"clean"},
    "synchrony": {"synchrony", "pseudodyads"},
    "lags": {"lags"},
    "pictures": {"picture"},
    "group table": {"notes", "copies", "aggregate"},
    "statistics": {"analyse", "lag_statistics", "channel_pairs"},
    "report": {"findings", "report", "provenance", "dyad_pages", "crate"},
}
OTHERS = {"derivative", "everything", "all"}


def setting(*keys_and_value):
    *above, key, value = keys_and_value

    def change(folder):
        def within(config):
            for name in above:
                config = config[name]
            config[key] = value

        change_config(folder, within)

    return change


def cell(table, row, column, *values):
    """The first of the values that is not there yet."""

    def change(folder):
        path = folder / f"config/{table}.tsv"
        frame = pd.read_csv(path, sep="\t", dtype=str, keep_default_na=False, comment="#")
        frame.loc[row, column] = next(value for value in values if value != frame.loc[row, column])
        frame.to_csv(path, sep="\t", index=False)

    return change


def one_less(folder):
    """Of four dyads; three are too few to compare groups."""
    cell("dyads", 3, "exclude", "the client asked for it")(folder)
    setting("statistics", "between", [])(folder)


def decided(*row):
    def change(folder):
        columns = ["dyad", "time", "participant", "what", "item", "decision", "by", "reason"]
        pd.DataFrame([row], columns=columns).to_csv(folder / "config/decisions.tsv", sep="\t", index=False)

    return change


CHANGES = {
    "nothing": lambda folder: None,
    "the title": setting("title", "Another title"),
    "what was done in a task": setting("tasks", {"rest": "Rest with music"}),
    "a band": setting("bands", "alpha", [9, 13]),
    "the channels of a site": setting("rois", "central", ["C3", "C4"]),
    "the length of a window": setting("windows", "length_s", 4),
    "the number of circular shifts": setting("chance", "n_shifts", 100),
    "the farthest lag": setting("lags", "max_s", 2),
    "the low-pass filter": setting("cleaning", "lowpass", 35),
    "the probability above which a component is removed": setting(
        "cleaning", "ica", "remove", {"eye blink": 0.9}
    ),
    "the limit of bad channels that asks for a look": setting("cleaning", "max_bad_share", 0.1),
    "the limit of the clocks' residual": setting("clock", "max_residual_ms", 8),
    "the measures that are tested": setting("statistics", "measures", ["above_chance"]),
    "whether pairs of channels are tested": setting("statistics", "channel_pairs", False),
    "an answer to a questionnaire": cell("wai_client", 0, "item_1", "3", "4"),
    "a dyad's level of a factor": cell("dyads", 0, "modality", "online", "face-to-face"),
    "an excluded dyad": one_less,
    "a person's age": cell("participants", 0, "age", "40", "41"),
    "a channel decided by hand": decided("D01", "pre", "C01", "channel", "P3", "bad", "AB", "loose"),
    "a window decided by hand": decided("D01", "pre", "", "window", "7", "drop", "AB", "cough"),
}


@pytest.fixture(scope="module")
def study(finished_study, tmp_path_factory):
    """A lab's own finished study, whose tables are as they were at the start of each test."""
    folder = tmp_path_factory.mktemp("again") / "study"
    shutil.copytree(finished_study, folder, ignore=WITHOUT_LOCKS)
    run(own_data(folder), "--touch")  # that the data are simulated was in the provenance and the report
    shutil.copytree(folder / "config", folder.with_name("config"))
    return folder


def rows(repository):
    text = (repository / "docs/reruns.md").read_text(encoding="utf-8")
    found = re.findall(r"^\| ([^|]+) \| ([^|]+) \|(?: [^|]* \|)?$", text, re.M)
    return {what: set(stages.split(", ")) for what, stages in found if not set(what) <= {"-", " "}}


@pytest.mark.long_but("nothing", "a band")
@pytest.mark.parametrize("what", CHANGES)
def test_a_change_repeats_what_the_page_says_and_nothing_else(study, repository, what):
    shutil.rmtree(study / "config")
    shutil.copytree(study.with_name("config"), study / "config")
    CHANGES[what](study)
    plan = run(study, "--dry-run")
    assert plan.returncode == 0, plan.stdout[-2000:]
    jobs = jobs_to_run(plan.stdout) - OTHERS
    assert jobs <= set().union(*STAGES.values())
    again = {stage for stage, rules in STAGES.items() if rules & jobs}

    assert again == rows(repository)[what] - {"nothing"}


def test_the_page_has_a_row_for_every_change_that_is_tried_and_no_other(repository):
    assert set(rows(repository)) - {"change"} == set(CHANGES)


def test_a_raw_file_that_an_older_one_replaced_is_converted_again_with_its_dyad(study_copy):
    own_data(study_copy)
    raw = min((study_copy / "bids/sourcedata").iterdir())
    content, dated = bytearray(raw.read_bytes()), raw.stat().st_mtime - 30 * 86_400
    content[-400] ^= 1
    raw.write_bytes(content)
    os.utime(raw, (dated, dated))
    made = sorted(
        f for f in (study_copy / "results").rglob("*.json") if f.parent.name in ("clocks", "conversion")
    )
    made_at = [file.stat().st_mtime_ns for file in made]
    plan = run(study_copy, "--dry-run").stdout
    assert [file.stat().st_mtime_ns for file in made] == made_at
    assert f"another file than the bids/sourcedata/{raw.name} that is there now" in plan
    assert re.search(
        r"^convert +4$", plan, re.M
    )  # of sixteen: the two members' two, as their clocks are tied
    assert {"clock", "clean", "synchrony", "report"} <= jobs_to_run(plan)
