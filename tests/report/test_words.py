"""Names and lists are written as plain English asks."""

from interbrain.report import words


def test_lists_and_counts_read_as_english():
    assert words.listed(["a"]) == "a"
    assert words.listed(["a", "b", "c"]) == "a, b and c"
    assert words.listed([]) == ""
    assert words.counted(1, "person", "people") == "1 person"
    assert words.counted(2, "person", "people") == "2 people"


def test_names_of_the_tables_become_names_of_the_field():
    assert words.effect("mindfulness:roi") == "Mindfulness × Site"
    assert words.questionnaire("wai_difference", ("wai",)) == "WAI difference"
    assert words.questionnaire("wai_difference_absolute", ("wai",)) == "Absolute WAI difference"
    assert words.questionnaire("wai_difference") == "WAI difference"
    assert words.measure("plv", start=False) == "raw PLV"
    assert words.measure("above_chance", start=False) == "PLV above chance"


def test_a_heading_has_acronyms_in_capitals_and_other_names_as_they_are():
    assert [words.heading(name) for name in ("isi", "log_snr", "plv_change", "eda")] == [
        "ISI", "Log SNR", "PLV change", "EDA",
    ]  # fmt: skip
    assert [words.heading(name) for name in ("online", "plvx", "face_to_face")] == [
        "Online", "Plvx", "Face to face",
    ]  # fmt: skip


def test_a_further_measure_is_named_after_its_estimator():
    assert words.measure("ppc_above_chance") == "PPC above chance"
    assert words.measure("imaginary_coherence_z_chance") == "Imaginary coherence in SDs above chance"
    assert words.measure("above_pseudo", start=False) == "PLV above pseudo-dyads"
