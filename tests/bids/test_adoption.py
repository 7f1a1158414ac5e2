"""A recording that is in a BIDS dataset already is taken as it is, whoever wrote the dataset."""

import json

import mne
import mne_bids
import numpy as np
import pandas as pd
import pytest

from interbrain.bids import ConversionError, sidecar
from interbrain.bids.adoption import adopt
from interbrain.bids.clock import read_clock, read_timing
from interbrain.bids.reading import read_recording_files
from interbrain.bids.recording import Meeting, Member
from interbrain.bids.timing import RunSources, Source, time_session, usable
from interbrain.formats import FormatError
from interbrain.formats.notes import noted

SFREQ, SECONDS = 250, 60
PULSES = np.array([3.2, 9.7, 17.1, 22.4, 30.9, 38.3, 47.6, 55.0])
OFFSET = 1.5
LIMITS = {
    **{"max_residual_ms": 10, "max_drift_ppm": 1500, "max_drift_error_ppm": 100},
    "accept_header_time": False,
}
BY_EVENT = {"channel": None, "idle": 8, "dead_time_s": 0.5, "annotation": "pulse"}


def write_foreign(root, person, pulses, *, channels=("F3..", "Fz..", "Cz..", "ECG")):
    """One recording as mne-bids writes it for anybody: no hyperscanning sidecar, labels with dots."""
    rng = np.random.default_rng(len(person))
    info = mne.create_info(list(channels), SFREQ, ["eeg"] * (len(channels) - 1) + ["ecg"])
    raw = mne.io.RawArray(2e-5 * rng.standard_normal((len(channels), SFREQ * SECONDS)), info, verbose="error")
    raw.set_annotations(
        mne.Annotations([*pulses, 20.0], [0.0] * len(pulses) + [0.5], ["pulse"] * len(pulses) + ["BAD_cough"])
    )
    raw.info["bads"] = ["Fz.."]
    path = mne_bids.BIDSPath(subject=person, session="day1", task="stillness", root=root, datatype="eeg")
    mne_bids.write_raw_bids(raw, path, format="BrainVision", allow_preload=True, verbose="error")
    return path.copy().update(suffix="eeg", extension=".vhdr").fpath


@pytest.fixture(scope="module")
def foreign(tmp_path_factory):
    root = tmp_path_factory.mktemp("foreign")
    return write_foreign(root, "anna", PULSES), write_foreign(root, "ben", PULSES + OFFSET)


def session(files, sync="auto"):
    therapist, client = (Source(p, str(f)) for p, f in zip(("T01", "C01"), files, strict=True))
    return [RunSources(1, "pre", sync, therapist, client)]


def timed(files, sync="auto", triggers=BY_EVENT):
    settings = {"cap_map": {}, "triggers": triggers, "clock_limits": LIMITS, "from_bids": True}
    return usable(time_session("D01", session(files, sync), **settings), 1)


def test_a_foreign_recording_is_read_with_its_types_bad_channels_and_events(foreign):
    raw = read_recording_files(foreign[0])
    assert raw.ch_names == ["F3", "Fz", "Cz", "ECG"]
    assert raw.get_channel_types() == ["eeg", "eeg", "eeg", "ecg"]
    assert raw.info["bads"] == ["Fz"]
    described = list(raw.annotations.description)
    assert described.count("pulse") == len(PULSES) and "BAD_cough" in described


def test_clocks_of_a_foreign_dataset_are_tied_by_its_events(foreign):
    timing = timed(foreign)
    assert timing["method"] == "markers" and timing["n_matched"] == len(PULSES)
    assert timing["offset"] == pytest.approx(OFFSET, abs=1 / SFREQ)


def test_adopted_facts_are_those_of_a_conversion(foreign):
    member = Member("C01", "client", foreign[1])
    meeting = Meeting("D01", 1, "pre", "T01", {"modality": "online"})
    files = [foreign[1], foreign[1].with_suffix(".eeg")]
    facts = adopt(member, meeting, timed(foreign), files, cap_map={})
    assert (facts["duration_s"], facts["sfreq"], facts["n_channels"]) == (SECONDS, SFREQ, 3)
    assert facts["marked_channels"] == {"Fz": "marked bad in the recording"}
    assert facts["missing_channels"] == [] and facts["source_format"] == "vhdr"
    assert facts["clock"]["offset"] == pytest.approx(OFFSET, abs=1 / SFREQ)
    assert [f["path"] for f in facts["source_files"]] == [f.name for f in files]
    json.dumps(facts, allow_nan=False)


def copied(foreign, tmp_path):
    for file in (f for one in foreign for f in one.parent.iterdir()):
        (tmp_path / file.name).write_bytes(file.read_bytes())
    return [tmp_path / f.name for f in foreign]


def test_a_clock_that_the_sidecar_tells_is_not_fitted_again(foreign, tmp_path):
    files = copied(foreign, tmp_path)
    about = sidecar(files[1], "eeg.json")
    told = {
        **{"SyncMethod": "markers", "SyncDriftFrom": "session", "SyncNotes": [], "SyncOffset": 7.25},
        **{"SyncDrift": 12.5, "SyncDriftError": 0.4, "SyncResidual": "n/a", "SyncMarkers": 40},
    }
    about.write_text(json.dumps(json.loads(about.read_text()) | {"Hyperscanning": told}))
    assert timed(files) == read_timing(about)
    assert (timed(files)["offset"], timed(files)["residual_ms"]) == (7.25, None)
    assert timed(files, sync="markers")["offset"] == pytest.approx(OFFSET, abs=1 / SFREQ)  # if asked for


def test_where_a_sidecar_does_not_confirm_the_clock_is_read_with_it(foreign, tmp_path):
    files = copied(foreign, tmp_path)
    about = sidecar(files[1], "eeg.json")
    told = {
        **{"SyncMethod": "markers", "SyncDriftFrom": "session", "SyncNotes": [], "SyncOffset": 7.25},
        **{"SyncDrift": 12.5, "SyncDriftError": 0.4, "SyncResidual": "n/a", "SyncMarkers": 40},
    }
    write = lambda more: about.write_text(  # noqa: E731
        json.dumps(json.loads(about.read_text()) | {"Hyperscanning": told | more})
    )
    write({"SyncUnconfirmed": [[31.5, 40]]})
    assert timed(files)["unconfirmed"] == [[31.5, 40.0]]
    assert read_clock(about).unconfirmed == ((31.5, 40.0),)
    write({})  # a dataset that was written before this was known
    assert timed(files)["unconfirmed"] == [] and read_clock(about).unconfirmed == ()
    write({"SyncUnconfirmed": [31.5]})
    with pytest.raises(ConversionError, match=r"SyncUnconfirmed is \[31\.5\], not a list of \[begin, end\]"):
        timed(files)


def test_a_channels_table_about_other_channels_is_refused(foreign, tmp_path):
    files = copied(foreign, tmp_path)
    table = sidecar(files[0], "channels.tsv")
    rows = pd.read_csv(table, sep="\t", dtype=str)
    rows.iloc[1:].to_csv(table, sep="\t", index=False)
    with noted() as notes:  # a row that is missing leaves the channel as the file has it
        assert read_recording_files(files[0]).info["bads"] == ["Fz"]
    assert notes == ["channels.tsv has no row for F3, taken as the data file has it"]
    rows.replace({"name": {"F3..": "F33"}}).to_csv(table, sep="\t", index=False)
    with pytest.raises(
        FormatError, match=r"row 2 names the channel 'F33', which the data file does not have"
    ):
        read_recording_files(files[0])
    with pytest.raises(ConversionError, match=r"D01 pre, therapist T01: .*channels\.tsv: row 2"):
        timed(files)


def test_a_recording_without_tables_is_read_by_what_it_says_itself(foreign, tmp_path):
    file = copied(foreign, tmp_path)[0]
    for ending in ("channels.tsv", "events.tsv"):
        sidecar(file, ending).unlink()
    raw = read_recording_files(file)
    assert raw.ch_names[:3] == ["F3", "Fz", "Cz"] and raw.info["bads"] == []
