"""Questionnaires: answers become scores by a key that is a table (`scoring`), and how reliable these are."""
