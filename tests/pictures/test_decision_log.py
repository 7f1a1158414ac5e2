"""Every decision is one row that a person can copy, change, and hand back."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from recording_stages import window_ledger

from interbrain.files.tables import read_table, write_table
from interbrain.quality.decision_log import decision_log, decision_table
from interbrain.quality.verdict import percent_kept, reasons_to_look
from interbrain.study.decisions import COLUMNS as OF_A_PERSON
from interbrain.tables.decisions import DECISIONS
from interbrain.tables.windows import LEDGER as WINDOWS

CONVERSION = {"dyad": "001", "time": "pre", "participant": "01", "role": "client"}
ACCOUNT = {
    "Channels": [
        {"channel": "F3", "decision": "good", "reason": "", "by": "automatic"},
        {"channel": "T8", "decision": "bad", "reason": "came loose (automatic: good)", "by": "AB"},
    ],
    "Components": [
        {
            **{"component": "IC00-7f2a", "label": "eye blink", "probability": 0.98},
            **{"decision": "remove", "reason": "eye blink at 0.98, limit 0.8", "by": "automatic"},
        }
    ],
}
LEDGER = window_ledger(15, client={1: "muscle"})


def rows(table):
    return table.astype(object).where(table.notna(), None).to_numpy().tolist()


def test_each_channel_component_and_window_has_a_row():
    assert rows(decision_table(CONVERSION, ACCOUNT, LEDGER)) == [
        ["001", "pre", "01", "channel", "F3", "good", "automatic", "", None, None],
        ["001", "pre", "01", "channel", "T8", "bad", "AB", "came loose (automatic: good)", None, None],
        [
            *("001", "pre", "01", "component", "IC00-7f2a", "remove", "automatic"),
            *("eye blink at 0.98, limit 0.8", "eye blink", 0.98),
        ],
        ["001", "pre", None, "window", "2", "keep", "automatic", "", None, None],
        ["001", "pre", None, "window", "7", "drop", "automatic", "client: muscle", None, None],
    ]


def test_a_row_begins_as_a_person_writes_it():
    assert DECISIONS.names[: len(OF_A_PERSON)] == OF_A_PERSON


def test_the_studys_log_holds_each_window_once_and_survives_a_spreadsheet(tmp_path):
    conversions = [
        CONVERSION | {"participant": who, "time": time} for time in ("pre", "post") for who in ("T1", "01")
    ]
    ledgers = {("001", "pre"): LEDGER, ("001", "post"): LEDGER.head(1)}
    log = decision_log(conversions, [ACCOUNT] * 4, ledgers)
    assert log["what"].value_counts().to_dict() == {"channel": 8, "component": 4, "window": 3}
    assert list(log["what"].drop_duplicates()) == ["channel", "component", "window"]
    write_table(tmp_path / "log.tsv", log, DECISIONS)
    back = read_table(tmp_path / "log.tsv", DECISIONS)
    assert rows(back[DECISIONS.names[:7]]) == rows(log[DECISIONS.names[:7]])
    assert list(back["item"].tail(3)) == ["2", "7", "2"]


def test_a_study_without_recordings_has_a_log_without_rows(tmp_path):
    write_table(tmp_path / "log.tsv", decision_log([], [], {}), DECISIONS)
    assert list(read_table(tmp_path / "log.tsv", DECISIONS).columns) == DECISIONS.names


def test_a_window_start_is_written_as_the_ledger_writes_it(tmp_path):
    ledger = LEDGER.assign(start_s=[2.004, 7.25])
    write_table(tmp_path / "ledger.tsv", ledger, WINDOWS)
    table = decision_table(CONVERSION, ACCOUNT, read_table(tmp_path / "ledger.tsv", WINDOWS))
    assert list(table["item"].tail(2)) == ["2.004", "7.25"]


def test_the_verdict_counts_every_doubt_in_words():
    clock = {"notes": ["two shared triggers"]}
    conversion = {"missing_data": [[1.0, 0.5]], "notes": ["was paused"], "clock": clock}
    reach = {"SamplingFrequency": 250, "RecordedSamplingFrequency": 500.0, "RecordedHighestHz": None}
    mains = {"RecordedMainsHz": [], "ConfiguredMainsHz": 50.0, "MainsHz": 50.0}
    account = {"GapSeconds": 1.5, "BadChannels": {"Fz": "flat"}, "ChannelCount": 8}
    account |= {"Steps": [], "SlowChannelsDb": {}, "ComponentsAsked": True, **reach, **mains}
    account["IndependentComponents"] = {"NotDone": None}
    shared = {"crosstalk": 0.043, "crosstalk_limit": 0.0074}
    shared |= {"crosstalk_channels": "Fz-Cz", "crosstalk_note": None}
    limits = {"look_below_percent": 60, "max_bad_share": 0.25, "rois": {"frontal": ["Fz"]}}
    assert percent_kept(LEDGER) == 50 and percent_kept(LEDGER.head(0)) == 0
    assert reasons_to_look(conversion, account, LEDGER, shared, **limits) == [
        "bad ROI channels: Fz",
        "the amplifier lost 1.5 s of samples",
        "values are missing",
        "was paused",
        "two shared triggers",
        "the two recordings share a signal at all frequencies from 15 Hz on (coherence 0.043 of Fz-Cz, limit "
        "0.007), so PLV is too high: was an electrode, a reference or a plug shared?",
        "50% of the windows are good in both members",
    ]
    unshared = shared | {"crosstalk": 0.006}
    short = dict.fromkeys(shared) | {"crosstalk_note": "only 9 seconds"}
    good = {"missing_data": [], "notes": [], "clock": {"notes": []}}
    sound = {**account, "BadChannels": {}, "GapSeconds": 0.0}
    limits["look_below_percent"] = 50
    assert reasons_to_look(good, sound, LEDGER, unshared, **limits) == []
    assert reasons_to_look(good, sound, LEDGER, short, **limits) == [
        "crosstalk between the two recordings could not be judged: only 9 seconds"
    ]
