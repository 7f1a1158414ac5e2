"""Whether synchrony is more than being simultaneous: zero lag against far lags, and amplitudes.

No statistic can show an interaction: what reaches both members at the same moments, and lasts no longer than
the rhythms remember, looks like it in every respect. This finds what does not look like it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from .form import ALPHA, CORRECTED, Reservation, missing, reason_of, rows_of

ZERO_LAG, AMPLITUDES = "zero_lag", "aec_above_chance"
# Of PLV above chance: coupled phases alone give amplitudes that go together by up to .07 of it, a shared
# envelope or responses to the same events by more than it (docs/decisions.md).
OF_COUPLING = 0.25
MANY_LINES = 0.25  # of the dyads


def only_simultaneous(tables: Mapping[str, pd.DataFrame]) -> Iterator[Reservation]:
    """What speaks for a common cause in the place of coupling.

    Yields
    ------
    Reservation
        ``zero lag``: PLV at lag 0 is not shown to be above that at far lags; ``zero lag floor`` where so few
        dyads could not show it, ``zero lag untested`` with the reason. ``wide``: it is above, but half of
        that is still there at the far lags. ``amplitudes``: they go together, by more than coupled phases
        give. ``line``: in a quarter of the dyads or more, both spectra have a narrow line at one frequency.
        Nothing of what the study's tables do not have.
    """
    row = whole(tables, ZERO_LAG)
    if row is not None:
        if missing(row["t"]):
            yield Reservation("zero lag untested", {"reason": reason_of([row["note"]])})
        elif not (row["p_flips"] < ALPHA and row["mean"] > 0):
            kind = "zero lag floor" if row["smallest_p"] >= ALPHA else "zero lag"
            yield Reservation(kind, _numbers(row))
        elif wide := _wide(tables.get("lags")):
            yield Reservation("wide", {"bands": wide})
    row, plv = whole(tables, AMPLITUDES), whole(tables, CORRECTED)
    if (
        row is not None
        and go_together(row)
        and not (plv is not None and row["mean"] < OF_COUPLING * plv["mean"])
    ):
        yield Reservation("amplitudes", _numbers(row))
    if lines := _lines(tables.get("lags")):
        yield Reservation("line", {"bands": lines})


def go_together(row: pd.Series | None) -> bool:
    """Whether a row of ``presence`` shows amplitudes that go together."""
    return bool(row is not None and not missing(row["t"]) and row["p_flips"] < ALPHA and row["mean"] > 0)


def whole(tables: Mapping[str, pd.DataFrame], measure: str, unit: str = "dyad") -> pd.Series | None:
    """The row of ``presence`` of the mean over all sites and bands, which is before those of single ones."""
    rows = rows_of(tables, "presence", measure=measure, unit=unit, roi="all", band="all")
    return rows.iloc[0] if len(rows) else None


def _wide(table: pd.DataFrame | None) -> list[dict]:
    """Bands whose curve of PLV, over all sites, is still at half its height at the far lags."""
    if table is None or table.empty:
        return []
    rows = table[(table["estimator"] == "plv") & (table["roi"] == "all")].dropna(subset=["width_s"])
    rows = rows[rows["width_s"] >= 2 * rows["far_from_s"]]
    return [{"band": row["band"], "width_s": float(row["width_s"])} for _, row in rows.iterrows()]


def _lines(table: pd.DataFrame | None) -> list[dict]:
    """Bands in which many dyads share a narrow line."""
    if table is None or table.empty:
        return []
    rows = table[(table["estimator"] == "plv") & (table["roi"] == "all")].dropna(subset=["n_lines"])
    rows = rows[rows["n_lines"] >= (MANY_LINES * rows["n"]).clip(lower=1)]
    names = ("n_lines", "n", "line_hz")
    return [{"band": row["band"], **{k: float(row[k]) for k in names}} for _, row in rows.iterrows()]


def _numbers(row: pd.Series) -> dict:
    names = ("n", "mean", "p_flips", "smallest_p")
    return {name: None if missing(row[name]) else float(row[name]) for name in names}
