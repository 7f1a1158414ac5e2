"""Texts of marks and names of channels: codes pass, free texts do not."""

import mne
import pytest

from interbrain.bids.annotations import shareable, shareable_channels, without_free_texts


@pytest.mark.parametrize(
    "text",
    [
        *(
            "Stimulus/S  1",
            "Response/R 15",
            "New Segment/",
            "SyncStatus/Sync On",
            "T0",
            "R128",
            "S255",
            "255",
        ),
        *("255.0", "Trigger 5", "DIN1", "boundary", "BAD_acq_skip", "BAD_missing", "BAD boundary"),
        *("EDGE boundary", "sync_trigger", "rest", "eyes closed", "Segment 1", "Optic/O  1"),
    ],
)
def test_codes_and_the_fields_own_words_pass(text):
    assert shareable(text) == text


@pytest.mark.parametrize(
    "text",
    [
        *("comment Anna Geheim", "Comment/Anna weint", "Anna", "SN-48151623", "48151623", "05.11.2018"),
        *(
            "1987-03-21",
            "Start Anna",
            "A. G.",
            "Müller",
            "田中",
            "marker of Anna",
            "",
            " ",
            "anna@uni.de",
            "²",
        ),
        *("Stimulus/S 1 20181105", "pulse at 10:31", "x" * 300),
    ],
)
def test_free_texts_serial_numbers_dates_and_initials_do_not(text):
    assert shareable(text) == "comment"


def test_what_a_person_marked_as_bad_stays_bad_without_the_reason():
    assert shareable("BAD: Anna moved") == shareable("bad_anna") == "BAD_comment"


def test_marks_keep_their_times_and_lose_free_texts_and_extra_fields():
    marks = mne.Annotations([1, 2, 3], [0, 0.5, 0], ["T0", "Anna", "Anna"], extras=[{"who": "Anna"}] * 3)
    shared, withheld = without_free_texts(marks)
    assert list(shared.description) == ["T0", "comment", "comment"]
    assert (list(shared.onset), list(shared.duration)) == ([1, 2, 3], [0, 0.5, 0])
    assert withheld == {"Anna": 2}
    assert not any(shared.extras)
    assert list(marks.description) == ["T0", "Anna", "Anna"]


def test_channels_of_the_fields_own_names_keep_them():
    assert shareable_channels(["Digi", "Saw", "X", "EOG1", "EEG-A/Digi", "ExG33", "BIP1-2", "M1"]) == {}


def test_a_channel_called_after_a_person_is_numbered_past_names_that_are_taken():
    names = shareable_channels(["Anna", "Digi", "misc1", "EEG/Pulse Geheim"], eeg=["Fz", "MISC2"])
    assert names == {"Anna": "misc3", "EEG/Pulse Geheim": "misc4"}
