"""Windows are the same instants in both members, and their files can be checked to be a pair."""

import sys
import tracemalloc
from pathlib import Path

import mne
import numpy as np
import pandas as pd
import pytest

from interbrain.clocks import ClockFit
from interbrain.epochs import (
    NotSimultaneous,
    Signal,
    on_therapist_clock,
    read_signal,
    read_simultaneous,
    write_epochs,
)
from interbrain.files.fif import save
from interbrain.tables.windows import LEDGER

sys.path.insert(0, str(Path(__file__).parent))
from rhythms import CHANNELS, DURATION, FIT, SFREQ, client_here, ledger_of, rhythm, same_clock


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


def test_putting_a_recording_on_the_other_clock_takes_less_memory_than_two_copies_of_it():
    client = Signal(np.random.default_rng(0).standard_normal((32, 20_000)), CHANNELS, 250.0, [], [])
    on_therapist_clock(client, FIT, 20)  # imports
    tracemalloc.start()
    try:
        on_therapist_clock(client, FIT, 20_000)
        most = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert most < 2 * client.data.nbytes


def test_spans_of_the_client_move_to_the_therapists_clock():
    here = client_here(rhythm(spans=[(20.0, 21.0, "gap")]), rhythm())
    (begin, end, why), *_ = here.bad_spans
    assert why == "gap"
    assert FIT.to_other(begin) == pytest.approx(20.0) and FIT.to_other(end) == pytest.approx(21.0)
    assert here.role == "client"


def test_the_ledger_has_a_row_for_every_window_between_the_edges():
    ledger = same_clock(rhythm(1), rhythm(2))
    assert ["dyad", "time", "run", *ledger.columns] == LEDGER.names  # whose it is, its writer knows
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
    ledger = same_clock(therapist, client)
    assert len(ledger) == n_windows and set(ledger["reason"]) <= {"client: flat"}
    for name, signal in (("t", therapist), ("c", client)):
        write_epochs(tmp_path / f"{name}_epo.fif", signal, ledger)
    starts = read_simultaneous(tmp_path / "t_epo.fif", tmp_path / "c_epo.fif", ClockFit.identity())
    assert len(starts) == 0


def test_a_cleaned_recording_is_read_back_with_its_bad_spans_and_interpolated_channels(tmp_path):
    info = mne.create_info(CHANNELS, SFREQ, "eeg")
    raw = mne.io.RawArray(rhythm(1).data, info, verbose="error")
    marks = {
        **{"BAD_acq_skip": (10.0, 1.0), "BAD_missing": (12.0, 1.0), "BAD_muscle": (15.0, 0.5)},
        **{"BAD_flat": (17.0, 0.5), "bad_chair, cough": (20.0, 2.0), "x": (5.0, 0.0)},
    }
    raw.set_annotations(mne.Annotations(*zip(*marks.values(), strict=True), list(marks)))
    save(raw, tmp_path / "clean_eeg.fif")
    (tmp_path / "clean_eeg.json").write_text('{"BadChannels": {"O1": "flat"}, "Content": "0123456789abcdef"}')
    signal = read_signal(tmp_path / "clean_eeg.fif", tmp_path / "clean_eeg.json")
    assert signal.bad_spans == [
        (10.0, 11.0, "gap"),
        (12.0, 13.0, "gap"),
        (15.0, 15.5, "muscle"),
        (17.0, 17.5, "flat"),
        (20.0, 22.0, "bad_chair cough"),  # commas separate criteria
    ]
    assert signal.events == [(5.0, "x")]
    assert signal.interpolated == ["O1"] and signal.content == "0123456789abcdef"
    difference = np.abs(signal.data - raw.get_data())
    difference[:, 2500:2750] = 0  # in a gap MNE keeps no values
    assert difference.max() < 1e-11


def test_a_written_ledger_says_why_or_na(tmp_path):
    from interbrain.files.tables import read_table, write_table

    ledger = same_clock(rhythm(1, spans=[(18, 19, "muscle"), (18, 19, "BAD_1")]), rhythm(2))
    named = ledger.assign(dyad="D01", time="pre", run=1)[LEDGER.names]
    write_table(tmp_path / "ledger.tsv", named, LEDGER)
    back = read_table(tmp_path / "ledger.tsv", LEDGER)
    assert (
        pd.read_csv(tmp_path / "ledger.tsv", sep="\t", keep_default_na=False)["reason"] == "n/a"
    ).sum() == 6
    assert back["reason"].isna().sum() == 6 and (back["by"] == "automatic").all()
    assert list(back["therapist_criteria"].dropna()) == ["muscle, BAD_1"]
    assert back["client_criteria"].isna().all()
