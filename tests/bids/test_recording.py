"""One raw recording becomes its BIDS files: complete, the same in both partners, and anonymous."""

import json
from dataclasses import replace
from datetime import UTC, datetime

import mne
import numpy as np
import pytest

from interbrain.bids import ConversionError, recording_stem
from interbrain.bids.clock import read_clock
from interbrain.bids.reading import read_described, read_recording_files
from interbrain.bids.recording import Meeting, Member, convert, marks_within
from interbrain.bids.task import BLOCK_CODE, EVENT_CODES
from interbrain.bids.texts import event_texts, task_texts
from interbrain.bids.timing import RunSources, Source, time_session, usable
from interbrain.formats.contradictions import contradictions
from interbrain.formats.measurements import read_measured
from interbrain.formats.poly5_writing import write_poly5

SFREQ, DURATION = 250, 60
LABELS = ["ExG01", "ExG02", "ExG03", "Digi", "Saw"]
CAP = {"ExG01": "Fz", "ExG02": "Cz", "ExG03": "O1"}
PULSES = np.array([3.2, 9.7, 17.1, 22.4, 30.9, 38.3, 47.6, 55.0])  # on the therapist's clock
OFFSET, DRIFT = 1.5, 300e-6
SETTINGS = {"cap_map": CAP, "line_frequency": 50}
TRIGGERS = {"channel": "Digi", "idle": 8, "dead_time_s": 0.5, "annotation": None}
LIMITS = {
    **{"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 100},
    "accept_header_time": False,
}
SECRETS = [b"Anna Secret", b"2018", b"secret_folder", b"session_of_anna"]


def write_mobita(path, pulses, seed, lost=None, missing=False, mains_hz=None):
    rng = np.random.default_rng(seed)
    n = SFREQ * DURATION
    times = np.arange(n) / SFREQ
    eeg = 20 * rng.standard_normal((3, n)) + np.array([[3000.0], [-2000.0], [100.0]])
    if missing:
        eeg[2, 2000:2100] = np.nan
    if mains_hz:
        eeg += 15 * np.sin(2 * np.pi * mains_hz * times)
    digital = np.full(n, 8.0)
    for pulse in pulses:
        digital[(times >= pulse) & (times < pulse + 0.04)] = 0
    data = np.vstack([eeg, digital, np.arange(n) % 4096])
    if lost:
        data = np.delete(data, np.s_[lost[0] : lost[1]], axis=1)
    path.parent.mkdir(parents=True, exist_ok=True)
    began = datetime(2018, 11, 5, 10, 0, seed)
    write_poly5(path, data, SFREQ, LABELS, ["µVolt"] * 3 + ["", ""], name="Anna Secret", start=began)
    return path


@pytest.fixture(scope="module")
def raw_files(tmp_path_factory):
    folder = tmp_path_factory.mktemp("raw") / "secret_folder"
    client_pulses = np.append(OFFSET + (1 + DRIFT) * PULSES, 33.0)[:-1]
    return (
        write_mobita(folder / "session_of_anna_t.Poly5", PULSES, 1),
        write_mobita(folder / "session_of_anna_c.Poly5", client_pulses, 2, lost=(5000, 5250), missing=True),
    )


def members(raw_files):
    return Member("T01", "therapist", raw_files[0], 56.5), Member("C01", "client", raw_files[1])


def converted(root, pair, *, sync="markers", start_s=None, stop_s=None, triggers=TRIGGERS, **changed):
    """Both members' facts; their clocks are tied first, as the workflow does."""
    settings = SETTINGS | changed
    sources = {m.role: Source(m.participant, str(m.path)) for m in pair}
    session = [RunSources(1, "pre", sync, **sources, start_s=start_s, stop_s=stop_s)]
    timing = time_session("D01", session, cap_map=settings["cap_map"], triggers=triggers, clock_limits=LIMITS)
    therapist, client = pair
    return tuple(
        convert(
            member,
            Meeting("D01", 1, "pre", other.participant, {"modality": "online"}),
            usable(timing, 1),
            root,
            **settings,
            judged_by=judged_by(root, member.participant),
        )
        for member, other in ((therapist, client), (client, therapist))
    )


def judged_by(root, participant):
    return root.with_name(f"{root.name}_{participant}_measured.npz")


@pytest.fixture(scope="module")
def dataset(raw_files, tmp_path_factory):
    root = tmp_path_factory.mktemp("bids")
    return root, *converted(root, members(raw_files))


def file_of(root, participant, ending):
    return root / f"{recording_stem(participant, 'D01', 'rest', 1)}_{ending}"


def test_each_member_gets_its_six_files_and_nothing_else(dataset):
    root = dataset[0]
    wanted = {
        str(file_of(root, person, ending).relative_to(root))
        for person in ("T01", "C01")
        for ending in ("eeg.vhdr", "eeg.eeg", "eeg.vmrk", "eeg.json", "channels.tsv", "events.tsv")
    }
    assert {str(f.relative_to(root)) for f in root.rglob("*") if f.is_file()} == wanted


def test_no_name_date_or_folder_of_the_raw_files_is_anywhere_in_the_dataset(dataset, raw_files):
    assert all(b"Anna Secret" in f.read_bytes() for f in raw_files)  # it is there to be found
    for file in dataset[0].rglob("*"):
        content = file.read_bytes() if file.is_file() and file.suffix != ".eeg" else b""
        assert not [secret for secret in SECRETS if secret in content], file


def test_sidecars_tie_the_partners_to_each_other_and_their_clocks(dataset):
    root = dataset[0]
    therapist, client = (json.loads(file_of(root, p, "eeg.json").read_text()) for p in ("T01", "C01"))
    assert therapist["SimultaneousRecordingWith"] == [
        f"bids::{recording_stem('C01', 'D01', 'rest', 1)}_eeg.vhdr"
    ]
    assert client["SimultaneousRecordingWith"] == [
        f"bids::{recording_stem('T01', 'D01', 'rest', 1)}_eeg.vhdr"
    ]
    assert therapist["HeadCircumference"] == 56.5 and "HeadCircumference" not in client
    one, other = therapist["Hyperscanning"], client["Hyperscanning"]
    assert (one["Role"], other["Role"]) == ("therapist", "client")
    assert (one["Partner"], other["Partner"]) == ("sub-C01", "sub-T01")
    assert (one["SyncOffset"], one["SyncDrift"]) == (0, 0)
    assert other["SyncOffset"] == pytest.approx(OFFSET, abs=0.004)
    assert other["SyncDrift"] == pytest.approx(DRIFT * 1e6, abs=100)
    assert one["SyncMarkers"] == other["SyncMarkers"] >= 7
    assert (one["Modality"], one["Phase"]) == ("online", "pre")
    fit = read_clock(file_of(root, "C01", "eeg.json"))
    assert fit.to_other(PULSES) == pytest.approx(OFFSET + (1 + DRIFT) * PULSES, abs=0.004)


@pytest.mark.parametrize(
    ("mains_hz", "counts", "measured"), [(60, 60.0, [60.0]), (50, 50.0, [50.0]), (None, 50.0, "n/a")]
)
def test_the_sidecar_gives_the_mains_that_were_measured_and_what_the_config_says(
    tmp_path, mains_hz, counts, measured
):
    files = [
        write_mobita(tmp_path / f"{who}.Poly5", PULSES, n, mains_hz=mains_hz) for n, who in enumerate("tc", 1)
    ]
    converted(tmp_path / "bids", members(files))
    for person in ("T01", "C01"):
        sidecar = json.loads(file_of(tmp_path / "bids", person, "eeg.json").read_text())
        assert sidecar["PowerLineFrequency"] == counts
        assert sidecar["PowerLineFrequencyMeasured"] == measured
        assert sidecar["PowerLineFrequencyConfigured"] == 50


def test_a_sampling_rate_that_the_mains_contradict_is_noted(tmp_path):
    hz = {"t": 50.0, "c": 51.2}  # the client's was truly recorded at 488.28 per 500 Hz of what it says
    files = [
        write_mobita(tmp_path / f"{who}.Poly5", PULSES, n, mains_hz=hz[who]) for n, who in enumerate("tc", 1)
    ]
    converted(tmp_path / "bids", members(files))
    one, other = (
        " ".join(contradictions(read_measured(judged_by(tmp_path / "bids", person))))
        for person in ("T01", "C01")
    )
    assert "sampling rate" not in one and "sampling rate is probably" in other


def test_events_have_the_same_codes_in_both_partners(dataset):
    import pandas as pd

    codes = {}
    for person in ("T01", "C01"):
        events = pd.read_csv(file_of(dataset[0], person, "events.tsv"), sep="\t")
        codes[person] = dict(zip(events["trial_type"], events["value"], strict=True))
    assert codes["T01"] == {"rest": 1, "sync_trigger": 2}
    in_client = ("sync_trigger", "BAD_acq_skip", "BAD_missing")
    assert codes["C01"] == {"rest": BLOCK_CODE} | {name: EVENT_CODES[name] for name in in_client}


def test_a_recording_comes_back_as_it_was(dataset, raw_files):
    from interbrain.formats import bridge_missing, mark_gaps, read_recording

    for person, path in zip(("T01", "C01"), raw_files, strict=True):
        back = read_recording_files(file_of(dataset[0], person, "eeg.vhdr"))
        original = bridge_missing(mark_gaps(read_recording(path, channel_names=CAP).raw))
        assert back.ch_names == original.ch_names
        assert back.get_channel_types() == original.get_channel_types()
        difference = back.get_data(picks="eeg") - original.get_data(picks="eeg")
        assert np.abs(difference).max() < 1e-9
        gaps, expected = (
            [
                (a["description"], a["onset"], a["duration"])
                for a in r.annotations
                if "BAD" in a["description"]
            ]
            for r in (back, original)
        )
        assert [g[0] for g in gaps] == [g[0] for g in expected]
        for one, other in zip(gaps, expected, strict=True):
            assert one[1:] == pytest.approx(other[1:], abs=1e-6)
    pulses = [
        a["onset"]
        for a in read_recording_files(file_of(dataset[0], "T01", "eeg.vhdr")).annotations
        if a["description"] == "sync_trigger"
    ]
    assert pulses == pytest.approx(PULSES, abs=1 / SFREQ)


def test_facts_say_what_was_lost_and_where_the_data_came_from(dataset):
    _, therapist, client = dataset
    assert therapist["lost_samples"] == [] and client["lost_samples"] == [[20.0, 1.0]]
    assert client["missing_data"] == [[8.0, 0.4]]
    assert [f["path"] for f in client["source_files"]] == ["session_of_anna_c.Poly5"]
    assert (therapist["n_channels"], therapist["sfreq"], therapist["duration_s"]) == (3, 250, 60)
    json.dumps([therapist, client], allow_nan=False)


def test_a_part_of_a_recording_keeps_its_marks_and_clock_and_begins_later(raw_files, tmp_path):
    """The block is 6 s to 54 s on the therapist's clock; the client's begins at that instant too."""
    root = tmp_path / "bids"
    therapist, client = converted(root, members(raw_files), start_s=6.0, stop_s=54.0)
    begins = round((OFFSET + (1 + DRIFT) * 6) * SFREQ) / SFREQ  # on the client's clock
    assert client["lost_samples"] == [[pytest.approx(20 - begins, abs=1.5 / SFREQ), 1.0]]
    assert client["missing_data"] == [[pytest.approx(8 - begins, abs=1.5 / SFREQ), 0.4]]
    assert therapist["duration_s"] == 48
    assert therapist["measured"] == datetime(2018, 11, 5, 10, 0, 7, tzinfo=UTC).isoformat()
    marks = read_recording_files(file_of(root, "T01", "eeg.vhdr")).annotations
    pulses = marks.onset[marks.description == "sync_trigger"]
    assert pulses == pytest.approx(PULSES[(PULSES > 6) & (PULSES < 54)] - 6, abs=1 / SFREQ)
    assert list(marks.onset[marks.description == "rest"]) == [0]
    assert client["clock"]["offset"] == pytest.approx(0, abs=0.004)


@pytest.mark.parametrize(
    ("onset", "duration", "kept"),
    [
        (4.0, 0.0, None),  # at the end of the stretch of 2 to 4 s: of what follows
        (3.999, 0.0, None),  # nearer to the sample after the last than to the last
        (3.996, 0.0, (1.996, 0.0)),
        (4.0, 1.0, None),
        (3.5, 1.0, (1.5, 0.5)),
        (1.0, 1.0, None),  # ends where the stretch begins
        (1.0, 1.5, (0.0, 0.5)),
        (2.0, 0.0, (0.0, 0.0)),
        (1.0, 0.0, None),
        (0.0, 9.0, (0.0, 2.0)),
        (-1.0, 0.5, None),
        (9.0, 0.0, None),
    ],
)
def test_a_stretch_holds_its_first_instant_and_not_its_last(onset, duration, kept):
    found = marks_within(mne.Annotations([onset], [duration], ["mark"]), 2.0, 2 * SFREQ, SFREQ)
    pairs = list(zip(found.onset, found.duration, strict=True))
    assert pairs == ([] if kept is None else [pytest.approx(kept)])


@pytest.mark.long_but("a block-.fif")
@pytest.mark.parametrize("suffix", [".fif", ".vhdr"])
@pytest.mark.parametrize("block", [(10.0, 30.0), (None, None)], ids=["a block", "the whole file"])
def test_marks_and_pulses_exactly_at_the_end_do_not_stop_a_conversion(tmp_path, suffix, block):
    """Each recording has marks at the block's start and end, at its own end, and over both edges."""
    start, stop = block
    last = float(DURATION)
    marks = [(at, 0.0, "pulse") for at in (2.0, 10.0, 13.7, 21.2, 30.0, 44.1, 52.9)]
    marks += [(30.0, 0.0, "end"), (29.999, 0.0, "end"), (8.0, 2.0, "BAD_x"), (29.0, 3.0, "BAD_x")]
    marks += [(last, 0.0, "end"), (last - 0.001, 0.0, "end"), (last - 1 / SFREQ, 0.0, "end")]
    pair = []
    for role, offset in (("therapist", 0.0), ("client", 0.5)):
        info = mne.create_info(["Fz", "Cz"], SFREQ, "eeg")
        noise = 1e-5 * np.random.default_rng(len(role)).standard_normal((2, SFREQ * DURATION))
        raw = mne.io.RawArray(noise, info, verbose="error")
        onset, duration, texts = zip(*marks, strict=True)
        moved = [at + offset if text == "pulse" else at for at, text in zip(onset, texts, strict=True)]
        raw.set_annotations(mne.Annotations(moved, duration, texts), verbose="error")
        path = tmp_path / f"{role}_raw{suffix}"
        if suffix == ".fif":
            raw.save(path, verbose="error")
        else:
            if suffix == ".vhdr":  # which cannot hold a mark after its last sample
                raw.set_annotations(raw.annotations[raw.annotations.onset < last - 0.002])
            mne.export.export_raw(path, raw, verbose="error")
        pair.append(Member("T01" if role == "therapist" else "C01", role, path))
    name = "Comment/pulse" if suffix == ".vhdr" else "pulse"
    triggers = {"channel": None, "idle": 8, "dead_time_s": 0.5, "annotation": name}
    facts = converted(
        tmp_path / "bids", tuple(pair), triggers=triggers, cap_map={}, start_s=start, stop_s=stop
    )
    begin, end = start or 0.0, stop or last
    assert [f["duration_s"] for f in facts] == [end - begin] * 2
    inside = [at - begin for at, _, text in marks if text == "pulse" and begin <= at < end]
    for person in ("T01", "C01"):
        back = read_recording_files(file_of(tmp_path / "bids", person, "eeg.vhdr"))
        shared = back.annotations.onset[back.annotations.description == "sync_trigger"]
        assert len(shared) == len(inside)
        assert (np.round(back.annotations.onset * SFREQ) < back.n_times).all()


def test_pulses_outside_the_block_tie_the_clocks_too(raw_files, tmp_path):
    whole = converted(tmp_path / "whole", members(raw_files))[1]["clock"]
    block = converted(tmp_path / "block", members(raw_files), start_s=30, stop_s=40)[1]["clock"]
    assert block["n_matched"] == whole["n_matched"] > 4
    assert block["drift_ppm"] == whole["drift_ppm"]


def test_one_shared_start_marker_gives_the_offset_and_no_drift(raw_files, tmp_path):
    facts = converted(tmp_path / "bids", members(raw_files), sync="start_marker")[1]
    assert facts["clock"]["offset"] == pytest.approx(OFFSET, abs=0.01)
    assert (facts["clock"]["drift_ppm"], facts["clock"]["residual_ms"], facts["clock"]["n_matched"]) == (
        0,
        None,
        1,
    )


def test_a_shared_start_needs_no_triggers(tmp_path):
    pair = (
        Member("T01", "therapist", write_mobita(tmp_path / "t.Poly5", [], 1)),
        Member("C01", "client", write_mobita(tmp_path / "c.Poly5", [], 2)),
    )
    facts = converted(tmp_path / "bids", pair, sync="shared_start")[1]
    assert facts["clock"] == {
        **{"method": "shared_start", "drift_from": "unknown", "offset": 0.0, "drift_ppm": 0.0},
        **{"drift_error_ppm": None, "residual_ms": None, "n_matched": 0},
        **{"n_reference": 0, "n_other": 0, "n_in_block": 0, "notes": facts["clock"]["notes"]},
        "unconfirmed": [],
    }
    stated, unknown, hum = facts["clock"]["notes"]
    assert "because the recordings table states it" in stated and "drift" in unknown and "hum" in hum
    sidecar = json.loads(file_of(tmp_path / "bids", "C01", "eeg.json").read_text())["Hyperscanning"]
    assert (sidecar["SyncMethod"], sidecar["SyncResidual"]) == ("shared_start", "n/a")
    assert np.isnan(read_clock(file_of(tmp_path / "bids", "C01", "eeg.json")).residual_ms)


def refused(tmp_path, pair, said, **changed):
    root = tmp_path / "bids"
    with pytest.raises(ConversionError, match=said) as error:
        converted(root, pair, **changed)
    assert "D01 pre" in str(error.value)
    assert not root.exists() or not list(root.iterdir())


def test_too_large_a_residual_is_refused_and_leaves_nothing_behind(tmp_path, raw_files):
    jitter = np.array([15, -15, 15, -15, 15, -15, 15, -15]) * 1e-3
    client = replace(members(raw_files)[1], path=write_mobita(tmp_path / "c.Poly5", PULSES + jitter, 2))
    refused(tmp_path, (members(raw_files)[0], client), "still differ by 1[0-9].*limit 10 ms")


def test_triggers_too_close_together_for_the_drift_are_refused(tmp_path):
    close = [10.0, 11.3, 13.1, 15.9]
    pair = (
        Member("T01", "therapist", write_mobita(tmp_path / "t.Poly5", close, 1)),
        Member("C01", "client", write_mobita(tmp_path / "c.Poly5", close, 2)),
    )
    refused(tmp_path, pair, "too close together to determine the drift")


def test_without_triggers_markers_are_refused(tmp_path, raw_files):
    client = replace(members(raw_files)[1], path=write_mobita(tmp_path / "c.Poly5", [], 2))
    refused(
        tmp_path,
        (members(raw_files)[0], client),
        "cannot be tied: In the client.s recording: .*never leaves 8",
    )


def test_a_wrong_trigger_channel_names_the_file(tmp_path, raw_files):
    triggers = {**TRIGGERS, "channel": "Trig"}
    refused(
        tmp_path, members(raw_files), "therapist.s recording: .*no trigger channel 'Trig'", triggers=triggers
    )


@pytest.mark.parametrize("damaged", ["therapist", "client"])
def test_an_unreadable_file_is_named_whoever_it_belongs_to(tmp_path, raw_files, damaged):
    broken = tmp_path / "broken.Poly5"
    broken.write_bytes(raw_files[0].read_bytes()[:150])
    pair = [replace(m, path=broken) if m.role == damaged else m for m in members(raw_files)]
    refused(tmp_path, pair, rf"{damaged} .01: .*broken\.Poly5")


@pytest.mark.parametrize(("start", "stop"), [(50, 70), (30, 20), (60, None)])
def test_a_part_outside_the_recording_is_refused(tmp_path, raw_files, start, stop):
    refused(
        tmp_path,
        members(raw_files),
        "is not inside the therapist's recording of 60",
        start_s=start,
        stop_s=stop,
    )


def write_brainvision(folder, name, pulses, seed):
    """A recording of an earlier BIDS dataset, as one more format that comes in several files."""
    import mne_bids

    rng = np.random.default_rng(seed)
    info = mne.create_info(["Fz", "Cz", "ECG"], 250, ["eeg", "eeg", "ecg"])
    raw = mne.io.RawArray(1e-5 * rng.standard_normal((3, SFREQ * DURATION)), info, verbose="error")
    raw.set_annotations(mne.Annotations([*pulses, 1.0], 0.0, ["pulse"] * len(pulses) + ["1"]))
    path = mne_bids.BIDSPath(subject=name, task="rest", root=folder)
    mne_bids.write_raw_bids(
        raw, path, format="BrainVision", allow_preload=True, event_id={"pulse": 7, "1": 9}, verbose="error"
    )
    return folder / f"sub-{name}/eeg/sub-{name}_task-rest_eeg.vhdr"


def test_brainvision_files_with_annotated_pulses_are_converted_with_all_their_files(tmp_path):
    pair = (
        Member("T01", "therapist", write_brainvision(tmp_path / "raw", "a", PULSES, 1)),
        Member("C01", "client", write_brainvision(tmp_path / "raw", "b", PULSES + 0.5, 2)),
    )
    triggers = {"channel": None, "idle": 8, "dead_time_s": 0.5, "annotation": "Stimulus/S  7"}
    facts = converted(tmp_path / "bids", pair, triggers=triggers, cap_map={})[1]
    assert {f["path"].rsplit(".")[-1] for f in facts["source_files"]} == {"vhdr", "eeg", "vmrk"}
    assert facts["clock"]["offset"] == pytest.approx(0.5, abs=0.002)
    back = read_recording_files(file_of(tmp_path / "bids", "C01", "eeg.vhdr"))
    assert back.get_channel_types() == ["eeg", "eeg", "ecg"]
    assert (back.annotations.description == "sync_trigger").sum() == len(PULSES)
    own = {}
    for person in ("T01", "C01"):
        for line in file_of(tmp_path / "bids", person, "events.tsv").read_text().splitlines():
            if "S  9" in line:
                own[person] = line.split("\t")[3]
    assert len(own) == 2 and own["T01"] == own["C01"]  # the recorder's own events, too, share their code
    assert int(own["C01"]) not in EVENT_CODES.values()


def write_fif(path, pulses, seed):
    """A recording whose maker has marked Pz and the ECG as bad; Oz lost most of its values."""
    rng = np.random.default_rng(seed)
    names = ["Fz", "Cz", "Pz", "Oz", "ECG", "STI"]
    data = 2e-5 * rng.standard_normal((6, SFREQ * DURATION))
    data[3, : data.shape[1] // 2] = np.nan
    data[5] = 8
    for pulse in pulses:
        data[5, round(pulse * SFREQ) : round((pulse + 0.04) * SFREQ)] = 0
    raw = mne.io.RawArray(data, mne.create_info(names, SFREQ, ["eeg"] * 4 + ["ecg", "stim"]), verbose="error")
    raw.info["bads"] = ["Pz", "Oz", "ECG"]
    path.parent.mkdir(exist_ok=True)
    raw.save(path, verbose="error")
    return path


def test_channels_marked_bad_in_a_raw_file_stay_apart_from_those_without_signal(tmp_path):
    pair = tuple(
        Member(person, role, write_fif(tmp_path / f"raw/{person}_raw.fif", PULSES, seed))
        for person, role, seed in (("T01", "therapist", 1), ("C01", "client", 2))
    )
    facts = converted(tmp_path / "bids", pair, triggers=TRIGGERS | {"channel": "STI"}, cap_map={})[1]
    marked = {"Pz": "marked bad in the recording", "ECG": "marked bad in the recording"}
    assert facts["marked_channels"] == marked and facts["missing_channels"] == ["Oz"]
    back = read_described(file_of(tmp_path / "bids", "C01", "eeg.vhdr"))
    assert back.raw.info["bads"] == ["Pz", "Oz", "ECG"] and back.marked == marked
    table = file_of(tmp_path / "bids", "C01", "channels.tsv").read_text(encoding="utf-8").splitlines()
    described = {row.split("\t")[0]: row.split("\t")[-2:] for row in table}
    assert described["Pz"] == ["bad", "marked bad in the recording"]
    assert described["Oz"] == ["bad", "no signal in the raw file"]
    assert described["Fz"] == ["good", "n/a"]


def test_eeg_that_the_cap_map_gives_no_place_on_the_head_stops_at_its_conversion(raw_files, tmp_path):
    with pytest.raises(ConversionError, match=r"D01 pre, therapist T01 .*: X7: no 10-20 name .* cap map"):
        converted(tmp_path / "bids", members(raw_files), cap_map={**CAP, "ExG03": "X7"})


@pytest.mark.parametrize(
    ("task", "doing", "described", "atlas"),
    [
        ("rest", "", "Rest; both members", "n/a"),
        ("rest", "Rest with music.", "Rest with music; both members", "n/a"),
        ("therapy", "Psychotherapy session", "Psychotherapy session; both members", "n/a"),
        ("talk", "", "Task talk, not described further; both members", "n/a"),
    ],
)
def test_a_task_is_described_as_it_was_recorded_and_no_other(task, doing, described, atlas):
    texts = task_texts(task, doing)
    assert texts["TaskDescription"].startswith(described) and texts["CogAtlasID"].startswith(atlas)


def test_a_talk_is_no_silent_rest_anywhere_in_its_files(raw_files, tmp_path):
    therapist, client = members(raw_files)
    sources = {m.role: Source(m.participant, str(m.path)) for m in (therapist, client)}
    timing = time_session(
        "D01",
        [RunSources(1, "pre", "markers", **sources)],
        cap_map=CAP,
        triggers=TRIGGERS,
        clock_limits=LIMITS,
    )
    meeting = Meeting("D01", 1, "pre", "C01", {}, task="talk")
    facts = convert(therapist, meeting, usable(timing, 1), tmp_path, **SETTINGS)
    files = [f for f in tmp_path.rglob("*") if f.is_file()]
    assert facts["task"] == "talk" and all("_task-talk_run-1_" in f.name for f in files)
    events = next(f for f in files if f.name.endswith("events.tsv")).read_text()
    assert "\ttalk\t1\t" in events and "rest" not in events
    sidecar = next(f for f in files if f.name.endswith("eeg.json")).read_text()
    assert '"TaskName": "talk"' in sidecar and "ilent rest" not in sidecar
    # What was done in the task is said once, at the top of the dataset: a nearer word would count.
    assert not set(task_texts("talk", "")) & set(json.loads(sidecar))
    assert event_texts("talk", {})["trial_type"]["Levels"]["talk"] == "The block: the whole recording"
