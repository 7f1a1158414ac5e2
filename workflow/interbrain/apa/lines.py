"""One test, one line, in the style of the American Psychological Association (7th edition).

The only place where a test becomes a line of text. Nothing is computed here.
"""

from collections.abc import Mapping

from .numbers import degrees, interval, is_missing, number, p_value, proportion

NOT_TESTED = "not tested"


def apa_anova(row: Mapping) -> str:
    """Write an effect: ``F(1, 11) = 8.30, p = .015, ηp² = .43, 95% CI [.02, .67]``.

    `row` has F, df1, df2, p, gg_epsilon, p_gg, partial_eta2, partial_eta2_low and partial_eta2_high. Where
    sphericity matters (epsilon below 1) the p is the corrected one and the line says so. An interval that
    is NaN is left out; an F that is NaN gives "not tested".
    """
    if _missing(row, "F"):
        return NOT_TESTED
    line = f"F({int(row['df1'])}, {int(row['df2'])}) = {number(row['F'])}, "
    if not _missing(row, "gg_epsilon") and row["gg_epsilon"] < 1 - 1e-9:
        line += f"{p_value(row['p_gg'])} (Greenhouse–Geisser ε = {proportion(row['gg_epsilon'], 2)})"
    else:
        line += p_value(row["p"])
    line += f", ηp² = {proportion(row['partial_eta2'], 2)}"
    return line + _interval(row, "partial_eta2_low", "partial_eta2_high")


def apa_correlation(row: Mapping) -> str:
    """Write a correlation: ``r(12) = −.67, p = .009, 95% CI [−.89, −.22], BF10 = 7.45``.

    `row` has n, r, p, ci_low, ci_high and bf10; an r that is NaN gives "not tested".
    """
    if _missing(row, "r"):
        return NOT_TESTED
    line = f"r({int(row['n']) - 2}) = {proportion(row['r'], 2)}, {p_value(row['p'])}"
    line += _interval(row, "ci_low", "ci_high")
    return line if _missing(row, "bf10") else line + f", {_bayes_factor(row['bf10'])}"


def apa_given(row: Mapping) -> str:
    """Write a test given something: ``F(1, 9) = 5.12, p = .050, d = 0.61`` or ``r(10) = .31, p = .330``.

    `row` has df1, df2, F, p and d, or df2, r, p, ci_low and ci_high; where neither F nor r is there, "not
    tested".
    """
    if not _missing(row, "r"):
        line = f"r({int(row['df2'])}) = {proportion(row['r'], 2)}, {p_value(row['p'])}"
        return line + _interval(row, "ci_low", "ci_high")
    if _missing(row, "F"):
        return NOT_TESTED
    line = f"F({int(row['df1'])}, {int(row['df2'])}) = {number(row['F'])}, {p_value(row['p'])}"
    return line if _missing(row, "d") else line + f", d = {number(row['d'])}"


def apa_spearman(row: Mapping) -> str:
    """Write a rank correlation: ``rs(12) = −.52, p = .057``; `row` has n, spearman and p_spearman."""
    if _missing(row, "spearman"):
        return NOT_TESTED
    line = f"rs({int(row['n']) - 2}) = {proportion(row['spearman'], 2)}"
    return line + _and_p(row, "p_spearman")


def apa_pairwise(row: Mapping) -> str:
    """Write a contrast of two levels: ``t(11) = 2.69, p = .021, Holm p = .042, d = 1.44``.

    `row` has t, df, p, d and, where several contrasts are a family, p_holm; a t that is NaN gives "not
    tested".
    """
    if _missing(row, "t"):
        return NOT_TESTED
    line = f"t({degrees(row['df'])}) = {number(row['t'])}, {p_value(row['p'])}"
    line += _and_p(row, "p_holm", "Holm ")
    return line if _missing(row, "d") else line + f", d = {number(row['d'])}"


def apa_permutation(row: Mapping) -> str:
    """Write a permutation test: ``p = .025 (exact, 1,512 relabelings), family-wise p = .081``.

    `row` has p, n_relabelings, exact (yes or no) and, for a cell of a family, p_family; a p that is NaN gives
    "not tested".
    """
    if _missing(row, "p"):
        return NOT_TESTED
    count = f"{int(row['n_relabelings']):,}"
    exact = row["exact"] in ("yes", True)
    line = f"{p_value(row['p'])} ({f'exact, {count}' if exact else f'{count} random'} relabelings)"
    return line + _and_p(row, "p_family", "family-wise ")


def apa_mixed(row: Mapping) -> str:
    """Write a coefficient: ``b = 0.032, SE = 0.012, t(10.32) = 2.61, p = .025, 95% CI [0.005, 0.059]``.

    `row` has estimate, se, t, df, p, ci_low and ci_high; an estimate or t that is NaN gives "not tested".
    """
    if _missing(row, "estimate") or _missing(row, "t"):
        return NOT_TESTED
    line = f"b = {number(row['estimate'], 3)}, SE = {number(row['se'], 3)}, "
    line += f"t({degrees(row['df'])}) = {number(row['t'])}, {p_value(row['p'])}"
    if _missing(row, "ci_low") or _missing(row, "ci_high"):
        return line
    return line + f", 95% CI [{number(row['ci_low'], 3)}, {number(row['ci_high'], 3)}]"


def apa_mean(row: Mapping) -> str:
    """Write an estimated marginal mean: ``M = 0.214, SE = 0.011, 95% CI [0.190, 0.238]``.

    `row` has mean, se, ci_low and ci_high; a mean that is NaN gives "not tested".
    """
    if _missing(row, "mean"):
        return NOT_TESTED
    line = f"M = {number(row['mean'], 3)}"
    if _missing(row, "se"):
        return line
    line += f", SE = {number(row['se'], 3)}"
    if _missing(row, "ci_low") or _missing(row, "ci_high"):
        return line
    return line + f", 95% CI [{number(row['ci_low'], 3)}, {number(row['ci_high'], 3)}]"


def apa_equivalence(row: Mapping) -> str:
    """Write an equivalence test: ``d = 0.06, 90% CI [−1.02, 1.14], TOST p = .260, BF01 = 2.10``.

    `row` has d, d_low, d_high, p_tost and bf01; a d that is NaN gives "not tested".
    """
    if _missing(row, "d"):
        return NOT_TESTED
    line = f"d = {number(row['d'])}"
    if not (_missing(row, "d_low") or _missing(row, "d_high")):
        line += f", 90% CI [{number(row['d_low'])}, {number(row['d_high'])}]"
    line += _and_p(row, "p_tost", "TOST ")
    return line if _missing(row, "bf01") else line + f", {_bayes_factor(row['bf01'], 'BF01')}"


def apa_presence(row: Mapping) -> str:
    """Write a mean against zero: ``M = .013, t(13) = 5.13, p < .001, 95% CI [.008, .018], dz = 1.37, ...``.

    The line ends with the Bayes factor and the sign-flip test: ``BF10 = 171.35; sign-flip test: p < .001
    (exact, 16,384)``. `row` has mean, t, df, p, ci_low, ci_high, d_z, bf10, p_flips, n_flips, exact and, for
    a cell of a family, p_family; a t that is NaN gives "not tested".
    """
    if _missing(row, "t"):
        return NOT_TESTED
    line = f"M = {proportion(row['mean'])}, t({degrees(row['df'])}) = {number(row['t'])}, {p_value(row['p'])}"
    line += f", 95% CI {interval(row['ci_low'], row['ci_high'], 3)}"
    line += f", dz = {number(row['d_z'])}, {_bayes_factor(row['bf10'])}"
    count = f"{int(row['n_flips']):,}"
    exact = row["exact"] in ("yes", True)
    line += (
        f"; sign-flip test: {p_value(row['p_flips'])} ({f'exact, {count}' if exact else f'{count} random'})"
    )
    return line + _and_p(row, "p_family", "family-wise ")


def apa_spread(row: Mapping) -> str:
    """Write a test that allows unequal spread: ``Welch F(1, 3.42) = 4.41, p = .114; HC3 p = .150; ...``.

    The line ends with ``studentised permutation p = .121``. `row` has method, F, df1, df_error, p, p_hc3 and
    p_studentised; an F that is NaN gives "not tested".
    """
    if _missing(row, "F"):
        return NOT_TESTED
    name = "Welch" if row["method"] == "Welch" else "Adjusted Welch"
    df = f"{int(row['df1'])}, {degrees(row['df_error'])}"
    line = f"{name} F({df}) = {number(row['F'])}, {p_value(row['p'])}"
    for column, said in (("p_hc3", "HC3"), ("p_studentised", "studentised permutation")):
        if not _missing(row, column):
            line += f"; {said} {p_value(row[column])}"
    return line


def apa_therapists(row: Mapping) -> str:
    """Write a test over therapists: ``F(1, 5.37) = 4.41, p = .087``, or of a score with r and that of means.

    Of a score: ``r = −.41, F(1, 5.37) = 4.41, p = .087; over therapists' means r(6) = −.52, p = .187``. `row`
    has F, df1, df_error, p_cr2, p_means, r, n_therapists, r_therapists and p_therapists; an F that is NaN
    gives "not tested".
    """
    if _missing(row, "F"):
        return NOT_TESTED
    line = "" if _missing(row, "r") else f"r = {proportion(row['r'], 2)}, "
    line += (
        f"CR2 F({int(row['df1'])}, {degrees(row['df_error'])}) = {number(row['F'])}, {p_value(row['p_cr2'])}"
    )
    if not _missing(row, "p_means"):
        line += f"; over therapists’ means, Welch {p_value(row['p_means'])}"
    if not _missing(row, "r_therapists"):
        n, r = int(row["n_therapists"]), proportion(row["r_therapists"], 2)
        line += f"; over therapists’ means r({n - 2}) = {r}, {p_value(row['p_therapists'])}"
    return line


def _and_p(row: Mapping, name: str, title: str = "") -> str:
    return "" if _missing(row, name) else f", {title}{p_value(row[name])}"


def _interval(row: Mapping, low: str, high: str) -> str:
    if _missing(row, low) or _missing(row, high):
        return ""
    return f", 95% CI {interval(row[low], row[high])}"


def _bayes_factor(value: float, name: str = "BF10") -> str:
    if value > 1000:
        return f"{name} > 1000"
    return f"{name} < 0.01" if value < 0.01 else f"{name} = {number(value)}"


def _missing(row: Mapping, name: str) -> bool:
    return is_missing(row.get(name))
