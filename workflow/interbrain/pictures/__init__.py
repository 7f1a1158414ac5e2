"""One picture a recording: what cleaning did to it, for a person who wants to see for themselves.

Shows what earlier stages decided and wrote. Decides nothing, and changes no signal.
"""

from interbrain.pictures.summary import write_summary

__all__ = ["write_summary"]
