"""Two labels that were swapped in a cap map are found in all recordings together, and named once."""

from functools import cache
from types import SimpleNamespace

import numpy as np

from interbrain.doctor.sites import check_sites
from interbrain.formats.channel_likeness import Likeness, likeness
from interbrain.formats.survey import Survey
from interbrain.simulate import CHANNELS, simulate_recording
from interbrain.study.tables import Found


@cache
def heads():
    return [likeness(simulate_recording(seed=[seed], duration_s=24, sfreq=200).raw) for seed in range(2)] * 2


def warned(order, n=4):
    """What is said of `n` recordings whose channels have the labels of those at `order`."""
    found = [Likeness(each.names, each.matrix[np.ix_(order, order)]) for each in heads()[:n]]
    read = [
        SimpleNamespace(
            survey=Survey("x.edf", "edf", 200.0, 24.0, tuple(CHANNELS), likeness=each),
            cap_table="config/cap_map.tsv",
            shown="therapist, x.edf",
        )
        for each in found
    ]
    done = Found()
    check_sites(read, "recordings.tsv", done)
    return [str(warning) for warning in done.warnings]


def test_a_swap_in_the_cap_map_is_named_once_with_the_table():
    order = np.arange(len(CHANNELS))
    one, other = CHANNELS.index("C3"), CHANNELS.index("F4")
    order[[one, other]] = order[[other, one]]
    [said] = warned(order)
    assert "cap_map.tsv" in said and "C3" in said and "F4" in said and "mean of 4 recordings" in said
    assert warned(order, n=3) == []


def test_right_labels_are_not_mentioned():
    assert warned(np.arange(len(CHANNELS))) == []
