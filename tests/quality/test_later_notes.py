"""What is noted after conversion is noted for its own dyad alone, and is a warning of the report."""

from interbrain.quality.cautions import recording_cautions
from interbrain.quality.later_notes import name_of_recording, with_later_notes


def test_a_note_on_a_copy_is_beside_those_of_the_conversion_and_a_caution():
    facts = [
        {"dyad": dyad, "time": "pre", "run": 1, "role": role, "notes": ["a"], "sfreq": 500.0}
        for dyad in ("D01", "D02")
        for role in ("therapist", "client")
    ]
    found = with_later_notes(
        facts, {}, {name_of_recording("D02", "pre", "client"): ["the same signals are in D01"]}
    )
    assert [one["notes"] for one in found] == [["a"], ["a"], ["a"], ["a", "the same signals are in D01"]]
    assert [one["notes"] for one in facts] == [["a"]] * 4
    said = {one["what"]: one["dyads"] for one in recording_cautions(found)}
    assert said == {"a": ["D01", "D02"], "the same signals are in D01": ["D02"]}
