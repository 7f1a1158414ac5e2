"""Findings on disk: a table of claims and a table of the evidence, and the way back. Judges nothing."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import pandas as pd

from interbrain.tables.findings import EVIDENCE, FINDINGS

from .form import Claim, Evidence, Finding, Reservation, missing
from .sentences import sentence

# Of a claim: its name here, and its column.
OF_CLAIM = {
    **{"on": "on", "higher": "level_higher", "lower": "level_lower", "roi": "roi", "band": "band"},
    **{"size": "size", "low": "size_low", "high": "size_high", "d": "d", "p": "p_holm", "measure": "measure"},
}
WORDS = ("on", "higher", "lower", "roi", "band", "measure")
WHOLE = "whole"  # the part of an evidence that is of no level, site or band


def findings_table(findings: Sequence[Finding], change: bool = False) -> pd.DataFrame:
    """One row a claim, and one for a hypothesis without any; `change` as in `sentences.sentence`."""
    rows = []
    for one in findings:
        about = {"hypothesis": one.hypothesis, "verdict": one.verdict, "n_dyads": one.n_dyads}
        about |= {"question": one.question or None}
        about |= {"reason": one.reason or None, "decisive": one.decisive or None, "reach": one.reach}
        about |= {"measure": one.decisive or None}
        about["reservations"] = "; ".join(map(_in_short, one.reservations)) or None
        for number, claim in enumerate(one.claims, 1):
            own = {column: getattr(claim, name) for name, column in OF_CLAIM.items()}
            about["sentence"] = sentence(one, claim, change)
            rows.append(about | {"claim": number} | {k: None if v == "" else v for k, v in own.items()})
        if not one.claims:
            rows.append(about | {"sentence": sentence(one)})
    table = pd.DataFrame(rows, columns=FINDINGS.names)
    return table.astype({"claim": "Int64", "n_dyads": "Int64"})


def evidence_table(findings: Sequence[Finding], others: Iterable[tuple[str, Evidence]] = ()) -> pd.DataFrame:
    """One row a piece of evidence, or a level, site and band or scale of it; those against a claim first.

    Parameters
    ----------
    findings : sequence of Finding
    others : iterable of (hypothesis, Evidence)
        What was computed on effects that are no hypothesis of the study.
    """
    rows: list[dict] = []
    for one in findings:
        for number, piece in enumerate((*one.reservations, *one.evidence), 1):
            rows += _rows(one.hypothesis, number, piece)
    for number, (hypothesis, piece) in enumerate(others, 1):
        rows += _rows(hypothesis, number, piece)
    table = pd.DataFrame(rows, columns=EVIDENCE.names)
    return table.astype(dict.fromkeys(EVIDENCE.of_kind("count"), "Int64"))


def _rows(hypothesis: str, number: int, piece: Evidence) -> Iterator[dict]:
    about = {"hypothesis": hypothesis, "piece": number, "evidence": piece.kind}
    about["against"] = "yes" if isinstance(piece, Reservation) else "no"
    lists = {name: value for name, value in piece.values.items() if isinstance(value, list)}
    whole = {name: value for name, value in piece.values.items() if name not in lists}
    yield about | {"part": WHOLE} | _columns(whole)
    for name, parts in lists.items():
        for part in parts:
            yield about | {"part": name} | _columns(part)


def _columns(values: dict) -> dict:
    if unknown := [name for name in values if name not in EVIDENCE]:
        raise TypeError(f"evidence has no column {', '.join(unknown)} (tables: {EVIDENCE.name})")
    return values


def read_findings(findings: pd.DataFrame, evidence: pd.DataFrame) -> list[Finding]:
    """The findings that `findings_table` and `evidence_table` wrote, in their order.

    Missing numbers are NaN in a claim, and what is missing in a piece of evidence is not there.
    """
    pieces = _pieces(evidence)
    found = []
    for hypothesis, rows in findings.groupby("hypothesis", sort=False):
        first = rows.iloc[0]
        own = pieces.get(str(hypothesis), [])
        found.append(
            Finding(
                str(hypothesis),
                first["verdict"],
                tuple(_claim(row) for row in rows.to_dict("records") if not missing(row["claim"])),
                tuple(one for one in own if isinstance(one, Reservation)),
                _word(first["reason"]),
                _word(first["decisive"]),
                _number(first["n_dyads"]),
                _number(first["reach"]),
                tuple(one for one in own if not isinstance(one, Reservation)),
                _word(first["question"]),
            )
        )
    return found


def read_evidence(evidence: pd.DataFrame, kind: str) -> list[tuple[str, dict]]:
    """The hypothesis or effect, and the values, of all evidence of a kind."""
    own = _pieces(evidence[evidence["evidence"] == kind])
    return [(of, one.values) for of, pieces in own.items() for one in pieces]


def _pieces(evidence: pd.DataFrame) -> dict[str, list[Evidence]]:
    whole: dict[tuple[str, int, str], list[dict]] = {}
    for row in evidence.to_dict(
        "records"
    ):  # at once: a call for each piece took a sixth of the report's time
        whole.setdefault((row["hypothesis"], row["piece"], row["evidence"]), []).append(row)
    pieces: dict[str, list[Evidence]] = {}
    for (hypothesis, _, kind), rows in whole.items():
        values: dict = {}
        for row in rows:
            if row["part"] == WHOLE:
                values |= _values(row)
            else:
                values.setdefault(row["part"], []).append(_values(row))
        form = Reservation if rows[0]["against"] == "yes" else Evidence
        pieces.setdefault(str(hypothesis), []).append(form(str(kind), values))
    return pieces


ABOUT = ("hypothesis", "piece", "evidence", "against", "part")
COUNTS = EVIDENCE.of_kind("count")


def _values(row: dict) -> dict:
    return {
        name: int(value) if name in COUNTS else value
        for name, value in row.items()
        if name not in ABOUT and not missing(value)
    }


def _claim(row: dict) -> Claim:
    values: dict[str, Any] = {
        name: _word(row[column]) if name in WORDS else _number(row[column])
        for name, column in OF_CLAIM.items()
    }
    return Claim(**values)


def _word(value: Any) -> str:
    return "" if missing(value) else str(value)


def _number(value: Any) -> float:
    return math.nan if missing(value) else float(value)


def _in_short(one: Reservation) -> str:
    """``floor: p=0.1667, n_relabelings=12``; of several cells ``ranks: frontal theta spearman=...``."""
    lists = [value for value in one.values.values() if isinstance(value, list)]
    parts = [part for value in lists for part in value] if lists else [one.values] if one.values else []
    told = []
    for part in parts:
        names = [value for value in part.values() if isinstance(value, str) and value]
        numbers = [f"{name}={value:.4g}" for name, value in part.items() if not isinstance(value, str | None)]
        told.append(" ".join([*names, ", ".join(numbers)]).strip())
    return f"{one.kind}: {', '.join(told)}" if told else one.kind
