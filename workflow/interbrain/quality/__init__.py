"""How good the recordings are: decisions, what was not judged, what asks for a look, what was left out."""
