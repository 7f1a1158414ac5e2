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
