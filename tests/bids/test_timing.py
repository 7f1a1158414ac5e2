"""The clocks of a whole session are tied before any recording is cut; every problem is said at once."""

import re
from pathlib import Path

import numpy as np
import pytest
from scipy.signal import butter, sosfilt

from interbrain.bids import ConversionError
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, require_files, time_session, usable
from interbrain.formats.poly5_writing import write_poly5
from interbrain.quality.cautions import recording_cautions

SFREQ = 250
LIMITS = {
    **{"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 100},
    "accept_header_time": False,
}
TRIGGERS = {"channel": "Digi", "idle": 8, "dead_time_s": 0.5, "annotation": None}
SETTINGS = {"cap_map": {}, "triggers": TRIGGERS, "clock_limits": LIMITS}
OFFSET, DRIFT = 2.0, 200e-6
PULSES = np.sort(np.random.default_rng(3).uniform(2, 598, 40))  # on the therapist's clock


def write(path, pulses, seconds, seed=None, uv=1.0):
    n = round(seconds * SFREQ)
    digital = np.full(n, 8.0)
    for pulse in pulses:
        digital[round(pulse * SFREQ) : round(pulse * SFREQ) + 8] = 0
    eeg = uv * np.random.default_rng([len(pulses), n] if seed is None else seed).standard_normal((2, n))
    write_poly5(path, np.vstack([eeg, digital]), SFREQ, ["Fz", "Cz", "Digi"], ["uV", "uV", ""])
    return str(path)


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One file for each member, over the whole session."""
    folder = tmp_path_factory.mktemp("raw")
    return {
        "therapist": Source("T01", write(folder / "t.Poly5", PULSES, 600)),
        "client": Source("C01", write(folder / "c.Poly5", OFFSET + (1 + DRIFT) * PULSES, 604)),
    }


def test_each_block_of_a_session_file_is_cut_at_the_same_instant_in_both(whole):
    session = [
        RunSources(1, "pre", "auto", **whole, start_s=20.0, stop_s=120.0),
        RunSources(2, "post", "auto", **whole, start_s=450.0, stop_s=550.0),
    ]
    timing = time_session("D01", session, **SETTINGS)
    assert timing["1"]["drift_ppm"] == timing["2"]["drift_ppm"] == pytest.approx(200, abs=2)
    for run, start in (("1", 20.0), ("2", 450.0)):
        one = timing[run]
        assert one["therapist"]["first_sample"] == start * SFREQ
        assert one["therapist"]["n_samples"] == 100 * SFREQ
        begins = one["client"]["first_sample"] / SFREQ
        assert begins == pytest.approx(OFFSET + (1 + DRIFT) * start, abs=1 / SFREQ)
        # The clock between the two blocks: where the therapist's begins, the client's has this reading.
        assert one["offset"] + begins == pytest.approx(OFFSET + (1 + DRIFT) * start, abs=0.002)
        inside = np.array([pulse - start for pulse in PULSES if start <= pulse < start + 100])
        assert one["therapist"]["pulses"] == pytest.approx(inside, abs=1 / SFREQ)
        matched = one["offset"] + (1 + DRIFT) * np.array(one["therapist"]["pulses"])
        assert one["client"]["pulses"] == pytest.approx(matched, abs=2 / SFREQ)


def test_without_a_block_both_files_are_used_whole(whole):
    timing = time_session("D01", [RunSources(1, "pre", "auto", **whole)], **SETTINGS)["1"]
    assert (timing["therapist"]["first_sample"], timing["therapist"]["n_samples"]) == (0, 600 * SFREQ)
    assert (timing["client"]["first_sample"], timing["client"]["n_samples"]) == (0, 604 * SFREQ)


def test_pulses_that_tie_nothing_are_not_called_shared(whole):
    timing = time_session("D01", [RunSources(1, "pre", "shared_start", **whole)], **SETTINGS)["1"]
    assert timing["therapist"]["pulses"] == timing["client"]["pulses"] == []


def test_all_that_is_wrong_with_a_run_is_said_at_once_and_the_other_run_is_used(whole, tmp_path):
    (tmp_path / "broken.Poly5").write_bytes(b"POLY SAMPLE FILE")
    broken = Source("T01", str(tmp_path / "broken.Poly5"))
    lost = Source("C01", str(tmp_path / "nowhere.Poly5"))
    session = [
        RunSources(1, "pre", "auto", broken, lost),
        RunSources(2, "post", "auto", **whole),
    ]
    timing = time_session("D01", session, **SETTINGS)
    with pytest.raises(ConversionError) as error:
        usable(timing, 1)
    first, second = str(error.value).splitlines()
    assert first.startswith("D01 pre, therapist T01: ") and "broken.Poly5" in first
    assert second.startswith("D01 pre, client C01: ") and "no such file" in second
    assert usable(timing, 2)["method"] == "markers"  # a bad file does not take the good ones with it


@pytest.mark.parametrize(
    ("block", "said"),
    [
        (
            {"start_s": 590.0, "stop_s": 700.0},
            "start_s 590 to stop_s 700 is not inside the therapist's recording",
        ),
        ({"start_s": 30.0, "stop_s": 20.0}, "start_s 30 to stop_s 20 is not inside"),
        ({"start_s": 598.5, "stop_s": 599.0}, "holds nothing of the block 598.5 to 599 s"),
    ],
)
def test_a_block_outside_the_recordings_is_refused(whole, block, said):
    with pytest.raises(ConversionError, match="D01 pre: ") as error:
        usable(time_session("D01", [RunSources(1, "pre", "auto", **whole, **block)], **SETTINGS), 1)
    assert said in str(error.value)


def test_a_client_who_was_not_recorded_during_the_block_is_refused(whole, tmp_path):
    late = Source("C01", write(tmp_path / "late.Poly5", PULSES[20:] - 300, 300))
    session = [RunSources(1, "pre", "auto", whole["therapist"], late, start_s=10.0, stop_s=100.0)]
    with pytest.raises(
        ConversionError, match="the client's recording holds nothing of the block 10 to 100 s"
    ):
        usable(time_session("D01", session, **SETTINGS), 1)


def test_a_recording_that_was_saved_for_both_members_is_refused(tmp_path):
    """Under another name, and with other triggers: the signals are the same."""
    pair = {
        "therapist": Source("T01", write(tmp_path / "t.Poly5", PULSES[:10], 120, seed=5)),
        "client": Source("C01", write(tmp_path / "c.Poly5", PULSES[:10] + 0.02, 120, seed=5)),
    }
    timing = time_session("D01", [RunSources(1, "pre", "auto", **pair)], **SETTINGS)
    with pytest.raises(ConversionError, match=r"D01 pre: the therapist's and .* hold the same signals"):
        usable(timing, 1)


def test_the_same_signals_in_another_unit_are_refused(tmp_path):
    pair = {
        "therapist": Source("T01", write(tmp_path / "t.Poly5", PULSES[:10], 120, seed=5)),
        "client": Source("C01", write(tmp_path / "c.Poly5", PULSES[:10], 120, seed=5, uv=2.5)),
    }
    timing = time_session("D01", [RunSources(1, "pre", "auto", **pair)], **SETTINGS)
    with pytest.raises(ConversionError, match="hold the same signals"):
        usable(timing, 1)


def test_the_same_signals_through_another_filter_are_refused_and_other_signals_are_not(tmp_path):
    """As where one recording was exported twice, raw and filtered, and with inverted polarity."""
    n, names = 60 * SFREQ, ["Fp1", "Fp2", "F3", "F4", "C3", "C4", "P3", "P4", "O1", "O2"]
    gains = np.linspace(5, 20, len(names))[:, None]

    def file(name, seed, filtered):
        eeg = gains * np.random.default_rng(seed).standard_normal((len(names), n))
        if filtered:
            eeg = -sosfilt(butter(2, (1.6, 30), "bandpass", fs=SFREQ, output="sos"), eeg)
        write_poly5(tmp_path / name, eeg, SFREQ, names, ["uV"] * len(names))
        return Source(name, str(tmp_path / name))

    therapist = file("t.Poly5", 5, filtered=False)
    for seed, alike in ((5, True), (6, False)):
        pair = {"therapist": therapist, "client": file(f"c{seed}.Poly5", seed, filtered=True)}
        run = RunSources(1, "pre", "shared_start", **pair)
        told = time_session("D01", [run], **{**SETTINGS, "triggers": None})["1"]
        assert ("hold the same signals" in told.get("problem", "")) == alike
        assert alike or told["method"] == "shared_start"


def test_a_recording_saved_again_in_place_of_another_time_refuses_both_times(tmp_path):
    """In other units and with other triggers; parts of one file are as they should be."""
    files = {
        "t1": write(tmp_path / "t1.Poly5", PULSES[:10], 120, seed=5),
        "c1": write(tmp_path / "c1.Poly5", PULSES[:10], 120, seed=6),
        "t2": write(tmp_path / "t2.Poly5", PULSES[:10], 120, seed=7),
        "c2": write(tmp_path / "c2.Poly5", PULSES[:10] + 0.01, 120, seed=6, uv=2.5),
    }

    def told(second_client, until=None, **bounds):
        pre = {"therapist": Source("T01", files["t1"]), "client": Source("C01", files["c1"]), "stop_s": until}
        post = {"therapist": Source("T01", files["t2"]), "client": Source("C01", second_client)}
        session = [RunSources(1, "pre", "auto", **pre), RunSources(2, "post", "auto", **post, **bounds)]
        return [timing.get("problem", "") for timing in time_session("D01", session, **SETTINGS).values()]

    of_pre, of_post = told(files["c2"])
    assert "D01 pre: the client's recording holds the same signals as the client's of post" in of_pre
    assert "D01 post: the client's recording holds the same signals as the client's of pre" in of_post
    assert told(files["c2"], until=60, start_s=60, stop_s=110) == ["", ""]
    assert all("holds the same signals" in said for said in told(files["c2"], start_s=60, stop_s=110))
    assert told(files["c1"], start_s=10, stop_s=60) == ["", ""]


def test_a_weak_partner_and_a_short_time_together_are_noted_for_the_report(tmp_path):
    pulses = PULSES[:14]
    pair = {
        "therapist": Source("T01", write(tmp_path / "t.Poly5", pulses, 200, uv=20)),
        "client": Source("C01", write(tmp_path / "c.Poly5", pulses[pulses < 118], 120)),
    }
    timing = usable(time_session("D01", [RunSources(1, "pre", "markers", **pair)], **SETTINGS), 1)
    strength, length = timing["partner_notes"]
    assert re.match("the therapist's EEG is (19|20|21) times as strong as the client's ", strength)
    assert length == "therapist 200 s, client 120 s; both were recorded for only 120 s"
    client = Member("C01", "client", Path(pair["client"].path))
    meeting = Meeting("D01", 1, "pre", "T01", {})
    settings = {"cap_map": {}, "line_frequency": 50}
    facts = convert(client, meeting, timing, tmp_path / "bids", **settings)
    assert {strength, length} <= {caution["what"] for caution in recording_cautions([facts])}


def test_a_raw_file_that_is_gone_is_no_fact_about_the_recording(tmp_path):
    """A drive that was detached comes back: what is kept of a session must not say otherwise."""
    (tmp_path / "t.edf").touch()
    session = [RunSources(1, "pre", "auto", *(Source("X", str(tmp_path / f"{role}.edf")) for role in "tc"))]
    with pytest.raises(FileNotFoundError, match=r"c\.edf"):
        require_files(session)
    (tmp_path / "c.edf").touch()
    require_files(session)
