"""Methods to paste, versions, configuration and all files to download."""

from __future__ import annotations

import pandas as pd

from interbrain import apa
from interbrain.findings.form import CORRECTED, reason_of
from interbrain.report.methods import write_methods
from interbrain.report.methods.yields import yields_of
from interbrain.report.tables.synchrony import drawn_pseudo_dyads, shifts_of_each
from interbrain.report.trust import clocks
from interbrain.statistics.notes import sentences_of
from interbrain.statistics.unmeasured import NOBODY

from .downloads import download
from .numbered import Numbered

_YES_NO: dict[bool | None, str] = {True: "yes", False: "no"}


def _matched(page: Numbered) -> list[tuple[int, int, int]]:
    """Markers matched, of the therapist's and of the client's, in each pair that was tied by them."""
    tied = clocks.pairs_tied(page.results)
    tied = tied[tied["sync_method"] == "markers"]
    columns = ["sync_markers", "sync_markers_therapist", "sync_markers_client"]
    known = tied[columns].dropna().itertuples(index=False)
    return [(int(matched), int(therapist), int(client)) for matched, therapist, client in known]


def _known(texts: pd.Series) -> pd.Series:
    """Without n/a, which tables of texts hold as it is written."""
    return texts[~texts.map(apa.is_missing).astype(bool)]


def _detectable(page: Numbered) -> dict[str, float]:
    """The smallest difference that each factor's test had a power of 80% for, of the measure that decides."""
    table, measures = page.results["power"], page.results.measures
    decisive = CORRECTED if CORRECTED in measures else measures[0]
    of_measure = table[table["measure"] == decisive]
    return dict(of_measure.dropna(subset=["detectable_d"])[["effect", "detectable_d"]].to_numpy())


def _untested(page: Numbered) -> dict[str, str]:
    """Tables of statistics none of whose tests could be computed, and scores likewise, with the reason."""
    results = page.results
    snr, related = results["snr"], results["correlations"]
    of_scores = snr["tested"].isin(results.questionnaires) & snr["measure"].isin(results.measures)
    families = {
        "anova": (results["anova"], "F"),
        "spread": (results["spread"], "F"),
        "equivalence": (results["equivalence"], "d"),
        "therapists": (results["therapists"].query("roi == 'all'"), "F"),
        "presence": (results["presence"].query("unit == 'dyad'"), "t"),
        "snr": (snr[(snr["band"] == "all")], "F"),
        "snr of scores": (snr[of_scores], "r"),
    }
    families |= {
        f"score:{name}": (related[related["questionnaire"] == name], "r") for name in results.questionnaires
    }
    return {
        name: sentences_of(reason_of(rows["note"]))[0].removeprefix("not tested: ").removesuffix(".")
        for name, (rows, column) in families.items()
        if len(rows) and rows[column].isna().all() and reason_of(rows["note"])
    }


def _nobody(page: Numbered) -> str:
    """Bands and sites that are in no test because no dyad has a value there, as the notes name them."""
    notes = _known(page.results["anova"]["note"])
    said = (note.rpartition(f" {NOBODY}")[0].rpartition(". ")[2] for note in notes if NOBODY in note)
    return next(said, "")


def _tested(page: Numbered) -> int:
    """How many dyads are in the test of PLV above chance over all sites and bands; 0 if it is not known."""
    rows = page.results["presence"].query("measure == @CORRECTED and unit == 'dyad' and roi == 'all'")
    return int(rows["n"].iloc[0]) if len(rows) and rows["n"].notna().iloc[0] else 0


def methods(page: Numbered) -> dict:
    frame, quality = page.results["aggregated"], page.results["quality"]
    sizes = {
        "dyads": frame["dyad"].nunique(),
        "therapists": frame["therapist"].nunique(),
        "therapists_decide": bool((page.results["therapists"]["decides"] == "yes").any()),
        "clients": frame["client"].nunique(),
        "sync_methods": sorted(set(_known(quality["sync_method"]))),
        "recordings": len(quality),
        "mains": quality["mains_hz"].value_counts(sort=False).to_dict(),
        "not_judged": _known(quality["not_judged"]).value_counts(sort=False).to_dict(),
        "matched": _matched(page),
        "not_confirmed": clocks.windows_not_confirmed(clocks.pairs_tied(page.results)),
        "unknown_drift_s": clocks.longest_with_unknown_drift(page.results),
        "by_hand": len(page.results.by_hand),
        "pseudo_dyads": drawn_pseudo_dyads(frame),
        "shifts": shifts_of_each(frame),
        "scores": page.results.questionnaires,
        "items": page.results["reliability"].groupby("questionnaire")["n_items"].max().dropna().to_dict(),
        "unit_of_pairs": next(iter(page.results["pairtests"]["unit"]), None),
        "analyses": int(page.results["multiverse"]["n_specifications"].max() or 0)
        if len(page.results["multiverse"])
        else 0,
    }
    sizes |= {
        "tasks": {t: page.results.tasks[t] for t in page.results.times if t in page.results.tasks},
        "entering": page.results.entering,
        "of_fewer_times": page.results.entering.of_fewer,
        "yields": yields_of(quality),
        "detectable": _detectable(page),
        "untested": _untested(page),
        "effects": [str(name) for name in _known(page.results["anova"]["effect"])],
        "nobody": _nobody(page),
        "tested": _tested(page),
        "most_dyads": int(frame.groupby("therapist")["dyad"].nunique().max() or 0) if len(frame) else 0,
        "therapists_of_several": int((frame.groupby("therapist")["dyad"].nunique() > 1).sum()),
        "excluded": len(page.results.excluded_dyads),
        "signals": sorted(set(_known(page.results["signalquality"]["recorded"]))),
        "coordination_measures": sorted(set(_known(page.results["coordination"]["measure"]))),
    }
    written = write_methods(page.results.provenance, sizes)
    return {
        "methods": written,
        "estimators": page.results.estimators,
        "markdown": download("methods", "methods.md", written.markdown.encode(), "text/markdown", "Methods"),
        "bibtex": download(
            "references", "references.bib", written.bibtex.encode(), "text/plain", "References"
        ),
    }


def reproduce(page: Numbered) -> dict:
    import yaml

    provenance = page.results.provenance
    config = (
        yaml.safe_dump(page.results.config, sort_keys=False, allow_unicode=True)
        if page.results.config
        else ""
    )
    return {
        "versions": [
            ("Interbrain", provenance.get("version")),
            ("Commit", provenance.get("commit")),
            ("Local changes", _YES_NO.get(provenance.get("dirty"))),
            ("SHA-256 of requirements.lock", provenance.get("lock_sha256")),
            ("Python", provenance.get("python")),
            ("Platform", provenance.get("platform")),
            ("BIDS validator", page.results.validation.get("validator_version")),
        ],
        "packages": sorted((provenance.get("packages") or {}).items()),
        "config": config,
        "config_download": download("config", "config.yaml", config.encode(), "text/plain", "Configuration")
        if config
        else None,
        "inputs": provenance.get("inputs") or [],
        "downloads": list(page.downloads.values()),
        "beside": sum(not file.inside for file in page.downloads.values()),
    }
