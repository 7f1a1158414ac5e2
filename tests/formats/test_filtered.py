"""Synchrony in a band that a filter took is n/a; a band of which it left most keeps its value."""

import json

import mne
import numpy as np
import pytest

from interbrain.formats.filtered import Filtered
from interbrain.formats.spectrum import filter_facts, recorded_spectrum
from interbrain.simulate import Member, simulate_recording

BANDS = {"theta": (4, 7), "alpha": (8, 12), "beta": (14, 28)}


def shown(low=None, high=None, order=None):
    """What a recording that was filtered before it came to us shows."""
    raw = simulate_recording(Member(mains_uv=0), seed=[3], duration_s=60, sfreq=250).raw.pick("eeg")
    info = raw.info.copy()  # no header gives the filter
    how = {"order": order, "ftype": "butter"}
    if order:
        raw.filter(low, high, method="iir", iir_params=how, verbose="error")
    elif low or high:
        raw.filter(low, high, verbose="error")
    return recorded_spectrum(mne.io.RawArray(raw._data, info, verbose="error"))


def found(low=None, high=None, order=None):
    return Filtered.of(shown(low, high, order))


@pytest.mark.parametrize(
    ("edges", "order", "taken"),
    [
        ((8, None), None, {"theta"}),
        ((10, None), None, {"theta"}),
        ((9, None), 8, {"theta"}),
        ((3, None), 4, set()),
        ((5, None), 4, set()),
        ((None, 6), None, {"alpha", "beta"}),
        ((None, 7), None, {"alpha", "beta"}),
        ((None, 12), None, {"beta"}),
        ((None, 11), 4, {"beta"}),
        ((1, 40), None, set()),
        ((None, None), None, set()),
    ],
)
def test_a_band_is_taken_where_its_own_filter_finds_little_of_it(edges, order, taken):
    own = found(*edges, order=order)
    assert {name for name, band in BANDS.items() if own and own.takes(band)} == taken


def test_a_band_that_is_cut_and_not_taken_keeps_its_value():
    own = found(5, order=4)
    assert own.cuts(BANDS["theta"]) and not own.takes(BANDS["theta"]) and not own.cuts(BANDS["alpha"])
    assert own.reason(BANDS["theta"]).startswith("a high-pass filter at about 5")


def test_what_is_written_of_it_says_the_same():
    spectrum = shown(None, 8)
    own, back = Filtered.of(spectrum), Filtered.from_json(json.loads(json.dumps(filter_facts(spectrum))))
    for band in BANDS.values():
        assert (back.takes(band), back.reason(band)) == (own.takes(band), own.reason(band))
    assert Filtered.from_json(None) is None


def test_nothing_but_noise_beyond_a_filter_is_no_band():
    """Far beyond the edge all is rounding: half and more of it may be from within the band, by its width."""
    hz = np.arange(0, 60, 0.25)
    own = Filtered(None, 6.0, hz, np.where(hz < 6, 1.0, 1e-9))
    assert own.takes((8, 12)) and own.takes((13, 30)) and not own.takes((3, 6))
