"""Families of measures: each computes its measures from one pass over the pairs of windows."""
