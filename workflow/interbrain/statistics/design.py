"""From a long table to the two matrices of an ANOVA: dyads x cells (Y) and dyads x model columns (X).

Here every table that cannot be tested is refused, in one sentence. No statistic is computed here.
"""

from collections.abc import Iterable, Sequence
from difflib import get_close_matches
from itertools import combinations, product

import numpy as np
import pandas as pd

from interbrain.problems import InterbrainError


class DesignError(InterbrainError):
    """The data cannot be tested with this design; `what` says why, in one plain sentence."""


def in_order(found: Iterable, order: Sequence = ()) -> list:
    """The levels that occur, each once: those of `order` first, in its order, then others as they come.

    Examples
    --------
    >>> in_order(["no", "yes", "no"], ["yes", "no"]), in_order(["no", "yes"])
    (['yes', 'no'], ['no', 'yes'])
    """
    there = list(dict.fromkeys(found))
    return [level for level in order if level in there] + [level for level in there if level not in order]


def refuse_unknown_columns(data: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse names that are no column of `data`, and names that are asked for twice."""
    for position, name in enumerate(columns):
        if name not in data.columns:
            near = get_close_matches(str(name), [str(column) for column in data.columns], n=1)
            hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(map(str, data.columns))}."
            raise DesignError(f"There is no column {name} in the table: {hint}")
        if name in columns[:position]:
            raise DesignError(f"The column {name} is used twice in the design.")


def refuse_text(data: pd.DataFrame, columns: Sequence[str]) -> None:
    """Refuse columns that should hold numbers and hold something else."""
    for name in columns:
        if not pd.api.types.is_numeric_dtype(data[name]) or pd.api.types.is_bool_dtype(data[name]):
            raise DesignError(f"The column {name} must hold numbers; it holds {data[name].iloc[0]!r}.")


def cell_matrix(data: pd.DataFrame, dv: str, subject: str, within: Sequence[str]) -> tuple:
    """Spread the dependent variable into one row a subject and one column a cell.

    Returns
    -------
    values : ndarray, shape (n_subjects, n_cells)
        Cells in the order of `itertools.product` over the levels of `within`.
    subjects : Index, length n_subjects
        In order of first appearance.
    sizes : list of int
        Number of levels of each within factor.

    Raises
    ------
    DesignError
        Missing or repeated cell, missing or infinite value, a within factor with one level.
    """
    if data.empty:
        raise DesignError("There are no dyads to test.")
    for name in (subject, *within):
        if data[name].isna().any():
            raise DesignError(f"The column {name} has an empty value in {_owner(data, subject, name)}.")
    refuse_text(data, [dv])
    rows, subjects = pd.factorize(data[subject])
    cell, levels = np.zeros(len(data), dtype=int), []
    for name in within:
        code, uniques = pd.factorize(data[name])
        if len(uniques) < 2:
            raise DesignError(f"The factor {name} has one level only ({uniques[0]}): nothing to compare.")
        cell = cell * len(uniques) + code
        levels.append(list(uniques))
    cells = list(product(*levels))

    count = np.zeros((len(subjects), len(cells)), dtype=int)
    np.add.at(count, (rows, cell), 1)
    for row, column in np.argwhere(count != 1):
        where = " and ".join(f"{name} = {level}" for name, level in zip(within, cells[column], strict=True))
        found = f"{count[row, column]} rows" if count[row, column] else "no row"
        place = f" for {where}" if where else ""
        raise DesignError(f"{subjects[row]} has {found}{place}: the ANOVA needs exactly one.")

    values = np.empty(count.shape)
    values[rows, cell] = data[dv].to_numpy(float)
    for row, column in np.argwhere(~np.isfinite(values)):
        where = " and ".join(f"{name} = {level}" for name, level in zip(within, cells[column], strict=True))
        raise DesignError(f"{subjects[row]} has no {dv}{' at ' + where if where else ''}.")
    return values, subjects, [len(one) for one in levels]


def subject_table(data: pd.DataFrame, subject: str, columns: Sequence[str]) -> pd.DataFrame:
    """Take the columns that hold one value a subject; refuse any that is empty or varies within a subject."""
    owner = pd.factorize(data[subject])[0]
    for name in columns:
        if data[name].isna().any():
            raise DesignError(f"The column {name} has an empty value in {_owner(data, subject, name)}.")
        if _one_value_each(owner, pd.factorize(data[name])[0]):
            continue
        varies = data.groupby(subject, sort=False, observed=True)[name].nunique() > 1
        if varies.any():
            who = varies.index[varies][0]
            found = ", ".join(map(str, data.loc[data[subject] == who, name].unique()))
            raise DesignError(f"{name} differs within {who} ({found}): it must have one value a dyad.")
    return data.drop_duplicates(subject).set_index(subject)[list(columns)]


def _one_value_each(owner: np.ndarray, value: np.ndarray) -> bool:
    """Whether all rows of an owner have one value; both are codes, and -1 is nobody."""
    owned = owner >= 0
    owner, value = owner[owned], value[owned]
    first = np.empty(owner.max(initial=-1) + 1, dtype=value.dtype)
    first[owner] = value
    return bool((first[owner] == value).all())


def between_columns(
    subjects: pd.DataFrame, between: Sequence[str], covariates: Sequence[str], interactions: bool
) -> dict[str, np.ndarray]:
    """Code the terms that differ between subjects: factors, their products, covariates.

    Returns
    -------
    dict of str to ndarray, shape (n_subjects, term df)
        The intercept first (name ``""``), then factors as -1/0/+1 columns that sum to zero over levels,
        products ``a:b`` (with `interactions`) in order of size, and centred covariates in SD units
        (the unit cannot change F; it keeps the matrix well conditioned).

    Raises
    ------
    DesignError
        One level, constant covariate, more parameters than subjects allow, confounded terms.
    """
    terms = {"": np.ones((len(subjects), 1))}
    for name in between:
        code, levels = pd.factorize(subjects[name])
        if len(levels) < 2:
            raise DesignError(f"The factor {name} has one level only ({levels[0]}): nothing to compare.")
        terms[name] = np.vstack([np.eye(len(levels) - 1), -np.ones(len(levels) - 1)])[code]
    for size in range(2, len(between) + 1 if interactions else 0):
        for names in combinations(between, size):
            columns = np.ones((len(subjects), 1))
            for name in names:
                columns = (columns[:, :, None] * terms[name][:, None, :]).reshape(len(subjects), -1)
            terms[":".join(names)] = columns
    for name in covariates:
        refuse_text(subjects, [name])
        value = subjects[name].to_numpy(float)
        for row in np.flatnonzero(~np.isfinite(value)):
            raise DesignError(f"The covariate {name} is not finite in {subjects.index[row]}.")
        spread = value.std()
        if not spread > 1e-12 * np.abs(value).max():
            raise DesignError(f"The covariate {name} has the same value in every dyad.")
        terms[name] = ((value - value.mean()) / spread)[:, None]

    n_parameters = sum(columns.shape[1] for columns in terms.values())
    if len(subjects) <= n_parameters:
        listed = ", ".join(["intercept", *list(terms)[1:]])
        raise DesignError(
            f"{len(subjects)} dyad{'s are' if len(subjects) != 1 else ' is'} too few for {n_parameters} "
            f"parameter{'s' * (n_parameters != 1)} ({listed}): at least {n_parameters + 1} dyads are needed."
        )
    sofar = np.empty((len(subjects), 0))
    for name, columns in terms.items():
        sofar = np.hstack([sofar, columns])
        if np.linalg.matrix_rank(sofar) < sofar.shape[1]:
            raise DesignError(_why_confounded(subjects, name, list(terms), between))
    return terms


def model_matrices(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    interactions: bool = False,
    also: Sequence[str] = (),
) -> tuple[np.ndarray, list[int], pd.DataFrame, dict[str, np.ndarray]]:
    """Check a long table and turn it into what every test of a mixed design starts from.

    Parameters
    ----------
    data, dv, subject, between, within, covariates, interactions
        As `anova.rm_anova`.
    also : sequence of str
        Further columns with one value a subject, such as the therapist.

    Returns
    -------
    values : ndarray, shape (n_subjects, n_cells)
    sizes : list of int
        Number of levels of each within factor.
    subjects : DataFrame
        One row a subject, in the order of `values`: between, covariates, also.
    terms : dict of str to ndarray
        Of `between_columns`.
    """
    refuse_unknown_columns(data, [subject, dv, *within, *between, *covariates])
    refuse_unknown_columns(data, also)
    values, order, sizes = cell_matrix(data, dv, subject, within)
    columns = list(dict.fromkeys([*between, *covariates, *also]))
    subjects = subject_table(data, subject, columns).loc[order]
    return values, sizes, subjects, between_columns(subjects, between, covariates, interactions)


def matrices_of_rows(
    data: pd.DataFrame,
    dv: str,
    subject: str,
    between: Sequence[str],
    within: Sequence[str],
    covariates: Sequence[str] = (),
    also: Sequence[str] = (),
) -> tuple[int, pd.DataFrame, dict[str, np.ndarray]]:
    """As `model_matrices`, of subjects that may lack cells: for models that are fitted to single values.

    Returns
    -------
    n_cells : int
        Of a subject that has all.
    subjects : DataFrame
    terms : dict of str to ndarray
    """
    refuse_unknown_columns(data, [subject, dv, *within, *between, *covariates])
    refuse_unknown_columns(data, also)
    whole = pd.MultiIndex.from_product([pd.unique(data[name].dropna()) for name in (subject, *within)])
    there = pd.MultiIndex.from_frame(data[[subject, *within]])
    rest = whole[~whole.isin(there)].to_frame(index=False, name=[subject, *within])
    _, _, sizes = cell_matrix(pd.concat([data, rest.assign(**{dv: 0.0})]), dv, subject, within)
    columns = list(dict.fromkeys([*between, *covariates, *also]))
    subjects = subject_table(data, subject, columns).loc[pd.unique(data[subject])]
    return int(np.prod(sizes, dtype=int)), subjects, between_columns(subjects, between, covariates, False)


def _why_confounded(subjects: pd.DataFrame, term: str, terms: list[str], between: Sequence[str]) -> str:
    names = term.split(":") if term not in subjects.columns else [term]
    if len(names) > 1:
        seen = set(subjects[names].itertuples(index=False, name=None))
        for levels in product(*(pd.unique(subjects[name]) for name in names)):
            if levels not in seen:
                where = " and ".join(f"{name} = {level}" for name, level in zip(names, levels, strict=True))
                return f"The interaction {term} cannot be tested: no dyad has {where}."
    earlier = " and ".join(name for name in terms[1 : terms.index(term)])
    kind = "factor" if term in between else "covariate" if term in subjects.columns else "interaction"
    return f"The {kind} {term} cannot be separated from {earlier}: in these dyads they vary together."


def _owner(data: pd.DataFrame, subject: str, name: str) -> str:
    row = int(np.flatnonzero(data[name].isna())[0])
    who = data[subject].iloc[row]
    return f"data row {row + 1}" if pd.isna(who) else f"{who}"
