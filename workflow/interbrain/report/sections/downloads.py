"""Files inside the page: the tables that it shows, and what is made of them."""

from __future__ import annotations

import base64
import gzip
import os
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import quote

from interbrain.report.reading import TABLES

COMPRESS_ABOVE = 400_000  # bytes of a table, from which its download is gzipped
# Bytes of all tables in the page; the largest stay beside it, and the page links to them.
MOST_BYTES = 4_000_000
CONTENTS = {
    "findings": "What was found: each claim with its verdict and what speaks against it",
    "evidence": "Everything that was computed on each finding, for and against it",
    "aggregated": "One row for each dyad, time, band and site, with questionnaires",
    "dictionary": "What each column of that table is",
    "dyadmeans": "One row for each dyad, site and band: what enters the tests",
    "spread": "Tests that allow unequal spread of the groups, with APA lines",
    "presence": "PLV above chance and above pseudo-dyads against zero, with APA lines",
    "lagcurves": "Mean PLV and amplitude correlation at every lag, over all dyads and by group",
    "mediation": "Indirect effects through a mediator",
    "lags": "Zero lag against far lags, and how wide the curve is",
    "descriptives": "Means and standard deviations by group",
    "anova": "Effects with their sizes, with APA lines",
    "means": "Estimated marginal means",
    "contrasts": "Pairs of levels, with APA lines",
    "permutation": "Permutation tests of the factors between dyads, with APA lines",
    "equivalence": "Equivalence tests and Bayes factors, with sentences",
    "therapists": "Tests over therapists, where one has several dyads, with APA lines",
    "mixed": "Mixed model with the therapist as a random effect",
    "power": "Sample sizes that these effects need, and effects that this study could detect",
    "correlations": "Correlations and their robustness, with APA lines",
    "correlationlines": "Regression lines of the correlations, with their intervals and without each dyad",
    "snr": "Effects and correlations with both members’ signal-to-noise held constant",
    "reliability": "Cronbach’s alpha of the questionnaires",
    "specifications": "Every combination of analysis choices, one per row",
    "multiverse": "What all these combinations show jointly",
    "signalspecifications": "Coordination under every combination of analysis choices, one per row",
    "signalmultiverse": "What all these combinations show jointly of coordination",
    "exclusions": "Everything left out, with the reason",
    "quality": "One row for each recording",
    "spectra": "Power spectra before and after cleaning",
    "decisions": "Every decision about a channel, component or window: by rule, or by a person",
    "channelpairs": "Mean PLV for each pair of channels",
    "pairtests": "Tests of each pair of channels and of sites, family-wise",
    "pairclusters": "Clusters of neighbouring pairs of channels",
    "coordination": "Coordination of each dyad’s signals against its chance levels",
    "signalpresence": "Coordination of signals above chance, over dyads, with APA lines",
    "signallags": "The lag at which two signals are most strongly coordinated, over dyads",
    "signallagcurve": "Correlation of two signals at each lag above chance, mean over dyads",
    "dyadsignallags": "The lag at which two signals are most strongly coordinated in each dyad",
    "signalanova": "Coordination of signals between groups, with APA lines",
    "signalcontrasts": "Coordination of signals, pairs of levels, with APA lines",
    "signalpermutation": "Coordination between groups, labels permuted",
    "signalequivalence": "Equivalence of groups in coordination",
    "signalspread": "Coordination between groups that may differ in spread",
    "signaltherapists": "Coordination, tests over therapists",
    "signalcorrelations": "Coordination of signals and scores, with APA lines",
    "signalquality": "What each member’s signal is worth, and why one is not used",
    "eventlocked": "Coded events against the minutes around them, with APA lines",
    "dyadevents": "Coded events against the minutes around them in each dyad",
    "perievent": "Mean curves around coded events, with bands that hold at all lags at once",
    "dyadbrainbody": "Synchrony of brains and coordination of bodies over the windows, each dyad’s own test",
    "brainbody": "Synchrony of brains and coordination of bodies over the windows, over dyads",
    "agreement": "Agreement of two coders",
    "truth": "What the simulator planted",
    "truth_session": "What the simulator planted in bodies and at coded events",
    "planted_found": "What of this was found",
    "provenance": "Versions, configuration and checksums",
    "validation": "What the BIDS validator said",
}


@dataclass(frozen=True)
class Download:
    """A file inside the page, or beside it: name, data URI or address, what it holds, its size in words."""

    key: str
    name: str
    uri: str
    says: str
    size: str

    @property
    def inside(self) -> bool:
        """Whether the page itself has its bytes."""
        return self.uri.startswith("data:")


def file_download(key: str, path: Path) -> Download:
    kind = "text/tab-separated-values" if key in TABLES else "application/json"
    return download(key, path.name, path.read_bytes(), kind, CONTENTS[key])


def written_tables(paths: Mapping[str, Path], folder: Path) -> dict[str, Download]:
    """The written tables by their short names: as many as the page can hold are in it, the smallest first.

    Parameters
    ----------
    paths : mapping of str to Path
    folder : Path
        Where the page will be.
    """
    found = {key: file_download(key, paths[key]) for key in CONTENTS if key in paths}
    held = 0
    for key in sorted(found, key=lambda key: len(found[key].uri)):
        held += len(found[key].uri)
        if held > MOST_BYTES:
            address = quote(Path(os.path.relpath(paths[key], folder)).as_posix())
            size = f"{paths[key].stat().st_size / 1e6:.0f} MB, beside this page"
            found[key] = replace(found[key], name=paths[key].name, uri=address, size=size)
    return found


def download(key: str, name: str, content: bytes, kind: str, says: str) -> Download:
    size = f"{len(content) / 1000:.0f} kB" if len(content) >= 1000 else f"{len(content)} bytes"
    if len(content) > COMPRESS_ABOVE:
        name, kind, content = f"{name}.gz", "application/gzip", gzip.compress(content, mtime=0)
        size += f", {len(content) / 1000:.0f} kB compressed"
    return Download(key, name, f"data:{kind};base64,{base64.b64encode(content).decode()}", says, size)
