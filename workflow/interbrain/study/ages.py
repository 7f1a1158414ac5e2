"""Ages as people write them, in years; what cannot be read with certainty is no age."""

from __future__ import annotations

import re

OLDEST = 120
TOP_CODED = 89  # ages above it are shared as one group, and people write >89, 89+ or 90+ for it
# Years in one of each unit, and how people write it.
UNITS = {
    1.0: "y yr yrs year years yo a j jahr jahre an ans año años ano anos anno anni jaar",
    1 / 12: "mo mos mon month months monat monate mois mes meses mese mesi maand maanden",
    7 / 365.25: "w wk wks week weeks woche wochen semaine semaines semana semanas settimane weken",
    1 / 365.25: "d day days tag tage jour jours día días giorni dagen",
}
BIRTH = re.compile(  # in the heading of a column that holds dates of birth
    r"birth|naissance|geburt|nacimiento|nascita|nascimento|geboorte|\b(dob|ddn|gebdat)\b", re.IGNORECASE
)
YEARS = {word: years for years, words in UNITS.items() for word in words.split()}
AGE = re.compile(r"([<>≥≤]=?)?\s*(\d+(?:[.,]\d+)?)\s*(\+)?\s*([^\W\d_]*)\.?(?:\s+old)?", re.IGNORECASE)


def unit_of(text: str) -> float | None:
    """The years in a unit of time that a text names; None if it names none, or several.

    Examples
    --------
    >>> unit_of("months") == unit_of("Age in months") == 1 / 12
    True
    """
    words = re.findall(r"[^\W\d_]+", text.casefold())
    long = [word for word in words if len(word) > 2] if len(words) > 1 else words
    found = {YEARS[word] for word in long if word in YEARS}
    return found.pop() if len(found) == 1 else None


def years_of(cell: str, unit: float = 1.0) -> str | None:
    """An age in years as the table of participants has it; None if it is not certain.

    Parameters
    ----------
    cell : str
    unit : float
        Years in one of the unit that is meant where the cell names none.

    Examples
    --------
    >>> years_of("42 months"), years_of("89+"), years_of("34"), years_of("1987"), years_of("20-29")
    ('3.5', '89', '34', None, None)
    """
    found = AGE.fullmatch(cell.strip())
    if found is None:
        return None
    sign, number, plus, word = found.groups()
    if word and word.casefold() not in YEARS:
        return None
    years = float(number.replace(",", ".")) * (YEARS[word.casefold()] if word else unit)
    if sign or plus:
        above = years >= TOP_CODED and (sign in (">", ">=", "≥") if sign else True)
        return str(TOP_CODED) if above and not (sign and plus) else None
    return f"{round(years, 2):g}" if years <= OLDEST else None


def may_be_a_year_of_birth(cell: str) -> bool:
    """Whether a cell is a whole number such as 1987."""
    return re.fullmatch(r"(19|20)\d\d(\.0)?", cell.strip()) is not None
