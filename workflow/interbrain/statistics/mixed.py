"""The model once more as a mixed model, with the therapist as a random effect (`boundary`, `kenward_roger`).

Where it cannot be fitted, one sentence says why: with one dyad a therapist there is nothing to estimate.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .boundary import fit_with_variances_from_zero
from .design import DesignError, matrices_of_rows, refuse_unknown_columns
from .kenward_roger import kenward_roger

COLUMNS = ["term", "estimate", "se", "df", "t", "p", "ci_low", "ci_high", "note"]
ZERO = 1e-4  # share of all variance below which one is said to be estimated as zero
FEW_GROUPS = 5  # therapists with several dyads; below it, their variance is hardly known


def mixed_model(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    group: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
) -> pd.DataFrame:
    """Fit the main effects with a random intercept of `group`, and of the dyad within it.

    Fixed effects are the intercept, the factors between and within dyads, and the products of each factor
    between with each within, all coded to sum to zero, and the covariates (in SDs). Restricted maximum
    likelihood (`boundary`); standard errors and degrees of freedom after Kenward and Roger
    (`kenward_roger`). Dyads differ in their mean alone, not in their effects of the factors within, as the
    ANOVA lets them; with balanced therapists the variances are those of the mean squares, and t^2 of a factor
    between is F over the therapists' means.

    Parameters
    ----------
    data, dv, subject, between, within, covariates
        As `anova.rm_anova`, but a dyad may lack cells: it enters with those that it has. Where nobody of
        `group` has several dyads, the dyad alone is the random effect then, because no other analysis keeps
        such dyads.
    group : str
        Column with one value a dyad, e.g. ``therapist``.

    Returns
    -------
    DataFrame
        `term`, `estimate`, `se`, `df`, `t`, `p`, `ci_low`, `ci_high` (95 %), `note`; then a row for each
        variance (``variance: therapist``, ``variance: dyad``, ``variance: residual``), the estimate alone.
        Where it cannot be fitted: one row, with the note alone.
    """
    from scipy.stats import t as student

    try:
        refuse_unknown_columns(data, [*between, *covariates, group])  # group is a factor of its own
        n_cells, dyads, terms = matrices_of_rows(data, dv, subject, between, within, covariates, also=[group])
    except DesignError as reason:
        return _said(str(reason))
    several = dyads[group].value_counts().loc[lambda n: n > 1]
    complete = len(data) == n_cells * len(dyads)
    alone = several.empty and not complete
    if several.empty and complete:
        one = f"not fitted: no {group} has several dyads, so that {group} and dyad are one"
        return _said(f"{one}; the ANOVA's error between dyads holds both")
    if dyads[group].nunique() == 1:
        return _said(f"not fitted: there is one {group} only")

    of_dyads = {name: columns for name, columns in terms.items() if name}
    fixed = _fixed(data, dyads, of_dyads, subject, between, within)
    owner = data[subject].to_numpy()
    people = owner if alone else dyads[group].loc[owner].to_numpy()
    if np.linalg.matrix_rank(fixed) < fixed.shape[1]:
        return _said("not fitted: with the cells that are missing, its terms cannot be separated")
    y, spread = data[dv].to_numpy(float), data[dv].std(ddof=0)
    if not spread > 1e-12 * np.abs(y).max():
        return _said("not fitted: the values do not vary")
    nested = n_cells > 1 and not alone
    groupings = [people, owner] if nested else [people]
    fitted = fit_with_variances_from_zero(y / spread, fixed.to_numpy(), groupings)
    table = pd.DataFrame({"term": fixed.columns, "estimate": fitted.estimates * spread})
    errors, table["df"] = kenward_roger(fixed.to_numpy(), groupings, fitted.variances)
    table["se"] = errors * spread
    table["t"] = table["estimate"] / table["se"]
    table["p"] = 2 * student.sf(table["t"].abs(), table["df"])
    for end, sign in (("ci_low", -1), ("ci_high", 1)):
        table[end] = table["estimate"] + sign * student.isf(0.025, table["df"]) * table["se"]
    # With one value a dyad, its variance is the residual's.
    names = [group, subject] if nested else [subject if alone else group]
    variances = dict(zip([*names, "residual"], fitted.variances, strict=True))
    cautions = []
    if alone:
        cautions.append(f"no {group} has several dyads: the {subject} alone is the random effect")
    elif len(several) < FEW_GROUPS:
        named = f"{'s' * (len(several) != 1)} with several dyads ({', '.join(map(str, several.index))})"
        cautions.append(f"only {len(several)} {group}{named}: their variance is hardly known")
    if nothing := [name for name, value in variances.items() if value < ZERO * sum(variances.values())]:
        cautions.append(f"singular fit: the variance of {' and '.join(nothing)} is estimated as zero")
    if table["df"].isna().all():
        cautions.append("the variances cannot be separated, so that no standard error can be given")
    rows = [{"term": f"variance: {n}", "estimate": float(v) * spread**2} for n, v in variances.items()]
    found = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
    return found.assign(note=". ".join(cautions) or None).reindex(columns=COLUMNS)


def _said(why: str) -> pd.DataFrame:
    return pd.DataFrame([{"note": why}]).reindex(columns=COLUMNS)


def _fixed(
    data: pd.DataFrame,
    dyads: pd.Series,
    of_dyads: pd.DataFrame,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
) -> pd.DataFrame:
    """The fixed effects, a row a value of `data`: intercept, between, within, their products."""
    columns = {"intercept": np.ones(len(data))}
    place = dyads.index.get_indexer(data[subject])
    coded_between = {}
    for name, block in of_dyads.items():
        for k, column in enumerate(block.T):
            label = name if block.shape[1] == 1 else f"{name}[{k + 1}]"
            columns[label] = column[place]
            if name in between:
                coded_between[label] = columns[label]
    for name in within:
        code, levels = pd.factorize(data[name])
        coded = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])[code]
        for k, column in enumerate(coded.T):
            label = name if len(levels) == 2 else f"{name}[{k + 1}]"
            columns[label] = column
            columns |= {f"{one}:{label}": values * column for one, values in coded_between.items()}
    return pd.DataFrame(columns)
