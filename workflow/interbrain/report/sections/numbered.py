"""Figures and tables with their numbers, captions and downloads, in the order of the page."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path

from interbrain.report import figures, tables
from interbrain.report.reading import Results

from .downloads import Download, download, written_tables
from .folds import ABOUT, FOLDS


@dataclass(frozen=True)
class Shown:
    """A figure with its number, its table of numbers and their download."""

    number: int
    drawing: figures.Drawing
    numbers: tables.Table
    download: Download | None


@dataclass(frozen=True)
class Fold:
    """A table to unfold: what to click on, what to know of it, its notes, and the sentences of its rows."""

    summary: str
    about: str
    table: tables.Table | None
    notes: tuple = ()
    sentences: tuple = ()


class Numbered:
    """Numbers figures and tables in the order of the page, and keeps what could not be drawn.

    Attributes
    ----------
    results : Results
    folder : Path
        Where the page will be.
    absent : list of figures.Absent
        Expected figures that could not be drawn.
    downloads : dict of str to Download
        The written tables, by their short names.
    """

    def __init__(self, results: Results, folder: Path) -> None:
        self.results, self.folder = results, folder
        self.absent: list[figures.Absent] = []
        self.figure_count = 0
        self.table_count = 0
        self.downloads = written_tables(results.paths, folder)

    def figure(self, drawn: figures.Drawing | figures.Absent) -> Shown | figures.Absent:
        """The figure with its number; one that is absent is kept for the warnings."""
        if isinstance(drawn, figures.Absent):
            self.absent.append(drawn)
            return drawn
        self.figure_count += 1
        numbers = tables.plain(
            f"numbers-{drawn.name}", f"Numbers behind Figure {self.figure_count}", drawn.frame
        )
        if drawn.source:
            link = replace(self.downloads[drawn.source], uri=f"#file-{drawn.source}")
        else:
            content = drawn.frame.to_csv(sep="\t", index=False, na_rep="n/a", lineterminator="\n").encode()
            name = f"figure-{self.figure_count}_{drawn.name}.tsv"
            link = download(drawn.name, name, content, "text/tab-separated-values", "")
        return Shown(self.figure_count, drawn, numbers, link)

    def table(self, table: tables.Table, source: str | None = None) -> tables.Table:
        """The table with its number, and a link to the written table `source`."""
        self.table_count += 1
        link = self.downloads.get(source) if source else None
        return replace(table, caption=f"Table {self.table_count}. {table.caption}", link=link)

    def fold(
        self,
        name: str,
        table: tables.Table,
        notes: Iterable[str] = (),
        sentences: Iterable[tuple[str, str]] = (),
    ) -> Fold | None:
        """The table to be folded away, with what to know before one reads it; None where it has nothing."""
        if not table.rows and not notes:
            return None
        known = self.table(table, name) if table.rows else None
        return Fold(FOLDS[table.name], ABOUT[table.name], known, tuple(notes), tuple(sentences))
