"""Channels resemble their neighbours on the head: labels that were shifted, mixed up or swapped do not."""

import mne
import numpy as np
import pytest

from interbrain.formats.channel_likeness import Likeness, likeness
from interbrain.formats.contradictions import note_contradictions
from interbrain.formats.measurements import measured_of
from interbrain.formats.notes import noted
from interbrain.formats.sites import fit, fits_nowhere, swapped
from interbrain.simulate import Artifacts, Member, simulate_recording

SITES = "Fp1 Fp2 F7 F3 Fz F4 F8 T7 C3 Cz C4 T8 P7 P3 Pz P4 P8 O1 O2".split()  # noqa: SIM905


def head(seed=1, **artifacts):
    member = Member(artifacts=Artifacts(**artifacts))
    raw = simulate_recording(member, seed=[seed], duration_s=24, sfreq=200).raw
    return raw.pick(SITES)


def called(raw, labels):
    """The same channels under other labels, in the order of the file."""
    return mne.io.RawArray(
        raw._data, mne.create_info(list(labels), raw.info["sfreq"], "eeg"), verbose="error"
    )


def notes_on(raw):
    with noted() as notes:
        note_contradictions(measured_of(raw))
    return " | ".join(notes)


@pytest.mark.parametrize("places", [1, -2])
def test_labels_that_are_shifted_by_a_place_are_noted_with_where_they_belong(places):
    told = notes_on(called(head(), np.roll(SITES, places)))
    assert "all labels moved by " + {1: "one place", -2: "2 places"}[places] in told
    wrong, right = np.roll(SITES, places)[0], SITES[0]
    assert f"what is called {wrong} would be {right}" in told


def test_labels_of_another_cap_and_bipolar_derivations_are_noted():
    mixed = np.random.default_rng(2).permutation(SITES)
    assert "do not resemble their neighbours on the head" in notes_on(called(head(), mixed))
    raw = head()
    raw._data -= np.roll(raw._data, -1, axis=0)
    assert "bipolar derivations" in notes_on(raw)


def test_two_channels_that_are_swapped_far_from_one_another_are_noted():
    labels = SITES.copy()
    one, other = SITES.index("F3"), SITES.index("P4")
    labels[one], labels[other] = labels[other], labels[one]
    told = notes_on(called(head(), labels))
    assert "resembles the neighbours of" in told and "F3" in told and "P4" in told


@pytest.mark.parametrize("faults", [{}, {"noisy": ["C3", "O2"]}, {"flat": ["Pz"]}, {"loose": ["F7"]}])
def test_right_labels_are_not_noted_even_with_bad_channels(faults):
    assert not notes_on(head(**faults))


TURNED = {
    "from front to back": "O2 O1 P8 P4 Pz P3 P7 T8 C4 Cz C3 T7 F8 F4 Fz F3 F7 Fp2 Fp1",
    "from left to right": "Fp2 Fp1 F8 F4 Fz F3 F7 T8 C4 Cz C3 T7 P8 P4 Pz P3 P7 O2 O1",
}


@pytest.mark.parametrize("how", TURNED)
def test_a_turned_cap_is_not_noted_as_its_electrodes_are_as_far_apart_as_ever(how):
    """docs/recordings.md says that this is not seen, and how people see it."""
    labels = TURNED[how].split()
    assert sorted(labels) == sorted(SITES) and labels != SITES
    turned = likeness(called(head(), labels))
    assert fit(turned) == pytest.approx(fit(likeness(head())), abs=0.02)
    assert not notes_on(called(head(), labels))


def test_recordings_of_a_cap_show_together_what_one_shows_too_weakly():
    one, other = SITES.index("C3"), SITES.index("P3")
    order = np.arange(len(SITES))
    order[[one, other]] = order[[other, one]]
    found = [likeness(head(seed)) for seed in range(4)]
    assert swapped(found) is None
    mixed = [Likeness(each.names, each.matrix[np.ix_(order, order)]) for each in found]
    assert set(swapped(mixed)) == {"C3", "P3"}


def test_noise_alone_and_few_channels_are_not_judged():
    noise = head()
    noise._data[:] = 1e-5 * np.random.default_rng(3).standard_normal(noise._data.shape)
    assert likeness(noise) is None
    assert likeness(head().pick(SITES[:7])) is None
    few = likeness(called(head().pick(SITES[:8]), np.random.default_rng(4).permutation(SITES[:8])))
    assert few is None or not fits_nowhere(few)
