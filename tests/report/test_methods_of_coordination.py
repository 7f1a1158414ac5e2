"""What the methods say of signals beside the EEG is what was asked for."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import resolved

from interbrain.coordination.registry import MEASURES
from interbrain.report.methods import coordination, write_methods

SIZES = {"dyads": 2, "therapists": 2, "clients": 2, "sync_methods": [], "recordings": 8}


def written(measures=(), **signals):
    config = resolved({})
    if measures:
        config["tables"] = config.get("tables", {}) | {"signals": "signals.tsv"}
        config["signals"] = signals
    return write_methods({"config": config}, SIZES | {"coordination_measures": measures})


def test_a_study_of_eeg_alone_says_nothing_of_coordination():
    text = written().text
    assert "Beside the EEG" not in text and "circular shifts of the client's series" not in text


def test_the_measures_that_were_computed_are_described_with_their_settings_and_sources():
    found = written(["wcc_absolute", "concordance_index"], window_s=45, n_shifts=500, stranger_shifts=0)
    assert "windows of 45 s every 30 s, at all lags up to ±5 s, Fisher's z" in found.text
    assert "500 circular shifts of the client's series" in found.text and "by at least 60 s" in found.text
    assert {"KleinbubRamseyer2021", "Marci2007"} <= {work.key for work in found.references}
    assert "TschacherMeier2020" not in {work.key for work in found.references}
    assert (
        "SUSY" not in found.text
        and "linear trend" not in found.text
        and "of different dyads" not in found.text
    )
    assert "linear trend" in written(["wcc_signed"], detrend="linear").text


def test_every_measure_has_its_sentence():
    described = [name for names, _ in coordination.SENTENCES for name in names]
    assert sorted(described) == sorted(MEASURES)
    asked = written(measures=["matching"], measures_by_signal={}).text
    assert (
        "same or opposite signs" in asked and "pairs of a therapist and a client of different dyads" in asked
    )


def test_choices_of_how_coordination_is_measured_are_named_where_there_are_any():
    further = {"window_s": [30], "measures": ["susy_absolute"]}
    sentence = "under every combination of further choices of window length and measure, only with measures"
    assert sentence in written(["wcc_absolute"], multiverse=further).text
    assert "under every combination" not in written(["wcc_absolute"], multiverse=None).text
