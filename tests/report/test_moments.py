"""Bodies and moments: what the tables of other signals and coded events hold is on the page."""

import sys
from contextlib import nullcontext
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from read_pages import ASSETS, Page, outlines, said
from synthetic_tables import write_findings, write_tables

from interbrain import apa
from interbrain.coding.groups import curves_of_the_study, events_of_the_study, relations_of_the_study
from interbrain.files.tables import write_table
from interbrain.findings.form import Claim, Evidence, Finding, Reservation
from interbrain.report.cards.moments import judged_moments
from interbrain.report.cards.one_dyad import own_tests
from interbrain.report.page import render
from interbrain.report.reading import Results, read_results
from interbrain.report.sections.moments import in_short
from interbrain.statistics.signals import signal_statistics
from interbrain.tables import event_statistics
from interbrain.tables.signal_statistics import OF_SIGNALS
from interbrain.tables.truth import FOUND_IN_SESSIONS

LAGS = np.arange(-60, 61, 5.0)
SECTIONS = ("glance", "moments", "warnings")


def dyads_with_events(n, delta=0.08, n_lags=LAGS, seed=1):
    """Event-locked rows and curves of `n` dyads: brains that are `delta` above their surroundings."""
    rng = np.random.default_rng(seed)
    rows, curves = [], []
    for i in range(1, n + 1):
        for band, roi in (("all", "all"), ("alpha", "frontal")):
            about = {"dyad": f"D{i:02}", "time": "session", "run": 1, "code": "rupture"}
            about |= {"signal": "brain", "measure": "plv", "band": band, "roi": roi}
            own = delta + 0.02 * rng.standard_normal()
            rows.append(
                about | {"coder": "A", "n_events": 7, "n_used": 6, "n_controls": 40, "delta": own, "note": ""}
            )
            shape = own * np.exp(-(((n_lags - 10) / 12) ** 2)) + 0.01 * rng.standard_normal(len(n_lags))
            curves += [
                about | {"lag_s": lag, "value": value, "n_used": 6}
                for lag, value in zip(n_lags, shape, strict=True)
            ]
    return pd.DataFrame(rows), pd.DataFrame(curves)


_PAGES = {}


def made(folder, tables, *, drawn=False):
    """Results of the made-up study with these tables, and what its page says of them.

    A page that another test has made is kept.
    """
    key = drawn, *((name, table.to_csv()) for name, (table, _) in tables.items())
    if key not in _PAGES:
        paths = write_tables(folder)
        for name, (table, declared) in tables.items():
            paths[name] = folder / f"desc-{declared.name}.tsv"
            write_table(paths[name], table, declared)
        results = read_results(write_findings(paths))
        with nullcontext() if drawn else outlines():
            _PAGES[key] = results, Page(render(results, ASSETS, folder, SECTIONS))
    return _PAGES[key]


def of_events(n, **how):
    rows, curves = dyads_with_events(n, **how)
    therapists = {dyad: f"T{dyad[1:]}" for dyad in rows["dyad"]}
    return {
        "eventlocked": (events_of_the_study(rows, therapists), event_statistics.EVENTS),
        "perievent": (curves_of_the_study(curves, rows, therapists), event_statistics.CURVES),
    }


def test_a_study_without_them_has_no_such_section(tmp_path):
    _, page = made(tmp_path, {})
    assert "Bodies and moments" not in page.text


def test_events_have_their_table_and_a_curve_with_its_band(tmp_path):
    results, page = made(tmp_path, of_events(8), drawn=True)
    section = page.section("moments")
    told = said(section)
    [row] = results["eventlocked"].query("band == 'all'").to_dict("records")
    assert f"{apa.proportion(row['mean'])} {apa.interval(row['ci_low'], row['ci_high'], 3)}" in told
    assert apa.bare_p(row["p_flips"]) in told and "48 of 56" in told
    [figure] = page.all("figure", id="figure-perievent")
    [svg] = page.inside(figure, "svg")
    assert "the band is beyond 0 from" in svg["at"]["aria-label"]
    lags = results["perievent"].query("band == 'all' and p_family <= 0.05")["lag_s"]
    assert f"from {lags.min():g} to {lags.max():g} s" in svg["at"]["aria-label"]


def test_without_an_effect_the_band_includes_zero_and_the_figure_says_so(tmp_path):
    results, page = made(tmp_path, of_events(8, delta=0.0, seed=4))
    assert results["perievent"].query("band == 'all'")["p_family"].min() > 0.05
    [figure] = page.all("figure", id="figure-perievent")
    assert "the band includes 0 everywhere" in page.inside(figure, "svg")[0]["at"]["aria-label"]


def test_one_dyad_is_not_tested_and_the_reason_is_there(tmp_path):
    _, page = made(tmp_path, of_events(1))
    told = said(page.section("moments"))
    assert "not tested: 1 dyad" in told.lower() and "n/a" in told
    assert (
        "there is no band"
        in page.inside(page.all("figure", id="figure-perievent")[0], "svg")[0]["at"]["aria-label"]
    )


def only_dyad(monkeypatch):
    monkeypatch.setattr(Results, "dyads", property(lambda self: ["D01"]))


def test_the_own_tests_of_an_only_dyad_take_the_place_of_tests_over_dyads(tmp_path, monkeypatch):
    only_dyad(monkeypatch)
    rows, _ = dyads_with_events(1)
    own = rows.assign(chance=0.0, chance_sd=0.02, z_chance=4.0, p_chance=[0.003, 0.4], n_shifts=999)
    about = {"dyad": "D01", "time": "session", "run": 1, "body": "eda", "body_measure": "wcc_absolute"}
    related = pd.DataFrame([about | {"signal": "brain", "measure": "plv", "band": "all", "roi": "all"}])
    related = related.assign(n_windows=290, r=0.31, above_chance=0.32, p_chance=0.012, note="")
    related = related.reindex(columns=event_statistics.BRAIN_BODY_OF_DYADS.names)
    tables = of_events(1) | {
        "dyadevents": (own, event_statistics.OF_DYADS),
        "dyadbrainbody": (related, event_statistics.BRAIN_BODY_OF_DYADS),
    }
    results, page = made(tmp_path, tables)
    told = said(page.section("moments"))
    assert "The study has one dyad." in told and "events minus surroundings" in told
    assert ".003" in told and ".012" in told and ".31" in told
    assert "p (flips)" not in told
    known = results["aggregated"]["p_chance"]
    assert f"p < .05 in {(known < 0.05).sum()} of {known.notna().sum()} tests, among them" in own_tests(
        results
    )


def test_several_dyads_have_no_sentence_on_one(tmp_path):
    assert own_tests(made(tmp_path, {})[0]) == ""


def test_agreement_of_one_coder_has_no_table(tmp_path):
    rows = pd.DataFrame([{"code": "rupture", "dyad": "all", "n_runs": 0, "note": "one coder"}])
    rows = rows.reindex(columns=event_statistics.AGREEMENT.names)
    _, page = made(tmp_path, of_events(8) | {"agreement": (rows, event_statistics.AGREEMENT)})
    assert "Do the coders agree?" not in said(page.section("moments"))


def test_dyads_with_too_few_events_leave_a_figure_that_is_absent_and_named_in_the_warnings(tmp_path):
    rows, curves = dyads_with_events(3)
    rows = rows.assign(delta=np.nan, note="3 events: fewer than 5 are not tested")
    therapists = dict.fromkeys(rows["dyad"], "T01")
    tables = {
        "eventlocked": (events_of_the_study(rows, therapists), event_statistics.EVENTS),
        "perievent": (curves_of_the_study(curves, rows, therapists), event_statistics.CURVES),
    }
    _, page = made(tmp_path, tables)
    assert "No dyad has enough events of a code" in said(page.section("moments"))
    assert "no dyad has enough events of a code" in said(page.section("warnings")).lower()
    assert "fewer than 5 are not tested" in said(page.section("moments"))


def test_brains_beside_bodies_are_named_in_words(tmp_path):
    rng = np.random.default_rng(2)
    rows = pd.DataFrame(
        [
            {
                "dyad": f"D{i:02}",
                "time": "session",
                "run": 1,
                "signal": "brain",
                "measure": "plv",
                "band": "all",
            }
            | {"roi": "all", "body": "motion", "body_measure": "wcc_absolute", "n_windows": 50, "r": r}
            | {"above_chance": np.arctanh(r), "note": ""}
            for i, r in enumerate(0.2 + 0.1 * rng.standard_normal(6), 1)
        ]
    )
    therapists = {dyad: f"T{dyad[1:]}" for dyad in rows["dyad"]}
    table = relations_of_the_study(rows, therapists)
    assert set(table.columns) == set(event_statistics.BRAIN_BODY.names)
    _, page = made(tmp_path, {"brainbody": (table, event_statistics.BRAIN_BODY)})
    told = said(page.section("moments"))
    assert "over all sites and bands" in told and "Movement: Cross-lagged correlation" in told
    assert apa.proportion(table["r_mean"].iloc[0], 2) in told


@pytest.mark.parametrize(
    ("name", "words_"),
    [
        ("eda_wcc_absolute_above_chance", "Skin conductance: Cross-lagged correlation"),
        ("left_hand_susy_absolute_above_chance", "Left hand: SUSY's Z"),
    ],
)
def test_a_column_of_coordination_is_said_in_words(name, words_):
    from interbrain.report import words

    assert words.coordination_column(name) == words_


@pytest.mark.long
def test_what_was_planted_in_a_session_is_beside_what_was_found(tmp_path):
    found = pd.DataFrame(
        [
            {"signal": "eda", "expected_r": 0.8, "found_r": 0.75, "found_lag_s": 1.75, "leader": "therapist"},
            {"signal": "ibi", "expected_r": 0, "shared_course": "settling in"},
            {"signal": "brain", "band": "all", "expected_delta": 0.3, "found_delta": 0.22, "p_chance": 0.004},
            {"signal": "brain", "band": "alpha", "expected_delta": 0.31, "found_delta": 0.23},
        ]
    ).assign(dyad="D01", time="session")
    found = found.reindex(columns=FOUND_IN_SESSIONS.names)
    tables = of_events(4) | {"planted_found": (found, FOUND_IN_SESSIONS)}
    _, page = made(tmp_path, tables)
    section = said(page.section("moments"))
    assert "planted against found" in section
    assert "therapist" in section and "settling in" in section
    for number in (".75", "1.8", ".300", ".220", ".004"):
        assert number in section
    _, page = made(tmp_path, of_events(4))
    assert "planted against found" not in said(page.section("moments"))


def test_where_the_therapists_are_too_few_it_is_not_said_of_the_dyads_and_claims_are_one_sentence():
    whole, cell = (
        Claim("plv", "above", roi=roi, band=band, size=0.06, low=0.05, high=0.07, p=0.004)
        for roi, band in (("all", "all"), ("frontal", "alpha"))
    )
    found = Finding(
        "plv at rupture", "unconfirmable", question="coded events", n_dyads=9,
        claims=(whole, cell), reservations=(Reservation("therapists floor", {"n": 4}),),
        evidence=(Evidence("asked", {"measure": "plv", "effect": "rupture"}),),
    )  # fmt: skip
    [judged] = judged_moments(SimpleNamespace(findings=[found], questionnaire_label=str))
    assert judged.chip == "Found, but too few therapists to confirm it"
    assert "4 therapists are too few to show that it holds for others." in judged.lines
    assert judged.sentence.count("; more at rupture") == 1 and ". more" not in judged.sentence


def test_the_first_page_has_the_main_test_of_each_code_and_the_reason_where_there_is_none(tmp_path):
    results, page = made(tmp_path, of_events(8))
    [row] = results["eventlocked"].query("band == 'all'").to_dict("records")
    told = said(page.section("glance"))
    assert f"Over 8 dyads: {row['apa']}" in told and "more at rupture than in the minutes around it" in told
    _, page = made(tmp_path / "one", of_events(1))
    told = said(page.section("glance"))
    assert "Not tested: 1 dyad with a value that varies" in told and told.lower().count("not tested") == 2
    _, page = made(tmp_path / "none", {})
    assert "Bodies and moments" not in said(page.section("glance"))


def coordinated(n, mean, seed=3):
    """Tests of the skin conductance and movement of `n` dyads; `mean` in SDs above chance, of the first."""
    rng = np.random.default_rng(seed)
    names = [f"{one}_above_chance" for one in ("eda_wcc_absolute", "eda_wcc_signed", "motion_wcc_lead")]
    own = rng.standard_normal((n, 3))
    own = (own - own.mean(axis=0)) / own.std(axis=0, ddof=1) + [mean, 3.0, -2.0]
    table = pd.DataFrame(own, columns=names).assign(
        dyad=[f"D{i}" for i in range(n)], therapist=[f"T{i}" for i in range(n)],
        client=[f"C{i}" for i in range(n)], time="session", roi="frontal", band="alpha",
    )  # fmt: skip
    found = signal_statistics(table, names, [], [], relabelings=999, bootstraps=99)
    return {name: (one, OF_SIGNALS[name]) for name, one in found.items()}


@pytest.mark.long_but("2.0-Found, with reservations-Over 12 dyads: above chance")
@pytest.mark.parametrize(
    ("mean", "verdict", "sentence"),
    [
        (2.0, "Found, with reservations", "Over 12 dyads: above chance"),
        (-2.0, "Below chance", "Over 12 dyads: below chance"),
        (0.0, "Cannot tell", "This study cannot tell whether it is above or below chance: with 12 dyads"),
    ],
)
def test_the_first_page_has_the_verdict_on_each_signal_and_never_the_opposite_of_its_test(
    tmp_path, mean, verdict, sentence
):
    _, page = made(tmp_path, coordinated(12, mean))
    rows = {
        said(row): said(row)
        for row in page.all("tr")
        if "skin conductance: cross-lagged correlation, above chance" in said(row).lower()
    }
    first = next(iter(rows.values()))
    assert verdict in first and sentence in first and "Holm’s correction over 2 tests against zero" in first
    glance = said(page.section("glance"))
    assert "below chance, so that the client leads" in glance
    assert "Signed cross-lagged" not in glance and "2 further questions" not in glance
    section = said(page.section("moments"))
    assert "No verdict on this measure" in section and "compare with strangers" in section


def test_of_one_dyad_the_first_page_has_its_own_test(tmp_path):
    rows, _ = dyads_with_events(1)
    rows = rows.assign(chance=0.01, chance_sd=0.02, z_chance=3.4, p_chance=0.002, n_shifts=999)
    results, _ = made(tmp_path, {"dyadevents": (rows, event_statistics.OF_DYADS)})
    alone = SimpleNamespace(dyads=["D01"], tables=results.tables)
    [(about, line)] = in_short(alone)
    assert about == "Rupture, Brains: PLV, session"
    delta = apa.number(rows["delta"].iloc[0], 3)
    assert line == f"D01, events minus surroundings: {delta}, chance 0.010, z = 3.40, p = .002."
