"""What a card says of signal-to-noise: whether a claim stays once both members' log SNR is held constant.

Only words.
"""

from __future__ import annotations

from interbrain import apa
from interbrain.findings.form import Finding, Reservation
from interbrain.report import words

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
            f"{words.cell(cell['roi'], cell['band'])} (r = {apa.proportion(cell['r'], 2)}, Holm "
            f"{apa.p_value(cell['p_holm'])})"
            for cell in values["cells"]
        ]
        why = "no correlation is shown at"
        if one.kind == "snr floor":
            why = "too few degrees of freedom are left to confirm the correlation at"
        return f"{HELD}, {why} {words.listed(told)}. {_itself(values)}"
    told = [_pair(pair, len(values["pairs"]) > 1 or one.kind == "some snr") for pair in values["pairs"]]
    if one.kind == "snr floor":
        why = "too few degrees of freedom are left to confirm the difference"
    elif "shared" in values:
        why = (
            "the difference cannot be judged, because the groups hardly overlap in SNR (it explains "
            f"{apa.proportion(values['shared'], 2)} of the variance of the comparison)"
        )
    else:
        why = "the difference is not confirmed"
    return f"{HELD}, {why}: {'; '.join(told)}. {_itself(values)}"


def _pair(pair: dict, named: bool) -> str:
    """``yes minus no .012, 95% CI [−.020, .044], F(1, 9) = 0.71, p = .421``."""
    df = f"{apa.degrees(pair['df1'])}, {apa.degrees(pair['df2'])}"
    test = f"F({df}) = {apa.number(pair['F'])}, {apa.p_value(pair['p'])}"
    if not pair.get("higher"):
        return test
    levels = f"{words.spoken(pair['higher'])} minus {words.spoken(pair['lower'])} " if named else ""
    interval = apa.interval(pair["low"], pair["high"], 3)
    return f"{levels}{apa.proportion(pair['size'])}, 95% CI {interval}, {test}"


def _itself(values: dict) -> str:
    """Whether signal-to-noise itself is associated with the factor or score."""
    if "differs" not in values:
        of = "the score" if "cells" in values else "the factor"
        return f"No association of SNR itself with {of} was found."
    told = [
        f"the {one['role']}’s in {words.spoken(one['band'])}"
        + (f" at {words.spoken(one['roi'])}" if one["roi"] != "all" else "")
        + f" (Holm {apa.p_value(one['p_holm'])})"
        for one in values["differs"]
    ]
    how = "is correlated with the score" if "cells" in values else "differs"
    return f"SNR itself {how}: {words.listed(told)}."


def stays_given_snr(found: Finding) -> str:
    """The leading claims of a finding as they are with signal-to-noise held constant, where they stay."""
    for v in found.told("given snr"):
        if "cells" in v:
            told = [
                f"{words.cell(cell['roi'], cell['band'])} (r = {apa.proportion(cell['r'], 2)}, Holm "
                f"{apa.p_value(cell['p_holm'])})"
                for cell in v["cells"]
            ]
            return f"{HELD}, the correlation stays at {words.listed(told)}."
        told = [_pair(pair, len(v["pairs"]) > 1) for pair in v["pairs"]]
        return f"{HELD}, the difference stays: {'; '.join(told)}."
    return ""
