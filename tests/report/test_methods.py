"""The paragraph to paste says in how many recordings a step was done, and in how many not."""

from interbrain.report.methods import write_methods

CONFIG = {"cleaning": {"sfreq": 250, "muscle_db": 6, "ica": {"do": False}}, "line_frequency": 50}
SIZES = {"dyads": 2, "therapists": 2, "clients": 2, "sync_methods": [], "recordings": 8}


def written(**sizes):
    return write_methods({"config": CONFIG, "packages": {}}, SIZES | sizes).text


def test_what_could_not_be_judged_is_said_with_the_count_and_the_reason():
    why = "a low-pass filter left nothing above about 45 Hz, and this is judged from 55 Hz on"
    lacking = f"bursts of muscle activity and high-frequency noise of channels: {why}"
    assert (
        "Bursts of muscle activity and high-frequency noise of channels could not be judged in 3 of 8 "
        f"recordings: {why}."
    ) in written(not_judged={lacking: 3})
    assert "could not be judged" not in written(not_judged={})


def test_mains_that_the_config_does_not_name_are_said_with_the_count():
    assert "that one was removed (60 Hz in 4 recordings)" in written(mains={50.0: 4, 60.0: 4})
    assert "another frequency" not in written(mains={50.0: 8})


FORMS = {
    "wai_t": {"name": "Working Alliance Inventory, therapist form", "key": "key.tsv"},
    "wai_c": {"name": "Working Alliance Inventory, client form", "key": "key.tsv"},
    "practice": {"name": "Years of practice"},
}


def correlated(scores, differences=None):
    config = {"questionnaires": FORMS, "differences": differences or {}}
    config["statistics"] = {"correlate": scores}
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"], "scores": scores}
    return write_methods({"config": config}, sizes)


def test_only_the_working_alliance_inventory_is_cited_as_such_and_others_keep_their_names():
    both = correlated(["practice_total", "wai_c_bond"])
    assert "Years of practice and Working Alliance Inventory, client form: bond were correlated" in both.text
    assert "alliance (Working Alliance Inventory, client form: bond) was measured with" in both.text
    alone = correlated(["practice_total"])
    assert "Years of practice was correlated" in alone.text
    assert "Alliance" not in alone.text and "HorvathGreenberg1989" not in {r.key for r in alone.references}


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
        return write_methods({"config": config}, sizes).text

    assert "from −0.2 to 1.0 s around the events “sound” were left out" in said(do="mask")
    assert "the mean response to the events “sound” (from −0.2 to 1.0 s) was estimated" in said(do="regress")
    assert "events “" not in said(names=[])


def test_the_methods_say_how_coupling_was_told_from_what_both_members_share():
    def said(config):
        sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
        return write_methods({"config": config}, sizes).text

    lags = {"lags": {"max_s": 2.5, "far_from_s": 1}}
    with_amplitudes = said(lags | {"synchrony": {"estimators": ["aec"]}})
    assert "its mean at lags of 1 to 2.5 s in both directions" in with_amplitudes
    assert "and amplitude envelope correlation above chance, were tested" in with_amplitudes
    assert "amplitude envelope correlation above chance" not in said(lags | {"synchrony": {"estimators": []}})
    assert "zero lag" not in said({})
