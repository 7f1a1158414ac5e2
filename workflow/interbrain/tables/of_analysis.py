"""The tables that the statistics of the study write, by the name of their family."""

from interbrain.tables import factors, presence, scores
from interbrain.tables.declaration import Table, by_family

OF_ANALYSIS: dict[str, Table] = by_family(factors, scores, presence)
