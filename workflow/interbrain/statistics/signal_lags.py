"""The lag in seconds at which signals of two people go together most, over dyads and therapists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.tables.signal_statistics import LAG_CURVES, LAGS

from .curves import LEVEL, band_over_lags, units_of
from .notes import whole_counts

NO_CURVE = "no dyad has a curve over lags"
AT_THE_END = "the mean curve is highest at the largest lag, which is no peak"


def lags_of_the_study(
    curves: pd.DataFrame,
    peaks: pd.DataFrame,
    therapists: Mapping[str, str],
    times: Sequence[str],
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
) -> dict[str, pd.DataFrame]:
    """The mean curve over lags above chance, with its peak, and how many dyads have a lag of their own.

    Parameters
    ----------
    curves, peaks : DataFrame
        `tables.coordination.CURVE` and `PEAKS` of every dyad and run.
    therapists : mapping dyad -> therapist
        Of the dyads that are not excluded: others do not enter.
    times : sequence of str
        Those that the tests are about; a dyad's are averaged.
    n_max, seed
        As `presence.against_zero`.

    Returns
    -------
    dict of DataFrame
        signallags and signallagcurve, over dyads, and over therapists where one has several.
    """
    curves, peaks = (
        table[table["dyad"].isin(list(therapists)) & table["time"].isin(list(times))]
        for table in (curves, peaks)
    )
    of_lags: list[dict] = []
    over: list[dict] = []
    for kind, own in peaks.groupby("kind", sort=False):
        found = own["peak_s"].dropna()
        first = own[own["peak_s"].notna()].drop_duplicates("dyad")
        about = {
            "n_dyads": first["dyad"].nunique(),
            **{f"n_{role}": int((first["leads"] == role).sum()) for role in ("therapist", "client")},
            **{"median_s": found.median(), "low_s": found.min(), "high_s": found.max()},
        }
        here = curves[curves["kind"] == kind]
        if here.empty:
            of_lags.append({"kind": kind, "unit": "dyad", "n": 0, **about, "note": NO_CURVE})
            continue
        wide = _aligned(here).groupby("dyad", sort=False).mean()
        for unit, values in units_of(wide, therapists):
            rows = pd.DataFrame(band_over_lags(values, n_max, seed)).assign(kind=kind, unit=unit)
            over += rows.to_dict("records")
            of_lags.append({"kind": kind, "unit": unit, "n": len(values), **about, **_peak(rows)})
    return {
        "signallags": whole_counts(pd.DataFrame(of_lags).reindex(columns=LAGS.names)),
        "signallagcurve": whole_counts(pd.DataFrame(over).reindex(columns=LAG_CURVES.names)),
    }


def _aligned(curves: pd.DataFrame) -> pd.DataFrame:
    """Each dyad's and run's curve above chance at the lags of the coarsest: a row each, a column a lag."""
    keys = ["dyad", "run"]
    own = {key: rows.sort_values("lag_s") for key, rows in curves.groupby(keys, sort=False)}
    lags = min((rows["lag_s"].to_numpy(float) for rows in own.values()), key=len)
    return pd.DataFrame(
        [np.interp(lags, rows["lag_s"], rows["value"] - rows["chance"]) for rows in own.values()],
        index=pd.MultiIndex.from_tuples(own, names=keys),
        columns=pd.Index(lags, name="lag_s"),
    )


def _peak(rows: pd.DataFrame) -> dict:
    """Where the mean curve is highest, if that is beyond the band and no end of it."""
    note = next((str(one) for one in rows["note"] if one), "")
    if "p_family" not in rows or rows["p_family"].isna().all():
        return {"note": note or "the curves do not vary between dyads"}
    mean = rows["mean"].to_numpy(float)
    at = int(mean.argmax())
    p = float(rows["p_family"].iloc[at])
    found = {"p_family": p, "smallest_p": rows["smallest_p"].iloc[at]}
    if not p <= LEVEL or mean[at] < 0:
        return found | {"note": note or "no lag is above chance over dyads"}
    if at in (0, len(mean) - 1):
        return found | {"note": AT_THE_END}
    return found | {"peak_s": float(rows["lag_s"].iloc[at]), "note": note}
