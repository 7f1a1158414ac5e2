"""A dyad's course over a recording: every window that has a value, no line over those that have none."""

import re

import numpy as np
import pandas as pd

from interbrain.report.figures.course import Event, courses


def brains(starts, bands=("theta", "alpha")):
    rows = [
        {"start_s": start, "band": band, "roi_therapist": one, "roi_client": other, "estimator": "plv"}
        | {"above_chance": 0.1 + 0.01 * place}
        for band in bands
        for one in ("frontal", "central")
        for other in ("frontal", "central")
        for place, start in enumerate(starts)
    ]
    return pd.DataFrame(rows)


def bodies(values):
    starts = 30.0 * np.arange(len(values))
    return pd.DataFrame(
        {
            "kind": "eda",
            "measure": "wcc_absolute",
            "start_s": starts,
            "stop_s": starts + 65,
            "above_chance": values,
        }
    )


def test_a_panel_a_band_with_a_line_for_the_same_site_in_both_brains():
    panels = courses(brains(range(0, 100, 5)), None, [], "D01 session", 5)
    assert [panel.alt.split(",")[1].strip() for panel in panels] == ["theta", "alpha"]
    assert all("frontal: 20 windows" in panel.alt and "central: 20 windows" in panel.alt for panel in panels)


def test_windows_without_a_value_are_not_counted_and_break_the_line():
    whole = courses(None, bodies([0.1, 0.2, 0.3, 0.2]), [], "D01", 5)[0]
    gap = courses(None, bodies([0.1, np.nan, 0.3, 0.2]), [], "D01", 5)[0]
    assert "4 windows, mean 0.200" in whole.alt and "3 windows, mean 0.200" in gap.alt

    def moves(panel):
        return max(len(re.findall("M", d)) for d in re.findall(r' d="([^"]+)"', panel.svg))

    assert moves(gap) > moves(whole)


def test_windows_that_are_left_out_break_the_line_too():
    def moves(starts):
        panel = courses(brains(starts, ["theta"]), None, [], "D01", 5)[0]
        return sum(len(re.findall("M", d)) for d in re.findall(r' d="(M[^"]+)"', panel.svg))

    every = list(range(0, 100, 5))
    without = [start for start in every if not 40 <= start <= 60]
    assert moves(without) > moves(every)


def test_events_say_their_code_and_time_and_every_panel_has_one_time_axis():
    panels = courses(brains(range(0, 100, 5)), bodies([0.1, 0.2]), [Event(20, 15, "rupture")], "D01", 5)
    assert len(panels) == 3
    assert all("rupture, 20 to 35 s" in panel.svg for panel in panels)


def test_without_windows_there_is_no_panel():
    assert courses(None, None, [Event(1, 2, "x")], "D01", 5) == []
    assert courses(brains([]), bodies([]), [], "D01", 5) == []
