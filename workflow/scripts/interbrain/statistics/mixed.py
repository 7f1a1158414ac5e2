"""The model once more as a mixed model, with the therapist as a random effect; statsmodels fits it.

Where it cannot be fitted, one sentence says why: with one dyad a therapist there is nothing to estimate.
"""

from __future__ import annotations

import warnings
from collections.abc import Sequence

import numpy as np
import pandas as pd

from .boundary import Fit, fit_with_variances_from_zero
from .design import DesignError, matrices_of_rows, refuse_unknown_columns
from .kenward_roger import kenward_roger

COLUMNS = ["term", "estimate", "se", "df", "t", "p", "ci_low", "ci_high", "note"]
# Without gradients. Of 75 simulated studies L-BFGS failed in 22 (singular matrix) and stopped short of the
# maximum in 7; Powell's method did not converge in one, where that of Nelder and Mead did.
OPTIMISERS = ["powell", "nm"]
ZERO = 1e-4  # share of all variance below which one is said to be estimated as zero
UNKNOWN = 100  # SDs of the measure; a standard error beyond it says that nothing is known
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
    likelihood (statsmodels' MixedLM); standard errors and degrees of freedom after Kenward and Roger
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
    several = dyads[group].value_counts()
    several = several[several > 1]
    complete = len(data) == n_cells * len(dyads)
    alone = several.empty and not complete
    if several.empty and complete:
        return _said(
            f"not fitted: no {group} has several dyads, so that {group} and dyad are one; the ANOVA's error "
            "between dyads holds both"
        )
    if dyads[group].nunique() == 1:
        return _said(f"not fitted: there is one {group} only")

    of_dyads = {name: columns for name, columns in terms.items() if name}
    fixed = _fixed(data, dyads, of_dyads, subject, between, within)
    owner = data[subject].to_numpy()
    people = owner if alone else dyads[group].loc[owner].to_numpy()
    if np.linalg.matrix_rank(fixed) < fixed.shape[1]:
        return _said("not fitted: with the cells that are missing, its terms cannot be told apart")
    nested = n_cells > 1 and not alone
    fitted, said = _fit(data[dv].to_numpy(float), fixed, people, owner, nested)
    if fitted is None:
        return _said(f"not fitted: {said}")
    spread = data[dv].std(ddof=0)
    table = pd.DataFrame({"term": fixed.columns, "estimate": fitted.estimates * spread})
    errors, table["df"] = kenward_roger(
        fixed.to_numpy(), [people, owner] if nested else [people], _used(fitted.variances, nested)
    )
    table["se"] = errors * spread
    table["t"] = table["estimate"] / table["se"]
    table["p"] = 2 * student.sf(table["t"].abs(), table["df"])
    for end, sign in (("ci_low", -1), ("ci_high", 1)):
        table[end] = table["estimate"] + sign * student.isf(0.025, table["df"]) * table["se"]
    variances = dict(zip((group, subject, "residual"), fitted.variances, strict=True))
    if alone:
        variances[subject] = variances.pop(group)
    elif n_cells == 1:
        del variances[subject]  # with one value a dyad it is the residual
    cautions = []
    if alone:
        cautions.append(f"no {group} has several dyads: the {subject} alone is the random effect")
    elif len(several) < FEW_GROUPS:
        named = ", ".join(map(str, several.index))
        cautions.append(
            f"only {len(several)} {group} with several dyads ({named}): their variance is hardly known"
        )
    nothing = [name for name, value in variances.items() if value < ZERO * sum(variances.values())]
    if nothing:
        cautions.append(f"singular fit: the variance of {' and '.join(nothing)} is estimated as zero")
    elif said:
        cautions.append(said)
    if table["df"].isna().all():
        cautions.append("the variances cannot be told apart, so that no standard error can be given")
    rows = [{"term": f"variance: {n}", "estimate": float(v) * spread**2} for n, v in variances.items()]
    found = pd.concat([table, pd.DataFrame(rows)], ignore_index=True)
    return found.assign(note=". ".join(cautions) or None).reindex(columns=COLUMNS)


def _said(why: str) -> pd.DataFrame:
    return pd.DataFrame([{"note": why}]).reindex(columns=COLUMNS)


def _fixed(data, dyads, of_dyads, subject, between, within) -> pd.DataFrame:
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


def _used(variances: Sequence[float], nested: bool) -> list[float]:
    """The variances of the model's groupings and the residual."""
    return [float(one) for one in (variances if nested else (variances[0], variances[-1]))]


def _fit(y: np.ndarray, fixed: pd.DataFrame, people: np.ndarray, dyads: np.ndarray, nested: bool) -> tuple:
    """The fitted model, of y in SDs, and what is to be said of it; or None and the reason."""
    from statsmodels.regression.mixed_linear_model import MixedLM

    spread = y.std()
    if not spread > 1e-12 * np.abs(y).max():
        return None, "the values do not vary"
    names = [f"x{k}" for k in range(fixed.shape[1])]
    frame = fixed.set_axis(names, axis=1).assign(y=y / spread, person=people, dyad=dyads)
    within = {"vc_formula": {"dyad": "0 + C(dyad)"}} if nested else {}
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        try:
            formula = f"y ~ 0 + {' + '.join(names)}"
            model = MixedLM.from_formula(formula, frame, groups="person", re_formula="1", **within)
            fitted = model.fit(reml=True, method=OPTIMISERS)
        except (np.linalg.LinAlgError, ValueError):
            fitted = None
        failed = fitted is None or not fitted.converged or not (fitted.bse_fe < UNKNOWN).all()  # or NaN
    if failed:
        return _at_the_edge(y / spread, fixed.to_numpy(), people, dyads, nested), ""
    variances = fitted.cov_re.iloc[0, 0], sum(fitted.vcomp), fitted.scale
    found = Fit(np.asarray(fitted.fe_params), np.asarray(fitted.bse_fe), variances)
    if any(word in str(one.message).lower() for one in caught for word in ("singular", "boundary")):
        return found, "a variance is at the edge of what is possible"
    return found, ""


def _at_the_edge(y, fixed, people, dyads, nested) -> Fit:
    """The fit where the general optimiser fails: nearly always because a variance is zero."""
    found = fit_with_variances_from_zero(y, fixed, [people, dyads] if nested else [people])
    of_dyads = found.variances[1:-1] or (0.0,)
    return Fit(found.estimates, found.errors, (found.variances[0], *of_dyads, found.variances[-1]))
