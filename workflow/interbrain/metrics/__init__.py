"""Two brains become synchrony: one function for each estimator, and one registry that says what each is.

An estimator gives one value for each band, window and channel pair between the brains. Chance level,
averaging over windows and statistics are other rooms' work.
"""

from interbrain.metrics.circular import accorr, ccorr
from interbrain.metrics.coherence import coherence, imaginary_coherence
from interbrain.metrics.envelopes import aec, aec_orthogonalised
from interbrain.metrics.lagging import dwpli, pli, wpli
from interbrain.metrics.locking import ciplv, plv, ppc
from interbrain.metrics.members import arranged, check_phasors
from interbrain.metrics.registry import METRICS, OVER, Estimator
from interbrain.metrics.sites import roi_mean

__all__ = [
    "METRICS",
    "OVER",
    "Estimator",
    "accorr",
    "aec",
    "aec_orthogonalised",
    "arranged",
    "ccorr",
    "check_phasors",
    "ciplv",
    "coherence",
    "dwpli",
    "imaginary_coherence",
    "pli",
    "plv",
    "ppc",
    "roi_mean",
    "wpli",
]
