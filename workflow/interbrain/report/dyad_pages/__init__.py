"""A page for each dyad, beside the report: both recordings, what was decided, and how to overrule it."""

from .pages import write_pages

__all__ = ["write_pages"]
