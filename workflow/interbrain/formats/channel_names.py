"""Names of channels: those of triggers and counters in every format, and when two names are the same."""

import re

TRIGGER_NAME = re.compile(r"digi|trig|status|sti\b|stim", re.IGNORECASE)
COUNTER_NAME = re.compile(
    r"saw|counter|cnt\b"
    r"|(sample|packet|package)s?[ _-]?(counter|count|cnt|index|idx|num|number|nr|no)(?![a-z])",
    re.IGNORECASE,
)


def as_compared(text: str) -> str:
    return re.sub(r"\s+", "", text).casefold()


def same_name(one: str, other: str) -> bool:
    """Whether two channels' names differ only in letter case and spaces."""
    return as_compared(one) == as_compared(other)
