"""Whether coded events are within their recordings, only the recordings can tell."""


def test_coded_events_behind_the_end_of_their_recording_are_said_with_how_far_they_reach(lab):
    lab.config["tables"]["coding"] = "config/coding.tsv"
    rows = [
        "dyad\ttime\tonset_s\tcode",
        "D01\trest\t10\trupture",
        "D01\trest\t70.5\trupture",
        "D02\trest\t59\tx",
    ]
    (lab.folder / "config/coding.tsv").write_text("\n".join(rows), encoding="utf-8")
    said, sound = lab.check()
    assert sound and said.count("coding.tsv") == 1
    assert (
        "coding.tsv: 1 of 2 coded events of D01 rest begins after the end of the recording of 60.0 s (the "
        "last at 70.5 s)"
    ) in said
    lab.cell("D02", "start_s", "10")
    lab.cell("D02", "stop_s", "50")
    assert "outside of the recording (10 to 50 s" in lab.check()[0]
