"""Endings of text tables that hold signals; here, so that a study is checked without reading any."""

TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".tsv.gz")
