"""What a card says of signal-to-noise: whether a claim stays once both members' log SNR is held constant.

Only words; the room `findings` judges.
"""

from __future__ import annotations

from interbrain.findings import Finding, Reservation
from interbrain.findings.findings import BOTH
from interbrain.findings.signal_to_noise import MOST_SHARED
from interbrain.report import words
from interbrain.report.reading import Results

NOT_APART = (
    "It cannot be separated from signal-to-noise: where two people are coupled, stronger rhythms alone raise "
    "PLV, above chance as well."
)
HELD = "With both members’ log SNR held constant"


def snr_reservation(one: Reservation) -> str:
    """A reservation of `findings.signal_to_noise` as one or two sentences."""
    values = one.values
    if one.kind == "snr untested":
        reason = str(values["reason"]).rstrip(".")
        return f"It could not be checked against signal-to-noise: {reason[:1].lower()}{reason[1:]}."
    if "cells" in values:
        told = [
            f"{words.cell(cell['roi'], cell['band'])} (r = {words.proportion(cell['r'], 2)}, Holm "
            f"{words.p_phrase(cell['p_holm'])})"
            for cell in values["cells"]
        ]
        why = "no correlation is shown at"
        if one.kind == "snr floor":
            why = "too few degrees of freedom are left to confirm the correlation at"
        return f"{HELD}, {why} {words.listed(told)}. {_itself(values)}"
    told = [_pair(pair, len(values["pairs"]) > 1 or one.kind == "some snr") for pair in values["pairs"]]
    if one.kind == "snr floor":
        why = "too few degrees of freedom are left to confirm the difference"
    elif any((pair.get("shared") or 0) >= MOST_SHARED for pair in values["pairs"]):
        share = max(pair.get("shared") or 0 for pair in values["pairs"])
        why = (
            f"the difference cannot be judged, because SNR explains {words.proportion(share, 2)} of the "
            "difference between the groups"
        )
    else:
        why = "the difference is not confirmed"
    return f"{HELD}, {why}: {'; '.join(told)}. {_itself(values)}"


def _pair(pair: dict, named: bool) -> str:
    """``yes minus no .012, 95% CI [−.020, .044], F(1, 9) = 0.71, p = .421``."""
    df = f"{words.whole(pair['df1'])}, {words.whole(pair['df2'])}"
    test = f"F({df}) = {words.number(pair['F'])}, {words.p_phrase(pair['p'])}"
    if not pair["higher"]:
        return test
    levels = f"{words.spoken(pair['higher'])} minus {words.spoken(pair['lower'])} " if named else ""
    interval = words.interval(pair["low"], pair["high"], 3)
    return f"{levels}{words.proportion(pair['size'])}, 95% CI {interval}, {test}"


def _itself(values: dict) -> str:
    """Whether signal-to-noise itself goes with the factor or score."""
    if not values["differs"]:
        of = "the score" if "cells" in values else "the factor"
        return f"SNR itself is not shown to go with {of}."
    told = [
        f"the {one['role']}’s in {words.spoken(one['band'])}"
        + (f" at {words.spoken(one['roi'])}" if one["roi"] != "all" else "")
        + f" (Holm {words.p_phrase(one['p_holm'])})"
        for one in values["differs"]
    ]
    return f"SNR itself {'goes with the score' if 'cells' in values else 'differs'}: {words.listed(told)}."


def stays_given_snr(results: Results, found: Finding) -> str:
    """The leading claims of a finding as they are with signal-to-noise held constant, where they stay."""
    if any("snr" in one.kind.split() for one in found.reservations):
        return ""
    claims = [claim for claim in found.claims if claim.on in (BOTH, found.decisive)]
    table = results["snr"].query("measure == @found.decisive and tested == @found.hypothesis")
    told = []
    for claim in claims:
        if claim.roi:
            own = table[(table["roi"] == claim.roi) & (table["band"] == claim.band)]
            told += [
                f"{words.cell(claim.roi, claim.band)} (r = {words.proportion(row.r, 2)}, Holm "
                f"{words.p_phrase(row.p_holm)})"
                for row in own.itertuples()
            ][-1:]
        else:
            own = table[(table["roi"] == "all") & (table["band"] == "all")]
            pairs = zip(own["level_a"], own["level_b"], strict=True)
            own = own[[{*pair} == {claim.higher, claim.lower} for pair in pairs]]
            for row in own.tail(1).to_dict("records"):
                sign = 1 if row["level_a"] == claim.higher else -1
                ends = sorted((sign * row["ci_low"], sign * row["ci_high"]))
                pair = {"higher": claim.higher, "lower": claim.lower, "p": row["p_holm"]}
                pair |= {name: row[name] for name in ("F", "df1", "df2")}
                pair |= {"size": sign * row["difference"], "low": ends[0], "high": ends[1]}
                told.append(_pair(pair, len(claims) > 1))
    if not told:
        return ""
    what = "correlation stays at" if claims[0].roi else "difference stays:"
    joined = words.listed(told) if claims[0].roi else "; ".join(told)
    return f"{HELD}, the {what} {joined}."
