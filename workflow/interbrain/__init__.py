"""Interbrain: from raw dual-EEG recordings of dyads to tables, one room a stage.

The names below are the library's face for other people's scripts; each has its examples. What is imported
is loaded when it is first used, so that `import interbrain` costs nothing.

>>> import interbrain
>>> sorted(interbrain.METRICS)[:3]
['accorr', 'aec', 'aec_orthogonalised']
"""

import os
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from interbrain.chance.comparison import summary as summary
    from interbrain.chance.shifts import circular_shift_null as circular_shift_null
    from interbrain.chance.strangers import are_strangers as are_strangers
    from interbrain.chance.strangers import pseudo_dyads as pseudo_dyads
    from interbrain.chance.surrogates import phase_randomisation_null as phase_randomisation_null
    from interbrain.clocks.matching import align as align
    from interbrain.formats.poly5 import read_poly5 as read_poly5
    from interbrain.formats.recording import read_recording as read_recording
    from interbrain.metrics.estimators.locking import ciplv as ciplv
    from interbrain.metrics.estimators.locking import plv as plv
    from interbrain.metrics.estimators.locking import ppc as ppc
    from interbrain.metrics.registry import METRICS as METRICS
    from interbrain.metrics.sites import roi_mean as roi_mean
    from interbrain.rhythms.phase import band_phasors as band_phasors
    from interbrain.rhythms.phase import band_signals as band_signals
    from interbrain.rhythms.phase import windowed as windowed
    from interbrain.simulate.recordings import simulate_pair as simulate_pair
    from interbrain.statistics.anova import rm_anova as rm_anova
    from interbrain.statistics.presence import against_zero as against_zero

# onnxruntime, which labels independent components, would keep a device identifier and a queue of events in
# the cache of the user, with paths that name them, and send it all: off, before anything can import it.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"

__version__ = "0.2.0"

# The room of each name, in the order of the way from a raw file to a test.
FACE = {
    "read_poly5": "formats.poly5",
    "read_recording": "formats.recording",
    "align": "clocks.matching",
    "band_signals": "rhythms.phase",
    "band_phasors": "rhythms.phase",
    "windowed": "rhythms.phase",
    "plv": "metrics.estimators.locking",
    "ppc": "metrics.estimators.locking",
    "ciplv": "metrics.estimators.locking",
    "METRICS": "metrics.registry",
    "roi_mean": "metrics.sites",
    "circular_shift_null": "chance.shifts",
    "phase_randomisation_null": "chance.surrogates",
    "are_strangers": "chance.strangers",
    "pseudo_dyads": "chance.strangers",
    "summary": "chance.comparison",
    "rm_anova": "statistics.anova",
    "against_zero": "statistics.presence",
    "simulate_pair": "simulate.recordings",
}
__all__ = [*FACE, "__version__"]


def __getattr__(name: str) -> object:
    if name not in FACE:
        raise AttributeError(f"module 'interbrain' has no attribute {name!r}")
    return getattr(import_module(f"interbrain.{FACE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*globals(), *FACE])
