"""Labels that the recordings of a study contradict together: what one recording shows too weakly."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING

from interbrain.formats.contradictions import COMPARE, SWAPPED
from interbrain.formats.sites import MANY, swapped
from interbrain.problems import Problem
from interbrain.study.problems import counted
from interbrain.study.tables import Found

if TYPE_CHECKING:
    from interbrain.doctor.members import Readable


def check_sites(read: Sequence[Readable], table_name: str, done: Found) -> None:
    """Two labels that were swapped in all recordings of a cap: in its cap map, or at its plugs."""
    alike: dict[tuple[str, tuple[str, ...]], list[Readable]] = defaultdict(list)
    for m in read:
        if m.survey.likeness:
            alike[m.cap_table, m.survey.likeness.names].append(m)
    for (cap_table, _), those in alike.items():
        if len(those) < MANY:
            continue
        found = [m.survey.likeness for m in those if m.survey.likeness]
        if pair := swapped(found):
            n = f"in the mean of {counted(len(those), 'recording')}, first of {those[0].shown}"
            what = f"{SWAPPED.format(*pair)} ({n})"
            done.warnings.append(Problem(cap_table or table_name, what, f"{COMPARE}."))
