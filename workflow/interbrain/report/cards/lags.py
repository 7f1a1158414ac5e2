"""What a card says where synchrony may be simultaneous only. Only words."""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import OF_LAGS, SIMULTANEOUS, Finding, Reservation
from interbrain.report import words
from interbrain.report.reading import Results

CHIP = "Simultaneous, but not shown to be coupling"


def chip(found: Finding) -> str:
    """The verdict in words of its own where synchrony may have a common cause; empty elsewhere."""
    return CHIP if found.verdict == "qualified" and found.against & set(SIMULTANEOUS) else ""


def lag_reservation(results: Results, one: Reservation) -> str:
    """One reservation of `findings.simultaneous` as a sentence."""
    v, far = one.values, results.far_lags
    size = f"mean difference {apa.proportion(v.get('mean'))}, {apa.p_value(v.get('p_flips'))}"
    if one.kind == "zero lag untested":
        why = f": {v['reason']}" if "reason" in v else ""
        return f"Whether PLV is higher at zero lag than at lags of {far} could not be tested{why}."
    if one.kind == "zero lag floor":
        return (
            f"Whether PLV is higher at zero lag than at lags of {far} cannot be shown: the smallest possible "
            f"p is {words.floor(v['smallest_p'])}."
        )
    if one.kind == "zero lag":
        return (
            f"PLV is not shown to be higher at zero lag than at lags of {far} ({size}). A slow rise and fall "
            "that both members share, or a steady line in both, gives such a curve without any coupling."
        )
    if one.kind == "wide":
        told = [f"{words.spoken(b['band'])} {apa.number(b['width_s'], 1)} s" for b in v["bands"]]
        return (
            f"The curve over lags is wide (at half its height: {words.listed(told)}): phase coupling ends "
            "within the rhythms’ own memory, a shared slow rise and fall does not."
        )
    if one.kind == "line":
        told = [
            f"{words.spoken(b['band'])} at {apa.number(b['line_hz'], 1)} Hz "
            f"({apa.whole(b['n_lines'])} of {apa.whole(b['n'])} dyads)"
            for b in v["bands"]
        ]
        return (
            f"The spectra of both members have a narrow line at one frequency: {words.listed(told)}. A "
            "brain’s rhythm is hardly ever so narrow: look for interference, or for a machine that both "
            "could hear."
        )
    return (
        f"The amplitudes are correlated as well (AEC above chance: mean {apa.proportion(v['mean'])}, "
        f"{apa.p_value(v['p_flips'])}). A rise and fall that both share, or responses to the same events, "
        "raise PLV without any coupling."
    )


def supported(results: Results, found: Finding) -> str:
    """The line where nothing speaks for a common slow cause; empty elsewhere."""
    rows = found.told("against far lags")
    if found.verdict not in ("found", "qualified", "unconfirmed") or found.against & set(OF_LAGS) or not rows:
        return ""
    told = (
        f"PLV is higher at zero lag than at lags of {results.far_lags} (mean difference "
        f"{apa.proportion(rows[0]['mean'])}, {apa.p_value(rows[0]['p_flips'])})"
    )
    together = found.told("amplitudes together")
    if not together:
        return f"{told}: a slow rise and fall that both members share does not explain it."
    how = "are not shown to be correlated"
    if together[0]["decides"] == "yes":
        how = "are correlated no more than with coupled phases"
    return (
        f"{told}, and the amplitudes {how} (AEC above chance: mean {apa.proportion(together[0]['mean'])}, "
        f"{apa.p_value(together[0]['p_flips'])}): a slow rise and fall that both members share does not "
        "explain it."
    )


def caution(results: Results) -> tuple[str, str] | None:
    """What to know, and what to do, where synchrony was found and may have a common cause."""
    found = results.synchrony
    if found is None or not found.claims or found.claims[0].higher != "above":
        return None
    against = [one for one in found.reservations if one.kind in SIMULTANEOUS]
    if not against:
        return None
    says = " ".join(lag_reservation(results, one) for one in against)
    return says, (
        "Do not call it coupling. Look at the curve over lags; were there sounds, instructions or other "
        "events that reached both members? Name them under events in the configuration, and analyse the "
        "time without them."
    )


def of_a_claim(results: Results, found: Finding) -> str:
    """The line of a factor or score that is claimed where synchrony itself may have a common cause."""
    if not found.claims or caution(results) is None:
        return ""
    return (
        "Synchrony itself is not shown to be coupling (first card): a difference in what reaches both "
        "members at once would look like this, too."
    )


def content(results: Results) -> dict:
    """What the section on lags says: how to read it, and what was found."""
    found = results.synchrony
    told = (
        [lag_reservation(results, one) for one in found.reservations if one.kind in OF_LAGS] if found else []
    )
    notes = [note for note in dict.fromkeys(results["lags"]["note"]) if str(note).startswith("no dyad")]
    return {"said": [*told, *filter(None, [supported(results, found)] if found else [])], "lag_notes": notes}
