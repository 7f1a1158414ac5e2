"""Labels that name a person and authors that are no names are said before the first run."""

import pytest

from interbrain.bids.identities import naming_labels, placeholder_authors


def files(**labels):
    """(dyad, participant, path) of one dyad each: D01, D02, ..."""
    return [(f"D{n:02d}", label, path) for n, (label, path) in enumerate(labels.items(), 1)]


@pytest.mark.parametrize(
    ("label", "path"),
    [
        ("AB", "AB_pre.Poly5"),
        ("AB12", "ab12_pre.edf"),
        ("AB", "raw/AB12-pre.edf"),
        ("Mueller", "2018/Müller_pre.Poly5"),
        ("Walesa", "2018/Wałęsa_pre.edf"),
        ("Mueller", "2018/Mu\u0308ller_pre.Poly5"),
        ("Zoe", "PreZoë.edf"),
        ("Zoe", "Zoe Smith/rec1.vhdr"),
    ],
)
def test_a_label_that_is_a_name_in_its_own_raw_files_is_found(label, path):
    found = naming_labels(files(**{label: path}, C02="C02_pre.edf"), ["pre"])
    assert found == {label: path}


@pytest.mark.parametrize(
    "labels",
    [
        {"T01": "T01_pre.Poly5", "C01": "C01_pre.Poly5"},  # a letter and a number
        {"VP01": "VP01_pre.edf", "VP02": "VP02_pre.edf"},
        {"XQ01": "XQ01_pre.edf", "XQ02": "XQ02_pre.edf"},  # letters that several labels share are a code
        {"therapist1": "therapist1.edf", "client1": "client1.edf"},
        {"AB": "rec_0001.edf", "MK": "rec_0002.edf"},  # the files do not name them
        {"AB": "MK_pre.edf", "T02": "T02_pre.edf"},  # nor does another person's file
        {"pre": "pre_01.edf"},
    ],
)
def test_codes_roles_and_times_name_nobody(labels):
    assert naming_labels(files(**labels), ["pre", "post"]) == {}


def test_a_word_that_was_found_harmless_is_not_said_again():
    assert naming_labels(files(AB="AB_pre.edf"), [], ["ab"]) == {}


def test_a_dyad_called_after_its_members_is_found():
    rows = [("MuellerMaier", "T01", "MuellerMaier/t.edf"), ("MuellerMaier", "C01", "MuellerMaier/c.edf")]
    assert naming_labels(rows) == {"MuellerMaier": "MuellerMaier/t.edf"}


def test_a_person_in_two_dyads_is_one_person():
    rows = [("D1", "AB", "AB_1.edf"), ("D2", "AB", "AB_2.edf"), ("D2", "C2", "C2.edf")]
    assert naming_labels(rows) == {"AB": "AB_1.edf"}


def test_placeholders_are_no_authors_and_names_are():
    placeholders = ["First author", "second Author", "Author 2", "Your name", "A", "xxx", "n/a", "TODO", " "]
    people = ["Ada Lovelace", "A. B. Name-Smith", "Authorson, K.", "Xu X.", "University of Cambridge"]
    assert placeholder_authors([*placeholders, *people]) == placeholders


def test_names_and_placeholders_are_warnings_of_a_study_with_recordings(demo):
    demo.record()
    demo.config["authors"] = ["First author", "Ada Lovelace"]
    for table, column in (("dyads", "client"), ("recordings", "client_file")):
        demo.put(table, 2, column, "Anna" if column == "client" else "Anna_pre.Poly5")
    demo.put(
        "participants", [r[0] for r in demo.rows("participants")].index("C01") + 1, "participant", "Anna"
    )
    (demo.folder / demo.config["raw_folder"] / "Anna_pre.Poly5").write_bytes(b"raw")
    said = {w.where: w for w in demo.load().warnings}
    assert said["dyads.tsv"].what == "1 label is a word of raw file names: Anna (Anna_pre.Poly5)"
    assert "codes such as T01" in said["dyads.tsv"].hint
    assert said["config.yaml, authors"].what == "First author is a placeholder"


def test_the_demos_own_labels_and_authors_name_nobody(demo):
    demo.record()
    where = {w.where for w in demo.load().warnings}
    assert not where & {"dyads.tsv", "config.yaml, authors"}
