"""The study's curve over lags: its mean over dyads and by group, whether zero lag is special, how wide it is.

Each dyad's times are averaged first, as everywhere. The test of PLV at zero lag over dyads and therapists is
in `presence`; here it is repeated for single curves, beside that of amplitudes.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from interbrain.tables.lag_statistics import LAG_CURVES, LAG_TESTS

from .presence import against_zero

ESTIMATORS = ("plv", "aec")
NO_CURVE = "no dyad has a curve over lags: too few windows whose neighbours are kept too"


def dyad_curves(tables: Sequence[pd.DataFrame], aggregated: pd.DataFrame) -> pd.DataFrame:
    """Each analysed dyad's curve, the mean over the recordings that are used; then over sites.

    Parameters
    ----------
    tables : sequence of DataFrame
        `lags.lag_table` of each dyad and run.
    aggregated : DataFrame
        Says which recordings are used.

    Returns
    -------
    curves : DataFrame
        A row for each estimator, band, site (then ``all``) and dyad, a column a lag; without those that have
        no curve. ``all`` needs every site, and each value every recording that is used.
    """
    index = ["estimator", "band", "roi", "dyad"]
    every = (
        pd.concat(tables, ignore_index=True)
        if tables
        else pd.DataFrame(columns=[*index, "time", "lag_s", "value"])
    )
    used = pd.MultiIndex.from_frame(aggregated[["dyad", "time"]]).unique()
    every = every[pd.MultiIndex.from_frame(every[["dyad", "time"]]).isin(used)]
    keys = [*index, "time", "lag_s"]
    wide = every.set_index(keys)["value"].unstack("lag_s")
    own = wide.groupby(index, sort=False).mean().where(wide.notna().groupby(index, sort=False).all())
    own = own.reindex(pd.MultiIndex.from_frame(every[index]).unique())  # unstacking has sorted the names
    sites = own.groupby(["estimator", "band", "dyad"], sort=False)
    whole = sites.mean().where(own.notna().groupby(["estimator", "band", "dyad"], sort=False).all())
    whole = pd.concat({"all": whole}, names=["roi"]).reorder_levels(index)
    return pd.concat([own, whole]).dropna()


def mean_curves(curves: pd.DataFrame, levels: pd.DataFrame) -> pd.DataFrame:
    """Mean over dyads of every curve, and by group of those over all sites, with 95 % intervals.

    Parameters
    ----------
    curves : DataFrame
        `dyad_curves`.
    levels : DataFrame
        One row a dyad (index), one column a factor.

    Returns
    -------
    table : DataFrame
        A row for each factor and level (``all`` first), band, site, estimator and lag.
    """
    from scipy.stats import t as student

    rows = []
    groups = [("all", "all", curves)]
    for factor in levels.columns:
        over_sites = curves[curves.index.get_level_values("roi") == "all"]
        of_dyad = levels[factor].reindex(over_sites.index.get_level_values("dyad")).to_numpy()
        groups += [(factor, level, over_sites[of_dyad == level]) for level in levels[factor].unique()]
    for factor, level, group in groups:
        for (estimator, band, roi), own in group.groupby(["estimator", "band", "roi"], sort=False):
            n = len(own)
            half = np.full(own.shape[1], np.nan)
            if n > 1:
                half = student.isf(0.025, n - 1) * own.std(ddof=1).to_numpy() / np.sqrt(n)
            mean = own.mean().to_numpy()
            about = {"factor": factor, "level": level, "band": band, "roi": roi, "estimator": estimator}
            ends = {"ci_low": mean - half, "ci_high": mean + half}
            rows.append(pd.DataFrame(about | {"lag_s": own.columns, "n": n, "mean": mean} | ends))
    return (
        pd.concat(rows, ignore_index=True)[LAG_CURVES.names]
        if rows
        else pd.DataFrame(columns=LAG_CURVES.names)
    )


def dyad_lines(tables: Sequence[pd.DataFrame], aggregated: pd.DataFrame) -> pd.DataFrame:
    """The narrow lines that both members of a dyad share, at any time that is used: band, dyad, line_hz."""
    columns = ["band", "dyad", "line_hz"]
    if not tables:
        return pd.DataFrame(columns=columns)
    every = pd.concat(tables, ignore_index=True)
    used = pd.MultiIndex.from_frame(aggregated[["dyad", "time"]]).unique()
    every = every[pd.MultiIndex.from_frame(every[["dyad", "time"]]).isin(used)].dropna(subset=["line_hz"])
    return every.drop_duplicates(columns[:2])[columns].reset_index(drop=True)


def zero_lag_tests(
    curves: pd.DataFrame,
    far_from_s: float,
    n_max: int = 10_000,
    seed: Sequence[int] = (0,),
    lines: pd.DataFrame | None = None,
) -> pd.DataFrame:
    """Lag 0 against the far lags, over dyads, for every estimator, band and site; and the mean curve's width.

    Parameters
    ----------
    curves : DataFrame
        `dyad_curves`.
    far_from_s : float
        Far are the lags of at least this size.
    n_max, seed
        As `presence.against_zero`.
    lines : DataFrame
        `dyad_lines`.

    Returns
    -------
    table : DataFrame
        at_zero, at_far: means over dyads; mean to smallest_p: of their difference against zero. peak_s: where
        the mean curve is highest, nearer than the far lags. width_s: its full width at half its height above
        the far level; NaN where the difference is not above zero (p_flips), because noise has no width.
        Where it is twice `far_from_s` or more, half of the height is still there at the far lags.
    """
    rows = []
    lags = curves.columns.to_numpy(dtype=float)
    far = np.abs(lags) >= far_from_s - 1e-9
    for (estimator, band, roi), own in curves.groupby(["estimator", "band", "roi"], sort=False):
        values = own.to_numpy(dtype=float)
        at_zero, at_far = values[:, lags == 0].mean(axis=1), values[:, far].mean(axis=1)
        row = {"estimator": estimator, "band": band, "roi": roi, "at_zero": at_zero.mean()}
        if lines is not None:
            own_lines = lines.loc[lines["band"] == band, "line_hz"]
            row |= {"n_lines": len(own_lines), "line_hz": own_lines.median()}
        row |= {"at_far": at_far.mean()} | against_zero((at_zero - at_far)[:, None], n_max, seed)[0]
        mean = values.mean(axis=0)
        if row.get("p_flips", 1) < 0.05 and row["mean"] > 0:
            near = np.where(far, -np.inf, mean)
            row |= {"peak_s": lags[near.argmax()], "width_s": half_width(lags, mean, row["at_far"])}
        else:
            row["note"] = "no width: lag 0 is not shown to be above the far lags"
        rows.append(row)
    if not rows:
        rows = [
            {"estimator": name, "band": "all", "roi": "all", "n": 0, "note": NO_CURVE} for name in ESTIMATORS
        ]
    return pd.DataFrame(rows).assign(far_from_s=far_from_s).reindex(columns=LAG_TESTS.names)


def half_width(lags: np.ndarray, curve: np.ndarray, level: float) -> float:
    """Full width of a curve around lag 0 at half its height there above `level`, s.

    NaN if the curve stays above that as far as the lags go.
    """
    zero = int(np.flatnonzero(lags == 0)[0])
    half = level + (curve[zero] - level) / 2
    ends = []
    for way in (-1, 1):
        place = zero
        while 0 <= place + way < len(curve) and curve[place + way] >= half:
            place += way
        if not 0 <= place + way < len(curve):
            return float("nan")
        share = (curve[place] - half) / (curve[place] - curve[place + way])
        ends.append(lags[place] + share * (lags[place + way] - lags[place]))
    return float(ends[1] - ends[0])
