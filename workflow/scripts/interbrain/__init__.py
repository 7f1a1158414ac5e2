"""Interbrain: from raw dual-EEG recordings of dyads to tables, one room a stage."""

__version__ = "0.1.0"
