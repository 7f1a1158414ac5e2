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


def _held(entering: words.Entering) -> str:
    return f"With {entering.given_snr} held constant"


def snr_reservation(one: Reservation, entering: words.Entering) -> str:
    """A reservation of `findings.signal_to_noise` as one or two sentences."""
    values, held = one.values, _held(entering)
    if one.kind == "snr untested":
        reason = str(values["reason"]).rstrip(".")
        return f"It could not be checked against signal-to-noise: {reason[:1].lower()}{reason[1:]}."
    if "cells" in values:
        told = list(map(_cell, values["cells"]))
        why = "no correlation is shown at"
        if one.kind == "snr floor":
            why = "too few degrees of freedom are left to confirm the correlation at"
        return f"{held}, {why} {words.listed(told)}. {_itself(values)}"
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
    said = f"{held}, {why}: {'; '.join(told)}."
    # Where the groups hardly overlap, a test of SNR itself that finds nothing would seem to deny it.
    return said if "shared" in values and "differs" not in values else f"{said} {_itself(values)}"


def _cell(cell: dict) -> str:
    """``frontal alpha (r = .86, Holm p = .103 over therapists)``: the p that decides."""
    place = words.cell(cell["roi"], cell["band"])
    return f"{place} (r = {apa.proportion(cell['r'], 2)}, Holm {apa.p_value(cell['p_holm'])}{_over(cell)})"


def _over(values: dict) -> str:
    return f" over {values['unit']}s" if values.get("unit") else ""


def _pair(pair: dict, named: bool) -> str:
    """``yes minus no .012, 95% CI [−.020, .044], F(1, 9) = 0.71, p = .421``: the p that decides.

    F is that of the dyads, and is not shown beside a p over therapists.
    """
    df = f"{apa.degrees(pair['df1'])}, {apa.degrees(pair['df2'])}"
    F = "" if pair.get("unit") == "therapist" else f"F({df}) = {apa.number(pair['F'])}, "
    p = f"Holm {apa.p_value(pair['p_holm'])}" if "p_holm" in pair else apa.p_value(pair["p"])
    test = f"{F}{p}{_over(pair)}"
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


def stays_given_snr(found: Finding, entering: words.Entering) -> str:
    """The leading claims of a finding as they are with signal-to-noise held constant, where they stay."""
    for v in found.told("given snr"):
        if "cells" in v:
            told = list(map(_cell, v["cells"]))
            return f"{_held(entering)}, the correlation remains at {words.listed(told)}."
        told = [_pair(pair, len(v["pairs"]) > 1) for pair in v["pairs"]]
        return f"{_held(entering)}, the difference remains: {'; '.join(told)}."
    return ""
