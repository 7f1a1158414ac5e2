"""The page: reads the written tables, asks for the sections, writes one HTML file; it computes nothing."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import os
import tempfile
from collections.abc import Collection, Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures import look
from interbrain.report.figures.how_to_read import HOW_TO_READ
from interbrain.report.reading import Results, read_results
from interbrain.report.roles import texts_of, with_own_names
from interbrain.report.sections.order import sections
from interbrain.report.trust.warnings import columns_that_there_are

if TYPE_CHECKING:
    import jinja2

TEMPLATE = "page.html.jinja"
STYLESHEETS = ("style.css", "print.css")
SCRIPTS = ("page.js", "rows.js", "saving.js")


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
        ``lagcurves`` and ``lags``, ``pairtests`` and ``pairclusters``, ``reliability``,
        ``correlationlines``, ``specifications``
        and ``multiverse`` (a grid of choices), and ``dictionary`` (of the aggregated table: what further
        estimators are).
    assets : Path
        The folder with the page template, the stylesheets and the scripts.
    pictures : iterable of (dyad, role, time, path)
        What cleaning did to each recording. Those to look at are in the page, to the others it links.

    Raises
    ------
    ValueError, FileNotFoundError
        Where an input is not given, not there or not readable; the sentence says which and what to do.
    """
    results, output = read_results(inputs, pictures), Path(output)
    _write_whole(output, render(results, Path(assets), output.parent))


def render(results: Results, assets: Path, folder: Path, only: Collection[str] = ()) -> str:
    """The page as text, with links from the folder in which it will be; of `only` some sections, if named."""
    from markupsafe import Markup

    # Only our own files and the figures enter unescaped: all else on the page is somebody's input.
    style, script = (
        "".join((assets / name).read_text(encoding="utf-8") for name in names)
        for names in (STYLESHEETS, SCRIPTS)
    )
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    page = (
        _environment(assets)
        .get_template(TEMPLATE)
        .render(
            title=str(results.provenance.get("title") or "Inter-brain synchrony report"),
            results=results,
            sections=sections(results, folder, only),
            subtitle=_subtitle(results),
            banner=_banner(results),
            style=Markup(style + look.rules()),
            script=Markup(script),
            script_digest=digest,
            svg=Markup,
        )
    )
    kept = [*texts_of(results.config), *columns_that_there_are(results)]
    return with_own_names(page, results.config.get("roles"), kept)


@cache
def _environment(assets: Path) -> jinja2.Environment:
    import jinja2

    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(assets), autoescape=True, trim_blocks=True, lstrip_blocks=True,
        undefined=jinja2.StrictUndefined, keep_trailing_newline=True,
    )  # fmt: skip
    environment.globals.update(words=words, apa=apa, how_to_read=HOW_TO_READ)
    return environment


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
        f"Interbrain {version}" + (f", commit {str(commit)[:10]}" if not apa.is_missing(commit) else ""),
    ]


def _banner(results: Results) -> str:
    if not results.simulated:
        return ""
    return "SIMULATED DATA – " + str(
        results.provenance.get("simulation_note") or "no person was recorded; nothing here is a result."
    )


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
