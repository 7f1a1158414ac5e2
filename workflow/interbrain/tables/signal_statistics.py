"""Coordination over dyads: strangers, and tests, each as the like test of synchrony is declared."""

from dataclasses import replace

from interbrain.tables import coordination, factors, presence, scores
from interbrain.tables.declaration import Table, by_family
from interbrain.tables.shared import SHARED

_LIKE = by_family(factors, scores, presence)
_ABOUT = {
    "presence": "Coordination of signals against zero: a row a measure",
    "anova": "Coordination of signals between groups, effects: a row a measure and effect",
    "contrasts": "Coordination of signals between two levels of a factor: a row a measure and pair of levels",
    "correlations": "Coordination of signals and scores: a row a measure and score",
}
OF_SIGNALS: dict[str, Table] = {
    f"signal{family}": replace(_LIKE[family], name=f"signal{_LIKE[family].name}", about=about)
    for family, about in _ABOUT.items()
}

STRANGERS = Table(
    "signalstrangers_values",
    "Coordination with people whom a dyad's members never met: a row a dyad, signal and measure",
    [
        *SHARED.of("dyad time"),
        *coordination.OF_COORDINATION.of("kind measure"),
        *coordination.COORDINATION.of(
            "own_above_chance pseudo pseudo_sd above_pseudo z_pseudo p_pseudo n_pseudo"
        ),
    ],
)
