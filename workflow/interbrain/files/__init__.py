"""How results are put on disk, in the same bytes every time: tables with their dictionaries, FIF."""
