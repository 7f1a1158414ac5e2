"""Findings and their evidence on disk: what is read is what was judged."""

import math

import pytest

from interbrain.files.tables import read_table, write_table
from interbrain.findings.form import VERDICTS, Claim, Evidence, Finding, Reservation
from interbrain.findings.sentences import OF_A_CLAIM, WITHOUT
from interbrain.findings.written import evidence_table, findings_table, read_evidence, read_findings
from interbrain.tables.findings import EVIDENCE, FINDINGS

FOUND = [
    Finding("synchrony", "untested", reason="0 dyads with a value"),
    Finding(
        "group",
        "qualified",
        (
            Claim(
                "both", "001", "NA", size=0.05, low=-0.01, high=0.11, d=1.5, p=0.02, measure="above_chance"
            ),
            Claim("plv", measure="plv"),
        ),
        (
            Reservation("floor", {"unit": "therapist", "p": 0.2, "n_relabelings": 12, "smallest_p": 0.08}),
            Reservation(
                "some snr",
                {
                    "measure": "above_chance",
                    "pairs": [{"higher": "001", "lower": "NA", "F": 2.0, "df1": 1, "df2": 9, "p": 0.3}],
                    "differs": [{"role": "client", "roi": "all", "band": "1", "p_holm": 0.01}],
                },
            ),
            Reservation("opposite cells"),
            Reservation("interaction", {"effect": "group:time", "apa": "F(1, 9) = 8.00, p = .020"}),
        ),
        decisive="above_chance",
        n_dyads=12,
        reach=0.5,
        evidence=(
            Evidence("power", {"n_dyads": 12, "detectable_d": 1.9}),
            Evidence("power", {"n_dyads": 11, "detectable_d": 2.0}),
        ),
    ),
    Finding("wai", "unclear", decisive="plv", n_dyads=9, reach=0.8),
]


def through_files(folder, found, others=()):
    frames = (
        ("findings", findings_table(found), FINDINGS),
        ("evidence", evidence_table(found, others), EVIDENCE),
    )
    for name, frame, table in frames:
        write_table(folder / f"{name}.tsv", frame, table)
    return tuple(read_table(folder / f"{name}.tsv", table) for name, _, table in frames)


def plain(found: Finding) -> tuple:
    """A finding with None for NaN, so that two can be compared."""

    def known(thing):
        return {k: None if isinstance(v, float) and math.isnan(v) else v for k, v in vars(thing).items()}

    own = {name: value for name, value in known(found).items() if name != "claims"}
    return own, [known(claim) for claim in found.claims]


def test_what_is_read_is_what_was_judged_in_names_numbers_and_order(tmp_path):
    again = read_findings(*through_files(tmp_path, FOUND))
    assert [plain(one) for one in again] == [plain(one) for one in FOUND]
    assert [type(one) for one in again[1].reservations] == [Reservation] * 4


def test_each_claim_is_a_row_and_the_first_row_says_the_verdict(tmp_path):
    findings, evidence = through_files(tmp_path, FOUND)
    assert findings["hypothesis"].tolist() == ["synchrony", "group", "group", "wai"]
    assert findings["reservations"][1].startswith("floor: therapist p=0.2, n_relabelings=12")
    assert set(evidence.loc[evidence["against"] == "yes", "evidence"]) == {
        *("floor", "some snr", "opposite cells", "interaction")
    }


def test_what_is_no_hypothesis_of_the_study_is_evidence_and_no_finding(tmp_path):
    others = [("roi", Evidence("raw effect alone", {"apa": "F", "apa_corrected": "G"}))]
    findings, evidence = through_files(tmp_path, FOUND, others)
    assert "roi" not in set(findings["hypothesis"]) and len(read_findings(findings, evidence)) == 3
    assert read_evidence(evidence, "raw effect alone") == [("roi", {"apa": "F", "apa_corrected": "G"})]


def test_a_number_without_a_declared_column_is_refused():
    with pytest.raises(TypeError, match="no column furlongs"):
        evidence_table([Finding("group", "found", evidence=(Evidence("x", {"furlongs": 3}),))])


def test_each_row_has_a_sentence_that_says_its_claim_and_its_verdict():
    claims = (Claim(on="both", higher="yes", lower="no"), Claim(on="plv", higher="", lower=""))
    found = [
        Finding("group", "unconfirmable", claims),
        Finding("wai", "raw-only", (Claim(on="plv", higher="lower", roi="frontal", band="theta"),)),
        Finding("synchrony", "unclear"),
        Finding("modality", "untested", reason="each level has one dyad."),
    ]
    small = "(found in the model, and no exact test of this size could confirm it)."
    assert findings_table(found)["sentence"].tolist() == [
        f'Raw PLV and PLV above chance were higher for group "yes" than "no" {small}',
        f"Raw PLV differed between the levels of group, but no two of these differ after correction {small}",
        "Raw PLV was lower with higher wai at frontal sites in the band theta (only in raw PLV).",
        "synchrony: nothing was found, and the study cannot tell.",
        "modality: not tested: each level has one dyad.",
    ]
    assert {*OF_A_CLAIM, *WITHOUT, "untested"} == set(VERDICTS)


def test_where_changes_were_tested_a_claim_says_so_and_synchrony_itself_does_not():
    found = [
        Finding("group", "found", (Claim(on="both", higher="yes", lower="no"),)),
        Finding("wai", "raw-only", (Claim(on="plv", higher="lower", roi="frontal", band="theta"),)),
        Finding("synchrony", "found", (Claim(on="above_chance", higher="above"),)),
    ]
    said = [sentence.partition(" (")[0] for sentence in findings_table(found, change=True)["sentence"]]
    assert said == [
        'Changes of raw PLV and PLV above chance were higher for group "yes" than "no"',
        "The change of raw PLV was lower with higher wai at frontal sites in the band theta",
        "PLV was above chance on average",
    ]
