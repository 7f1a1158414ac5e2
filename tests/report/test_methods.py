"""The paragraph to paste says in how many recordings a step was done, and in how many not."""

import ast
import base64
import json
import re
import sys
from pathlib import Path

import pandas as pd
import pytest
from pybtex.database import Person, parse_string

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import said
from synthetic_tables import resolved, write_tables

from interbrain.report import words
from interbrain.report.methods import references, write_methods
from interbrain.report.methods.references import works
from interbrain.report.methods.yields import yields_of
from interbrain.report.reading import read_results

CONFIG = {"cleaning": {"sfreq": 250, "muscle_db": 6, "ica": {"do": False}}, "line_frequency": 50}
FURTHER = {"factors": {"group": ["a", "b"]}, "statistics": {"correlate": ["wai"]}}
SIZES = {"dyads": 2, "therapists": 2, "clients": 2, "sync_methods": [], "recordings": 8}


def written(**sizes):
    return write_methods({"config": resolved(CONFIG), "packages": {}}, SIZES | sizes).text


def test_what_could_not_be_judged_is_said_with_the_count_and_the_reason():
    why = "a low-pass filter left nothing above about 45 Hz, and this is judged from 55 Hz on"
    lacking = f"bursts of muscle activity and high-frequency noise of channels: {why}"
    assert (
        "Bursts of muscle activity and high-frequency noise of channels could not be judged in 3 of 8 "
        f"recordings: {why}."
    ) in written(not_judged={lacking: 3})
    assert "could not be judged" not in written(not_judged={})


def test_the_conclusion_rests_on_the_tests_that_decide():
    """Over therapists where several have several dyads; on the t-test where sign flips cannot reach .05."""
    statistics = {"correlate": ["wai"]}
    config = {"config": resolved({**CONFIG, **FURTHER, "statistics": statistics}), "packages": {}}
    sizes = SIZES | {"dyads": 14, "therapists": 14, "scores": ["wai"]}
    alone = write_methods(config, sizes).text
    assert "The conclusion rests on Welch's test." in alone and "mixed model" not in alone
    assert "correlated with raw PLV and PLV above chance at each site and band" in alone
    assert "rests on the slope" not in alone and "The conclusion rests on the sign-flip test." in alone
    shared = write_methods(config, sizes | {"therapists": 6, "therapists_decide": True}).text
    assert "Welch's test." not in shared and "rests on the slope" in shared and "mixed model" in shared
    assert "confirmed where the permutation test agreed" in shared
    few = write_methods(config, SIZES | {"dyads": 5}).text
    assert "on the t-test" in few and "rests on the sign-flip test" not in few


def test_of_one_site_the_text_compares_no_sites():
    one = {
        "rois": {"parietal": ["P3", "Pz", "P4"]},
        "times": ["rest"],
        "statistics": {"within": ["band"], "channel_pairs": True},
    }
    text = write_methods({"config": resolved({**CONFIG, **one}), "packages": {}}, SIZES).text
    assert "with band within dyads" in text and "each averaged over bands, were compared" in text
    assert "a channel of the client was tested" in text and "every pair of sites" not in text
    single = {**one, "bands": {"alpha": [8, 12]}, "statistics": {"within": []}}
    text = write_methods({"config": resolved({**CONFIG, **single}), "packages": {}}, SIZES).text
    assert "analysis of variance" not in text and "above that of pseudo-dyads were compared" in text
    text = write_methods(
        {"config": resolved({**CONFIG, **single, "factors": FURTHER["factors"]}), "packages": {}}, SIZES
    ).text
    assert "entered into an analysis of variance with group between dyads, by" in text
    assert "within-dyad effect" not in text


def test_the_filter_is_after_the_components():
    """As the recording is cleaned: components of a copy, then the band, then interpolation."""
    ica = {"do": True, "remove": {"eye blink": 0.8}}
    cleaning = {"muscle_db": 6, "highpass": 1, "lowpass": 40, "ica": ica}
    text = write_methods({"config": resolved({**CONFIG, "cleaning": cleaning}), "packages": {}}, SIZES).text
    steps = ["average of the good", "and decomposed into", "1–40 Hz (zero-phase", "Residual bursts"]
    assert [text.index(step) for step in steps] == sorted(text.index(step) for step in steps)


def test_mains_that_the_config_does_not_name_are_said_with_the_count():
    assert "that frequency was removed (60 Hz in 4 recordings)" in written(mains={50.0: 4, 60.0: 4})
    assert "another frequency" not in written(mains={50.0: 8})


def test_what_was_done_is_said_and_a_talk_is_no_rest():
    assert "recorded simultaneously at rest" in written(tasks={"pre": "rest", "post": "rest"})
    config = {
        "config": resolved({**CONFIG, "tasks": {"therapy": "50 minutes of psychotherapy"}}),
        "packages": {},
    }
    tasks = {"before": "rest", "session": "therapy", "after": "rest"}
    told = write_methods(config, SIZES | {"tasks": tasks}).text
    assert "in the tasks rest (before and after) and therapy (session: 50 minutes of psychotherapy)" in told
    assert "at rest" not in told
    alone = write_methods(config, SIZES | {"tasks": {"session": "therapy"}}).text
    assert "in the task therapy (50 minutes of psychotherapy)" in alone


def test_tasks_that_are_compared_are_a_factor_in_the_text():
    entering = words.Entering("factor", ("rest", "talk"), (), "task")
    sizes = SIZES | {"entering": entering, "tasks": {"pre": "rest", "post": "talk"}}
    config = resolved({**CONFIG, "statistics": {"within": ["roi", "band"]}})
    told = write_methods({"config": config, "packages": {}}, sizes).text
    assert "task, site and band within dyads" in told and "used the mean over tasks" in told


FORMS = {
    "wai_t": {"name": "Working Alliance Inventory, therapist form", "key": "key.tsv"},
    "wai_c": {"name": "Working Alliance Inventory, client form", "key": "key.tsv"},
    "practice": {"name": "Years of practice"},
}


def correlated(scores, differences=None):
    config = {"questionnaires": FORMS, "differences": differences or {}}
    config["statistics"] = {"correlate": scores}
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"], "scores": scores}
    return write_methods({"config": resolved(config)}, sizes)


def test_only_the_working_alliance_inventory_is_cited_as_such_and_others_keep_their_names():
    both = correlated(["practice_total", "wai_c_bond"])
    assert "Years of practice and Working Alliance Inventory, client form: bond were correlated" in both.text
    assert "alliance (Working Alliance Inventory, client form: bond) was measured with" in both.text
    alone = correlated(["practice_total"])
    assert "Years of practice was correlated" in alone.text
    assert "Alliance" not in alone.text and "HorvathGreenberg1989" not in {r.key for r in alone.references}


@pytest.mark.parametrize(
    ("name", "items", "said", "cited"),
    [
        ("WAI-SR therapist", 12, "the revised short form of the Working Alliance Inventory (", "Hatcher"),
        ("Working Alliance Inventory, short revised", 12, "the revised short form of the", "Hatcher"),
        (
            "Working Alliance Inventory",
            12,
            "a form of 12 items of the Working Alliance Inventory (",
            "Horvath",
        ),
        ("Working Alliance Inventory", 36, "measured with the Working Alliance Inventory (", "Horvath"),
    ],
)
def test_the_form_of_the_working_alliance_inventory_is_the_one_that_was_used(name, items, said, cited):
    config = {"questionnaires": {"wai_t": {"name": name, "key": "key.tsv"}}, "differences": {}}
    config["statistics"] = {"correlate": ["wai_t_total"]}
    sizes = {
        "dyads": 6,
        "therapists": 5,
        "clients": 6,
        "sync_methods": ["markers"],
        "scores": ["wai_t_total"],
    }
    written = write_methods({"config": resolved(config)}, sizes | {"items": {"wai_t": items}})
    assert said in written.text
    assert [r.key[:7] for r in written.references if r.key.startswith(("Hatcher", "Horvath"))] == [cited]


def test_a_difference_has_the_direction_that_the_config_gives_it():
    for one, other in (("wai_t", "wai_c"), ("wai_c", "wai_t")):
        scores = ["wai_difference", "wai_difference_absolute"]
        text = correlated(scores, {"wai_difference": [one, other]}).text
        assert "WAI difference and absolute WAI difference were correlated" in text
        names = FORMS[one]["name"], FORMS[other]["name"]
        assert "WAI difference is the total of “{}” minus the total of “{}”.".format(*names) in text
        assert "therapist minus client" not in text


def test_the_methods_say_what_was_done_about_known_events():
    def said(**events):
        config = {
            "bands": {"theta": [4, 7]},
            "events": {"names": ["sound"], "window_s": [-0.2, 1.0]} | events,
        }
        sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
        return write_methods({"config": resolved(config)}, sizes).text

    assert "from −0.2 to 1.0 s around the events “sound” were left out" in said(do="mask")
    assert "the mean response to the events “sound” (from −0.2 to 1.0 s) was estimated" in said(do="regress")
    assert "events “" not in said(names=[])


def test_the_methods_say_how_coupling_was_told_from_what_both_members_share():
    def said(config):
        sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
        return write_methods({"config": resolved(config)}, sizes).text

    lags = {"lags": {"max_s": 2.5, "far_from_s": 1}}
    with_amplitudes = said(lags | {"synchrony": {"estimators": ["aec"]}})
    assert "its mean at lags of 1 to 2.5 s in both directions" in with_amplitudes
    assert "and amplitude envelope correlation above chance, were tested" in with_amplitudes
    assert "amplitude envelope correlation above chance" not in said(lags | {"synchrony": {"estimators": []}})
    assert "zero lag" not in said({})


def test_the_methods_are_written_from_the_config_and_the_versions(make):
    page, _, _ = make(
        drawn=False, bands={"infant": [3, 6]}, rois={"left": ["C3", "P3"]}, times=("a", "b", "c")
    )
    text = said(page.section("methods"))
    for fact in (
        "infant (3–6 Hz)", "left (C3, P3)", "3 times (a, b and c)",
        "MNE-Python (1.13.2; Gramfort et al., 2013)",
        "1–40 Hz", "250 Hz", "windows of 5 s", "1 to 200 µV, elsewhere up to 500 µV", "no muscle burst",
        "at most 30 independent components", "Picard (0.8.2; Ablin et al., 2018)",
        "MNE-ICALabel (0.10.0; Pion-Tonachini et al., 2019; Li et al., 2022)",
        "eye blink or muscle artifact with a probability of at least .80 and heart beat with",
        "exceeded the channel's own median by more than 6 dB",
        "notch-filtered at 50 Hz", "200 circular shifts", "by at least 5 s",
        "(b + 1)/(m + 1)", "Holm, 1979", "defaults of Interbrain", "pingouin (0.7.0; Vallat, 2018)", "seed 1",
    ):  # fmt: skip
        assert fact in text
    assert "theta" not in text and "frontal" not in text and "autoreject" not in text
    bibtex = base64.b64decode(
        page.all("a", download="references.bib")[0]["at"]["href"].partition(",")[2]
    ).decode()
    cited = re.findall(r"^@\w+\{(\w+),$", bibtex, re.MULTILINE)
    assert len(cited) == len(set(cited)) == len(page.inside(page.all("ul", class_="references")[0], "li"))
    assert {"Lachaux1999", "Gramfort2013", "Holm1979", "HorvathGreenberg1989"} <= set(cited)
    assert bibtex.count("{") == bibtex.count("}")


def test_the_methods_say_what_becomes_of_windows_that_do_not_follow_each_other(tmp_path):
    provenance = json.loads(write_tables(tmp_path)["provenance"].read_text())
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"], "by_hand": 0}
    whole, fewer = "replaced by the client's whole window", "rests on 29 to 200 shifts"

    def written(over, shifts):
        provenance["config"].setdefault("synchrony", {})["over"] = over
        return write_methods(provenance, sizes | {"shifts": shifts}).text

    assert whole in written("time", "200") and fewer not in written("time", "200")
    assert whole in written("time", "29 to 200") and fewer in written("time", "29 to 200")
    assert whole not in written("recording", "200") and whole not in written("windows", "200")


def test_the_methods_say_what_was_not_done_and_what_was_chosen_besides(tmp_path):
    provenance = json.loads(write_tables(tmp_path)["provenance"].read_text())
    provenance["config"]["cleaning"]["ica"]["do"] = False
    provenance["config"]["windows"]["autoreject"] = "local"
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"], "by_hand": 0}
    written = write_methods(provenance, sizes)
    assert "No independent component analysis was done." in written.text
    assert "a limit for each channel that autoreject (Jas et al., 2017) learnt" in written.text
    assert {"Jas2017", "Tenke2001"} <= {r.key for r in written.references}
    assert not {"Ablin2018", "Li2022"} & {r.key for r in written.references}
    assert "replaced by a person" not in written.text


@pytest.mark.parametrize(
    ("enters", "value", "sentence", "method"),
    [
        ("ancova", "its value at post (the tests adjust for pre)", "with that at pre as a covariate",
         "the dyad's mean at pre as covariate"),
        ("factor", "its mean over pre and post (in the tests, time is a factor)", "is a factor within dyads",
         "time, site and band within dyads"),
    ],
)  # fmt: skip
def test_each_way_in_which_times_enter_is_told(tmp_path, enters, value, sentence, method):
    results = read_results(write_tables(tmp_path, enters=enters))
    assert results.entering.value == value and sentence in results.entering.sentence
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
    assert method in write_methods(results.provenance, sizes).text


def test_the_methods_name_the_tests_and_whom_to_cite(demo):
    page, _, _ = demo
    text = said(page.section("methods"))
    for fact in (
        "type III sums of squares", "generalised eta squared (Olejnik & Algina, 2003)",
        "in 10000 random ones", "family-wise error (Nichols & Holmes, 2002)",
        "Whether an adjusted difference is smaller than d = 0.5, the smallest that would matter, was",
        "60% interval of the observed difference (Perugini et al., 2014)",
        "percentage bend correlation (Wilcox, 1994)",
        "BCa, 10000 resamples; Efron, 1987", "bounds of r = ±.30", "of freedom of Kenward & Roger, 1997",
        "every combination (23 analyses) of further choices of window length and handling of chance",
        "(Simonsohn et al., 2020)",
    ):  # fmt: skip
        assert fact in text


def test_type_ii_sums_and_covariates_are_told(tmp_path):
    provenance = json.loads(write_tables(tmp_path)["provenance"].read_text())
    provenance["config"]["statistics"] |= {"sums_of_squares": 2, "covariates": ["power_client", "age"]}
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
    text = write_methods(provenance, sizes).text
    assert "type II sums of squares" in text and "and power client and age as covariates" in text


def test_the_methods_cite_every_work_of_the_file_and_no_other(repository):
    """The citations as the modules spell them: a work that none cites would only seem to be in use."""
    room = repository / "workflow" / "interbrain" / "report" / "methods"
    cited = set()
    for path in room.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and getattr(node.func, "attr", "") in ("cite", "package"):
                given = node.args if node.func.attr == "cite" else node.args[2:]
                cited |= {one.value for one in given if isinstance(one, ast.Constant)}
    assert cited == set(works())


APA = {
    "Lachaux1999": "Lachaux, J.-P., Rodriguez, E., Martinerie, J., & Varela, F. J. (1999). Measuring phase "
    "synchrony in brain signals. *Human Brain Mapping*, *8*(4), 194–208. "
    "https://doi.org/10.1002/(SICI)1097-0193(1999)8:4<194::AID-HBM4>3.0.CO;2-C",
    "Rouder2009": "Rouder, J. N., Speckman, P. L., Sun, D., Morey, R. D., & Iverson, G. (2009). Bayesian t "
    "tests for accepting and rejecting the null hypothesis. *Psychonomic Bulletin & Review*, *16*(2), "
    "225–237. https://doi.org/10.3758/PBR.16.2.225",
    "Gramfort2013": "Gramfort, A., Luessi, M., Larson, E., Engemann, D. A., Strohmeier, D., Brodbeck, C., "
    "Goj, R., Jas, M., Brooks, T., Parkkonen, L., & Hämäläinen, M. (2013). MEG and EEG data analysis with "
    "MNE-Python. *Frontiers in Neuroscience*, *7*, Article 267. https://doi.org/10.3389/fnins.2013.00267",
    "PyPREP": "Appelhoff, S., Hurst, A. J., Lawrence, A., Li, A., Mantilla Ramos, Y. J., O'Reilly, C., "
    "Xiang, L., & Dancker, J. (2022). *PyPREP: A Python implementation of the preprocessing pipeline (PREP) "
    "for EEG data* [Computer software]. Zenodo. https://doi.org/10.5281/zenodo.6363575",
    "Holm1979": "Holm, S. (1979). A simple sequentially rejective multiple test procedure. *Scandinavian "
    "Journal of Statistics*, *6*(2), 65–70.",
}


@pytest.mark.parametrize("key", APA)
def test_a_work_is_listed_as_apa_writes_it(key):
    assert works()[key].markdown == APA[key]
    assert works()[key].text == APA[key].replace("*", "")


def test_a_work_is_cited_by_its_authors_and_year():
    cited = {key: work.short for key, work in works().items()}
    assert cited["Holm1979"] == "Holm, 1979" and cited["Tenke2001"] == "Tenke & Kayser, 2001"
    assert cited["Gramfort2013"] == "Gramfort et al., 2013"


def test_titles_are_in_sentence_case_with_a_capital_after_a_colon():
    for work in works().values():
        title = str(work.entry.fields["title"])
        assert all(after.lstrip("{")[0].isupper() for after in title.split(": ")[1:]), title


def test_many_authors_are_named_up_to_the_nineteenth_and_the_last():
    people = [Person(f"Family{k}, Given") for k in range(23)]
    listed = references._listed(people)
    assert listed.endswith("Family18, G., . . . Family22, G.") and "Family19" not in listed


def test_the_list_is_in_the_order_of_the_alphabet_and_a_reference_manager_reads_the_file():
    written = write_methods({"config": resolved(CONFIG | FURTHER), "packages": {"pyprep": "1"}}, SIZES)
    names = [work.text.casefold() for work in written.references]
    assert names == sorted(names) and len(names) > 3
    read = parse_string(written.bibtex, "bibtex").entries
    assert set(read) == {work.key for work in written.references}
    for work in written.references:
        assert dict(read[work.key].fields) == dict(work.entry.fields)
        assert list(map(str, read[work.key].persons["author"])) == list(
            map(str, work.entry.persons["author"])
        )


def test_a_draw_of_pseudo_dyads_is_stated_with_how_many_were_possible():
    drawn = written(pseudo_dyads="200 of the 3,080 possible pseudo-dyads of each dyad")
    assert (
        "compared with that of pseudo-dyads: 200 of the 3,080 possible pseudo-dyads of each dyad, drawn at "
        "random, each a therapist with a client of another dyad at the same time of measurement"
    ) in drawn
    assert "drawn at random" not in written() and "every therapist with every client" in written()


def test_the_methods_say_what_cleaning_left_in_recordings_and_pairs():
    quality = pd.DataFrame(
        {
            "dyad": ["D01", "D01", "D02", "D02"],
            "time": "pre",
            "n_channels": 32,
            "n_bad": [0, 1, 2, 3],
            "n_components": [20, 20, 0, 20],
            "n_removed": [2, 3, float("nan"), 4],
            "windows_kept": [10, 10, 14, 14],
            "percent_kept": [50.0, 50.0, 70.0, 70.0],
        }
    )
    text = written(yields=yields_of(quality))
    assert "1.5 of 32 channels of a recording were bad (SD = 1.3, range 0 to 3)." in text
    assert "3.0 components of a recording of the 3 that were decomposed were removed (SD = 1.0, range" in text
    assert "In 2 pairs of recordings, 12.0 windows on average were good in both members (SD = 2.8, " in text
    assert "range 10 to 14), 60% of all." in text
    alone = written(yields=yields_of(quality[:1]))
    assert "0.0 of 32 channels of a recording were bad." in alone and "SD =" not in alone
    nothing = written(yields=yields_of(quality.assign(n_bad=float("nan"), n_components=0)))
    assert "channels of a recording" not in nothing and "components of a recording" not in nothing


def test_methods_of_recordings_in_which_all_could_be_judged_say_nothing_of_that(make):
    page, inputs, _ = make()
    assert set(pd.read_csv(inputs["quality"], sep="\t", keep_default_na=False)["not_judged"]) == {"n/a"}
    text = said(page.all("blockquote", id="methods-text")[0])
    assert "components of a recording" in text
    assert "could not be judged" not in text and "n/a" not in text.lower()


def test_a_dataset_that_was_given_was_not_written_here():
    def of(given):
        config = resolved(CONFIG | {"input": given})
        return write_methods({"config": config, "packages": {}}, SIZES).text

    assert "were read from a BIDS dataset" in of("bids") and "raw files" not in of("bids")
    assert "were written as a BIDS dataset" in of("raw") and "from raw files to statistics" in of("raw")


def limits(config=None, simulated=False, **sizes):
    document = {"config": resolved(CONFIG | (config or {})), "packages": {}, "simulated": simulated}
    return " ".join(write_methods(document, SIZES | sizes).limitations)


def test_limitations_follow_from_the_run():
    always = limits()
    assert "without influencing each other" in always and "signal-to-noise ratio" in always
    assert "simulated" in limits(simulated=True) and "simulated" not in always
    assert "80% power to detect a difference by group of d = 1.60" in limits(detectable={"group": 1.6})
    assert "2 therapists had more than one dyad" in limits(therapists_of_several=2)
    assert "1 dyad was left out" in limits(excluded=1)
    assert "recordings of 300 s 30 ms apart" in limits(unknown_drift_s=300)
    assert "times in their files" in limits(sync_methods=["header_time"])
    assert "did so was not measured" in limits(sync_methods=["markers", "shared_start"])
    assert "by independent component analysis" in always
    assert "independent component" not in limits({"cleaning": {"ica": {"do": True}}})
    for absent in ("had more than one", "left out", "apart", "times in their files", "assigned at random"):
        assert absent not in always, absent
    grouped = limits({"factors": {"group": ["a", "b"]}})
    assert "Unless dyads were assigned at random (group)" in grouped.replace("Group", "group")


def test_limitations_are_in_the_file_to_download():
    markdown = write_methods({"config": resolved(CONFIG), "packages": {}}, SIZES).markdown
    methods, limitations, references = (markdown.index(f"## {part}") for part in PARTS)
    assert methods < limitations < references
    assert "signal-to-noise" in markdown[limitations:references]


PARTS = ("Methods", "Limitations", "References")


def test_what_could_not_be_computed_is_said_with_its_reason_and_no_such_test_is_described():
    config = {"config": resolved(CONFIG | FURTHER), "packages": {}}
    sizes = SIZES | {"dyads": 14, "therapists": 14, "scores": ["wai", "bdi"]}
    whole = write_methods(config, sizes).text
    assert "analysis of variance" in whole and "sign-flip" in whole and "(Pearson)" in whole
    why = {"anova": "The factor group has one level only (a): nothing to compare"}
    why |= {"presence": "1 dyad with a value: at least 2 are needed", "score:wai": "the score is the same"}
    told = write_methods(config, sizes | {"untested": why})
    assert "Differences by group could not be tested: the factor group has one level only" in told.text
    assert "Whether there was synchrony at all could not be tested over dyads: 1 dyad" in told.text
    assert "Correlations with WAI could not be computed: the score is the same." in told.text
    assert "Bdi was correlated with" in told.text
    assert not any(word in told.text for word in ("analysis of variance", "Welch", "sign-flip"))
    assert not any("Unless dyads were assigned" in one for one in told.limitations)


def test_tests_over_one_therapist_or_without_a_second_level_are_not_described():
    config = {"config": resolved(CONFIG | FURTHER), "packages": {}}
    sizes = SIZES | {"dyads": 12, "therapists": 1, "untested": {"therapists": "there is only one therapist"}}
    told = write_methods(config, sizes | {"detectable": {}, "most_dyads": 12})
    assert "clustered by therapist could not be computed: there is only one therapist" in told.text
    assert not any(one in told.text for one in ("over therapists (each", "among therapists", "80% power was"))
    assert "cannot be generalised to other therapists" in " ".join(told.limitations)
    most = write_methods(
        config, SIZES | {"dyads": 12, "therapists": 5, "therapists_of_several": 1, "most_dyads": 8}
    )
    assert "One therapist had 8 of the 12 dyads" in " ".join(most.limitations)


def test_the_number_of_sign_flips_is_that_of_the_dyads_that_have_a_value():
    config = {"config": resolved(CONFIG), "packages": {}}
    told = write_methods(config, SIZES | {"dyads": 10, "therapists": 10, "tested": 5}).text
    assert "sign-flip test (all 2^5 flips)" in told and "5 of the 10 dyads lacked PLV above chance" in told
    assert "With 5 dyads, no p of the sign-flip test can be below .05" in told


def test_a_band_that_nobody_has_is_no_factor_and_is_named():
    config = {"config": resolved(CONFIG | FURTHER), "packages": {}}
    config["config"]["statistics"] |= {"within": ["roi", "band"]}
    sizes = SIZES | {"dyads": 14, "therapists": 14}
    assert "with group between dyads and site and band within dyads" in write_methods(config, sizes).text
    told = write_methods(config, sizes | {"effects": ["group", "roi", "group:roi"], "nobody": "alpha"}).text
    assert "with group between dyads and site within dyads" in told
    assert "No dyad had a value of alpha, which was not tested." in told
