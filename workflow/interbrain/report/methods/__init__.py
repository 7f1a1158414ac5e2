"""The methods text to paste, written from the resolved config and the versions that really ran.

It says only what the config and the package list show, and says plainly which choices are Interbrain's own.
A module a stage of the work.
"""

from .text import Methods, write_methods

__all__ = ["Methods", "write_methods"]
