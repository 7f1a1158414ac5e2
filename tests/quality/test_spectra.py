"""The spectra of channels become those of the study's sites, whatever the sites are."""

import numpy as np
import pytest

from interbrain.files.spectra import ChannelSpectra, read_spectra
from interbrain.quality.spectra import site_spectra

FREQUENCY = np.arange(1, 60.5, 0.5)
CHANNELS = np.array(["F3", "Fz", "Cz"])


def spectra(levels_uv2=(1.0, 3.0, 100.0), mains_db=0.0):
    """Flat spectra of these levels, with a line at 50 Hz before cleaning."""
    power = np.array(levels_uv2)[:, None] * np.ones(len(FREQUENCY)) * 1e-12
    line = np.where(FREQUENCY == 50, 10 ** (mains_db / 10), 1)
    return ChannelSpectra(FREQUENCY, CHANNELS, power * line, power, power / 10)


def of(rois, bad=(), mains_hz=50.0, **settings):
    return site_spectra(spectra(**settings), {"BadChannels": dict.fromkeys(bad), "MainsHz": mains_hz}, rois)


def test_power_is_averaged_before_it_becomes_decibels():
    found = of({"frontal": ["F3", "Fz"]})
    assert found.before_db == pytest.approx(10 * np.log10(2), abs=1e-4)
    assert found.after_db == pytest.approx(10 * np.log10(0.2), abs=1e-4)


def test_a_channel_of_two_sites_counts_once():
    found = of({"frontal": ["F3", "Fz"], "midline": ["Fz"]})
    assert found.before_db == pytest.approx(10 * np.log10(2), abs=1e-4)


def test_bad_channels_are_left_out_unless_all_are():
    rois = {"frontal": ["F3", "Fz"]}
    assert of(rois, bad=["Fz"]).before_db == pytest.approx(0, abs=1e-4)
    assert of(rois, bad=["F3", "Fz"]).before_db == pytest.approx(10 * np.log10(2), abs=1e-4)


def test_the_mains_stand_above_their_neighbours_by_what_was_planted():
    assert of({"central": ["Cz"]}, mains_db=23.0).line_noise_db == pytest.approx(23)
    assert of({"central": ["Cz"]}).line_noise_db == pytest.approx(0)
    assert of({"central": ["Cz"]}, mains_hz=120.0).line_noise_db is None


def test_spectra_come_back_as_they_went_and_give_the_same_bytes(tmp_path):
    for name in ("one.npz", "two.npz"):
        spectra().save(tmp_path / name)
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    back = read_spectra(tmp_path / "one.npz")
    assert back.channels.tolist() == CHANNELS.tolist()
    assert np.array_equal(back.recorded, spectra().recorded)
