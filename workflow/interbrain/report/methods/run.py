"""What the methods text is written from: the settings and packages of a run, its sizes, and what it cites."""

from __future__ import annotations

from typing import Any

from interbrain.report.stated import found, stated

from .references import Reference, works


class Run:
    """A run to describe; it collects what the text cites while it is written.

    Parameters
    ----------
    provenance : dict
        The provenance document: ``config`` (resolved), ``packages``, ``python``, ``version``, ``commit``.
    sizes : dict
        As `write_methods` takes them.
    """

    def __init__(self, provenance: dict, sizes: dict) -> None:
        self.provenance, self.sizes = provenance, sizes
        self.config = provenance.get("config") or {}
        self.packages = provenance.get("packages") or {}
        self._cited: list[str] = []

    def get(self, *keys: str, default: Any = None) -> Any:
        """One setting of the resolved config, for example ``get("windows", "length_s")``."""
        value = found(self.config, *keys)
        return default if value is None else value

    def stated(self, *keys: str) -> Any:
        """One setting that every study has, by itself or by its declaration."""
        return stated(self.config, *keys)

    def has_several(self, key: str) -> bool:
        """Whether a setting such as ``rois`` names more than one thing, or is unknown."""
        named = self.get(key)
        return named is None or len(named) > 1

    def untested(self, family: str) -> str:
        """Why no test of a table of statistics could be computed, inside a sentence; empty if one could."""
        reason = str((self.sizes.get("untested") or {}).get(family, ""))
        return reason[:1].lower() + reason[1:] if reason[1:2].islower() or reason[1:2] == " " else reason

    def cite(self, key: str) -> str:
        """How the text cites a work, which then is in the list of references."""
        if key not in self._cited:
            self._cited.append(key)
        return works()[key].short

    def package(self, name: str, spelled: str | None = None, *keys: str) -> str:
        """``MNE-Python (1.9.0; Gramfort et al., 2013)``: a package as it ran, and the works behind it."""
        inside = [text for text in (self.packages.get(name), *(self.cite(key) for key in keys)) if text]
        return f"{spelled or name} ({'; '.join(inside)})" if inside else spelled or name

    @property
    def references(self) -> tuple[Reference, ...]:
        """The works cited so far, in the order of the alphabet, as APA lists them."""
        cited = (works()[key] for key in self._cited)
        return tuple(sorted(cited, key=lambda work: work.text.casefold()))
