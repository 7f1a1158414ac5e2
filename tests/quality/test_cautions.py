"""What the facts of conversions give reason to say, grouped, with nothing in it that names a person."""

import json

from interbrain.clocks import doubts
from interbrain.clocks.hum import HumDrift
from interbrain.problems import Problem
from interbrain.quality.cautions import ON_DIFFERENT_DAYS, kind_of, recording_cautions
from interbrain.study.problems import grouped


def facts(dyad, role, measured="2024-03-01T10:00:00+00:00", sfreq=250.0, notes=(), clock_notes=(), run=1):
    return {
        **{
            "dyad": dyad,
            "run": run,
            "role": role,
            "measured": measured,
            "sfreq": sfreq,
            "notes": list(notes),
        },
        "clock": {"notes": list(clock_notes)},
        "source_files": [{"path": f"Anna_{dyad}.edf", "sha256": "0"}],
    }


def pair(dyad, client="2024-03-01T10:00:07+00:00", **about):
    return [facts(dyad, "therapist", **about), facts(dyad, "client", client, **about)]


def test_sound_recordings_give_no_reason():
    assert recording_cautions([f for i in range(14) for f in pair(f"D{i:02}")]) == []


def test_partners_recorded_a_year_apart_are_one_caution_however_many_there_are():
    study = [
        f for i in range(1, 15) for run in (1, 2) for f in pair(f"D{i:02}", "2025-03-01T10:00+00:00", run=run)
    ]
    [caution] = recording_cautions(study)
    assert caution["what"] == ON_DIFFERENT_DAYS and caution["recordings"] == 56
    assert caution["dyads"] == [f"D{i:02}" for i in range(1, 15)]
    assert recording_cautions(study[::-1]) == [caution]


def test_no_date_and_no_file_name_is_told():
    text = json.dumps(recording_cautions(pair("D01", "2025-03-02T10:00:00+00:00", notes=["it ends early"])))
    assert "2025" not in text and "Anna" not in text and "it ends early" in text


def test_a_night_between_is_none_and_an_unknown_date_neither():
    assert recording_cautions(pair("D01", "2024-03-02T09:00:00+00:00")) == []
    assert recording_cautions(pair("D01", None)) == []


def test_the_same_note_of_several_recordings_is_one_caution():
    study = [
        *pair("D01", notes=["a cut was put back"]),
        *pair("D02"),
        *pair("D03", notes=["a cut was put back"]),
    ]
    study += [facts("D04", "client", clock_notes=["two shared triggers always fit"])]
    first, second = recording_cautions(study)
    assert (first["what"], first["dyads"], first["recordings"]) == ("a cut was put back", ["D01", "D03"], 4)
    assert (second["what"], second["dyads"]) == ("two shared triggers always fit", ["D04"])


def test_notes_on_one_dyad_that_differ_in_figures_alone_are_one():
    def told(dyad, run, seconds):
        return facts(
            dyad, "client", clock_notes=[f"the drift is unknown; after {seconds} s it may matter"]
        ) | {"run": run}

    first, other = recording_cautions(
        [told("D01", 1, 173.5), told("D01", 2, 60), told("D01", 3, 474), told("D02", 1, 9)]
    )
    assert first["what"] == (
        "the drift is unknown; after 173.5 s it may matter (and, with other figures, 2 more of this kind)"
    )
    assert (first["recordings"], first["dyads"], other["dyads"]) == (3, ["D01"], ["D02"])


def test_differing_rates_are_said_with_their_counts():
    [caution] = recording_cautions([*pair("D01"), *pair("D02"), *pair("D03", sfreq=512.0)])
    assert caution["what"] == "the sampling rates differ: 250 Hz (4 recordings), 512 Hz (2 recordings)"
    assert caution["dyads"] == ["D03"]
    [caution] = recording_cautions([*pair("D01"), facts("D02", "client", sfreq=512.0)])
    assert caution["what"].endswith("512 Hz (1 recording)")


def drifting(k):
    """What is said of a pair of recordings that nothing but the hum ties, each with figures of its own."""
    hum = HumDrift(ppm=20.0 + k, error_ppm=0.4, hz=50)
    return doubts.SHARED_START, doubts.drift_unknown(300 + k), doubts.hum_drift(hum, 300 + k)


def test_notes_that_differ_in_their_figures_alone_are_one_caution_with_a_count():
    study = [f for k in range(8) for f in pair(f"D{k + 1:02}", clock_notes=drifting(k))]
    start, unknown, hum = recording_cautions(study)
    assert start["what"] == doubts.SHARED_START
    assert unknown["what"].startswith("the drift between the two clocks is unknown and taken as 0; after 300")
    assert hum["what"].startswith("by the 50-Hz mains hum in both recordings, if both amplifiers were on one")
    assert all(
        one["what"].endswith("(and, with other figures, 7 more of this kind)") for one in (unknown, hum)
    )
    assert all(one["recordings"] == 16 and len(one["dyads"]) == 8 for one in (start, unknown, hum))


def test_the_doctor_says_of_many_pairs_of_recordings_once_what_differs_in_figures_alone():
    rows = [
        Problem(f"recordings.tsv, rows {2 * k} and {2 * k + 1} (D{k:02})", note, kind=kind_of(note))
        for k in range(1, 9)
        for note in drifting(k)
    ]
    assert [one.what.partition(";")[0].partition(" (")[0] for one in grouped(rows)] == [
        doubts.SHARED_START.partition(" (")[0],
        "the drift between the two clocks is unknown and taken as 0",
        "by the mains hum in both recordings, if both amplifiers were on one grid, the clocks drift apart",
    ]
