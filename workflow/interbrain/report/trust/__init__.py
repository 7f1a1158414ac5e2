"""Can this run be trusted, and what must a reader know? Rules over the written tables, in plain sentences.

What was found is on the cards; a rule never says "no effect".
"""

from __future__ import annotations
