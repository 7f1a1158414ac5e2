"""What one edit of the library repeats: each rule takes the digest of the rooms that its script reaches."""

import shutil

import pytest

from interbrain.metrics.registry import modules_of
from interbrain.reproducibility import digest

STATISTICS = {"analyse", "channel_pairs", "lag_statistics", "multiverse", "findings", "report", "dyad_pages"}
STATISTICS |= {"signal_statistics", "mediation", "event_statistics", "brain_body_statistics", "agreement"}
STATISTICS |= {"signal_lags", "signal_multiverse"}
# Scripts whose rules also name the estimators that the study asks for; the demo's are PLV and AEC.
ESTIMATE = {"synchrony", "pseudodyads", "time_resolved", "within_brain", "variants", "aggregate"}


def is_of_a_rule(script):
    return "job(snakemake)" in script.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def known():
    """What is known of a module's text; a test edits one module, and all others are known."""
    return {}


@pytest.fixture
def workflow(repository, tmp_path, monkeypatch, known):
    """A copy of the workflow, to be edited."""
    copy = tmp_path / "workflow"
    ignored = shutil.ignore_patterns("__pycache__")
    for part in ("interbrain", "scripts"):
        shutil.copytree(repository / "workflow" / part, copy / part, ignore=ignored)
    monkeypatch.setattr(digest, "LIBRARY", copy / "interbrain")
    monkeypatch.setattr(digest, "KNOWN", tmp_path / "digest.json")
    monkeypatch.setattr(digest, "_known", lambda: known)
    return copy


@pytest.fixture
def repeated(workflow, repository):
    """The scripts whose jobs an edit of one file of the library repeats."""

    def codes():
        digest._files.cache_clear()
        own = [workflow / file.relative_to(repository / "workflow") for file in modules_of(["plv", "aec"])]
        scripts = [file for file in sorted((workflow / "scripts").glob("*.py")) if is_of_a_rule(file)]
        return {
            script.stem: digest.code_digest(script, own if script.stem in ESTIMATE else ())
            for script in scripts
        }

    def after(file, old, new):
        before, path = codes(), workflow / "interbrain" / file
        text = path.read_text(encoding="utf-8")
        assert old in text, f"{file} no longer holds {old!r}: give this test another word"
        path.write_text(text.replace(old, new), encoding="utf-8")
        return {script for script, code in codes().items() if code != before[script]}

    return after


def test_a_word_in_the_description_of_a_statistics_column_repeats_statistics_and_report(repeated):
    changed = repeated("tables/statistics.py", "Bayes factor for", "The Bayes factor for")
    assert {"analyse", "findings"} <= changed <= STATISTICS


def test_a_word_in_a_reason_of_exclusion_repeats_the_aggregation(repeated):
    changed = repeated("quality/exclusions.py", "samples lost by the amplifier", "lost samples")
    assert changed == {"aggregate"}


@pytest.mark.long
def test_a_word_of_the_datasets_readme_its_tasks_or_its_events_converts_no_recording(repeated):
    words = {
        "Electrode positions are not": "No position is",
        "bridged linearly; the time": "bridged; the time",
        "not described further": "of which no more is known",
    }
    for old, new in words.items():
        assert repeated("bids/texts.py", old, new) == {"dataset", "derivative"}


@pytest.mark.long
def test_the_files_of_tasks_and_their_checks_convert_and_clean_no_recording(repeated):
    assert repeated("bids/task_files.py", ".unfinished", ".part") == {"dataset", "derivative"}
    assert repeated("bids/task_checks.py", "missing, or no", "absent, or no") == {"validate", "release"}


@pytest.mark.long
def test_a_constant_of_granger_causality_repeats_only_its_own_jobs(repeated):
    assert repeated("metrics/directed.py", "MIN_WINDOWS = 10", "MIN_WINDOWS = 12") == {"directed"}


@pytest.mark.long
def test_the_formula_of_an_estimator_that_the_study_does_not_ask_for_repeats_nothing(repeated):
    changed = repeated("metrics/estimators/lagging.py", "np.abs", "np.absolute")
    assert changed == set()


def test_the_formula_of_plv_repeats_every_job_that_estimates_it(repeated):
    changed = repeated("metrics/estimators/locking.py", "np.abs(cross_mean(a, b))", "abs(cross_mean(a, b))")
    assert {"synchrony", "pseudodyads", "variants", "aggregate"} <= changed
    assert not {"clock", "convert", "clean", "analyse", "report"} & changed


@pytest.mark.long
def test_a_word_of_apa_style_repeats_no_job_on_signals(repeated):
    for file, old, new in (
        ("apa/lines.py", '"not tested"', '"was not tested"'),
        ("apa/numbers.py", '"< .001"', '"<.001"'),
    ):
        changed = repeated(file, old, new)
        assert "analyse" in changed and changed <= STATISTICS


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("formats/alterations.py", "WEAKER, LEAST_OF_TIME = 5.0", "WEAKER, LEAST_OF_TIME = 6.0"),
        (
            "formats/contradictions.py",
            "LEAST_USUAL_UV, MOST_USUAL_UV = 0.7",
            "LEAST_USUAL_UV, MOST_USUAL_UV = 1",
        ),
        ("formats/contradictions.py", "1.0: 7.0, 2.0: 12.0", "1.0: 8.0, 2.0: 12.0"),
        ("formats/sites.py", "ENOUGH, LEAST_FIT = 12, 0.4", "ENOUGH, LEAST_FIT = 12, 0.3"),
    ],
)
def test_a_limit_of_a_note_on_a_recording_repeats_no_job_on_signals_but_the_picture(repeated, file, old, new):
    assert repeated(file, old, new) == {"notes", "picture"}


def test_another_wording_of_why_a_signal_is_refused_repeats_nothing(repeated):
    assert (
        repeated("signals/text_tables.py", "has no column of times, so", "lacks a column of times, so")
        == set()
    )


@pytest.mark.long
def test_a_limit_that_asks_for_a_look_repeats_no_job_on_signals_but_the_picture(repeated):
    changed = repeated("quality/verdict.py", "channels are bad", "channels were bad")
    assert changed == {"aggregate", "picture"}


def test_a_figure_of_the_report_repeats_the_report(repeated):
    assert repeated("report/words.py", '"Raw PLV"', '"PLV"') == {"report", "dyad_pages"}
