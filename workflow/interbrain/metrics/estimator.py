"""What an estimator of synchrony is: its function, and what a reader must know of it, fit to print."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

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
        (n_bands, n_epochs, n_channels_a, n_channels_b). The formula inside it, which `of_phases` or
        `of_signals` decorates, is written for some windows of one band: (n_windows, n_channels, n_times).
    title : str
    short : str
        As figures and sentences name it.
    definition : str
        One member's analytic signal is x, the other's y, their phase difference d; <> is the mean over what
        is averaged over.
    without_coupling : str
        What two independent members give, for n independent samples.
    reference : str
    unit : str
        As BIDS wants it in a data dictionary.
    slow : bool
        No matrix product gives it: a shift costs 10 to 20 times as much as one of PLV. Its chance level is
        computed at the channels of the sites only.
    """

    function: Estimate
    title: str
    short: str
    definition: str
    without_coupling: str
    reference: str
    unit: str = "1"
    slow: bool = False

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
