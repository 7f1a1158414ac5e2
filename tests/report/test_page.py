"""The report says what the tables say, whole, offline, escaped, the same every time."""

import base64
import hashlib
import itertools
import json
import re
import sys
from contextlib import contextmanager, nullcontext
from html import escape
from html.parser import HTMLParser
from pathlib import Path

import pandas as pd
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from synthetic_tables import NAMES, NOTE, write_pictures, write_tables

from interbrain.report import cards, figures, findings, words, write_report
from interbrain.report.methods import write_methods
from interbrain.report.reading import read_results

VOID = {"meta", "link", "br", "img", "input", "hr", "wbr", "source", "base", "area", "col", "embed", "track"}
FIGURES = ["quality", "spectra", "groups", "correlations-wai-difference", "channels", "chance", "planted"]
FIGURES += ["lags", *(f"specifications-{name}" for name in ("mindfulness", "modality", "wai-difference"))]


class Page(HTMLParser):
    """A tree of the page, small enough to ask it what the tests must know."""

    def __init__(self, text: str):
        super().__init__(convert_charrefs=True)
        self.text = text
        self.elements, self.open, self.unclosed = [], [], []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag, attributes):
        parent = self.open[-1] if self.open else None
        element = {"tag": tag, "at": dict(attributes), "parent": parent, "words": []}
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attributes):
        self.handle_starttag(tag, attributes)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag):
        if self.open and self.open[-1]["tag"] == tag:
            self.open.pop()
        else:
            self.unclosed.append(tag)

    def handle_data(self, data):
        for element in self.open:
            element["words"].append(data)

    def all(self, tag=None, **attributes):
        wanted = {name.rstrip("_").replace("_", "-"): value for name, value in attributes.items()}
        return [
            e for e in self.elements
            if (tag is None or e["tag"] == tag) and all(e["at"].get(n) == v for n, v in wanted.items())
        ]  # fmt: skip

    def inside(self, ancestor, tag):
        found = []
        for element in self.all(tag):
            parent = element["parent"]
            while parent is not None and parent is not ancestor:
                parent = parent["parent"]
            if parent is ancestor:
                found.append(element)
        return found

    def section(self, name):
        return self.all("section", id=name)[0]


def said(element) -> str:
    return re.sub(r"\s+", " ", "".join(element["words"])).strip()


def table_rows(page, caption):
    """The rows below the table whose caption contains `caption`, each a list of texts."""
    for table in page.all("table"):
        if any(caption in said(c) for c in page.inside(table, "caption")):
            return [[said(cell) for cell in page.inside(row, "td")] for row in page.inside(table, "tr")][1:]
    raise AssertionError(f"no table called {caption}")


@contextmanager
def outlines():
    """Figures without what is drawn in them, which takes most of a page's time: for tests of the rest."""

    def outline(canvas, prefix, alt, dyad="", like=None):
        svg = f'<svg class="fig" viewBox="0 0 1 1" role="img" aria-label="{escape(alt)}"></svg>'
        return figures.Panel(svg, alt, round(canvas.width), dyad)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(figures, "_panel", outline)
        yield


@pytest.fixture(scope="module")
def make(tmp_path_factory, repository):
    """Write the inputs of a variant, the report from them, and read it: once a variant and module."""
    made = {}

    def report(drawn=True, **variant):
        key = repr((drawn, sorted(variant.items())))
        if key not in made:
            folder = tmp_path_factory.mktemp("report")
            inputs = write_tables(folder, **variant)
            pictures = write_pictures(folder, inputs)
            with nullcontext() if drawn else outlines():
                write_report(folder / "report.html", inputs, repository / "workflow" / "report", pictures)
            made[key] = Page((folder / "report.html").read_text(encoding="utf-8")), inputs, folder
        return made[key]

    return report


@pytest.fixture(scope="module")
def demo(make):
    return make()


def read(path) -> pd.DataFrame:
    return pd.read_csv(path, sep="\t", keep_default_na=False, na_values=["n/a"])


VARIANTS = [
    {},
    {"n_dyads": 3, "testable": False},
    {"questionnaires": False, "truth": False, "simulated": False, "exclusions": False, "multiverse": False},
    {"gaps_in_values": True},
    {"marked": "<b>&\"'$x$", "estimators": ("ppc",), "enters": "change"},
    {
        "factors": {},
        "bands": {"alpha": [8, 12]},
        "rois": {"vertex": ["Cz"]},
        "times": ("rest",),
        "channels": ("Cz",),
    },
    {
        "factors": {"arm": ["a", "b", "c", "d"], "clinic_no": ["1", "2"]},
        "n_dyads": 9,
        "channels": tuple("ABCDEFGHIJKL"),
    },
]


# --- the whole page ---


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(v) or "demo")
def test_every_variant_is_a_well_formed_offline_page(make, variant):
    page, _, folder = make(**variant)
    assert page.unclosed == []
    assert page.open == []
    ids = [e["at"]["id"] for e in page.elements if "id" in e["at"]]
    assert len(ids) == len(set(ids))
    for link in page.all("a"):
        target = link["at"]["href"]
        beside = target.startswith("dyads/") and (folder / target).is_file()
        assert beside or target.startswith(("#", "data:", "https://doi.org/")), target[:80]
        if target.startswith("#"):
            assert target[1:] in ids
    for element in page.elements:
        for name in ("srcset", "poster", "action", "background"):
            assert name not in element["at"]
        assert element["at"].get("src", "data:image/webp;base64,").startswith("data:image/webp;base64,")
        target = element["at"].get("href", "")
        if element["tag"] in ("use", "image"):
            assert target.startswith(("#", "data:image/png"))
            assert not target.startswith("#") or target[1:] in ids
        for value in element["at"].values():
            for reference in re.findall(r"url\(([^)]*)\)", value or ""):
                assert reference.startswith("#") and reference[1:] in ids
    assert not {e["tag"] for e in page.elements} & {"link", "iframe", "object", "embed", "base", "form"}
    assert "@import" not in page.text and "url(http" not in page.text
    assert (folder / "report.html").stat().st_size < 10_000_000


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: "-".join(v) or "demo")
def test_headings_never_skip_a_level_and_every_picture_has_words(make, variant):
    page, _, _ = make(**variant)
    levels = [int(e["tag"][1]) for e in page.elements if re.fullmatch("h[1-6]", e["tag"])]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))
    drawings = page.all("svg")
    assert drawings
    for drawing in drawings:
        assert drawing["at"]["role"] == "img"
        assert len(drawing["at"]["aria-label"]) > 25
    for picture in page.all("img"):
        assert len(picture["at"]["alt"]) > 100
    for name in ("main", "nav", "header", "footer"):
        assert len(page.all(name)) == 1
    for region in page.all(role="region"):
        assert region["at"].get("aria-label") or region["at"].get("aria-labelledby")


def test_the_policy_forbids_the_network_and_allows_only_our_script(demo):
    page, _, _ = demo
    policy = page.all("meta", http_equiv="Content-Security-Policy")[0]["at"]["content"]
    script = "".join(page.all("script")[0]["words"])
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    assert "default-src 'none'" in policy
    assert f"script-src 'sha256-{digest}'" in policy
    assert "http" not in policy.replace("http-equiv", "")
    assert "connect-src" not in policy
    assert len(page.all("script")) == 1
    assert [e for e in page.elements if any(name.startswith("on") for name in e["at"])] == []


def test_the_same_tables_give_the_same_bytes(make, repository):
    _, inputs, folder = make()
    before, again = set(folder.iterdir()), folder / "again.html"
    write_report(again, inputs, repository / "workflow" / "report", write_pictures(folder, inputs))
    assert again.read_bytes() == (folder / "report.html").read_bytes()
    assert set(folder.iterdir()) == before | {again}


def test_a_hundred_dyads_and_64_channels_stay_under_ten_megabytes(make):
    page, inputs, folder = make(
        n_dyads=104, channels=tuple(f"E{n}" for n in range(1, 65)), simulated=False, truth=False
    )
    assert (folder / "report.html").stat().st_size < 10_000_000
    assert len(page.all("option")) == 1 + 105
    assert "88 more are in the table only" in page.text  # 208 people, 120 spectra drawn
    name = NAMES["spectra"] + ".gz"
    packed = page.all("a", download=name)[0]["at"]["href"].partition(",")[2]
    import gzip

    assert gzip.decompress(base64.b64decode(packed)) == inputs["spectra"].read_bytes()


def test_what_people_typed_is_shown_as_text_and_never_as_markup(make):
    mark = "<b>&\"'$x$"
    page, _, _ = make(**VARIANTS[4])
    assert page.all("b") and not any(said(e).startswith("&\"'$x$") for e in page.all("b"))
    assert mark not in page.text.replace("&lt;b&gt;&amp;", "")
    assert "D01" + mark in {e["at"].get("data-dyad") for e in page.elements}
    labels = " ".join(said(e) for e in page.all("text"))
    assert "yes<b>" in labels  # a dollar sign is no formula either
    assert mark in said(page.all("h1")[0])


# --- figures ---


def test_every_expected_figure_is_there_with_its_numbers_and_their_download(demo):
    page, inputs, _ = demo
    figures = page.all("figure")
    assert [f["at"]["id"].removeprefix("figure-") for f in figures] == FIGURES
    for number, figure in enumerate(figures, 1):
        assert said(figure).startswith(f"Figure {number}.")
        assert (
            page.inside(figure, "svg")
            and page.inside(figure, "details")
            and page.inside(figure, "figcaption")
        )
    links = {
        f["at"]["id"]: page.inside(figure, "a")[0]["at"] for f, figure in zip(figures, figures, strict=True)
    }
    packed = links["figure-chance"]["href"].partition(",")[2]
    aggregated = read(inputs["aggregated"])
    lines = base64.b64decode(packed).decode().splitlines()
    assert len(lines) == 1 + len(aggregated)
    assert float(lines[1].split("\t")[4]) == aggregated["plv"][0]
    assert links["figure-spectra"]["href"] == "#file-spectra"


def test_each_dyad_is_one_mark_in_each_panel_of_groups(demo):
    page, inputs, _ = demo
    dyads = set(read(inputs["dyadmeans"])["dyad"])
    panels = page.inside(page.all("figure", id="figure-groups")[0], "svg")
    assert len(panels) == 4  # two factors, raw and above chance
    for panel in panels:
        marks = [g["at"]["data-dyad"] for g in page.inside(panel, "g") if "data-dyad" in g["at"]]
        assert sorted(marks) == sorted(dyads)


def test_a_map_of_many_channels_is_one_small_picture_and_of_few_prints_its_values(make):
    page, inputs, _ = make()
    first = page.inside(page.all("figure", id="figure-channels")[0], "svg")[0]
    texts = {said(t) for t in page.inside(first, "text")}
    pairs = read(inputs["channelpairs"]).query("band == 'theta'")
    assert {words.proportion(value, 2) for value in pairs["above_chance"]} <= texts
    assert {*pairs["therapist_channel"], "Therapist's channel", "Client's channel"} <= texts


@pytest.mark.parametrize("missing", ["spectra", "channelpairs"])
def test_a_figure_without_numbers_is_named_where_it_belongs_and_in_the_warnings(
    make, repository, tmp_path, missing
):
    _, inputs, _ = make()
    empty = tmp_path / NAMES[missing]
    empty.write_text(inputs[missing].read_text().splitlines()[0] + "\n")
    with outlines():
        write_report(tmp_path / "report.html", inputs | {missing: empty}, repository / "workflow" / "report")
    page = Page((tmp_path / "report.html").read_text())
    figure = {"spectra": "spectra", "channelpairs": "channels"}[missing]
    assert [f["at"]["id"].removeprefix("figure-") for f in page.all("figure")] == [
        f for f in FIGURES if f != figure
    ]
    assert "Not drawn" in said(page.all("p", id=f"figure-{figure}")[0])
    assert "Missing figure" in said(page.section("warnings"))


# --- numbers and words ---


def test_the_numbers_on_the_page_are_those_of_the_tables(demo):
    page, inputs, _ = demo
    anova = read(inputs["anova"])
    text = said(page.section("results"))
    for line in [*anova["apa"], *read(inputs["correlations"])["apa"]]:
        assert line in text
    for measure, caption in (("plv", "Effects on raw PLV"), ("above_chance", "Effects on PLV above chance")):
        rows = table_rows(page, caption)
        expected = anova[anova["measure"] == measure]
        assert [row[1] for row in rows] == [f"{value:.2f}" for value in expected["F"]]
        assert [row[3] for row in rows] == [words.p_value(value) for value in expected["p"]]
    means = table_rows(page, "Dyad means by group")
    assert [row[4] for row in means] == [words.proportion(m) for m in read(inputs["descriptives"])["mean"]]
    shown = table_rows(page, "against its own chance level")
    aggregated = read(inputs["aggregated"])
    assert [row[4] for row in shown] == [words.proportion(v) for v in aggregated["plv"]]
    assert [row[8] for row in shown] == [words.p_value(v) for v in aggregated["p_chance"]]
    glance = said(page.section("glance"))
    for line in anova[anova["effect"].isin(["mindfulness", "modality"])]["apa"]:
        assert line in glance


def test_a_card_for_each_factor_and_each_questionnaire_lists_all_its_correlations(demo):
    page, inputs, _ = demo
    cards = [e for e in page.all("li") if "card" in (e["at"].get("class") or "").split()]
    headings = [said(page.inside(card, "h3")[0]) for card in cards]
    assert headings == ["Is there synchrony at all?", "Mindfulness", "Modality", "WAI difference"]
    for row in read(inputs["correlations"]).itertuples():
        assert f"{words.proportion(row.r, 2)} · {words.p_value(row.p_holm)}" in said(cards[3])


def test_each_excluded_item_stands_with_its_reason(demo):
    page, inputs, _ = demo
    rows = table_rows(page, "Everything left out")
    expected = pd.read_csv(inputs["exclusions"], sep="\t", keep_default_na=False, dtype=str)
    assert [(r[0], r[1], r[4], r[6]) for r in rows] == list(
        expected[["what", "dyad", "item", "reason"]].itertuples(index=False, name=None)
    )
    flow = said(page.all("ol", class_="flow")[0])
    assert "− 1 left out: D07client withdrew consent" in flow
    assert "6 dyads analysed" in flow and "Mindfulness: yes 3, no 3" in flow


@pytest.mark.parametrize(
    ("p", "chip", "sentence"),
    [
        (
            (0.003, 0.01),
            "✓ Difference found",
            "higher for mindfulness “yes” than “no” on raw PLV and above chance",
        ),
        ((0.003, 0.21), "⚠ Only in raw PLV", "but not for PLV above chance, which is the measure to rely on"),
        ((0.21, 0.003), "⚠ Only above chance", "raw PLV does not show it"),
        ((0.21, 0.30), "? Cannot tell", "too few to see or to rule out a difference"),
    ],
)
def test_the_sentence_weighs_raw_plv_and_above_chance_together(tmp_path, p, chip, sentence):
    confirms = (0.02, 400, 0.005)
    results = read_results(write_tables(tmp_path, p_between={"mindfulness": p}, permuted=confirms))
    card = cards.cards(results)[0]
    assert f"{card.sign} {card.chip}" == chip
    assert sentence in card.sentence
    flagged = [c.about for c in findings.warnings(results) if "An effect on raw PLV" in c.says]
    assert flagged == (["Mindfulness"] if chip == "⚠ Only in raw PLV" else [])


def test_the_card_takes_direction_and_size_from_the_contrast_and_calls_the_means_unadjusted(tmp_path):
    """The groups' means say yes, the adjusted contrast no: the contrast decides."""
    inputs = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005))
    means = read(inputs["descriptives"]).query("factor == 'mindfulness' and measure == 'above_chance'")
    assert means.set_index("level")["mean"].idxmax() == "yes"
    table = read(inputs["contrasts"])
    table[["difference", "ci_low", "ci_high", "d"]] *= -1
    table.to_csv(inputs["contrasts"], sep="\t", index=False, na_rep="n/a")
    card = cards.cards(read_results(inputs))[0]
    assert "higher for mindfulness “no” than “yes” on raw PLV and above chance" in card.sentence
    assert "adjusted difference .061, 95% CI [−.110, .230], d = 0.87" in card.sentence


def test_a_permutation_that_cannot_reach_05_has_a_verdict_of_its_own(tmp_path):
    written = write_tables(tmp_path, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.1, 20, 0.1))
    card = cards.cards(read_results(written))[0]
    assert f"{card.sign} {card.chip}" == "⚠ Found, but too few dyads to confirm it"
    assert card.lines[0] == (
        "No exact test of this size could confirm it: the smallest possible p of the permutation test is "
        ".100 (20 relabelings)."
    )


def test_code_of_unknown_state_deserves_a_look(tmp_path):
    inputs = write_tables(tmp_path)
    provenance = json.loads(inputs["provenance"].read_text()) | {"commit": "unknown", "dirty": None}
    inputs["provenance"].write_text(json.dumps(provenance))
    results = read_results(inputs)
    [check] = [check for check in findings.checks(results) if check.name == "Software"]
    assert check.state == "look" and check.says == "The commit is not known"
    assert any(c.about == "Software" and c.state == "look" for c in findings.warnings(results))


def test_gaps_that_are_not_known_are_not_good(tmp_path):
    inputs = write_tables(tmp_path, flawless=True)
    table = read(inputs["quality"])
    table["gap_s"] = [float("nan"), *[0.0] * (len(table) - 1)]
    table.to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    [check] = [check for check in findings.checks(read_results(inputs)) if check.name == "Gaps"]
    assert check.state == "look" and check.says == "Not known in 1 of 24 recordings"


def test_few_strangers_and_a_doubtful_key_are_warned_of(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["aggregated"]).assign(n_pseudo=6)
    table.to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    alphas = read(inputs["reliability"]).astype({"note": object})
    alphas.loc[0, ["alpha", "note"]] = [-2.73, "alpha is negative; check the key: reversed twice?"]
    alphas.to_csv(inputs["reliability"], sep="\t", index=False, na_rep="n/a")
    told = {caution.about: caution.says for caution in findings.warnings(read_results(inputs))}
    assert "smallest possible p against strangers is .143" in told["Strangers"]
    assert told["WAI t goal"] == "Cronbach’s α = −2.73: alpha is negative."


@pytest.mark.parametrize(
    ("n_dyads", "eta_high", "chip"),
    [(6, 0.05, "? Cannot tell"), (24, 0.6, "? Cannot tell"), (24, 0.05, "– No clear difference")],
)
def test_only_a_large_and_precise_study_says_no_clear_difference(tmp_path, n_dyads, eta_high, chip):
    card = cards.cards(read_results(write_tables(tmp_path, n_dyads=n_dyads, eta_high=eta_high)))[0]
    assert f"{card.sign} {card.chip}" == chip
    assert "no effect" not in card.sentence.lower()


def test_a_correlation_counts_only_if_it_holds_above_chance(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"])
    raw = (table["measure"] == "plv") & (table["roi"] == "central") & (table["band"] == "alpha")
    table.loc[raw, "p_holm"] = 0.012
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    results = read_results(inputs)
    card = cards.cards(results)[2]
    assert card.verdict == "raw-only" and "central alpha" in card.sentence
    assert len(card.rows) == 4
    assert any("WAI difference, central alpha" in caution.about for caution in findings.warnings(results))


def test_where_nothing_can_be_tested_the_page_says_why_and_shows_no_statistic(make):
    page, _, _ = make(n_dyads=3, testable=False)
    glance = said(page.section("glance"))
    assert glance.count("– Not tested") == 4
    assert NOTE in glance and NOTE in said(page.section("results")) and NOTE in said(page.section("warnings"))
    assert "F(" not in said(page.section("results"))
    assert [f["at"]["id"].removeprefix("figure-") for f in page.all("figure")] == FIGURES
    assert "correlation not computed" in said(page.all("figure", id="figure-correlations-wai-difference")[0])


def test_without_questionnaires_there_is_no_card_and_no_figure_of_them(make):
    page, _, _ = make(**VARIANTS[2])
    assert not any("correlations" in f["at"]["id"] for f in page.all("figure"))
    assert "WAI" not in said(page.section("glance")) and "Horvath" not in said(page.section("methods"))
    assert "− 0 left out" in said(page.section("people"))
    assert "nothing to list" in said(page.section("people"))


def test_missing_values_are_shown_as_such_and_never_as_nan(make):
    page, _, _ = make(gaps_in_values=True)
    body = said(page.all("body")[0])
    assert not re.search(r"\bnan\b", body.replace(said(page.all("script")[0]), ""), re.IGNORECASE)
    assert not re.search(r"\bnan\b", " ".join(e["at"].get("aria-label") or "" for e in page.elements))
    assert "n/a" in body


# --- what cleaning did ---


def test_the_quality_table_tells_what_was_removed_and_why_windows_failed(demo):
    page, _, _ = demo
    rows = {(r[0], r[3]): r for r in table_rows(page, "Each recording")}
    doubtful, good = rows["C04", "pre"], rows["C01", "pre"]
    assert doubtful[4] == "⚠ look: 2 channels bad and 48 % of windows lost" and good[4] == "✓ good"
    assert doubtful[6:10] == [
        "2: F3, C4",
        "2 eye blink, 1 muscle artifact (of 19), not converged",
        "47",
        "20 amplitude, 7 muscle",
    ]
    assert good[6:10] == ["0", "1 eye blink (of 19)", "93", "3 amplitude, 1 muscle"]
    assert (doubtful[10], doubtful[13]) == ("12.5", "1")


def test_each_cell_of_a_table_that_stacks_names_its_column(demo):
    page, _, _ = demo
    table = next(t for t in page.all("table") if "stacks" in t["at"].get("class", ""))
    headings = [said(h) for h in page.inside(table, "th")]
    cells = page.inside(table, "td")
    assert [c["at"]["data-label"] for c in cells[: len(headings)]] == headings
    assert ".stacks td::before { content: attr(data-label)" in page.text


def test_each_recording_leads_to_its_picture_beside_the_page_and_those_to_look_at_are_in_it(demo):
    page, inputs, folder = demo
    links = [a for a in page.inside(page.section("quality"), "a") if a["at"]["href"].startswith("dyads/")]
    assert len(links) == len(read(inputs["quality"])) == 24
    assert "in the results folder, beside this file" in said(page.section("quality"))
    of_d04 = next(a for a in links if "client C04 of D04, post" in said(a))
    pictures = page.all("img")
    assert len(pictures) == 2
    content = base64.b64decode(pictures[1]["at"]["src"].partition(",")[2])
    assert content == (folder / of_d04["at"]["href"]).read_bytes()
    for fact in (
        "client C04 of D04, post", "2 of 6 channels bad, F3, C4", "2 eye blink, 1 muscle artifact (of 19)",
        "27 of 58 windows kept", "20 amplitude, 7 muscle", "12.5 s", "1 decision by hand",
    ):  # fmt: skip
        assert fact in pictures[1]["at"]["alt"]
    summary = said(page.inside(page.all("details", class_="picture")[1], "summary")[0])
    assert summary == "⚠ Client C04 of D04, post: 2 channels bad and 48 % of windows lost"


def test_what_the_recordings_give_reason_to_say_is_in_the_trust_table_and_once_in_the_warnings(tmp_path):
    inputs = write_tables(tmp_path)
    dyads = [f"D{i:02}" for i in range(1, 15)]
    caution = {"what": "the clocks of the computers differ", "hint": "Nothing to do.", "dyads": dyads}
    provenance = json.loads(inputs["provenance"].read_text())
    inputs["provenance"].write_text(json.dumps(provenance | {"cautions": [caution | {"recordings": 56}]}))
    results = read_results(inputs)
    [row] = [check for check in findings.checks(results) if check.name == "Recordings"]
    assert row.state == "look" and "the clocks of the computers differ (in 14 dyads: D01, D02" in row.says
    told = [c for c in findings.warnings(results) if "clocks of the computers" in c.says]
    assert len(told) == 1 and "in 14 dyads: D01" in told[0].says and told[0].next_step == "Nothing to do."


def test_a_study_of_doubtful_recordings_stays_small_and_says_what_it_leaves_out(tmp_path, repository):
    inputs = write_tables(tmp_path, n_dyads=14)
    quality = read(inputs["quality"]).assign(verdict="look")
    quality.to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    pictures = write_pictures(tmp_path, inputs)
    for *_, path in pictures:
        path.write_bytes(path.read_bytes().ljust(140_000, b"\0"))
    write_report(tmp_path / "report.html", inputs, repository / "workflow" / "report", pictures)
    assert (tmp_path / "report.html").stat().st_size < 10_000_000
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    held = len(page.all("img"))
    assert 20 < held < 56 and f"{56 - held} more pictures would make this page too large" in page.text


def test_without_pictures_the_page_promises_none(tmp_path, repository):
    inputs = write_tables(tmp_path)
    with outlines():
        write_report(tmp_path / "report.html", inputs, repository / "workflow" / "report")
    page = Page((tmp_path / "report.html").read_text(encoding="utf-8"))
    assert page.all("img") == [] and "beside this file" not in page.text
    with pytest.raises(FileNotFoundError, match=r"gone\.webp, which is not there"):
        read_results(inputs, [("D01", "client", "pre", tmp_path / "gone.webp")])


@pytest.mark.parametrize(
    ("change", "setting", "state", "told"),
    [
        (
            {},
            {},
            "look",
            "2 of 24 recordings flagged; 28 of 456 components removed (6 %); 2 decisions by hand",
        ),
        ({"ica": "converged"}, {}, "note", "2 decisions by hand"),
        ({}, {"do": False}, "note", "no component removed"),
    ],
)
def test_the_trust_table_sums_up_the_cleaning(tmp_path, change, setting, state, told):
    inputs = write_tables(tmp_path)
    read(inputs["quality"]).assign(**change).to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    results = read_results(inputs)
    results.config["cleaning"]["ica"] |= setting
    check = next(c for c in findings.checks(results) if c.name == "Cleaning")
    assert check.state == state and told in check.says
    if state == "look":
        assert "client C04 of D04, pre (not converged)" in check.detail


def without_recordings(tmp_path, gone, lost=(), enters="mean"):
    """The tables of 14 dyads: `gone` are recordings that are missing, `lost` dyads, by who left them out."""
    inputs = write_tables(tmp_path, n_dyads=14, exclusions=False, enters=enters)
    aggregated = read(inputs["aggregated"])
    levels = aggregated.drop_duplicates("dyad").set_index("dyad")[["mindfulness", "modality"]]
    out = [
        ["recording", dyad, "n/a", time, time, 1, "client fell ill", "the laboratory"] for dyad, time in gone
    ]
    out += [["dyad", dyad, "n/a", "n/a", dyad, 1, reason, by] for dyad, reason, by in lost]
    columns = ["what", "dyad", "participant", "time", "item", "count", "reason", "by"]
    table = pd.DataFrame(out, columns=columns).merge(levels, left_on="dyad", right_index=True, how="left")
    table.to_csv(inputs["exclusions"], sep="\t", index=False, na_rep="n/a")
    kept = ~aggregated["dyad"].isin([dyad for dyad, *_ in lost])
    kept &= ~pd.MultiIndex.from_frame(aggregated[["dyad", "time"]]).isin(gone)
    aggregated[kept].to_csv(inputs["aggregated"], sep="\t", index=False, na_rep="n/a")
    quality = read(inputs["quality"])
    there = ~pd.MultiIndex.from_frame(quality[["dyad", "time"]]).isin(gone)
    quality[there].to_csv(inputs["quality"], sep="\t", index=False, na_rep="n/a")
    return read_results(inputs)


def lost_dyads(results):
    return next(c for c in findings.checks(results) if c.name == "Lost dyads")


def test_lost_dyads_are_a_row_of_the_trust_table_with_the_reasons_by_count_and_by_group(tmp_path):
    short = "too little shared clean data: 5 s at pre (limit 30 s)"
    assert (lost_dyads(without_recordings(tmp_path / "none", [])).state) == "good"
    one = lost_dyads(without_recordings(tmp_path / "one", [], [("D01", "withdrew", "the laboratory")]))
    assert one.state == "note" and one.says == "1 of 14 dyads was lost: 1 excluded by the laboratory"
    many = [(dyad, short, "automatic") for dyad in ("D02", "D04", "D06")]
    many.append(("D01", "withdrew", "the laboratory"))
    four = lost_dyads(without_recordings(tmp_path / "four", [], many))
    assert four.state == "look"
    assert four.says == (
        "4 of 14 dyads were lost: 3 too little shared clean data and 1 excluded by the laboratory"
    )
    assert "Mindfulness: yes 1 of 7 and no 3 of 7." in four.detail


def test_two_dyads_lost_of_one_group_alone_deserve_a_look_though_they_are_few(tmp_path):
    lost = [(dyad, "withdrew", "the laboratory") for dyad in ("D02", "D04")]
    check = lost_dyads(without_recordings(tmp_path, [], lost))
    assert check.state == "look" and "yes 0 of 7 and no 2 of 7" in check.detail


@pytest.mark.parametrize(
    ("enters", "told"),
    [
        ("mean", "The mean over the recordings that there are is its value."),
        ("factor", "The mixed model and the correlations use what there is; the other tests leave it out."),
        ("change", "A dyad without the first or the last time is left out."),
        ("ancova", "A dyad without the first or the last time is left out."),
    ],
)
def test_a_dyad_that_was_recorded_once_is_told_wherever_the_times_are(tmp_path, repository, enters, told):
    results = without_recordings(tmp_path, [("D03", "post")], enters=enters)
    assert findings.missing_recordings(results) == []  # the reason is known
    check = lost_dyads(results)
    assert check.state == "note" and "Fewer times: D03 (pre alone)" in check.detail
    sentence = f"1 dyad has fewer times: D03 (pre). {told}"
    assert sentence in results.entering.sentence
    sizes = {"dyads": 14, "therapists": 13, "clients": 14, "sync_methods": ["markers"]}
    written = write_methods(results.provenance, sizes | {"of_fewer_times": results.entering.of_fewer})
    assert sentence in written.text
    cautions = findings.warnings(results)
    assert any(c.about == "Recording D03 post" and "client fell ill" in c.says for c in cautions)
    assert any(c.about == "Fewer times" for c in cautions) == (enters == "mean")
    with outlines():
        write_report(tmp_path / "report.html", results.paths, repository / "workflow" / "report")
    assert sentence in Page((tmp_path / "report.html").read_text(encoding="utf-8")).text


def test_decisions_by_hand_are_told_where_they_matter(demo):
    page, _, _ = demo
    assert "A person decided about 2 channels" in said(page.section("warnings"))
    assert "a person decided 2 times in the place of these rules" in said(page.section("methods"))


# --- trust, warnings, simulation ---


def test_simulated_data_are_named_on_every_screen_and_checked_against_the_truth(demo, make):
    page, _, _ = demo
    banner = page.all("div", class_="banner")[0]
    assert said(banner).startswith("SIMULATED DATA – ")
    assert said(page.all("title")[0]).startswith("SIMULATED")
    assert "The recordings were simulated" in said(page.section("methods"))
    planted = table_rows(page, "Planted clocks and faults")
    assert [r[:7] for r in planted][5] == ["D03", "post", "1.5 s dropout", "0.600", "0.601", "32.0", "32.2"]
    faults = [r[:5] for r in table_rows(page, "Planted artefacts") if r[:2] == ["D02", "pre"]]
    assert [
        "D02",
        "pre",
        "client",
        "step at C4 30.2 s",
        "✓ found: electrode pop, its time left out",
    ] in faults
    assert ["D02", "pre", "client", "step at PO3 8.1 s", "⚠ missed"] in faults
    assert ["D02", "pre", "therapist", "noisy T8", "⚠ missed"] in faults
    real, _, _ = make(**VARIANTS[2])
    assert real.all("div", class_="banner") == []
    assert "SIMULATED" not in said(real.all("body")[0])
    assert "Planted" not in said(real.section("chance"))


def test_the_warnings_name_what_a_reader_must_know_with_a_next_step(demo):
    page, _, _ = demo
    text = said(page.section("warnings"))
    for fact in (
        "dyads.tsv, rows 2 and 3", "T01 is the therapist of D01 and D02", "Repeat the analysis without one",
        "6 dyads: only very large effects",
        "Only 2 dyads at level “online”",
        "D04 client C04, pre and D04 client C04, post", "Left out: client withdrew consent",
        "1.50 s of samples are lost",
    ):  # fmt: skip
        assert fact in text
    items = page.inside(page.section("warnings"), "li")
    assert items and all("Next:" in said(item) for item in items)
    counted = re.search(r"(\d+) points to know", said(page.section("glance")))
    assert int(counted[1]) == len(items)


def test_the_trust_table_measures_the_run_against_its_limits(make, repository, tmp_path):
    _, inputs, _ = make()
    quality = inputs["quality"].read_text().splitlines()
    head = quality[0].split("\t")
    worse = quality[3].split("\t")
    worse[head.index("sync_residual_ms")] = "14.5"
    (tmp_path / "quality.tsv").write_text(
        "\n".join([quality[0], *quality[1:3], "\t".join(worse), *quality[4:-1]]) + "\n"
    )
    provenance = json.loads(inputs["provenance"].read_text()) | {"dirty": True}
    (tmp_path / "provenance.json").write_text(json.dumps(provenance))
    (tmp_path / "validation.json").write_text(
        json.dumps({"errors": 2, "warnings": 0, "messages": ["no README"], "validator_version": "3.0.2"})
    )
    changed = {name: tmp_path / f"{name}.{kind}" for name, kind in
               (("quality", "tsv"), ("provenance", "json"), ("validation", "json"))}  # fmt: skip
    with outlines():
        write_report(tmp_path / "report.html", inputs | changed, repository / "workflow" / "report")
    page = Page((tmp_path / "report.html").read_text())
    trust = said(page.all("table", class_="trust")[0])
    assert "Clocks ⚠ Look Largest residual 14.50 ms, limit 10 ms" in trust.replace(
        "Clocks⚠", "Clocks ⚠"
    ).replace("LookLargest", "Look Largest")
    assert "23 read, 1 missing: D06 client post" in trust
    assert "2 errors, 0 warnings" in trust and "with local changes" in trust
    text = said(page.section("warnings"))
    assert "Clock residual 14.5 ms, above the limit of 10 ms" in text
    assert "no README" in text and "Commit the changes" in text


def test_a_flawless_recorded_study_is_all_good(tmp_path):
    inputs = write_tables(tmp_path, flawless=True, simulated=False, truth=False, exclusions=False, n_dyads=24)
    states = {check.name: check.state for check in findings.checks(read_results(inputs))}
    assert states.pop("Chance level") == "note"  # a description, neither good nor bad
    assert set(states.values()) == {"good"} and len(states) == 8


# --- methods and downloads ---


def test_the_methods_are_written_from_the_config_and_the_versions(make):
    page, _, _ = make(
        drawn=False, bands={"infant": [3, 6]}, rois={"left": ["C3", "P3"]}, times=("a", "b", "c")
    )
    text = said(page.section("methods"))
    for fact in (
        "infant (3–6 Hz)", "left (C3, P3)", "3 times (a, b and c)",
        "MNE-Python (1.13.2; Gramfort et al., 2013)",
        "1–40 Hz", "250 Hz", "windows of 5 s", "1 to 200 µV, elsewhere up to 500 µV", "no muscle burst",
        "at most 30 independent components", "Picard (0.8.2; Ablin et al., 2018)",
        "MNE-ICALabel (0.10.0; Pion-Tonachini et al., 2019; Li et al., 2022)",
        "eye blink and muscle artifact with a probability of at least .80 and heart beat with",
        "6 dB above the recording's own median",
        "notch-filtered at 50 Hz", "200 circular shifts", "by at least 5 s",
        "(b + 1)/(m + 1)", "Holm, 1979", "Interbrain's own", "pingouin (0.7.0; Vallat, 2018)", "seed 1",
    ):  # fmt: skip
        assert fact in text
    assert "theta" not in text and "frontal" not in text and "autoreject" not in text
    bibtex = base64.b64decode(
        page.all("a", download="references.bib")[0]["at"]["href"].partition(",")[2]
    ).decode()
    cited = re.findall(r"^@\w+\{(\w+),$", bibtex, re.MULTILINE)
    assert len(cited) == len(set(cited)) == len(page.inside(page.all("ul", class_="references")[0], "li"))
    assert {"Lachaux1999", "Gramfort2013", "Holm1979", "HorvathGreenberg1989"} <= set(cited)
    assert bibtex.count("{") == bibtex.count("}")


def test_the_methods_say_what_was_not_done_and_what_was_chosen_besides(tmp_path):
    provenance = json.loads(write_tables(tmp_path)["provenance"].read_text())
    provenance["config"]["cleaning"]["ica"]["do"] = False
    provenance["config"]["windows"]["autoreject"] = "local"
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"], "by_hand": 0}
    written = write_methods(provenance, sizes)
    assert "No independent component analysis was done." in written.text
    assert "a limit for each channel that autoreject (Jas et al., 2017) learnt" in written.text
    assert {"Jas2017", "Tenke2001"} <= {r.key for r in written.references}
    assert not {"Ablin2018", "Li2022"} & {r.key for r in written.references}
    assert "a person decided" not in written.text


def test_every_table_can_be_downloaded_as_the_very_file_it_was(demo):
    page, inputs, _ = demo
    for path in inputs.values():
        link = page.all("a", download=path.name)[0]["at"]["href"]
        assert base64.b64decode(link.partition(",")[2]) == path.read_bytes()
    text = said(page.section("reproduce"))
    provenance = json.loads(inputs["provenance"].read_text())
    assert provenance["commit"] in text
    assert all(file["sha256"] in text for file in provenance["inputs"])
    assert "D01 pre, client (Poly5)" in text
    assert "max_peak_to_peak_uv: 200" in text


# --- what goes wrong ---


def test_a_missing_input_is_named(make, repository, tmp_path):
    _, inputs, _ = make()
    assets = repository / "workflow" / "report"
    with pytest.raises(ValueError, match="was not given its input quality"):
        write_report(tmp_path / "r.html", {k: v for k, v in inputs.items() if k != "quality"}, assets)
    with pytest.raises(FileNotFoundError, match=r"gone\.tsv, which is not there"):
        write_report(tmp_path / "r.html", inputs | {"quality": tmp_path / "gone.tsv"}, assets)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: "", "is empty"),
        (lambda text: text.replace("verdict_reason", "reason", 1), "lacks the column verdict_reason"),
        (lambda text: text.replace("\t300.0\t", "\tfive minutes\t", 1),
         "row 2, column duration_s: 'five minutes' is not a number"),
    ],
)  # fmt: skip
def test_a_spoilt_table_is_named_with_row_and_column(make, repository, tmp_path, spoil, message):
    _, inputs, _ = make()
    spoilt = tmp_path / "quality.tsv"
    spoilt.write_text(spoil(inputs["quality"].read_text()))
    with pytest.raises(ValueError, match=f"quality.tsv.*{message}"):
        write_report(tmp_path / "r.html", inputs | {"quality": spoilt}, repository / "workflow" / "report")


def test_an_earlier_report_survives_a_run_that_fails(make, repository, tmp_path, monkeypatch):
    _, inputs, _ = make()
    output = tmp_path / "report.html"
    output.write_text("the earlier one")

    def full_disk(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr("interbrain.report.page.os.replace", full_disk)
    with pytest.raises(OSError, match="No space left"):
        write_report(output, inputs, repository / "workflow" / "report")
    assert output.read_text() == "the earlier one"
    assert [path.name for path in tmp_path.iterdir()] == ["report.html"]


# --- what stands behind the effects ---


def folded(page, summary):
    return next(
        d
        for d in page.all("details", class_="fold")
        if said(page.inside(d, "summary")[0]).startswith(summary)
    )


def test_what_stands_behind_the_effects_is_folded_away_with_the_numbers_of_the_tables(demo):
    page, inputs, _ = demo
    rows = table_rows(page, "Estimated marginal means")
    means = read(inputs["means"])
    assert [row[3] for row in rows] == [words.proportion(value) for value in means["mean"]]
    assert rows[1][:3] == ["Raw PLV", "Mindfulness × Site", "yes, frontal"]
    pairs = table_rows(page, "Pairs of levels")
    assert pairs[1][2:4] == ["face-to-face minus online", ".061 [−.110, .230]"]
    permuted = table_rows(page, "Permutation tests")
    assert permuted[0][2:] == ["all", "dyad", "1.25", ".350", "n/a", "all 20", ".100"]
    assert permuted[2][2:] == ["frontal theta", "dyad", "0.80", ".400", ".750", "all 20", ".100"]
    assert table_rows(page, "within d = ±0.5")[0][2:5] == [
        *("yes (3) against no (3)", "cannot tell", "0.87 [−0.60, 2.30]")
    ]
    assert "only one within −0.5 to 0.5" in said(folded(page, "Equivalence"))
    assert table_rows(page, "What this study could detect")[0][2:] == [
        *("6", "3.07", "0.87 [−0.90, 2.60]", "0.20", "788")
    ]
    assert "variance is estimated as zero" in said(folded(page, "Mixed model"))
    rows = table_rows(page, "Robustness of the correlations")
    table = read(inputs["correlations"])
    assert [row[4] for row in rows] == [words.proportion(r, 2) for r in table["r"]]
    assert rows[0][8:10] == [
        f"{words.proportion(table['loo_low'][0], 2)} (without D01)",
        f"{words.proportion(table['loo_high'][0], 2)} (without D06)",
    ]
    assert table_rows(page, "Cronbach")[0][:5] == ["WAI t", "goal", "12", "6", ".83"]
    assert all("open" not in d["at"] for d in page.all("details", class_="fold"))


def test_a_table_that_a_study_does_not_have_leaves_no_empty_place(make):
    page, inputs, _ = make(**VARIANTS[2])
    assert "reliability" not in inputs and "Reliability" not in page.text
    untested, _, _ = make(n_dyads=3, testable=False)
    assert untested.all("details", class_="fold") == [
        d for d in untested.all("details", class_="fold") if "Reliability" in said(d)
    ]


@pytest.mark.parametrize(
    ("verdict", "p", "chip", "told", "not_told"),
    [
        ("cannot tell", (0.2, 0.3), "? Cannot tell", "only one within −0.5 to 0.5", "ηp²"),
        (
            "equivalent",
            (0.2, 0.3),
            "≈ No difference that matters",
            "d is −0.30 to 0.31, within",
            "cannot tell",
        ),
        (
            "different",
            (0.2, 0.3),
            "? Cannot tell",
            "too few to see",
            "The groups differ",
        ),
        (
            "different",
            (0.003, 0.01),
            "⚠ Found, not confirmed",
            "higher for mindfulness “yes”",
            "The groups differ",
        ),
        ("cannot tell", (0.003, 0.2), "⚠ Only in raw PLV", "only one within −0.5 to 0.5", "Effects as large"),
    ],
)
def test_a_card_says_what_the_study_can_rule_out(tmp_path, verdict, p, chip, told, not_told):
    unconfirmed = (0.35, 400, 0.005)
    written = write_tables(tmp_path, verdict=verdict, p_between={"mindfulness": p}, permuted=unconfirmed)
    card = cards.cards(read_results(written))[0]
    assert f"{card.sign} {card.chip}" == chip
    assert told in card.sentence and not_told not in card.sentence
    assert ("The permutation test does not confirm it: p = .350 (400 relabelings)." in card.lines) == (
        p[0] < 0.05
    )
    assert not any("Without the other factors" in line for line in card.lines)
    assert "no effect" not in card.sentence.lower()


def test_a_card_tells_permutation_size_and_other_analyses_in_a_line_each(demo):
    page, inputs, _ = demo
    cards = [e for e in page.all("li") if "card" in (e["at"].get("class") or "").split()]
    permuted = "p = .350 (all 20 relabelings; the smallest possible p is .100)"
    assert said(cards[1]).count(f"Permutation test: {permuted}; permutation of therapists: {permuted}") == 2
    assert said(cards[1]).count("Unadjusted means of the dyads") == 2
    lines = [said(line) for line in page.inside(page.inside(cards[1], "ul")[-1], "li")]
    assert lines[0] == "With errors that dyads of one therapist share: CR2 F(1, 2.40) = 1.25, p = .344."
    assert lines[1].startswith("Allowing for unequal spread: Adjusted Welch F(1, 2.40) = 1.25")
    assert lines[2] == "With 6 dyads, this study has 80% power to detect d ≥ 3.07."
    table = read(inputs["specifications"]).query("tested == 'mindfulness'").dropna(subset=["p"])
    same = table.query("own == 0 and p < .05")
    assert lines[3] == f"{len(same)} of 21 other analyses agree (p < .05, same direction)."


def test_other_analyses_agree_with_a_null_result_only_as_far_as_they_can(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["specifications"])
    table.loc[table["own"] == 1, "p"] = 0.4
    table.to_csv(inputs["specifications"], sep="\t", index=False, na_rep="n/a")
    same = table.query("tested == 'mindfulness' and own == 0 and p >= .05")
    line = cards.cards(read_results(inputs))[0].lines[-1]
    assert line == f"{len(same)} of 21 other analyses have p ≥ .05 as well."


def test_a_further_measure_is_shown_and_decides_nothing(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["anova"])
    further = table[table["measure"] == "plv"].assign(measure="ppc", p=0.001)
    pd.concat([table, further]).to_csv(inputs["anova"], sep="\t", index=False, na_rep="n/a")
    card = cards.cards(read_results(inputs))[0]
    assert card.verdict == "unclear" and card.sides[-1].measure == "ppc"


def test_a_correlation_that_rests_on_one_dyad_is_named(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"]).assign(p_holm=0.01, loo_low=-0.1, loo_high=0.8, r=0.5)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    given = read(inputs["snr"]).assign(p_holm=0.01, r=0.5)
    given.to_csv(inputs["snr"], sep="\t", index=False, na_rep="n/a")
    card = cards.cards(read_results(inputs))[2]
    assert card.verdict == "unconfirmed"
    assert any(
        line.startswith("One dyad alone decides the direction at frontal theta (without D01)")
        for line in card.lines
    )


@pytest.mark.parametrize(
    ("p", "chip", "line"),
    [
        (0.004, "✓ Difference found", "the difference stays: .061, 95% CI [−.110, .230], F(1, 19) = 1.25, "
         "p = .004."),
        (0.41, "⚠ Found, but not apart from signal-to-noise", "the difference is not confirmed: .061, 95% CI "
         "[−.110, .230], F(1, 19) = 1.25, p = .410. SNR itself is not shown to go with the factor."),
    ],
)  # fmt: skip
def test_a_card_says_whether_a_difference_stays_with_signal_to_noise_held_constant(tmp_path, p, chip, line):
    written = write_tables(
        tmp_path, n_dyads=24, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005),
        given_snr=p, multiverse=False,
    )  # fmt: skip
    card = cards.cards(read_results(written))[0]
    assert f"{card.sign} {card.chip}" == chip
    assert f"With both members’ log SNR held constant, {line}" in card.lines
    assert ("cannot be separated from signal-to-noise" in card.sentence) == (p > 0.05)


def test_a_card_says_where_signal_to_noise_itself_goes_with_a_score(tmp_path):
    inputs = write_tables(tmp_path)
    table = read(inputs["correlations"]).assign(p_holm=0.01, loo_low=0.2, loo_high=0.8, r=0.5)
    table.to_csv(inputs["correlations"], sep="\t", index=False, na_rep="n/a")
    given = read(inputs["snr"])
    scores = given[given["tested"] == "wai_difference"].assign(p_holm=0.3, r=0.1)
    itself = scores.head(1).assign(measure="log_snr_client", p_holm=0.02, given=None)
    pd.concat([given[given["tested"] != "wai_difference"], scores, itself]).to_csv(
        inputs["snr"], sep="\t", index=False, na_rep="n/a"
    )
    card = cards.cards(read_results(inputs))[2]
    assert (card.sign, card.chip) == ("⚠", "Found, but not apart from signal-to-noise")
    [line] = [line for line in card.lines if "log SNR" in line]
    assert "frontal theta (r = .10, Holm p = .300)" in line
    assert line.endswith("SNR itself goes with the score: the client’s in theta at frontal (Holm p = .020).")


def test_a_study_whose_signal_to_noise_could_not_be_held_constant_says_so(tmp_path):
    written = write_tables(
        tmp_path, n_dyads=24, p_between={"mindfulness": (0.003, 0.01)}, permuted=(0.01, 400, 0.005)
    )
    table = read(written["snr"])
    table = table.assign(F=None, note="The client's log SNR has the same value in every dyad.")
    table.to_csv(written["snr"], sep="\t", index=False, na_rep="n/a")
    card = cards.cards(read_results(written))[0]
    assert card.verdict == "qualified"
    why = "the client's log SNR has the same value in every dyad"
    assert f"It could not be checked against signal-to-noise: {why}." in card.lines


# --- other analysis choices ---


def test_the_specification_curve_shows_every_analysis_and_marks_the_studys_own(demo):
    page, inputs, _ = demo
    table = read(inputs["specifications"]).query("tested == 'mindfulness'")
    figure = page.all("figure", id="figure-specifications-mindfulness")[0]
    alt = page.inside(figure, "svg")[0]["at"]["aria-label"]
    low, high = table["effect_size"].min(), table["effect_size"].max()
    assert f"23 analyses, effects from {low:.2f} to {high:.2f}" in alt
    assert f"{(table['p'] < 0.05).sum()} with p < .05" in alt
    assert (
        f"The study's own: {words.listed(sorted(f'{e:.2f}' for e in table.query('own == 1').effect_size))}"
        in alt
    )
    labels = {said(t) for t in page.inside(page.inside(figure, "svg")[0], "text")}
    assert {"Reference: average", "mastoids", "10 s", "minus chance", "Times: mean"} <= labels
    assert "1 combination could not be tested" in said(figure) and "estimator PLV" in said(figure)
    assert len(page.inside(page.inside(figure, "tbody")[0], "tr")) == len(table) == 24
    text = said(page.section("choices"))
    assert (
        "Over 23 analyses, the median effect is d = 0.72, where 95 % of relabelings give [−0.40, 0.40]"
        in text
    )
    assert "70 % have p < .05 in one direction (p = .020)" in text
    assert page.inside(page.section("choices"), "a")[-1]["at"]["href"] == "#file-specifications"


def test_a_thousand_analyses_make_a_small_figure(tmp_path):
    table = read(write_tables(tmp_path)["specifications"]).query("tested == 'mindfulness'")
    many = pd.concat([table.dropna(subset=["effect_size"])] * 44)
    many["effect_rank"] = range(1, len(many) + 1)
    drawn = figures.specifications(many, "mindfulness", "Mindfulness")
    assert len(many) > 1000 and len(drawn.panels[0].svg) < 500_000


def test_without_a_grid_of_choices_the_page_says_how_to_ask_for_one(make):
    page, _, _ = make(**VARIANTS[2])
    assert "name some under multiverse in the configuration" in said(page.section("choices"))
    assert "other analyses" not in said(page.section("glance"))
    assert "Simonsohn" not in said(page.section("methods"))


# --- how the times enter, and the methods of the tests ---


def test_the_page_says_how_the_times_enter(make):
    mean, _, _ = make()
    assert "Each mark is one dyad: its mean over pre and post." in said(
        mean.all("figure", id="figure-correlations-wai-difference")[0]
    )
    assert "Raw PLV and PLV above chance, averaged over times, went into" in said(mean.section("methods"))
    page, _, _ = make(**VARIANTS[4])
    results = said(page.section("results"))
    assert "its change, post minus pre." in results and "nothing changed" in results
    assert "its own chance level is" not in results
    labels = {said(t) for t in page.inside(page.all("figure", id="figure-groups")[0], "text")}
    assert {"Change of raw PLV", "Change of PLV above chance"} <= labels
    assert "as the change from pre to post" in said(page.section("methods"))
    assert "whether the change of PLV differs" in said(page.section("glance"))


@pytest.mark.parametrize(
    ("enters", "value", "sentence", "method"),
    [
        ("ancova", "its value at post (the tests adjust for pre)", "with that at pre as a covariate",
         "the dyad's mean at pre as covariate"),
        ("factor", "its mean over pre and post (in the tests, time is a factor)", "is a factor within dyads",
         "time, site and band within dyads"),
    ],
)  # fmt: skip
def test_each_way_in_which_times_enter_is_told(tmp_path, enters, value, sentence, method):
    results = read_results(write_tables(tmp_path, enters=enters))
    assert results.entering.value == value and sentence in results.entering.sentence
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
    assert method in write_methods(results.provenance, sizes).text


def test_the_methods_name_the_tests_and_whom_to_cite(demo):
    page, _, _ = demo
    text = said(page.section("methods"))
    for fact in (
        "type III sums of squares", "generalised eta squared (Olejnik & Algina, 2003)",
        "in 10000 random ones", "family-wise error (Nichols & Holmes, 2002)",
        "Two one-sided tests (Lakens, 2017) asked whether an adjusted difference is smaller than d = 0.5",
        "60% interval of the observed difference (Perugini et al., 2014)",
        "percentage bend correlation (Wilcox, 1994)",
        "BCa, 10000 resamples; Efron, 1987", "against |r| = .30", "of freedom of Kenward & Roger, 1997",
        "every combination (23 analyses) of further choices of window length and handling of chance",
        "(Simonsohn et al., 2020)",
    ):  # fmt: skip
        assert fact in text


def test_type_ii_sums_and_covariates_are_told(tmp_path):
    provenance = json.loads(write_tables(tmp_path)["provenance"].read_text())
    provenance["config"]["statistics"] |= {"sums_of_squares": 2, "covariates": ["power_client", "age"]}
    sizes = {"dyads": 6, "therapists": 5, "clients": 6, "sync_methods": ["markers"]}
    text = write_methods(provenance, sizes).text
    assert "type II sums of squares" in text and "and power client and age as covariates" in text


def test_further_estimators_are_defined_where_they_were_asked_for(make):
    page, _, _ = make(**VARIANTS[4])
    assert "What ppc is<b>" in said(page.section("methods"))
    plain, _, _ = make()
    assert "Further estimators" not in said(plain.section("methods"))


def test_the_section_on_lags_shows_the_curve_its_numbers_and_what_no_statistic_can_tell(make):
    page, inputs, _ = make()
    section = said(page.section("simultaneous"))
    assert "no statistic of these signals can tell it from coupling" in section
    assert "bound the far lags (1 to 2.5 s)" in section and "all sites theta" in section
    row = read(inputs["lags"]).query("estimator == 'plv' and roi == 'all'").iloc[0]
    assert f"{row['at_zero']:.3f}".removeprefix("0") in section
    assert "zero lag was compared with its mean at lags of 1 to 2.5 s" in said(page.section("methods"))


def test_a_card_says_that_the_therapists_decide(tmp_path):
    written = write_tables(tmp_path, therapists_decide=True, p_between={"mindfulness": (0.003, 0.01)})
    card = next(card for card in cards.cards(read_results(written)) if card.title == "Mindfulness")
    [line] = [line for line in card.lines if "therapists" in line and "decides" in line]
    assert line.startswith("Over 3 therapists, several of whom have several dyads, which decides: CR2 F(1, ")
    assert not any(line.startswith("The permutation test") for line in card.lines)
