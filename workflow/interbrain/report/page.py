"""The page: reads the written tables, asks for figures, tables and sentences, and writes one HTML file.

It decides what stands where; it computes nothing.
"""

from __future__ import annotations

import base64
import contextlib
import gzip
import hashlib
import os
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

import pandas as pd

from interbrain.report import cards, channel_pairs, figures, findings, lags, methods, presence, tables, words
from interbrain.report.reading import COLUMNS, Results, read_results

TEMPLATE, STYLESHEET, SCRIPT = "page.html.jinja", "style.css", "page.js"
COMPRESS_ABOVE = 400_000  # bytes of a table, from which its download is gzipped
MOST_PICTURES = 5_000_000  # bytes of pictures in the page; the others stay beside it

CONTENTS = {
    "findings": "What was found: each claim with its verdict and what speaks against it",
    "aggregated": "One row for each dyad, time, band and site, with questionnaires",
    "dictionary": "What each column of that table is",
    "dyadmeans": "One row for each dyad, site and band: what enters the tests",
    "spread": "Tests that allow unequal spread of the groups, with APA lines",
    "presence": "PLV above chance and above strangers against zero, with APA lines",
    "lagcurves": "Mean PLV and amplitude correlation at every lag, over all dyads and by group",
    "lags": "Zero lag against far lags, and how wide the curve is",
    "descriptives": "Means and standard deviations by group",
    "anova": "Effects with their sizes, with APA lines",
    "means": "Estimated marginal means",
    "contrasts": "Pairs of levels, with APA lines",
    "permutation": "Permutation tests of the factors between dyads, with APA lines",
    "equivalence": "Equivalence tests and Bayes factors, with sentences",
    "therapists": "Tests over therapists, where one has several dyads, with APA lines",
    "mixed": "Mixed model with the therapist as a random effect",
    "power": "What these effects would need and what this study could see",
    "correlations": "Correlations and their robustness, with APA lines",
    "snr": "Effects and correlations with both members’ signal-to-noise held constant",
    "reliability": "Cronbach’s alpha of the questionnaires",
    "specifications": "Every combination of analysis choices, one a row",
    "multiverse": "What all these combinations say jointly",
    "exclusions": "Everything left out, with the reason",
    "quality": "One row for each recording",
    "spectra": "Power spectra before and after cleaning",
    "decisions": "Every decision about a channel, component or window: by rule, or by a person",
    "channelpairs": "Mean PLV for each pair of channels",
    "pairtests": "Tests of each pair of channels and of sites, family-wise",
    "pairclusters": "Clusters of neighbouring pairs of channels",
    "truth": "What the simulator planted",
    "provenance": "Versions, configuration and checksums",
    "validation": "What the BIDS validator said",
}


@dataclass(frozen=True)
class Download:
    """A file inside the page: name, data URI, what it holds, its size in words."""

    key: str
    name: str
    uri: str
    says: str
    size: str


@dataclass(frozen=True)
class Shown:
    """A figure with its number, its table of numbers and their download."""

    number: int
    drawing: figures.Drawing
    numbers: tables.Table
    download: Download | None


# Tables that are folded away: what to click on, and what to know of each.
FOLDS = {
    "spread": "Groups of unequal spread",
    "presence": "Synchrony against zero, at each site and band",
    "means": "Estimated means",
    "contrasts": "Pairs of levels",
    "permutation": "Permutation tests",
    "equivalence": "Equivalence: can a difference be ruled out?",
    "therapists": "Several clients of a therapist",
    "mixed": "Mixed model",
    "power": "What this study could detect",
    "snr": "Signal-to-noise held constant",
    "robustness": "Robustness of the correlations",
    "reliability": "Reliability of the questionnaires",
}
ABOUT = {
    "spread": "F and its permutation take one spread for all groups; where the smaller group varies more, "
    "they find too much. Welch’s test, adjusted for the other terms of the model, has a variance for each "
    "level; a finding needs it. Beside it are HC3 standard errors with Satterthwaite’s degrees of freedom, "
    "which are cautious in small groups, and the permutation of a studentised statistic.",
    "presence": "Without synchrony, PLV above chance and above strangers are zero on average. p (flips) is "
    "the share of sign flips of the dyads with at least the observed |t|; p (family) holds for all sites and "
    "bands together, by the largest |t|. All p are two-sided.",
    "means": "What the model expects of each level, all other factors weighed equally, with 95 % intervals.",
    "contrasts": "Adjusted differences of the model; d is the difference in residual standard deviations, "
    "and the same d is meant wherever the page shows one.",
    "permutation": "The labels of a factor are permuted among dyads with the same levels of the other "
    "factors; p assumes no distribution. Smallest p is the lowest that these relabelings could give, "
    "whatever the data. p (family) holds for all sites and bands together, by the largest statistic.",
    "equivalence": "Of the adjusted differences, with Holm’s correction over the pairs of a factor. p > .05 "
    "is not evidence of equivalence; that needs a 90% interval of d within the bounds (two one-sided tests, "
    "TOST). BF01 above 1 favours no difference.",
    "therapists": "Dyads that share a therapist are not independent. CR2 errors allow for whatever the dyads "
    "of one therapist have in common; a factor of the therapist is tested over the therapists’ means as "
    "well, by Welch’s test, and p is the larger of the two. Where more than one therapist has several dyads, "
    "these tests decide.",
    "mixed": "Dyads that share a therapist are not independent; this model allows for it with a random "
    "effect of the therapist. Degrees of freedom are Kenward and Roger’s. A dyad that lacks a value enters "
    "with those that it has.",
    "power": "Plan a study for the smallest difference that would matter, not for the observed one, which is "
    "an estimate from few dyads. The safeguard d, the end near zero of its 60% interval, is a cautious "
    "guess. N is the number of dyads in all, in equal groups, for 80% power.",
    "snr": "With the same coupling, PLV is higher where the rhythms are stronger, and so is PLV above "
    "chance. Here the logarithm of the signal-to-noise ratio (SNR) of both members is held constant, that of "
    "each band in its own band. Rows with an empty “Given” test SNR itself. A difference that is not found "
    "here cannot be separated from a difference in signal-to-noise.",
    "robustness": "Spearman’s and the percentage bend correlation are robust to outliers; BCa is a bootstrap "
    "interval of r; the lowest and highest r are those with one dyad left out; the partial r holds the band "
    "power of both members constant. Equivalence: is r shown to lie within the bounds that the "
    "configuration names?",
    "reliability": "A score with a low α cannot correlate highly with anything.",
}


@dataclass(frozen=True)
class Fold:
    """A table to unfold: what to click on, what to know of it, its notes, and the sentences of its rows."""

    summary: str
    about: str
    table: tables.Table | None
    notes: tuple = ()
    sentences: tuple = ()


@dataclass(frozen=True)
class Picture:
    """A recording's picture inside the page, what it shows in words, and why it is there."""

    dyad: str
    name: str
    why: str
    alt: str
    uri: str


@dataclass(frozen=True)
class Section:
    """One section: its fragment name, heading, number and whatever its block of the template needs."""

    name: str
    heading: str
    number: int
    content: dict


def write_report(output: Path, inputs: dict, assets: Path, pictures: Iterable[Sequence] = ()) -> None:
    """Write the report as one offline HTML file, whole or not at all.

    Parameters
    ----------
    output : Path
        The HTML file. The same inputs give the same bytes.
    inputs : dict of str to Path
        A path each for ``aggregated``, ``dyadmeans``, ``anova``, ``correlations``, ``descriptives``,
        ``exclusions``, ``quality``, ``spectra``, ``decisions``, ``channelpairs``, ``means``, ``contrasts``,
        ``permutation``, ``equivalence``, ``mixed``, ``power``, ``spread``, ``therapists``, ``presence``,
        ``snr``, ``provenance`` and ``validation``; where the study has them, ``truth`` (simulated data),
        ``lagcurves`` and ``lags``, ``pairtests`` and ``pairclusters``, ``reliability``, ``specifications``
        and ``multiverse`` (a grid of choices), and ``dictionary`` (of the aggregated table: what further
        estimators are).
    assets : Path
        The folder with the page template, the stylesheet and the script.
    pictures : iterable of (dyad, role, time, path)
        What cleaning did to each recording. Those to look at are in the page, to the others it links.

    Raises
    ------
    ValueError, FileNotFoundError
        Where an input is not given, not there or not readable; the sentence says which and what to do.
    """
    results, output = read_results(inputs, pictures), Path(output)
    _write_whole(output, render(results, Path(assets), output.parent))


def render(results: Results, assets: Path, folder: Path) -> str:
    """The page as text, with links from the folder in which it will be."""
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals.update(words=words)
    # Only our own two files and the figures enter unescaped: all else on the page is somebody's input.
    style = (assets / STYLESHEET).read_text(encoding="utf-8")
    script = (assets / SCRIPT).read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = _Builder(results, folder)
    return environment.get_template(TEMPLATE).render(
        title=str(results.provenance.get("title") or "Inter-brain synchrony report"),
        results=results,
        sections=page.sections(),
        subtitle=_subtitle(results),
        banner=_banner(results),
        style=Markup(style),
        script=Markup(script),
        script_digest=digest,
        svg=Markup,
    )


def _subtitle(results: Results) -> list[str]:
    frame = results["aggregated"]
    people = frame["therapist"].nunique(), frame["client"].nunique()
    version = results.provenance.get("version")
    commit = results.provenance.get("commit")
    return [
        f"{words.counted(len(results.dyads), 'dyad')}: {words.counted(people[0], 'therapist')}, "
        f"{words.counted(people[1], 'client')}",
        words.listed(words.spoken(time) for time in results.times),
        words.listed(words.spoken(band) for band in results.bands),
        f"Interbrain {version}" + (f", commit {str(commit)[:10]}" if not words.is_missing(commit) else ""),
    ]


def _banner(results: Results) -> str:
    if not results.simulated:
        return ""
    return "SIMULATED DATA – " + str(
        results.provenance.get("simulation_note") or "no person was recorded; nothing here is a result."
    )


class _Builder:
    """Numbers figures and tables in the order of the page, and keeps what could not be drawn."""

    def __init__(self, results: Results, folder: Path):
        self.results, self.folder = results, folder
        self.absent: list[figures.Absent] = []
        self.figure_count = 0
        self.table_count = 0
        self.downloads = {
            key: _file_download(key, results.paths[key]) for key in CONTENTS if key in results.paths
        }

    def sections(self) -> list[Section]:
        """All sections in order. Figures come before the warnings, which name those that are missing."""
        results = self.results
        has_lags = "lagcurves" in results.tables
        has_pairs = len(results["pairtests"]) > 0
        wanted = [
            ("people", "Who is in the data", self._people),
            ("quality", "Data quality", self._quality),
            ("results", "Main results", self._main),
            ("maps", "Inter-brain maps", self._maps),
            *([("pairs", "Which pairs of channels?", self._pairs)] if has_pairs else []),
            ("chance", "Better than chance?", self._chance),
            *([("simultaneous", "Simultaneous, or coupled?", self._simultaneous)] if has_lags else []),
            ("choices", "Other analysis choices", self._choices),
            ("methods", "Methods to paste", self._methods),
            ("reproduce", "Reproduce and download", self._reproduce),
            ("warnings", "Warnings", lambda: {"cautions": findings.warnings(results, self.absent)}),
        ]
        built = [(name, heading, make()) for name, heading, make in wanted]
        glance = {
            "cards": [*presence.cards(results), *cards.cards(results)],
            "checks": findings.checks(results),
            "measures": [words.measure(measure) for measure in results.measures],
            "cautions": built[-1][2]["cautions"],
        }
        built.insert(0, ("glance", "At a glance", glance))
        return [
            Section(name, heading, number, content)
            for number, (name, heading, content) in enumerate(built, 1)
        ]

    # --- what each section holds ---

    def _people(self) -> dict:
        results = self.results
        frame = results["aggregated"].drop_duplicates("dyad")
        present = [factor for factor in results.between if factor in frame]
        levels = []
        for factor in present:
            counts = frame[factor].value_counts(sort=False)
            named = list(dict.fromkeys([*results.factors.get(factor, []), *counts.index]))
            levels.append((words.heading(factor), [(words.spoken(x), int(counts.get(x, 0))) for x in named]))
        reasons: dict = {}
        for row in results.excluded_dyads.itertuples():
            reasons.setdefault(row.reason, []).append(row.dyad)
        people = {*frame["therapist"], *frame["client"]} - {words.NOT_AVAILABLE}
        return {
            "recorded": len(results.recorded_dyads),
            "people": len(people),
            "reasons": [(reason, dyads) for reason, dyads in reasons.items()],
            "analysed": len(results.dyads),
            "without_site": results["exclusions"].query("what == 'site'")["dyad"].nunique(),
            "levels": levels,
            "dyads": self._table(tables.dyads(results["aggregated"], results.between)),
            "exclusions": self._table(tables.exclusions(results["exclusions"]), "exclusions"),
        }

    def _quality(self) -> dict:
        results = self.results
        length, least = results.setting("windows", "length"), results.setting("windows", "min_clean_s")
        limits = {
            "windows": least / length if length and least else None,
            "residual": results.setting("clock", "max_residual_ms"),
        }
        edges = {
            "highpass": results.setting("cleaning", "highpass"),
            "lowpass": results.setting("cleaning", "lowpass"),
            "line": results.setting("line_frequency"),
            "bands": results.config.get("bands") or {},
        }
        return {
            "recordings": self._figure(figures.quality(results["quality"], limits)),
            "table": self._table(tables.quality(results["quality"], self._links()), "quality"),
            "linked": bool(results.pictures),
            **self._pictures(),
            "clocks": self._table(tables.clocks(results["quality"]), "quality"),
            "spectra": self._figure(figures.spectra(results["spectra"], results["quality"], edges)),
        }

    def _links(self) -> dict:
        return {
            key: quote(Path(os.path.relpath(path, self.folder)).as_posix())
            for key, path in self.results.pictures.items()
        }

    def _pictures(self) -> dict:
        """The pictures of the recordings to look at, as many as the page can hold."""
        quality, held, left_out, size = self.results["quality"], [], 0, 0
        for row in quality[quality["verdict"] != "good"].to_dict("records"):
            path = self.results.pictures.get((row["dyad"], row["role"], row["time"]))
            if path is None:
                continue
            coded = base64.b64encode(path.read_bytes()).decode()
            size += len(coded)
            if size > MOST_PICTURES:
                left_out += 1
                continue
            name = tables.recording_name(row)
            why = tables.reason_to_look(row["verdict_reason"])
            alt = findings.picture_words(row)
            held.append(Picture(row["dyad"], name, why, alt, f"data:image/webp;base64,{coded}"))
        return {"pictures": held, "pictures_left_out": left_out}

    def _main(self) -> dict:
        results = self.results
        factors = {factor: results.factors.get(factor, []) for factor in results.between}
        groups = self._figure(
            figures.groups(
                results["dyadmeans"], results["descriptives"], results.measures, factors, results.entering
            )
        )
        descriptives = self._table(tables.descriptives(results["descriptives"]), "descriptives")
        there = results["presence"]
        effects, told = [], set()
        for measure in results.measures:
            rows = results["anova"].query("measure == @measure")
            notes = [note for note in _notes(rows) if note not in told]
            told.update(notes)
            # Where nothing could be tested the note stands alone: an empty table would say no more.
            tested = (rows["effect"] != words.NOT_AVAILABLE).any() or not told
            effects.append(
                {
                    "notes": notes,
                    "table": self._table(tables.anova(rows, measure), "anova") if tested else None,
                    "apa": [
                        *_lines(rows, "effect", words.effect),
                        *_lines(
                            results["spread"].query("measure == @measure"),
                            "effect",
                            lambda name: f"{words.effect(name)}, unequal spread allowed for",
                        ),
                        *_lines(
                            results["therapists"].query("measure == @measure and roi == 'all'"),
                            "tested",
                            lambda name: f"{words.effect(name)}, over therapists",
                        ),
                        *_lines_given_snr(
                            results["snr"].query("measure == @measure and band == 'all'"), results
                        ),
                    ],
                }
            )
        further = [fold for fold in self._further(told) if fold]
        scores = []
        for name in results.questionnaires:
            label = results.questionnaire_label(name)
            drawn = figures.correlations(
                results["dyadmeans"],
                results["correlations"],
                name,
                label,
                results.measures,
                results.rois,
                results.bands,
                results.entering,
            )
            scores.append({"label": label, "about": _about_score(name), "figure": self._figure(drawn)})
        return {
            "presence": self._fold("presence", tables.presence(there)),
            "presence_notes": _notes(there),
            "presence_apa": _lines(
                there[(there["roi"] == "all") & (there["band"] == "all")],
                ("measure", "unit"),
                lambda m, unit: f"{words.measure(m)}, over {unit}s",
            ),
            "groups": groups,
            "effects": effects,
            "further": further,
            "entering": results.entering.sentence,
            "descriptives": descriptives,
            "scores": scores,
            "correlations": self._table(
                tables.correlations(results["correlations"], results), "correlations"
            ),
            "correlation_apa": _lines(
                results["correlations"],
                ("measure", "roi", "band"),
                lambda m, r, b: f"{words.measure(m)}, {r} {b}",
            )
            + _lines_given_snr(results["snr"].dropna(subset=["r"]), results),
            "correlation_notes": _notes(results["correlations"]),
            "robustness": self._fold("correlations", tables.robustness(results["correlations"], results)),
            "reliability": self._fold("reliability", tables.reliability(results["reliability"], results)),
        }

    def _further(self, told: set):
        """What stands behind the effects, a folded table each; `told` are the notes that were shown."""
        for name in (
            "means",
            "contrasts",
            "permutation",
            "spread",
            "therapists",
            "equivalence",
            "mixed",
            "power",
        ):
            frame = self.results[name]
            new = _new_notes(frame, told) if "note" in frame else []
            table = getattr(tables, name)
            drawn = table(frame, self.results) if name == "therapists" else table(frame)
            yield self._fold(name, drawn, new, _sentences(frame))
        frame = self.results["snr"]
        yield self._fold("snr", tables.snr(frame, self.results), _new_notes(frame, told))

    def _fold(self, name: str, table: tables.Table, notes=(), sentences=()) -> Fold | None:
        """The table to be folded away, with what to know before one reads it; None where it has nothing."""
        if not table.rows and not notes:
            return None
        known = self._table(table, name) if table.rows else None
        return Fold(FOLDS[table.name], ABOUT[table.name], known, tuple(notes), tuple(sentences))

    def _maps(self) -> dict:
        return {"map": self._figure(figures.channel_map(self.results["channelpairs"], self.results.bands))}

    def _pairs(self) -> dict:
        content = channel_pairs.content(self.results)
        content["figure"] = self._figure(channel_pairs.pair_maps(self.results))
        if content["found"]:
            content["found"] = self._table(content["found"], "pairtests")
        return content

    def _chance(self) -> dict:
        results = self.results
        content = {
            "figure": self._figure(
                figures.chance(results["aggregated"], results.times, results.bands, results.rois)
            ),
            "table": self._table(tables.chance(results["aggregated"]), "aggregated"),
            "planted": None,
        }
        if results.simulated and "truth" in results.tables:
            content["planted"] = {
                "figure": self._figure(
                    figures.planted(results["aggregated"], results["truth"], results.bands)
                ),
                "table": self._table(tables.planted(results["truth"], results["quality"]), "truth"),
                "faults": self._table(tables.planted_faults(results["truth"], results["quality"]), "quality"),
            }
        return content

    def _simultaneous(self) -> dict:
        results = self.results
        table = lags.lag_table(results["lags"])
        return {
            **lags.content(results),
            "figure": self._figure(lags.lag_curves(results)),
            "table": self._table(table, "lags") if table.rows else None,
        }

    def _choices(self) -> dict:
        results = self.results
        frame, joint = results["specifications"], results["multiverse"]
        curves = []
        for tested in dict.fromkeys(frame["tested"]):
            label = results.term(tested)
            drawn = figures.specifications(frame[frame["tested"] == tested], tested, label)
            says = findings.joint_sentence(results, tested)
            curves.append({"label": label, "says": says, "figure": self._figure(drawn)})
        table = self._table(tables.joint(joint, results), "multiverse") if len(joint) else None
        return {"curves": curves, "joint": table}

    def _matched(self) -> list[tuple[int, int, int]]:
        """Markers matched, of the therapist's and of the client's, in each pair that was tied by them."""
        tied = findings.pairs_tied(self.results)
        tied = tied[tied["sync_method"] == "markers"]
        columns = ["sync_markers", "sync_markers_therapist", "sync_markers_client"]
        return [tuple(map(int, row)) for row in tied[columns].dropna().itertuples(index=False)]

    def _methods(self) -> dict:
        frame, quality = self.results["aggregated"], self.results["quality"]
        sizes = {
            "dyads": frame["dyad"].nunique(),
            "therapists": frame["therapist"].nunique(),
            "therapists_decide": bool((self.results["therapists"]["decides"] == "yes").any()),
            "clients": frame["client"].nunique(),
            "sync_methods": sorted(set(quality["sync_method"].dropna())),
            "recordings": len(quality),
            "mains": quality["mains_hz"].value_counts(sort=False).to_dict(),
            "not_judged": quality["not_judged"].value_counts(sort=False).to_dict(),
            "matched": self._matched(),
            "not_confirmed": findings.windows_not_confirmed(findings.pairs_tied(self.results)),
            "unknown_drift_s": findings.longest_with_unknown_drift(self.results),
            "by_hand": len(self.results.by_hand),
            "scores": self.results.questionnaires,
            "unit_of_pairs": next(iter(self.results["pairtests"]["unit"]), None),
            "analyses": int(self.results["multiverse"]["n_specifications"].max() or 0)
            if len(self.results["multiverse"])
            else 0,
        }
        sizes["of_fewer_times"] = self.results.entering.of_fewer
        written = methods.write_methods(self.results.provenance, sizes)
        return {
            "methods": written,
            "estimators": self.results.estimators,
            "markdown": _download(
                "methods", "methods.md", written.markdown.encode(), "text/markdown", "Methods"
            ),
            "bibtex": _download(
                "references", "references.bib", written.bibtex.encode(), "text/plain", "References"
            ),
        }

    def _reproduce(self) -> dict:
        import yaml

        provenance = self.results.provenance
        config = (
            yaml.safe_dump(self.results.config, sort_keys=False, allow_unicode=True)
            if self.results.config
            else ""
        )
        return {
            "versions": [
                ("Interbrain", provenance.get("version")),
                ("Commit", provenance.get("commit")),
                ("Local changes", {True: "yes", False: "no"}.get(provenance.get("dirty"))),
                ("Python", provenance.get("python")),
                ("Platform", provenance.get("platform")),
                ("BIDS validator", self.results.validation.get("validator_version")),
            ],
            "packages": sorted((provenance.get("packages") or {}).items()),
            "config": config,
            "config_download": _download(
                "config", "config.yaml", config.encode(), "text/plain", "Configuration"
            )
            if config
            else None,
            "inputs": provenance.get("inputs") or [],
            "downloads": list(self.downloads.values()),
        }

    # --- numbering ---

    def _figure(self, drawn) -> Shown | figures.Absent:
        if isinstance(drawn, figures.Absent):
            self.absent.append(drawn)
            return drawn
        self.figure_count += 1
        numbers = tables.plain(
            f"numbers-{drawn.name}", f"Numbers behind Figure {self.figure_count}", drawn.frame
        )
        if drawn.source:
            download = replace(self.downloads[drawn.source], uri=f"#file-{drawn.source}")
        else:
            content = drawn.frame.to_csv(sep="\t", index=False, na_rep="n/a", lineterminator="\n").encode()
            name = f"figure-{self.figure_count}_{drawn.name}.tsv"
            download = _download(drawn.name, name, content, "text/tab-separated-values", "")
        return Shown(self.figure_count, drawn, numbers, download)

    def _table(self, table: tables.Table, source: str | None = None) -> tables.Table:
        self.table_count += 1
        link = self.downloads.get(source) if source else None
        return replace(table, caption=f"Table {self.table_count}. {table.caption}", link=link)


def _lines(frame: pd.DataFrame, keys, says) -> list[tuple[str, str]]:
    """What each APA line is about, and the line, for those that have one."""
    keys = [keys] if isinstance(keys, str) else list(keys)
    return [
        (says(*(row[key] for key in keys)), row["apa"])
        for row in frame.to_dict("records")
        if not words.is_missing(row["apa"])
    ]


def _lines_given_snr(frame: pd.DataFrame, results: Results) -> list[tuple[str, str]]:
    """APA lines of the tests with signal-to-noise held constant."""

    def about(measure, tested, roi, band, a, b) -> str:
        where = "" if words.is_missing(roi) or roi == "all" else f", {roi} {band}"
        pair = "" if words.is_missing(a) else f" ({words.spoken(a)} minus {words.spoken(b)})"
        return f"{words.measure(measure)}, {results.term(tested)}{pair}{where}, given both members’ log SNR"

    given = frame[[not words.is_missing(one) for one in frame["given"]]]
    return _lines(given, ("measure", "tested", "roi", "band", "level_a", "level_b"), about)


def _about_score(name: str) -> str:
    """How to read a difference of two questionnaires; nothing to say of other scores."""
    if name.endswith("_difference_absolute"):
        return "How far the two scores lie apart, whoever rates higher."
    if name.endswith("_difference"):
        return "The therapist's score minus the client's: above zero, the therapist rates higher."
    return ""


def _sentences(frame: pd.DataFrame) -> list[tuple[str, str]]:
    """What each row's sentence is about, and the sentence, for tables that have one."""
    if "sentence" not in frame:
        return []
    names = [name for name in ("effect", "factor") if name in frame]
    told = []
    for row in frame.to_dict("records"):
        if words.is_missing(row["sentence"]):
            continue
        levels = [words.spoken(row[name]) for name in ("level_a", "level_b") if name in row]
        pair = f" ({levels[0]} against {levels[1]})" if levels else ""
        told.append(
            (
                f"{words.effect(row[names[0]])}{pair}, {words.measure(row['measure'], False)}",
                words.true_minus(row["sentence"]),
            )
        )
    return told


def _new_notes(frame: pd.DataFrame, told: set) -> list[str]:
    """Notes that were not `told` yet, each with what it is about where that is not the whole table."""
    factor = next((name for name in ("effect", "factor") if name in frame), None)
    new = []
    for note in _notes(frame):
        if note in told:
            continue
        told.add(note)
        rows, about = frame[frame["note"] == note], []
        if factor and set(rows[factor]) != set(frame[factor]):
            about.append(words.listed(words.effect(name) for name in dict.fromkeys(rows[factor])))
        if set(rows["measure"]) != set(frame["measure"]):
            about.append(words.listed(words.measure(name) for name in dict.fromkeys(rows["measure"])))
        new.append(f"{', '.join(about)}: {note}" if about else note)
    return new


def _notes(frame: pd.DataFrame) -> list[str]:
    return [note for note in dict.fromkeys(frame["note"]) if not words.is_missing(note)]


def _file_download(key: str, path: Path) -> Download:
    kind = "text/tab-separated-values" if key in COLUMNS else "application/json"
    return _download(key, path.name, path.read_bytes(), kind, CONTENTS[key])


def _download(key: str, name: str, content: bytes, kind: str, says: str) -> Download:
    size = f"{len(content) / 1000:.0f} kB" if len(content) >= 1000 else f"{len(content)} bytes"
    if len(content) > COMPRESS_ABOVE:
        name, kind, content = f"{name}.gz", "application/gzip", gzip.compress(content, mtime=0)
        size += f", {len(content) / 1000:.0f} kB compressed"
    return Download(key, name, f"data:{kind};base64,{base64.b64encode(content).decode()}", says, size)


def _write_whole(output: Path, text: str) -> None:
    output.parent.mkdir(parents=True, exist_ok=True)
    handle, temporary = tempfile.mkstemp(dir=output.parent, prefix=f".{output.name}.", suffix=".part")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(temporary, 0o644)  # mkstemp gives 0600: the report is made to be passed on
        os.replace(temporary, output)
    except BaseException:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(temporary)
        raise
