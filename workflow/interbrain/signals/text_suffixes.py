"""Endings of text tables that hold signals; here, so that a study is checked without reading any."""

WORKBOOKS = (".xlsx", ".xlsm")
TEXT_SUFFIXES = (".csv", ".tsv", ".txt", ".dat", ".tsv.gz", *WORKBOOKS)
