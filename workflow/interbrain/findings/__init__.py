"""What a study found, and how sure that is: claims and reservations from the written tables, as plain data.

Judges; draws nothing and writes no sentence. The rules: docs/statistics.md, "How a verdict is made".
"""

from .factors import judge_factor
from .findings import Claim, Finding, Reservation, findings_table
from .presence import judge_presence
from .scores import judge_score
from .study import TABLES, judge_study

__all__ = [
    "TABLES",
    "Claim",
    "Finding",
    "Reservation",
    "findings_table",
    "judge_factor",
    "judge_presence",
    "judge_score",
    "judge_study",
]
