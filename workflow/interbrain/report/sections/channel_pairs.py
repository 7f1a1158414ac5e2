"""Which pairs of channels, and of sites, the family-wise tests find: sentences and a table.

Only words; `statistics.channel_pairs` computes. Exploratory: no card and no verdict rests on it.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from interbrain import apa
from interbrain.report import words
from interbrain.report.figures.channels import ends_of
from interbrain.report.reading import Results
from interbrain.report.tables import form

ALPHA = 0.05
MOST_NAMED = 6  # pairs that a sentence names; the table has all
TEST = ["measure", "tested", "level_a", "level_b"]
SYNCHRONY = "synchrony"


def content(results: Results) -> dict:
    """What the section says: sentences on every test, and what was found as a table."""
    pairs = results["pairtests"]
    said = [_sentence(results, test, rows) for test, rows in _tests(pairs)]
    kept = _found(results)
    table = _table(kept) if len(kept) else None
    channels = pairs[pairs["pairs"] == "channels"].dropna(subset=["p_family"])
    counts = channels.groupby(TEST, sort=False).size()
    return {
        "said": said,
        "found": table,
        "n_pairs": f"{counts.max():,}" if len(counts) else "",
        "n_tests": len(list(_tests(pairs))),
    }


def maps(results: Results) -> list[tuple[str, str, pd.DataFrame]]:
    """Which tests are drawn, a map a band: synchrony, and every test in which something is found."""
    pairs = results["pairtests"]
    frame = pairs[pairs["pairs"] == "channels"].dropna(subset=["z"])
    shown = [
        (test, rows)
        for test, rows in _tests(frame)
        if test[1] == SYNCHRONY or (rows["p_family"] <= ALPHA).any() or (rows["p_cluster"] <= ALPHA).any()
    ]
    return [
        (_label(results, test), band, rows[rows["band"] == band])
        for test, rows in shown or list(_tests(frame))[:1]
        for band in results.bands
        if (rows["band"] == band).any()
    ]


def _tests(frame: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    yield from frame.groupby(TEST, sort=False)


def _label(results: Results, test: tuple) -> str:
    """``Synchrony``, ``Mindfulness: yes minus no`` or a score; with the measure where it is not PLV's."""
    measure, tested, one, other = test
    text = "Synchrony" if tested == SYNCHRONY else results.term(tested)
    if not apa.is_missing(one):
        text += f": {words.spoken(one)} minus {words.spoken(other)}"
    called = words.measure if tested == SYNCHRONY else results.entering.label
    return text if measure == "above_chance" else f"{text} ({called(measure, False)})"


def _how(row: dict, p: str = "p_family") -> str:
    """``alpha, above chance, p = .012``: the band, the direction and p of a pair or a cluster."""
    up = row["size"] > 0
    if row["tested"] == SYNCHRONY:
        way = "above chance" if up else "below chance"
    elif not apa.is_missing(row["level_a"]):
        way = f"higher for {words.spoken(row['level_a'] if up else row['level_b'])}"
    else:
        way = f"r = {apa.proportion(row['size'], 2)}"
    return f"{words.spoken(row['band'])}, {way}, {apa.p_value(row[p])}"


def _sentence(results: Results, test: tuple, rows: pd.DataFrame) -> tuple[str, str]:
    """What a test is about, and what was found in it."""
    label = _label(results, test)
    channels, sites = rows[rows["pairs"] == "channels"], rows[rows["pairs"] == "sites"]
    tested = channels.dropna(subset=["p_family"])
    if tested.empty:
        notes = [one for one in dict.fromkeys(channels["note"]) if not apa.is_missing(one)]
        return label, f"Not tested at single channels: {notes[0]}." if notes else "Not tested."
    unit = tested["unit"].iloc[0]
    told = [f"Over {words.counted(int(tested['n'].max()), unit)}."] if unit != "dyad" else []
    found = tested[tested["p_family"] <= ALPHA].sort_values("p_family", kind="stable")
    if len(found):
        named = [f"{ends_of(row)} ({_how(row)})" for row in found.head(MOST_NAMED).to_dict("records")]
        rest = len(found) - len(named)
        listed = words.listed([*named, f"{rest} more"] if rest else named)
        told.append(f"Found at {words.counted(len(found), 'pair')} of channels: {listed}.")
    clusters = _of(results["pairclusters"], test)
    kept = clusters[clusters["p_cluster"] <= ALPHA]
    for row in kept.to_dict("records"):
        told.append(
            f"Found in a cluster of {words.counted(int(row['n_pairs']), 'pair')} "
            f"({_how(row, 'p_cluster')}), strongest at {ends_of(row)}."
        )
    if not len(found) and not len(kept):
        told.append(_nothing(tested, clusters))
    own = sites[sites["p_family"] <= ALPHA]
    if len(own):
        named = [
            f"{words.spoken(row['roi_therapist'])} of the therapist with {words.spoken(row['roi_client'])} "
            f"of the client ({_how(row)})"
            for row in own.to_dict("records")
        ]
        told.append(f"Found at {words.counted(len(own), 'pair')} of sites: {words.listed(named)}.")
    elif sites["p_family"].notna().any():
        told.append(f"Not found at any pair of sites (smallest {apa.p_value(sites['p_family'].min())}).")
    left = len(channels) - len(tested)
    if left:
        few = f"too few {unit}s have both channels"
        told.append(f"{words.counted(left, 'pair')} of {len(channels):,} could not be tested: {few}.")
    return label, " ".join(told)


def _nothing(tested: pd.DataFrame, clusters: pd.DataFrame) -> str:
    floor = tested["smallest_p"].min()
    if floor > ALPHA:
        units = words.counted(int(tested["n"].max()), tested["unit"].iloc[0])
        return f"Nothing could be detected: with {units} the smallest possible p is {apa.bare_p(floor)}."
    p = apa.p_value(tested["p_family"].min())
    if clusters.empty:
        return f"Not found at any pair of channels (smallest {p}); there is no cluster."
    smallest = apa.p_value(clusters["p_cluster"].min())
    return f"Not found at any pair of channels (smallest {p}) or in any cluster (smallest {smallest})."


def _of(frame: pd.DataFrame, test: tuple) -> pd.DataFrame:
    return frame[(frame[TEST] == list(test)).all(axis=1)]


def _found(results: Results) -> pd.DataFrame:
    """One row for each pair of channels, cluster and pair of sites with p <= .05."""
    rows = []
    clusters = results["pairclusters"]
    for row in clusters[clusters["p_cluster"] <= ALPHA].to_dict("records"):
        what = f"cluster of {words.counted(int(row['n_pairs']), 'pair')}"
        ends = row["therapist_channels"], row["client_channels"]
        rows.append(_found_row(results, row, what, *ends, row["p_cluster"]))
    pairs = results["pairtests"]
    for row in pairs[pairs["p_family"] <= ALPHA].to_dict("records"):
        kind, start = (
            ("pair of channels", "channel") if row["pairs"] == "channels" else ("pair of sites", "roi")
        )
        therapist, client = (
            (row["therapist_channel"], row["client_channel"])
            if start == "channel"
            else (words.spoken(row["roi_therapist"]), words.spoken(row["roi_client"]))
        )
        rows.append(_found_row(results, row, kind, therapist, client, row["p_family"]))
    return pd.DataFrame(rows)


def _found_row(results: Results, row: dict, what: str, therapist: str, client: str, p: float) -> dict:
    return {
        "test": _label(results, tuple(row[name] for name in TEST)),
        "band": words.spoken(row["band"]),
        "what": what,
        "therapist": therapist,
        "client": client,
        "size": row["size"],
        "p": p,
    }


def _table(frame: pd.DataFrame) -> form.Table:
    columns = [
        form.text("test", "Test"),
        form.text("what", "What was found"),
        form.text("band", "Band"),
        form.text("therapist", "Therapist", wide=True),
        form.text("client", "Client", wide=True),
        form.share("size", "Size"),
        form.p("p", "p (family)"),
    ]
    caption = (
        "Pairs and clusters with a family-wise p of .05 or less. Size is the mean above chance, the adjusted "
        "difference or r; of a cluster the mean of its pairs"
    )
    return form.build("channel-pairs", caption, frame, columns, stacks=True)
