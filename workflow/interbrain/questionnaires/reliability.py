"""How far the items of a questionnaire go together, and what that says of its key."""

from collections.abc import Iterator, Mapping, Sequence

import numpy as np
import pandas as pd

from interbrain.questionnaires.scoring import checked_answers, first_rows, subscales

ALPHA = 0.05


def reliability(items: pd.DataFrame, key: pd.DataFrame) -> pd.DataFrame:
    """Cronbach's alpha of each subscale and of all items, in the people who are given.

    Parameters
    ----------
    items, key : DataFrame
        As `score`.

    Returns
    -------
    DataFrame
        `subscale` (in the key's order, then ``total``), `n_items`, `n` (people who answered every item of the
        subscale; others are left out), `alpha`, `alpha_low` and `alpha_high` (95 %: Feldt 1965, Psychometrika
        30:357). NaN with fewer than 3 people or 2 items, or where the sum of the items does not vary.

    Raises
    ------
    QuestionnaireError
        As `score`.
    """
    return pd.DataFrame([{"subscale": name, **_alpha(own)} for name, own, _ in _scales(items, key)])


def items_against(items: pd.DataFrame, key: pd.DataFrame) -> dict[str, list[str]]:
    """Items of each subscale, and of all, that go against the others: a sign that the key is wrong.

    All reversed items, where their sum correlates negatively with that of the others (p < .05, one-sided), as
    where the survey tool had turned the answers already; else the single items that correlate negatively with
    the sum of the others, after Bonferroni's correction.

    Parameters
    ----------
    items, key : DataFrame
        As `score`.
    """
    return {name: _against(own, key) for name, own, key in _scales(items, key)}


def _scales(items: pd.DataFrame, key: pd.DataFrame) -> Iterator[tuple[str, np.ndarray, pd.DataFrame]]:
    """Each subscale and the total: its name, its answers keyed in one direction, its part of the key."""
    answers, key = checked_answers(items, key)
    turned = np.where(key["reverse"], (key["minimum"] + key["maximum"]).to_numpy() - answers, answers)
    for name, own in [*subscales(key), ("total", np.ones(len(key), dtype=bool))]:
        yield name, turned[:, own], key[own]


def reliability_table(
    forms: Mapping[str, tuple[pd.DataFrame, pd.DataFrame]],
    dyads: Sequence[str],
    therapists: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """`reliability` of several questionnaires, over the dyads that are analysed.

    Parameters
    ----------
    forms : mapping questionnaire -> (items, key)
        Items with a column `dyad`.
    therapists : mapping dyad -> therapist, optional
        A form with the same answers in all dyads of each therapist was answered once by each: it counts once.
    """
    rows = []
    for name, (items, key) in forms.items():
        own = items[items["dyad"].isin(list(dyads))]
        people = [(therapists or {}).get(dyad, dyad) for dyad in own["dyad"]]
        own = own.iloc[first_rows(people, own.drop(columns="dyad"))]
        against = {scale: ", ".join(found) for scale, found in items_against(own, key).items()}
        table = reliability(own, key)
        rows.append(table.assign(questionnaire=name, against=table["subscale"].map(against)))
    columns = ["questionnaire", "subscale", "n_items", "n", "alpha", "alpha_low", "alpha_high"]
    if not rows:
        return pd.DataFrame(columns=[*columns, "note"])
    found = pd.concat(rows, ignore_index=True)
    table = found[columns]
    return table.assign(note=[_note(row) for row in found.to_dict("records")])


CHECK_KEY = "check the key: were the answers reversed already, and are they now reversed twice?"


def _note(row: Mapping) -> str | None:
    """What a reader must know of one scale's reliability."""
    if np.isnan(row["alpha"]):
        return "needs 3 people who answered every item, 2 items, and sums that vary"
    said = ["alpha is negative"] if row["alpha"] < 0 else []
    if row["against"]:
        said.append(f"items that go against the others: {row['against']}")
    return f"{'; '.join(said)}; {CHECK_KEY}" if said else None


def _against(answers: np.ndarray, key: pd.DataFrame) -> list[str]:
    """Items, shape (n_people, n_items), that correlate negatively with the others beyond chance."""
    from scipy.stats import pearsonr

    names, reverse = list(key.index), key["reverse"].to_numpy(bool)
    complete = answers[~np.isnan(answers).any(axis=1)]

    def p_of_negative(one: np.ndarray, others: np.ndarray) -> float:
        if len(one) < 4 or np.ptp(one) == 0 or np.ptp(others) == 0:
            return 1.0
        return float(pearsonr(one, others, alternative="less").pvalue)

    if reverse.any() and not reverse.all():
        parts = complete[:, reverse].sum(axis=1), complete[:, ~reverse].sum(axis=1)
        if p_of_negative(*parts) < ALPHA:
            return [str(name) for name in np.asarray(names)[reverse]]
    total = complete.sum(axis=1)
    return [
        str(name)
        for name, item in zip(names, complete.T, strict=True)
        if len(names) > 1 and p_of_negative(item, total - item) < ALPHA / len(names)
    ]


def _alpha(answers: np.ndarray) -> dict[str, float]:
    """Cronbach's alpha of items keyed in one direction, shape (n_people, n_items)."""
    from scipy.stats import f

    complete = answers[~np.isnan(answers).any(axis=1)]
    n, k = complete.shape
    found = {"n_items": k, "n": n, "alpha": np.nan, "alpha_low": np.nan, "alpha_high": np.nan}
    if n < 3 or k < 2 or np.ptp(complete.sum(axis=1)) == 0:
        return found
    of_items, of_sum = complete.var(axis=0, ddof=1).sum(), complete.sum(axis=1).var(ddof=1)
    alpha = k / (k - 1) * (1 - of_items / of_sum)
    # Not pingouin.cronbach_alpha: it rounds the interval to three digits.
    low, high = 1 - (1 - alpha) * f.ppf([0.975, 0.025], n - 1, (n - 1) * (k - 1))
    return found | {"alpha": float(alpha), "alpha_low": float(low), "alpha_high": float(high)}
