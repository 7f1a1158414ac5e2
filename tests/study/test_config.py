import re
from copy import deepcopy

import pytest
import yaml

from interbrain.study.config import check_config, with_defaults
from interbrain.study.problems import did_you_mean


def settings_of(schema, path=()):
    """Every setting that the schema knows by name: its path and what the schema says of it."""
    for name, about in schema.get("properties", {}).items():
        yield (*path, name), about
        yield from settings_of(about, (*path, name))
        entries = about.get("additionalProperties")
        if isinstance(entries, dict):
            yield from settings_of(entries, (*path, name, "*"))


def said(config, schema):
    return [(p.where, p.what, p.hint) for p in check_config(config, schema)[0]]


def test_a_setting_that_was_renamed_is_refused_under_its_new_name(demo, schema):
    config = deepcopy(demo.config)
    config["clock"] = {"max_uncorrected_ppm": 50}
    hint = "It is called max_drift_error_ppm now."
    assert said(config, schema) == [("config.yaml, clock", 'unknown setting "max_uncorrected_ppm"', hint)]


def test_the_demo_has_no_problems(demo):
    assert demo.problems() == []


def test_every_default_is_the_value_that_the_demo_states(demo, schema):
    # What belongs to this very study is stated, and is no default.
    own = {("authors",), ("questionnaires",), ("differences",), ("simulation",), ("multiverse",)}
    own |= {("tables", "participants"), ("tables", "cap_map"), ("tables", "decisions"), ("chance", "alike")}
    compared = 0
    for path, about in settings_of(schema):
        if "default" not in about or about.get("properties") or path in own:
            continue
        if path[0] == "events" or path[:2] == (
            "simulation",
            "session",
        ):  # groups that the demo states to be null
            assert demo.config["events"] is None and demo.config["simulation"]["session"] is None
            continue
        stated = demo.config
        for name in path:
            stated = stated[name]
        assert stated == about["default"], path
        assert type(stated) is type(about["default"]), path
        compared += 1
    assert compared > 25


def test_a_config_of_the_essentials_is_filled_up_to_the_demo(demo, schema):
    own = ("title", "authors", "tables", "times", "factors", "questionnaires", "differences", "simulation")
    asked = ("line_frequency", "triggers")  # never assumed
    full = with_defaults({key: demo.config[key] for key in (*own, *asked, "multiverse")}, schema)
    expected = deepcopy(demo.config)
    expected["chance"]["alike"] = []  # it names this study's factors
    assert full == expected


def test_a_default_reaches_into_a_group_that_is_given_in_part(schema):
    full = with_defaults({"cleaning": {"lowpass": 45}, "tables": {"dyads": "d.csv"}}, schema)
    assert full["cleaning"] == with_defaults({}, schema)["cleaning"] | {"lowpass": 45}
    optional = dict.fromkeys(["participants", "cap_map", "decisions", "coding", "signals"])
    assert full["tables"] == {"dyads": "d.csv", **optional}


@pytest.mark.parametrize(
    ("own", "within"),
    [
        ({}, ["roi", "band"]),
        ({"rois": {"parietal": ["P3", "Pz", "P4"]}}, ["band"]),
        ({"bands": {"alpha": [8, 12]}, "statistics": {"within": ["band", "roi"]}}, ["roi"]),
    ],
)
def test_a_single_site_or_band_is_no_factor(schema, own, within):
    """With one, no analysis of variance was computed at all, and the effect of the other was lost."""
    assert with_defaults({"factors": {}, "differences": {}, **own}, schema)["statistics"]["within"] == within


def test_a_default_that_is_changed_later_stays_as_it_was_in_the_schema(schema):
    with_defaults({}, schema)["rois"]["frontal"].append("Oz")
    assert with_defaults({}, schema)["rois"]["frontal"] == ["F3", "Fz", "F4"]


def test_an_estimator_of_single_windows_must_be_computed_and_over_time(demo):
    demo.config["synchrony"].update(time_resolved="ppc", estimators=["accorr"], over="recording")
    assert demo.said() == [
        (
            "config.yaml, synchrony: time_resolved",
            'no computed estimator is called "ppc"',
            "Known: plv, accorr.",
        ),
        (
            "config.yaml, synchrony: time_resolved",
            "a window has a value of its own over time only, not over recording",
            "Write over: time, or time_resolved: null.",
        ),
    ]
    demo.config["synchrony"].update(time_resolved="accorr", over="time")
    assert demo.problems() == []


def test_known_events_have_defaults_and_a_response_begins_before_it_ends(demo, schema):
    assert with_defaults({"events": {"names": ["sound"]}}, schema)["events"] == {
        "names": ["sound"],
        "do": "mask",
        "window_s": [-0.2, 1.0],
        "may_be_absent": False,
    }
    demo.config["events"] = {"names": ["sound"], "window_s": [1, 0.5]}
    what = "[1, 0.5]: a response must begin before it ends"
    assert demo.said() == [("config.yaml, events: window_s", what, "Write for example [-0.2, 1.0].")]
    demo.config["events"] = {"do": "mask"}
    assert any("names" in " ".join(said) for said in demo.said())


def test_far_lags_must_begin_before_the_largest_lag(demo):
    demo.config["lags"] = {"max_s": 1, "far_from_s": 1}
    what = "far_from_s (1 s) must be below max_s (1 s)"
    assert demo.said() == [("config.yaml, lags", what, "Lower far_from_s, or raise max_s above 1.")]
    demo.config["lags"] = {"max_s": 1.5}
    demo.config["statistics"]["measures"] = ["zero_lag"]
    assert demo.problems() == []


def test_what_is_not_computed_is_no_measure(demo):
    demo.config["statistics"]["measures"] = ["z_chance", "granger_net"]
    assert [what for _, what, _ in demo.said()] == ['no measure is called "granger_net"']
    demo.config["synchrony"]["directed"] = "granger"
    assert demo.problems() == []


def test_a_preset_of_bands_is_spelt_out(demo, schema):
    demo.config["bands"] = "infant"
    full = with_defaults(demo.config, schema)
    assert full["bands"] == {"theta": [3, 6], "alpha": [6, 9]}
    full["bands"]["theta"].append(7)
    assert with_defaults(demo.config, schema)["bands"]["theta"] == [3, 6]
    demo.record()
    assert demo.problems() == []


def test_the_bands_of_a_preset_are_checked_as_any_others(demo):
    demo.record()
    demo.config["bands"] = "infant"
    demo.config["cleaning"]["highpass"] = 3.5
    (where, what, _), *_ = demo.said()
    assert where == "config.yaml, bands: theta" and "begins at 3 Hz" in what


@pytest.mark.parametrize(("name", "hint"), [("infnat", "Did you mean infant?"), ("theta", "Known: infant.")])
def test_a_preset_that_is_not_known_is_met_with_the_nearest(demo, name, hint):
    demo.config["bands"] = name
    (where, what, said_hint), *others = demo.said()
    assert (where, what) == ("config.yaml, bands", f'no preset is called "{name}"')
    assert said_hint == f"{hint} Or name bands with their edges in Hz, e.g. alpha: [8, 12]."
    assert others == []


def test_every_setting_is_described(schema):
    assert [".".join(path) for path, about in settings_of(schema) if not about.get("description")] == []


def test_every_number_of_the_demo_has_a_comment_beside_it(repository):
    text = (repository / "config/config.yaml").read_text(encoding="utf-8")
    bare = [line for line in text.splitlines() if re.match(r"\s+\w+: [-\d.]+\s*$", line)]
    assert [line for line in bare if "duration_s" not in line] == []


@pytest.mark.parametrize(("config", "what"), [(None, "is empty"), (["title"], "holds no settings")])
def test_a_config_without_settings_is_said_to_be_one(schema, config, what):
    assert [(where, said_what) for where, said_what, _ in said(config, schema)] == [("config.yaml", what)]


def test_an_empty_mapping_lacks_every_setting_that_must_be_given(schema):
    asked = ("title", "tables", "factors", "times", "line_frequency")
    assert [what for _, what, _ in said({}, schema)] == [f'the setting "{name}" is missing' for name in asked]


def test_an_unknown_setting_is_met_with_the_nearest_known_one(demo):
    demo.config["line_freqency"] = demo.config.pop("line_frequency")
    demo.config["windows"]["lenght_s"] = 2
    of_chance = ", ".join(demo.config["chance"])
    demo.config["chance"]["colour"] = "red"
    assert demo.said() == [
        ("config.yaml", 'unknown setting "line_freqency"', "Did you mean line_frequency?"),
        ("config.yaml, chance", 'unknown setting "colour"', f"Remove it, or use one of: {of_chance}."),
        (
            "config.yaml, windows",
            'unknown setting "lenght_s"',
            "length_s is set already: remove this line, or correct that one.",
        ),
    ]


def test_where_a_study_has_nothing_that_a_name_could_mean_the_hint_is_what_to_do():
    assert did_you_mean("wai", []) == "This study has none: declare one, or remove this name."
    assert did_you_mean("wai", ["WAI"]) == "Did you mean WAI?"


def test_a_misspelt_setting_that_must_be_given_is_one_problem(demo, schema):
    demo.config["titel"] = demo.config.pop("title")
    assert said(demo.config, schema) == [("config.yaml", 'unknown setting "titel"', "Did you mean title?")]


def test_unknown_settings_do_not_hide_what_is_wrong_in_the_tables(demo):
    demo.config["colour"] = "red"
    demo.put("dyads", 3, "modality", "onlin")
    assert [p.where for p in demo.problems()] == ["config.yaml", "dyads.tsv, row 3 (D02)"]


def test_bare_yes_and_no_are_to_be_quoted(demo):
    demo.config["factors"] = yaml.safe_load("mindfulness: [yes, no]\nmodality: [face-to-face, online]")
    first, second = demo.said()
    assert first[:2] == ("config.yaml, factors: mindfulness: entry 1", "true is not text")
    assert second[:2] == ("config.yaml, factors: mindfulness: entry 2", "false is not text")
    assert 'Put quotes around numbers and around yes and no: ["yes", "no"]' in first[2]


@pytest.mark.parametrize(
    ("path", "value", "where", "what", "hint"),
    [
        ("windows.length_s", 0, "windows: length_s", "0 must be above 0", ""),
        ("windows.length_s", "2,5", "windows: length_s", '"2,5" is not a number', "decimal point: 2.5"),
        ("chance.n_shifts", 5, "chance: n_shifts", "5 must be at least 20", ""),
        ("cleaning.max_bad_share", 25, "cleaning: max_bad_share", "25 must be at most 1", ""),
        ("seed", 1.5, "seed", "1.5 is not a whole number", ""),
        ("times", [1, 2], "times: entry 1", "1 is not text", "put quotes around numbers"),
        ("times", ["pre", "pre"], "times", '["pre", "pre"] names something twice', ""),
        ("times", ["after lunch"], "times: entry 1", '"after lunch" cannot be a name', "Use letters"),
        ("times", [], "times", "the setting is empty", ""),
        ("factors", {"mind fullness": ["a"]}, "factors", '"mind fullness" cannot be a name', "Use letters"),
        ("factors", {True: ["a"]}, "factors", "true is not text", "put quotes"),
        ("factors", {"group": ["a", "a"]}, "factors: group", '["a", "a"] names something twice', ""),
        ("rois", {"left/right": ["C3"]}, "rois", '"left/right" cannot be a name', "Use letters"),
        ("rois", {"central": []}, "rois: central", "the setting is empty", ""),
        ("bands", {"alpha": [8]}, "bands: alpha", "[8] has fewer than 2 entries", "e.g. [8, 12]"),
        ("bands", {"alpha": [8, 10, 12]}, "bands: alpha", "[8, 10, 12] has more than 2", "e.g. [8, 12]"),
        ("bands", {"alpha": "8-12"}, "bands: alpha", '"8-12" is not a list', "e.g. [8, 12]"),
        ("bands", {"θ": [4, 7]}, "bands", '"θ" cannot be a name', "Use letters"),
        ("questionnaires", None, "questionnaires", "the setting is empty", "delete its line"),
        ("questionnaires.wai_t.role", "therapeut", "questionnaires: wai_t: role", '"therapeut" is not known',
         "Use: therapist, client"),
        ("statistics.within", ["ROI"], "statistics: within: entry 1", '"ROI" is not known', "Use: roi, band"),
        ("statistics.time", "delta", "statistics: time", '"delta" is not known', "mean, factor"),
        ("statistics.relabelings", 10, "statistics: relabelings", "10 must be at least 99", ""),
        ("windows.autoreject", "none", "windows: autoreject", '"none" is not known', "global, local, null"),
        ("tables.cap_map", 3, "tables: cap_map", "3 is not text or a group of settings or empty", ""),
    ],
)  # fmt: skip
def test_a_value_that_does_not_fit_is_said_in_plain_words(demo, schema, path, value, where, what, hint):
    *groups, name = path.split(".")
    group = demo.config
    for key in groups:
        group = group[key]
    group[name] = value
    first = said(demo.config, schema)[0]
    assert first[0] == f"config.yaml, {where}"
    assert first[1].startswith(what)
    assert hint in first[2]


def test_when_the_config_cannot_be_used_the_message_says_that_the_tables_were_not_read(demo):
    from interbrain.study.problems import StudyError

    demo.config["times"] = "pre"
    demo.put("dyads", 3, "modality", "onlin")
    with pytest.raises(StudyError) as raised:
        demo.load()
    assert len(raised.value.problems) == 1
    assert str(raised.value).endswith("The tables were not read: correct the config first.")


@pytest.mark.parametrize(
    ("group", "changes", "where", "what"),
    [
        ("cleaning", {"highpass": 40}, "cleaning", "highpass (40 Hz) must be below lowpass (40 Hz)"),
        ("cleaning", {"lowpass": 125}, "cleaning", "lowpass (125 Hz) must be below half of sfreq (125 Hz)"),
        ("phase", {"sfreq": 500}, "phase", "sfreq (500 Hz) must not exceed the sfreq of cleaning (250 Hz)"),
        ("windows", {"min_peak_to_peak_uv": 200}, "windows", "min_peak_to_peak_uv must be below"),
        ("bands", {"alpha": [12, 8]}, "bands: alpha", "[12, 8]: the lower edge must be below the upper"),
        ("bands", {"alpha": [8, 8]}, "bands: alpha", "[8, 8]: the lower edge must be below the upper"),
        ("bands", {"theta": [8, 12], "alpha": [8, 12]}, "bands", "theta and alpha are the same"),
        ("rois", {"a": ["C3", "C4"], "b": ["C4", "C3"]}, "rois", "a and b are the same"),
        ("bands", {"delta": [0.5, 3]}, "bands: delta", "begins at 0.5 Hz, below the highpass of cleaning (1"),
        ("bands", {"gamma": [35, 45]}, "bands: gamma", "reaches 56.25 Hz with its filter's transition"),
        ("bands", {"beta": [13, 32.5]}, "bands: beta", "reaches 40.625 Hz with its filter's transition"),
        ("bands", {"all": [4, 12]}, "bands", 'the name "all" is taken'),
        ("rois", {"all": ["Cz"]}, "rois", 'the name "all" is taken'),
        ("differences", {"d": ["wai_t", "wai_x"]}, "differences: d", 'no questionnaire is called "wai_x"'),
        ("statistics", {"between": ["mindfullness"]}, "statistics: between", "no factor is called"),
        ("statistics", {"measures": ["above_chanse"]}, "statistics: measures", "no measure is called"),
        ("statistics", {"measures": ["ppc"]}, "statistics: measures", 'no measure is called "ppc"'),
    ],
)
def test_settings_that_contradict_one_another_are_one_problem_each(demo, group, changes, where, what):
    demo.config["simulation"]["frequencies"] |= {"delta": 2, "beta": 20, "gamma": 40, "all": 10}
    if group == "bands" and "alpha" in changes:
        demo.config["simulation"] = None
        demo.record()
    demo.config[group] |= changes
    found, _ = check_config(demo.config, demo.schema)
    assert [p.where for p in found] == [f"config.yaml, {where}"]
    assert found[0].what.startswith(what)


def test_a_band_may_begin_at_the_highpass(demo, schema):
    demo.config["simulation"]["frequencies"]["delta"] = 2
    demo.config["bands"]["delta"] = [1, 3]
    assert said(demo.config, schema) == []


def test_a_band_may_end_where_its_filter_still_fits_below_the_lowpass(demo, schema):
    demo.config["simulation"]["frequencies"]["beta"] = 20
    demo.config["bands"]["beta"] = [13, 32]
    assert said(demo.config, schema) == []


def test_the_hint_for_a_band_that_does_not_fit_is_itself_without_a_problem(demo, schema):
    demo.config["simulation"] = None
    demo.config["bands"] = {"gamma": [30, 45]}
    ((_, _, hint),) = said(demo.config, schema)
    upper, lowpass = (float(number) for number in re.findall(r"([\d.]+) Hz", hint))
    demo.config["bands"]["gamma"] = [30, upper]
    assert said(demo.config, schema) == []
    demo.config["bands"]["gamma"] = [30, 45]
    demo.config["cleaning"]["lowpass"] = lowpass
    assert said(demo.config, schema) == []


def test_the_filters_transition_is_that_of_the_room_phase(demo, schema):
    from interbrain.rhythms.phase import _band_filter

    demo.config["simulation"] = None
    demo.config["cleaning"]["lowpass"] = 100
    for high, fits in ((80, True), (80.1, False)):
        demo.config["bands"] = {"fast": [60, high]}
        assert (said(demo.config, schema) == []) == fits
        if fits:
            _band_filter(60, high, 250, 100)
        else:
            with pytest.raises(ValueError, match="folded"):
                _band_filter(60, high, 250, 100)


def test_names_of_settings_are_suggested_whatever_their_case(demo, schema):
    demo.config["statistics"]["between"] = ["MODALITY"]
    ((_, _, hint),) = said(demo.config, schema)
    assert hint == "Did you mean modality?"


def test_a_simulated_band_needs_an_oscillator_within_it(demo, schema):
    demo.config["bands"]["beta"] = [13, 30]
    demo.config["simulation"]["frequencies"]["theta"] = 10
    assert [what for _, what, _ in said(demo.config, schema)] == [
        "none is in the band theta",
        "none is in the band beta",
    ]


def test_the_config_offers_every_estimator_besides_plv(schema):
    from interbrain.metrics import METRICS, OVER

    offered = schema["properties"]["synchrony"]["properties"]
    assert offered["estimators"]["items"]["enum"] == [name for name in METRICS if name != "plv"]
    assert offered["over"]["enum"] == list(OVER)
