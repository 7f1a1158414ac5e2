"""Methods: indirect effects through a mediator."""

from __future__ import annotations

from collections.abc import Iterator

from interbrain import apa
from interbrain.report import words

from .run import Run


def mediation(run: Run) -> Iterator[str]:
    """Nothing unless the study asks for one."""
    asked = run.get("statistics", "mediation", default=[])
    if not asked:
        return
    named = words.listed(
        " to ".join(words.spoken(one[part]) for part in ("x", "mediator", "y")) for one in asked
    )
    bound = float(run.stated("statistics", "equivalence", "r"))
    several = f", Bonferroni-corrected for {len(asked)} mediations" if len(asked) > 1 else ""
    yield (
        f"Indirect effects were estimated by least squares on standardised means of the dyads ({named}), "
        f"with a percentile bootstrap interval ({run.stated('statistics', 'bootstraps')} resamples of dyads, "
        f"or of therapists where several of them had several dyads{several}; "
        f"{run.cite('PreacherHayes2008')}). An effect was called too small to matter if the interval was "
        f"within ±{apa.proportion(bound**2, 2)}, and otherwise reported if the interval excluded 0. "
        "Mediation analyses of data that were measured at the same time do not show a causal order "
        f"({run.cite('MaxwellCole2007')})."
    )
