"""Covariates of a new study: numbers of dyads, empty or from a dataset's table of participants."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from interbrain.newstudy.draft import Draft


def add_covariates(draft: Draft, names: Sequence[str]) -> None:
    """Give the study covariates: a setting, and a column of the dyads table.

    A column of participants.tsv of this name is copied where both members have the same number; all other
    cells stay empty, which is said.
    """
    draft.covariates = list(names)
    dyads = draft.tables.get("dyads")
    if dyads is None:
        return
    for name in names:
        if name in dyads:
            continue
        same = draft.of_dyads.get(name.lower(), {})
        cells = [same.get(dyad, "") for dyad in dyads["dyad"]]
        dyads[name] = cells = [cell if _is_number(cell) else "" for cell in cells]
        if left := sum(not cell for cell in cells):
            from_dataset = (
                " (participants.tsv has no number that both members share)" if draft.of_dyads else ""
            )
            draft.said.append(
                f"the covariate {name}: fill in its column of the dyads table, which is empty for {left} of "
                f"{len(cells)} dyads{from_dataset}"
            )


def _is_number(cell: str) -> bool:
    return bool(pd.notna(pd.to_numeric(cell.replace(",", ".") or None, errors="coerce")))
