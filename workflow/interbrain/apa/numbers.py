"""Single numbers: a real minus sign, no minus zero, no zero before the point where 1 is the limit."""

from __future__ import annotations

import math
from typing import Any

NOT_AVAILABLE = "n/a"


def is_missing(value: Any) -> bool:
    """True for None, NaN, pandas' NA, an empty text and the text ``n/a``."""
    if isinstance(value, str):
        return value.strip() in ("", NOT_AVAILABLE)
    try:
        return value is None or math.isnan(value)
    except TypeError:  # pandas' NA
        return True


def number(value: Any, digits: int = 2, leading_zero: bool = True) -> str:
    """A number that can pass 1: ``−0.31``; ``n/a`` where there is none.

    Without `leading_zero`, a value that cannot exceed 1 is written as APA asks (.31).
    """
    if is_missing(value) or not math.isfinite(float(value)):
        return NOT_AVAILABLE
    text = f"{abs(float(value)):.{digits}f}"
    sign = "−" if float(value) < 0 and float(text) else ""
    return sign + (text if leading_zero or not text.startswith("0.") else text[1:])


def proportion(value: Any, digits: int = 3) -> str:
    """A PLV, a correlation, a partial eta squared: no leading zero."""
    return number(value, digits, leading_zero=False)


def whole(value: Any) -> str:
    """A count."""
    return number(value, 0)


def degrees(df: Any) -> str:
    """Degrees of freedom: whole, or with two digits where they are estimated."""
    if is_missing(df):
        return NOT_AVAILABLE
    return str(round(df)) if abs(df - round(df)) < 1e-9 else number(df)


def bare_p(value: Any) -> str:
    """A p-value in a column of such: ``.042``, ``< .001``, ``> .999`` or ``n/a``."""
    if is_missing(value):
        return NOT_AVAILABLE
    if float(value) < 0.001:
        return "< .001"
    return "> .999" if float(value) > 0.9995 else proportion(value)


def p_value(value: Any, name: str = "p") -> str:
    """A p-value in a sentence: ``p = .042``, ``p < .001`` or ``p > .999``."""
    text = bare_p(value)
    return f"{name} {text}" if text[:1] in "<>" else f"{name} = {text}"


def interval(low: Any, high: Any, digits: int = 2, leading_zero: bool = False) -> str:
    """``[−.89, −.22]``; ``n/a`` where an end is missing."""
    if is_missing(low) or is_missing(high):
        return NOT_AVAILABLE
    return f"[{number(low, digits, leading_zero)}, {number(high, digits, leading_zero)}]"
