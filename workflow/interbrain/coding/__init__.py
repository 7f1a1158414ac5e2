"""Coded events of a session: read from the programs that people code with, compared, and related to series.

Knows no study and no table of one: `study.coding_table` does.
"""
