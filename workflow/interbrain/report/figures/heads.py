"""Two heads that face each other, with the pairs of channels that the family-wise tests find as links.

The tests decide which links there are. Of a factor of two levels, three panels a band: either level at the
pairs of the difference (or, where it has none, at those of synchrony over all dyads), and the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from interbrain import apa
from interbrain.report import words

from .axes import slug
from .channels import ALPHA, ends_of
from .drawing import Absent, Drawing, Panel, finished
from .look import INK, MUTED, own_look
from .two_heads import Link, face_to_face, positions

NAME, TITLE = "heads", "Which channels of two brains go together"
MEASURE, SYNCHRONY = "above_chance", "synchrony"
MOST_LINKS = 60  # of a panel
MOST_SAID = 4  # pairs that the alternative text names
END = ["therapist_channel", "client_channel"]
KEY = (
    ("━━", INK, "p ≤ .05 for all pairs and bands together"),
    ("╌╌", MUTED, "in a cluster with p ≤ .05: an effect in the cluster, not at each of its pairs"),
)


@dataclass(frozen=True)
class View:
    """What a panel shows: rows of pairs with value, own (p <= .05 itself, else in a cluster) and says."""

    title: str
    band: str
    links: pd.DataFrame
    below: str


def figures(pairs: pd.DataFrame, bands: Sequence[str], factors: dict[str, str]) -> list[Drawing | Absent]:
    """The heads over all dyads, and those of each factor of two levels for which there is anything to show.

    Parameters
    ----------
    pairs : pandas.DataFrame
        The table of tested pairs.
    bands : sequence of str
    factors : dict of str to str
        The factors that were tested, and what each is called.
    """
    rows = _of_channels(pairs)
    if rows["size"].isna().all():
        return [Absent(NAME, TITLE, "no pair of channels could be tested", "pairtests")]
    places = positions(_channels(rows))
    if not places:
        return [
            Absent(
                NAME,
                TITLE,
                "no channel has a name whose place on the head is known (10-20 system)",
                "pairtests",
            )
        ]
    limit = largest(pairs, bands)
    of_all = list(over_dyads(rows, bands))
    compared = {factor: list(by_level(rows, bands, factor)) for factor in factors}
    drawn = [factor for factor, views in compared.items() if any(len(view.links) for view in views)]
    caption = _caption(rows, places) + _not_drawn(rows, factors, drawn)
    made: list[Drawing | Absent] = [_drawing(NAME, TITLE, caption, of_all, places, limit)]
    for factor in drawn:
        name, title = f"{NAME}-{slug(factor)}", f"{TITLE}: {factors[factor]}"
        made.append(_drawing(name, title, _of_levels(rows, factor), compared[factor], places, limit))
    return made


def largest(pairs: pd.DataFrame, bands: Sequence[str]) -> float:
    """The largest value of all panels and of the pairs of sites: the end of the scale that they share."""
    rows = _of_channels(pairs)
    tested = [one for one in dict.fromkeys(rows["tested"]) if one != SYNCHRONY]
    views = [*over_dyads(rows, bands), *(view for one in tested for view in by_level(rows, bands, one))]
    sites = pairs[(pairs["pairs"] == "sites") & (pairs["measure"] == MEASURE)]
    values = [
        *sites.loc[sites["tested"] == SYNCHRONY, "size"],
        *(v for one in views for v in one.links["value"]),
    ]
    known = np.abs([value for value in values if np.isfinite(value)])
    return float(known.max(initial=0)) or 0.01


# --- what is shown ---------------------------------------------------------------------------------------


def over_dyads(rows: pd.DataFrame, bands: Sequence[str]) -> Iterator[View]:
    """Synchrony of all dyads: a view a band."""
    own = rows[rows["tested"] == SYNCHRONY]
    for band, here in _by_band(own, bands):
        found = _found(here)
        found["says"] = [f"{_said(row)} above chance, {_p(row)}" for row in found.to_dict("records")]
        yield View(words.heading(band), band, found, _counted(here, found))


def by_level(rows: pd.DataFrame, bands: Sequence[str], factor: str) -> Iterator[View]:
    """Of a factor of two levels three views a band; none of a factor of more, or of a score."""
    own = _compared(rows, factor)
    if len(_levels(own)) != 1:
        return
    names = [words.spoken(level) for level in _levels(own)[0]]
    over_all = dict(_by_band(rows[rows["tested"] == SYNCHRONY], bands))
    for band, here in _by_band(own, bands):
        difference = _found(here)
        shown, whose = difference, "the difference"
        if shown.empty and band in over_all:
            shown, whose = _found(over_all[band]), "synchrony over all dyads"
        for end, name in zip("ab", names, strict=True):
            yield _level(here, shown, end, name, band, whose)
        what = f"{names[0]} minus {names[1]}"
        difference["says"] = [f"{_said(row)}, {what}, {_p(row)}" for row in difference.to_dict("records")]
        title = f"{words.heading(what)}, {words.spoken(band)}"
        yield View(title, band, difference, _counted(here, difference))


def _level(here: pd.DataFrame, shown: pd.DataFrame, end: str, name: str, band: str, whose: str) -> View:
    """One level's mean above chance at the pairs that are shown."""
    means = here.set_index(END)[[f"mean_{end}", f"n_{end}"]].set_axis(["value", "n"], axis=1)
    links = (
        shown.drop(columns=["value", "n", "says"], errors="ignore").join(means, on=END).dropna(subset="value")
    )
    unit = here["unit"].iloc[0]
    links["says"] = [
        f"{_said(row)} above chance, {name} ({words.counted(int(row['n']), unit)})"
        for row in links.to_dict("records")
    ]
    title = f"{words.heading(name)}, {words.spoken(band)}"
    if shown.empty:
        return View(title, band, links, "Nothing to show: no pair found in the difference or over all dyads.")
    if links.empty:
        return View(title, band, links, f"Nobody at {name} has the pairs of {whose}.")
    n = words.counted(int(links["n"].max()), unit)
    return View(title, band, links, f"Mean of {n}, at the pairs of {whose}.")


def _of_channels(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs[(pairs["pairs"] == "channels") & (pairs["measure"] == MEASURE)]


def _channels(rows: pd.DataFrame) -> list[str]:
    return [one for one in dict.fromkeys([*rows[END[0]], *rows[END[1]]]) if not apa.is_missing(one)]


def _compared(rows: pd.DataFrame, factor: str) -> pd.DataFrame:
    """The rows of a factor; none of a score, which has no levels."""
    own = rows[rows["tested"] == factor]
    return own[[not apa.is_missing(level) for level in own["level_a"]]]


def _levels(rows: pd.DataFrame) -> list[tuple[str, str]]:
    """The pairs of levels that were compared."""
    return list(dict.fromkeys(zip(rows["level_a"], rows["level_b"], strict=True)))


def _by_band(rows: pd.DataFrame, bands: Sequence[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    for band in bands:
        here = rows[rows["band"] == band]
        if len(here):
            yield band, here


def _found(rows: pd.DataFrame) -> pd.DataFrame:
    """The pairs that are found, the clearest first: with a p of their own before those of clusters."""
    own, among = rows["p_family"] <= ALPHA, rows["p_cluster"] <= ALPHA
    found = rows.assign(value=rows["size"], own=own, clear=rows["z"].abs())[own | among]
    return found.sort_values(["own", "clear"], ascending=False, kind="stable")


def _counted(rows: pd.DataFrame, found: pd.DataFrame) -> str:
    """What was found in a band, in the words below the heads."""
    tested = rows.dropna(subset=["p_family"])
    if tested.empty:
        notes = [one for one in rows["note"] if not apa.is_missing(one)]
        return f"Not tested: {notes[0]}." if notes else "Not tested."
    n_own = int(found["own"].sum())
    n_among = len(found) - n_own
    floor, p = tested["smallest_p"].min(), apa.p_value(tested["p_family"].min())
    if floor > ALPHA:
        return f"No pair found: smallest {p}. The smallest possible p is {apa.bare_p(floor)}."
    if not len(found):
        return f"No pair found: smallest {p}."
    told = f"{words.counted(n_own, 'pair')} found" if n_own else f"No single pair found (smallest {p})"
    return f"{told}; {n_among} {'more ' if n_own else ''}in clusters." if n_among else f"{told}."


def _said(row: dict) -> str:
    return f"{ends_of(row)}: {apa.proportion(row['value'])}"


def _p(row: dict) -> str:
    told = apa.p_value(row["p_family"], "family-wise p")
    return told if row["own"] else f"{told}; in a cluster with {apa.p_value(row['p_cluster'])}"


# --- the figure ------------------------------------------------------------------------------------------


def _drawing(
    name: str, title: str, caption: str, views: list[View], places: dict[str, np.ndarray], limit: float
) -> Drawing:
    on_head = [_placed(view, places) for view in views]
    limits = limit if any(map(len, on_head)) else None
    with own_look():
        panels = tuple(
            _panel(view, placed, places, limits, f"{name}-{number}")
            for number, (view, placed) in enumerate(zip(views, on_head, strict=True))
        )
    frame = pd.concat([view.links.assign(panel=view.title) for view in views], ignore_index=True)
    columns = ["panel", "band", *END, "value", "p_family", "p_cluster"]
    return Drawing(name, title, caption, panels, frame[columns], key=KEY, small=True)


def _caption(rows: pd.DataFrame, places: dict[str, np.ndarray]) -> str:
    """How to read the heads, and which channels have no place on them."""
    told = (
        "Two heads seen from above, facing each other: the therapist on the left, the client on the right. "
        "Links are the pairs of channels that the tests find; no others are drawn. Their colour is PLV above "
        "chance: orange is above zero, purple below, on one scale for all heads and the pairs of sites."
    )
    strange = [str(one) for one in _channels(rows) if one not in places]
    if strange:
        named = words.listed([*strange[:6], *([f"{len(strange) - 6} more"] if len(strange) > 6 else [])])
        told += f" Without a place (no 10-20 name), and so without links here: {named}."
    return told


def _not_drawn(rows: pd.DataFrame, factors: dict[str, str], drawn: list[str]) -> str:
    """Why a factor has no heads of its own."""
    told = ""
    for factor, label in factors.items():
        own = rows[rows["tested"] == factor]
        if factor in drawn or own.empty:
            continue
        if len(_levels(_compared(rows, factor))) > 1:
            told += f" {label} has more than two levels: its comparisons are in the maps and the table only."
        elif own["p_family"].isna().all():
            told += (
                f" {label} has no heads: its levels could not be compared, and no pair was found over all."
            )
        else:
            told += f" {label} has no heads: no pair was found in the difference or over all dyads."
    return told


def _of_levels(rows: pd.DataFrame, factor: str) -> str:
    levels = [words.spoken(level) for level in _levels(_compared(rows, factor))[0]]
    return (
        f"For each band: {levels[0]}, {levels[1]}, and {levels[0]} minus {levels[1]}. Either level is drawn "
        "at the pairs that the test of the difference finds; where it finds none, at those of synchrony over "
        "all dyads. Means of levels are not adjusted; the difference is, for other factors and covariates."
    )


def _placed(view: View, places: dict[str, np.ndarray]) -> pd.DataFrame:
    """The links between channels that have a place."""
    return view.links[view.links[END[0]].isin(places) & view.links[END[1]].isin(places)]


def _panel(
    view: View, placed: pd.DataFrame, places: dict[str, np.ndarray], limit: float | None, prefix: str
) -> Panel:
    links = [
        Link(str(row[END[0]]), str(row[END[1]]), row["value"], bool(row["own"]), row["says"])
        for row in placed.head(MOST_LINKS).to_dict("records")
    ]
    below = _below(view, len(placed))
    canvas = face_to_face(places, links, limit, view.title, below)
    return finished(canvas, prefix, f"{view.title}: {_alternative(below, placed)}")


def _below(view: View, n_placed: int) -> str:
    told = view.below
    if n_placed > MOST_LINKS:
        told += f" The clearest {MOST_LINKS} of {n_placed} are drawn."
    elif n_placed < len(view.links):
        told += f" {len(view.links) - n_placed} without a place on the head."
    return told


def _alternative(below: str, links: pd.DataFrame) -> str:
    told = f"two heads, therapist left and client right. {below}"
    if links.empty:
        return f"{told} No link is drawn."
    named = [str(one) for one in links["says"].head(MOST_SAID)]
    rest = len(links) - len(named)
    return f"{told} {'; '.join(named)}{f'; and {rest} more' if rest else ''}."
