"""Windows are the same instants in both members, and every one that is dropped says why."""

import mne
import numpy as np
import pandas as pd
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import (
    LEDGER,
    NotSimultaneous,
    Signal,
    choose_windows,
    on_therapist_clock,
    read_signal,
    read_simultaneous,
    write_epochs,
)
from interbrain.fif import save

SFREQ, DURATION = 250.0, 40.0
CHANNELS = ["F3", "Fz", "Cz", "O1"]
ROIS = {"frontal": ["F3", "Fz"], "central": ["Cz"]}
FIT = ClockFit(offset=1.3371, drift_ppm=250.0, residual_ms=0.4, n_matched=9)
LIMITS = {"length_s": 5, "edge_s": 2, "max_peak_to_peak_uv": 200, "min_peak_to_peak_uv": 1, "rois": ROIS}


def rhythm(seed=0, duration=DURATION, spans=(), interpolated=()):
    """20 uV of a slow rhythm, another phase in each channel."""
    rng = np.random.default_rng(seed)
    times = np.arange(round(duration * SFREQ)) / SFREQ
    phases = rng.uniform(0, 2 * np.pi, (len(CHANNELS), 1))
    data = 20e-6 * np.sin(2 * np.pi * 10 * times + phases) + 1e-7 * rng.standard_normal(
        (len(CHANNELS), len(times))
    )
    return Signal(data, list(CHANNELS), SFREQ, list(spans), list(interpolated))


def ledger_of(therapist, client, fit=FIT, **changed):
    return choose_windows(therapist, client, fit, **{**LIMITS, **changed})


def client_here(client, therapist, fit=FIT):
    return on_therapist_clock(client, fit, therapist.data.shape[1])


def test_an_event_at_one_true_instant_lands_on_the_same_sample_of_both_members_windows(tmp_path):
    """A 40 ms pulse at a true time, seen by two clocks that differ by 1.3 s and 250 ppm."""
    true_time = 23.456
    own_times = np.arange(round(DURATION * SFREQ)) / SFREQ
    pulse = lambda at: 100e-6 * np.exp(-(((own_times - at) / 0.02) ** 2))  # noqa: E731
    therapist, client = rhythm(1), rhythm(2)
    therapist.data[0] = pulse(true_time)
    client.data[0] = pulse(FIT.to_other(true_time))
    here = client_here(client, therapist)
    ledger = ledger_of(therapist, here)
    write_epochs(tmp_path / "t_epo.fif", therapist, ledger)
    write_epochs(tmp_path / "c_epo.fif", here, ledger)
    ours, theirs = (
        mne.read_epochs(tmp_path / f"{w}_epo.fif", verbose="error").get_data(verbose="error")[:, 0]
        for w in "tc"
    )
    window, sample = np.unravel_index(ours.argmax(), ours.shape)
    assert np.unravel_index(theirs.argmax(), theirs.shape) == (window, sample)
    assert np.abs(ours - theirs).max() < 1e-3 * 100e-6  # the whole pulse, not only its peak
    start = ledger[ledger["kept"] == 1]["start_s"].iloc[window]
    assert start + sample / SFREQ == pytest.approx(true_time, abs=0.5 / SFREQ)


@pytest.mark.parametrize(("frequency", "largest"), [(7, 3e-5), (12, 3e-5), (40, 4e-3)])
def test_putting_a_sine_on_the_other_clock_is_as_exact_as_the_docstring_says(frequency, largest):
    times = np.arange(5000) / SFREQ
    sweep = ClockFit(1.3371, 1000.0, 0.1, 9)  # passes through every place between two samples
    wanted = sweep.to_other(np.arange(4000) / SFREQ)
    for phase in np.linspace(0, np.pi, 5):
        client = Signal(np.sin(2 * np.pi * frequency * times + phase)[None], ["Cz"], SFREQ, [], [])
        error = on_therapist_clock(client, sweep, 4000).data[0] - np.sin(
            2 * np.pi * frequency * wanted + phase
        )
        assert np.abs(error[100:-100]).max() < largest


def test_spans_of_the_client_move_to_the_therapists_clock():
    here = client_here(rhythm(spans=[(20.0, 21.0, "samples lost")]), rhythm())
    (begin, end, why), *_ = here.bad_spans
    assert why == "samples lost"
    assert FIT.to_other(begin) == pytest.approx(20.0) and FIT.to_other(end) == pytest.approx(21.0)
    assert here.role == "client"


def test_windows_are_dropped_where_the_client_was_not_recording():
    therapist = rhythm(1)
    late = ClockFit(-6.0, 0.0, 0.1, 5)  # the client's clock shows 0 when the therapist's shows 6 s
    ledger = ledger_of(therapist, client_here(rhythm(2, duration=25.0), therapist, late), late)
    not_there = ledger["reason"] == "client: not recording"
    # Recorded from 6 to 31 s, and 2 s less at either end: only windows within 8 ... 29 s remain.
    assert list(ledger["start_s"][ledger["kept"] == 1]) == [12.0, 17.0, 22.0]
    assert not_there.equals(ledger["kept"] == 0)


def test_each_fault_is_dropped_with_its_own_reason_and_member():
    therapist, client = (
        rhythm(1, spans=[(10.0, 10.5, "samples lost")]),
        rhythm(2, spans=[(30.0, 30.1, "values missing")]),
    )
    therapist.data[0, round(18 * SFREQ)] = 500e-6
    client.data[2, round(21 * SFREQ) : round(28 * SFREQ)] = 3e-6
    ledger = ledger_of(therapist, client, ClockFit.identity()).set_index("start_s")
    assert ledger["reason"].to_dict() == {
        2.0: "",
        7.0: "therapist: samples lost",
        12.0: "therapist: samples lost",  # ends at 10.5 s, and the filters need 2 s
        17.0: "therapist: amplitude above the limit",
        22.0: "client: flat",
        27.0: "client: values missing",
        32.0: "client: values missing",  # begins less than 2 s after them
    }
    assert ledger["therapist_peak_to_peak_uv"][17.0] > 500


def test_a_window_that_is_bad_in_both_members_names_both():
    therapist, client = (
        rhythm(1, spans=[(10.0, 11.0, "samples lost")]),
        rhythm(2, spans=[(10.0, 11.0, "movement")]),
    )
    ledger = ledger_of(therapist, client, ClockFit.identity())
    assert "therapist: samples lost and client: movement" in set(ledger["reason"])


def test_amplitudes_outside_the_rois_and_of_interpolated_channels_do_not_count():
    therapist, client = rhythm(1, interpolated=["F3"]), rhythm(2)
    therapist.data[0] *= 100
    therapist.data[3] *= 100  # O1 is in no ROI
    assert ledger_of(therapist, client, ClockFit.identity())["kept"].all()


def test_without_a_good_roi_channel_no_window_is_kept():
    therapist = rhythm(1, interpolated=["F3", "Fz", "Cz"])
    ledger = ledger_of(therapist, rhythm(2), ClockFit.identity())
    assert set(ledger["reason"]) == {"therapist: no good ROI channel"}


def test_the_ledger_has_a_row_for_every_window_between_the_edges():
    ledger = ledger_of(rhythm(1), rhythm(2), ClockFit.identity())
    assert list(ledger.columns) == LEDGER
    assert list(ledger["start_s"]) == [2.0, 7.0, 12.0, 17.0, 22.0, 27.0, 32.0]  # 37 s would end at 42 s
    assert list(ledger["window"]) == list(range(7))
    assert ((ledger["stop_s"] - ledger["start_s"]) == 5).all()
    assert ((ledger["reason"] == "") == (ledger["kept"] == 1)).all()


def test_the_ledger_tells_the_same_instant_on_both_clocks():
    therapist = rhythm(1)
    ledger = ledger_of(therapist, client_here(rhythm(2), therapist))
    assert np.allclose(ledger["client_start_s"], FIT.to_other(ledger["start_s"]), rtol=0, atol=1e-6)


def test_signals_on_different_clocks_are_refused():
    with pytest.raises(ValueError, match="on_therapist_clock"):
        ledger_of(rhythm(1), rhythm(2, duration=30.0))


@pytest.fixture
def written(tmp_path):
    """A dyad's pair of epochs files, and another dyad's with the same window times and the same clock."""
    paths = {}
    for name, seed in (("one", 1), ("other", 11)):
        therapist = rhythm(seed)
        client = client_here(rhythm(seed + 1), therapist)
        ledger = ledger_of(therapist, client)
        for role, signal in (("therapist", therapist), ("client", client)):
            paths[name, role] = tmp_path / f"{name}-{role}_epo.fif"
            write_epochs(paths[name, role], signal, ledger)
        paths[name] = therapist, client, ledger
    return paths


def test_a_pair_that_belongs_together_gives_the_starts_of_its_windows(written):
    starts = read_simultaneous(written["one", "therapist"], written["one", "client"], FIT)
    ledger = written["one"][2]
    assert list(starts) == list(ledger["start_s"][ledger["kept"] == 1])


def test_epochs_hold_the_continuous_data_unchanged(written):
    therapist, client, ledger = written["one"]
    for role, signal in (("therapist", therapist), ("client", client)):
        epochs = mne.read_epochs(written["one", role], verbose="error")
        for data, start in zip(
            epochs.get_data(verbose="error"), ledger["start_s"][ledger["kept"] == 1], strict=True
        ):
            first = round(start * SFREQ)
            continuous = signal.data[:, first : first + 1250]
            assert np.abs(data - continuous).max() < 1e-7 * np.abs(continuous).max()  # single precision
        dropped = [reason for log in epochs.drop_log for reason in log]
        assert dropped == list(ledger["reason"][ledger["kept"] == 0])


def test_two_members_of_different_dyads_are_not_simultaneous(written):
    with pytest.raises(NotSimultaneous, match="of one run"):
        read_simultaneous(written["one", "therapist"], written["other", "client"], FIT)


def test_swapped_members_are_not_simultaneous(written):
    with pytest.raises(NotSimultaneous, match="therapist's and the client's"):
        read_simultaneous(written["one", "client"], written["one", "therapist"], FIT)


def test_one_member_twice_is_no_pair(written):
    with pytest.raises(NotSimultaneous):
        read_simultaneous(written["one", "therapist"], written["one", "therapist"], FIT)


def test_another_clock_fit_is_noticed(written):
    moved = ClockFit(FIT.offset + 0.004, FIT.drift_ppm, 0.1, 5)
    with pytest.raises(NotSimultaneous, match=r"4\.0 ms"):
        read_simultaneous(written["one", "therapist"], written["one", "client"], moved)


@pytest.mark.parametrize(
    ("column", "change", "said"),
    [
        ("kept", lambda kept: kept.where(kept.index != 2, 0), "window numbers"),
        ("start_s", lambda start: start + 1 / SFREQ, "window times"),
    ],
)
def test_fewer_or_shifted_windows_are_not_simultaneous(written, tmp_path, column, change, said):
    _, client, ledger = written["one"]
    changed = ledger.assign(**{column: change(ledger[column])})
    if column == "start_s":
        changed["stop_s"] += 1 / SFREQ
    write_epochs(tmp_path / "changed_epo.fif", client, changed)
    with pytest.raises(NotSimultaneous, match=said):
        read_simultaneous(written["one", "therapist"], tmp_path / "changed_epo.fif", FIT)


@pytest.mark.parametrize("n_windows", [7, 0])
def test_no_kept_window_at_all_can_be_written_and_read(tmp_path, n_windows):
    therapist = rhythm(1, duration=DURATION if n_windows else 6.0)
    client = Signal(np.zeros_like(therapist.data), CHANNELS, SFREQ, [], [], role="client")
    ledger = ledger_of(therapist, client, ClockFit.identity())
    assert len(ledger) == n_windows and set(ledger["reason"]) <= {"client: flat"}
    for name, signal in (("t", therapist), ("c", client)):
        write_epochs(tmp_path / f"{name}_epo.fif", signal, ledger)
    starts = read_simultaneous(tmp_path / "t_epo.fif", tmp_path / "c_epo.fif", ClockFit.identity())
    assert len(starts) == 0


def test_a_cleaned_recording_is_read_back_with_its_gaps_and_interpolated_channels(tmp_path):
    info = mne.create_info(CHANNELS, SFREQ, "eeg")
    raw = mne.io.RawArray(rhythm(1).data, info, verbose="error")
    raw.set_annotations(
        mne.Annotations([10.0, 20.0, 5.0], [1.0, 2.0, 0.0], ["BAD_acq_skip", "bad_chair", "x"])
    )
    save(raw, tmp_path / "clean_eeg.fif")
    (tmp_path / "clean_eeg.json").write_text('{"BadChannels": {"O1": "flat"}}')
    signal = read_signal(tmp_path / "clean_eeg.fif", tmp_path / "clean_eeg.json")
    assert signal.bad_spans == [(10.0, 11.0, "samples lost"), (20.0, 22.0, "bad_chair")]
    assert signal.interpolated == ["O1"]
    difference = np.abs(signal.data - raw.get_data())
    difference[:, 2500:2750] = 0  # in a gap MNE keeps no values
    assert difference.max() < 1e-11


def test_a_written_ledger_says_why_or_na(tmp_path):
    from interbrain.dictionary import read_table, write_table

    write_table(tmp_path / "ledger.tsv", ledger_of(rhythm(1), rhythm(2), ClockFit.identity()))
    assert (pd.read_csv(tmp_path / "ledger.tsv", sep="\t", keep_default_na=False)["reason"] == "n/a").all()
    assert read_table(tmp_path / "ledger.tsv")["reason"].isna().all()
