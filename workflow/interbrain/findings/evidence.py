"""What was computed on a hypothesis besides what speaks against it: each test with its numbers, as the tables
have them. Decides nothing but what it says by name: whether something differs, agrees or goes together.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pandas as pd

from .correlations import over_therapists
from .factors import effect_of, p_of, why_untested
from .form import ALPHA, CORRECTED, SMALL_STUDY, STRANGERS, Evidence, Finding, missing, reason_of, rows_of
from .signal_to_noise import factor_kept_given_snr, score_kept_given_snr
from .simultaneous import AMPLITUDES, ZERO_LAG, go_together, whole
from .spread import spread_of, unequal
from .therapists import deciding, p_over_therapists

Tables = Mapping[str, pd.DataFrame]


def evidence_on_a_factor(tables: Tables, found: Finding, measures: Sequence[str]) -> Iterator[Evidence]:
    """Everything that was computed on a factor, test by test."""
    factor = found.hypothesis
    for measure in measures:
        yield _model(tables, measure, factor)
    for measure in measures:
        yield from _permutations(tables, measure, factor)
    for measure in measures:
        yield from _spread(tables, measure, factor)
    yield from _therapists(tables, factor)
    for measure in measures:
        pairs = rows_of(tables, "equivalence", measure=measure, factor=factor)
        if len(pairs):
            names = "level_a level_b verdict d d_low d_high p_tost p_tost_holm bf01 sentence"
            yield Evidence("equivalence", {"measure": measure, "pairs": _parts(pairs, names)})
    yield from _joint(tables, factor)
    if found.claims and not any("snr" in kind.split() for kind in found.against):
        yield from factor_kept_given_snr(tables, found)
    yield from _with_time(tables, found)
    power = rows_of(tables, "power", measure=found.decisive, effect=factor)
    for row in power.to_dict("records")[:1]:
        if not missing(row["detectable_d"]):
            yield Evidence("power", {"n_dyads": row["n_dyads"], "detectable_d": row["detectable_d"]})
    yield from _of_any(tables, found)


def evidence_on_a_score(tables: Tables, found: Finding, measures: Sequence[str]) -> Iterator[Evidence]:
    """Every correlation of a score with its robustness, then what concerns all of them."""
    own = rows_of(tables, "correlations", questionnaire=found.hypothesis)
    own = (
        over_therapists(tables, found.hypothesis, own.dropna(subset=["r"]), ("p", "apa")) if len(own) else own
    )
    names = "roi band n r ci_low ci_high p p_holm bf10 spearman p_spearman loo_low loo_low_dyad loo_high "
    names += "loo_high_dyad p_tost verdict apa"
    for measure in measures:
        rows = own[own["measure"] == measure] if len(own) else own
        if len(rows):
            yield Evidence("correlations", {"measure": measure, "cells": _parts(rows, names)})
    yield from _therapists(tables, found.hypothesis)
    yield from _joint(tables, found.hypothesis)
    if found.claims and not any("snr" in kind.split() for kind in found.against):
        yield from score_kept_given_snr(tables, found)
    yield from _ruled_out(own, found.decisive)
    yield from _of_any(tables, found)


def evidence_on_synchrony(tables: Tables, found: Finding) -> Iterator[Evidence]:
    """PLV above chance and above strangers against zero, and what tells a common cause from coupling."""
    table = tables.get("presence")
    if table is None or table.empty:
        return
    own = table[(table["roi"] == "all") & (table["band"] == "all")]
    for measure in (CORRECTED, STRANGERS):
        for row in own[own["measure"] == measure].drop_duplicates("unit").to_dict("records"):
            names = "measure unit n mean d_z bf10 p p_flips smallest_p n_flips apa"
            if missing(row["t"]):
                values = {name: row[name] for name in ("measure", "unit", "n")}
                values["reason"] = reason_of([row["note"]])
                yield Evidence("against zero", values)
            else:
                yield Evidence("against zero", _known(row, names))
    cells = table[(table["measure"] == CORRECTED) & (table["unit"] == "dyad")]
    yield Evidence("sites and bands", {"n": int(cells["p_family"].notna().sum())})
    row, together = whole(tables, ZERO_LAG), whole(tables, AMPLITUDES)
    if row is not None and not missing(row["t"]):
        yield Evidence("against far lags", _known(row, "n mean p_flips smallest_p"))
    if together is not None and not missing(together["t"]):
        values = _known(together, "n mean p_flips smallest_p")
        yield Evidence("amplitudes together", values | {"decides": "yes" if go_together(together) else "no"})


def raw_effects(tables: Tables) -> Iterator[tuple[str, Evidence]]:
    """Every effect and correlation that raw PLV alone shows, hypothesis of the study or not."""
    table = rows_of(tables, "anova")
    for effect in dict.fromkeys(table["effect"]) if len(table) else ():
        raw, corrected = (effect_of(tables, measure, effect) for measure in ("plv", CORRECTED))
        if raw is None or corrected is None:
            continue
        p, apa = _as_judged(tables, "plv", str(effect), raw)
        p_corrected, apa_corrected = _as_judged(tables, CORRECTED, str(effect), corrected)
        if p < ALPHA <= p_corrected:
            yield str(effect), Evidence("raw effect alone", {"apa": apa, "apa_corrected": apa_corrected})
    table = rows_of(tables, "correlations").reset_index(drop=True)
    if table.empty:
        return
    table = pd.concat(
        over_therapists(tables, str(score), own) for score, own in table.groupby("questionnaire", sort=False)
    )
    p = table.set_index(["questionnaire", "roi", "band", "measure"])["p_holm"]
    for score, roi, band in dict.fromkeys(key[:3] for key in p.index):
        raw, corrected = (p.get((score, roi, band, measure), float("nan")) for measure in ("plv", CORRECTED))
        if raw < ALPHA <= corrected:
            values = {"roi": roi, "band": band, "p_holm": float(raw), "p_corrected": float(corrected)}
            yield str(score), Evidence("raw correlation alone", values)


def _as_judged(tables: Tables, measure: str, effect: str, row: Mapping) -> tuple[float, str]:
    """The p and the APA line of an effect: over therapists, where these decide and it could be computed."""
    p = p_over_therapists(tables, measure, effect)
    return (p_of(row), row["apa"]) if p is None else (p, deciding(tables, measure, effect)["apa"].iloc[0])


def _model(tables: Tables, measure: str, factor: str) -> Evidence:
    row = effect_of(tables, measure, factor)
    if row is None or missing(row["F"]):
        return Evidence("model", {"measure": measure, "reason": why_untested(tables, measure, factor)})
    return Evidence("model", _known(row, "measure n_dyads F df1 df2 p p_gg partial_eta2 apa"))


def _permutations(tables: Tables, measure: str, factor: str) -> Iterator[Evidence]:
    rows = rows_of(tables, "permutation", measure=measure, effect=factor, roi="all", band="all")
    for row in rows.to_dict("records"):
        if row["n_relabelings"] > 1 and not missing(row["p"]):  # one alone is no test
            values = _known(row, "measure unit p n_relabelings exact smallest_p")
            cannot = values.get("smallest_p", 0) >= ALPHA
            yield Evidence("permutation test", values | {"reachable": "no" if cannot else "yes"})


def _spread(tables: Tables, measure: str, factor: str) -> Iterator[Evidence]:
    table = tables.get("spread")
    row = None if table is None or table.empty else spread_of(table, factor, measure)
    if row is not None and not missing(row["sd_ratio"]):
        names = "measure F df1 df_error p level_narrow sd_narrow level_wide sd_wide sd_ratio "
        values = _known(row, names + "p_brown_forsythe" + ("" if missing(row["F"]) else " apa"))
        yield Evidence("unequal spread allowed for", values | {"unequal": "yes" if unequal(row) else "no"})


def _therapists(tables: Tables, tested: str) -> Iterator[Evidence]:
    rows = rows_of(tables, "therapists", tested=tested)
    rows = rows.dropna(subset=["F"]).drop_duplicates("measure") if len(rows) else rows
    for row in rows.to_dict("records"):
        yield Evidence("over therapists", _known(row, "measure n_therapists decides p r apa"))


def _joint(tables: Tables, tested: str) -> Iterator[Evidence]:
    for row in rows_of(tables, "multiverse", tested=tested, summary="median_effect").to_dict("records"):
        if not missing(row["p_permutation"]):
            values = {"p": row["p_permutation"], "n": row["n_specifications"]}
            yield Evidence("joint test", values | _known(row, "n_relabelings"))


def _with_time(tables: Tables, found: Finding) -> Iterator[Evidence]:
    """Where time is a factor, whether the difference changes with it."""
    effect = f"{found.hypothesis}:time"
    told = [one.values.get("effect") for one in found.reservations if one.kind == "interaction"]
    row = effect_of(tables, found.decisive, effect)
    if row is not None and not missing(row["F"]) and effect not in told:
        yield Evidence("with time", {"effect": effect, "apa": row["apa"]})


def _ruled_out(correlations: pd.DataFrame, decisive: str) -> Iterator[Evidence]:
    """How many correlations that are not below .05 are shown to be smaller than those that would matter."""
    if correlations.empty:
        return
    rows = correlations[(correlations["measure"] == decisive) & (correlations["p"] >= ALPHA)]
    if len(rows) and rows["p_tost"].notna().any():
        n_equivalent = int((rows["verdict"] == "equivalent").sum())
        yield Evidence("ruled out", {"n": len(rows), "n_equivalent": n_equivalent})


def _of_any(tables: Tables, found: Finding) -> Iterator[Evidence]:
    """How the other combinations of choices agree with the study's own, and whether the dyads are few."""
    rows = rows_of(tables, "specifications", tested=found.hypothesis)
    rows = rows.dropna(subset=["effect_size", "p"]) if len(rows) else rows
    own = rows[rows["own"] == 1] if len(rows) else rows
    others = rows[rows["own"] != 1] if len(rows) else rows
    if len(own) and len(others):
        corrected = own[own["correction"] == CORRECTED]
        mine = (corrected if len(corrected) else own).iloc[0]
        agree = others["p"] >= ALPHA
        if mine["p"] < ALPHA:
            agree = ~agree & (others["effect_size"] * mine["effect_size"] > 0)
        values: dict[str, int | float | str] = {
            "n": len(others),
            "n_agree": int(agree.sum()),
            "p": float(mine["p"]),
        }
        significant = "yes" if mine["p"] < ALPHA else "no"
        values |= {"significant": significant, "effect_unit": mine["effect_unit"]}
        yield Evidence("other analyses", values)
    if found.n_dyads < SMALL_STUDY:
        yield Evidence("few dyads", {"n": int(found.n_dyads)})


def _known(row: Mapping, names: str) -> dict:
    """The values of these columns that are not missing."""
    return {name: row[name] for name in names.split() if name in row and not missing(row[name])}


def _parts(rows: pd.DataFrame, names: str) -> list[dict]:
    return [_known(row, names) for row in rows.to_dict("records")]
