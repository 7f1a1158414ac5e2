"""Triggers that do not match at the sampling rates of the files: the message has the rates that fit."""

import numpy as np
import pytest

from interbrain.clocks import ClockError
from interbrain.clocks.runs import SessionRun
from interbrain.clocks.session import tie_session
from interbrain.formats.survey import Survey

LIMITS = {
    "max_residual_ms": 10,
    "max_drift_error_ppm": 100,
    "max_drift_ppm": 1500,
    "accept_header_time": False,
}


def tied(stated, true, *, unrelated=False, sfreq=500.0):
    """A therapist at 500 Hz, and a client whose file says `stated`, and was recorded at `true` Hz."""
    rng = np.random.default_rng(4)
    pulses = np.cumsum(rng.uniform(5, 9, 14))
    other = np.cumsum(rng.uniform(5, 9, 14)) if unrelated else pulses * (1 + 40e-6) + 2.5
    duration = pulses[-1] + 5
    therapist = Survey("t.edf", "edf", sfreq, duration, ("Cz",), pulses=tuple(pulses))
    seen = tuple(np.delete(other, 3) * true / stated)
    client = Survey("c.edf", "edf", stated, duration * true / stated, ("Cz",), pulses=seen)
    return tie_session([SessionRun("rest", therapist, client, "markers")], limits=LIMITS)[0]


@pytest.mark.parametrize(
    ("stated", "true"), [(500, 512), (512, 500), (500, 488.2812), (256, 250), (1000, 500)]
)
def test_the_rate_at_which_triggers_match_is_named(stated, true):
    tie = tied(stated, true)
    assert isinstance(tie, ClockError)
    assert "13 of 14 and 13 pulses match only if one of the two sampling rates is wrong" in tie.what
    assert f"the client's is {true:.6g} Hz and not {stated}" in tie.what
    assert "start_marker" not in tie.hint  # which would tie clocks that run at different speeds


def test_triggers_of_different_sessions_match_at_no_rate():
    tie = tied(500, 500, unrelated=True)
    assert isinstance(tie, ClockError) and "sampling rates" not in tie.what


def test_right_rates_are_tied():
    assert tied(512, 512).fit.n_matched == 13
