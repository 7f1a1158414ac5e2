"""A page for each dyad, beside the report: both recordings, what was decided, and how to overrule it."""

from .pages import Courses, write_pages

__all__ = ["Courses", "write_pages"]
