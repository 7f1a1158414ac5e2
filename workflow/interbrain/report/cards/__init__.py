"""The cards of the report: each finding as a verdict, a sentence, the measures beside it, and reservations.

Only words: what was found, and how sure it is, is judged in the room `findings`. A card never says "no
effect": where a study cannot tell, the sentence says so.
"""

from __future__ import annotations
