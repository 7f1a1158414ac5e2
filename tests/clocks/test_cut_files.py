"""From files to a tie: a member's file that was cut, and two streams whose rates are a little off."""

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "formats"))
import planted
from planted import PLANTED, SECRETS, write_xdf_streams, xdf_stream

from interbrain.clocks.runs import SessionRun
from interbrain.clocks.session import tie_session
from interbrain.formats.survey import survey

LIMITS = {
    "max_residual_ms": 4.0,
    "max_drift_error_ppm": 50.0,
    "max_drift_ppm": 1500.0,
    "accept_header_time": False,
}
PULSES = [3.1, 11.7, 18.2, 30.9, 37.4, 52.3, 60.1, 71.8, 80.2, 95.5, 104.4, 113.0]


def test_a_client_whose_file_was_cut_keeps_the_therapists_time_throughout(tmp_path, monkeypatch):
    PLANTED["eeglab"](tmp_path / "therapist", SECRETS, PULSES, 120, 250)
    signals = planted.signals

    def cut(*args):
        eeg, trigger = signals(*args)
        return np.delete(eeg, np.s_[10000:12033], axis=1), np.delete(trigger, np.s_[10000:12033])

    monkeypatch.setattr(planted, "signals", cut)
    boundary = ("boundary", 10000.5, 2033)
    PLANTED["eeglab"](tmp_path / "client", SECRETS, PULSES, 120, 250, events=[boundary])
    found = [survey(tmp_path / f"{who}.set", triggers={"channel": "Digi"}) for who in ("therapist", "client")]
    assert [told.duration_s for told in found] == [120, 120]
    assert found[1].lost_s == pytest.approx(8.132)
    (tie,) = tie_session([SessionRun("pre", *found, sync="auto")], limits=LIMITS)
    assert tie.fit.n_matched == len(PULSES)
    assert tie.fit.offset == pytest.approx(0, abs=1e-9) and tie.fit.residual_ms < 1e-6


def test_two_streams_of_one_file_tie_by_the_lsl_clock_at_any_drift(tmp_path):
    streams = [
        xdf_stream(
            number,
            name,
            np.random.default_rng(number).normal(0, 10, (60 * 500, 3)),
            begun + np.arange(60 * 500) / rate,
            sfreq=500.0,
            labels=["F3", "Fz", "Cz"],
        )
        for number, name, begun, rate in ((1, "A", 100.0, 499.83), (2, "B", 101.5, 500.6))
    ]
    marks = xdf_stream(9, "Stimuli", ["pulse"] * 5, [105.0, 112.5, 127.1, 140.9, 151.0], kind="Markers")
    write_xdf_streams(tmp_path / "both.xdf", [*streams, marks])
    found = [
        survey(
            tmp_path / "both.xdf",
            pattern=f"{mine}/*",
            partner_pattern=f"{other}/*",
            triggers={"annotation": "pulse"},
        )
        for mine, other in ("AB", "BA")
    ]
    (tie,) = tie_session([SessionRun("pre", *found, sync="auto")], limits=LIMITS)
    assert tie.method == "lsl_clock"
    assert tie.fit.drift_ppm == pytest.approx(1e6 * (500.6 / 499.83 - 1), abs=0.01)
    np.testing.assert_allclose(tie.fit.to_other(np.array(found[0].pulses)), found[1].pulses, atol=1e-6)
    assert "drift apart by 1541 ppm, more than max_drift_ppm" in tie.notes[0]
