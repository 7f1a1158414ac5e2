"""The trust table and the warnings: what a careful reader must know of the run."""

import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, Page, outlines, read, said
from synthetic_tables import write_tables

from interbrain.report.figures.drawing import Absent
from interbrain.report.methods import write_methods
from interbrain.report.page import render
from interbrain.report.reading import Results, read_results
from interbrain.report.trust.checks import checks, missing_recordings
from interbrain.report.trust.warnings import _about_figures, _about_size, warnings


def test_code_of_unknown_state_deserves_a_look(tmp_path):
    inputs = write_tables(tmp_path)
    provenance = json.loads(inputs["provenance"].read_text()) | {"commit": "unknown", "dirty": None}
    inputs["provenance"].write_text(json.dumps(provenance))
    results = read_results(inputs)
    [check] = [check for check in checks(results) if check.name == "Software"]
    assert check.state == "look" and check.says == "The commit is not known"
    assert any(c.about == "Software" and c.state == "look" for c in warnings(results))


def test_gaps_that_are_not_known_are_not_good(tmp_path):
    inputs = write_tables(tmp_path, flawless=True)
    table = read(inputs["quality"])
    table["gap_s"] = [float("nan"), *[0.0] * (len(table) - 1)]
    table.to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    [check] = [check for check in checks(read_results(inputs)) if check.name == "Gaps"]
    assert check.state == "look" and check.says == "Not known in 1 of 24 recordings"


def test_few_strangers_and_a_doubtful_key_are_warned_of(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["aggregated"]).assign(n_pseudo=6)
    table.to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    alphas = read(inputs["reliability"]).astype({"note": object})
    alphas.loc[0, ["alpha", "note"]] = [-2.73, "alpha is negative; check the key: reversed twice?"]
    alphas.to_csv(inputs["reliability"], sep="\t", index=False, na_rep="n/a")
    told = {caution.about: caution.says for caution in warnings(read_results(inputs))}
    assert "smallest possible p against them is .143" in told["Pseudo-dyads"]
    assert told["WAI t goal"] == "Cronbach’s α = −2.73 (alpha is negative)."


def test_few_circular_shifts_are_warned_of_and_their_true_number_is_said(tmp_path):
    inputs = write_tables(tmp_path)
    assert "Circular shifts" not in {caution.about for caution in warnings(read_results(inputs))}
    table = read(inputs["aggregated"])
    one, other = table["dyad"].eq("D01"), table["dyad"].eq("D02")
    table.loc[one, "n_shifts"], table.loc[other, "n_shifts"] = 9, 19
    table.to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    results = read_results(inputs)
    [caution] = [caution for caution in warnings(results) if caution.about == "Circular shifts"]
    n_times = table.loc[one, "time"].nunique()
    assert caution.says.startswith(f"{n_times} pairs of recordings have only 9 circular shifts")
    assert "smallest possible p against them is .100" in caution.says and caution.state == "note"
    [check] = [check for check in checks(results) if check.name == "Chance level"]
    assert "from 9 to 200 circular shifts each" in check.says


def test_what_the_recordings_give_reason_to_say_is_in_the_trust_table_and_once_in_the_warnings(tmp_path):
    inputs = write_tables(tmp_path)
    dyads = [f"D{i:02}" for i in range(1, 15)]
    caution = {"what": "the clocks of the computers differ", "hint": "Nothing to do.", "dyads": dyads}
    provenance = json.loads(inputs["provenance"].read_text())
    inputs["provenance"].write_text(json.dumps(provenance | {"cautions": [caution | {"recordings": 56}]}))
    results = read_results(inputs)
    [row] = [check for check in checks(results) if check.name == "Recordings"]
    assert row.state == "look" and "the clocks of the computers differ (in 14 dyads: D01, D02" in row.says
    told = [c for c in warnings(results) if "clocks of the computers" in c.says]
    assert len(told) == 1 and "in 14 dyads: D01" in told[0].says and told[0].next_step == "Nothing to do."


@pytest.mark.parametrize(
    ("change", "setting", "state", "told"),
    [
        (
            {},
            {},
            "look",
            "2 of 24 recordings flagged; 28 of 456 components removed (6%); 2 decisions by hand",
        ),
        ({"ica": "converged"}, {}, "note", "2 decisions by hand"),
        ({}, {"do": False}, "note", "no component removed"),
    ],
)
def test_the_trust_table_sums_up_the_cleaning(tmp_path, change, setting, state, told):
    inputs = write_tables(tmp_path)
    read(inputs["quality"]).assign(**change).to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    results = read_results(inputs)
    results.config["cleaning"]["ica"] |= setting
    check = next(c for c in checks(results) if c.name == "Cleaning")
    assert check.state == state and told in check.says
    if state == "look":
        assert "client C04 of D04, pre (not converged)" in check.detail


FEW = {"exclusions": False, "multiverse": False, "truth": False, "simulated": False}


def without_recordings(tmp_path, gone, lost=(), enters="mean"):
    """The tables of 14 dyads: `gone` are recordings that are missing, `lost` dyads, by who left them out."""
    inputs = write_tables(tmp_path, n_dyads=14, **FEW | {"enters": enters})
    aggregated = read(inputs["aggregated"])
    levels = aggregated.drop_duplicates("dyad").set_index("dyad")[["mindfulness", "modality"]]
    out = [
        ["recording", dyad, "n/a", time, time, 1, "client fell ill", "the laboratory"] for dyad, time in gone
    ]
    out += [["dyad", dyad, "n/a", "n/a", dyad, 1, reason, by] for dyad, reason, by in lost]
    columns = ["what", "dyad", "participant", "time", "item", "count", "reason", "by"]
    table = pd.DataFrame(out, columns=columns).merge(levels, left_on="dyad", right_index=True, how="left")
    table.to_csv(inputs["exclusions"], sep="\t", index=False, na_rep="n/a")
    kept = ~aggregated["dyad"].isin([dyad for dyad, *_ in lost])
    kept &= ~pd.MultiIndex.from_frame(aggregated[["dyad", "time"]]).isin(gone)
    aggregated[kept].to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    quality = read(inputs["quality"])
    there = ~pd.MultiIndex.from_frame(quality[["dyad", "time"]]).isin(gone)
    quality[there].to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    return read_results(inputs)


def lost_dyads(results):
    return next(c for c in checks(results) if c.name == "Lost dyads")


def test_lost_dyads_are_a_row_of_the_trust_table_with_the_reasons_by_count_and_by_group(tmp_path):
    short = "too little shared clean data: 5 s at pre (limit 30 s)"
    assert (lost_dyads(without_recordings(tmp_path / "none", [])).state) == "good"
    one = lost_dyads(without_recordings(tmp_path / "one", [], [("D01", "withdrew", "the laboratory")]))
    assert one.state == "note" and one.says == "1 of 14 dyads was lost: 1 excluded by the laboratory"
    many = [(dyad, short, "automatic") for dyad in ("D02", "D04", "D06")]
    many.append(("D01", "withdrew", "the laboratory"))
    four = lost_dyads(without_recordings(tmp_path / "four", [], many))
    assert four.state == "look"
    assert four.says == (
        "4 of 14 dyads were lost: 3 too little shared clean data and 1 excluded by the laboratory"
    )
    assert "Mindfulness: yes 1 of 7 and no 3 of 7." in four.detail


def test_two_dyads_lost_of_one_group_alone_deserve_a_look_though_they_are_few(tmp_path):
    lost = [(dyad, "withdrew", "the laboratory") for dyad in ("D02", "D04")]
    check = lost_dyads(without_recordings(tmp_path, [], lost))
    assert check.state == "look" and "yes 0 of 7 and no 2 of 7" in check.detail


@pytest.mark.long_but("mean-The mean over the recordings that there are is its value.")
@pytest.mark.parametrize(
    ("enters", "told"),
    [
        ("mean", "The mean over the recordings that there are is its value."),
        pytest.param(
            "factor",
            "The mixed model and the correlations use what there is; the other tests leave it out.",
            marks=pytest.mark.long,
        ),
        pytest.param(
            "change", "A dyad without the first or the last time is left out.", marks=pytest.mark.long
        ),
        ("ancova", "A dyad without the first or the last time is left out."),
    ],
)
def test_a_dyad_that_was_recorded_once_is_told_wherever_the_times_are(tmp_path, repository, enters, told):
    results = without_recordings(tmp_path, [("D03", "post")], enters=enters)
    assert missing_recordings(results) == []  # the reason is known
    check = lost_dyads(results)
    assert check.state == "note" and "Fewer times: D03 (pre alone)" in check.detail
    sentence = f"1 dyad has fewer times: D03 (pre). {told}"
    assert sentence in results.entering.sentence
    sizes = {"dyads": 14, "therapists": 13, "clients": 14, "sync_methods": ["markers"]}
    written = write_methods(results.provenance, sizes | {"of_fewer_times": results.entering.of_fewer})
    assert sentence in written.text
    cautions = warnings(results)
    assert any(c.about == "Recording D03 post" and "client fell ill" in c.says for c in cautions)
    assert any(c.about == "Fewer times" for c in cautions) == (enters == "mean")
    with outlines():
        page = Page(render(results, ASSETS, tmp_path, ["results"]))
    assert sentence in page.text


def test_decisions_by_hand_are_told_where_they_matter(demo):
    page, _, _ = demo
    assert "A person decided about 2 channels" in said(page.section("warnings"))
    assert "2 automatic decisions were overruled by hand" in said(page.section("methods"))


def test_the_warnings_name_what_a_reader_must_know_with_a_next_step(demo):
    page, _, _ = demo
    text = said(page.section("warnings"))
    for fact in (
        "dyads.tsv, rows 2 and 3", "T01 is the therapist of D01 and D02", "Repeat the analysis without one",
        "6 dyads: only very large effects",
        "Only 2 dyads at level “online”",
        "D04 client C04, pre; D04 client C04, post", "Left out: client withdrew consent",
        "1.50 s of samples were lost",
    ):  # fmt: skip
        assert fact in text
    items = page.inside(page.section("warnings"), "li")
    assert items and all("Next:" in said(item) for item in items)
    counted = re.search(r"(\d+) points to know", said(page.section("glance")))
    assert int(counted[1]) == len(items)


def test_the_trust_table_measures_the_run_against_its_limits(make, repository, tmp_path):
    _, inputs, _ = make()
    quality = inputs["quality"].read_text().splitlines()
    head = quality[0].split("\t")
    worse = quality[3].split("\t")
    worse[head.index("sync_residual_ms")] = "14.5"
    (tmp_path / "quality.tsv").write_text(
        "\n".join([quality[0], *quality[1:3], "\t".join(worse), *quality[4:-1]]) + "\n"
    )
    provenance = json.loads(inputs["provenance"].read_text()) | {"dirty": True}
    (tmp_path / "provenance.json").write_text(json.dumps(provenance))
    (tmp_path / "validation.json").write_text(
        json.dumps({"errors": 2, "warnings": 0, "messages": ["no README"], "validator_version": "3.0.2"})
    )
    changed = {name: tmp_path / f"{name}.{kind}" for name, kind in
               (("quality", "tsv"), ("provenance", "json"), ("validation", "json"))}  # fmt: skip
    with outlines():
        page = Page(render(read_results(inputs | changed), ASSETS, tmp_path, ["glance", "warnings"]))
    trust = said(page.all("table", class_="trust")[0])
    assert "Clocks ⚠ Look Largest residual 14.50 ms, limit 10 ms" in trust.replace(
        "Clocks⚠", "Clocks ⚠"
    ).replace("LookLargest", "Look Largest")
    assert "23 read, 1 missing: D06 client post" in trust
    assert "2 errors, 0 warnings" in trust and "with local changes" in trust
    text = said(page.section("warnings"))
    assert "Clock residual 14.5 ms, above the limit of 10 ms" in text
    assert "no README" in text and "Commit the changes" in text


def test_a_flawless_recorded_study_is_all_good(tmp_path):
    inputs = write_tables(tmp_path, flawless=True, simulated=False, truth=False, exclusions=False, n_dyads=24)
    states = {check.name: check.state for check in checks(read_results(inputs))}
    assert states.pop("Chance level") == "note"  # a description, neither good nor bad
    assert set(states.values()) == {"good"} and len(states) == 8


def issues(count, code, key="", severity="warning"):
    return [f"{severity}: /sub-{n:02}/eeg/a.json: {code} {key} Why it matters." for n in range(count)]


def of_validator(tmp_path, messages, **config):
    inputs = write_tables(tmp_path)
    verdict = {"errors": 0, "warnings": len(messages), "messages": messages, "validator_version": "3.0.2"}
    inputs["validation"].write_text(json.dumps(verdict))
    provenance = json.loads(inputs["provenance"].read_text())
    inputs["provenance"].write_text(json.dumps(provenance | {"config": provenance["config"] | config}))
    return [one for one in warnings(read_results(inputs)) if one.about == "BIDS dataset"]


def test_hundreds_of_keys_that_bids_only_recommends_are_one_warning(tmp_path):
    keys = ["CapManufacturer", "EEGGround", "HeadCircumference"]
    messages = [message for key in keys for message in issues(120, "SIDECAR_KEY_RECOMMENDED", key)]
    [told] = of_validator(tmp_path, messages + issues(11, "SIDECAR_KEY_RECOMMENDED", "DeviceSerialNumber"))
    assert told.says == (
        "371 values that BIDS recommends are not given, in 120 files: CapManufacturer (120), "
        "EEGGround (120), HeadCircumference (120) and DeviceSerialNumber (11)."
    )
    assert told.state == "note" and told.next_step == (
        "No result depends on this. Add what is known before the dataset is shared."
    )


def test_each_other_issue_of_the_dataset_is_one_warning_with_its_first_file(tmp_path):
    messages = [*issues(3, "EVENTS_TSV_MISSING"), *issues(1, "NO_AUTHORS", severity="error"), "no README"]
    told = {one.says: one for one in of_validator(tmp_path, messages)}
    assert set(told) == {
        "no README",
        "Warning EVENTS_TSV_MISSING in 3 files, the first of them /sub-00/eeg/a.json: Why it matters.",
        "Error NO_AUTHORS in /sub-00/eeg/a.json: Why it matters.",
    }
    assert {one.next_step for one in told.values()} == {"Mend it before the dataset is shared."}


def test_of_a_dataset_that_was_given_nothing_is_to_be_mended_here(tmp_path):
    messages = issues(2, "EVENTS_TSV_MISSING") + issues(2, "JSON_KEY_RECOMMENDED", "License")
    told = of_validator(tmp_path, messages, input="bids")
    assert [one.next_step for one in told] == [
        "Tell those who made the dataset.",
        "No result depends on this. Tell those who made the dataset.",
    ]


@pytest.mark.parametrize(
    ("note", "next_step"),
    [
        ("without D03: no WAI", "Say in the paper which dyads did not enter, and why."),
        ("with fewer times: D03 (pre alone)", "See whether the result holds without these dyads."),
        ("T01 is in 2 dyads (D01, D02); dyads are treated as independent",
         "The tests under “Several clients of a therapist” in section 4 allow for it."),
        ("the dyads do not vary in this effect", "Interpret this result descriptively only."),
    ],
)  # fmt: skip
def test_the_next_step_of_a_note_follows_from_what_it_says(tmp_path, note, next_step):
    inputs = write_tables(tmp_path)
    table = read(inputs["anova"]).astype({"note": object})
    table.loc[0, "note"] = note
    table.to_csv(inputs["anova"], sep="\t", index=False, na_rep="n/a")
    [told] = [one for one in warnings(read_results(inputs)) if note in one.says]
    assert told.next_step == next_step


def test_what_several_tests_say_of_a_dyad_is_one_warning(tmp_path):
    inputs = write_tables(tmp_path)
    fewer, lacking = "with fewer times: D03 (pre alone)", "without D05: no WAI"
    for name, note in (("anova", fewer), ("correlations", f"{lacking}. {fewer}")):
        table = read(inputs[name]).astype({"note": object})
        table["note"] = note
        table.to_csv(inputs[name], sep="\t", index=False, na_rep="n/a")
    told = [(one.about, one.says.partition(" (Raw")[0]) for one in warnings(read_results(inputs))]
    assert [one for one in told if fewer in one[1]] == [("Effects and correlations", fewer)]
    assert [one for one in told if lacking in one[1]] == [("Correlations", lacking)]


def test_a_gap_is_only_looked_at_where_its_windows_are_not_left_out(tmp_path):
    inputs = write_tables(tmp_path)

    def told():
        return [one for one in warnings(read_results(inputs)) if "s of samples were lost" in one.says]

    assert [(one.state, one.next_step) for one in told()] == [
        ("note", "Nothing: the windows that touch it are left out (section 2).")
    ]
    lines = inputs["exclusions"].read_text().splitlines()
    inputs["exclusions"].write_text("\n".join(one for one in lines if not one.startswith("gap")) + "\n")
    assert [one.state for one in told()] == ["look"]


def test_a_study_of_one_dyad_is_told_once_that_nothing_can_be_tested_over_dyads():
    frames = {"aggregated": pd.DataFrame({"dyad": ["D01"], "time": ["session"]})}
    results = Results(frames, {}, {}, {})
    [size] = _about_size(results)
    assert "nothing can be tested over dyads" in size.says and "very large effects" not in size.says
    absent = [
        Absent("one", "Groups", "no factor", "dyadmeans"),
        Absent("two", "Pairs", "too few to test", "pairtests"),
    ]
    [figures] = _about_figures(absent, results)
    assert "“Groups” and “Pairs”" in figures.says


def test_of_a_missing_figure_the_table_behind_it_is_named():
    frames = {"aggregated": pd.DataFrame({"dyad": ["D01", "D02"], "time": ["rest"] * 2})}
    results = Results(frames, {}, {}, {"equivalence": Path("group/desc-equivalence_stats.tsv")})
    absent = [Absent("one", "Differences", "2 dyads are too few", "equivalence")]
    absent += [Absent("two", "Lags", "no windows", "lagcurves")]
    one, other = _about_figures(absent, results)
    assert "desc-equivalence_stats.tsv (section “Reproduce and download”)" in one.next_step
    assert other.next_step == "The table that it would have shown was not written."
