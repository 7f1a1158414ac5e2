"""Whether there is synchrony at all: from the means against zero to a finding.

Over all sites and bands first; single ones count only where that mean is above zero, so that the error of the
first kind is controlled over both steps. How many dyads are above their own chance level decides nothing.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .against_zero import (
    MEDIUM_D,
    claim_of,
    hints_of,
    numbers_of,
    of_strangers,
    of_therapists,
    verdict_of,
)
from .form import (
    ALPHA,
    CORRECTED,
    SMALL_STUDY,
    STRANGERS,
    SYNCHRONY,
    Finding,
    Reservation,
    missing,
    reason_of,
)
from .simultaneous import only_simultaneous, whole

NO_ROW = "the tables hold no test of PLV above chance against zero"


def judge_presence(tables: Mapping[str, pd.DataFrame]) -> Finding:
    """What the tables ``presence`` and ``lags`` say: is PLV above chance, and above strangers, above zero?

    Sign flips decide; where a study is too small for them to reach .05, the t-test makes a claim that stays
    unconfirmed.
    """
    row = whole(tables, CORRECTED)
    if row is None or missing(row["t"]):
        notes = [] if row is None else [row["note"]]
        return Finding(SYNCHRONY, "untested", reason=reason_of(notes) or NO_ROW)
    about = {"decisive": CORRECTED, "n_dyads": row["n"], "reach": row["d_z_high"]}
    floor = row["smallest_p"] >= ALPHA
    p = row["p"] if floor else row["p_flips"]
    table = tables["presence"]
    own = table[(table["measure"] == CORRECTED) & (table["unit"] == "dyad")].dropna(subset=["p_family"])
    own = own[own["p_family"] < ALPHA]
    if not p < ALPHA:
        hints = hints_of(own)
        can_tell = row["n"] >= SMALL_STUDY and row["d_z_high"] < MEDIUM_D and not hints
        bounds = (Reservation("single cells", {"cells": hints}),) if hints else ()
        return Finding(SYNCHRONY, "none" if can_tell else "unclear", reservations=bounds, **about)
    above = row["mean"] > 0
    same = own[(own["mean"] > 0) == above]
    cells = (claim_of(one, CORRECTED, one["p_family"]) for _, one in same.iterrows())
    claims = (claim_of(row, CORRECTED, p), *cells)
    if not above:
        return Finding(SYNCHRONY, "below", claims, **about)
    against = (
        *((Reservation("floor", numbers_of(row)),) if floor else ()),
        *of_therapists(whole(tables, CORRECTED, "therapist"), row["mean"]),
        *of_strangers(whole(tables, STRANGERS), row["mean"]),
        *only_simultaneous(tables),
    )
    return Finding(SYNCHRONY, verdict_of(against), claims, against, **about)
