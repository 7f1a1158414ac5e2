"""From raw Mobita files with a known truth to PLV above chance, through every room that lies between."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from scipy import stats

from interbrain.cleaning import clean
from interbrain.clocks import ClockFit, align
from interbrain.epochs import SPAN_REASONS, Signal, choose_windows, on_therapist_clock
from interbrain.formats import mark_gaps, read_recording, read_triggers
from interbrain.simulate import CHANNELS, Member, simulate_dyad
from interbrain.synchrony.dyad import dyad_synchrony
from interbrain.synchrony.sites import roi_table

BANDS = {"theta": [4, 7], "alpha": [8, 12]}
ROIS = {"frontal": ["F3", "Fz", "F4"], "central": ["C3", "Cz", "C4"]}
ROI_CHANNELS = [c for names in ROIS.values() for c in names]
CAP = {f"ExG{i:02d}": name for i, name in enumerate(CHANNELS, 1)}
DURATION, SFREQ, WINDOW = 125, 160, 5  # a rate with room for either band and the mains: it makes no PLV
# Every PLV of the dose once in each band, so that no band's own SNR can make the order.
DOSE = [(0.0, 0.85), (0.3, 0.6), (0.6, 0.3), (0.85, 0.0)]
UNCOUPLED_DYADS = 4
# Without components: what they take away and leave is on trial in cleaning's own tests.
CLEANING = {
    **{"sfreq": SFREQ, "highpass": 1, "lowpass": 40, "line_frequency": 50},
    **{"ica": {"do": False}, "muscle_db": 6, "seed": [1]},
}


@dataclass(frozen=True)
class Dyad:
    truth: dict
    fit: ClockFit
    therapist: Signal
    client: Signal


def read(path: Path, *, gaps_marked=True):
    raw = read_recording(path, channel_names=CAP).raw.load_data()
    return mark_gaps(raw) if gaps_marked else raw


def cleaned(raw) -> Signal:
    done = clean(raw, **CLEANING)
    spans = [
        (a["onset"], a["onset"] + a["duration"], SPAN_REASONS[a["description"].lower()])
        for a in done.raw.annotations
    ]
    own = [c for c in ROI_CHANNELS if c in done.account["BadChannels"]]
    return Signal(done.raw.get_data(picks=ROI_CHANNELS), ROI_CHANNELS, float(SFREQ), spans, own)


def simulated(folder, seed, plv, **client):
    paths = folder / f"{seed}_therapist.Poly5", folder / f"{seed}_client.Poly5"
    truth = simulate_dyad(
        *paths,
        plv=plv,
        frequencies={"theta": 5.5, "alpha": 10},
        bands=BANDS,
        rois=ROIS,
        therapist=Member(),
        client=Member(**{"offset_s": 1.734, "drift_ppm": 60, **client}),
        duration_s=DURATION,
        sfreq=SFREQ,
        line_frequency=50,
        same_room=True,
        start=datetime(2018, 11, 5, 10),
        seed=[seed],
    )
    return truth["bands"], *paths


def dyad(folder, seed, plv, **client) -> Dyad:
    return as_read(*simulated(folder, seed, plv, **client))


def as_read(truth, *paths, gaps_marked=True) -> Dyad:
    raws = [read(path, gaps_marked=gaps_marked) for path in paths]
    # The pulses are always read with the gaps marked: here the signals are on trial, not the triggers.
    marked = raws if gaps_marked else [read(path) for path in paths]
    fit = align(*(read_triggers(raw, channel="Digi") for raw in marked))
    return Dyad(truth, fit, *(cleaned(raw) for raw in raws))


def measured(pair: Dyad, *, fit=None, between=(0.0, np.inf), whole=False, n_shifts=40):
    """PLV, chance and what is above it, for each band: the mean over the ROIs of ROI means."""
    fit = pair.fit if fit is None else fit
    client = on_therapist_clock(pair.client, fit, pair.therapist.data.shape[1])
    ledger = choose_windows(
        pair.therapist,
        client,
        fit,
        length_s=WINDOW,
        edge_s=2,
        max_peak_to_peak_uv=1e4,  # blinks stay in: a window's amplitude is not on trial here
        max_peak_to_peak_elsewhere_uv=1e4,
        min_peak_to_peak_uv=1,
        rois=ROIS,
    )
    kept = ledger[
        (ledger["kept"] == 1) & (ledger["start_s"] >= between[0]) & (ledger["stop_s"] <= between[1])
    ]
    starts, length = kept["start_s"].to_numpy(), WINDOW
    if whole:
        starts, length = starts[:1], kept["stop_s"].max() - starts[0]
    found, rhythms, _ = dyad_synchrony(
        pair.therapist,
        client,
        starts,
        bands=BANDS,
        length_s=length,
        out_sfreq=100,
        n_shifts=n_shifts,
        min_shift_s=5,
        seed=[1],
    )
    table = roi_table(found, ROI_CHANNELS, ROI_CHANNELS, ROIS, rhythms, length, {})
    homologous = table[table["roi_therapist"] == table["roi_client"]]
    table = homologous.rename(columns={"value": "plv"}).groupby("band")
    return table[["plv", "chance", "above_chance"]].mean().to_dict("index")


def debiased(value):
    """What is left of a PLV when E[PLV^2] = P^2 + (1 - P^2) chance^2 is solved for P."""
    return np.sqrt((value["plv"] ** 2 - value["chance"] ** 2) / (1 - value["chance"] ** 2))


@pytest.fixture(scope="module")
def dose(tmp_path_factory):
    folder = tmp_path_factory.mktemp("dose")
    return [dyad(folder, seed, {"theta": theta, "alpha": alpha}) for seed, (theta, alpha) in enumerate(DOSE)]


@pytest.fixture(scope="module")
def dose_found(dose):
    """One entry a dyad and band: planted and expected PLV, and what windows and the whole recording gave."""
    entries = []
    for pair, planted in zip(dose, DOSE, strict=True):
        windows, whole, unaligned = (
            measured(pair),
            measured(pair, whole=True, n_shifts=2),
            measured(pair, fit=ClockFit.identity()),
        )
        for band, source in zip(BANDS, planted, strict=True):
            entries.append(
                SimpleNamespace(
                    band=band,
                    source=source,
                    expected=pair.truth[band]["expected_plv"],
                    windows=windows[band],
                    whole=whole[band],
                    unaligned=unaligned[band],
                )
            )
    return entries


@pytest.mark.long
def test_uncoupled_dyads_lie_at_chance_on_average(tmp_path, dose_found):
    above = [entry.windows["above_chance"] for entry in dose_found if entry.source == 0]
    for seed in range(100, 100 + UNCOUPLED_DYADS):
        found = measured(dyad(tmp_path, seed, {"theta": 0, "alpha": 0}))
        above += [found[band]["above_chance"] for band in BANDS]
    assert len(above) == 10
    # Seeds are fixed, so the level only says how far from 0 a mean of ten may lie: 1 in 1000 by chance.
    assert stats.ttest_1samp(above, 0).pvalue > 0.001
    # METHODS: the SD between uncoupled dyads is about .011 at 300 s, so .017 at 125 s; a mean of ten beyond
    # .02 would be nearly four standard errors, and every single dyad stays far below the weakest coupling's.
    assert abs(np.mean(above)) < 0.02
    assert np.std(above, ddof=1) < 0.03


def test_stronger_coupling_gives_more_synchrony_above_chance_in_either_band(dose_found):
    for band in BANDS:
        entries = sorted((e for e in dose_found if e.band == band), key=lambda e: e.source)
        assert [e.source for e in entries] == [0.0, 0.3, 0.6, 0.85]
        assert np.all(np.diff([e.windows["above_chance"] for e in entries]) > 0)
        assert np.all(np.diff([e.whole["plv"] for e in entries]) > 0.1)


def test_the_whole_recording_shows_the_plv_that_the_simulator_expects_at_the_sensors(dose_found):
    """The truth knows this run's oscillators; only the sensors' noise is left to chance.

    A recording of 120 s holds at least 120 s x 3 Hz = 360 independent samples of it, so that one channel
    pair scatters by less than 1 / sqrt(2 x 360) = .037, and the mean over the pairs by less still.
    """
    off = [e.whole["plv"] - e.expected for e in dose_found if e.source]
    assert len(off) == 6
    assert np.max(np.abs(off)) < 0.03
    assert abs(np.mean(off)) < 3 * 0.037 / 3 / np.sqrt(6)  # about 9 pairs in a mean, and 6 means: .015


def test_windows_show_the_expected_plv_and_the_bias_that_the_chance_level_tells(dose_found):
    """E[PLV^2] = P^2 + (1 - P^2) chance^2: what a window shows of a coupling P, and P from what it shows."""
    coupled = [e for e in dose_found if e.source]
    predicted = [np.sqrt(e.expected**2 + (1 - e.expected**2) * e.windows["chance"] ** 2) for e in coupled]
    # Three standard deviations between dyads (METHODS: .011 at 300 s, so .017 at 125 s).
    assert np.max(np.abs([e.windows["plv"] for e in coupled] - np.array(predicted))) < 3 * 0.017
    # Backwards the error grows as PLV / P: only strong coupling can be told so well from single dyads.
    strong = [e for e in coupled if e.source >= 0.6]
    assert np.max(np.abs([debiased(e.windows) - e.expected for e in strong])) < 3 * 0.017 * 1.2
    # The bias that is taken off is not small.
    assert np.mean([e.windows["plv"] - e.expected for e in dose_found]) > 0.05


def test_without_the_clocks_alignment_the_coupling_is_lost(dose_found):
    unaligned = [e.unaligned["above_chance"] for e in dose_found if e.source >= 0.6]
    aligned = [e.windows["above_chance"] for e in dose_found if e.source >= 0.6]
    assert min(aligned) > 0.15
    assert np.max(np.abs(unaligned)) < 0.05  # three standard deviations of uncoupled dyads


def test_uncorrected_drift_lowers_synchrony_and_corrected_drift_does_not(tmp_path):
    pair = dyad(tmp_path, 7, {"theta": 0.85, "alpha": 0.85}, drift_ppm=1000)
    assert pair.fit.drift_ppm == pytest.approx(1000, abs=5 * pair.fit.drift_error_ppm)
    # The offset at the first instant is right; only what accrues, 125 ms by the end, is not.
    offset_only = ClockFit(pair.fit.offset, 0.0, pair.fit.residual_ms, pair.fit.n_matched)
    whole, drifted = (measured(pair, fit=fit, whole=True, n_shifts=2) for fit in (pair.fit, offset_only))
    for band in BANDS:
        assert whole[band]["plv"] == pytest.approx(pair.truth[band]["expected_plv"], abs=0.03)
    # Alpha turns by 1.25 cycles against itself in 125 s, theta by 0.69: sinc(1.25) and sinc(0.69) remain.
    assert drifted["alpha"]["plv"] == pytest.approx(abs(np.sinc(1.25)) * whole["alpha"]["plv"], abs=0.1)
    assert drifted["theta"]["plv"] == pytest.approx(abs(np.sinc(0.69)) * whole["theta"]["plv"], abs=0.1)


@pytest.fixture(scope="module")
def lost(tmp_path_factory):
    """1.5 s lost by the client at 60 s of its clock, which is 58.3 s of the therapist's; marked or not."""
    folder, plv = tmp_path_factory.mktemp("lost"), {"theta": 0.85, "alpha": 0.85}
    made = simulated(folder, 11, plv, lost_at_s=60.0, lost_s=1.5)
    return {marked: as_read(*made, gaps_marked=marked) for marked in (True, False)}


@pytest.mark.parametrize("band", BANDS)
def test_lost_samples_that_are_not_marked_destroy_the_coupling_behind_them(lost, band):
    before, after = (measured(lost[False], between=b)[band]["above_chance"] for b in ((0, 57), (62, 125)))
    assert before > 0.15
    assert abs(after) < 0.07  # half the time, so sqrt(2) x .05


@pytest.mark.parametrize("band", BANDS)
def test_lost_samples_that_are_marked_cost_only_the_windows_that_hold_them(lost, band):
    before, after = (measured(lost[True], between=b)[band]["above_chance"] for b in ((0, 57), (62, 125)))
    assert before > 0.15
    assert after > 0.15


def test_mains_that_both_amplifiers_share_are_no_synchrony(tmp_path):
    """Both members of a room get the same strong 50 Hz; without any other coupling nothing is left."""
    _, *paths = simulated(tmp_path, 21, {"theta": 0, "alpha": 0})
    before = [read(path) for path in paths]
    fit = align(*(read_triggers(raw, channel="Digi") for raw in before))
    for raw, clock in zip(before, (ClockFit.identity(), fit), strict=True):
        # Strong enough to dominate every channel: 100 uV, the same phase at the same true time.
        mains = 100e-6 * np.sin(2 * np.pi * 50 * clock.to_reference(raw.times))
        raw._data[: len(CHANNELS)] += mains
    found = measured(Dyad({}, fit, *(cleaned(raw) for raw in before)))
    for band in BANDS:
        assert abs(found[band]["above_chance"]) < 0.05
