"""The axes of figures can be read."""

from itertools import pairwise

import pytest

from interbrain.report.figures.drawing import Canvas
from interbrain.report.figures.look import own_look


@pytest.mark.parametrize("ends", [(-0.012, 0.013), (-0.0012, 0.0009)])
def test_the_numbers_of_an_axis_do_not_touch(ends):
    with own_look():
        canvas = Canvas(200, 120)
        canvas.axes.set_xlim(*ends)
        canvas.axes.set_xlabel("x")
        canvas.lay_out()
        boxes = [label.get_window_extent() for label in canvas.axes.get_xticklabels()]
        inside = canvas.axes.get_window_extent()
        shown = [box for box in boxes if inside.x0 - 1 <= (box.x0 + box.x1) / 2 <= inside.x1 + 1]
    assert len(shown) >= 2
    assert all(one.x1 < other.x0 for one, other in pairwise(shown))
