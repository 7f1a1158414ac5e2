"""Continuous signals become rhythms: band-pass signals and their phases, band power, peaks, narrow lines."""
