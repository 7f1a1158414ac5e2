"""Two people who were recorded apart, on other days: real EEG in, no synchrony above chance out."""

import mne
import pytest

from interbrain.bids import recording_stem
from interbrain.bids.clock import read_clock
from interbrain.bids.reading import read_recording_files
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session
from interbrain.cleaning import clean
from interbrain.epochs import Signal, choose_windows, on_therapist_clock
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import roi_table

ROIS = {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}
BANDS = {"theta": [4, 7], "alpha": [8, 12]}
CLOCK_LIMITS = {"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 100}
# Without components, which take their time, and which strangers do not need.
CLEANING = {
    **{"sfreq": 250, "highpass": 1, "lowpass": 40, "line_frequency": 60},
    **{"ica": {"do": False}, "muscle_db": 6, "seed": [1]},
}


@pytest.fixture(scope="module")
def table(shared, tmp_path_factory):
    """PhysioNet eegmmidb, eyes closed (run 2): 61 s at 160 Hz, 64 channels, EDF+."""
    folder = shared / "data/eegmmidb"
    files = [folder / f"{person}R02.edf" for person in ("S001", "S002")]
    if not all(f.is_file() for f in files):
        pytest.skip("the recordings of eegmmidb are not in shared/data")
    root = tmp_path_factory.mktemp("bids")
    pair = [Member("T01", "therapist", files[0]), Member("C01", "client", files[1])]
    signals = []
    sources = {m.role: Source(m.participant, str(m.path)) for m in pair}
    session = [RunSources(1, "pre", "shared_start", **sources, start_s=0.5, stop_s=60.5)]
    timing = time_session("D01", session, cap_map={}, triggers={}, clock_limits=CLOCK_LIMITS)["1"]
    for member, partner in (pair, pair[::-1]):
        meeting = Meeting("D01", 1, "pre", partner.participant, {})
        facts = convert(member, meeting, timing, root, cap_map={}, line_frequency=60)
        assert (facts["n_channels"], facts["sfreq"], facts["duration_s"]) == (64, 160, 60)
        raw = read_recording_files(root / f"{recording_stem(member.participant, 'D01', 'rest', 1)}_eeg.vhdr")
        done = clean(raw, **CLEANING)
        assert len(done.account["BadChannels"]) < 16
        assert isinstance(raw, mne.io.BaseRaw) and done.raw.n_times == 15_000
        signals.append(
            Signal(done.raw.get_data(), done.raw.ch_names, 250.0, [], list(done.account["BadChannels"]))
        )
    fit = read_clock(root / f"{recording_stem('C01', 'D01', 'rest', 1)}_eeg.json")
    therapist, client = signals[0], on_therapist_clock(signals[1], fit, 15_000)
    ledger = choose_windows(
        therapist,
        client,
        fit,
        length_s=5,
        edge_s=2,
        max_peak_to_peak_uv=200,
        max_peak_to_peak_elsewhere_uv=500,
        min_peak_to_peak_uv=1,
        rois=ROIS,
    )
    starts = ledger["start_s"][ledger["kept"] == 1]
    assert len(starts) >= 6
    found, rhythms, _ = dyad_synchrony(
        therapist,
        client,
        starts,
        bands=BANDS,
        length_s=5,
        out_sfreq=100,
        n_shifts=40,
        min_shift_s=5,
        seed=[1],
    )
    return roi_table(found, therapist.channels, client.channels, ROIS, rhythms, 5, {})


@pytest.mark.long
def test_people_recorded_apart_show_no_synchrony_above_chance(table):
    """The SD of uncoupled dyads is about .018 at 125 s, so .03 at 60 s and more with a strong real alpha."""
    homologous = table[table["roi_therapist"] == table["roi_client"]]
    assert (homologous["value"] > 0.1).all()  # and yet the raw value of strangers is far from 0
    assert homologous["above_chance"].abs().max() < 0.1
    assert abs(homologous["above_chance"].mean()) < 0.05, homologous


@pytest.mark.long
def test_nobody_met_in_band_passed_recordings_of_19_channels_and_no_dyad_is_lost(
    shared, tmp_path, monkeypatch, repository
):
    """Fifteen pairs of six people with closed eyes, .5-45 Hz: 0 within 2 SE, and muscles are not judged."""
    if not (shared / "data/eegmmidb/S006R02.edf").is_file():
        pytest.skip("the recordings of eegmmidb are not in shared/data")
    monkeypatch.syspath_prepend(repository / "benchmarks")
    from strangers import mean_and_error, strangers

    rows = strangers(shared / "data/eegmmidb", ("R02", "R02"), tmp_path, components=False, n_shifts=40)
    assert len(rows) == 15
    assert not any(row["judged"] for row in rows) and sum(row["muscle"] for row in rows) == 0
    assert all(row["kept"] >= 8 for row in rows)
    assert sum(row["bridged"] for row in rows) == 5 * 2  # F3 and Fz of the sixth, who is in five pairs
    mean, error = mean_and_error(rows)
    assert abs(mean) < 2 * error
    assert 0 < error < 0.01
