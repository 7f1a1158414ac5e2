"""The report room: written tables in, one offline HTML page out. It shows results and never computes them."""

from interbrain.report.page import write_report

__all__ = ["write_report"]
