"""All estimators by the name that the config gives them, and what each of them is, in words fit to print.

The data dictionary, the report's methods and the checks of the config read from here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from interbrain.metrics.circular import accorr, ccorr
from interbrain.metrics.coherence import coherence, imaginary_coherence
from interbrain.metrics.envelopes import aec, aec_orthogonalised
from interbrain.metrics.lagging import dwpli, pli, wpli
from interbrain.metrics.locking import ciplv, plv, ppc
from interbrain.metrics.members import Estimate

# What is averaged over: `arranged` brings it to the last axis.
OVER = {
    "time": "over time in each window, then the mean over windows",
    "windows": "over windows at each instant of the window, then the mean over instants",
    "recording": "over all samples of all windows",
}


@dataclass(frozen=True)
class Estimator:
    """An estimator of synchrony and what a reader must know of it. Called as its function.

    Attributes
    ----------
    function : callable
        Takes both members, (n_bands, n_epochs, n_channels, n_times), and gives a value for each pair,
        (n_bands, n_epochs, n_channels_a, n_channels_b).
    title : str
    definition : str
        One member's analytic signal is x, the other's y, their phase difference d; <> is the mean over what
        is averaged over.
    without_coupling : str
        What two independent members give, for n independent samples.
    reference : str
    unit : str
        As BIDS wants it in a data dictionary.
    """

    function: Estimate
    title: str
    definition: str
    without_coupling: str
    reference: str
    unit: str = "1"

    @property
    def name(self) -> str:
        return self.function.__name__

    @property
    def needs(self) -> str:
        """phase: unit phasors. signal: analytic signals with their amplitude."""
        return self.function.needs

    @property
    def low(self) -> float:
        return self.function.low

    @property
    def high(self) -> float:
        return self.function.high

    def __call__(self, a: np.ndarray, b: np.ndarray) -> np.ndarray:
        return self.function(a, b)

    def described(self, over: str = "time") -> str:
        """The sentence for a data dictionary."""
        return f"{self.title}: {self.definition}; {OVER[over]}; from {self.low:g} to {self.high:g}"


METRICS: dict[str, Estimator] = {
    estimator.name: estimator
    for estimator in (
        Estimator(
            plv,
            "Phase-Locking Value",
            "|<exp(i d)>|",
            "above 0 by chance: the mean square is 1/n, the mean about sqrt(pi / 4n)",
            "Lachaux et al. (1999), Human Brain Mapping 8, 194-208",
        ),
        Estimator(
            ppc,
            "Pairwise Phase Consistency",
            "(n |<exp(i d)>|^2 - 1) / (n - 1), n samples",
            "0 on average for independent samples; samples of one window depend on each other, which leaves "
            "it above 0 over time, a little more at a higher sampling rate",
            "Vinck et al. (2010), NeuroImage 51, 112-122",
        ),
        Estimator(
            ciplv,
            "Corrected imaginary Phase-Locking Value",
            "|Im<exp(i d)>| / sqrt(1 - Re<exp(i d)>^2)",
            "above 0 by chance, about sqrt(1 / (pi n)); blind to locking at zero lag",
            "Bruna, Maestu and Pereda (2018), Journal of Neural Engineering 15, 056011",
        ),
        Estimator(
            pli,
            "Phase Lag Index",
            "|<sign(sin d)>|",
            "above 0 by chance, about sqrt(2 / (pi n)); blind to locking at zero lag",
            "Stam, Nolte and Daffertshofer (2007), Human Brain Mapping 28, 1178-1193",
        ),
        Estimator(
            wpli,
            "Weighted Phase Lag Index",
            "|<Im S>| / <|Im S|> with S = x conj(y)",
            "above 0 by chance, about sqrt(4 / (pi n)) for Gaussian signals; blind to locking at zero lag",
            "Vinck et al. (2011), NeuroImage 55, 1548-1565",
        ),
        Estimator(
            dwpli,
            "Debiased estimator of the squared Weighted Phase Lag Index",
            "((sum Im S)^2 - sum Im S^2) / ((sum |Im S|)^2 - sum Im S^2) with S = x conj(y)",
            "about 0 on average for independent samples; samples of one window depend on each other, which "
            "leaves it above 0 over time, a little more at a higher sampling rate; blind to locking at zero "
            "lag",
            "Vinck et al. (2011), NeuroImage 55, 1548-1565",
        ),
        Estimator(
            coherence,
            "Coherence",
            "magnitude of coherency, |<x conj(y)>| / sqrt(<|x|^2> <|y|^2>), not squared",
            "above 0 by chance: the mean square is 1/n, the mean about sqrt(pi / 4n)",
            "Nunez and Srinivasan (2006), Electric Fields of the Brain, 2nd ed., Oxford University Press",
        ),
        Estimator(
            imaginary_coherence,
            "Imaginary coherence",
            "absolute imaginary part of coherency, |Im<x conj(y)>| / sqrt(<|x|^2> <|y|^2>)",
            "above 0 by chance, about sqrt(1 / (pi n)); blind to locking at zero lag",
            "Nolte et al. (2004), Clinical Neurophysiology 115, 2292-2307",
        ),
        Estimator(
            ccorr,
            "Circular correlation",
            "sum sin(a - a0) sin(b - b0) / sqrt(sum sin^2(a - a0) sum sin^2(b - b0)), a and b the phases, "
            "a0 and b0 their circular means",
            "0 on average, SD about sqrt(1/n). The mean phase of an oscillation is ill defined: "
            "the adjusted circular correlation avoids that",
            "Jammalamadaka and SenGupta (2001), Topics in Circular Statistics, World Scientific",
        ),
        Estimator(
            accorr,
            "Adjusted circular correlation",
            "(R- - R+) / (2 sqrt(<sin^2(a - m)> <sin^2(b - n)>)), R-+ = |<exp(i(a -+ b))>|, mu-+ their "
            "angles, m = (mu- + mu+) / 2, n = (mu+ - mu-) / 2, a and b the phases",
            "0 on average for independent samples; locking of the phases' difference is positive, of their "
            "sum negative. Over time two rhythms of a band drift apart slowly while the sum of their phases "
            "turns fast: R+ is near 0, and without coupling it lies above 0, about as high as PLV",
            "Zimmermann et al. (2024), Imaging Neuroscience 2, 1-22",
        ),
        Estimator(
            aec,
            "Amplitude envelope correlation",
            "correlation of log|x| and log|y|",
            "0 on average; its spread is wide, because an envelope varies slowly: n is about the bandwidth "
            "in Hz times the seconds",
            "Hipp et al. (2012), Nature Neuroscience 15, 884-890",
        ),
        Estimator(
            aec_orthogonalised,
            "Orthogonalised amplitude envelope correlation",
            "correlation of log(|x| |sin d|) and log|y|, and of log(|y| |sin d|) and log|x|, averaged",
            "0 on average; blind to what both have in common at zero lag",
            "Hipp et al. (2012), Nature Neuroscience 15, 884-890",
        ),
    )
}
