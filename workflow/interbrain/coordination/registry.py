"""All measures of coordination by the name that the config gives them, and what each one is.

No job on signals imports this module for its numbers: they are computed in `families`.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import inf

from interbrain.coordination.measure import Measure

MOST_Z = 6.1030  # of a correlation of .99999
NEEDS = "a course of the session that everybody shares looks like coordination: compare with strangers"
RMEA, SUSY, MARCI = "KleinbubRamseyer2021", "TschacherMeier2020", "Marci2007"

MEASURES: Mapping[str, Measure] = {
    measure.name: measure
    for measure in (
        Measure(
            "wcc_absolute",
            "Windowed cross-lagged correlation, absolute",
            "Cross-lagged correlation",
            "mean over windows and lags k of |z_k|, z_k = atanh(r_k); k >= 0: r_k = cor(x[0:W], y[k:k+W]), "
            "k < 0: r_k = cor(x[-k:-k+W], y[0:W])",
            RMEA,
            0,
            MOST_Z,
            headline=True,
            no_headline_of=("motion",),
        ),
        Measure(
            "wcc_signed",
            "Windowed cross-lagged correlation, signed",
            "Signed cross-lagged correlation",
            "mean over windows and lags of z_k, as wcc_absolute",
            RMEA,
            -MOST_Z,
            MOST_Z,
            signed=True,
            caution=NEEDS,
        ),
        Measure(
            "wcc_lead",
            "Lead in the windowed cross-lagged correlation",
            "Lead of the therapist",
            "mean of |z_k| over k > 0 minus its mean over k < 0, as wcc_absolute; above 0 the therapist "
            "leads, below 0 the client. One-sided p: close to 0 the therapist, close to 1 the client",
            RMEA,
            -MOST_Z,
            MOST_Z,
            signed=True,
            headline=True,
        ),
        Measure(
            "susy_absolute",
            "Surrogate synchrony (SUSY), absolute: Z",
            "SUSY's Z",
            "mean over segments and lags of |z_k|, z_k = atanh(r_k), r_k = sum of (x[t+k] - mean x) "
            "(y[t] - mean y) / (n sd_x sd_y) over whole segments",
            SUSY,
            0,
            MOST_Z,
            headline=True,
            no_headline_of=("motion",),
        ),
        Measure(
            "susy_signed",
            "Surrogate synchrony (SUSY), signed: Z (noAbs)",
            "SUSY's signed Z",
            "mean over segments and lags of z_k, as susy_absolute",
            SUSY,
            -MOST_Z,
            MOST_Z,
            signed=True,
            caution=NEEDS,
        ),
        Measure(
            "susy_above_pseudo",
            "SUSY's Z above Z-Pseudo",
            "SUSY's Z above pseudo-segments",
            "susy_absolute minus the same mean over every segment of the therapist with every other segment "
            "of the client",
            SUSY,
            -MOST_Z,
            MOST_Z,
            by_window=False,
            headline=True,
            no_headline_of=("motion",),
        ),
        Measure(
            "susy_es",
            "SUSY's effect size",
            "SUSY's effect size",
            "susy_above_pseudo divided by the standard deviation over lags of |z_k| of the pseudo-segments",
            SUSY,
            -inf,
            inf,
            caution="it is mostly noise, whose size depends on how long the session is: sessions of "
            "different lengths cannot be compared, and values of .5 are common where nobody is coordinated",
            by_window=False,
        ),
        Measure(
            "concordance_index",
            "Concordance index (single session index)",
            "Concordance index",
            "ln(sum of r > 0 / |sum of r < 0|), either sum at least .5, r the correlation of the slopes of x "
            "and y in running windows; slopes by least squares in running windows, a step of 1 s. A window's "
            "value is its r",
            MARCI,
            -inf,
            inf,
            signed=True,
            headline=True,
        ),
        Measure(
            "both_rise",
            "Both rise",
            "Both rise",
            "share q++ of the windows in which the slopes of x and y are above 0",
            "",
            0,
            1,
            signed=True,
            headline=True,
        ),
        Measure(
            "both_fall",
            "Both fall",
            "Both fall",
            "share q-- of the windows in which the slopes of x and y are below 0",
            "",
            0,
            1,
            signed=True,
            headline=True,
        ),
        Measure(
            "client_falls",
            "The therapist rises, the client falls",
            "Client falls",
            "share q+- of the windows in which the slope of x is above and that of y below 0",
            "",
            0,
            1,
            signed=True,
            headline=True,
        ),
        Measure(
            "client_rises",
            "The therapist falls, the client rises",
            "Client rises",
            "share q-+ of the windows in which the slope of x is below and that of y above 0",
            "",
            0,
            1,
            signed=True,
            headline=True,
        ),
        Measure("matching", "Matching", "Matching", "q++ + q--", "", 0, 1, signed=True, headline=True),
        Measure(
            "complementary",
            "Complementary",
            "Complementary",
            "q+- + q-+",
            "",
            0,
            1,
            signed=True,
            headline=True,
        ),
        Measure(
            "matching_lambda",
            "Matching against complementary",
            "lambda",
            "lambda = ln(q++ q-- / (q+- q-+)); half a window is added to each share where one of them is 0",
            "",
            -inf,
            inf,
            signed=True,
            by_window=False,
            headline=True,
        ),
        Measure(
            "agreement",
            "Agreement of categories",
            "Agreement",
            "P(x[t] = y[t+k]) in each window, mean over windows and lags k",
            "",
            0,
            1,
            signed=True,
            caution=NEEDS,
            categorical=True,
        ),
        Measure(
            "agreement_above_marginals",
            "Agreement of categories above the product of marginals",
            "Agreement above marginals",
            "agreement minus the sum over categories of P(x = i) P(y = i) in the session",
            "",
            -1,
            1,
            signed=True,
            caution=NEEDS,
            categorical=True,
        ),
    )
}

# Of the value above its circular shifts, in their standard deviations, above strangers.
ENDS = ("", "_above_chance", "_z_chance", "_above_pseudo")


def named_in(column: str) -> tuple[str, str, str] | None:
    """Signal, measure and end of a column such as ``eda_wcc_absolute_above_chance``; None of any other.

    Examples
    --------
    >>> named_in("eda_left_wcc_absolute_z_chance")
    ('eda_left', 'wcc_absolute', '_z_chance')
    """
    for measure in sorted(MEASURES, key=len, reverse=True):
        for end in ENDS:
            signal = column.removesuffix(f"_{measure}{end}")
            if signal and signal != column:
                return signal, measure, end
    return None
