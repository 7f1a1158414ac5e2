"""The p and interval of a correlation that decide: where the therapists do, those over therapists.

Judges nothing: findings are judged by these rows, and the report shows the same.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from .form import missing, rows_of

# In the place of the columns of `correlations`.
OF_A_SCORE = ("p_holm", "ci_low", "ci_high")


def over_therapists(
    tables: Mapping[str, pd.DataFrame], score: str, correlations: pd.DataFrame, also: Sequence[str] = ()
) -> pd.DataFrame:
    """Correlations of a score with the corrected p and the interval over therapists, where these decide.

    `also` names further columns that are to be those of the test over therapists.
    """
    rows = rows_of(tables, "therapists", tested=score, decides="yes")
    if rows.empty:
        return correlations
    place = ["measure", "roi", "band"]
    names = [*OF_A_SCORE, *also]
    known = rows[[not missing(p) for p in rows["p_holm"]]].set_index(place)[names]
    own = correlations.set_index(place)
    for name in names:
        own[name] = known[name].reindex(own.index).combine_first(own[name])
    return own.reset_index()
