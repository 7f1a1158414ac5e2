"""Filled losses, blocks sent twice, time without reference, joins: from a BDF file to the windows' ledger."""

import json
import shutil

import numpy as np
import pytest

from interbrain.bids import recording_stem
from interbrain.bids.reading import read_described
from interbrain.bids.recording import Meeting, Member, convert
from interbrain.bids.timing import RunSources, Source, time_session, usable
from interbrain.cleaning import clean
from interbrain.clocks import ClockFit
from interbrain.epochs import choose_windows, on_therapist_clock, read_signal
from interbrain.files.fif import save
from interbrain.formats.survey import survey
from interbrain.quality.recordings import COUNTED, _windows_failed
from interbrain.tables.group import QUALITY

SFREQ, SECONDS, EDGE_S, LENGTH_S = 200, 130, 1.0, 2.0
NAMES = ["Fp1", "F3", "Fz", "F4", "C3", "Cz", "C4", "Pz"]
LOSSES_S, TWICE_S, WITHOUT_REFERENCE_S, PAUSE_S = (20.0, 20.5, 21.0), (45.0, 46.5), (70.0, 74.0), 101.0
MARKS = ("BAD_filled", "BAD_repeated", "BAD_cms", "BAD_join")
TRIGGERS = {"channel": None, "idle": None, "dead_time_s": 0.5, "annotation": None}
LIMITS = {
    "max_residual_ms": 10,
    "max_drift_ppm": 1500,
    "max_drift_error_ppm": 100,
    "accept_header_time": False,
}
CLEANING = {"sfreq": 100, "highpass": 1, "lowpass": 40, "line_frequency": 50, "muscle_db": 6, "seed": [1]}


def eeg(seed):
    """Brown noise of 10 µV, with electrodes at potentials of millivolts, in steps of 1/32 µV."""
    rng = np.random.default_rng(seed)
    n = SFREQ * SECONDS
    slow = np.cumsum(rng.standard_normal((4, n)), axis=1)
    slow = rng.standard_normal((len(NAMES), 4)) @ [
        np.convolve(row, [1, *[0] * 200, -1], "same") for row in slow
    ]
    eeg_uv = 10 * slow / slow.std() + 2 * rng.standard_normal((len(NAMES), n))
    return np.round(32 * (eeg_uv + rng.uniform(-4000, 4000, (len(NAMES), 1)))).astype(int)


def with_faults(seed):
    """EEG and Status of a recording that has each of them once."""
    data, n = eeg(seed), SFREQ * SECONDS
    at = [round(t * SFREQ) for t in (*TWICE_S, *WITHOUT_REFERENCE_S, PAUSE_S)]
    for first in (round(t * SFREQ) for t in LOSSES_S):
        data[:, first : first + 40] = data[:, [first - 1]]
    data[:, at[1] :] = data[:, at[0] : n - at[1] + at[0]]
    data[:, at[2] : at[3]] *= 300  # the amplifier is at its limit, or swings by volts
    data[:, at[4] :] += np.arange(len(NAMES))[:, None] * 32_000
    status = np.full(n, 1 << 20)
    status[at[2] : at[3]] = 0
    status[:5] |= 1 << 16
    status[at[4] : at[4] + 5] |= 1 << 16
    return data, status


def write_bdf(file, data, status):
    labels = [*NAMES, "Status"]
    columns = [
        (labels, 16),
        ([""] * 9, 80),
        (["uV"] * 8 + ["Boolean"], 8),
        (["-262144"] * 8 + ["-8388608"], 8),
    ]
    columns += [
        (["262143"] * 8 + ["8388607"], 8),
        (["-8388608"] * 9, 8),
        (["8388607"] * 9, 8),
        ([""] * 9, 80),
    ]
    columns += [([str(SFREQ)] * 9, 8), ([""] * 9, 32)]
    head = b"\xffBIOSEMI" + b" " * 160 + b"10.10.2012.00.00" + f"{2560:<8}{'24BIT':<44}".encode()
    head += f"{SECONDS:<8}{1:<8}{9:<4}".encode()
    head += "".join(f"{text:<{width}}" for texts, width in columns for text in texts).encode()
    whole = np.vstack([data, status]).reshape(9, SECONDS, SFREQ).transpose(1, 0, 2).astype("<i4")
    file.write_bytes(head + whole.copy().view(np.uint8).reshape(*whole.shape, 4)[..., :3].tobytes())
    return file


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("faults")
    write_bdf(folder / "t.bdf", *with_faults(1))
    write_bdf(folder / "c.bdf", eeg(2), np.full(SFREQ * SECONDS, 1 << 20))
    return folder


@pytest.fixture(scope="module")
def converted(folder):
    people = {"therapist": "T01", "client": "C01"}
    files = {role: folder / f"{role[0]}.bdf" for role in people}
    sources = {role: Source(people[role], str(files[role])) for role in people}
    timing = time_session(
        "D01",
        [RunSources(1, "pre", "shared_start", **sources)],
        cap_map={},
        triggers=TRIGGERS,
        clock_limits=LIMITS,
    )
    return {
        role: convert(
            Member(people[role], role, files[role]),
            Meeting("D01", 1, "pre", people["client" if role == "therapist" else "therapist"], {}),
            usable(timing, 1),
            folder / "bids",
            cap_map={},
            line_frequency=50,
        )
        for role in people
    }


def in_dataset(folder, person):
    return read_described(folder / "bids" / f"{recording_stem(person, 'D01', 'rest', 1)}_eeg.vhdr").raw


def cleaned(folder, person):
    done = clean(in_dataset(folder, person), ica={"do": False}, **CLEANING)
    save(done.raw, folder / f"{person}_eeg.fif")
    (folder / f"{person}.json").write_text(json.dumps(done.account))
    return read_signal(folder / f"{person}_eeg.fif", folder / f"{person}.json")


@pytest.fixture(scope="module")
def signals(folder, converted):
    return cleaned(folder, "T01"), cleaned(folder, "C01")


def spans(raw):
    return {
        kind: [(m["onset"], m["duration"]) for m in raw.annotations if m["description"] == kind]
        for kind in MARKS
    }


def planted():
    (begin, again), (lost, found) = TWICE_S, WITHOUT_REFERENCE_S
    return {
        "BAD_filled": [pytest.approx((t, 0.2), abs=0.011) for t in LOSSES_S],
        "BAD_repeated": [pytest.approx((again, again - begin), abs=0.011)],
        "BAD_cms": [pytest.approx((lost, found - lost), abs=0.011)],
        "BAD_join": [pytest.approx((PAUSE_S, 0.0), abs=0.011)],
    }


def test_what_was_not_measured_is_marked_in_a_recording_that_is_converted(folder, converted):
    assert spans(in_dataset(folder, "T01")) == planted()
    assert not any(spans(in_dataset(folder, "C01")).values())
    said, words = " ".join(converted["therapist"]["notes"]), ("run straight 3 times", "to the bit, from 46.5")
    for text in (*words, "(CMS) was out of", "started again at 101"):
        assert text in said


def test_and_in_one_of_a_dataset_that_is_given(folder):
    """Nothing is converted there: cleaning reads the file with the marks that its reader makes."""
    file = folder / "given" / "sub-01" / "eeg" / "sub-01_task-rest_eeg.bdf"
    file.parent.mkdir(parents=True)
    shutil.copy(folder / "t.bdf", file)
    assert spans(read_described(file).raw) == planted()


def test_check_says_that_these_windows_are_not_used(folder):
    told = survey(folder / "t.bdf", triggers=TRIGGERS).notes
    assert len(told) == 4 and all("indow" in note and "used" in note for note in told)


def test_no_window_touches_it_and_the_ledger_says_why(signals):
    therapist, client = signals
    fit = ClockFit.identity()
    client = on_therapist_clock(client, fit, therapist.data.shape[1])
    ledger = choose_windows(
        therapist,
        client,
        fit,
        rois={"all": NAMES},
        length_s=LENGTH_S,
        edge_s=EDGE_S,
        max_peak_to_peak_uv=300,
        max_peak_to_peak_elsewhere_uv=500,
        min_peak_to_peak_uv=0.5,
    )
    reached = {
        "no reference": [WITHOUT_REFERENCE_S],
        "filled loss": [(t, t + 0.2) for t in LOSSES_S],
        "sent twice": [(TWICE_S[1], 2 * TWICE_S[1] - TWICE_S[0])],
        "join": [(PAUSE_S, PAUSE_S)],
    }
    for row in ledger.to_dict("records"):
        why = [
            reason
            for reason, times in reached.items()
            if any(row["start_s"] < stop + EDGE_S and row["stop_s"] > start - EDGE_S for start, stop in times)
        ]
        assert row["reason"] == (f"therapist: {', '.join(why)}" if why else "")
    counts = _windows_failed(ledger, "therapist")
    assert (counts["windows_not_measured"], counts["windows_join"], counts["windows_other"]) == (7, 2, 0)
    assert set(COUNTED) <= set(QUALITY.names)


def test_nothing_rings_beside_it(signals):
    """An amplifier at its limit and electrodes at other potentials leave nothing that windows could hold."""
    therapist, _ = signals
    assert np.abs(therapist.data).max() < 100e-6
