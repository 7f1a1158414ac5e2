"""One test, one line, in the style of the American Psychological Association (7th edition).

The only place where a test becomes a line of text. Nothing is computed here.
"""

import math
from collections.abc import Mapping

NOT_TESTED = "not tested"


def apa_anova(row: Mapping) -> str:
    """Write an effect: ``F(1, 11) = 8.30, p = .015, ηp² = .43, 95% CI [.02, .67]``.

    `row` has F, df1, df2, p, gg_epsilon, p_gg, partial_eta2, partial_eta2_low and partial_eta2_high. Where
    sphericity matters (epsilon below 1) the p is the corrected one and the line says so. An interval that
    is NaN is left out; an F that is NaN gives "not tested".
    """
    if _missing(row, "F"):
        return NOT_TESTED
    line = f"F({int(row['df1'])}, {int(row['df2'])}) = {row['F']:.2f}, "
    if not _missing(row, "gg_epsilon") and row["gg_epsilon"] < 1 - 1e-9:
        line += f"{p_value(row['p_gg'])} (Greenhouse–Geisser ε = {bounded(row['gg_epsilon'])})"
    else:
        line += p_value(row["p"])
    line += f", ηp² = {bounded(row['partial_eta2'])}"
    return line + _interval(row, "partial_eta2_low", "partial_eta2_high")


def apa_correlation(row: Mapping) -> str:
    """Write a correlation: ``r(12) = −.67, p = .009, 95% CI [−.89, −.22], BF10 = 7.45``.

    `row` has n, r, p, ci_low, ci_high and bf10; an r that is NaN gives "not tested".
    """
    if _missing(row, "r"):
        return NOT_TESTED
    line = f"r({int(row['n']) - 2}) = {bounded(row['r'])}, {p_value(row['p'])}"
    line += _interval(row, "ci_low", "ci_high")
    return line if _missing(row, "bf10") else line + f", {_bayes_factor(row['bf10'])}"


def p_value(p: float) -> str:
    """Write a p-value with its sign: ``p = .015``, ``p < .001``, ``p > .999``."""
    if p < 0.001:
        return "p < .001"
    return "p > .999" if p > 0.9995 else f"p = {bounded(p, 3)}"


def bounded(value: float, digits: int = 2) -> str:
    """Write a statistic that cannot pass 1: no zero before the point, a real minus sign, no minus zero."""
    digits_only = f"{abs(value):.{digits}f}"
    sign = "−" if value < 0 and float(digits_only) else ""
    return sign + digits_only.removeprefix("0")


def _interval(row: Mapping, low: str, high: str) -> str:
    if _missing(row, low) or _missing(row, high):
        return ""
    return f", 95% CI [{bounded(row[low])}, {bounded(row[high])}]"


def _bayes_factor(value: float) -> str:
    if value > 1000:
        return "BF10 > 1000"
    return "BF10 < 0.01" if value < 0.01 else f"BF10 = {value:.2f}"


def _missing(row: Mapping, name: str) -> bool:
    value = row.get(name)
    try:
        return value is None or math.isnan(value)
    except TypeError:  # pandas' NA, or the text "n/a"
        return True
