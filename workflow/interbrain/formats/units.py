"""Units of voltage and texts as recorders spell and encode them.

Not here: units of anything else; such channels stay in their own.
"""

import re

FACTORS = {"": 1.0, "m": 1e-3, "milli": 1e-3, "u": 1e-6, "micro": 1e-6, "n": 1e-9, "nano": 1e-9}
VOLTAGE = re.compile(r"(|n|u|m|nano|micro|milli)[ -]?v(olts?)?", re.IGNORECASE)


def volts_per_unit(unit: str) -> float | None:
    """One `unit` in volts (µV, uV, microvolts, mV, Volt ...), or None if it is no voltage."""
    plain = unit.strip().replace("\u00b5", "u").replace("\u03bc", "u").replace("\u00c2u", "u")
    spelled = VOLTAGE.fullmatch(plain)
    return FACTORS[spelled[1].lower()] if spelled else None


def decoded(text: bytes) -> str:
    """Text of a header or comment whose encoding no field gives: UTF-8, or else what Windows writes."""
    try:
        return text.decode("utf-8")
    except UnicodeDecodeError:
        return text.decode("cp1252", errors="replace")
