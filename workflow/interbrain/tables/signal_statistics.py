"""Tests of coordination over dyads, each as the like test of synchrony is declared."""

from dataclasses import replace

from interbrain.tables import factors, presence, scores
from interbrain.tables.declaration import Table, by_family

_LIKE = by_family(factors, scores, presence)
_ABOUT = {
    "presence": "Coordination of signals against zero: a row a measure",
    "anova": "Coordination of signals between groups, effects: a row a measure and effect",
    "contrasts": "Coordination of signals between two levels of a factor: a row a measure and pair of levels",
    "permutation": "Coordination of signals between permuted groups: a row a measure, effect and unit",
    "equivalence": "Coordination of signals, equivalence tests: a row a measure and pair of levels",
    "spread": "Coordination of signals, groups of unequal spread: a row a measure, effect and method",
    "therapists": "Coordination of signals, tests over therapists: a row a measure and tested effect",
    "correlations": "Coordination of signals and scores: a row a measure and score",
}
OF_SIGNALS: dict[str, Table] = {
    f"signal{family}": replace(_LIKE[family], name=f"signal{_LIKE[family].name}", about=about)
    for family, about in _ABOUT.items()
}
