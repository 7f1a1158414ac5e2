"""Tables of the report: which columns of a written table are shown, under which heading, and how.

The numbers stay as they are; only their number of digits on the page is chosen here.
"""

from __future__ import annotations

from .form import Table, build, plain

__all__ = ["Table", "build", "plain"]
