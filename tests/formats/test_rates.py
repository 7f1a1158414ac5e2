"""Channels of several sampling rates in one file: the EEG keeps its samples, triggers are held, in phase."""

import struct
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from planted import write_acq_channels, write_xdf_streams, xdf_stream

from interbrain.bids.timing import RunSources, Source, time_session
from interbrain.formats import read_recording, read_triggers
from interbrain.formats.notes import noted
from interbrain.formats.poly5_writing import write_poly5
from interbrain.formats.rates import on_axis
from interbrain.formats.survey import survey

SECONDS = 30
PULSES = np.array([2.0, 5.25, 9.5, 14.75, 21.0, 27.5])  # whole samples of 64 Hz and of its multiples


def wave(rate, hz=10.0, uv=20.0):
    return uv * np.sin(2 * np.pi * hz * np.arange(SECONDS * rate) / rate)


def pulses(rate, onsets=PULSES, *, idle=0.0, active=255.0, seconds=0.1):
    values = np.full(SECONDS * rate, idle)
    for onset in onsets:
        first = int(np.ceil(onset * rate - 1e-9))
        values[first : first + max(round(seconds * rate), 1)] = active
    return values


def write_edf(file, channels, *, unit="uV"):
    """EDF or BDF by the suffix; `channels` is label -> (values, rate); one step a unit."""
    bits = 16 if file.suffix == ".edf" else 24
    top = 2 ** (bits - 1)
    n = len(channels)
    columns = [
        (16, list(channels)),
        (80, [""] * n),
        (8, ["Boolean" if label == "Status" else unit for label in channels]),
        (8, [str(-top)] * n),
        (8, [str(top - 1)] * n),
        (8, [str(-top)] * n),
        (8, [str(top - 1)] * n),
        (80, [""] * n),
        (8, [str(rate) for _, rate in channels.values()]),
        (32, [""] * n),
    ]
    head = (b"0       " if bits == 16 else b"\xffBIOSEMI") + b" " * 160 + b"01.01.2001.00.00"
    head += f"{256 * (n + 1):<8}{'':<44}{SECONDS:<8}{1:<8}{n:<4}".encode()
    head += "".join(f"{text:<{width}}" for width, texts in columns for text in texts).encode()
    packed = [
        np.round(values).astype("<i4").reshape(SECONDS, -1, 1).view(np.uint8)[..., : bits // 8]
        for values, _ in channels.values()
    ]
    body = b"".join(channel[second].tobytes() for second in range(SECONDS) for channel in packed)
    file.write_bytes(head + body)
    return file


def write_gdf(file, channels):
    n = len(channels)
    head = b"GDF 2.20" + bytes(176) + struct.pack("<H", n + 1) + bytes(50)
    head += struct.pack("<qIIHH", SECONDS, 1, 1, n, 0)
    head += b"".join(label.encode().ljust(16, b"\0") for label in channels)
    head += bytes(86 * n) + struct.pack(f"<{n}H", *[4275] * n)
    for limit in (-3000.0, 3000.0, -3000.0, 3000.0):
        head += struct.pack("<d", limit) * n
    head += bytes(80 * n) + struct.pack(f"<{n}i", *[rate for _, rate in channels.values()])
    head += struct.pack("<i", 17) * n + bytes(32 * n)
    rows = [values.reshape(SECONDS, -1).astype("<f8") for values, _ in channels.values()]
    file.write_bytes(head + b"".join(row[second].tobytes() for second in range(SECONDS) for row in rows))
    return file


def written(file, channels):
    return (write_gdf if file.suffix == ".gdf" else write_edf)(file, channels)


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".gdf"])
@pytest.mark.parametrize("trigger_hz", [64, 256, 512, 1024])
@pytest.mark.parametrize("label", ["TRIG", "Marker"])
def test_pulses_begin_where_they_were_recorded_whatever_the_rates(tmp_path, suffix, trigger_hz, label):
    channels = {
        "Fz": (wave(256), 256),
        "ECG": (wave(512, 1.2, 800), 512),
        label: (pulses(trigger_hz), trigger_hz),
        "Cz": (wave(256, 6.0), 256),
        "Resp": (wave(32, 0.3, 300), 32),
    }
    found = read_recording(written(tmp_path / f"rest{suffix}", channels), trigger_channel=label)
    raw = found.raw
    assert found.trigger == label and raw.get_channel_types([label]) == ["stim"]
    assert read_triggers(raw, channel=label).tolist() == PULSES.tolist()
    assert set(np.unique(raw.get_data(picks=[label]))) == {0.0, 255.0}  # held: nothing between the codes


@pytest.mark.parametrize("suffix", [".edf", ".bdf", ".gdf"])
def test_the_eeg_keeps_its_rate_and_its_samples_beside_a_faster_channel(tmp_path, suffix):
    eeg = {"Fz": (wave(256), 256), "Cz": (wave(256, 6.0), 256)}
    alone = read_recording(written(tmp_path / f"alone{suffix}", eeg)).raw
    more = {"ECG": (wave(512, 1.2, 800), 512), **eeg, "TRIG": (pulses(256), 256)}
    raw = read_recording(written(tmp_path / f"more{suffix}", more)).raw
    assert raw.info["sfreq"] == 256 and raw.n_times == alone.n_times
    np.testing.assert_allclose(raw.get_data(["Fz", "Cz"]), alone.get_data(["Fz", "Cz"]), atol=1e-12)
    assert raw.ch_names == ["ECG", "Fz", "Cz", "TRIG"]


def test_other_channels_come_to_the_eegs_rate_in_phase(tmp_path):
    channels = {
        "Fz": (wave(256), 256),
        "Cz": (wave(256), 256),
        "ECG": (wave(512, 10, 1000), 512),
        "Temp": (wave(64, 10, 1000), 64),
    }
    raw = read_recording(written(tmp_path / "rest.bdf", channels)).raw
    inside = slice(2 * 256, 28 * 256)
    for name in ("ECG", "Temp"):
        np.testing.assert_allclose(raw.get_data([name])[0, inside] * 1e6, wave(256, 10, 1000)[inside], atol=5)


def test_eeg_of_two_rates_comes_to_that_of_most_and_is_noted(tmp_path):
    channels = {"Fz": (wave(128), 128), "Cz": (wave(256), 256), "Pz": (wave(256), 256)}
    with noted() as notes:
        raw = read_recording(written(tmp_path / "rest.edf", channels)).raw
    assert raw.info["sfreq"] == 256
    assert notes == ["EEG of another sampling rate was resampled to 256 Hz: Fz"]


def test_a_cap_map_says_which_channels_are_the_eeg(tmp_path):
    channels = {
        "E1": (wave(128), 128),
        "E2": (wave(128), 128),
        **{f"Aux{i}": (wave(512), 512) for i in range(4)},
    }
    raw = read_recording(written(tmp_path / "rest.edf", channels), channel_names={"E1": "Fz", "E2": "Cz"}).raw
    assert raw.info["sfreq"] == 128 and raw.get_channel_types(["Fz", "Cz"]) == ["eeg", "eeg"]


def test_each_of_two_people_in_one_file_keeps_the_own_rate(tmp_path):
    channels = {
        **{f"sub1_{site}": (wave(256), 256) for site in ("Fz", "Cz")},
        **{f"sub2_{site}": (wave(512), 512) for site in ("Fz", "Cz")},
        "TRIG": (pulses(512), 512),
    }
    file = written(tmp_path / "both.edf", channels)
    for mine, theirs, rate in (("sub1_*", "sub2_*", 256), ("sub2_*", "sub1_*", 512)):
        raw = read_recording(file, pattern=mine, partner_pattern=theirs).raw
        assert raw.info["sfreq"] == rate
        assert read_triggers(raw, channel="trig").tolist() == PULSES.tolist()


def test_a_trigger_slower_than_the_eeg_is_noted(tmp_path):
    channels = {"Fz": (wave(256), 256), "TRIG": (pulses(64), 64)}
    with noted() as notes:
        read_recording(written(tmp_path / "rest.edf", channels))
    assert notes == [
        "trigger channel 'TRIG' was sampled at 64 Hz, slower than the EEG (256 Hz): its pulses are seen up "
        "to 15.6 ms late"
    ]


def test_a_pulse_shorter_than_a_sample_of_the_eeg_is_not_lost(tmp_path):
    onsets = PULSES + 0.001  # 1 ms long at 2048 Hz, between two samples of the EEG
    channels = {"Fz": (wave(256), 256), "TRIG": (pulses(2048, onsets, seconds=0.001), 2048)}
    raw = read_recording(written(tmp_path / "rest.edf", channels)).raw
    late = read_triggers(raw, channel="TRIG") - onsets
    assert len(late) == len(onsets) and (late >= 0).all() and (late < 1 / 256).all()


def test_a_held_channel_has_the_value_at_each_instant_or_the_pulse_before_it():
    fast = np.array([0, 0, 0, 0, 0, 7, 0, 0, 0, 3, 3, 3, 3, 3, 0, 0])
    assert on_axis(fast, 4, 1, 4, "stim").tolist() == [0, 0, 7, 3]
    slow = np.array([0, 5, 0])
    assert on_axis(slow, 1, 3, 9, "stim").tolist() == [0, 0, 0, 5, 5, 5, 0, 0, 0]


LIMITS = {
    "max_residual_ms": 10,
    "max_drift_error_ppm": 1e6,
    "max_drift_ppm": 1500,
    "accept_header_time": False,
}


def tied(therapist, client, /, **triggers):
    members = {
        role: Source(role[0].upper(), str(file), triggers=triggers.get(role, triggers.get("both")))
        for role, file in (("therapist", therapist), ("client", client))
    }
    run = time_session("D01", [RunSources(1, "pre", "markers", **members)], clock_limits=LIMITS)["1"]
    assert "problem" not in run, run
    return run


def test_a_faster_channel_in_one_members_file_does_not_move_the_clock(tmp_path):
    eeg = {site: (wave(256), 256) for site in ("Fz", "Cz")}
    therapist = written(tmp_path / "t.edf", {**eeg, "TRIG": (pulses(256), 256)})
    eeg = {site: (wave(256, 6.0), 256) for site in ("Fz", "Cz")}
    client = written(
        tmp_path / "c.edf", {**eeg, "TRIG": (pulses(256), 256), "ECG": (wave(512, 1.2, 800), 512)}
    )
    run = tied(therapist, client, both={"channel": "TRIG"})
    assert run["offset"] == pytest.approx(0, abs=1e-9) and run["residual_ms"] == pytest.approx(0, abs=1e-6)
    assert run["n_matched"] == len(PULSES)


def test_two_amplifiers_with_trigger_channels_of_their_own_are_tied(tmp_path):
    digi = np.vstack([wave(512), wave(512), pulses(512, idle=8, active=0)])
    write_poly5(tmp_path / "t.poly5", digi, 512, ["Fz", "Cz", "Digi"], ["uV", "uV", ""])
    status = pulses(256, active=7) + (1 << 20)
    eeg = {site: (wave(256, 6.0), 256) for site in ("Fz", "Cz")}
    client = written(tmp_path / "c.bdf", {**eeg, "Status": (status, 256)})
    run = tied(tmp_path / "t.poly5", client, therapist={"channel": "Digi"}, client={"channel": "Status"})
    assert run["offset"] == pytest.approx(0, abs=1e-9) and run["residual_ms"] == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize("divider", [1, 4, 16])  # 2000, 500 and 125 Hz beside EEG of 500 Hz
def test_in_acq_files_the_named_channel_is_held_whatever_its_name_unit_and_rate(tmp_path, divider):
    n, onsets = 20_000 // divider, np.array([1.6, 4.0, 7.2])
    puls = np.zeros(n)
    for onset in onsets:
        puls[round(onset * 2000 / divider) :][: 200 // divider] = 5.0
    eeg = 20 * np.sin(2 * np.pi * 10 * np.arange(5000) / 500)
    channels = [("Fz", "uV", 4, eeg), ("Puls", "Volts", divider, puls), ("Cz", "uV", 4, eeg)]
    write_acq_channels(tmp_path / "rest.acq", channels, (), sfreq=2000)
    raw = read_recording(tmp_path / "rest.acq", trigger_channel="puls").raw
    if divider >= 4:
        assert raw.info["sfreq"] == 500
    assert set(np.unique(raw.get_data(picks=["Puls"]))) == {0.0, 5.0}
    np.testing.assert_allclose(read_triggers(raw, channel="Puls"), onsets, atol=1e-9)


def test_in_xdf_files_the_named_channel_is_held_across_lost_samples(tmp_path):
    sfreq, seconds = 250, 60
    data = np.random.default_rng(0).normal(0, 10, (seconds * sfreq, 3))
    data[:, 2] = 0
    for onset in (10.0, 29.9, 50.0):  # the second is under way when samples are lost, from 30 to 31 s
        data[round(onset * sfreq) : round((onset + 2) * sfreq), 2] = 4
    kept = np.r_[: 30 * sfreq, 31 * sfreq : seconds * sfreq]
    stamps = 100 + np.arange(seconds * sfreq) / sfreq
    settings = {"sfreq": float(sfreq), "labels": ["Fz", "Cz", "Puls"]}
    write_xdf_streams(tmp_path / "a.xdf", [xdf_stream(1, "EEG-A", data[kept], stamps[kept], **settings)])
    for wanted in ("Puls", "EEG-A/puls"):
        told = survey(tmp_path / "a.xdf", triggers={"channel": wanted})
        np.testing.assert_allclose(told.pulses, [10.0, 29.9, 50.0], atol=1e-6)
        assert told.lost_s == pytest.approx(1.0) and told.trigger == "trigger channel 'Puls'"
