"""How the report writes single numbers and names, in APA style; whole APA lines come from the tables.

Only formatting: nothing here knows a table or a rule.
"""

from __future__ import annotations

import math

NOT_AVAILABLE = "n/a"
TIMES = "×"
WITHIN = {"roi": "site"}  # what the tables call roi, the page calls site
MEASURES = {"plv": "Raw PLV", "above_chance": "PLV above chance"}


def is_missing(value) -> bool:
    """True for None, NaN, an empty text and the text ``n/a``."""
    if value is None or (isinstance(value, float) and math.isnan(value)):
        return True
    return isinstance(value, str) and value.strip() in ("", NOT_AVAILABLE)


def number(value, digits: int = 2, leading_zero: bool = True) -> str:
    """A number with a true minus sign; ``n/a`` where there is none.

    Without `leading_zero`, a value that cannot exceed 1 is written as APA asks (.31).
    """
    if is_missing(value) or not math.isfinite(float(value)):
        return NOT_AVAILABLE
    text = f"{float(value):.{digits}f}"
    if float(text) == 0:
        text = text.lstrip("-")
    if not leading_zero:
        text = text.replace("0.", ".", 1) if text.lstrip("-").startswith("0.") else text
    return text.replace("-", "−")


def proportion(value, digits: int = 3) -> str:
    """A PLV, a correlation, a partial eta squared: no leading zero."""
    return number(value, digits, leading_zero=False)


def whole(value) -> str:
    return number(value, 0)


def p_value(value) -> str:
    """``.042``, ``< .001`` or ``n/a``."""
    if is_missing(value):
        return NOT_AVAILABLE
    return "< .001" if float(value) < 0.001 else proportion(value, 3)


def p_phrase(value, name: str = "p") -> str:
    """``p = .042`` or ``p < .001``."""
    text = p_value(value)
    return f"{name} {text}" if text.startswith("<") else f"{name} = {text}"


def spoken(name: str) -> str:
    """A column or level name as words: ``face_to_face`` becomes ``face to face``."""
    return str(name).replace("_", " ")


def heading(name: str) -> str:
    text = spoken(name)
    return text[:1].upper() + text[1:]


def measure(name: str, start: bool = True) -> str:
    """A measure's name, to stand at the start of a line or, with ``start=False``, inside a sentence."""
    text = MEASURES.get(name, heading(name))
    return text if start or text[1:2].isupper() else text[:1].lower() + text[1:]


def questionnaire(name: str, known=()) -> str:
    """``wai_difference`` becomes ``WAI difference`` if `known` names a questionnaire ``wai`` or ``wai_t``."""
    first, _, rest = str(name).partition("_")
    abbreviations = {str(one).partition("_")[0] for one in known}
    return f"{first.upper()} {spoken(rest)}".strip() if first in abbreviations else heading(name)


def effect(name: str) -> str:
    return f" {TIMES} ".join(heading(WITHIN.get(part, part)) for part in str(name).split(":"))


def cell(roi: str, band: str) -> str:
    """One site and band, for example ``central alpha``."""
    return f"{spoken(roi)} {spoken(band)}"


def counted(count: int, singular: str, plural: str | None = None) -> str:
    return f"{count} {singular if count == 1 else plural or singular + 's'}"


def listed(items) -> str:
    """``a, b and c``."""
    items = [str(item) for item in items]
    return items[0] if len(items) == 1 else f"{', '.join(items[:-1])} and {items[-1]}" if items else ""
